"""What becomes of a text and its entities before it is a message: cleaned, nested, trimmed, its links found.

See telegram_limits section 4. Offsets are UTF-16 code units throughout.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.simulator.errors import bad
from bot.simulator.links import LinkError, check, mentioned_user
from bot.simulator.markup import Entity, MarkupError, available, order, parse, units

LONGEST = 4096
LONGEST_CAPTION = 1024
LONGEST_RAW = 2**15
MOST_ENTITIES = 100
STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler"}
QUOTES = {"blockquote", "expandable_blockquote"}
CODE = {"code", "pre"}
FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
# An entity that carries something unseen may stand on spaces alone.
HIDDEN = {"text_link", "text_mention", "custom_emoji", "date_time"}
KNOWN = STYLES | QUOTES | CODE | HIDDEN
BLANKS = (" ".encode("utf-16-le"), "\n".encode("utf-16-le"))
VANISHING = {"\r", "\u0333", "\u033f", "\u030a", *(chr(code) for code in range(0x2028, 0x202F))}


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as a message carries it."""

    text: str
    entities: list[Entity]


def read(text: str, mode: str, entities: str, *, needed: bool = True) -> tuple[str, list[Entity]]:
    """The first look at the arguments of a method: is the markup sound? A caption isn't `needed`."""
    if needed and not text:
        raise bad("message text is empty")
    if len(text.encode()) > LONGEST_RAW:
        raise bad("text is too long")
    mode = mode.lower()
    if mode in {"", "none"}:
        return text, list(explicit(entities))
    if not available(mode):
        raise bad("unsupported parse_mode")
    try:
        return parse(text, mode)
    except MarkupError as error:
        raise bad(f"can't parse entities: {error}") from None


def explicit(raw: str) -> Iterator[Entity]:
    """Entities given as such; anything but a JSON array counts as none, as it does for Telegram."""
    try:
        listed = json.loads(raw or "[]")
    except ValueError:
        return
    for entity in listed if isinstance(listed, list) else ():
        if not isinstance(entity, dict):
            raise bad("can't parse MessageEntity: expected an Object")
        for key, kind in (("offset", int), ("length", int), ("type", str)):
            if not isinstance(entity.get(key), kind):
                raise bad(f'can\'t parse MessageEntity: field "{key}" must be of type {kind_name(kind)}')
        if entity["type"] in KNOWN:
            yield with_link(entity)


def kind_name(kind: type) -> str:
    return "Number" if kind is int else "String"


def with_link(entity: Entity) -> Entity:
    if entity["type"] != "text_link":
        return entity
    url = str(entity.get("url", ""))
    plain = {key: entity[key] for key in ("offset", "length")}
    if user := mentioned_user(url):
        return plain | {"type": "text_mention", "user": {"id": user}}
    try:
        return plain | {"type": "text_link", "url": check(url).url}
    except LinkError as error:
        raise bad(f"entity URL '{url}' is invalid: {error}") from None


def settle(text: str, entities: list[Entity], *, needed: bool = True) -> Formatted:
    """The second look: what is left to show?"""
    text, entities = clean(text, entities)
    entities = [entity for entity in entities if entity["length"] > 0]
    if not text.strip(" \n"):
        if needed:
            raise bad("text must be non-empty")
        return Formatted("", [])
    entities = nest(entities + list(found(text, entities)))
    return trim(text, shrink(text, entities))


# --- cleaning --------------------------------------------------------------------------------------------


def clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Control characters vanish or become spaces; entities move along."""
    moved = {0: 0}
    kept: list[str] = []
    old = new = 0
    for character in text:
        character_kept = cleaned(character)
        kept.append(character_kept)
        old += units(character)
        new += units(character_kept)
        moved[old] = new
    for entity in entities:
        check_bounds(entity, moved, old)
    spans = [(entity, moved[entity["offset"]], moved[entity["offset"] + entity["length"]]) for entity in entities]
    return "".join(kept), [entity | {"offset": begin, "length": end - begin} for entity, begin, end in spans]


def cleaned(character: str) -> str:
    if character in VANISHING:
        return ""
    return " " if character < " " and character != "\n" else character


def check_bounds(entity: Entity, boundaries: dict[int, int], length: int) -> None:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    if not 0 <= begin <= 1_000_000:
        raise bad(f"receive an entity with incorrect offset {begin}")
    if not 0 <= end - begin <= 1_000_000:
        raise bad(f"receive an entity with incorrect length {end - begin}")
    if begin > length:
        raise bad(f"entity begins after the end of the text at UTF-16 offset {begin}")
    if end > length:
        raise bad(f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}")
    if begin not in boundaries:
        raise bad(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {begin}")
    if end not in boundaries:
        raise bad(f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol")


# --- nesting ---------------------------------------------------------------------------------------------


def nest(entities: list[Entity]) -> list[Entity]:
    """Makes entities nested or apart, never crossing; styles are cut, the rest gives way."""
    solid: list[Entity] = []
    for entity in sorted(entities, key=order):
        if entity["type"] not in STYLES and all(fits(entity, other) for other in solid):
            solid.append(entity)
    return sorted(solid + list(cut_styles(entities, solid)), key=order)


def fits(entity: Entity, earlier: Entity) -> bool:
    if earlier["offset"] + earlier["length"] <= entity["offset"]:
        return True
    inside = entity["offset"] + entity["length"] <= earlier["offset"] + earlier["length"]
    return inside and earlier["type"] in QUOTES and entity["type"] not in QUOTES


def cut_styles(entities: list[Entity], solid: list[Entity]) -> Iterator[Entity]:
    """Styles of a kind are joined, cut where something else begins or ends, and dropped inside code."""
    fixed = {edge for other in solid for edge in (other["offset"], other["offset"] + other["length"])}
    spans = [(style, *span) for style in sorted(STYLES) for span in joined(entities, style)]
    for style, begin, end in spans:
        crossed = {left for _, left, right in spans if begin < left < end < right}
        edges = sorted(edge for edge in {begin, end} | fixed | crossed if begin <= edge <= end)
        for left, right in pairwise(edges):
            if not any(in_code(left, other) for other in solid):
                yield {"type": style, "offset": left, "length": right - left}


def joined(entities: list[Entity], style: str) -> list[tuple[int, int]]:
    """Where a style is in force, without overlaps."""
    spans = [(one["offset"], one["offset"] + one["length"]) for one in entities if one["type"] == style]
    result: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((begin, end))
    return result


def in_code(offset: int, entity: Entity) -> bool:
    inside = entity["offset"] <= offset < entity["offset"] + entity["length"]
    return inside and entity["type"] in CODE


# --- trimming --------------------------------------------------------------------------------------------


def shrink(text: str, entities: list[Entity]) -> list[Entity]:
    """Entities don't begin with spaces, and don't consist of them, unless that would uncover a hidden one."""
    wide = text.encode("utf-16-le")
    hidden = {entity["offset"] for entity in entities if entity["type"] in HIDDEN}
    kept: list[Entity] = []
    for entity in entities:
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        while begin < end and begin not in hidden and wide[2 * begin : 2 * begin + 2] in BLANKS:
            begin += 1
        if begin < end:
            kept.append(entity | {"offset": begin, "length": end - begin})
    return kept


def trim(text: str, entities: list[Entity]) -> Formatted:
    text = text.rstrip(" \n")
    end = units(text)
    begin = len(text) - len(text.lstrip(" \n"))
    begin = min([begin, *(entity["offset"] for entity in entities)])
    fitted: list[Entity] = []
    for entity in entities:
        length = min(entity["length"], end - entity["offset"])
        if length > 0:
            fitted.append(entity | {"offset": entity["offset"] - begin, "length": length})
    return Formatted(text[begin:], sorted(fitted, key=order)[:MOST_ENTITIES])


# --- what the server finds by itself ---------------------------------------------------------------------

# The real list holds every top-level domain; these are the ones likely to turn up, file endings included.
DOMAINS = "com|org|net|int|edu|gov|info|io|me|app|dev|cn|hk|tw|ru|br|eu|de|uk|md|py"
PATTERNS = {
    "email": r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}(?![\w@])",
    "url": rf"(?:https?|tg)://[^\s<>]*[\w/=#-]|(?<![\w@./-])(?:[\w-]+\.)+(?:{DOMAINS})\b(?:/[^\s<>]*[\w/=#-])?(?!\.?\w)",
    "bot_command": r"(?<![\w/<>])/[a-z0-9_]{1,64}(?:@[a-z0-9_]{3,32})?(?![\w/<>])",
    "mention": r"(?<![\w@/])@[a-z0-9_]{4,32}(?!\w)",
    "hashtag": r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}(?![\w#])",
    "cashtag": r"(?<![\w$])\$(?-i:[A-Z]{3,8})(?![\w$])",
}
SEEKERS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in PATTERNS.items()}


def found(text: str, entities: list[Entity]) -> Iterator[Entity]:
    """Commands, names, tags and addresses, unless they lie in a link or in code."""
    taken = [entity for entity in entities if entity["type"] not in STYLES | QUOTES]
    for kind, seeker in SEEKERS.items():
        for match in seeker.finditer(text):
            begin = units(text[: match.start()])
            entity: dict[str, Any] = {"type": kind, "offset": begin, "length": units(match[0])}
            if all(apart(entity, other) for other in taken):
                taken.append(entity)
                yield entity


def apart(one: Entity, other: Entity) -> bool:
    ends = one["offset"] + one["length"], other["offset"] + other["length"]
    return bool(ends[0] <= other["offset"] or ends[1] <= one["offset"])
