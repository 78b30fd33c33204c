"""A file with people who wrote the worst that can be written, and one in which nobody was yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.stats.snapshot import Snapshot, opened
from bot.store import Database
from tests.bot.stats.exports.people import settle_everybody


@pytest.fixture(scope="session")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with people; for reading only."""
    path: Path = tmp_path_factory.mktemp("lively") / "certguide.db"
    settle_everybody(path)
    return path


@pytest.fixture
def snapshot(lively: Path) -> Iterator[Snapshot]:
    """The same, opened as an export does."""
    with opened(lively) as found:
        yield found


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[Snapshot]:
    """A file in which nobody was yet."""
    path = tmp_path / "empty.db"
    Database(path).close()
    with opened(path) as found:
        yield found
