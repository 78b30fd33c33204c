"""Appointing operators and removing them: an invitation is opened by whoever gets the link, and an owner decides.

Telegram tells nobody his own number, and a bot can't find people by their names. Who opens a link has started the bot
with it and is known by his number, and Telegram has a name for the owner to know him by.
"""

import sqlite3
import time
from collections.abc import Callable

from bot.chat.messenger import Messenger
from bot.chat.operators import Operators, said
from bot.store import Database, invitations, notices
from bot.store import operators as store
from bot.store.invitations import Invitation

MOST = 20
"""People who can be appointed: the list and its buttons fit into one message."""

ASKING = 5
"""Opened invitations in the list at once, for the same reason; the others follow when these are decided."""


class Appointments:
    """Each of these is one transaction; the log is written in it, and who is concerned is told by it."""

    def __init__(
        self,
        operators: Operators,
        database: Database,
        messenger: Messenger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._operators = operators
        self._database = database
        self._messenger = messenger
        self._clock = clock

    async def people(self) -> tuple[list[store.Operator], list[Invitation]]:
        """Whom owners have appointed, and who waits to be."""
        appointed = await self._database.run(store.appointed)
        asking = await self._database.run(invitations.opened, self._clock())
        return [one for one in appointed if one.id not in self._operators.owners], asking[:ASKING]

    async def invite(self, role: str, by: int) -> Invitation | None:
        """A new invitation; None when there are people enough."""

        def act(db: sqlite3.Connection) -> Invitation | None:
            full = len(store.appointed(db)) >= MOST
            return None if full else invitations.make(db, role, by, self._clock())

        return await self._database.run(act)

    async def good(self, secret: str, who: int) -> bool:
        """Whether that invitation is there to be opened by him."""
        found = await self._database.run(invitations.find, secret, self._clock())
        return found is not None and found.who in (0, who)

    async def open(self, secret: str, who: int) -> None:
        """He asks to be appointed: he and the owners are told, once."""

        def act(db: sqlite3.Connection) -> None:
            found = invitations.open_(db, secret, who, self._clock())
            if found is None:
                return
            for owner in sorted(store.owners(db, self._operators.owners)):
                self._tell(db, owner, "operators-opened", found.role, once=f"opened {secret}")
            self._tell(db, who, "operators-wait", once=f"opened {secret}")

        await self._database.run(act)
        self._messenger.wake()

    async def decide(self, secret: str, by: int, yes: bool) -> Invitation | None:
        """Appoint who has opened it, or do not; None when that is decided already."""

        def act(db: sqlite3.Connection) -> Invitation | None:
            found = invitations.take(db, secret, self._clock())
            if found and yes:
                store.appoint(db, found.who, found.role, by, self._clock())
                self._tell(db, found.who, "operators-appointed", found.role)
            elif found:
                self._tell(db, found.who, "operators-refused")
            return found

        found = await self._database.run(act)
        self._messenger.wake()
        return found

    async def remove(self, id_: int, by: int) -> bool:
        """Take his rights away; False when he has none, or the settings name him."""
        if id_ in self._operators.owners:
            return False

        def act(db: sqlite3.Connection) -> bool:
            if not store.remove(db, id_, by, self._clock()):
                return False
            invitations.void(db, id_)
            self._tell(db, id_, "operators-removed")
            return True

        removed = await self._database.run(act)
        self._messenger.wake()
        return removed

    def _tell(self, db: sqlite3.Connection, who: int, name: str, role: str = "", *, once: str | None = None) -> None:
        voice = self._operators.voice_in(db, who)
        values = {"role": voice.button(f"role-{role}")} if role else {}
        notices.put(db, who, said(voice, name, **values), self._clock(), once)
