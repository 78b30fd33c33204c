"""Ready questions have right answers: each is compared with one that was counted by hand, in Python."""

import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from bot.stats.exports import ALL
from bot.stats.exports.tables import tables
from bot.stats.exports.views import VIEWS, View
from bot.stats.snapshot import Snapshot
from bot.store import deliveries, questions, trail
from bot.store.tally import ARRIVALS
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.exports.people import FIRST, ask, exported, sqlite_rows
from tests.bot.stats.walks import Step, logs, walk
from tests.bot.store import crowd
from tests.bot.store.crowd import NOON

Events = list[tuple[date, int, str, str]]


def answers(db: sqlite3.Connection, folder: Path) -> dict[str, list[list[Any]]]:
    file = folder / "a.db"
    exported(Snapshot(db, Path("certguide.db"), "real"), ALL, file)
    return {view.name: sqlite_rows(file, view.name) for view in VIEWS}


@settings(deadline=None, max_examples=25)
@given(log=logs)
def test_figures_of_events_are_right(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory, log: list[Step]) -> None:
    with closing(fresh()) as db:
        walk(db, log)
        trail.append(db, 99, "en", [], NOON)
        found = answers(db, tmp_path_factory.mktemp("views"))
        events: Events = [
            (date(1970, 1, 1) + timedelta(milliseconds=at), who, kind, page)
            for at, who, kind, page in db.execute(
                "select at, who, kind, page from trail where staff = 0 and at < ? order by id",
                [(NOON // 86400 + 1) * 86400_000],
            )
        ]
    assert found["active_by_day"] == _active(events, lambda day: day)
    assert found["active_by_week"] == _active(events, lambda day: day - timedelta(day.weekday()))
    assert found["most_seen_pages"] == _pages(events)
    assert found["funnel_by_topic"] == _funnel(events)


def _active(events: Events, span: Any) -> list[list[Any]]:
    people, steps = defaultdict(set), Counter[date]()
    for day, who, kind, _ in events:
        if kind != "blocked":
            people[span(day)].add(who)
            steps[span(day)] += 1
    return [[str(day), len(people[day]), steps[day]] for day in sorted(people, reverse=True)]


def _pages(events: Events) -> list[list[Any]]:
    people, times = defaultdict(set), Counter[str]()
    for _, who, kind, page in events:
        if kind in ARRIVALS:
            people[page].add(who)
            times[page] += 1
    return [[page, times[page], len(people[page])] for page in sorted(people, key=lambda page: (-times[page], page))]


def _funnel(events: Events) -> list[list[Any]]:
    began: defaultdict[str, set[int]] = defaultdict(set)
    finished: defaultdict[str, set[int]] = defaultdict(set)
    for _, who, kind, page in events:
        topic = page.partition(".")[0]
        if topic != "home":
            (began if kind in ARRIVALS else finished if kind == "finished" else defaultdict(set))[topic].add(who)
    return [
        [topic, len(began[topic]), len(finished[topic]), round(100 * len(finished[topic]) / len(began[topic]), 1)]
        for topic in sorted(began, key=lambda topic: (-len(began[topic]), topic))
    ]


def test_figures_of_people_are_right(fresh: Fresh, tmp_path: Path) -> None:
    with closing(fresh()) as db:
        for number, (lang, news, away) in enumerate([("en", "on", False), ("en", "off", True), ("ru", "on", False)]):
            crowd.settle(db, FIRST + number, lang=lang, news=news, away=away)
        for number in range(3):
            ask(db, FIRST, f"Open {number}", NOON - number)
        questions.end(db, 2, "closed", 1, NOON)
        id_ = crowd.run(db, fallback="en")
        (parcel, *_) = deliveries.claim(db, crowd.CALENDAR, NOON, 1)
        deliveries.settle(db, parcel, "failed", "Bad Request", NOON)
        found = answers(db, tmp_path)
    assert found["sellers_by_language"] == [["en", 2, 1, 1], ["ru", 1, 0, 1]]
    assert found["answers_given"] == [["home.news", "on", 2], ["home.news", "off", 1]]
    assert [row[-1] for row in found["questions_open"]] == ["Open 2", "Open 0"]
    started = "2026-11-26T12:00:00.000Z"
    assert found["broadcast_results"] == [[id_, "running", started, 2, 1, 0, 0, 1, 0, 0, 0.0]]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_has_a_meaning_for_each_of_its_columns(view: View, nobody: Snapshot, tmp_path: Path) -> None:
    exported(nobody, ALL, tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as db:
        assert [name for name, *_ in db.execute(f"select * from {view.name}").description] == list(view.columns)
    assert view.needs <= {table.name for table in tables(ALL)}
