"""From which day to which: days are those of UTC, as the tables beside the trail count them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.stats.snapshot import AskedError
from bot.store.daytime import DAY

EPOCH = date(1970, 1, 1).toordinal()
FIRST = date(2020, 1, 1)
"""Before any trail."""

SPANS = {"day": 1, "week": 7, "month": 30}
"""Days of the periods that have a name; the last of them is today."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days, the first and the last included."""

    since: date
    until: date

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last as the tables know them: days since 1970."""
        return number(self.since), number(self.until)

    @property
    def moments(self) -> tuple[int, int]:
        """From when until before when, in seconds since 1970."""
        first, last = self.days
        return first * DAY, (last + 1) * DAY

    @property
    def length(self) -> int:
        """How many days."""
        return (self.until - self.since).days + 1

    def before(self) -> "Period":
        """As many days just before, to compare with."""
        return Period(self.since - timedelta(self.length), self.since - timedelta(1))


def number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - EPOCH


def day(number_: int) -> date:
    """The day of that number."""
    return date.fromordinal(number_ + EPOCH)


def today(now: float) -> date:
    """The day of a moment in seconds."""
    return datetime.fromtimestamp(now, UTC).date()


def named(name: str, now: float) -> Period:
    """`day`, `week` or `month` up to today."""
    last = today(now)
    return Period(last - timedelta(SPANS[name] - 1), last)


def between(since: str | None, until: str | None, now: float) -> Period:
    """What was written, as in 2026-11-01; without a beginning all there is, without an end up to today.

    Raises AskedError when it is no day, or the end comes before the beginning.
    """
    last = _read(until, "--until") if until else today(now)
    first = _read(since, "--since") if since else min(FIRST, last)
    if first > last:
        raise AskedError(f"--since {first} is after --until {last}: put the earlier day first")
    return Period(first, last)


def _read(text: str, option: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise AskedError(f"{option} {text!r} is no day: write it as 2026-11-01") from None
    if not 1970 <= found.year < 2200:
        raise AskedError(f"{option} {found} is too far away: take a day from 1970 to 2199")
    return found
