"""Broadcasts in an operator's own chat: from the first word to the report, tried, started, mended, and by whom."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.store import broadcasts
from bot.store.broadcasts import Text
from tests.bot.chat.house import MEI, SAM, House
from tests.bot.chat.newsroom import SOON, Newsroom, newsroom

EN, ZH = "A rule has <b>changed</b>: <i>read</i> it.", "规则<b>变了</b>。"


@pytest.fixture
async def room(house: House) -> AsyncIterator[Newsroom]:
    """An operator, two sellers who want news, nobody delivering yet."""
    async with newsroom(house) as made:
        yield made


async def test_from_the_first_word_to_the_report_in_two_languages(room: Newsroom) -> None:
    mei, sam = room.sellers["mei"], room.sellers["sam"]
    async with room.courier():
        card = await room.write(EN, "English")
        assert "For: everybody who wants news" in card.text
        assert "Some people's language has no text" in card.text
        await room.tap("Another language", "Send me the message")
        await room.olivia.say_html(ZH)
        await room.until("Which language")
        assert (await room.olivia.screen()).labels == ["English (replaces)", "简体中文", "Forget it"]
        card = await room.tap("简体中文", "English: A rule has changed", "简体中文: 规则变了", then="Test")
        assert "no text" not in card.text
        assert "Test: not yet." in card.text
        await room.tap("Preview", "2 people get it.", "English: 1", "简体中文: 1", "about 1 minute at 20 a second")
        await room.tap("Back", then="Test")
        card = await room.test()
        copies = [screen.html for screen in (await room.olivia.screens()) if "No more news" in screen.labels]
        assert copies[0].startswith(EN)
        assert card.message_id > (await room.olivia.screens())[-2].message_id  # it comes below what was shown
        question = await room.tap("Start now", "Start it now?", "2 people get it.")
        assert question.labels == ["Yes, to 2 people", "Back"]
        await room.olivia.tap("Yes, to 2 people")
        report = await room.until("Broadcast 1 · done", "100 %", "2 of 2 sent.", deadline=20)
        assert report.labels == ["Correct", "Withdraw", "All broadcasts"]
        assert (await sam.until(lambda screen: "rule" in screen.text)).html.startswith(EN)
        assert (await mei.until(lambda screen: "规则" in screen.text)).html.startswith(ZH)
    listed = await room.open()
    assert "1 · done · A rule has changed…" in listed.labels or listed.labels[0].startswith("1 · done · A rule")
    assert await room.acts() == [
        (act, "broadcast 1") for act in ("draft", "write en", "write zh_Hans", "test", "start")
    ]
    assert await room.house.refused() == []


async def test_a_chinese_operator_is_spoken_to_in_chinese(room: Newsroom) -> None:
    mei = room.sellers["mei"]
    await room.run(lambda db: db.execute("insert into operators (id, role, since) values (?, 'operator', 0)", [MEI]))
    await mei.say("/broadcast")
    await mei.until(lambda screen: "新建" in screen.labels)
    await mei.tap("新建")
    await mei.until(lambda screen: "请发来消息" in screen.text)
    await mei.say("你好")
    await mei.until(lambda screen: "哪种语言" in screen.text)
    await mei.tap("简体中文")
    card = await mei.until(lambda screen: "预览" in screen.labels)
    assert {"对象", "预览", "测试", "立即开始", "排期", "删除草稿"} <= set(card.labels)


# Trying


async def test_without_a_courier_the_card_says_so(room: Newsroom) -> None:
    await room.open(await room.ready())
    await room.tap("English", then="Write anew")
    await room.tap("Write anew")
    await room.olivia.say("It is final.")
    await room.until("It is final.", label="Test")
    await room.tap("Test", "Test: on its way.")
    assert await room.refused("Test") == "The test is on its way already."
    room.later(10)
    await room.until("Does the courier run? (certguide deliver)")
    async with room.courier():
        await room.until("shown exactly as it goes out")


async def test_what_telegram_refuses_in_a_test_is_told(room: Newsroom) -> None:
    await room.open(await room.ready(Text("en", "Look <b>here"), Text("zh_Hans", "好")))
    async with room.courier():
        await room.olivia.tap("Test")
        await room.until("it could not be sent: en: ", "an't parse entities")
    assert (await room.broadcast(1)).tested  # by the fixture; what was tested before still is what goes out


async def test_any_change_asks_for_another_test(room: Newsroom) -> None:
    async with room.courier():
        await room.write(EN, "English")
        await room.test()
        await room.tap("English", then="Write anew")
        await room.tap("Write anew", "English")
        await room.olivia.say("It is final.")
        await room.until("Test: changed since then", label="Test")
        assert "test first" in await room.refused("Start now")
        assert "test first" in await room.refused("Schedule")
        await room.test()


# Starting


async def test_a_second_start_gets_a_clear_sentence(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    question = await room.tap("Start now", "Start it now?")
    yes = question.button("Yes, to 2 people")
    assert yes
    await room.olivia.tap("Yes, to 2 people")
    await room.until("running", "0 of 2 sent")
    await room.olivia.tap_data(question.message_id, yes["callback_data"])
    assert await room.olivia.alert(SOON) == "Broadcast 1 is running: that can't be done now."
    assert await room.outcomes(id_) == {"waiting": 2}
    assert [act for act, _ in await room.acts()] == ["start"]


async def test_what_was_confirmed_is_what_starts(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.tap("Start now", "2 people get it.")
    await room.run(broadcasts.aim, id_, "lang=en")  # another operator, meanwhile
    assert "changed meanwhile" in await room.refused("Yes, to 2 people")
    await room.until("For: lang=en", label="Start now")
    assert await room.state(id_) == "draft"


async def test_an_empty_audience_starts_nothing(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.run(broadcasts.aim, id_, "campaign=none")
    await room.open(id_)
    assert await room.refused("Start now") == "It would reach nobody. Look at the preview."
    await room.tap("Preview", "0 people get it.")
    assert await room.state(id_) == "draft"


async def test_a_draft_is_put_away_only_when_confirmed_and_its_number_never_used_again(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.tap("Delete draft", "Delete this draft?", then="Back")
    await room.tap("Back", then="Delete draft")
    await room.tap("Delete draft", then="Yes, delete it")
    await room.tap("Yes, delete it", "no broadcasts yet", then="New")
    assert await room.ready() == id_ + 1


async def test_it_is_scheduled_cancelled_and_started_at_its_hour(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    for wrong, told in [
        ("tomorrow", "2026-11-27 10:00"),
        ("2026-02-30 10:00", "It is written like this"),
        ("2026-11-26 19:59", "That is over: it is 2026-11-26 20:"),
        ("2031-11-26 10:00", "more than a year away"),
    ]:
        if wrong == "tomorrow":
            await room.tap("Schedule", "day and time in Asia/Shanghai")
        await room.olivia.say(wrong)
        await room.until(told, "day and time in Asia/Shanghai")
    await room.olivia.say("2026-11-26 20:30")
    await room.until("start on 2026-11-26 20:30 (Asia/Shanghai)?", "2 people get it.")
    await room.tap("Yes, schedule it", "scheduled", "It starts on 2026-11-26 20:30", then="Cancel schedule")
    assert (await room.open()).labels[0].startswith("1 · scheduled · ")
    await room.open(id_)
    await room.tap("Cancel schedule", "draft", then="Schedule")
    await room.tap("Schedule", "day and time")
    await room.olivia.say("2026年11月26日 20：30")
    await room.until("start on 2026-11-26 20:30")
    await room.tap("Yes, schedule it", "scheduled")
    async with room.courier():
        await asyncio.sleep(1)
        assert await room.state(id_) == "scheduled"
        room.later(1800)
        await room.until("done", "2 of 2 sent", deadline=20)
    assert [act for act, _ in await room.acts()] == ["schedule", "cancel", "schedule", "start"]


async def test_a_moment_that_passes_while_one_thinks_is_asked_again(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.tap("Schedule", "day and time")
    await room.olivia.say("2026-11-26 20:30")
    await room.until("start on 2026-11-26 20:30")
    room.later(1800)
    assert "over" in await room.refused("Yes, schedule it")
    assert await room.state(id_) == "draft"


# Mending


async def test_what_was_sent_is_corrected_where_it_stands(room: Newsroom) -> None:
    sam, mei = room.sellers["sam"], room.sellers["mei"]
    id_ = await room.ready(Text("en", "Old", buttons=(("Read", "iso9001"),)), Text("zh_Hans", "旧"))
    await room.open(id_)
    async with room.courier():
        await room.start()
        await room.until("2 of 2 sent", label="Correct", deadline=20)
        there = await sam.until(lambda screen: "Old" in screen.text)
        card = await room.tap("Correct", "Broadcast 2 · draft", "Edits what broadcast 1 sent, at 2 people's")
        assert "Another language" not in card.labels
        assert "Audience" not in card.labels
        await room.tap("English", then="Write anew")
        await room.tap("Write anew", "the new words")
        await room.olivia.photo("New")
        await room.until("changes words only")
        await room.olivia.say_html("<b>New</b>")
        await room.until("English: New · 1 button")
        await room.test()
        question = await room.tap("Start now", "2 people get it.")
        assert "Yes, to 2 people" in question.labels
        await room.olivia.tap("Yes, to 2 people")
        await room.until("Broadcast 2 · done", "2 of 2 edited", deadline=20)
    now = {screen.message_id: screen for screen in await sam.screens()}[there.message_id]
    assert now.html.startswith("<b>New</b>")
    assert now.labels == ["Read", "No more news"]
    assert any(screen.text.startswith("旧") for screen in await mei.screens())
    await room.tap("Correct", "Broadcast 3 · draft", "Edits what broadcast 1 sent", "English: New")


async def test_what_was_sent_is_withdrawn_within_48_hours(room: Newsroom) -> None:
    sam = room.sellers["sam"]
    id_ = await room.ready()
    await room.open(id_)
    async with room.courier():
        await room.start()
        await room.until("2 of 2 sent", label="Withdraw", deadline=20)
        card = await room.tap("Withdraw", "Broadcast 2 · draft", "Deletes what broadcast 1 sent, at 2 people's")
        assert card.labels == ["Preview", "Start now", "Schedule", "Delete draft", "All broadcasts"]
        await room.start()
        await room.until("Broadcast 2 · done", "2 of 2 deleted", deadline=20)
    assert not any("rule" in screen.text for screen in await sam.screens())
    report = await room.until("deleted")
    assert report.labels == ["All broadcasts"]


async def test_what_is_too_old_to_be_withdrawn_is_told_before(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    async with room.courier():
        await room.start()
        await room.until("2 of 2 sent", label="Withdraw", deadline=20)
    old = int(room.house.clock()) - 49 * 3600
    await room.run(lambda db: db.execute("update deliveries set at = ? where lang = 'en'", [old]))
    await room.tap("Withdraw", "at 1 people's", "Older than 48 hours, so it stays there: 1")
    await room.tap("Preview", "1 person gets it.", "so it stays there: 1")
    await room.run(lambda db: db.execute("update deliveries set at = ?", [old]))
    card = await room.open(id_)
    assert card.labels == ["Correct", "All broadcasts"]
    assert "48 hours" in await room.forge(f"b:pull:{id_}")


# Others


async def test_for_a_seller_neither_the_command_nor_a_button_exists(room: Newsroom) -> None:
    sam = room.sellers["sam"]
    id_ = await room.ready()
    await sam.say("/broadcast")
    await sam.until(lambda screen: "don't know this command" in screen.text)
    await sam.send_update(callback_query={"data": f"b:scrap:{id_}"})
    await room.quiet()
    answer = (await room.house.calls("answerCallbackQuery"))[-1]
    assert "from before" in answer["args"]["text"]
    assert await room.state(id_) == "draft"


async def test_whoever_loses_his_role_in_the_middle_writes_no_broadcast(room: Newsroom) -> None:
    sam = room.sellers["sam"]
    await room.run(lambda db: db.execute("insert into operators (id, role, since) values (?, 'operator', 0)", [SAM]))
    await sam.say("/broadcast")
    await sam.until(lambda screen: "New" in screen.labels)
    await sam.tap("New")
    await sam.until(lambda screen: "Send me the message" in screen.text)
    await room.run(lambda db: db.execute("update operators set role = 'analyst'"))
    await sam.say("zebra saddles")
    await sam.until(lambda screen: "could not match" in screen.text)
    assert await room.run(broadcasts.listed) == []


async def test_a_seller_ends_news_by_the_button_and_is_left_out_next_time(room: Newsroom) -> None:
    sam = room.sellers["sam"]
    id_ = await room.ready()
    await room.open(id_)
    async with room.courier():
        await room.start()
        await room.until("2 of 2 sent", deadline=20)
        await sam.until(lambda screen: "rule" in screen.text)
        await sam.tap("No more news")
        assert "News is off" in await sam.alert(SOON)
        second = await room.ready()
        await room.open(second)
        await room.tap("Preview", "1 person gets it.", "no news wanted: ")
        room.later(86_400)
        await room.tap("Back", then="Start now")
        await room.start()
        await room.until("Broadcast 2 · done", "1 of 1 sent", deadline=20)
    assert len([screen for screen in await sam.screens() if "rule" in screen.text]) == 1


async def test_two_operators_see_the_same(room: Newsroom) -> None:
    await room.run(lambda db: db.execute("insert into operators (id, role, since) values (?, 'operator', 0)", [SAM]))
    sam = room.sellers["sam"]
    id_ = await room.ready()
    await room.open(id_)
    await sam.say(f"/broadcast {id_}")
    await sam.until(lambda screen: "draft" in screen.text)
    await room.start()
    await sam.tap("Start now")
    assert await sam.alert(SOON) == "Broadcast 1 is running: that can't be done now."
    await sam.until(lambda screen: "Pause" in screen.labels)
    await sam.tap("Pause")
    await room.until("paused", label="Resume")


async def test_many_broadcasts_are_listed_those_under_way_first(room: Newsroom) -> None:
    numbers = [await room.ready() for _ in range(10)]
    await room.run(broadcasts.move, numbers[0], "start", 0)
    listed = await room.open()
    assert listed.labels[0].startswith("1 · running · ")
    assert len(listed.labels) == 9
    assert "And 2 more: /broadcast and a number opens one." in listed.text
    await room.olivia.say("/broadcast 2")
    await room.until("Broadcast 2 · draft")
    await room.olivia.say("/broadcast 99")
    await room.until(label="New")
