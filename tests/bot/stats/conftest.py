"""A fresh file in memory for each log, copied from one that was made once."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.database import connect

Fresh = Callable[[], sqlite3.Connection]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("template") / "certguide.db"
    with closing(connect(path, "real", "OFF")) as db:
        yield db


@pytest.fixture(scope="session")
def fresh(template: sqlite3.Connection) -> Fresh:
    """Makes an empty file with all tables; whoever takes it closes it."""

    def make() -> sqlite3.Connection:
        db = sqlite3.connect(":memory:", isolation_level=None)
        template.backup(db)
        return db

    return make
