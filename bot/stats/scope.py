"""What a figure is asked for: whose file, which days, which language, which topic."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from bot.stats.period import Period, day, number, today
from bot.stats.snapshot import AskedError
from bot.store.audience import nearest
from dialogs import moves
from dialogs.content import Content
from dialogs.topic import Page

IDLE = 72 * 60 * 60
"""Seconds without a sign of life after which somebody has given up."""

TOPIC = "substr(a.page, 1, instr(a.page, '.') - 1)"
"""The topic of the page somebody is on, in SQL."""


class Standing(NamedTuple):
    """People who have given up on a page, in a version."""

    page: str
    version: str
    left: int
    """Of them who had reached it in the period …"""
    inside: int
    """… and its topic, having opened and not finished it."""


@dataclass(frozen=True)
class Scope:
    """A question to the file."""

    db: sqlite3.Connection
    content: Content
    period: Period
    now: float
    zone: str
    """Where operators read the clock: for hours of the day only."""
    lang: str = ""
    """Only people in that language; everybody when empty."""
    topic: str = ""
    """Only pages of that topic; all when empty."""

    _answers: dict[tuple[object, ...], list[tuple[Any, ...]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @cached_property
    def today(self) -> int:
        """Today, in days since 1970."""
        return number(today(self.now))

    @cached_property
    def begin(self) -> int:
        """The first day on which anybody was there; today when nobody was."""
        ((first,),) = self.rows("select min(day) from active")
        return self.today if first is None else first

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a question in SQL is answered; its values are parameters. Asked twice it is looked up once."""
        key = (sql, *values)
        if key not in self._answers:
            self._answers[key] = self.db.execute(sql, values).fetchall()
        return self._answers[key]

    def spoken(self, column: str = "lang") -> tuple[str, tuple[str, ...]]:
        """A condition on a column of languages, with its values."""
        return (f"{column} = ?", (self.lang,)) if self.lang else ("1", ())

    def standing(self) -> list[Standing]:
        """Where people gave up who were there since the beginning of the period; asked once for all that need it.

        The language of who reached something is that of the time he did; it is looked up only where it is asked for.
        """
        since, until = self.period.moments
        here, inside = "a.reached >= ? and a.reached < ?", "not a.finished and a.entered >= ? and a.entered < ?"
        langs: tuple[str, ...] = ()
        if self.lang:
            langs = (self.lang,)
            spoken = (
                "exists (select 1 from reached r where r.who = a.who and r.page = {} and r.version = {} and r.lang = ?)"
            )
            here = f"{here} and {spoken.format('a.page', 'a.version')}"
            inside = f"{inside} and {spoken.format(TOPIC, repr(''))}"
        found = self.rows(
            f"select page, version, sum({here}), sum({inside}) "  # noqa: S608
            "from active a where day >= ? and next is null and at < ? group by page, version",
            *(since, until, *langs, since, until, *langs, self.period.days[0], int((self.now - IDLE) * 1000)),
        )
        return [Standing(*row) for row in found]

    def page(self, name: str) -> str:
        """What a page is called today; its old name when it is gone for good."""
        return moves.follow(name, self.content.moves, self.content.pages) or name

    def topic_of(self, name: str) -> str:
        """What the topic of a page, or a topic, is called today."""
        if "." in name:
            return self.page(name).partition(".")[0]
        return moves.topic(name, self.content.moves, self.content.topics)

    def within(self, name: str) -> bool:
        """Whether a page or topic is asked for."""
        return not self.topic or self.topic_of(name) == self.topic

    def subjects(self, names: Iterable[str]) -> list[str]:
        """Those of the topics that sellers choose from, in the order of the menu, then those that are gone."""
        names = set(names)
        listed = [topic.id for topic in self.content.listed]
        gone = sorted(name for name in names if name not in self.content.topics)
        return [name for name in (*listed, *gone) if name in names and self.within(name)]

    def ends(self, name: str) -> bool:
        """Whether whoever stops on a page has come to an end: of a topic, or in the menu."""
        page = self.content.pages.get(self.page(name))
        return page is not None and (page.end or page.lists in ("topics", "more"))

    def questions(self) -> Iterator[Page]:
        """The quiz questions that are asked for."""
        return (page for page in self.content.pages.values() if page.right and self.within(page.name))

    def by_page(self, counted: Iterable[tuple[str, int]]) -> Counter[str]:
        """Counts by what the pages are called today."""
        sums = Counter[str]()
        for name, n in counted:
            sums[self.page(name)] += n
        return sums


def scope(
    db: sqlite3.Connection,
    content: Content,
    period: Period,
    now: float,
    zone: str,
    *,
    lang: str = "",
    topic: str = "",
    languages: Mapping[str, str] | Iterable[str] = (),
) -> Scope:
    """The same, its words looked up, its period without the days before anybody was there.

    Raises AskedError with the nearest words that are known.
    """
    if lang and lang not in languages:
        raise AskedError(f"nobody speaks {lang!r} here: {nearest(lang, list(languages))}")
    known = [topic_.id for topic_ in content.topics.values()]
    named = moves.topic(topic, content.moves, content.topics) if topic else ""
    if named and named not in known:
        raise AskedError(f"there is no topic {topic!r}: {nearest(topic, known)}")
    found = Scope(db, content, period, now, zone, lang, named)
    begins = min(max(period.since, day(found.begin)), period.until)
    return replace(found, period=Period(begins, period.until))
