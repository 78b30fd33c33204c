"""JSON Lines that lose nothing, and a manifest by which anybody can check them; read back by two readers."""

import gzip
import hashlib
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats.exports import WHAT
from bot.stats.exports.tables import tables
from bot.stats.snapshot import Snapshot
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.exports.people import NASTY, ask, exported, jsonl_rows, names, texts
from tests.bot.store.crowd import NOON


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((folder / "a.manifest.json").read_bytes())
    return found


@pytest.mark.parametrize("what", WHAT)
def test_two_readers_see_the_same_rows(what: str, snapshot: Snapshot, tmp_path: Path) -> None:
    written = exported(snapshot, what, tmp_path / "a.jsonl.gz")
    rows, others = jsonl_rows(tmp_path / "a.jsonl.gz")
    assert rows == others
    table = tables(what)[0]
    assert {tuple(row) for row in rows} == {tuple(names(table))}
    assert len(rows) == written.rows[table.name] == manifest(tmp_path)["rows"]


@pytest.mark.parametrize(("what", "name"), [("questions", "text"), ("answers", "answer"), ("events", "detail")])
def test_the_worst_texts_come_back_as_they_were(what: str, name: str, snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, what, tmp_path / "a.jsonl.gz")
    for rows in jsonl_rows(tmp_path / "a.jsonl.gz"):
        assert set(NASTY) <= {row[name] for row in rows}


@settings(deadline=None, max_examples=20)
@given(written=st.lists(texts, min_size=1, max_size=8))
def test_any_text_comes_back(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory, written: list[str]) -> None:
    file = tmp_path_factory.mktemp("any") / "a.jsonl.gz"
    with closing(fresh()) as db:
        for text in written:
            ask(db, None, text)
        exported(Snapshot(db, Path("certguide.db"), "real"), "questions", file)
    for rows in jsonl_rows(file):
        assert [row["text"] for row in rows] == written


def test_values_have_their_types(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "sellers", tmp_path / "a.jsonl.gz")
    rows, _ = jsonl_rows(tmp_path / "a.jsonl.gz")
    assert {type(row["wants_news"]) for row in rows} == {bool}
    assert {type(row["pages_seen"]) for row in rows} == {int}
    assert {tuple(row["finished"]) for row in rows} == {(), ("iso9001",), ("iso14001", "iso9001")}
    assert {row["away"] for row in rows} == {None}
    assert {row["since"] for row in rows} >= {"2026-11-26T12:00:00.000Z"}


def test_the_manifest_fits_the_file(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "events", tmp_path / "a.jsonl.gz", since="2026-11-01", until="2026-11-25")
    said, raw = manifest(tmp_path), (tmp_path / "a.jsonl.gz").read_bytes()
    assert said["sha256"] == hashlib.sha256(raw).hexdigest()
    assert said["bytes"] == len(raw)
    assert said["rows"] == gzip.decompress(raw).count(b"\n")
    assert (said["file"], said["table"], said["walks"]) == ("a.jsonl.gz", "events", "real")
    assert (said["made"], said["since"], said["until"]) == ("2026-11-26T12:00:00Z", "2026-11-01", "2026-11-25")
    assert said["pseudonymised"] is True
    assert [column["name"] for column in said["columns"]] == names(tables("events")[0])
    assert all(column["meaning"] for column in said["columns"])


def test_sha256sum_agrees(snapshot: Snapshot, tmp_path: Path) -> None:
    exported(snapshot, "answers", tmp_path / "a.jsonl.gz")
    line = f"{manifest(tmp_path)['sha256']}  a.jsonl.gz\n"
    done = subprocess.run(["sha256sum", "-c"], input=line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "a.jsonl.gz: OK\n"


def test_the_same_order_makes_the_same_file(snapshot: Snapshot, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        exported(snapshot, "sellers", tmp_path / name / "a.jsonl.gz")
    one, two = ((tmp_path / name / "a.jsonl.gz").read_bytes() for name in ("one", "two"))
    assert one == two
    assert int.from_bytes(one[4:8], "little") == NOON, "inside it is of the time for which it was ordered"


@pytest.mark.parametrize("what", WHAT)
def test_without_data_there_is_an_empty_file_that_says_so(what: str, nobody: Snapshot, tmp_path: Path) -> None:
    exported(nobody, what, tmp_path / "a.jsonl.gz")
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == b""
    assert manifest(tmp_path)["rows"] == 0
    assert [column["name"] for column in manifest(tmp_path)["columns"]] == names(tables(what)[0])
