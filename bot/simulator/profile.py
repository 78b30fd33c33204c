"""How the bot presents itself: names, descriptions, commands and menu buttons, per language and scope."""

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.simulator.errors import bad

MOST_COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
WIDE_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
TEXTS = {"name": 64, "description": 512, "short_description": 120}
MENU_BUTTONS = {"default", "commands", "web_app"}

Command = dict[str, str]


def read_language(code: str) -> str:
    """Two lower-case letters or nothing: `zh-hans` is refused here (telegram_limits 1)."""
    if not re.fullmatch("(?:[a-z]{2})?", code):
        raise bad("invalid language code specified")
    return code


def read_json(raw: str, what: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise bad(f"can't parse {what} JSON object") from None


def read_scope(raw: str) -> tuple[str, str]:
    """The kind of a command scope, and its chat_id as given."""
    if not raw:
        return "default", ""
    scope = read_json(raw, "BotCommandScope")
    if not isinstance(scope, dict):
        raise bad("can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind not in WIDE_SCOPES | CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    if kind in WIDE_SCOPES:
        return str(kind), ""
    if not scope.get("chat_id"):
        raise bad("can't parse BotCommandScope: chat_id is empty")
    return str(kind), str(scope["chat_id"])


def read_commands(raw: str) -> list[Command]:
    listed = read_json(raw or "[]", "commands")
    if not isinstance(listed, list):
        raise bad("expected an Array of BotCommand")
    commands = [read_command(command) for command in listed]
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    if not all(COMMAND.fullmatch(command["command"]) for command in commands):
        raise bad("BOT_COMMAND_INVALID")
    return commands


def read_command(value: Any) -> Command:
    if not isinstance(value, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for key in ("command", "description"):
        if not isinstance(value.get(key), str):
            raise bad(f"can't parse BotCommand: can't find field \"{key}\"")
    command = value["command"].strip().removeprefix("/")
    description = value["description"].strip()
    if not command:
        raise bad("command must be non-empty")
    if len(command) > 32:
        raise bad("command length must not exceed 32")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > 256:
        raise bad("command description length must not exceed 256")
    return {"command": command, "description": description}


@dataclass(slots=True)
class Profile:
    """What the bot has said about itself. Keys are strings so that JSON can keep them."""

    texts: dict[str, dict[str, str]] = field(default_factory=lambda: {kind: {} for kind in TEXTS})
    commands: dict[str, list[Command]] = field(default_factory=dict)
    menu_buttons: dict[str, dict[str, Any]] = field(default_factory=dict)

    def set_text(self, kind: str, language: str, text: str) -> None:
        if len(text) > TEXTS[kind]:
            raise bad(f"bot {kind.replace('_', ' ')} is too long")
        if text:
            self.texts[kind][language] = text
        else:
            self.texts[kind].pop(language, None)

    def text(self, kind: str, language: str) -> str:
        """The text in a language, or the one for everybody else."""
        texts = self.texts[kind]
        return texts.get(language[:2].lower()) or texts.get("", "")

    def set_commands(self, scope: str, language: str, commands: list[Command]) -> None:
        if commands:
            self.commands[f"{scope}|{language}"] = commands
        else:
            self.commands.pop(f"{scope}|{language}", None)

    def get_commands(self, scope: str, language: str) -> list[Command]:
        return self.commands.get(f"{scope}|{language}", [])

    def commands_for(self, chat_id: int, language: str) -> list[Command]:
        """What a person sees: the narrowest scope first, in it their language first (telegram_limits 6)."""
        for scope in (f"chat {chat_id}", "all_private_chats", "default"):
            for code in (language[:2].lower(), ""):
                if commands := self.get_commands(scope, code):
                    return commands
        return []

    def set_menu_button(self, chat: str, raw: str) -> None:
        button = read_json(raw or '{"type":"default"}', "menu button")
        if not isinstance(button, dict):
            raise bad("can't parse menu button: MenuButton must be an Object")
        if button.get("type") not in MENU_BUTTONS:
            raise bad("can't parse menu button: MenuButton has unsupported type")
        self.menu_buttons[chat] = button

    def menu_button(self, chat: str) -> dict[str, Any]:
        return self.menu_buttons.get(chat) or self.menu_buttons.get("", {"type": "commands"})

    def dump(self) -> dict[str, Any]:
        return asdict(self)
