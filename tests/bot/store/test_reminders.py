"""Reminders on disk: one a topic, due the next day, each sent once."""

import sqlite3

import pytest

from bot.store import reminders, sellers
from bot.store.daytime import DAY
from bot.store.reminders import Reminder
from dialogs import Conversation, load

NOON = 1_795_694_400
SAM = 7


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return load()


def asked(db: sqlite3.Connection, conversation: Conversation, *choices: str, now: float = NOON) -> sellers.Guest:
    """Somebody in the middle of auditors who asks to be reminded."""
    guest = sellers.load(db, SAM) or sellers.arrive(SAM)
    if guest.new:
        conversation.greet(guest.seller, "en")
        for choice in ("begin", "open.auditors", "course", *choices):
            assert conversation.step(guest.seller, choice)
    conversation.command(guest.seller, "progress")
    assert conversation.step(guest.seller, "remind")
    sellers.save(db, guest, now)
    return guest


def test_it_is_due_a_day_later_and_only_then(db: sqlite3.Connection, conversation: Conversation) -> None:
    guest = asked(db, conversation)
    assert guest.seller.note == "remind-set"
    assert reminders.due(db, NOON + DAY - 1, 9) == []
    assert reminders.due(db, NOON + DAY, 9) == [Reminder(SAM, "auditors")]


def test_of_a_topic_there_is_one_and_asking_again_moves_it(db: sqlite3.Connection, conversation: Conversation) -> None:
    asked(db, conversation)
    asked(db, conversation, now=NOON + 100)
    assert reminders.due(db, NOON + DAY, 9) == []
    assert reminders.due(db, NOON + DAY + 100, 9) == [Reminder(SAM, "auditors")]


def test_nobody_is_reminded_of_nothing(conversation: Conversation) -> None:
    guest = sellers.arrive(SAM)
    conversation.greet(guest.seller, "en")
    conversation.command(guest.seller, "progress")
    assert "remind" not in conversation.labels(guest.seller)
    assert not conversation.step(guest.seller, "remind")


@pytest.mark.parametrize("state", ["sending", "sent", "over", "failed"])
def test_what_has_ended_is_not_due_again(db: sqlite3.Connection, conversation: Conversation, state: str) -> None:
    asked(db, conversation)
    (reminder,) = reminders.due(db, NOON + DAY, 9)
    reminders.end(db, reminder, state)
    assert reminders.due(db, NOON + 99 * DAY, 9) == []
    asked(db, conversation, now=NOON + 5 * DAY)  # unless he asks again
    assert reminders.due(db, NOON + 6 * DAY, 9) == [reminder]


def test_one_that_is_put_off_waits(db: sqlite3.Connection, conversation: Conversation) -> None:
    asked(db, conversation)
    (reminder,) = reminders.due(db, NOON + DAY, 9)
    reminders.put_off(db, reminder, NOON + DAY + 3600)
    assert reminders.due(db, NOON + DAY, 9) == []
    assert reminders.due(db, NOON + DAY + 3600, 9) == [reminder]


def test_no_more_than_asked_for_and_the_earliest_first(db: sqlite3.Connection, conversation: Conversation) -> None:
    asked(db, conversation)
    for n, topic in enumerate(("iso", "papers", "myths")):
        reminders.ask(db, SAM, topic, NOON - n)
    assert [each.topic for each in reminders.due(db, NOON + DAY, 2)] == ["myths", "papers"]


def test_who_is_forgotten_is_not_reminded(db: sqlite3.Connection, conversation: Conversation) -> None:
    asked(db, conversation)
    sellers.forget(db, SAM)
    assert reminders.due(db, NOON + 9 * DAY, 9) == []
