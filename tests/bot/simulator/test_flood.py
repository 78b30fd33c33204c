"""Flood control."""

from typing import Any

import pytest

from bot.simulator import Simulator
from bot.simulator.errors import ApiError
from bot.simulator.flood import ALL_BURST, ALL_RATE, CHAT_BURST, Flood
from tests.bot.person import Person, gather
from tests.bot.simulator.api import MEI, Api, Clock, inline, sim


async def switch(simulator: Simulator, *, on: bool, scale: float = 1) -> None:
    wish = {"on": on} if scale == 1 else {"on": on, "scale": scale}
    assert await sim(simulator, "POST", "/sim/flood", wish) == (200, {"on": on, "scale": scale})


async def burst(api: Api) -> None:
    for _ in range(int(CHAT_BURST)):
        await api.send()


async def test_off_by_default(api: Api, mei: Person) -> None:
    for _ in range(60):
        await api.send()


async def test_one_message_a_second_in_a_chat(simulator: Simulator, api: Api, mei: Person, clock: Clock) -> None:
    await switch(simulator, on=True)
    assert (await sim(simulator, "GET", "/sim/state"))[1]["flood"] is True
    await burst(api)
    answer = await api.call("sendMessage", chat_id=MEI, text="x")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert answer.body["parameters"] == {"retry_after": 1}
    clock.move(1)
    sent = await api.send()
    edit = {"chat_id": MEI, "message_id": sent["message_id"], "text": "y"}
    assert await api.refused("editMessageText", **edit) == "Too Many Requests: retry after 1"
    clock.move(60)
    await burst(api)
    assert (await api.call("sendMessage", chat_id=MEI, text="x")).status == 429


async def test_thirty_in_all(simulator: Simulator, api: Api, clock: Clock) -> None:
    await switch(simulator, on=True)
    chats = [simulator.telegram.invite(f"Guest {number}", "en").id for number in range(11)]
    for chat in chats:
        simulator.telegram.say(chat, "/start")
    for chat in chats[:10]:
        for _ in range(3):
            await api.send(chat_id=chat)
    assert await api.refused("sendMessage", chat_id=chats[10], text="x") == "Too Many Requests: retry after 1"
    clock.move(0.05)
    await api.send(chat_id=chats[10])


async def test_other_methods_are_free_and_the_switch_forgets(simulator: Simulator, api: Api, mei: Person) -> None:
    await switch(simulator, on=True)
    await burst(api)
    for _ in range(40):
        await api.ok("getMe")
        await api.ok("sendChatAction", chat_id=MEI, action="typing")
    await switch(simulator, on=False)
    await api.send()
    await switch(simulator, on=True)
    await burst(api)
    # Without a chat there is still a bucket, and the method's own complaint.
    assert await api.refused("sendMessage", text="x") == "Bad Request: chat_id is empty"


FLOODED = "Too Many Requests: retry after 1"


async def test_photos_documents_and_captions_count(simulator: Simulator, api: Api, mei: Person) -> None:
    photo, document = (await mei.photo())["file_id"], (await mei.document())["file_id"]
    sent = await api.ok("sendPhoto", chat_id=MEI, photo=photo)
    calls: dict[str, dict[str, Any]] = {
        "sendPhoto": {"photo": photo},
        "sendDocument": {"document": document},
        "editMessageCaption": {"message_id": sent["message_id"], "caption": "c"},
        "editMessageReplyMarkup": {"message_id": sent["message_id"], "reply_markup": inline(["x"])},
    }
    for method, content in calls.items():
        await switch(simulator, on=True)
        await api.ok(method, chat_id=MEI, **content)
        for _ in range(int(CHAT_BURST) - 1):
            await api.send()
        assert await api.refused(method, chat_id=MEI, **content) == FLOODED


async def test_deleting_counts_among_all_but_not_in_the_chat(
    simulator: Simulator, api: Api, mei: Person, clock: Clock
) -> None:
    sent = [await api.send() for _ in range(int(ALL_BURST) + 1)]
    await switch(simulator, on=True)
    for message in sent[:-1]:
        await api.ok("deleteMessage", chat_id=MEI, message_id=message["message_id"])
    last = {"chat_id": MEI, "message_id": sent[-1]["message_id"]}
    assert await api.refused("deleteMessage", **last) == FLOODED
    assert await api.refused("sendMessage", chat_id=MEI, text="x") == FLOODED
    clock.move(1 / ALL_RATE + 0.001)
    await api.ok("deleteMessage", **last)


async def test_time_can_run_faster(simulator: Simulator, api: Api, mei: Person, clock: Clock) -> None:
    await switch(simulator, on=True, scale=10)
    assert (await sim(simulator, "GET", "/sim/state"))[1]["scale"] == 10
    await burst(api)
    assert await api.refused("sendMessage", chat_id=MEI, text="x") == FLOODED
    clock.move(0.1001)
    await api.send()
    await switch(simulator, on=True)
    await burst(api)
    clock.move(0.1001)
    assert await api.refused("sendMessage", chat_id=MEI, text="x") == FLOODED


@pytest.mark.parametrize("scale", [1.0, 10.0, 250.0])
def test_so_many_in_a_second_of_that_time(scale: float) -> None:
    clock = Clock()
    flood = Flood(clock)
    flood.switch(on=True, scale=scale)
    taken = 0
    for number in range(6000):
        clock.move(10 / scale / 6000)
        try:
            flood.check("sendMessage", str(number))
            taken += 1
        except ApiError:
            pass
    assert taken == pytest.approx(ALL_BURST + 10 * ALL_RATE, abs=2)


@pytest.mark.parametrize("scale", [0, -1, 1001, "fast", None])
async def test_impossible_scales(simulator: Simulator, scale: Any) -> None:
    status, _ = await sim(simulator, "POST", "/sim/flood", {"on": True, "scale": scale})
    assert status == 400
    assert not simulator.bot_side.flood.on


async def test_a_crowd_at_ten_times_the_rate(simulator: Simulator, api: Api, clock: Clock) -> None:
    people = await gather(simulator.api_base, 400)
    await switch(simulator, on=True, scale=10)
    for id_ in people.ids:
        clock.move(1 / 295)
        await api.send("news", id_)
    assert set((await people.received()).values()) == {1}
