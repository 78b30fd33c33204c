"""What the bot has uploaded comes back, byte for byte, and can do no harm in a browser."""

import asyncio
import logging
from typing import Any

import aiohttp
import pytest
from aiohttp import content_disposition_filename, parse_content_disposition
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import TOKEN, Simulator, downloads
from bot.simulator.downloads import LONGEST_NAME, naming
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, Api
from tests.bot.simulator.test_media import BOTH, png, upload
from tests.bot.simulator.test_server import Got, get

HOSTILE = b"<script>parent.hacked = 1</script>"


async def uploaded(api: Api, kind: str, content: bytes, name: str = "a.png") -> str:
    """The identifier of what the bot has just sent to Mei; of a photo its largest size."""
    answer = await upload(api, f"send{kind.capitalize()}", kind, content, name)
    found = answer.body["result"][kind]
    return str((found[-1] if kind == "photo" else found)["file_id"])


async def asked(simulator: Simulator, file_id: str) -> Got:
    return await get(simulator, f"/sim/files/{file_id}")


def name_of(disposition: str) -> str | None:
    """The name as a client reads it that knows both forms."""
    return content_disposition_filename(parse_content_disposition(disposition)[1])


# --- to a person ---


@BOTH
async def test_the_content_comes_back(api: Api, mei: Person, kind: str, method: str) -> None:
    content = png() + bytes(range(256)) * 1000
    file_id = await uploaded(api, kind, content)
    assert await mei.download(file_id) == content
    (message,) = [message for message in (await mei.chat())["messages"] if message["from_bot"]]
    assert (message["media"]["kept"], message["media"]["file_id"]) == (True, file_id)


async def test_every_size_of_a_photo_is_what_was_uploaded(api: Api, mei: Person) -> None:
    answer = await upload(api, "sendPhoto", "photo", png() + b"rest")
    for size in answer.body["result"]["photo"]:
        assert await mei.download(size["file_id"]) == png() + b"rest"


async def test_what_is_sent_again_is_the_same_content(api: Api, mei: Person) -> None:
    file_id = await uploaded(api, "document", b"a,b", "a.csv")
    sent = await api.ok("sendDocument", chat_id=MEI, document=file_id)
    assert await mei.download(sent["document"]["file_id"]) == b"a,b"
    await api.ok("deleteMessage", chat_id=MEI, message_id=sent["message_id"])
    assert await mei.download(file_id) == b"a,b"


async def test_a_large_content_comes_in_pieces(api: Api, mei: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "PIECE", 7)
    for size in (1, 7, 8, 100):
        content = bytes(range(size))
        assert await mei.download(await uploaded(api, "document", content)) == content


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (png(), "png"),
        (b"GIF89a\x09\x00\x07\x00", "gif"),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x07\x00\x09\x03" + b"\0" * 9, "jpeg"),
    ],
    ids=["png", "gif", "jpeg"],
)
async def test_a_photo_is_shown_as_what_it_is(
    simulator: Simulator, api: Api, mei: Person, begin: bytes, kind: str
) -> None:
    """Whatever stands behind its beginning, and whatever it is called."""
    got = await asked(simulator, await uploaded(api, "photo", begin + HOSTILE, "page.html"))
    assert (got.status, got.headers["Content-Type"], got.body) == (200, f"image/{kind}", begin + HOSTILE)
    assert got.headers["Content-Disposition"] == f'inline; filename="photo.{kind}"'
    inert(got)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rates.csv", "text/csv"),
        ("rates.csv.gz", "application/gzip"),
        ("rates.tar.bz2", "application/octet-stream"),
        ("page.html", "text/html"),
        ("picture.svg", "image/svg+xml"),
        ("noname", "application/octet-stream"),
        ("data:text/html,x", "application/octet-stream"),
    ],
)
async def test_a_document_is_saved_and_never_shown(
    simulator: Simulator, api: Api, mei: Person, name: str, kind: str
) -> None:
    got = await asked(simulator, await uploaded(api, "document", HOSTILE, name))
    assert (got.status, got.headers["Content-Type"], got.body) == (200, kind, HOSTILE)
    disposition = got.headers["Content-Disposition"]
    assert (disposition.partition(";")[0], name_of(disposition)) == ("attachment", name.rpartition("/")[2])
    inert(got)


def inert(got: Got) -> None:
    """Nothing in it runs, nothing guesses what it is, nothing is left of it on a disk."""
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert got.headers["Cache-Control"] == "no-store"
    assert int(got.headers["Content-Length"]) == len(got.body)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="清单.csv"', "清单.csv"),
        ("filename*=UTF-8''a%0d%0aX-Evil%3a%201%00.html", "a__X-Evil: 1_.html"),
        ("filename*=UTF-8''a%22%3B%20filename%3Db.csv", 'a"; filename=b.csv'),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="清单\u202egpj.exe"', "清单_gpj.exe"),
        ('filename=""', "document"),
        (f'filename="{"x" * 4000}.csv"', "x" * (LONGEST_NAME - 4) + ".csv"),
        (f'filename="{"单" * 2000}.csv"', "单" * (LONGEST_NAME - 4) + ".csv"),
    ],
    ids=["chinese", "lines", "quotes", "path", "reversed", "none", "long", "long and wide"],
)
async def test_hostile_names(simulator: Simulator, api: Api, mei: Person, disposition: str, name: str) -> None:
    sent = (await raw_upload(api, disposition.encode())).body["result"]
    got = await asked(simulator, sent["document"]["file_id"])
    assert (got.status, got.body) == (200, b"content")
    assert name_of(got.headers["Content-Disposition"]) == name
    assert "X-Evil" not in got.headers


@pytest.mark.parametrize(
    ("disposition", "complaint"),
    [
        (b'filename="\xff\xfe.csv"', "strings must be encoded in UTF-8"),
        (b'filename="a\0b.csv"', "can't parse the request"),
        (b'filename="' + b"x" * 10_000 + b'"', "can't parse the request"),
    ],
    ids=["bytes", "zero", "endless"],
)
async def test_names_that_are_refused(api: Api, mei: Person, disposition: bytes, complaint: str) -> None:
    answer = await raw_upload(api, disposition)
    assert (answer.status, answer.body["description"]) == (400, f"Bad Request: {complaint}")
    assert await mei.screens() == []


async def raw_upload(api: Api, disposition: bytes) -> Any:
    """One document, with a name as no library would write it."""
    part = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
    body = part % (b"chat_id", b"", str(MEI).encode()) + part % (b"document", b"; " + disposition, b"content")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with api.session.post(f"/bot{TOKEN}/sendDocument", data=body + b"--x--\r\n", headers=headers) as response:
        return Got(response.status, await response.json(), response.headers)


@given(st.text(max_size=200))
def test_a_name_in_a_header(name: str) -> None:
    """It can't break out of the header, and every client reads a name."""
    header = naming(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    plain, whole = parse_content_disposition(f"attachment; {header}")[1].values()
    assert whole == "".join(sign if sign.isprintable() else "_" for sign in name)[-LONGEST_NAME:]
    assert [one for one in plain if one != "_"] == [one for one in plain if one.isalnum() or one in " .()-"]
    assert len(plain) == len(whole)


async def test_asking_for_the_headers_only(simulator: Simulator, api: Api, mei: Person) -> None:
    file_id = await uploaded(api, "document", b"a,b", "a.csv")
    async with api.session.head(f"/sim/files/{file_id}") as response:
        assert (response.status, response.headers["Content-Length"], await response.read()) == (200, "3", b"")
    async with api.session.head("/sim/files/nothing") as response:
        assert response.status == 404
    assert await mei.download(file_id) == b"a,b"


async def test_what_is_not_kept_is_told_in_words(simulator: Simulator, api: Api, mei: Person) -> None:
    sent, lost = (await mei.document("a.csv"))["file_id"], await uploaded(api, "document", b"x")
    simulator.telegram.files.contents.clear()
    for file_id, words in [(sent, "what people send has none"), (lost, "until a restart"), ("x", "no such file")]:
        async with api.session.get(f"/sim/files/{file_id}") as response:
            assert (response.status, response.content_type) == (404, "application/json")
            assert words in (await response.json())["error"]


async def test_somebody_who_leaves_in_the_middle(
    simulator: Simulator, api: Api, mei: Person, caplog: pytest.LogCaptureFixture
) -> None:
    file_id = await uploaded(api, "document", b"x" * 2**23)
    async with aiohttp.ClientSession(simulator.api_base) as session:
        response = await session.get(f"/sim/files/{file_id}")
        await response.content.readany()
        response.close()
    await asyncio.sleep(0.05)
    assert await mei.screens() != []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


# --- to the bot ---


@BOTH
async def test_the_bot_downloads_what_it_uploaded(
    simulator: Simulator, api: Api, mei: Person, kind: str, method: str
) -> None:
    content = png() + HOSTILE
    found = await api.ok("getFile", file_id=await uploaded(api, kind, content, "page.html"))
    got = await get(simulator, f"/file/bot{TOKEN}/{found['file_path']}")
    assert (got.status, got.body) == (200, content)
    assert (got.headers["Content-Type"], got.headers["Content-Disposition"]) == (
        "application/octet-stream",
        "attachment",
    )
    inert(got)


@pytest.mark.parametrize("name", ["清单.csv", "a.?x", "a.x y", "a.#", "a.%2e", "a.表", "a." + "x" * 17, ".", "a"])
async def test_a_path_needs_no_quoting(simulator: Simulator, api: Api, mei: Person, name: str) -> None:
    path = (await api.ok("getFile", file_id=await uploaded(api, "document", b"x", name)))["file_path"]
    assert path.isascii()
    assert path.partition(".")[2] in {"", "csv"}
    assert (await get(simulator, f"/file/bot{TOKEN}/{path}")).body == b"x"


async def test_what_the_bot_cannot_download(simulator: Simulator, api: Api, mei: Person) -> None:
    sent = await api.ok("getFile", file_id=(await mei.document("a.csv"))["file_id"])
    ours = await api.ok("getFile", file_id=await uploaded(api, "document", b"x"))
    for token, path, status, description in [
        (TOKEN, sent["file_path"], 404, "Not Found"),
        (TOKEN, "documents/file_nothing", 404, "Not Found"),
        (TOKEN, "", 404, "Not Found"),
        ("1:x", ours["file_path"], 401, "Unauthorized"),
    ]:
        async with api.session.get(f"/file/bot{token}/{path}") as response:
            answer = {"ok": False, "error_code": status, "description": description}
            assert (response.status, await response.json()) == (status, answer)
