"""Exactly the rows of the period are read, however the clock was put back and whatever the bot does meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.progress import Progress
from bot.stats.exports import reading
from bot.stats.exports.reading import Order, Reading
from bot.stats.exports.tables import ANSWERS, DELIVERIES, EVENTS, QUESTIONS, SELLERS, Table
from bot.stats.period import Period, between, day, number
from bot.stats.snapshot import Snapshot, StatsError, opened
from bot.store import sellers, trail
from dialogs import Event
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.exports.people import FIRST, KEY, column, ordered
from tests.bot.store import crowd
from tests.bot.store.crowd import DAY, NOON

DAYS = number(day(NOON // DAY))
HOUR = 60 * 60


def read(db: sqlite3.Connection, table: Table, period: Period | None = None, **shown: Any) -> list[tuple[Any, ...]]:
    order = Order("events", "csv", period or between(None, None, NOON), KEY, NOON)
    found = Reading(Snapshot(db, Path("certguide.db"), "real"), order, Progress(None, "exporting"))
    rows = [row for batch in found.batches(table, {}, **shown) for row in zip(*batch, strict=True)]
    assert found.rows == {table.name: len(rows)}
    assert found.count(table, 10**9) == len(rows)
    assert found.count(table, 1) == min(1, len(rows))
    assert found.expected(table) >= len(rows)
    return rows


def happen(db: sqlite3.Connection, at: float, detail: str = "") -> None:
    trail.append(db, 1, "en", [Event("unclear", "home.menu", "v", detail)], at, staff=True)


# Periods


@settings(deadline=None, max_examples=150)
@given(
    steps=st.lists(st.integers(-23, 50), max_size=60),
    since=st.integers(-3, 20),
    length=st.integers(1, 12),
    gap=st.sampled_from((0, 0, 7)),
)
def test_all_events_of_a_period_are_read_and_no_other(
    fresh: Fresh, steps: list[int], since: int, length: int, gap: int
) -> None:
    """Hours between events; the clock goes back by less than a day, in all, below what it had reached."""
    with closing(fresh()) as db:
        db.execute("begin")
        latest = now = NOON
        for serial, hours in enumerate(steps):
            now = max(now + hours * HOUR, latest - 23 * HOUR)
            latest = max(latest, now)
            happen(db, now + 0.123, str(serial))
            if gap and serial % 5 == 0:  # a number that was left out
                db.execute(
                    "insert into trail (id, at, who, kind, page, version, lang, detail) "
                    "select max(id) + ?, at, 1, 'k', 'p', 'v', 'en', 'gap' from trail",
                    [gap],
                )
        period = Period(day(DAYS + since), day(DAYS + since + length - 1))
        first, end = period.moments
        expected = db.execute(
            "select detail from trail where at >= ? and at < ? order by id", [first * 1000, end * 1000]
        )
        wanted = [detail for (detail,) in expected]
        assert column(EVENTS, "detail", read(db, EVENTS, period)) == wanted


def test_of_a_long_trail_only_a_piece_is_looked_through(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        db.execute("begin")
        for serial in range(1000):
            happen(db, NOON - (1000 - serial) * DAY)
        found = Reading(
            Snapshot(db, Path("x"), "real"),
            Order("events", "csv", Period(day(DAYS - 10), day(DAYS - 8)), KEY, NOON),
            Progress(None, "exporting"),
        )
        assert found.count(EVENTS, -1) == 3
        assert 3 <= found.expected(EVENTS) <= 3 + 2 * 2


def test_a_day_begins_and_ends_in_utc(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        midnight = DAYS * DAY
        for at in (midnight - 0.001, midnight, midnight + DAY - 0.001, midnight + DAY):
            happen(db, at)
        times = column(EVENTS, "time", read(db, EVENTS, Period(day(DAYS), day(DAYS))))
        assert times == ["2026-11-26T00:00:00.000Z", "2026-11-26T23:59:59.999Z"]


@pytest.mark.parametrize(
    ("table", "change", "more"),
    [
        (SELLERS, "update sellers set since = {}", "update sellers set since = null, last = null"),
        (ANSWERS, "update answers set at = {}", "update answers set at = null"),
        (QUESTIONS, "update questions set at = {}", ""),
        (DELIVERIES, "update deliveries set state = 'sent', at = {}", ""),
        (DELIVERIES, "update broadcasts set started = {}", "update broadcasts set started = null, made = {}"),
    ],
    ids=["sellers", "answers", "questions", "deliveries", "deliveries that wait"],
)
def test_a_row_is_of_the_period_of_its_time(fresh: Fresh, table: Table, change: str, more: str) -> None:
    with closing(fresh()) as db:
        crowd.settle(db, FIRST)
        sellers_question = (
            "insert into questions (seller, text, lang, page, at, state) values (?, 'x', 'en', 'p', 0, 'open')"
        )
        db.execute(sellers_question, [FIRST])
        crowd.run(db)
        today = Period(day(DAYS), day(DAYS))
        for at, there in (
            (DAYS * DAY - 1, False),
            (DAYS * DAY, True),
            (DAYS * DAY + DAY - 1, True),
            (DAYS * DAY + DAY, False),
        ):
            db.execute(change.format(at))
            assert bool(read(db, table, today)) == there
            if "{}" in more:
                db.execute(more.format(at))
                assert bool(read(db, table, today)) == there
        if more and "{}" not in more:
            db.execute(more)
            assert read(db, table, today), "what has no time is of every period"


# Values


@given(st.integers(0, 4_102_444_799_999))
def test_a_time_is_exact_in_both_ways_it_is_written(moment: int) -> None:
    from datetime import UTC, datetime, timedelta

    with closing(sqlite3.connect(":memory:")) as db:
        iso, serial = db.execute(
            f"select {reading.ISO.format('?1')}, {reading.SERIAL.format('?1')}", [moment]
        ).fetchone()
    exact = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)
    assert iso == exact.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment % 1000:03}Z"
    excel = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=serial)
    assert abs(excel - exact) < timedelta(milliseconds=0.1)


def test_who_was_forgotten_is_in_the_events_and_nowhere_else(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        crowd.settle(db, FIRST, campaign="fair")
        crowd.settle(db, FIRST + 1)
        crowd.run(db)
        before = {table.name: read(db, table) for table in (EVENTS, SELLERS, ANSWERS, DELIVERIES)}
        assert len(before["sellers"]) == len(before["deliveries"]) == 2
        sellers.forget(db, FIRST)
        assert read(db, EVENTS) == before["events"]
        assert read(db, SELLERS) == before["sellers"][1:] or read(db, SELLERS) == before["sellers"][:1]
        assert len(read(db, DELIVERIES)) == 2
        assert len({row[0] for row in read(db, ANSWERS)}) == 1


def test_people_come_in_the_order_of_their_time_and_not_of_their_numbers(fresh: Fresh) -> None:
    """Else the order would tell who has the older account."""
    with closing(fresh()) as db:
        for serial in (5, 3, 9, 1):
            crowd.settle(db, FIRST + serial, last=NOON - serial * DAY)
        assert column(SELLERS, "since", read(db, SELLERS)) == sorted(column(SELLERS, "since", read(db, SELLERS)))


def test_a_question_of_nobody_has_no_name(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        db.execute("insert into questions (text, lang, page, at, state) values ('x', 'en', 'p', ?, 'open')", [NOON])
        assert column(QUESTIONS, "seller", read(db, QUESTIONS)) == [None]


# A file that is written on meanwhile, or can't be read


def test_an_export_sees_one_moment_and_the_bot_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 10)
    path = tmp_path / "certguide.db"
    with closing(crowd_of(path, 100)) as bot, opened(path) as snapshot:
        bot.execute("pragma busy_timeout = 0")
        found = Reading(snapshot, ordered("events", "csv"), Progress(None, "exporting"))
        seen = 0
        for batch in found.batches(EVENTS, {}):
            seen += len(batch[0])
            happen(bot, NOON)
        assert seen == 100
        assert bot.execute("select count(*) from trail").fetchone() == (110,)
        assert bot.execute("pragma wal_checkpoint(passive)").fetchone()[0] == 0


def test_a_damaged_file_is_told_and_no_half_of_it_is_taken_for_all(tmp_path: Path) -> None:
    path = tmp_path / "certguide.db"
    with closing(crowd_of(path, 5000)) as bot:
        bot.execute("pragma wal_checkpoint(truncate)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        for page in range(size // 8192, size // 8192 + 20):
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)
    with opened(path) as snapshot, pytest.raises(StatsError, match=r"is damaged: restore a backup"):
        for _ in Reading(snapshot, ordered("events", "csv"), Progress(None, "exporting")).batches(EVENTS, {}):
            pass


def crowd_of(path: Path, events: int) -> sqlite3.Connection:
    from bot.store.database import connect

    db = connect(path, "real", "OFF")
    db.execute("begin")
    for _ in range(events):
        happen(db, NOON)
    db.execute("commit")
    return db
