"""Broadcasts as operators write them: texts, buttons, and whom they are for."""

from collections.abc import AsyncIterator

import pytest

from bot.store import audience, broadcasts, composing
from bot.store.broadcasts import Text
from tests.bot.chat.house import House
from tests.bot.chat.newsroom import Newsroom, newsroom
from tests.bot.chat.test_desk import in_the_menu

EN, ZH = "A rule has <b>changed</b>: <i>read</i> it.", "规则<b>变了</b>。"


@pytest.fixture
async def room(house: House) -> AsyncIterator[Newsroom]:
    """An operator, two sellers who want news, nobody delivering yet."""
    async with newsroom(house) as made:
        yield made


async def test_photos_and_documents_go_out_as_they_came(room: Newsroom) -> None:
    await room.open()
    await room.tap("New", "Send me the message")
    sent = await room.olivia.photo("A <b>new</b> stamp", parse_mode="HTML")
    await room.until("Which language")
    await room.tap("English", "English: A new stamp · photo", then="Another language")
    await room.tap("Another language", "Send me the message")
    await room.olivia.document("rule.pdf", "规则")
    await room.until("Which language")
    await room.tap("简体中文", "规则 · document")
    texts = (await room.broadcast(1)).texts
    assert (texts["en"].kind, texts["en"].html, texts["en"].file) == ("photo", "A <b>new</b> stamp", sent["file_id"])
    assert texts["zh_Hans"].kind == "document"
    async with room.courier():
        await room.test()
        kinds = [screen.media for screen in (await room.olivia.screens()) if "No more news" in screen.labels]
        assert kinds == ["photo"]
        await room.start()
        await room.until("2 of 2 sent", deadline=20)
    assert (await room.sellers["mei"].screen()).media == "document"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"voice": {"file_id": "x", "file_unique_id": "y", "duration": 1}}, "text, a photo or a document"),
        ({"dice": {"emoji": "🎲", "value": 6}}, "text, a photo or a document"),
        (
            {
                "media_group_id": "7",
                "photo": [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}],
            },
            "an album can't have buttons",
        ),
    ],
)
async def test_what_can_not_be_sent_is_said_and_asked_again(
    room: Newsroom, content: dict[str, object], told: str
) -> None:
    await room.open()
    first = await room.tap("New", "Send me the message")
    await room.olivia.send_update(message=content)
    again = await room.until(told, "Send me the message")
    assert again.message_id > first.message_id
    await room.quiet()
    assert first.message_id not in {screen.message_id for screen in await room.olivia.screens()}
    await room.olivia.say("Then this")
    await room.until("Which language")


async def test_nothing_is_guessed_before_the_language_is_said(room: Newsroom) -> None:
    await room.open()
    await room.tap("New", "Send me the message")
    await room.olivia.say("The first half")
    await room.until("Which language")
    await room.olivia.say("The second half")
    await room.until("what you sent after it was not taken")
    await room.tap("English", "The first half", then="Test")
    assert (await room.broadcast(1)).texts["en"].html == "The first half"


async def test_a_message_can_be_forgotten_with_the_draft_it_began(room: Newsroom) -> None:
    await room.open()
    await room.tap("New", "Send me the message")
    await room.olivia.say("Never mind")
    await room.until("Which language")
    listed = await room.tap("Forget it", "no broadcasts yet", then="New")
    assert listed.labels == ["New"]
    assert await room.run(composing.everybody) == {}


async def test_a_text_is_looked_at_written_anew_and_taken_out(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.tap("English", "A rule has changed.", then="Write anew")
    await room.tap("Write anew", "as it should look: English")
    await room.olivia.say_html("It is <u>final</u>.")
    card = await room.until("English: It is final.", label="Test")
    assert "changed since then" in card.text or "Test: not yet" in card.text
    assert await room.refused("Start now") == ("Send yourself a test first: exactly this has not been shown yet.")
    await room.tap("简体中文", "规则变了", then="Take it out")
    await room.tap("Take it out", "English: It is final.", then="Another language")
    assert [*(await room.broadcast(id_)).texts] == ["en"]


async def test_buttons_are_set_for_each_text_and_taken_off(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.tap("English", then="Buttons")
    await room.tap("Buttons", "one a line", "iso9001")
    await room.olivia.say("The rule https://gov.example")
    await room.until("I can't read this line: The rule https://gov.example", "one a line")
    await room.olivia.say("The rule | https://gov.example/1\nRead on ｜ iso9001")
    shown = await room.until("[The rule] https://gov.example/1", "[Read on] iso9001")
    await room.tap("Back", "2 buttons", then="Test")
    async with room.courier():
        await room.test()
    copy = next(screen for screen in await room.olivia.screens() if "The rule" in screen.labels)
    assert copy.labels == ["The rule", "Read on", "No more news"]
    await room.tap("English", then="Buttons")
    await room.tap("Buttons", "one a line")
    await room.olivia.say("Elsewhere | nowhere")
    await room.until("To mend first", "neither an address nor one of")
    await room.tap("Back", "To mend first", then="Test")
    assert "Mend first" in await room.refused("Test")
    await room.tap("English", then="Buttons")
    await room.tap("Buttons", "one a line")
    await room.olivia.say("-")
    await room.until("A rule has changed.", label="Write anew")
    assert (await room.broadcast(id_)).texts["en"].buttons == ()
    assert shown.text.count("[") == 2


async def test_new_words_keep_the_buttons(room: Newsroom) -> None:
    id_ = await room.ready(Text("en", "Old", buttons=(("Read", "iso9001"),)))
    await room.open(id_)
    await room.tap("English", then="Write anew")
    await room.tap("Write anew", "as it should look")
    await room.olivia.say("New")
    await room.until("English: New · 1 button")


async def test_a_text_too_long_in_one_language_only_is_named(room: Newsroom) -> None:
    card = await room.write("x" * 4050, "English")
    assert "To mend first" in card.text
    assert "en: 4" in card.text
    assert "4096 at most" in card.text
    assert "Mend first" in await room.refused("Test")
    assert "Mend first" in await room.refused("Start now")


async def test_a_command_in_between_is_no_text_and_a_reply_still_is(room: Newsroom) -> None:
    await room.open()
    prompt = await room.tap("New", "Send me the message")
    await room.olivia.say("/menu")
    await room.until(label="ISO 9001: do I need it?")
    await room.olivia.say("zebra saddles")
    await room.until("could not match")
    assert await room.run(broadcasts.listed) == []
    await room.olivia.say("A rule has changed", reply_to=prompt.message_id)
    await room.until("Which language")


async def test_a_tap_on_a_page_in_between_is_no_text_either(room: Newsroom) -> None:
    await in_the_menu(room.olivia)
    await room.open()
    await room.tap("New", "Send me the message")
    await room.olivia.tap("ISO 9001: do I need it?")
    await room.house.settled()
    await room.quiet()
    await room.olivia.say("zebra saddles")
    await room.until("could not match")
    assert await room.run(broadcasts.listed) == []


async def test_after_an_hour_only_a_reply_is_an_answer(room: Newsroom) -> None:
    await room.open()
    prompt = await room.tap("New", "Send me the message")
    room.later(3600)
    await room.olivia.say("zebra saddles")
    await room.quiet()
    assert await room.run(broadcasts.listed) == []
    await room.olivia.say("A rule has changed", reply_to=prompt.message_id)
    await room.until("Which language")


async def test_an_answer_that_comes_too_late_changes_nothing(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.tap("English", then="Write anew")
    await room.tap("Write anew", "as it should look")
    before = await room.broadcast(id_)
    await room.run(broadcasts.move, id_, "schedule", 5)  # another operator, meanwhile
    await room.olivia.say("It is final.")
    await room.until("Broadcast 1 · scheduled")
    assert (await room.broadcast(id_)).texts == before.texts


async def test_a_text_that_was_taken_out_meanwhile_is_not_written(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    await room.tap("English", then="Buttons")
    await room.tap("Buttons", "one a line")
    await room.run(broadcasts.unwrite, id_, "en")
    await room.olivia.say("Read | iso9001")
    await room.until("Broadcast 1 · draft", label="Another language")
    assert [*(await room.broadcast(id_)).texts] == ["zh_Hans"]


# For whom


async def test_a_filter_is_read_hinted_at_and_saved(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.open(id_)
    card = await room.tap("Audience", then="Write a filter")
    assert card.labels == ["Everybody", "Write a filter", "Back"]
    await room.tap("Write a filter", "key=value")
    await room.olivia.say("lang=zh_Hant")
    await room.until("did you mean zh_Hans?", "key=value")
    await room.olivia.photo("lang=zh_Hans")
    await room.until("has to be written as text")
    await room.olivia.say("lang=zh_Hans  AND\nactive=30d")
    await room.until("For: lang=zh_Hans AND active=30d", label="Preview")
    await room.tap("Audience", then="Save this filter")
    await room.tap("Save this filter", "a name")
    await room.olivia.say("x" * 40)
    await room.until("1 to 32 characters")
    await room.olivia.say("  Chinese,   active ")
    await room.until(label="Chinese, active")
    assert await room.run(audience.saved) == {"Chinese, active": "lang=zh_Hans AND active=30d"}
    await room.tap("Everybody", "everybody who wants news", then="Preview")
    await room.tap("Audience", then="Chinese, active")
    await room.tap("Chinese, active", "For: lang=zh_Hans AND active=30d", then="Preview")
    await room.tap("Preview", "简体中文", then="Back")
    assert ("save", "audience Chinese, active") in await room.acts()


async def test_a_filter_whose_words_are_gone_says_so(room: Newsroom) -> None:
    id_ = await room.ready()
    await room.run(broadcasts.aim, id_, "topic=iso9000")
    card = await room.open(id_)
    assert "To mend first" in card.text
    await room.tap("Preview", "did you mean", then="Back")
    await room.tap("Back", then="Audience")
    await room.tap("Audience", "did you mean", then="Everybody")
    await room.tap("Everybody", then="Test")
    assert "To mend" not in (await room.olivia.screen()).text


async def test_people_without_a_text_are_decided_about_never_guessed(room: Newsroom) -> None:
    id_ = await room.ready(Text("en", "A rule has changed."))
    await room.open(id_)
    await room.tap("Start now", "There is no text in: 简体中文", then="The text in English")
    await room.tap("Leave them out", "Whose language has no text is left out.", then="Start now")
    await room.tap("Preview", "1 person gets it.", "no text in their language: 1")
    await room.tap("Back", then="Languages without text")
    await room.tap("Languages without text", then="The text in English")
    await room.tap("The text in English", "gets it in: English")
    await room.tap("Start now", "2 people get it.")
    await room.tap("Back", then="Schedule")
    assert (await room.broadcast(id_)).fallback == "en"
    assert [act for act, _ in await room.acts()] == ["others", "others"]


async def test_only_who_has_an_english_text_can_give_it_to_others(room: Newsroom) -> None:
    id_ = await room.ready(Text("zh_Hans", "规则变了。"))
    await room.open(id_)
    card = await room.tap("Schedule", "There is no text in: English", then="Leave them out")
    assert card.labels == ["Leave them out", "Back"]


async def test_nobody_is_asked_about_people_the_broadcast_is_not_for(room: Newsroom) -> None:
    id_ = await room.ready(Text("zh_Hans", "规则变了。"))
    await room.run(broadcasts.aim, id_, "lang=zh_Hans")
    card = await room.open(id_)
    assert "Languages without text" not in card.labels
    await room.tap("Start now", "1 person gets it.")
