"""News come by day where somebody lives: in every zone, on the days clocks change, and never twice a day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.store.daytime import DAY, EVENING, FORM, MORNING, Calendar, held

ZONES = sorted(available_timezones())
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2005, 2037))
MOMENTS = st.integers(int(FIRST), int(LAST)) | st.floats(FIRST, LAST)


def moment(local: str, zone: str, *, fold: int = 0) -> int:
    """The Unix seconds of a local time."""
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


def local(seconds: float, zone: str) -> str:
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def told_at(now: str, zone: str, *, fold: int = 0) -> str:
    """When somebody is told at the earliest who is to be told at that local time."""
    return local(held(moment(now, zone, fold=fold), zone, None, in_form=False), zone)


# By day


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-26 08:59:59", "2026-11-26 09:00:00"),
        ("2026-11-26 09:00:00", "2026-11-26 09:00:00"),
        ("2026-11-26 13:07:11", "2026-11-26 13:07:11"),
        ("2026-11-26 20:59:59", "2026-11-26 20:59:59"),
        ("2026-11-26 21:00:00", "2026-11-27 09:00:00"),
        ("2026-11-26 23:59:59", "2026-11-27 09:00:00"),
        ("2026-11-27 00:00:00", "2026-11-27 09:00:00"),
        ("2026-12-31 22:00:00", "2027-01-01 09:00:00"),
        ("2028-02-28 22:00:00", "2028-02-29 09:00:00"),
        ("2028-02-29 03:00:00", "2028-02-29 09:00:00"),
        ("2028-02-29 22:00:00", "2028-03-01 09:00:00"),
        ("2027-02-28 22:00:00", "2027-03-01 09:00:00"),
    ],
)
@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Eucla", "Etc/GMT-14", "Etc/GMT+12"]
)
def test_from_nine_to_nine(now: str, then: str, zone: str) -> None:
    assert told_at(now, zone) == then


@pytest.mark.parametrize(
    ("zone", "now", "then", "hours"),
    [
        ("Europe/Berlin", "2027-03-27 22:00", "2027-03-28 09:00:00", 10),  # clocks go forward that night
        ("Europe/Berlin", "2027-03-28 01:30", "2027-03-28 09:00:00", 6.5),
        ("Europe/Berlin", "2027-03-28 20:30", "2027-03-28 20:30:00", 0),
        ("Europe/Berlin", "2027-10-30 22:00", "2027-10-31 09:00:00", 12),  # and back
        ("America/New_York", "2027-03-13 22:00", "2027-03-14 09:00:00", 10),
        ("America/New_York", "2027-11-06 22:00", "2027-11-07 09:00:00", 12),
        ("Australia/Lord_Howe", "2027-04-03 22:00", "2027-04-04 09:00:00", 11.5),  # by half an hour
        ("America/Sao_Paulo", "2018-11-03 23:30", "2018-11-04 09:00:00", 8.5),  # midnight was left out
        ("Pacific/Apia", "2011-12-29 22:00", "2011-12-31 09:00:00", 11),  # a whole day was
    ],
)
def test_the_nights_in_which_clocks_change(zone: str, now: str, then: str, hours: float) -> None:
    start = moment(now, zone)
    due = held(start, zone, None, in_form=False)
    assert (local(due, zone), (due - start) / 3600) == (then, hours)


@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_that_comes_twice_leads_to_the_same_morning(fold: int) -> None:
    assert told_at("2027-10-31 02:30", "Europe/Berlin", fold=fold) == "2027-10-31 09:00:00"


def test_a_moment_that_is_left_out_leads_to_the_same_morning() -> None:
    assert told_at("2027-03-28 02:30", "Europe/Berlin") == "2027-03-28 09:00:00"


@given(MOMENTS, st.sampled_from(ZONES))
@example(moment("2027-03-28 01:59", "Europe/Berlin"), "Europe/Berlin")
@example(moment("2027-11-07 01:30", "America/New_York", fold=1), "America/New_York")
@example(moment("2028-02-29 23:59", "Asia/Kathmandu"), "Asia/Kathmandu")
@example(moment("2011-12-29 23:59", "Pacific/Apia"), "Pacific/Apia")
def test_it_is_never_earlier_never_at_night_and_never_moves_again(now: float, zone: str) -> None:
    due = held(now, zone, None, in_form=False)
    then = datetime.fromtimestamp(due, ZoneInfo(zone))
    assert due >= int(now)
    assert MORNING <= then.hour < EVENING
    assert held(due, zone, None, in_form=False) == due
    assert due == int(now) or (then.hour, then.minute, then.second) == (MORNING, 0, 0)
    assert due - now <= 15 * 3600


def test_in_every_zone_around_each_change_of_its_clocks() -> None:
    for zone in ZONES:
        found = (_change(year, month, zone) for year in (2026, 2027, 2028) for month in range(1, 13))
        for change in [one for one in found if one] or [moment("2028-02-29 00:00", zone)]:
            for now in range(change - DAY, change + DAY, 1800):
                due = held(now, zone, None, in_form=False)
                assert due >= now, (zone, now)
                assert MORNING <= datetime.fromtimestamp(due, ZoneInfo(zone)).hour < EVENING, (zone, now)
                assert held(due, zone, None, in_form=False) == due, (zone, now)


def _change(year: int, month: int, zone: str) -> int | None:
    """About when the clocks of a zone changed in that month; None when they did not."""
    days = (datetime(year, month, 1, 12, tzinfo=UTC) + timedelta(days) for days in range(31))
    offsets = [(day, day.astimezone(ZoneInfo(zone)).utcoffset()) for day in days]
    return next((int(day.timestamp()) for day, offset in offsets if offset != offsets[0][1]), None)


# Once a day


NOON = moment("2026-11-26 12:00", "UTC")


@pytest.mark.parametrize(
    ("told", "then"),
    [
        (None, "2026-11-26 12:00:00"),
        (NOON - DAY, "2026-11-26 12:00:00"),
        (NOON - DAY + 1, "2026-11-26 12:00:01"),
        (NOON - 3600, "2026-11-27 11:00:00"),
        (NOON, "2026-11-27 12:00:00"),
        (moment("2026-11-25 20:59", "UTC"), "2026-11-26 20:59:00"),
        (moment("2026-11-26 08:00", "UTC"), "2026-11-27 09:00:00"),  # told when he lived elsewhere
    ],
)
def test_a_day_lies_between_two_of_them(told: int | None, then: str) -> None:
    assert local(held(NOON, "UTC", told, in_form=False), "UTC") == then


def test_a_day_later_may_be_night_when_the_clocks_go_forward() -> None:
    told = moment("2027-03-27 20:30", "Europe/Berlin")
    assert local(held(told + 60, "Europe/Berlin", told, in_form=False), "Europe/Berlin") == "2027-03-29 09:00:00"


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 3 * DAY))
def test_a_day_and_a_night_hold_together(now: float, zone: str, ago: int) -> None:
    told = int(now) - ago
    due = held(now, zone, told, in_form=False)
    assert due >= max(int(now), told + DAY)
    assert MORNING <= datetime.fromtimestamp(due, ZoneInfo(zone)).hour < EVENING
    assert held(due, zone, told, in_form=False) == due


def test_a_clock_that_was_wrong_silences_nobody() -> None:
    assert held(NOON, "UTC", NOON + 400 * DAY, in_form=False) == NOON


# Not in the middle of a form


@given(MOMENTS, st.sampled_from(ZONES), st.none() | st.integers(0, 3 * DAY))
def test_somebody_in_a_form_has_time_to_finish_it(now: float, zone: str, ago: int | None) -> None:
    told = None if ago is None else int(now) - ago
    due = held(now, zone, told, in_form=True)
    assert due >= int(now + FORM)
    assert due >= held(now, zone, told, in_form=False)
    assert held(due, zone, told, in_form=False) == due


# Zones


@pytest.mark.parametrize("said", [None, "", "Mars/Olympus", "Europe", "../../etc/passwd", "/etc/passwd", "a\0b", "💥"])
def test_who_has_named_no_zone_we_know_lives_where_most_do(said: str | None) -> None:
    assert Calendar("Asia/Shanghai", ()).zone_of(said) == "Asia/Shanghai"


def test_every_zone_that_can_be_chosen_is_known() -> None:
    assert [Calendar("Asia/Shanghai", ()).zone_of(zone) for zone in ZONES] == ZONES


def test_a_calendar_with_a_zone_that_is_gone_goes_by_utc() -> None:
    night = moment("2026-11-26 22:00", "UTC")
    assert held(night, "Mars/Olympus", None, in_form=False) == held(night, "UTC", None, in_form=False)
