"""The kind, width and height of a picture, read from its first bytes: PNG, JPEG and GIF.

The real Telegram takes a few more formats; nobody uploads those here.
"""

import struct
from typing import NamedTuple

PNG, GIF, JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"\xff\xd8"
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The JPEG markers that tell the shape."""


class Shape(NamedTuple):
    """In pixels."""

    width: int
    height: int


def shape(head: bytes) -> Shape | None:
    """The shape of a picture, or None when these bytes don't begin one."""
    try:
        found = read(head)
    except struct.error:
        return None
    return found if found and min(found) > 0 else None


def media_type(head: bytes) -> str:
    """What to call a picture that has a shape."""
    if head.startswith(PNG):
        return "image/png"
    return "image/gif" if head.startswith(GIF) else "image/jpeg"


def read(head: bytes) -> Shape | None:
    if head.startswith(PNG):
        return Shape(*struct.unpack_from(">II", head, 16))
    if head.startswith(GIF):
        return Shape(*struct.unpack_from("<HH", head, 6))
    return read_jpeg(head) if head.startswith(JPEG) else None


def read_jpeg(head: bytes) -> Shape | None:
    """Segments follow one another, each with its length, until one tells the shape."""
    at = 2
    while True:
        mark, kind, length = struct.unpack_from(">BBH", head, at)
        if mark != 0xFF:
            return None
        if kind in FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return Shape(width, height)
        at += 2 + length
