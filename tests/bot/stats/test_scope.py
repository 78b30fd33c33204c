"""What is asked for: words looked up, names of today, days on which anybody was there, and the file asked once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.stats import figures, period, presence
from bot.stats.period import FIRST, Period, between, today
from bot.stats.scope import Scope, scope
from bot.stats.snapshot import AskedError
from bot.store import trail
from dialogs import Event
from dialogs.content import Content
from tests.bot.stats import sample
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.walks import BEGIN, DAY

CONTENT = sample.conversation().content
ZONE = "Asia/Shanghai"
CAME = today(BEGIN)
"""The day on which somebody was there first."""
NOW = BEGIN + 9 * DAY
ALL = between(None, None, NOW)

RENAMED = replace(
    CONTENT,
    moves={
        "check.order": "checking.order",
        "check.hand": "checking.checklist",
        "check.by-hand": "check.hand",
        "check.lost": "checking.nowhere",
    },
)
"""Content in which a topic had another name, and two of its pages became one."""

TWICE = replace(CONTENT, moves={"looking.order": "check.order", "check.order": "checking.order"})
"""In which it had another one before that."""

LOST_A_PAGE = replace(CONTENT, moves={"checking.price": "papers.price", "papers.price": "papers.eu"})
"""In which a page of a topic that is still there went to another topic."""


@pytest.fixture
def db(fresh: Fresh) -> Iterator[sqlite3.Connection]:
    """A file in which somebody was there on that day, and two days later."""
    with closing(fresh()) as db:
        for at in (BEGIN, BEGIN + 2 * DAY):
            trail.append(db, 1, "en", [Event("arrived", "checking.order", "v1")], at)
        yield db


def asking(db: sqlite3.Connection, content: Content = CONTENT, **narrowed: str) -> Scope:
    return Scope(db, content, ALL, NOW, ZONE, **narrowed)


# Words


@pytest.mark.parametrize("narrowed", [{}, {"lang": "", "topic": ""}])
def test_without_words_nothing_is_narrowed_down(db: sqlite3.Connection, narrowed: dict[str, str]) -> None:
    found = scope(db, CONTENT, ALL, NOW, ZONE, **narrowed)
    assert (found.lang, found.topic, found.now, found.zone) == ("", "", NOW, ZONE)
    assert found.spoken() == ("1", ())


@pytest.mark.parametrize("lang", CONTENT.languages)
def test_a_language_that_is_spoken_is_asked_for(db: sqlite3.Connection, lang: str) -> None:
    found = scope(db, CONTENT, ALL, NOW, ZONE, lang=lang, languages=CONTENT.languages)
    assert found.lang == lang
    assert found.spoken() == ("lang = ?", (lang,))
    assert found.spoken("r.lang") == ("r.lang = ?", (lang,))


@pytest.mark.parametrize("topic", CONTENT.topics)
def test_every_topic_can_be_asked_for(db: sqlite3.Connection, topic: str) -> None:
    assert scope(db, CONTENT, ALL, NOW, ZONE, topic=topic).topic == topic


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"lang": "EN"}, "nobody speaks 'EN' here: there are en, zh_Hans"),
        ({"lang": "zh_hans"}, "nobody speaks 'zh_hans' here: did you mean zh_Hans?"),
        ({"topic": "iso9000"}, "there is no topic 'iso9000': did you mean iso9001 or iso14001 or iso?"),
        ({"topic": "Papers"}, "there is no topic 'Papers': did you mean papers?"),
        ({"topic": "auditors.sheet"}, "there is no topic 'auditors.sheet': did you mean auditors?"),
    ],
)
def test_what_is_not_there_is_told_with_what_is_nearest(
    db: sqlite3.Connection, asked: dict[str, str], said: str
) -> None:
    with pytest.raises(AskedError) as caught:
        scope(db, CONTENT, ALL, NOW, ZONE, languages=CONTENT.languages, **asked)
    assert str(caught.value).startswith(said)


@settings(deadline=None)
@given(st.text(min_size=1), st.booleans())
def test_whatever_is_asked_for_is_there_or_told(word: str, of_topic: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("create table active (day)")
        asked = {"topic": word} if of_topic else {"lang": word}
        if word in (CONTENT.topics if of_topic else CONTENT.languages):
            return
        with pytest.raises(AskedError) as caught:
            scope(db, CONTENT, ALL, NOW, ZONE, languages=CONTENT.languages, **asked)
        assert repr(word) in str(caught.value)
        assert str(caught.value).isprintable()


# Names of today


def test_a_renamed_topic_can_be_asked_for_by_its_old_name(db: sqlite3.Connection) -> None:
    assert scope(db, RENAMED, ALL, NOW, ZONE, topic="check").topic == "checking"
    assert scope(db, RENAMED, ALL, NOW, ZONE, topic="checking").topic == "checking"
    with pytest.raises(AskedError, match="no topic 'looking'"):
        scope(db, RENAMED, ALL, NOW, ZONE, topic="looking")


def test_a_topic_that_was_renamed_twice_can_be_asked_for_by_all_its_names(db: sqlite3.Connection) -> None:
    for name in ("checking", "check", "looking"):
        assert scope(db, TWICE, ALL, NOW, ZONE, topic=name).topic == "checking"
        assert asking(db, TWICE).topic_of(name) == "checking"


def test_a_topic_that_is_still_there_is_itself_though_a_page_of_it_went_to_another(db: sqlite3.Connection) -> None:
    assert asking(db, LOST_A_PAGE).topic_of("checking.price") == "papers"
    assert asking(db, LOST_A_PAGE).topic_of("checking") == "checking"
    assert scope(db, LOST_A_PAGE, ALL, NOW, ZONE, topic="checking").topic == "checking"
    for topic in LOST_A_PAGE.topics:
        assert asking(db, LOST_A_PAGE).topic_of(topic) == topic


@pytest.mark.parametrize(
    ("name", "page", "topic"),
    [
        ("checking.order", "checking.order", "checking"),
        ("check.order", "checking.order", "checking"),
        ("check.by-hand", "checking.checklist", "checking"),
        ("check.lost", "check.lost", "check"),
        ("never.was", "never.was", "never"),
        ("iso9001.what", "iso9001.what", "iso9001"),
    ],
)
def test_a_page_goes_by_its_name_of_today(db: sqlite3.Connection, name: str, page: str, topic: str) -> None:
    found = asking(db, RENAMED)
    assert (found.page(name), found.topic_of(name)) == (page, topic)


@pytest.mark.parametrize(("name", "topic"), [("check", "checking"), ("checking", "checking"), ("never", "never")])
def test_so_does_a_topic(db: sqlite3.Connection, name: str, topic: str) -> None:
    assert asking(db, RENAMED).topic_of(name) == topic


def test_old_and_new_names_are_within_a_topic_and_others_are_not(db: sqlite3.Connection) -> None:
    found = asking(db, RENAMED, topic="checking")
    inside = ["check", "checking", "check.order", "checking.order", "check.by-hand"]
    outside = ["iso9001", "iso9001.what", "check.lost", "never.was", "check-ing.order", "home.menu"]
    assert [name for name in inside + outside if found.within(name)] == inside
    assert all(map(asking(db, RENAMED).within, inside + outside)), "without a topic all are"


def test_counts_of_old_and_new_names_are_added_up(db: sqlite3.Connection) -> None:
    counted = [("check.order", 2), ("checking.order", 3), ("check.hand", 5), ("check.by-hand", 7), ("never.was", 11)]
    sums = asking(db, RENAMED).by_page(counted)
    assert sums == {"checking.order": 5, "checking.checklist": 12, "never.was": 11}
    assert asking(db).by_page([]) == {}


names = st.sampled_from(("a.b", "check.hand", "check.by-hand", "checking.checklist"))


@settings(deadline=None)
@given(st.lists(st.tuples(names, st.integers())))
def test_no_count_is_lost_when_names_change(counted: list[tuple[str, int]]) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        assert asking(db, RENAMED).by_page(counted).total() == sum(n for _, n in counted)


# Which pages and topics


def test_topics_come_in_the_order_of_the_menu_and_those_that_are_gone_after_them(db: sqlite3.Connection) -> None:
    listed = [topic.id for topic in CONTENT.listed]
    names = ["zebra", *reversed(listed), "home", "glossary", "apple", listed[0]]
    assert asking(db).subjects(names) == [*listed, "apple", "zebra"]
    assert asking(db, topic="papers").subjects(names) == ["papers"]
    assert asking(db).subjects(["papers"]) == ["papers"], "and none that is not asked about"
    assert asking(db).subjects([]) == []


def test_whoever_stops_at_an_end_or_in_the_menu_has_not_given_up(db: sqlite3.Connection) -> None:
    moved = replace(RENAMED, moves={"check.over": "checking.end", "check.begun": "checking.order"})
    found = asking(db, moved)
    ends = ["checking.end", "check.over", "home.menu", "home.more"]
    others = ["checking.order", "check.begun", "home.welcome", "home.language", "never.was"]
    assert [name for name in ends + others if found.ends(name)] == ends
    assert {name for name in CONTENT.pages if found.ends(name)} >= {f"{topic.id}.end" for topic in CONTENT.listed}


def test_questions_are_those_of_the_quizzes_that_are_asked_for(db: sqlite3.Connection) -> None:
    every = [page.name for page in asking(db).questions()]
    assert every
    assert all(CONTENT.pages[name].right for name in every)
    parts = [[page.name for page in asking(db, topic=topic).questions()] for topic in CONTENT.topics]
    assert sorted(name for part in parts for name in part) == sorted(every)
    assert [page.name for page in asking(db, topic="home").questions()] == []


# Days


def test_days_before_anybody_was_there_are_left_out(db: sqlite3.Connection) -> None:
    found = scope(db, CONTENT, between("2026-01-01", None, NOW), NOW, ZONE)
    assert found.period == Period(CAME, today(NOW))
    assert period.day(found.begin) == CAME
    assert period.day(found.today) == today(NOW)


def test_before_anybody_was_there_it_is_today(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        found = scope(db, CONTENT, ALL, NOW, ZONE)
        assert found.period == Period(today(NOW), today(NOW))
        assert found.begin == found.today


def test_those_who_run_the_bot_are_nobody(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        trail.append(db, 1, "en", [Event("arrived", "home.menu", "v1")], BEGIN, staff=True)
        trail.append(db, 2, "en", [Event("arrived", "home.menu", "v1")], BEGIN + 3 * DAY)
        assert scope(db, CONTENT, ALL, NOW, ZONE).period.since == CAME + timedelta(3)


days = st.dates(FIRST, date(2030, 1, 1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(days, days)
def test_what_is_left_is_of_what_was_asked_for(db: sqlite3.Connection, one: date, other: date) -> None:
    asked = Period(min(one, other), max(one, other))
    left = scope(db, CONTENT, asked, NOW, ZONE).period
    assert asked.since <= left.since <= left.until == asked.until
    assert left.since >= min(CAME, asked.until), "no day before the first, but one at least"
    assert left.since in (asked.since, CAME, asked.until)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(days, days)
def test_leaving_out_days_changes_no_figure(db: sqlite3.Connection, one: date, other: date) -> None:
    """Apart from what is compared with before."""
    asked = Period(min(one, other), max(one, other))
    whole = Scope(db, CONTENT, asked, NOW, ZONE)
    short = scope(db, CONTENT, asked, NOW, ZONE)
    for figure in (presence.daily, presence.languages, presence.retention, presence.hours, figures.FIGURES["seen"]):
        assert figure(short) == figure(whole)
    assert [row[:4] for row in presence.people(short).rows] == [row[:4] for row in presence.people(whole).rows]


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (None, "0001-01-05"),
        ("0001-01-01", None),
        (None, "9999-12-31"),
        ("9999-12-31", "9999-12-31"),
        ("1969-12-31", "1970-01-01"),
    ],
)
def test_days_that_are_far_away_are_told_or_counted(
    db: sqlite3.Connection, since: str | None, until: str | None
) -> None:
    try:
        asked = between(since, until, NOW)
    except AskedError as error:
        assert (since or until or "?") in str(error)  # noqa: PT017  either will do
        return
    found = scope(db, CONTENT, asked, NOW, ZONE)
    assert len(list(figures.gather(found, tuple(figures.FIGURES)))) == len(figures.FIGURES)


# The file


def test_the_file_is_asked_once(db: sqlite3.Connection) -> None:
    asked: list[str] = []
    found = asking(db)
    db.set_trace_callback(asked.append)
    for _ in range(3):
        assert found.rows("select ?", 1) == [(1,)]
        assert found.rows("select ?", 2) == [(2,)]
        assert found.rows("select ? + ?", 1, 2) == [(3,)]
        assert period.day(found.begin) == CAME
    assert asked == ["select 1", "select 2", "select 1 + 2", "select min(day) from active"]


def test_an_answer_stays_what_it_was(db: sqlite3.Connection) -> None:
    """All figures of one question are of one moment."""
    found = asking(db)
    before = found.rows("select count(*) from trail")
    trail.append(db, 2, "en", [Event("arrived", "home.menu", "v1")], NOW)
    assert found.rows("select count(*) from trail") == before == [(2,)]
    assert asking(db).rows("select count(*) from trail") == [(3,)], "another question asks again"
    assert replace(found, lang="en").rows("select count(*) from trail") == [(3,)]


def test_a_value_is_never_a_part_of_the_question(db: sqlite3.Connection) -> None:
    bad = "x'; drop table trail; --"
    assert asking(db).rows("select ?", bad) == [(bad,)]
    assert asking(db, lang=bad).rows(f"select count(*) from active where {asking(db, lang=bad).spoken()[0]}", bad) == [
        (0,)
    ]
    assert asking(db).rows("select count(*) from trail") == [(2,)]
