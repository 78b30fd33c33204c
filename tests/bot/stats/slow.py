"""Every figure once more, counted slowly from the trail alone, by its definition: what the fast ones are held to."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from bot.stats.scope import Scope
from dialogs import moves

SHOWN = ("greeted", "arrived", "shown", "back", "continued", "moved")
DAY = 86400
Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Seen:
    """One event of somebody who is counted."""

    at: int
    who: int
    kind: str
    page: str
    version: str
    lang: str
    detail: str
    question: str

    @property
    def day(self) -> int:
        return self.at // 1000 // DAY

    @property
    def topic(self) -> str:
        return self.page.partition(".")[0]


class Slow:
    """The trail of a file, and a question to it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.trail = [Seen(*row) for row in events(scope.db)]
        self.first = {e.who: e for e in reversed(self.trail)}
        self.last = {e.who: e for e in self.trail}

    # Who was there

    def days(self) -> dict[tuple[int, int], str]:
        """Each day on which somebody was active, with his last language on it."""
        found = {(e.day, e.who): e.lang for e in self.trail}
        return {key: lang for key, lang in found.items() if self.scope.lang in ("", lang)}

    def within(self, day: int) -> bool:
        since, until = self.scope.period.days
        return since <= day <= until

    def spans(self) -> Rows:
        until = self.scope.period.days[1]
        since, length = self.scope.period.days[0], self.scope.period.length
        spans = {"day": (until, 1), "week": (until - 6, 7), "month": (until - 29, 30), "period": (since, length)}
        return tuple((name, *self.span(first, days)) for name, (first, days) in spans.items())

    def span(self, first: int, days: int) -> tuple[int, int, int, int]:
        here = self.days()
        now = {who for day, who in here if first <= day < first + days}
        new = {who for day, who in here if first <= day < first + days and day == self.first[who].day}
        before = {who for day, who in here if first - days <= day < first}
        return len(now), len(new), len(now) - len(new), len(before)

    def daily(self) -> Rows:
        here = [(day, who) for day, who in self.days() if self.within(day)]
        if not here:
            return ()
        rows = []
        for day in range(min(here)[0], max(here)[0] + 1):
            active = [who for d, who in here if d == day]
            new = sum(self.first[who].day == day for who in active)
            rows.append((date(1970, 1, 1).fromordinal(day + 719163), len(active), new, len(active) - new))
        return tuple(rows)

    def languages(self) -> Rows:
        latest: dict[int, str] = {}
        for e in self.trail:
            if self.within(e.day):
                latest[e.who] = e.lang
        counts = Counter(lang for lang in latest.values() if self.scope.lang in ("", lang))
        return tuple((lang, n, n / counts.total()) for lang, n in sorted(counts.items(), key=lambda i: (-i[1], i[0])))

    def campaign(self, who: int) -> str:
        first = self.first[who]
        step = [e for e in self.trail if (e.at, e.who, e.lang) == (first.at, who, first.lang)]
        kinds = {e.kind: e.detail for e in step}
        return kinds.get("link", "") if "greeted" in kinds else ""

    def cohorts(self, by: str) -> dict[Any, tuple[Any, ...]]:
        here = {(e.day, e.who) for e in self.trail}
        groups = defaultdict[Any, list[int]](list)
        for who, first in self.first.items():
            day = first.day
            if self.within(day) and self.scope.lang in ("", first.lang):
                monday = date(1970, 1, 1).fromordinal(day - (day + 3) % 7 + 719163)
                groups[self.campaign(who) if by == "campaign" else monday].append(who)
        return {key: (len(whos), *(self.again(whos, age, here) for age in (1, 7, 30))) for key, whos in groups.items()}

    def again(self, whos: list[int], age: int, here: set[tuple[int, int]]) -> float | None:
        over = [who for who in whos if self.first[who].day + age < self.scope.today]
        back = [who for who in over if (self.first[who].day + age, who) in here]
        return len(back) / len(over) if over else None

    def hours(self) -> Rows:
        steps = Counter[tuple[int, int]]()
        for (at, _, lang), _ in groupby(self.trail, key=lambda e: (e.at, e.who, e.lang)):
            if self.scope.lang in ("", lang) and self.within(at // 1000 // DAY):
                local = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(self.scope.zone))
                steps[local.weekday(), local.hour] += 1
        week = tuple((str(day), *(steps[day, hour] for hour in range(24))) for day in range(7))
        return week if steps else ()

    # How far they came

    def page(self, name: str) -> str:
        return moves.follow(name, self.scope.content.moves, self.scope.content.pages) or name

    def topic(self, name: str) -> str:
        return self.page(name).partition(".")[0]

    def asked(self, name: str) -> bool:
        return self.scope.topic in ("", self.topic(name))

    def reached(self, key: Any) -> dict[Any, Seen]:
        """The first event of each person by that key, in the period and the language."""
        found: dict[Any, Seen] = {}
        for e in self.trail:
            found.setdefault((e.who, key(e)), e)
        return {k: e for k, e in found.items() if self.within(e.day) and self.scope.lang in ("", e.lang)}

    def finishers(self) -> dict[tuple[int, str], int]:
        """When somebody had finished a topic, in milliseconds."""
        found: dict[tuple[int, str], int] = {}
        for e in self.trail:
            if e.kind == "finished":
                found.setdefault((e.who, self.topic(e.page)), e.at)
        return found

    def answers(self, key: Any) -> dict[Any, Seen]:
        """First answers to what a page asks."""
        found: dict[Any, Seen] = {}
        for e in self.trail:
            own = not e.question or e.question.partition(".")[0] == e.topic
            if e.kind == "answered" and own and e.question != "home.linked":
                found.setdefault((e.who, key(e)), e)
        return found

    def gave_up(self, who: int) -> bool:
        last = self.last[who]
        since = self.scope.period.moments[0] * 1000
        idle = last.at < int((self.scope.now - 72 * 3600) * 1000)
        page = self.scope.content.pages.get(self.page(last.page))
        end = page is not None and (page.end or page.lists in ("topics", "more"))
        return idle and last.at >= since and not end

    def topics(self) -> Rows:
        people = self.reached(lambda e: self.topic(e.page))
        answered, finished = self.answers(lambda e: self.topic(e.page)), self.finishers()
        sums = defaultdict[str, Counter[str]](Counter)
        for who, topic in people:
            left = self.gave_up(who) and self.topic(self.last[who].page) == topic and (who, topic) not in finished
            sums[topic]["people"] += 1
            sums[topic]["answered"] += (who, topic) in answered
            sums[topic]["left"] += left
            sums[topic]["finished"] += (who, topic) in finished
        listed = [topic.id for topic in self.scope.content.listed]
        rows = []
        for topic in listed:
            n = sums[topic]
            if n and self.scope.topic in ("", topic):
                share = n["finished"] / n["people"]
                rows.append((topic, n["people"], n["answered"], n["left"], n["finished"], share))
        return tuple(rows)

    def funnel(self) -> Rows:
        def key(e: Seen) -> tuple[str, str]:
            return self.page(e.page), e.version

        answered, finished = self.answers(key), self.finishers()
        sums = defaultdict[tuple[str, str], Counter[str]](Counter)
        for who, place in self.reached(key):
            last = self.last[who]
            sums[place]["people"] += 1
            sums[place]["answered"] += (who, place) in answered
            sums[place]["left"] += self.gave_up(who) and key(last) == place
            sums[place]["finished"] += (who, self.topic(place[0])) in finished
        order = list(self.scope.content.pages)
        places = sorted(
            (place for place in sums if self.asked(place[0])),
            key=lambda place: (order.index(place[0]) if place[0] in order else len(order), *place),
        )
        names = ("people", "answered", "left", "finished")
        return tuple((*place, *(sums[place][name] for name in names)) for place in places)

    def times(self) -> Rows:
        started, finished = self.reached(lambda e: self.topic(e.page)), self.finishers()
        took = defaultdict[str, list[int]](list)
        for (who, topic), e in started.items():
            if (who, topic) in finished and self.scope.topic in ("", topic):
                took[topic].append(max(0, finished[who, topic] // 1000 - e.at // 1000))
        order = list(self.scope.content.topics)
        rows = []
        for topic in (name for name in order if name in took and self.scope.content.topics[name].listed):
            longest = sorted(took[topic])
            n = len(longest)
            median = next(x for i, x in enumerate(longest, 1) if i * 2 >= n)
            ninth = next(x for i, x in enumerate(longest, 1) if i * 10 >= n * 9)
            rows.append((topic, n, median, ninth))
        return tuple(rows)

    def said(self, kind: str) -> dict[str, Counter[str]]:
        """Details by page: first answers on the day the page was reached, votes on their own day."""
        found = defaultdict[str, Counter[str]](Counter)
        if kind == "helpful":
            for e in self.trail:
                if e.kind == kind and self.within(e.day) and self.scope.lang in ("", e.lang):
                    found[self.page(e.page)][e.detail] += 1
            return found
        place = self.reached(lambda e: (e.page, e.version))
        for key, e in self.answers(lambda e: (e.page, e.version)).items():
            if key in place:
                found[self.page(e.page)][e.detail] += 1
        return found

    def helpful(self) -> Rows:
        rows = []
        for page, n in self.said("helpful").items():
            if self.asked(page):
                rows.append((page, n["yes"], n["no"], n["yes"] / n.total()))
        return tuple(sorted(rows, key=lambda row: (-row[2], row[1], row[0])))

    def seen(self) -> Rows:
        fresh = Counter(page for _, page in self.reached(lambda e: self.page(e.page)))
        shown = Counter(
            self.page(e.page)
            for e in self.trail
            if e.kind in SHOWN and self.within(e.day) and self.scope.lang in ("", e.lang)
        )
        rows = [(page, n, fresh[page]) for page, n in shown.items() if self.asked(page)]
        return tuple(sorted(rows, key=lambda row: (-row[1], row[0])))


def events(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """What is counted: not what those do who run the bot, and not what happens outside the conversation."""
    return db.execute(
        "select at, who, kind, page, version, lang, detail, question from trail "
        "where staff = 0 and kind <> 'blocked' order by id"
    )
