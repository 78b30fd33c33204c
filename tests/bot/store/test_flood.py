"""The chat and the courier share one word of Telegram's: leave me alone until then."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.store import flood, meta
from bot.store.database import connect
from tests.bot.store.crowd import NOON


def test_at_first_there_is_nothing_to_wait_for(db: sqlite3.Connection) -> None:
    assert flood.until(db) == 0


def test_a_part_of_a_second_is_waited_for_whole(db: sqlite3.Connection) -> None:
    flood.wait(db, NOON)
    assert flood.until(db) == NOON
    flood.wait(db, NOON + 0.1)
    assert flood.until(db) == NOON + 1


@given(st.lists(st.floats(1e9, 4e9), min_size=1))
def test_the_latest_moment_holds_in_whatever_order_they_come(moments: list[float]) -> None:
    with closing(connect(":memory:", "real", "OFF")) as db:
        for moment in moments:
            flood.wait(db, moment)
            assert flood.until(db) >= moment
        assert flood.until(db) - max(moments) < 1


def test_it_is_compared_as_a_number_and_not_as_a_word(db: sqlite3.Connection) -> None:
    flood.wait(db, 999)
    flood.wait(db, 1000)
    assert flood.until(db) == 1000
    flood.wait(db, 999)
    assert flood.until(db) == 1000


def test_one_program_hears_what_another_was_told(path: Path, db: sqlite3.Connection) -> None:
    with closing(connect(path, "real", "FULL")) as courier:
        flood.wait(courier, NOON)
        assert flood.until(db) == NOON
        flood.wait(db, NOON + 5)
        assert flood.until(courier) == NOON + 5


def test_of_many_who_are_told_at_once_the_longest_wait_holds(path: Path, db: sqlite3.Connection) -> None:
    def hear(seconds: int) -> None:
        with closing(connect(path, "real", "NORMAL")) as own:
            flood.wait(own, NOON + seconds)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hear, [3, 1, 8, 2, 7, 5, 4, 6]))
    assert flood.until(db) == NOON + 8


def test_what_else_the_file_says_of_itself_stays(db: sqlite3.Connection) -> None:
    flood.wait(db, NOON)
    assert meta.read(db, "kind") == "real"
    assert db.execute("select count(*) from meta where key = 'flood_until'").fetchone() == (1,)
