"""What an operator sends while he writes a broadcast, read: a text, its buttons, a moment to begin."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram.enums import ContentType
from aiogram.types import Message

from bot.store.broadcasts import Text
from dialogs import limits, markup

MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\sT,，]*(\d{1,2})\s*[:：点时.]\s*(\d{1,2})\s*分?"
)
FARTHEST = 366 * 86_400
"""Seconds: how long before it begins a broadcast can be scheduled: what is farther away is a slip of the year."""
NONE = ("-", "–", "—")
"""What says: no buttons."""


class MistakeError(Exception):
    """What he sent is no answer; the phrase that tells why, and its values."""

    def __init__(self, name: str, **values: str | int) -> None:
        super().__init__(name)
        self.name, self.values = name, values


class RefusedError(Exception):
    """It can't be done as things stand; the phrase that tells why, and its values."""

    def __init__(self, name: str, **values: str | int) -> None:
        super().__init__(name)
        self.name, self.values = name, values


def message_text(message: Message, lang: str = "", before: Text | None = None, *, words_only: bool = False) -> Text:
    """The message as a text that looks the same; its buttons are those of the text before.

    `words_only`: a correction, which can't make a picture of a text. Raises MistakeError.
    """
    buttons = before.buttons if before else ()
    if message.media_group_id:
        raise MistakeError("broadcast-bad-album")
    html = message.html_text
    if words_only and before:
        if message.content_type != ContentType.TEXT:
            raise MistakeError("broadcast-bad-words")
        return Text(lang, html, before.kind, before.file, buttons)
    if message.content_type == ContentType.TEXT:
        return Text(lang, html, buttons=buttons)
    if message.content_type == ContentType.PHOTO and message.photo:
        return Text(lang, html, "photo", message.photo[-1].file_id, buttons)
    if message.content_type == ContentType.DOCUMENT and message.document:
        return Text(lang, html, "document", message.document.file_id, buttons)
    raise MistakeError("broadcast-bad-kind")


def plain(message: Message) -> str:
    """What was written as plain text, on one line where it matters. Raises MistakeError for a picture."""
    if not message.text or not message.text.strip():
        raise MistakeError("broadcast-bad-plain")
    return message.text.strip()


def buttons(written: str) -> tuple[tuple[str, str], ...]:
    """Lines `Label | address or topic`; a dash alone for none. Raises MistakeError with the first bad line."""
    if written.strip() in NONE:
        return ()
    found = []
    for line in filter(None, map(str.strip, written.splitlines())):
        label, bar, to = (part.strip() for part in line.replace("｜", "|").rpartition("|"))
        if not bar or not label or not to or any(map(str.isspace, to)):
            raise MistakeError("broadcast-bad-line", line=line[:60])
        found.append((label, to))
    return tuple(found)


def moment(written: str, zone: str, now: float) -> int:
    """Day and time in that zone as Unix seconds. Raises MistakeError for what is none, is over, or is too far."""
    match = MOMENT.fullmatch(written.strip())
    today = datetime.fromtimestamp(now, ZoneInfo(zone))
    try:
        local = datetime(*map(int, match.groups()), tzinfo=today.tzinfo) if match else None  # type: ignore[arg-type, misc]
    except ValueError:  # the 31st of February
        local = None
    if local is None:
        raise MistakeError("broadcast-bad-moment", example=example(zone, now))
    if abs(local.year - today.year) > 1 or local.timestamp() - now > FARTHEST:
        raise MistakeError(
            "broadcast-bad-far" if local.year > today.year else "broadcast-bad-over", now=clock(now, zone)
        )
    if local.astimezone(UTC).astimezone(today.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise MistakeError("broadcast-bad-gap", moment=written.strip(), zone=zone)
    if local.timestamp() <= now:
        raise MistakeError("broadcast-bad-over", now=clock(now, zone))
    return int(local.timestamp())


def example(zone: str, now: float) -> str:
    """A moment as it is written: ten o'clock tomorrow."""
    tomorrow = datetime.fromtimestamp(now, ZoneInfo(zone)) + timedelta(days=1)
    return f"{tomorrow:%Y-%m-%d} 10:00"


def clock(moment: float, zone: str) -> str:
    """A moment as that zone reads it, and which zone."""
    return f"{datetime.fromtimestamp(moment, ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def name(written: str) -> str:
    """A name for an audience: one short line, since it becomes a button. Raises MistakeError."""
    said = " ".join(written.split())
    if not said or markup.width(said) > limits.LABEL_WIDTH:
        raise MistakeError("broadcast-bad-name", most=limits.LABEL_WIDTH)
    return said
