"""Cleaning, nesting and trimming of texts, and what the server finds in them by itself."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator import formatted
from bot.simulator.errors import ApiError
from bot.simulator.markup import parse_html, units


def settled(html: str) -> list[tuple[str, str]]:
    """What is left of a marked-up text: kind and covered text of every entity."""
    result = formatted.settle(*parse_html(html))
    wide = result.text.encode("utf-16-le")
    return [
        (one["type"], wide[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le"))
        for one in result.entities
    ]


def refusal(text: str, **arguments: str) -> str:
    with pytest.raises(ApiError) as caught:
        formatted.settle(*formatted.read(text, arguments.get("mode", ""), arguments.get("entities", "")))
    return caught.value.description.removeprefix("Bad Request: ")


# --- cleaning and trimming ---


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  hi \n", "hi"),
        ("a\r\nb", "a\nb"),
        ("a\tb\x01c", "a b c"),
        ("a\u202eb\u2028c", "abc"),
        ("a\u0333b", "ab"),
        ("\u3000中", "\u3000中"),
    ],
)
def test_cleaning(given: str, kept: str) -> None:
    assert formatted.settle(given, []).text == kept


def test_entities_move_along_when_something_vanishes() -> None:
    result = formatted.settle("\r😀\rab", [{"type": "bold", "offset": 4, "length": 2}])
    assert (result.text, result.entities) == ("😀ab", [{"type": "bold", "offset": 2, "length": 2}])


def test_leading_space_stays_before_an_entity_that_begins_earlier() -> None:
    result = formatted.settle("  a", [{"type": "text_link", "url": "http://a.b/", "offset": 1, "length": 2}])
    assert result.text == " a"
    assert result.entities[0]["offset"] == 0


def test_trailing_space_is_cut_off_entities_too() -> None:
    assert settled("<b>a  </b>  ") == [("bold", "a")]
    assert settled("x <a href='http://a.b'>  </a>") == []


@pytest.mark.parametrize("text", [" ", "\n\n", "\r", "<b> </b>", "<b></b>", "\u202e"])
def test_nothing_left(text: str) -> None:
    assert refusal(text, mode="HTML") == "text must be non-empty"


# --- nesting ---


@pytest.mark.parametrize(
    ("html", "entities"),
    [
        ("<b>a<b>b</b></b>", [("bold", "ab")]),
        ("<b>a</b><b>b</b>", [("bold", "ab")]),
        ("<code><b>x</b></code>", [("code", "x")]),
        ("<b>a<code>x</code>b</b>", [("bold", "a"), ("code", "x"), ("bold", "b")]),
        ("<b>a<a href='http://c.d'>x</a></b>", [("bold", "a"), ("text_link", "x"), ("bold", "x")]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", [("blockquote", "ab")]),
        ("<blockquote>a<code>b</code></blockquote>", [("blockquote", "ab"), ("code", "b")]),
        ("<code>a<blockquote>b</blockquote></code>", [("code", "ab")]),
        ("<b> <i>x</i></b>", [("bold", "x"), ("italic", "x")]),
        ("<b>a<i>b</i>c</b>", [("bold", "abc"), ("italic", "b")]),
        ("<u>a<b>b</b></u>", [("underline", "ab"), ("bold", "b")]),
    ],
)
def test_nesting(html: str, entities: list[tuple[str, str]]) -> None:
    assert settled(html) == entities


def test_crossing_entities_give_way() -> None:
    crossing = [{"type": "code", "offset": 0, "length": 3}, {"type": "code", "offset": 2, "length": 3}]
    assert formatted.settle("abcdef", crossing).entities == crossing[:1]


def test_a_quote_that_begins_with_a_hidden_entity_keeps_its_space() -> None:
    spans = [
        {"type": "blockquote", "offset": 1, "length": 4},
        {"type": "custom_emoji", "offset": 2, "length": 2, "custom_emoji_id": "1"},
    ]
    result = formatted.settle("a   bcd", spans)
    assert [(one["offset"], one["length"]) for one in result.entities] == [(2, 3), (2, 2)]


def test_at_most_a_hundred_entities() -> None:
    assert len(settled("<code>a</code> " * 130)) == 100


SPANS = st.builds(
    lambda kind, offset, length: {"type": kind, "offset": offset, "length": length},
    st.sampled_from(["bold", "italic", "spoiler", "code", "pre", "blockquote", "custom_emoji"]),
    st.integers(0, 12),
    st.integers(0, 12),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(SPANS, max_size=6))
def test_entities_never_cross(spans: list[dict[str, Any]]) -> None:
    text = "ab cd\n  efghij klm  nopqrstuvw"
    result = formatted.settle(text, spans)
    for one in result.entities:
        begin, end = one["offset"], one["offset"] + one["length"]
        assert 0 <= begin < end <= units(result.text)
        for other in result.entities:
            starts_inside = begin < other["offset"] < end
            assert not (starts_inside and other["offset"] + other["length"] > end)


# --- explicit entities ---


def test_explicit_entities_are_taken() -> None:
    entities = [
        {"type": "bold", "offset": 0, "length": 1, "extra": 1},
        {"type": "text_link", "offset": 1, "length": 1, "url": "a.b"},
        {"type": "text_link", "offset": 2, "length": 1, "url": "tg://user?id=7"},
        {"type": "url", "offset": 0, "length": 1},
        {"type": "unheard_of", "offset": 0, "length": 1},
    ]
    text, taken = formatted.read("abc", "", json.dumps(entities))
    assert text == "abc"
    assert [one["type"] for one in taken] == ["bold", "text_link", "text_mention"]
    assert taken[1]["url"] == "http://a.b/"


@pytest.mark.parametrize("raw", ["", "nonsense", "{}", "5", "null"])
def test_what_is_no_list_counts_as_no_entities(raw: str) -> None:
    assert formatted.read("x", "", raw) == ("x", [])


def one_entity(**fields: Any) -> str:
    return json.dumps([{"type": "bold", "offset": 0, "length": 1} | fields])


@pytest.mark.parametrize(
    ("text", "entities", "complaint"),
    [
        ("a", "[5]", "can't parse MessageEntity: expected an Object"),
        ("a", "[{}]", 'can\'t parse MessageEntity: field "offset" must be of type Number'),
        ("a", one_entity(type=5), 'can\'t parse MessageEntity: field "type" must be of type String'),
        (
            "a",
            one_entity(offset=0, length=5),
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 5",
        ),
        ("a", one_entity(offset=9), "entity begins after the end of the text at UTF-16 offset 9"),
        ("a", one_entity(offset=-1), "receive an entity with incorrect offset -1"),
        ("a", one_entity(length=-1), "receive an entity with incorrect length -1"),
        ("😀", one_entity(offset=1), "entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        ("😀", one_entity(), "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol"),
        ("a", one_entity(type="text_link", url="x"), "entity URL 'x' is invalid: Wrong HTTP URL"),
    ],
)
def test_bad_entities(text: str, entities: str, complaint: str) -> None:
    assert refusal(text, entities=entities) == complaint


# --- the first look ---


@pytest.mark.parametrize(
    ("text", "mode", "complaint"),
    [
        ("", "", "message text is empty"),
        ("中" * 10923, "", "text is too long"),
        ("x", "bbcode", "unsupported parse_mode"),
        ("<p>", "HTML", 'can\'t parse entities: Unsupported start tag "p" at byte offset 0'),
    ],
)
def test_refused_at_once(text: str, mode: str, complaint: str) -> None:
    assert refusal(text, mode=mode) == complaint


def test_parse_mode_none_is_none() -> None:
    assert formatted.read("<b>", "None", "") == ("<b>", [])


# --- what is found ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", [("bot_command", "/start")]),
        ("go /help@certguide_bot now", [("bot_command", "/help@certguide_bot")]),
        ("a/b http://x.y/z", [("url", "http://x.y/z")]),
        ("see readme.md and iso.org.", [("url", "readme.md"), ("url", "iso.org")]),
        ("a@b.com", [("email", "a@b.com")]),
        ("@name @ab", [("mention", "@name")]),
        ("#iso9001 #9001", [("hashtag", "#iso9001")]),
        ("#认证", [("hashtag", "#认证")]),
        ("$USD $usd", [("cashtag", "$USD")]),
        ("<code>/start</code> http://a.b", [("code", "/start")]),
        ("e.g. this", []),
    ],
)
def test_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [one for one in settled(text) if not re.match("http://a", one[1])] == expected


def test_found_in_bold_cuts_it() -> None:
    assert settled("<b>see /help now</b>") == [
        ("bold", "see "),
        ("bot_command", "/help"),
        ("bold", "/help"),
        ("bold", "now"),
    ]
