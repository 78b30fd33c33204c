"""Demo data: pretend people walk through the real dialogue, into a file of their own, so that figures have a look."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.stats import place
from bot.stats.demo.office import Office
from bot.stats.demo.people import Crowd, chance
from bot.stats.demo.walks import Walk
from bot.stats.demo.world import Timeline, World
from bot.stats.snapshot import StatsError
from bot.store import StoreError, meta
from bot.store.database import connect
from bot.store.daytime import DAY
from bot.store.inspection import BESIDE
from dialogs import Conversation

if TYPE_CHECKING:
    from rich.console import Console

KIND = "synthetic"
"""Whose walks they are, in the file's own words."""
BATCH = 500
"""Steps kept in one transaction."""
SLOW = 1.0
"""Seconds after which somebody who waits wants to see how far it is."""

Show = Callable[[float], None]
"""Told how far it is, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What is in the file now."""

    people: int
    """Besides the two who run the bot."""
    events: int
    """Of the trail."""
    questions: int
    broadcasts: int
    """That went out; none where there was nobody to be told."""


def fill(
    path: Path,
    conversation: Conversation,
    *,
    people: int,
    until: float,
    console: "Console",
    days: int = 90,
    seed: int = 1,
    force: bool = False,
) -> Filled:
    """Write a new file with so many pretend people, who came within so many days up to `until` (in seconds).

    The same numbers and the same dialogue make the same rows. `force` replaces a file of demo data, and never any
    other. Raises StatsError, and then nothing has changed.
    """
    if people < 1:
        raise StatsError(f"{people} people can't walk about: ask for 1 at least")
    if days < 1:
        raise StatsError(f"{days} days are too few: ask for 1 at least")
    _refuse(path, force)
    try:
        with _part(path) as part, _bar(console) as show:
            filled = _fill(part, conversation, people, Crowd(seed, until - days * DAY, until), seed, show)
            _refuse(path, force)  # a bot may have made its file there meanwhile
            for end in BESIDE:
                path.with_name(path.name + end).unlink(missing_ok=True)
            part.replace(path)
        return filled
    except (sqlite3.Error, StoreError) as error:
        why = error.__cause__ or error
        raise StatsError(f"{path} can't be written ({why}): free some space, or name a file elsewhere") from error
    except OSError as error:
        raise StatsError(f"{path} can't be written ({error.strerror}): name a file where you may write") from error


def _refuse(path: Path, force: bool) -> None:
    """Raises StatsError for a file that must stay as it is."""
    place.folder(path, "certguide-demo.db")
    if not path.exists() and not path.is_symlink():  # a link that leads nowhere is somebody's, too
        left = [beside for beside in (path.with_name(path.name + end) for end in BESIDE) if beside.exists()]
        if left:
            raise StatsError(f"{left[0]} belongs to a database that is not there: name another file for demo data")
        return
    kind = _kind(path)
    if kind is None:
        raise StatsError(f"{path} is no demo data and stays as it is: name another file")
    if kind != KIND:
        raise StatsError(f"{path} holds {kind} sellers and stays as it is: name another file for demo data")
    if not force:
        raise StatsError(f"{path} is there already: name another file, or make it anew with --force")


def _kind(path: Path) -> str | None:
    """Whose sellers are in a file; None when it is none of ours, or can't be read."""
    # Immutable: what belongs to a bot is not touched at all, not even to look at it. A kind is written first of all.
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return meta.find(db, "kind")
    except sqlite3.Error:
        return None


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    """A file beside it to write into first; it is gone unless it is renamed."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        yield part
    finally:
        os.close(descriptor)
        for end in ("", *BESIDE):
            part.with_name(part.name + end).unlink(missing_ok=True)


def _fill(part: Path, conversation: Conversation, people: int, crowd: Crowd, seed: int, show: Show) -> Filled:
    with closing(connect(part, KIND, "OFF")) as db:
        db.execute("begin immediate")
        # The one thing in a file that is random otherwise; it guards the logs of a bot, and here there is none.
        meta.put(db, "log_key", f"{chance(seed, 'log').getrandbits(128):032x}")
        _live(db, conversation, people, crowd, seed, show)
        db.execute("commit")
        db.execute("pragma journal_mode = delete")
        filled = Filled(people, *(_count(db, rows) for rows in ("trail", "questions", "broadcasts where started > 0")))
    with part.open("rb") as written:
        os.fsync(written.fileno())
    return filled


def _live(db: sqlite3.Connection, conversation: Conversation, people: int, crowd: Crowd, seed: int, show: Show) -> None:
    """All that happens, in the order of time, in many transactions of which the last is open."""
    timeline = Timeline()
    world = World(db, conversation, timeline, seed)
    staff = tuple(crowd.staff(2))
    walks = {person.id: Walk(person, world) for person in (*staff, *crowd.people(people))}
    Office(world, (staff[0].id, staff[1].id), walks, chance(seed, "office")).open(crowd)
    for walk in walks.values():
        for visit in walk.person.visits:
            timeline.at(visit, walk.come)
    for number, now in enumerate(timeline.run(crowd.until), 1):
        if number % BATCH == 0:
            db.execute("commit")
            db.execute("begin immediate")
            show((now - crowd.start) / (crowd.until - crowd.start))


def _count(db: sqlite3.Connection, rows: str) -> int:
    (number,) = db.execute(f"select count(*) from {rows}").fetchone()  # noqa: S608  our own tables
    return int(number)


@contextmanager
def _bar(console: "Console") -> Iterator[Show]:
    """How far it is, shown on a terminal to somebody who has waited for a moment."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    progress = Progress(TextColumn("walking"), BarColumn(), TaskProgressColumn(), console=console, transient=True)
    task = progress.add_task("walking", total=1)
    due = time.monotonic() + SLOW if console.is_terminal else float("inf")

    def show(done: float) -> None:
        progress.update(task, completed=done)
        if time.monotonic() >= due:
            progress.start()

    try:
        yield show
    finally:
        if progress.live.is_started:
            progress.stop()
