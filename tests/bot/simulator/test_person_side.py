"""What the page gets to see."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.simulator import OPERATOR_ID, Simulator, person_side
from tests.bot.person import Person
from tests.bot.simulator.api import BASE_TIME, MEI, SAM, Api, inline, sim


async def test_the_list_of_people(simulator: Simulator, api: Api, mei: Person) -> None:
    await api.send("last words " * 20)
    people = {one["id"]: one for one in (await sim(simulator, "GET", "/sim/people"))[1]["people"]}
    assert people[MEI]["last"] == {"id": 2, "text": ("last words " * 20)[:120], "from_bot": True}
    assert (people[MEI]["started"], people[SAM]["started"]) == (True, False)
    assert people[SAM]["last"] is None
    assert [one["id"] for one in people.values() if one["operator"]] == [OPERATOR_ID]


async def test_a_chat(simulator: Simulator, api: Api, mei: Person) -> None:
    await api.send("<b>x</b>", parse_mode="HTML", reply_markup=inline(["a", "b"], ["c"]))
    chat = await mei.chat()
    start, answer = chat["messages"]
    assert (start["from_bot"], start["text"]) == (False, "/start")
    assert [[button["text"] for button in row] for row in answer["keyboard"]] == [["a", "b"], ["c"]]
    assert answer["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert (answer["edited"], answer["date"]) == (False, int(BASE_TIME))
    assert (chat["toast"], chat["action"], chat["keys"], chat["idle"]) == (None, "", None, None)
    assert chat["person"]["language_code"] == "zh-hans"


async def test_a_chat_of_nobody(simulator: Simulator) -> None:
    status, answer = await sim(simulator, "GET", "/sim/people/7/chat")
    assert (status, answer) == (400, {"error": "there is nobody with the id 7"})
    assert (await raw(simulator, "GET", "/sim/people/x/chat"))[0] == 404


async def raw(simulator: Simulator, method: str, path: str, data: bytes | None = None) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, simulator.api_base + path, data=data) as response,
    ):
        return response.status, await response.text()


async def test_a_body_that_is_no_json(simulator: Simulator) -> None:
    status, text = await raw(simulator, "POST", "/sim/people", b"{")
    assert (status, json.loads(text)) == (400, {"error": "send JSON"})
    for half in (b'{"text": "\\ud800"}', b'{"\\udfff": 1}'):
        status, text = await raw(simulator, "POST", f"/sim/people/{MEI}/text", half)
        assert (status, json.loads(text)) == (400, {"error": "send whole Unicode characters"})
    status, text = await raw(simulator, "POST", "/sim/people", b"\xff")
    assert (status, "decode" in text) == (400, True)
    status, text = await raw(simulator, "GET", "/sim/calls?since=x")
    assert (status, json.loads(text)["error"][:15]) == (400, "invalid literal")


class Stream:
    """Reads server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(2):
            while True:
                line = await self.response.content.readline()
                if line.startswith(b"data: "):
                    event: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                    return event

    async def until(self, what: str) -> dict[str, Any]:
        while (event := await self.next())["what"] != what:
            pass
        return event


async def test_events(simulator: Simulator, api: Api, mei: Person) -> None:
    async with aiohttp.ClientSession() as session, session.get(simulator.url + "sim/events") as response:
        assert response.content_type == "text/event-stream"
        await response.content.readline()
        stream = Stream(response)
        await api.send(reply_markup=inline(["a"]))
        assert await stream.next() == {"what": "chat", "chat": MEI}
        pressed = await mei.tap("a")
        await stream.until("chat")
        await api.ok("answerCallbackQuery", callback_query_id=pressed["press"], text="hi")
        answered = await stream.until("answer")
        assert (answered["chat"], answered["toast"]["text"]) == (MEI, "hi")
        await sim(simulator, "POST", "/sim/people", {"name": "Yu", "language_code": "ja"})
        await stream.until("people")
        await sim(simulator, "POST", "/sim/flood", {"on": True})
        await stream.until("switches")
        await api.ok("setMyName", name="x")
        await stream.until("profile")


async def test_events_end_with_the_simulator(simulator: Simulator) -> None:
    async with aiohttp.ClientSession() as session, session.get(simulator.url + "sim/events") as response:
        await response.content.readline()
        await simulator.stop()
        assert await response.content.read() == b"\n"


async def test_a_closed_page_is_forgotten(simulator: Simulator) -> None:
    async with aiohttp.ClientSession() as session, session.get(simulator.url + "sim/events") as response:
        await response.content.readline()
        assert len(simulator.person_side.streams) == 1
    for _ in range(50):
        if not simulator.person_side.streams:
            return
        await asyncio.sleep(0.02)
    pytest.fail("the stream is still there")


async def test_a_page_that_stopped_reading_is_not_fed_for_ever(simulator: Simulator) -> None:
    stream: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    simulator.person_side.streams.add(stream)
    for _ in range(person_side.UNREAD + 5):
        simulator.telegram.tell("chat", chat=MEI)
    assert stream.qsize() == person_side.UNREAD


async def test_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person_side, "HEARTBEAT", 0.01)
    assert await person_side.next_chunk(asyncio.Queue()) == b": still here\n\n"
