"""Each delivery goes to whom it is meant for, is claimed at most once, waits for its time, and is accounted for."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from bot.store import broadcasts, deliveries, sellers
from bot.store.audience import Audience
from bot.store.broadcasts import Text
from bot.store.database import connect
from bot.store.deliveries import DELETABLE, LOOK, MOMENT, Parcel
from tests.bot.store.crowd import (
    CALENDAR,
    CHINESE,
    DAY,
    EVERYBODY,
    HELLO,
    HOUR,
    NOON,
    answer,
    deliver,
    draft,
    found,
    outcomes,
    run,
    settle,
    transaction,
)

NIGHT = NOON + 10 * HOUR
MORNING = NOON + 21 * HOUR
RUSSIAN = Text("ru", "Здравствуйте")


def claimed(db: sqlite3.Connection, now: float = NOON, most: int = 99) -> list[int]:
    """Numbers of those whose deliveries are claimed."""
    return [parcel.chat for parcel in deliveries.claim(db, CALENDAR, now, most)]


def due(db: sqlite3.Connection, broadcast: int) -> list[int]:
    return [due for (due,) in db.execute("select due from deliveries where broadcast = ? order by due", [broadcast])]


# For whom


@pytest.mark.parametrize("texts", [(HELLO,), (CHINESE,), (HELLO, CHINESE), (HELLO, CHINESE, RUSSIAN), ()])
@pytest.mark.parametrize("fallback", ["", "en", "zh_Hans", "ru", "xx"])
def test_everybody_gets_it_in_his_language_or_in_the_one_for_the_others(
    db: sqlite3.Connection, texts: tuple[Text, ...], fallback: str
) -> None:
    people = {settle(db, n, lang=lang): lang for n, lang in enumerate(["en", "zh_Hans", "ru", "pt", ""], 1)}
    id_ = draft(db, *texts, fallback=fallback)
    written = {text.lang for text in texts}
    expected = {who: lang if lang in written else fallback for who, lang in people.items()}
    expected = {who: lang for who, lang in expected.items() if lang in written}
    assert deliveries.freeze(db, found(db, id_), EVERYBODY, NOON) == len(expected)
    rows = db.execute("select who, lang, state, due, at, message, reason from deliveries").fetchall()
    assert {row[0]: row[1] for row in rows} == expected
    assert {row[2:] for row in rows} <= {("waiting", 0, None, None, None)}


@pytest.mark.parametrize(("news", "away"), [*product(["on", "off", ""], [False, True])])
def test_only_who_wants_news_and_is_there_gets_it(db: sqlite3.Connection, news: str, away: bool) -> None:
    settle(db, 1, news=news, away=away)
    assert outcomes(db, run(db)) == ({1: "waiting"} if news == "on" and not away else {})


def test_another_answer_with_the_same_words_is_no_consent(db: sqlite3.Connection) -> None:
    settle(db, 1, news="", answers={"home.plain": "on", "auditors.news": "on", "home.news ": "on"})
    settle(db, 2, news="ON")
    assert outcomes(db, run(db)) == {}


def test_the_filter_narrows_it(db: sqlite3.Connection) -> None:
    for n in range(1, 7):
        settle(db, n, topic="iso9001" if n % 2 else "", away=n == 5)
    assert outcomes(db, run(db, audience=Audience("s.topic = ?", ("iso9001",)))) == {1: "waiting", 3: "waiting"}


def test_whoever_comes_later_does_not_get_it(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    settle(db, 2)
    assert deliver(db) == [1]
    assert outcomes(db, id_) == {1: "sent"}


def test_nobody_is_frozen_twice(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        deliveries.freeze(db, found(db, id_), EVERYBODY, NOON)
    assert deliveries.counts(db, id_) == {"waiting": 1}


def test_nobody_at_all_is_nobody(db: sqlite3.Connection) -> None:
    assert deliveries.freeze(db, found(db, draft(db, HELLO)), EVERYBODY, NOON) == 0


# Claiming


def test_what_is_claimed_is_claimed_once(db: sqlite3.Connection) -> None:
    whos = {n: settle(db, n, lang="en" if n % 2 else "zh_Hans") for n in range(1, 6)}
    id_ = run(db, HELLO, CHINESE)
    parcels = [*deliveries.claim(db, CALENDAR, NOON, 3), *deliveries.claim(db, CALENDAR, NOON, 3)]
    assert sorted(parcels, key=lambda parcel: parcel.chat) == [
        Parcel(id_, who, n, "en" if n % 2 else "zh_Hans", 0) for n, who in whos.items()
    ]
    assert claimed(db) == []
    assert deliveries.counts(db, id_) == {"sending": 5}


def test_no_more_are_claimed_than_were_asked_for(db: sqlite3.Connection) -> None:
    for n in range(1, 11):
        settle(db, n)
    first, second = run(db), run(db, now=NOON)
    assert [len(claimed(db, most=most)) for most in (0, 1, 4, 3)] == [0, 1, 4, 3]
    assert deliveries.counts(db, first) == {"sending": 8, "waiting": 2}
    assert deliveries.counts(db, second) == {"waiting": 10}


@pytest.mark.parametrize("state", broadcasts.STATES)
def test_only_of_what_runs_anything_is_claimed(db: sqlite3.Connection, state: str) -> None:
    settle(db, 1)
    id_ = run(db)
    db.execute("update broadcasts set state = ?", [state])
    assert claimed(db) == ([1] if state == "running" else [])
    assert outcomes(db, id_) == {1: "sending" if state == "running" else "waiting"}


@pytest.mark.parametrize("act", ["pause", "stop"])
def test_pausing_and_stopping_hold_from_the_next_claim_on(db: sqlite3.Connection, act: str) -> None:
    for n in range(1, 10):
        settle(db, n)
    id_ = run(db)
    assert len(claimed(db, most=4)) == 4
    broadcasts.move(db, id_, act, NOON)
    assert claimed(db) == []
    broadcasts.move(db, id_, "resume", NOON)
    assert len(claimed(db)) == (5 if act == "pause" else 0)


def test_whoever_left_since_is_skipped_and_why_is_told(db: sqlite3.Connection) -> None:
    for n in range(1, 5):
        settle(db, n)
    id_ = run(db)
    sellers.gone(db, 1, NOON)
    answer(db, 2, "home.news", "off")
    db.execute("delete from answers where seller = 3")
    assert claimed(db) == [4]
    assert outcomes(db, id_) == {1: "skipped: away", 2: "skipped: opted out", 3: "skipped: opted out", 4: "sending"}
    answer(db, 2, "home.news", "on")
    answer(db, 1, "home.settings", "back")
    assert claimed(db, NOON + DAY) == []


def test_whoever_left_and_came_back_before_his_turn_gets_it(db: sqlite3.Connection) -> None:
    settle(db, 1)
    run(db)
    sellers.gone(db, 1, NOON)
    answer(db, 1, "home.news", "off")
    answer(db, 1, "home.news", "on")
    assert claimed(db) == [1]


def test_somebody_who_is_not_known_any_more_is_skipped(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    db.execute("delete from answers")
    db.execute("delete from sellers")
    assert claimed(db) == []
    assert deliveries.reasons(db, id_) == [("skipped", "forgotten", 1)]


def test_those_that_waited_longest_come_first(db: sqlite3.Connection) -> None:
    whos = {n: settle(db, n) for n in range(1, 6)}
    run(db)
    for n, moment in {1: NOON - 1, 2: NOON - 4, 3: NOON + 1, 4: NOON - 2, 5: NOON}.items():
        db.execute("update deliveries set due = ? where who = ?", [moment, whos[n]])
    assert claimed(db) == [2, 4, 1, 5]
    assert claimed(db, NOON + 0.9) == []
    assert claimed(db, NOON + 1) == [3]


def test_of_several_the_first_goes_first_and_corrections_before_all(db: sqlite3.Connection) -> None:
    for n in range(1, 4):
        settle(db, n)
    wrong = run(db)
    deliver(db)
    broadcasts.move(db, wrong, "finish", NOON)
    for n in range(4, 9):
        settle(db, n)
    first, second = run(db), run(db)
    correction = run(db, action="edit", corrects=wrong)
    parcels = deliveries.claim(db, CALENDAR, NOON + 2 * DAY, 7)
    # Whom a correction is on its way to must wait for a moment.
    assert [parcel.broadcast for parcel in parcels] == [correction] * 3 + [first] * 4
    assert {parcel.chat for parcel in parcels} == {1, 2, 3, 4, 5, 6, 7}
    assert deliveries.counts(db, second) == {"waiting": 8}


# Not now


def test_at_night_it_is_held_until_the_morning(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2, zone="America/New_York")
    settle(db, 3, zone="Asia/Kathmandu")
    id_ = run(db, now=NIGHT)
    assert claimed(db, NIGHT) == [2]
    assert due(db, id_) == [0, NOON + 15 * HOUR + 900, MORNING]  # 9:00 in Kathmandu, 5:45 ahead
    assert claimed(db, MORNING - 1) == [3]
    assert claimed(db, MORNING) == [1]


def test_somebody_in_a_form_is_left_alone_until_he_is_through(db: sqlite3.Connection) -> None:
    settle(db, 1, page="auditors.people", last=NOON - 599)
    settle(db, 2, page="auditors.people", last=NOON - 600)
    settle(db, 3, page="home.menu", last=NOON)
    id_ = run(db)
    assert claimed(db) == [2, 3]
    assert due(db, id_) == [0, 0, NOON + 600]
    assert claimed(db, NOON + 599) == []
    assert claimed(db, NOON + 600) == [1]


def test_somebody_who_stays_in_a_form_is_left_alone_again(db: sqlite3.Connection) -> None:
    settle(db, 1, page="auditors.people", last=NOON)
    id_ = run(db)
    assert claimed(db) == []
    db.execute("update sellers set last = ?", [NOON + 550])
    assert claimed(db, NOON + 600) == []
    assert due(db, id_) == [NOON + 1200]


def test_a_second_broadcast_comes_a_day_after_the_first(db: sqlite3.Connection) -> None:
    for n in range(1, 4):
        settle(db, n)
    first, second = run(db), run(db)
    assert deliver(db) == [1, 2, 3]
    assert deliver(db, NOON + MOMENT) == []
    assert deliveries.counts(db, first) == {"sent": 3}
    assert due(db, second) == [NOON + DAY] * 3
    assert claimed(db, NOON + DAY - 1) == []
    assert claimed(db, NOON + DAY) == [1, 2, 3]


def test_two_are_never_on_their_way_to_one_person(db: sqlite3.Connection) -> None:
    settle(db, 1)
    first, second = run(db), run(db)
    (parcel,) = deliveries.claim(db, CALENDAR, NOON, 9)
    assert parcel.broadcast == first
    assert due(db, second) == [NOON + MOMENT]
    deliveries.give_back(db, parcel, NOON)
    assert [parcel.broadcast for parcel in deliveries.claim(db, CALENDAR, NOON, 9)] == [first]
    assert claimed(db, NOON + MOMENT) == []
    deliveries.settle(db, parcel, "failed", "no", NOON + MOMENT)
    assert [one.broadcast for one in deliveries.claim(db, CALENDAR, NOON + 2 * MOMENT, 9)] == [second]


def test_what_did_not_arrive_does_not_count_as_told(db: sqlite3.Connection) -> None:
    settle(db, 1)
    run(db), run(db)
    (parcel,) = deliveries.claim(db, CALENDAR, NOON, 9)
    deliveries.settle(db, parcel, "failed", "no", NOON)
    assert claimed(db, NOON + MOMENT) == [1]


def test_a_claim_at_night_looks_at_some_of_them_and_no_lock_lasts(db: sqlite3.Connection) -> None:
    with transaction(db):
        for n in range(1, LOOK + 100):
            settle(db, n)
        settle(db, LOOK + 100, zone="America/New_York")
        id_, other = run(db, now=NIGHT), run(db, now=NIGHT)
    waits = "select count(*) from deliveries where broadcast = ? and due > 0"
    assert claimed(db, NIGHT, 8) == []
    assert [db.execute(waits, [one]).fetchone()[0] for one in (id_, other)] == [LOOK, LOOK]
    assert claimed(db, NIGHT, 8) == [LOOK + 100]
    assert [db.execute(waits, [one]).fetchone()[0] for one in (id_, other)] == [LOOK + 99, LOOK + 100]


def test_a_zone_that_is_gone_stops_nobody(db: sqlite3.Connection) -> None:
    settle(db, 1, zone="Mars/Olympus")
    settle(db, 2, zone="Europe")
    settle(db, 3)
    run(db)
    assert claimed(db) == [1, 2, 3]


# How it ended


def test_what_arrived_is_noted_with_its_message(db: sqlite3.Connection) -> None:
    who = settle(db, 1)
    id_ = run(db)
    (parcel,) = deliveries.claim(db, CALENDAR, NOON, 1)
    deliveries.sent(db, parcel, 77, NOON + 0.9)
    row = db.execute("select state, at, message, reason, due from deliveries").fetchone()
    assert row == ("sent", NOON, 77, None, 0)
    assert db.execute("select told from sellers where who = ?", [who]).fetchone() == (NOON,)
    assert (deliveries.open_(db, id_), claimed(db, NOON + 9 * DAY)) == (False, [])


@pytest.mark.parametrize("state", ["gone", "failed", "unsure"])
def test_what_ended_otherwise_is_noted_with_its_reason(db: sqlite3.Connection, state: str) -> None:
    settle(db, 1)
    id_ = run(db)
    (parcel,) = deliveries.claim(db, CALENDAR, NOON, 1)
    deliveries.settle(db, parcel, state, "because", NOON)
    assert outcomes(db, id_) == {1: f"{state}: because"}
    assert db.execute("select away, told from sellers").fetchone() == (NOON if state == "gone" else None, None)
    assert (deliveries.open_(db, id_), claimed(db, NOON + 9 * DAY)) == (False, [])


def test_what_was_not_sent_waits_again_for_as_long_as_was_asked(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    (parcel,) = deliveries.claim(db, CALENDAR, NOON, 1)
    deliveries.give_back(db, parcel, NOON + 3.2)
    assert db.execute("select state, due, at, reason from deliveries").fetchone() == ("waiting", NOON + 4, None, None)
    assert deliveries.open_(db, id_)
    assert claimed(db, NOON + 3.9) == []
    assert deliveries.claim(db, CALENDAR, NOON + 4, 1) == [parcel]


def test_what_settles_after_a_stop_is_still_noted(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2)
    id_ = run(db)
    one, other = deliveries.claim(db, CALENDAR, NOON, 2)
    broadcasts.move(db, id_, "stop", NOON)
    deliveries.sent(db, one, 5, NOON)
    deliveries.give_back(db, other, NOON)
    assert outcomes(db, id_) == {1: "sent", 2: "waiting"}
    assert claimed(db) == []


def test_after_a_crash_what_was_being_sent_is_unsure_and_stays_so(db: sqlite3.Connection) -> None:
    for n in range(1, 5):
        settle(db, n)
    id_ = run(db)
    one, *_ = deliveries.claim(db, CALENDAR, NOON, 3)
    deliveries.sent(db, one, 5, NOON)
    assert deliveries.sweep(db, NOON + 1) == 2
    assert outcomes(db, id_) == {
        1: "sent",
        2: "unsure: the courier stopped",
        3: "unsure: the courier stopped",
        4: "waiting",
    }
    assert deliveries.sweep(db, NOON + 2) == 0
    assert claimed(db, NOON + 9 * DAY) == [4]


def test_a_delivery_that_ended_is_open_no_longer(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    assert deliveries.open_(db, id_)
    (parcel,) = deliveries.claim(db, CALENDAR, NOON, 1)
    assert deliveries.open_(db, id_)
    deliveries.settle(db, parcel, "unsure", "timed out", NOON)
    assert not deliveries.open_(db, id_)
    assert not deliveries.open_(db, 404)


def test_outcomes_are_counted_and_the_reasons_most_frequent_first(db: sqlite3.Connection) -> None:
    for n in range(1, 8):
        settle(db, n)
    id_ = run(db)
    other = run(db)
    ends = [("failed", "b"), ("gone", "blocked"), ("failed", "a"), ("gone", "blocked"), ("unsure", "")]
    for parcel, (state, reason) in zip(deliveries.claim(db, CALENDAR, NOON, 6), ends, strict=False):
        deliveries.settle(db, parcel, state, reason, NOON)
    counts = {"waiting": 1, "sending": 1, "failed": 2, "gone": 2, "unsure": 1}
    assert deliveries.counts(db, id_) == counts
    assert deliveries.reasons(db, id_) == [
        ("gone", "blocked", 2),
        ("failed", "a", 1),
        ("failed", "b", 1),
        ("unsure", "", 1),
    ]
    assert deliveries.counts(db, other) == {"waiting": 7}
    assert (deliveries.counts(db, 404), deliveries.reasons(db, 404)) == ({}, [])


# Once more, by decision


def unsure(db: sqlite3.Connection, *, state: str = "done") -> int:
    """A broadcast that reached one person, perhaps another, and not a third."""
    for n in range(1, 4):
        settle(db, n)
    id_ = run(db)
    one, _, gone = deliveries.claim(db, CALENDAR, NOON, 3)
    deliveries.sent(db, one, 5, NOON)
    deliveries.settle(db, gone, "gone", "blocked", NOON)
    deliveries.sweep(db, NOON)
    db.execute("update broadcasts set state = ?, ended = ?", [state, NOON])
    return id_


@pytest.mark.parametrize("state", ["running", "paused", "done"])
def test_what_is_unsure_goes_once_more_when_somebody_decides_so(db: sqlite3.Connection, state: str) -> None:
    id_ = unsure(db, state=state)
    assert deliveries.resend(db, id_) == 1
    assert found(db, id_).state == ("paused" if state == "paused" else "running")
    assert deliveries.resend(db, id_) == 0
    broadcasts.move(db, id_, "resume", NOON)
    assert claimed(db) == [2]
    assert outcomes(db, id_) == {1: "sent", 2: "sending", 3: "gone: blocked"}


def test_what_was_done_runs_again_and_has_not_ended(db: sqlite3.Connection) -> None:
    id_ = unsure(db)
    deliveries.resend(db, id_)
    assert found(db, id_).ended == 0
    deliver(db)
    assert broadcasts.move(db, id_, "finish", NOON + 5)


@pytest.mark.parametrize("state", ["stopped", "draft", "scheduled"])
def test_what_was_stopped_never_goes_again(db: sqlite3.Connection, state: str) -> None:
    id_ = unsure(db, state=state)
    assert deliveries.resend(db, id_) == 0
    assert found(db, id_).state == state
    assert outcomes(db, id_)[2].startswith("unsure")


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_what_was_corrected_never_goes_again_as_it_was(db: sqlite3.Connection, action: str) -> None:
    id_ = unsure(db)
    correction = draft(db, HELLO, action=action, corrects=id_)
    broadcasts.move(db, correction, "schedule", NOON, due=NOON + 60)
    assert deliveries.resend(db, id_) == 0
    assert found(db, id_).state == "done"
    broadcasts.move(db, correction, "cancel", NOON)
    assert deliveries.resend(db, id_) == 1


def test_where_nothing_is_unsure_nothing_begins_again(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    deliver(db)
    broadcasts.move(db, id_, "finish", NOON)
    assert (deliveries.resend(db, id_), deliveries.resend(db, 404)) == (0, 0)
    assert found(db, id_).state == "done"


# Corrections


def corrected(db: sqlite3.Connection, action: str = "edit", *texts: Text, now: float = NOON + HOUR) -> tuple[int, int]:
    """A broadcast of which 1 and 2 got a message, 3 to 7 did not, and its correction."""
    for n in range(1, 8):
        settle(db, n, lang="zh_Hans" if n == 2 else "en")
    wrong = run(db, HELLO, CHINESE)
    one, two, gone, failed, lost, untold = deliveries.claim(db, CALENDAR, NOON, 6)
    deliveries.sent(db, one, 11, NOON)
    deliveries.sent(db, two, 22, NOON)
    deliveries.settle(db, gone, "gone", "blocked", NOON)
    deliveries.settle(db, failed, "failed", "no", NOON)
    deliveries.settle(db, lost, "unsure", "timed out", NOON)
    deliveries.sent(db, untold, 0, NOON)  # an edit that changed nothing has no message of its own
    broadcasts.move(db, wrong, "stop", NOON)
    texts = () if action == "delete" else texts or (HELLO, CHINESE)
    return wrong, run(db, *texts, action=action, corrects=wrong, now=now)


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_a_correction_goes_to_exactly_those_who_were_reached(db: sqlite3.Connection, action: str) -> None:
    wrong, correction = corrected(db, action)
    assert outcomes(db, correction) == {1: "waiting", 2: "waiting"}
    parcels = deliveries.claim(db, CALENDAR, NOON + HOUR, 9)
    assert [(parcel.chat, parcel.lang, parcel.message) for parcel in parcels] == [(1, "en", 11), (2, "zh_Hans", 22)]
    deliveries.sent(db, parcels[0], 0, NOON + HOUR)
    messages = db.execute("select message from deliveries where broadcast = ? order by message", [correction])
    assert messages.fetchall() == [(11,), (22,)]
    assert deliveries.counts(db, wrong)["sent"] == 3


def test_a_correction_in_one_language_leaves_the_others_as_they_are(db: sqlite3.Connection) -> None:
    _, correction = corrected(db, "edit", CHINESE)
    assert outcomes(db, correction) == {2: "waiting"}


@pytest.mark.parametrize(("age", "people"), [(DELETABLE - 1, 2), (DELETABLE, 0), (9 * DAY, 0)])
def test_only_what_telegram_lets_us_is_withdrawn(db: sqlite3.Connection, age: int, people: int) -> None:
    _, withdrawal = corrected(db, "delete", now=NOON + age)
    assert deliveries.counts(db, withdrawal)["waiting"] == people


def test_a_correction_comes_at_any_hour_and_whether_he_wants_news_or_not(db: sqlite3.Connection) -> None:
    corrected(db, now=NIGHT)
    answer(db, 1, "home.news", "off")
    db.execute("update sellers set state = 'auditors.people', last = ? where id = 2", [NIGHT])
    parcels = deliveries.claim(db, CALENDAR, NIGHT, 9)
    assert [parcel.chat for parcel in parcels] == [1, 2]
    told = db.execute("select id, told from sellers order by id limit 2").fetchall()
    for parcel in parcels:
        deliveries.sent(db, parcel, parcel.message, NIGHT)
    assert db.execute("select id, told from sellers order by id limit 2").fetchall() == told


def test_a_correction_skips_who_is_away_or_forgotten(db: sqlite3.Connection) -> None:
    _, correction = corrected(db)
    sellers.gone(db, 1, NOON)
    sellers.forget(db, 2)
    assert claimed(db) == []
    assert sorted(deliveries.reasons(db, correction)) == [("skipped", "away", 1), ("skipped", "forgotten", 1)]


def test_what_was_corrected_can_be_corrected_again(db: sqlite3.Connection) -> None:
    wrong, first = corrected(db)
    deliver(db, NOON + HOUR)
    broadcasts.move(db, first, "finish", NOON + HOUR)
    second = run(db, replace(HELLO, html="At last"), CHINESE, action="edit", corrects=wrong)
    assert [parcel.message for parcel in deliveries.claim(db, CALENDAR, NOON + HOUR, 9)] == [11, 22]
    assert outcomes(db, second) == {1: "sending", 2: "sending"}


# Being forgotten


def test_who_is_forgotten_leaves_figures_and_no_message(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2)
    first = run(db)
    deliver(db)
    second = run(db)
    sellers.forget(db, 1)
    assert deliveries.counts(db, first) == {"sent": 2}
    assert deliveries.counts(db, second) == {"skipped": 1, "waiting": 1}
    assert deliveries.reasons(db, second) == [("skipped", "forgotten", 1)]
    assert db.execute("select message from deliveries order by message").fetchall() == [
        (None,),
        (None,),
        (None,),
        (101,),
    ]


def test_who_is_forgotten_while_it_is_on_its_way_breaks_nothing(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = run(db)
    (parcel,) = deliveries.claim(db, CALENDAR, NOON, 1)
    sellers.forget(db, 1)
    deliveries.sent(db, parcel, 5, NOON)
    assert deliveries.counts(db, id_) == {"sent": 1}


def test_who_is_forgotten_and_comes_back_does_not_get_it_again(db: sqlite3.Connection) -> None:
    settle(db, 1)
    run(db)
    deliver(db)
    sellers.forget(db, 1)
    settle(db, 1)
    assert claimed(db, NOON + 9 * DAY) == []


def test_reminders_and_trials_are_forgotten_with_him(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2)
    id_ = draft(db, HELLO)
    trials = [broadcasts.ask_trial(db, found(db, id_), chat, NOON) for chat in (1, 2)]
    for seller in (1, 2):
        db.execute("insert into reminders (seller, topic, due, state) values (?, 'iso9001', 5, 'waiting')", [seller])
    sellers.forget(db, 1)
    assert [trial.id for trial in broadcasts.trials(db)] == trials[1:]
    assert db.execute("select seller from reminders").fetchall() == [(2,)]
    sellers.forget(db, 404)


# Many, and at once


def test_many_who_claim_at_once_claim_each_once(path: Path, db: sqlite3.Connection) -> None:
    with transaction(db):
        for n in range(1, 301):
            settle(db, n)
        id_ = run(db)

    def work(_: int) -> list[int]:
        told: list[int] = []
        with closing(connect(path, "real", "NORMAL")) as own:
            while True:
                with transaction(own):
                    parcels = deliveries.claim(own, CALENDAR, NOON, 7)
                if not parcels:
                    return told
                told += [parcel.chat for parcel in parcels]

    with ThreadPoolExecutor(4) as pool:
        told = [chat for chats in pool.map(work, range(4)) for chat in chats]
    assert sorted(told) == list(range(1, 301))
    assert deliveries.counts(db, id_) == {"sending": 300}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A hundred thousand people to whom a broadcast goes."""
    with closing(connect(tmp_path_factory.mktemp("crowded") / "a.db", "real", "NORMAL")) as db:
        with transaction(db):
            settle(db, 1)
            columns = [name for _, name, *_ in db.execute("pragma table_info(sellers)")][2:]
            rest = ", ".join(columns)
            db.execute(
                "with recursive n(i) as (select 2 union all select i + 1 from n where i < 100000) "
                f"insert into sellers (id, who, {rest}) select i, i * 7919, {rest} from n, sellers"
            )
            db.execute("insert into answers select id, 'home.news', 'on', 1 from sellers where id > 1")
            run(db)
        yield db


def test_a_hundred_thousand_are_claimed_and_settled_each_once(crowded: sqlite3.Connection) -> None:
    """A claim looks at what it takes only, however many there are: otherwise this would take hours."""
    with transaction(crowded):
        told = deliver(crowded)
    assert len(told) == len(set(told)) == 100_000
    assert deliveries.counts(crowded, 1) == {"sent": 100_000}
    assert not deliveries.open_(crowded, 1)


def plans(db: sqlite3.Connection, work: Callable[[], object]) -> list[str]:
    """How SQLite goes about each statement on deliveries."""
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    work()
    db.set_trace_callback(None)
    told = []
    for statement in seen:
        if "deliveries" in statement:
            told += [row[3] for row in db.execute(f"explain query plan {statement}")]
    return [line for line in told if "deliveries" in line or " d " in line]


PARCEL = Parcel(1, 7, 1, "en", 0)
WORK: dict[str, Callable[[sqlite3.Connection], object]] = {
    "claim": lambda db: deliveries.claim(db, CALENDAR, NOON, 3),
    "hold": lambda db: deliveries.claim(db, CALENDAR, NIGHT, 3),
    "sent": lambda db: deliveries.sent(db, PARCEL, 5, NOON),
    "settle": lambda db: deliveries.settle(db, PARCEL, "gone", "blocked", NOON),
    "give_back": lambda db: deliveries.give_back(db, PARCEL, NOON),
    "sweep": lambda db: deliveries.sweep(db, NOON),
    "resend": lambda db: deliveries.resend(db, 1),
    "counts": lambda db: deliveries.counts(db, 1),
    "open": lambda db: deliveries.open_(db, 1),
    "forget": lambda db: sellers.forget(db, 1),
}


@pytest.mark.parametrize("name", WORK)
def test_no_work_reads_all_the_deliveries(db: sqlite3.Connection, name: str) -> None:
    for n in range(1, 9):
        settle(db, n)
    run(db)
    found_plans = plans(db, lambda: WORK[name](db))
    assert found_plans
    assert all("USING" in plan and "INDEX" in plan for plan in found_plans), found_plans


def test_a_claim_takes_the_deliveries_by_the_moment_they_are_due(db: sqlite3.Connection) -> None:
    settle(db, 1)
    run(db)
    assert "SEARCH deliveries USING INDEX deliveries_waiting (broadcast=? AND due<?)" in plans(
        db, lambda: WORK["claim"](db)
    )
