"""The trail: everything that happened, append-only, known by a random number instead of a person."""

import sqlite3
from collections.abc import Iterable

from bot.store import tally
from dialogs import Event

DAY = 24 * 60 * 60
"""Seconds for which an update is remembered: Telegram repeats none that is older."""


def append(
    db: sqlite3.Connection, who: int, lang: str, events: Iterable[Event], now: float, *, staff: bool = False
) -> None:
    """Add what happened to somebody. `now` is in seconds; the trail keeps milliseconds.

    `staff`: he runs the bot himself; what he does is kept, and in no figure.
    """
    at, events = int(now * 1000), list(events)
    db.executemany(
        "insert into trail (at, who, kind, page, version, lang, detail, question, staff) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(at, who, e.kind, e.page, e.version, lang, e.detail, e.question, int(staff)) for e in events],
    )
    if events and not staff:
        tally.count(db, who, lang, events, at)


def blocked(db: sqlite3.Connection, who: int, now: float) -> None:
    """Add that somebody who was there until now has blocked the bot: nothing that he does in a conversation."""
    db.execute(
        "insert into trail (at, who, kind, page, version, lang, detail, staff) "
        "select ?, who, 'blocked', state, '', lang, '', exists (select 1 from operators o where o.id = s.id) "
        "from sellers s where who = ? and away is null",
        [int(now * 1000), who],
    )


def handled(db: sqlite3.Connection, update: int, now: float) -> bool:
    """Whether this update was handled before; if not, it is from now on.

    Compared by equality: Telegram's numbers are in order only within a chat, and may jump.
    """
    found = db.execute("insert into handled (update_id, at) values (?, ?) on conflict do nothing", [update, int(now)])
    return found.rowcount == 0


def failed(db: sqlite3.Connection, update: int, kind: str, error: str, now: float) -> None:
    """Note an update that was let go: of which kind it was and the name of the error; nothing of what it said."""
    db.execute(
        "insert into failed (update_id, kind, error, at) values (?, ?, ?, ?) on conflict do nothing",
        [update, kind, error, int(now)],
    )


def forget_handled(db: sqlite3.Connection, now: float) -> None:
    """Drop the numbers of updates too old to come again; a clock that jumped ahead makes none of them old."""
    db.execute("delete from handled where at < min(?, (select max(at) from handled)) - ?", [int(now), DAY])
