"""The contents of files over HTTP: to a browser, in which nothing of them may run, and to the bot."""

import re
from urllib.parse import quote

from aiohttp import web

from bot.simulator.media import UNKNOWN, File
from bot.simulator.pictures import media_type

PIECE = 2**18
"""Bytes that are written at a time, so that nothing else has to wait for a large file."""
LONGEST_NAME = 120
"""Characters of a name in a header; of a longer one the end is told, for its ending."""
INERT = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Exports hold what people told; a browser needn't keep them on its disk.
    "Cache-Control": "no-store",
}
"""Whatever is in a file, it can do nothing in the page's origin."""
TO_BOT = INERT | {"Content-Type": UNKNOWN, "Content-Disposition": "attachment"}
"""As Telegram gives files to bots."""


def to_person(file: File, content: bytes) -> dict[str, str]:
    """Headers that let a browser show a photo, and save anything else under its name."""
    if file.kind == "photo":
        kind = media_type(content)
        disposition = f'inline; filename="photo.{kind.removeprefix("image/")}"'
    else:
        kind, disposition = file.mime, f"attachment; {naming(file.name or 'document')}"
    return INERT | {"Content-Type": kind, "Content-Disposition": disposition}


def naming(name: str) -> str:
    """A file's name for a header (RFC 6266): whole for those who can read it, and in plain letters for others."""
    # What doesn't show could make one ending look like another.
    name = "".join(sign if sign.isprintable() else "_" for sign in name[-LONGEST_NAME:])
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def give(request: web.Request, content: bytes, headers: dict[str, str]) -> web.StreamResponse:
    """Answers with the content, or to a HEAD with all but that."""
    response = web.StreamResponse(headers=headers)
    response.content_length = len(content)
    await response.prepare(request)
    if request.method != "HEAD":
        for begin in range(0, len(content), PIECE):
            await response.write(content[begin : begin + PIECE])
    return response
