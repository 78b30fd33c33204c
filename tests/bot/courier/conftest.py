"""An office for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.courier import courier
from tests.bot.courier.office import Office


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """Nobody delivers there yet; who does in this process looks for work more often than usual."""
    monkeypatch.setattr(courier, "IDLE", 0.05)
    opened = Office(tmp_path)
    await opened.open()
    yield opened
    await opened.close()
