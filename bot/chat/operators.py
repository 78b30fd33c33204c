"""Who may do what: the rights of each role, and the filter that lets only those through who hold one."""

import sqlite3
import time
from collections.abc import Callable
from html import escape

from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.store import Database, sellers
from bot.store import operators as store
from dialogs import Conversation
from dialogs.voice import SOURCE, Voice

RIGHTS: dict[str, frozenset[str]] = {
    "broadcast": frozenset({"owner", "operator"}),
    "questions": frozenset({"owner", "operator"}),
    "stats": frozenset({"owner", "analyst"}),
    "export": frozenset({"owner", "analyst"}),
    "operators": frozenset({"owner"}),
}
"""Who can do it, by the command that begins it, in the order of the menu."""


def commands_of(role: str) -> tuple[str, ...]:
    """What somebody in that role can write besides what everybody can."""
    return tuple(name for name, roles in RIGHTS.items() if role in roles)


class Operators:
    """Those who run the bot, asked anew each time: with his role somebody has lost his rights."""

    def __init__(
        self,
        conversation: Conversation,
        database: Database,
        owners: frozenset[int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`owners`: those named in the settings, whom nobody can remove in the chat."""
        self._conversation = conversation
        self._database = database
        self._clock = clock
        self.owners = owners

    async def role(self, id_: int) -> str:
        """owner, operator or analyst; empty for everybody else."""
        return "owner" if id_ in self.owners else await self._database.run(store.role, id_)

    async def known(self) -> dict[int, str]:
        """Everybody who is something or once was, with his role; empty for one who is nothing any more."""
        await self._database.run(store.remember, self.owners, self._clock())
        known = await self._database.run(store.known)
        return {one.id: "owner" if one.id in self.owners else one.role for one in known}

    async def voice(self, id_: int) -> Voice:
        """The language he has in his conversation."""
        return await self._database.run(self.voice_in, id_)

    def voice_in(self, db: sqlite3.Connection, id_: int) -> Voice:
        """The same, within a transaction."""
        guest = sellers.load(db, id_)
        return self._conversation.voices.of(guest.seller.lang if guest else SOURCE)

    def say(self, code: str | None, name: str, /, **values: str | int) -> str:
        """A sentence by the language of somebody's Telegram, as HTML."""
        return said(self.by_code(code), name, **values)

    def by_code(self, code: str | None) -> Voice:
        """The language for one of Telegram's codes."""
        return self._conversation.voices.of(self._conversation.voices.choose(code or "")[0])


def said(voice: Voice, name: str, /, **values: str | int) -> str:
    """A sentence as HTML."""
    return escape(voice.button(name, **values), quote=False)


class Holds(Filter):
    """Lets through what comes, in his own chat, from somebody who may do that.

    It asks the database, so it stands last, behind the filters that look at what was written or pressed. What it
    refuses goes on to where everybody's updates go.
    """

    def __init__(self, right: str) -> None:
        self._roles = RIGHTS[right]

    async def __call__(self, event: Message | CallbackQuery, operators: Operators) -> bool:
        """Whether he may."""
        message = event.message if isinstance(event, CallbackQuery) else event
        private = message is not None and message.chat.type == ChatType.PRIVATE
        return private and event.from_user is not None and await operators.role(event.from_user.id) in self._roles
