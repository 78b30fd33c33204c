"""What people write with formatting, and the files they send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import OPERATOR_ID, Simulator, typed
from bot.simulator.errors import ImpossibleError
from bot.simulator.formatted import LONGEST, Formatted
from bot.simulator.markup import units
from tests.bot.person import Person
from tests.bot.simulator.api import MEI, Api, inline, sim
from tests.bot.simulator.test_telegram import impossible


async def test_formatted_text_as_the_bot_hears_it(api: Api, mei: Person) -> None:
    await mei.say("😀 bold /help", entities=[{"type": "bold", "offset": 3, "length": 4}])
    await mei.say_html('see <a href="https://iso.org/x">the <b>page</b></a>\n<blockquote expandable>q</blockquote>')
    first, second = [update["message"] for update in (await api.updates())[1:]]
    assert (first["text"], first["entities"]) == (
        "😀 bold /help",
        [{"type": "bold", "offset": 3, "length": 4}, {"type": "bot_command", "offset": 8, "length": 5}],
    )
    assert second["text"] == "see the page\nq"
    assert {(one["type"], one.get("url", "")) for one in second["entities"]} == {
        ("text_link", "https://iso.org/x"),
        ("bold", ""),
        ("expandable_blockquote", ""),
    }


async def test_a_bot_sends_on_what_it_heard(api: Api, mei: Person) -> None:
    await mei.say_html("  <b>a</b> <i>b</i>")
    heard = (await api.updates())[-1]["message"]
    sent = await api.send(heard["text"], entities=heard["entities"])
    assert (sent["text"], sent["entities"]) == (heard["text"], heard["entities"])
    assert (await mei.screen()).html == "<b>a</b> <i>b</i>"


async def test_plain_text_stays_plain(api: Api, mei: Person) -> None:
    await mei.say("<b>1 < 2</b>")
    message = (await api.updates())[-1]["message"]
    assert (message["text"], "entities" in message) == ("<b>1 < 2</b>", False)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities: "),
        ({"text": "x", "parse_mode": "bbcode"}, "unsupported parse_mode"),
        ({"text": "x", "entities": {}, "parse_mode": 5}, "unsupported parse_mode"),
        ({"text": "x", "entities": "bold"}, "entities are a list"),
        ({"text": "x", "entities": [{"type": "bold"}]}, "can't parse MessageEntity: "),
        (
            {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            "entity beginning at UTF-16 offset 0",
        ),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "write something first"),
    ],
)
async def test_formatting_no_client_sends(
    simulator: Simulator, mei: Person, content: dict[str, object], complaint: str
) -> None:
    assert (await impossible(simulator, f"/sim/people/{MEI}/text", content)).startswith(complaint)
    assert len((await mei.chat())["messages"]) == 1


async def test_a_long_formatted_text_is_split(api: Api, mei: Person) -> None:
    await mei.say("😀" * 5000, entities=[{"type": "bold", "offset": 8000, "length": 400}])
    first, second = [update["message"] for update in (await api.updates())[1:]]
    assert (len(first["text"]), len(second["text"])) == (4096, 904)
    assert first["entities"] == [{"type": "bold", "offset": 8000, "length": 192}]
    assert second["entities"] == [{"type": "bold", "offset": 0, "length": 208}]


@given(st.text("a😀é", min_size=1, max_size=60), st.integers(1, 20), st.data())
def test_pieces_together_are_the_whole(text: str, longest: int, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, units(text) - 1))
    entity = {"type": "bold", "offset": begin, "length": data.draw(st.integers(1, units(text) - begin))}
    parts = list(typed.cut(Formatted(text, [entity]), longest))
    assert "".join(part.text for part in parts) == text
    assert all(len(part.text) <= longest for part in parts)
    assert sum(one["length"] for part in parts for one in part.entities) == entity["length"]
    for part in parts:
        assert all(one["offset"] >= 0 and one["offset"] + one["length"] <= units(part.text) for one in part.entities)


async def test_an_edit_with_formatting(api: Api, mei: Person) -> None:
    sent = await mei.say("before")
    await mei.post("edit", message_id=sent["message_ids"][0], text="<b>after</b>", parse_mode="HTML")
    edited = (await api.updates())[-1]["edited_message"]
    assert (edited["text"], edited["entities"][0]["type"]) == ("after", "bold")


# --- photos and documents ---


async def test_a_photo_as_the_bot_hears_it(api: Api, mei: Person) -> None:
    sent = await mei.photo("<b>新</b>", parse_mode="HTML")
    update = (await api.updates())[-1]
    message = update["message"]
    assert (update["update_id"], message["message_id"]) == (sent["update_id"], sent["message_id"])
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("新", "bold")
    assert "text" not in message
    assert message["photo"][-1]["file_id"] == sent["file_id"]
    assert [size["width"] for size in message["photo"]] == [90, 320, 800, 1280]


async def test_a_document_as_the_bot_hears_it(api: Api, mei: Person) -> None:
    asked = await api.send("your certificate?")
    sent = await mei.document("iso9001.pdf", "mine", size=5, reply_to=asked["message_id"])
    message = (await api.updates())[-1]["message"]
    assert message["document"]["file_id"] == sent["file_id"]
    assert (message["document"]["file_name"], message["document"]["file_size"]) == ("iso9001.pdf", 5)
    assert (message["caption"], message["reply_to_message"]["text"]) == ("mine", "your certificate?")
    shown = (await mei.chat())["messages"][-1]
    assert (shown["text"], shown["media"]["name"], shown["other"]) == ("mine", "iso9001.pdf", [])


async def test_the_operator_composes_and_everybody_gets_it(simulator: Simulator, api: Api, mei: Person) -> None:
    async with Person(simulator.api_base, OPERATOR_ID) as olivia:
        await olivia.photo("<b>A rule</b> changes", parse_mode="HTML")
        (heard,) = [update["message"] for update in await api.updates() if update["message"]["from"]["id"] != MEI]
        await api.ok(
            "sendPhoto",
            chat_id=MEI,
            photo=heard["photo"][0]["file_id"],
            caption=heard["caption"],
            caption_entities=heard["caption_entities"],
            reply_markup=inline(["Stop news"]),
        )
    screen = await mei.screen()
    assert (screen.media, screen.html, screen.labels) == ("photo", "<b>A rule</b> changes", ["Stop news"])


async def test_a_first_word_may_be_a_photo(api: Api, sam: Person) -> None:
    await sam.photo()
    assert (await sam.chat())["person"]["started"] is True
    assert (await api.updates())[0]["message"]["photo"]


async def test_an_edited_caption(api: Api, mei: Person) -> None:
    sent = await mei.photo("before")
    await mei.edit(sent["message_id"], "after")
    edited = (await api.updates())[-1]["edited_message"]
    assert (edited["caption"], len(edited["photo"])) == ("after", 4)
    await mei.edit(sent["message_id"], "")
    assert "caption" not in (await api.updates())[-1]["edited_message"]


@pytest.mark.parametrize(
    ("action", "content", "complaint"),
    [
        ("photo", {"caption": "x" * 1025}, "a caption has at most 1024 characters"),
        ("document", {"caption": "<p>", "parse_mode": "HTML"}, "can't parse entities: "),
        ("photo", {"size": 10 * 2**20 + 1}, "file of size 10485761 bytes is too big for a photo"),
        ("photo", {"width": 9999}, "PHOTO_INVALID_DIMENSIONS"),
        ("photo", {"width": -5, "height": -5}, "PHOTO_INVALID_DIMENSIONS"),
        ("photo", {"width": "wide"}, "invalid literal"),
        ("document", [], "send a JSON object"),
    ],
)
async def test_a_file_no_client_sends(
    simulator: Simulator, mei: Person, action: str, content: object, complaint: str
) -> None:
    assert (await impossible(simulator, f"/sim/people/{MEI}/{action}", content)).startswith(complaint)
    assert len((await mei.chat())["messages"]) == 1


async def test_who_cannot_send_one(simulator: Simulator, mei: Person) -> None:
    await mei.block()
    for action in ("photo", "document"):
        assert await impossible(simulator, f"/sim/people/{MEI}/{action}", {}) == "unblock the bot first"
        assert await impossible(simulator, f"/sim/people/7/{action}", {}) == "there is nobody with the id 7"


async def test_the_list_of_people_names_a_file(simulator: Simulator, mei: Person) -> None:
    for sent, gist in [(mei.photo(), "Photo"), (mei.document("a.csv"), "a.csv"), (mei.photo("words"), "words")]:
        await sent
        people = (await sim(simulator, "GET", "/sim/people"))[1]["people"]
        assert people[0]["last"]["text"] == gist


def test_a_caption_of_its_own_length() -> None:
    assert typed.caption("x" * 1024).text == "x" * 1024
    assert typed.caption("") == Formatted("", [])
    with pytest.raises(ImpossibleError, match="at most 1024"):
        typed.caption("x" * 1025)
    assert [len(piece.text) for piece in typed.pieces("x" * (LONGEST + 1))] == [LONGEST, 1]
