"""What the store has to know of the content: the words a filter may use, and the pages that ask for a value."""

from bot.store.audience import Known
from bot.store.daytime import Calendar
from dialogs import Conversation
from dialogs.choices import NEWS
from dialogs.content import HOME


def known(conversation: Conversation) -> Known:
    """The words a filter may use."""
    pages = conversation.pages
    asked = {f"{page.topic}.{page.ask}" for page in pages.values() if page.ask}
    return Known(
        languages=tuple(conversation.content.languages),
        topics=tuple(topic.id for topic in conversation.content.listed),
        pages=tuple(pages),
        questions=tuple(sorted(asked | {NEWS, f"{HOME}.plain"})),
    )


def calendar(conversation: Conversation, zone: str) -> Calendar:
    """When its sellers may be told; `zone` is that of those who have not said theirs."""
    return Calendar(zone, {page.name for page in conversation.pages.values() if page.typed})
