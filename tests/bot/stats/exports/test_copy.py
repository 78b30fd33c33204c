"""A SQLite file under made-up names that Datasette shows as it is; read back by two readers."""

import html
import json
import re
import shlex
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats.exports import ALL, WHAT, Written
from bot.stats.exports.tables import BROADCASTS, EVENTS, Kind, Table, tables
from bot.stats.exports.views import VIEWS, views
from bot.stats.snapshot import Snapshot, opened
from tests.bot.shell import SECONDS, environment
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.exports.people import NASTY, ask, column, exported, names, sqlite_rows, texts

Get = Callable[[str], Any]


@pytest.fixture(scope="module")
def everything(lively: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """All tables, in a folder that nobody can write to meanwhile."""
    folder = tmp_path_factory.mktemp("everything")
    with opened(lively) as snapshot:
        written = exported(snapshot, ALL, folder / "people.db")
    folder.chmod(0o500)
    yield written
    folder.chmod(0o700)


@pytest.fixture(scope="module")
def datasette(everything: Written) -> Iterator[Get]:
    """Datasette as a process of its own, started as the export says; asks it for JSON or a page."""
    (note,) = everything.notes
    command = shlex.split(note.removeprefix("to look at it in a browser: "))
    assert command[0] == "datasette"
    process = subprocess.Popen(
        [Path(sys.executable).with_name("datasette"), *command[1:], "-p", "0"],
        cwd=everything.files[0].parent,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr
        address = ""
        for line in process.stderr:
            if found := re.search(r"running on (http://\S+)", line):
                address = found[1]
                break
        assert address, "it told where it runs"

        def get(path: str) -> Any:
            with urllib.request.urlopen(address + path, timeout=SECONDS) as answer:
                text = answer.read().decode()
            return json.loads(text) if ".json" in path else html.unescape(text)

        yield get
        process.terminate()


# In a browser


def test_the_start_page_says_what_it_is(datasette: Get) -> None:
    page = datasette("/")
    assert "certguide: all" in page
    assert "made: 2026-11-26T12:00:00Z" in page
    assert "6 tables" in page
    assert f"{len(VIEWS)} views" in page


@pytest.mark.parametrize("table", tables(ALL), ids=lambda table: table.name)
def test_a_table_is_shown_with_its_definitions(table: Table, datasette: Get, everything: Written) -> None:
    page = datasette(f"/people/{table.name}")
    for meaning in (table.meaning, *(each.meaning for each in table.columns)):
        assert meaning in page
    rows = datasette(f"/people/{table.name}.json?_shape=arrays&_size=max")
    assert [row[-len(table.columns) :] for row in rows["rows"]] == sqlite_rows(everything.files[0], table.name)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_is_shown_with_its_definitions(view: Any, datasette: Get, everything: Written) -> None:
    rows = datasette(f"/people/{view.name}.json?_shape=arrays&_size=max")
    assert rows["columns"] == list(view.columns)
    assert rows["rows"] == sqlite_rows(everything.files[0], view.name)
    assert rows["rows"], "these people have done everything that is looked at"
    page = datasette(f"/people/{view.name}")
    for meaning in (view.meaning, *view.columns.values()):
        assert meaning in page


def test_the_worst_texts_come_back_as_they_were(datasette: Get, everything: Written) -> None:
    shown = datasette("/people/questions.json?_shape=array&_size=max")
    assert {row["text"] for row in shown} == set(NASTY)
    assert {row[5] for row in sqlite_rows(everything.files[0], "questions")} == set(NASTY)


# As a file


@settings(deadline=None, max_examples=12)
@given(written=st.lists(texts, max_size=8))
def test_any_text_comes_back(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory, written: list[str]) -> None:
    file = tmp_path_factory.mktemp("any") / "a.db"
    with closing(fresh()) as db:
        for text in written:
            ask(db, None, text)
        exported(Snapshot(db, Path("certguide.db"), "real"), "questions", file)
    assert [row[5] for row in sqlite_rows(file, "questions")] == written


@pytest.mark.parametrize("what", WHAT)
def test_one_kind_of_thing_comes_alone(what: str, snapshot: Snapshot, tmp_path: Path) -> None:
    written = exported(snapshot, what, tmp_path / "a.db")
    found = {name for name, kind in _schema(tmp_path / "a.db") if kind == "table"}
    looks = {name for name, kind in _schema(tmp_path / "a.db") if kind == "view"}
    fitting = views(tables(what))
    assert looks == {view.name for view in fitting}
    assert looks, "there is something to look at in each"
    assert found == {*written.rows, *(view.kept for view in fitting if view.counts)}


def test_it_is_one_whole_file_with_types(everything: Written) -> None:
    file = everything.files[0]
    assert [each.name for each in everything.files] == ["people.db", "people.metadata.yml"]
    assert {each.name for each in file.parent.iterdir()} == {"people.db", "people.metadata.yml"}
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("pragma journal_mode").fetchone() == ("delete",)
        for table in tables(ALL):
            types = {name: kind for _, name, kind, *_ in db.execute(f"pragma table_info({table.name})")}
            assert list(types) == names(table)
            for each in table.columns:
                assert types[each.name] == ("INTEGER" if each.kind in {Kind.WHOLE, Kind.FLAG} else "TEXT")
            (count,) = db.execute(f"select count(*) from {table.name}").fetchone()
            assert count == everything.rows[table.name]


def test_who_has_made_a_broadcast_is_an_operator(everything: Written) -> None:
    rows = sqlite_rows(everything.files[0], "broadcasts")
    (by,) = set(column(BROADCASTS, "by", rows))
    assert re.fullmatch("op-[0-9a-f]{16}", by)
    assert column(BROADCASTS, "languages", rows) == ['["en"]', "[]"]
    assert by in {row[7] for row in sqlite_rows(everything.files[0], "questions")}


def test_the_same_person_is_the_same_everywhere(everything: Written) -> None:
    with closing(sqlite3.connect(everything.files[0])) as db:
        for table in ("events", "answers", "questions", "deliveries"):
            strangers = f"select count(*) from {table} where seller not in (select seller from sellers)"
            assert db.execute(strangers).fetchone() == (0,)


def test_without_data_tables_and_views_are_there_and_empty(nobody: Snapshot, tmp_path: Path) -> None:
    exported(nobody, ALL, tmp_path / "a.db")
    for name in (*(table.name for table in tables(ALL)), *(view.name for view in VIEWS)):
        assert sqlite_rows(tmp_path / "a.db", name) == []


def _schema(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as db:
        return db.execute("select name, type from sqlite_schema").fetchall()


def test_events_come_in_their_order(everything: Written) -> None:
    times = column(EVENTS, "time", sqlite_rows(everything.files[0], "events"))
    assert len(times) == everything.rows["events"]
    assert time.strptime(times[0][:19], "%Y-%m-%dT%H:%M:%S")
