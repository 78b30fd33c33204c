"""The bot's file at one moment, for reading only: whatever takes long, the bot writes on meanwhile."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bot.store import StoreError, meta, schema
from bot.store.database import reason
from bot.store.inspection import PATIENCE


class StatsError(Exception):
    """What was asked for can't be had; the text says why and what to do."""


class AskedError(StatsError):
    """It was asked for in the wrong way: no such day or topic, say."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open file, in a transaction that sees it as it was at its beginning."""

    db: sqlite3.Connection
    path: Path
    kind: str
    """Whose walks are in it: real, try-out or synthetic."""


@contextmanager
def opened(path: Path) -> Iterator[Snapshot]:
    """The file of a bot, a backup or demo data. Raises StatsError."""
    if not path.is_file():
        raise StatsError(f"there is no {path} yet; it is made when the bot first starts")
    try:
        with closing(_connect(path)) as db:
            db.execute("begin")
            yield Snapshot(db, path, _kind(db, path))
    except sqlite3.Error as error:
        raise StatsError(reason(path, error)) from error
    except StoreError as error:
        raise StatsError(str(error)) from error


def _connect(path: Path) -> sqlite3.Connection:
    """Read only. On a disk nobody can write to there is no log to share with a writer either, and no need of one."""
    path = path.resolve()
    if path.with_name(f"{path.name}-wal").exists():
        mode = "mode=ro"
    elif os.access(path.parent, os.W_OK):
        mode = "mode=rw"  # only so SQLite takes away again what it puts beside the file
    else:
        mode = "mode=ro&immutable=1"
    address = f"{path.as_uri()}?{mode}"
    db = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    db.execute("pragma query_only = on")
    return db


def _kind(db: sqlite3.Connection, path: Path) -> str:
    tables = Database(db)
    try:
        schema.understood(tables)
    except schema.SchemaError as error:
        raise StatsError(f"{path} {error}") from error
    if not tables["_sqlite_migrations"].exists() or schema.migrations.pending(tables):
        raise StatsError(f"{path} is of an older version of this program: start the bot with it once")
    return meta.read(db, "kind")
