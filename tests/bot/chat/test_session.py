"""The lean session says the same as aiogram's own, and raises the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import orjson
import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Message, User

from bot.chat import session
from bot.chat.session import LeanSession
from bot.simulator import TOKEN, Simulator
from tests.bot.chat.house import SAM
from tests.bot.person import Person


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    running = Simulator()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def sam(simulator: Simulator) -> AsyncIterator[Person]:
    async with Person(simulator.api_base, SAM) as person:
        await person.say("/start")
        yield person


@pytest.fixture
async def bot(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr(session, "SECONDS", 0.3)
    server = TelegramAPIServer.from_base(simulator.api_base)
    async with Bot(TOKEN, session=LeanSession(api=server), default=DefaultBotProperties(parse_mode="HTML")) as bot:
        yield bot


KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="1:yes")]])


async def test_a_message_arrives_with_its_formatting_and_buttons(bot: Bot, sam: Person) -> None:
    sent = await bot.send_message(SAM, "<b>Hello</b> 你好", reply_markup=KEYBOARD)
    shown = await sam.screen()
    assert (shown.text, shown.labels, shown.message_id) == ("Hello 你好", ["Да"], sent.message_id)
    assert shown.html == "<b>Hello</b> 你好"


async def test_what_is_not_read_of_the_answer_is_not_there(bot: Bot, sam: Person) -> None:
    sent = await bot.send_message(SAM, "x")
    assert isinstance(sent, Message)
    assert await bot.edit_message_text("y", chat_id=SAM, message_id=sent.message_id) is True
    assert await bot.edit_message_reply_markup(chat_id=SAM, message_id=sent.message_id, reply_markup=KEYBOARD) is True
    assert await bot.delete_message(SAM, sent.message_id) is True


async def test_other_calls_are_read_in_full(bot: Bot, sam: Person) -> None:
    me = await bot.get_me()
    assert isinstance(me, User)
    assert me.is_bot
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.text == "/start"
    assert update.bot is bot


def test_the_body_holds_what_was_given_and_nothing_else() -> None:
    bot = Bot(TOKEN, default=DefaultBotProperties(parse_mode="HTML"))
    body = session._body(SendMessage(chat_id=1, text="x", reply_markup=KEYBOARD), bot)
    assert body
    assert orjson.loads(body) == {
        "chat_id": 1,
        "text": "x",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [[{"text": "Да", "callback_data": "1:yes"}]]},
    }


def test_a_default_that_says_nothing_is_left_out() -> None:
    body = session._body(SendMessage(chat_id=1, text="x"), Bot(TOKEN))
    assert body
    assert orjson.loads(body) == {"chat_id": 1, "text": "x"}


async def test_a_file_goes_aiograms_way(bot: Bot, sam: Person) -> None:
    await bot.send_document(SAM, BufferedInputFile(b"x", "x.txt"))
    assert (await sam.screen()).file_name == "x.txt"


def test_what_can_not_be_sent_is_named() -> None:
    method = SendMessage(chat_id=1, text="x")
    method.__dict__["text"] = object()
    with pytest.raises(TypeError, match="not JSON serializable"):
        session._body(method, Bot(TOKEN))


async def test_refusals_are_aiograms(bot: Bot, sam: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(1, "x")
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(SAM, "1 < 2")
    await sam.block()
    with pytest.raises(TelegramForbiddenError, match="blocked"):
        await bot.send_message(SAM, "x")


async def test_a_wrong_token_is_refused(simulator: Simulator) -> None:
    server = TelegramAPIServer.from_base(simulator.api_base)
    async with Bot("1:wrong-token", session=LeanSession(api=server)) as bot:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.get_me()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", TelegramRetryAfter),
        ("500", TelegramServerError),
        ("502", TelegramServerError),
        ("drop", TelegramNetworkError),
        ("drop_after", TelegramNetworkError),
        ("hang", TelegramNetworkError),
        ("hang_after", TelegramNetworkError),
    ],
)
async def test_trouble_is_aiograms(bot: Bot, sam: Person, kind: str, error: type[Exception]) -> None:
    await sam.ask("POST", "/sim/faults", {"kind": kind, "method": "sendMessage", "seconds": 1})
    with pytest.raises(error) as caught:
        await bot.send_message(SAM, "x")
    assert TOKEN.partition(":")[2] not in str(caught.value)


async def test_an_answer_that_is_no_json_is_said_to_be_none(bot: Bot) -> None:
    from aiogram.exceptions import ClientDecodeError
    from aiogram.methods import GetMe

    with pytest.raises(ClientDecodeError):
        LeanSession()._result(bot, GetMe(), 200, b"<html>")


async def proxy(asked: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An HTTP proxy: CONNECT, then bytes both ways."""
    target = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
    asked.append(target)
    host, _, port = target.rpartition(":")
    there_reader, there_writer = await asyncio.open_connection(host, int(port))
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
        sink.close()

    await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer))


async def test_a_proxy_is_gone_through(simulator: Simulator) -> None:
    asked: list[str] = []
    server = await asyncio.start_server(partial(proxy, asked), "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    session_ = LeanSession(api=TelegramAPIServer.from_base(simulator.api_base), proxy=address)
    async with Bot(TOKEN, session=session_) as bot:
        assert (await bot.get_me()).is_bot
    server.close()
    await server.wait_closed()
    assert asked == [simulator.api_base.removeprefix("http://")]


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "socks4://127.0.0.1:1"])
async def test_a_proxy_that_is_down_is_trouble_on_the_way(simulator: Simulator, address: str) -> None:
    api = TelegramAPIServer.from_base(simulator.api_base)
    async with Bot(TOKEN, session=LeanSession(api=api, proxy=address)) as bot:
        with pytest.raises(TelegramNetworkError):
            await bot.get_me()
