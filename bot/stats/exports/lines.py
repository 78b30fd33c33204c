"""A table as JSON Lines, compressed, and a manifest by which anybody can check that it is whole."""

import hashlib
from gzip import GzipFile
from pathlib import Path

import orjson

from bot.stats.exports.definitions import made
from bot.stats.exports.reading import Reading
from bot.stats.exports.tables import Kind, Table

LEVEL = 4
"""Of compression: a higher one takes far longer and saves little."""

SHOWN = {Kind.FLAG: bool, Kind.WORDS: lambda words: words and orjson.loads(words)}


def write(reading: Reading, tables: tuple[Table, ...], files: list[Path]) -> list[str]:
    """Write the first of the tables, and its manifest."""
    table, (file, beside) = tables[0], files
    names = [column.name for column in reading.columns(table)]
    with (
        file.open("wb") as opened,
        GzipFile(file.stem, "wb", LEVEL, opened, mtime=reading.order.now) as packed,
    ):
        for columns in reading.batches(table, SHOWN):
            rows = zip(*columns, strict=True)
            packed.write(b"".join(orjson.dumps(dict(zip(names, row, strict=True))) + b"\n" for row in rows))
    beside.write_bytes(_manifest(reading, table, file))
    return []


def _manifest(reading: Reading, table: Table, file: Path) -> bytes:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    order = reading.order
    said = {
        "file": file.name,
        "sha256": digest,
        "bytes": file.stat().st_size,
        "rows": reading.rows[table.name],
        "made": made(order.now),
        "since": order.period.since,
        "until": order.period.until,
        "walks": reading.kind,
        "pseudonymised": not order.raw,
        "table": table.name,
        "meaning": table.meaning,
        "columns": [
            {"name": each.name, "type": str(each.kind), "unit": each.unit, "meaning": each.meaning}
            for each in reading.columns(table)
        ],
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
