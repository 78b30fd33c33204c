"""A text that Telegram refuses, failures in a row, a mistake of ours: it pauses by itself, and nobody is lost."""

import asyncio

import pytest

from bot.courier.carrier import Carrier
from bot.courier.courier import FAILURES, FLIGHT
from bot.simulator import OPERATOR_ID
from bot.store import operators
from bot.store.broadcasts import Text
from tests.bot.courier.office import ANA, HELLO, LIN, MEI, OLGA, SAM, Office, until

BROKEN = Text("en", "<b>Unclosed")


async def test_a_text_that_telegram_can_not_parse_pauses_at_once_tells_once_and_loses_nobody(office: Office) -> None:
    office.settle(SAM, OLGA, ANA, MEI, LIN)
    id_ = office.send(BROKEN)
    await office.start()
    await office.done(id_, state="paused")
    await asyncio.sleep(0.2)
    assert office.counts(id_) == {"waiting": 5}
    assert office.broadcast(id_).why.startswith("Can't parse entities")
    ((owner, text),) = office.notices()
    assert owner == OPERATOR_ID
    assert text.startswith(f"Broadcast {id_} has paused itself: Can't parse entities")
    office.act(id_, "resume")
    await until(lambda: len(office.notices()) == 2)
    await office.done(id_, state="paused")
    assert office.counts(id_) == {"waiting": 5}


async def test_a_correction_that_can_not_be_parsed_pauses_as_well(office: Office) -> None:
    office.settle(SAM, OLGA)
    first = office.send()
    await office.start()
    await office.done(first)
    second = office.send(BROKEN, action="edit", of=first)
    await office.done(second, state="paused")
    assert office.counts(second) == {"waiting": 2}


async def test_a_text_that_others_have_got_is_not_to_blame_for_one_refusal(office: Office) -> None:
    office.settle(SAM)
    id_ = office.send()
    office.settle(OLGA)
    await office.start()
    await office.done(id_)
    office.db.execute("insert into deliveries (broadcast, who, lang, state, due) select ?, who, 'en', 'waiting', 0 "
                      "from sellers where id = ?", [id_, OLGA])  # fmt: skip
    office.db.execute("update texts set html = '<b>' where broadcast = ?", [id_])  # what Telegram refuses of him only
    office.db.execute("update broadcasts set state = 'running'")
    await office.done(id_)
    assert office.counts(id_) == {"sent": 1, "failed": 1}
    assert office.notices() == []


async def test_too_many_failures_in_a_row_pause_it_and_the_owners_are_told(office: Office) -> None:
    office.pace = 250
    await office.crowd(FAILURES + 40)
    office.settle(SAM)
    operators.appoint(office.db, SAM, "owner", OPERATOR_ID, 1)
    id_ = office.send()
    await office.fault("502", times=FAILURES - FLIGHT)  # answers may overtake each other, but not by more than a flight
    await office.fault("delay", seconds=0)
    await office.fault("500", times=1000)
    await office.start()
    await office.done(id_, state="paused")
    counts = office.counts(id_)
    assert counts["sent"] == 1
    assert FAILURES < counts["unsure"] < 2 * FAILURES + 2 * FLIGHT, "the first few did not count any more"
    assert office.broadcast(id_).why == f"{FAILURES} in a row: Internal Server Error: restart"
    assert {owner for owner, _ in office.notices()} == {OPERATOR_ID, SAM}
    assert len(office.notices()) == 2


async def test_a_mistake_of_ours_leaves_it_unsure_and_the_others_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Carrier._html

    def mistaken(self: Carrier, text: Text) -> str:
        if text.lang == "en":
            return looks(self, text)
        raise KeyError

    monkeypatch.setattr(Carrier, "_html", mistaken)
    office.settle(SAM)
    office.settle(MEI, lang="zh_Hans")
    id_ = office.send(HELLO, Text("zh_Hans", "新闻"))
    await office.start()
    await office.done(id_)
    assert office.outcome(id_, MEI) == ("unsure", "KeyError")
    assert office.outcome(id_, SAM)[0] == "sent"
