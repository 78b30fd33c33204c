"""A year of a million people and twenty million events, written as fast as SQLite takes it: what bench.stats asks."""

import random
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice, pairwise
from pathlib import Path

from bot.store.database import connect
from bot.store.tally import AGES
from dialogs.content import Content

DAYS = 365
FIRST_DAY = 20_420
"""2025-11-28, in days since 1970."""
LAST = (FIRST_DAY + DAYS) * 86400
"""When it ends, in seconds."""
EVENTS = 9
"""Events of one visit; people come two and a half times on average."""
AGAIN = ((1, 0.45), (7, 0.35), (30, 0.25), (60, 0.45))
"""Days after the first, and which share comes again then."""
LANGS = ("zh_Hans", "zh_Hans", "en")
CAMPAIGNS = ("", "", "fair", "wechat", "forum")
BATCH = 50_000

Event = tuple[str, str, str, str, str]
"""Kind, page, version, detail, question."""


class Walks:
    """Each person's visits follow from his number alone, so that they can be told twice without being kept."""

    def __init__(self, content: Content) -> None:
        self._topics = [
            [(page.name, page.version, bool(page.ask), page.end) for page in topic.pages.values()]
            for topic in content.listed
        ]

    def person(self, number: int) -> tuple[random.Random, int, str, str, list[int]]:
        """His chance, random number, language, campaign and days."""
        chance = random.Random(number)
        who, lang, campaign = chance.getrandbits(62), chance.choice(LANGS), chance.choice(CAMPAIGNS)
        first = chance.randrange(DAYS)
        days = [first, *(first + age for age, share in AGAIN if chance.random() < share)]
        return chance, who, lang, campaign, [FIRST_DAY + day for day in days if day < DAYS]

    def visits(self, chance: random.Random, days: list[int]) -> Iterator[tuple[int, list[Event]]]:
        """Page after page through one topic after the other."""
        pages = self._pages(chance)
        for n, day in enumerate(days):
            events: list[Event] = [("greeted" if n == 0 else "continued", "home.welcome", "v1", "", "")]
            for name, version, asks, end in islice(pages, EVENTS - 2):
                events.append(("arrived", name, version, "", ""))
                if asks and len(events) < EVENTS - 1:
                    events.append(("answered", name, version, "a", name))
                if end:
                    events.append(("finished", name, version, "", ""))
            yield day, events

    def _pages(self, chance: random.Random) -> Iterator[tuple[str, str, bool, bool]]:
        for topic in chance.sample(self._topics, 3):
            skip = chance.randrange(1, 6)
            yield from topic[::skip][:-1]
            yield next(page for page in topic if page[3])


def make(path: Path, content: Content, people: int, tell: Callable[[str], object]) -> None:
    """The file of a bot, as it would be after that year."""
    with closing(connect(path, "try-out", "OFF")) as db:
        db.execute("pragma cache_size = -1000000")
        db.execute("pragma journal_mode = off")
        walks = Walks(content)
        begun = time.monotonic()
        for name, work in (("trail", _trail), ("reached", _reached), ("people", _people), ("broadcasts", _sent)):
            db.execute("begin")
            work(db, walks, people)
            db.execute("commit")
            tell(f"{name} written after {time.monotonic() - begun:.0f} s")
        db.execute("pragma journal_mode = wal")


def _trail(db: sqlite3.Connection, walks: Walks, people: int) -> None:
    """Day after day, in order of time, with what is counted by day."""
    by_day = defaultdict[int, list[int]](list)
    for number in range(people):
        for day in walks.person(number)[4]:
            by_day[day].append(number)
    cohorts = Counter[tuple[int, int, str, str]]()
    for day in range(FIRST_DAY, FIRST_DAY + DAYS):
        rows, active, steps = list[tuple[object, ...]](), list[tuple[object, ...]](), Counter[tuple[int, str]]()
        numbers = by_day.get(day, [])
        for n, number in enumerate(numbers):
            chance, who, lang, campaign, days = walks.person(number)
            at = day * 86_400_000 + n * 86_400_000 // len(numbers)
            cohorts[days[0], day - days[0], lang, campaign] += day - days[0] in AGES
            entered, ended = dict[str, int](), set[str]()
            after = dict(pairwise(days))
            for visit, events in walks.visits(chance, days):
                for kind, page, version, *_ in events if visit <= day else ():  # noqa: B007  the last of them are wanted
                    entered.setdefault(_topic(page), visit * 86400)
                    ended.update([_topic(page)] if kind == "finished" else [])
                if visit == day:
                    standing = (page, version, day * 86400, entered[_topic(page)], _topic(page) in ended)
                    active.append((day, n + 1, who, days[0], after.get(day), at, lang, *standing))
                    rows += ((at + m, who, lang, *event) for m, event in enumerate(events))
                    steps[at // 900_000, lang] += len(events)
        db.executemany(
            "insert into trail (at, who, lang, kind, page, version, detail, question) values (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        db.executemany("insert into active values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", active)
        db.executemany("insert into quarters values (?, ?, ?)", [(*key, n) for key, n in steps.items()])
    db.executemany("insert into cohorts values (?, ?, ?, ?, ?)", [(*key, n) for key, n in cohorts.items() if n])


def _topic(page: str) -> str:
    return page.partition(".")[0]


def _reached(db: sqlite3.Connection, walks: Walks, people: int) -> None:
    """Person after person in the order of their numbers, and the sums over all of them."""
    tally, said = defaultdict[tuple[int, str, str, str], list[int]](lambda: [0] * 5), Counter[tuple[object, ...]]()
    order = sorted(range(people), key=lambda number: walks.person(number)[1])
    for start in range(0, people, BATCH):
        rows = list[tuple[object, ...]]()
        for number in order[start : start + BATCH]:
            rows += _of_one(walks, number, tally, said)
        rows.sort()
        db.executemany("insert into reached values (?, ?, ?, ?, ?, ?, ?)", rows)
    db.executemany("insert into tally values (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(*k, *n) for k, n in sorted(tally.items())])
    db.executemany("insert into said values (?, ?, ?, ?, ?, ?, ?)", [(*k, n) for k, n in said.items()])


def _of_one(
    walks: Walks, number: int, tally: dict[tuple[int, str, str, str], list[int]], said: Counter[tuple[object, ...]]
) -> list[tuple[int, str, str, int, str, int, int | None]]:
    chance, who, lang, _, days = walks.person(number)
    reached = dict[tuple[str, str], list[int]]()
    ended = dict[str, int]()
    for day, events in walks.visits(chance, days):
        for kind, page, version, detail, _ in events:
            topic = page.partition(".")[0]
            reached.setdefault((topic, ""), [day, 0])
            place = reached.setdefault((page, version), [day, 0])
            if kind == "answered":
                place[1] = reached[topic, ""][1] = 1
                said[place[0], page, version, lang, "answered", detail] += 1
            elif kind == "finished":
                ended.setdefault(topic, day)
            else:
                tally[day, page, version, lang][0] += 1
    rows = []
    for (page, version), (day, answered) in reached.items():
        done = ended.get(page.partition(".")[0])
        sums = tally[day, page, version, lang]
        for n, more in enumerate((1, 1, answered, int(done is not None)), 1):
            sums[n] += more
        took = None if version or done is None else (done - day) * 86400 + 600
        rows.append((who, page, version, day * 86400, lang, answered, took))
    return rows


def _people(db: sqlite3.Connection, walks: Walks, people: int) -> None:
    """Everybody, as the bot knows him and where he is now; some have asked something."""
    seen, sellers = list[tuple[object, ...]](), list[tuple[object, ...]]()
    for number in range(people):
        chance, who, lang, campaign, days = walks.person(number)
        *_, (_, events) = walks.visits(chance, days)
        page, first, last = events[-1][1], days[0] * 86400, days[-1] * 86400
        seen.append((who, days[0], days[-1], lang, campaign))
        sellers.append((number + 1, who, lang, page, first, last))
    db.executemany("insert into people values (?, ?, ?, 0, ?, ?)", sorted(seen))
    db.execute("update people set nth = active.nth from active where active.who = people.who and next is null")
    db.executemany(
        "insert into sellers (id, who, lang, state, since, last, visit, history, paths, seen, finished, debt, paid) "
        "values (?, ?, ?, ?, ?, ?, 1, '[]', '{}', '[\"home.welcome\"]', '[]', 1, 1)",
        sellers,
    )
    db.executemany(
        "insert into questions (seller, text, lang, page, at, state) values (?, ?, 'en', 'home.menu', ?, 'open')",
        [(number + 1, f"question {number % 300}", LAST - number * 60) for number in range(min(people, 5000))],
    )


def _sent(db: sqlite3.Connection, walks: Walks, people: int) -> None:
    """Three broadcasts to a third of all each; one in a hundred blocked the bot afterwards."""
    for id_ in range(1, 4):
        at = LAST - id_ * 20 * 86400
        db.execute(
            "insert into broadcasts (id, state, action, audience, paid, made, by, started, ended) "
            "values (?, 'done', 'send', '', 0, ?, 0, ?, ?)",
            [id_, at, at, at + 20_000],
        )
        db.execute(
            "insert into deliveries (broadcast, who, lang, state, due, at) "
            "select ?, who, lang, case id % 50 when 0 then 'gone' else 'sent' end, 0, ? + id % 20000 "
            "from sellers where id % 3 = ? - 1",
            [id_, at, id_],
        )
    db.execute(
        "insert into trail (at, who, kind, page, version, lang) select (at + 60) * 1000, who, 'blocked', '', '', lang "
        "from deliveries where state = 'sent' and at % 100 = 0 order by at"
    )
