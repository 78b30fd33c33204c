"""What comes in: one effect, a fresh page, never an error, never silence."""

import asyncio

import pytest

import dialogs
from tests.bot.chat.house import LIN, MEI, OLGA, SAM, House
from tests.bot.person import Person, Screen


async def in_the_menu(someone: Person) -> Screen:
    """Start, and go to the menu."""
    await someone.say("/start")
    await someone.until(lambda screen: "What can I ask?" in screen.labels)
    await someone.tap("What can I ask?")
    return await someone.until(lambda screen: "ISO 9001: do I need it?" in screen.labels)


async def test_a_tap_edits_the_live_message_in_place(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    assert menu.edited
    assert len(await sam.screens()) == 1


async def test_every_tap_is_answered_without_a_notice_when_it_works(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    assert await sam.toast() == ""


async def test_a_double_tap_makes_one_step(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    button = menu.button("Internal or registered auditor?")
    assert button
    await asyncio.gather(*(sam.tap_data(menu.message_id, button["callback_data"]) for _ in range(2)))
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await house.settled()
    assert (await house.trail()).count("auditors.offer") == 1


async def test_fifty_taps_at_once_make_one_step_and_all_are_answered(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    buttons = [button["callback_data"] for row in menu.buttons for button in row]
    await asyncio.gather(*(sam.tap_data(menu.message_id, buttons[n % len(buttons)]) for n in range(50)))
    await sam.toast()
    for _ in range(200):
        if not (await sam.chat())["loading"]:
            break
        await asyncio.sleep(0.02)
    assert not (await sam.chat())["loading"]
    await house.settled()
    assert len(await house.trail()) == 2  # the menu and one topic
    assert not await house.refused()


async def test_a_stale_tap_takes_no_step_and_says_so(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    old = menu.button("What a certificate can bring")
    assert old
    await sam.tap("ISO 9001: do I need it?")
    page = await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    await sam.tap_data(menu.message_id, old["callback_data"])
    assert "from before" in await sam.toast()
    await house.settled()
    assert (await sam.screen()).text == page.text
    assert "benefits.found" not in await house.trail()


async def test_a_tap_on_a_message_further_up_brings_a_fresh_page_below(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    old = menu.button("What a certificate can bring")
    assert old
    await sam.say("/help")
    help_page = await sam.until(lambda screen: "How this works" in screen.text)
    await sam.tap_data(menu.message_id, old["callback_data"])
    fresh = await sam.until(lambda screen: screen.message_id > help_page.message_id)
    assert fresh.text == help_page.text


@pytest.mark.parametrize("data", ["", "x", "999", "-1:home", "²:home", "9" * 30 + ":home", "2:no-such", "2:back:home"])
async def test_data_that_is_not_ours_is_a_stale_tap(house: House, data: str) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    await sam.send_update(callback_query={"data": data})
    fresh = await sam.until(lambda screen: screen.message_id > menu.message_id)
    assert fresh.text == menu.text
    answers = await house.calls("answerCallbackQuery")
    assert "from before" in answers[-1]["args"]["text"]


async def test_a_repeated_update_has_one_effect(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    tap = await sam.tap("Internal or registered auditor?")
    page = await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await house.settled()
    await house.repeat(tap["update_id"])
    await asyncio.sleep(0.2)
    await house.settled()
    assert (await sam.screen()).text == page.text
    assert (await house.trail()).count("auditors.offer") == 1


async def test_what_is_typed_is_answered_below_and_the_old_buttons_go(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    await sam.say("4")
    page = await sam.until(lambda screen: "Somebody offers you" in screen.text)
    assert page.message_id > menu.message_id
    await sam.until(lambda screen: True)
    for _ in range(100):
        old = next(screen for screen in await sam.screens() if screen.message_id == menu.message_id)
        if not old.labels:
            break
        await asyncio.sleep(0.02)
    assert old.labels == []


async def test_a_live_message_that_was_deleted_is_replaced(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    await house.settled()
    button = menu.button("ISO 9001: do I need it?")
    assert button
    pressing = await sam.tap_data(menu.message_id, button["callback_data"])
    assert pressing
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    await sam.delete(menu.message_id)
    await sam.say("/menu")
    fresh = await sam.until(lambda screen: "ISO 9001: do I need it?" in screen.labels)
    await sam.delete(fresh.message_id)
    await house.database.run(lambda db: db.execute("update sellers set debt = debt + 1"))
    await house.stop()
    await house.start()
    again = await sam.until(lambda screen: screen.message_id > fresh.message_id)
    assert again.text == fresh.text


async def test_a_picture_gets_one_helpful_sentence_and_keeps_his_place(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.tap("Internal or registered auditor?")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await sam.send_update(message={"sticker": STICKER})
    page = await sam.until(lambda screen: "only read text" in screen.text)
    assert "Somebody offers you" in page.text


STICKER = {
    "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
    "is_animated": False, "is_video": False,
}  # fmt: skip


async def test_the_first_words_need_no_start(house: House) -> None:
    olga = await house.person(OLGA)
    await olga.say("здравствуйте")
    page = await olga.until(lambda screen: "I am a bot" in screen.text)
    assert "could not match" in page.text


async def test_traditional_chinese_gets_simplified_and_is_told_once(house: House) -> None:
    lin = await house.person(LIN)
    await lin.say("/start")
    page = await lin.until(lambda screen: "我是机器人" in screen.text)
    assert "简体" in page.text
    await lin.say("/start")
    await lin.until(lambda screen: screen.message_id > page.message_id and "简体" not in screen.text)


async def test_the_chosen_language_wins_over_telegrams(house: House) -> None:
    mei = await house.person(MEI)
    await mei.say("/start")
    await mei.until(lambda screen: "English" in screen.labels)
    await mei.tap("English")
    await mei.until(lambda screen: "What can I ask?" in screen.labels)
    await house.stop()
    await house.start()
    await mei.say("/menu")
    await mei.until(lambda screen: "ISO 9001: do I need it?" in screen.labels)


async def test_commands_with_the_bots_name_or_words_behind_them_work(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.say("/help@certguide_bot please")
    await sam.until(lambda screen: "How this works" in screen.text)
    await sam.say("/")
    await sam.until(lambda screen: "don't know this command" in screen.text)


async def test_sellers_do_not_wait_for_each_other_and_each_keeps_his_order(house: House) -> None:
    people = [await house.person(id_) for id_ in (MEI, OLGA, SAM)]
    for person in people:
        await person.say("/start")
    await asyncio.gather(*(person.until(lambda screen: len(screen.labels) > 1) for person in people))
    sequences = ["/menu", "/help", "/progress", "/menu", "/privacy"]
    for text in sequences:
        for person in people:
            await person.say(text)
    query = "select who, page from trail where kind = 'arrived' order by id"
    await house.found(query, lambda rows: len(rows) >= len(sequences) * len(people))
    await asyncio.sleep(0.1)  # nothing more comes
    await house.settled()
    trail = await house.database.run(lambda db: db.execute(query).fetchall())
    assert len({who for who, _ in trail}) == len(people)
    for seller in {who for who, _ in trail}:
        assert [page for who, page in trail if who == seller] == [
            "home.menu", "home.help", "home.progress", "home.menu", "home.privacy",
        ]  # fmt: skip


async def test_blocking_is_noted_and_undone_by_the_next_message(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.tap("Internal or registered auditor?")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await sam.tap("The three kinds of audit")
    await sam.until(lambda screen: "step 2 of" in screen.text)
    await sam.block()
    away = "select away is not null from sellers"
    for _ in range(200):
        if await house.database.run(lambda db: db.execute(away).fetchone()) == (1,):
            break
        await asyncio.sleep(0.02)
    assert await house.database.run(lambda db: db.execute(away).fetchone()) == (1,)
    await sam.unblock()
    await sam.say("/start")
    await sam.until(lambda screen: "Continue" in screen.labels)
    assert await house.database.run(lambda db: db.execute(away).fetchone()) == (0,)


async def test_the_menu_of_commands_is_set_in_every_language(house: House) -> None:
    mei, sam = await house.person(MEI), await house.person(SAM)
    for _ in range(100):
        commands = {one["command"]: one["description"] for one in (await mei.chat())["commands"]}
        if commands:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    commands = {one["command"]: one["description"] for one in (await mei.chat())["commands"]}
    assert tuple(commands) == dialogs.COMMANDS
    assert "主题" in commands["menu"]
    english = {one["command"]: one["description"] for one in (await sam.chat())["commands"]}
    assert english["menu"] == "all subjects"
