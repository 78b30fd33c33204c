"""Tables as a SQLite file under made-up names, with views, and what Datasette shows beside them."""

import errno
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shlex import quote
from typing import Any

from bot.stats.exports.definitions import facts
from bot.stats.exports.reading import Reading
from bot.stats.exports.tables import Column, Kind, Table
from bot.stats.exports.views import View, views

TYPES = {Kind.WHOLE: "integer", Kind.FLAG: "integer"}
"""Of columns; of all others it is text."""


def write(reading: Reading, tables: tuple[Table, ...], files: list[Path]) -> list[str]:
    """Write the tables, the views that fit them, and metadata for Datasette. Raises OSError when there is no room."""
    shown, (file, beside) = views(tables), files
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            # Nobody else sees the file before it is whole, and half a file is thrown away.
            db.execute("pragma journal_mode = off")
            db.execute("pragma synchronous = off")
            db.execute("begin")
            for table in tables:
                _fill(db, reading, table)
            reading.progress.packing()
            for view in shown:
                _make(db, view)
            db.execute("commit")
    except sqlite3.Error as error:
        full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) if full else OSError(errno.EIO, str(error)) from error
    beside.write_text("".join(_yaml(_metadata(reading, tables, shown, file))), encoding="utf-8")
    return [f"to look at it in a browser: datasette {quote(file.name)} -m {quote(beside.name)}"]


def _fill(db: sqlite3.Connection, reading: Reading, table: Table) -> None:
    columns = reading.columns(table)
    typed = ", ".join(f'"{column.name}" {TYPES.get(column.kind, "text")}' for column in columns)
    db.execute(f"create table {table.name} ({typed}) strict")
    insert = f"insert into {table.name} values ({', '.join('?' * len(columns))})"  # noqa: S608  our own columns
    for batch in reading.batches(table, {}):
        db.executemany(insert, zip(*batch, strict=True))


def _make(db: sqlite3.Connection, view: View) -> None:
    made = view.sql
    if view.counts:
        db.execute(f"create table {view.kept} as {made}")
        made = f"select * from {view.kept}"  # noqa: S608  our own columns
    db.execute(f"create view {view.name} as {made}")


def _metadata(reading: Reading, tables: tuple[Table, ...], shown: list[View], file: Path) -> dict[str, Any]:
    """What Datasette is told: https://docs.datasette.io/en/0.65/metadata.html."""
    told: dict[str, Any] = {
        table.name: {
            "description": f"{table.meaning}.",
            "columns": {column.name: _meaning(column) for column in reading.columns(table)},
        }
        for table in tables
    }
    told |= {view.name: {"description": f"{view.meaning}.", "columns": view.columns} for view in shown}
    told |= {view.kept: {"hidden": True} for view in shown if view.counts}
    said = "; ".join(f"{name}: {said}" for name, said in facts(reading).items())
    return {
        "title": f"certguide: {reading.order.what}",
        "description": said,
        "databases": {file.stem: {"tables": told}},
    }


def _meaning(column: Column) -> str:
    return f"{column.meaning} ({column.unit})" if column.unit else column.meaning


def _yaml(tree: dict[str, Any], indent: str = "") -> Iterator[str]:
    """The tree as YAML. Keys and texts are quoted as in JSON, which YAML reads the same."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield f"{indent}{json.dumps(key)}:\n"
            yield from _yaml(value, f"{indent}  ")
        else:
            yield f"{indent}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}\n"
