"""Copies all that is kept into one file while the bot runs: whole, checked, or not at all."""

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot.store import SchemaError, StoreError
from bot.store.database import reason
from bot.store.inspection import BESIDE, Holdings, look, opened, whole

DATE = "{date}"
STAMP = "%Y-%m-%dT%H%M%SZ"
STAMPED = r"\d{4}-\d\d-\d\dT\d{6}Z"

PAGES = 256
"""Copied at once: a megabyte, after which the bar moves on."""

SLOW = 1.0
"""Seconds after which somebody who waits wants to see how far it is."""

PART = ".certguide-backup.part"
"""What is written first. One name for a folder: what a killed backup left is overwritten by the next."""


class BackupError(Exception):
    """No backup was made; the text says why and what to do."""


def named(file: str, now: datetime) -> Path:
    """The file, with the time in place of `{date}`."""
    return Path(file.replace(DATE, now.strftime(STAMP)))


def back_up(database: Path, file: Path, console: Console, *, force: bool = False) -> Holdings:
    """Copy the database into that file and say what is in it. Raises BackupError."""
    _refuse(database, file, force)
    try:
        look(database)
        with part(file.parent) as written:
            holdings = copy(database, written, console)
            written.path.replace(file)
        return holdings
    except SchemaError as error:
        raise BackupError(f"{database} {error}") from error
    except StoreError as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"{file} can't be written: {error.strerror}") from error


def _refuse(database: Path, file: Path, force: bool) -> None:
    """Raises BackupError when it is clear beforehand that this can't be meant."""
    if not database.exists():
        raise BackupError(f"there is no {database} yet; it is made when the bot first starts")
    if file.resolve() in {database.resolve().with_name(database.resolve().name + end) for end in ("", *BESIDE)}:
        raise BackupError(f"{file} is the database itself: name another file")
    if file.is_dir():
        raise BackupError(f"{file} is a folder: name a file in it, for example {file / 'certguide.db'}")
    if not file.parent.is_dir():
        raise BackupError(f"there is no folder {file.parent}: make it first")
    if file.exists() and not force:
        raise BackupError(f"{file} is there already: name another file, or overwrite it with --force")


def prune(file: str, keep: int) -> list[Path]:
    """Delete all but the newest of the backups with that name and any date; tells which."""
    name = STAMPED.join(map(re.escape, Path(file).name.split(DATE)))
    found = sorted(each for each in Path(file).parent.iterdir() if re.fullmatch(name, each.name))
    for each in found[:-keep]:
        each.unlink()
    return found[:-keep]


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is being written."""

    path: Path
    descriptor: int


@contextmanager
def part(folder: Path) -> Iterator[Part]:
    """A file to write into first, which nobody else writes into or may read; it is gone unless it is renamed."""
    path = folder / PART
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(path, descriptor)
        try:
            os.ftruncate(descriptor, 0)
            yield Part(path, descriptor)
            _sync_folder(folder)
        finally:
            for end in ("", *BESIDE):
                path.with_name(path.name + end).unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _lock(path: Path, descriptor: int) -> None:
    """Raises StoreError when another program writes there, or wrote there and has just renamed what was opened."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(path.stat(), os.fstat(descriptor)):
            return
    except (BlockingIOError, FileNotFoundError):
        pass
    raise StoreError(f"another backup is being written in {path.parent}: wait until it is done, then try again")


def copy(source: Path, written: Part, console: Console) -> Holdings:
    """Everything as it is at one moment, however much is written meanwhile; checked, and safe on the disk."""
    try:
        with opened(source) as theirs, closing(sqlite3.connect(written.path, isolation_level=None)) as ours:
            ours.execute("pragma journal_mode = off")
            ours.execute("pragma synchronous = off")
            # One view of it from beginning to end: else every step of a seller would make the copying begin anew.
            theirs.execute("begin")
            theirs.execute("select 1 from sqlite_schema").fetchone()
            with _Bar(console) as bar:
                theirs.backup(ours, pages=PAGES, progress=bar.show)
            theirs.execute("rollback")
            # The bot's file has a second one beside it; a backup is to be one.
            ours.execute("pragma journal_mode = delete")
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise StoreError(f"the disk with {written.path.parent} is full: free some space, then try again") from error
        raise StoreError(reason(source, error)) from error
    try:
        whole(written.path)
    except StoreError as error:
        raise StoreError(f"{source} is damaged, and so would its copy be: restore an older backup") from error
    os.fsync(written.descriptor)
    return look(written.path)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


class _Bar:
    """How far it is, shown on a terminal to somebody who has waited for a moment."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("copying"), BarColumn(), TaskProgressColumn())
        self.progress = Progress(*columns, console=console, transient=True)
        self.task = self.progress.add_task("copying")
        self.due = time.monotonic() + SLOW if console.is_terminal else float("inf")

    def show(self, status: int, remaining: int, total: int) -> None:
        """Called by SQLite after each piece."""
        self.progress.update(self.task, total=total, completed=total - remaining)
        if time.monotonic() >= self.due:
            self.progress.start()

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self.progress.live.is_started:
            self.progress.stop()
