"""Processes of their own that start in an instant, because what they need is loaded once, and that somebody kills."""

import asyncio
import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

FORKS = multiprocessing.get_context("forkserver")
# There is one server for all tests of a worker, and whoever sets what it loads unsets what another has set.
FORKS.set_forkserver_preload(["tests.bot.chat.house", "tests.bot.courier.processes"])


def born(life: Callable[..., None], *args: object) -> ForkServerProcess:
    """A process that has just begun with its life."""
    process = FORKS.Process(target=life, args=args, daemon=True)
    process.start()
    return process


async def killed(process: ForkServerProcess) -> None:
    """Kill it with kill -9 and see it dead."""
    process.kill()
    await asyncio.to_thread(process.join)
