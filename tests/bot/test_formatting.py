"""Light Markdown becomes HTML that Telegram takes and that says the same; HTML is read as a person reads it."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formatting import html, plain
from bot.simulator.markup import parse
from dialogs import markup

PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "**",
                "*",
                "_",
                "__",
                "`",
                "~~",
                "[",
                "](https://a.example/?x=1&y=2)",
                "](tg://user?id=1)",
                "]()",
                "](javascript:x)",
            ),
            *("\n", "\n\n", "- ", "1. ", "2) ", "  - ", "   1. ", "+ ", "> ", "# ", "  \n", "\\\n", "\\*", "\\<"),
            *("<b>", "</b>", "<", ">", "&", "&lt;", "&amp;copy", "&copy ", "&#0;", "&#x41;", '"', "'"),
            *("a", "b & c", "内审员", "👩‍👩‍👧‍👦", " ", "\u202e"),
        ]
    ),
    max_size=14,
).map("".join)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | PIECES


def squeezed(text: str) -> str:
    """Without the empty lines that stood beside a mark."""
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("", ""),
        ("Plain", "Plain"),
        ("**bold** and *italic*", "<b>bold</b> and <i>italic</i>"),
        ("***both***", "<i><b>both</b></i>"),
        ("[a link](https://example.org/?a=1&b=2)", '<a href="https://example.org/?a=1&amp;b=2">a link</a>'),
        ('[q](https://example.org/?a="b")', '<a href="https://example.org/?a=%22b%22">q</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("one\ntwo", "one\ntwo"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("- one\n- two", "• one\n• two"),
        ("Three:\n- one\n- two\n\nEnd", "Three:\n• one\n• two\n\nEnd"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("<b>not bold</b>", "&lt;b&gt;not bold&lt;/b&gt;"),
        ("AT&T, a < b > c, \"q\" 'q'", "AT&amp;T, a &lt; b &gt; c, \"q\" 'q'"),
        ("\\*not italic\\*", "*not italic*"),
    ],
)
def test_light_markdown_as_html(marked: str, shown: str) -> None:
    assert html(marked) == shown


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ("", ""),
        ("a <b>bold</b> word", "a bold word"),
        ('<a href="https://example.org/?a=1&amp;b=2">link</a>', "link"),
        ("<blockquote expandable>quote</blockquote>", "quote"),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("&amp;copy", "&copy"),
        ("2 &lt;b&gt; 3", "2 <b> 3"),
    ],
)
def test_html_as_a_person_reads_it(shown: str, read: str) -> None:
    assert plain(shown) == read


@given(TEXT)
def test_the_html_says_what_the_markdown_says(marked: str) -> None:
    assert squeezed(plain(html(marked))) == markup.plain(marked)


@given(TEXT)
def test_telegram_takes_it(marked: str) -> None:
    text, _ = parse(html(marked), "html")
    assert squeezed(text) == markup.plain(marked)


@given(TEXT)
def test_what_was_escaped_shows_as_it_is(text: str) -> None:
    shown = html(markup.escape(text))
    assert "<" not in shown
    assert Counter(plain(shown).split()) == Counter(markup.plain(markup.escape(text)).split())


@given(TEXT)
def test_there_is_never_more_than_one_empty_line(marked: str) -> None:
    assert "\n\n\n" not in html(marked)
