"""Killed at any moment, the bot loses no step, does none twice, and shows every page it owes."""

import asyncio
import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import uvloop

from bot import chat, logs
from bot.simulator import TOKEN, Simulator
from bot.store import Database
from tests.bot.chat.house import CONVERSATION, MEI, OLGA, SAM
from tests.bot.forks import born, killed
from tests.bot.person import Person, Screen

KILLS = 30
SECONDS = 0.3
"""A bot lives for at most that long from its first request on: long enough for a few steps …"""
UNBORN = 0.2
"""… but for the share of bots that are killed while they are still starting."""


def live(path: Path, api_base: str) -> None:
    """A bot in a process of its own, which somebody kills."""
    logs.start("error")
    uvloop.run(chat.serve(TOKEN, CONVERSATION, Database(path), asyncio.Event(), api_base=api_base))


class Tapper:
    """Somebody who taps one button after the other, each once, and remembers which."""

    def __init__(self, person: Person, seed: int) -> None:
        self.person = person
        self.random = random.Random(seed)
        self.tapped: list[str] = []

    async def walk(self) -> None:
        await self.person.say("/start")
        while True:
            await self.person.until(self.fresh, deadline=240)
            screen = await self.person.screen()
            data = [b["callback_data"] for row in screen.buttons for b in row if ":lang." not in b["callback_data"]]
            choice = self.random.choice(data)
            self.tapped.append(choice)
            await self.person.tap_data(screen.message_id, choice)
            await asyncio.sleep(self.random.uniform(0, 0.03))

    def fresh(self, screen: Screen) -> bool:
        """Whether the newest page is one he has not tapped on yet."""
        if not screen.buttons:
            return False
        visit = screen.buttons[0][0]["callback_data"].partition(":")[0]
        return not self.tapped or self.tapped[-1].partition(":")[0] != visit


async def test_no_step_is_lost_and_none_done_twice_whenever_the_bot_is_killed(tmp_path: Path) -> None:
    path, when = tmp_path / "killed.db", random.Random(20261125)
    simulator = Simulator()
    await simulator.start()
    people = [await Person(simulator.api_base, id_).__aenter__() for id_ in (MEI, OLGA, SAM)]
    tappers = [Tapper(person, seed) for seed, person in enumerate(people)]
    walks = [asyncio.create_task(tapper.walk()) for tapper in tappers]
    for _ in range(KILLS):
        before = simulator.bot_side.calls[-1].n if simulator.bot_side.calls else 0
        process = born(live, path, simulator.api_base)
        if when.random() > UNBORN:
            await asks(simulator, before)
        await asyncio.sleep(when.uniform(0, SECONDS))
        await killed(process)
    for walk in walks:
        walk.cancel()
        with suppress(asyncio.CancelledError):
            await walk
    last = born(live, path, simulator.api_base)
    try:
        for tapper in tappers:
            await tapper.person.until(tapper.fresh, deadline=60)  # every page owed is shown …
        await nothing_owed(path)  # … and known to be
    finally:
        last.terminate()
        await asyncio.to_thread(last.join)
        for person in people:
            await person.__aexit__(None, None, None)
        await simulator.stop()
    assert sum(len(tapper.tapped) for tapper in tappers) > KILLS
    check(path, tappers)


async def asks(simulator: Simulator, before: int) -> None:
    """Wait until a new bot asks for updates: how long it takes to start depends on the machine."""
    for _ in range(2000):
        if any(call.n > before and call.method == "getUpdates" for call in simulator.bot_side.calls):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the bot never asked for updates")


async def nothing_owed(path: Path) -> None:
    """Wait until the last bot has paid all debts."""
    for _ in range(500):
        with closing(sqlite3.connect(path)) as db:
            if db.execute("select count(*) from sellers where debt > paid").fetchone() == (0,):
                return
        await asyncio.sleep(0.02)
    raise AssertionError("pages are still owed")


def check(path: Path, tappers: list[Tapper]) -> None:
    """The trail has each tap of each seller exactly once."""
    db = sqlite3.connect(path)
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    for tapper in tappers:
        who, visit = db.execute("select who, visit from sellers where id = ?", [tapper.person.id]).fetchone()
        moves = "select count(*) from trail where who = ? and kind in ('arrived', 'back', 'continued', 'shown')"
        (steps,) = db.execute(moves, [who]).fetchone()
        assert steps == len(tapper.tapped), "each tap made one step"
        assert visit == len(tapper.tapped) + 1, "and one visit each, after the greeting"
    db.close()
