"""When somebody may be told news: by day where he lives, once a day, and never in the middle of a form."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 86_400
MORNING, EVENING = 9, 21
"""Hours between which, in the seller's own time, news may come."""
FORM = 600
"""Seconds after his last act for which somebody who is asked for a value is not disturbed."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What decides when somebody may be told."""

    zone: str
    """The time zone of those who have not said theirs."""
    forms: Collection[str]
    """Pages that ask for a value."""

    def zone_of(self, said: str | None) -> str:
        """The zone of somebody who has said this one; names of zones go out of use."""
        return said if said and _zone(said) else self.zone


def held(now: float, zone: str, told: int | None, *, in_form: bool) -> int:
    """When he may be told at the earliest, in Unix seconds: now, or after what keeps it.

    `told` in the future is the word of a clock that was wrong, and a zone that nobody knows counts as UTC.
    """
    moment = max(now, told + DAY) if told and told <= now else now
    if in_form:
        moment = max(moment, now + FORM)
    return int(_daytime(moment, _zone(zone) or ZoneInfo("UTC")))


def _daytime(moment: float, zone: ZoneInfo) -> float:
    """The moment, or the next morning when it is night there."""
    local = datetime.fromtimestamp(moment, zone)
    if MORNING <= local.hour < EVENING:
        return moment
    day = local.date() + timedelta(days=local.hour >= EVENING)
    return datetime(day.year, day.month, day.day, MORNING, tzinfo=zone).timestamp()


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name, read from its file once; None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of zones
        return None
