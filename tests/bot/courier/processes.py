"""The courier and the bot as processes of their own, which somebody kills."""

import asyncio
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import uvloop

from bot import chat, courier, logs
from bot.simulator import OPERATOR_ID, TOKEN
from bot.store import Database
from tests.bot.courier.office import CONVERSATION, ZONE, Clock, Office
from tests.bot.forks import born


def deliver(path: Path, api_base: str, pace: float, clock: Clock) -> None:
    """A courier."""
    logs.start("error", TOKEN)
    work = courier.deliver(
        TOKEN,
        CONVERSATION,
        path,
        asyncio.Event(),
        kind="real",
        api_base=api_base,
        pace=pace,
        zone=ZONE,
        owners=frozenset({OPERATOR_ID}),
        clock=clock,
    )
    uvloop.run(work)


def converse(path: Path, api_base: str, clock: Clock) -> None:
    """A bot."""
    logs.start("error", TOKEN)
    uvloop.run(
        chat.serve(
            TOKEN,
            CONVERSATION,
            Database(path),
            asyncio.Event(),
            api_base=api_base,
            owners=frozenset({OPERATOR_ID}),
            folder=path.parent,
            clock=clock,
        )
    )


def courier_of(office: Office) -> ForkServerProcess:
    """A courier that has just been born."""
    return born(deliver, office.path, office.simulator.api_base, office.pace, office.clock)


def bot_of(office: Office) -> ForkServerProcess:
    """A bot that has just been born."""
    return born(converse, office.path, office.simulator.api_base, office.clock)
