"""Every call an owner's acts lead to, and every way it can go wrong: they are done once all the same."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat import messenger, polling, roster, session, speaker
from bot.simulator import OPERATOR_ID
from bot.store import audit, invitations, sellers
from bot.store import operators as store
from tests.bot.chat.house import SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.chat.test_faults import KINDS, fault, to_the_menu, used_up
from tests.bot.chat.test_operators import answer_to
from tests.bot.chat.test_roster import invited, seen
from tests.bot.person import Person


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house whose bot soon loses patience."""
    monkeypatch.setattr(session, "SECONDS", 0.4)
    monkeypatch.setattr(roster, "NAMING", 0.4)
    monkeypatch.setattr(speaker, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(messenger, "PAUSE", 0.01)
    monkeypatch.setattr(messenger, "TROUBLE", 0.05)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.2)
    running = House(tmp_path)
    await running.open()
    yield running
    await running.close()


async def staffed(house: House) -> Person:
    """Olivia in a house where Sam is a seller."""
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await in_the_menu(sam)
    await in_the_menu(olivia)
    await house.settled()
    return olivia


@pytest.mark.parametrize("method", ["getChat", "sendMessage"])
async def test_the_list_comes(house: House, method: str) -> None:
    olivia = await staffed(house)
    for kind in KINDS:
        await fault(house, kind, method)
        assert "Who runs this bot" in (await answer_to(olivia, "/operators")).text, kind
        await to_the_menu(olivia)  # he may be shown it twice, but then it is over
        await used_up(house)


@pytest.mark.parametrize(
    "method", ["answerCallbackQuery", "editMessageText", "setMyCommands", "sendMessage", "getChat"]
)
async def test_somebody_is_appointed_and_removed_once(house: House, method: str) -> None:
    olivia = await staffed(house)
    for n, kind in enumerate(KINDS):
        secret = (await house.database.run(invitations.make, "operator", OPERATOR_ID, house.clock())).secret
        await house.database.run(invitations.open_, secret, SAM, house.clock())
        listed = await answer_to(olivia, "/operators")
        await fault(house, kind, method)
        await olivia.tap("Appoint 2", listed.message_id)
        sam = await house.person(SAM)
        await seen(sam, "You help to run this bot now", times=n + 1)
        await to_the_menu(olivia)
        await used_up(house)
        listed = await answer_to(olivia, "/operators")
        await olivia.tap("Remove 2", listed.message_id)
        asked = await olivia.until(lambda screen: "Yes, take them" in screen.labels)
        await fault(house, kind, method)
        await olivia.tap("Yes, take them", asked.message_id)
        await seen(sam, "You no longer help", times=n + 1)
        await to_the_menu(olivia)
        await used_up(house)
        assert await house.database.run(store.role, SAM) == ""
        lines = await house.database.run(audit.read)
        assert [line.action for line in lines] == ["remove", "appoint"] * (n + 1), kind
    failed = await house.database.run(lambda db: db.execute("select kind, error from failed").fetchall())
    assert failed == []


@pytest.mark.parametrize("method", ["sendMessage", "editMessageReplyMarkup"])
@pytest.mark.parametrize("kind", KINDS)
async def test_an_invitation_is_opened(house: House, kind: str, method: str) -> None:
    olivia, payload = await invited(house)
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.settled()
    await fault(house, kind, method)
    await sam.say(f"/start {payload}")
    await seen(sam, "has to confirm it")
    await seen(olivia, "Somebody has opened an invitation")
    await used_up(house)
    [opened] = await house.database.run(invitations.opened, house.clock())
    assert opened.who == SAM
    assert await house.database.run(sellers.load, SAM)
