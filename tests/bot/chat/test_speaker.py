"""Pages are shown at least once, whatever Telegram does, and one seller's trouble is nobody else's."""

import asyncio

import pytest

from bot import chat
from bot.chat import session, speaker
from tests.bot.chat.house import MEI, SAM, House
from tests.bot.chat.test_desk import in_the_menu


async def test_a_throttled_seller_holds_up_nobody_else(house: House) -> None:
    sam, mei = await house.person(SAM), await house.person(MEI)
    await in_the_menu(sam)
    await mei.say("/start")
    await mei.until(lambda screen: "English" in screen.labels)
    await house.fault("429", "editMessageText", seconds=2)
    await sam.tap("ISO 9001: do I need it?")
    await asyncio.sleep(0.1)
    await mei.tap("English")
    await mei.until(lambda screen: "What can I ask?" in screen.labels, deadline=1)
    assert "ISO 9001:2026" not in (await sam.screen()).text
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)


@pytest.mark.parametrize("kind", ["500", "502", "drop", "drop_after", "hang", "hang_after"])
async def test_a_page_is_shown_when_telegram_is_in_trouble(
    house: House, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.stop()
    monkeypatch.setattr(session, "SECONDS", 0.3)
    await house.start()
    await house.fault(kind, "editMessageText", seconds=1)
    await sam.tap("ISO 9001: do I need it?")
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    await house.settled()


@pytest.mark.parametrize("kind", ["429", "500", "502", "drop", "drop_after"])
async def test_a_tap_whose_answer_fails_brings_the_page_all_the_same(house: House, kind: str) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.fault(kind, "answerCallbackQuery", seconds=1)
    await sam.tap("ISO 9001: do I need it?")
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    await house.settled()


async def test_a_first_page_that_may_have_arrived_is_sent_again(house: House) -> None:
    sam = await house.person(SAM)
    await house.fault("drop_after", "sendMessage")
    await sam.say("/start")
    await sam.until(lambda screen: screen.labels)
    await asyncio.sleep(1.2)
    await house.settled()
    screens = [screen for screen in await sam.screens() if "I am a bot" in screen.text]
    assert len(screens) == 2  # at least once: Telegram has no way to tell whether it came
    await sam.tap("What can I ask?")
    await sam.until(lambda screen: "ISO 9001: do I need it?" in screen.labels)


async def test_a_page_stays_owed_when_trouble_does_not_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker, "TRIES", 1)
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.fault("500", "editMessageText")
    await sam.tap("ISO 9001: do I need it?")
    await asyncio.sleep(1.3)
    owed = "select count(*) from sellers where debt > paid"
    assert await house.database.run(lambda db: db.execute(owed).fetchone()) == (1,)
    await house.stop()
    await house.start()
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)


async def test_what_is_owed_after_a_crash_is_shown_at_the_next_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "DRAIN_SECONDS", 0)
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.fault("429", "editMessageText", seconds=30)
    await sam.tap("ISO 9001: do I need it?")
    for _ in range(200):
        if "iso9001.what" in await house.trail():
            break
        await asyncio.sleep(0.02)
    await house.crash()
    await house.start()
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    await house.settled()


async def test_nobody_who_is_away_is_spoken_to_at_the_start(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.block()
    await house.settled()
    await house.database.run(lambda db: db.execute("update sellers set debt = debt + 1, away = 1"))
    before = len(await house.calls())
    await house.stop()
    await house.start()
    await asyncio.sleep(0.3)
    later = [call["method"] for call in (await house.calls())[before:]]
    assert not {"sendMessage", "editMessageText"} & set(later)


async def test_a_seller_who_blocks_while_a_page_is_on_its_way_is_noted(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.stop()
    await sam.say("/help")
    await sam.block()
    await house.start()
    away = [(1,)]
    assert await house.found("select away is not null from sellers", lambda rows: rows == away) == away


async def test_somebody_telegram_no_longer_knows_is_left_alone(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.settled()
    await house.database.run(
        lambda db: db.execute(
            "insert into sellers (id, who, lang, state, visit, history, paths, seen, finished, debt, paid) "
            "values (424242, 7, 'en', 'home.menu', 1, '[]', '{}', '[]', '[]', 1, 0)"
        )
    )
    await house.stop()
    await house.start()
    for _ in range(100):
        away = await house.database.run(lambda db: db.execute("select away from sellers where id = 424242").fetchone())
        if away != (None,):
            break
        await asyncio.sleep(0.02)
    assert away != (None,)


async def test_a_tap_is_answered_at_once_while_the_page_is_held_up(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    await house.fault("429", "editMessageText", seconds=4)
    await sam.tap("ISO 9001: do I need it?")
    assert await sam.toast(deadline=1) == ""
    button = menu.button("What a certificate can bring")
    assert button
    await sam.tap_data(menu.message_id, button["callback_data"])
    assert "from before" in await sam.toast(deadline=1)
    assert "ISO 9001:2026" not in (await sam.screen()).text
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text, deadline=8)
