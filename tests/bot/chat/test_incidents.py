"""Owners hear of trouble once, and again only after it was over."""

import asyncio
import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from bot.chat.incidents import Incidents
from bot.chat.messenger import Messenger
from bot.simulator import OPERATOR_ID
from bot.store import Database, notices
from tests.bot.chat.house import CONVERSATION, SAM, House
from tests.bot.chat.test_desk import in_the_menu

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def database(tmp_path: Path) -> "Database":
    return Database(tmp_path / "incidents.db")


def watcher(database: Database, now: float = 1_795_651_200.0) -> Incidents:
    """Somebody who looks around on that day, 2026-11-26; notices are only kept."""
    nobody: Any = None  # nothing is sent here
    messenger = Messenger(nobody, database, lambda: now)
    return Incidents(frozenset({7, 8}), messenger, database, CONVERSATION, lambda: now)


async def told(database: Database) -> list[tuple[int, str]]:
    return [(notice.chat, notice.text) for notice in await database.run(notices.waiting)]


async def test_a_disk_nearly_full_is_told_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    watch = watcher(database)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 12 * 1024 * 1024))
    for _ in range(3):
        await watch.look(tmp_path)
    assert [chat for chat, _ in await told(database)] == [7, 8]
    assert "12 MB are left" in (await told(database))[0][1]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 1, 10**12))
    await watch.look(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 1))
    await watch.look(tmp_path)
    assert len(await told(database)) == 4
    database.close()


async def test_pages_overdue_are_told_once(database: Database, tmp_path: Path) -> None:
    in_three_years = watcher(database, 1_795_651_200.0 + 3 * 366 * 86400)
    await in_three_years.look(tmp_path)
    await in_three_years.look(tmp_path)
    texts = [text for _, text in await told(database)]
    assert len(texts) == 2
    assert "pages should have been checked again" in texts[0]
    database.close()


async def test_nothing_is_told_when_all_is_well(database: Database, tmp_path: Path) -> None:
    await watcher(database).look(tmp_path)
    assert await told(database) == []
    database.close()


async def test_a_second_poller_is_told_to_the_owner(house: House) -> None:
    olivia, sam = await house.person(OPERATOR_ID), await house.person(SAM)
    await in_the_menu(olivia)
    await house.fault("409", "getUpdates", times=2)
    await in_the_menu(sam)
    await sam.say("/help")
    await olivia.until(lambda screen: "Another program uses" in screen.text, deadline=10)


async def test_a_database_that_can_not_be_written_is_told_at_once_and_once(house: House) -> None:
    olivia, sam = await house.person(OPERATOR_ID), await house.person(SAM)
    await in_the_menu(olivia)
    await in_the_menu(sam)
    await house.settled()
    limit = await house.database.run(lambda db: db.execute("pragma page_count").fetchone()[0])
    await house.database.run(lambda db: db.execute(f"pragma max_page_count = {limit}"))
    for n in range(30):
        await sam.say(f"zebra{n} " + "x" * 900)
    await olivia.until(lambda screen: "can't be written" in screen.text, deadline=10)
    await house.database.run(lambda db: db.execute("pragma max_page_count = 1000000"))
    await sam.say("/help")
    await sam.until(lambda screen: "How this works" in screen.text, deadline=20)
    await asyncio.sleep(0.1)
    shouted = [screen for screen in await olivia.screens() if "can't be written" in screen.text]
    assert len(shouted) == 1
