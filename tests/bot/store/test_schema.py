"""The tables are strict, the trail only grows, and a file is made once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database as Tables

from bot.store import Database, meta
from bot.store.database import connect
from bot.store.schema import SchemaError, migrate, migrations

EVENT = "insert into trail (at, who, kind, page, version, lang) values (1, 2, 'arrived', 'home.menu', 'v', 'en')"


def made(path: Path) -> list[tuple[object, ...]]:
    """Everything a file is made of."""
    with closing(sqlite3.connect(path)) as db:
        return [*db.execute("select type, name, sql from sqlite_master"), *db.execute("select * from meta")]


def test_every_table_of_ours_is_strict(db: sqlite3.Connection) -> None:
    tables = {table.name: table.strict for table in Tables(db).tables}
    tables.pop("_sqlite_migrations")  # the library's own
    assert tables == dict.fromkeys(
        [
            *("meta", "sellers", "answers", "trail", "handled", "questions", "notices", "failed"),
            *("broadcasts", "texts", "deliveries", "trials", "audiences", "operators", "audit", "reminders"),
            *("people", "active", "cohorts", "reached", "tally", "said", "quarters"),
        ],
        True,
    )


def test_a_word_is_no_number(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER column"):
        db.execute("insert into handled (update_id, at) values (1, 'yesterday')")


@pytest.mark.parametrize(
    "change",
    [
        "update trail set lang = 'zh_Hans'",
        "update trail set who = 0 where id = 1",
        "delete from trail",
        "delete from trail where id = 1",
        "insert into trail select * from trail where true on conflict do update set lang = 'zh_Hans'",
    ],
)
def test_the_trail_refuses_to_be_changed(db: sqlite3.Connection, change: str) -> None:
    db.execute(EVENT)
    with pytest.raises(sqlite3.IntegrityError, match="the trail is append-only"):
        db.execute(change)
    assert db.execute("select count(*), min(lang) from trail").fetchone() == (1, "en")


def test_no_two_sellers_are_known_by_one_number(db: sqlite3.Connection) -> None:
    columns = "id, who, lang, state, visit, history, paths, seen, finished, debt, paid"
    row = "7, 'en', 'home.menu', 1, '[]', '{}', '[]', '[]', 0, 0"
    db.execute(f"insert into sellers ({columns}) values (1, {row})")
    with pytest.raises(sqlite3.IntegrityError, match=r"sellers\.who"):
        db.execute(f"insert into sellers ({columns}) values (2, {row})")


def test_an_answer_belongs_to_somebody(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.execute("insert into answers (seller, question, answer, at) values (404, 'q', 'a', 1)")


def test_opening_a_file_again_changes_nothing(path: Path) -> None:
    Database(path).close()
    first = made(path)
    Database(path).close()
    assert made(path) == first


def test_all_migrations_are_recorded(db: sqlite3.Connection) -> None:
    assert migrations.pending(Tables(db)) == []


def test_a_file_that_could_not_be_made_is_left_empty(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_entropy(size: int) -> str:
        raise OSError("no random numbers")

    with monkeypatch.context() as patch:
        patch.setattr("secrets.token_hex", no_entropy)
        with pytest.raises(OSError, match="no random numbers"):
            connect(path, "real", "OFF")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select * from sqlite_master").fetchall() == []


def test_a_refused_file_is_not_touched(db: sqlite3.Connection) -> None:
    before = list(db.iterdump())
    with pytest.raises(SchemaError, match="holds real sellers"):
        migrate(Tables(db), "try-out")
    assert list(db.iterdump()) == before


async def test_a_file_has_a_key_of_its_own_that_stays(tmp_path: Path) -> None:
    keys = []
    for name in ("one.db", "one.db", "other.db"):
        database = Database(tmp_path / name)
        keys.append(await database.run(meta.read, "log_key"))
        database.close()
    one, again, other = keys
    assert one == again != other
    assert len(bytes.fromhex(one)) == 16


async def test_a_file_says_whose_sellers_it_holds(path: Path) -> None:
    database = Database(path, kind="try-out")
    assert await database.run(meta.read, "kind") == "try-out"
    database.close()
