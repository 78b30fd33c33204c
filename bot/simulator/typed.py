"""What a person writes, as their client sends it: with the formatting they gave it, and in pieces if it is long.

Formatting is given as entities, or as text in a `mode` (HTML, MarkdownV2), which is only shorter to write.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.simulator.errors import ApiError, ImpossibleError
from bot.simulator.formatted import LONGEST, LONGEST_CAPTION, Formatted, found, read, settle
from bot.simulator.markup import Entity, units
from bot.simulator.media import File, Files
from bot.simulator.pictures import Shape

USUAL_NAME, USUAL_SIZE, USUAL = "document.pdf", 100_000, Shape(1280, 960)
"""A file a test has said nothing about: its name if it is a document, its bytes, its shape if it is a photo."""


def pieces(text: str, entities: Sequence[Any] = (), mode: str = "") -> list[Formatted]:
    """The messages a text becomes. Raises ImpossibleError for nothing, or formatting that is none."""
    content = written(text, entities, mode)
    if not content.text:
        raise ImpossibleError("write something first")
    return list(cut(content, LONGEST))


def caption(text: str, entities: Sequence[Any] = (), mode: str = "") -> Formatted:
    """What stands under a photo or document. Raises ImpossibleError when it is too long."""
    content = written(text, entities, mode)
    if len(content.text) > LONGEST_CAPTION:
        raise ImpossibleError(f"a caption has at most {LONGEST_CAPTION} characters")
    return content


def written(text: str, entities: Sequence[Any], mode: str) -> Formatted:
    """Plain text goes as it stands; formatted text as Telegram makes it fit to be shown."""
    if not entities and not mode:
        text = text.strip()
        return Formatted(text, list(found(text, [])))
    try:
        return settle(*read(text, mode, json.dumps(list(entities)), needed=False), needed=False)
    except ApiError as error:
        raise impossible(error) from None


def attached(files: Files, kind: str, given: dict[str, Any]) -> File:
    """A photo or document as a person's client uploads it; what isn't `given` is as usual."""
    size = int(given.get("size") or USUAL_SIZE)
    try:
        if kind == "document":
            return files.document(size, str(given.get("name") or USUAL_NAME))
        width, height = (int(given.get(side) or usual) for side, usual in zip(("width", "height"), USUAL, strict=True))
        return files.photo(size, Shape(width, height))
    except ApiError as error:
        raise impossible(error) from None


def impossible(error: ApiError) -> ImpossibleError:
    return ImpossibleError(error.description.removeprefix("Bad Request: "))


def cut(content: Formatted, longest: int) -> Iterator[Formatted]:
    """Pieces of at most so many characters; an entity that lies across an edge stands in both."""
    offset = 0
    for begin in range(0, len(content.text), longest):
        piece = content.text[begin : begin + longest]
        yield Formatted(
            piece, [moved for entity in content.entities if (moved := within(entity, offset, units(piece)))]
        )
        offset += units(piece)


def within(entity: Entity, offset: int, length: int) -> Entity | None:
    """The part of an entity that lies in a piece, or None."""
    begin = max(entity["offset"], offset)
    end = min(entity["offset"] + entity["length"], offset + length)
    return entity | {"offset": begin - offset, "length": end - begin} if begin < end else None
