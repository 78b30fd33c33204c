"""Shows pages: each seller has a line of his own, so that one whom Telegram slows down holds up nobody else."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardMarkup

from bot.chat import profile, screen
from bot.chat.beside import Beside
from bot.store import Database, Guest, flood, sellers
from dialogs import Conversation, show

log = structlog.get_logger()

TRIES = 8
"""How often a page is tried in a row when Telegram is in trouble; after that it stays owed until the next update."""

LONGEST_PAUSE = 60
"""Seconds between two of these at most."""

UNCHANGED = "message is not modified"
LOST = ("message to edit not found", "message can't be edited", "no text in the message", "message_id_invalid")
"""Answers that mean: this message can't be edited any more, send another."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tap that waits to be answered: Telegram shows a spinner on the button until then."""

    id: str
    message: int
    """The message the button stood in."""
    notice: str = ""

    def saying(self, notice: str) -> "Call":
        """The same tap, to be answered with a notice."""
        return replace(self, notice=notice)


@dataclass(slots=True)
class Line:
    """What still has to be shown to one seller."""

    guest: Guest | None
    below: bool = False
    """Send a new message instead of editing: what the seller wrote stands under the old one."""


class Speaker:
    """Says what is owed, in one task for each seller to whom something is owed."""

    def __init__(
        self,
        bot: Bot,
        conversation: Conversation,
        database: Database,
        name: Callable[[int], str],
        clock: Callable[[], float] = time.time,
        owners: frozenset[int] = frozenset(),
    ) -> None:
        self._bot = bot
        self._conversation = conversation
        self._database = database
        self._name = name
        self._clock = clock
        self._owners = owners
        self._lines: dict[int, Line] = {}
        self._beside = Beside()
        # Live messages newer than what a guest loaded a moment ago may know; dropped once they are on disk for sure.
        self._live: dict[int, int] = {}

    def speak(self, guest: Guest, *, call: Call | None = None, below: bool = False) -> None:
        """Answer his tap at once, and show him the page he is on as soon as his line is free."""
        id_ = guest.seller.id
        if call:
            self._beside.start(self._answer(call, guest))
        line = self._lines.get(id_)
        if line:
            line.guest, line.below = guest, line.below or below
        else:
            self._lines[id_] = line = Line(guest, below)
            self._beside.start(self._run(id_, line))

    def translate(self, guest: Guest) -> None:
        """Have Telegram's menu of commands in the language he chose, and no longer in that of his Telegram."""
        self._beside.start(self._commands(guest))

    async def drain(self, seconds: float) -> None:
        """Finish speaking, but no longer than that; what is left stays owed."""
        await self._beside.close(seconds)

    async def _run(self, id_: int, line: Line) -> None:
        """Show the latest page of his until there is none that has not been shown."""
        try:
            while guest := line.guest:
                below = line.below
                line.guest, line.below = None, False
                try:
                    await self._show(guest, below)
                except Exception:  # what came meanwhile is said all the same
                    log.exception("speaking failed", seller=self._name(id_))
        finally:
            del self._lines[id_]

    async def _commands(self, guest: Guest) -> None:
        id_ = guest.seller.id
        try:
            await profile.translate(
                self._bot, self._conversation.voice(guest.seller), id_, operator=id_ in self._owners
            )
        except TelegramAPIError as error:
            # They stay in the other language and work all the same.
            log.debug("commands not translated", seller=self._name(id_), reason=error.message)

    async def _answer(self, call: Call, guest: Guest) -> None:
        text = self._conversation.voice(guest.seller).button(call.notice) if call.notice else None
        try:
            await self._bot.answer_callback_query(call.id, text=text)
        except TelegramAPIError as error:
            # Too late or twice: the seller sees the page all the same.
            log.debug("tap not answered", seller=self._name(guest.seller.id), reason=error.message)

    async def _show(self, guest: Guest, below: bool) -> None:
        """Try until the page is shown, the seller is gone, or Telegram is in trouble for too long."""
        for attempt in range(TRIES):
            try:
                message = await self._send(guest, below)
            except TelegramRetryAfter as error:
                # The courier shares Telegram's patience with us, and conversation comes first.
                await self._database.run(flood.wait, self._clock() + error.retry_after)
                await asyncio.sleep(error.retry_after)
            except (TelegramNetworkError, TelegramServerError) as error:
                log.warning("Telegram is in trouble", reason=type(error).__name__, attempt=attempt)
                await asyncio.sleep(min(2**attempt, LONGEST_PAUSE))
            except TelegramForbiddenError:
                await self._gone(guest)
                return
            except TelegramBadRequest as error:
                if "chat not found" not in error.message.lower():
                    raise
                await self._gone(guest)
                return
            else:
                await self._database.run(sellers.spoken, guest.seller.id, guest.debt, message)
                return

    async def _gone(self, guest: Guest) -> None:
        log.info("blocked", seller=self._name(guest.seller.id))
        await self._database.run(sellers.gone, guest.seller.id, self._clock())

    async def _send(self, guest: Guest, below: bool) -> int:
        """Edit the live message or send a new one; the number of the message that shows the page."""
        id_, seller = guest.seller.id, guest.seller
        live = self._live.get(id_, guest.message)
        reply = show(self._conversation, seller, datetime.fromtimestamp(self._clock(), UTC).date())
        text, keyboard = screen.text(reply), screen.keyboard(reply, seller.visit)
        if live and not below and await self._edit(id_, live, text, keyboard):
            self._live.pop(id_, None)
            return live
        sent = await self._bot.send_message(
            id_, text, parse_mode="HTML", reply_markup=keyboard, link_preview_options=screen.NO_PREVIEW
        )
        self._live[id_] = sent.message_id
        if live:
            await self._strip(id_, live)
        return sent.message_id

    async def _edit(self, id_: int, message: int, text: str, keyboard: InlineKeyboardMarkup) -> bool:
        """Show the page in the live message; False when that message can't be edited any more."""
        try:
            await self._bot.edit_message_text(
                text,
                chat_id=id_,
                message_id=message,
                parse_mode="HTML",
                reply_markup=keyboard,
                link_preview_options=screen.NO_PREVIEW,
            )
        except TelegramBadRequest as error:
            reason = error.message.lower()
            if UNCHANGED in reason:
                return True
            if any(lost in reason for lost in LOST):
                return False
            raise
        return True

    async def _strip(self, id_: int, message: int) -> None:
        """Take the buttons off a message that is no longer the live one, so that only one page can be answered."""
        try:
            await self._bot.edit_message_reply_markup(chat_id=id_, message_id=message)
        except TelegramAPIError as error:
            # They are stale ones all the same, and answered as such.
            log.debug("buttons left", seller=self._name(id_), reason=error.message)
