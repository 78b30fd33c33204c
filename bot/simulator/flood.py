"""Flood control: about one message a second in a chat, thirty in all (telegram_limits 2).

It is off until switched on. `scale` lets time run so many times faster, so that a test of an hour takes minutes; only
`retry_after` stays in real seconds, and whole ones, as nothing shorter can be said.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.simulator.errors import too_many

SPEAKING = {
    "sendmessage", "sendphoto", "senddocument", "editmessagetext", "editmessagecaption", "editmessagereplymarkup",
}  # fmt: skip
# What is taken away says nothing in a chat, but it is a call among all.
LIMITED = SPEAKING | {"deletemessage"}
SLOWEST, FASTEST = 0.01, 1000.0
CHAT_RATE, CHAT_BURST = 1.0, 3.0
ALL_RATE, ALL_BURST = 30.0, 30.0


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time."""

    rate: float
    burst: float
    tokens: float
    at: float

    def refill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now

    @property
    def lacks(self) -> float:
        """Seconds until there is a whole token."""
        return max(0.0, (1 - self.tokens) / self.rate)


@dataclass(slots=True)
class Flood:
    """One bucket for each chat and one for all."""

    clock: Callable[[], float]
    on: bool = False
    scale: float = 1.0
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def switch(self, *, on: bool, scale: float = 1.0) -> None:
        if not SLOWEST <= scale <= FASTEST:
            raise ValueError(f"scale is between {SLOWEST:g} and {FASTEST:g}")
        self.on, self.scale = on, scale
        self.buckets.clear()

    def check(self, method: str, chat: str) -> None:
        """Takes a token from each bucket that is asked, or refuses and takes none."""
        if not self.on or method.lower() not in LIMITED:
            return
        asked = [self.bucket("", ALL_RATE, ALL_BURST)]
        if method.lower() in SPEAKING:
            asked.append(self.bucket(chat or "?", CHAT_RATE, CHAT_BURST))
        if wait := max(bucket.lacks for bucket in asked):
            raise too_many(max(1, math.ceil(wait)))
        for bucket in asked:
            bucket.tokens -= 1

    def bucket(self, name: str, rate: float, burst: float) -> Bucket:
        now = self.clock()
        bucket = self.buckets.setdefault(name, Bucket(rate * self.scale, burst, burst, now))
        bucket.refill(now)
        return bucket
