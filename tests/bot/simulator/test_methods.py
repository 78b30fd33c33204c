"""Messages: sending, editing, deleting, answering presses."""

from typing import Any

import pytest

from bot.simulator import Simulator
from bot.simulator.people import BOT_ID
from tests.bot.person import Person
from tests.bot.simulator.api import BASE_TIME, MEI, SAM, Api, Clock, inline

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
LETTERS = "Nothing is done twice. " * 200


async def edit(api: Api, message: dict[str, Any], **arguments: Any) -> str:
    usual = {"chat_id": MEI, "message_id": message["message_id"], "text": "new"}
    return await api.refused("editMessageText", **(usual | arguments))


# --- who ---


async def test_get_me(api: Api) -> None:
    me = await api.ok("getMe")
    assert (me["id"], me["is_bot"], me["can_join_groups"]) == (BOT_ID, True, True)
    assert me["username"].endswith("bot")


async def test_get_chat(api: Api, mei: Person) -> None:
    chat = await api.ok("getChat", chat_id=MEI)
    assert (chat["id"], chat["type"], chat["first_name"]) == (MEI, "private", "Mei")
    assert await api.refused("getChat", chat_id=SAM) == "Bad Request: chat not found"


# --- sending ---


async def test_a_message_as_the_bot_gets_it_back(api: Api, mei: Person, clock: Clock) -> None:
    sent = await api.send("<b>a</b> <i>b</i>", parse_mode="HTML", reply_markup=inline(["x"]))
    assert sent == {
        "message_id": 2,
        "from": {"id": BOT_ID, "is_bot": True, "first_name": "certguide", "username": "certguide_bot"},
        "chat": {"id": MEI, "type": "private", "first_name": "Mei", "username": "mei_ceramics"},
        "date": int(BASE_TIME),
        "text": "a b",
        "entities": [
            {"type": "bold", "offset": 0, "length": 1},
            {"type": "italic", "offset": 2, "length": 1},
        ],
        "reply_markup": inline(["x"]),
    }


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": "x"}, "chat_id is empty"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": "@somebody"}, "chat not found"),
        ({"text": "x", "chat_id": 77}, "chat not found"),
        ({"text": "x", "chat_id": SAM}, "chat not found"),
        ({"text": " \n", "chat_id": MEI}, "text must be non-empty"),
        ({"text": "<b> </b>", "chat_id": MEI, "parse_mode": "html"}, "text must be non-empty"),
        ({"text": "x" * 4097, "chat_id": MEI}, "message is too long"),
        ({"text": "x" * 32769, "chat_id": MEI}, "text is too long"),
        ({"text": "\ud800", "chat_id": MEI}, "strings must be encoded in UTF-8"),
        (
            {"text": "1 < 2", "chat_id": MEI, "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "" at byte offset 2',
        ),
        ({"text": "x", "chat_id": MEI, "parse_mode": "BB"}, "unsupported parse_mode"),
        ({"text": "x", "chat_id": MEI, "reply_parameters": "x"}, "can't parse reply parameters JSON object"),
        ({"text": "x", "chat_id": MEI, "reply_parameters": "[]"}, "object expected as reply parameters"),
        ({"text": "x", "chat_id": MEI, "reply_parameters": {"x": 1}}, 'can\'t find field "message_id"'),
        (
            {"text": "x", "chat_id": MEI, "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
    ],
)
async def test_refused_to_send(api: Api, mei: Person, arguments: dict[str, Any], complaint: str) -> None:
    assert await api.refused("sendMessage", **arguments) == f"Bad Request: {complaint}"


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 4096, " " + "x" * 4096 + "\n", "<b>" + "&lt;" * 4096 + "</b>"])
async def test_4096_characters_after_parsing_and_trimming(api: Api, mei: Person, text: str) -> None:
    assert len((await api.send(text, parse_mode="HTML"))["text"]) == 4096


async def test_explicit_entities(api: Api, mei: Person) -> None:
    entities = [{"type": "bold", "offset": 0, "length": 2}]
    assert (await api.send("😀!", entities=entities))["entities"] == entities


async def test_replies(api: Api, mei: Person) -> None:
    (start,) = (await mei.chat())["messages"]
    reply = await api.send(reply_parameters={"message_id": start["message_id"]})
    assert reply["reply_to_message"]["text"] == "/start"
    lenient = {"message_id": 99, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api.send(reply_parameters=lenient)
    shown = (await mei.chat())["messages"][1]
    assert shown["reply_to"] == start["message_id"]


async def test_blocked_and_deleted_people(api: Api, mei: Person) -> None:
    sent = await api.send()
    await mei.block()
    blocked = "Forbidden: bot was blocked by the user"
    assert await api.refused("sendMessage", chat_id=MEI, text="x") == blocked
    assert await edit(api, sent) == blocked
    assert await api.refused("sendChatAction", chat_id=MEI, action="typing") == blocked
    await mei.unblock()
    await api.send()
    await mei.deactivate()
    assert await api.refused("sendMessage", chat_id=MEI, text="x") == "Forbidden: user is deactivated"
    assert (await api.call("sendMessage", chat_id=MEI, text="x")).status == 403


# --- editing ---


async def test_an_edit(api: Api, mei: Person, clock: Clock) -> None:
    sent = await api.send("old", reply_markup=inline(["a"]))
    clock.move(5)
    edited = await api.ok(
        "editMessageText", chat_id=MEI, message_id=sent["message_id"], text="<u>new</u>", parse_mode="HTML"
    )
    assert edited["message_id"] == sent["message_id"]
    assert (edited["date"], edited["edit_date"]) == (sent["date"], sent["date"] + 5)
    assert edited["entities"][0]["type"] == "underline"
    assert "reply_markup" not in edited
    assert (await mei.screen()).edited


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " "}, "Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "Bad Request: MESSAGE_TOO_LONG"),
        ({"message_id": 0}, "Bad Request: message identifier is not specified"),
        ({"message_id": 99}, "Bad Request: message to edit not found"),
        ({"message_id": 1}, "Bad Request: message can't be edited"),
        ({"reply_markup": {"remove_keyboard": True}}, "Bad Request: inline keyboard expected"),
        ({"reply_markup": {"keyboard": [["a"]]}}, "Bad Request: inline keyboard expected"),
        ({"text": "old", "reply_markup": inline(["a"])}, NOT_MODIFIED),
        ({"text": " old ", "reply_markup": inline(["a"])}, NOT_MODIFIED),
    ],
)
async def test_refused_to_edit(api: Api, mei: Person, arguments: dict[str, Any], complaint: str) -> None:
    sent = await api.send("old", reply_markup=inline(["a"]))
    assert await edit(api, sent, **arguments) == complaint


async def test_text_entities_and_keyboard_all_count_as_changes(api: Api, mei: Person) -> None:
    sent = await api.send("old", reply_markup=inline(["a"]))
    where: dict[str, Any] = {"chat_id": MEI, "message_id": sent["message_id"], "parse_mode": "HTML"}
    await api.ok("editMessageText", text="<b>old</b>", reply_markup=inline(["a"]), **where)
    await api.ok("editMessageText", text="<b>old</b>", reply_markup=inline(["b"]), **where)
    await api.ok("editMessageText", text="<b>old</b>", **where)
    assert await api.refused("editMessageText", text="<b>old</b>", **where) == NOT_MODIFIED


@pytest.mark.parametrize("markup", [{"keyboard": [["a"]]}, {"remove_keyboard": True}, {"force_reply": True}])
async def test_messages_with_other_keyboards_cannot_be_edited(api: Api, mei: Person, markup: Any) -> None:
    assert await edit(api, await api.send(reply_markup=markup)) == "Bad Request: message can't be edited"


async def test_editing_only_the_keyboard(api: Api, mei: Person) -> None:
    sent = await api.send("text", reply_markup=inline(["a"]))
    where = {"chat_id": MEI, "message_id": sent["message_id"]}
    edited = await api.ok("editMessageReplyMarkup", reply_markup=inline(["b"]), **where)
    assert (edited["text"], edited["reply_markup"]) == ("text", inline(["b"]))
    refused = await api.refused("editMessageReplyMarkup", reply_markup=inline(["b"]), **where)
    assert refused == NOT_MODIFIED
    assert "reply_markup" not in await api.ok("editMessageReplyMarkup", **where)
    wrong = await api.refused("editMessageReplyMarkup", reply_markup={"force_reply": True}, **where)
    assert wrong == "Bad Request: inline keyboard expected"


async def test_a_deleted_message_cannot_be_edited(api: Api, mei: Person) -> None:
    sent = await api.send()
    await mei.clear()
    assert await edit(api, sent) == "Bad Request: message to edit not found"


async def test_a_message_without_text(simulator: Simulator, api: Api, mei: Person) -> None:
    chat = simulator.telegram.chats[MEI]
    picture = simulator.telegram.put(chat, from_bot=True, other={"photo": []})
    complaint = await edit(api, {"message_id": picture.message_id})
    assert complaint == "Bad Request: there is no text in the message to edit"


async def test_edits_are_allowed_for_ever(api: Api, mei: Person, clock: Clock) -> None:
    sent = await api.send()
    clock.move(400 * 24 * 3600)
    await api.ok("editMessageText", chat_id=MEI, message_id=sent["message_id"], text="late")


# --- deleting ---


async def test_deleting(api: Api, mei: Person, clock: Clock) -> None:
    sent = await api.send()
    where = {"chat_id": MEI, "message_id": sent["message_id"]}
    assert await api.ok("deleteMessage", **where) is True
    assert await api.ok("deleteMessage", chat_id=MEI, message_id=1) is True
    assert await api.refused("deleteMessage", **where) == "Bad Request: message to delete not found"
    late = await api.send()
    clock.move(48 * 3600)
    await api.send()
    clock.move(1)
    complaint = await api.refused("deleteMessage", chat_id=MEI, message_id=late["message_id"])
    assert complaint == "Bad Request: message can't be deleted for everyone"
    nothing = await api.refused("deleteMessage", chat_id=MEI)
    assert nothing == "Bad Request: message identifier is not specified"


# --- presses ---


async def press(api: Api, mei: Person) -> str:
    await api.send(reply_markup=inline(["a"]))
    await mei.tap("a")
    update = (await api.updates())[-1]
    assert update["callback_query"]["data"] == "a"
    return str(update["callback_query"]["id"])


async def test_a_press_is_answered_once(api: Api, mei: Person) -> None:
    query = await press(api, mei)
    assert await api.ok("answerCallbackQuery", callback_query_id=query, text="done") is True
    assert await mei.toast() == "done"
    assert await api.refused("answerCallbackQuery", callback_query_id=query) == TOO_OLD


async def test_a_press_is_answered_in_time(api: Api, mei: Person, clock: Clock) -> None:
    query = await press(api, mei)
    clock.move(61)
    assert await api.refused("answerCallbackQuery", callback_query_id=query) == TOO_OLD
    assert await api.refused("answerCallbackQuery", callback_query_id="123") == TOO_OLD
    assert await api.refused("answerCallbackQuery") == TOO_OLD


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"text": "x" * 201}, "Bad Request: MESSAGE_TOO_LONG"),
        ({"url": "https://a.b"}, "Bad Request: URL_INVALID"),
    ],
)
async def test_bad_answers(api: Api, mei: Person, arguments: dict[str, Any], complaint: str) -> None:
    query = await press(api, mei)
    assert await api.refused("answerCallbackQuery", callback_query_id=query, **arguments) == complaint
    assert await api.ok("answerCallbackQuery", callback_query_id=query, text="😀" * 200) is True


async def test_an_alert(api: Api, mei: Person) -> None:
    query = await press(api, mei)
    await api.ok("answerCallbackQuery", callback_query_id=query, text="careful", show_alert=True)
    toast = (await mei.chat())["toast"]
    assert (toast["text"], toast["alert"]) == ("careful", True)


async def test_a_cached_answer_spares_the_bot(api: Api, mei: Person, clock: Clock) -> None:
    query = await press(api, mei)
    await api.ok("answerCallbackQuery", callback_query_id=query, text="again", cache_time=30)
    assert (await mei.tap("a"))["update_id"] is None
    assert await mei.toast() == "again"
    clock.move(30)
    assert (await mei.tap("a"))["update_id"]


# --- the rest ---


async def test_typing(api: Api, mei: Person, clock: Clock) -> None:
    assert await api.ok("sendChatAction", chat_id=MEI, action="typing") is True
    assert (await mei.chat())["action"] == "typing"
    clock.move(5)
    assert (await mei.chat())["action"] == ""
    await api.ok("sendChatAction", chat_id=MEI, action="TYPING")
    await api.send()
    assert (await mei.chat())["action"] == ""
    wrong = await api.refused("sendChatAction", chat_id=MEI, action="dance")
    assert wrong == "Bad Request: wrong parameter action in request"


async def test_ids_rise_over_all_chats(api: Api, mei: Person, sam: Person) -> None:
    await sam.say("/start")
    first, second = await api.send(), await api.send(chat_id=SAM)
    assert second["message_id"] == first["message_id"] + 1


async def test_a_failed_call_changes_nothing(api: Api, mei: Person) -> None:
    await api.refused("sendMessage", chat_id=MEI, text=LETTERS)
    assert [screen.text for screen in await mei.screens()] == []
