"""Keeps the cards of broadcasts up to date: shows what is owed, and moves with what is under way.

One task does it all, one message after the other: so no two edits of a card can overtake each other, and whatever
Telegram delays delays operators only.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import ForceReply, InlineKeyboardMarkup

from bot.chat import reports, views, writing
from bot.chat.acts import LIST
from bot.chat.beside import Beside
from bot.chat.cards import Drawn, Frame, Sight, listing
from bot.chat.screen import NO_PREVIEW
from bot.store import Database, StoreError, broadcasts, cards, composing
from bot.store.audience import AudienceError
from bot.store.cards import Card
from bot.store.composing import Composing

log = structlog.get_logger()

TROUBLE = 2.0
"""Seconds before another try when Telegram or the database is in trouble."""
COST = 20
"""How many times as long as a look took nobody looks again: with a million deliveries counting them takes a while."""
PASSING = (TelegramNetworkError, TelegramServerError, ClientDecodeError, StoreError)
"""Trouble that ends by itself."""


@dataclass(slots=True)
class Watch:
    """What is known of a card that was shown."""

    drawn: Drawn
    next: float
    """When to look again, in the seconds of the event loop."""
    moved: float
    """When its pulse moved last."""


class Progress:
    """One task that shows cards and questions."""

    def __init__(self, bot: Bot, database: Database, frame: Frame, clock: Callable[[], float] = time.time) -> None:
        self._bot = bot
        self._database = database
        self._frame = frame
        self._clock = clock
        self._something = asyncio.Event()
        self._watched: dict[tuple[int, int], Watch] = {}
        self._litter: list[tuple[int, int]] = []
        self._beside = Beside()

    def wake(self) -> None:
        """Something is owed."""
        self._something.set()

    def clear(self, chat: int, message: int) -> None:
        """Delete a question that is over."""
        self._litter.append((chat, message))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside, such as answering a press."""
        self._beside.start(work)

    async def run(self) -> None:
        """Show until cancelled."""
        while True:
            self._something.clear()
            try:
                wait = await self._round()
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
                continue
            except PASSING as error:
                log.warning("cards wait", reason=type(error).__name__)
                wait = TROUBLE
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), wait)

    async def _round(self) -> float | None:
        """Show everything that is owed or has moved; seconds until the next look, None for no need of any."""
        for chat, asked in (await self._database.run(composing.everybody)).items():
            if not asked.prompt and asked.what != "language":
                await self._ask(chat, asked)
        every = await self._database.run(cards.every)
        for card in every:
            try:
                await self._look(card)
            except (TelegramRetryAfter, *PASSING):
                raise
            except Exception:  # the others are shown all the same
                log.exception("card failed", broadcast=card.broadcast)
                await self._database.run(cards.drop, card.chat, card.broadcast)
        while self._litter:
            await self._delete(*self._litter[0])
            self._litter.pop(0)
        here = {(card.chat, card.broadcast) for card in every}
        self._watched = {key: watch for key, watch in self._watched.items() if key in here}
        nexts = [watch.next for watch in self._watched.values() if watch.drawn.every]
        return max(0.05, min(nexts) - _time()) if nexts else None

    # Cards

    async def _look(self, card: Card) -> None:
        """Show a card if it is owed, or differs from what is shown."""
        key, began = (card.chat, card.broadcast), _time()
        watch = self._watched.get(key)
        if watch and not card.owed and not (watch.drawn.every and watch.next <= began):
            return
        drawn = await self._database.run(draw, self._frame, card, self._clock(), began - watch.moved if watch else 0.0)
        took = _time() - began
        moved = watch.moved if watch and watch.drawn.pulse == drawn.pulse else began
        came = watch is not None and (watch.drawn.stage, drawn.stage) == ("waits", "ended")
        if card.owed or watch is None or not _same(watch.drawn, drawn):
            # What somebody waited for comes at the end of the chat, where he sees it.
            await self._show(replace(card, below=card.below or (came and not card.owed)), drawn)
        self._watched[key] = Watch(drawn, _time() + max(drawn.every, COST * took), moved)
        if drawn.last:
            await self._database.run(cards.let_go, card)

    async def _show(self, card: Card, drawn: Drawn) -> None:
        """Edit it where it stands, or send it anew."""
        try:
            edited = bool(card.message) and not card.below and await self._edit(card, drawn)
            if not edited and not card.below and not card.owed:  # he has deleted it
                await self._database.run(cards.let_go, card)
                return
            message = card.message if edited else await self._send(card, drawn)
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            # He has blocked the bot, or Telegram can't take it: he asks for another when he wants one.
            log.warning("card not shown", broadcast=card.broadcast, reason=error.message)
            await self._database.run(cards.drop, card.chat, card.broadcast)
            return
        await self._database.run(cards.shown, card, message)
        if card.message and not edited:
            await self._delete(card.chat, card.message)

    async def _send(self, card: Card, drawn: Drawn) -> int:
        sent = await self._bot.send_message(
            card.chat, drawn.text, parse_mode="HTML", reply_markup=_keyboard(drawn), link_preview_options=NO_PREVIEW
        )
        return sent.message_id

    async def _edit(self, card: Card, drawn: Drawn) -> bool:
        """False when that message can't be edited any more."""
        try:
            await self._bot.edit_message_text(
                drawn.text,
                chat_id=card.chat,
                message_id=card.message,
                parse_mode="HTML",
                reply_markup=_keyboard(drawn),
                link_preview_options=NO_PREVIEW,
            )
        except TelegramBadRequest as error:
            return "not modified" in error.message
        return True

    # Questions

    async def _ask(self, chat: int, asked: Composing) -> None:
        """Send a question; its answer comes as a reply to it, or as whatever is written next."""
        broadcast = await self._database.run(broadcasts.load, asked.broadcast) if asked.broadcast else None
        text = writing.question(self._frame, asked, broadcast, self._clock())
        try:
            sent = await self._bot.send_message(
                chat, text, parse_mode="HTML", reply_markup=ForceReply(), link_preview_options=NO_PREVIEW
            )
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            log.warning("question not asked", reason=error.message)
            await self._database.run(composing.drop, chat)
            return
        if not await self._database.run(composing.asked, chat, asked, sent.message_id):
            self.clear(chat, sent.message_id)

    async def _delete(self, chat: int, message: int) -> None:
        # Too old, or gone already: then it stays or has gone.
        with suppress(TelegramBadRequest, TelegramForbiddenError):
            await self._bot.delete_message(chat, message)


def draw(db: sqlite3.Connection, frame: Frame, card: Card, now: float, idle: float = 0) -> Drawn:
    """A card as it looks now; `idle` are the seconds for which its numbers have not moved."""
    broadcast = broadcasts.load(db, card.broadcast) if card.broadcast else None
    if broadcast is None or card.view == LIST:
        return listing(frame, db, card)
    sight = Sight(frame, db, card, broadcast, now, idle)
    if views.fits(broadcast, card.view):
        with suppress(AudienceError):  # a word of the filter is gone since: the card itself tells so
            return views.VIEWS[card.view.partition(":")[0]](sight)
    match broadcast.state:
        case "draft":
            return views.main(sight)
        case "scheduled":
            return reports.scheduled(sight)
        case "running" | "paused":
            return reports.running(sight)
        case _:
            return reports.ended(sight)


async def answer(bot: Bot, query: str, notice: str) -> None:
    """Answer a press, with a notice that stays until it is read. Too late or twice: what it asked for is done."""
    with suppress(TelegramAPIError):
        await bot.answer_callback_query(query, text=notice or None, show_alert=bool(notice))


def _keyboard(drawn: Drawn) -> InlineKeyboardMarkup:
    rows = [[{"text": label, "callback_data": data} for label, data in row] for row in drawn.rows]
    return InlineKeyboardMarkup.model_construct(inline_keyboard=rows)


def _same(one: Drawn, other: Drawn) -> bool:
    return (one.text, one.rows) == (other.text, other.rows)


def _time() -> float:
    return asyncio.get_running_loop().time()
