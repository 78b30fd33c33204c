"""The Bot API over HTTP: `/bot<token>/<method>`, by GET or POST, in any of Telegram's four encodings.

What the bot has uploaded it may download again: `/file/bot<token>/<file_path>`, with the path that getFile tells.
"""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.simulator import media_methods  # noqa: F401 - its methods join the others
from bot.simulator.downloads import TO_BOT, give
from bot.simulator.errors import ApiError
from bot.simulator.faults import Fault, Faults
from bot.simulator.flood import Flood
from bot.simulator.methods import call
from bot.simulator.requests import read_request
from bot.simulator.telegram import Telegram

LOGGED = 200_000
# Of older calls only the fact is kept, not what they said.
LOGGED_WHOLE = 10_000
FRONT_END_TROUBLE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n"


@dataclass(slots=True)
class Call:
    """One call of the bot's, for tests to look at: when it arrived, and what came of it."""

    n: int
    method: str
    args: dict[str, str]
    at: float
    status: int = 0
    description: str = ""
    chat: str = ""


@dataclass(slots=True)
class BotSide:
    """Answers the bot, or misbehaves to order."""

    telegram: Telegram
    token: str
    faults: Faults
    flood: Flood
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=LOGGED))
    whole: deque[Call] = field(default_factory=deque)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token:[^/]*}/{method:.*}", self.handle),
            web.get("/file/bot{token:[^/]*}/{path:.*}", self.download),
        ]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        record = Call(next(self.numbers), method, {}, self.telegram.clock())
        try:
            if request.match_info["token"] != self.token:
                raise ApiError(401, "Unauthorized")
            self.log(record)
            response = await self.attempt(request, method, record)
        except ApiError as problem:
            record.description = problem.description
            response = refusal(problem)
        record.status = response.status
        return response

    def log(self, record: Call) -> None:
        if len(self.whole) >= LOGGED_WHOLE:
            self.whole.popleft().args = {}
        self.whole.append(record)
        self.calls.append(record)

    async def attempt(self, request: web.Request, method: str, record: Call) -> web.StreamResponse:
        arguments = await read_request(request)
        record.args, record.chat = arguments.values, arguments.text("chat_id")
        fault = self.faults.take(method)
        if fault:
            fault.refuse()
            if fault.kind == "502":
                return web.Response(status=502, text=FRONT_END_TROUBLE, content_type="text/html")
            if fault.kind in {"hang", "drop"}:
                return await self.vanish(request, fault)
            if fault.kind == "delay":
                await self.linger(fault.seconds)
        self.flood.check(method, record.chat)
        result = await call(self.telegram, method, arguments)
        if fault and fault.kind in {"hang_after", "drop_after"}:
            return await self.vanish(request, fault)
        return web.json_response({"ok": True, "result": result}, dumps=compact)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The content of a file. It is no method, so no trouble can be ordered for it."""
        if request.match_info["token"] != self.token:
            return refusal(ApiError(401, "Unauthorized"))
        file = self.telegram.files.at(request.match_info["path"])
        content = self.telegram.files.content(file) if file else None
        if content is None:
            return refusal(ApiError(404, "Not Found"))
        return await give(request, content, TO_BOT)

    async def vanish(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """The connection dies without an answer, at once or after having hung."""
        if fault.kind.startswith("hang"):
            await self.linger(fault.seconds)
        if request.transport:
            request.transport.abort()
        return web.Response(status=499)

    async def linger(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            pass


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def refusal(problem: ApiError) -> web.Response:
    headers = {}
    if "retry_after" in problem.parameters:
        headers["Retry-After"] = str(problem.parameters["retry_after"])
    return web.json_response(problem.answer(), status=problem.code, headers=headers, dumps=compact)
