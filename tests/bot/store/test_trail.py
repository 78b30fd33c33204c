"""What happened is added in order; an update counts once."""

import sqlite3

import pytest

from bot.store import trail
from dialogs import Event

NOON = 1_800_000_000.25


def test_events_are_kept_in_their_order_with_milliseconds(db: sqlite3.Connection) -> None:
    events = [Event("arrived", "home.menu", "v1"), Event("answered", "home.goal", "v2", "win", "home.goal")]
    trail.append(db, 42, "zh_Hans", events, NOON)
    assert db.execute("select at, who, kind, page, version, lang, detail from trail order by id").fetchall() == [
        (1_800_000_000_250, 42, "arrived", "home.menu", "v1", "zh_Hans", ""),
        (1_800_000_000_250, 42, "answered", "home.goal", "v2", "zh_Hans", "win"),
    ]


def test_nothing_happened_is_nothing_added(db: sqlite3.Connection) -> None:
    trail.append(db, 42, "en", [], NOON)
    assert db.execute("select count(*) from trail").fetchone() == (0,)


def test_an_update_is_handled_once(db: sqlite3.Connection) -> None:
    assert [trail.handled(db, 7, NOON) for _ in range(3)] == [False, True, True]


@pytest.mark.parametrize("update", [1, 999, 1001, 2_000_000_000, 2**52, 0])
def test_updates_are_told_apart_by_equality_so_numbers_may_jump(db: sqlite3.Connection, update: int) -> None:
    trail.handled(db, 1000, NOON)
    assert not trail.handled(db, update, NOON)
    assert trail.handled(db, update, NOON)


def test_an_update_is_remembered_for_a_day(db: sqlite3.Connection) -> None:
    trail.handled(db, 7, NOON)
    trail.forget_handled(db, NOON + trail.DAY - 1)
    assert trail.handled(db, 7, NOON)


def test_an_update_is_forgotten_after_a_day(db: sqlite3.Connection) -> None:
    trail.handled(db, 7, NOON)
    trail.handled(db, 8, NOON + 60)
    trail.handled(db, 9, NOON + trail.DAY + 1)  # they age by the newest of them: a clock may jump
    trail.forget_handled(db, NOON + trail.DAY + 1)
    assert not trail.handled(db, 7, NOON)
    assert trail.handled(db, 8, NOON)
