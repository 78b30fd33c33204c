"""The library that delivers broadcasts, against the simulator."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

# Asks for the coming behaviour; without it the library warns at each wait.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram import ForceReply, Message
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import ExtBot

from bot.simulator import TOKEN, Simulator
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, SAM, sim
from tests.bot.simulator.test_media import png


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[ExtBot[None]]:
    base = simulator.api_base
    made: ExtBot[None] = ExtBot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot")
    async with made:
        yield made


async def test_sending(bot: ExtBot[None], mei: Person) -> None:
    sent = await bot.send_message(MEI, "<b>你好</b>", parse_mode="HTML")
    assert (sent.text, sent.entities[0].type) == ("你好", "bold")
    assert (await mei.screen()).html == "<b>你好</b>"


async def test_refusals(bot: ExtBot[None], mei: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(SAM, "x")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(MEI, "x" * 4097)
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(MEI, "<p>", parse_mode="HTML")
    await mei.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(MEI, "x")
    await mei.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(MEI, "x")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("500", NetworkError), ("502", NetworkError), ("401", InvalidToken), ("drop_after", NetworkError)],
)
async def test_troubles(
    simulator: Simulator, bot: ExtBot[None], mei: Person, kind: str, error: type[Exception]
) -> None:
    await sim(simulator, "POST", "/sim/faults", {"kind": kind, "method": "sendMessage"})
    with pytest.raises(error):
        await bot.send_message(MEI, "x")
    assert len(await mei.screens()) == (kind == "drop_after")


async def test_waiting(simulator: Simulator, bot: ExtBot[None], mei: Person) -> None:
    await sim(simulator, "POST", "/sim/faults", {"kind": "429", "method": "sendMessage", "seconds": 9})
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(MEI, "x")
    assert caught.value.retry_after == timedelta(seconds=9)
    await sim(simulator, "POST", "/sim/faults", {"kind": "hang_after", "method": "sendMessage"})
    with pytest.raises(TimedOut):
        await bot.send_message(MEI, "x", read_timeout=0.1)
    assert len(await mei.screens()) == 1


async def test_photos_and_documents(bot: ExtBot[None], mei: Person) -> None:
    photo, document = await mei.photo(), await mei.document("a.csv")
    sent = await bot.send_photo(MEI, photo["file_id"], caption="<b>c</b>", parse_mode="HTML")
    assert (sent.caption, sent.caption_entities[0].type) == ("c", "bold")
    assert sent.photo[-1].file_id == photo["file_id"]
    filed = await bot.send_document(MEI, document["file_id"], caption="d")
    assert filed.document is not None
    assert filed.document.file_name == "a.csv"
    edited = await bot.edit_message_caption(MEI, sent.message_id, caption="new")
    assert isinstance(edited, Message)
    assert edited.caption == "new"
    assert await bot.delete_message(MEI, sent.message_id)
    assert (await bot.get_file(document["file_id"])).file_size == 100_000


async def test_uploads(bot: ExtBot[None], mei: Person) -> None:
    sent = await bot.send_photo(MEI, png(), caption="c", reply_markup=ForceReply())
    assert (sent.photo[-1].width, sent.caption) == (800, "c")
    filed = await bot.send_document(MEI, b"a,b", filename="b.csv")
    assert filed.document is not None
    assert (filed.document.file_name, filed.document.mime_type) == ("b.csv", "text/csv")
    assert [screen.media for screen in await mei.screens()] == ["photo", "document"]


async def test_uploads_come_back(bot: ExtBot[None], mei: Person, tmp_path: Path) -> None:
    """From memory and from a disk, to the person and to the bot."""
    export = tmp_path / "清单 2026.csv"
    export.write_bytes(bytes(range(256)) * 5000)
    drawn = await bot.send_photo(MEI, png() + b"drawn")
    with export.open("rb") as opened:
        saved = await bot.send_document(MEI, opened)
    assert saved.document is not None
    picture, document = await mei.screens()
    assert await mei.download(picture.file_id) == png() + b"drawn"
    assert (document.file_name, await mei.download(document.file_id)) == (export.name, export.read_bytes())
    for sent, content in [(drawn.photo[-1], png() + b"drawn"), (saved.document, export.read_bytes())]:
        assert await (await sent.get_file()).download_as_bytearray() == content


async def test_refusals_of_files(bot: ExtBot[None], mei: Person) -> None:
    photo, document = (await mei.photo())["file_id"], (await mei.document())["file_id"]
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(MEI, photo, caption="x" * 1025)
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await bot.send_photo(MEI, photo[:-3] + "abc")
    with pytest.raises(BadRequest, match="Can't use file of type document as photo"):
        await bot.send_photo(MEI, document)
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(MEI, b"no picture")
