"""Light Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.markup import Markdown, bullet, escape, flat, plain, shape, units, width

HOSTILE = "*_`~[]()<>#+-.!|\\&;:/1234567890abc \t\n\r{}=\"'\u2028\u200b\u202e（）。，中"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", ""),
        ("words", "words"),
        ("**bold** and *italic*", "bold and italic"),
        ("***both***", "both"),
        ("_italic_ too", "italic too"),
        ("one\ntwo", "one\ntwo"),
        ("one  \ntwo", "one\ntwo"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("- one\n- two", "• one\n• two"),
        ("- one\n\n- two", "• one\n\n• two"),
        ("before\n\n- one\n- two\n\nafter", "before\n\n• one\n• two\n\nafter"),
        ("before\n- one\n- two", "before\n• one\n• two"),
        ("**before**\n1. one", "before\n1. one"),
        ("- one\n- two\n\nafter\n- three", "• one\n• two\n\nafter\n• three"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("[words](https://example.org)", "words"),
        ("[words](<https://example.org/a b>)", "words"),
        (r"\*not italic\*", "*not italic*"),
        ("&amp; &lt;", "& <"),
        ("# no heading", "# no heading"),
        ("> no quote", "> no quote"),
        ("`no code`", "`no code`"),
        ("<b>no tag</b>", "<b>no tag</b>"),
        ("https://example.org", "https://example.org"),
        ("![no picture](x)", "!no picture"),
        ("---", "---"),
    ],
)
def test_a_person_reads_it_without_marks(text: str, seen: str) -> None:
    assert plain(text) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("这是**认证**的", "这是认证的"),
        ("**认证**。", "认证。"),
        ("**认证：** 说明", "认证： 说明"),
        ("**你好。**世界", "**你好。**世界"),  # a mark that works in no Markdown; `check` names it
        ("**（甲）**乙", "**（甲）**乙"),
        ("*“甲”*", "“甲”"),
    ],
)
def test_chinese_beside_marks(text: str, seen: str) -> None:
    assert plain(text) == seen


def test_the_bullet_of_a_list_item() -> None:
    dots = [bullet(token) for token in flat("- a\n- b") if token.type == "list_item_open"]
    numbers = [bullet(token) for token in flat("8. a\n9. b") if token.type == "list_item_open"]
    assert dots == ["• ", "• "]
    assert numbers == ["8. ", "9. "]


def test_its_shape_counts_marks() -> None:
    counted = shape("**a** *b* **c** [d](https://e.org)\n\n- *f*\n- g\n\n1. h")
    assert counted == {"bold": 2, "italic": 2, "link": 1, "list item": 3}
    assert not shape("nothing \\*here\\*")


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("中文", 2), ("🙂", 2), ("é", 1), ("👩‍💻", 5)])
def test_length_is_counted_as_telegram_does(text: str, length: int) -> None:
    assert units(text) == length


@pytest.mark.parametrize(("text", "room"), [("", 0), ("abc", 3), ("中文", 4), ("ISO 认证", 8), ("é", 1), ("🙂", 2)])
def test_a_chinese_character_is_as_wide_as_two_letters(text: str, room: int) -> None:
    assert width(text) == room


def _visible(text: str) -> str:
    """The characters somebody sees; how wide the gaps are doesn't matter."""
    unseen = r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]"
    return re.sub(r"\s+", " ", re.sub(unseen, " ", text)).strip()


@pytest.mark.parametrize(
    "text",
    [
        "*bold*",
        "**",
        "__init__",
        "[a](https://b.org)",
        "[a]",
        "<script>alert(1)</script>",
        "&amp;",
        "&#42;",
        "1. first",
        "12) twelfth",
        "- item",
        "+1",
        "# title",
        "> quote",
        "`code`",
        "a\\",
        "\\*",
        "a | b",
        "a\nb",
        "a\n- b",
        "a\n\n1. b",
        "$x^2$",
        "!",
        "~~gone~~",
    ],
)
def test_a_value_shows_as_it_is(text: str) -> None:
    assert plain(escape(text)) == _visible(text)


def test_what_turns_the_writing_round_becomes_a_space() -> None:
    assert plain(escape("a\u202eb\u2066c\x00d")) == "a b c d"


@given(st.one_of(st.text(), st.text(alphabet=HOSTILE)))
def test_no_value_becomes_a_mark(text: str) -> None:
    value = escape(text)
    assert _visible(plain(value)) == _visible(text)
    assert not shape(value)
    assert "\n" not in value


@given(
    st.one_of(st.text(), st.text(alphabet=HOSTILE)),
    st.sampled_from(
        ["**before** {} *after*", "*{}*", "- {}\n- two", "{}\n\nafter", "[{}](<https://a.org>), read", "x{}"]
    ),
)
def test_no_value_disturbs_what_stands_around_it(text: str, around: str) -> None:
    value = escape(text)
    filled = around.format(value) if _visible(text) else around.format("v")
    assert shape(filled) == shape(around.format("v"))


@given(st.one_of(st.text(), st.text(alphabet=HOSTILE)))
def test_no_text_breaks_it(text: str) -> None:
    seen = plain(text)
    assert seen == seen.strip()
    assert units(seen) >= len(seen)
    assert width(text) >= len(text)
    assert sum(shape(text).values()) >= 0


def test_markdown_is_a_text_that_says_so() -> None:
    assert isinstance(escape("x"), Markdown)
    assert Markdown("*x*") == "*x*"
