"""Who wants the figures of each week, and which week he got last."""

import sqlite3
from dataclasses import dataclass

from bot.store import meta

KEY = "digest:"


@dataclass(frozen=True, slots=True)
class Digest:
    """Somebody who wants them."""

    chat: int
    lang: str
    week: int
    """The Monday, in days since 1970, of the week in which he got the last one."""


def every(db: sqlite3.Connection) -> list[Digest]:
    """All who want them."""
    found = [(int(chat), value.split()) for chat, value in meta.every(db, KEY)]
    return [Digest(chat, lang, int(week)) for chat, (lang, week) in found]


def wants(db: sqlite3.Connection, chat: int) -> bool:
    """Whether somebody does."""
    return meta.find(db, f"{KEY}{chat}") is not None


def put(db: sqlite3.Connection, chat: int, lang: str, week: int) -> None:
    """He wants them in that language, and has those up to that week."""
    meta.put(db, f"{KEY}{chat}", f"{lang} {week}")


def drop(db: sqlite3.Connection, chat: int) -> None:
    """He wants them no more."""
    meta.drop(db, f"{KEY}{chat}")


def claim(db: sqlite3.Connection, week: int) -> list[Digest]:
    """Those who have none of that week yet. From now on they have: nobody gets one twice."""
    due = [digest for digest in every(db) if digest.week < week]
    for digest in due:
        put(db, digest.chat, digest.lang, week)
    return due
