"""A reply as Telegram shows it: HTML and a keyboard."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape

from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

from dialogs import Button, Part, Reply, markup

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A page full of sources would otherwise end in a picture of the first of them."""

PAIR_WIDTH = 16
"""Two buttons this wide stand side by side on a phone without being cut off."""

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


def text(reply: Reply) -> str:
    """The page as Telegram's HTML, its sources folded away under it."""
    if not reply.sources:
        return html(reply.text)
    return f"{html(reply.text)}\n\n<blockquote expandable>{html(reply.sources)}</blockquote>"


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
    return "".join(parts).replace("\n\n\n", "\n\n").strip()


def keyboard(reply: Reply, visit: int) -> InlineKeyboardMarkup:
    """The buttons, each with the visit it belongs to: a later visit makes it a stale one."""
    rows = [
        [{"text": button.label, "callback_data": f"{visit}:{button.id}"} for button in row]
        for row in _rows(reply.buttons)
    ]
    # Plain rows instead of a model for each button: making nine models costs more than the rest of the page.
    return InlineKeyboardMarkup.model_construct(inline_keyboard=rows)


def tapped(data: str | None) -> tuple[int, str]:
    """The visit and the choice a button carries; visit -1 for data that is not ours."""
    visit, _, choice = (data or "").partition(":")
    return (int(visit), choice) if visit.isdecimal() and visit.isascii() and len(visit) < 19 else (-1, "")


def _rows(buttons: Sequence[Button]) -> Iterator[list[Button]]:
    for part in Part:
        of_part = iter([button for button in buttons if button.part is part])
        waiting = next(of_part, None)
        while waiting:
            following = next(of_part, None)
            if following and _narrow(waiting) and _narrow(following):
                yield [waiting, following]
                waiting = next(of_part, None)
            else:
                yield [waiting]
                waiting = following


def _narrow(button: Button) -> bool:
    return markup.width(button.label) <= PAIR_WIDTH
