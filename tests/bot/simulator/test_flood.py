"""Flood control."""

from bot.simulator import Simulator
from bot.simulator.flood import CHAT_BURST
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, Api, Clock, sim


async def switch(simulator: Simulator, *, on: bool) -> None:
    assert await sim(simulator, "POST", "/sim/flood", {"on": on}) == (200, {"on": on})


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
