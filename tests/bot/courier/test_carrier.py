"""What Telegram answers, and what that means for a delivery; and how a broadcast looks for one person."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from bot.courier import carrier
from bot.courier.carrier import Carrier
from bot.courier.outcome import Ended, Later, Outcome, Refused, Sent, Unfit
from bot.simulator import TOKEN
from bot.store.broadcasts import Broadcast, Text
from bot.store.deliveries import Parcel
from tests.bot.courier.office import CONVERSATION, HELLO, LIN, SAM, Office

ME = {"id": 1000, "is_bot": True, "first_name": "certguide", "username": "certguide_bot"}
PARCEL = Parcel(7, 1, SAM, "en", 55)
PAGE = "<html><body>Bad Gateway</body></html>"


def broadcast(*texts: Text, action: str = "send", fallback: str = "", paid: bool = False) -> Broadcast:
    by_lang = {text.lang: text for text in texts or (HELLO,)}
    return Broadcast(7, "running", action, 0, "", fallback, "", paid, 1, 0, 0, 0, "", by_lang)


async def carry(base: str, what: Broadcast, parcel: Parcel = PARCEL) -> Outcome:
    async with carrier.bot(TOKEN, base, 25) as bot:
        return await Carrier(bot, CONVERSATION).carry(parcel, what)


@asynccontextmanager
async def front_end(*answers: web.Response) -> AsyncIterator[str]:
    """A Bot API that answers each call with the next of these; its address."""
    left = list(answers)

    async def answer(request: web.Request) -> web.Response:
        if request.match_info["method"] == "getMe":
            return web.json_response({"ok": True, "result": ME})
        return left.pop(0)

    app = web.Application()
    app.add_routes([web.post("/{token}/{method}", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def refused(code: int, text: str, **more: Any) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": text, **more}, status=code)


ANSWERS: list[tuple[str, int, str, Outcome]] = [
    # Nobody is there.
    ("send", 403, "Forbidden: bot was blocked by the user", Ended("gone", "Forbidden: bot was blocked by the user")),
    ("send", 403, "Forbidden: user is deactivated", Ended("gone", "Forbidden: user is deactivated")),
    ("send", 400, "Bad Request: chat not found", Ended("gone", "Chat not found")),
    ("send", 400, "Bad Request: PEER_ID_INVALID", Ended("gone", "Peer_id_invalid")),
    ("send", 400, "Bad Request: INPUT_USER_DEACTIVATED", Ended("gone", "Input_user_deactivated")),
    ("edit", 403, "Forbidden: user is deactivated", Ended("gone", "Forbidden: user is deactivated")),
    # The text is to blame, and nobody will get it.
    ("send", 400, "Bad Request: can't parse entities: bold", Unfit("Can't parse entities: bold")),
    ("send", 400, "Bad Request: message is too long", Unfit("Message is too long")),
    ("send", 400, "Bad Request: wrong remote file identifier", Unfit("Wrong remote file identifier")),
    ("edit", 400, "Bad Request: can't parse entities: bold", Unfit("Can't parse entities: bold")),
    # One message can't be corrected.
    ("edit", 400, "Bad Request: message to edit not found", Ended("failed", "Message to edit not found")),
    ("edit", 400, "Bad Request: message can't be edited", Ended("failed", "Message can't be edited")),
    ("edit", 400, "Bad Request: there is no text in the message", Ended("failed", "There is no text in the message")),
    ("delete", 400, "Bad Request: message can't be deleted", Ended("failed", "Message can't be deleted")),
    # It is as it should be.
    ("edit", 400, "Bad Request: message is not modified: it is the same", Sent(0)),
    ("delete", 400, "Bad Request: message to delete not found", Sent(0)),
    # Nobody knows.
    ("send", 500, "Internal Server Error: restart", Ended("unsure", "Internal Server Error: restart")),
    ("send", 413, "Request Entity Too Large", Ended("unsure", "Request Entity Too Large")),
    ("send", 409, "Conflict", Ended("unsure", "Conflict")),
    ("delete", 502, "", Ended("unsure", "Bad Gateway (502)")),
    # The token.
    ("send", 401, "Unauthorized", Refused()),
    ("send", 404, "Not Found", Refused()),
]


async def test_every_refusal_has_its_outcome() -> None:
    answers = [refused(code, text) for _, code, text, _ in ANSWERS]
    async with front_end(*answers) as base, carrier.bot(TOKEN, base, 1000) as bot:
        for number, (action, _, text, outcome) in enumerate(ANSWERS):
            parcel = replace(PARCEL, chat=SAM + number)  # each hears once a second
            assert await Carrier(bot, CONVERSATION).carry(parcel, broadcast(action=action)) == outcome, text


async def test_a_wait_that_telegram_asks_for_is_kept_to_the_second() -> None:
    answer = refused(429, "Too Many Requests: retry after 7", parameters={"retry_after": 7})
    async with front_end(answer) as base:
        assert await carry(base, broadcast()) == Later(7, flood=True)


async def test_a_front_end_in_trouble_leaves_it_unsure(caplog: pytest.LogCaptureFixture) -> None:
    answers = [
        (web.Response(status=502, text=PAGE, content_type="text/html"), "Bad Gateway (502)"),
        (web.Response(status=200, text=PAGE, content_type="text/html"), "Invalid server response"),
        (web.Response(status=504, text=""), "Gateway Timeout (504)"),
    ]
    async with front_end(*(answer for answer, _ in answers)) as base:
        for _, reason in answers:
            assert await carry(base, broadcast()) == Ended("unsure", reason)
    assert not caplog.records, "its page is not in the log"


async def test_what_could_not_even_leave_is_tried_later(office: Office) -> None:
    async with carrier.bot(TOKEN, office.simulator.api_base, 25) as bot:
        await office.simulator.stop()
        outcome = await Carrier(bot, CONVERSATION).carry(PARCEL, broadcast())
        await office.simulator.start()
    # The connection that was open is dead: httpx notices, and can't make another one.
    assert outcome == Later(carrier.REST, flood=False)


async def test_an_answer_that_gets_lost_leaves_it_unsure(office: Office) -> None:
    office.settle(SAM)
    for kind in ("drop", "drop_after"):
        await office.fault(kind)
        outcome = await carry(office.simulator.api_base, broadcast())
        assert isinstance(outcome, Ended)
        assert outcome.state == "unsure"
        assert "\n" not in outcome.reason
    assert len(await office.screens(SAM)) == 1


async def test_an_answer_that_takes_too_long_leaves_it_unsure(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.settle(SAM)
    monkeypatch.setattr(carrier, "SECONDS", 0.2)
    await office.fault("hang_after", seconds=0.6)
    assert await carry(office.simulator.api_base, broadcast()) == Ended("unsure", "timed out")
    assert len(await office.screens(SAM)) == 1


# How it looks


async def sent(office: Office, what: Broadcast, parcel: Parcel = PARCEL) -> dict[str, str]:
    """The arguments of the call that sends it."""
    office.settle(parcel.chat)
    outcome = await carry(office.simulator.api_base, what, parcel)
    assert isinstance(outcome, Sent), outcome
    return dict(office.calls()[-1].args)


def buttons(args: dict[str, str]) -> list[tuple[str, str]]:
    rows = json.loads(args["reply_markup"])["inline_keyboard"]
    return [(button["text"], button.get("url") or button["callback_data"]) for row in rows for button in row]


async def test_it_says_why_one_gets_it_and_how_to_end_it(office: Office) -> None:
    args = await sent(
        office, broadcast(Text("en", "<b>News</b>", buttons=(("Read", "iso9001"), ("Law", "https://x.org/1"))))
    )
    assert args["text"].startswith("<b>News</b>\n\n<i>You get this because")
    assert args["parse_mode"] == "HTML"
    assert json.loads(args["link_preview_options"]) == {"is_disabled": True}
    assert buttons(args) == [
        ("Read", "https://t.me/certguide_bot?start=iso9001--en--b7"),
        ("Law", "https://x.org/1"),
        ("No more news", "stop:7"),
    ]
    assert "allow_paid_broadcast" not in args


async def test_the_last_line_and_the_button_are_in_the_language_of_the_text(office: Office) -> None:
    args = await sent(office, broadcast(Text("zh_Hans", "新闻")), Parcel(7, 1, LIN, "zh_Hans", 0))
    assert "You get this" not in args["text"]
    ((label, data),) = buttons(args)
    assert label != "No more news"
    assert data == "stop:7"


async def test_one_without_a_text_in_his_language_gets_the_other_or_none(office: Office) -> None:
    chinese = Parcel(7, 1, SAM, "zh_Hans", 0)
    args = await sent(office, broadcast(fallback="en"), chinese)
    assert args["text"].startswith("A rule has")
    outcome = await carry(office.simulator.api_base, broadcast(), chinese)
    assert outcome == Ended("skipped", "no text in this language")


@pytest.mark.parametrize(("paid", "flag"), [(True, "True"), (False, None)])
async def test_a_paid_broadcast_says_so(office: Office, paid: bool, flag: str | None) -> None:
    args = await sent(office, broadcast(paid=paid))
    assert str(args.get("allow_paid_broadcast", "")).casefold() == (flag or "").casefold()


@pytest.mark.parametrize("kind", ["photo", "document"])
async def test_a_file_goes_out_with_its_caption_and_is_corrected(office: Office, kind: str) -> None:
    office.settle(SAM)
    id_ = await office.file(SAM, kind)
    text = Text("en", "Look: <b>a rule</b>", kind, id_)
    args = await sent(office, broadcast(text), Parcel(7, 1, LIN, "en", 0))
    assert (args[kind], args["parse_mode"]) == (id_, "HTML")
    assert args["caption"].startswith("Look: <b>a rule</b>\n\n<i>You get")
    (screen,) = await office.screens(LIN)
    assert screen.labels == ["No more news"]
    corrected = broadcast(Text("en", "Look again", kind, id_), action="edit")
    await carry(office.simulator.api_base, corrected, Parcel(7, 1, LIN, "en", screen.message_id))
    (screen,) = await office.screens(LIN)
    assert screen.text.startswith("Look again\n\nYou get")
    assert screen.labels == ["No more news"]


async def test_a_file_without_words_has_only_the_last_line(office: Office) -> None:
    office.settle(SAM)
    text = Text("en", "", "document", await office.file(SAM, "document"))
    args = await sent(office, broadcast(text), Parcel(7, 1, LIN, "en", 0))
    assert args["caption"].startswith("<i>You get")


# Proxies


async def test_a_proxy_that_is_not_there_is_tried_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert await through(f"http://127.0.0.1:{port}") == Later(carrier.REST, flood=False)


async def test_a_proxy_that_lets_nothing_through_is_tried_later() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        assert await through(f"http://127.0.0.1:{port}") == Later(carrier.REST, flood=False)


async def through(proxy: str) -> Outcome:
    """What becomes of a delivery through that proxy."""
    bot = carrier.bot(TOKEN, "https://telegram.invalid", 25, proxy=proxy)
    return await asyncio.wait_for(Carrier(bot, CONVERSATION).carry(PARCEL, broadcast(action="delete")), 10)


def test_a_proxy_that_can_not_be_used_is_a_clear_answer() -> None:
    with pytest.raises(
        carrier.ProxyError, match=r"can't use this BOT_PROXY \(Unknown scheme .*: take an http:// or socks5:// one"
    ):
        carrier.bot(TOKEN, "https://telegram.invalid", 25, proxy="socks4://127.0.0.1:1080")
