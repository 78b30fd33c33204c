"""Trouble that owners should hear of: told once, and again only after it was over."""

import asyncio
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot.chat.messenger import Messenger
from bot.store import Database, StoreError, notices
from dialogs import Conversation
from dialogs.voice import SOURCE

log = structlog.get_logger()

LOW_DISK = 200 * 1024 * 1024
"""Bytes left from which the disk counts as nearly full: a backup and a day of conversation fit into that."""

EVERY = 3600
"""Seconds between two looks."""


class Incidents:
    """Looks around once an hour, and is told of what happens in between."""

    def __init__(
        self,
        owners: frozenset[int],
        messenger: Messenger,
        database: Database,
        conversation: Conversation,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._owners = sorted(owners)
        self._messenger = messenger
        self._database = database
        self._conversation = conversation
        self._clock = clock
        self._unsaved = False

    async def happened(self, kind: str, **values: str | int) -> None:
        """Tell every owner of it, unless they know."""
        await self._messenger.send(self._owners, self._text(kind, **values), once=kind)

    async def unsaved(self) -> None:
        """The database can't be written, so this is told at once, and kept in mind instead of on disk."""
        if not self._unsaved:
            self._unsaved = True
            await self._messenger.shout(self._owners, self._text("database"))

    async def over(self, kind: str) -> None:
        """It is over: the next time is worth telling again."""
        self._unsaved = False
        await self._database.run(notices.over, kind)

    def _text(self, kind: str, **values: str | int) -> str:
        return self._conversation.voices.of(SOURCE).button(f"incident-{kind}", **values)

    async def watch(self, folder: Path) -> None:
        """Look at the disk and at the pages' dates until cancelled."""
        while True:
            try:
                await self.look(folder)
            except StoreError as error:
                log.warning("could not look around", reason=str(error))
            await asyncio.sleep(EVERY)

    async def look(self, folder: Path) -> None:
        """One look around."""
        free = shutil.disk_usage(folder).free
        if free < LOW_DISK:
            await self.happened("disk", n=free // 1024 // 1024)
        else:
            await self.over("disk")
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        overdue = [
            page.name for page in self._conversation.pages.values() if page.evidence and page.evidence.review_by < today
        ]
        if overdue:
            await self.happened("overdue", n=len(overdue))
        else:
            await self.over("overdue")
