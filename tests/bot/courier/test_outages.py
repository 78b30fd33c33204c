"""Telegram asks to wait, is not there, or no longer knows the token: nothing is lost, and it goes on."""

import asyncio
import json
import time

import pytest

from bot import courier
from bot.courier import carrier
from bot.courier import courier as carrying
from bot.courier.courier import FLIGHT
from bot.store import flood, reminders
from bot.store.daytime import DAY
from tests.bot.courier.office import CONVERSATION, SAM, Office, until


async def test_a_wait_is_kept_exactly_and_shared(office: Office) -> None:
    await office.crowd(30)
    id_ = office.send()
    await office.start()
    await until(lambda: office.counts(id_)["sent"] > 10)
    await office.fault("429", seconds=2)
    await until(lambda: flood.until(office.db))
    assert flood.until(office.db) == pytest.approx(office.clock() + 2, abs=1.5)
    (refusal,) = (call for call in office.calls("sendMessage") if call.status == 429)
    await office.done(id_)
    after = [call.at for call in office.calls("sendMessage") if call.at > refusal.at + 0.1]
    assert 2 <= min(after) - refusal.at < 3.5
    assert office.counts(id_) == {"sent": 30}


async def test_a_wait_that_the_chat_was_asked_for_holds_the_courier(office: Office) -> None:
    office.settle(SAM)
    flood.wait(office.db, office.clock() + 1)
    until_then = flood.until(office.db)
    id_ = office.send()
    await office.start()
    await office.done(id_)
    assert office.broadcast(id_).ended >= until_then - 1
    assert office.calls("sendMessage")[0].at + office.clock.offset >= until_then


async def test_a_token_that_is_revoked_ends_the_courier_and_loses_nobody(office: Office) -> None:
    await office.crowd(40)
    id_ = office.send()
    await office.fault("delay", times=5, seconds=0)
    await office.fault("401", times=1000)
    await office.start()
    with pytest.raises(courier.TokenError):
        await office.end()
    assert office.counts(id_) == {"sent": 5, "waiting": 35}
    assert office.state(id_) == "running"


async def test_a_reminder_shares_the_wait_and_outlives_the_token(office: Office) -> None:
    office.settle(SAM)
    begun = [page.name for page in CONVERSATION.pages.values() if page.topic == "auditors" and not page.end][:2]
    office.db.execute("update sellers set paths = ?", [json.dumps({"auditors": begun})])
    reminders.ask(office.db, SAM, "auditors", office.clock())
    office.clock.add(DAY)
    await office.fault("429", seconds=1)
    await office.fault("401")
    await office.start()
    with pytest.raises(courier.TokenError):
        await office.end()
    first, second = (call.at for call in office.calls("sendMessage"))
    assert second - first >= 1
    assert flood.until(office.db)
    await office.start()
    await until(lambda: office.simulator.telegram.chats[SAM].received == 1)


async def test_a_token_that_was_never_known_is_refused_without_telling_it(office: Office) -> None:
    await office.fault("401", "getMe")
    await office.start()
    with pytest.raises(courier.TokenError) as refused:
        await office.end()
    assert refused.value.__cause__ is None


async def test_it_waits_until_telegram_can_be_reached(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "UNREACHED", 0.05)
    office.settle(SAM)
    id_ = office.send()
    await office.fault("drop", "getMe", times=2)
    await office.fault("502", "getMe")
    await office.fault("429", "getMe", seconds=1)
    await office.start()
    await office.done(id_)
    assert len(office.calls("getMe")) == 5


async def test_it_can_be_stopped_while_telegram_can_not_be_reached(office: Office) -> None:
    await office.fault("502", "getMe", times=1000)
    await office.start()
    await until(lambda: office.calls("getMe"))
    begun = time.monotonic()
    await office.stop()
    assert time.monotonic() - begun < 1


async def test_while_telegram_is_not_there_everything_waits_and_then_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "REST", 0.5)
    await office.crowd(30)
    id_ = office.send()
    await office.start()
    await until(lambda: office.counts(id_)["sent"] > 5)
    port = office.simulator.port
    await office.simulator.stop()
    await asyncio.sleep(0.5)
    assert office.state(id_) == "running", "what can't be reached is no failure"
    await office.simulator.start(port)
    await office.done(id_)
    counts = office.counts(id_)
    assert counts["sent"] + counts["unsure"] == 30
    assert counts["unsure"] <= FLIGHT, "only what was under way"


async def test_a_stop_does_not_wait_for_an_answer_that_never_comes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "DRAIN", 0.2)
    office.settle(SAM)
    id_ = office.send()
    await office.fault("hang_after", seconds=5)
    await office.start()
    await until(lambda: office.simulator.telegram.chats[SAM].received)
    begun = time.monotonic()
    await office.stop()
    assert time.monotonic() - begun < 2
    await office.start()
    await office.done(id_)
    assert office.counts(id_) == {"unsure": 1}
