"""An invitation is good for a day, for whoever opens it first, and for one decision."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import invitations, meta
from bot.store.database import connect
from bot.store.daytime import DAY
from bot.store.invitations import Invitation
from dialogs import link

NOON = 1_800_000_000
OWNER, OTHER, WEI, LAN = 1, 2, 5_000_000_002, 5_000_000_003


def test_it_is_found_by_its_secret_until_its_day_is_over(db: sqlite3.Connection) -> None:
    made = invitations.make(db, "operator", OWNER, NOON + 0.9)
    assert made == Invitation(made.secret, "operator", OWNER, NOON + DAY)
    assert invitations.find(db, made.secret, NOON + DAY - 1) == made
    assert invitations.find(db, made.secret, NOON + DAY) is None


def test_each_has_a_secret_of_its_own_that_fits_a_link(db: sqlite3.Connection) -> None:
    secrets = {invitations.make(db, "analyst", OWNER, NOON).secret for _ in range(50)}
    assert len(secrets) == 50
    for secret in secrets:
        found = link.parse(f"op-{secret}")
        assert found
        assert (found.lang, found.campaign) == ("", "")


def test_the_first_who_opens_it_has_it(db: sqlite3.Connection) -> None:
    secret = invitations.make(db, "operator", OWNER, NOON).secret
    assert invitations.opened(db, NOON) == []
    for _ in range(2):  # an update may come twice
        opened = invitations.open_(db, secret, WEI, NOON)
        assert opened
        assert (opened.who, opened.role, opened.by) == (WEI, "operator", OWNER)
    assert invitations.open_(db, secret, LAN, NOON) is None
    assert invitations.opened(db, NOON) == [opened]


def test_it_can_not_be_opened_or_decided_on_when_its_day_is_over(db: sqlite3.Connection) -> None:
    first, second = (invitations.make(db, "operator", OWNER, NOON).secret for _ in range(2))
    invitations.open_(db, first, WEI, NOON)
    assert invitations.open_(db, second, LAN, NOON + DAY) is None
    assert invitations.opened(db, NOON + DAY) == []
    assert invitations.take(db, first, NOON + DAY) is None


def test_it_is_decided_on_once(db: sqlite3.Connection) -> None:
    secret = invitations.make(db, "operator", OWNER, NOON).secret
    assert invitations.take(db, secret, NOON) is None  # nobody has opened it
    opened = invitations.open_(db, secret, WEI, NOON)
    assert invitations.take(db, secret, NOON) == opened
    assert invitations.take(db, secret, NOON) is None
    assert invitations.open_(db, secret, WEI, NOON) is None


def test_those_he_made_and_those_he_opened_end_with_his_rights(db: sqlite3.Connection) -> None:
    made, opened, others = (invitations.make(db, "owner", by, NOON).secret for by in (WEI, OWNER, OTHER))
    invitations.open_(db, opened, WEI, NOON)
    invitations.void(db, WEI)
    assert [bool(invitations.find(db, secret, NOON)) for secret in (made, opened, others)] == [False, False, True]


def test_old_ones_are_dropped_when_a_new_one_is_made(db: sqlite3.Connection) -> None:
    invitations.make(db, "owner", OWNER, NOON)
    invitations.make(db, "owner", OWNER, NOON + DAY)
    assert db.execute("select count(*) from meta where key like 'invitation:%'").fetchone() == (1,)


def test_what_the_file_says_of_itself_stays(db: sqlite3.Connection) -> None:
    before = meta.read(db, "log_key")
    secret = invitations.make(db, "owner", OWNER, NOON).secret
    invitations.open_(db, secret, WEI, NOON)
    invitations.void(db, OWNER)
    assert (meta.read(db, "log_key"), meta.read(db, "kind")) == (before, "real")


@pytest.mark.parametrize("wrong", ["", "*", "?", "%", "log_key", "' or 1=1 --", "\x00"])
def test_what_is_no_secret_opens_nothing(db: sqlite3.Connection, wrong: str) -> None:
    invitations.make(db, "owner", OWNER, NOON)
    assert invitations.find(db, wrong, NOON) is None
    assert invitations.open_(db, wrong, WEI, NOON) is None
    assert invitations.take(db, wrong, NOON) is None


@given(st.text())
def test_nothing_that_can_be_written_is_a_secret(text: str) -> None:
    db = connect(":memory:", "real", "OFF")
    try:
        invitations.make(db, "owner", OWNER, NOON)
        assert invitations.open_(db, text, WEI, NOON) is None
    finally:
        db.close()
