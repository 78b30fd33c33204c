"""Operators have it in hand: begin at a time, pause, resume, stop; and see first what goes out."""

import asyncio
import time

import pytest

from bot import courier
from bot.simulator import OPERATOR_ID
from bot.store import broadcasts
from bot.store.broadcasts import Text
from tests.bot.courier.office import HELLO, MEI, OLGA, SAM, Office, until

CHINESE = Text("zh_Hans", "规则变了。")


async def quiet_after(office: Office, seconds: float) -> None:
    """So long from now something may leave, and then nothing does."""
    last = time.time() + seconds
    await asyncio.sleep(seconds + 0.3)
    assert [call for call in office.calls("sendMessage") if call.at > last] == []


@pytest.mark.parametrize(("pace", "seconds"), [(25, 1), (2, 2)])
async def test_a_paused_broadcast_stops_within_two_seconds_and_goes_on(
    office: Office, pace: float, seconds: float
) -> None:
    office.pace = pace
    await office.crowd(200)
    id_ = office.send()
    await office.start()
    await until(lambda: office.counts(id_)["sent"] > 1)
    office.act(id_, "pause")
    await quiet_after(office, seconds)
    sent = office.counts(id_)["sent"]
    assert office.counts(id_) == {"sent": sent, "waiting": 200 - sent}
    office.act(id_, "resume")
    await until(lambda: office.counts(id_)["sent"] > sent)


async def test_a_stopped_broadcast_stops_for_good(office: Office) -> None:
    await office.crowd(200)
    id_ = office.send()
    await office.start()
    await until(lambda: office.counts(id_)["sent"] > 1)
    office.act(id_, "stop")
    await quiet_after(office, 1)
    assert office.state(id_) == "stopped"
    assert office.counts(id_)["waiting"] > 100


# Scheduled


async def test_a_scheduled_one_begins_on_time_even_while_another_runs(office: Office) -> None:
    await office.crowd(200)
    office.settle(MEI, lang="zh_Hans")
    running = office.send(audience="lang=en")
    later = office.draft(CHINESE, audience="lang=zh_Hans")
    office.launch(later, due=int(office.clock()) + 1)
    await office.start()
    await until(lambda: office.state(later) == "running")
    assert office.state(running) == "running"
    begun = office.broadcast(later)
    assert begun.due <= begun.started <= begun.due + 1
    office.act(running, "stop")
    await office.done(later)
    assert office.counts(later) == {"sent": 1}


async def test_one_that_was_due_while_no_courier_was_there_begins_once_there_is(office: Office) -> None:
    office.settle(SAM)
    id_ = office.draft(HELLO)
    office.launch(id_, due=int(office.clock()) + 60)
    await office.start()
    await asyncio.sleep(0.3)
    await office.stop()
    assert office.state(id_) == "scheduled"
    office.clock.add(3600)
    await office.start()
    await office.done(id_)
    assert len(await office.screens(SAM)) == 1


async def test_its_audience_is_that_of_the_moment_it_begins(office: Office) -> None:
    office.settle(SAM)
    id_ = office.draft(HELLO)
    office.launch(id_, due=int(office.clock()) + 60)
    office.settle(OLGA)
    office.clock.add(61)
    await office.start()
    await office.done(id_)
    assert office.counts(id_) == {"sent": 2}


async def test_a_cancelled_one_does_not_begin(office: Office) -> None:
    office.settle(SAM)
    id_ = office.draft(HELLO)
    office.launch(id_, due=int(office.clock()) + 1)
    office.act(id_, "cancel")
    office.clock.add(2)
    await office.start()
    await asyncio.sleep(0.3)
    assert office.state(id_) == "draft"
    assert not office.calls("sendMessage")


@pytest.mark.parametrize("why", ["it would reach nobody", "not been tested", "did you mean"])
async def test_one_that_can_not_begin_is_a_draft_again_and_the_owners_are_told_once(office: Office, why: str) -> None:
    id_ = office.draft(HELLO)
    office.launch(id_, due=int(office.clock()) + 1)
    if why != "it would reach nobody":
        office.settle(SAM)
    if why == "not been tested":
        office.db.execute("update texts set html = 'Something else.'")
    if why == "did you mean":  # a topic that was taken out meanwhile
        office.db.execute("update broadcasts set audience = 'finished=iso9002'")
    office.clock.add(2)
    await office.start()
    await office.done(id_, state="draft")
    await asyncio.sleep(0.2)
    ((owner, text),) = office.notices()
    assert owner == OPERATOR_ID
    assert text.startswith(f"Broadcast {id_} was not started, and is a draft again: ")
    assert why in text
    assert not office.counts(id_), "nothing is half done"
    assert not office.calls("sendMessage")


async def test_a_scheduled_correction_waits_until_what_it_corrects_is_not_under_way(office: Office) -> None:
    office.settle(SAM, OLGA)
    first = office.send()
    await office.start()
    await office.done(first)
    second = office.draft(Text("en", "Better."), action="edit", of=first)
    office.launch(second, due=int(office.clock()) + 1)
    office.db.execute("update deliveries set state = 'sending' where who = (select max(who) from deliveries)")
    office.clock.add(2)
    await asyncio.sleep(0.3)
    assert office.state(second) == "scheduled"
    office.db.execute("update deliveries set state = 'sent' where state = 'sending'")
    await office.done(second)
    assert office.counts(second) == {"sent": 2}


# Trials


def ask(office: Office, id_: int) -> int:
    """Have it shown to the operator."""
    return broadcasts.ask_trial(office.db, office.broadcast(id_), OPERATOR_ID, office.clock())


async def shown(office: Office, trial: int) -> str:
    """Wait until a trial is over; what kept it from being shown."""
    await until(lambda: broadcasts.trial_ended(office.db, trial)[0])
    return broadcasts.trial_ended(office.db, trial)[1]


def untested(office: Office, *texts: Text) -> int:
    id_ = office.draft(*texts)
    broadcasts.tested(office.db, id_, "")
    return id_


async def test_an_operator_sees_exactly_what_goes_out(office: Office) -> None:
    office.settle(OPERATOR_ID, news="off")
    office.settle(SAM)
    office.settle(MEI, lang="zh_Hans")
    id_ = untested(office, Text("en", "<b>Read</b> it", buttons=(("Read", "iso9001"),)), CHINESE)
    await office.start()
    assert await shown(office, ask(office, id_)) == ""
    trials = await office.screens(OPERATOR_ID)
    office.launch(id_)
    await office.done(id_)
    received = [*await office.screens(SAM), *await office.screens(MEI)]
    assert [(one.html, one.buttons) for one in trials] == [(one.html, one.buttons) for one in received]
    assert office.counts(id_) == {"sent": 2}, "trials are no deliveries"


async def test_its_languages_come_a_second_apart(office: Office) -> None:
    office.settle(OPERATOR_ID)
    id_ = untested(office, HELLO, CHINESE)
    await office.start()
    await shown(office, ask(office, id_))
    first, second = (call.at for call in office.calls("sendMessage"))
    assert second - first >= 0.98


async def test_a_change_asks_for_another_trial(office: Office) -> None:
    office.settle(OPERATOR_ID, SAM)
    id_ = untested(office, HELLO)
    trial = ask(office, id_)
    broadcasts.write(office.db, id_, Text("en", "Something else."))
    await office.start()
    assert await shown(office, trial) == "it was changed meanwhile"
    assert not office.calls("sendMessage")
    with pytest.raises(Exception, match="has not been tested"):
        office.launch(id_)
    assert await shown(office, ask(office, id_)) == ""
    assert office.launch(id_) == 2


async def test_a_trial_that_telegram_refuses_tells_why(office: Office) -> None:
    office.settle(OPERATOR_ID)
    id_ = untested(office, Text("en", "<b>Unclosed"), CHINESE)
    await office.start()
    assert (await shown(office, ask(office, id_))).startswith("en: Can't parse entities")
    assert office.broadcast(id_).tested == ""


async def test_a_trial_that_meets_a_flood_says_so_and_the_wait_is_kept(office: Office) -> None:
    office.settle(OPERATOR_ID)
    id_ = untested(office, HELLO)
    await office.fault("429", seconds=1)
    await office.start()
    assert await shown(office, ask(office, id_)) == "en: Telegram can't take it now: try again in a while"
    begun = time.monotonic()
    assert await shown(office, ask(office, id_)) == ""
    assert time.monotonic() - begun > 0.9


async def test_a_trial_ends_when_the_token_is_revoked_or_telegram_is_gone(office: Office) -> None:
    office.settle(OPERATOR_ID)
    id_ = untested(office, HELLO)
    await office.start()
    await until(lambda: office.calls("getMe"))
    port = office.simulator.port
    await office.simulator.stop()
    assert await shown(office, ask(office, id_)) == "en: Telegram can't take it now: try again in a while"
    await office.simulator.start(port)
    await office.fault("401")
    trial = ask(office, id_)
    with pytest.raises(courier.TokenError):
        await office.end()
    assert broadcasts.trial_ended(office.db, trial) == (True, "Telegram does not know the token")


async def test_trials_are_shown_while_a_broadcast_runs(office: Office) -> None:
    await office.crowd(200)
    office.settle(OPERATOR_ID, news="off")
    running = office.send()
    await office.start()
    await until(lambda: office.counts(running)["sent"])
    assert await shown(office, ask(office, untested(office, HELLO))) == ""
    assert office.state(running) == "running"
