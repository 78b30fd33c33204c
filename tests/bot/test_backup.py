"""A backup is whole and of one moment, or there is none; whatever the bot does meanwhile and whoever kills it."""

import fcntl
import io
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from bot import backup
from bot.__main__ import main
from bot.backup import BackupError
from bot.store import Database, StoreError, inspection
from tests.bot.shell import PYTHON, SECONDS, alone, environment
from tests.bot.test_doctor import spoil

NOW = datetime(2026, 11, 26, 3, 15, 2, tzinfo=UTC)
QUIET = Console(file=io.StringIO())


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(tmp_path, monkeypatch)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with some megabytes in it."""
    path = tmp_path / "certguide-tryout.db"
    Database(path, kind="try-out").close()
    fill(path, 4000)
    return path


def fill(path: Path, rows: int) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        row = "insert into trail (at, who, kind, page, version, lang, detail) values (?, 1, 'k', 'p', 'v', 'en', ?)"
        db.executemany(row, [(1_790_000_000_000 + n, "x" * 1000) for n in range(rows)])


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        return int(db.execute("select count(*) from trail").fetchone()[0])


def run(*arguments: str, **given: str) -> Result:
    return CliRunner().invoke(main, ["backup", *arguments], env=given)


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


# The command


def test_a_backup_is_one_whole_file(database: Path, tmp_path: Path) -> None:
    ended = run("kept.db")
    assert ended.exit_code == 0, ended.output
    assert ended.output.startswith(
        "kept.db is a whole copy of certguide-tryout.db, read again and checked: 0 sellers, "
    )
    assert ended.output.endswith("up to 2026-09-21 14:13 UTC\n")
    assert rows(tmp_path / "kept.db") == 4000
    assert names(tmp_path) == {"certguide-tryout.db", "kept.db"}


@pytest.mark.usefixtures("database")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    run("kept.db")
    assert (tmp_path / "kept.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("database")
def test_it_needs_nothing_beside_it(tmp_path: Path) -> None:
    run("kept.db")
    (tmp_path / "kept.db").chmod(0o400)
    with closing(sqlite3.connect("file:kept.db?immutable=1", uri=True)) as db:
        assert db.execute("pragma journal_mode").fetchone() == ("delete",)


@pytest.mark.usefixtures("database")
def test_what_is_there_is_overwritten_only_when_told_to(tmp_path: Path) -> None:
    (tmp_path / "kept.db").write_text("dear")
    refused = run("kept.db")
    assert refused.exit_code == 1
    assert refused.output == "Error: kept.db is there already: name another file, or overwrite it with --force\n"
    assert (tmp_path / "kept.db").read_text() == "dear"
    assert run("kept.db", "--force").exit_code == 0
    assert rows(tmp_path / "kept.db") == 4000


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
@pytest.mark.usefixtures("database")
def test_the_database_is_never_overwritten_by_itself(end: str) -> None:
    refused = run(f"./certguide-tryout.db{end}", "--force")
    assert refused.exit_code == 1
    assert "is the database itself: name another file" in refused.output


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("folder", "is a folder: name a file in it, for example folder/certguide.db"),
        ("nowhere/kept.db", "there is no folder nowhere: make it first"),
    ],
)
@pytest.mark.usefixtures("database")
def test_a_place_where_it_can_not_be(file: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    refused = run(file)
    assert refused.exit_code == 1
    assert complaint in refused.output


def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    refused = run("kept.db")
    assert refused.exit_code == 1
    assert refused.output == "Error: there is no certguide-tryout.db yet; it is made when the bot first starts\n"
    assert names(tmp_path) == set()


def test_what_is_backed_up_is_what_the_bot_uses(tmp_path: Path) -> None:
    Database(tmp_path / "certguide.db").close()
    assert run("kept.db").exit_code == 1
    assert run("kept.db", BOT_TOKEN="123456789:AAE-secret_Part0fTheToken").exit_code == 0


@pytest.mark.parametrize("content", [b"Dear diary, " * 1000, b""])
def test_no_backup_is_made_of_what_is_no_database(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "certguide-tryout.db").write_bytes(content)
    refused = run("kept.db")
    assert refused.exit_code == 1
    assert "is not a database of this bot" in refused.output or "is empty" in refused.output
    assert names(tmp_path) == {"certguide-tryout.db"}


def test_no_backup_is_made_of_what_is_damaged(database: Path, tmp_path: Path) -> None:
    spoil(database)
    refused = run("kept.db")
    assert refused.exit_code == 1
    assert refused.output == (
        "Error: certguide-tryout.db is damaged, and so would its copy be: restore an older backup\n"
    )
    assert names(tmp_path) == {"certguide-tryout.db"}


# Many of them


@pytest.mark.usefixtures("database")
def test_a_date_in_the_name_is_the_time() -> None:
    assert backup.named("a/certguide-{date}.db", NOW) == Path("a/certguide-2026-11-26T031502Z.db")
    assert backup.named("certguide.db", NOW) == Path("certguide.db")


def test_the_newest_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    others = {"c-2026.db", "c-2026-11-01T000000Z.db.gz", "d-2026-11-01T000000Z.db", "xc-2026-11-01T000000Z.db"}
    ours = [f"c-2026-11-{day:02}T000000Z.db" for day in range(1, 8)]
    for name in random.Random(1).sample([*others, *ours], len(others) + len(ours)):
        (tmp_path / name).touch()
    deleted = backup.prune("c-{date}.db", 3)
    assert [each.name for each in deleted] == ours[:4]
    assert names(tmp_path) == others | set(ours[4:])
    assert backup.prune("c-{date}.db", 3) == []


@pytest.mark.usefixtures("database")
def test_each_night_one_more_and_the_oldest_less(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    for name in ("c-2026-11-01T000000Z.db", "c-2026-11-02T000000Z.db"):
        (tmp_path / "kept" / name).touch()
    ended = run("kept/c-{date}.db", "--keep", "2")
    assert ended.exit_code == 0
    assert ended.output.splitlines()[-1] == "1 older deleted, 2 kept"
    assert "c-2026-11-01T000000Z.db" not in names(tmp_path / "kept")
    assert len(names(tmp_path / "kept")) == 2


def test_when_a_backup_fails_no_older_one_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "c-2026-11-01T000000Z.db").touch()
    (tmp_path / "c-2026-11-02T000000Z.db").touch()
    assert run("c-{date}.db", "--keep", "1").exit_code == 1
    assert len(names(tmp_path)) == 2


@pytest.mark.parametrize(
    "arguments", [["c.db", "--keep", "3"], ["{date}/c.db", "--keep", "3"], ["c-{date}.db", "--keep", "0"]]
)
def test_how_many_to_keep_needs_dates(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


# While others write


WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
number = 0
while True:
    number += 1
    db.execute("begin immediate")
    for half in (number, -number):
        db.execute("insert into handled (update_id, at) values (?, 1)", [half])
    db.execute("insert into trail (at, who, kind, page, version, lang) values (?, 2, 'k', 'p', 'v', 'en')", [number])
    db.execute("commit")
    if number == 1:
        print("writing", flush=True)
"""


@contextmanager
def written(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes all the while, two rows of numbers and one of the trail at once."""
    command = [PYTHON, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        try:
            assert process.stdout
            process.stdout.readline()
            yield process
        finally:
            process.kill()


def goes_on(path: Path, number: int) -> None:
    """Wait until more is written than that."""
    last = time.monotonic() + SECONDS
    while rows(path) <= number:
        assert time.monotonic() < last, "the writer was held up"
        time.sleep(0.01)


def test_it_is_of_one_moment_however_much_is_written(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES", 20)
    steps: list[int] = []

    def slowly(bar: backup._Bar, status: int, remaining: int, total: int) -> None:
        steps.append(remaining)
        time.sleep(0.002)

    monkeypatch.setattr(backup._Bar, "show", slowly)
    with written(database) as writer:
        for number in range(3):
            before = rows(database)
            steps.clear()
            backup.back_up(database, tmp_path / f"{number}.db", QUIET)
            assert sorted(steps, reverse=True) == steps, "it never began anew"
            assert writer.poll() is None
            assert rows(tmp_path / f"{number}.db") >= before
            goes_on(database, rows(tmp_path / f"{number}.db"))
            with closing(sqlite3.connect(tmp_path / f"{number}.db")) as db:
                sums = db.execute(
                    "select count(*), coalesce(sum(update_id), 0), max(update_id) from handled"
                ).fetchone()
                (last,) = db.execute("select count(*) from trail where who = 2").fetchone()
            assert sums == (2 * last, 0, last), "each of its transactions is there wholly or not at all"


def test_the_bot_goes_on_meanwhile(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as bot:

        def write(*_: int) -> None:
            bot.execute("insert into handled (update_id, at) values ((select count(*) from handled), 1)")

        backup_bar = backup._Bar.show
        try:
            backup._Bar.show = write  # type: ignore[method-assign,assignment]
            backup.back_up(database, tmp_path / "kept.db", QUIET)
        finally:
            backup._Bar.show = backup_bar  # type: ignore[method-assign]
        assert bot.execute("select count(*) from handled").fetchone()[0] > 1
    with closing(sqlite3.connect(tmp_path / "kept.db")) as db:
        assert db.execute("select count(*) from handled").fetchone() == (0,)


# Killed


SLOW = """
import sys, time
from pathlib import Path
from rich.console import Console
from bot import backup
backup.PAGES = 10
backup._Bar.show = lambda *_: time.sleep(0.003)
print("begun", flush=True)
backup.back_up(Path(sys.argv[1]), Path(sys.argv[2]), Console())
"""


def begun(database: Path, file: Path) -> subprocess.Popen[str]:
    """A backup in a process of its own, which takes a third of a second or so."""
    process = subprocess.Popen(
        [PYTHON, "-c", SLOW, str(database), str(file)], stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout
    process.stdout.readline()
    return process


def test_killed_at_any_moment_it_leaves_no_half_file(database: Path, tmp_path: Path) -> None:
    when, folder = random.Random(20261126), tmp_path / "kept"
    folder.mkdir()
    for number in range(6):
        with begun(database, folder / f"{number}.db") as process:
            time.sleep(when.uniform(0, 0.5))
            process.kill()
        for left in names(folder) - {backup.PART, *(backup.PART + end for end in inspection.BESIDE)}:
            assert rows(folder / left) == 4000
    assert rows(database) == 4000
    backup.back_up(database, folder / "last.db", QUIET)
    assert rows(folder / "last.db") == 4000
    assert not [name for name in names(folder) if name.startswith(".")], "the next one tidies up"


def test_interrupted_it_tidies_up_itself(database: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with begun(database, tmp_path / "kept" / "a.db") as process:
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)
    assert names(tmp_path / "kept") == set()


def test_two_at_once_do_not_write_into_each_other(database: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with backup.part(tmp_path / "kept"), pytest.raises(BackupError, match="another backup is being written in"):
        backup.back_up(database, tmp_path / "kept" / "a.db", QUIET)
    assert names(tmp_path / "kept") == set()


def test_who_comes_when_the_other_is_done_does_not_spoil_its_file(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        os.rename(tmp_path / backup.PART, tmp_path / "finished.db")  # noqa: PTH104
        (tmp_path / "finished.db").write_text("finished")
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(StoreError, match="another backup"), backup.part(tmp_path):
        pass  # pragma: no cover
    assert (tmp_path / "finished.db").read_text() == "finished"


# Trouble with the disk


class Refusing:
    """A connection whose copying fails."""

    def __init__(self, db: sqlite3.Connection, code: int, text: str) -> None:
        self.db, self.code, self.text = db, code, text

    def execute(self, statement: str) -> Any:
        return self.db.execute(statement)

    def backup(self, *_: Any, **__: Any) -> None:
        error = sqlite3.OperationalError(self.text)
        error.sqlite_errorcode = self.code
        raise error


@pytest.mark.parametrize(
    ("code", "text", "complaint"),
    [
        (sqlite3.SQLITE_FULL, "database or disk is full", "is full: free some space, then try again"),
        (sqlite3.SQLITE_BUSY, "database is locked", "is locked by another program"),
    ],
)
def test_when_it_can_not_be_copied_nothing_is_left(
    code: int, text: str, complaint: str, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def opened(path: Path) -> Iterator[Refusing]:
        with inspection.opened(path) as db:
            yield Refusing(db, code, text)

    monkeypatch.setattr(backup, "opened", opened)
    with pytest.raises(BackupError, match=complaint):
        backup.back_up(database, tmp_path / "kept.db", QUIET)
    assert names(tmp_path) == {"certguide-tryout.db"}


def test_a_folder_that_can_not_be_written(database: Path) -> None:
    with pytest.raises(BackupError, match="can't be written: "):
        backup.back_up(database, Path("/proc/kept.db"), QUIET)


# The bar


def test_who_waits_on_a_terminal_sees_how_far_it_is(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "SLOW", 0.0)
    shown = io.StringIO()
    backup.back_up(database, tmp_path / "a.db", Console(file=shown, force_terminal=True))
    assert "copying" in shown.getvalue()
    assert "%" in shown.getvalue()
    shown = io.StringIO()
    backup.back_up(database, tmp_path / "b.db", Console(file=shown))
    assert shown.getvalue() == ""


def test_who_does_not_wait_sees_none(database: Path, tmp_path: Path) -> None:
    shown = io.StringIO()
    backup.back_up(database, tmp_path / "a.db", Console(file=shown, force_terminal=True))
    assert shown.getvalue() == ""
