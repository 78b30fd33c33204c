"""Reminders: "continue where you stopped", for those who asked, once for each time they ask."""

import sqlite3
from dataclasses import dataclass

from bot.store.daytime import DAY

ASKED = "home.remind"
"""The answer that asks for one."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One that was claimed: it is sent now, and once."""

    seller: int
    topic: str


def ask(db: sqlite3.Connection, seller: int, topic: str, now: float) -> None:
    """Have him reminded of a topic a day from now; of each topic there is one reminder at most."""
    db.execute(
        "insert into reminders (seller, topic, due, state) values (?, ?, ?, 'waiting') "
        "on conflict do update set due = excluded.due, state = 'waiting'",
        [seller, topic, int(now) + DAY],
    )


def due(db: sqlite3.Connection, now: float, most: int) -> list[Reminder]:
    """Those whose time has come, the earliest first."""
    rows = db.execute(
        "select seller, topic from reminders where state = 'waiting' and due <= ? order by due limit ?",
        [int(now), most],
    )
    return [Reminder(*row) for row in rows]


def put_off(db: sqlite3.Connection, reminder: Reminder, moment: float) -> None:
    """Not now, but then."""
    db.execute(
        "update reminders set due = ?, state = 'waiting' where seller = ? and topic = ?",
        [int(moment), reminder.seller, reminder.topic],
    )


def end(db: sqlite3.Connection, reminder: Reminder, state: str) -> None:
    """It is being sent, sent, over (he went on by himself) or can't be: in none of them is it sent again."""
    db.execute(
        "update reminders set state = ? where seller = ? and topic = ?", [state, reminder.seller, reminder.topic]
    )
