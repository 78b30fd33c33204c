"""The web server: a strict local Bot API on one side, pretend people and a chat page on the other.

For the bot: `/bot<token>/<method>`, see `methods`, and `/file/bot<token>/<file_path>`. For people, the page and tests,
all JSON but what is in a file:

    GET  /sim/people                      everybody, with the last message
    POST /sim/people                      {name, language_code}: a new pretend person
    GET  /sim/people/{id}/chat            messages, buttons, commands, bot name, toast, spinner, idle seconds;
                                          whether the content of a photo or document is `kept`
    POST /sim/people/{id}/text            {text, reply_to?} -> {message_ids, update_ids}
    POST /sim/people/{id}/photo           {caption?, reply_to?, size?, width?, height?}; /document {caption?, name?, …}
                                          -> {message_id, update_id, file_id}
    POST /sim/people/{id}/edit            {message_id, text}: edits a message, or a caption, of one's own
                                          (whatever is written may come with `entities`, or a `parse_mode`)
    POST /sim/people/{id}/tap             {message_id, data} -> {press, update_id}
    POST /sim/people/{id}/block           and /unblock, /deactivate (account gone), /clear (the history)
    POST /sim/people/{id}/update          {kind: fragment}: any update, the usual fields are filled in
    DELETE /sim/people/{id}/messages/{m}  the person deletes a message on both sides
    GET  /sim/files/{file_id}             what the bot uploaded: a photo inline, a document as an attachment with its
                                          name; 404 with the reason when it isn't kept
    GET  /sim/events                      server-sent events: {what, chat?, toast?}
    GET  /sim/state                       {idle, pending, flood, scale, faults}
    GET  /sim/calls?since=N&last=M        the last 10,000 calls: {n, method, args, at, status, description, chat}
    GET  /sim/arrivals?since=N            the last 200,000 in brief: [n, method, chat, at, status]
    GET, POST, DELETE /sim/faults         orders of trouble: {kind, method, times, seconds}, see `faults`
    POST /sim/flood                       {on, scale?}: flood control, for time that runs `scale` times as fast
    POST /sim/crowd                       {count, languages?, blocked?, deactivated?}: many people, see `crowd`
    GET  /sim/crowd?text=…                {received: {id: messages ever}, standing: {id: messages now, with that text}}
    POST /sim/repeat                      {update_id}: delivers an update once more

It listens on this machine only, and refuses requests that another web site could make a browser send.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.simulator.errors import ImpossibleError

PAGE = Path(__file__).with_name("page")
# Spelled out, because some systems take JavaScript for plain text, which browsers then refuse.
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/chat.css": ("chat.css", "text/css; charset=utf-8"),
    "/chat.js": ("chat.js", "text/javascript; charset=utf-8"),
    "/bubble.js": ("bubble.js", "text/javascript; charset=utf-8"),
    "/compose.js": ("compose.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
LARGEST_BODY = 2**20
LOCAL = {"127.0.0.1", "localhost"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(routes: list[web.RouteDef]) -> web.Application:
    app = web.Application(middlewares=[guard, explain], client_max_size=LARGEST_BODY)
    app.add_routes([*routes, *(web.get(path, page) for path in FILES)])
    app.on_response_prepare.append(harden)
    return app


async def page(request: web.Request) -> web.StreamResponse:
    name, kind = FILES[request.path]
    return web.FileResponse(PAGE / name, headers={"Content-Type": kind, "Cache-Control": "no-cache"})


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only our own page may talk to us: not one that points its name here, nor one that posts from afar."""
    if host_of(request.host) not in LOCAL:
        return web.json_response({"error": "ask for 127.0.0.1 or localhost"}, status=403)
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != f"http://{request.host}"
    # A foreign page may link to the chat page, but nothing else of ours may be loaded from there.
    asked_from = request.headers.get("Sec-Fetch-Site", "none")
    if foreign or (asked_from not in {"none", "same-origin"} and request.path != "/"):
        return web.json_response({"error": "requests from other sites are refused"}, status=403)
    return await handler(request)


def host_of(host: str) -> str:
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns what a person can't do into an answer; the bot's side has its own errors."""
    if not request.path.startswith("/sim/"):
        return await handler(request)
    try:
        return await handler(request)
    except ImpossibleError as error:
        return web.json_response({"error": str(error)}, status=400)
    except json.JSONDecodeError:
        return web.json_response({"error": "send JSON"}, status=400)
    except (ValueError, TypeError) as error:
        return web.json_response({"error": str(error)}, status=400)
