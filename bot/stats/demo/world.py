"""What all who walk share: the time that passes, the dialogue, what its pages are like, and what people ask."""

import heapq
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

from bot.stats.demo.people import chance
from dialogs import Conversation

QUESTIONS = Path(__file__).with_name("questions.toml")


class Timeline:
    """What is going to happen, in the order of time; whatever happens may put in more."""

    def __init__(self) -> None:
        self.now = 0.0
        self._coming: list[tuple[float, int, Callable[[float], None]]] = []
        self._number = count()

    def at(self, moment: float, happen: Callable[[float], None]) -> None:
        """Have it happen then; nothing happens in the past."""
        heapq.heappush(self._coming, (max(moment, self.now), next(self._number), happen))

    def run(self, until: float) -> Iterator[float]:
        """Let everything happen up to that moment; tells after each when it was."""
        while self._coming and self._coming[0][0] <= until:
            self.now, _, happen = heapq.heappop(self._coming)
            happen(self.now)
            yield self.now


@dataclass(frozen=True, slots=True)
class Nature:
    """What a page is like for those who read it."""

    hard: float
    """How much rarer the answer to its question is right."""
    helps: float
    """How many of those who vote say that it helped."""
    tires: float
    """How much sooner people leave here than on other pages."""
    tempts: int
    """Which of the wrong answers is the likely one."""


class World:
    """What all who walk share."""

    def __init__(self, db: sqlite3.Connection, conversation: Conversation, timeline: Timeline, seed: int) -> None:
        self.db = db
        self.conversation = conversation
        self.timeline = timeline
        self.natures = dict(_natures(conversation, seed))

    @cached_property
    def sayings(self) -> list[dict[str, list[str]]]:
        """What people ask: for each question its wordings by language, the more usual questions first."""
        found: list[dict[str, list[str]]] = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]
        return found


def _natures(conversation: Conversation, seed: int) -> Iterator[tuple[str, Nature]]:
    for name in conversation.pages:
        mine = chance(seed, "page", name)
        tires = mine.choice((0.7, 0.9, 1, 1, 1.1, 1.3, 2.2))
        yield name, Nature(mine.uniform(-0.2, 0.35), mine.choice((0.5, 0.8, 0.85, 0.9, 0.95)), tires, mine.randrange(2))
