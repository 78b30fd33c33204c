"""What people do, what the page shows, and the switches of whoever plays with the simulator: `/sim/…`.

Endpoints are listed in `server`. Everything is JSON; what can't be done answers 400 with {"error": "…"}.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

from bot.simulator.arguments import sound
from bot.simulator.bot_side import BotSide
from bot.simulator.people import BOT_USERNAME, OPERATOR_ID, Chat, Message
from bot.simulator.telegram import ImpossibleError, Telegram

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# A page that reads slower than this has stopped reading; it reloads everything when it reconnects.
UNREAD = 1000
HEARTBEAT = 15.0


@dataclass(slots=True)
class PersonSide:
    """Answers the page and the tests."""

    telegram: Telegram
    bot: BotSide
    streams: set[asyncio.Queue[dict[str, Any] | None]] = field(default_factory=set)

    def routes(self) -> list[web.RouteDef]:
        person = "/sim/people/{id:\\d+}"
        return [
            web.get("/sim/people", self.list_people),
            web.post("/sim/people", self.invite),
            web.get(f"{person}/chat", self.show),
            web.post(f"{person}/text", self.say),
            web.post(f"{person}/edit", self.edit),
            web.post(f"{person}/tap", self.tap),
            web.post(f"{person}/block", self.block),
            web.post(f"{person}/unblock", self.unblock),
            web.post(f"{person}/deactivate", self.deactivate),
            web.post(f"{person}/clear", self.clear),
            web.post(f"{person}/update", self.inject),
            web.delete(f"{person}/messages/{{message:\\d+}}", self.discard),
            web.get("/sim/events", self.events),
            web.get("/sim/calls", self.list_calls),
            web.get("/sim/state", self.state),
            web.get("/sim/faults", self.list_faults),
            web.post("/sim/faults", self.order_fault),
            web.delete("/sim/faults", self.clear_faults),
            web.post("/sim/flood", self.switch_flood),
            web.post("/sim/repeat", self.repeat),
        ]

    # --- people and chats ---

    async def list_people(self, request: web.Request) -> web.Response:
        return web.json_response({"people": [self.brief(chat) for chat in self.telegram.chats.values()]})

    def brief(self, chat: Chat) -> dict[str, Any]:
        person = self.telegram.person_of(chat)
        last = next(reversed(chat.messages.values()), None)
        return {
            "id": person.id,
            "name": person.name,
            "language_code": person.language_code,
            "operator": person.id == OPERATOR_ID,
            "started": chat.started,
            "blocked": chat.blocked,
            "deactivated": chat.deactivated,
            "last": last and {"id": last.message_id, "text": last.text[:120], "from_bot": last.from_bot},
        }

    async def invite(self, request: web.Request) -> web.Response:
        given = await body(request)
        person = self.telegram.invite(str(given.get("name", "")).strip(), str(given.get("language_code", "")).strip())
        return web.json_response(self.brief(self.telegram.chats[person.id]))

    async def show(self, request: web.Request) -> web.Response:
        return web.json_response(self.view(self.chat(request)))

    def view(self, chat: Chat) -> dict[str, Any]:
        telegram, language = self.telegram, self.telegram.person_of(chat).language_code
        profile = telegram.profile
        acting = chat.action if telegram.clock() < chat.action_until else ""
        return {
            "person": self.brief(chat),
            "bot": {
                "username": BOT_USERNAME,
                "name": profile.text("name", language) or telegram.bot_user()["first_name"],
                "description": profile.text("description", language),
                "short_description": profile.text("short_description", language),
            },
            "commands": profile.commands_for(chat.id, language),
            "messages": [self.shown(message) for message in chat.messages.values()],
            "keys": keys(chat),
            "loading": [asdict(press) for press in telegram.loading(chat)],
            "toast": chat.toast,
            "action": acting,
            "idle": telegram.updates.idle,
        }

    def shown(self, message: Message) -> dict[str, Any]:
        keyboard = message.inline_keyboard or {}
        return {
            "message_id": message.message_id,
            "from_bot": message.from_bot,
            "date": message.date,
            "edited": bool(message.edit_date),
            "text": message.text,
            "entities": message.entities,
            "keyboard": keyboard.get("inline_keyboard", []),
            "reply_to": message.reply_to,
            "other": sorted(message.other),
        }

    def chat(self, request: web.Request) -> Chat:
        return self.telegram.own_chat(person_id(request))

    async def say(self, request: web.Request) -> web.Response:
        given = await body(request)
        reply_to = int(given.get("reply_to") or 0)
        messages, updates = self.telegram.say(person_id(request), str(given.get("text", "")), reply_to)
        return web.json_response({"message_ids": messages, "update_ids": updates})

    async def edit(self, request: web.Request) -> web.Response:
        given = await body(request)
        message = int(given.get("message_id") or 0)
        update = self.telegram.rewrite(person_id(request), message, str(given.get("text", "")))
        return web.json_response({"update_id": update})

    async def tap(self, request: web.Request) -> web.Response:
        given = await body(request)
        message, data = int(given.get("message_id") or 0), str(given.get("data", ""))
        press, update = self.telegram.tap(person_id(request), message, data)
        return web.json_response({"press": press, "update_id": update})

    async def block(self, request: web.Request) -> web.Response:
        return web.json_response({"update_id": self.telegram.block(person_id(request), blocked=True)})

    async def unblock(self, request: web.Request) -> web.Response:
        return web.json_response({"update_id": self.telegram.block(person_id(request), blocked=False)})

    async def deactivate(self, request: web.Request) -> web.Response:
        self.telegram.deactivate(person_id(request))
        return web.json_response({})

    async def clear(self, request: web.Request) -> web.Response:
        self.telegram.clear(person_id(request))
        return web.json_response({})

    async def discard(self, request: web.Request) -> web.Response:
        self.telegram.discard(person_id(request), int(request.match_info["message"]))
        return web.json_response({})

    async def inject(self, request: web.Request) -> web.Response:
        update = self.telegram.inject(person_id(request), await body(request))
        return web.json_response({"update_id": update})

    # --- switches and records ---

    async def state(self, request: web.Request) -> web.Response:
        """What the page shows outside a chat."""
        updates = self.telegram.updates
        return web.json_response(
            {
                "idle": updates.idle,
                "pending": len(updates.queue),
                "flood": self.bot.flood.on,
                "faults": self.bot.faults.listed(),
            }
        )

    async def list_calls(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", "0"))
        return web.json_response({"calls": [asdict(call) for call in self.bot.calls if call.n > since]})

    async def list_faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self.bot.faults.listed()})

    async def order_fault(self, request: web.Request) -> web.Response:
        fault = self.bot.faults.order(await body(request))
        self.telegram.tell("switches")
        return web.json_response(asdict(fault))

    async def clear_faults(self, request: web.Request) -> web.Response:
        self.bot.faults.open.clear()
        self.telegram.tell("switches")
        return web.json_response({})

    async def switch_flood(self, request: web.Request) -> web.Response:
        self.bot.flood.switch(on=(await body(request)).get("on") is True)
        self.telegram.tell("switches")
        return web.json_response({"on": self.bot.flood.on})

    async def repeat(self, request: web.Request) -> web.Response:
        update = int((await body(request)).get("update_id") or 0)
        if not self.telegram.updates.repeat(update):
            raise ImpossibleError(f"there is no recent update {update}")
        return web.json_response({"update_id": update})

    # --- the stream for the page ---

    def publish(self, event: dict[str, Any]) -> None:
        if event["what"] == "queue":
            return
        for stream in self.streams:
            if stream.qsize() < UNREAD:
                stream.put_nowait(event)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, one for each change."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        stream: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self.streams.add(stream)
        try:
            await response.write(b"retry: 1000\n\n")
            while (chunk := await next_chunk(stream)) is not None:
                await response.write(chunk)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self.streams.discard(stream)
        return response

    def close(self) -> None:
        for stream in self.streams:
            stream.put_nowait(None)


async def next_chunk(stream: asyncio.Queue[dict[str, Any] | None]) -> bytes | None:
    """The next event, or a comment now and then so that a closed page is noticed; None at the end."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            event = await stream.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if event is None else f"data: {json.dumps(event)}\n\n".encode()


def keys(chat: Chat) -> dict[str, Any] | None:
    """The reply keyboard or the forced reply that is in force; the latter until something is written."""
    written = False
    for message in reversed(chat.messages.values()):
        written = written or not message.from_bot
        if message.markup_kind == "remove":
            return None
        if message.markup_kind == "keyboard":
            return message.markup
        if message.markup_kind == "force_reply" and message.markup:
            return None if written else message.markup | {"reply_to": message.message_id}
    return None


def person_id(request: web.Request) -> int:
    return int(request.match_info["id"])


async def body(request: web.Request) -> dict[str, Any]:
    given = json.loads(await request.text() or "{}")
    if not isinstance(given, dict):
        raise ImpossibleError("send a JSON object")
    # Half a surrogate pair is legal in JSON and nowhere else; no client sends one.
    if not sound(json.dumps(given, ensure_ascii=False)):
        raise ImpossibleError("send whole Unicode characters")
    return given
