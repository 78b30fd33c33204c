"""Reminders on their way: once, in the daytime, and only to whoever has not come back by himself."""

import asyncio

import pytest

from bot.store import reminders, sellers
from bot.store.daytime import DAY
from tests.bot.courier.office import CONVERSATION, MEI, SAM, Office, transaction, until

NIGHT = 10 * 3600
"""From noon to ten in the evening."""


def ask(office: Office, id_: int, code: str, *, zone: str = "UTC") -> None:
    """Somebody in the middle of auditors asks to be reminded, now."""
    office.simulator.telegram.chats[id_].started = True
    guest = sellers.arrive(id_)
    CONVERSATION.greet(guest.seller, code)
    for choice in ("begin", "open.auditors", "course"):
        assert CONVERSATION.step(guest.seller, choice)
    CONVERSATION.command(guest.seller, "progress")
    assert CONVERSATION.step(guest.seller, "remind")
    with transaction(office.db):
        sellers.save(office.db, guest, office.clock())
        office.db.execute(
            "insert into answers (seller, question, answer, at) values (?, 'home.zone', ?, 0)", [id_, zone]
        )


def state(office: Office, id_: int) -> str:
    (found,) = office.db.execute("select state from reminders where seller = ?", [id_]).fetchone()
    return str(found)


async def test_it_comes_a_day_later_once_and_leads_on(office: Office) -> None:
    ask(office, SAM, "en")
    await office.start()
    await asyncio.sleep(0.3)
    assert office.calls("sendMessage") == []
    office.clock.add(DAY)
    await until(lambda: state(office, SAM) == "sent")
    (screen,) = await office.screens(SAM)
    assert screen.text.startswith("You asked me to remind you: Internal or registered auditor?, step 2 of ")
    assert screen.labels == ["Continue"]
    assert screen.buttons[0][0]["url"].endswith("?start=auditors")
    office.clock.add(9 * DAY)
    await asyncio.sleep(0.3)
    assert len(office.calls("sendMessage")) == 1


async def test_it_speaks_his_language(office: Office) -> None:
    ask(office, MEI, "zh-hans")
    office.clock.add(DAY)
    await office.start()
    await until(lambda: state(office, MEI) == "sent")
    (screen,) = await office.screens(MEI)
    assert screen.text.startswith("你让我提醒你：内审员还是注册审核员？")
    assert screen.labels == ["继续"]


async def test_at_night_it_waits_for_the_morning_in_his_zone(office: Office) -> None:
    ask(office, SAM, "en", zone="Asia/Tokyo")  # noon in UTC is nine in the evening there
    office.clock.add(DAY)
    await office.start()
    await until(lambda: reminders.due(office.db, office.clock() + DAY, 9) != [])
    await asyncio.sleep(0.3)
    assert (state(office, SAM), office.calls("sendMessage")) == ("waiting", [])
    office.clock.add(12 * 3600)
    await until(lambda: state(office, SAM) == "sent")


async def test_whoever_was_here_since_is_reminded_a_day_after_that(office: Office) -> None:
    ask(office, SAM, "en")
    office.clock.add(DAY - 3600)
    office.db.execute("update sellers set last = ? where id = ?", [int(office.clock()), SAM])
    office.clock.add(3600)
    await office.start()
    await asyncio.sleep(0.3)
    assert state(office, SAM) == "waiting"
    office.clock.add(DAY)
    await until(lambda: state(office, SAM) == "sent")


async def test_whoever_has_finished_is_left_alone(office: Office) -> None:
    ask(office, SAM, "en")
    office.db.execute('update sellers set paths = \'{"auditors": ["auditors.offer", "auditors.end"]}\', topic = \'\'')
    office.clock.add(DAY)
    await office.start()
    await until(lambda: state(office, SAM) == "over")
    assert office.calls("sendMessage") == []


async def test_whoever_has_blocked_the_bot_is_away(office: Office) -> None:
    ask(office, SAM, "en")
    async with office.person(SAM) as sam:
        await sam.block()
    office.clock.add(DAY)
    await office.start()
    await until(lambda: state(office, SAM) == "over")
    assert office.db.execute("select away from sellers where id = ?", [SAM]).fetchone() != (None,)


async def test_one_that_is_overdue_for_weeks_comes_once(office: Office) -> None:
    ask(office, SAM, "en")
    office.clock.add(40 * DAY)
    await office.start()
    await until(lambda: state(office, SAM) == "sent")
    await office.stop()
    await office.start()
    office.clock.add(DAY)
    await asyncio.sleep(0.3)
    assert len(office.calls("sendMessage")) == 1


@pytest.mark.parametrize(("kind", "ends"), [("429", "sent"), ("502", "failed"), ("drop_after", "failed")])
async def test_when_telegram_is_in_trouble_it_is_not_sent_twice(office: Office, kind: str, ends: str) -> None:
    ask(office, SAM, "en")
    office.clock.add(DAY)
    await office.fault(kind, "sendMessage", seconds=1)
    await office.start()
    await until(lambda: state(office, SAM) == ends)
    assert len(await office.screens(SAM)) <= 1


async def test_one_that_was_under_way_when_the_courier_died_is_not_sent_again(office: Office) -> None:
    ask(office, SAM, "en")
    office.db.execute("update reminders set state = 'sending'")
    office.clock.add(DAY)
    await office.start()
    await asyncio.sleep(0.3)
    assert (state(office, SAM), office.calls("sendMessage")) == ("sending", [])
