"""The list of those who run the bot, as owners see it: invite, decide on who asks, remove."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

import structlog
from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.enums import ChatType
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from bot.chat import profile, screen
from bot.chat.appointments import MOST, Appointments
from bot.chat.desk import Desk, Sender
from bot.chat.operators import Holds, Operators, said
from bot.store.operators import ROLES
from dialogs.literal import written
from dialogs.voice import Voice

log = structlog.get_logger()

PAYLOAD = "op-"
"""How an invitation begins, behind `?start=`."""

NAME = 24
"""Characters of a name that are shown: thirty lines of them have to fit into a message."""

NAMING = 5
"""Seconds to wait for a name: the list is of use without it."""

Screen = tuple[str, InlineKeyboardMarkup | None]
"""Telegram's HTML, and the buttons under it."""


def router() -> Router:
    """Routes for owners, and for whoever opens an invitation; for everybody else there is nothing here."""
    routes = Router(name="roster")
    secret = F.args.regexp(rf"{PAYLOAD}[0-9a-f]{{24}}\Z")
    routes.message.register(opened, F.chat.type == ChatType.PRIVATE, CommandStart(deep_link=True, magic=secret))
    routes.message.register(listed, Command("operators", ignore_case=True), Holds("operators"))
    routes.callback_query.register(pressed, F.data.startswith("op:"), Holds("operators"))
    return routes


@dataclass(frozen=True, slots=True)
class Line:
    """One person in the list."""

    id: int
    role: str
    remark: str
    buttons: tuple[tuple[str, str], ...] = ()
    """The phrase on it, and what it carries."""


class Roster:
    """The list, and what an owner does from it."""

    def __init__(self, bot: Bot, operators: Operators, appointments: Appointments) -> None:
        self._bot = bot
        self.operators = operators
        self.appointments = appointments

    async def show(self, voice: Voice) -> Screen:
        """Who runs the bot and who asks to, with what can be done about each."""
        lines = await self._lines(voice)
        names = await asyncio.gather(*(self._name(line.id) for line in lines))
        text, rows = [f"<b>{said(voice, 'operators-title')}</b>"], []
        for n, (line, name) in enumerate(zip(lines, names, strict=True), 1):
            text.append(f"{n}. {escape(name, quote=False)} · {said(voice, f'role-{line.role}')} · {line.remark}")
            rows.append([_button(voice, phrase, data, n=n) for phrase, data in line.buttons])
        rows += [[_button(voice, f"operators-invite-{role}", f"op:invite:{role}")] for role in ROLES]
        return "\n".join(text), InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])

    async def sure(self, voice: Voice, person: int, role: str) -> Screen:
        """Before somebody is removed: is it him?"""
        name, now = await self._name(person), voice.button(f"role-{role}")
        rows = [[_button(voice, "operators-yes", f"op:removed:{person}")], [_button(voice, "back", "op:list")]]
        return said(voice, "operators-sure", name=name, role=now), InlineKeyboardMarkup(inline_keyboard=rows)

    async def invite(self, voice: Voice, role: str, by: int) -> str:
        """The message to pass on to somebody; empty when there are people enough."""
        made = await self.appointments.invite(role, by)
        link = f"https://t.me/{(await self._bot.me()).username}?start={PAYLOAD}{made.secret}" if made else ""
        return said(voice, "operators-invited", role=voice.button(f"role-{role}"), link=link) if link else ""

    async def decide(self, secret: str, by: int, yes: bool) -> bool:
        """Appoint who has opened the invitation, or do not; False when that is decided already."""
        found = await self.appointments.decide(secret, by, yes)
        if found:
            await self._menu(found.who)
        return found is not None

    async def remove(self, person: int, by: int) -> bool:
        """Take his rights away; False when he has none that can be taken."""
        removed = await self.appointments.remove(person, by)
        if removed:
            await self._menu(person)
        return removed

    async def _lines(self, voice: Voice) -> list[Line]:
        appointed, asking = await self.appointments.people()
        settings = said(voice, "operators-settings")
        lines = [Line(owner, "owner", settings) for owner in sorted(self.operators.owners)]
        for one in appointed:
            day = written(datetime.fromtimestamp(one.since, UTC).date(), voice.lang)
            since = said(voice, "operators-since", day=day)
            lines.append(Line(one.id, one.role, since, (("operators-remove", f"op:remove:{one.id}"),)))
        for asks in asking:
            both = tuple((f"operators-{act}", f"op:{act}:{asks.secret}") for act in ("appoint", "refuse"))
            lines.append(Line(asks.who, asks.role, said(voice, "operators-asks"), both))
        return lines

    async def _name(self, person: int) -> str:
        """The name Telegram has for him, and his number; we keep no names."""
        try:
            name = (await self._bot.get_chat(person, request_timeout=NAMING)).full_name
        except (TelegramAPIError, ClientDecodeError) as error:
            log.debug("no name found", reason=error.message)
            return str(person)
        return f"{name[:NAME]} ({person})"

    async def _menu(self, person: int) -> None:
        await profile.follow(self._bot, await self.operators.voice(person), person, await self.operators.role(person))


def _button(voice: Voice, phrase: str, data: str, **values: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=voice.button(phrase, **values), callback_data=data)


# What comes in


async def opened(message: Message, command: CommandObject, event_update: Update, desk: Desk, roster: Roster) -> None:
    """An invitation: he is welcomed as by any /start, and owners are asked. One that is over is like any other link."""
    assert message.from_user is not None  # noqa: S101  in private chats everything is from somebody
    user, secret = message.from_user, (command.args or "").removeprefix(PAYLOAD)
    if not await roster.appointments.good(secret, user.id):
        raise SkipHandler
    if await roster.operators.role(user.id) == "owner":
        await message.answer(roster.operators.say(user.language_code, "operators-own"), parse_mode="HTML")
        return
    await desk.write(event_update.update_id, Sender(user.id, user.language_code or ""), "/start")
    await roster.appointments.open(secret, user.id)


async def listed(message: Message, roster: Roster) -> None:
    """/operators: the list."""
    code = message.from_user.language_code if message.from_user else ""
    text, keyboard = await roster.show(roster.operators.by_code(code))
    await message.answer(text, parse_mode="HTML", reply_markup=keyboard)


async def pressed(query: CallbackQuery, roster: Roster) -> None:
    """A button of the list."""
    _, act, subject = f"{query.data}::".split(":")[:3]
    voice = roster.operators.by_code(query.from_user.language_code)
    role = await roster.operators.role(_number(subject)) if act == "remove" else ""
    notice = "" if role else await _do(query, roster, act, subject)
    with suppress(TelegramAPIError):  # too late or twice: it is done all the same
        await query.answer(voice.button(notice, n=MOST) if notice else None)
    if role:
        await _edit(query, await roster.sure(voice, _number(subject), role))
    elif await roster.operators.role(query.from_user.id) != "owner":  # he has just removed himself
        await _edit(query, (said(voice, "operators-removed"), None))
    elif act != "invite":  # which changes nothing in the list
        await _edit(query, await roster.show(voice))


async def _do(query: CallbackQuery, roster: Roster, act: str, subject: str) -> str:
    """Do what the button says; the phrase of a notice, or nothing. What no button says does nothing."""
    by, message = query.from_user.id, query.message
    if act == "invite" and subject in ROLES and isinstance(message, Message):
        text = await roster.invite(roster.operators.by_code(query.from_user.language_code), subject, by)
        if text:
            await message.answer(text, parse_mode="HTML", link_preview_options=screen.NO_PREVIEW)
        return "operators-pass-on" if text else "operators-full"
    if act in ("appoint", "refuse"):
        return "" if await roster.decide(subject, by, act == "appoint") else "operators-decided"
    if act == "removed":
        return "" if await roster.remove(_number(subject), by) else "operators-decided"
    return ""


async def _edit(query: CallbackQuery, shown: Screen) -> None:
    if isinstance(query.message, Message):
        with suppress(TelegramAPIError):  # nothing has changed, or the message is gone
            await query.message.edit_text(shown[0], parse_mode="HTML", reply_markup=shown[1])


def _number(subject: str) -> int:
    """A person's number; 0, which is nobody's, for what can't be one."""
    return int(subject) if subject.isascii() and subject.isdecimal() and len(subject) < 19 else 0
