"""The library that delivers broadcasts, against the simulator."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

# Asks for the coming behaviour; without it the library warns at each wait.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import ExtBot

from bot.simulator import TOKEN, Simulator
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, SAM, sim


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[ExtBot[None]]:
    made: ExtBot[None] = ExtBot(TOKEN, base_url=f"{simulator.api_base}/bot")
    async with made:
        yield made


async def test_sending(bot: ExtBot[None], mei: Person) -> None:
    sent = await bot.send_message(MEI, "<b>你好</b>", parse_mode="HTML")
    assert (sent.text, sent.entities[0].type) == ("你好", "bold")
    assert (await mei.screen()).html == "<b>你好</b>"


async def test_refusals(bot: ExtBot[None], mei: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(SAM, "x")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(MEI, "x" * 4097)
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(MEI, "<p>", parse_mode="HTML")
    await mei.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(MEI, "x")
    await mei.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(MEI, "x")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("500", NetworkError), ("502", NetworkError), ("401", InvalidToken), ("drop_after", NetworkError)],
)
async def test_troubles(
    simulator: Simulator, bot: ExtBot[None], mei: Person, kind: str, error: type[Exception]
) -> None:
    await sim(simulator, "POST", "/sim/faults", {"kind": kind, "method": "sendMessage"})
    with pytest.raises(error):
        await bot.send_message(MEI, "x")
    assert len(await mei.screens()) == (kind == "drop_after")


async def test_waiting(simulator: Simulator, bot: ExtBot[None], mei: Person) -> None:
    await sim(simulator, "POST", "/sim/faults", {"kind": "429", "method": "sendMessage", "seconds": 9})
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(MEI, "x")
    assert caught.value.retry_after == timedelta(seconds=9)
    await sim(simulator, "POST", "/sim/faults", {"kind": "hang_after", "method": "sendMessage"})
    with pytest.raises(TimedOut):
        await bot.send_message(MEI, "x", read_timeout=0.1)
    assert len(await mei.screens()) == 1
