"""A figure as it is shown everywhere, in the shell, the chat, a report or JSON: columns of a kind, and rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Table:
    """One figure; its title, its definition and the heads of its columns are phrases by these names."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def records(self) -> list[dict[str, Value]]:
        """Each row with the names of its columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> tuple[Value, ...]:
        """One column, from the first row to the last."""
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)


KINDS: Mapping[str, str] = {
    **dict.fromkeys(("topic",), "topic"),
    **dict.fromkeys(("page", "question"), "page"),
    **dict.fromkeys(("language",), "language"),
    **dict.fromkeys(("span", "words", "version", "campaign", "weekday"), "text"),
    **dict.fromkeys(("answer",), "choice"),
    **dict.fromkeys(("day", "week", "due", "oldest", "started"), "day"),
    **dict.fromkeys(("share", "went", "rate", "d1", "d7", "d30"), "share"),
    **dict.fromkeys(("median", "ninth"), "seconds"),
}
"""What a column holds, by its name; a count where nothing is said."""


def share(part: int, whole: int) -> float | None:
    """A part of a whole; nothing of nothing is no share."""
    return part / whole if whole else None
