"""HTML to text and entities: by our own parser, by TDLib, and both against each other."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator import markup

tdlib = pytest.mark.skipif(markup.execute() is None, reason="tdjson is not installed")
Parser = Callable[[str], markup.Parsed]


def by_tdlib(text: str) -> markup.Parsed:
    return markup.parse_by_tdlib(text, "html")


@pytest.fixture(params=[markup.parse_html, pytest.param(by_tdlib, marks=tdlib)], ids=["own", "tdlib"])
def parse(request: pytest.FixtureRequest) -> Parser:
    parser: Parser = request.param
    return parser


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("b strong", "bold"),
        ("i em", "italic"),
        ("u ins", "underline"),
        ("s strike del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
    ],
)
def test_plain_tags(parse: Parser, tags: str, kind: str) -> None:
    for tag in tags.split():
        assert parse(f"a<{tag}>b</{tag}>c") == ("abc", [entity(kind, 1, 1)])
        assert parse(f"<{tag.upper()}>b</{tag}>") == ("b", [entity(kind, 0, 1)])


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("", "", []),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<span class=tg-spoiler>x</span>", "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ('<a href="http://a.b?x=1&amp;y">z</a>', "z", [entity("text_link", 0, 1, url="http://a.b/?x=1&y")]),
        ("<a>http://a.b</a>", "http://a.b", [entity("text_link", 0, 10, url="http://a.b/")]),
        ("<a href='nope'>x</a>", "x", []),
        ("<a href='tg://user?id=5'>x</a>", "x", [entity("text_mention", 0, 1, user={"id": 5})]),
        ('<pre><code class="language-py">x</code></pre>', "x", [entity("pre", 0, 1, language="py")]),
        ('<code class="language-py"><pre>x</pre></code>', "x", [entity("pre", 0, 1, language="py")]),
        ('<code class="language-py">x</code>', "x", [entity("code", 0, 1)]),
        ("<pre>x<code class='language-a'>y</code></pre>", "xy", [entity("pre", 0, 2), entity("code", 1, 1)]),
        ("<tg-emoji emoji-id='55'>😀</tg-emoji>", "😀", [entity("custom_emoji", 0, 2, custom_emoji_id="55")]),
        ("<tg-time unix='5' format='wDT'>x</tg-time>", "x", [entity("date_time", 0, 1, unix_time=5)]),
        ("<tg-time>x</tg-time>", "x", []),
        ("&lt;&gt;&amp;&quot; &#128512; &#x1F600;", '<>&" 😀 😀', []),
        ("&nbsp;&apos;&copy; &lt1 & &#0; &#x; &;", "&nbsp;&apos;&copy; <1 & &#0; &#x; &;", []),
        ("a > b", "a > b", []),
        ("<b></b>", "", []),
        ("<b>x</>", "x", [entity("bold", 0, 1)]),
        ("<b >x</b >", "x", [entity("bold", 0, 1)]),
        ("😀<b>é</b>", "😀é", [entity("bold", 2, 1)]),
        ("<i><b>x</b></i>", "x", [entity("bold", 0, 1), entity("italic", 0, 1)]),
        ("  x  ", "  x  ", []),
    ],
)
def test_what_comes_out(parse: Parser, text: str, plain: str, entities: list[Any]) -> None:
    assert parse(text) == (plain, entities)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("é<p>", 'Unsupported start tag "p" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b x", 'Unclosed start tag "b" at byte offset 0'),
        ("<b x=", 'Unclosed start tag "b" at byte offset 0'),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a href=x", "Unclosed start tag at byte offset 0"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<i><b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<span class='x'>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=http://a.b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<tg-emoji emoji-id='x'>😀</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("<tg-time unix=5 format=z>x</tg-time>", "Invalid date format used"),
        (
            "&#xd83d;",
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units",
        ),
    ],
)
def test_complaints(parse: Parser, text: str, complaint: str) -> None:
    with pytest.raises(markup.MarkupError) as caught:
        parse(text)
    assert str(caught.value) == complaint


PIECES = [
    "<", ">", "</", "<b", "<b>", "</b>", "<i>", "</i>", "<a href=", "<a href='http://a.b/", "</a>", "<pre>", "</pre>",
    "<code>", "<code class='language-x'>", "</code>", "<blockquote>", "<blockquote expandable>", "</blockquote>",
    "<span class=tg-spoiler>", "<span>", "</span>", "<tg-time unix=", "</tg-time>", "<tg-emoji emoji-id=", "5",
    "=", "'", '"', "&", "&lt", "&#65;", "&#x", ";", " ", "\n", "\0", ".", "-", "/", "x", "é", "😀", "中",
]  # fmt: skip


def outcome(parser: Parser, text: str) -> markup.Parsed | str:
    try:
        return parser(text)
    except markup.MarkupError as error:
        return str(error)


@tdlib
@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_both_agree_on_odd_markup(text: str) -> None:
    assert outcome(markup.parse_html, text) == outcome(by_tdlib, text)


@tdlib
@settings(max_examples=500, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_both_agree_on_any_text(text: str) -> None:
    assert outcome(markup.parse_html, text) == outcome(by_tdlib, text)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_escaped_text_comes_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert markup.parse_html(f"<b>{escaped}</b>")[0] == text


@tdlib
def test_markdown_is_judged_by_tdlib() -> None:
    assert markup.parse("*x* _y_", "markdownv2") == ("x y", [entity("bold", 0, 1), entity("italic", 2, 1)])
    with pytest.raises(markup.MarkupError, match=r"Character '\.' is reserved and must be escaped"):
        markup.parse("a.", "markdownv2")
    assert markup.available("markdown")
    assert not markup.available("rst")


@pytest.fixture
def without_tdlib(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "tdjson", None)
    markup.execute.cache_clear()
    yield
    markup.execute.cache_clear()


def test_without_tdlib_html_still_works(without_tdlib: None) -> None:
    assert markup.parse("<b>x</b>", "html") == ("x", [entity("bold", 0, 1)])
    assert markup.available("html")
    assert not markup.available("markdownv2")


def test_units_are_utf16() -> None:
    assert [markup.units(text) for text in ("", "a", "中", "😀", "👨‍👩‍👧")] == [0, 1, 1, 2, 8]
