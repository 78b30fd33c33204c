"""Drafts: what is decided about a broadcast before it goes out, besides its texts and its audience."""

import sqlite3
from collections.abc import Iterable, Iterator

from bot.store.audience import Audience
from bot.store.broadcasts import Broadcast
from bot.store.deliveries import WANTED


def give_others(db: sqlite3.Connection, id_: int, lang: str) -> None:
    """Decide for people whose language has no text: that language, or nothing at all."""
    # Empty and not null: they are left out either way, but with null nobody has said so yet.
    db.execute("update broadcasts set fallback = ? where id = ?", [lang, id_])


def decided(db: sqlite3.Connection, id_: int) -> bool:
    """Whether that has been decided."""
    row = db.execute("select 1 from broadcasts where id = ? and fallback is not null", [id_]).fetchone()
    return row is not None


def discard(db: sqlite3.Connection, id_: int, now: float) -> bool:
    """Put a draft away; False for what is no draft. The row stays, so that its number never means another one."""
    found = db.execute(
        "update broadcasts set state = 'stopped', why = 'discarded', ended = ? where id = ? and state = 'draft'",
        [int(now), id_],
    )
    return found.rowcount == 1


def kept(found: Iterable[Broadcast]) -> Iterator[Broadcast]:
    """Those that were not put away as drafts."""
    return (broadcast for broadcast in found if broadcast.started or broadcast.state != "stopped")


def undecided(db: sqlite3.Connection, broadcast: Broadcast, audience: Audience) -> bool:
    """Whether somebody it is for has no text, and nobody has said what he gets: that is asked, never guessed."""
    if broadcast.action != "send" or not broadcast.texts or decided(db, broadcast.id):
        return False
    return textless(db, broadcast, audience)


def textless(db: sqlite3.Connection, broadcast: Broadcast, audience: Audience) -> bool:
    """Whether somebody it is for speaks a language it has no text in."""
    marks = ", ".join("?" * len(broadcast.texts))
    row = db.execute(
        f"select 1 from sellers s where {WANTED} and {audience.condition} and s.lang not in ({marks}) limit 1",  # noqa: S608
        [*audience.values, *broadcast.texts],
    ).fetchone()
    return row is not None
