"""The shape and the kind of a picture from its first bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.pictures import Shape, media_type, shape

sides = st.integers(1, 2**16 - 1)


@given(sides, sides)
def test_png(width: int, height: int) -> None:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)
    assert shape(head) == Shape(width, height)
    assert media_type(head) == "image/png"
    assert shape(head[:-1]) is None


@given(sides, sides, st.sampled_from([b"GIF87a", b"GIF89a"]))
def test_gif(width: int, height: int, opening: bytes) -> None:
    head = opening + struct.pack("<HH", width, height) + b"\0"
    assert (shape(head), media_type(head)) == (Shape(width, height), "image/gif")


def segment(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content


@given(sides, sides, st.lists(st.binary(max_size=300), max_size=5), st.sampled_from([0xC0, 0xC1, 0xC2]))
def test_jpeg(width: int, height: int, notes: list[bytes], frame: int) -> None:
    before = b"".join(segment(0xE1, note) for note in notes) + segment(0xC4, b"\1" * 20)
    picture = b"\xff\xd8" + before + segment(frame, struct.pack(">BHH", 8, height, width) + b"\3")
    assert (shape(picture), media_type(picture)) == (Shape(width, height), "image/jpeg")


@given(st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8"]), st.binary(max_size=200))
def test_any_bytes(opening: bytes, rest: bytes) -> None:
    found = shape(opening + rest)
    assert found is None or min(found) > 0


@pytest.mark.parametrize("head", [b"", b"%PDF-1.7", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\0", b"\xff\xd8abcdefgh"])
def test_no_picture(head: bytes) -> None:
    assert shape(head) is None
