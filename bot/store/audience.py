"""Whom a broadcast is for: `lang=zh_Hans and finished=iso9001` → a condition in SQL, its values as parameters."""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.store.daytime import DAY
from bot.store.tally import ARRIVALS

AND = re.compile(r"\s+and\s+", re.IGNORECASE)
DAYS = re.compile(r"(\d{1,4})\s*d(?:ays?)?")


class AudienceError(Exception):
    """The filter can't be understood; the text says which part and what is known instead."""


@dataclass(frozen=True, slots=True)
class Known:
    """The words a filter may use, from the content: so that a misspelt one is noticed and not a small audience."""

    languages: tuple[str, ...]
    topics: tuple[str, ...]
    pages: tuple[str, ...]
    questions: tuple[str, ...]
    """Full names of what sellers are asked: `auditors.people`."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A condition on the table of sellers, as `s`, besides wanting news and being there."""

    condition: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    condition: str
    choices: Callable[[Known], tuple[str, ...]] | None = None


# What people have seen is told by the trail, which knows them by a random number only. It is read once, whole: looked
# up for each of them it would need an index that every step of the conversation pays for.
_SAW = (
    "s.who in (select t.who from trail t "  # noqa: S608  our own words
    f"where t.kind in ({', '.join(repr(kind) for kind in sorted(ARRIVALS))}) and {{}})"
)

KEYS: dict[str, _Key] = {
    "lang": _Key("s.lang = ?", lambda known: known.languages),
    "topic": _Key(_SAW.format("instr(t.page, ? || '.') = 1"), lambda known: known.topics),
    "finished": _Key("exists (select 1 from json_each(s.finished) where value = ?)", lambda known: known.topics),
    "in-progress": _Key("s.topic = ?", lambda known: known.topics),
    "page": _Key(_SAW.format("t.page = ?"), lambda known: known.pages),
    "version": _Key(_SAW.format("t.page = ? and t.version = ?")),
    "campaign": _Key("s.who in (select t.who from trail t where t.kind = 'link' and t.detail = ?)"),
    "active": _Key("s.last >= ?"),
}
"""What can be asked for. `answer.<question>=<value>` besides."""


def parse(text: str, known: Known, now: float) -> Audience:
    """The audience a filter means; an empty one is everybody who wants news.

    Raises AudienceError, which names the part and the nearest word that is known.
    """
    parts = [part.strip() for part in AND.split(text.strip()) if part.strip()]
    conditions, values = [], list[str | int]()
    for part in parts:
        if not part.isprintable():
            raise AudienceError("there is a character in it that nobody can see")
        key, equals, value = (word.strip() for word in part.partition("="))
        if not equals or not key or not value:
            raise AudienceError(f"'{part}' is no condition: write key=value, joined with 'and'")
        condition, given = _condition(key, value, known, now)
        conditions.append(condition)
        values += given
    return Audience(" and ".join(conditions) or "1", tuple(values))


def _condition(key: str, value: str, known: Known, now: float) -> tuple[str, list[str | int]]:
    if key.startswith("answer."):
        question = key.removeprefix("answer.")
        _among(question, known.questions, "question")
        return "exists (select 1 from answers a where a.seller = s.id and a.question = ? and a.answer = ?)", [
            question,
            value,
        ]
    if key not in KEYS:
        raise AudienceError(f"nobody knows '{key}'{_hint(key, [*KEYS, 'answer.<question>'])}")
    found = KEYS[key]
    if found.choices:
        _among(value, found.choices(known), key)
    if key == "active":
        return found.condition, [int(now) - DAY * _days(value)]
    if key == "version":
        page, at, version = value.partition("@")
        if not at or not version:
            raise AudienceError(f"'version={value}' needs a page and a version, as in version=iso9001.what@1a2b3c4d")
        _among(page, known.pages, "page")
        return found.condition, [page, version]
    return found.condition, [value]


def _among(word: str, words: tuple[str, ...], kind: str) -> None:
    if word not in words:
        raise AudienceError(f"there is no {kind} '{word}'{_hint(word, list(words))}")


def _hint(word: str, words: list[str]) -> str:
    return f"; {nearest(word, words)}"


def nearest(word: str, words: Sequence[str]) -> str:
    """What somebody may have meant by a word nobody knows; else some that are known."""
    near = get_close_matches(word, words, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(words[:12])}"


def _days(value: str) -> int:
    match = DAYS.fullmatch(value.casefold())
    if not match:
        raise AudienceError(f"'active={value}' needs days, as in active=30d")
    return int(match[1])


# Saved by name


def save(db: sqlite3.Connection, name: str, text: str) -> None:
    """Keep a filter under a name."""
    db.execute("insert into audiences values (?, ?) on conflict do update set filter = excluded.filter", [name, text])


def saved(db: sqlite3.Connection) -> Mapping[str, str]:
    """Every saved filter by its name."""
    return dict(db.execute("select name, filter from audiences order by name").fetchall())


def drop(db: sqlite3.Connection, name: str) -> bool:
    """Forget a saved filter; False when there is none of that name."""
    return db.execute("delete from audiences where name = ?", [name]).rowcount == 1
