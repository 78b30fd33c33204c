"""How the bot may ask: addresses, encodings, limits; and the record of what it asked."""

import io
import json

import aiohttp
import pytest

from bot.simulator import TOKEN, Simulator, bot_side
from tests.bot.person import Person, arrivals, busiest
from tests.bot.simulator.api import BASE_TIME, MEI, Api, Clock, sim


async def test_unknown_method(api: Api) -> None:
    answer = await api.call("sendGift")
    assert answer.status == 404
    assert answer.body == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
    assert (await api.call("")).status == 404


@pytest.mark.parametrize("token", ["", "1:x", TOKEN + "x"])
async def test_wrong_token(simulator: Simulator, api: Api, token: str) -> None:
    answer = await Api(api.session, token).call("getMe")
    assert (answer.status, answer.body["description"]) == (401, "Unauthorized")


async def test_names_in_any_capitals(api: Api) -> None:
    assert await api.ok("GETME") == await api.ok("getme") == await api.ok("getMe")


async def test_every_encoding(api: Api, mei: Person) -> None:
    path = f"/bot{TOKEN}/sendMessage"
    values = {"chat_id": str(MEI), "text": "中 & <b>", "reply_markup": json.dumps({"force_reply": True})}
    form = aiohttp.FormData(values)
    multipart = aiohttp.MultipartWriter("form-data")
    for name, value in values.items():
        multipart.append(value).set_content_disposition("form-data", name=name)
    file = multipart.append(b"\0\1", {"Content-Type": "application/octet-stream"})
    file.set_content_disposition("form-data", name="document", filename="x.bin")
    nested = values | {"chat_id": MEI, "reply_markup": {"force_reply": True}, "protect_content": None}
    for response in [
        await api.session.get(path, params=values),
        await api.session.post(path, params=values),
        await api.session.post(path, data=form),
        await api.session.post(path, data=multipart),
        await api.session.post(path, json=nested),
        await api.session.post(path, params={"text": values["text"]}, json={"chat_id": MEI}),
    ]:
        assert (await response.json())["result"]["text"] == values["text"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{", "application/json"), (b"[]", "application/json"), (b"\xff", "application/json; charset=utf-8"),
     (b"x", "multipart/form-data"), (b"x", "application/json; charset=klingon")],
)  # fmt: skip
async def test_unreadable_bodies(api: Api, body: bytes, kind: str) -> None:
    response = await api.session.post(f"/bot{TOKEN}/getMe", data=body, headers={"Content-Type": kind})
    assert response.status == 400
    assert (await response.json())["description"] == "Bad Request: can't parse the request"


async def test_a_body_too_large(api: Api) -> None:
    body = io.BytesIO(json.dumps({"text": "x" * 2**20}).encode())
    headers = {"Content-Type": "application/json"}
    async with api.session.post(f"/bot{TOKEN}/sendMessage", data=body, headers=headers) as response:
        answer = await response.json()
    assert (response.status, answer["description"]) == (413, "Request Entity Too Large")


async def test_true_in_all_spellings(api: Api, mei: Person) -> None:
    for spelling in ("true", "True", "1", "yes", True):
        await mei.say("again")
        await api.ok("deleteWebhook", drop_pending_updates=spelling)
        assert await api.updates() == []
    await mei.say("again")
    await api.ok("deleteWebhook", drop_pending_updates="no")
    assert len(await api.updates()) == 1


async def test_the_record_of_calls(simulator: Simulator, api: Api, mei: Person) -> None:
    await api.send("noted", parse_mode="HTML")
    await api.refused("sendMessage", chat_id=1, text="x")
    _, answer = await sim(simulator, "GET", "/sim/calls")
    good, poor = answer["calls"]
    assert (good["method"], good["args"]["text"], good["status"]) == ("sendMessage", "noted", 200)
    assert (poor["status"], poor["description"]) == (400, "Bad Request: chat not found")
    _, later = await sim(simulator, "GET", f"/sim/calls?since={good['n']}")
    assert later["calls"] == [poor]
    assert TOKEN not in json.dumps(answer)


async def test_unknown_arguments_are_ignored(api: Api, mei: Person) -> None:
    await api.send("x", made_up={"a": 1}, disable_notification=True)


async def test_the_last_calls_only(simulator: Simulator, api: Api, mei: Person) -> None:
    for number in range(5):
        await api.send(str(number))
    _, answer = await sim(simulator, "GET", "/sim/calls?last=2")
    assert [call["args"]["text"] for call in answer["calls"]] == ["3", "4"]
    assert {call["chat"] for call in answer["calls"]} == {str(MEI)}


async def test_when_calls_came(simulator: Simulator, api: Api, mei: Person, clock: Clock) -> None:
    await api.ok("getMe")
    await api.updates()
    await api.send()
    clock.move(0.5)
    await api.refused("sendMessage", chat_id=1, text="x")
    me, good, poor = await arrivals(simulator.api_base)
    assert (me.method, me.chat, good.chat, poor.chat) == ("getMe", "", str(MEI), "1")
    assert (good.status, poor.status, good.at, poor.at) == (200, 400, BASE_TIME, BASE_TIME + 0.5)
    assert await arrivals(simulator.api_base, "getMe", "getUpdates", since=me.n - 1) != []
    assert await arrivals(simulator.api_base, "sendMessage", since=good.n) == [poor]


async def test_the_record_holds_many(simulator: Simulator, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """What old calls said is forgotten, that they came is not."""
    monkeypatch.setattr(bot_side, "LOGGED_WHOLE", 3)
    for _ in range(8):
        await api.ok("getMe", lots="x" * 1000)
    assert len(await arrivals(simulator.api_base, "getMe")) == 8
    _, answer = await sim(simulator, "GET", "/sim/calls")
    assert [len(call["args"]["lots"]) for call in answer["calls"]] == [1000] * 3
    assert [len(call.args) for call in simulator.bot_side.calls] == [0] * 5 + [1] * 3


async def test_never_more_than_so_many_in_a_second(simulator: Simulator, api: Api, mei: Person, clock: Clock) -> None:
    for _ in range(600):
        clock.move(1 / 20)
        await api.send()
    times = [arrival.at for arrival in await arrivals(simulator.api_base, "sendMessage")]
    assert len(times) == 600
    assert busiest(times) in {20, 21}
    clock.move(-0.01)
    await api.send()
    assert busiest([*times, clock.now]) == busiest(times) + 1
