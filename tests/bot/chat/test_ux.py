"""How the bot behaves towards people, as far as it takes the chat to see it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import dialogs
from bot import serving, settings
from bot.__main__ import main
from bot.chat.desk import Desk
from bot.simulator import OPERATOR_ID, TOKEN
from bot.store import Database, sellers
from dialogs import limits
from tests import stories
from tests.bot.chat.house import CONVERSATION, MEI, OLGA, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.person import Person, Screen

SPEAKING = {"sendMessage", "editMessageText", "editMessageReplyMarkup"}


async def spoken(house: House) -> list[str]:
    """How the bot has shown something so far, in order."""
    return [call["method"] for call in await house.calls() if call["method"] in SPEAKING]


async def on_a_page(sam: Person) -> None:
    """In the middle of a topic."""
    await in_the_menu(sam)
    await sam.tap("Internal or registered auditor?")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await sam.tap("The three kinds of audit")
    await sam.until(lambda screen: "step 2 of" in screen.text)


async def answered(sam: Person, text: str) -> Screen:
    """What comes below what he writes."""
    last = (await sam.screen()).message_id
    await sam.say(text)
    return await sam.until(lambda screen: screen.message_id > last)


# Commands


async def test_commands_are_set_for_every_language_and_operators_see_more_in_their_chats_only(house: House) -> None:
    olivia = await house.person(OPERATOR_ID)
    await in_the_menu(olivia)
    await house.stop()
    await house.start()
    for _ in range(200):
        calls = [call["args"] for call in await house.calls("setMyCommands")]
        if any("scope" in call for call in calls):
            break
        await asyncio.sleep(0.02)
    everybody = {call.get("language_code", ""): _commands(call) for call in calls if "scope" not in call}
    assert everybody == {
        code: {name: CONVERSATION.voices.of(lang).button(f"command-{name}") for name in dialogs.COMMANDS}
        for code, lang in {"": "en", "zh": "zh_Hans"}.items()
    }
    assert len(everybody) == len(CONVERSATION.voices.languages)
    scoped = [call for call in calls if "scope" in call]
    assert {json.loads(call["scope"])["chat_id"] for call in scoped} == {OPERATOR_ID}
    assert {name for call in scoped for name in _commands(call)} > set(dialogs.COMMANDS)


def _commands(call: dict[str, Any]) -> dict[str, str]:
    return {one["command"]: one["description"] for one in json.loads(call["commands"])}


async def test_cancel_leads_home_in_one_message_from_wherever(house: House) -> None:
    sam = await house.person(SAM)
    await on_a_page(sam)
    for text in ("", "/start", "/language", "/settings", "/privacy", "blah", "/nonsense", "/cancel"):
        if text:
            await answered(sam, text)
        await house.settled()
        sent = len(await house.calls("sendMessage"))
        page = await answered(sam, "/cancel")
        assert page.text.startswith("What would you like to know?")
        await house.settled()
        assert len(await house.calls("sendMessage")) == sent + 1


@pytest.mark.parametrize(("who", "answer"), [(SAM, "What I keep"), (MEI, "我保存什么")])
async def test_privacy_is_answered_in_one_message(house: House, who: int, answer: str) -> None:
    somebody = await house.person(who)
    await somebody.say("/start")
    await somebody.until(lambda screen: screen.labels)
    await house.settled()
    before = len(await house.calls("sendMessage"))
    await somebody.say("/privacy")
    page = await somebody.until(lambda screen: answer in screen.text)
    await house.settled()
    assert "@certguide_help" in page.text
    assert len(await house.calls("sendMessage")) == before + 1


# Taps


async def test_a_tap_is_answered_within_a_second_however_long_the_page_takes(house: House) -> None:
    sam = await house.person(SAM)
    menu = await in_the_menu(sam)
    button = menu.button("ISO 9001: do I need it?")
    assert button
    for notice in ("", "from before"):  # the second tap is a stale one
        await house.fault("delay", "editMessageText", seconds=1.2)
        begun = time.time()
        await sam.tap_data(menu.message_id, button["callback_data"])
        toast = await sam.toast(deadline=1)
        answer = (await house.calls("answerCallbackQuery"))[-1]
        assert 0 <= answer["at"] - begun < 1
        assert notice in toast
        assert len(toast) <= limits.TOAST
        await house.settled()


async def test_going_from_page_to_page_edits_one_message(house: House) -> None:
    sam = await house.person(SAM)
    await on_a_page(sam)
    await sam.tap("Back")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await sam.tap("Menu")
    await sam.until(lambda screen: "What would you like to know?" in screen.text)
    await house.settled()
    assert await spoken(house) == ["sendMessage", *["editMessageText"] * 5]


async def test_another_language_shows_at_once_on_the_page_that_is_there(house: House) -> None:
    sam = await house.person(SAM)
    await on_a_page(sam)
    await sam.say("/language")
    question = await sam.until(lambda screen: "简体中文" in screen.labels)
    await sam.tap("简体中文")
    page = await sam.until(lambda screen: "步" in screen.text)
    assert page.message_id == question.message_id
    assert page.edited
    assert {"返回", "菜单"} <= set(page.labels)
    await house.settled()


# What nobody asked for


async def test_nobody_hears_from_the_bot_who_did_not_just_speak_to_it(house: House) -> None:
    sam, mei, olga = [await house.person(id_) for id_ in (SAM, MEI, OLGA)]
    await on_a_page(sam)
    await house.settled()
    before = await spoken(house)
    await house.stop()
    await house.start()
    await mei.say("/start")
    await mei.until(lambda screen: screen.labels)
    await house.settled()
    assert await spoken(house) == [*before, "sendMessage"]
    assert not await olga.screens()


# Whatever fails


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("sendMessage", "429"),
        ("sendMessage", "500"),
        ("editMessageReplyMarkup", "429"),
        ("editMessageReplyMarkup", "drop"),
    ],
)
async def test_whichever_call_fails_his_page_comes_and_his_place_is_kept(house: House, method: str, kind: str) -> None:
    sam = await house.person(SAM)
    await on_a_page(sam)
    await house.settled()
    await house.fault(kind, method, seconds=1)
    await sam.say("/progress")
    page = await sam.until(lambda screen: "Where you are" in screen.text)
    assert "step 2 of" in page.text
    await sam.tap("Continue")
    await sam.until(lambda screen: "step 2 of" in screen.text and "Where you are" not in screen.text)


async def test_a_tap_that_fails_on_our_side_is_answered_with_one_calm_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = await house.person(SAM)
    await on_a_page(sam)
    place = await sam.screen()

    async def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken:
        broken.setattr(Desk, "tap", fail)
        await sam.tap("Back")
        page = await sam.until(lambda screen: "Something went wrong on my side" in screen.text)
    assert "tap again" in page.text
    assert "mistake of ours" not in page.text
    assert page.text.endswith(place.text)
    assert await sam.toast() == ""
    await house.settled()
    await sam.tap("Back")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)


# Pages that are gone


@pytest.fixture
async def gone(tmp_path: Path) -> AsyncIterator[Database]:
    """The database of somebody on a page that is no longer there."""
    database = Database(tmp_path / "gone.db")
    guest = sellers.arrive(SAM)
    guest.seller.state = "auditors.was-here"
    await database.run(sellers.save, guest, stories.NOW)
    yield database
    database.close()


async def test_a_bot_that_would_lose_somebody_does_not_start(gone: Database) -> None:
    unset = settings.Settings(_env_file=None)  # type: ignore[call-arg]
    with pytest.raises(serving.ServingError, match=r"pages that are gone: auditors\.was-here\. .* dialogs/moves\.toml"):
        await serving._chat(TOKEN, CONVERSATION, gone, asyncio.Event(), "", None, frozenset(), unset)


async def test_before_that_it_can_be_told_who_would_move_where(gone: Database, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["check", "--against", str(tmp_path / "gone.db")])
    assert "1 on auditors.was-here → nobody has said where: add a line to dialogs/moves.toml" in told.output
    assert "1 sellers, 1 of them would move" in told.output
    assert told.exit_code == 1
