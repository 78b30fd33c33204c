"""Fetches updates: in order within a seller, sellers side by side, acknowledged only once they are saved."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import Update

from bot.chat.routes import HANDLED
from bot.store import StoreError

log = structlog.get_logger()

WAIT = 25
"""Seconds Telegram holds a request open when nothing has happened; 50 at most."""

LONGEST_PAUSE = 30
"""Seconds between two tries at most when Telegram can't be reached."""

TRIES = 2
"""How often one update is tried: one that fails twice is logged and let go, so that it can't stop the queue."""


class TokenError(Exception):
    """Telegram does not know the token."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears of what goes on while polling."""

    name: Callable[[int], str]
    """How a seller is called in the logs."""
    failed: Callable[[Update, Exception], Awaitable[None]]
    """An update is let go."""
    trouble: Callable[[Exception], Awaitable[None]]
    """Updates can't be fetched or saved."""
    well: Callable[[], Awaitable[None]]
    """They can again."""


async def poll(bot: Bot, dispatcher: Dispatcher, stop: asyncio.Event, ears: Ears) -> None:
    """Fetch and handle updates until it is time to stop. Raises TokenError when the token is refused."""
    offset: int | None = None
    failures = 0
    while not stop.is_set():
        try:
            updates = await _until(stop, _fetch(bot, offset))
            if updates:
                await _handle(bot, dispatcher, updates, ears)
                offset = updates[-1].update_id + 1
            if failures:
                await ears.well()
            failures = 0
        except TelegramUnauthorizedError as error:
            raise TokenError("Telegram refuses BOT_TOKEN: was it revoked? Ask @BotFather for a new one") from error
        except (TelegramAPIError, ClientDecodeError, StoreError) as error:
            failures += 1
            _complain(error)
            await ears.trouble(error)
            await _pause(stop, _seconds(error, failures))
    # Without this Telegram would send once more what is already saved.
    if offset is not None:
        await _confirm(bot, offset)


async def _fetch(bot: Bot, offset: int | None) -> list[Update]:
    return await bot.get_updates(
        offset=offset, timeout=WAIT, allowed_updates=list(HANDLED), request_timeout=WAIT + LONGEST_PAUSE
    )


async def _until(stop: asyncio.Event, request: Coroutine[Any, Any, list[Update]]) -> list[Update]:
    """The answer to a request, or nothing when it is time to stop first."""
    fetching = asyncio.ensure_future(request)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return await fetching if fetching.done() else []
    finally:
        for task in (fetching, stopping):
            task.cancel()
        await asyncio.gather(fetching, stopping, return_exceptions=True)


async def _handle(bot: Bot, dispatcher: Dispatcher, updates: Iterable[Update], ears: Ears) -> None:
    queues: dict[int, list[Update]] = {}
    for update in updates:
        queues.setdefault(_owner(update), []).append(update)
    lines = (_one_by_one(bot, dispatcher, queue, ears.name(owner), ears) for owner, queue in queues.items())
    await asyncio.gather(*lines)


async def _one_by_one(bot: Bot, dispatcher: Dispatcher, updates: Iterable[Update], seller: str, ears: Ears) -> None:
    for update in updates:
        for attempt in range(1, TRIES + 1):
            try:
                await dispatcher.feed_update(bot, update)
                log.debug("saved", update=update.update_id, seller=seller)
                break
            except StoreError:
                raise  # nothing is saved: Telegram keeps the update, and it comes again
            except Exception as error:
                log.exception("update failed", update=update.update_id, seller=seller, attempt=attempt)
                if attempt == TRIES:
                    log.error("update let go", update=update.update_id, seller=seller)
                    await ears.failed(update, error)


def _owner(update: Update) -> int:
    """Whose update it is; those of nobody stand in one queue."""
    event = update.callback_query or update.message or update.edited_message or update.my_chat_member
    return event.from_user.id if event and event.from_user else 0


def _complain(error: Exception) -> None:
    if isinstance(error, TelegramConflictError):
        log.error("another program uses this token: stop the other bot, or delete its webhook", reason=error.message)
    elif isinstance(error, StoreError):
        log.error("updates wait at Telegram until the database works again", reason=str(error))
    else:
        log.warning("Telegram can't be reached", reason=type(error).__name__)


def _seconds(error: Exception, failures: int) -> float:
    if isinstance(error, TelegramRetryAfter):
        return float(error.retry_after)
    return float(min(2 ** (failures - 1), LONGEST_PAUSE))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _confirm(bot: Bot, offset: int) -> None:
    # If it fails they come again, and are known by their number.
    with suppress(TelegramAPIError, ClientDecodeError):
        await bot.get_updates(offset=offset, timeout=0, limit=1, request_timeout=3)
