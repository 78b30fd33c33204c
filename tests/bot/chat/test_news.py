"""The button under a broadcast that ends news: it works from wherever he is, and costs nothing."""

import time

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.simulator import TOKEN
from bot.store import flood
from tests.bot.chat.house import MEI, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.person import Person

OFF = {"en": "News is off. You can turn it on again in /settings.", "zh": "通知已关闭。想再开，去 /settings。"}


async def told(house: House, id_: int, data: str = "stop:7") -> int:
    """He gets a broadcast, as the courier would send it; the number of its message."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(house.simulator.api_base))
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="No more news", callback_data=data)]])
    async with Bot(TOKEN, session=session) as bot:
        return (await bot.send_message(id_, "A rule has changed.", reply_markup=keyboard)).message_id


async def answers(house: House) -> dict[tuple[int, str], str]:
    rows = await house.database.run(lambda db: db.execute("select seller, question, answer from answers").fetchall())
    return {(seller, question): answer for seller, question, answer in rows}


async def test_news_ends_and_his_page_stays_as_it_is(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.tap("Internal or registered auditor?")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await house.settled()
    before = [call["method"] for call in await house.calls()]
    message = await told(house, SAM)
    await sam.tap_data(message, "stop:7")
    assert await sam.toast() == OFF["en"]
    assert (await answers(house))[SAM, "home.news"] == "off"
    await house.settled()
    since = [call["method"] for call in await house.calls()][len(before) :]
    assert since == ["sendMessage", "answerCallbackQuery"], "no page is shown again"
    await sam.tap("Who is a registered auditor?")  # the live page is still there
    last = time.monotonic() + 5
    while not any("must be registered" in screen.text for screen in await sam.screens()):
        await sam.pause(last, "his page did not go on")


async def test_it_speaks_his_language_and_is_noted_with_its_broadcast(house: House) -> None:
    mei = await house.person(MEI)
    await mei.say("/start")
    await mei.until(lambda screen: screen.labels)
    message = await told(house, MEI)
    await mei.tap_data(message, "stop:7")
    assert await mei.toast() == OFF["zh"]
    query = "select kind, detail from trail where kind in ('answered', 'declined') order by id"
    assert await house.database.run(lambda db: db.execute(query).fetchall()) == [
        ("answered", "off"),
        ("declined", "7"),
    ]


async def test_settings_show_it_and_undo_it(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    message = await told(house, SAM)
    await sam.tap_data(message, "stop:7")
    await sam.toast()
    await sam.say("/settings")
    await sam.until(lambda screen: "News: off" in screen.text)
    await sam.tap("Turn news on")
    await sam.until(lambda screen: "News: on" in screen.text)
    assert (await answers(house))[SAM, "home.news"] == "on"


async def test_pressed_twice_it_says_the_same(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    message = await told(house, SAM)
    for _ in range(2):
        await sam.tap_data(message, "stop:7")
        assert await sam.toast() == OFF["en"]


@pytest.mark.parametrize("data", ["stop:", "stop:x", "stop:'; drop table sellers", "stop:" + "9" * 58])
async def test_whatever_it_carries_does_no_harm(house: House, data: str) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    message = await told(house, SAM, data)
    await sam.tap_data(message, data)
    assert await sam.toast() == OFF["en"]


async def test_somebody_the_database_has_forgotten_can_press_it_too(house: House) -> None:
    sam: Person = await house.person(SAM)
    await sam.say("/start")
    await sam.until(lambda screen: screen.labels)
    await house.settled()
    message = await told(house, SAM)

    def forget(db) -> None:  # type: ignore[no-untyped-def]
        db.execute("delete from answers")
        db.execute("delete from sellers")

    await house.database.run(forget)
    await sam.tap_data(message, "stop:7")
    assert await sam.toast() == OFF["en"]
    assert (await answers(house))[SAM, "home.news"] == "off"


async def test_a_wait_that_telegram_asks_of_the_chat_is_told_the_courier(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    assert await house.database.run(flood.until) == 0
    await house.fault("429", "editMessageText", seconds=1)
    asked = house.clock()
    await sam.tap("ISO 9001: do I need it?")
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    assert await house.database.run(flood.until) > asked
