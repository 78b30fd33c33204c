"""What operators did is told in the transaction of what they did, and can't be untold."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import Database, audit
from bot.store.audit import Entry
from bot.store.database import connect
from tests.bot.store.crowd import NOON

WORDS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["a\0b", "'; drop table audit; --", "内审员"]
)


@given(st.integers(-(2**53), 2**53), WORDS, WORDS, WORDS, WORDS)
def test_a_line_comes_back_as_it_was_written(by: int, action: str, subject: str, before: str, after: str) -> None:
    with closing(connect(":memory:", "real", "OFF")) as db:
        audit.note(db, by, action, subject, NOON + 0.9, before=before, after=after)
        assert audit.read(db) == [Entry(NOON, by, action, subject, before, after)]


def test_the_newest_comes_first_and_no_more_than_asked_for(db: sqlite3.Connection) -> None:
    for n in range(150):
        audit.note(db, n, "start", "broadcast 1", NOON - n)
    assert [entry.by for entry in audit.read(db)] == list(range(149, 49, -1))
    assert [entry.by for entry in audit.read(db, 2)] == [149, 148]
    assert len(audit.read(db, 1000)) == 150


@pytest.mark.parametrize(
    "change",
    [
        "update audit set by = 0",
        "update audit set after = 'x' where id = 1",
        "update or replace audit set id = 1 where id = 2",
        "delete from audit",
        "delete from audit where id = 1",
        "insert or replace into audit (id, at, by, action, subject) values (1, 1, 1, 'a', 'b')",
        "replace into audit (id, at, by, action, subject) values (2, 1, 1, 'a', 'b')",
        "insert into audit select * from audit where true on conflict do update set by = 0",
    ],
)
def test_no_line_can_be_changed_or_taken_away(db: sqlite3.Connection, change: str) -> None:
    audit.note(db, 7, "start", "broadcast 1", NOON)
    audit.note(db, 8, "stop", "broadcast 1", NOON)
    before = audit.read(db)
    with pytest.raises(sqlite3.IntegrityError, match="the audit log is append-only"):
        db.execute(change)
    assert audit.read(db) == before


def test_lines_are_still_appended_after_an_attempt(db: sqlite3.Connection) -> None:
    audit.note(db, 7, "start", "broadcast 1", NOON)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("delete from audit")
    audit.note(db, 7, "stop", "broadcast 1", NOON)
    assert [entry.action for entry in audit.read(db)] == ["stop", "start"]


async def test_what_was_undone_is_not_told(database: Database) -> None:
    def act(db: sqlite3.Connection) -> None:
        audit.note(db, 7, "start", "broadcast 1", NOON)
        raise ValueError("it was not to be")

    with pytest.raises(ValueError, match="not to be"):
        await database.run(act)
    assert await database.run(audit.read) == []
