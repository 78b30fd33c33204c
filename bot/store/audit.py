"""What operators did, append-only: who, what, when, and how it was before and after."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    at: int
    by: int
    """Telegram's number of the operator; 0 is the command line."""
    action: str
    subject: str
    before: str
    after: str


def note(
    db: sqlite3.Connection, by: int, action: str, subject: str, now: float, *, before: str = "", after: str = ""
) -> None:
    """Append a line, in the transaction of what it tells of."""
    db.execute(
        "insert into audit (at, by, action, subject, before, after) values (?, ?, ?, ?, ?, ?)",
        [int(now), by, action, subject, before, after],
    )


def read(db: sqlite3.Connection, most: int = 100) -> list[Entry]:
    """The latest lines, the newest first."""
    rows = db.execute("select at, by, action, subject, before, after from audit order by id desc limit ?", [most])
    return [Entry(*row) for row in rows]
