"""What a file holds is told without changing it, and whether a bot has it open."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Database, SchemaError, StoreError, inspection
from tests.bot.shell import PYTHON, environment

OPENER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("pragma journal_mode = wal")
db.execute("select count(*) from trail").fetchone()
print("open", flush=True)
input()
"""


@pytest.fixture
def made(path: Path) -> Path:
    """A file of real sellers that nobody has open."""
    Database(path).close()
    return path


def test_an_empty_bot_holds_nothing(made: Path) -> None:
    held = inspection.look(made)
    assert (held.kind, held.sellers, held.newest, held.owed, held.waiting, held.older) == (
        *("real", 0, None, 0, None),
        False,
    )
    assert held.told() == f"0 sellers, {held.size / 1000:.0f} kB"


def test_sellers_and_the_newest_event_are_told(made: Path) -> None:
    with closing(sqlite3.connect(made)) as db, db:
        db.execute(
            "insert into sellers (id, who, lang, state, visit, history, paths, seen, finished, debt, paid, last) "
            "values (1, 1, 'en', 'home.menu', 1, '[]', '{}', '[]', '[]', 2, 1, 77)"
        )
        for at in (1_790_000_000_000, 1_700_000_000_000):
            db.execute(
                "insert into trail (at, who, kind, page, version, lang) values (?, 1, 'k', 'p', 'v', 'en')", [at]
            )
    held = inspection.look(made)
    assert (held.sellers, held.newest, held.owed, held.waiting) == (1, 1_790_000_000, 1, 77)
    assert held.told().startswith("1 seller, ")
    assert held.told().endswith(" kB, up to 2026-09-21 14:13 UTC")


def test_looking_changes_nothing(made: Path) -> None:
    before = made.read_bytes()
    inspection.look(made)
    inspection.whole(made)
    inspection.writable(made)
    assert not inspection.in_use(made)
    assert made.read_bytes() == before
    assert [each.name for each in made.parent.iterdir()] == [made.name]


def test_looking_makes_no_file(path: Path) -> None:
    for look in (inspection.look, inspection.whole, inspection.writable):
        with pytest.raises(StoreError, match="can't be opened"):
            look(path)
    assert not path.exists()


def test_another_kind_is_refused_only_when_one_is_asked_for(made: Path) -> None:
    assert inspection.look(made, "real").kind == "real"
    with pytest.raises(SchemaError, match="holds real sellers"):
        inspection.look(made, "try-out")


def test_an_odd_name_is_no_trouble(made: Path) -> None:
    odd = made.rename(made.with_name("what? 100% #1 名.db"))
    assert inspection.look(odd).sellers == 0


@pytest.mark.parametrize("thorough", [True, False])
def test_a_damaged_index_is_found(thorough: bool, made: Path) -> None:
    with closing(sqlite3.connect(made)) as db, db:
        db.execute("pragma journal_mode = delete")
        db.execute("pragma writable_schema = on")
        db.execute("update sqlite_schema set rootpage = 2 where name = 'sellers_owed'")
    with pytest.raises(StoreError, match="is damaged: restore a backup"):
        inspection.whole(made, thorough=thorough)


def test_a_bot_in_another_process_is_noticed_even_while_it_does_nothing(made: Path) -> None:
    command = [PYTHON, "-c", OPENER, str(made)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdout
        process.stdout.readline()
        assert inspection.in_use(made)
        with pytest.raises(StoreError, match="is in use: stop the bot first"), inspection.alone(made):
            pass  # pragma: no cover
        process.communicate(b"\n")
    assert not inspection.in_use(made)


def test_alone_means_that_nobody_gets_in(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.1)
    with inspection.alone(made), pytest.raises(StoreError, match="is locked by another program"):
        Database(made)
    Database(made).close()


def test_what_is_no_database_is_nobody_elses(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    assert not inspection.in_use(path)
    with inspection.alone(path):
        pass
    assert path.read_bytes() == b"Dear diary, " * 1000


def test_a_file_from_before_failures_were_noted_has_none(made: Path) -> None:
    with closing(sqlite3.connect(made)) as db, db:
        db.execute("drop table failed")
        db.execute("delete from _sqlite_migrations where name = 'everyday'")
    held = inspection.look(made)
    assert (held.failed, held.failure, held.older) == (0, None, True)
