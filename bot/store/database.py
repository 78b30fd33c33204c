"""One SQLite file, one connection, one thread; steps that wait together share a transaction."""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database as Tables

from bot.store import schema

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 10
"""How long to wait for another process that is writing (a backup, the courier)."""

CHECKPOINT = 4000
"""Pages (16 MB) after which what is in the write-ahead log is copied into the file: one that changed often, once."""

GROUP = 64
"""Units of work in one transaction at most, so that the first of them does not wait for long."""


TROUBLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}
"""SQLite's codes for what is wrong with the file or the disk, and not with the work that met it."""


class StoreError(Exception):
    """The database can't be used; the text says why and what to do."""


class _Unit:
    """A function to be run in a transaction, and who waits for its result."""

    __slots__ = ("call", "done", "error", "loop", "result")

    def __init__(self, call: Callable[[sqlite3.Connection], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.call = call
        self.loop = loop
        self.done: asyncio.Future[None] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Tell who waits; somebody who stopped waiting has not stopped the work."""
        if not self.done.done():
            self.done.set_result(None)


class Database:
    """The file. `run` is the only way in: what it is given happens wholly or not at all."""

    def __init__(self, path: str | Path, *, kind: str = "real", synchronous: str = "NORMAL") -> None:
        self._path = path
        self._connection = connect(path, kind, synchronous)
        self._closed = False
        self._gate = threading.Lock()
        self._waiting: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The file, for those who only read it."""
        return Path(self._path)

    async def run(self, call: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `call(connection, …)`, once it is committed."""
        unit = _Unit(lambda connection: call(connection, *args, **kwargs), asyncio.get_running_loop())
        with self._gate:  # nothing is put behind the word to stop, where nobody would look at it
            if self._closed:
                raise StoreError("the database is closed")
            self._waiting.put(unit)
        await unit.done
        if unit.error:
            raise unit.error
        result: T = unit.result
        return result

    def close(self) -> None:
        """Finish what waits, then close the file."""
        with self._gate:
            self._closed = True
            self._waiting.put(None)
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        going = True
        while going:
            units: list[_Unit] = []
            going = self._take(units)
            if units:
                self._transaction(units)
                _settle(units)

    def _take(self, units: list[_Unit]) -> bool:
        """Wait for one unit and take what else is there; False when it is time to stop."""
        unit = self._waiting.get()
        while unit is not None:
            units.append(unit)
            if len(units) == GROUP or self._waiting.empty():
                return True
            unit = self._waiting.get()
        return False

    def _transaction(self, units: list[_Unit]) -> None:
        connection = self._connection
        try:
            connection.execute("begin immediate")
            for unit in units:
                _attempt(connection, unit)
            connection.execute("commit")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("rollback")
            for unit in units:
                unit.error = StoreError(reason(self._path, error))


def _attempt(connection: sqlite3.Connection, unit: _Unit) -> None:
    """Do one unit; if it fails, its own changes are undone and the others' are not.

    Raises sqlite3.Error when the file is to blame: then nobody's changes can be relied on.
    """
    connection.execute("savepoint unit")
    try:
        unit.result = unit.call(connection)
    except BaseException as error:  # whoever waits gets it
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in TROUBLE:
            raise
        unit.error = error
        connection.execute("rollback to unit")
    connection.execute("release unit")


def _settle(units: list[_Unit]) -> None:
    """Wake each event loop once, however many units it waits for."""
    for loop in {unit.loop for unit in units}:
        own = [unit for unit in units if unit.loop is loop]
        # A loop that was closed meanwhile waits for nothing; the work is done all the same.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, own)


def _tell(units: list[_Unit]) -> None:
    for unit in units:
        unit.settle()


def connect(path: str | Path, kind: str, synchronous: str) -> sqlite3.Connection:
    """The file opened, its tables brought up to date. Raises StoreError with what to do about it."""
    try:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, kind, synchronous)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise StoreError(reason(path, error)) from error
    except schema.SchemaError as error:
        raise StoreError(f"{path}: {error}") from error
    return connection


def _prepare(connection: sqlite3.Connection, kind: str, synchronous: str) -> None:
    connection.execute(f"pragma synchronous = {synchronous}")
    connection.execute("pragma foreign_keys = on")
    connection.execute(f"pragma wal_autocheckpoint = {CHECKPOINT}")
    # One transaction, taken before looking: two programs may start at once, and a foreign file stays untouched.
    connection.execute("begin immediate")
    schema.migrate(Tables(connection), kind)
    connection.execute("commit")
    write_ahead(connection)


def write_ahead(connection: sqlite3.Connection) -> None:
    """Readers and one writer side by side. Only here SQLite itself does not wait for another program."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def reason(path: str | Path, error: sqlite3.Error) -> str:
    """What SQLite says, in words that tell what to do."""
    folder = Path(path).resolve().parent
    text = str(error)
    if "unable to open" in text:
        return f"{path} can't be opened: is {folder} there, and may this user write into it?"
    if "readonly" in text:
        return f"{path} can't be written: check who owns it, or set BOT_DATABASE to another file"
    if "not a database" in text:
        return f"{path} is not a database of this bot: set BOT_DATABASE to another file, or restore a backup"
    if "full" in text:
        return f"{path} can't grow, the disk is full: free some space and it goes on"
    if "locked" in text:
        return f"{path} is locked by another program: is a second bot or a tool still open on it?"
    if "malformed" in text:
        return f"{path} is damaged: restore a backup"
    return f"{path}: {text}"
