"""A house for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.chat.house import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A bot that runs."""
    running = House(tmp_path)
    await running.open()
    yield running
    await running.close()
