"""The courier's office for a test: a simulator, a database, people who want news, and the courier between them."""

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

import dialogs
from bot import courier, logs, newsroom
from bot.simulator import OPERATOR_ID, TOKEN, Simulator
from bot.store import broadcasts, deliveries
from bot.store.broadcasts import Broadcast, Text
from bot.store.database import connect
from bot.words import known
from tests import stories
from tests.bot.person import Person, Screen

MEI, LIN, OLGA, ANA, SAM = range(5_000_000_002, 5_000_000_007)
"""The simulator's people: zh-hans, zh-hant, ru, pt-br, en."""

CONVERSATION = dialogs.load("@certguide_help")
WORDS = known(CONVERSATION)
PACE = 25.0
ZONE = "UTC"
HELLO = Text("en", "A rule has <b>changed</b>.")


@dataclass(slots=True)
class Clock:
    """Noon of the day of all stories, and then as fast as real time; `add` moves it on."""

    offset: float = stories.NOW - time.time()

    def __call__(self) -> float:
        return time.time() + self.offset

    def add(self, seconds: float) -> None:
        self.offset += seconds


class Office:
    """A courier that can be started and stopped."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "office.db"
        self.simulator = Simulator()
        self.clock = Clock(stories.NOW - time.time())
        self.owners = frozenset({OPERATOR_ID})
        self.pace = PACE
        self.db: sqlite3.Connection
        self.stopping = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        logs.start("error", TOKEN)
        await self.simulator.start()
        self.db = connect(self.path, "real", "NORMAL")

    async def close(self) -> None:
        await self.stop()
        self.db.close()
        await self.simulator.stop()

    async def start(self) -> None:
        """Have a courier deliver, in this process."""
        self.stopping = asyncio.Event()
        work = courier.deliver(
            TOKEN,
            CONVERSATION,
            self.path,
            self.stopping,
            kind="real",
            api_base=self.simulator.api_base,
            pace=self.pace,
            zone=ZONE,
            owners=self.owners,
            clock=self.clock,
        )
        self.task = asyncio.create_task(work)

    async def stop(self) -> None:
        """Stop it as SIGTERM does; raises what it ended with."""
        if self.task:
            self.stopping.set()
            task, self.task = self.task, None
            await task

    async def end(self) -> None:
        """Wait until it ends by itself; raises what it ended with."""
        task, self.task = self.task, None
        assert task
        await asyncio.wait_for(task, 10)

    # People

    def settle(self, *ids: int, lang: str = "en", news: str = "on") -> None:
        """Sellers who were here, want news, and can be written to."""
        for id_ in ids:
            if id_ in self.simulator.telegram.chats:
                self.simulator.telegram.chats[id_].started = True
        settle(self.db, ids, lang=lang, news=news)

    async def crowd(self, count: int, **gone: int) -> dict[str, list[int]]:
        """So many people who want news: the ids of `ids`, and of those who are gone."""
        made: dict[str, list[int]] = await self.ask("/sim/crowd", {"count": count, **gone})
        settle(self.db, made["ids"])
        return made

    @asynccontextmanager
    async def person(self, id_: int) -> AsyncIterator[Person]:
        async with Person(self.simulator.api_base, id_) as person:
            yield person

    async def screens(self, id_: int) -> list[Screen]:
        """All messages of the bot's that somebody has."""
        async with self.person(id_) as person:
            return await person.screens()

    # Broadcasts

    def draft(self, *texts: Text, audience: str = "", fallback: str = "", action: str = "send", of: int = 0) -> int:
        """A broadcast that has been tested."""
        id_ = broadcasts.draft(self.db, OPERATOR_ID, self.clock(), audience=audience, action=action, corrects=of)
        for text in texts:
            broadcasts.write(self.db, id_, text)
        broadcasts.fall_back(self.db, id_, fallback)
        broadcasts.tested(self.db, id_, self.broadcast(id_).digest)
        return id_

    def launch(self, id_: int, *, due: int | None = None) -> int:
        """Start it, as an operator does; how many people."""
        with transaction(self.db):
            return newsroom.launch(self.db, id_, CONVERSATION, WORDS, OPERATOR_ID, self.clock(), due=due)

    def send(self, *texts: Text, **more: Any) -> int:
        """A broadcast that runs; its number."""
        id_ = self.draft(*texts or (HELLO,), **more)
        self.launch(id_)
        return id_

    def act(self, id_: int, name: str) -> None:
        """Pause, resume, stop or cancel it, as an operator does."""
        with transaction(self.db):
            newsroom.act(self.db, id_, name, OPERATOR_ID, self.clock())

    def broadcast(self, id_: int) -> Broadcast:
        found = broadcasts.load(self.db, id_)
        assert found
        return found

    def state(self, id_: int) -> str:
        return self.broadcast(id_).state

    def counts(self, id_: int) -> Counter[str]:
        return deliveries.counts(self.db, id_)

    def outcome(self, id_: int, who: int) -> tuple[str, str]:
        """State and reason of one delivery, by Telegram's number of the person."""
        state, reason = self.db.execute(
            "select d.state, coalesce(d.reason, '') from deliveries d join sellers s on s.who = d.who "
            "where d.broadcast = ? and s.id = ?",
            [id_, who],
        ).fetchone()
        return state, reason

    def notices(self) -> list[tuple[int, str]]:
        """What somebody is told beside his page."""
        return self.db.execute("select chat, text from notices order by id").fetchall()

    async def done(self, *ids: int, state: str = "done", deadline: float = 20) -> None:
        """Wait until these broadcasts are over, or in that state, and nothing is under way."""
        await until(lambda: all(self.state(id_) == state and not self.counts(id_)["sending"] for id_ in ids), deadline)

    async def ended(self, id_: int, *people: int, state: str = "sent") -> None:
        """Wait until these people's deliveries have ended so."""
        await until(lambda: all(self.outcome(id_, one)[0] == state for one in people))

    # The simulator

    async def fault(self, kind: str, method: str = "sendMessage", **more: Any) -> None:
        """The next calls of a method go wrong."""
        await self.ask("/sim/faults", {"kind": kind, "method": method, **more})

    async def file(self, id_: int, kind: str) -> str:
        """Telegram's file_id of a photo or document that somebody has sent."""
        return str((await self.ask(f"/sim/people/{id_}/{kind}", {}))["file_id"])

    async def flood(self, scale: float = 1) -> None:
        """Switch Telegram's flood control on."""
        await self.ask("/sim/flood", {"on": True, "scale": scale})

    async def ask(self, path: str, content: dict[str, Any]) -> Any:
        async with (
            aiohttp.ClientSession(self.simulator.api_base) as session,
            session.post(path, json=content) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json()

    def calls(self, *methods: str) -> list[Any]:
        """The calls that arrived, of these methods or all."""
        return [call for call in self.simulator.bot_side.calls if not methods or call.method in methods]


def settle(db: sqlite3.Connection, ids: Iterable[int], *, lang: str = "en", news: str = "on") -> None:
    """Rows of sellers, who are known to the trail by other numbers than Telegram's."""
    rows = [(id_, id_ ^ 0x5EED_0000_0000, lang) for id_ in ids]
    with transaction(db):
        db.executemany(
            "insert into sellers (id, who, lang, state, visit, history, paths, seen, finished, debt, paid, last) "
            "values (?, ?, ?, 'menu', 1, '[]', '{}', '[]', '[]', 0, 0, 0)",
            rows,
        )
        db.executemany(
            "insert into answers (seller, question, answer, at) values (?, 'home.news', ?, 0)",
            [(id_, news) for id_, *_ in rows],
        )


class transaction:  # noqa: N801  used like a function
    """All of it or nothing, on a connection that commits by itself otherwise."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __enter__(self) -> None:
        self.db.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.db.execute("rollback" if kind else "commit")


async def until(true: Callable[[], object], deadline: float = 10) -> None:
    """Wait until it is."""
    last = time.monotonic() + deadline
    while not true():
        assert time.monotonic() < last, "it never came"
        await asyncio.sleep(0.02)


def busiest(moments: Iterable[float], seconds: float = 1.0) -> int:
    """How many of these fall into the fullest span of that length, wherever it begins."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
