"""A reply as Telegram shows it: HTML and a keyboard."""

from collections.abc import Iterator, Sequence

from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

from bot.formatting import html
from dialogs import Button, Part, Reply, markup

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A page full of sources would otherwise end in a picture of the first of them."""

PAIR_WIDTH = 16
"""Two buttons this wide stand side by side on a phone without being cut off."""


def text(reply: Reply) -> str:
    """The page as Telegram's HTML, its sources folded away under it."""
    if not reply.sources:
        return html(reply.text)
    return f"{html(reply.text)}\n\n<blockquote expandable>{html(reply.sources)}</blockquote>"


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
