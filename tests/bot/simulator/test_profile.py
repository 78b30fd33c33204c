"""Names, descriptions, commands and menu buttons."""

from typing import Any

import pytest

from tests.bot.person import Person
from tests.bot.simulator.api import MEI, SAM, Api

HELP = {"command": "help", "description": "Help"}
ZH = {"command": "help", "description": "帮助"}


async def shown(person: Person) -> list[str]:
    return [command["description"] for command in (await person.chat())["commands"]]


async def test_commands_by_scope_and_language(api: Api, mei: Person, sam: Person) -> None:
    assert await shown(mei) == []
    await api.ok("setMyCommands", commands=[HELP])
    assert await shown(mei) == await shown(sam) == ["Help"]
    await api.ok("setMyCommands", commands=[ZH], language_code="zh")
    assert (await shown(mei), await shown(sam)) == (["帮助"], ["Help"])
    wide = {"type": "all_private_chats"}
    await api.ok("setMyCommands", commands=[HELP | {"description": "wide"}], scope=wide)
    assert (await shown(mei), await shown(sam)) == (["wide"], ["wide"])
    own = {"type": "chat", "chat_id": MEI}
    await api.ok("setMyCommands", commands=[HELP | {"description": "own"}], scope=own)
    assert (await shown(mei), await shown(sam)) == (["own"], ["wide"])
    assert await api.ok("getMyCommands", scope=own) == [HELP | {"description": "own"}]
    assert await api.ok("getMyCommands", scope=own, language_code="zh") == []
    assert await api.ok("deleteMyCommands", scope=own) is True
    await api.ok("setMyCommands", commands=[], scope=wide)
    assert (await shown(mei), await shown(sam)) == (["帮助"], ["Help"])


async def test_names_are_tidied(api: Api) -> None:
    await api.ok("setMyCommands", commands=[{"command": " /help ", "description": " Help "}])
    assert await api.ok("getMyCommands") == [HELP]


def commands(**fields: Any) -> dict[str, Any]:
    return {"commands": [HELP | fields]}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (commands() | {"language_code": "zh-hans"}, "invalid language code specified"),
        (commands() | {"language_code": "EN"}, "invalid language code specified"),
        (commands(command=""), "command must be non-empty"),
        (commands(command="x" * 33), "command length must not exceed 32"),
        (commands(command="Help"), "BOT_COMMAND_INVALID"),
        (commands(command="he-lp"), "BOT_COMMAND_INVALID"),
        (commands(description=" "), "command description must be non-empty"),
        (commands(description="x" * 257), "command description length must not exceed 256"),
        ({"commands": [HELP] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": "{"}, "can't parse commands JSON object"),
        ({"commands": {}}, "expected an Array of BotCommand"),
        ({"commands": [5]}, "can't parse BotCommand: expected an Object"),
        ({"commands": [{}]}, "can't parse BotCommand: can't find field \"command\""),
        (commands() | {"scope": "{"}, "can't parse BotCommandScope JSON object"),
        (commands() | {"scope": "5"}, "can't parse BotCommandScope: BotCommandScope must be an Object"),
        (commands() | {"scope": {"type": "x"}}, "can't parse BotCommandScope: unsupported type specified"),
        (commands() | {"scope": {"type": "chat"}}, "can't parse BotCommandScope: chat_id is empty"),
        (commands() | {"scope": {"type": "chat", "chat_id": SAM}}, "chat not found"),
    ],
)
async def test_refused_commands(api: Api, arguments: dict[str, Any], complaint: str) -> None:
    assert await api.refused("setMyCommands", **arguments) == f"Bad Request: {complaint}"


async def test_the_longest_commands(api: Api) -> None:
    many = [{"command": f"c{number:031}", "description": "x" * 256} for number in range(100)]
    await api.ok("setMyCommands", commands=many)
    assert await api.ok("getMyCommands") == many


@pytest.mark.parametrize(
    ("kind", "title", "longest"),
    [("name", "Name", 64), ("description", "Description", 512), ("short_description", "ShortDescription", 120)],
)
async def test_texts_about_the_bot(api: Api, mei: Person, sam: Person, kind: str, title: str, longest: int) -> None:
    await api.ok(f"setMy{title}", **{kind: "x" * longest})
    await api.ok(f"setMy{title}", **{kind: "顾问", "language_code": "zh"})
    assert await api.ok(f"getMy{title}") == {kind: "x" * longest}
    assert await api.ok(f"getMy{title}", language_code="zh") == {kind: "顾问"}
    assert (await mei.chat())["bot"][kind] == "顾问"
    assert (await sam.chat())["bot"][kind] == "x" * longest
    await api.ok(f"setMy{title}", **{kind: "", "language_code": "zh"})
    assert (await mei.chat())["bot"][kind] == "x" * longest
    too_long = await api.refused(f"setMy{title}", **{kind: "x" * (longest + 1)})
    assert too_long == f"Bad Request: bot {kind.replace('_', ' ')} is too long"
    language = await api.refused(f"getMy{title}", language_code="pt-br")
    assert language == "Bad Request: invalid language code specified"


async def test_a_bot_without_texts_has_a_name(api: Api) -> None:
    assert await api.ok("getMyName") == {"name": "certguide"}
    assert await api.ok("getMyDescription") == {"description": ""}


async def test_menu_buttons(api: Api, mei: Person) -> None:
    assert await api.ok("getChatMenuButton") == {"type": "commands"}
    await api.ok("setChatMenuButton", menu_button={"type": "default"})
    await api.ok("setChatMenuButton", chat_id=MEI, menu_button={"type": "commands"})
    assert await api.ok("getChatMenuButton", chat_id=MEI) == {"type": "commands"}
    assert await api.ok("getChatMenuButton") == {"type": "default"}
    assert await api.ok("setChatMenuButton") is True
    wrong = await api.refused("setChatMenuButton", menu_button={"type": "x"})
    assert wrong == "Bad Request: can't parse menu button: MenuButton has unsupported type"
    wrong = await api.refused("setChatMenuButton", menu_button="5")
    assert wrong == "Bad Request: can't parse menu button: MenuButton must be an Object"
