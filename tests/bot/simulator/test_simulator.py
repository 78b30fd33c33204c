"""Starting and stopping."""

import time
from pathlib import Path

import aiohttp
import pytest

from bot.simulator import OPERATOR_ID, TOKEN, Simulator
from tests.bot.simulator.api import Api


async def test_two_side_by_side() -> None:
    first, second = Simulator(), Simulator()
    await first.start()
    await second.start()
    assert first.port != second.port
    assert first.url == f"http://127.0.0.1:{first.port}/"
    assert first.api_base == first.url.rstrip("/")
    await first.stop()
    await second.stop()


async def test_a_busy_port_is_the_callers_business() -> None:
    first = Simulator()
    await first.start()
    second = Simulator()
    with pytest.raises(OSError, match="in use"):
        await second.start(first.port)
    await second.stop()
    await first.stop()


async def test_stopping_twice_and_starting_again() -> None:
    simulator = Simulator()
    await simulator.stop()
    await simulator.start()
    port = simulator.port
    await simulator.stop()
    await simulator.stop()
    await simulator.start(port)
    simulator.bot_side.faults.order({"kind": "delay", "seconds": 0.05})
    async with aiohttp.ClientSession(simulator.api_base) as session:
        began = time.monotonic()
        await Api(session).ok("getMe")
    assert time.monotonic() - began > 0.04
    await simulator.stop()


async def test_a_second_one_leaves_the_file_alone(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first, second = Simulator(state=state), Simulator(state=state)
    await first.start()
    first.telegram.say(OPERATOR_ID, "/start")
    with pytest.raises(OSError, match="in use"):
        await second.start(first.port)
    assert not state.exists()
    await first.stop()
    assert "/start" in state.read_text()


async def test_a_token_of_ones_own() -> None:
    simulator = Simulator(token="42:mine")
    await simulator.start()
    async with aiohttp.ClientSession(simulator.api_base) as session:
        await Api(session, "42:mine").ok("getMe")
        assert await Api(session).refused("getMe") == "Unauthorized"
    await simulator.stop()


def test_the_operator_is_among_the_people() -> None:
    assert OPERATOR_ID in Simulator().people
    assert TOKEN.split(":")[0].isdecimal()
