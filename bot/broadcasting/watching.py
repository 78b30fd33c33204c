"""Watching a broadcast go out: a bar with pace and outcomes in a terminal, a line now and then elsewhere."""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from bot.broadcasting.press import NO_COURIER, Press, counted, lasting, say
from bot.newsroom import NewsError
from bot.store import cards, deliveries
from bot.store.broadcasts import Broadcast

OVER = ("done", "stopped")
OPEN = ("waiting", "sending")
LOOK = 0.5
WINDOW = 10.0
"""Seconds over which the pace is measured."""
LINE = 5.0
"""Seconds between two lines where there is no terminal."""
STILL = 5.0
"""Seconds in which nothing has moved, after which we look whether there is a courier at all."""
BAR = 40


@dataclass(frozen=True, slots=True)
class Status:
    """How far it is."""

    broadcast: Broadcast
    counts: Counter[str]
    held: int
    """How many of those that wait must not be told yet."""
    next: int
    """When the first of them may be."""

    @property
    def people(self) -> int:
        return self.counts.total()

    @property
    def ended(self) -> int:
        return self.people - sum(self.counts[state] for state in OPEN)

    @property
    def over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.broadcast.state in OVER


def status(press: Press, id_: int) -> Status:
    """How far a broadcast is now. Raises NewsError when there is none of that number."""
    with press.reading() as db:
        queue = cards.queue(db, id_, press.clock())
        return Status(press.load(db, id_), deliveries.counts(db, id_), queue.later, queue.next)


class Pace:
    """How many a second, over the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, moment: float, ended: int) -> float:
        """So many had ended at that moment; the pace since the beginning of the window."""
        self._seen.append((moment, ended))
        while moment - self._seen[0][0] > WINDOW:
            self._seen.popleft()
        first, before = self._seen[0]
        return (ended - before) / (moment - first) if moment > first else 0.0


def watch(
    press: Press,
    id_: int,
    *,
    once: bool = False,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Show how far it is until it ends, or just once. Raises NewsError when it has not been started."""
    found = status(press, id_)
    if once:
        say(line(press, found))
        return
    if found.broadcast.state == "draft":
        raise NewsError(f"broadcast {id_} is a draft: it has not been started")
    try:
        (_show if press.console.is_terminal else _tell)(press, id_, pause, clock)
    except KeyboardInterrupt:
        say(f"It goes on without you. To stop it: certguide broadcast stop {id_}")
        raise


def _show(press: Press, id_: int, pause: Callable[[float], None], clock: Callable[[], float]) -> None:
    """A bar that moves."""
    with Live(console=press.console, auto_refresh=False) as live:

        def draw(found: Status, pace: float, note: str) -> None:
            live.update(picture(press, found, pace, note), refresh=True)

        _follow(press, id_, draw, pause, clock)


def _tell(press: Press, id_: int, pause: Callable[[float], None], clock: Callable[[], float]) -> None:
    """A line whenever the state has changed, and every few seconds when something has moved."""
    last: tuple[float, str, int] = (0.0, "", -1)

    def draw(found: Status, pace: float, note: str) -> None:
        nonlocal last
        moment, state, ended = last
        changed = state != found.broadcast.state
        if changed or note or (ended != found.ended and clock() - moment >= LINE):
            say(line(press, found, pace))
            last = clock(), found.broadcast.state, found.ended
        if note:
            say(note)

    _follow(press, id_, draw, pause, clock)


def _follow(
    press: Press,
    id_: int,
    draw: Callable[[Status, float, str], Any],
    pause: Callable[[float], None],
    clock: Callable[[], float],
) -> None:
    """Look at it again and again until it ends, and say once if nobody is there to deliver it."""
    pace, moved, warned = Pace(), clock(), False
    before = -1
    while True:
        found, now, note = status(press, id_), clock(), ""
        if found.ended != before or found.broadcast.state != "running" or found.held == found.counts["waiting"]:
            before, moved = found.ended, now
        elif now - moved > STILL and not warned and not press.courier():
            note, warned = NO_COURIER, True
        draw(found, pace.note(now, found.ended), note)
        if found.over:
            return
        pause(LOOK)


# What is said


def line(press: Press, found: Status, pace: float = 0.0) -> str:
    """How far it is, in one line."""
    told = f"{head(press, found)}: {found.ended:,} of {counted(found.people)}"
    return f"{told}{_outcomes(found)}{_rest(press, found, pace)}"


def head(press: Press, found: Status) -> str:
    """The state, and why it is so."""
    broadcast = found.broadcast
    told = f"broadcast {broadcast.id} {broadcast.state}"
    if broadcast.state == "scheduled":
        return f"{told} for {press.time(broadcast.due)} {press.settings.zone}"
    return f"{told} ({broadcast.why})" if broadcast.state == "paused" and broadcast.why else told


def _outcomes(found: Status) -> str:
    told = [f"{state} {found.counts[state]:,}" for state in deliveries.STATES[2:] if found.counts[state]]
    return f"; {', '.join(told)}" if told else ""


def _rest(press: Press, found: Status, pace: float) -> str:
    told = f"; {pace:.1f} a second" if pace and found.broadcast.state == "running" else ""
    if pace and found.broadcast.state == "running":
        now = found.people - found.ended - found.held
        told += f", {lasting(now / pace)} left" if now else ""
    if found.held and not found.over:
        told += f"; {found.held:,} must not be disturbed yet, the first until {press.time(found.next)}"
    return told


def picture(press: Press, found: Status, pace: float, note: str = "") -> Group:
    """How far it is, with a bar."""
    bar = ProgressBar(total=max(found.people, 1), completed=found.ended, width=BAR)
    lines = [line(press, found, pace), note] if note else [line(press, found, pace)]
    return Group(bar, *(Text(each) for each in lines))
