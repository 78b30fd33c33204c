"""Thousands of people at once."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import Simulator, crowd
from bot.simulator.people import FIRST_CROWD_ID, FIRST_GUEST_ID
from bot.simulator.telegram import Telegram
from tests.bot.person import Person, gather
from tests.bot.simulator.api import MEI, Api, sim
from tests.bot.simulator.test_telegram import impossible


async def test_a_crowd_can_be_told(simulator: Simulator, api: Api) -> None:
    people = await gather(simulator.api_base, 10, ["en", "zh-hans"], blocked=2, deactivated=1)
    assert people.ids == tuple(range(FIRST_CROWD_ID, FIRST_CROWD_ID + 10))
    assert (len(people.blocked), len(people.deactivated)) == (2, 1)
    assert not people.blocked & people.deactivated
    for id_ in people.ids:
        answer = await api.call("sendMessage", chat_id=id_, text="news")
        said = answer.body.get("description", "")
        assert said == {
            id_ in people.blocked: "Forbidden: bot was blocked by the user",
            id_ in people.deactivated: "Forbidden: user is deactivated",
        }.get(True, "")
    got = await people.received()
    assert got == {id_: int(id_ not in people.blocked | people.deactivated) for id_ in people.ids}
    assert got == await people.standing()
    assert [simulator.people[id_].language_code for id_ in people.ids[:3]] == ["en", "zh-hans", "en"]


async def test_what_is_deleted_was_still_received(simulator: Simulator, api: Api) -> None:
    people = await gather(simulator.api_base, 1)
    (id_,) = people.ids
    photo = simulator.telegram.files.document(1, "x").each()[0]["file_id"]
    sent = [await api.send("one", id_), await api.ok("sendDocument", chat_id=id_, document=photo, caption="another")]
    assert await people.standing("one") == {id_: 1}
    assert await people.standing("o") == {id_: 2}
    for message in sent:
        await api.ok("deleteMessage", chat_id=id_, message_id=message["message_id"])
    assert (await people.received(), await people.standing()) == ({id_: 2}, {id_: 0})


async def test_others_are_counted_too(simulator: Simulator, api: Api, mei: Person) -> None:
    await api.send("x")
    _, counted = await sim(simulator, "GET", "/sim/crowd")
    assert counted == {"received": {str(MEI): 1}, "standing": {str(MEI): 1}}


async def test_a_crowd_is_quiet_and_not_listed(simulator: Simulator, api: Api) -> None:
    people = await gather(simulator.api_base, 3)
    assert await api.updates() == []
    listed = {one["id"] for one in (await sim(simulator, "GET", "/sim/people"))[1]["people"]}
    assert not listed & set(people.ids)
    _, guest = await sim(simulator, "POST", "/sim/people", {"name": "Yu", "language_code": "ja"})
    assert guest["id"] == FIRST_GUEST_ID
    more = await gather(simulator.api_base, 2)
    assert more.ids == (people.ids[-1] + 1, people.ids[-1] + 2)


async def test_one_of_a_crowd_is_a_person(simulator: Simulator, api: Api) -> None:
    people = await gather(simulator.api_base, 2, blocked=1)
    (gone,) = people.blocked
    async with Person(simulator.api_base, gone) as person:
        await person.unblock()
        await person.say("back")
    member, said = await api.updates()
    assert member["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert said["message"]["from"]["first_name"].startswith("Guest ")
    await api.send("welcome", gone)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({}, "a crowd has 1 to 100000 people"),
        ({"count": 100_001}, "a crowd has 1 to 100000 people"),
        ({"count": 2, "blocked": 2, "deactivated": 1}, "blocked and deactivated are parts of the crowd"),
        ({"count": 2, "blocked": -1}, "blocked and deactivated are parts of the crowd"),
        ({"count": 2, "languages": []}, "a crowd speaks at least one language"),
        ({"count": 2, "languages": "en"}, "languages are a list"),
        ({"count": "many"}, "invalid literal"),
    ],
)
async def test_impossible_crowds(simulator: Simulator, content: dict[str, Any], complaint: str) -> None:
    before = len(simulator.people)
    assert (await impossible(simulator, "/sim/crowd", content)).startswith(complaint)
    assert len(simulator.people) == before


@given(st.integers(1, 300), st.data())
def test_as_many_are_gone_as_asked_for(count: int, data: st.DataObject) -> None:
    blocked = data.draw(st.integers(0, count))
    deactivated = data.draw(st.integers(0, count - blocked))
    telegram = Telegram()
    made = crowd.gather(telegram, count, blocked=blocked, deactivated=deactivated)
    chats = [telegram.chats[id_] for id_ in made["ids"]]
    assert sorted(chat.id for chat in chats if chat.blocked) == sorted(made["blocked"])
    assert sorted(chat.id for chat in chats if chat.deactivated) == sorted(made["deactivated"])
    assert (len(set(made["blocked"])), len(set(made["deactivated"]))) == (blocked, deactivated)
    assert not set(made["blocked"]) & set(made["deactivated"])


async def test_thousands_take_no_time(simulator: Simulator) -> None:
    began = time.monotonic()
    people = await gather(simulator.api_base, 20_000, blocked=1000, deactivated=200)
    assert sum((await people.received()).values()) == 0
    assert time.monotonic() - began < 5
