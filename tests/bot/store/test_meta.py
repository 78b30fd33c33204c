"""What the file says of itself, and what is kept under a key."""

import sqlite3

import pytest

from bot.store import meta


def test_every_file_says_whose_sellers_it_holds(db: sqlite3.Connection) -> None:
    assert meta.read(db, "kind") == "real"
    assert len(meta.read(db, "log_key")) == 32


def test_a_value_that_every_file_must_have_is_missed_loudly(db: sqlite3.Connection) -> None:
    meta.drop(db, "kind")
    with pytest.raises(AssertionError):
        meta.read(db, "kind")


def test_what_is_put_is_found_until_it_is_dropped(db: sqlite3.Connection) -> None:
    assert meta.find(db, "card:1") is None
    meta.put(db, "card:1", "one")
    meta.put(db, "card:1", "another")
    assert meta.find(db, "card:1") == "another"
    meta.drop(db, "card:1")
    assert meta.find(db, "card:1") is None
    meta.drop(db, "card:1")


def test_those_of_one_prefix_come_in_the_order_they_were_made(db: sqlite3.Connection) -> None:
    for key in ("card:9", "card:10", "cards", "invitation:1", "card:"):
        meta.put(db, key, key.upper())
    meta.put(db, "card:9", "changed")
    assert meta.every(db, "card:") == [("9", "changed"), ("10", "CARD:10"), ("", "CARD:")]
    assert meta.every(db, "nothing:") == []
