"""Photos and documents: what Telegram remembers of a file, and the identifiers it gives out for it.

Of a file its name, size and shape are known for ever. The content of what a bot uploads is kept in memory for a while;
what people send has none. See telegram_limits 1 and 3.1.
"""

import mimetypes
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from bot.simulator.errors import bad
from bot.simulator.pictures import Shape, shape

KINDS = ("photo", "document")
LARGEST_PHOTO = 10 * 2**20
LARGEST_DOWNLOAD = 20 * 2**20
MOST_KEPT = 64 * 2**20
"""Bytes of content in all: the largest document a bot may upload and many pictures, and no burden to a laptop."""
WIDEST = 10_000
"""Width and height together."""
NARROWEST = 20
"""How many times longer than the other a side may be."""
SIZES = {"s": 90, "m": 320, "x": 800, "y": 1280}
"""The longer side of each size that is made of a photo; none is larger than what was sent."""
OPENINGS = {"photo": ("AgACAgUAAxkBAAI", "AQAD"), "document": ("BQACAgUAAxkBAAI", "AgAD")}
"""How a file_id and a file_unique_id begin."""
UNKNOWN = "application/octet-stream"
"""The media type of what could be anything."""
UNUSABLE = "wrong file identifier/HTTP URL specified"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a request."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a photo or document; the name is a document's, the shape a photo's; `key` is its own."""

    kind: str
    key: str
    size: int
    name: str = ""
    mime: str = ""
    width: int = 0
    height: int = 0

    def names(self, letter: str = "") -> dict[str, str]:
        """As every Bot API object of a file begins; `letter` tells which size of a photo."""
        opening, short = OPENINGS[self.kind]
        return {"file_id": f"{opening}{self.key}{letter}Q", "file_unique_id": f"{short}{self.key[:11]}{letter}"}

    def content(self) -> dict[str, Any]:
        """The field of a Bot API message that carries it."""
        return {self.kind: self.each() if self.kind == "photo" else self.each()[0]}

    def each(self) -> list[dict[str, Any]]:
        """What can be named: every size of a photo, or the document."""
        if self.kind == "photo":
            return list(self.sizes())
        described = {"file_name": self.name, "mime_type": self.mime}
        return [{key: value for key, value in described.items() if value} | self.names() | {"file_size": self.size}]

    @property
    def path(self) -> str:
        """Where the bot may download it. An ending that would need quoting in an address is left out."""
        ending = ".jpg" if self.kind == "photo" else PurePath(self.name).suffix
        return f"{self.kind}s/file_{self.key[:8]}" + (ending if re.fullmatch(r"\.\w{1,16}", ending, re.ASCII) else "")

    def sizes(self) -> Iterator[dict[str, Any]]:
        """Smaller ones first, as Telegram lists them."""
        longest = max(self.width, self.height)
        for letter, side in SIZES.items():
            part = min(1.0, side / longest)
            scaled = {"width": round(self.width * part), "height": round(self.height * part)}
            scaled["file_size"] = round(self.size * part * part)
            yield self.names(letter) | {key: max(1, value) for key, value in scaled.items()}
            if side >= longest:
                return


class Files:
    """All files Telegram has ever seen from or for this bot, and the contents that are still kept."""

    def __init__(self) -> None:
        self.known: dict[str, File] = {}
        self.contents: dict[str, bytes] = {}
        self.held = 0

    def photo(self, size: int, shape: Shape) -> File:
        """Takes a photo in. Raises what Telegram answers to one it can't use."""
        if size > LARGEST_PHOTO:
            limit = f"the maximum size is {LARGEST_PHOTO} bytes"
            raise bad(f"file of size {size} bytes is too big for a photo; {limit}")
        if shape.width + shape.height > WIDEST or max(shape) > NARROWEST * min(shape):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        return self.keep(File("photo", new_key(), size, width=shape.width, height=shape.height))

    def document(self, size: int, name: str) -> File:
        name = re.split(r"[/\\]", name)[-1]
        return self.keep(File("document", new_key(), size, name, media_type(name)))

    def keep(self, file: File) -> File:
        self.known |= {each["file_id"]: file for each in file.each()}
        return file

    def upload(self, kind: str, upload: Upload) -> File:
        """Takes in what a bot uploads."""
        size = len(upload.content)
        if not size:
            raise bad("file must be non-empty")
        if kind == "document":
            return self.hold(self.document(size, upload.name), upload.content)
        found = shape(upload.content)
        # The size is looked at first, as with Telegram, where the picture is a later matter.
        if found is None and size <= LARGEST_PHOTO:
            raise bad("IMAGE_PROCESS_FAILED")
        return self.hold(self.photo(size, found or Shape(1, 1)), upload.content)

    def hold(self, file: File, content: bytes) -> File:
        """Keeps the content, and forgets the oldest ones where there is no room; one too large for all is not kept."""
        if len(content) > MOST_KEPT:
            return file
        self.contents[file.key] = content
        self.held += len(content)
        while self.held > MOST_KEPT:
            self.held -= len(self.contents.pop(next(iter(self.contents))))
        return file

    def content(self, file: File) -> bytes | None:
        """What was uploaded, if it is still kept; the same for every size of a photo."""
        return self.contents.get(file.key)

    def kept(self, file_id: str) -> bool:
        """Whether there is anything to be downloaded."""
        return file_id in self.known and self.content(self.known[file_id]) is not None

    def at(self, path: str) -> File | None:
        """The file with that path, which getFile has told."""
        return next((file for file in self.known.values() if file.path == path), None)

    def take(self, kind: str, given: str | Upload) -> File:
        return self.upload(kind, given) if isinstance(given, Upload) else self.find(kind, given)

    def find(self, kind: str, given: str) -> File:
        """The file with that identifier. Raises what Telegram answers to one it can't use as that kind."""
        if given.startswith(("http://", "https://")):
            # Telegram would fetch it; there is nothing to be fetched from here.
            raise bad("failed to get HTTP URL content")
        if "." in given:
            raise bad(UNUSABLE)
        file = self.known.get(given)
        if file is None:
            looks_right = given.startswith(tuple(opening for opening, _ in OPENINGS.values()))
            raise bad(UNUSABLE if looks_right else unreadable(given))
        if file.kind != kind:
            raise bad(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
        return file

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(file) for file in dict.fromkeys(self.known.values())]


def media_type(name: str) -> str:
    """By the ending of a name; what is packed is known by its packing only."""
    kind, packing = mimetypes.guess_type(name)
    if packing:
        return "application/gzip" if packing == "gzip" else UNKNOWN
    return kind or UNKNOWN


def new_key() -> str:
    return secrets.token_urlsafe(32)


def unreadable(given: str) -> str:
    """Why an identifier is none: they are base64 without its filling."""
    why = "can't unserialize it"
    if re.search(r"[^\w=-]", given, re.ASCII):
        why = "Wrong character in the string"
    elif len(given.rstrip("=")) % 4 == 1:
        why = "Wrong string length"
    return f"wrong remote file identifier specified: {why}"


def kind_of(other: dict[str, Any]) -> str:
    """What a message carries besides its text: photo, document, or nothing of that sort."""
    return next((kind for kind in KINDS if kind in other), "")


def view(other: dict[str, Any]) -> dict[str, Any] | None:
    """What a person sees of the photo or document in a message; tests may have put anything there."""
    kind = kind_of(other)
    found = other.get(kind)
    if kind == "photo":
        found = found[-1] if isinstance(found, list) and found else {}
    if not kind or not isinstance(found, dict):
        return None
    numbers = {
        key: found.get(name, 0) for key, name in (("width", "width"), ("height", "height"), ("size", "file_size"))
    }
    return {"kind": kind, "name": str(found.get("file_name", "")), "file_id": str(found.get("file_id", ""))} | numbers
