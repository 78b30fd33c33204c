"""How much one seller may write in a short time: enough for everybody in earnest, not enough to hurt the others."""

from dataclasses import dataclass
from enum import Enum

TEXTS = 20
"""Messages that are taken …"""
SECONDS = 10
"""… in so many seconds. Taps don't count: a stale one costs next to nothing, and every one is answered."""

PEOPLE = 10_000
"""Sellers remembered at once, before those are dropped who have been quiet."""


class Answer(Enum):
    """What happens to a message."""

    TAKE = "take"
    PAUSE = "pause"
    """Not taken, and he is told, once."""
    DROP = "drop"


@dataclass(slots=True)
class Burst:
    """What somebody wrote since `begun`."""

    begun: float
    texts: int = 0


class Patience:
    """Counts messages by seller, and forgets them soon."""

    def __init__(self) -> None:
        self._bursts: dict[int, Burst] = {}

    def with_(self, seller: int, now: float) -> Answer:
        """What happens to one more message of his at that moment, in seconds."""
        burst = self._bursts.get(seller)
        if burst is None or not 0 <= now - burst.begun <= SECONDS:  # a clock may be set back
            self._forget(now)
            burst = self._bursts[seller] = Burst(now)
        burst.texts += 1
        if burst.texts <= TEXTS:
            return Answer.TAKE
        return Answer.PAUSE if burst.texts == TEXTS + 1 else Answer.DROP

    def _forget(self, now: float) -> None:
        if len(self._bursts) > PEOPLE:
            self._bursts = {id_: burst for id_, burst in self._bursts.items() if now - burst.begun <= SECONDS}
