"""A house in which somebody broadcasts: sellers who want news, an operator at her cards, and a courier."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot import courier
from bot.simulator import OPERATOR_ID, TOKEN
from bot.store import audit, broadcasts
from bot.store.broadcasts import Broadcast, Text
from tests.bot.chat.house import CONVERSATION, MEI, SAM, House
from tests.bot.person import Crowd, Person, Screen, gather

ZONE = "Asia/Shanghai"
SOON = 15.0
"""Seconds within which a card comes, on a busy machine."""


class Newsroom:
    """The operator's side of a house."""

    def __init__(self, house: House, olivia: Person, sellers: dict[str, Person]) -> None:
        self.house, self.olivia, self.sellers = house, olivia, sellers

    # The operator

    async def until(self, *texts: str, label: str = "", deadline: float = SOON) -> Screen:
        """The newest message once it holds these texts, and a button with that label."""
        return await self.olivia.until(
            lambda screen: all(text in screen.text for text in texts) and (not label or label in screen.labels),
            deadline,
        )

    async def tap(self, label: str, *texts: str, then: str = "") -> Screen:
        """Press a button of the newest message; what is shown then."""
        screen = await self.olivia.screen()
        await self.olivia.tap(label, screen.message_id)
        return await self.until(*texts, label=then)

    async def refused(self, label: str, message: int = 0) -> str:
        """Press a button that can't be obeyed; the notice."""
        await self.olivia.tap(label, message)
        return await self.olivia.alert(SOON)

    async def forge(self, data: str) -> str:
        """A press that comes from no button of ours; the notice."""
        message = {"message_id": 1, "date": 1, "chat": {"id": OPERATOR_ID, "type": "private", "first_name": "Olivia"}}
        before = len(await self.house.calls("answerCallbackQuery"))
        await self.olivia.send_update(callback_query={"data": data, "message": message})
        for _ in range(500):
            answers = await self.house.calls("answerCallbackQuery")
            if len(answers) > before:
                return str(answers[-1]["args"].get("text", ""))
            await asyncio.sleep(0.02)
        raise AssertionError(f"{data} was never answered")

    async def open(self, id_: int = 0) -> Screen:
        """/broadcast, or the card of one."""
        await self.olivia.say(f"/broadcast {id_}" if id_ else "/broadcast")
        return await (self.until(f"Broadcast {id_}") if id_ else self.until(label="New"))

    async def write(self, html: str, language: str) -> Screen:
        """A new draft with a text."""
        await self.open()
        await self.tap("New", "Send me the message")
        await self.olivia.say_html(html)
        await self.until("Which language")
        return await self.tap(language, "draft", then="Preview")

    async def test(self) -> Screen:
        """Have the courier show it."""
        screen = await self.olivia.screen()
        await self.olivia.tap("Test", screen.message_id)
        return await self.until("shown exactly as it goes out", label="Start now")

    async def start(self) -> Screen:
        """Start what has been tested."""
        await self.tap("Start now", "Start it now?")
        yes = next(label for label in (await self.olivia.screen()).labels if label.startswith("Yes"))
        await self.olivia.tap(yes)
        return await self.until(label="All broadcasts")

    async def quiet(self) -> None:
        """Wait until nothing new comes for a moment."""
        before = -1
        while before != (count := len(await self.house.calls())):
            before = count
            await asyncio.sleep(0.4)

    def later(self, seconds: int) -> None:
        """That much time goes by."""
        self.house._seconds += seconds

    # What is kept

    async def run(self, call: Callable[..., Any], *args: Any) -> Any:
        return await self.house.database.run(call, *args)

    async def broadcast(self, id_: int) -> Broadcast:
        found: Broadcast | None = await self.run(broadcasts.load, id_)
        assert found
        return found

    async def state(self, id_: int) -> str:
        return (await self.broadcast(id_)).state

    async def outcomes(self, id_: int) -> dict[str, int]:
        query = "select state, count(*) from deliveries where broadcast = ? group by state"
        return dict(await self.run(lambda db: db.execute(query, [id_]).fetchall()))

    async def acts(self) -> list[tuple[str, str]]:
        """Action and subject of the audit log, the oldest first; all by the operator."""
        entries = await self.run(audit.read)
        assert {entry.by for entry in entries} <= {OPERATOR_ID}
        return [(entry.action, entry.subject) for entry in reversed(entries)]

    async def ready(self, *texts: Text) -> int:
        """A draft that is there and tested already; its number."""

        def make(db: sqlite3.Connection) -> int:
            id_ = broadcasts.draft(db, OPERATOR_ID, self.house.clock())
            for text in texts or (Text("en", "A rule has <b>changed</b>."), Text("zh_Hans", "规则<b>变了</b>。")):
                broadcasts.write(db, id_, text)
            found = broadcasts.load(db, id_)
            assert found
            broadcasts.tested(db, id_, found.digest)
            return id_

        number: int = await self.run(make)
        return number

    async def crowd(self, count: int, *, blocked: int = 0) -> Crowd:
        """So many more English speakers who want news; some of them have blocked the bot."""
        people = await gather(self.house.simulator.api_base, count, blocked=blocked)

        def make(db: sqlite3.Connection) -> None:
            for id_ in people.ids:
                settle(db, id_, "en")

        await self.run(make)
        return people

    @asynccontextmanager
    async def courier(self, pace: float = 25) -> AsyncIterator[None]:
        """A courier that delivers from the house's own file."""
        stop = asyncio.Event()
        work = courier.deliver(
            TOKEN,
            CONVERSATION,
            self.house.path,
            stop,
            kind="real",
            api_base=self.house.simulator.api_base,
            pace=pace,
            zone=ZONE,
            owners=self.house.owners,
            clock=self.house.clock,
        )
        task = asyncio.create_task(work)
        try:
            yield
        finally:
            stop.set()
            await task


def settle(db: sqlite3.Connection, id_: int, lang: str) -> None:
    """A seller who wants news."""
    db.execute(
        "insert into sellers (id, who, lang, state, visit, history, paths, seen, finished, debt, paid) "
        "values (?, ?, ?, 'home.menu', 1, '[]', '{}', '[]', '[]', 0, 0) on conflict do nothing",
        [id_, id_, lang],
    )
    db.execute("insert into answers values (?, 'home.news', 'on', 0) on conflict do update set answer = 'on'", [id_])


@asynccontextmanager
async def newsroom(house: House) -> AsyncIterator[Newsroom]:
    """Mei and Sam have been here and want news, Olivia is the operator."""
    sellers = {"mei": await house.person(MEI), "sam": await house.person(SAM)}
    for seller in sellers.values():
        await seller.say("/start")
        await seller.until(lambda screen: screen.labels)
    await house.settled()
    await house.database.run(_want_news)
    yield Newsroom(house, await house.person(OPERATOR_ID), sellers)


def _want_news(db: sqlite3.Connection) -> None:
    db.executemany("insert into answers values (?, 'home.news', 'on', 0)", [[MEI], [SAM]])
