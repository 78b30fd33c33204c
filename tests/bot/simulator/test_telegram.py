"""What people do, and what the bot hears of it."""

from typing import Any

import pytest

from bot.simulator import OPERATOR_ID, Simulator
from bot.simulator.people import BOT_ID, FIRST_GUEST_ID
from tests.bot.person import Person
from tests.bot.simulator.api import BASE_TIME, MEI, SAM, Api, Clock, inline, sim


async def impossible(simulator: Simulator, path: str, content: Any = None, method: str = "POST") -> str:
    status, answer = await sim(simulator, method, path, content)
    assert status == 400, answer
    return str(answer["error"])


def test_whom_it_knows_from_the_start(simulator: Simulator) -> None:
    codes = {person.name: person.language_code for person in simulator.people.values()}
    assert codes == {
        "Mei": "zh-hans",
        "Lin": "zh-hant",
        "Olga Orlova": "ru",
        "Ana Alves": "pt-br",
        "Sam": "en",
        "Olivia (operator)": "en",
    }
    assert simulator.people[OPERATOR_ID].first_name == "Olivia"
    assert all(2**32 < person_id < 2**52 for person_id in simulator.people)


async def test_a_message_as_the_bot_hears_it(api: Api, mei: Person) -> None:
    (update,) = await api.updates()
    assert update["message"] == {
        "message_id": 1,
        "from": {
            "id": MEI,
            "is_bot": False,
            "first_name": "Mei",
            "username": "mei_ceramics",
            "language_code": "zh-hans",
        },
        "chat": {"id": MEI, "type": "private", "first_name": "Mei", "username": "mei_ceramics"},
        "date": int(BASE_TIME),
        "text": "/start",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }


async def test_a_long_text_is_split_as_clients_do(api: Api, mei: Person) -> None:
    sent = await mei.say("a" * 4096 + "b")
    assert len(sent["message_ids"]) == len(sent["update_ids"]) == 2
    assert [len(update["message"]["text"]) for update in await api.updates()] == [6, 4096, 1]


async def test_nothing_to_say(simulator: Simulator) -> None:
    assert await impossible(simulator, f"/sim/people/{MEI}/text", {"text": "  "}) == "write something first"
    assert await impossible(simulator, "/sim/people/7/text", {"text": "x"}) == "there is nobody with the id 7"


async def test_a_reply(api: Api, mei: Person) -> None:
    sent = await api.send("question")
    await mei.say("answer", reply_to=sent["message_id"])
    replied = (await api.updates())[-1]["message"]["reply_to_message"]
    assert (replied["text"], replied["from"]["id"]) == ("question", BOT_ID)


async def test_an_edited_message(simulator: Simulator, api: Api, mei: Person, clock: Clock) -> None:
    clock.move(3)
    await mei.edit(1, "/help")
    edited = (await api.updates())[-1]["edited_message"]
    assert (edited["text"], edited["edit_date"] - edited["date"]) == ("/help", 3)
    sent = await api.send()
    for content in [{"message_id": sent["message_id"], "text": "x"}, {"message_id": 1, "text": ""}, {}]:
        complaint = await impossible(simulator, f"/sim/people/{MEI}/edit", content)
        assert complaint.startswith("only a message of your own can be edited")


async def test_a_press_as_the_bot_hears_it(api: Api, mei: Person) -> None:
    sent = await api.send(reply_markup=inline(["a"]))
    pressed = await mei.tap("a")
    query = (await api.updates())[-1]["callback_query"]
    assert query["id"] == pressed["press"]
    assert query["message"] == sent
    assert query["from"]["language_code"] == "zh-hans"
    assert int(query["chat_instance"])
    loading = (await mei.chat())["loading"]
    assert [(press["message_id"], press["data"]) for press in loading] == [(sent["message_id"], "a")]


async def test_the_spinner_stops_by_itself(api: Api, mei: Person, clock: Clock) -> None:
    await api.send(reply_markup=inline(["a"]))
    first = await mei.tap("a")
    clock.move(61)
    assert (await mei.chat())["loading"] == []
    assert (await mei.tap("a"))["press"] != first["press"]


async def test_a_button_edited_away_can_still_be_pressed(api: Api, mei: Person) -> None:
    sent = await api.send(reply_markup=inline(["old", "same"]))
    where = {"chat_id": MEI, "message_id": sent["message_id"]}
    await api.ok("editMessageReplyMarkup", reply_markup=inline(["new", "same"]), **where)
    await mei.tap_data(sent["message_id"], "old")
    assert (await api.updates())[-1]["callback_query"]["message"]["reply_markup"] == inline(["new", "same"])


async def test_a_button_that_never_was(simulator: Simulator, api: Api, mei: Person) -> None:
    sent = await api.send(reply_markup={"inline_keyboard": [[{"text": "a", "url": "https://a.b"}]]})
    for message_id, data in [(sent["message_id"], "x"), (99, "x")]:
        content = {"message_id": message_id, "data": data}
        complaint = await impossible(simulator, f"/sim/people/{MEI}/tap", content)
        assert complaint == "this message has no such button"


async def test_blocking_and_coming_back(simulator: Simulator, api: Api, mei: Person) -> None:
    assert (await mei.unblock())["update_id"] is None
    await mei.block()
    assert (await mei.block())["update_id"] is None
    complaint = await impossible(simulator, f"/sim/people/{MEI}/text", {"text": "x"})
    assert complaint == "unblock the bot first"
    await mei.unblock()
    kicked, member = [update["my_chat_member"] for update in (await api.updates())[1:]]
    assert kicked["old_chat_member"]["status"] == member["new_chat_member"]["status"] == "member"
    assert kicked["new_chat_member"] == {"user": kicked["old_chat_member"]["user"], "status": "kicked", "until_date": 0}
    assert (kicked["chat"]["id"], kicked["from"]["id"]) == (MEI, MEI)


async def test_blocking_before_the_start_is_nobodys_business(api: Api, sam: Person) -> None:
    assert (await sam.block())["update_id"] is None
    assert await api.refused("sendMessage", chat_id=SAM, text="x") == "Bad Request: chat not found"


async def test_a_deleted_account(simulator: Simulator, api: Api, mei: Person) -> None:
    await mei.deactivate()
    complaint = await impossible(simulator, f"/sim/people/{MEI}/text", {"text": "x"})
    assert complaint == "this account is deleted"


async def test_clearing_and_deleting(simulator: Simulator, api: Api, mei: Person) -> None:
    sent = await api.send()
    await mei.delete(sent["message_id"])
    assert await mei.screens() == []
    path = f"/sim/people/{MEI}/messages/{sent['message_id']}"
    assert await impossible(simulator, path, method="DELETE") == "there is no such message"
    await mei.clear()
    assert (await mei.chat())["messages"] == []
    assert (await mei.chat())["person"]["started"] is True
    await api.send("still known")


async def test_any_update(simulator: Simulator, api: Api, mei: Person, sam: Person) -> None:
    await sam.send_update(message={"sticker": {"emoji": "👍"}})
    await mei.send_update(callback_query={"data": "forged", "inline_message_id": "x"})
    await mei.send_update(poll_answer={"poll_id": "1"})
    _, sticker, query, poll = await api.updates()
    assert sticker["message"]["sticker"] == {"emoji": "👍"}
    assert sticker["message"]["chat"]["id"] == SAM
    assert (await sam.chat())["messages"][0]["other"] == ["sticker"]
    assert await api.ok("answerCallbackQuery", callback_query_id=query["callback_query"]["id"])
    assert poll["poll_answer"]["from"]["id"] == MEI
    for fragment in [{}, {"a": {}, "b": {}}, {"message": 5}]:
        complaint = await impossible(simulator, f"/sim/people/{MEI}/update", fragment)
        assert complaint.startswith("give one kind with its content")


async def test_a_new_person(simulator: Simulator, api: Api) -> None:
    _, first = await sim(simulator, "POST", "/sim/people", {"name": " <b>Zoë</b> ", "language_code": "nl"})
    assert (first["id"], first["name"], first["started"]) == (FIRST_GUEST_ID, "<b>Zoë</b>", False)
    _, second = await sim(simulator, "POST", "/sim/people", {"name": "Yu", "language_code": "ja"})
    assert second["id"] == first["id"] + 1
    async with Person(simulator.api_base, first["id"]) as zoe:
        await zoe.say("hoi")
    assert (await api.updates())[0]["message"]["from"]["language_code"] == "nl"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"name": "", "language_code": "en"}, "a name has 1 to 64 characters"),
        ({"name": "x" * 65, "language_code": "en"}, "a name has 1 to 64 characters"),
        ({"name": "x", "language_code": "e"}, "a language code looks like en or zh-hans"),
        ({"name": "x"}, "a language code looks like en or zh-hans"),
        ([], "send a JSON object"),
    ],
)
async def test_nobody(simulator: Simulator, content: Any, complaint: str) -> None:
    assert await impossible(simulator, "/sim/people", content) == complaint
