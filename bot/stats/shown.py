"""Figures in the terminal, and as JSON for other programs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
from rich.cells import cell_len, set_cell_size
from rich.console import Console, JustifyMethod
from rich.table import Table as Grid
from rich.text import Text

from bot.stats.scope import Scope
from bot.stats.table import KINDS, Table
from bot.stats.words import Words

MOST = 12
"""Lines of a long figure in the terminal; all of them are in the report, in JSON and in the exports."""

TEXT = ("topic", "page", "choice", "language", "text", "day")
"""Kinds of columns that are read from the left."""

GAP = 2
"""Cells between two columns."""

MIN = 12
"""Cells of words that are shown on the narrowest terminal."""

SHADES = " ░▒▓█"
"""From nothing to the most."""

LATEST = ("daily", "retention")
"""Figures by time: of these the last lines are shown, of others the first."""


def told(scope: Scope, kind: str) -> list[str]:
    """What the figures are of, in a line or two."""
    period = scope.period
    lines = [f"{period.since} to {period.until}, days of UTC"]
    narrowed = [f"{name} {value}" for name, value in (("language", scope.lang), ("topic", scope.topic)) if value]
    lines += [f"only {' and '.join(narrowed)}"] if narrowed else []
    if kind != "real":
        lines.append("made-up people: demo data" if kind == "synthetic" else "pretend people of the try-out")
    return lines


def show(console: Console, scope: Scope, tables: Sequence[Table], words: Words) -> None:
    """Each figure with its definition; long ones in part, unless it is of one topic only."""
    for table in tables:
        console.print(Text(words.title(table), style="bold"))
        console.print(Text(words.means(table), style="dim"))
        most = len(table.rows) if scope.topic else MOST
        if not table.rows:
            console.print(Text(words.say("figure-none")))
        elif table.id == "hours":
            _week(console, table, words)
        else:
            _grid(console, table, words, most)
        console.print()


def _grid(console: Console, table: Table, words: Words, most: int) -> None:
    shown = table.rows[-most:] if table.id in LATEST else table.rows[:most]
    rows = [[clean(words.value(*cell)) for cell in zip(table.columns, row, strict=True)] for row in shown]
    heads = [words.head(column) for column in table.columns]
    widths = [max(map(cell_len, (head, *cells))) for head, *cells in zip(heads, *rows, strict=True)]
    room = console.width - sum(widths) - GAP * (len(widths) - 1)
    widest = widths.index(max(widths))  # is words, and is cut where the terminal is narrow; a number never is
    widths[widest] = max(MIN, widths[widest] + min(room, 0))
    grid = Grid(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column, head, width in zip(table.columns, heads, widths, strict=True):
        side: JustifyMethod = "left" if KINDS.get(column) in TEXT else "right"
        grid.add_column(head, justify=side, no_wrap=True, overflow="ellipsis", width=width)
    for row in rows:
        grid.add_row(*map(Text, row))
    console.print(grid)
    if len(table.rows) > most:
        console.print(Text(words.say("figure-rest", n=words.value("people", len(table.rows) - most)), style="dim"))


def _week(console: Console, table: Table, words: Words) -> None:
    """A field for each hour, the darker the more."""
    names, fields = table.column("weekday"), [row[1:] for row in table.rows]
    most = max(value for row in fields for value in row if isinstance(value, int))
    days = [words.value("weekday", name) for name in names]
    width = max(map(cell_len, days))
    console.print(Text(" " * width + "".join(f"{hour:>3}" for hour in range(24)), style="bold"))
    for day, row in zip(days, fields, strict=True):
        shades = (SHADES[-(-value * (len(SHADES) - 1) // most)] for value in row if isinstance(value, int))
        console.print(Text(set_cell_size(day, width) + "".join(f" {shade * 2}" for shade in shades)))
    console.print(Text(words.say("figure-darkest", n=words.value("people", most)), style="dim"))


def clean(text: str) -> str:
    """The text without what would move the cursor, change colours or turn the direction of writing."""
    return "".join(letter for letter in text if letter.isprintable())


def json(scope: Scope, tables: Sequence[Table], kind: str) -> bytes:
    """Everything, as other programs read it."""
    document: dict[str, Any] = {
        "kind": kind,
        "since": scope.period.since,
        "until": scope.period.until,
        "language": scope.lang or None,
        "topic": scope.topic or None,
        "figures": {table.id: table.records() for table in tables},
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2, default=_plain)


def _plain(value: object) -> str:
    assert isinstance(value, date)  # noqa: S101  there is nothing else that JSON doesn't know
    return value.isoformat()
