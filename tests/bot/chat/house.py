"""The whole house for a test: a simulator, a database, and the bot between them, which can be stopped and started."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

import dialogs
from bot import chat, logs
from bot.simulator import OPERATOR_ID, TOKEN, Simulator
from bot.store import Database
from tests import stories
from tests.bot.person import Person

MEI, LIN, OLGA, ANA, SAM = range(5_000_000_002, 5_000_000_007)
"""The simulator's people: zh-hans, zh-hant, ru, pt-br, en."""

CONVERSATION = dialogs.load("@certguide_help")


class House:
    """A running bot. `stop` is a good end, `crash` a bad one; `start` begins again with what is on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "house.db"
        self.owners = frozenset({OPERATOR_ID})
        self.hurry = False
        """Time stands still; otherwise a second passes whenever somebody looks at the clock."""
        self._seconds = 0
        self.simulator = Simulator()
        self.database: Database
        self._people: list[Person] = []
        self._stopping = asyncio.Event()
        self._bot: asyncio.Task[None]

    async def open(self) -> None:
        logs.start("debug", TOKEN)
        await self.simulator.start()
        await self.start()

    async def close(self) -> None:
        await self.stop()
        for person in self._people:
            await person.__aexit__(None, None, None)
        await self.simulator.stop()

    async def start(self) -> None:
        """Open the file and converse."""
        self.database = Database(self.path)
        self._stopping = asyncio.Event()
        serving = chat.serve(
            TOKEN,
            CONVERSATION,
            self.database,
            self._stopping,
            api_base=self.simulator.api_base,
            owners=self.owners,
            folder=self.path.parent,
            clock=self.clock,
        )
        self._bot = asyncio.create_task(serving)

    def clock(self) -> float:
        """Noon on the day of all stories, and a little later each time."""
        self._seconds += not self.hurry
        return stories.NOW + self._seconds

    async def stop(self) -> None:
        """Stop as SIGTERM does."""
        self._stopping.set()
        with suppress(asyncio.CancelledError):
            await self._bot
        self.database.close()

    async def crash(self) -> None:
        """Stop in the middle of whatever it does, without draining."""
        self._bot.cancel()
        with suppress(asyncio.CancelledError):
            await self._bot
        self.database.close()

    async def person(self, id_: int) -> Person:
        """One of the simulator's people, who has not said anything yet."""
        person = await Person(self.simulator.api_base, id_).__aenter__()
        self._people.append(person)
        return person

    async def fault(self, kind: str, method: str, **more: Any) -> None:
        """The next calls of a method go wrong."""
        async with (
            aiohttp.ClientSession(self.simulator.api_base) as session,
            session.post("/sim/faults", json={"kind": kind, "method": method, **more}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    async def repeat(self, update_id: int) -> None:
        """Telegram delivers an update once more."""
        async with (
            aiohttp.ClientSession(self.simulator.api_base) as session,
            session.post("/sim/repeat", json={"update_id": update_id}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    async def calls(self, method: str = "") -> list[dict[str, Any]]:
        """The bot's calls so far, polling aside."""
        async with (
            aiohttp.ClientSession(self.simulator.api_base) as session,
            session.get("/sim/calls") as answer,
        ):
            calls = (await answer.json())["calls"]
        return [call for call in calls if call["method"] == method or (not method and call["method"] != "getUpdates")]

    async def refused(self) -> list[dict[str, Any]]:
        """Calls the simulator did not take, other than edits that change nothing.

        An operator who has never written has no chat in which commands could be set.
        """
        calls = [call for call in await self.calls() if call["method"] != "getMyCommands"]
        return [call for call in calls if call["status"] >= 400 and "not modified" not in call["description"]]

    async def trail(self, kind: str = "arrived") -> list[str]:
        """The pages of the trail's events of a kind, in order."""
        query = "select page from trail where kind = ? order by id"
        return await self.database.run(lambda db: [page for (page,) in db.execute(query, [kind])])

    async def found(self, query: str, enough: Callable[[list[Any]], object]) -> list[Any]:
        """The rows of a query as soon as they are enough; after ten seconds as they are, for the test to judge."""
        for _ in range(500):
            rows = await self.database.run(lambda db: db.execute(query).fetchall())
            if enough(rows):
                break
            await asyncio.sleep(0.02)
        return rows

    async def settled(self) -> None:
        """Wait until nothing is owed to anybody."""
        owed = "select count(*) from sellers where debt > paid"
        for _ in range(500):
            if await self.database.run(lambda db: db.execute(owed).fetchone()) == (0,):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("somebody is still owed a page")
