"""Light Markdown as Telegram's HTML, and that HTML as plain text."""

import re
from functools import lru_cache
from html import escape, unescape

from dialogs import markup

TAGS = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "em_open": "<i>",
    "em_close": "</i>",
    "link_close": "</a>",
    "softbreak": "\n",
    "hardbreak": "\n",
    "bullet_list_close": "\n\n",
    "ordered_list_close": "\n\n",
}


@lru_cache(maxsize=4096)
def html(marked: str) -> str:
    """Light Markdown as Telegram's HTML, which knows neither paragraphs nor lists."""
    parts: list[str] = []
    for token in markup.flat(marked):
        if token.type == "text":
            parts.append(escape(token.content, quote=False))
        elif token.type == "link_open":
            parts.append(f'<a href="{escape(str(token.attrs["href"]))}">')
        elif token.type == "list_item_open":
            parts.append(markup.bullet(token))
        elif token.type == "paragraph_close":
            parts.append("\n" if token.hidden else "\n\n")
        else:
            parts.append(TAGS.get(token.type, ""))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()


def plain(html_: str) -> str:
    """What a person reads of Telegram's HTML."""
    return unescape(re.sub(r"<[^<>]*>", "", html_))
