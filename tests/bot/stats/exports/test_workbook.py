"""A workbook with real numbers and times, a chart and definitions, in little memory; read back by two readers."""

import re
import subprocess
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats.exports import WHAT, workbook
from bot.stats.exports.cells import cut, is_formula, written
from bot.stats.exports.tables import EVENTS, QUESTIONS, SELLERS, tables
from bot.stats.snapshot import Snapshot, StatsError
from tests.bot.shell import PYTHON, SECONDS, environment
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.exports.people import NASTY, ask, column, exported, names, sqlite_rows, texts, xlsx_rows


def part(file: Path, name: str) -> str:
    with zipfile.ZipFile(file) as book:
        return book.read(name).decode()


def sheets(file: Path) -> list[str]:
    return re.findall(r'<sheet name="(\w+)"', part(file, "xl/workbook.xml"))


@pytest.mark.parametrize("what", WHAT)
def test_two_readers_see_the_same_rows(what: str, snapshot: Snapshot, tmp_path: Path) -> None:
    made = exported(snapshot, what, tmp_path / "a.xlsx")
    assert made.files == (tmp_path / "a.xlsx",)
    assert sheets(tmp_path / "a.xlsx") == [*(table.name for table in tables(what)), "chart", "definitions"]
    for table in tables(what):
        rows, others = xlsx_rows(tmp_path / "a.xlsx", table.name)
        assert rows == others
        assert rows[0] == names(table)
        assert len(rows) - 1 == made.rows[table.name]


@pytest.mark.parametrize(("what", "name"), [("questions", "text"), ("answers", "answer"), ("events", "detail")])
def test_the_worst_texts_are_texts(what: str, name: str, snapshot: Snapshot, tmp_path: Path) -> None:
    made = exported(snapshot, what, tmp_path / "a.xlsx")
    for _, *rows in xlsx_rows(tmp_path / "a.xlsx", what):
        assert {cut(written(text)) for text in NASTY} <= set(column(tables(what)[0], name, rows))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert not [each for each in book.namelist() if b"<f>" in book.read(each) or b"hyperlink" in book.read(each)]
    (note,) = made.notes
    assert re.fullmatch("[24] texts were too long for a cell of Excel and end with …", note)


def test_what_could_run_stays_a_text_when_somebody_edits_it(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "questions", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [row[names(QUESTIONS).index("text")] for row in book["questions"].iter_rows(min_row=2)]
    quoted = {cell.value for cell in cells if cell.quotePrefix}
    assert quoted == {written(text) for text in NASTY if is_formula(written(text))}
    assert {cell.data_type for cell in cells} == {"s"}


@settings(deadline=None, max_examples=12)
@given(said=st.lists(texts, max_size=8))
def test_any_text_comes_back(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory, said: list[str]) -> None:
    file = tmp_path_factory.mktemp("any") / "a.xlsx"
    with closing(fresh()) as db:
        for text in said:
            ask(db, None, text)
        exported(Snapshot(db, Path("certguide.db"), "real"), "questions", file)
    for head, *rows in xlsx_rows(file, "questions"):
        assert head == names(QUESTIONS)
        assert column(QUESTIONS, "text", rows) == [cut(written(text)) for text in said]


def test_values_have_their_types(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "events", tmp_path / "events.xlsx")
    exported(snapshot, "sellers", tmp_path / "sellers.xlsx")
    exported(snapshot, "events", tmp_path / "events.db")
    for _, *events in xlsx_rows(tmp_path / "events.xlsx", "events"):
        assert {type(flag) for flag in column(EVENTS, "operator", events)} == {bool}
        times = column(EVENTS, "time", events)
        expected = column(EVENTS, "time", sqlite_rows(tmp_path / "events.db", "events"))
        assert [time.isoformat(timespec="milliseconds") + "Z" for time in times] == expected
    for _, *people in xlsx_rows(tmp_path / "sellers.xlsx", "sellers"):
        assert {type(since) for since in column(SELLERS, "since", people)} == {datetime}
        assert set(column(SELLERS, "topics_finished", people)) == {0, 1, 2}
        assert set(column(SELLERS, "away", people)) == {None}
        assert set(column(SELLERS, "finished", people)) == {None, "iso9001", "iso14001 iso9001"}


def test_a_table_can_be_filtered_and_its_head_stays(snapshot: Snapshot, tmp_path: Path) -> None:
    made = exported(snapshot, "answers", tmp_path / "a.xlsx")
    sheet = part(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
    assert f'<autoFilter ref="A1:D{made.rows["answers"] + 1}"/>' in sheet


@pytest.mark.parametrize("what", WHAT)
def test_the_chart_counts_the_rows(what: str, snapshot: Snapshot, tmp_path: Path) -> None:
    made = exported(snapshot, what, tmp_path / "a.xlsx")
    head, *rows = xlsx_rows(tmp_path / "a.xlsx", "chart")[0]
    table = tables(what)[0]
    assert head[1] == table.name
    if len(rows) < workbook.BARS:
        assert sum(row[1] for row in rows) == made.rows[table.name]
    chart = openpyxl.load_workbook(tmp_path / "a.xlsx")["chart"]._charts[0]
    (series,) = chart.series
    assert series.val.numRef.f == f"chart!$B$2:$B${len(rows) + 1}"
    assert [float(point.v) for point in series.val.numRef.numCache.pt] == [row[1] for row in rows]
    if what != "events":
        assert [point.v for point in series.cat.strRef.strCache.pt] == [row[0] for row in rows]
        assert chart.x_axis.scaling.orientation == "maxMin", "the most above"
        assert chart.y_axis.scaling.orientation == "minMax"
        assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)


def test_days_are_drawn_in_their_order(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "events", tmp_path / "a.xlsx")
    days = [row[0] for row in xlsx_rows(tmp_path / "a.xlsx", "chart")[0][1:]]
    assert days == sorted(days)
    assert len(days) == len(NASTY) < 40, "each came on another day"
    assert "<c:lineChart>" in part(tmp_path / "a.xlsx", "xl/charts/chart1.xml")


@pytest.mark.parametrize("what", WHAT)
def test_every_column_is_defined(what: str, snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, what, tmp_path / "a.xlsx")
    _, *rows = xlsx_rows(tmp_path / "a.xlsx", "definitions")[0]
    said = {(table, name): meaning for table, name, _, _, meaning in rows}
    for table in tables(what):
        assert {each.name: each.meaning for each in table.columns}.items() <= {
            name: meaning for (of, name), meaning in said.items() if of == table.name
        }.items()
    assert said["this file", "made"] == "2026-11-26T12:00:00Z"


@pytest.mark.parametrize("what", WHAT)
def test_without_data_there_is_a_head(what: str, nobody: Snapshot, tmp_path: Path) -> None:
    exported(nobody, what, tmp_path / "a.xlsx")
    for table in tables(what):
        assert xlsx_rows(tmp_path / "a.xlsx", table.name) == ([names(table)], [names(table)])


def test_more_than_a_sheet_holds_is_refused(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = exported(snapshot, "questions", tmp_path / "a.xlsx").rows["questions"]
    monkeypatch.setattr(workbook, "FULL", rows)
    exported(snapshot, "questions", tmp_path / "b.xlsx")
    monkeypatch.setattr(workbook, "FULL", rows - 1)
    with pytest.raises(
        StatsError, match=r"more than 3\d questions, and a sheet of Excel ends there: take --format csv"
    ):
        exported(snapshot, "questions", tmp_path / "c.xlsx")
    assert not (tmp_path / "c.xlsx").exists()


MANY = """
import resource, sqlite3, sys
from pathlib import Path
from bot.stats.exports import Order, write
from bot.stats.period import between
from bot.stats.snapshot import opened
from bot.store import Database

path = Path("many.db")
Database(path).close()
with sqlite3.connect(path) as db:
    db.execute(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000) "
        "insert into trail (at, who, kind, page, version, lang, detail) "
        "select 1795000000000 + i * 50000, i, 'arrived', 'home.menu', 'v', 'en', printf('%0600d', i) from n"
    )
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def export(until):
    with opened(path) as snapshot:
        order = Order("events", "xlsx", between("2026-11-18", until, 1795694400), bytes(32), 1795694400)
        return write(snapshot, order, Path(f"{until}.xlsx")).rows["events"]
few, before = export("2026-11-18"), used()
many, after = export("2026-11-26"), used()
print(few, many, after - before)
"""


def test_ten_times_as_many_rows_take_no_more_memory(tmp_path: Path) -> None:
    """The whole sheet is some 6 MB of text here, and 80,000 cells."""
    done = subprocess.run(
        [PYTHON, "-c", MANY],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    few, many, more = done.stdout.split()
    assert int(many) == 10_000
    assert 0 < int(few) < 1_000
    assert float(more) < 6
