"""The courier: python-telegram-bot carries broadcasts to many people, in a process of its own."""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import structlog
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.courier import carrier
from bot.courier.carrier import ProxyError
from bot.courier.courier import FLIGHT, Courier, TokenError
from bot.courier.lock import LockedError, only_one
from bot.courier.pace import seconds
from bot.store import Database
from dialogs import Conversation

__all__ = ["Courier", "LockedError", "ProxyError", "TokenError", "deliver"]

log = structlog.get_logger()

UNREACHED = 5.0
"""Seconds between two tries to reach Telegram at the start."""


async def deliver(
    token: str,
    conversation: Conversation,
    path: Path,
    stop: asyncio.Event,
    *,
    kind: str,
    api_base: str,
    pace: float,
    zone: str,
    proxy: str | None = None,
    owners: frozenset[int] = frozenset(),
    clock: Callable[[], float] = time.time,
) -> None:
    """Deliver from the database at `path` until `stop`.

    Raises LockedError when another courier does, TokenError when Telegram refuses the token, ProxyError, StoreError.
    """
    # FULL: what was claimed is on the disk before anything is sent, so that even a power cut doubles nothing.
    with only_one(path), closing(Database(path, kind=kind, synchronous="FULL")) as database:
        bot = carrier.bot(token, api_base, pace, proxy)
        # No more under way than leave within a second, so that a pause stops a slow broadcast as soon as a fast one.
        flight = max(1, min(FLIGHT, int(pace)))
        try:
            if await _reached(bot, stop):
                courier = Courier(bot, conversation, database, zone=zone, owners=owners, flight=flight, clock=clock)
                await courier.run(stop)
        finally:
            await bot.shutdown()


async def _reached(bot: ExtBot[Any], stop: asyncio.Event) -> bool:
    """Ask Telegram who we are until it answers; False when it is time to stop. Raises TokenError."""
    while not stop.is_set():
        try:
            await bot.initialize()
        except InvalidToken:
            raise TokenError from None  # its text tells the token
        except TelegramError as error:
            wait = seconds(error) if isinstance(error, RetryAfter) else UNREACHED
            log.warning("Telegram can't be reached", reason=type(error).__name__)
        else:
            return True
        try:
            await asyncio.wait_for(stop.wait(), wait)
        except TimeoutError:
            continue
    return False
