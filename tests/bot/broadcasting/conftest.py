"""An empty folder where nothing is set; a database in it; a courier and a simulator."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import dialogs
from bot import logs
from bot.simulator import OPERATOR_ID, TOKEN, Simulator
from tests.bot.background import Background, background
from tests.bot.broadcasting.pressroom import FIRST, database, settle
from tests.bot.shell import alone, logging_restored

LOADED = cache(dialogs.load)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    alone(tmp_path, monkeypatch)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("dialogs.load", LOADED)  # the same each time, so that hundreds of calls read it but once
    with logging_restored():
        logs.start("error", TOKEN)
        yield


@pytest.fixture
def empty() -> None:
    """A file in which nobody is."""
    with database():
        pass


@pytest.fixture
def people() -> None:
    """Three who want news in English, two in Chinese, one in Russian; and one who wants none."""
    with database() as db:
        for number, lang in enumerate(("en", "en", "en", "zh_Hans", "zh_Hans", "ru")):
            settle(db, FIRST + number, lang)
        settle(db, FIRST + 6, "en", news="off")


@pytest.fixture
def running() -> Iterator[Background]:
    """A loop for what goes on meanwhile."""
    with background() as loop:
        yield loop


@pytest.fixture
def simulator(running: Background) -> Iterator[Simulator]:
    """A Telegram in which the operator has written to the bot."""
    made = Simulator()
    made.telegram.chats[OPERATOR_ID].started = True
    running.do(made.start())
    yield made
    running.do(made.stop())
