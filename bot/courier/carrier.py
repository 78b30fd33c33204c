"""Carries one delivery to Telegram, and tells how it ended: python-telegram-bot does the calling and the pacing."""

import logging
import os
from collections.abc import Coroutine
from html import escape
from typing import Any

# Asks for the coming behaviour of waits; without it the library warns at each of them.
os.environ.setdefault("PTB_TIMEDELTA", "1")

import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.courier.outcome import Ended, Later, Outcome, Refused, Sent, Unfit
from bot.courier.pace import Pace, seconds
from bot.courier.reminding import Errand
from bot.store.broadcasts import Broadcast, Text
from bot.store.deliveries import Parcel
from dialogs import Conversation

CONNECTIONS = 16
SECONDS = 20.0
"""After which the answer to a call counts as lost."""
REST = 5.0
"""Seconds before a call that could not even be made is tried again."""
STOP = "stop"
"""What the button that ends news carries, before the number of the broadcast."""
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""What went wrong before anything was sent; after any other error nobody knows whether it arrived."""
AWAY = ("chat not found", "deactivated", "blocked", "peer_id_invalid", "can't initiate conversation")
"""What a refusal says when nobody is there to be told."""
HIS_OWN = {
    "edit": ("message to edit not found", "message can't be edited", "message_id_invalid", "there is no"),
    "delete": ("",),
}
"""What a refusal of a correction says when it is about one message, and no reason to stop the others."""
DONE = {"edit": ("message is not modified",), "delete": ("message to delete not found",)}
"""What it says when the message already is as it should be."""


class ProxyError(Exception):
    """This proxy can't be used; the text says why and what to do."""


def bot(token: str, api_base: str, pace: float, proxy: str | None = None) -> ExtBot[Any]:
    """A bot that calls at most `pace` times a second, evenly. Raises ProxyError."""
    # It tells each refusal with a traceback, and some with Telegram's whole answer; we tell what matters ourselves.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    try:
        request = HTTPXRequest(
            connection_pool_size=CONNECTIONS,
            read_timeout=SECONDS,
            connect_timeout=SECONDS,
            pool_timeout=SECONDS,
            proxy=proxy,
        )
    except (RuntimeError, ValueError) as error:  # a package for it is missing, or it knows no such protocol
        raise ProxyError(
            f"the courier can't use this BOT_PROXY ({_first_line(str(error))}): take an http:// or socks5:// one"
        ) from None
    return ExtBot(
        token,
        base_url=f"{api_base}/bot",
        base_file_url=f"{api_base}/file/bot",
        request=request,
        rate_limiter=Pace(pace),
    )


class Carrier:
    """Knows how a broadcast looks for one person."""

    def __init__(self, bot: ExtBot[Any], conversation: Conversation) -> None:
        self._bot = bot
        self._conversation = conversation

    async def carry(self, parcel: Parcel, broadcast: Broadcast, action: str = "") -> Outcome:
        """Send, edit or delete, as the broadcast or `action` says; whatever Telegram answers becomes an outcome."""
        action = action or broadcast.action
        return await _outcome(self._act(parcel, broadcast, action), action)

    async def remind(self, errand: Errand) -> Outcome:
        """Send a reminder, with one button that leads on."""
        address = f"https://t.me/{self._bot.username}?start={errand.reminder.topic}"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(errand.label, url=address)]])

        async def send() -> Outcome:
            sent = await self._bot.send_message(
                errand.reminder.seller, errand.html, parse_mode="HTML", reply_markup=keyboard
            )
            return Sent(sent.message_id)

        return await _outcome(send(), "send")

    async def _act(self, parcel: Parcel, broadcast: Broadcast, action: str) -> Outcome:
        if action == "delete":
            await self._bot.delete_message(parcel.chat, parcel.message)
            return Sent(parcel.message)
        text = broadcast.texts.get(parcel.lang) or broadcast.texts.get(broadcast.fallback)
        if text is None:
            return Ended("skipped", "no text in this language")
        keyboard = self._keyboard(text, broadcast.id)
        if action == "edit":
            await self._edit(parcel, text, keyboard)
            return Sent(parcel.message)
        return Sent((await self._send(parcel.chat, text, keyboard, paid=broadcast.paid)).message_id)

    async def _send(self, chat: int, text: Text, keyboard: InlineKeyboardMarkup, *, paid: bool) -> Message:
        shown: dict[str, Any] = {"parse_mode": "HTML", "reply_markup": keyboard}
        if paid:
            shown["allow_paid_broadcast"] = True
        if text.kind == "photo":
            return await self._bot.send_photo(chat, text.file, caption=self._html(text), **shown)
        if text.kind == "document":
            return await self._bot.send_document(chat, text.file, caption=self._html(text), **shown)
        return await self._bot.send_message(
            chat, self._html(text), link_preview_options=LinkPreviewOptions(is_disabled=True), **shown
        )

    async def _edit(self, parcel: Parcel, text: Text, keyboard: InlineKeyboardMarkup) -> None:
        where: dict[str, Any] = {"chat_id": parcel.chat, "message_id": parcel.message, "parse_mode": "HTML"}
        if text.kind == "text":
            await self._bot.edit_message_text(
                self._html(text),
                reply_markup=keyboard,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                **where,
            )
        else:
            await self._bot.edit_message_caption(caption=self._html(text), reply_markup=keyboard, **where)

    def _html(self, text: Text) -> str:
        """The text with what every broadcast says under it: why one gets it."""
        footer = self._conversation.voices.of(text.lang).button("news-footer")
        return f"{text.html}\n\n<i>{escape(footer, quote=False)}</i>".strip()

    def _keyboard(self, text: Text, broadcast: int) -> InlineKeyboardMarkup:
        """Its own buttons, and the one that ends news, which nobody can leave out."""
        rows = [
            [InlineKeyboardButton(label, url=self._address(to, text.lang, broadcast))] for label, to in text.buttons
        ]
        stop = self._conversation.voices.of(text.lang).button("news-stop")
        rows.append([InlineKeyboardButton(stop, callback_data=f"{STOP}:{broadcast}")])
        return InlineKeyboardMarkup(rows)

    def _address(self, to: str, lang: str, broadcast: int) -> str:
        """A link as it is, or one that opens a topic and tells that it came from this broadcast."""
        if "://" in to:
            return to
        return f"https://t.me/{self._bot.username}?start={to}--{lang}--b{broadcast}"


async def _outcome(call: Coroutine[Any, Any, Outcome], action: str) -> Outcome:
    """What the call comes to, whatever Telegram answers."""
    try:
        return await call
    except RetryAfter as error:
        return Later(seconds(error), flood=True)
    except Forbidden as error:
        return Ended("gone", error.message)
    except BadRequest as error:  # a NetworkError to the library, so it comes first
        return _refusal(error.message, action)
    except InvalidToken:
        return Refused()
    except NetworkError as error:
        if isinstance(error.__cause__, NEVER_LEFT):
            return Later(REST, flood=False)
        return Ended("unsure", "timed out" if isinstance(error, TimedOut) else _first_line(error.message))
    except TelegramError as error:
        return Ended("unsure", _first_line(error.message))


def _refusal(message: str, action: str) -> Outcome:
    said = message.casefold()
    if any(word in said for word in AWAY):
        return Ended("gone", message)
    if any(word in said for word in DONE.get(action, ())):
        return Sent(0)
    if any(word in said for word in HIS_OWN.get(action, ())):
        return Ended("failed", message)
    return Unfit(message)


def _first_line(message: str) -> str:
    """What went wrong, without the page that a front end in trouble sends along."""
    return message.partition(". Parsing the server response")[0].partition("\n")[0][:200]
