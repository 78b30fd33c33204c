"""The library the bot converses with, against the simulator."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    CopyTextButton,
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonCommands,
    Message,
    MessageEntity,
)

from bot.simulator import TOKEN, Simulator
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, SAM, sim
from tests.bot.simulator.test_media import png

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="中文", callback_data="zh"),
            InlineKeyboardButton(text="site", url="https://iso.org"),
        ],
        [InlineKeyboardButton(text="copy", copy_text=CopyTextButton(text="words"))],
    ]
)


@pytest.fixture
async def bot(simulator: Simulator) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(simulator.api_base))
    made = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    yield made
    await session.close()


@pytest.fixture
async def polling(bot: Bot) -> AsyncIterator[Dispatcher]:
    """A bot that answers, edits and shows toasts."""
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(f"<b>heard</b> {message.html_text}", reply_markup=KEYBOARD)

    @dispatcher.callback_query()
    async def press(query: CallbackQuery) -> None:
        await query.answer("one moment")
        assert isinstance(query.message, Message)
        await query.message.edit_text(f"{query.data} for {query.from_user.language_code}")

    task = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=10))
    yield dispatcher
    await dispatcher.stop_polling()
    await task


async def test_a_conversation(polling: Dispatcher, mei: Person) -> None:
    screen = await mei.until(lambda screen: screen.text == "heard /start")
    assert screen.html == "<b>heard</b> /start"
    assert screen.rows == [["中文", "site"], ["copy"]]
    await mei.tap("中文")
    assert await mei.toast() == "one moment"
    screen = await mei.until(lambda screen: screen.edited)
    assert (screen.text, screen.rows) == ("zh for zh-hans", [])


async def test_objects_survive_the_way(bot: Bot, mei: Person) -> None:
    sent = await bot.send_message(
        MEI,
        "😀 bold",
        parse_mode=None,
        entities=[MessageEntity(type="bold", offset=3, length=4)],
        reply_markup=KEYBOARD,
    )
    assert sent.reply_markup is not None
    assert sent.reply_markup.inline_keyboard[0][1].url == "https://iso.org/"
    assert sent.html_text == "😀 <b>bold</b>"
    edited = await bot.edit_message_reply_markup(chat_id=MEI, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert edited.reply_markup is None
    assert await bot.send_chat_action(MEI, "typing")
    assert await bot.delete_message(MEI, sent.message_id)
    assert (await bot.get_chat(MEI)).first_name == "Mei"
    assert (await bot.me()).username == "certguide_bot"


async def test_the_profile(bot: Bot, mei: Person) -> None:
    commands = [BotCommand(command="help", description="帮助")]
    assert await bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=MEI), language_code="zh")
    kept = await bot.get_my_commands(BotCommandScopeChat(chat_id=MEI), "zh")
    assert [(command.command, command.description) for command in kept] == [("help", "帮助")]
    assert await bot.set_my_name("顾问", language_code="zh")
    assert (await bot.get_my_name("zh")).name == "顾问"
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert await bot.delete_my_commands(BotCommandScopeChat(chat_id=MEI), "zh")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    with pytest.raises(TelegramBadRequest, match="invalid language code specified"):
        await bot.set_my_commands(commands, language_code="zh-hans")


async def test_refusals(bot: Bot, mei: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(SAM, "x")
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(MEI, "1 < 2")
    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot.get_available_gifts()
    await mei.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(MEI, "x")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", TelegramRetryAfter),
        ("500", TelegramServerError),
        ("502", ClientDecodeError),
        ("409", TelegramConflictError),
        ("401", TelegramUnauthorizedError),
        ("drop", TelegramNetworkError),
        ("hang", TelegramNetworkError),
    ],
)
async def test_troubles(simulator: Simulator, bot: Bot, kind: str, error: type[Exception]) -> None:
    await sim(simulator, "POST", "/sim/faults", {"kind": kind, "method": "getMe", "seconds": 0.05})
    with pytest.raises(error) as caught:
        await bot.get_me()
    if isinstance(caught.value, TelegramRetryAfter):
        assert caught.value.retry_after == 1
    assert (await bot.get_me()).is_bot


async def test_every_update_is_understood(bot: Bot, mei: Person, sam: Person) -> None:
    await mei.edit(1, "edited")
    await mei.block()
    await sam.send_update(message={"sticker": sticker()})
    got = await bot.get_updates()
    assert [update.event_type for update in got] == ["message", "edited_message", "my_chat_member", "message"]
    assert got[3].message is not None
    assert got[3].message.sticker is not None


def sticker() -> dict[str, Any]:
    shape = {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    return {"file_id": "x", "file_unique_id": "y"} | shape


async def test_uploads_come_back(bot: Bot, mei: Person, tmp_path: Path) -> None:
    """From memory and from a disk, to the person and to the bot."""
    export = tmp_path / "清单 2026.csv"
    export.write_bytes(bytes(range(256)) * 5000)
    drawn = await bot.send_photo(MEI, BufferedInputFile(png() + b"drawn", "figures.png"), caption="c")
    saved = await bot.send_document(MEI, FSInputFile(export))
    assert drawn.photo is not None
    assert saved.document is not None
    assert (saved.document.file_name, saved.document.file_size) == (export.name, 256 * 5000)
    picture, document = await mei.screens()
    assert await mei.download(picture.file_id) == png() + b"drawn"
    assert await mei.download(document.file_id) == export.read_bytes()
    copy = await bot.download(saved.document, tmp_path / "copy.csv")
    assert copy is None
    assert (tmp_path / "copy.csv").read_bytes() == export.read_bytes()
    again = await bot.download(drawn.photo[0])
    assert again is not None
    assert again.read() == png() + b"drawn"


async def test_photos_and_documents(bot: Bot, mei: Person) -> None:
    photo = await mei.photo("<b>c</b>", parse_mode="HTML")
    await mei.document("a.csv")
    heard = [update.message for update in await bot.get_updates()]
    assert heard[1] is not None
    assert heard[1].photo is not None
    assert (heard[1].html_text, heard[1].photo[-1].file_id) == ("<b>c</b>", photo["file_id"])
    assert heard[2] is not None
    assert heard[2].document is not None
    assert heard[2].document.file_name == "a.csv"
    sent = await bot.send_photo(MEI, heard[1].photo[0].file_id, caption=heard[1].html_text, reply_markup=KEYBOARD)
    assert sent.html_text == "<b>c</b>"
    edited = await sent.edit_caption(caption="<i>d</i>")
    assert isinstance(edited, Message)
    assert edited.html_text == "<i>d</i>"
    uploaded = await bot.send_document(MEI, BufferedInputFile(b"a,b", "b.csv"), caption="e")
    assert uploaded.document is not None
    assert (uploaded.document.file_name, uploaded.caption) == ("b.csv", "e")
    drawn = await bot.send_photo(MEI, BufferedInputFile(png(), "a.png"))
    assert drawn.photo is not None
    assert drawn.photo[-1].width == 800
    assert [screen.media for screen in await mei.screens()] == ["photo", "document", "photo"]
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(MEI, photo["file_id"], caption="x" * 1025)
