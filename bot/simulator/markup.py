"""Judges marked-up text the way Telegram does, and turns it into plain text with entities.

The rules and the error texts are those of telegram_limits section 4. TDLib itself answers when the
`tdjson` package is installed; `parse_html` below is our own reading of the same rules for when it is not.
"""

import functools
import json
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.links import checked_link, mentioned_user

Entity = dict[str, Any]
Parsed = tuple[str, list[Entity]]

# Where two entities cover the same text, the outer one comes first; this is TDLib's order of "outer".
PRIORITY = {
    "blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49,
    "date_time": 49, "bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94,
    "custom_emoji": 99,
}  # fmt: skip
STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
TAGS = {*STYLES, "a", "blockquote", "code", "pre", "tg-emoji", "tg-time"}
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
BLANK = b" \t\r\n\v"
SPACE = BLANK + b"\0"
LETTERS = string.ascii_letters.encode()
DATE_FORMAT = re.compile("r|[wdDtT]*")
NAME_TOKEN = LETTERS + string.digits.encode() + b".-"


class MarkupError(ValueError):
    """The text can't be parsed; the message is what Telegram says after `can't parse entities: `."""


def parse(text: str, mode: str) -> Parsed:
    """Text in one of Telegram's parse modes (lower case) to plain text and entities."""
    if mode == "html" and execute() is None:
        return parse_html(text)
    return parse_by_tdlib(text, mode)


def order(entity: Entity) -> tuple[int, int, int]:
    """Sorts entities the way Telegram lists them: outer before inner, first before last."""
    return entity["offset"], -entity["length"], PRIORITY.get(entity["type"], 50)


def units(text: str) -> int:
    """The length of a text in UTF-16 code units, in which Telegram counts offsets."""
    return len(text) + sum(character > "\uffff" for character in text)


# --- TDLib -----------------------------------------------------------------------------------------------


@functools.cache
def execute() -> Callable[[bytes], bytes | None] | None:
    """TDLib's offline entry point, or None when the package is not installed."""
    try:
        import tdjson
    except ImportError:
        return None
    run: Callable[[bytes], bytes | None] = tdjson.td_execute
    run(b'{"@type":"setLogVerbosityLevel","new_verbosity_level":0}')
    return run


def available(mode: str) -> bool:
    """Whether a parse mode (lower case) can be judged here: the two Markdowns need TDLib."""
    return mode == "html" or (mode in {"markdown", "markdownv2"} and execute() is not None)


MODES = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}


def parse_by_tdlib(text: str, mode: str) -> Parsed:
    run = execute()
    assert run is not None, "ask available() first"  # noqa: S101 - a programming mistake, not an input
    request = {"@type": "parseTextEntities", "text": text, "parse_mode": MODES[mode]}
    answer = json.loads(run(json.dumps(request).encode()) or b"{}")
    if answer["@type"] == "error":
        raise MarkupError(answer["message"].removeprefix("Can't parse entities: "))
    return answer["text"], [from_tdlib(entity) for entity in answer["entities"]]


TDLIB_TYPES = {
    "Bold": "bold", "Italic": "italic", "Underline": "underline", "Strikethrough": "strikethrough",
    "Spoiler": "spoiler", "Code": "code", "Pre": "pre", "PreCode": "pre", "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote", "TextUrl": "text_link", "MentionName": "text_mention",
    "CustomEmoji": "custom_emoji", "DateTime": "date_time",
}  # fmt: skip


def from_tdlib(found: dict[str, Any]) -> Entity:
    kind = found["type"]
    name = TDLIB_TYPES[kind["@type"].removeprefix("textEntityType")]
    entity: Entity = {"type": name, "offset": found["offset"], "length": found["length"]}
    if name == "text_mention":
        entity["user"] = {"id": kind["user_id"]}
    for key in ("url", "language", "custom_emoji_id", "unix_time"):
        if key in kind:
            entity[key] = kind[key]
    return entity


# --- our own reading of HTML -----------------------------------------------------------------------------


@dataclass(slots=True)
class OpenTag:
    """A tag that waits for its end."""

    name: str
    argument: str
    offset: int
    begin: int


@dataclass(slots=True)
class Html:
    """One text on its way through the parser; offsets in messages are bytes of what was sent."""

    raw: bytes
    position: int = 0
    text: bytearray = field(default_factory=bytearray)
    offset: int = 0
    open: list[OpenTag] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def at(self, position: int | None = None) -> int:
        """The byte at a position; 0 behind the end, as in a C string."""
        where = self.position if position is None else position
        return self.raw[where] if where < len(self.raw) else 0

    def skip(self, wanted: bytes) -> None:
        while self.at() in wanted and self.position < len(self.raw):
            self.position += 1

    def until(self, stops: bytes) -> bytes:
        begin = self.position
        while self.position < len(self.raw) and self.raw[self.position] not in stops:
            self.position += 1
        return self.raw[begin : self.position]

    def put(self, piece: bytes) -> None:
        self.text += piece
        # Only the first byte of a character counts, and characters of four bytes count twice.
        self.offset += sum((byte & 0xC0 != 0x80) + (byte >= 0xF0) for byte in piece)

    def reference(self) -> str:
        """Decodes a character reference here, or returns "" and stays."""
        begin = self.position
        number = self.raw[begin + 1 : begin + 2] == b"#"
        decoded, end = self.numeric(begin + 2) if number else self.named(begin + 1)
        if decoded:
            self.position = end + (self.at(end) == ord(";"))
        return decoded

    def numeric(self, begin: int) -> tuple[str, int]:
        base, digits = (16, b"0123456789abcdefABCDEF") if self.at(begin) in b"x" else (10, b"0123456789")
        begin += base == 16
        end = begin
        while self.at(end) in digits and end < len(self.raw):
            end += 1
        code = int(self.raw[begin:end] or b"0", base)
        # TDLib also refuses references of ten and more characters, counted from the "&".
        if not 0 < code < 0x10FFFF or end - begin + 2 + (base == 16) >= 10:
            return "", end
        return chr(code), end

    def named(self, begin: int) -> tuple[str, int]:
        end = begin
        while self.at(end) in LETTERS and end < len(self.raw):
            end += 1
        return NAMED.get(self.raw[begin:end], ""), end

    # One step each: text, a start tag, its attributes, an end tag.

    def step(self) -> None:
        byte = self.at()
        if byte == ord("&") and (decoded := self.reference()):
            self.put(decoded.encode("utf-8", "surrogatepass"))
        elif byte != ord("<"):
            self.put(bytes([byte]))
            self.position += 1
        elif self.at(self.position + 1) == ord("/"):
            self.end_tag()
        else:
            self.start_tag()

    def start_tag(self) -> None:
        begin = self.position
        self.position += 1
        name = self.until(SPACE + b">").lower().decode("utf-8", "replace")
        if self.at() == 0:
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        if name not in TAGS:
            raise MarkupError(f'Unsupported start tag "{name}" at byte offset {begin}')
        argument = ""
        while self.at() != ord(">"):
            self.skip(BLANK)
            if self.at() == ord(">"):
                break
            argument = self.attribute(name, begin) or argument
        self.position += 1
        if name == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(OpenTag(name, argument, self.offset, len(self.text)))

    def attribute(self, tag: str, begin: int) -> str:
        """Reads one attribute and returns what it means for the tag, if anything."""
        key = self.until(SPACE + b"=>/\"'").decode("utf-8", "replace")
        if not key:
            raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self.skip(BLANK)
        value = ""
        if self.at() == ord("="):
            self.position += 1
            self.skip(BLANK)
            if self.at() == 0:
                raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {begin}')
            value = (self.quoted() if self.at() in b"\"'" else self.bare()).decode("utf-8", "surrogatepass")
        elif self.at() == 0:
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        if self.at() == 0:
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        return meaning(tag, key, value)

    def bare(self) -> bytes:
        begin = self.position
        while self.at() in NAME_TOKEN and self.position < len(self.raw):
            self.position += 1
        if self.at() not in SPACE + b">":
            raise MarkupError(f"Unexpected end of name token at byte offset {begin}")
        return self.raw[begin : self.position].lower()

    def quoted(self) -> bytes:
        quote = self.at()
        self.position += 1
        value = bytearray()
        while self.at() not in (quote, 0):
            if self.at() == ord("&") and (decoded := self.reference()):
                value += decoded.encode("utf-8", "surrogatepass")
            else:
                value.append(self.at())
                self.position += 1
        self.position += self.at() == quote
        return bytes(value)

    def end_tag(self) -> None:
        begin = self.position
        if not self.open:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        self.position += 2
        name = self.until(SPACE + b">").lower().decode("utf-8", "replace")
        self.skip(BLANK)
        if self.at() != ord(">"):
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self.position += 1
        opened = self.open[-1]
        if name not in ("", opened.name):
            raise MarkupError(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.name}>", found "</{name}>"'
            )
        if self.offset > opened.offset:
            self.close(opened)
        self.open.pop()

    def close(self, tag: OpenTag) -> None:
        entity: Entity = {"type": STYLES.get(tag.name, tag.name), "offset": tag.offset}
        entity["length"] = self.offset - tag.offset
        if tag.name == "a":
            self.link(entity, tag)
        elif tag.name in ("pre", "code"):
            self.code(entity, tag)
        elif tag.name == "tg-emoji":
            self.entities.append(entity | {"type": "custom_emoji", "custom_emoji_id": emoji_id(tag.argument)})
        elif tag.name == "tg-time":
            self.time(entity, tag)
        else:
            if tag.name == "blockquote" and tag.argument:
                entity["type"] = "expandable_blockquote"
            self.entities.append(entity)

    def link(self, entity: Entity, tag: OpenTag) -> None:
        url = tag.argument or self.text[tag.begin :].decode("utf-8", "replace")
        if user := mentioned_user(url):
            self.entities.append(entity | {"type": "text_mention", "user": {"id": user}})
        elif link := checked_link(url):
            self.entities.append(entity | {"type": "text_link", "url": link})
        # Any other address: the text stays and the link is dropped without a word.

    def time(self, entity: Entity, tag: OpenTag) -> None:
        if tag.argument.isdecimal() and 0 < int(tag.argument) < 2**31:
            self.entities.append(entity | {"type": "date_time", "unix_time": int(tag.argument)})

    def code(self, entity: Entity, tag: OpenTag) -> None:
        last = self.entities[-1] if self.entities else {}
        same = (last.get("offset"), last.get("length")) == (entity["offset"], entity["length"])
        partner = {"pre": "code", "code": "pre"}[tag.name]
        language = last.get("language", "") if tag.name == "pre" else tag.argument
        if same and last.get("type") == partner and language:
            last |= {"type": "pre", "language": language}
        else:
            self.entities.append(entity | ({"language": tag.argument} if tag.argument else {}))


def meaning(tag: str, key: str, value: str) -> str:
    if (tag, key) in {("a", "href"), ("tg-emoji", "emoji-id"), ("tg-time", "unix")}:
        return value
    if tag == "code" and key == "class" and value.startswith("language-"):
        return value.removeprefix("language-")
    if tag == "span" and key == "class" and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if (tag, key) == ("tg-time", "format") and not DATE_FORMAT.fullmatch(value):
        raise MarkupError("Invalid date format used")
    return "1" if (tag, key) == ("blockquote", "expandable") else ""


def emoji_id(argument: str) -> str:
    if not argument.isdecimal() or not 0 < int(argument) < 2**63:
        raise MarkupError("Invalid custom emoji identifier specified")
    return argument


def parse_html(text: str) -> Parsed:
    """Telegram's HTML to plain text and entities, without TDLib."""
    html = Html(text.encode())
    while html.position < len(html.raw):
        html.step()
    if html.open:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{html.open[-1].name}"')
    for entity in html.entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    try:
        plain = html.text.decode()
    except UnicodeDecodeError:
        raise MarkupError(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        ) from None
    return plain, sorted(html.entities, key=order)
