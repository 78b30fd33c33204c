"""Messages to one person beside the page he is on: an answer to a question, word of trouble to an owner."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One of them; `text` is Telegram's HTML."""

    id: int
    chat: int
    text: str


def put(db: sqlite3.Connection, chat: int, text: str, now: float, once: str | None = None) -> bool:
    """Keep a notice until it is sent. `once`: only the first of that name is kept; False for a later one."""
    found = db.execute(
        "insert into notices (chat, text, once, at) values (?, ?, ?, ?) on conflict do nothing",
        [chat, text, once, int(now)],
    )
    return found.rowcount == 1


def waiting(db: sqlite3.Connection) -> list[Notice]:
    """Those not sent yet, the oldest first."""
    return [Notice(*row) for row in db.execute("select id, chat, text from notices where sent is null order by id")]


def sent(db: sqlite3.Connection, id_: int, now: float) -> None:
    """Note that it is sent, or that it can't be."""
    db.execute("update notices set sent = ? where id = ?", [int(now), id_])


def over(db: sqlite3.Connection, once: str) -> None:
    """The trouble of that name is over: the next time it may be told again."""
    db.execute("update notices set once = null where once = ?", [once])
