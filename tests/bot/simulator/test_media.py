"""Photos and documents the bot sends: by their identifiers, uploaded, with captions, edited."""

import io
import json
import struct
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator import TOKEN, Simulator, media, requests
from bot.simulator.media import File, Files, Upload, view
from tests.bot.person import Person, WaitedError
from tests.bot.simulator.api import MEI, SAM, Answer, Api, Clock, inline
from tests.bot.simulator.test_methods import NOT_MODIFIED

BOTH = pytest.mark.parametrize(("kind", "method"), [("photo", "sendPhoto"), ("document", "sendDocument")])


def png(width: int = 800, height: int = 600) -> bytes:
    """As much of a picture as tells its shape."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x06\0\0\0"


async def upload(api: Api, method: str, part: str, content: bytes, name: str = "a.png", **values: Any) -> Answer:
    """One call with a file in it."""
    form = aiohttp.FormData(quote_fields=False)
    for key, value in {"chat_id": MEI, **values}.items():
        form.add_field(key, value if isinstance(value, str) else json.dumps(value))
    form.add_field(part, io.BytesIO(content), filename=name)
    async with api.session.post(f"/bot{TOKEN}/{method}", data=form) as response:
        return Answer(response.status, await response.json())


async def known(mei: Person, kind: str) -> str:
    """The identifier of a file the bot may use."""
    sent = await (mei.photo() if kind == "photo" else mei.document())
    return str(sent["file_id"])


# --- by identifier ---


async def test_a_photo_as_the_bot_gets_it_back(api: Api, mei: Person) -> None:
    photo = await mei.photo(width=1600, height=1200, size=100_000)
    sent = await api.ok(
        "sendPhoto",
        chat_id=MEI,
        photo=photo["file_id"],
        caption="<b>a</b> iso.org",
        parse_mode="HTML",
        reply_markup=inline(["x"]),
    )
    assert "text" not in sent
    assert (sent["caption"], sent["reply_markup"]) == ("a iso.org", inline(["x"]))
    assert [entity["type"] for entity in sent["caption_entities"]] == ["bold", "url"]
    assert [(size["width"], size["height"]) for size in sent["photo"]] == [
        (90, 68),
        (320, 240),
        (800, 600),
        (1280, 960),
    ]
    assert sent["photo"][-1]["file_id"] == photo["file_id"]
    assert len({size["file_id"] for size in sent["photo"]} | {size["file_unique_id"] for size in sent["photo"]}) == 8


async def test_every_size_of_a_photo_can_be_named(api: Api, mei: Person) -> None:
    sent = await api.ok("sendPhoto", chat_id=MEI, photo=await known(mei, "photo"))
    for size in sent["photo"]:
        again = await api.ok("sendPhoto", chat_id=MEI, photo=size["file_id"])
        assert again["photo"] == sent["photo"]


async def test_a_document_as_the_bot_gets_it_back(api: Api, mei: Person) -> None:
    document = await mei.document("清单.pdf", size=1234)
    sent = await api.ok("sendDocument", chat_id=MEI, document=document["file_id"])
    assert "caption" not in sent
    described = {key: value for key, value in sent["document"].items() if key != "file_unique_id"}
    assert described == {
        "file_name": "清单.pdf",
        "mime_type": "application/pdf",
        "file_id": document["file_id"],
        "file_size": 1234,
    }


async def test_what_a_person_sees(api: Api, mei: Person) -> None:
    photo = await mei.photo()
    await api.ok("sendPhoto", chat_id=MEI, photo=photo["file_id"], caption="c", reply_markup=inline(["x"]))
    screen = await mei.screen()
    assert (screen.media, screen.file_id, screen.text, screen.labels) == ("photo", photo["file_id"], "c", ["x"])
    document = await mei.document("a.csv")
    await api.ok("sendDocument", chat_id=MEI, document=document["file_id"])
    screen = await mei.screen()
    assert (screen.media, screen.file_name, screen.text) == ("document", "a.csv", "")
    await api.send("text")
    assert (await mei.screen()).media == ""


@BOTH
async def test_a_wrong_identifier(api: Api, mei: Person, kind: str, method: str) -> None:
    async def refusal(file_id: str) -> str:
        return await api.refused(method, chat_id=MEI, **{kind: file_id})

    other = "document" if kind == "photo" else "photo"
    cannot = f"can't use file of type {other.capitalize()} as {kind.capitalize()}"
    unreadable = "wrong remote file identifier specified: "
    ours = await known(mei, kind)
    for file_id, complaint in {
        await known(mei, other): cannot,
        ours[:-3] + "abc": "wrong file identifier/HTTP URL specified",
        "photo.jpg": "wrong file identifier/HTTP URL specified",
        "https://iso.org/a.png": "failed to get HTTP URL content",
        "照片": unreadable + "Wrong character in the string",
        "abcde": unreadable + "Wrong string length",
        "abcd": unreadable + "can't unserialize it",
        "attach://nothing": f"there is no {kind} in the request",
        "": f"there is no {kind} in the request",
    }.items():
        assert await refusal(file_id) == f"Bad Request: {complaint}"


async def test_a_file_of_another_bot(api: Api, mei: Person) -> None:
    other = Simulator()
    file_id = other.telegram.files.document(1, "x").each()[0]["file_id"]
    refused = await api.refused("sendDocument", chat_id=MEI, document=file_id)
    assert refused == "Bad Request: wrong file identifier/HTTP URL specified"


# --- captions and the rest of a message ---


@BOTH
async def test_the_length_of_a_caption(api: Api, mei: Person, kind: str, method: str) -> None:
    what = {"chat_id": MEI, kind: await known(mei, kind), "parse_mode": "HTML"}
    await api.ok(method, caption=f"<b>{'😀' * 1024}</b>", **what)
    refused = await api.refused(method, caption="x" * 1025, **what)
    assert refused == "Bad Request: message caption is too long"
    assert "caption" not in await api.ok(method, caption="  \n\u2028", **what)
    assert await api.refused(method, caption="x" * 2**15 + "x", **what) == "Bad Request: text is too long"


@BOTH
async def test_a_caption_is_judged_like_a_text(api: Api, mei: Person, kind: str, method: str) -> None:
    what = {"chat_id": MEI, kind: await known(mei, kind)}
    refused = await api.refused(method, caption="1 < 2", parse_mode="HTML", **what)
    assert refused == 'Bad Request: can\'t parse entities: Unsupported start tag "" at byte offset 2'
    assert await api.refused(method, parse_mode="x", **what) == "Bad Request: unsupported parse_mode"
    entities = [{"type": "bold", "offset": 1, "length": 9}]
    refused = await api.refused(method, caption="abc", caption_entities=entities, **what)
    assert refused.endswith("ends after the end of the text at UTF-16 offset 10")
    sent = await api.ok(method, caption="abc", caption_entities=[entities[0] | {"length": 2}], **what)
    assert sent["caption_entities"] == [{"type": "bold", "offset": 1, "length": 2}]


@BOTH
async def test_who_can_be_sent_one(api: Api, mei: Person, kind: str, method: str) -> None:
    file = {kind: await known(mei, kind)}
    assert await api.refused(method, **file) == "Bad Request: chat_id is empty"
    assert await api.refused(method, chat_id=SAM, **file) == "Bad Request: chat not found"
    wrong = await api.refused(method, chat_id=MEI, reply_parameters={"message_id": 99}, **file)
    assert wrong == "Bad Request: message to be replied not found"
    button = {"inline_keyboard": [[{"text": "x", "callback_data": "x" * 65}]]}
    assert await api.refused(method, chat_id=MEI, reply_markup=button, **file) == "Bad Request: BUTTON_DATA_INVALID"
    await mei.block()
    assert await api.refused(method, chat_id=MEI, **file) == "Forbidden: bot was blocked by the user"
    await mei.deactivate()
    assert await api.refused(method, chat_id=MEI, **file) == "Forbidden: user is deactivated"


async def test_a_button_under_a_photo(api: Api, mei: Person) -> None:
    sent = await api.ok("sendPhoto", chat_id=MEI, photo=await known(mei, "photo"), reply_markup=inline(["x"]))
    await mei.tap("x")
    query = (await api.updates())[-1]["callback_query"]
    assert query["message"] == sent


# --- uploads ---


async def test_an_uploaded_photo(api: Api, mei: Person) -> None:
    answer = await upload(api, "sendPhoto", "photo", png(640, 480), caption="c", reply_markup=inline(["x"]))
    sent = answer.body["result"]
    assert (sent["caption"], sent["reply_markup"]) == ("c", inline(["x"]))
    assert [size["width"] for size in sent["photo"]] == [90, 320, 640]
    await api.ok("sendPhoto", chat_id=MEI, photo=sent["photo"][0]["file_id"])


async def test_an_upload_in_a_part_of_another_name(api: Api, mei: Person) -> None:
    answer = await upload(api, "sendDocument", "it", b"a,b", "lists/清单.csv", document="attach://it")
    document = answer.body["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("清单.csv", "text/csv", 3)
    assert (await mei.screen()).file_name == "清单.csv"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "file must be non-empty"),
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (png(0, 5), "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(21, 1), "PHOTO_INVALID_DIMENSIONS"),
    ],
    ids=["empty", "no picture", "no width", "too wide", "too long"],
)
async def test_a_photo_that_cannot_be_used(api: Api, mei: Person, content: bytes, complaint: str) -> None:
    answer = await upload(api, "sendPhoto", "photo", content)
    assert (answer.status, answer.body["description"]) == (400, f"Bad Request: {complaint}")
    assert await mei.screens() == []


async def test_a_photo_too_big(api: Api, mei: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LARGEST_PHOTO", 1000)
    assert (await upload(api, "sendPhoto", "photo", png().ljust(1000, b"\0"))).status == 200
    for content in (png().ljust(1001, b"\0"), b"x" * 1001):
        answer = await upload(api, "sendPhoto", "photo", content)
        complaint = "file of size 1001 bytes is too big for a photo; the maximum size is 1000 bytes"
        assert answer.body["description"] == f"Bad Request: {complaint}"


async def test_an_upload_too_large(api: Api, mei: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "LARGEST_FILE", 1000)
    assert (await upload(api, "sendDocument", "document", b"x" * 1000)).status == 200
    answer = await upload(api, "sendDocument", "document", b"x" * 1001)
    assert (answer.status, answer.body["description"]) == (413, "Request Entity Too Large")
    two = aiohttp.FormData({"chat_id": str(MEI)})
    for part in ("document", "other"):
        two.add_field(part, b"x" * 501, filename=part)
    async with api.session.post(f"/bot{TOKEN}/sendDocument", data=two) as response:
        assert response.status == 413
    monkeypatch.setattr(requests, "MOST_TEXT", 1000)
    answer = await upload(api, "sendDocument", "document", b"x", one="x" * 600, other="x" * 600)
    assert answer.status == 413


@pytest.mark.parametrize(
    "body",
    [
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n',
        b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--\r\n",
    ],
    ids=["bytes", "no name", "parts in parts"],
)
async def test_unreadable_parts(api: Api, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with api.session.post(f"/bot{TOKEN}/getMe", data=body, headers=headers) as response:
        answer = await response.json()
    assert (response.status, answer["description"]) == (400, "Bad Request: can't parse the request")


async def test_a_file_where_none_belongs_is_ignored(api: Api, mei: Person) -> None:
    answer = await upload(api, "sendMessage", "photo", png(), text="t")
    assert answer.body["result"]["text"] == "t"


# --- contents ---


async def test_the_oldest_contents_are_forgotten(api: Api, mei: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MOST_KEPT", 1000)
    for size in (400, 600, 100, 1001, 1000):
        await upload(api, "sendDocument", "document", b"x" * size, f"{size}.csv")
    kept = {one["media"]["name"]: one["media"]["kept"] for one in (await mei.chat())["messages"] if one["media"]}
    assert kept == {"400.csv": False, "600.csv": False, "100.csv": False, "1001.csv": False, "1000.csv": True}
    newest = (await mei.screen()).file_id
    assert await mei.download(newest) == b"x" * 1000
    await upload(api, "sendPhoto", "photo", png())
    with pytest.raises(WaitedError, match="the newest is kept until a restart"):
        await mei.download(newest)
    assert await mei.download((await mei.screen()).file_id) == png()
    assert (await api.ok("getFile", file_id=newest))["file_size"] == 1000
    assert (await api.ok("sendDocument", chat_id=MEI, document=newest))["document"]["file_name"] == "1000.csv"


@given(st.lists(st.integers(1, 130), max_size=30))
def test_the_newest_contents_that_fit_are_kept(sizes: list[int]) -> None:
    files = Files()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(media, "MOST_KEPT", 100)
        made = [files.upload("document", Upload("a", bytes(size))) for size in sizes]
    fitting = [file for file in made if file.size <= 100]
    expected: list[File] = []
    for file in reversed(fitting):
        if sum(one.size for one in expected) + file.size > 100:
            break
        expected.append(file)
    assert [file for file in fitting if files.content(file) is not None] == expected[::-1]
    assert files.held == sum(map(len, files.contents.values())) <= 100


async def test_what_people_send_has_no_content(simulator: Simulator, mei: Person) -> None:
    for sent in (await mei.photo(), await mei.document("a.csv")):
        with pytest.raises(WaitedError, match="what people send has none"):
            await mei.download(sent["file_id"])
    assert [message["media"]["kept"] for message in (await mei.chat())["messages"][1:]] == [False, False]
    assert simulator.telegram.files.held == 0


@BOTH
async def test_what_is_refused_is_not_kept(simulator: Simulator, api: Api, mei: Person, kind: str, method: str) -> None:
    refused = await upload(api, method, kind, b"" if kind == "document" else b"no picture")
    assert (refused.status, simulator.telegram.files.held) == (400, 0)
    await upload(api, "sendMessage", kind, png(), text="t")
    assert simulator.telegram.files.held == 0


# --- edits ---


async def test_editing_a_caption(api: Api, mei: Person, clock: Clock) -> None:
    sent = await api.ok("sendPhoto", chat_id=MEI, photo=await known(mei, "photo"), reply_markup=inline(["x"]))
    where = {"chat_id": MEI, "message_id": sent["message_id"], "parse_mode": "HTML"}
    clock.move(5)
    edited = await api.ok("editMessageCaption", caption="<i>new</i>", reply_markup=inline(["y"]), **where)
    assert edited == sent | {
        "caption": "new",
        "caption_entities": [{"type": "italic", "offset": 0, "length": 3}],
        "reply_markup": inline(["y"]),
        "edit_date": sent["date"] + 5,
    }
    assert (await mei.screen()).html == "<i>new</i>"
    again = await api.refused("editMessageCaption", caption="<i>new</i>", reply_markup=inline(["y"]), **where)
    assert again == NOT_MODIFIED
    assert await api.refused("editMessageCaption", caption="x" * 1025, **where) == "Bad Request: MEDIA_CAPTION_TOO_LONG"
    without = await api.ok("editMessageCaption", **where)
    assert not {"caption", "caption_entities", "reply_markup"} & without.keys()
    markup = await api.ok("editMessageReplyMarkup", reply_markup=inline(["z"]), **where)
    assert (markup["photo"], markup["reply_markup"]) == (sent["photo"], inline(["z"]))


async def test_what_has_no_caption_and_what_has_no_text(api: Api, mei: Person) -> None:
    text = await api.send("text")
    photo = await api.ok("sendPhoto", chat_id=MEI, photo=await known(mei, "photo"), caption="c")
    wrong = await api.refused("editMessageCaption", chat_id=MEI, message_id=text["message_id"], caption="c")
    assert wrong == "Bad Request: there is no caption in the message to edit"
    wrong = await api.refused("editMessageText", chat_id=MEI, message_id=photo["message_id"], text="t")
    assert wrong == "Bad Request: there is no text in the message to edit"
    wrong = await api.refused("editMessageCaption", chat_id=MEI, message_id=99, caption="c")
    assert wrong == "Bad Request: message to edit not found"
    assert await api.refused("editMessageCaption", chat_id=MEI) == "Bad Request: message identifier is not specified"
    markup = {"keyboard": [["a"]]}
    wrong = await api.refused(
        "editMessageCaption", chat_id=MEI, message_id=photo["message_id"], caption="d", reply_markup=markup
    )
    assert wrong == "Bad Request: inline keyboard expected"
    await mei.block()
    wrong = await api.refused("editMessageCaption", chat_id=MEI, message_id=photo["message_id"], caption="d")
    assert wrong == "Forbidden: bot was blocked by the user"


async def test_a_photo_is_taken_back(api: Api, mei: Person, clock: Clock) -> None:
    sent = await api.ok("sendPhoto", chat_id=MEI, photo=await known(mei, "photo"))
    where = {"chat_id": MEI, "message_id": sent["message_id"]}
    await api.ok("deleteMessage", **where)
    assert await mei.screens() == []
    assert await api.refused("deleteMessage", **where) == "Bad Request: message to delete not found"
    late = await api.ok("sendPhoto", chat_id=MEI, photo=await known(mei, "photo"))
    clock.move(2 * 24 * 3600 + 1)
    refused = await api.refused("deleteMessage", chat_id=MEI, message_id=late["message_id"])
    assert refused == "Bad Request: message can't be deleted for everyone"


# --- files ---


async def test_what_is_known_of_a_file(api: Api, mei: Person) -> None:
    document = await mei.document("rates.csv", size=20 * 2**20)
    found = await api.ok("getFile", file_id=document["file_id"])
    assert (found["file_id"], found["file_size"]) == (document["file_id"], 20 * 2**20)
    assert found["file_path"].startswith("documents/")
    assert found["file_path"].endswith(".csv")
    photo = await api.ok("getFile", file_id=await known(mei, "photo"))
    assert photo["file_path"].endswith(".jpg")
    assert photo["file_path"].startswith("photos/")
    assert await api.refused("getFile") == "Bad Request: file_id not specified"
    assert await api.refused("getFile", file_id="x") == "Bad Request: invalid file_id"
    large = await mei.document(size=20 * 2**20 + 1)
    assert await api.refused("getFile", file_id=large["file_id"]) == "Bad Request: file is too big"


@given(st.integers(1, 9500), st.integers(1, 9500), st.integers(1, 10 * 2**20))
@settings(deadline=None)
def test_sizes_grow_and_keep_the_shape(width: int, height: int, size: int) -> None:
    sizes = File("photo", "k", size, width=width, height=height).each()
    longest = [max(each["width"], each["height"]) for each in sizes]
    assert longest == sorted(longest)
    assert longest[-1] == min(1280, max(width, height))
    assert all(1 <= each["file_size"] <= size for each in sizes)
    assert all(1 <= each["width"] <= width and 1 <= each["height"] <= height for each in sizes)


@pytest.mark.parametrize("other", [{}, {"sticker": {}}, {"photo": [5]}, {"photo": "x"}, {"document": []}])
def test_what_is_no_media_to_a_person(other: dict[str, Any]) -> None:
    found = view(other)
    assert found is None or found["file_id"] == ""
