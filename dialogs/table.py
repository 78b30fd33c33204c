"""A TOML table read key by key: whatever is missing, misspelt or of the wrong kind becomes a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author should mend; a grave one keeps the bot from starting."""

    where: str
    what: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint at the nearest known word, or nothing."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


class Table:
    """One table and what has been wrong with it so far.

    Each getter returns a value of its kind whatever it finds, so that one reading names every mistake.
    """

    def __init__(self, content: object, where: str, problems: list[Problem]) -> None:
        self.where = where
        self._problems = problems
        self._asked: set[str] = set()
        if isinstance(content, dict):
            self._content: dict[str, Any] = content
        else:
            self._content = {}
            self.wrong("a table is needed here")

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def wrong(self, what: str) -> None:
        """Note a mistake in this table."""
        self._problems.append(Problem(self.where, what))

    def text(self, key: str, *, needed: bool = True) -> str:
        """A text that says something; empty when it is missing."""
        value = self._get(key, str, "a text", needed)
        if value is not None and not value.strip():
            self.wrong(f"'{key}' says nothing")
        return value.strip() if value else ""

    def flag(self, key: str) -> bool:
        """True or false; false when it is missing."""
        return bool(self._get(key, bool, "true or false", needed=False))

    def number(self, key: str) -> int:
        """A whole number; 0 when it is missing."""
        return self._get(key, int, "a whole number", needed=True) or 0

    def day(self, key: str, *, needed: bool = True) -> date | None:
        """A day, written like 2026-11-22."""
        return self._get(key, date, "a day like 2026-11-22", needed)

    def value(self, key: str) -> str | int | date:
        """A text, a whole number or a day; empty when it is none of them."""
        self._asked.add(key)
        value = self._content[key]
        if isinstance(value, bool | datetime) or not isinstance(value, str | int | date) or value == "":
            self.wrong(f"'{key}' must be a text, a whole number or a day like 2026-11-22")
            return ""
        return value

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        values = self._get(key, list, "a list of texts", needed)
        if needed and values == []:
            self.wrong(f"'{key}' says nothing")
        values = values or []
        if not all(isinstance(value, str) for value in values):
            self.wrong(f"'{key}' must be a list of texts")
        return tuple(value for value in values if isinstance(value, str))

    def names(self) -> tuple[str, ...]:
        """Every key of this table."""
        self._asked.update(self._content)
        return tuple(self._content)

    def within(self, key: str) -> "Table":
        """The table under a key."""
        self._asked.add(key)
        return Table(self._content.get(key), f"{self.where}, {key}", self._problems)

    def tables(self, key: str) -> list["Table"]:
        """A list of tables."""
        values = self._get(key, list, "a list of tables", needed=False) or []
        return [Table(value, f"{self.where}, {key} {n}", self._problems) for n, value in enumerate(values, 1)]

    def named(self, key: str) -> dict[str, "Table"]:
        """Tables by name, like `[page.offer]`."""
        values = self._get(key, dict, "a table", needed=False) or {}
        return {name: Table(value, f"{self.where}, {key} '{name}'", self._problems) for name, value in values.items()}

    def one_of(self, key: str, allowed: Iterable[str], *, needed: bool = True) -> str:
        """A text that is one of a few."""
        value, allowed = self.text(key, needed=needed), list(allowed)
        if value and value not in allowed:
            self.wrong(f"'{key}' is '{value}', but may only be one of: {', '.join(allowed)}")
        return value

    def done(self) -> None:
        """Note every key nobody asked for: a misspelt key is a lost one."""
        for key in self._content.keys() - self._asked:
            self.wrong(f"nobody knows the key '{key}'{suggestion(key, self._asked)}")

    def _get(self, key: str, kind: type[T], name: str, needed: bool) -> T | None:
        self._asked.add(key)
        value = self._content.get(key)
        if value is None:
            if needed:
                self.wrong(f"'{key}' is missing")
            return None
        # A bool is an int to Python and a moment is a day, but neither to an author.
        odd = isinstance(value, bool) != (kind is bool) or isinstance(value, datetime)
        if not isinstance(value, kind) or odd:
            self.wrong(f"'{key}' must be {name}")
            return None
        return value
