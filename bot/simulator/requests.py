"""Reads requests: the bot's, in any of Telegram's encodings, and the JSON of people and tests."""

import io
import json
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from bot.simulator.arguments import Arguments, sound
from bot.simulator.errors import ApiError, ImpossibleError, bad
from bot.simulator.media import Upload

MOST_TEXT = 2**20
LARGEST_FILE = 50 * 2**20
"""Of all files of a request together."""
# More than aiohttp ever has waiting: with less it may have to give some back, and warns of that.
AT_ONCE = 2**20


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
    except (ValueError, LookupError, HttpProcessingError):
        raise bad("can't parse the request") from None
    return Arguments(values, files)


def read_json(body: str) -> dict[str, Any]:
    value = json.loads(body or "{}")
    if not isinstance(value, dict):
        raise ValueError("arguments are an object")
    return value


async def read_parts(request: web.Request, values: dict[str, Any], files: dict[str, Upload]) -> None:
    """A part with a file name is a file."""
    texts = bytes_in_files = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise ValueError("a part has a name and no parts")
        if part.filename is None:
            text = await read_part(part, MOST_TEXT - texts)
            values[part.name] = text.decode()
            texts += len(text)
        else:
            content = await read_part(part, LARGEST_FILE - bytes_in_files)
            files[part.name] = Upload(part.filename, content)
            bytes_in_files += len(content)


async def read_part(part: BodyPartReader, room: int) -> bytes:
    """All of a part. Raises what Telegram answers when it has more bytes than there is room for."""
    # A BytesIO gives its bytes away without making a second copy of them.
    content = io.BytesIO()
    while chunk := await part.read_chunk(AT_ONCE):
        content.write(chunk)
        if content.tell() > room:
            raise too_large()
    return content.getvalue()


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
