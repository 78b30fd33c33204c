"""What every command needs: the file, the content, the settings, and a console to print on."""

import fcntl
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from bot.newsroom import NewsError
from bot.serving import kept, owners
from bot.settings import Settings
from bot.store import StoreError, broadcasts
from bot.store.audience import Known
from bot.store.broadcasts import Broadcast
from bot.store.database import connect, reason
from bot.store.deliveries import Calendar
from bot.words import calendar, known
from dialogs import Conversation

NO_COURIER = "no courier runs: start `certguide deliver`, or the bot with `certguide serve --deliver`"


class WrongError(Exception):
    """It was asked for in the wrong way; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Press:
    """An open database, and what is needed to work on its broadcasts."""

    db: sqlite3.Connection
    path: Path
    settings: Settings
    conversation: Conversation
    owners: tuple[int, ...]
    """Telegram's numbers of those who run the bot, the lowest first."""
    console: Console = field(default_factory=lambda: Console(highlight=False, markup=False))
    clock: Callable[[], float] = time.time

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The file at one moment; meanwhile the bot writes on. Raises StoreError."""
        with self._transaction("begin"):
            yield self.db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """What is done in here happens wholly, or not at all. Raises StoreError."""
        with self._transaction("begin immediate"):
            yield self.db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        try:
            self.db.execute(begin)
            yield
            self.db.execute("commit")
        except BaseException as error:
            if self.db.in_transaction:  # when the disk is full SQLite has done so itself
                self.db.execute("rollback")
            if isinstance(error, sqlite3.Error):
                raise StoreError(reason(self.path, error)) from error
            raise

    @property
    def words(self) -> Known:
        """The words a filter may use."""
        return known(self.conversation)

    @property
    def calendar(self) -> Calendar:
        """When sellers may be told, as the courier sees it."""
        return calendar(self.conversation, self.settings.zone)

    def load(self, db: sqlite3.Connection, id_: int) -> Broadcast:
        """The broadcast of that number. Raises NewsError when there is none."""
        broadcast = broadcasts.load(db, id_)
        if broadcast is None:
            raise NewsError(f"there is no broadcast {id_}: `certguide broadcast list` shows those there are")
        return broadcast

    def time(self, moment: float) -> str:
        """A moment as an operator reads it, in the zone of BOT_ZONE."""
        return f"{datetime.fromtimestamp(moment, ZoneInfo(self.settings.zone)):%Y-%m-%d %H:%M}"

    def courier(self) -> bool:
        """Whether a courier delivers from this file: it holds a lock as long as it lives."""
        try:
            with self.path.with_name(f"{self.path.name}.courier").open() as file:
                # Shared, so that two who look never see each other.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


@contextmanager
def opened(settings: Settings, conversation: Conversation) -> Iterator[Press]:
    """The database of a bot with these settings. Raises NewsError when there is none, StoreError when it is no use."""
    kind, path = kept(settings)
    if not path.exists():
        raise NewsError(f"there is no {path} yet; it is made when the bot first starts")
    with closing(connect(path, kind, "NORMAL")) as db:
        yield Press(db, path, settings, conversation, tuple(sorted(owners(settings))))


def say(text: str) -> None:
    """A sentence on standard output, with nothing in it that would move the cursor or change colours."""
    click.echo(clean(text))


def clean(text: str) -> str:
    """The text without control characters, but with its lines."""
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs"))


def standing(state: str) -> str:
    """A state as it is said behind "is"."""
    return "a draft" if state == "draft" else state


def counted(number: int, one: str = "person", many: str = "people") -> str:
    """A number with what it counts: 1 person, 5,000 people."""
    return f"{number:,} {one if number == 1 else many}"


def lasting(seconds: float) -> str:
    """How long something takes, in words: an estimate is no more exact than that."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    told = [counted(hours, "hour", "hours")] * (hours > 0) + [counted(rest, "minute", "minutes")] * (rest > 0)
    return f"about {' '.join(told)}"
