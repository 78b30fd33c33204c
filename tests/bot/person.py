"""A pretend user for tests: says, taps and reads through the simulator's own HTTP endpoints.

async with Person(simulator.api_base, 5_000_000_002) as mei:
    await mei.say("/start")
    screen = await mei.until(lambda screen: "中文" in screen.labels)
    await mei.tap("中文")
    assert await mei.toast() == ""
"""

import asyncio
import html
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import TracebackType
from typing import Any, Self

import aiohttp

PAUSE = 0.02
DEADLINE = 5.0
TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "expandable_blockquote": "blockquote expandable",
}  # fmt: skip

Json = dict[str, Any]


class WaitedError(AssertionError):
    """What was waited for didn't come; the text shows the chat."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One message of the bot's, as a person sees it. Without any message: id 0 and empty."""

    message_id: int = 0
    text: str = ""
    buttons: tuple[tuple[Json, ...], ...] = ()
    entities: tuple[Json, ...] = ()
    edited: bool = False
    media: str = ""
    """photo, document or nothing; the text is its caption then."""
    file_id: str = ""
    """Of the photo's largest size, or of the document."""
    file_name: str = ""

    @property
    def rows(self) -> list[list[str]]:
        """The labels of the buttons, row by row."""
        return [[button["text"] for button in row] for row in self.buttons]

    @property
    def labels(self) -> list[str]:
        return [label for row in self.rows for label in row]

    @property
    def html(self) -> str:
        """The text with its formatting spelled out; links keep their address."""
        return to_html(self.text, self.entities)

    def button(self, label: str) -> Json | None:
        return next((button for row in self.buttons for button in row if button["text"] == label), None)


@dataclass(slots=True)
class Person:
    """Somebody at their phone. Use as a context manager."""

    base: str
    id: int
    deadline: float = DEADLINE
    session: aiohttp.ClientSession = field(init=False)
    last_press: str = ""

    async def __aenter__(self) -> Self:
        self.session = aiohttp.ClientSession(self.base)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    # --- doing ---

    async def say(self, text: str, reply_to: int = 0, entities: Sequence[Json] = ()) -> Json:
        """Writes to the bot; returns message_ids and update_ids. Without entities it is plain text."""
        return await self.post("text", text=text, reply_to=reply_to, entities=list(entities))

    async def say_html(self, text: str, reply_to: int = 0) -> Json:
        """Writes with formatting; the bot gets entities, as always."""
        return await self.post("text", text=text, reply_to=reply_to, parse_mode="HTML")

    async def photo(self, caption: str = "", **more: Any) -> Json:
        """Sends a photo; returns message_id, update_id, file_id. More: parse_mode, entities, width, height, size."""
        return await self.post("photo", caption=caption, **more)

    async def document(self, name: str = "document.pdf", caption: str = "", **more: Any) -> Json:
        """Sends a document; returns message_id, update_id, file_id. More: parse_mode, entities, size in bytes."""
        return await self.post("document", name=name, caption=caption, **more)

    async def edit(self, message_id: int, text: str) -> Json:
        return await self.post("edit", message_id=message_id, text=text)

    async def tap(self, label: str, message_id: int = 0) -> Json:
        """Presses a button by its label, on the newest message that has it or on the given one."""
        for screen in reversed(await self.screens()):
            button = screen.button(label) if message_id in (0, screen.message_id) else None
            if button:
                return await self.tap_data(screen.message_id, button["callback_data"])
        raise WaitedError(f"there is no button {label!r} for {self.id}\n{await self.transcript()}")

    async def tap_data(self, message_id: int, data: str) -> Json:
        """Presses a button by what it carries, also one that has been edited away since."""
        answer = await self.post("tap", message_id=message_id, data=data)
        self.last_press = answer["press"]
        return answer

    async def block(self) -> Json:
        return await self.post("block")

    async def unblock(self) -> Json:
        return await self.post("unblock")

    async def deactivate(self) -> Json:
        return await self.post("deactivate")

    async def clear(self) -> Json:
        return await self.post("clear")

    async def delete(self, message_id: int) -> None:
        await self.ask("DELETE", f"/sim/people/{self.id}/messages/{message_id}")

    async def send_update(self, **fragment: Any) -> Json:
        """Any update: `send_update(message={"sticker": {...}})`."""
        return await self.post("update", **fragment)

    # --- seeing ---

    async def chat(self) -> Json:
        """Everything the page would show; see the `server` module of the simulator."""
        return await self.ask("GET", f"/sim/people/{self.id}/chat")

    async def screens(self) -> list[Screen]:
        """All messages of the bot's, oldest first."""
        return [to_screen(message) for message in (await self.chat())["messages"] if message["from_bot"]]

    async def screen(self) -> Screen:
        """The newest message of the bot's."""
        return ([Screen(), *await self.screens()])[-1]

    async def until(self, wanted: Callable[[Screen], object], deadline: float = 0.0) -> Screen:
        """Waits until the newest message of the bot's is as wanted."""
        last = time.monotonic() + (deadline or self.deadline)
        while not wanted(screen := await self.screen()):
            await self.pause(last, "the screen never came")
        return screen

    async def toast(self, deadline: float = 0.0) -> str:
        """Waits until the last press is answered, and returns the notification ("" if there was none)."""
        last = time.monotonic() + (deadline or self.deadline)
        while True:
            chat = await self.chat()
            if self.last_press not in {press["id"] for press in chat["loading"]}:
                toast = chat["toast"] or {}
                return str(toast["text"]) if toast.get("press") == self.last_press else ""
            await self.pause(last, "the press was never answered")

    async def alert(self, deadline: float = 0.0) -> str:
        """As `toast`, but only what stays until OK is pressed; "" if the answer was a passing one."""
        text = await self.toast(deadline)
        return text if text and (await self.chat())["toast"]["alert"] else ""

    async def pause(self, last: float, complaint: str) -> None:
        if time.monotonic() > last:
            raise WaitedError(f"{complaint} for {self.id}\n{await self.transcript()}")
        await asyncio.sleep(PAUSE)

    async def download(self, file_id: str) -> bytes:
        """What the bot uploaded: the photo or document with that identifier, if it is still kept."""
        async with self.session.get(f"/sim/files/{file_id}") as response:
            if response.status == 404:
                raise WaitedError((await response.json())["error"])
            response.raise_for_status()
            return await response.read()

    async def transcript(self) -> str:
        """The chat in plain text, and the bot's last calls: for failure messages."""
        lines = []
        for message in (await self.chat())["messages"]:
            who = "bot" if message["from_bot"] else "me "
            lines.append(f"{who} {message['message_id']}: {message['text']}")
            lines += ["      " + "  ".join(f"[{one['text']}]" for one in row) for row in message["keyboard"]]
        calls = (await self.ask("GET", "/sim/calls"))["calls"][-5:]
        lines += [f"call {call['method']} -> {call['status']} {call['description']}" for call in calls]
        return "\n".join(lines) or "(nothing was said)"

    # --- speaking HTTP ---

    async def post(self, action: str, **content: Any) -> Json:
        return await self.ask("POST", f"/sim/people/{self.id}/{action}", content)

    async def ask(self, method: str, path: str, content: Json | None = None) -> Json:
        async with self.session.request(method, path, json=content) as response:
            answer: Json = await response.json()
        assert response.status == 200, f"{method} {path}: {answer.get('error', answer)}"
        return answer


def to_screen(message: Json) -> Screen:
    return Screen(
        message["message_id"],
        message["text"],
        tuple(tuple(row) for row in message["keyboard"]),
        tuple(message["entities"]),
        message["edited"],
        *((media["kind"], media["file_id"], media["name"]) if (media := message["media"]) else ()),
    )


def to_html(text: str, entities: tuple[Json, ...]) -> str:
    """Text and entities as the HTML a bot might have sent; what the server found by itself stays plain."""
    wide = text.encode("utf-16-le")
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for entity in entities:
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        tag = TAGS.get(entity["type"])
        if entity["type"] == "text_link":
            tag = f'a href="{html.escape(entity["url"])}"'
        if tag:
            opening[begin] = opening.get(begin, "") + f"<{tag}>"
            closing[end] = f"</{tag.split()[0]}>" + closing.get(end, "")
    edges = sorted({0, len(wide) // 2, *opening, *closing})
    pieces = [closing.get(0, "") + opening.get(0, "")]
    for begin, end in pairwise(edges):
        pieces += [html.escape(wide[2 * begin : 2 * end].decode("utf-16-le"), quote=False)]
        pieces += [closing.get(end, ""), opening.get(end, "")]
    return "".join(pieces)


# --- many at once ---


@dataclass(frozen=True, slots=True)
class Crowd:
    """Thousands of people who have started the bot; some have blocked it, some have deleted their accounts."""

    base: str
    ids: tuple[int, ...]
    blocked: frozenset[int]
    deactivated: frozenset[int]

    async def received(self) -> dict[int, int]:
        """How many messages each ever got, deleted ones too."""
        return await self.count("received")

    async def standing(self, text: str = "") -> dict[int, int]:
        """How many messages each sees now; only those that hold the text."""
        return await self.count("standing", text)

    async def count(self, what: str, text: str = "") -> dict[int, int]:
        async with aiohttp.ClientSession(self.base) as session, session.get("/sim/crowd", params={"text": text}) as got:
            counted = (await got.json())[what]
        return {id_: counted[str(id_)] for id_ in self.ids}


async def gather(
    base: str, count: int, languages: Sequence[str] = ("en",), *, blocked: int = 0, deactivated: int = 0
) -> Crowd:
    """Makes a crowd; its languages alternate."""
    wish = {"count": count, "languages": list(languages), "blocked": blocked, "deactivated": deactivated}
    async with aiohttp.ClientSession(base) as session, session.post("/sim/crowd", json=wish) as got:
        made = await got.json()
    assert got.status == 200, made
    return Crowd(base, tuple(made["ids"]), frozenset(made["blocked"]), frozenset(made["deactivated"]))


@dataclass(frozen=True, slots=True)
class Arrival:
    """One call of the bot's, in brief."""

    n: int
    method: str
    chat: str
    at: float
    status: int


async def arrivals(base: str, *methods: str, since: int = 0) -> list[Arrival]:
    """When the calls of these methods came, or all calls but polling, after the one with the number `since`."""
    async with aiohttp.ClientSession(base) as session, session.get("/sim/arrivals", params={"since": since}) as got:
        came = [Arrival(*arrival) for arrival in (await got.json())["arrivals"]]
    return [
        arrival for arrival in came if arrival.method in methods or (not methods and arrival.method != "getUpdates")
    ]


def busiest(times: Iterable[float], seconds: float = 1.0) -> int:
    """The most of these moments that lie in any span shorter than so many seconds."""
    ordered = sorted(times)
    most = begin = 0
    for end, moment in enumerate(ordered):
        while moment - ordered[begin] >= seconds:
            begin += 1
        most = max(most, end - begin + 1)
    return most
