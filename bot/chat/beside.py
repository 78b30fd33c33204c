"""Work beside the handling of updates: no update waits for it, and it ends with the bot."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Beside:
    """What is under way."""

    def __init__(self) -> None:
        self._tasks = set[asyncio.Task[None]]()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin with something; whoever does it deals with what goes wrong in it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, seconds: float = 0) -> None:
        """Wait that long for what is under way, then leave it off."""
        if self._tasks and seconds:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
