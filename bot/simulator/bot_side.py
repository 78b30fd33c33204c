"""The Bot API over HTTP: `/bot<token>/<method>`, by GET or POST, in any of Telegram's four encodings."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.simulator.arguments import Arguments
from bot.simulator.errors import ApiError, bad
from bot.simulator.faults import Fault, Faults
from bot.simulator.flood import Flood
from bot.simulator.methods import call
from bot.simulator.telegram import Telegram

LOGGED = 10_000
FRONT_END_TROUBLE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n"


@dataclass(slots=True)
class Call:
    """One call of the bot's, for tests to look at."""

    n: int
    method: str
    args: dict[str, str]
    at: float
    status: int = 0
    description: str = ""


@dataclass(slots=True)
class BotSide:
    """Answers the bot, or misbehaves to order."""

    telegram: Telegram
    token: str
    faults: Faults
    flood: Flood
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=LOGGED))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/bot{token:[^/]*}/{method:.*}", self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        record = Call(next(self.numbers), method, {}, self.telegram.clock())
        try:
            if request.match_info["token"] != self.token:
                raise ApiError(401, "Unauthorized")
            self.calls.append(record)
            response = await self.attempt(request, method, record)
        except ApiError as problem:
            record.description = problem.description
            response = refusal(problem)
        record.status = response.status
        return response

    async def attempt(self, request: web.Request, method: str, record: Call) -> web.StreamResponse:
        arguments = Arguments(await read_arguments(request))
        record.args = arguments.values
        fault = self.faults.take(method)
        if fault:
            fault.refuse()
            if fault.kind == "502":
                return web.Response(status=502, text=FRONT_END_TROUBLE, content_type="text/html")
            if fault.kind in {"hang", "drop"}:
                return await self.vanish(request, fault)
            if fault.kind == "delay":
                await self.linger(fault.seconds)
        self.flood.check(method, arguments.text("chat_id"))
        result = await call(self.telegram, method, arguments)
        if fault and fault.kind in {"hang_after", "drop_after"}:
            return await self.vanish(request, fault)
        return web.json_response({"ok": True, "result": result}, dumps=compact)

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


async def read_arguments(request: web.Request) -> dict[str, Any]:
    """Query and body together; files are left out, as no method here takes one."""
    values: dict[str, Any] = dict(request.query)
    try:
        if request.content_type == "application/json":
            values |= read_json(await request.text())
        elif request.can_read_body:
            form = await request.post()
            values |= {name: value for name, value in form.items() if isinstance(value, str)}
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    except (ValueError, LookupError):
        raise bad("can't parse the request") from None
    return values


def read_json(body: str) -> dict[str, Any]:
    value = json.loads(body or "{}")
    if not isinstance(value, dict):
        raise ValueError("arguments are an object")
    return value
