"""A simulator for each test, a bot and two people."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.simulator import Simulator
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, SAM, Api, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    running = Simulator(clock=clock)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def api(simulator: Simulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession(simulator.api_base) as session:
        yield Api(session)


@pytest.fixture
async def mei(simulator: Simulator) -> AsyncIterator[Person]:
    """Has pressed Start."""
    async with Person(simulator.api_base, MEI) as person:
        await person.say("/start")
        yield person


@pytest.fixture
async def sam(simulator: Simulator) -> AsyncIterator[Person]:
    """Has never written."""
    async with Person(simulator.api_base, SAM) as person:
        yield person
