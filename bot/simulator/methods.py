"""The Bot API methods: one function each, by name, in the order of checks that Telegram follows.

To add one, write a function and put `@method("itsName")` on it. Those about files are in `media_methods`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.simulator import formatted, keyboards
from bot.simulator.arguments import Arguments
from bot.simulator.errors import ApiError, bad
from bot.simulator.people import Chat
from bot.simulator.profile import CHAT_SCOPES, TEXTS, read_commands, read_language, read_scope
from bot.simulator.telegram import Telegram
from bot.simulator.updates import LONGEST_POLL

Method = Callable[[Telegram, Arguments], Awaitable[Any]]
METHODS: dict[str, Method] = {}
INABILITIES = (
    "can_read_all_group_messages",
    "supports_inline_queries",
    "can_connect_to_business",
    "has_main_web_app",
)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note", "cancel",
}  # fmt: skip


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name.lower()] = function
        return function

    return register


async def call(telegram: Telegram, name: str, arguments: Arguments) -> Any:
    """Runs a method by its name, whatever its capitals."""
    function = METHODS.get(name.lower())
    if function is None:
        raise ApiError(404, "Not Found: method not found")
    return await function(telegram, arguments)


def find_chat(telegram: Telegram, given: str) -> Chat:
    if not given:
        raise bad("chat_id is empty")
    if not given.lstrip("-").isdecimal():
        raise bad("chat not found")
    return telegram.chat(int(given))


def message_id(arguments: Arguments) -> int:
    given = arguments.integer("message_id")
    if given <= 0:
        raise bad("message identifier is not specified")
    return given


# --- updates ---------------------------------------------------------------------------------------------


@method("getMe")
async def get_me(telegram: Telegram, arguments: Arguments) -> Any:
    return telegram.bot_user() | {"can_join_groups": True} | dict.fromkeys(INABILITIES, False)


@method("getUpdates")
async def get_updates(telegram: Telegram, arguments: Arguments) -> Any:
    telegram.updates.allow(arguments.text("allowed_updates"))
    return await telegram.updates.get(
        arguments.integer("offset"),
        arguments.integer("limit", 100, 1, 100),
        arguments.integer("timeout", 0, 0, LONGEST_POLL),
    )


@method("deleteWebhook")
async def delete_webhook(telegram: Telegram, arguments: Arguments) -> Any:
    if arguments.flag("drop_pending_updates"):
        telegram.updates.queue.clear()
        telegram.tell("queue")
    return True


@method("getWebhookInfo")
async def get_webhook_info(telegram: Telegram, arguments: Arguments) -> Any:
    telegram.updates.confirm(0)
    info = {"url": "", "has_custom_certificate": False, "pending_update_count": len(telegram.updates.queue)}
    return info | ({"allowed_updates": telegram.updates.allowed} if telegram.updates.allowed else {})


# --- messages --------------------------------------------------------------------------------------------


@method("sendMessage")
async def send_message(telegram: Telegram, arguments: Arguments) -> Any:
    text, entities = read_text(arguments)
    markup = keyboards.read(arguments.text("reply_markup"))
    reply = arguments.object("reply_parameters", "reply parameters")
    chat = find_chat(telegram, arguments.text("chat_id"))
    reply_to = replied(chat, reply)
    content = formatted.settle(text, entities)
    if len(content.text) > formatted.LONGEST:
        raise bad("message is too long")
    markup = keyboards.settle(markup)
    telegram.reachable(chat)
    return telegram.message_json(telegram.send(chat, content, markup, reply_to))


def read_text(arguments: Arguments) -> tuple[str, list[dict[str, Any]]]:
    return formatted.read(arguments.text("text"), arguments.text("parse_mode"), arguments.text("entities"))


def replied(chat: Chat, reply: dict[str, Any]) -> int:
    if not reply:
        return 0
    if not isinstance(reply.get("message_id"), int):
        raise bad('can\'t find field "message_id"')
    wanted = int(reply["message_id"])
    if wanted in chat.messages:
        return wanted
    if reply.get("allow_sending_without_reply") is not True:
        raise bad("message to be replied not found")
    return 0


@method("editMessageText")
async def edit_message_text(telegram: Telegram, arguments: Arguments) -> Any:
    text, entities = read_text(arguments)
    markup = keyboards.read(arguments.text("reply_markup"))
    chat = find_chat(telegram, arguments.text("chat_id"))
    message = telegram.editable(chat, message_id(arguments))
    if message.captioned or not message.text:
        raise bad("there is no text in the message to edit")
    content = formatted.settle(text, entities)
    markup = keyboards.settle(markup, inline_only=True)
    # The core server checks the length of an edit, in its own words (telegram_limits 3.1).
    if len(content.text) > formatted.LONGEST:
        raise bad("MESSAGE_TOO_LONG")
    telegram.reachable(chat)
    telegram.edit(message, content.text, content.entities, markup)
    return telegram.message_json(message)


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(telegram: Telegram, arguments: Arguments) -> Any:
    markup = keyboards.read(arguments.text("reply_markup"))
    chat = find_chat(telegram, arguments.text("chat_id"))
    message = telegram.editable(chat, message_id(arguments))
    markup = keyboards.settle(markup, inline_only=True)
    telegram.reachable(chat)
    telegram.edit(message, message.text, message.entities, markup)
    return telegram.message_json(message)


@method("deleteMessage")
async def delete_message(telegram: Telegram, arguments: Arguments) -> Any:
    chat = find_chat(telegram, arguments.text("chat_id"))
    telegram.delete(chat, message_id(arguments))
    return True


@method("sendChatAction")
async def send_chat_action(telegram: Telegram, arguments: Arguments) -> Any:
    action = arguments.text("action").lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = find_chat(telegram, arguments.text("chat_id"))
    telegram.reachable(chat)
    telegram.act(chat, action)
    return True


@method("answerCallbackQuery")
async def answer_callback_query(telegram: Telegram, arguments: Arguments) -> Any:
    answer: dict[str, Any] = {name: arguments.text(name) for name in ("text", "url")}
    answer["alert"] = arguments.flag("show_alert")
    month = 30 * 24 * 3600
    cache_time = arguments.integer("cache_time", 0, 0, month)
    telegram.answer(arguments.text("callback_query_id"), answer, cache_time)
    return True


@method("getChat")
async def get_chat(telegram: Telegram, arguments: Arguments) -> Any:
    chat = find_chat(telegram, arguments.text("chat_id"))
    return telegram.chat_json(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }


# --- profile ---------------------------------------------------------------------------------------------


def scope(telegram: Telegram, arguments: Arguments) -> str:
    kind, chat = read_scope(arguments.text("scope"))
    if kind in CHAT_SCOPES:
        return f"{kind} {find_chat(telegram, chat).id}"
    return kind


@method("setMyCommands")
async def set_my_commands(telegram: Telegram, arguments: Arguments) -> Any:
    commands = read_commands(arguments.text("commands"))
    where = scope(telegram, arguments)
    telegram.profile.set_commands(where, read_language(arguments.text("language_code")), commands)
    telegram.tell("profile")
    return True


@method("deleteMyCommands")
async def delete_my_commands(telegram: Telegram, arguments: Arguments) -> Any:
    where = scope(telegram, arguments)
    telegram.profile.set_commands(where, read_language(arguments.text("language_code")), [])
    telegram.tell("profile")
    return True


@method("getMyCommands")
async def get_my_commands(telegram: Telegram, arguments: Arguments) -> Any:
    where = scope(telegram, arguments)
    return telegram.profile.get_commands(where, read_language(arguments.text("language_code")))


def text_methods(kind: str) -> None:
    """The pair of methods for a name or a description."""
    title = "".join(word.capitalize() for word in kind.split("_"))

    @method(f"setMy{title}")
    async def set_text(telegram: Telegram, arguments: Arguments) -> Any:
        language = read_language(arguments.text("language_code"))
        telegram.profile.set_text(kind, language, arguments.text(kind).strip())
        telegram.tell("profile")
        return True

    @method(f"getMy{title}")
    async def get_text(telegram: Telegram, arguments: Arguments) -> Any:
        text = telegram.profile.text(kind, read_language(arguments.text("language_code")))
        return {kind: text or (telegram.bot_user()["first_name"] if kind == "name" else "")}


for _kind in TEXTS:
    text_methods(_kind)


@method("setChatMenuButton")
async def set_chat_menu_button(telegram: Telegram, arguments: Arguments) -> Any:
    given = arguments.text("chat_id")
    chat = str(find_chat(telegram, given).id) if given else ""
    telegram.profile.set_menu_button(chat, arguments.text("menu_button"))
    telegram.tell("profile")
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(telegram: Telegram, arguments: Arguments) -> Any:
    given = arguments.text("chat_id")
    return telegram.profile.menu_button(str(find_chat(telegram, given).id) if given else "")
