"""What the simulator's tests share: a bot that speaks plain HTTP, and a clock that moves when told."""

from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.simulator import TOKEN, Simulator

MEI = 5_000_000_002
SAM = 5_000_000_006
BASE_TIME = 1_800_000_000.0


@dataclass
class Clock:
    """Seconds since 1970; stands still until it is moved."""

    now: float = BASE_TIME

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """A bot's side of the Bot API without any library."""

    def __init__(self, session: aiohttp.ClientSession, token: str = TOKEN) -> None:
        self.session = session
        self.token = token

    async def call(self, method: str, **arguments: Any) -> Answer:
        async with self.session.post(f"/bot{self.token}/{method}", json=arguments) as response:
            return Answer(response.status, await response.json(), dict(response.headers))

    async def ok(self, method: str, **arguments: Any) -> Any:
        answer = await self.call(method, **arguments)
        assert (answer.status, answer.body["ok"]) == (200, True), answer.body
        return answer.body["result"]

    async def refused(self, method: str, **arguments: Any) -> str:
        """The description of a refusal; checks that the rest of the answer agrees."""
        answer = await self.call(method, **arguments)
        assert answer.body["ok"] is False, answer.body
        assert answer.body["error_code"] == answer.status
        return str(answer.body["description"])

    async def updates(self, **arguments: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.ok("getUpdates", **arguments)
        return found

    async def send(self, text: str = "hello", chat_id: int = MEI, **arguments: Any) -> dict[str, Any]:
        sent: dict[str, Any] = await self.ok("sendMessage", chat_id=chat_id, text=text, **arguments)
        return sent


async def sim(
    simulator: Simulator, method: str, path: str, content: Any = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    """One request to the person side, whatever comes of it."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, simulator.api_base + path, json=content, headers=headers) as response,
    ):
        return response.status, await response.json()


def inline(*rows: list[str]) -> dict[str, Any]:
    """An inline keyboard whose buttons carry their own labels."""
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in row] for row in rows]}
