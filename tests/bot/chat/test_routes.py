"""Every kind of update of the Bot API has its place: answered in a private chat, or never asked for."""

from typing import Any

import pytest
from aiogram.types import Message, Update

from bot.chat.routes import HANDLED
from tests.bot.chat.house import SAM, House
from tests.bot.chat.test_desk import in_the_menu

NOT_ASKED_FOR = {
    "business_connection", "business_message", "edited_business_message", "deleted_business_messages",  # no business
    "channel_post", "edited_channel_post", "chat_boost", "removed_chat_boost", "chat_member", "chat_join_request",
    "message_reaction", "message_reaction_count", "poll", "poll_answer",  # channels, groups, polls: none of ours
    "inline_query", "chosen_inline_result",  # not switched on
    "shipping_query", "pre_checkout_query", "purchased_paid_media",  # nothing is sold
}  # fmt: skip


def kinds() -> set[str]:
    """Every kind of update aiogram knows."""
    return set(Update.model_fields) - {"update_id"}


def test_every_kind_of_update_is_answered_or_never_asked_for() -> None:
    new = kinds() - set(HANDLED) - NOT_ASKED_FOR
    assert all(name.startswith(("guest", "managed", "suggested", "community", "stop", "subscription", "ephemeral"))
               for name in new), f"new kinds of update: {sorted(new)}"  # fmt: skip
    assert not set(HANDLED) & NOT_ASKED_FOR


MEDIA: dict[str, Any] = {
    "voice": {"file_id": "v", "file_unique_id": "v", "duration": 1},
    "photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}],
    "sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                "is_animated": False, "is_video": False},
    "location": {"latitude": 22.5, "longitude": 114.1},
    "contact": {"phone_number": "+8613000000000", "first_name": "<b>Li</b>"},
    "document": {"file_id": "d", "file_unique_id": "d"},
    "video": {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1},
    "audio": {"file_id": "a", "file_unique_id": "a", "duration": 1},
    "video_note": {"file_id": "n", "file_unique_id": "n", "length": 1, "duration": 1},
    "animation": {"file_id": "g", "file_unique_id": "g", "width": 1, "height": 1, "duration": 1},
    "venue": {"location": {"latitude": 1.0, "longitude": 1.0}, "title": "t", "address": "a"},
    "dice": {"emoji": "🎲", "value": 3},
    "poll": {"id": "1", "question": "q", "options": [], "total_voter_count": 0, "is_closed": False,
             "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
             "allows_revoting": False, "members_only": False},
    "game": {"title": "t", "description": "d", "photo": []},
    "story": {"chat": {"id": 1, "type": "channel"}, "id": 1},
    "pinned_message": {"message_id": 1, "date": 0, "chat": {"id": SAM, "type": "private"}},
    "forward_origin": {"type": "hidden_user", "sender_user_name": "<i>x</i>", "date": 1},
}  # fmt: skip


@pytest.mark.parametrize("kind", MEDIA)
async def test_whatever_is_sent_gets_one_helpful_sentence_and_keeps_his_place(house: House, kind: str) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.tap("Internal or registered auditor?")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await sam.send_update(message={kind: MEDIA[kind]})
    page = await sam.until(lambda screen: "only read text" in screen.text)
    assert "Somebody offers you" in page.text


def test_the_kinds_tried_are_kinds_of_message() -> None:
    assert set(MEDIA) <= set(Message.model_fields)


async def test_a_changed_message_is_answered_with_what_to_do(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    said = await sam.say("4")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await sam.edit(said["message_ids"][0], "5")
    page = await sam.until(lambda screen: "write it anew" in screen.text)
    assert "Somebody offers you" in page.text


GROUP = {"id": -100123, "type": "supergroup", "title": "Sellers"}


@pytest.mark.parametrize(
    ("text", "answered"),
    [("hello all", False), ("/start", True), ("/start@other_bot", False), ("hi @certguide_bot", True), ("  ", False)],
)
async def test_in_a_group_the_bot_is_silent_unless_spoken_to(house: House, text: str, answered: bool) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.settled()
    before = len(await house.calls("sendMessage"))
    person = {"id": SAM, "is_bot": False, "first_name": "Sam", "language_code": "en"}
    message = {"message_id": 5, "date": 1, "chat": GROUP, "from": person, "text": text}
    await sam.send_update(edited_message=message | {"edit_date": 2})
    house.simulator.telegram.updates.put("message", message)
    house.simulator.telegram.updates.wake()
    await sam.say("/help")
    await sam.until(lambda screen: "How this works" in screen.text)
    calls = [
        call for call in (await house.calls("sendMessage"))[before:] if call["args"]["chat_id"] == str(GROUP["id"])
    ]
    assert len(calls) == answered
    assert all("https://t.me/certguide_bot" in call["args"]["text"] for call in calls)


async def test_in_a_group_somebody_elses_buttons_are_not_his(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.settled()
    trail = await house.trail()
    message = {"message_id": 5, "date": 1, "chat": GROUP, "text": "x"}
    await sam.send_update(callback_query={"data": "2:open.iso9001", "message": message})
    for _ in range(100):
        answers = await house.calls("answerCallbackQuery")
        if "somebody else" in answers[-1]["args"].get("text", ""):
            break
    assert "somebody else" in answers[-1]["args"]["text"]
    assert await house.trail() == trail
