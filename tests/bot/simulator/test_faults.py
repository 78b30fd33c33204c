"""Troubles to order."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from bot.simulator import TOKEN, Simulator
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, Api, sim


async def order(simulator: Simulator, **fault: Any) -> None:
    status, answer = await sim(simulator, "POST", "/sim/faults", fault)
    assert status == 200, answer


async def test_too_many_requests(simulator: Simulator, api: Api, mei: Person) -> None:
    await order(simulator, kind="429", method="sendmessage", times=2, seconds=7)
    for _ in range(2):
        answer = await api.call("sendMessage", chat_id=MEI, text="x")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        assert answer.body["parameters"] == {"retry_after": 7}
        assert answer.body["description"] == "Too Many Requests: retry after 7"
    await api.send()


@pytest.mark.parametrize(
    ("kind", "status", "description"),
    [
        ("500", 500, "Internal Server Error: restart"),
        ("401", 401, "Unauthorized"),
        (
            "409",
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        ),
    ],
)
async def test_refusals(simulator: Simulator, api: Api, kind: str, status: int, description: str) -> None:
    await order(simulator, kind=kind)
    answer = await api.call("getMe")
    assert (answer.status, answer.body["description"]) == (status, description)
    await api.ok("getMe")


async def test_a_page_instead_of_json(simulator: Simulator, api: Api) -> None:
    await order(simulator, kind="502")
    async with api.session.get(f"/bot{TOKEN}/getMe") as response:
        assert (response.status, response.content_type) == (502, "text/html")
        assert "<html>" in await response.text()


@pytest.mark.parametrize(("kind", "sent"), [("drop", 0), ("hang", 0), ("drop_after", 1), ("hang_after", 1)])
async def test_no_answer(simulator: Simulator, api: Api, mei: Person, kind: str, sent: int) -> None:
    await order(simulator, kind=kind, method="sendMessage", seconds=0.05)
    with pytest.raises(aiohttp.ClientError):
        await api.send()
    assert len(await mei.screens()) == sent
    (call,) = (await sim(simulator, "GET", "/sim/calls"))[1]["calls"]
    assert call["status"] == 499


async def test_hanging_until_the_bot_gives_up(simulator: Simulator, api: Api, mei: Person) -> None:
    await order(simulator, kind="hang", seconds=3600)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await api.send()
    assert await mei.screens() == []


async def test_late_but_fine(simulator: Simulator, api: Api) -> None:
    await order(simulator, kind="delay", seconds=0.06)
    began = time.monotonic()
    await api.ok("getMe")
    assert time.monotonic() - began >= 0.05


async def test_only_the_method_that_is_meant(simulator: Simulator, api: Api) -> None:
    await order(simulator, kind="500", method="sendMessage")
    await api.ok("getMe")
    _, answer = await sim(simulator, "GET", "/sim/faults")
    assert answer["faults"] == [{"kind": "500", "method": "sendMessage", "times": 1, "seconds": 5}]
    assert (await sim(simulator, "GET", "/sim/state"))[1]["faults"] == answer["faults"]
    await sim(simulator, "DELETE", "/sim/faults")
    assert (await sim(simulator, "GET", "/sim/faults"))[1] == {"faults": []}


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"kind": "rain"}, "kind is one of"),
        ({}, "kind is one of"),
        ({"kind": "500", "times": 0}, "times is at least 1"),
        ({"kind": "500", "seconds": -1}, "times is at least 1 and seconds between 0 and 3600"),
        ({"kind": "500", "times": "x"}, "invalid literal"),
        ({"kind": "500", "times": None}, "int()"),
    ],
)
async def test_impossible_orders(simulator: Simulator, fault: Any, complaint: str) -> None:
    status, answer = await sim(simulator, "POST", "/sim/faults", fault)
    assert status == 400
    assert answer["error"].startswith(complaint)


async def test_stopping_does_not_wait_for_what_hangs(simulator: Simulator, api: Api) -> None:
    await order(simulator, kind="hang", seconds=3600)
    hanging = asyncio.create_task(api.call("getMe"))
    polling = asyncio.create_task(api.call("getUpdates", timeout=50))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await simulator.stop()
    assert time.monotonic() - began < 1.5
    await asyncio.gather(hanging, polling, return_exceptions=True)
