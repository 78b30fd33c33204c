"""The pace is a promise: evenly, never more in any second however the network behaves, and one a second a person."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import NetworkError, RetryAfter

from bot.courier.pace import BEHIND, CHATS, Pace, seconds
from tests.bot.courier.hurried import hurry
from tests.bot.courier.office import busiest

Server = Callable[..., Coroutine[Any, Any, Any]]


def now() -> float:
    return asyncio.get_running_loop().time()


async def call(pace: Pace, server: Server, chat: int, *, paid: bool = False) -> Any:
    """One call of the library's."""
    data = {"chat_id": chat} | ({"allow_paid_broadcast": True} if paid else {})
    return await pace.process_request(server, (), {}, "sendMessage", data, None)


async def many(pace: Pace, servers: list[Server], flight: int = 8, *, paid: bool = False) -> None:
    """Calls to one person each, so many under way at once, as the courier makes them."""
    waiting = list(enumerate(servers, 1))

    async def line() -> None:
        while waiting:
            chat, server = waiting.pop(0)
            await call(pace, server, chat, paid=paid)

    await asyncio.gather(*(line() for _ in range(flight)))


def arriving(at: list[float], there: float = 0.002, back: float = 0.002) -> Server:
    """A server that notes when a call arrives, after so many seconds, and whose answer takes so many."""

    async def server() -> bool:
        await asyncio.sleep(there)
        at.append(now())
        await asyncio.sleep(back)
        return True

    return server


@pytest.mark.parametrize("pace", [0.5, 1, 3, 20, 25, 250])
def test_calls_leave_at_that_pace_and_evenly(pace: float) -> None:
    at: list[float] = []
    count = int(pace * 4) + 2
    hurry(many(Pace(pace), [arriving(at)] * count))
    assert busiest(at) <= max(1, pace)
    if pace > 1:  # a slow one waits for whole answers
        assert (count - 1) / (at[-1] - at[0]) >= 0.97 * pace
    assert busiest(at, 0.1) <= pace * (0.1 + BEHIND) + 1


@settings(max_examples=60, deadline=None)
@given(
    pace=st.sampled_from([1, 5, 20, 25]),
    ways=st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=90),
    quick=st.integers(0, 60),
)
def test_however_calls_are_held_up_never_more_arrive_in_any_second(
    pace: int, ways: list[tuple[float, float]], quick: int
) -> None:
    """Some take long to arrive and others don't: what left evenly arrives in heaps."""
    at: list[float] = []
    servers = [arriving(at, *way) for way in ways] + [arriving(at)] * quick
    hurry(many(Pace(pace), servers))
    assert len(at) == len(servers)
    # Python's floats: a second is a second but for the last digits.
    assert busiest(at, 1 - 1e-9) <= pace


def test_a_call_that_hangs_holds_up_no_others() -> None:
    at: list[float] = []
    hurry(many(Pace(20), [arriving(at, 0.002, 20), *[arriving(at)] * 100]))
    assert at[-1] < 6


def test_a_call_that_fails_counts_as_one() -> None:
    at: list[float] = []

    async def lost() -> bool:
        at.append(now())
        raise NetworkError("lost")

    async def run(pace: Pace) -> None:
        for chat in range(1, 60):
            with pytest.raises(NetworkError):
                await call(pace, lost, chat)

    hurry(run(Pace(20)))
    assert busiest(at) <= 20


def test_one_person_hears_once_a_second() -> None:
    at: list[float] = []

    async def run(pace: Pace) -> None:
        await asyncio.gather(*(call(pace, arriving(at), 7) for _ in range(4)), call(pace, arriving(at), 8))

    hurry(run(Pace(20)))
    assert busiest(at) == 2
    assert busiest(sorted(at)[2:]) == 1


def test_people_are_forgotten_once_they_had_their_second() -> None:
    pace = Pace(250)
    at: list[float] = []
    hurry(many(pace, [arriving(at)] * (3 * CHATS)))
    assert len(pace._chats) <= CHATS + 1


def test_while_telegram_wants_to_be_left_alone_nothing_leaves() -> None:
    at: list[float] = []

    async def flooded() -> bool:
        at.append(now())
        raise RetryAfter(3)

    async def run(pace: Pace) -> list[Any]:
        refused = await asyncio.gather(
            call(pace, flooded, 1), *(call(pace, arriving(at), chat) for chat in range(2, 9)), return_exceptions=True
        )
        await asyncio.sleep(3)
        await call(pace, arriving(at), 9)
        return refused

    refused = hurry(run(Pace(20)))
    assert all(isinstance(error, RetryAfter) for error in refused)
    assert [seconds(error) for error in refused] == sorted((seconds(error) for error in refused), reverse=True)
    assert seconds(refused[0]) == 3
    assert len(at) == 2, "the others were told so without a call"


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    async def run(pace: Pace) -> float:
        async def flooded(wait: float) -> None:
            await asyncio.sleep(0.5)
            raise RetryAfter(timedelta(seconds=wait))

        waits = [call(pace, lambda wait=wait: flooded(wait), chat) for chat, wait in ((1, 60), (2, 1))]
        await asyncio.gather(*waits, return_exceptions=True)
        with pytest.raises(RetryAfter) as refused:
            await call(pace, lambda: flooded(0), 3)
        return seconds(refused.value)

    assert hurry(run(Pace(20))) == pytest.approx(59.5, abs=1)


def test_a_paid_broadcast_is_not_held_to_the_pace() -> None:
    at: list[float] = []
    hurry(many(Pace(20), [arriving(at)] * 200, paid=True))
    assert at[-1] < 1


def test_a_call_for_nobody_is_not_paced() -> None:
    async def run(pace: Pace) -> float:
        async def me() -> bool:
            return True

        for _ in range(10):
            await pace.process_request(me, (), {}, "getMe", {}, None)
        return now()

    assert hurry(run(Pace(20))) < 0.01
