"""Exports in an operator's chat: which data, in which format; the file comes when it is made."""

import asyncio
import os
import re
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiogram import Bot, F, Router
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, FSInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.utils.chat_action import ChatActionSender

from bot.chat.beside import Beside
from bot.chat.operators import Holds, Operators
from bot.stats.exports import FORMATS, WHAT
from bot.stats.period import today
from bot.store import Database, StoreError, audit
from dialogs.voice import Voice

log = structlog.get_logger()

LARGEST = 50_000_000
"""Bytes of a file that Telegram takes from a bot."""

SECONDS = 600
"""How long an export may take; a longer one is for the shell."""

ORDER = re.compile(
    rf"(?P<what>{'|'.join(WHAT)})(?: (?P<form>{'|'.join(FORMATS)}))?"
    r"(?: since (?P<since>\d{4}-\d\d-\d\d))?(?: (?P<raw>raw)(?: because (?P<reason>.{5,200}))?)?",
    re.IGNORECASE,
)
"""`events`, `events csv`, `events csv since 2026-11-01`, `sellers csv raw because …`."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to take with him."""

    what: str
    form: str = ""
    since: str = ""
    raw: bool = False
    """With Telegram's numbers of people …"""
    reason: str = ""
    """… and why."""


def read(text: str) -> Wish | None:
    """What is written behind /export; None when it can't be read."""
    found = ORDER.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    said = {name: value or "" for name, value in found.groupdict().items()}
    form = said["form"].lower() or ("csv" if said["since"] or said["raw"] else "")
    return Wish(said["what"].lower(), form, said["since"], bool(said["raw"]), said["reason"])


class Exports:
    """Exports, from the operators' side. Each is made by a process of its own: conversation does not slow down."""

    def __init__(
        self, bot: Bot, database: Database, operators: Operators, clock: Callable[[], float] = time.time
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self.operators = operators
        self._one = asyncio.Lock()
        self.beside = Beside()

    def begin(self, chat: int, voice: Voice, wish: Wish) -> None:
        """Have it made and sent; no update waits for it."""
        self.beside.start(self._make(chat, voice, wish))

    async def _make(self, chat: int, voice: Voice, wish: Wish) -> None:
        try:
            async with self._one, ChatActionSender.upload_document(chat, self._bot):
                with tempfile.TemporaryDirectory(prefix="certguide-") as folder:
                    why = await self._written(chat, wish, Path(folder))
                    if why:
                        await self._bot.send_message(chat, voice.button("export-failed", why=why))
                        return
                    for file, size in _made(folder):
                        await self._send(chat, voice, wish, file, size)
        except (TelegramAPIError, ClientDecodeError, StoreError, OSError) as error:
            log.warning("an export was not sent", reason=type(error).__name__)

    async def _written(self, chat: int, wish: Wish, folder: Path) -> str:
        """Write it into the folder, and that it was done into the audit log; why it could not be done, or nothing."""
        name = f"certguide-{wish.what}-{today(self._clock())}{FORMATS[wish.form].endings[0]}"
        command = [*(sys.executable, "-m", "bot", "export", wish.what, "--format", wish.form)]
        command += [*("--of", str(self._database.path), "--out", str(folder / name))]
        command += ["--since", wish.since] if wish.since else []
        if wish.raw:
            command += ["--raw-ids", "--owner", str(chat), "--reason", wish.reason]
        else:
            await self._database.run(
                audit.note, chat, "export", wish.what, self._clock(), after=f"{wish.form} {wish.since}".strip()
            )
        # Whoever asks for numbers was found to be an owner a moment ago; the settings may not name him.
        environment = os.environ | ({"BOT_OWNERS": str(chat)} if wish.raw else {})
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environment)
        try:
            async with asyncio.timeout(SECONDS):
                _, complaints = await process.communicate()
        except TimeoutError:
            return f"it takes longer than {SECONDS // 60} minutes"
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        lines = complaints.decode(errors="replace").strip().splitlines()
        return "" if process.returncode == 0 else (lines or ["?"])[-1].removeprefix("Error: ")

    async def _send(self, chat: int, voice: Voice, wish: Wish, file: Path, size: int) -> None:
        if size > LARGEST:
            text = voice.button("export-large", file=file.name, n=size // 1_000_000, what=wish.what)
            await self._bot.send_message(chat, text)
        else:
            await self._bot.send_document(chat, FSInputFile(file), request_timeout=SECONDS)


def _made(folder: str) -> list[tuple[Path, int]]:
    """The files with their bytes, the data first."""
    return [(file, file.stat().st_size) for file in sorted(Path(folder).iterdir(), key=lambda file: len(file.name))]


def keyboard(voice: Voice, what: str = "") -> InlineKeyboardMarkup:
    """What can be exported; or, when that is chosen, the formats."""
    choices = FORMATS if what else WHAT
    buttons = [
        InlineKeyboardButton(text=voice.button(f"export-{name}"), callback_data=f"ex:{what}{':' * bool(what)}{name}")
        for name in choices
    ]
    return InlineKeyboardMarkup(inline_keyboard=[buttons[at : at + 2] for at in range(0, len(buttons), 2)])


# Routes


def router() -> Router:
    """Routes for those who may export; for everybody else this command does not exist."""
    routes = Router(name="exports")
    mine = Holds("export")
    routes.message.register(listed, Command("export", ignore_case=True), mine)
    routes.callback_query.register(pressed, F.data.startswith("ex:"), mine)
    return routes


async def listed(message: Message, command: CommandObject, exports: Exports) -> None:
    """/export, alone or with all that is wanted."""
    voice = exports.operators.by_code(message.from_user.language_code if message.from_user else "")
    wish = read(command.args or "")
    if not command.args:
        await message.answer(voice.button("export-title"), reply_markup=keyboard(voice))
    elif wish is None:
        await message.answer(voice.button("export-misheard"))
    elif wish.raw and not (wish.reason and await exports.operators.role(message.chat.id) == "owner"):
        await message.answer(voice.button("export-owner"))
    elif not wish.form:
        await message.answer(_which(voice, wish.what), reply_markup=keyboard(voice, wish.what))
    else:
        exports.begin(message.chat.id, voice, wish)
        await message.answer(voice.button("export-working"))


async def pressed(query: CallbackQuery, exports: Exports) -> None:
    """A button: what, or in which format."""
    voice = exports.operators.by_code(query.from_user.language_code)
    _, what, form = f"{query.data}::".split(":")[:3]
    notice = ""
    if what in WHAT and form in FORMATS:
        exports.begin(query.from_user.id, voice, Wish(what, form))
        notice = voice.button("export-working")
    elif what in WHAT and isinstance(query.message, Message):
        with suppress(TelegramAPIError):  # pressed twice, or the message is gone
            await query.message.edit_text(_which(voice, what), reply_markup=keyboard(voice, what))
    with suppress(TelegramAPIError):  # too late
        await query.answer(notice or None)


def _which(voice: Voice, what: str) -> str:
    return voice.button("export-what", what=voice.button(f"export-{what}"))
