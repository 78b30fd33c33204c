"""What Telegram itself shows of the bot is in every language, fits, and is set only when it changed."""

import asyncio

import pytest

from dialogs import limits
from tests.bot.chat.house import CONVERSATION, MEI, SAM, House

LENGTHS = {"bot-name": 64, "bot-about": 512, "bot-short": 120}


@pytest.mark.parametrize("lang", CONVERSATION.voices.languages)
@pytest.mark.parametrize("name", LENGTHS)
def test_it_fits_where_telegram_shows_it(lang: str, name: str) -> None:
    assert 1 <= len(CONVERSATION.voices.of(lang).button(name)) <= LENGTHS[name]


@pytest.mark.parametrize("lang", CONVERSATION.voices.languages)
def test_what_operators_can_write_is_described(lang: str) -> None:
    assert 1 <= len(CONVERSATION.voices.of(lang).button("command-questions")) <= limits.COMMAND


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
