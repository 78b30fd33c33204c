"""A restart loses nothing but what is in files, and a broken state stops nobody."""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.simulator import Simulator, memory
from tests.bot.person import Person, WaitedError
from tests.bot.simulator.api import MEI, Api, Clock, inline
from tests.bot.simulator.test_media import png, upload


@asynccontextmanager
async def running(state: Path, clock: Clock) -> AsyncIterator[tuple[Simulator, Api, Person]]:
    simulator = Simulator(state=state, clock=clock)
    await simulator.start()
    async with aiohttp.ClientSession(simulator.api_base) as session, Person(simulator.api_base, MEI) as mei:
        yield simulator, Api(session), mei
    await simulator.stop()


async def test_a_restart(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "deep" / "state.json"
    async with running(state, clock) as (simulator, api, mei):
        await mei.say("/start")
        sent = await api.send("<b>中文</b>", parse_mode="HTML", reply_markup=inline(["a"]))
        await api.ok("setMyCommands", commands=[{"command": "help", "description": "x"}], language_code="zh")
        await api.updates(allowed_updates=["message", "callback_query"])
        pressed = await mei.tap("a")
        guest = simulator.telegram.invite("Yu", "ja")
        before, waiting = await mei.chat(), await api.updates()
    async with running(state, clock) as (simulator, api, mei):
        assert await mei.chat() == before | {"idle": None}
        assert await api.updates() == waiting
        assert simulator.people[guest.id].name == "Yu"
        assert (await mei.send_update(poll={}))["update_id"] is None
        await api.ok("answerCallbackQuery", callback_query_id=pressed["press"])
        assert (await api.send())["message_id"] == sent["message_id"] + 1
        assert (await mei.say("next"))["update_ids"] == [waiting[-1]["update_id"] + 1]
        await api.ok("editMessageText", chat_id=MEI, message_id=sent["message_id"], text="edited")
        await mei.tap_data(sent["message_id"], "a")


async def test_what_is_in_files_is_not_written_down(tmp_path: Path, clock: Clock) -> None:
    """They may be large, and hold what people told; after a restart the chat says what they were."""
    state = tmp_path / "state.json"
    async with running(state, clock) as (_, api, mei):
        await mei.say("/start")
        await upload(api, "sendDocument", "document", b"secret,words", "a.csv")
        await upload(api, "sendPhoto", "photo", png() + b"secret")
        before = await mei.chat()
        file_id = (await mei.screens())[0].file_id
        assert await mei.download(file_id) == b"secret,words"
    assert "secret" not in state.read_text()
    async with running(state, clock) as (_, api, mei):
        after = await mei.chat()
        assert [media.pop("kept") for media in media_of(before)] == [True, True]
        assert [media.pop("kept") for media in media_of(after)] == [False, False]
        assert after["messages"] == before["messages"]
        with pytest.raises(WaitedError, match="until a restart"):
            await mei.download(file_id)
        assert (await api.ok("getFile", file_id=file_id))["file_size"] == len("secret,words")
        sent = await api.ok("sendDocument", chat_id=MEI, document=file_id)
        assert sent["document"]["file_name"] == "a.csv"


def media_of(chat: dict[str, Any]) -> list[dict[str, Any]]:
    """The photos and documents in it."""
    return [message["media"] for message in chat["messages"] if message["media"]]


async def test_a_toast_after_a_restart_is_a_new_one(tmp_path: Path, clock: Clock) -> None:
    serials = []
    for text in ("first", "second"):
        async with running(tmp_path / "state.json", clock) as (_, api, mei):
            await mei.say("/start")
            await api.send(reply_markup=inline(["a"]))
            pressed = await mei.tap("a")
            await api.ok("answerCallbackQuery", callback_query_id=pressed["press"], text=text)
            serials.append((await mei.chat())["toast"]["serial"])
    assert serials == [1, 2]


async def test_nothing_happened(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "state.json"
    async with running(state, clock):
        pass
    assert json.loads(state.read_text())["next_message_id"] == 1


async def test_confirmed_updates_stay_confirmed(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "state.json"
    async with running(state, clock) as (_, api, mei):
        await mei.say("/start")
        (update,) = await api.updates()
        await api.updates(offset=update["update_id"] + 1)
    async with running(state, clock) as (_, api, mei):
        assert await api.updates() == []


async def test_it_is_written_soon_without_a_stop(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PAUSE", 0.01)
    state = tmp_path / "state.json"
    async with running(state, clock) as (_, _, mei):
        await mei.say("/start")
        await asyncio.sleep(0.05)
        assert "/start" in state.read_text()
        assert os.listdir(tmp_path) == ["state.json"]  # noqa: PTH208 - a look, not a walk


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"layout": 0}', '{"layout": 1}', '{"layout": 1, "people": 5}', "\udcff"],
)
async def test_a_broken_file_is_put_aside(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    state = tmp_path / "state.json"
    state.write_bytes(content.encode(errors="surrogateescape"))
    with caplog.at_level(logging.WARNING):
        async with running(state, clock) as (_, _, mei):
            await mei.say("/start")
    (warning,) = [record for record in caplog.records if record.name == "bot.simulator.memory"]
    assert "state.json.broken" in warning.getMessage()
    assert (tmp_path / "state.json.broken").read_bytes() == content.encode(errors="surrogateescape")
    assert json.loads(state.read_text())["layout"] == 1


def damage(kept: dict[str, Any], path: str) -> None:
    *way, last = path.split(".")
    for key in way:
        kept = kept[key]
    kept[last] = "x"


@pytest.mark.parametrize(
    "path",
    [
        "people",
        "chats",
        "presses",
        "files",
        "profile",
        "updates",
        "updates.queue",
        "next_message_id",
        "updates.next_id",
    ],
)
async def test_half_a_file_is_not_taken_over(tmp_path: Path, clock: Clock, path: str) -> None:
    state = tmp_path / "state.json"
    async with running(state, clock) as (_, _, mei):
        await mei.say("/start")
    kept = json.loads(state.read_text())
    damage(kept, path)
    state.write_text(json.dumps(kept))
    async with running(state, clock) as (_, api, mei):
        assert (await mei.chat())["messages"] == []
        assert await api.updates() == []


async def test_files_and_counts_survive(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "state.json"
    async with running(state, clock) as (_, api, mei):
        photo = await mei.photo("words")
        sent = await api.ok("sendPhoto", chat_id=MEI, photo=photo["file_id"], caption="c")
    assert "words" in state.read_text()
    async with running(state, clock) as (simulator, api, mei):
        again = await api.ok("sendPhoto", chat_id=MEI, photo=photo["file_id"], caption="c")
        assert again["photo"] == sent["photo"]
        edited = await api.ok("editMessageCaption", chat_id=MEI, message_id=sent["message_id"], caption="d")
        assert edited["caption"] == "d"
        assert simulator.telegram.chats[MEI].received == 2
        assert [message["text"] for message in (await mei.chat())["messages"]] == ["words", "d", "c"]


async def test_a_file_from_before_there_were_files(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "state.json"
    async with running(state, clock) as (_, _, mei):
        await mei.say("/start")
    kept = json.loads(state.read_text())
    del kept["files"]
    for chat in kept["chats"]:
        del chat["received"]
    state.write_text(json.dumps(kept))
    async with running(state, clock) as (_, _, mei):
        assert (await mei.chat())["messages"][0]["text"] == "/start"
