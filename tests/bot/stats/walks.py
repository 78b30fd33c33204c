"""Made-up trails: whatever may happen to some people on some pages, in any order."""

import sqlite3
from dataclasses import dataclass

from hypothesis import strategies as st

from bot.store import trail
from dialogs import Event

DAY = 24 * 60 * 60
BEGIN = 1_790_000_000
"""2026-09-21, a Monday, 14:13 UTC."""

PAGES = (
    *("home.welcome", "home.menu", "home.settings", "checking.order", "checking.checklist", "checking.q1"),
    *("checking.q1-answer", "iso9001.what", "iso9001.q1", "iso9001.end", "checking.end"),
)
KINDS = ("arrived", "arrived", "arrived", "shown", "back", "continued", "moved", "answered", "finished", "helpful")


@dataclass(frozen=True)
class Step:
    """One step of somebody, some seconds after the one before."""

    who: int
    lang: str
    later: int
    events: tuple[Event, ...]
    staff: bool = False


def _event(kind: str, page: str, version: str, detail: str, other: bool) -> Event:
    if kind == "answered":
        question = "home.news" if other else f"{page.partition('.')[0]}.question"
        return Event(kind, page, version, detail, question)
    return Event(kind, page, version, detail if kind == "helpful" else "")


events = st.builds(
    _event,
    st.sampled_from(KINDS),
    st.sampled_from(PAGES),
    st.sampled_from(("v1", "v2")),
    st.sampled_from(("yes", "no")),
    st.booleans(),
)

arrivals = st.builds(
    lambda campaign, page: (
        *(Event("greeted", "home.welcome", "v1"), Event("link", "home.welcome", "v1", campaign)),
        Event("arrived", page, "v1"),
    ),
    st.sampled_from(("", "fair", "wechat")),
    st.sampled_from(PAGES),
)

steps = st.builds(
    Step,
    who=st.integers(1, 6),
    lang=st.sampled_from(("en", "zh_Hans")),
    later=st.sampled_from((1, 60, 5000, DAY, 3 * DAY, 7 * DAY)),
    events=st.one_of(st.lists(events, min_size=1, max_size=3).map(tuple), arrivals),
    staff=st.sampled_from((False, False, False, False, True)),
)

logs = st.lists(steps, max_size=40)


def walk(db: sqlite3.Connection, log: list[Step]) -> float:
    """Put them into the file; when the last of them ended."""
    now = float(BEGIN)
    for step in log:
        now += step.later
        trail.append(db, step.who, step.lang, step.events, now, staff=step.staff)
    return now
