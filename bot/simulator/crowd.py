"""Thousands of people at once, for tests of broadcasts: all have started the bot, and some are gone since."""

from collections.abc import Sequence

from bot.simulator.errors import ImpossibleError
from bot.simulator.people import FIRST_CROWD_ID, Person
from bot.simulator.telegram import Telegram

MOST = 100_000


def gather(
    telegram: Telegram, count: int, languages: Sequence[str] = ("en",), *, blocked: int = 0, deactivated: int = 0
) -> dict[str, list[int]]:
    """Makes so many people, their languages in turn. The ids of all, and of those who are gone, spread evenly.

    The bot hears nothing of them.
    """
    if not 1 <= count <= MOST:
        raise ImpossibleError(f"a crowd has 1 to {MOST} people")
    if min(blocked, deactivated) < 0 or blocked + deactivated > count:
        raise ImpossibleError("blocked and deactivated are parts of the crowd")
    if not languages:
        raise ImpossibleError("a crowd speaks at least one language")
    first = max(FIRST_CROWD_ID - 1, *telegram.people) + 1
    ids = list(range(first, first + count))
    for number, id_ in enumerate(ids):
        telegram.welcome(Person(id_, f"Guest {number + 1}", languages[number % len(languages)]))
        telegram.chats[id_].started = True
    gone = spread(ids, blocked + deactivated)
    left = set(spread(gone, deactivated))
    for id_ in gone:
        telegram.chats[id_].deactivated = id_ in left
        telegram.chats[id_].blocked = id_ not in left
    telegram.tell("people")
    return {"ids": ids, "blocked": [id_ for id_ in gone if id_ not in left], "deactivated": sorted(left)}


def spread(ids: Sequence[int], count: int) -> list[int]:
    """So many of them, at even distances."""
    return [ids[number * len(ids) // count] for number in range(count)]


def received(telegram: Telegram, text: str = "") -> dict[str, dict[int, int]]:
    """For everybody with a chat: how many messages the bot ever sent, and how many of them stand there now.

    Of the standing ones only those whose text or caption holds `text` count.
    """
    chats = [chat for chat in telegram.chats.values() if chat.started]
    return {
        "received": {chat.id: chat.received for chat in chats},
        "standing": {
            chat.id: sum(message.from_bot and text in message.text for message in chat.messages.values())
            for chat in chats
        },
    }
