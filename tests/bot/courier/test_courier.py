"""Broadcasts from start to end: who gets them, and what stands in the outbox afterwards."""

import pytest

from bot.store.broadcasts import Text
from tests.bot.courier.office import ANA, HELLO, LIN, MEI, OLGA, SAM, Office

FOOTER = "You get this because you asked for news. /settings changes that."
BETTER = Text("en", "A rule has <b>not</b> changed.")


async def test_everybody_gets_it_once_in_his_language(office: Office) -> None:
    office.settle(SAM, OLGA)
    office.settle(MEI, lang="zh_Hans")
    id_ = office.send(HELLO, Text("zh_Hans", "规则<i>变了</i>。"))
    await office.start()
    await office.done(id_)
    assert office.counts(id_) == {"sent": 3}
    (sam,) = await office.screens(SAM)
    assert sam.text == f"A rule has changed.\n\n{FOOTER}"
    assert sam.labels == ["No more news"]
    (mei,) = await office.screens(MEI)
    assert mei.html.startswith("规则<i>变了</i>。\n\n<i>")
    assert FOOTER not in mei.text
    told = office.db.execute("select distinct told from sellers").fetchall()
    assert told == [(pytest.approx(office.clock(), abs=20),)]


async def test_one_who_blocked_or_left_is_away_and_left_alone_until_he_comes_back(office: Office) -> None:
    office.settle(SAM, OLGA, ANA, MEI)
    telegram = office.simulator.telegram
    telegram.chats[OLGA].blocked = True
    telegram.chats[ANA].deactivated = True
    telegram.chats[MEI].started = False  # Telegram knows of no chat
    first = office.send()
    await office.start()
    await office.done(first)
    assert office.counts(first) == {"sent": 1, "gone": 3}
    assert office.outcome(first, OLGA) == ("gone", "Forbidden: bot was blocked by the user")
    assert office.outcome(first, ANA) == ("gone", "Forbidden: user is deactivated")
    assert office.outcome(first, MEI) == ("gone", "Chat not found")
    office.clock.add(25 * 3600)
    second = office.send()
    await office.done(second)
    assert office.counts(second) == {"sent": 1}, "they are not in the audience any more"


async def test_what_changes_between_the_freeze_and_the_claim_counts(office: Office) -> None:
    office.settle(SAM, OLGA, ANA, LIN)
    id_ = office.send()
    office.db.execute("update answers set answer = 'off' where seller = ?", [SAM])
    office.db.execute("update sellers set away = 1 where id = ?", [OLGA])
    office.db.execute("delete from answers where seller = ?", [ANA])
    office.db.execute("delete from sellers where id = ?", [ANA])
    office.simulator.telegram.chats[LIN].blocked = True
    await office.start()
    await office.done(id_)
    assert office.outcome(id_, SAM) == ("skipped", "opted out")
    assert office.outcome(id_, OLGA) == ("skipped", "away")
    assert office.counts(id_) == {"skipped": 3, "gone": 1}
    assert [call.chat for call in office.calls("sendMessage")] == [str(LIN)]


async def test_nobody_is_told_at_night_or_twice_within_a_day(office: Office) -> None:
    office.settle(SAM, OLGA, ANA)
    office.db.execute("insert into answers values (?, 'home.zone', 'America/New_York', 0)", [OLGA])  # seven there
    office.db.execute("update sellers set told = ? where id = ?", [int(office.clock()) - 3600, ANA])
    id_ = office.send()
    await office.start()
    await office.ended(id_, SAM)
    await office.ended(id_, OLGA, ANA, state="waiting")
    office.clock.add(2 * 3600 + 60)
    await office.ended(id_, OLGA)
    assert office.counts(id_) == {"sent": 2, "waiting": 1}
    assert office.state(id_) == "running"
    office.clock.add(21 * 3600)
    await office.done(id_)
    assert office.counts(id_) == {"sent": 3}


async def test_those_who_are_left_over_by_a_crash_are_unsure_and_not_sent_again(office: Office) -> None:
    office.settle(SAM, OLGA)
    id_ = office.send()
    office.db.execute(
        "update deliveries set state = 'sending' where who = (select who from sellers where id = ?)", [SAM]
    )
    await office.start()
    await office.done(id_)
    assert office.outcome(id_, SAM) == ("unsure", "the courier stopped")
    assert office.outcome(id_, OLGA)[0] == "sent"
    assert [call.chat for call in office.calls("sendMessage")] == [str(OLGA)]


async def test_two_broadcasts_run_side_by_side_and_each_ends(office: Office) -> None:
    office.settle(SAM)
    office.settle(MEI, lang="zh_Hans")
    first = office.send(HELLO, audience="lang=en")
    second = office.send(Text("zh_Hans", "新闻"), audience="lang=zh_Hans")
    await office.start()
    await office.done(first, second)
    assert office.counts(first) == {"sent": 1} == office.counts(second)


async def test_a_broadcast_to_nobody_is_refused_with_nothing_half_done(office: Office) -> None:
    id_ = office.draft(HELLO)
    with pytest.raises(Exception, match="it would reach nobody"):
        office.launch(id_)
    assert office.state(id_) == "draft"
    assert not office.counts(id_)


async def test_a_stop_ends_with_everything_settled(office: Office) -> None:
    office.settle(SAM, OLGA, ANA)
    id_ = office.send()
    await office.fault("delay", times=3, seconds=0.5)
    await office.start()
    await office.ended(id_, SAM, OLGA, ANA, state="sending")
    await office.stop()
    assert office.counts(id_) == {"sent": 3}


# Corrections


async def test_a_correction_goes_to_those_who_got_it_and_says_it_anew(office: Office) -> None:
    office.settle(SAM, OLGA, ANA)
    office.simulator.telegram.chats[ANA].blocked = True
    first = office.send()
    await office.start()
    await office.done(first)
    (before,) = await office.screens(SAM)
    office.db.execute("update answers set answer = 'off'")  # what somebody has got is corrected all the same
    second = office.send(BETTER, action="edit", of=first)
    await office.done(second)
    assert office.counts(second) == {"sent": 2}
    (after,) = await office.screens(SAM)
    assert after.message_id == before.message_id
    assert after.text == f"A rule has not changed.\n\n{FOOTER}"
    assert after.labels == ["No more news"]


async def test_a_message_that_is_gone_or_right_already_stops_nobody(office: Office) -> None:
    office.settle(SAM, OLGA, ANA)
    first = office.send()
    await office.start()
    await office.done(first)
    (message,) = await office.screens(SAM)
    async with office.person(SAM) as sam:
        await sam.delete(message.message_id)
    again = office.send(action="edit", of=first)  # to the same words
    await office.done(again)
    assert office.counts(again) == {"failed": 1, "sent": 2}
    assert office.outcome(again, SAM) == ("failed", "Message to edit not found")


async def test_a_withdrawal_takes_it_away_from_everybody_who_got_it(office: Office) -> None:
    office.settle(SAM, OLGA)
    first = office.send()
    await office.start()
    await office.done(first)
    (message,) = await office.screens(SAM)
    async with office.person(SAM) as sam:
        await sam.delete(message.message_id)
    second = office.draft(action="delete", of=first)
    office.launch(second)
    await office.done(second)
    assert office.counts(second) == {"sent": 2}, "also from him who had done so himself"
    assert await office.screens(OLGA) == []


async def test_what_is_older_than_two_days_stays(office: Office) -> None:
    office.settle(SAM, OLGA)
    first = office.send()
    await office.start()
    await office.done(first)
    for message in office.simulator.telegram.chats[SAM].messages.values():
        message.date -= 3 * 24 * 3600
    second = office.draft(action="delete", of=first)
    office.launch(second)
    await office.done(second)
    assert office.outcome(second, SAM) == ("failed", "Message can't be deleted for everyone")
    assert office.outcome(second, OLGA)[0] == "sent"


async def test_a_correction_in_one_language_leaves_the_other_alone(office: Office) -> None:
    office.settle(SAM)
    office.settle(MEI, lang="zh_Hans")
    first = office.send(HELLO, Text("zh_Hans", "新闻"))
    await office.start()
    await office.done(first)
    second = office.send(BETTER, action="edit", of=first)
    await office.done(second)
    assert office.counts(second)["sent"] == 1
    (mei,) = await office.screens(MEI)
    assert mei.text.startswith("新闻")
