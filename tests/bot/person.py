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
from collections.abc import Callable
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

    async def say(self, text: str, reply_to: int = 0) -> Json:
        """Writes to the bot; returns message_ids and update_ids."""
        return await self.post("text", text=text, reply_to=reply_to)

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

    async def pause(self, last: float, complaint: str) -> None:
        if time.monotonic() > last:
            raise WaitedError(f"{complaint} for {self.id}\n{await self.transcript()}")
        await asyncio.sleep(PAUSE)

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
