"""Figures in the terminal, and as JSON for other programs."""

from collections.abc import Sequence
from typing import Any

import orjson
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from bot.stats.scope import Scope
from bot.stats.table import KINDS, Table
from bot.stats.words import Words

MOST = 12
"""Lines of a long figure in the terminal; all of them are in the report, in JSON and in the exports."""

WORDS = ("topic", "page", "choice", "language", "text")
"""Kinds of columns that may be cut."""

TEXT = (*WORDS, "day")
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
    widths = _widths(console.width, table.columns, heads, rows)
    for style, cells in (("bold", heads), *(("", row) for row in rows)):
        line = Text((" " * GAP).join(map(_fitted, table.columns, cells, widths)), style=style)
        console.print(line, soft_wrap=True)
    if len(table.rows) > most:
        console.print(Text(words.say("figure-rest", n=words.value("people", len(table.rows) - most)), style="dim"))


def _widths(room: int, columns: Sequence[str], heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Cells of each column: where the terminal is narrow words and heads are cut, the widest first, never a number."""
    cells = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    least = [MIN if KINDS.get(name) in WORDS else width for name, width in zip(columns, cells, strict=True)]
    widths = [max(cell_len(head), width) for head, width in zip(heads, cells, strict=True)]
    for _ in range(sum(widths) + GAP * (len(widths) - 1) - room):
        at = max(range(len(widths)), key=lambda at: (widths[at] > least[at], widths[at]))
        widths[at] -= widths[at] > least[at]  # else the terminal goes on in its next line
    return widths


def _fitted(column: str, cell: str, width: int) -> str:
    """A cell as wide as its column."""
    text = Text(cell, overflow="ellipsis")
    text.align("left" if KINDS.get(column) in TEXT else "right", width)
    return text.plain


def _week(console: Console, table: Table, words: Words) -> None:
    """A field for each hour, the darker the more."""
    names, fields = table.column("weekday"), [row[1:] for row in table.rows]
    most = max(1, *(value for row in fields for value in row if isinstance(value, int)))
    days = [words.value("weekday", name) for name in names]
    width = max(map(cell_len, days))
    console.print(Text(" " * width + "".join(f"{hour:>3}" for hour in range(24)), style="bold"), soft_wrap=True)
    for day, row in zip(days, fields, strict=True):
        shades = (SHADES[-(-value * (len(SHADES) - 1) // most)] for value in row if isinstance(value, int))
        console.print(Text(set_cell_size(day, width) + "".join(f" {shade * 2}" for shade in shades)), soft_wrap=True)
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
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)
