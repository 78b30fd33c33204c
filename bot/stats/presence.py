"""Who was there: active, new and returning people, retention, hours, languages."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.stats.period import SPANS, Period, day
from bot.stats.scope import Scope
from bot.stats.table import Table, Value, share
from bot.store.tally import AGES

Key = TypeVar("Key")

RETENTION = AGES[1:]

LAST_DAYS = "from active where day between ? and ? and (next is null or next > ?)"
"""Everybody who was there in a period, once: on his last day of it."""


def people(scope: Scope) -> Table:
    """The last day, week and month of the period, and the period itself; with as many days before."""
    rows = []
    for name, span in _spans(scope).items():
        active, new = _active(scope, span), _new(scope, span)
        rows.append((name, active, new, active - new, _active(scope, span.before())))
    return Table("people", ("span", "active", "new", "returning", "before"), tuple(rows))


def _spans(scope: Scope) -> dict[str, Period]:
    last = scope.period.until
    spans = {name: Period(last - timedelta(days - 1), last) for name, days in SPANS.items()}
    return spans | {"period": scope.period}


def _new(scope: Scope, span: Period) -> int:
    """People who came in it for the first time."""
    spoken, langs = scope.spoken()
    ((new,),) = scope.rows(
        f"select count(*) from active where day between ? and ? and day = first and {spoken}",  # noqa: S608
        *(*span.days, *langs),
    )
    return int(new)


def _active(scope: Scope, span: Period) -> int:
    """People who were active within it, each once."""
    first, last = span.days
    if scope.lang:
        wanted = "select count(distinct who) from active where day between ? and ? and lang = ?"
        ((active,),) = scope.rows(wanted, first, last, scope.lang)
    else:
        ((active,),) = scope.rows(f"select count(*) {LAST_DAYS}", first, last, last)
    return int(active)


def daily(scope: Scope) -> Table:
    """Each day on which anybody was there, and those between."""
    spoken, langs = scope.spoken()
    found = {
        row[0]: row[1:]
        for row in scope.rows(
            "select day, count(*), sum(day = first) from active "  # noqa: S608  our own columns
            f"where day between ? and ? and {spoken} group by day",
            *(*scope.period.days, *langs),
        )
    }
    days = range(min(found), max(found) + 1) if found else ()
    counts = [(number, *found.get(number, (0, 0))) for number in days]
    rows = tuple((day(number), active, new, active - new) for number, active, new in counts)
    return Table("daily", ("day", "active", "new", "returning"), rows)


def languages(scope: Scope) -> Table:
    """In which languages people were there; who changed it counts where he was last."""
    first, last = scope.period.days
    found = scope.rows(f"select lang, count(*) {LAST_DAYS} group by lang", first, last, last)
    counted = sorted(((lang, n) for lang, n in found if scope.lang in ("", lang)), key=lambda row: (-row[1], row[0]))
    whole = sum(n for _, n in counted)
    return Table("languages", ("language", "active", "share"), tuple((lang, n, share(n, whole)) for lang, n in counted))


def retention(scope: Scope) -> Table:
    """By the week in which people came for the first time: how many were there a day, 7 and 30 days after it."""
    weeks = _cohorts(scope, lambda first, _: first - (first + 3) % 7)  # on a Monday; 1970 began on a Thursday
    rows = tuple((day(week), *weeks[week]) for week in sorted(weeks))
    return Table("retention", ("week", "new", "d1", "d7", "d30"), rows)


def campaigns(scope: Scope) -> Table:
    """The same by the campaign of the link by which they came; those without one stand under no name."""
    cohorts = _cohorts(scope, lambda _, campaign: campaign)
    most = sorted(cohorts, key=lambda name: (-cohorts[name][0], name))
    return Table("campaigns", ("campaign", "new", "d1", "d7", "d30"), tuple((name, *cohorts[name]) for name in most))


def _cohorts(scope: Scope, of: Callable[[int, str], Key]) -> dict[Key, tuple[Any, ...]]:
    """People who came in the period, and which share of them was there again.

    A share is of those whose day is over; nobody can have come again on a day that has yet to come. Where a language
    is asked for, they are those who came in it.
    """
    ages: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    bases: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    for first, campaign, age, people in _again(scope):
        key = of(first, campaign)
        over = [age_ for age_ in RETENTION if first + age_ < scope.today]
        if age == 0:
            bases[key].update(dict.fromkeys(over, people))
            ages[key][0] += people
        elif age in over:  # the day may not be over, or the clock was put back
            ages[key][age] += people
    return {key: (found[0], *(share(found[age], bases[key][age]) for age in RETENTION)) for key, found in ages.items()}


def _again(scope: Scope) -> list[tuple[Any, ...]]:
    """First days and campaigns, days since, and how many people were there then."""
    spoken, langs = scope.spoken()
    return scope.rows(
        "select first, campaign, age, sum(people) from cohorts "  # noqa: S608  our own columns
        f"where first between ? and ? and {spoken} group by 1, 2, 3",
        *(*scope.period.days, *langs),
    )


def hours(scope: Scope) -> Table:
    """How many steps were taken, by weekday and hour of the operators' clock."""
    spoken, langs = scope.spoken()
    first, last = scope.period.days
    steps = defaultdict[int, Counter[int]](Counter)
    zone = ZoneInfo(scope.zone)
    for quarter, n in scope.rows(
        f"select quarter, sum(steps) from quarters where quarter between ? and ? and {spoken} group by quarter",  # noqa: S608
        *(first * 96, last * 96 + 95, *langs),
    ):
        local = datetime.fromtimestamp(quarter * 900, UTC).astimezone(zone)
        steps[local.weekday()][local.hour] += n
    names = tuple(f"h{hour:02}" for hour in range(24))
    days = range(7) if steps else ()
    rows: list[tuple[Value, ...]] = [(str(weekday), *(steps[weekday][hour] for hour in range(24))) for weekday in days]
    return Table("hours", ("weekday", *names), tuple(rows))
