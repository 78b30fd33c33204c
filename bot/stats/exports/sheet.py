"""A table as CSV (RFC 4180, with the mark that tells Excel it is UTF-8), and its data dictionary."""

import csv
from functools import lru_cache
from io import StringIO
from pathlib import Path

import orjson

from bot.stats.exports.cells import cell
from bot.stats.exports.definitions import dictionary
from bot.stats.exports.reading import Reading, Shown
from bot.stats.exports.tables import Kind, Table

MARK = "\ufeff"
FLAGS = {0: "false", 1: "true"}


def joined(words: str | None) -> str | None:
    """A list of words as one text."""
    return words and " ".join(orjson.loads(words))


REMEMBERED = 4096
"""Texts kept at hand: most stand in a table many times."""

SHOWN: Shown = {
    Kind.TEXT: lru_cache(REMEMBERED)(cell),
    Kind.FLAG: FLAGS.get,
    Kind.WORDS: lambda words: cell(joined(words)),
}


def write(reading: Reading, tables: tuple[Table, ...], files: list[Path]) -> list[str]:
    """Write the first of the tables, and what its columns mean."""
    table, (file, beside) = tables[0], files
    with file.open("w", encoding="utf-8", newline="") as opened:
        opened.write(MARK)
        csv.writer(opened).writerow(column.name for column in reading.columns(table))
        for columns in reading.batches(table, SHOWN):
            lines = StringIO()  # a file is slower to take each row by itself
            csv.writer(lines).writerows(zip(*columns, strict=True))
            opened.write(lines.getvalue())
    beside.write_text(dictionary(reading, table, file.name), encoding="utf-8")
    return []
