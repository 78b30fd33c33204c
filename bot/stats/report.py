"""A report for people: one HTML file with charts, tables and definitions, that needs no network and prints well."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from pathlib import Path

from bot.stats import drawing, place, sketches
from bot.stats.scope import Scope
from bot.stats.table import KINDS, Table, Value
from bot.stats.words import Words

STYLE = Path(__file__).with_name("report.css")

ROWS = 20
"""Of a table that are shown; the others are counted."""

LATEST = ("daily", "retention", "broadcasts")
"""Figures whose last rows tell most: they are shown from the last one back."""

FOLDED = "funnel"
"""The figure that is shown by topic, each of them folded."""

BANNERS = {"synthetic": "report-synthetic", "try-out": "report-tryout"}
"""What is said when the people in a file are not real ones."""

# Nothing may be fetched, run or sent, whatever somebody managed to write into a label.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what is written after them."""


def write(
    path: Path,
    tables: Sequence[Table],
    words: Words,
    scope: Scope,
    kind: str,
    *,
    force: bool = False,
    fonts: Iterable[Path] | None = None,
) -> None:
    """Write the report of these tables, which answer that scope; `kind` is whose walks they are, as a snapshot says.

    `force` replaces a file; `fonts` are folders to look for faces in instead of the system's. Raises StatsError, and
    then nothing has changed.
    """
    place.free(path, "report.html", force=force)
    place.put(
        path, _page(tables, words, scope, kind, _charts(tables, words, fonts)).encode(), "report.html", force=force
    )


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart, as it is drawn for a screen or paper, and for a phone."""

    wide: str
    narrow: str


def _charts(tables: Iterable[Table], words: Words, fonts: Iterable[Path] | None) -> dict[str, Chart]:
    """The charts there are, by the names of their figures."""
    found = [made for table in tables if (made := sketches.sketch(table, words))]
    wanted = [sketches.drawing([made], words, width) for made in found for width in (sketches.WIDE, sketches.NARROW)]
    drawn = [text.decode() for text in drawing.draw(wanted, "svg", folders=fonts)]
    return {
        made.figure: Chart(*pair) for made, pair in zip(found, zip(drawn[::2], drawn[1::2], strict=True), strict=True)
    }


def _page(tables: Sequence[Table], words: Words, scope: Scope, kind: str, charts: dict[str, Chart]) -> str:
    title = _text(words.say("report-title"))
    body = _empty(words) if _nobody(tables) else _body(tables, words, scope, charts)
    return (
        f'<!doctype html>\n<html lang="{_text(words.lang.replace("_", "-"))}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{title}</h1>\n{''.join(_facts(words, scope, kind))}</header>\n{body}</body>\n</html>\n"
    )


def _facts(words: Words, scope: Scope, kind: str) -> Iterator[str]:
    """From when to when, of whom, made when."""
    if kind in BANNERS:
        yield f'<p class="banner">{_text(words.say(BANNERS[kind]))}</p>\n'
    since, until = words.day(scope.period.since), words.day(scope.period.until)
    yield f'<p class="period">{_text(words.say("report-from", since=since, until=until))}</p>\n'
    if scope.lang:
        yield f"<p>{_text(words.say('report-lang', language=words.language(scope.lang)))}</p>\n"
    if scope.topic:
        yield f"<p>{_text(words.say('report-topic', topic=words.topic(scope.topic)))}</p>\n"
    made = datetime.fromtimestamp(scope.now, UTC)
    said = words.say("report-made", day=words.day(made.date()), time=f"{made:%H:%M}", zone="UTC")
    yield f'<p class="made">{_text(said)}</p>\n'


def _nobody(tables: Iterable[Table]) -> bool:
    """Whether there is nothing to be seen in any of them."""
    return not any(isinstance(value, (int, float)) and value for table in tables for row in table.rows for value in row)


def _empty(words: Words) -> str:
    return f'<main>\n<p class="empty">{_text(words.say("report-empty"))}</p>\n</main>\n'


def _body(tables: Sequence[Table], words: Words, scope: Scope, charts: dict[str, Chart]) -> str:
    links = "".join(f'<li><a href="#{table.id}">{_text(words.title(table))}</a></li>\n' for table in tables)
    contents = _text(words.say("report-contents"))
    sections = "".join(_section(table, words, scope, charts.get(table.id)) for table in tables)
    return (
        f'<nav aria-label="{contents}">\n<h2>{contents}</h2>\n<ol>\n{links}</ol>\n</nav>\n<main>\n{sections}</main>\n'
    )


def _section(table: Table, words: Words, scope: Scope, chart: Chart | None) -> str:
    """A figure: its title, its definition, its chart, its table."""
    shown = _folded(table, words, scope) if table.id == FOLDED else _rows(table, words)
    drawn = (
        f'<div class="chart wide">{chart.wide}</div>\n<div class="chart narrow">{chart.narrow}</div>\n' if chart else ""
    )
    return (
        f'<section id="{table.id}">\n<h2>{_text(words.title(table))}</h2>\n'
        f'<p class="means"><span>{_text(words.say("report-means"))}</span> {_text(words.means(table))}</p>\n'
        f"{drawn}{shown if table.rows else _nothing(words)}</section>\n"
    )


def _nothing(words: Words) -> str:
    return f'<p class="nothing">{_text(words.say("figure-none"))}</p>\n'


def _rows(table: Table, words: Words) -> str:
    """The first rows, or the last ones, with how many more there are."""
    rows = table.rows[::-1] if table.id in LATEST else table.rows
    more = len(rows) - ROWS
    rest = f'<p class="more">{_text(words.say("report-more", n=words.value("people", more)))}</p>\n' if more > 0 else ""
    return _table(table, rows[:ROWS], words) + rest


def _folded(table: Table, words: Words, scope: Scope) -> str:
    """All rows, by topic."""
    by_topic = groupby(table.rows, lambda row: scope.topic_of(str(row[0])))
    return "".join(
        f"<details>\n<summary>{_text(words.topic(topic))}</summary>\n{_table(table, list(rows), words)}</details>\n"
        for topic, rows in by_topic
    )


def _table(table: Table, rows: Sequence[tuple[Value, ...]], words: Words) -> str:
    heads = "".join(
        f'<th scope="col"{_class(column, at)}>{_text(words.head(column))}</th>'
        for at, column in enumerate(table.columns)
    )
    body = "".join(f"<tr>{''.join(_cells(table, row, words))}</tr>\n" for row in rows)
    label = _text(words.title(table))
    # Whoever has no mouse has to get at what is beyond the edge of the box, too.
    return (
        f'<div class="box" role="region" aria-label="{label}" tabindex="0">\n<table class="{table.id}">\n'
        f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )


def _cells(table: Table, row: Sequence[Value], words: Words) -> Iterator[str]:
    for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
        tag = "td" if at else 'th scope="row"'
        yield f'<{tag}{_class(column, at)} dir="auto">{_text(words.value(column, value))}</{tag[:2]}>'


def _class(column: str, at: int) -> str:
    """Numbers stand on the right; what is short stays in one line."""
    kind = KINDS.get(column, "count")
    if kind in ("day", "language"):
        return ' class="short"'
    return ' class="number"' if at and kind in ("count", "share", "seconds") else ""


def _text(text: str) -> str:
    """As HTML shows it, in one line, without signs that are not seen or that turn what stands beside it."""
    seen = (sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs") or sign.isspace())
    return escape(" ".join("".join(sign for sign in seen if sign not in TURNS).split()))
