"""A reply as Telegram's HTML and keyboard, judged by Telegram's own parser."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tdjson import td_execute

import dialogs
from bot import formatting
from bot.chat import screen
from dialogs import Button, Part, Reply, Seller, limits, markup
from tests import stories
from tests.bot.chat.house import CONVERSATION

LANGUAGES = list(CONVERSATION.voices.languages)


def parsed(text: str) -> dict[str, Any]:
    """What Telegram makes of HTML: `text` and `entities`, or an error."""
    question = {"@type": "parseTextEntities", "text": text, "parse_mode": {"@type": "textParseModeHTML"}}
    answer: dict[str, Any] = json.loads(td_execute(json.dumps(question).encode()) or b"{}")
    assert answer["@type"] == "formattedText", f"{answer.get('message')}: {text}"
    return answer


def visitor(page: str, lang: str) -> Seller:
    """Somebody on that page, with every answer given."""
    topic = CONVERSATION.content.topics[page.partition(".")[0]]
    answers = {
        f"{topic.id}.{other.ask}": other.choices[0].id if other.choices else "12"
        for other in topic.pages.values()
        if other.ask
    }
    start = CONVERSATION.content.topics["auditors"].start
    return Seller(
        1, lang=lang, state=page, topic="auditors", answers=answers, history=["home.menu"], paths={"auditors": [start]}
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", CONVERSATION.pages)
def test_every_page_passes_telegrams_own_parser_as_it_was_meant(page: str, lang: str) -> None:
    reply = dialogs.show(CONVERSATION, visitor(page, lang), stories.TODAY)
    answer = parsed(screen.text(reply))
    meant = f"{markup.plain(reply.text)}\n\n{markup.plain(reply.sources)}".strip()
    assert answer["text"] == meant
    assert markup.units(meant) <= limits.MESSAGE


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", CONVERSATION.pages)
def test_every_keyboard_is_one_telegram_takes(page: str, lang: str) -> None:
    reply = dialogs.show(CONVERSATION, visitor(page, lang), stories.TODAY)
    rows: Any = screen.keyboard(reply, 2**31).inline_keyboard  # plain rows, see there
    buttons = [button for row in rows for button in row]
    assert buttons
    assert all(1 <= len(row) <= 2 for row in rows)
    for button in buttons:
        assert 1 <= len(button["callback_data"].encode()) <= limits.CALLBACK_BYTES
        assert 1 <= markup.width(button["text"]) <= limits.LABEL_WIDTH
    assert [button["text"] for button in buttons] == [button.label for button in reply.buttons]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("**bold** and *italic*", "<b>bold</b> and <i>italic</i>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("[words](https://a.example/?x=1&y=2)", '<a href="https://a.example/?x=1&amp;y=2">words</a>'),
        ("- one\n- two", "• one\n• two"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("one\ntwo", "one\ntwo"),
        ("Before:\n\n- item\n\nAfter", "Before:\n\n• item\n\nAfter"),
        ("# no heading, `no code`, <b>no tag</b>", "# no heading, `no code`, &lt;b&gt;no tag&lt;/b&gt;"),
        ("", ""),
    ],
)
def test_light_markdown_becomes_telegrams_html(marked: str, expected: str) -> None:
    assert formatting.html(marked) == expected


@given(st.text())
def test_a_value_from_outside_gets_no_formatting_of_its_own(value: str) -> None:
    text = formatting.html(f"**before** {markup.escape(value)}")
    kinds = [entity["type"]["@type"] for entity in parsed(text)["entities"]]
    found_by_the_server = {"textEntityTypeUrl", "textEntityTypeEmailAddress", "textEntityTypeMention",
                           "textEntityTypeHashtag", "textEntityTypeCashtag", "textEntityTypeBotCommand"}  # fmt: skip
    assert [kind for kind in kinds if kind not in found_by_the_server] == ["textEntityTypeBold"]


def test_sources_are_folded_away() -> None:
    reply = dialogs.show(CONVERSATION, visitor("auditors.offer", "en"), stories.TODAY)
    assert "\n\n<blockquote expandable><b>Sources</b>" in screen.text(reply)


def reply_with(*labels: str) -> Reply:
    """A reply with those ways on, and Back and Menu."""
    own = [Button(f"c{n}", label, Part.OWN) for n, label in enumerate(labels)]
    leave = [Button("back", "Back", Part.LEAVE), Button("home", "Menu", Part.LEAVE)]
    return Reply("t.p", "v", "en", markup.Markdown("x"), markup.Markdown(""), (*own, *leave))


def test_narrow_buttons_stand_in_pairs_and_wide_ones_alone() -> None:
    keyboard = screen.keyboard(reply_with("Yes", "No", "A label that takes a whole row", "Perhaps"), 3)
    rows = [[button["text"] for button in row] for row in keyboard.inline_keyboard]  # type: ignore[index]
    assert rows == [["Yes", "No"], ["A label that takes a whole row"], ["Perhaps"], ["Back", "Menu"]]


def test_a_button_carries_its_visit() -> None:
    keyboard = screen.keyboard(reply_with("Yes"), 41)
    assert keyboard.inline_keyboard[0][0]["callback_data"] == "41:c0"  # type: ignore[index]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("41:internal", (41, "internal")),
        ("0:open.auditors", (0, "open.auditors")),
        ("3:a:b", (3, "a:b")),
        (None, (-1, "")),
        ("", (-1, "")),
        ("x:home", (-1, "")),
        ("-1:home", (-1, "")),
        ("²:home", (-1, "")),
        ("9" * 19 + ":home", (-1, "")),
    ],
)
def test_what_a_button_carries_is_read_back(data: str | None, expected: tuple[int, str]) -> None:
    assert screen.tapped(data) == expected


@given(st.text(max_size=64))
def test_any_data_is_read_without_an_error(data: str) -> None:
    visit, choice = screen.tapped(data)
    assert visit >= -1
    assert visit >= 0 or choice == ""
