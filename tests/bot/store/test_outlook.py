"""What is foreseen is what happens, and everybody a filter means is counted once."""

import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import broadcasts, deliveries
from bot.store.audience import Audience
from bot.store.broadcasts import Text
from bot.store.database import connect
from bot.store.deliveries import DELETABLE, Outlook
from tests.bot.store.crowd import (
    CALENDAR,
    CHINESE,
    DAY,
    EVERYBODY,
    HELLO,
    HOUR,
    NOON,
    answer,
    draft,
    found,
    outcomes,
    run,
    settle,
    transaction,
)

NIGHT = NOON + 10 * HOUR
PERSON = st.fixed_dictionaries(
    {
        "lang": st.sampled_from(["en", "zh_Hans", "ru", ""]),
        "news": st.sampled_from(["on", "on", "on", "off", ""]),
        "zone": st.sampled_from(["", "UTC", "America/New_York", "Asia/Kolkata", "Mars/Olympus"]),
        "away": st.booleans(),
        "page": st.sampled_from(["home.menu", "auditors.people"]),
        "last": st.sampled_from([NOON - DAY, NOON - 600, NOON - 599, NOON, NOON + 5]),
        "told": st.sampled_from([None, NOON - 2 * DAY, NOON - DAY, NOON - DAY + 1, NOON, NOON + 9]),
        "topic": st.sampled_from(["", "iso9001"]),
    }
)


def outlook(db: sqlite3.Connection, id_: int, audience: Audience = EVERYBODY, now: float = NOON) -> Outlook:
    return deliveries.outlook(db, found(db, id_), audience, CALENDAR, now)


def everybody(seen: Outlook) -> int:
    """How many people it speaks of."""
    return seen.languages.total() + seen.away + seen.unwanted + seen.textless + seen.late


@settings(deadline=None)
@given(
    st.lists(PERSON, max_size=12),
    st.lists(st.sampled_from([HELLO, CHINESE]), unique=True),
    st.sampled_from(["", "en", "zh_Hans"]),
    st.sampled_from([EVERYBODY, Audience("s.topic = ?", ("iso9001",)), Audience("0", ())]),
    st.sampled_from([NOON, NOON + 0.5, NIGHT, NOON + 2 * DAY]),
)
def test_what_is_foreseen_is_what_happens(
    people: list[dict[str, object]], texts: list[Text], fallback: str, audience: Audience, now: float
) -> None:
    with closing(connect(":memory:", "real", "OFF")) as db:
        for n, person in enumerate(people, 1):
            settle(db, n, **person)  # type: ignore[arg-type]
        seen = outlook(db, draft(db, *texts, fallback=fallback), audience, now)
        (fitting,) = db.execute(
            f"select count(*) from sellers s where {audience.condition}", audience.values
        ).fetchone()
        assert everybody(seen) == fitting
        id_ = draft(db, *texts, fallback=fallback)
        broadcasts.move(db, id_, "start", now)
        assert deliveries.freeze(db, found(db, id_), audience, now) == seen.languages.total()
        rows = db.execute("select who, lang from deliveries order by who").fetchall()
        assert Counter(lang for _, lang in rows) == seen.languages
        assert seen.samples == tuple(who for who, _ in rows[:5])
        told = deliveries.claim(db, CALENDAR, now, 99)
        assert seen.held == len(rows) - len(told)


def test_who_is_left_out_is_told_by_the_first_reason(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2, lang="zh_Hans")
    settle(db, 3, lang="ru")
    settle(db, 4, news="off", lang="ru")
    settle(db, 5, news="")
    settle(db, 6, away=True, news="off")
    settle(db, 7, away=True)
    seen = outlook(db, draft(db, HELLO, CHINESE))
    assert (seen.languages, seen.textless) == ({"en": 1, "zh_Hans": 1}, 1)
    assert (seen.away, seen.unwanted, seen.late) == (2, 2, 0)
    seen = outlook(db, draft(db, HELLO, CHINESE, fallback="en"))
    assert (seen.languages, seen.textless) == ({"en": 2, "zh_Hans": 1}, 0)


def test_who_gets_it_later_is_counted_with_those_who_get_it(db: sqlite3.Connection) -> None:
    settle(db, 1)
    settle(db, 2, zone="Asia/Tokyo")  # 21:00
    settle(db, 3, zone="Europe/Berlin")
    settle(db, 4, page="auditors.people", last=NOON - 599)
    settle(db, 5, told=NOON - DAY + 1)
    settle(db, 6, told=NOON - DAY + 1, zone="Asia/Tokyo", page="auditors.people", last=NOON)
    seen = outlook(db, draft(db, HELLO))
    assert (seen.languages, seen.held) == ({"en": 6}, 4)


def test_nobody_is_foreseen_where_nobody_is(db: sqlite3.Connection) -> None:
    assert outlook(db, draft(db, HELLO)) == Outlook(Counter(), (), 0, 0, 0, 0)
    settle(db, 1)
    assert outlook(db, draft(db)) == Outlook(Counter(), (), 0, 0, 1, 0)


def test_five_samples_are_known_by_their_random_numbers(db: sqlite3.Connection) -> None:
    whos = sorted(settle(db, n) for n in range(1, 9))
    assert outlook(db, draft(db, HELLO)).samples == tuple(whos[:5])


def test_foreseeing_changes_nothing(db: sqlite3.Connection) -> None:
    settle(db, 1)
    id_ = draft(db, HELLO)
    before = db.total_changes
    outlook(db, id_)
    assert db.total_changes == before


# Corrections


def reached(db: sqlite3.Connection) -> int:
    """A broadcast that reached 1 to 5, of whom 4 is away and 5 forgotten, and not 6."""
    for n in range(1, 7):
        settle(db, n, lang="zh_Hans" if n == 3 else "en")
    wrong = run(db, HELLO, CHINESE)
    for parcel in deliveries.claim(db, CALENDAR, NOON, 5):
        deliveries.sent(db, parcel, parcel.chat, NOON)
    broadcasts.move(db, wrong, "stop", NOON)
    db.execute("update sellers set away = 1 where id = 4")
    # As if it had been claimed before he was forgotten, and settled after.
    db.execute("update sellers set who = 1 where id = 5")
    return wrong


@pytest.mark.parametrize(
    ("texts", "languages", "textless"),
    [((HELLO, CHINESE), {"en": 2, "zh_Hans": 1}, 0), ((CHINESE,), {"zh_Hans": 1}, 2), ((), {}, 3)],
)
def test_a_correction_is_foreseen_for_those_who_were_reached(
    db: sqlite3.Connection, texts: tuple[Text, ...], languages: dict[str, int], textless: int
) -> None:
    wrong = reached(db)
    answer(db, 1, "home.news", "off")
    seen = outlook(db, draft(db, *texts, action="edit", corrects=wrong), now=NIGHT)
    assert seen.languages == languages
    assert (seen.away, seen.textless, seen.unwanted, seen.held, seen.late) == (2, textless, 0, 0, 0)
    assert everybody(seen) == 5
    assert len(seen.samples) == sum(languages.values())


@pytest.mark.parametrize(("age", "late"), [(DELETABLE - 1, 0), (DELETABLE, 3)])
def test_a_withdrawal_is_foreseen_as_far_as_telegram_lets_us(db: sqlite3.Connection, age: int, late: int) -> None:
    wrong = reached(db)
    seen = outlook(db, draft(db, action="delete", corrects=wrong), now=NOON + age)
    assert (seen.languages.total(), seen.late, seen.away, seen.textless) == (3 - late, late, 2, 0)
    assert len(seen.samples) == 3 - late


def test_whom_a_correction_was_foreseen_for_get_it(db: sqlite3.Connection) -> None:
    wrong = reached(db)
    seen = outlook(db, draft(db, HELLO, CHINESE, action="edit", corrects=wrong))
    id_ = run(db, HELLO, CHINESE, action="edit", corrects=wrong)
    assert len(deliveries.claim(db, CALENDAR, NOON, 9)) == seen.languages.total()
    assert outcomes(db, id_) == {1: "sending", 2: "sending", 3: "sending", 4: "skipped: away"}


# Many


def test_a_hundred_thousand_are_foreseen_at_once(db: sqlite3.Connection) -> None:
    """Whoever talks to the bot meanwhile waits for this: it must not look at them one by one."""
    with transaction(db):
        settle(db, 1, told=NOON)
        columns = ", ".join([name for _, name, *_ in db.execute("pragma table_info(sellers)")][2:])
        db.execute(
            "with recursive n(i) as (select 2 union all select i + 1 from n where i < 100000) "
            f"insert into sellers (id, who, {columns}) select i, i * 7919, {columns} from n, sellers"
        )
        db.execute("insert into answers select id, 'home.news', 'on', 1 from sellers where id > 1")
        db.execute("insert into answers select id, 'home.zone', 'Etc/GMT' || printf('%+d', id % 12), 1 from sellers")
    id_ = draft(db, HELLO)
    start = time.process_time()
    seen = outlook(db, id_, now=NOON + DAY)
    assert time.process_time() - start < 2
    assert (seen.languages, seen.away) == ({"en": 100_000}, 0)
    assert 0 < seen.held < 100_000
