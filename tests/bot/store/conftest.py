"""A file to keep things in, open and closed again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Database
from bot.store.database import connect


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will be."""
    return tmp_path / "certguide.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """The file as the bot opens it."""
    opened = Database(path)
    yield opened
    opened.close()


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    """The same file, for what needs no thread."""
    with closing(connect(path, "real", "NORMAL")) as opened:
        yield opened
