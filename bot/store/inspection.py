"""What a file holds, whether it is whole and whether a bot has it open: looked at without changing it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Tables

from bot.store import meta, schema
from bot.store.database import BUSY_SECONDS, StoreError, reason

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts behind the name of a file for the files that belong to it."""

PATIENCE = 2
"""Seconds after which a file that can't be written counts as locked."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is in a file."""

    kind: str
    """Whose sellers they are: real or try-out."""
    sellers: int
    newest: float | None
    """When something last happened, in seconds."""
    owed: int
    """Sellers who are owed a page."""
    waiting: float | None
    """When the one among them who waits longest was last heard of."""
    failed: int
    """Updates that were let go because they failed twice."""
    failure: tuple[float, str] | None
    """The newest of them: when, and what it was."""
    older: bool
    """Whether the next start will bring its tables up to date."""
    size: int

    def told(self) -> str:
        """In a few words."""
        sellers = "1 seller" if self.sellers == 1 else f"{self.sellers} sellers"
        words = f"{sellers}, {self.size / 1000:,.0f} kB"
        if self.newest is None:
            return words
        return f"{words}, up to {datetime.fromtimestamp(self.newest, UTC):%Y-%m-%d %H:%M} UTC"


def look(path: Path, kind: str | None = None) -> Holdings:
    """What that file holds. Raises SchemaError when it is not for this program or not of that kind, else StoreError."""
    with _told(path), opened(path) as db:
        tables = Tables(db)
        schema.understood(tables)
        if not tables.table_names():
            raise schema.SchemaError("is empty", schema.OTHER_FILE)
        stored = meta.read(db, "kind")
        schema.same_kind(stored, kind or stored)
        owed, waiting = db.execute(
            "select count(*), min(last) from sellers where debt > paid and away is null"
        ).fetchone()
        (newest,) = db.execute("select max(at) from trail").fetchone()
        return Holdings(
            kind=stored,
            sellers=db.execute("select count(*) from sellers").fetchone()[0],
            newest=newest and newest / 1000,
            owed=owed,
            waiting=waiting,
            **_failures(tables),
            older=bool(schema.migrations.pending(tables)),
            size=path.stat().st_size,
        )


def _failures(tables: Tables) -> dict[str, Any]:
    if not tables.table("failed").exists():  # an older file
        return {"failed": 0, "failure": None}
    (number,) = tables.execute("select count(*) from failed").fetchone()
    newest = tables.execute("select at, kind, error from failed order by at desc").fetchone()
    return {"failed": number, "failure": newest and (newest[0], f"{newest[1]}, {newest[2]}")}


def whole(path: Path, *, thorough: bool = True) -> None:
    """Raises StoreError when SQLite finds something wrong inside the file."""
    with _told(path), opened(path) as db:
        (found,) = db.execute(f"pragma {'integrity_check' if thorough else 'quick_check'}(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError("malformed")


def in_use(path: Path) -> bool:
    """Whether another program has the file open: an open bot holds it even while nothing happens."""
    try:
        with opened(path, seconds=0.2) as db:
            _take(db)
    except sqlite3.Error as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return False


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else has the file open meanwhile, and all of it is in that one file. Raises StoreError if somebody has."""
    with opened(path, seconds=1) as db:
        try:
            db.execute("pragma journal_mode = delete")
            _take(db)
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise StoreError(f"{path} is in use: stop the bot first, then try again") from error
            # What is no database, or is damaged, no bot can be using.
        yield


def writable(path: Path) -> None:
    """Raises StoreError when nothing can be written into the file now."""
    with _told(path), opened(path, seconds=PATIENCE) as db:
        db.execute("begin immediate")
        db.execute("rollback")


@contextmanager
def opened(path: Path, *, seconds: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is there: none is made."""
    address = f"{path.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None)) as db:
        yield db


def _take(db: sqlite3.Connection) -> None:
    # Without the pragma a write-ahead file could be taken while others have it open and only read.
    db.execute("pragma locking_mode = exclusive")
    db.execute("begin exclusive")
    db.execute("rollback")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(reason(path, error)) from error
