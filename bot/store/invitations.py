"""Invitations to run the bot: a secret in a link. Whoever opens it first asks by it, and an owner decides.

They are few and good for a day, so they stand beside what the file says of itself.
"""

import secrets
import sqlite3
from dataclasses import dataclass, replace

import orjson

from bot.store import meta
from bot.store.daytime import DAY

PREFIX = "invitation:"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One of them."""

    secret: str
    role: str
    by: int
    """The owner who made it."""
    until: int
    """Unix seconds from which it is worth nothing: a day after it was made."""
    who: int = 0
    """Who has opened it; 0 for nobody yet."""


def make(db: sqlite3.Connection, role: str, by: int, now: float) -> Invitation:
    """A new one; those whose day is over are dropped."""
    for old in _all(db):
        if old.until <= now:
            _drop(db, old)
    # Hexadecimal: dashes have a meaning in links, and it must read as one that leads nowhere once it is over.
    invitation = Invitation(secrets.token_hex(12), role, by, int(now) + DAY)
    _keep(db, invitation)
    return invitation


def find(db: sqlite3.Connection, secret: str, now: float) -> Invitation | None:
    """The one with that secret, while it is good."""
    return next((one for one in _all(db) if one.secret == secret and now < one.until), None)


def opened(db: sqlite3.Connection, now: float) -> list[Invitation]:
    """Those that wait for an owner's decision, the oldest first."""
    return [one for one in _all(db) if one.who and now < one.until]


def open_(db: sqlite3.Connection, secret: str, who: int, now: float) -> Invitation | None:
    """Somebody opens it, and it is his; None when it is another's, or good no more."""
    found = find(db, secret, now)
    if found is None or found.who not in (0, who):
        return None
    found = replace(found, who=who)
    _keep(db, found)
    return found


def take(db: sqlite3.Connection, secret: str, now: float) -> Invitation | None:
    """End one that was opened, to decide on it; None when nobody has opened it, or somebody else has decided."""
    found = find(db, secret, now)
    if found is None or not found.who:
        return None
    _drop(db, found)
    return found


def void(db: sqlite3.Connection, person: int) -> None:
    """Drop those he has made or opened."""
    for one in _all(db):
        if person in (one.by, one.who):
            _drop(db, one)


def _all(db: sqlite3.Connection) -> list[Invitation]:
    return [Invitation(secret, *orjson.loads(value)) for secret, value in meta.every(db, PREFIX)]


def _keep(db: sqlite3.Connection, one: Invitation) -> None:
    meta.put(db, PREFIX + one.secret, orjson.dumps([one.role, one.by, one.until, one.who]).decode())


def _drop(db: sqlite3.Connection, one: Invitation) -> None:
    meta.drop(db, PREFIX + one.secret)
