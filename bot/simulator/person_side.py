"""What people do, and what the page shows: `/sim/people/…`, `/sim/files/…` and `/sim/events`.

Endpoints are listed in `server`. Everything but files is JSON; what can't be done answers 400 with {"error": "…"}.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

from bot.simulator import typed
from bot.simulator.downloads import give, to_person
from bot.simulator.errors import ImpossibleError
from bot.simulator.media import view
from bot.simulator.people import BOT_USERNAME, FIRST_CROWD_ID, OPERATOR_ID, Chat, Message
from bot.simulator.requests import read_object
from bot.simulator.telegram import Telegram

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# A page that reads slower than this has stopped reading; it reloads everything when it reconnects.
UNREAD = 1000
HEARTBEAT = 15.0
GONE = (
    "the content of this file isn't kept: what people send has none, "
    "and of what the bot uploads the newest is kept until a restart"
)


@dataclass(slots=True)
class PersonSide:
    """Answers the page and the tests."""

    telegram: Telegram
    streams: set[asyncio.Queue[dict[str, Any] | None]] = field(default_factory=set)

    def routes(self) -> list[web.RouteDef]:
        person = "/sim/people/{id:\\d+}"
        return [
            web.get("/sim/people", self.list_people),
            web.post("/sim/people", self.invite),
            web.get(f"{person}/chat", self.show),
            web.post(f"{person}/text", self.say),
            web.post(f"{person}/photo", self.send_photo),
            web.post(f"{person}/document", self.send_document),
            web.post(f"{person}/edit", self.edit),
            web.post(f"{person}/tap", self.tap),
            web.post(f"{person}/block", self.block),
            web.post(f"{person}/unblock", self.unblock),
            web.post(f"{person}/deactivate", self.deactivate),
            web.post(f"{person}/clear", self.clear),
            web.post(f"{person}/update", self.inject),
            web.delete(f"{person}/messages/{{message:\\d+}}", self.discard),
            web.get("/sim/files/{file}", self.download),
            web.get("/sim/events", self.events),
        ]

    # --- people and chats ---

    async def list_people(self, request: web.Request) -> web.Response:
        chats = [chat for chat in self.telegram.chats.values() if chat.id < FIRST_CROWD_ID]
        return web.json_response({"people": [self.brief(chat) for chat in chats]})

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
            "last": last and {"id": last.message_id, "text": gist(last), "from_bot": last.from_bot},
        }

    async def invite(self, request: web.Request) -> web.Response:
        given = await read_object(request)
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
        media = view(message.other)
        return {
            "message_id": message.message_id,
            "from_bot": message.from_bot,
            "date": message.date,
            "edited": bool(message.edit_date),
            "text": message.text or str(message.other.get("caption", "")),
            "entities": message.entities,
            "keyboard": keyboard.get("inline_keyboard", []),
            "reply_to": message.reply_to,
            "media": media and media | {"kept": self.telegram.files.kept(media["file_id"])},
            "other": [] if media else sorted(message.other),
        }

    def chat(self, request: web.Request) -> Chat:
        return self.telegram.own_chat(person_id(request))

    async def say(self, request: web.Request) -> web.Response:
        given = await read_object(request)
        reply_to = int(given.get("reply_to") or 0)
        text, formatting = str(given.get("text", "")), read_formatting(given)
        messages, updates = self.telegram.say(person_id(request), text, reply_to, *formatting)
        return web.json_response({"message_ids": messages, "update_ids": updates})

    async def send_photo(self, request: web.Request) -> web.Response:
        return await self.attach(request, "photo")

    async def send_document(self, request: web.Request) -> web.Response:
        return await self.attach(request, "document")

    async def attach(self, request: web.Request, kind: str) -> web.Response:
        given = await read_object(request)
        caption = typed.caption(str(given.get("caption", "")), *read_formatting(given))
        file = typed.attached(self.telegram.files, kind, given)
        reply_to = int(given.get("reply_to") or 0)
        message, update = self.telegram.attach(person_id(request), file, caption, reply_to)
        found = {"message_id": message, "update_id": update, "file_id": file.each()[-1]["file_id"]}
        return web.json_response(found)

    async def edit(self, request: web.Request) -> web.Response:
        given = await read_object(request)
        message = int(given.get("message_id") or 0)
        text, formatting = str(given.get("text", "")), read_formatting(given)
        return web.json_response({"update_id": self.telegram.rewrite(person_id(request), message, text, *formatting)})

    async def tap(self, request: web.Request) -> web.Response:
        given = await read_object(request)
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
        update = self.telegram.inject(person_id(request), await read_object(request))
        return web.json_response({"update_id": update})

    async def download(self, request: web.Request) -> web.StreamResponse:
        """What the bot uploaded, as a picture to be shown or as a document to be saved."""
        file = self.telegram.files.known.get(request.match_info["file"])
        content = self.telegram.files.content(file) if file else None
        if file is None or content is None:
            return web.json_response({"error": GONE if file else "there is no such file"}, status=404)
        return await give(request, content, to_person(file, content))

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


def gist(message: Message) -> str:
    """What the list of people shows of a message."""
    media = view(message.other) or {"kind": "", "name": ""}
    return message.text[:120] or media["name"] or media["kind"].capitalize()


def read_formatting(given: dict[str, Any]) -> tuple[list[Any], str]:
    """The entities and the mode of what a person writes; either is enough."""
    entities = given.get("entities") or []
    if not isinstance(entities, list):
        raise ImpossibleError("entities are a list")
    return entities, str(given.get("parse_mode") or "")


def person_id(request: web.Request) -> int:
    return int(request.match_info["id"])
