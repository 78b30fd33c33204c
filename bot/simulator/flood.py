"""Flood control: about one message a second in a chat, thirty in all (telegram_limits 2).

It is off until switched on.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.simulator.errors import too_many

LIMITED = {"sendmessage", "editmessagetext", "editmessagereplymarkup"}
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
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def switch(self, *, on: bool) -> None:
        self.on = on
        self.buckets.clear()

    def check(self, method: str, chat: str) -> None:
        """Takes a token from both buckets, or refuses and takes none."""
        if not self.on or method.lower() not in LIMITED:
            return
        now = self.clock()
        both = [self.bucket("", ALL_RATE, ALL_BURST, now)]
        both.append(self.bucket(chat or "?", CHAT_RATE, CHAT_BURST, now))
        if wait := max(bucket.lacks for bucket in both):
            raise too_many(max(1, math.ceil(wait)))
        for bucket in both:
            bucket.tokens -= 1

    def bucket(self, name: str, rate: float, burst: float, now: float) -> Bucket:
        bucket = self.buckets.setdefault(name, Bucket(rate, burst, burst, now))
        bucket.refill(now)
        return bucket
