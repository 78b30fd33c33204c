"""Under which names people stand in an export, and who may have their Telegram numbers instead."""

import sqlite3
from contextlib import closing
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from bot.stats.snapshot import StatsError
from bot.store import audit, operators
from bot.store.database import BUSY_SECONDS, reason

KEY_BYTES = 32
SHELL = "command line"
"""How the store's operator number 0 is called."""

REMEMBERED = 1 << 16
"""Names kept at hand: most rows are of somebody who was there a moment ago."""

LEAST, MOST = 5, 500
"""Characters of a reason that can be seen, and of one that is kept."""


class People:
    """Made-up names: with one key the same person always has the same, with another one nobody can tell."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.seller = lru_cache(REMEMBERED)(self._seller)
        self.operator = lru_cache(REMEMBERED)(self._operator)

    def _seller(self, who: int | None) -> str | None:
        return None if who is None else f"s-{self._digest(who, b'seller')}"

    def _operator(self, by: int | None) -> str | None:
        if not by:
            return None if by is None else SHELL
        return f"op-{self._digest(by, b'operator')}"

    def _digest(self, number: int, person: bytes) -> str:
        return blake2b(number.to_bytes(8, "big", signed=True), digest_size=8, key=self._key, person=person).hexdigest()


def authorize_raw(path: Path, what: str, by: int, why: str, named: frozenset[int], now: float) -> None:
    """Leave a line in the audit log that an owner takes Telegram numbers out, and why; to be called before he does.

    `named`: owners by the settings. Raises StatsError for anybody else, without a reason, or when it can't be written.
    """
    said = " ".join(why.split())[:MOST]
    if sum(letter.isprintable() and letter != " " for letter in said) < LEAST:
        raise StatsError(f"Telegram numbers leave only with a reason of {LEAST} letters or more: say what they are for")
    if not path.is_file():
        raise StatsError(f"there is no {path} yet; it is made when the bot first starts")
    try:
        address = f"{path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as db:
            db.execute("begin immediate")
            if by not in operators.owners(db, named):
                raise StatsError("Telegram numbers leave only for an owner: ask one, or do without --raw-ids")
            audit.note(db, by, "export raw", what, now, after=said)
            db.execute("commit")
    except sqlite3.Error as error:
        raise StatsError(reason(path, error)) from error
