"""Pages that were renamed or removed, and where the people on them go."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from dialogs.table import Problem, suggestion


def read(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The moves of `moves.toml`; no file is as good as none."""
    path = folder / "moves.toml"
    if not path.exists():
        return {}, []
    try:
        moves = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [Problem(path.name, f"this is not TOML: {error}")]
    wrong = [name for name, to in moves.items() if not isinstance(to, str)]
    like = 'write it with quotation marks, as in "auditors.old" = "auditors.new"'
    right = {name: to for name, to in moves.items() if name not in wrong}
    return right, [Problem(path.name, f"'{name}': {like}") for name in wrong]


def problems(moves: Mapping[str, str], pages: Collection[str]) -> list[Problem]:
    """Lines that lead nowhere, or away from a page that is still there."""
    there = [f"'{name}' is still there; nobody needs to leave it" for name in moves if name in pages]
    lost = [name for name in moves if name not in pages and follow(name, moves, pages) is None]
    nowhere = [f"'{name}' leads to no page: '{moves[name]}'{suggestion(moves[name], pages)}" for name in lost]
    return [Problem("moves.toml", what) for what in there + nowhere]


def follow(name: str, moves: Mapping[str, str], pages: Collection[str]) -> str | None:
    """Where a page went, over several moves if need be; itself when it is still there, None when it is lost."""
    seen: set[str] = set()
    while name not in pages:
        if name in seen or name not in moves:
            return None
        seen.add(name)
        name = moves[name]
    return name


def topic(id_: str, moves: Mapping[str, str], topics: Collection[str] = ()) -> str:
    """What a topic is called now that its pages have moved to another, over several names: links to it stay good.

    One of `topics`, which are there, is itself.
    """
    leads = [(name.partition(".")[0], to.partition(".")[0]) for name, to in moves.items()]
    seen: set[str] = set()
    while id_ not in topics and id_ not in seen:
        seen.add(id_)
        id_ = next((to for name, to in leads if name == id_ != to), id_)
    return id_


def former(moves: Mapping[str, str], pages: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For each page what it was called before, and what its topic was (without a dot), where that has changed."""
    names: dict[str, dict[str, None]] = {}
    for old in moves:
        now = follow(old, moves, pages)
        if now:
            names.setdefault(now, {})[old] = None
    topics = {name.partition(".")[0] for name in pages}
    for id_ in sorted({old.partition(".")[0] for old in moves} - topics):
        now = topic(id_, moves, topics)
        for name in pages:
            if name.partition(".")[0] == now:
                names.setdefault(name, {})[id_] = None
    return {name: tuple(old) for name, old in names.items()}


def leaving(places: Mapping[str, int], moves: Mapping[str, str], pages: Collection[str]) -> dict[str, str | None]:
    """Of the pages people are on, those that are gone, and where each leads; None where nobody has said."""
    return {name: follow(name, moves, pages) for name in places if name not in pages}
