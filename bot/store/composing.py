"""What an operator is in the middle of writing for a broadcast: one row each, so that a restart loses nothing.

They are few, so they stand beside what the file says of itself.
"""

import sqlite3
from dataclasses import dataclass, replace

import orjson

from bot.store import meta
from bot.store.broadcasts import Text

PREFIX = "composing:"


@dataclass(frozen=True, slots=True)
class Composing:
    """What he is asked for."""

    what: str
    """text, language, buttons, filter, name or moment."""
    at: int
    """Unix seconds."""
    voice: str
    """The language in which he is asked."""
    broadcast: int = 0
    """0 for one that is not begun yet."""
    lang: str = ""
    """The language of the text it is about, where that is known."""
    open: bool = True
    """Whether he has done nothing else since: then whatever he writes is the answer, later only a reply is."""
    mistake: str = ""
    """What was wrong with what he sent before, as HTML in his language."""
    prompt: int = 0
    """The message that asks; 0 until it is sent."""
    text: Text | None = None
    """What waits to be told its language."""


def put(db: sqlite3.Connection, chat: int, composing: Composing) -> None:
    """He is asked for this, and no longer for anything else."""
    meta.put(db, f"{PREFIX}{chat}", orjson.dumps(composing).decode())


def read(db: sqlite3.Connection, chat: int) -> Composing | None:
    """What he is asked for; None when it is nothing."""
    value = meta.find(db, f"{PREFIX}{chat}")
    return _read(value) if value else None


def drop(db: sqlite3.Connection, chat: int) -> None:
    """He is asked for nothing."""
    meta.drop(db, f"{PREFIX}{chat}")


def set_aside(db: sqlite3.Connection, chat: int) -> None:
    """He did something else: from now on only a reply to the question is an answer to it."""
    composing = read(db, chat)
    if composing:
        put(db, chat, replace(composing, open=False))


def asked(db: sqlite3.Connection, chat: int, composing: Composing, prompt: int) -> bool:
    """The question stands in that message; False when he is asked for something else by now."""
    if read(db, chat) != composing:
        return False
    put(db, chat, replace(composing, prompt=prompt))
    return True


def everybody(db: sqlite3.Connection) -> dict[int, Composing]:
    """Everybody who is asked for something, by his chat."""
    return {int(chat): _read(value) for chat, value in sorted(meta.every(db, PREFIX))}


def _read(value: str) -> Composing:
    fields = orjson.loads(value)
    text = fields.pop("text")
    if text:
        text["buttons"] = tuple((label, to) for label, to in text["buttons"])
        text = Text(**text)
    return Composing(**fields, text=text)
