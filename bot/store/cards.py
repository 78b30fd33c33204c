"""Cards: the messages in which operators see broadcasts, and what stands on them besides the broadcast itself.

A card is owed like a page: what was decided is shown, however often the bot is started anew in between. They are few,
so they stand beside what the file says of itself.
"""

import sqlite3
from dataclasses import dataclass, replace

import orjson

from bot.store import meta
from bot.store.deliveries import REACHED

PREFIX = "card:"


@dataclass(frozen=True, slots=True)
class Card:
    """One of them."""

    chat: int
    broadcast: int
    """0 for the list of all."""
    voice: str
    """The language it is in."""
    view: str
    """Which side of it is shown."""
    message: int = 0
    """Where it stands; 0 before it is sent."""
    below: bool = False
    """It is to be sent anew, at the end of the chat."""
    debt: int = 0
    """It is owed while debt > paid, like a page."""
    paid: int = 0

    @property
    def owed(self) -> bool:
        """Whether something has been decided that it does not show."""
        return self.debt > self.paid


def put(
    db: sqlite3.Connection, chat: int, broadcast: int, voice: str, view: str, *, message: int = 0, below: bool = False
) -> None:
    """Have a card shown: in that message, below everything, or where it stands."""
    card = read(db, chat, broadcast) or Card(chat, broadcast, voice, view)
    if message:
        for other in [other for other in every(db) if other.chat == chat and other.message == message]:
            drop(db, other.chat, other.broadcast)
    card = replace(card, voice=voice, view=view, message=message or card.message, below=below or card.below)
    _keep(db, replace(card, debt=card.debt + 1))


def read(db: sqlite3.Connection, chat: int, broadcast: int) -> Card | None:
    """The card of a broadcast in that chat; None when there is none."""
    value = meta.find(db, _key(chat, broadcast))
    return Card(**orjson.loads(value)) if value else None


def every(db: sqlite3.Connection) -> list[Card]:
    """All of them."""
    return [Card(**orjson.loads(value)) for _, value in sorted(meta.every(db, PREFIX))]


def shown(db: sqlite3.Connection, card: Card, message: int) -> None:
    """It stands in that message as it was then; what was decided meanwhile is still owed."""
    now = read(db, card.chat, card.broadcast)
    # It may have got another place meanwhile, by a button of that other message.
    if now and now.message == card.message:
        _keep(db, replace(now, message=message, below=now.below and now.debt > card.debt, paid=card.debt))


def drop(db: sqlite3.Connection, chat: int, broadcast: int) -> None:
    """It is not kept up to date any longer."""
    meta.drop(db, _key(chat, broadcast))


def let_go(db: sqlite3.Connection, card: Card) -> None:
    """It will stay as it is; unless something else has been decided meanwhile."""
    now = read(db, card.chat, card.broadcast)
    if now and now.debt == card.debt:
        drop(db, card.chat, card.broadcast)


def _keep(db: sqlite3.Connection, card: Card) -> None:
    meta.put(db, _key(card.chat, card.broadcast), orjson.dumps(card).decode())


def _key(chat: int, broadcast: int) -> str:
    return f"{PREFIX}{chat}:{broadcast}"


# What stands on them


@dataclass(frozen=True, slots=True)
class Trial:
    """The last test of a broadcast."""

    chat: int
    digest: str
    at: int
    ended: bool
    reason: str
    """Why it could not be shown."""


def trial(db: sqlite3.Connection, broadcast: int) -> Trial | None:
    """The last test of it; None when there was none."""
    row = db.execute(
        "select chat, digest, at, ended is not null, coalesce(reason, '') from trials where broadcast = ? "
        "order by id desc limit 1",
        [broadcast],
    ).fetchone()
    return Trial(row[0], row[1], row[2], bool(row[3]), row[4]) if row else None


@dataclass(frozen=True, slots=True)
class Queue:
    """Those who wait for it."""

    due: int
    later: int
    next: int
    """When the first of the later ones may get it, in Unix seconds; 0 when there is none."""


def queue(db: sqlite3.Connection, broadcast: int, now: float) -> Queue:
    """How many wait for the courier, and how many for their own time."""
    due, later, first = db.execute(
        "select count(*) filter (where due <= ?1), count(*) filter (where due > ?1), min(due) filter (where due > ?1) "
        "from deliveries where broadcast = ?2 and state = 'waiting'",
        [int(now), broadcast],
    ).fetchone()
    return Queue(due, later, first or 0)


def reached(db: sqlite3.Connection, broadcast: int, since: float = 0) -> int:
    """How many people have got it, at that moment or later: a correction can go to them."""
    (n,) = db.execute(
        f"select count(*) from deliveries d where {REACHED} and d.at >= ?",  # noqa: S608  our own columns
        [broadcast, int(since)],
    ).fetchone()
    return int(n)
