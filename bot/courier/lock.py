"""One courier for each database: a lock that ends with the process, however it ends."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from bot.store import StoreError

PATIENCE = 1.0
"""Seconds after which a lock counts as held: whoever looks whether a courier is there holds it for a moment, too."""


class LockedError(Exception):
    """Another courier delivers from this database."""


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the lock of that database. Raises LockedError when another courier does, StoreError if it can't be made."""
    try:
        file = database.with_name(f"{database.name}.courier").open("w")
    except OSError as error:
        raise StoreError(
            f"{error.filename} can't be written ({error.strerror}): it keeps other couriers away"
        ) from None
    with file:
        _take(file)
        yield


def _take(file: TextIOWrapper) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LockedError from None
            time.sleep(0.05)
