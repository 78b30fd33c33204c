"""Cards of broadcasts, kept up to date: while they are under way, over restarts, and when Telegram is in trouble."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from bot.chat import reports
from bot.store import Database, broadcasts, composing
from bot.store import cards as store
from bot.store.composing import Composing
from tests.bot.chat.house import SAM, House
from tests.bot.chat.newsroom import Newsroom, newsroom
from tests.bot.chat.test_faults import used_up
from tests.bot.person import arrivals

EN, ZH = "A rule has <b>changed</b>: <i>read</i> it.", "规则<b>变了</b>。"


@pytest.fixture
async def room(house: House) -> AsyncIterator[Newsroom]:
    """An operator, two sellers who want news, nobody delivering yet."""
    async with newsroom(house) as made:
        yield made


# Steering


async def test_the_card_moves_and_pause_resume_and_stop_win_within_two_seconds(room: Newsroom) -> None:
    await room.crowd(200, blocked=10)
    id_ = await room.ready()
    await room.open(id_)
    async with room.courier(pace=12):
        await room.start()
        first = await room.until("running", " %", label="Pause")
        moving = await room.until("░", "█", deadline=20)
        assert "of 202 sent" in moving.text
        assert first.message_id == moving.message_id

        pressed = time.time()
        await room.tap("Pause", "paused", then="Resume")
        assert time.time() - pressed < 2
        await asyncio.sleep(2 - (time.time() - pressed))
        came = await sent(room)
        await asyncio.sleep(1.5)
        assert await sent(room) == came

        await room.tap("Resume", "running", then="Pause")
        await asyncio.sleep(2)
        assert await sent(room) > came

        await room.tap("Stop", "Stop it for good?", "would not get it", then="Stop for good")
        assert await room.state(id_) == "paused"
        await room.tap("Resume", "running", then="Stop")
        pressed = time.time()
        await room.tap("Stop", then="Stop for good")
        await room.tap("Stop for good", "stopped", "not sent any more")
        await asyncio.sleep(2 - (time.time() - pressed))
        came = await sent(room)
        await asyncio.sleep(1.5)
        assert await sent(room) == came
    report = await room.until("stopped")
    assert "blocked the bot or gone: " in report.text
    assert [act for act, _ in await room.acts()] == ["start", "pause", "resume", "pause", "resume", "pause", "stop"]


async def sent(room: Newsroom) -> int:
    """How many calls the courier has made."""
    return len([call for call in await room.house.calls("sendMessage") if "news" in call["args"]["text"]])


async def test_a_live_card_is_edited_every_three_seconds_at_most_and_only_while_it_changes(room: Newsroom) -> None:
    await room.crowd(60)
    id_ = await room.ready()
    await room.open(id_)
    async with room.courier(pace=6):
        await room.start()
        await asyncio.sleep(7.5)
        edits = [one.at for one in await arrivals(room.house.simulator.api_base, "editMessageText")]
        automatic = [later - earlier for earlier, later in pairwise(edits[-2:])]
        assert len(edits) >= 3
        assert min(automatic) > reports.EVERY - 0.1
        await room.tap("Pause", "paused", then="Resume")
        await asyncio.sleep(3.5)
        quiet = len(await room.house.calls("editMessageText"))
        await asyncio.sleep(4)
        assert len(await room.house.calls("editMessageText")) == quiet
    assert await room.house.refused() == []


async def test_a_broadcast_that_does_not_move_asks_for_the_courier(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "STILL", 1)
    monkeypatch.setattr(reports, "EVERY", 0.5)
    id_ = await room.ready()
    await room.open(id_)
    await room.start()
    await room.until("0 of 2 sent", "Does the courier run? (certguide deliver)")


async def test_the_report_tells_outcomes_with_their_reasons(room: Newsroom) -> None:
    await room.crowd(6, blocked=2)
    id_ = await room.ready()
    await room.open(id_)
    await room.house.fault("hang_after", "sendMessage", seconds=1)

    def unsure(db: sqlite3.Connection) -> None:
        db.execute("insert into deliveries (broadcast, who, lang, state, due) values (?, 1, 'en', 'sending', 0)", [id_])

    await room.tap("Start now", "8 people")
    await room.olivia.tap("Yes, to 8 people")
    await room.until("running")
    await room.run(unsure)
    async with room.courier():
        report = await room.until("done", "of 9 sent", deadline=30)
    assert "blocked the bot or gone: 2 (Forbidden: bot was blocked by the user)" in report.text
    assert "nobody knows whether it arrived: 1 (the courier stopped)" in report.text
    assert "sent again only if you decide so" in report.text


async def test_what_may_have_arrived_is_sent_again_only_when_somebody_decides_so(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.start()
    await room.run(lambda db: db.execute("update deliveries set state = 'sending' where lang = 'en'"))
    async with room.courier():
        await room.until("done", "1 of 2 sent", label="Send it to them again", deadline=20)
        await room.tap("Send it to them again", "once more to 1?", then="Back")
        await room.tap("Back", then="Send it to them again")
        await asyncio.sleep(1)
        assert await room.outcomes(id_) == {"sent": 1, "unsure": 1}
        await room.tap("Send it to them again", then="Yes, send it again")
        await room.olivia.tap("Yes, send it again")
        await room.until("done", "2 of 2 sent", deadline=20)
    assert [act for act, _ in await room.acts()] == ["start", "resend"]


async def test_who_must_not_be_disturbed_waits_and_the_card_tells_until_when(room: Newsroom) -> None:
    id_ = await room.ready()

    def told(db: sqlite3.Connection) -> None:
        db.execute("update sellers set told = ? where id = ?", [int(room.house.clock()), SAM])

    await room.run(told)
    await room.open(id_)
    await room.tap("Preview", "2 people get it.", "1 of them later")
    await room.tap("Back", then="Start now")
    await room.tap("Start now", "1 of them later")
    async with room.courier():
        await room.olivia.tap("Yes, to 2 people")
        await room.until("1 of 2 sent", "1 of them wait", "2026-11-27 20:0", deadline=20)


# Trouble


FORGED = (
        "b:", "b:go", "b:go:1", "b:go:1:00000000", "b:see:99:main", "b:see:x", "b:see:-1:main", "b:nothing:1",
        "b:see:99999999999999999999:main", "b:write:1:xx", "b:links:1:xx", "b:said:1:en", "b:drop:1:xx", "b:aim:1:xx",
        "b:others:1:xx", "b:at:1:00000000:1", "b:at:1:zz:٣", "b:keep:1", "b:see:１:main",
)  # fmt: skip


async def test_a_forged_or_stale_button_gets_a_calm_notice(room: Newsroom) -> None:
    id_ = await room.ready()
    before = await room.broadcast(id_)
    await room.open()
    for data in FORGED:
        over = "That moment is over. Schedule it anew."
        stale = "That has changed meanwhile. Here is how it stands now."
        assert await room.forge(data) == (over if data.startswith("b:at:") else stale), data
    for data in (f"b:see:{id_}", f"b:see:{id_}:text:xx", f"b:see:{id_}:start:x", f"b:see:{id_}:nothing:::", "b:list:x"):
        assert await room.forge(data) == ""
    assert await room.broadcast(id_) == before
    assert not await room.run(lambda db: db.execute("select * from failed").fetchall())
    assert await room.acts() == []


async def test_what_its_state_does_not_allow_is_said_with_the_state(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open()
    for verb in ("pause", "resume", "halt", "stop", "cancel", "fix", "pull"):
        assert await room.forge(f"b:{verb}:{id_}") == "Broadcast 1 is draft: that can't be done now."


async def test_a_restart_in_the_middle_loses_nothing(room: Newsroom) -> None:
    await room.open()
    await room.tap("New", "Send me the message")
    await again(room)
    await room.olivia.say_html(EN)
    await room.until("Which language")
    await again(room)
    await room.tap("English", "draft", then="Test")
    await room.tap("Test", "on its way")
    await again(room)
    async with room.courier():
        await room.until("shown exactly as it goes out", label="Start now")
        await room.tap("Languages without text", then="The text in English")
        await again(room)
        await room.tap("The text in English", "gets it in: English")
        await room.crowd(60)
        await room.tap("Start now", "62 people")
        await room.olivia.tap("Yes, to 62 people")
        await room.until("running")
        await again(room)
        await room.until("done", "62 of 62 sent", deadline=40)


async def again(room: Newsroom) -> None:
    """Stop the bot and start it."""
    await room.house.stop()
    await room.house.start()


async def test_what_was_pressed_before_a_crash_is_shown_after_it(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.house.fault("hang", "editMessageText", seconds=30)
    await room.olivia.tap("Audience")
    await used_up(room.house)  # it is being shown when the bot dies
    await room.house.crash()
    await room.house.start()
    await room.until(label="Write a filter")


async def test_a_repeated_update_has_one_effect(room: Newsroom) -> None:
    await room.open()
    await room.tap("New", "Send me the message")
    written = await room.olivia.say("A rule has changed")
    await room.until("Which language")
    await room.house.repeat(written["update_ids"][0])
    pressed = await room.olivia.tap("English")
    await room.until("draft", label="Test")
    await room.house.repeat(pressed["update_id"])
    await room.quiet()
    assert len(await room.run(broadcasts.listed)) == 1
    assert [act for act, _ in await room.acts()] == ["draft", "write en"]


async def test_a_card_that_was_deleted_comes_again_when_it_is_needed(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.olivia.clear()
    assert await room.forge(f"b:see:{id_}:whom") == ""  # a press that was on its way
    await room.until(label="Write a filter")


async def test_a_live_card_that_was_deleted_stays_away(room: Newsroom) -> None:
    await room.crowd(100)
    id_ = await room.ready()
    await room.open(id_)
    async with room.courier(pace=5):
        await room.start()
        await room.olivia.clear()
        for _ in range(200):
            if not await room.run(store.every):
                break
            await asyncio.sleep(0.05)
        assert await room.state(id_) == "running"
    assert await room.olivia.screens() == []
    assert await room.run(store.every) == []


async def test_telegram_that_wants_to_be_left_alone_gets_the_card_later(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.house.fault("429", "editMessageText", seconds=1)
    await room.olivia.tap("Audience")
    await room.until(label="Write a filter")
    await room.house.fault("502", "sendMessage")
    await room.olivia.tap("Write a filter")
    await room.until("key=value")


async def test_a_card_that_can_not_be_drawn_keeps_no_other_from_being_shown(room: Newsroom) -> None:
    first, second = await room.ready(), await room.ready()
    await room.open(first)
    await room.run(lambda db: db.execute("update texts set buttons = '[1]' where broadcast = ?", [first]))
    await room.olivia.tap("Audience")
    await room.open(second)


async def test_a_question_nobody_can_be_asked_is_forgotten(room: Newsroom) -> None:
    await room.house.stop()
    database = Database(room.house.path)
    await database.run(composing.put, 404, Composing("text", 5, "en"))
    database.close()
    await room.house.start()
    await room.open()
    assert await room.run(composing.everybody) == {}


async def test_an_operator_who_blocks_the_bot_is_left_alone(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.start()
    await room.olivia.block()
    async with room.courier():
        for _ in range(200):
            if await room.state(id_) == "done":
                break
            await asyncio.sleep(0.05)
        for _ in range(200):
            if not await room.run(store.every):
                break
            await asyncio.sleep(0.05)
    rows = await room.run(lambda db: db.execute("select * from meta where key like 'card:%'").fetchall())
    assert rows == []
