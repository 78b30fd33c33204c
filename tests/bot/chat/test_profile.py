"""What Telegram itself shows of the bot is in every language, fits, and is set only when it changed."""

import asyncio

import pytest

from bot.chat.operators import RIGHTS, commands_of
from bot.simulator import OPERATOR_ID
from bot.store import operators
from bot.store.operators import ROLES
from dialogs import COMMANDS, limits
from tests.bot.chat.house import CONVERSATION, MEI, OLGA, SAM, House
from tests.bot.chat.test_operators import answer_to
from tests.bot.person import Person

LENGTHS = {"bot-name": 64, "bot-about": 512, "bot-short": 120}


@pytest.mark.parametrize("lang", CONVERSATION.voices.languages)
@pytest.mark.parametrize("name", LENGTHS)
def test_it_fits_where_telegram_shows_it(lang: str, name: str) -> None:
    assert 1 <= len(CONVERSATION.voices.of(lang).button(name)) <= LENGTHS[name]


@pytest.mark.parametrize("lang", CONVERSATION.voices.languages)
@pytest.mark.parametrize("name", RIGHTS)
def test_what_operators_can_write_is_described(lang: str, name: str) -> None:
    assert 1 <= len(CONVERSATION.voices.of(lang).button(f"command-{name}")) <= limits.COMMAND


async def described(house: House) -> list[str]:
    """The calls that set something, once all is set."""
    for _ in range(200):
        calls = [call["method"] for call in await house.calls()]
        if calls.count("getMyShortDescription") >= 2:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    return [call["method"] for call in await house.calls() if call["method"].startswith("setMy")]


async def test_it_is_set_in_every_language(house: House) -> None:
    await described(house)
    mei, sam = await (await house.person(MEI)).chat(), await (await house.person(SAM)).chat()
    assert "卖家" in mei["bot"]["name"]
    assert sam["bot"]["name"] == "Certificate guide for sellers"


async def test_it_is_set_once_and_not_again(house: House) -> None:
    first = await described(house)
    assert sorted(set(first)) == ["setMyCommands", "setMyDescription", "setMyName", "setMyShortDescription"]
    await house.stop()
    await house.start()
    for _ in range(200):
        calls = [call["method"] for call in await house.calls()]
        if calls.count("getMyShortDescription") >= 4:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    assert len([call for call in await house.calls() if call["method"].startswith("setMy")]) == len(first)


async def test_trouble_with_one_part_does_not_stop_the_others(house: House) -> None:
    await house.stop()
    await house.fault("500", "getMyName", times=1)
    await house.start()
    assert "setMyDescription" in await described(house)


async def test_the_commands_follow_the_language_somebody_chooses(house: House) -> None:
    sam = await house.person(SAM)
    await described(house)
    await sam.say("/start")
    await sam.until(lambda screen: "简体中文" in screen.labels)
    await sam.tap("简体中文")
    await sam.until(lambda screen: "能问些什么？" in screen.labels)
    for _ in range(200):
        shown = {one["command"]: one["description"] for one in (await sam.chat())["commands"]}
        if "主题" in shown["menu"]:
            break
        await asyncio.sleep(0.02)
    assert "主题" in shown["menu"]


async def test_commands_that_can_not_be_translated_hold_nobody_up(house: House) -> None:
    sam = await house.person(SAM)
    await described(house)
    await sam.say("/start")
    await sam.until(lambda screen: "简体中文" in screen.labels)
    await house.fault("500", "setMyCommands")
    await sam.tap("简体中文")
    await sam.until(lambda screen: "能问些什么？" in screen.labels)
    await sam.tap("能问些什么？")
    await sam.until(lambda screen: "ISO 14001与环境" in screen.labels)


# Operators


async def in_chinese(someone: Person) -> None:
    """Choose that language."""
    page = await answer_to(someone, "/start")
    await someone.tap("简体中文", page.message_id)
    await someone.until(lambda screen: "能问些什么？" in screen.labels)


async def shown(someone: Person, *names: str, word: str = "") -> None:
    """Wait until his menu has these commands, one of them described with that word."""
    for _ in range(250):
        commands = {one["command"]: one["description"] for one in (await someone.chat())["commands"]}
        if tuple(commands) == names and word in "".join(commands.values()):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"the menu is {commands}")


@pytest.mark.parametrize("role", ROLES)
async def test_at_the_start_each_operator_has_the_commands_of_his_role_in_his_language(house: House, role: str) -> None:
    mei, olga = await house.person(MEI), await house.person(OLGA)
    for person in (mei, olga):
        await answer_to(person, "/start")
    await house.settled()
    await house.database.run(operators.appoint, MEI, role, OPERATOR_ID, 1.0)
    await house.stop()
    await house.start()
    await shown(mei, *COMMANDS, *commands_of(role), word="主题")
    await shown(olga, *COMMANDS, word="all subjects")


@pytest.mark.parametrize("role", ROLES)
async def test_an_operator_keeps_his_commands_in_another_language(house: House, role: str) -> None:
    sam = await house.person(SAM)
    await answer_to(sam, "/start")
    await house.settled()
    await house.database.run(operators.appoint, SAM, role, OPERATOR_ID, 1.0)
    await house.stop()
    await house.start()
    await shown(sam, *COMMANDS, *commands_of(role))
    await in_chinese(sam)
    await shown(sam, *COMMANDS, *commands_of(role), word="主题")


async def test_an_owner_whose_menu_was_never_set_has_it_with_his_language(house: House) -> None:
    olivia = await house.person(OPERATOR_ID)
    await described(house)  # she had no chat yet
    await in_chinese(olivia)
    await shown(olivia, *COMMANDS, *commands_of("owner"), word="主题")


async def test_what_is_in_nobody_elses_menu_is_in_no_scope_but_his(house: House) -> None:
    olivia, sam = await house.person(OPERATOR_ID), await house.person(SAM)
    for person in (olivia, sam):
        await in_chinese(person)
        await house.settled()
    await house.stop()
    await house.start()
    await shown(olivia, *COMMANDS, *commands_of("owner"))
    await shown(sam, *COMMANDS)


async def test_a_menu_that_is_right_is_not_set_again(house: House) -> None:
    olivia = await house.person(OPERATOR_ID)
    await in_chinese(olivia)
    await shown(olivia, *COMMANDS, *commands_of("owner"))
    await described(house)
    before = len(await house.calls("setMyCommands"))
    await house.stop()
    await house.start()
    for _ in range(250):
        calls = await house.calls("getMyCommands")
        if sum("scope" in call["args"] for call in calls) >= 2:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    assert len(await house.calls("setMyCommands")) == before
