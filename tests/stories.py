"""Recorded consultations: who talks, what he does, and word for word what he sees.

A story is a text file:

    # What it is about.
    telegram: zh-hans              the language of his Telegram

    > /start                       he writes; `> [Label]` is a tap
    a line of the page             what he sees, in light Markdown …
    | a line of the sources        … its sources folded away …
    [A button] [Another]           … and its buttons, as they stand

Each act and what follows it is one exchange.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dialogs import Reply

FOLDER = Path(__file__).parent / "dialogs" / "stories"

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
"""When all stories happen: seconds since 1970."""

TODAY = datetime.fromtimestamp(NOW, UTC).date()


@dataclass(slots=True)
class Exchange:
    """Something he does, and what he sees then."""

    act: str
    seen: str

    @property
    def tap(self) -> str:
        """The label of the button, when it is a tap."""
        return self.act[1:-1] if self.act.startswith("[") and self.act.endswith("]") else ""


@dataclass(slots=True)
class Story:
    """One recorded consultation."""

    path: Path
    head: str
    telegram: str
    exchanges: list[Exchange] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"> {exchange.act}\n{exchange.seen}\n" for exchange in self.exchanges]
        return f"{self.head}\n\n" + "\n".join(parts)


def read(path: Path) -> Story:
    """The story in a file."""
    head, *exchanges = path.read_text(encoding="utf-8").split("\n> ")
    telegram = next(line.partition(":")[2].strip() for line in head.splitlines() if line.startswith("telegram:"))
    story = Story(path, head.strip(), telegram)
    for exchange in exchanges:
        act, _, seen = exchange.partition("\n")
        story.exchanges.append(Exchange(act.strip(), seen.strip()))
    return story


def names() -> list[str]:
    """Every story, by the name of its file."""
    return sorted(path.name for path in FOLDER.glob("*.txt"))


def written(reply: Reply) -> str:
    """A reply as a story writes it down."""
    sources = "".join(f"\n| {line}" for line in reply.sources.splitlines() if line)
    buttons = " ".join(f"[{button.label}]" for button in reply.buttons)
    return f"{reply.text}{sources}\n{buttons}".strip()
