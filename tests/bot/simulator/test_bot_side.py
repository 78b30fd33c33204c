"""How the bot may ask: addresses, encodings, limits; and the record of what it asked."""

import io
import json

import aiohttp
import pytest

from bot.simulator import TOKEN, Simulator
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, Api, sim


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
