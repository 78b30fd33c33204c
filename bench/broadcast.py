"""A broadcast with a million people waiting: the courier's pace, memory and start, and how live taps fare meanwhile.

    python -m bench.broadcast [--people 1000000] [--seconds 20] [--pace 20]

Everything is as in earnest: `certguide deliver` and the bot as processes of their own on one file, the simulator with
Telegram's flood control on. The first few thousand of those who wait are known to the simulator.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvloop

import dialogs
from bot import newsroom
from bot.simulator import OPERATOR_ID, TOKEN, Simulator
from bot.simulator.crowd import gather
from bot.simulator.people import FIRST_CROWD_ID
from bot.store import broadcasts
from bot.store.broadcasts import Text
from bot.store.database import connect
from bot.words import known

KNOWN = 3000
"""How many of the people the simulator knows: more than are reached meanwhile."""
TAPPERS = (5_000_000_002, 5_000_000_004, 5_000_000_006)
PATIENCE = 60
"""Seconds for which anything is waited."""
BUDGETS = {"rate": 0.97, "tap": 1.0, "memory": 120.0, "start": 10.0}


@dataclass(frozen=True)
class Measured:
    """What came out."""

    freeze: float
    """Seconds in which the audience was frozen, in one transaction."""
    start: float
    """Seconds from the start of the courier to its first message."""
    rate: float
    """Messages a second, as a share of the pace."""
    most: int
    """Messages in the fullest second."""
    alone: float
    """Seconds that all but a twentieth of the taps took before the broadcast …"""
    beside: float
    """… and during it."""
    taps: int
    memory: float
    """Megabytes of the courier at most."""


async def measure(people: int, seconds: float, pace: float) -> Measured:
    """One broadcast to so many, watched for that long."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench-tryout.db"  # the name that `certguide deliver` gives it with the simulator's token
        simulator = Simulator()
        await simulator.start()
        simulator.bot_side.flood.switch(on=True)
        gather(simulator.telegram, KNOWN)
        with closing(connect(path, "try-out", "NORMAL")) as db:
            fill(db, people)
            bot = multiprocessing.get_context("spawn").Process(target=serve, args=(str(path), simulator.api_base))
            bot.start()
            try:
                return await watch(simulator, db, path, seconds, pace)
            finally:
                bot.kill()
                bot.join()
                await simulator.stop()


async def watch(simulator: Simulator, db: sqlite3.Connection, path: Path, seconds: float, pace: float) -> Measured:
    """Taps alone, then beside a courier."""
    taps: list[float] = []
    tappers = [asyncio.create_task(tap(simulator, id_, taps)) for id_ in TAPPERS]
    await until(lambda: len(taps) > len(TAPPERS))
    taps.clear()
    await asyncio.sleep(seconds / 2)
    alone, begun = p95(taps), time.monotonic()
    launch(db)
    freeze, begun = time.monotonic() - begun, time.monotonic()
    courier = await deliver(path, simulator.api_base, pace)
    await until(lambda: sent(simulator))
    start = time.monotonic() - begun
    taps.clear()
    await asyncio.sleep(seconds)
    arrivals, beside = sent(simulator), p95(taps)
    memory = peak(courier.pid)
    courier.send_signal(signal.SIGTERM)
    await courier.wait()
    for tapper in tappers:
        tapper.cancel()
    await asyncio.gather(*tappers, return_exceptions=True)
    rate = (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) / pace
    return Measured(freeze, start, rate, fullest(arrivals), alone, beside, len(taps), memory)


def fill(db: sqlite3.Connection, people: int) -> None:
    """Sellers who want news, and none of whom is busy."""
    db.execute("begin")
    db.execute(
        "with recursive n(i) as (select 0 union all select i + 1 from n where i < ? - 1) "
        "insert into sellers (id, who, lang, state, visit, history, paths, seen, finished, debt, paid, last) "
        "select ? + i, 1000 + i, 'en', 'menu', 1, '[]', '{}', '[]', '[]', 0, 0, 0 from n",
        [people, FIRST_CROWD_ID],
    )
    db.execute("insert into answers (seller, question, answer, at) select id, 'home.news', 'on', 0 from sellers")
    db.execute("commit")


def launch(db: sqlite3.Connection) -> None:
    """Start a broadcast to all of them, as an operator does."""
    conversation = dialogs.load("@bench")
    db.execute("begin immediate")
    id_ = broadcasts.draft(db, OPERATOR_ID, time.time())
    broadcasts.write(db, id_, Text("en", "A rule has <b>changed</b>.", buttons=(("Read", "iso9001"),)))
    draft = broadcasts.load(db, id_)
    assert draft
    broadcasts.tested(db, id_, draft.digest)
    newsroom.launch(db, id_, conversation, known(conversation), OPERATOR_ID, time.time())
    db.execute("commit")


async def deliver(path: Path, api_base: str, pace: float) -> asyncio.subprocess.Process:
    """`certguide deliver`, where it is noon now."""
    hours = datetime.now(UTC).hour - 12
    settings = {
        "BOT_TOKEN": TOKEN,
        "BOT_API_BASE": api_base,
        "BOT_DATABASE": str(path.with_name("bench.db")),
        "BOT_PACE": str(pace),
        "BOT_ZONE": f"Etc/GMT{hours:+}" if hours else "Etc/GMT",
        "BOT_LOG": "warning",
    }
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "deliver", env=os.environ | settings)


def serve(path: str, api_base: str) -> None:
    """The bot, as `certguide serve` runs it."""
    from bot import chat, logs
    from bot.store import Database

    logs.start("error")
    conversation = dialogs.load("@bench")
    uvloop.run(chat.serve(TOKEN, conversation, Database(path, kind="try-out"), asyncio.Event(), api_base=api_base))


async def tap(simulator: Simulator, id_: int, taps: list[float]) -> None:
    """Somebody taps one button after the other, and notes how long each takes until it is answered."""
    messages, chance = simulator.telegram.chats[id_].messages, random.Random(id_)
    simulator.telegram.say(id_, "/start")
    await until(lambda: any(message.inline_keyboard for message in messages.values()))
    while True:
        page = [message for message in messages.values() if message.inline_keyboard][-1]
        rows = (page.markup or {})["inline_keyboard"]
        choice = chance.choice([button["callback_data"] for row in rows for button in row])
        taps.append(await answered(simulator, id_, page.message_id, choice))
        await asyncio.sleep(1)  # Telegram lets a bot speak once a second in a chat


async def answered(simulator: Simulator, id_: int, message: int, choice: str) -> float:
    """Seconds until a tap was answered."""
    begun = time.monotonic()
    press, _ = simulator.telegram.tap(id_, message, choice)
    await until(lambda: simulator.telegram.presses[press].answer is not None)
    return time.monotonic() - begun


async def until(true: Callable[[], object]) -> None:
    """Wait until it is."""
    last = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < last, "it never came"
        await asyncio.sleep(0.002)


def sent(simulator: Simulator) -> list[float]:
    """When each message of the broadcast arrived."""
    return [call.at for call in simulator.bot_side.calls if int(call.chat or 0) >= FIRST_CROWD_ID]


def fullest(moments: list[float]) -> int:
    """How many fall into one second at most, wherever it begins."""
    return max(sum(first <= moment < first + 1 for moment in moments[n : n + 100]) for n, first in enumerate(moments))


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


def peak(pid: int) -> float:
    """Megabytes a process has held at most, from Linux's /proc."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> int:
    """Measure and print; exit code 1 when a budget is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000, help="how many wait")
    parser.add_argument("--seconds", type=float, default=20, help="how long it is watched")
    parser.add_argument("--pace", type=float, default=20, help="messages a second")
    options = parser.parse_args()
    found = uvloop.run(measure(options.people, options.seconds, options.pace))
    print(f"waiting                   {options.people:10,} people, frozen in {found.freeze:.1f} s")
    print(f"first message after       {found.start:10.2f} s    budget {BUDGETS['start']:g} s")
    print(f"rate                      {found.rate:10.1%} of the pace   budget {BUDGETS['rate']:.0%}")
    print(f"in the fullest second     {found.most:10} messages   at most {options.pace:g}")
    print(f"memory of the courier     {found.memory:10.0f} MB   budget {BUDGETS['memory']:g} MB")
    print(f"p95 of taps before        {found.alone * 1000:10.0f} ms")
    print(f"p95 of taps meanwhile     {found.beside * 1000:10.0f} ms   budget {BUDGETS['tap'] * 1000:g} ms")
    well = found.rate >= BUDGETS["rate"] and found.most <= options.pace and found.start <= BUDGETS["start"]
    return 0 if well and found.memory <= BUDGETS["memory"] and found.beside <= BUDGETS["tap"] else 1


if __name__ == "__main__":
    sys.exit(main())
