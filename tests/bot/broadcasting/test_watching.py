"""Watching: a bar in a terminal, lines elsewhere, and what they say; with a real courier, and with steps by hand."""

import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broadcasting import Press, watching
from bot.broadcasting.press import NO_COURIER
from bot.broadcasting.watching import WINDOW, Pace, Status
from bot.simulator import Simulator
from bot.store import broadcasts
from bot.store.broadcasts import Broadcast
from tests.bot.background import Background
from tests.bot.broadcasting.pressroom import (
    DAYTIME,
    NEWS_TOML,
    approve,
    arrive,
    database,
    delivering,
    ended,
    good,
    launched,
    press,
    refused,
    text,
    write,
)
from tests.bot.shell import start

Step = Callable[[Press], None]


class Clock:
    """Seconds that pass only while somebody pauses; at each pause one more step is taken."""

    def __init__(self, it: Press, steps: Iterator[Step]) -> None:
        self.now = 0.0
        self.press = it
        self.steps = steps

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds
        next(self.steps)(self.press)


def deliver(count: int, state: str = "sent") -> Step:
    """So many more have ended that way."""

    def step(it: Press) -> None:
        it.db.execute(
            "update deliveries set state = ? where rowid in (select rowid from deliveries where state = 'waiting' "
            "order by who limit ?)",
            [state, count],
        )

    return step


def move(name: str, why: str | None = None) -> Step:
    """Somebody has done that to it."""
    return lambda it: None if broadcasts.move(it.db, 1, name, time.time(), why=why) else pytest.fail(name)


def nothing(_: Press) -> None:
    """Nothing happens."""


def watched(*steps: Step, terminal: bool = False) -> str:
    """What `watch` prints in a terminal while that happens."""
    with press(terminal=terminal) as (it, printed):
        clock = Clock(it, iter(steps))
        watching.watch(it, 1, pause=clock.pause, clock=clock)
    return printed.getvalue()


# With a courier


def test_it_is_watched_until_it_is_done(running: Background, simulator: Simulator) -> None:
    arrive(simulator, 6)
    blocked, *_ = arrive(simulator, 2, "zh-hans")
    simulator.telegram.chats[blocked].blocked = True
    good("draft", write("news.toml", NEWS_TOML))
    with delivering(running, simulator, pace=10):
        good("test", 1)
        good("start", 1)
        lines = good("watch", 1).splitlines()
    assert lines[0].startswith("broadcast 1 running: ")
    assert lines[-1] == "broadcast 1 done: 8 of 8 people; sent 7, gone 1"
    report = good("report", 1)
    assert re.search(r"^sent +7 +87\.5% *$", report, re.MULTILINE)
    assert re.search(r"^gone +Forbidden: bot was blocked by the user +1 +12\.5% *$", report, re.MULTILINE)


def test_a_correction_and_a_withdrawal_reach_those_who_have_it(running: Background, simulator: Simulator) -> None:
    (who,) = arrive(simulator, 1)
    messages = simulator.telegram.chats[who].messages
    good("draft", write("news.toml", NEWS_TOML))
    with delivering(running, simulator):
        for _ in ("send it", "correct it"):
            id_ = text("select max(id) from broadcasts")[0][0]
            good("test", str(id_))
            good("start", str(id_))
            good("watch", str(id_))
            if id_ == 1:
                good("correct", 1, write("better.toml", NEWS_TOML.replace("new edition", "draft edition")))
        assert [message.text.splitlines()[0] for message in messages.values()] == ["ISO 9001 has a draft edition."]
        good("withdraw", 1)
        good("start", 3)
        good("watch", 3)
    assert not messages
    assert "1 of 1 person see the correction" in good("report", 2)
    assert "1 of 1 person have it no longer" in good("report", 3)


# Lines


@pytest.mark.usefixtures("people")
def test_once_is_one_line() -> None:
    good("draft", write("news.toml", NEWS_TOML))
    assert good("watch", 1, "--once") == "broadcast 1 draft: 0 of 0 people\n"
    with database() as db:
        approve(db, 1)
    good("start", 1, "--leave-out")
    with press() as (it, _):
        deliver(2)(it)
        deliver(1, "gone")(it)
    assert good("watch", 1, "--once") == "broadcast 1 running: 3 of 5 people; sent 2, gone 1\n"
    with database() as db:
        ended(db, 1)
    assert good("watch", 1, "--once") == "broadcast 1 done: 5 of 5 people; sent 5\n"
    assert good("watch", 1) == good("watch", 1, "--once"), "what is over is told once"


@pytest.mark.usefixtures("people")
def test_a_draft_is_not_watched() -> None:
    good("draft", write("news.toml", NEWS_TOML))
    assert refused("watch", 1) == "broadcast 1 is a draft: it has not been started"


@pytest.mark.usefixtures("people")
def test_without_a_terminal_there_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    launched("--leave-out")
    watched(deliver(1), deliver(1), *[nothing] * 9, deliver(3), move("finish"))
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == [
        "broadcast 1 running: 0 of 5 people",
        "broadcast 1 running: 2 of 5 people; sent 2; 0.4 a second, less than a minute left",
    ]
    assert shown[-1] == "broadcast 1 done: 5 of 5 people; sent 5"
    assert len([line for line in shown if line.startswith("broadcast 1 running")]) == 2


@pytest.mark.usefixtures("people")
def test_a_pause_is_told_at_once_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    launched("--leave-out")
    watched(deliver(1), move("pause", "can't parse entities"), nothing, move("resume"), move("stop"))
    assert capsys.readouterr().out.splitlines() == [
        "broadcast 1 running: 0 of 5 people",
        "broadcast 1 paused (can't parse entities): 1 of 5 people; sent 1",
        "broadcast 1 running: 1 of 5 people; sent 1; 0.5 a second, less than a minute left",
        "broadcast 1 stopped: 1 of 5 people; sent 1",
    ]


@pytest.mark.usefixtures("people")
def test_a_courier_that_is_not_there_is_missed_once(capsys: pytest.CaptureFixture[str]) -> None:
    launched("--leave-out")
    watched(*[nothing] * 40, move("stop"))
    assert capsys.readouterr().out.count(NO_COURIER) == 1


@pytest.mark.usefixtures("people")
def test_who_must_not_be_disturbed_is_told_and_no_courier_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    launched("--leave-out")

    def hold(it: Press) -> None:
        it.db.execute("update deliveries set due = ? where state = 'waiting'", [int(time.time()) + 3600])

    watched(deliver(2), hold, *[nothing] * 30, move("pause"), move("stop"))
    shown = capsys.readouterr().out
    assert re.search(r"sent 2; .*3 must not be disturbed yet, the first until \d{4}-\d\d-\d\d 1[56]:\d\d\n", shown)
    assert NO_COURIER not in shown
    assert shown.endswith("broadcast 1 stopped: 2 of 5 people; sent 2\n")


@pytest.mark.usefixtures("people")
def test_a_scheduled_one_says_when(capsys: pytest.CaptureFixture[str]) -> None:
    good("draft", write("news.toml", NEWS_TOML))
    with database() as db:
        approve(db, 1)
        broadcasts.move(db, 1, "schedule", time.time(), due=int(time.time()) + 3600)
    watched(*[nothing] * 30, move("stop"))
    first, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        rf"broadcast 1 scheduled for \d{{4}}-\d\d-\d\d 1[56]:\d\d {re.escape(DAYTIME)}: 0 of 0 people", first
    )
    assert last == "broadcast 1 stopped: 0 of 0 people"


# A bar


@pytest.mark.usefixtures("people")
def test_in_a_terminal_a_bar_moves() -> None:
    launched("--leave-out")
    shown = watched(deliver(2), deliver(1, "failed"), deliver(2), move("finish"), terminal=True)
    assert "━" in shown
    for counted in ("0 of 5 people", "2 of 5 people; sent 2", "3 of 5 people; sent 2, failed 1"):
        assert counted in shown
    assert "broadcast 1 done: 5 of 5 people; sent 4, failed 1" in shown


@pytest.mark.usefixtures("people")
def test_in_a_terminal_a_courier_is_missed_under_the_bar() -> None:
    launched("--leave-out")
    assert NO_COURIER in watched(*[nothing] * 15, move("stop"), terminal=True)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("terminal", [True, False])
def test_who_stops_watching_is_told_that_it_goes_on(*, terminal: bool, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(_: Press) -> None:
        raise KeyboardInterrupt

    launched("--leave-out")
    with pytest.raises(KeyboardInterrupt):
        watched(nothing, interrupt, terminal=terminal)
    assert capsys.readouterr().out.endswith("It goes on without you. To stop it: certguide broadcast stop 1\n")


def test_who_stops_watching_stops_nothing_else(people: None) -> None:
    id_ = launched("--leave-out")
    process = start("broadcast", "watch", str(id_), folder=Path.cwd(), BOT_ZONE=DAYTIME)
    try:
        assert process.stdout
        assert process.stdout.readline() == "broadcast 1 running: 0 of 5 people\n"
        process.send_signal(signal.SIGINT)
        told, complaint = process.communicate(timeout=10)
    finally:
        process.kill()
    assert told == "It goes on without you. To stop it: certguide broadcast stop 1\n"
    assert (complaint.strip(), process.returncode) == ("Aborted!", 1)
    assert "running" in good("watch", 1, "--once")


# Pace


def test_the_pace_is_that_of_the_last_seconds() -> None:
    pace = Pace()
    assert pace.note(0, 100) == 0
    assert pace.note(1, 120) == 20
    for second in range(2, 60):
        slow = pace.note(second, 120 + second)
    assert slow == pytest.approx(1)


@given(st.lists(st.tuples(st.floats(0.01, 5), st.integers(0, 100)), min_size=1, max_size=50))
def test_the_pace_is_never_more_than_what_there_was(steps: list[tuple[float, int]]) -> None:
    pace, moment, total = Pace(), 0.0, 0
    pace.note(0, 0)
    for seconds, more in steps:
        moment, total = moment + seconds, total + more
        assert 0 <= pace.note(moment, total) <= 100 * WINDOW / 0.01


@given(st.dictionaries(st.sampled_from(["waiting", "sending", "sent", "gone", "failed"]), st.integers(0, 10**7)))
def test_who_waits_has_not_ended(counts: dict[str, int]) -> None:
    found = Status(_broadcast("running"), Counter(counts), 0, 0)
    assert found.ended + counts.get("waiting", 0) + counts.get("sending", 0) == found.people
    assert not found.over
    assert Status(_broadcast("done"), Counter(counts), 0, 0).over


def _broadcast(state: str) -> Broadcast:
    return Broadcast(1, state, "send", 0, "", "", "", paid=False, by=0, due=0, started=0, ended=0, why="")
