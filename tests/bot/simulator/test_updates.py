"""getUpdates: confirming, waiting, forgetting."""

import asyncio
import time

from bot.simulator import Simulator, updates
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, Api, Clock, inline, sim

DAY = 24 * 3600


async def texts(api: Api, offset: int = 0, limit: int = 100) -> list[str]:
    return [update["message"]["text"] for update in await api.updates(offset=offset, limit=limit)]


async def ids(api: Api, offset: int = 0) -> list[int]:
    return [update["update_id"] for update in await api.updates(offset=offset)]


async def test_updates_stay_until_confirmed(api: Api, mei: Person) -> None:
    await mei.say("two")
    assert await texts(api) == await texts(api) == ["/start", "two"]
    first, second = await ids(api)
    assert second == first + 1
    assert await texts(api, offset=second) == ["two"]
    assert await texts(api) == ["two"]
    assert await texts(api, offset=second + 1) == []
    assert (await mei.say("three"))["update_ids"] == [second + 1]


async def test_a_negative_offset_keeps_the_last_ones(api: Api, mei: Person) -> None:
    await mei.say("two")
    await mei.say("three")
    assert await texts(api, offset=-2) == ["two", "three"]
    assert await texts(api) == ["two", "three"]
    assert await texts(api, offset=-9) == ["two", "three"]


async def test_an_offset_too_far_ahead_is_ignored(api: Api, mei: Person) -> None:
    (only,) = await ids(api)
    assert await texts(api, offset=only + 1 + updates.AHEAD + 1) == ["/start"]
    assert await texts(api, offset=only + 1 + updates.AHEAD) == []


async def test_the_limit_is_clamped(api: Api, mei: Person) -> None:
    for number in range(120):
        await mei.say(str(number))
    assert len(await texts(api, limit=2)) == 2
    assert len(await texts(api, limit=0)) == 1
    assert len(await texts(api, limit=1000)) == 100
    assert len(await api.updates(limit="x")) == 1


async def test_a_long_poll_returns_at_once_when_something_arrives(api: Api, mei: Person) -> None:
    (only,) = await ids(api)
    poll = asyncio.create_task(api.updates(offset=only + 1, timeout=50))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await mei.say("now")
    assert [update["message"]["text"] for update in await poll] == ["now"]
    assert time.monotonic() - began < 0.5


async def test_a_poll_without_timeout_returns_at_once(api: Api) -> None:
    began = time.monotonic()
    assert await api.updates(timeout=-5) == []
    assert time.monotonic() - began < 0.5


async def test_the_timeout_is_clamped_to_fifty(simulator: Simulator, api: Api) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    queue = simulator.telegram.updates
    original = updates.Updates.wait
    updates.Updates.wait = lambda self, seconds: note(seconds)  # type: ignore[method-assign]
    try:
        assert await api.updates(timeout=500) == []
    finally:
        updates.Updates.wait = original  # type: ignore[method-assign]
    assert waits == [50]
    assert queue.waiting is None


async def test_a_wait_ends(simulator: Simulator) -> None:
    assert await simulator.telegram.updates.get(0, 100, 0.01) == []
    assert simulator.telegram.updates.waiting is None


async def test_of_two_waiting_pollers_the_older_is_refused(api: Api, mei: Person) -> None:
    (only,) = await ids(api)
    older = asyncio.create_task(api.refused("getUpdates", offset=only + 1, timeout=50))
    await asyncio.sleep(0.05)
    younger = asyncio.create_task(api.updates(offset=only + 1, timeout=50))
    assert await older == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    await mei.say("for the younger")
    assert len(await younger) == 1


async def test_a_poller_that_left_is_forgotten(simulator: Simulator, api: Api, clock: Clock) -> None:
    poll = asyncio.create_task(api.updates(timeout=50))
    await asyncio.sleep(0.05)
    assert simulator.telegram.updates.idle == 0
    poll.cancel()
    await asyncio.wait([poll])
    for _ in range(50):
        if simulator.telegram.updates.waiting is None:
            break
        await asyncio.sleep(0.02)
    clock.move(9)
    assert simulator.telegram.updates.idle == 9


async def test_how_long_the_bot_has_been_idle(simulator: Simulator, api: Api, clock: Clock) -> None:
    assert (await sim(simulator, "GET", "/sim/state"))[1]["idle"] is None
    await api.updates()
    clock.move(3)
    assert (await sim(simulator, "GET", "/sim/state"))[1]["idle"] == 3


async def test_messages_are_kept_for_a_day(api: Api, mei: Person, clock: Clock) -> None:
    clock.move(DAY - 1)
    assert await texts(api) == ["/start"]
    clock.move(1)
    assert await texts(api) == []


async def test_callback_queries_are_kept_for_150_seconds(api: Api, mei: Person, clock: Clock) -> None:
    await api.send(reply_markup=inline(["a"]))
    await mei.tap("a")
    clock.move(149)
    assert len(await api.updates()) == 2
    clock.move(1)
    assert len(await api.updates()) == 1
    assert (await api.ok("getWebhookInfo"))["pending_update_count"] == 1


async def test_allowed_updates_are_remembered(api: Api, mei: Person) -> None:
    await api.send(reply_markup=inline(["a"]))
    await api.updates(allowed_updates=["callback_query", "unheard_of"])
    assert (await mei.say("lost"))["update_ids"] == [None]
    assert (await mei.tap("a"))["update_id"]
    await api.updates()
    assert (await mei.say("still lost"))["update_ids"] == [None]
    assert (await api.ok("getWebhookInfo"))["allowed_updates"] == ["callback_query"]
    await api.updates(allowed_updates="nonsense")
    await api.updates(allowed_updates=[])
    assert (await mei.say("heard"))["update_ids"] != [None]
    assert "allowed_updates" not in await api.ok("getWebhookInfo")


async def test_some_kinds_must_be_asked_for(api: Api, mei: Person) -> None:
    assert (await mei.send_update(message_reaction={}))["update_id"] is None
    await api.updates(allowed_updates=["message_reaction"])
    assert (await mei.send_update(message_reaction={}))["update_id"]


async def test_delete_webhook_can_drop_what_waits(api: Api, mei: Person) -> None:
    assert await api.ok("deleteWebhook") is True
    assert len(await api.updates()) == 1
    assert await api.ok("deleteWebhook", drop_pending_updates=True) is True
    assert await api.updates() == []


async def test_an_update_can_come_twice(simulator: Simulator, api: Api, mei: Person) -> None:
    (first,) = await api.updates()
    assert await api.updates(offset=first["update_id"] + 1) == []
    status, _ = await sim(simulator, "POST", "/sim/repeat", {"update_id": first["update_id"]})
    assert status == 200
    assert await api.updates(offset=first["update_id"] + 1) == [first]
    assert await api.updates(offset=first["update_id"] + 1) == []


async def test_only_a_known_update_can_be_repeated(simulator: Simulator, api: Api, mei: Person) -> None:
    status, answer = await sim(simulator, "POST", "/sim/repeat", {"update_id": 5})
    assert (status, answer) == (400, {"error": "there is no recent update 5"})


def test_a_full_queue_takes_no_more(clock: Clock) -> None:
    queue = updates.Updates(clock)
    for _ in range(updates.MOST):
        assert queue.put("message", {})
    assert queue.put("message", {}) is None


async def test_a_bot_that_never_polled_finds_everything(api: Api, mei: Person) -> None:
    await mei.say("early")
    (start, early) = await api.updates(timeout=50)
    assert start["message"]["from"]["id"] == MEI
    assert early["message"]["text"] == "early"
