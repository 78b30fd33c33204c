"""Who is appointed to what, and one line of the audit log for each change."""

import sqlite3

import pytest

from bot.store import audit, operators, sellers
from bot.store.audit import Entry
from bot.store.operators import ROLES, Operator

NOON = 1_800_000_000.75
OWNER, WEI, LAN, STRANGER = 1, 5_000_000_002, 5_000_000_003, 5_000_000_009


@pytest.fixture(autouse=True)
def _people(db: sqlite3.Connection) -> None:
    """Wei and Lan have started the bot."""
    for id_ in (WEI, LAN):
        sellers.save(db, sellers.arrive(id_), NOON)


@pytest.mark.parametrize("role", ROLES)
def test_somebody_is_appointed(db: sqlite3.Connection, role: str) -> None:
    assert operators.role(db, WEI) == ""
    assert operators.appoint(db, WEI, role, OWNER, NOON)
    assert operators.role(db, WEI) == role
    assert operators.appointed(db) == [Operator(WEI, role, 1_800_000_000)]
    assert audit.read(db) == [Entry(1_800_000_000, OWNER, "appoint", f"operator {WEI}", "", role)]


def test_who_never_started_the_bot_is_not_appointed(db: sqlite3.Connection) -> None:
    assert not operators.appoint(db, STRANGER, "operator", OWNER, NOON)
    assert operators.known(db) == []
    assert audit.read(db) == []


def test_a_role_changes_with_the_one_before_in_the_log(db: sqlite3.Connection) -> None:
    operators.appoint(db, WEI, "analyst", OWNER, NOON)
    assert operators.appoint(db, WEI, "owner", OWNER, NOON + 5)
    assert operators.appointed(db) == [Operator(WEI, "owner", 1_800_000_005)]
    assert [(line.before, line.after) for line in audit.read(db)] == [("analyst", "owner"), ("", "analyst")]


def test_who_is_that_already_is_not_appointed_again(db: sqlite3.Connection) -> None:
    operators.appoint(db, WEI, "analyst", OWNER, NOON)
    assert not operators.appoint(db, WEI, "analyst", OWNER, NOON + 5)
    assert len(audit.read(db)) == 1


def test_who_is_removed_is_nothing_at_once_and_told_of_in_the_log(db: sqlite3.Connection) -> None:
    operators.appoint(db, WEI, "operator", OWNER, NOON)
    assert operators.remove(db, WEI, LAN, NOON + 5) == "operator"
    assert operators.role(db, WEI) == ""
    assert operators.appointed(db) == []
    assert audit.read(db)[0] == Entry(1_800_000_005, LAN, "remove", f"operator {WEI}", "operator", "")


@pytest.mark.parametrize("id_", [WEI, STRANGER, 0, -1, 2**62])
def test_who_is_nothing_is_not_removed(db: sqlite3.Connection, id_: int) -> None:
    assert operators.remove(db, id_, OWNER, NOON) == ""
    assert operators.known(db) == []
    assert audit.read(db) == []


def test_who_was_removed_is_remembered_and_can_come_back(db: sqlite3.Connection) -> None:
    operators.appoint(db, WEI, "operator", OWNER, NOON)
    operators.remove(db, WEI, OWNER, NOON + 1)
    assert operators.known(db) == [Operator(WEI, "", 1_800_000_001)]
    assert operators.appoint(db, WEI, "operator", OWNER, NOON + 2)
    assert operators.role(db, WEI) == "operator"
    assert [line.action for line in audit.read(db)] == ["appoint", "remove", "appoint"]


def test_the_order_is_that_of_standing(db: sqlite3.Connection) -> None:
    operators.appoint(db, LAN, "operator", OWNER, NOON)
    operators.appoint(db, WEI, "analyst", OWNER, NOON + 1)
    assert [one.id for one in operators.appointed(db)] == [LAN, WEI]


def test_owners_of_the_settings_are_remembered_without_a_role(db: sqlite3.Connection) -> None:
    operators.appoint(db, WEI, "analyst", OWNER, NOON)
    for _ in range(2):
        operators.remember(db, {OWNER, WEI}, NOON + 9)
    assert operators.known(db) == [Operator(WEI, "analyst", 1_800_000_000), Operator(OWNER, "", 1_800_000_009)]
    assert operators.role(db, OWNER) == ""
    assert [one.id for one in operators.appointed(db)] == [WEI]
    assert len(audit.read(db)) == 1


def test_the_change_and_its_line_are_one(db: sqlite3.Connection) -> None:
    """Where the log can't be written nobody is appointed or removed."""
    operators.appoint(db, WEI, "operator", OWNER, NOON)
    db.execute("create trigger full before insert on audit begin select raise(abort, 'no more'); end")
    for change in (
        lambda: operators.appoint(db, LAN, "owner", OWNER, NOON),
        lambda: operators.remove(db, WEI, OWNER, NOON),
    ):
        db.execute("savepoint unit")
        with pytest.raises(sqlite3.IntegrityError, match="no more"):
            change()
        db.execute("rollback to unit")
        db.execute("release unit")
    assert [one.id for one in operators.appointed(db)] == [WEI]


@pytest.mark.parametrize("change", ["update audit set after = 'owner'", "delete from audit"])
def test_what_stands_in_the_log_stays(db: sqlite3.Connection, change: str) -> None:
    operators.appoint(db, WEI, "operator", OWNER, NOON)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(change)


def test_owners_are_those_named_and_those_appointed(db: sqlite3.Connection) -> None:
    operators.remember(db, [OWNER], NOON)
    operators.appoint(db, WEI, "owner", OWNER, NOON)
    operators.appoint(db, LAN, "operator", OWNER, NOON)
    assert operators.owners(db, frozenset({OWNER})) == {OWNER, WEI}
    operators.remove(db, WEI, OWNER, NOON)
    assert operators.owners(db, frozenset({OWNER})) == {OWNER}
    assert operators.owners(db, frozenset()) == frozenset()


def test_whoever_ever_ran_the_bot_is_no_seller_to_count(db: sqlite3.Connection) -> None:
    assert not operators.ever(db, WEI)
    operators.appoint(db, WEI, "analyst", OWNER, NOON)
    assert operators.ever(db, WEI)
    operators.remove(db, WEI, OWNER, NOON)
    assert operators.ever(db, WEI), "he is none any more, but he was one"
    assert not operators.ever(db, LAN)


def test_an_owner_by_the_settings_is_none_to_count_even_when_they_name_him_no_longer(db: sqlite3.Connection) -> None:
    assert not operators.ever(db, OWNER)
    operators.remember(db, [OWNER], NOON)
    assert operators.ever(db, OWNER)
    operators.remember(db, [], NOON + 1)
    assert operators.ever(db, OWNER)


@pytest.mark.parametrize("id_", [STRANGER, 0, -1, 2**62])
def test_who_never_was_one_is_not_made_one_by_asking(db: sqlite3.Connection, id_: int) -> None:
    operators.remember(db, [OWNER], NOON)
    assert not operators.ever(db, id_)
    assert not operators.remove(db, id_, OWNER, NOON)
    assert not operators.appoint(db, STRANGER, "operator", OWNER, NOON)
    assert not operators.ever(db, id_)
