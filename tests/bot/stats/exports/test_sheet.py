"""CSV as RFC 4180 has it, with a mark for Excel, nothing that runs, and a dictionary; read back by two readers."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats.exports import WHAT
from bot.stats.exports.cells import cell, is_formula
from bot.stats.exports.tables import ANSWERS, EVENTS, QUESTIONS, SELLERS, Table, tables
from bot.stats.snapshot import Snapshot
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.exports.people import FIRST, NASTY, ask, column, csv_rows, exported, names, texts
from tests.bot.store import crowd


@pytest.mark.parametrize("what", WHAT)
def test_two_readers_see_the_same_rows(what: str, snapshot: Snapshot, tmp_path: Path) -> None:
    written = exported(snapshot, what, tmp_path / "a.csv")
    rows, others = csv_rows(tmp_path / "a.csv")
    table = tables(what)[0]
    assert rows == others
    assert rows[0] == names(table)
    assert len(rows) - 1 == written.rows[table.name] >= len(NASTY)
    assert written.rows.keys() == {table.name}


@pytest.mark.parametrize(("what", "name"), [("questions", "text"), ("answers", "answer"), ("events", "detail")])
def test_the_worst_texts_come_back_harmless(what: str, name: str, snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, what, tmp_path / "a.csv")
    for _, *rows in csv_rows(tmp_path / "a.csv"):
        found = set(column(tables(what)[0], name, rows))
        assert {cell(text) for text in NASTY} <= found
        assert not [value for row in rows for value in row if is_formula(value)]


@settings(deadline=None, max_examples=20)
@given(written=st.lists(texts, max_size=8))
def test_any_text_comes_back(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory, written: list[str]) -> None:
    file = tmp_path_factory.mktemp("any") / "a.csv"
    with closing(fresh()) as db:
        for text in written:
            ask(db, None, text)
        exported(Snapshot(db, Path("certguide.db"), "real"), "questions", file)
    for head, *rows in csv_rows(file):
        assert head == names(QUESTIONS)
        assert column(QUESTIONS, "text", rows) == [cell(text) for text in written]


def test_the_file_is_as_excel_and_the_standard_want_it(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "questions", tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbftime,seller,language,page,state,text,answer,by,ended\r\n")
    assert raw.endswith(b"\r\n")
    assert b"\x00" not in raw
    outside = re.sub(rb'"(?:[^"]|"")*"', b"", raw)
    assert outside.count(b"\r\n") == outside.count(b"\n") == len(csv_rows(tmp_path / "a.csv")[0])


def test_values_are_written_as_people_know_them(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "events", tmp_path / "events.csv")
    exported(snapshot, "sellers", tmp_path / "sellers.csv")
    _, *events = csv_rows(tmp_path / "events.csv")[0]
    _, *people = csv_rows(tmp_path / "sellers.csv")[0]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in column(EVENTS, "time", events))
    assert all(re.fullmatch("s-[0-9a-f]{16}", seller) for seller in column(EVENTS, "seller", events))
    assert set(column(EVENTS, "operator", events)) == {"false", "true"}
    assert set(column(SELLERS, "finished", people)) == {"", "iso9001", "iso14001 iso9001"}
    assert set(column(SELLERS, "topics_finished", people)) == {"0", "1", "2"}
    assert set(column(SELLERS, "away", people)) == {""}
    assert set(column(SELLERS, "seller", people)) == set(column(EVENTS, "seller", events))


def test_a_list_of_words_is_harmless_too(fresh: Fresh, tmp_path: Path) -> None:
    with closing(fresh()) as db:
        crowd.settle(db, FIRST, finished=("=1+1", "iso9001"))
        exported(Snapshot(db, Path("certguide.db"), "real"), "sellers", tmp_path / "a.csv")
    for _, *rows in csv_rows(tmp_path / "a.csv"):
        assert column(SELLERS, "finished", rows) == ["'=1+1 iso9001"]


@pytest.mark.parametrize("what", WHAT)
def test_without_data_there_is_a_head(what: str, nobody: Snapshot, tmp_path: Path) -> None:
    assert set(exported(nobody, what, tmp_path / "a.csv").rows.values()) == {0}
    assert csv_rows(tmp_path / "a.csv") == ([names(tables(what)[0])], [names(tables(what)[0])])


@pytest.mark.parametrize("table", [EVENTS, ANSWERS], ids=lambda table: table.name)
def test_the_dictionary_has_every_column(table: Table, snapshot: Snapshot, tmp_path: Path) -> None:
    written = exported(snapshot, table.name, tmp_path / "a.csv", since="2026-11-20")
    assert [file.name for file in written.files] == ["a.csv", "a.dictionary.md"]
    said = (tmp_path / "a.dictionary.md").read_text(encoding="utf-8")
    rows = [[part.strip() for part in line.strip("|").split(" | ")] for line in said.splitlines() if line[:1] == "|"]
    assert rows[0] == ["column", "type", "unit", "meaning"]
    assert [row[0] for row in rows[2:]] == names(table)
    assert [row[3] for row in rows[2:]] == [each.meaning for each in table.columns]
    assert len({len(line) for line in said.splitlines() if line[:1] == "|"}) == 1, "it reads well without Markdown, too"
    assert "- made: 2026-11-26T12:00:00Z\n- first day: 2026-11-20\n- last day: 2026-11-26, to its end" in said
    assert f"- rows: {written.rows[table.name]}\n" in said
