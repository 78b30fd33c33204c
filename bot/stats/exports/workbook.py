"""Tables as an Excel workbook: real numbers and times, a chart, what each column means; little memory for any size."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

from bot.stats.exports.cells import cut, is_formula, written
from bot.stats.exports.definitions import facts
from bot.stats.exports.reading import SERIAL, Reading
from bot.stats.exports.sheet import joined
from bot.stats.exports.tables import MILLISECONDS, Column, Kind, Table
from bot.stats.snapshot import StatsError

FULL = 1_048_575
"""Rows of a sheet besides its head."""

BARS = 30
"""Bars of a chart that can be told apart."""

WIDTHS = {Kind.TEXT: 24, Kind.WORDS: 40, Kind.WHOLE: 12, Kind.FLAG: 12}
WIDE = 22
"""Of a column with names or times; in letters, as the others."""

CLOCK = "yyyy-mm-dd hh:mm:ss"

SHOWN = {Kind.WORDS: joined}

Put = Callable[[int, int, Any], object]
"""Writes a value into a row and a column."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What of a table is drawn: how many rows for each value of a column, or for each day."""

    title: str
    column: str
    daily: bool = False


CHARTS = {
    "events": Chart("Events a day", "time", daily=True),
    "sellers": Chart("Sellers by language", "language"),
    "answers": Chart("Answers by question", "question"),
    "questions": Chart("Questions by state", "state"),
    "deliveries": Chart("Deliveries by outcome", "state"),
}


def write(reading: Reading, tables: tuple[Table, ...], files: list[Path]) -> list[str]:
    """Write the tables, a sheet each, the chart of the first, and the definitions.

    Raises StatsError when there are more rows than a sheet has: half of them would be taken for all.
    """
    for table in tables:
        if reading.count(table, FULL + 1) > FULL:
            raise StatsError(
                f"there are more than {FULL:,} {table.name}, and a sheet of Excel ends there: "
                "take --format csv, or fewer days with --since"
            )
    with _opened(files[0], reading.order.now) as book:
        pen = _Pen(book, reading)
        for table in tables:
            pen.table(table)
        pen.chart(tables[0])
        pen.definitions(tables)
        reading.progress.packing()
    return pen.notes


@contextmanager
def _opened(file: Path, now: float) -> Iterator[Any]:
    """A workbook that is whole on its disk afterwards. Raises OSError when there is no room for it."""
    options = {"constant_memory": True, "tmpdir": str(file.parent)}
    options |= dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(str(file), options)
    book.use_zip64()
    book.set_properties({"created": datetime.fromtimestamp(now, UTC).replace(tzinfo=None)})
    try:
        yield book
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error
    finally:
        for sheet in book.worksheets():  # the library closes what it keeps beside only when all has gone well
            with suppress(OSError):
                sheet._opt_close()


class _Pen:
    """Writes sheets, and remembers what could not be written as it is."""

    def __init__(self, book: Any, reading: Reading) -> None:
        self._book, self._reading = book, reading
        self._cuts = 0
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._second = book.add_format({"num_format": CLOCK})
        self._millisecond = book.add_format({"num_format": f"{CLOCK}.000"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        # Even when somebody edits the cell it stays what it is.
        self._text = book.add_format({"quote_prefix": True})
        self._counts: Counter[Any] = Counter()

    @property
    def notes(self) -> list[str]:
        """What people should know of the workbook."""
        return [f"{self._cuts:,} texts were too long for a cell of Excel and end with …"] if self._cuts else []

    def table(self, table: Table) -> None:
        """A sheet with a row for each row; what its chart shows is counted on the way."""
        columns = self._reading.columns(table)
        sheet = self._sheet(table.name, [column.name for column in columns])
        for number, column in enumerate(columns):
            sheet.set_column(number, number, WIDTHS.get(column.kind, WIDE))
        puts = [self._put(sheet, column) for column in columns]
        for row, values in enumerate(self._rows(table, columns), 1):
            for number, value in enumerate(values):
                if value is not None:
                    puts[number](row, number, value)
        sheet.autofilter(0, 0, self._reading.rows[table.name], len(columns) - 1)

    def chart(self, table: Table) -> None:
        """A sheet with what was counted for that table, as numbers and as a chart of Excel's own."""
        chart = CHARTS[table.name]
        sheet = self._sheet("chart", ["day" if chart.daily else chart.column, table.name])
        sheet.set_column(0, 0, WIDE)
        counts = sorted(self._counts.items()) if chart.daily else self._counts.most_common(BARS)
        for row, (value, count) in enumerate(counts, 1):
            if chart.daily:
                sheet.write_number(row, 0, value, self._day)
            else:
                self._write(sheet, row, 0, value)
            sheet.write_number(row, 1, count)
        sheet.insert_chart("D2", self._drawn(chart, dict(counts)))

    def _drawn(self, chart: Chart, counts: dict[Any, int]) -> Any:
        last = max(1, len(counts))
        drawn = self._book.add_chart({"type": "line" if chart.daily else "bar"})
        drawn.add_series(
            {
                "categories": ["chart", 1, 0, last, 0],
                "values": ["chart", 1, 1, last, 1],
                # Given once more for programs that show a chart without reading its cells first.
                "categories_data": [each if chart.daily else cut(written(each)) for each in counts],
                "values_data": list(counts.values()),
                "gap": 40,
            }
        )
        drawn.set_title({"name": chart.title})
        drawn.set_legend({"none": True})
        drawn.set_size({"width": 800, "height": 400 if chart.daily else max(320, 24 * last)})
        if chart.daily:
            drawn.set_x_axis({"date_axis": True, "num_format": "yyyy-mm-dd"})
        else:
            drawn.set_y_axis({"reverse": True})  # the most above
        return drawn

    def definitions(self, tables: Iterable[Table]) -> None:
        """A sheet with the meaning of every column, and what there is to say about the file."""
        sheet = self._sheet("definitions", ["table", "column", "type", "unit", "meaning"])
        rows = [("this file", name, "", "", said) for name, said in facts(self._reading).items()]
        for table in tables:
            rows.append((table.name, "", "", "", f"{table.meaning}: {self._reading.rows[table.name]:,} rows"))
            rows += [(table.name, c.name, str(c.kind), c.unit, c.meaning) for c in self._reading.columns(table)]
        for row, values in enumerate(rows, 1):
            for number, value in enumerate(values):
                self._write(sheet, row, number, value)
        for number, width in enumerate((14, 18, 26, 24, 100)):
            sheet.set_column(number, number, width)

    def _sheet(self, name: str, head: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(name)
        for number, text in enumerate(head):
            sheet.write_string(0, number, text, self._head)
        sheet.freeze_panes(1, 0)
        return sheet

    def _put(self, sheet: Any, column: Column) -> Put:
        """How values of that column are written."""
        if column.kind is Kind.TIME:
            form = self._millisecond if column.unit == MILLISECONDS else self._second
            return lambda row, number, value: sheet.write_number(row, number, value, form)
        plain = {
            Kind.WHOLE: sheet.write_number,
            Kind.FLAG: sheet.write_boolean,
            Kind.SELLER: sheet.write_string,
            Kind.OPERATOR: sheet.write_string,
        }
        put: Put = plain.get(column.kind) or (lambda row, number, value: self._write(sheet, row, number, value))
        return put

    def _write(self, sheet: Any, row: int, number: int, text: str) -> None:
        shown = written(text)
        short = cut(shown)
        self._cuts += short is not shown
        if short:
            sheet.write_string(row, number, short, self._text if is_formula(short) else None)

    def _rows(self, table: Table, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
        chart = CHARTS.get(table.name)
        charted = [column.name for column in columns].index(chart.column) if chart else 0
        for batch in self._reading.batches(table, SHOWN, SERIAL):
            if chart:
                self._counts.update(map(int, batch[charted]) if chart.daily else batch[charted])
            yield from zip(*batch, strict=True)
