"""The queue of updates for the bot, and the getUpdates that empties it (telegram_limits 5.1 and 5.2)."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.simulator.errors import ApiError

LONGEST_POLL = 50
MOST = 100_000
LIFE = {"callback_query": 150, "shipping_query": 150, "pre_checkout_query": 150, "inline_query": 30,
        "chosen_inline_result": 600}  # fmt: skip
USUAL_LIFE = 24 * 3600
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
KINDS = {
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages", "message_reaction",
    "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost",
}  # fmt: skip
# How far beyond the end an offset may lie before it is ignored.
AHEAD = 10
REPEATABLE = 1000
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True)
class Update:
    """Something the bot is to hear of."""

    id: int
    kind: str
    content: dict[str, Any]
    until: float

    def sent(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.content}


@dataclass(slots=True)
class Updates:
    """What waits for the bot."""

    clock: Callable[[], float]
    changed: Callable[[], None] = lambda: None
    next_id: int = 100_001
    allowed: list[str] = field(default_factory=list)
    queue: deque[Update] = field(default_factory=deque)
    polled_at: float | None = None
    recent: deque[Update] = field(default_factory=lambda: deque(maxlen=REPEATABLE))
    repeats: list[Update] = field(default_factory=list)
    waiting: asyncio.Future[None] | None = None

    def put(self, kind: str, content: dict[str, Any]) -> int | None:
        """Queues an update and returns its id, or None when nobody asked for its kind."""
        if not self.wanted(kind) or len(self.queue) >= MOST:
            return None
        update = Update(self.next_id, kind, content, self.clock() + LIFE.get(kind, USUAL_LIFE))
        self.next_id += 1
        self.queue.append(update)
        self.recent.append(update)
        self.wake()
        return update.id

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UNASKED

    def repeat(self, update_id: int) -> bool:
        """Delivers an update once more, however far the bot's offset is (telegram_limits 5.1: duplicates)."""
        for update in self.recent:
            if update.id == update_id:
                self.repeats.append(update)
                self.wake()
                return True
        return False

    def allow(self, raw: str) -> None:
        """Remembers the wanted kinds; leaving them out keeps what was said before."""
        try:
            kinds = json.loads(raw) if raw else None
        except ValueError:
            return
        if isinstance(kinds, list):
            self.allowed = [kind for kind in kinds if kind in KINDS]
            self.changed()

    async def get(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        self.polled_at = self.clock()
        self.confirm(offset)
        if not self.ready() and seconds > 0:
            await self.wait(seconds)
            self.confirm(max(offset, 0))
        return self.take(limit)

    def ready(self) -> bool:
        return bool(self.queue or self.repeats)

    def confirm(self, offset: int) -> None:
        """Forgets what has been delivered, and what nobody fetched in time."""
        before = len(self.queue)
        now = self.clock()
        self.queue = deque(update for update in self.queue if update.until > now)
        if offset < 0:
            self.queue = deque(list(self.queue)[offset:])
        elif 0 < offset <= self.next_id + AHEAD:
            self.queue = deque(update for update in self.queue if update.id >= offset)
        if len(self.queue) != before:
            self.changed()

    def take(self, limit: int) -> list[dict[str, Any]]:
        repeated, self.repeats = self.repeats[:limit], self.repeats[limit:]
        fresh = list(self.queue)[: limit - len(repeated)]
        self.polled_at = self.clock()
        return [update.sent() for update in [*repeated, *fresh]]

    async def wait(self, seconds: float) -> None:
        """Until something arrives, the time is up, or a younger poller takes over."""
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(ApiError(409, CONFLICT))
        mine = self.waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await mine
        except TimeoutError:
            pass
        finally:
            if self.waiting is mine:
                self.waiting = None

    def wake(self) -> None:
        self.changed()
        if self.waiting and not self.waiting.done():
            self.waiting.set_result(None)

    @property
    def idle(self) -> float | None:
        """Seconds since the bot last asked; 0 while it waits, None if it never did."""
        if self.waiting:
            return 0.0
        return None if self.polled_at is None else max(0.0, self.clock() - self.polled_at)

    def dump(self) -> dict[str, Any]:
        return {
            "next_id": self.next_id,
            "allowed": self.allowed,
            "queue": [asdict(update) for update in self.queue],
        }

    def load(self, kept: dict[str, Any]) -> None:
        next_id, allowed = int(kept["next_id"]), list(kept["allowed"])
        self.queue = deque(Update(**update) for update in kept["queue"])
        self.next_id, self.allowed = next_id, allowed
        self.recent.extend(self.queue)
