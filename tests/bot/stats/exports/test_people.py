"""One person has one name in one export and another one in the next; numbers of Telegram leave only for an owner."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stats.exports import authorize_raw, people
from bot.stats.exports.people import People
from bot.stats.snapshot import StatsError
from bot.store import Database, audit, operators
from tests.bot.stats.exports.people import KEY, OPERATOR
from tests.bot.store import crowd
from tests.bot.store.crowd import NOON

OWNER = 42
numbers = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(numbers, unique=True, max_size=20))
def test_a_name_is_of_one_person_only(whos: list[int]) -> None:
    known = People(KEY)
    names = [known.seller(who) for who in whos]
    assert len(set(names)) == len(whos)
    assert names == [People(KEY).seller(who) for who in whos], "and always the same"


@given(numbers, st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_with_another_key_it_is_another_name(who: int, key: bytes, other: bytes) -> None:
    name = People(key).seller(who)
    assert name
    assert (name == People(other).seller(who)) == (key == other)
    assert str(abs(who)) not in name or abs(who) < 10**6
    assert f"{who & (2**64 - 1):016x}" not in name


def test_a_seller_who_is_an_operator_too_is_not_known_by_it() -> None:
    known = People(KEY)
    seller, operator = known.seller(7), known.operator(7)
    assert seller
    assert operator
    assert seller.startswith("s-")
    assert operator.startswith("op-")
    assert len(seller) == 18
    assert seller.partition("-")[2] != operator.partition("-")[2]


def test_nobody_and_the_command_line_have_names_of_their_own() -> None:
    known = People(KEY)
    assert (known.seller(None), known.operator(None), known.operator(0)) == (None, None, "command line")


# Who may


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "certguide.db"
    Database(made).close()
    return made


def lines(path: Path) -> list[audit.Entry]:
    with closing(sqlite3.connect(path)) as db:
        return audit.read(db)


def take(
    path: Path, by: int = OWNER, why: str = "the tax office asks", named: frozenset[int] = frozenset({OWNER})
) -> None:
    authorize_raw(path, "events", by, why, named, NOON)


def test_an_owner_leaves_a_line(path: Path) -> None:
    take(path, why="  the tax\n office \x00 asks ")
    assert lines(path) == [audit.Entry(NOON, OWNER, "export raw", "events", "", "the tax office \x00 asks")]


def test_an_owner_by_appointment_may_too(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        crowd.settle(db, OPERATOR)
        operators.appoint(db, OPERATOR, "owner", OWNER, NOON)
    take(path, by=OPERATOR)
    assert lines(path)[0].by == OPERATOR


@pytest.mark.parametrize("role", ["operator", "analyst", ""])
def test_nobody_else_may(path: Path, role: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        crowd.settle(db, OPERATOR)
        operators.remember(db, [OPERATOR], NOON)
        if role:
            operators.appoint(db, OPERATOR, role, OWNER, NOON)
    before = lines(path)
    with pytest.raises(StatsError, match=r"only for an owner: ask one, or do without --raw-ids"):
        take(path, by=OPERATOR)
    assert lines(path) == before


@pytest.mark.parametrize("why", ["", "    ", "abcd", "a b c d", "\x00\x01\x02\x03\x04\x05", "\u200b" * 9])
def test_without_a_reason_nobody_may(path: Path, why: str) -> None:
    with pytest.raises(StatsError, match="only with a reason of 5 letters or more"):
        take(path, why=why)
    assert lines(path) == []


def test_a_long_reason_is_kept_in_part(path: Path) -> None:
    take(path, why="x" * 10_000)
    assert lines(path)[0].after == "x" * people.MOST


def test_what_can_not_be_noted_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        bot.execute("begin immediate")
        with pytest.raises(StatsError, match="is locked by another program"):
            take(path)
        bot.execute("rollback")
    assert lines(path) == []


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(StatsError, match="it is made when the bot first starts"):
        take(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "notes.db").write_text("no database at all, whatever its name says" * 20)
    with pytest.raises(StatsError, match="is not a database of this bot"):
        take(tmp_path / "notes.db")
