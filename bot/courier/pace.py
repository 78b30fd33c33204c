"""How fast the courier may call: the pace as a promise, whatever the network does, and one a second to each person."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

BEHIND = 0.03
"""Seconds the courier may be late and still catch up: timers are never early, and that alone costs some percent."""
CHATS = 1000
"""Chats remembered, before those are dropped that had their second."""

Answer = Any
"""Whatever Telegram's answer is to the library."""


class Pace(AIORateLimiter):
    """Evenly so many calls a second, and never more than that in any second, as Telegram counts them.

    The limiter of the library spaces the calls; but a call that is held up on its way arrives together with later
    ones. So each call takes a permit that comes back a second after its answer: more than there are permits can't
    arrive within a second. Paid broadcasts are for going faster, so they are held to neither.
    """

    def __init__(self, pace: float) -> None:
        burst = 1 + BEHIND * pace
        super().__init__(
            overall_max_rate=burst,
            overall_time_period=burst / pace,
            group_max_rate=0,
            group_time_period=0,
            max_retries=0,
        )
        self._permits = asyncio.Semaphore(max(1, int(pace)))
        self._chats: dict[int, float] = {}
        self._quiet = 0.0

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Make the call when its time has come. Raises RetryAfter without calling while Telegram wants to be left."""
        chat, paid = int(data.get("chat_id") or 0), bool(data.get("allow_paid_broadcast"))

        async def call(*args: Any, **kwargs: Any) -> Answer:
            if chat:
                await self._its_second(chat)
            if paid:
                return await self._heeding(callback(*args, **kwargs))
            await self._permits.acquire()
            try:
                return await self._heeding(callback(*args, **kwargs))
            finally:
                asyncio.get_running_loop().call_later(1, self._permits.release)

        return await super().process_request(call, args, kwargs, endpoint, data, rate_limit_args)

    async def _its_second(self, chat: int) -> None:
        """Wait until a second has passed since the last call for that chat."""
        now = asyncio.get_running_loop().time()
        if len(self._chats) > CHATS:
            self._chats = {id_: at for id_, at in self._chats.items() if at > now}
        at = max(now, self._chats.get(chat, 0))
        self._chats[chat] = at + 1
        if at > now:
            await asyncio.sleep(at - now)

    async def _heeding(self, call: Coroutine[Any, Any, Answer]) -> Answer:
        """Make the call, unless a wait that Telegram asked of an earlier one is not over."""
        clock = asyncio.get_running_loop().time
        left = self._quiet - clock()
        if left > 0:
            call.close()
            raise RetryAfter(timedelta(seconds=left))
        try:
            return await call
        except RetryAfter as error:
            self._quiet = max(self._quiet, clock() + seconds(error))
            raise


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, int | float) else wait.total_seconds()
