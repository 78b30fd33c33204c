"""The database and the disk it is on."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.doctor.finding import Examined, Finding, Level, printable
from bot.store import SchemaError, StoreError
from bot.store.inspection import Holdings, in_use, look, whole, writable

SUBJECT, OWED, FAILED, DISK = "Database", "Pages owed", "Failures", "Disk"
DAY = 24 * 60 * 60
FORGOTTEN = 7 * DAY
"""Seconds after which a failure is no news any more."""

LONG = 10 * 60
"""Seconds after which a page is owed for too long: a bot that runs shows it within a moment."""

MEGABYTE = 1_000_000
TIGHT, FULL = 500 * MEGABYTE, 50 * MEGABYTE


def database(seen: Examined) -> Iterator[Finding]:
    """Whether the file is ours, whole and writable."""
    path = seen.database
    if not path.exists() or not path.stat().st_size:
        yield _to_be_made(path)
        return
    try:
        holdings = look(path, seen.kind)
        whole(path, thorough=False)
        writable(path)
    except SchemaError as error:
        yield Finding(Level.BAD, SUBJECT, f"{path} {error.what}", error.do)
    except StoreError as error:
        what, _, do = str(error).rpartition(": ")
        yield Finding(Level.BAD, SUBJECT, what or do, do if what else "")
    else:
        use = "open in a running bot" if in_use(path) else "no bot has it open"
        older = "; the next start brings it up to date" if holdings.older else ""
        yield Finding(Level.FINE, SUBJECT, f"{path} is whole and can be written: {holdings.told()}; {use}{older}")
        yield _owed(holdings, seen)
        yield _failed(holdings, seen)


def _to_be_made(path: Path) -> Finding:
    if _nearest(path) != path.resolve().parent:
        return Finding(Level.BAD, SUBJECT, f"the folder of {path} is not there", "make it, or set BOT_DATABASE")
    return Finding(Level.FINE, SUBJECT, f"none yet; {path} is made when the bot first starts")


def _owed(holdings: Holdings, seen: Examined) -> Finding:
    if not holdings.owed:
        return Finding(Level.FINE, OWED, "none")
    people = "1 seller waits for a page" if holdings.owed == 1 else f"{holdings.owed} sellers wait for a page"
    if seen.clock().timestamp() - (holdings.waiting or 0) < LONG:
        return Finding(Level.FINE, OWED, people)
    do = "start the bot, it shows them then; if it is running, its log says what keeps it"
    return Finding(Level.LOOK, OWED, f"{people}, for more than {LONG // 60} minutes", do)


def _failed(holdings: Holdings, seen: Examined) -> Finding:
    at, what = holdings.failure or (0, "")
    if seen.clock().timestamp() - at > FORGOTTEN:
        return Finding(Level.FINE, FAILED, f"no update let go in the last {FORGOTTEN // DAY} days")
    updates = "1 update" if holdings.failed == 1 else f"{holdings.failed} updates"
    newest = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC ({printable(what)})"
    do = 'look into the log of that time for "update failed", and tell whoever looks after the program'
    return Finding(Level.LOOK, FAILED, f"{updates} failed twice and were let go, the newest {newest}", do)


def disk(seen: Examined) -> Iterator[Finding]:
    """Whether there is space left where the database grows."""
    folder = _nearest(seen.database)
    free = shutil.disk_usage(folder).free
    what = f"{free // MEGABYTE:,} MB free in {folder}"
    if free < FULL:
        yield Finding(Level.BAD, DISK, what, "free some space now: a bot that can't write answers nobody")
    elif free < TIGHT:
        yield Finding(Level.LOOK, DISK, what, "free some space soon")
    else:
        yield Finding(Level.FINE, DISK, what)


def _nearest(path: Path) -> Path:
    """The folder of the file, or the nearest above it that is there."""
    return next(folder for folder in path.resolve().parents if folder.is_dir())
