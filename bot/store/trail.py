"""The trail: everything that happened, append-only, known by a random number instead of a person."""

import sqlite3
from collections.abc import Iterable

from dialogs import Event

DAY = 24 * 60 * 60
"""Seconds for which an update is remembered: Telegram repeats none that is older."""


def append(db: sqlite3.Connection, who: int, lang: str, events: Iterable[Event], now: float) -> None:
    """Add what happened to somebody. `now` is in seconds; the trail keeps milliseconds."""
    db.executemany(
        "insert into trail (at, who, kind, page, version, lang, detail) values (?, ?, ?, ?, ?, ?, ?)",
        [(int(now * 1000), who, e.kind, e.page, e.version, lang, e.detail) for e in events],
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
