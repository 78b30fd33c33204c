"""The words a filter may use: what the content has of languages, topics, pages and questions."""

from bot.store.audience import Known
from dialogs import Conversation
from dialogs.choices import NEWS
from dialogs.content import HOME


def known(conversation: Conversation) -> Known:
    """The words of that content."""
    pages = conversation.pages
    asked = {f"{page.topic}.{page.ask}" for page in pages.values() if page.ask}
    topics = [topic.id for topic in conversation.content.topics.values() if topic.listed]
    return Known(
        languages=tuple(conversation.content.languages),
        topics=tuple(topics),
        pages=tuple(pages),
        questions=tuple(sorted(asked | {NEWS, f"{HOME}.plain"})),
    )
