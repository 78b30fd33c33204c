"""The courier and the bot as processes of their own, which somebody kills."""

import asyncio
import multiprocessing
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import uvloop

from bot import courier, logs
from bot.simulator import OPERATOR_ID, TOKEN
from bot.store import Database
from tests.bot.courier.office import CONVERSATION, ZONE, Clock, Office

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.bot.courier.processes"])


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
    from bot import chat  # takes seconds, and couriers need not wait for it

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
    return _born(deliver, office.path, office.simulator.api_base, office.pace, office.clock)


def bot_of(office: Office) -> ForkServerProcess:
    """A bot that has just been born."""
    return _born(converse, office.path, office.simulator.api_base, office.clock)


def _born(life: object, *args: object) -> ForkServerProcess:
    process = FORKS.Process(target=life, args=args, daemon=True)  # type: ignore[arg-type]
    process.start()
    return process


async def killed(process: ForkServerProcess) -> None:
    """Kill it with kill -9 and see it dead."""
    process.kill()
    await asyncio.to_thread(process.join)
