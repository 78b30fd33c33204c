"""What an examination looks at, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from bot.settings import Settings


class Level(Enum):
    """How bad it is, as it is shown."""

    FINE = "✓"
    LOOK = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was found about a subject, and what to do about it."""

    level: Level
    subject: str
    what: str
    do: str = ""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Examined:
    """What is examined: a bot with these settings."""

    settings: Settings
    kind: str
    """Whose sellers it has: real or try-out."""
    database: Path
    poller: bool = False
    """Whether to look for another program that fetches the updates."""
    clock: Callable[[], datetime] = field(default=_now)


Check = Callable[[Examined], Iterator[Finding]]


def printable(text: object) -> str:
    """What others wrote, in one line that does nothing to the terminal."""
    return "".join(letter for letter in str(text) if letter.isprintable())[:200]
