"""Figures in the making: beside the trail, in its transaction, what makes distinct people cheap to count, exactly.

A person is counted on the day he first reached a page; what he does later (answer, finish) is added to that day. So
the figures of any period are sums over days, and no part is ever more than its whole.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

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
    rows = db.execute(
        "select at, who, lang, kind, page, version, detail, question from trail where staff = 0 order by id"
    )
    for (at, who, lang), step in groupby(rows, key=lambda row: row[:3]):
        events = [
            Event(kind, page, version, detail or "", question) for *_, kind, page, version, detail, question in step
        ]
        count(db, who, lang, events, at)


class _Step:
    """What one step adds."""

    def __init__(self, db: sqlite3.Connection, who: int, lang: str, at: int) -> None:
        self._db = db
        self._who = who
        self._lang = lang
        self._at = at
        """Seconds."""
        self._fresh: tuple[str, str, int, bool] | None = None
        """The page and version he reached last in this step for the first time; when he entered and if he finished."""
        self._sums = defaultdict[Cell, list[int]](lambda: [0] * len(SUMS))

    def take(self, events: Sequence[Event], at: int) -> None:
        """All that happened in it."""
        known = set[tuple[str, str]]()
        for event in events:
            if (event.page, event.version) not in known:
                known.add((event.page, event.version))
                self._reach(event)
            if event.kind in ARRIVALS:
                self._sums[self._here(event.page, event.version)][SEEN] += 1
            elif event.kind == "answered":
                self._answer(event)
            elif event.kind == "helpful":
                self._say(self._here(event.page, event.version), event)
            elif event.kind == "finished":
                self._finish(event)
        self._present(events, at)
        self._db.executemany(ADD, [(*cell, *sums) for cell, sums in self._sums.items()])

    def _here(self, page: str, version: str) -> Cell:
        return Cell(self._at // DAY, page, version, self._lang)

    def _present(self, events: Sequence[Event], at: int) -> None:
        """He is here today; and where he is now."""
        day, last = self._at // DAY, events[-1]
        standing = (at, self._lang, last.page, last.version, *self._standing(last))
        if self._db.execute(STAY, [*standing, day, self._who]).rowcount == 0:
            self._come(day, standing, _campaign(events))
        self._db.execute(
            "insert into quarters (quarter, lang, steps) values (?, ?, 1) on conflict do update set steps = steps + 1",
            [self._at // QUARTER, self._lang],
        )

    def _standing(self, last: Event) -> tuple[int, int, bool]:
        """When he was first on his page and in its topic, and whether he has finished that."""
        if self._fresh and self._fresh[:2] == (last.page, last.version):
            return self._at, *self._fresh[2:]
        rows = {row[:2]: row for row in self._seen(last.page, _topic(last.page))}
        _, _, entered, *_, took = rows[_topic(last.page), ""]
        return rows[last.page, last.version][2], entered, took is not None

    def _come(self, day: int, standing: tuple[object, ...], campaign: str) -> None:
        """He is here for the first time on that day, or at all."""
        before = self._db.execute(
            "select first, last, came, campaign from people where who = ?", [self._who]
        ).fetchone()
        first, once, came, campaign = before or (day, None, self._lang, campaign)
        if before:
            self._db.execute("update people set last = ? where who = ?", [day, self._who])
            self._db.execute("update active set latest = 0 where day = ? and who = ?", [once, self._who])
        else:
            self._db.execute(
                "insert into people (who, first, last, came, campaign) values (?, ?, ?, ?, ?)",
                [self._who, day, day, came, campaign],
            )
        self._db.execute(
            "insert into active (day, who, first, latest, at, lang, page, version, reached, entered, finished) "
            "values (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
            [day, self._who, first, *standing],
        )
        if day - first in AGES:
            self._db.execute(
                "insert into cohorts (first, age, lang, campaign, people) values (?, ?, ?, ?, 1) "
                "on conflict do update set people = people + 1",
                [first, day - first, came, campaign],
            )

    def _reach(self, event: Event) -> None:
        """He is on a page, perhaps for the first time in this version, on the page at all, or in the topic."""
        if not self._first(event.page, event.version):
            return
        topic = _topic(event.page)
        seen = self._seen(event.page, topic, *event.former)
        topics = [row for row in seen if "." not in row[0]]
        finished = any(row[5] is not None for row in topics)
        sums = self._sums[self._here(event.page, event.version)]
        sums[PEOPLE] += 1
        sums[FRESH] += len(seen) - len(topics) == 1
        sums[FINISHED] += finished
        if not topics:
            self._first(topic, "")
            entered = self._sums[self._here(topic, "")]
            entered[PEOPLE] = entered[FRESH] = 1
        elif all(row[0] != topic for row in topics):  # he entered it when it had another name
            self._db.execute(
                "insert into reached (who, page, version, at, lang, answered, took) values (?, ?, '', ?, ?, ?, ?)",
                [self._who, topic, *topics[0][2:]],
            )
        self._fresh = (event.page, event.version, topics[0][2] if topics else self._at, finished)

    def _seen(self, *names: str) -> list[tuple[str, str, int, str, int, int | None]]:
        """Which of these pages, in any version, and topics he has reached."""
        return self._db.execute(_seen_of(len(names)), [self._who, *names]).fetchall()

    def _first(self, page: str, version: str) -> bool:
        """Note that he has reached it; False when that is known."""
        done = self._db.execute(
            "insert into reached (who, page, version, at, lang, answered) values (?, ?, ?, ?, ?, 0) "
            "on conflict do nothing",
            [self._who, page, version, self._at, self._lang],
        )
        return done.rowcount == 1

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
        first = self._db.execute(
            "update reached set answered = 1 where who = ? and page = ? and version = ? and answered = 0 "
            "returning at, lang",
            [self._who, page, version],
        ).fetchone()
        if first is None:
            return None
        cell = Cell(first[0] // DAY, page, version, first[1])
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
        done = self._db.execute(
            "update reached set took = max(0, ? - at) where who = ? and page = ? and version = '' and took is null "
            "returning at, lang",
            [self._at, self._who, topic],
        ).fetchone()
        if done is None:
            return
        self._fresh = None  # what was known of his topic is so no more
        self._sums[Cell(done[0] // DAY, topic, "", done[1])][FINISHED] += 1
        for name in (topic, *(name for name in event.former if "." not in name)):
            pages = self._db.execute(
                "select at, page, version, lang from reached where who = ? and page > ? and page < ?",
                [self._who, f"{name}.", f"{name}/"],  # the sign after the dot
            )
            for at, page, version, lang in pages.fetchall():
                self._sums[Cell(at // DAY, page, version, lang)][FINISHED] += 1


STAY = (
    "update active set at = ?, lang = ?, page = ?, version = ?, reached = ?, entered = ?, finished = ? "
    "where day = ? and who = ?"
)

ADD = (
    f"insert into tally (day, page, version, lang, {', '.join(SUMS)}) "  # noqa: S608  our own columns
    f"values (?, ?, ?, ?, {', '.join('?' * len(SUMS))}) "
    f"on conflict do update set {', '.join(f'{name} = {name} + excluded.{name}' for name in SUMS)}"
)


@cache
def _seen_of(names: int) -> str:
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
