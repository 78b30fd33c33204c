"""Figures in the making: beside the trail, in its transaction, what makes distinct people cheap to count, exactly.

A person is counted on the day he first reached a page; what he does later (answer, finish) is added to that day. So
the figures of any period are sums over days, and no part is ever more than its whole.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import NamedTuple

from bot.progress import on_stderr
from bot.store.daytime import DAY
from dialogs import Event
from dialogs.choices import LINK

QUARTER = 15 * 60

ARRIVALS = frozenset(("greeted", "arrived", "shown", "back", "continued", "moved"))
"""The events in which a page is shown."""

OUTSIDE = "blocked"
"""What happens to somebody outside the conversation: it moves him nowhere, and he is not active by it."""


class Cell(NamedTuple):
    """Where something is added up: a day, what was seen in which version, in which language."""

    day: int
    page: str
    version: str
    lang: str


AGES = (0, 1, 7, 30)
"""Days after the first at which it is looked whether somebody is there again."""

SUMS = ("seen", "people", "fresh", "answered", "finished")
"""What is added up for a cell, in this order."""

SEEN, PEOPLE, FRESH, ANSWERED, FINISHED = range(len(SUMS))


def count(db: sqlite3.Connection, who: int, lang: str, events: Sequence[Event], at: int) -> None:
    """Count one step of somebody. `at` is in milliseconds."""
    events = [event for event in events if event.kind != OUTSIDE]
    if events:
        _Step(db, who, lang, at // 1000).take(events, at)


def recount(db: sqlite3.Connection) -> None:
    """Count all of the trail, for a file that was made before there was anything to count with."""
    ((total,),) = db.execute("select count(*) from trail where staff = 0")
    if not total:
        return
    rows = db.execute(
        "select at, who, lang, kind, page, version, detail, question from trail where staff = 0 order by id"
    )
    with on_stderr("counting once what has happened so far") as progress:
        progress.total = total
        for (at, who, lang), step in groupby(rows, key=lambda row: row[:3]):
            events = [
                Event(kind, page, version, detail or "", question) for *_, kind, page, version, detail, question in step
            ]
            count(db, who, lang, events, at)
            progress.advance(len(events))


@dataclass(slots=True)
class _Row:
    """What is kept of somebody's first time on a page, in a version of it, or in a topic."""

    at: int
    """Seconds."""
    lang: str
    answered: int = 0
    took: int | None = None
    """Seconds until he finished; None while he has not."""


class _Step:
    """What one step adds."""

    def __init__(self, db: sqlite3.Connection, who: int, lang: str, at: int) -> None:
        self._db = db
        self._who = who
        self._lang = lang
        self._at = at
        """Seconds."""
        self._rows: dict[tuple[str, str], _Row] = {}
        """What he has reached of the pages of this step, by page and version, and of their topics."""
        self._sums = defaultdict[Cell, list[int]](lambda: [0] * len(SUMS))

    def take(self, events: Sequence[Event], at: int) -> None:
        """All that happened in it."""
        self._look_up(events)
        for event in events:
            here = self._here(event.page, event.version)
            if (event.page, event.version) not in self._rows:
                self._reach(event, self._sums[here])
            if event.kind in ARRIVALS:
                self._sums[here][SEEN] += 1
            elif event.kind == "answered":
                self._answer(event)
            elif event.kind == "helpful":
                self._say(here, event)
            elif event.kind == "finished":
                self._finish(event)
        self._present(events, at)
        self._db.executemany(ADD, [(*cell, *sums) for cell, sums in self._sums.items()])

    def _look_up(self, events: Sequence[Event]) -> None:
        """Once for all events: they happen on a page or two."""
        names = {name for event in events for name in (event.page, _topic(event.page), *event.former)}
        for page, version, *row in self._db.execute(_reached_of(len(names)), [self._who, *names]):
            self._rows[page, version] = _Row(*row)

    def _here(self, page: str, version: str) -> Cell:
        return Cell(self._at // DAY, page, version, self._lang)

    def _present(self, events: Sequence[Event], at: int) -> None:
        """He is here today; and where he is now."""
        day, last = self._at // DAY, events[-1]
        page, topic = self._rows[last.page, last.version], self._rows[_topic(last.page), ""]
        standing = (at, self._lang, last.page, last.version, page.at, topic.at, topic.took is not None)
        if self._db.execute(STAY, [*standing, day, self._who, day]).rowcount == 0:
            self._come(day, standing, _campaign(events))
        self._db.execute(
            "insert into quarters (quarter, lang, steps) values (?, ?, 1) on conflict do update set steps = steps + 1",
            [self._at // QUARTER, self._lang],
        )

    def _come(self, day: int, standing: tuple[object, ...], campaign: str) -> None:
        """He is here for the first time on that day, or at all."""
        before = self._db.execute(
            "select first, last, nth, came, campaign from people where who = ?", [self._who]
        ).fetchone()
        first, once, was, came, campaign = before or (day, None, None, self._lang, campaign)
        if once is not None and day < once:  # a clock was put back: the day that was begun goes on
            self._db.execute(STAY, [*standing, once, self._who, once])
            return
        ((nth,),) = self._db.execute("select coalesce(max(nth), 0) + 1 from active where day = ?", [day])
        if before:
            self._db.execute("update people set last = ?, nth = ? where who = ?", [day, nth, self._who])
            self._db.execute("update active set next = ? where day = ? and nth = ?", [day, once, was])
        else:
            self._db.execute(
                "insert into people (who, first, last, nth, came, campaign) values (?, ?, ?, ?, ?, ?)",
                [self._who, day, day, nth, came, campaign],
            )
        self._db.execute(
            "insert into active (day, nth, who, first, at, lang, page, version, reached, entered, finished) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [day, nth, self._who, first, *standing],
        )
        if day - first in AGES:
            self._db.execute(
                "insert into cohorts (first, age, lang, campaign, people) values (?, ?, ?, ?, 1) "
                "on conflict do update set people = people + 1",
                [first, day - first, came, campaign],
            )

    def _reach(self, event: Event, sums: list[int]) -> None:
        """He is for the first time on a page in this version, perhaps on the page at all, or in the topic."""
        topic, names = _topic(event.page), (event.page, *event.former)
        seen = {page: row for (page, _), row in self._rows.items() if page == topic or page in names}
        topics = {page: row for page, row in seen.items() if "." not in page}
        sums[PEOPLE] += 1
        sums[FRESH] += len(topics) == len(seen)
        sums[FINISHED] += any(row.took is not None for row in topics.values())
        self._note(event.page, event.version, _Row(self._at, self._lang))
        if not topics:
            self._note(topic, "", _Row(self._at, self._lang))
            entered = self._sums[self._here(topic, "")]
            entered[PEOPLE] = entered[FRESH] = 1
        elif topic not in topics:  # he entered it when it had another name
            self._note(topic, "", replace(topics[min(topics)]))

    def _note(self, page: str, version: str, row: _Row) -> None:
        self._rows[page, version] = row
        self._db.execute(
            "insert into reached (who, page, version, at, lang, answered, took) values (?, ?, ?, ?, ?, ?, ?)",
            [self._who, page, version, row.at, row.lang, row.answered, row.took],
        )

    def _answer(self, event: Event) -> None:
        """He has answered what his page asks; only his first answer is counted."""
        if event.question == LINK or (event.question and _topic(event.question) != _topic(event.page)):
            return  # not what the page asks: a setting, say, or news
        cell = self._answered(event.page, event.version)
        if cell:
            self._say(cell, event)
            self._answered(_topic(event.page), "")

    def _answered(self, page: str, version: str) -> Cell | None:
        """Count that he has answered there, if it is for the first time; where it is counted."""
        row = self._rows[page, version]
        if row.answered:
            return None
        row.answered = 1
        self._db.execute(
            "update reached set answered = 1 where who = ? and page = ? and version = ?", [self._who, page, version]
        )
        cell = Cell(row.at // DAY, page, version, row.lang)
        self._sums[cell][ANSWERED] += 1
        return cell

    def _say(self, cell: Cell, event: Event) -> None:
        self._db.execute(
            "insert into said (day, page, version, lang, kind, detail, n) values (?, ?, ?, ?, ?, ?, 1) "
            "on conflict do update set n = n + 1",
            [*cell, event.kind, event.detail],
        )

    def _finish(self, event: Event) -> None:
        """He has finished a topic: so have all its pages seen him do that were reached by him."""
        topic = _topic(event.page)
        row = self._rows[topic, ""]
        if row.took is not None:
            return
        row.took = max(0, self._at - row.at)
        self._db.execute(
            "update reached set took = ? where who = ? and page = ? and version = ''", [row.took, self._who, topic]
        )
        self._sums[Cell(row.at // DAY, topic, "", row.lang)][FINISHED] += 1
        for name in (topic, *(name for name in event.former if "." not in name)):
            pages = self._db.execute(
                "select at, page, version, lang from reached where who = ? and page > ? and page < ?",
                [self._who, f"{name}.", f"{name}/"],  # the sign after the dot
            )
            for at, page, version, lang in pages.fetchall():
                self._sums[Cell(at // DAY, page, version, lang)][FINISHED] += 1


STAY = (
    "update active set at = ?, lang = ?, page = ?, version = ?, reached = ?, entered = ?, finished = ? "
    "where day = ? and nth = (select nth from people where who = ? and last = ?)"
)

ADD = (
    f"insert into tally (day, page, version, lang, {', '.join(SUMS)}) "  # noqa: S608  our own columns
    f"values (?, ?, ?, ?, {', '.join('?' * len(SUMS))}) "
    f"on conflict do update set {', '.join(f'{name} = {name} + excluded.{name}' for name in SUMS)}"
)


@cache
def _reached_of(names: int) -> str:
    return (
        "select page, version, at, lang, answered, took from reached "  # noqa: S608  question marks
        f"where who = ? and page in ({', '.join('?' * names)})"
    )


def _campaign(events: Iterable[Event]) -> str:
    """Of the link by which somebody comes for the first time."""
    kinds = {event.kind: event.detail for event in events}
    return kinds.get("link", "") if "greeted" in kinds else ""


def _topic(name: str) -> str:
    return name.partition(".")[0]
