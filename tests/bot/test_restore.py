"""A backup takes the place of the database only after a look at both, and what was there is kept."""

import asyncio
import io
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from bot import backup, restore
from bot.__main__ import main
from bot.restore import RestoreError
from bot.store import Database, inspection, schema
from tests.bot.chat.house import MEI, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.shell import alone
from tests.bot.test_backup import fill, names, rows
from tests.bot.test_doctor import spoil

NOW = datetime(2026, 11, 26, 3, 15, 2, tzinfo=UTC)
QUIET = Console(file=io.StringIO())
KEPT = "certguide-tryout.db.before-restore-"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(tmp_path, monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup with 10 events."""
    made = tmp_path / "backups" / "kept.db"
    made.parent.mkdir()
    Database(tmp_path / "a.db", kind="try-out").close()
    fill(tmp_path / "a.db", 10)
    backup.back_up(tmp_path / "a.db", made, QUIET)
    (tmp_path / "a.db").unlink()
    return made


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """What the bot has now: 20 events."""
    path = tmp_path / "certguide-tryout.db"
    Database(path, kind="try-out").close()
    fill(path, 20)
    return path


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["restore", *arguments], input=typed)


def put_back(file: Path, database: Path) -> Path | None:
    return restore.carry_out(restore.plan(file, database, "try-out"), NOW, QUIET)


# The command


def test_it_shows_both_and_asks(file: Path, database: Path, tmp_path: Path) -> None:
    ended = run(str(file), typed="n\n")
    assert ended.exit_code == 1
    first, second, *_ = ended.output.splitlines()
    assert first.startswith(f"Backup    {file}: 0 sellers, ")
    assert second.startswith("Replaces  certguide-tryout.db: 0 sellers, ")
    assert "up to 2026-09-21 14:13 UTC" in first
    assert "Restore it? [y/N]" in ended.output
    assert rows(database) == 20
    assert names(tmp_path) == {"backups", "certguide-tryout.db"}


@pytest.mark.parametrize(("arguments", "typed"), [((), "y\n"), (("--yes",), "")])
def test_it_restores_and_keeps_what_was_there(
    arguments: tuple[str, ...], typed: str, file: Path, database: Path, tmp_path: Path
) -> None:
    ended = run(str(file), *arguments, typed=typed)
    assert ended.exit_code == 0, ended.output
    assert "certguide-tryout.db is restored; start the bot again.\n" in ended.output
    (kept,) = (each for each in tmp_path.iterdir() if each.name.startswith(KEPT))
    assert f"The former one is {kept.name} beside it: delete that when all is well." in ended.output
    assert (rows(database), rows(kept), rows(file)) == (10, 20, 10)
    assert names(tmp_path) == {"backups", "certguide-tryout.db", kept.name}


def test_without_an_answer_nothing_happens(file: Path, database: Path) -> None:
    assert run(str(file)).exit_code == 1
    assert rows(database) == 20


def test_on_a_new_machine_there_is_nothing_to_replace(file: Path, tmp_path: Path) -> None:
    ended = run(str(file), "--yes")
    assert ended.exit_code == 0
    assert "Replaces  nothing: there is no certguide-tryout.db yet" in ended.output
    assert "The former one" not in ended.output
    assert rows(tmp_path / "certguide-tryout.db") == 10


def test_the_bot_opens_what_was_restored(file: Path, database: Path) -> None:
    put_back(file, database)
    with closing(Database(database, kind="try-out")) as opened:
        assert asyncio.run(opened.run(lambda db: db.execute("select count(*) from trail").fetchone())) == (10,)


# What is not restored


def complaint(file: Path, database: Path, kind: str = "try-out") -> str:
    before = database.read_bytes() if database.exists() else b""
    with pytest.raises(RestoreError) as caught:
        restore.plan(file, database, kind)
    assert (database.read_bytes() if database.exists() else b"") == before
    return str(caught.value)


def test_what_is_no_backup(tmp_path: Path, database: Path) -> None:
    for content in (b"Dear diary", b"", b"SQLite format 2\0" + bytes(5000)):
        (tmp_path / "x").write_bytes(content)
        assert (
            complaint(tmp_path / "x", database) == f"{tmp_path / 'x'} is no backup of this program: name another file"
        )
    (tmp_path / "x").write_bytes(b"SQLite format 3\0" + bytes(5000))
    assert "can't be restored: " in complaint(tmp_path / "x", database)


def test_what_is_not_there(tmp_path: Path, database: Path) -> None:
    assert complaint(tmp_path / "x", database).endswith("can't be read: No such file or directory")
    assert complaint(tmp_path, database).endswith("can't be read: Is a directory")


def test_the_database_itself(database: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(database)
    for name in (database, tmp_path / "link.db"):
        assert "is the database itself" in complaint(name, database)


def test_a_damaged_backup(file: Path, database: Path) -> None:
    spoil(file)
    assert complaint(file, database) == f"{file} can't be restored: {file} is damaged: restore a backup"


def test_a_database_of_another_program(tmp_path: Path, database: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "photos.db")) as db:
        db.execute("create table photos (id)")
    said = complaint(tmp_path / "photos.db", database)
    assert said.endswith("is a database of another program: it can't be restored here")


def test_a_backup_of_a_newer_program(file: Path, database: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('certguide', 'future', '2030')"
        )
    said = complaint(file, database)
    assert said.endswith("was written by a newer version of this program: it can't be restored here")


def test_sellers_of_another_kind(file: Path, database: Path) -> None:
    said = complaint(file, database, "real")
    assert said.endswith("holds try-out sellers, and this is the real bot: it can't be restored here")


def test_an_older_backup_is_told_and_taken(file: Path, database: Path) -> None:
    schema.migrations(name="still_to_come")(lambda db: None)
    try:
        told = restore.plan(file, database, "try-out").told()
        assert ", from an older version: the next start brings it up to date\n" in told
        put_back(file, database)
    finally:
        schema.migrations._migrations.pop()
    assert rows(database) == 10


# While a bot runs


def test_while_a_bot_has_the_database_open_nothing_is_restored(file: Path, database: Path, tmp_path: Path) -> None:
    with closing(Database(database, kind="try-out")):
        ended = run(str(file), "--yes")
    assert ended.exit_code == 1
    assert ended.output == "Error: certguide-tryout.db is in use: stop the bot first, then restore\n"
    assert rows(database) == 20
    assert names(tmp_path) == {"backups", "certguide-tryout.db"}


def test_a_bot_that_starts_between_question_and_answer_is_noticed(file: Path, database: Path, tmp_path: Path) -> None:
    plan = restore.plan(file, database, "try-out")
    with (
        closing(Database(database, kind="try-out")),
        pytest.raises(RestoreError, match="is in use: stop the bot first, then try again"),
    ):
        restore.carry_out(plan, NOW, QUIET)
    assert rows(database) == 20
    assert names(tmp_path) == {"backups", "certguide-tryout.db"}


def test_no_bot_gets_in_while_it_is_replaced(file: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep, tried = restore._keep, []

    def keep_and_try(path: Path, kept: Path) -> None:
        keep(path, kept)
        tried.append(inspection.in_use(path))

    monkeypatch.setattr(restore, "_keep", keep_and_try)
    put_back(file, database)
    assert tried == [True]
    assert not inspection.in_use(database)


# What was there


def test_what_a_killed_bot_had_not_written_back_is_kept_too(file: Path, database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("pragma wal_autocheckpoint = 0")
        with db:
            db.execute("insert into trail (at, who, kind, page, version, lang) values (1, 1, 'k', 'p', 'v', 'en')")
        for end in ("", "-wal"):
            shutil.copy(f"{database}{end}", tmp_path / f"crashed.db{end}")
    kept = put_back(file, tmp_path / "crashed.db")
    assert kept
    assert (rows(kept), rows(tmp_path / "crashed.db")) == (21, 10)
    assert not list(tmp_path.glob("crashed.db-*"))


@pytest.mark.parametrize("content", [b"Dear diary, " * 1000, b""])
def test_what_is_broken_is_kept_as_it_is(content: bytes, file: Path, database: Path, tmp_path: Path) -> None:
    database.write_bytes(content)
    (tmp_path / "certguide-tryout.db-wal").write_bytes(b"left over")
    plan = restore.plan(file, database, "try-out")
    assert plan.told().endswith(f"Replaces  {database}: can't be read")
    kept = restore.carry_out(plan, NOW, QUIET)
    assert kept == tmp_path / f"{KEPT}2026-11-26T031502Z"
    assert kept.read_bytes() == content
    assert rows(database) == 10
    assert not (tmp_path / "certguide-tryout.db-wal").exists(), "it would spoil the new file"


def test_a_disk_without_links_gets_a_copy(file: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    kept = put_back(file, database)
    assert kept
    assert (rows(kept), rows(database)) == (20, 10)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("there", [True, False])
def test_what_root_restores_belongs_to_the_bot(there: bool, file: Path, database: Path, tmp_path: Path) -> None:
    if there:
        os.chown(database, 10001, 10002)
        database.chmod(0o640)
    else:
        database.unlink()
        os.chown(tmp_path, 10001, 10002)
    put_back(file, database)
    status = database.stat()
    assert (status.st_uid, status.st_gid) == (10001, 10002)
    assert status.st_mode & 0o777 == (0o640 if there else 0o600)


def test_a_link_goes_on_pointing_to_the_database(file: Path, database: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    database.rename(tmp_path / "elsewhere" / "real.db")
    database.symlink_to(tmp_path / "elsewhere" / "real.db")
    kept = put_back(file, database)
    assert database.is_symlink()
    assert kept
    assert kept.parent == tmp_path / "elsewhere"
    assert rows(database) == 10


def test_a_folder_that_can_not_be_written(file: Path) -> None:
    with pytest.raises(RestoreError, match="can't be replaced: "):
        put_back(file, Path("/proc/certguide.db"))


# Real sellers


@contextmanager
def closed(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as db:
        yield db


async def test_sellers_find_the_place_they_had_at_the_backup(tmp_path: Path) -> None:
    house = House(tmp_path)
    await house.open()
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.tap("ISO 9001: do I need it?")
    then = await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    await house.settled()
    holdings = await asyncio.to_thread(backup.back_up, house.path, tmp_path / "kept.db", QUIET)
    assert (holdings.sellers, holdings.kind) == (1, "real")

    # Afterwards Sam goes on and Mei arrives; then the disk dies.
    await sam.say("/menu")
    await sam.until(lambda screen: "What would you like to know?" in screen.text)
    mei = await house.person(MEI)
    await mei.say("/start")
    await mei.until(lambda screen: screen.labels)
    await house.settled()
    await house.stop()
    house.path.write_bytes(b"x" * 10_000)

    plan = restore.plan(tmp_path / "kept.db", house.path, "real")
    restore.carry_out(plan, NOW, QUIET)
    with closed(house.path) as db:
        assert [id_ for (id_,) in db.execute("select id from sellers")] == [SAM]
    await house.start()
    await sam.tap(sam_label := (await sam.screen()).labels[0])
    assert sam_label
    again = await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    assert again.text == then.text, "a button of the time that is lost brings the page he is on"
    await mei.say("/start")
    await mei.until(lambda screen: "English" in screen.labels)
    await house.settled()
    await house.close()
