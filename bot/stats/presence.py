"""Who was there: active, new and returning people, retention, hours, languages."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.stats.period import SPANS, Period, day
from bot.stats.scope import Scope
from bot.stats.table import Table, Value, share

RETENTION = (1, 7, 30)
"""Days after the first at which it is looked whether somebody is there again."""


def people(scope: Scope) -> Table:
    """The last day, week and month of the period, and the period itself; with as many days before."""
    last = scope.period.until
    spans = {name: Period(last - timedelta(days - 1), last) for name, days in SPANS.items()}
    spans["period"] = scope.period
    rows = []
    for name, span in spans.items():
        active, new = _active(scope, span)
        before, _ = _active(scope, span.before())
        rows.append((name, active, new, active - new, before))
    return Table("people", ("span", "active", "new", "returning", "before"), tuple(rows))


def _active(scope: Scope, span: Period) -> tuple[int, int]:
    """People who were active within it, and how many of them came in it for the first time."""
    spoken, langs = scope.spoken()
    first, last = span.days
    ((active, new),) = scope.rows(
        "select count(distinct who), coalesce(sum(day = first), 0) from active "  # noqa: S608  our own columns
        f"where day between ? and ? and {spoken}",
        *(first, last, *langs),
    )
    return active, new


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
    spoken, langs = scope.spoken()
    found = scope.rows(
        "select lang, count(*) from (select who, lang, max(day) from active "  # noqa: S608  our own columns
        f"where day between ? and ? and {spoken} group by who) group by lang order by 2 desc, 1",
        *(*scope.period.days, *langs),
    )
    whole = sum(n for _, n in found)
    return Table("languages", ("language", "active", "share"), tuple((lang, n, share(n, whole)) for lang, n in found))


def retention(scope: Scope) -> Table:
    """By the week in which people came for the first time: how many were there a day, 7 and 30 days after it."""
    cohorts = _cohorts(scope, "")
    rows = tuple((_monday(week), *cohorts[week]) for week in sorted(cohorts, key=int))
    return Table("retention", ("week", "new", "d1", "d7", "d30"), rows)


def campaigns(scope: Scope) -> Table:
    """The same by the campaign of the link by which they came; those without one stand under no name."""
    cohorts = _cohorts(scope, "campaign")
    rows = [(name, *row) for name, row in cohorts.items()]
    rows.sort(key=lambda row: (-int(row[1] or 0), row[0]))
    return Table("campaigns", ("campaign", "new", "d1", "d7", "d30"), tuple(rows))


def _cohorts(scope: Scope, by: str) -> dict[str, tuple[Value, ...]]:
    """People who came in the period, and which share of them was there again.

    A share is of those whose day is over; nobody can have come again on a day that has yet to come. Where a language
    is asked for, they are those who came in it.
    """
    since, until = scope.period.days
    group = "campaign" if by else "cast((first + 3) / 7 as text)"  # weeks begin on Monday; 1970 began on a Thursday
    ages = ", ".join(f"sum(day = first + {age} and first + {age} < ?)" for age in RETENTION)
    bases = ", ".join(f"sum(day = first and first + {age} < ?)" for age in RETENTION)
    spoken, langs = scope.spoken("c.lang")
    came = f"exists (select 1 from active c where c.day = a.first and c.who = a.who and {spoken})" if langs else "1"  # noqa: S608
    found = scope.rows(
        f"select {group}, sum(day = first), {ages}, {bases} from active a "  # noqa: S608  our own columns
        f"where day between ? and ? and first between ? and ? and {came} group by 1",
        *([scope.today] * 6),
        *(since, until + max(RETENTION), since, until, *langs),
    )
    parts = len(RETENTION)
    return {key: (new, *(share(row[n], row[n + parts]) for n in range(parts))) for key, new, *row in found if new}


def _monday(week: str) -> date:
    return day(int(week) * 7 - 3)


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
    week = range(7) if steps else ()
    rows = tuple((str(weekday), *(steps[weekday][hour] for hour in range(24))) for weekday in week)
    return Table("hours", ("weekday", *names), rows)
