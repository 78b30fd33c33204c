"""Broadcasts in an operator's own chat: which of his updates is about them, and what becomes of it.

Like a seller's step an act is one transaction, which also owes the card that shows it; `Progress` shows it then.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, Update

from bot import newsroom
from bot.chat import acts, progress, writing
from bot.chat.acts import LIST, Press
from bot.chat.cards import Frame, short
from bot.chat.composing import MistakeError, RefusedError
from bot.chat.operators import Holds
from bot.chat.progress import Progress
from bot.chat.writing import Letter
from bot.store import Database, broadcasts, cards, composing, trail
from bot.store.composing import Composing
from dialogs import Conversation, limits

OPEN = 3600
"""Seconds for which whatever an operator writes is the answer to the last question; later only a reply is."""


class Broadcasts:
    """Broadcasts, from the operators' side."""

    def __init__(
        self,
        bot: Bot,
        conversation: Conversation,
        database: Database,
        clock: Callable[[], float] = time.time,
        *,
        pace: float = 20,
        zone: str = "Asia/Shanghai",
    ) -> None:
        """`pace`: messages a second, to foresee how long it takes; `zone`: where operators read the clock."""
        self._bot = bot
        self._conversation = conversation
        self._database = database
        self._clock = clock
        self._frame = Frame(conversation, pace=pace, zone=zone)
        self._progress = Progress(bot, database, self._frame, clock)
        # Who is asked for something: so that a seller's message costs no look into the database.
        self._writers = set[int]()
        self._met = False

    async def run(self) -> None:
        """Show cards until cancelled; what was owed before the last end goes first."""
        await self._progress.run()

    def voice(self, code: str | None) -> str:
        """The bot's language for somebody with that code."""
        return self._conversation.voices.choose(code or "")[0]

    # What he wants to see

    async def list(self, update: int, chat: int, code: str | None, number: str) -> None:
        """All broadcasts, or the one of that number, at the end of the chat."""
        voice = self.voice(code)
        id_ = int(number) if number.isdecimal() and len(number) < 10 else 0

        def act(db: sqlite3.Connection) -> None:
            if not trail.handled(db, update, self._clock()):
                composing.set_aside(db, chat)
                found = broadcasts.load(db, id_) is not None
                cards.put(db, chat, id_ if found else 0, voice, "main" if found else LIST, below=True)

        await self._database.run(act)
        self._progress.wake()

    async def press(self, update: int, query: CallbackQuery) -> None:
        """A button was pressed."""
        voice, message = self.voice(query.from_user.language_code), query.message.message_id if query.message else 0
        chat, data = query.from_user.id, query.data or ""
        before = await self._database.run(composing.read, chat)
        try:
            notice = await self._database.run(self._act, update, chat, voice, data, message)
        except (RefusedError, newsroom.NewsError) as refusal:
            notice = self._why(voice, refusal)
            await self._database.run(self._refresh, chat, voice, data, message)
        self._progress.start(progress.answer(self._bot, query.id, notice))
        await self._tidy(chat, before)

    def _act(self, db: sqlite3.Connection, update: int, chat: int, voice: str, data: str, message: int) -> str:
        """One transaction: the act, and the card that shows it. Raises RefusedError or NewsError."""
        now = self._clock()
        if trail.handled(db, update, now):
            return ""
        _, verb, number, arg = f"{data}:::".split(":", 3)
        arg = arg.rstrip(":")
        composing.set_aside(db, chat)
        if verb == LIST:
            cards.put(db, chat, 0, voice, LIST, message=message)
        elif verb == "new":
            composing.put(db, chat, Composing("text", int(now), voice))
        else:
            broadcast = _found(db, number)
            if broadcast is None or verb not in acts.ACTS:
                raise RefusedError("broadcast-stale")
            states, act = acts.ACTS[verb]
            if broadcast.state not in states:
                raise RefusedError("broadcast-is", id=broadcast.id, state=broadcast.state)
            view = act(Press(self._frame, db, chat, voice, broadcast, arg, now))
            _show(db, chat, voice, broadcast.id, view, message)
        return ""

    def _refresh(self, db: sqlite3.Connection, chat: int, voice: str, data: str, message: int) -> None:
        """Show how things stand, after something could not be done."""
        broadcast = _found(db, f"{data}::".split(":")[2])
        _show(db, chat, voice, broadcast.id if broadcast else 0, "main" if broadcast else LIST, message)

    def _why(self, voice: str, refusal: Exception) -> str:
        pen = self._frame.pen(voice)
        if not isinstance(refusal, RefusedError):
            return short(str(refusal), limits.TOAST)
        values = dict(refusal.values)
        if "state" in values:
            values["state"] = pen.notice(f"broadcast-state-{values['state']}")
        return pen.notice(refusal.name, **values)

    # What he writes

    async def writes(self, chat: int) -> bool:
        """Whether somebody is asked for something."""
        if not self._met:
            self._writers.update(await self._database.run(composing.everybody))
            self._met = True
        return chat in self._writers

    async def asked(self, message: Message) -> bool:
        """Whether a message is the answer to what its writer was asked for."""
        chat, reply = message.chat.id, message.reply_to_message
        if not await self.writes(chat):
            return False
        asked = await self._database.run(composing.read, chat)
        if asked is None:
            return False
        if reply:
            return reply.message_id == asked.prompt
        return asked.open and self._clock() - asked.at < OPEN

    async def write(self, update: int, message: Message) -> None:
        """What he was asked for has come."""
        chat = message.chat.id
        before = await self._database.run(composing.read, chat)
        await self._database.run(self._take, update, chat, message)
        await self._tidy(chat, before)

    def _take(self, db: sqlite3.Connection, update: int, chat: int, message: Message) -> None:
        """One transaction: what he sent, and the card that shows it; or the question once more."""
        now, asked = self._clock(), composing.read(db, chat)
        if trail.handled(db, update, now) or asked is None:
            return
        broadcast = broadcasts.load(db, asked.broadcast) if asked.broadcast else None
        try:
            id_, view = writing.take(Letter(self._frame, db, chat, asked, message, broadcast, now))
        except MistakeError as mistake:
            told = self._frame.pen(asked.voice).say(mistake.name, **mistake.values)
            composing.put(db, chat, replace(asked, at=int(now), open=True, prompt=0, mistake=f"<b>{told}</b>"))
        except RefusedError:
            composing.drop(db, chat)
            cards.put(db, chat, asked.broadcast, asked.voice, "main", below=True)
        else:
            cards.put(db, chat, id_, asked.voice, view, below=True)

    async def leave(self, chat: int) -> None:
        """He does something else: from now on only a reply is an answer."""
        await self._database.run(composing.set_aside, chat)

    async def _tidy(self, chat: int, before: Composing | None) -> None:
        """Know who is asked for something, delete a question that is over, and show what is owed."""
        after = await self._database.run(composing.read, chat)
        (self._writers.add if after else self._writers.discard)(chat)
        if before and before.prompt and (after is None or after.prompt != before.prompt):
            self._progress.clear(chat, before.prompt)
        self._progress.wake()


def _found(db: sqlite3.Connection, number: str) -> broadcasts.Broadcast | None:
    known = number.isascii() and number.isdecimal() and len(number) < 10
    return broadcasts.load(db, int(number)) if known else None


def _show(db: sqlite3.Connection, chat: int, voice: str, id_: int, view: str, message: int) -> None:
    """Owe the card of that view: `list`, `new:7` for another broadcast, or nothing."""
    if view == LIST:
        cards.put(db, chat, 0, voice, LIST, message=message)
    elif view.startswith("new:"):
        cards.put(db, chat, int(view.removeprefix("new:")), voice, "main", below=True)
    elif view:
        cards.put(db, chat, id_, voice, view, message=message)


# Routes


def router() -> Router:
    """Routes for those who may broadcast; for everybody else these commands and buttons do not exist."""
    routes = Router(name="broadcasts")
    mine = Holds("broadcast")
    routes.message.register(listed, Command("broadcast"), mine)
    routes.message.register(left, F.text.startswith("/"), writer, mine)
    routes.message.register(wrote, asked, mine)
    routes.callback_query.register(pressed, F.data.startswith("b:"), mine)
    routes.callback_query.register(left, writer, mine)
    return routes


async def writer(event: Message | CallbackQuery, broadcasts: Broadcasts) -> bool:
    """A filter: somebody who is asked for something."""
    return event.from_user is not None and await broadcasts.writes(event.from_user.id)


async def asked(message: Message, broadcasts: Broadcasts) -> bool:
    """A filter: the answer to what was asked for."""
    return await broadcasts.asked(message)


async def listed(message: Message, command: CommandObject, broadcasts: Broadcasts, event_update: Update) -> None:
    """/broadcast, or /broadcast and a number."""
    code = message.from_user.language_code if message.from_user else None
    await broadcasts.list(event_update.update_id, message.chat.id, code, (command.args or "").strip())


async def pressed(query: CallbackQuery, broadcasts: Broadcasts, event_update: Update) -> None:
    """A button under a broadcast."""
    await broadcasts.press(event_update.update_id, query)


async def wrote(message: Message, broadcasts: Broadcasts, event_update: Update) -> None:
    """What he was asked for."""
    await broadcasts.write(event_update.update_id, message)


async def left(event: Message | CallbackQuery, broadcasts: Broadcasts) -> None:
    """Something else: it goes on to where it belongs."""
    assert event.from_user is not None  # noqa: S101  the filter saw to it
    await broadcasts.leave(event.from_user.id)
    raise SkipHandler
