"""A filter means exactly whom it says, whatever stands in it; a word nobody knows is noticed, with the nearest one."""

import re
import sqlite3
import time
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import audience, sellers
from bot.store.audience import KEYS, AudienceError
from bot.store.database import connect
from dialogs import Conversation, Event, load
from tests.bot.store.crowd import DAY, KNOWN, NOON, settle, transaction

HOSTILE = [
    "'",
    '"',
    "' or 1=1 --",
    "%",
    "_",
    "iso9001%",
    "i_o9001",
    "ISO9001",
    "?",
    ":a",
    "*",
    "iso900?",
    "\\",
    "💥",
    "é",
]
PAGES = [*KNOWN.pages, "iso9001x.what", "iso9001", "isoo9001.what", "i_o9001.cost", "ISO9001.what"]
CAMPAIGNS = ["", "flyer", "fair", "FLYER", *HOSTILE]
GOALS = ["", "win", "learn", *HOSTILE]
PERSON = st.fixed_dictionaries(
    {
        "lang": st.sampled_from(["en", "zh_Hans", "ru", "EN"]),
        "topic": st.sampled_from(["", *KNOWN.topics, "ISO9001"]),
        "finished": st.sets(st.sampled_from([*KNOWN.topics, "iso", "ISO9001"])),
        "saw": st.lists(st.tuples(st.sampled_from(PAGES), st.sampled_from(["v1", "v2", "V1", "'"])), max_size=4),
        "campaign": st.sampled_from(CAMPAIGNS),
        "last": st.sampled_from([NOON, NOON - DAY, NOON - DAY - 1, NOON - 30 * DAY, NOON - 30 * DAY - 1]),
        "goal": st.sampled_from(GOALS),
    }
)
CONDITION = st.one_of(
    st.tuples(st.just("lang"), st.sampled_from(KNOWN.languages)),
    st.tuples(st.sampled_from(["topic", "finished", "in-progress"]), st.sampled_from(KNOWN.topics)),
    st.tuples(st.just("page"), st.sampled_from(KNOWN.pages)),
    st.tuples(st.just("version"), st.sampled_from([f"{page}@{v}" for page in KNOWN.pages for v in ("v1", "'", "v9")])),
    st.tuples(st.just("campaign"), st.sampled_from(CAMPAIGNS[1:])),
    st.tuples(st.just("active"), st.sampled_from(["1d", "30 days", "31d", "9999d"])),
    st.tuples(st.just("answer.auditors.goal"), st.sampled_from(GOALS[1:])),
)


def meant(db: sqlite3.Connection, text: str) -> list[int]:
    """Telegram's numbers of those a filter means."""
    whom = audience.parse(text, KNOWN, NOON)
    rows = db.execute(f"select s.id from sellers s where {whom.condition} order by s.id", whom.values)
    return [id_ for (id_,) in rows]


def refusal(text: str) -> str:
    with pytest.raises(AudienceError) as caught:
        audience.parse(text, KNOWN, NOON)
    return str(caught.value)


# Whom it means


def fits(person: dict[str, Any], key: str, value: str) -> bool:
    """Whether somebody is meant by a condition: the same as the SQL, slowly and in other words."""
    pages = {page for page, _ in person["saw"]}
    if key == "active":
        days = re.match(r"\d+", value)
        assert days
        return bool(person["last"] >= NOON - DAY * int(days[0]))
    if key == "topic":
        return any(page.partition(".")[0] == value and "." in page for page in pages)
    if key == "version":
        return tuple(value.split("@")) in person["saw"]
    return bool(
        {
            "lang": person["lang"] == value,
            "finished": value in person["finished"],
            "in-progress": person["topic"] == value,
            "page": value in pages,
            "campaign": person["campaign"] == value,
            "answer.auditors.goal": person["goal"] == value,
        }[key]
    )


@settings(deadline=None)
@given(st.lists(PERSON, max_size=8), st.lists(CONDITION, max_size=3), st.sampled_from([" and ", " AND ", "\tAnd\n "]))
def test_a_filter_means_whom_a_slow_count_finds(
    people: list[dict[str, Any]], conditions: list[tuple[str, str]], joined: str
) -> None:
    with closing(connect(":memory:", "real", "OFF")) as db:
        for n, person in enumerate(people, 1):
            about = {key: value for key, value in person.items() if key != "goal"}
            settle(db, n, answers={"auditors.goal": person["goal"]}, **about)
        text = joined.join(f"{key}={value}" for key, value in conditions)
        expected = [n for n, person in enumerate(people, 1) if all(fits(person, *one) for one in conditions)]
        assert meant(db, text) == expected


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_no_filter_means_everybody(db: sqlite3.Connection, text: str) -> None:
    settle(db, 1)
    settle(db, 2, lang="ru")
    assert meant(db, text) == [1, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lang=zh_Hans", [1]),
        ("lang = zh_Hans", [1]),
        ("finished=iso9001", [1, 2]),
        ("in-progress=iso14001", [2]),
        ("topic=iso9001", [1, 3]),
        ("page=iso9001.what", [1]),
        ("version=iso9001.what@v1", [1]),
        ("version=iso9001.what@v2", []),
        ("campaign=flyer", [3]),
        ("active=30d", [1, 3]),
        ("active=30 days", [1, 3]),
        ("active=1day", [3]),
        ("answer.auditors.people=12", [2]),
        ("finished=iso9001 and active=30d", [1]),
        ("finished=iso9001 AND active=30d and lang=ru", []),
    ],
)
def test_each_key_means_what_it_says(db: sqlite3.Connection, text: str, expected: list[int]) -> None:
    settle(db, 1, lang="zh_Hans", finished=["iso9001"], saw=[("iso9001.what", "v1")], last=NOON - 2 * DAY)
    settle(db, 2, finished=["iso9001", "auditors"], topic="iso14001", answers={"auditors.people": "12"}, last=0)
    settle(db, 3, saw=[("iso9001.cost", "v1"), ("iso14001.what", "v1")], campaign="flyer", last=NOON)
    assert meant(db, text) == expected


def test_a_day_ends_to_the_second(db: sqlite3.Connection) -> None:
    settle(db, 1, last=NOON - DAY)
    settle(db, 2, last=NOON - DAY - 1)
    assert meant(db, "active=1d") == [1]


def test_every_key_is_tried() -> None:
    assert set(KEYS) == {"lang", "topic", "finished", "in-progress", "page", "version", "campaign", "active"}


def test_an_underscore_in_a_topic_stands_for_itself_only(db: sqlite3.Connection) -> None:
    settle(db, 1, saw=[("iso9001.what", "v")])
    settle(db, 2, saw=[("i_o9001.what", "v")])
    settle(db, 3, saw=[("I_O9001.what", "v")])
    settle(db, 4, saw=[("i_o90012.what", "v")])
    assert meant(db, "topic=i_o9001") == [2]


def test_who_has_seen_a_page_is_known_however_he_came_to_it(db: sqlite3.Connection) -> None:
    kinds = ("greeted", "arrived", "shown", "back", "continued", "moved", "language", "link", "unclear")
    for n, kind in enumerate(kinds, 1):
        settle(db, n)
        guest = sellers.load(db, n)
        assert guest
        guest.seller.trail = [Event(kind, "iso9001.what", "v1")]
        sellers.save(db, guest, NOON)
    assert meant(db, "version=iso9001.what@v1") == [1, 2, 3, 4, 5, 6]


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return load()


def test_whoever_goes_back_to_a_page_has_seen_it_as_it_is_now(
    db: sqlite3.Connection, conversation: Conversation
) -> None:
    """Also when it was another version that he saw first: a correction of it is for him."""
    guest = sellers.arrive(1)
    conversation.greet(guest.seller, "en")
    for choice in ("begin", "open.auditors", "course"):
        assert conversation.step(guest.seller, choice)
    page = guest.seller.history[-1]
    guest.seller.trail.clear()
    sellers.save(db, guest, NOON)
    assert conversation.step(guest.seller, "back")
    assert guest.seller.state == page
    sellers.save(db, guest, NOON)
    words = audience.Known((), (), (page,), ())
    whom = audience.parse(f"version={page}@{conversation.pages[page].version}", words, NOON)
    assert db.execute(f"select s.id from sellers s where {whom.condition}", whom.values).fetchall() == [(1,)]


def test_what_was_seen_is_still_known_of_nobody_who_is_forgotten(db: sqlite3.Connection) -> None:
    settle(db, 1, saw=[("iso9001.what", "v")], campaign="flyer")
    sellers.forget(db, 1)
    settle(db, 1)
    assert meant(db, "topic=iso9001") == meant(db, "campaign=flyer") == []


# What can't be meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lang", "'lang' is no condition: write key=value, joined with 'and'"),
        ("lang=", "'lang=' is no condition"),
        ("=en", "'=en' is no condition"),
        ("and", "'and' is no condition"),
        ("lang=en and", "there is no lang 'en and'; did you mean en?"),
        ("lang=en or lang=ru", "there is no lang 'en or lang=ru'"),
        ("language=en", "nobody knows 'language'"),
        ("and lang=en", "nobody knows 'and lang'; did you mean lang?"),
        ("Lang=en", "nobody knows 'Lang'; did you mean lang"),
        ("finish=iso9001", "nobody knows 'finish'; did you mean finished?"),
        (
            "quux=1",
            "nobody knows 'quux'; there are lang, topic, finished, in-progress, page, version, campaign, active,",
        ),
        ("lang=zh_hans", "there is no lang 'zh_hans'; did you mean zh_Hans?"),
        ("lang=klingon", "there is no lang 'klingon'; there are en, zh_Hans, ru"),
        ("topic=iso9002", "there is no topic 'iso9002'; did you mean iso9001"),
        ("topic=%", "there is no topic '%'; there are iso9001"),
        ("finished=iso9001.what", "there is no finished 'iso9001.what'; did you mean iso9001"),
        ("in-progress=auditor", "there is no in-progress 'auditor'; did you mean auditors?"),
        ("page=iso9001.wat", "there is no page 'iso9001.wat'; did you mean iso9001.what"),
        (
            "version=iso9001.what",
            "'version=iso9001.what' needs a page and a version, as in version=iso9001.what@1a2b3c4d",
        ),
        ("version=iso9001.what@", "needs a page and a version"),
        ("version=iso9001.wat@v1", "there is no page 'iso9001.wat'; did you mean iso9001.what"),
        ("active=soon", "'active=soon' needs days, as in active=30d"),
        ("active=-1d", "needs days"),
        ("active=1.5d", "needs days"),
        ("active=99999d", "needs days"),
        ("answer.auditors.gaol=win", "there is no question 'auditors.gaol'; did you mean auditors.goal"),
        ("answer.=win", "there is no question ''; there are auditors.goal"),
        ("campaign=a\0b", "there is a character in it that nobody can see"),
        ("campaign=\ud800", "there is a character in it that nobody can see"),
        ("campaign=\u202eflyer", "there is a character in it that nobody can see"),
        ("campaign=a\nb", "there is a character in it that nobody can see"),
    ],
)
def test_what_can_not_be_meant_is_told_with_the_nearest_words(text: str, says: str) -> None:
    assert says in refusal(text)


@given(
    st.text(max_size=60) | st.lists(st.sampled_from([*KEYS, "=", " and ", "@", "iso9001", ".", "d", "'"])).map("".join)
)
def test_any_text_is_a_filter_or_a_sentence_about_it(text: str) -> None:
    try:
        whom = audience.parse(text, KNOWN, NOON)
    except AudienceError:
        return
    with closing(connect(":memory:", "real", "OFF")) as db:
        assert db.execute(f"select count(*) from sellers s where {whom.condition}", whom.values).fetchone() == (0,)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20) | st.sampled_from(HOSTILE))
def test_a_value_never_becomes_a_part_of_the_condition(value: str) -> None:
    for key in ("campaign", "answer.auditors.goal"):
        harmless, given_ = (audience.parse(f"{key}={one}", KNOWN, NOON) for one in ("x", value))
        assert given_.condition == harmless.condition
        assert given_.values[-1] == value


# Many


def test_the_trail_is_read_once_and_not_for_everybody(db: sqlite3.Connection) -> None:
    """It has no index for this: a look for each of them would take a minute."""
    with transaction(db):
        for n in range(1, 3001):
            settle(db, n, saw=[(page, "v1") for page in KNOWN.pages] * 5, campaign="flyer")
    for text in ("topic=iso9001", "page=iso9001.cost", "version=iso9001.what@v1", "campaign=flyer"):
        start = time.process_time()
        assert len(meant(db, text)) == 3000
        assert time.process_time() - start < 1, text


# Saved by name


def test_a_filter_is_saved_read_changed_and_dropped(db: sqlite3.Connection) -> None:
    assert audience.saved(db) == {}
    audience.save(db, "б 'second'", "lang=ru")
    audience.save(db, "a first", "lang=en")
    audience.save(db, "a first", "")
    assert list(audience.saved(db).items()) == [("a first", ""), ("б 'second'", "lang=ru")]
    assert audience.drop(db, "a first")
    assert not audience.drop(db, "a first")
    assert audience.saved(db) == {"б 'second'": "lang=ru"}
