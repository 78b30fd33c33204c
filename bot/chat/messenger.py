"""Sends notices: messages to one person beside the page he is on, each kept until it is sent."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter

from bot.store import Database, StoreError, flood, notices

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds between two notices: they are rare, and conversation comes first."""

LOOK = 5.0
"""Seconds after which it looks by itself whether something waits."""

TROUBLE = 30.0
"""Seconds before another try when Telegram is in trouble."""


class Messenger:
    """One task that sends what waits, in order, whenever it is told that something does."""

    def __init__(self, bot: Bot, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._something = asyncio.Event()

    async def send(self, chats: list[int], text: str, once: str | None = None) -> None:
        """Keep a notice (Telegram's HTML) for each of these people and have it sent."""
        for chat in chats:
            await self._database.run(notices.put, chat, text, self._clock(), once)
        self.wake()

    async def shout(self, chats: list[int], text: str) -> None:
        """Send at once, without keeping it: for when nothing can be kept."""
        for chat in chats:
            try:
                await self._bot.send_message(chat, text, parse_mode="HTML")
            except TelegramAPIError as error:
                log.warning("nobody could be told", reason=type(error).__name__)

    def wake(self) -> None:
        """Something waits."""
        self._something.set()

    async def run(self) -> None:
        """Send until cancelled; what waited over a restart goes first."""
        while True:
            try:
                for notice in await self._database.run(notices.waiting):
                    await self._send(notice)
                    await asyncio.sleep(PAUSE)
            except TelegramRetryAfter as error:
                await self._database.run(flood.wait, self._clock() + error.retry_after)
                await asyncio.sleep(error.retry_after)
                continue
            except (TelegramAPIError, StoreError) as error:
                log.warning("notices wait", reason=type(error).__name__)
                await asyncio.sleep(TROUBLE)
                continue
            # Other processes, the courier say, leave notices too and can't wake us.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), LOOK)
            self._something.clear()

    async def _send(self, notice: notices.Notice) -> None:
        try:
            await self._bot.send_message(notice.chat, notice.text, parse_mode="HTML")
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            # He has blocked the bot or was never here: nothing to be done, and the others must not wait.
            log.info("notice not taken", reason=error.message)
        await self._database.run(notices.sent, notice.id, self._clock())
