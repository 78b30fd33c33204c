"""Until when Telegram wants to be left alone: one row, shared by the chat and the courier."""

import math
import sqlite3

from bot.store import meta


def until(db: sqlite3.Connection) -> int:
    """Unix seconds before which nothing should be sent; 0 when there is no such wait."""
    return int(meta.find(db, "flood_until") or 0)


def wait(db: sqlite3.Connection, moment: float) -> None:
    """Nothing is to be sent before that moment; an earlier one than is known changes nothing."""
    db.execute(
        "insert into meta (key, value) values ('flood_until', ?) on conflict (key) do update set "
        "value = max(cast(value as integer), cast(excluded.value as integer))",
        [str(math.ceil(moment))],
    )
