"""Who wants the figures of each week gets each of them once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import digests, meta
from bot.store.digests import Digest

WEI, LAN, TEAM = 5_000_000_002, 5_000_000_003, -1_001_234_567_890
MONDAY = 20_780
"""2026-11-23."""
WEEK = 7


def test_at_first_nobody_wants_any(db: sqlite3.Connection) -> None:
    assert digests.every(db) == []
    assert not digests.wants(db, WEI)
    assert digests.claim(db, MONDAY) == []


def test_who_wants_them_is_kept_with_his_language_and_his_week(db: sqlite3.Connection) -> None:
    digests.put(db, WEI, "zh_Hans", MONDAY)
    assert digests.every(db) == [Digest(WEI, "zh_Hans", MONDAY)]
    assert digests.wants(db, WEI)
    assert not digests.wants(db, LAN)


@pytest.mark.parametrize("other", [5, 50, 500_000_000, 50_000_000_020])
def test_a_number_that_begins_alike_is_somebody_else(db: sqlite3.Connection, other: int) -> None:
    digests.put(db, WEI, "en", MONDAY)
    assert not digests.wants(db, other)
    digests.drop(db, other)
    assert digests.wants(db, WEI)


def test_who_asks_again_is_one_in_his_new_language(db: sqlite3.Connection) -> None:
    digests.put(db, WEI, "en", MONDAY - WEEK)
    digests.put(db, WEI, "zh_Hans", MONDAY)
    assert digests.every(db) == [Digest(WEI, "zh_Hans", MONDAY)]


def test_who_wants_them_no_more_gets_none(db: sqlite3.Connection) -> None:
    for chat in (WEI, LAN):
        digests.put(db, chat, "en", MONDAY)
    digests.drop(db, WEI)
    digests.drop(db, WEI)
    assert not digests.wants(db, WEI)
    assert [digest.chat for digest in digests.claim(db, MONDAY + WEEK)] == [LAN]


def test_each_week_is_given_once_to_everybody(db: sqlite3.Connection) -> None:
    """Even the number of a group, which is below zero."""
    for chat, lang in ((WEI, "zh_Hans"), (LAN, "en"), (TEAM, "pt_BR")):
        digests.put(db, chat, lang, MONDAY)
    assert digests.claim(db, MONDAY) == [], "they have those of the week in which they asked"
    due = digests.claim(db, MONDAY + WEEK)
    assert [(digest.chat, digest.lang) for digest in due] == [(WEI, "zh_Hans"), (LAN, "en"), (TEAM, "pt_BR")]
    assert digests.claim(db, MONDAY + WEEK) == []
    assert digests.every(db) == [Digest(digest.chat, digest.lang, MONDAY + WEEK) for digest in due]
    assert [digest.chat for digest in digests.claim(db, MONDAY + 2 * WEEK)] == [WEI, LAN, TEAM]


def test_weeks_in_which_the_bot_was_down_are_not_made_up_for(db: sqlite3.Connection) -> None:
    digests.put(db, WEI, "en", MONDAY)
    assert len(digests.claim(db, MONDAY + 5 * WEEK)) == 1
    assert digests.claim(db, MONDAY + 5 * WEEK) == []


def test_a_clock_that_was_put_back_gives_none_twice(db: sqlite3.Connection) -> None:
    digests.put(db, WEI, "en", MONDAY)
    digests.claim(db, MONDAY + WEEK)
    assert digests.claim(db, MONDAY) == []
    assert digests.claim(db, MONDAY + WEEK) == []
    assert len(digests.claim(db, MONDAY + 2 * WEEK)) == 1


def test_who_joins_later_is_told_of_weeks_after_that(db: sqlite3.Connection) -> None:
    digests.put(db, WEI, "en", MONDAY)
    digests.claim(db, MONDAY + WEEK)
    digests.put(db, LAN, "en", MONDAY + WEEK)
    assert digests.claim(db, MONDAY + WEEK) == []
    assert [digest.chat for digest in digests.claim(db, MONDAY + 2 * WEEK)] == [WEI, LAN]


def test_what_was_claimed_and_not_committed_is_due_again(db: sqlite3.Connection) -> None:
    digests.put(db, WEI, "en", MONDAY)
    db.execute("begin")
    assert len(digests.claim(db, MONDAY + WEEK)) == 1
    db.execute("rollback")
    assert len(digests.claim(db, MONDAY + WEEK)) == 1


def test_after_a_new_start_they_are_still_wanted(db: sqlite3.Connection, path: Path) -> None:
    digests.put(db, WEI, "en", MONDAY)
    with closing(sqlite3.connect(path, isolation_level=None)) as again:
        assert digests.wants(again, WEI)
        assert len(digests.claim(again, MONDAY + WEEK)) == 1
    assert digests.claim(db, MONDAY + WEEK) == []


def test_what_else_is_kept_there_is_left_alone(db: sqlite3.Connection) -> None:
    before = db.execute("select * from meta order by key").fetchall()
    meta.put(db, "digestion", "something else")
    digests.put(db, WEI, "en", MONDAY)
    digests.claim(db, MONDAY + WEEK)
    digests.drop(db, WEI)
    meta.drop(db, "digestion")
    assert db.execute("select * from meta order by key").fetchall() == before


acts = st.lists(
    st.tuples(st.sampled_from(("put", "drop", "claim", "claim")), st.sampled_from((WEI, LAN, TEAM)), st.integers(0, 4)),
    max_size=20,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_whatever_happens_nobody_gets_a_week_twice(db: sqlite3.Connection, acts: list[tuple[str, int, int]]) -> None:
    """Compared with a plain table of who has which week."""
    has: dict[int, int] = {}
    db.execute("begin")
    try:
        for act, chat, week in acts:
            _act(db, has, act, chat, week)
            assert {digest.chat: digest.week for digest in digests.every(db)} == has
            assert {chat for chat in (WEI, LAN, TEAM) if digests.wants(db, chat)} == set(has)
    finally:
        db.execute("rollback")


def _act(db: sqlite3.Connection, has: dict[int, int], act: str, chat: int, week: int) -> None:
    if act == "put":
        digests.put(db, chat, "en", week)
        has[chat] = week
    elif act == "drop":
        digests.drop(db, chat)
        has.pop(chat, None)
    else:
        due = {chat for chat, last in has.items() if last < week}
        assert {digest.chat for digest in digests.claim(db, week)} == due
        has.update(dict.fromkeys(due, week))
