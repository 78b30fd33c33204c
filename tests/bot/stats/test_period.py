"""Days as they are written, counted and compared, whatever is written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.stats import period
from bot.stats.period import FIRST, SPANS, Period, between, named, today
from bot.stats.snapshot import AskedError, StatsError

NOW = datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC).timestamp()
TODAY = date(2026, 11, 26)
LEAP, NEW_YEAR = date(2028, 2, 29), date(2027, 1, 1)

days = st.dates(date(1970, 1, 1), date(2199, 12, 31))
periods = st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair)))


# What is written


@settings(deadline=None)
@given(days)
@example(LEAP)
@example(date(1999, 12, 31))
def test_any_day_is_read_as_it_was_written(day: date) -> None:
    assert between(str(day), str(day), NOW) == Period(day, day)
    assert between(f" {day}\n", f"\t{day} ", NOW) == Period(day, day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@settings(deadline=None)
@given(
    st.one_of(
        st.text(min_size=1),
        st.from_regex(r"[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}", fullmatch=True),
        st.from_regex(r"\d{4}-\d{2}-\d{2}", fullmatch=True),  # digits of any script
        st.text(alphabet="0123456789-W/. T:Z", min_size=1, max_size=12),
    ).filter(lambda text: _day(text) is None),
    st.booleans(),
)
@example("2027-02-29", False)
@example("1900-02-29", True)
@example("2026-11-01T00:00", True)
@example("2026-11-1", False)
@example("01.11.2026", True)
@example("0000-01-01", False)
@example("10000-01-01", True)
@example("yesterday", False)
@example(" ", True)
@example("\x00", False)
@example("\udcff", True)
@example("９" * 4 + "-11-01", False)
def test_what_is_no_day_is_told_with_the_option_it_was_given_to(text: str, first: bool) -> None:
    with pytest.raises(AskedError) as caught:
        between(text if first else None, None if first else text, NOW)
    option = "--since" if first else "--until"
    assert str(caught.value) == f"{option} {text!r} is no day: write it as 2026-11-01"
    assert str(caught.value).isprintable()


def test_a_wrong_question_is_one_of_the_things_that_can_not_be_had() -> None:
    assert issubclass(AskedError, StatsError)


def test_when_both_are_no_days_one_of_them_is_told() -> None:
    with pytest.raises(AskedError, match=r"^--(since|until) '(x|y)' is no day"):
        between("x", "y", NOW)


@settings(deadline=None)
@given(days, days)
@example(TODAY, TODAY)
@example(TODAY, TODAY - timedelta(1))
def test_the_end_never_comes_before_the_beginning(since: date, until: date) -> None:
    if since <= until:
        assert between(str(since), str(until), NOW) == Period(since, until)
    else:
        with pytest.raises(AskedError) as caught:
            between(str(since), str(until), NOW)
        assert str(caught.value) == f"--since {since} is after --until {until}: put the earlier day first"


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_days_it_is_all_there_is_up_to_today(nothing: str | None) -> None:
    assert between(nothing, nothing, NOW) == Period(FIRST, TODAY)
    assert between("2026-11-01", nothing, NOW) == Period(date(2026, 11, 1), TODAY)
    assert between(nothing, "2026-11-01", NOW) == Period(FIRST, date(2026, 11, 1))
    assert between(nothing, "2019-12-31", NOW) == Period(date(2019, 12, 31), date(2019, 12, 31))


def test_a_beginning_after_today_is_told() -> None:
    assert between(str(TODAY), None, NOW).length == 1
    with pytest.raises(AskedError, match=r"^--since 2026-11-27 is after "):
        between("2026-11-27", None, NOW)


@settings(deadline=None)
@given(st.dates(), st.dates())
@example(date.min, date.min)
@example(date.max, date.max)
@example(date(2020, 1, 1), date.max)
def test_whatever_is_taken_can_be_compared_with_as_many_days_before(since: date, until: date) -> None:
    """Far days are told or taken; what is taken must not break a figure later."""
    try:
        found = between(str(since), str(until), NOW)
    except AskedError:
        return
    assert found.before().length == found.length


# What it comes to


@settings(deadline=None)
@given(periods)
@example(Period(LEAP, LEAP))
@example(Period(date(2026, 12, 31), NEW_YEAR))
@example(Period(date(1970, 1, 1), date(1970, 1, 1)))
def test_days_moments_and_length_agree(asked: Period) -> None:
    (first, last), (begin, end) = asked.days, asked.moments
    assert end - begin == asked.length * 86400
    assert last - first + 1 == asked.length
    assert datetime.fromtimestamp(begin, UTC) == datetime(*asked.since.timetuple()[:3], tzinfo=UTC)
    assert today(begin) == asked.since
    assert today(begin - 1) == asked.since - timedelta(1)
    assert today(end - 1) == asked.until
    assert today(end - 0.001) == asked.until
    assert today(end) == asked.until + timedelta(1)
    assert (begin // 86400, (end - 1) // 86400) == asked.days


@settings(deadline=None)
@given(days)
@example(LEAP)
def test_a_day_and_its_number_are_the_same(day: date) -> None:
    assert period.day(period.number(day)) == day
    assert period.number(day + timedelta(1)) == period.number(day) + 1


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(1969, 12, 31), -1),
        (date(1970, 1, 1), 0),
        (date(2000, 3, 1), 11017),
        (date(2026, 11, 26), 20783),
    ],
)
def test_days_are_counted_from_1970(day: date, number: int) -> None:
    assert period.number(day) == number
    assert period.day(number) == day


@pytest.mark.parametrize(
    ("since", "until", "length"),
    [
        ("2026-12-31", "2027-01-01", 2),
        ("2028-02-28", "2028-03-01", 3),
        ("2027-02-28", "2027-03-01", 2),
        ("2028-01-01", "2028-12-31", 366),
        ("2100-01-01", "2100-12-31", 365),
    ],
)
def test_leap_days_and_ends_of_years_are_counted(since: str, until: str, length: int) -> None:
    assert between(since, until, NOW).length == length


@settings(deadline=None)
@given(periods)
@example(Period(date(2028, 3, 1), date(2028, 3, 1)))
def test_as_many_days_before_end_where_it_begins(asked: Period) -> None:
    before = asked.before()
    assert before.length == asked.length
    assert before.moments[1] == asked.moments[0]
    assert before.until == asked.since - timedelta(1)


def test_before_the_first_of_march_of_a_leap_year_is_its_leap_day() -> None:
    assert Period(date(2028, 3, 1), date(2028, 3, 2)).before() == Period(date(2028, 2, 28), LEAP)
    assert Period(NEW_YEAR, NEW_YEAR).before() == Period(date(2026, 12, 31), date(2026, 12, 31))


# Spans that have a name


@pytest.mark.parametrize(("name", "since"), [("day", "2026-11-26"), ("week", "2026-11-20"), ("month", "2026-10-28")])
def test_a_span_ends_today(name: str, since: str) -> None:
    assert named(name, NOW) == Period(date.fromisoformat(since), TODAY)
    assert named(name, NOW + 1).until == TODAY + timedelta(1), "a second later it is tomorrow"


@settings(deadline=None)
@given(st.sampled_from(sorted(SPANS)), st.floats(0, 7_000_000_000, allow_nan=False))
def test_a_span_is_as_long_as_it_says_and_holds_this_moment(name: str, now: float) -> None:
    span = named(name, now)
    assert span.length == SPANS[name]
    assert span.moments[1] - 86400 <= now < span.moments[1]
