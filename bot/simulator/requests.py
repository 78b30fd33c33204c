"""Reads requests: the bot's, in any of Telegram's encodings, and the JSON of people and tests."""

import json
from typing import Any

from aiohttp import BodyPartReader, web

from bot.simulator.arguments import Arguments, sound
from bot.simulator.errors import ApiError, ImpossibleError, bad
from bot.simulator.media import Upload

MOST_TEXT = 2**20
LARGEST_FILE = 50 * 2**20
# Enough to find the shape of a photo behind whatever its camera wrote before it.
HEAD = 2**18


async def read_request(request: web.Request) -> Arguments:
    """Query and body of a call together. Raises what Telegram answers to a request it can't read."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            values |= read_json(await request.text())
        elif request.content_type == "multipart/form-data":
            await read_parts(request, values, files)
        elif request.can_read_body:
            form = await request.post()
            values |= {name: value for name, value in form.items() if isinstance(value, str)}
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None
    except (ValueError, LookupError):
        raise bad("can't parse the request") from None
    return Arguments(values, files)


def read_json(body: str) -> dict[str, Any]:
    value = json.loads(body or "{}")
    if not isinstance(value, dict):
        raise ValueError("arguments are an object")
    return value


async def read_parts(request: web.Request, values: dict[str, Any], files: dict[str, Upload]) -> None:
    """A part with a file name is a file. Of one only the beginning is kept, and not for long."""
    texts = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise ValueError("a part has a name and no parts")
        if part.filename is None:
            text, size = await read_part(part, MOST_TEXT, MOST_TEXT)
            values[part.name] = text.decode()
            texts += size
        else:
            head, size = await read_part(part, LARGEST_FILE, HEAD)
            files[part.name] = Upload(part.filename, size, head)
        if texts > MOST_TEXT:
            raise too_large()


async def read_part(part: BodyPartReader, largest: int, kept: int) -> tuple[bytes, int]:
    """The first bytes of a part, and how many it has in all."""
    content = bytearray()
    size = 0
    while chunk := await part.read_chunk(2**16):
        size += len(chunk)
        if size > largest:
            raise too_large()
        content += chunk[: kept - len(content)]
    return bytes(content), size


def too_large() -> ApiError:
    return ApiError(413, "Request Entity Too Large")


async def read_object(request: web.Request) -> dict[str, Any]:
    """What a person or a test sends. Raises ImpossibleError, or the ValueError of what isn't JSON."""
    given = json.loads(await request.text() or "{}")
    if not isinstance(given, dict):
        raise ImpossibleError("send a JSON object")
    # Half a surrogate pair is legal in JSON and nowhere else; no client sends one.
    if not sound(json.dumps(given, ensure_ascii=False)):
        raise ImpossibleError("send whole Unicode characters")
    return given
