"""Light Markdown: bold, italic, links, lists and paragraphs, and nothing else."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("zero", {"breaks": True}).enable(["emphasis", "link", "list", "newline", "escape", "entity"])
_MARKS = re.compile(r"([\\*_\[\]&])")
_LIST = re.compile(r"^(\d*)([-+.)])")
"""What makes a list of a line that begins with it."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]+")


class Markdown(str):
    """Text that is light Markdown already: it is not escaped when it is put into a sentence."""

    __slots__ = ()


def escape(text: str) -> Markdown:
    """Any text, so that it shows as it is: no mark in it works, and it stays on its line.

    Control characters and those that turn the direction of writing become spaces, since they could change
    what stands around the text.
    """
    marked = _MARKS.sub(r"\\\1", _UNSEEN.sub(" ", text).strip())
    return Markdown(_LIST.sub(r"\1\\\2", marked))


def tokens(text: str) -> Sequence[Token]:
    """What the text consists of, in the words of markdown-it."""
    return _PARSER.parse(text)


def flat(text: str) -> list[Token]:
    """The tokens with the inner ones of each paragraph in their place."""
    found: list[Token] = []
    line = 0
    for token in tokens(text):
        if token.type == "paragraph_open" and token.map:
            line = token.map[1]
        if token.type.endswith("list_open") and token.map and token.map[0] == line and found:
            found[-1].hidden = True  # no empty line between them: the paragraph leads straight into its list
        found.extend(token.children or [] if token.type == "inline" else [token])
    return found


def bullet(item: Token) -> str:
    """What stands before a list item: its number in a numbered list, a dot in any other."""
    return f"{item.info}. " if item.info else "• "


def html(text: str) -> str:
    """The text as HTML for a page of its own; whatever HTML it holds shows as it is."""
    return str(_PARSER.render(text))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text as a person reads it, without marks: a bullet before each list item, links as their words."""
    parts: list[str] = []
    for token in flat(text):
        if token.type == "text":
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "list_item_open":
            parts.append(bullet(token))
        elif token.type in ("paragraph_close", "bullet_list_close", "ordered_list_close"):
            parts.append("\n" if token.hidden else "\n\n")
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()


@lru_cache(maxsize=4096)
def shape(text: str) -> Counter[str]:
    """How many bold and italic spans, links and list items the text has; equal in every language."""
    counted = {"strong_open": "bold", "em_open": "italic", "link_open": "link", "list_item_open": "list item"}
    return Counter(counted[token.type] for token in flat(text) if token.type in counted)


def units(text: str) -> int:
    """Its length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def width(text: str) -> int:
    """How wide it is on a button: a Chinese character takes the room of two letters."""
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)
