"""The file at one moment: seen whole, never changed, let go of afterwards; what can't be read is told in a sentence."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database as Tables

from bot.stats import snapshot
from bot.stats.snapshot import StatsError, opened
from bot.store import trail
from bot.store.database import connect
from bot.store.inspection import in_use
from bot.store.schema import migrations
from dialogs import Event
from tests.bot.disks import READ_ONLY, may_mount, said

NOON = 1_795_694_400.0
PAGE = 4096
"""Bytes of a page of SQLite's."""
HELD = Path("/proc/self/fd")
"""What this process has open."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of a bot that was stopped, with one step in it."""
    path = tmp_path / "certguide.db"
    with closing(connect(path, "real", "OFF")) as db:
        step(db)
    return path


@pytest.fixture
def bot(path: Path) -> Iterator[sqlite3.Connection]:
    """The same file with its bot, which waits for nobody."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        yield db


def step(db: sqlite3.Connection) -> None:
    trail.append(db, 1, "en", [Event("arrived", "home.menu", "v1")], NOON)


def steps(db: sqlite3.Connection) -> int:
    return int(db.execute("select count(*) from trail").fetchone()[0])


def beside(path: Path) -> set[str]:
    """What is in the folder of a file."""
    return {other.name for other in path.parent.iterdir()}


# One moment


def test_it_tells_whose_walks_are_in_it(path: Path, tmp_path: Path) -> None:
    with opened(path) as found:
        assert (found.path, found.kind, steps(found.db)) == (path, "real", 1)
    for kind in ("try-out", "synthetic"):
        connect(tmp_path / kind, kind, "OFF").close()
        with opened(tmp_path / kind) as found:
            assert found.kind == kind


def test_what_is_written_meanwhile_is_not_seen(path: Path, bot: sqlite3.Connection) -> None:
    """Not even what is in a table that was not looked at before."""
    step(bot)
    with opened(path) as found:
        step(bot)
        bot.execute("insert into audiences (name, filter) values ('all', '')")
        assert steps(found.db) == 2
        assert found.db.execute("select count(*) from audiences").fetchone() == (0,)
        step(bot)
        assert steps(found.db) == 2
    with opened(path) as found:
        assert steps(found.db) == 4


def test_what_is_not_committed_yet_is_not_seen(path: Path, bot: sqlite3.Connection) -> None:
    bot.execute("begin immediate")
    step(bot)
    with opened(path) as found:
        bot.execute("commit")
        assert steps(found.db) == 1
    with opened(path) as found:
        assert steps(found.db) == 2


def test_whoever_looks_first_and_whoever_looks_later_see_each_their_own_moment(
    path: Path, bot: sqlite3.Connection
) -> None:
    with opened(path) as first:
        step(bot)
        with opened(path) as second:
            step(bot)
            assert (steps(first.db), steps(second.db)) == (1, 2)


def test_the_bot_waits_for_nobody_who_reads(path: Path, bot: sqlite3.Connection) -> None:
    with opened(path) as found:
        for _ in range(3):
            step(bot)
        assert steps(found.db) == 1
    assert bot.execute("pragma wal_checkpoint(truncate)").fetchone() == (0, 0, 0), "nobody holds it back any more"


def test_another_thread_may_read_it(path: Path) -> None:
    seen: list[int] = []
    with opened(path) as found:
        thread = threading.Thread(target=lambda: seen.append(steps(found.db)))
        thread.start()
        thread.join()
    assert seen == [1]


@pytest.mark.parametrize("name", ["a b#c?d%20.db", "图 è.db", "file:x?mode=rwc", "-wal"])
def test_a_file_may_have_any_name(path: Path, name: str) -> None:
    other = path.rename(path.with_name(name))
    with opened(other) as found:
        assert steps(found.db) == 1


# Nothing is changed, nothing is left


def test_nothing_can_be_written(path: Path) -> None:
    for change in ("delete from answers", "insert into meta values ('a', 'b')", "create table x (y)", "vacuum"):
        with pytest.raises((StatsError, sqlite3.Error)), opened(path) as found:
            found.db.execute(change)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from meta where key = 'a'").fetchone() == (0,)


def test_the_file_of_a_bot_that_was_stopped_is_left_as_it_was(path: Path) -> None:
    before, names, changed = path.read_bytes(), beside(path), path.stat().st_mtime_ns
    assert names == {"certguide.db"}
    with opened(path) as found:
        assert steps(found.db) == 1
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, changed)
    assert beside(path) == names, "what SQLite needs beside the file is gone with us"


def test_the_file_of_a_bot_that_runs_is_left_as_it_was(path: Path, bot: sqlite3.Connection) -> None:
    step(bot)
    log = path.with_name("certguide.db-wal")
    before = (path.read_bytes(), log.read_bytes())
    assert before[1]
    with opened(path) as found:
        assert steps(found.db) == 2
    assert (path.read_bytes(), log.read_bytes()) == before
    step(bot)
    assert steps(bot) == 3


def test_what_a_bot_that_was_killed_has_left_beside_its_file_stays(path: Path, tmp_path: Path) -> None:
    """It is read; putting it into the file is the work of the bot when it starts again."""
    killed = tmp_path / "killed" / "certguide.db"
    killed.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        step(bot)
        for name in ("certguide.db", "certguide.db-wal"):
            shutil.copy(path.with_name(name), killed.with_name(name))
    before, log = killed.read_bytes(), killed.with_name("certguide.db-wal").read_bytes()
    with opened(killed) as found:
        assert steps(found.db) == 2
    assert (killed.read_bytes(), killed.with_name("certguide.db-wal").read_bytes()) == (before, log)
    with closing(connect(killed, "real", "OFF")) as db:
        assert steps(db) == 2


def let_go(path: Path) -> bool:
    """Whether nobody has the file open."""
    return not in_use(path)


def test_it_is_let_go_of_afterwards(path: Path) -> None:
    with opened(path) as found:
        assert not let_go(path)
    assert let_go(path)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        found.db.execute("select 1")


def test_it_is_let_go_of_when_whoever_reads_fails(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened(path):
        raise ZeroDivisionError
    assert let_go(path)


def test_what_sqlite_says_while_it_is_read_is_told_in_our_words(path: Path) -> None:
    with pytest.raises(StatsError, match=r"certguide.db: no such table: lost$"), opened(path) as found:
        found.db.execute("select * from lost")
    assert let_go(path)


# What can't be read


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('certguide', 'teleport', '2030')"
        )


def older(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        migrations.apply(Tables(db), stop_before="statistics")


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table notes (text)")


def foreign_with_migrations(path: Path) -> None:
    foreign(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table _sqlite_migrations (migration_set text, name text, applied_at text)")
        db.execute("insert into _sqlite_migrations values ('notes', 'first', '2026')")
        db.commit()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def prose(path: Path) -> None:
    path.write_text("no database at all, and long enough to be one " * 200)


def beheaded(path: Path) -> None:
    path.write_bytes(b"\xff" * PAGE + path.read_bytes()[PAGE:])


def scribbled(path: Path) -> None:
    """What the file says of its own tables."""
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * (PAGE - 100) + path.read_bytes()[PAGE:])


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 3 * PAGE])


Spoil = Callable[[Path], None]

CAN_NOT = [
    (newer, "was written by a newer version of this program; update the program, or restore a backup"),
    (older, "is of an older version of this program: start the bot with it once"),
    (foreign, "is a database of another program; set BOT_DATABASE to another file"),
    (foreign_with_migrations, "is a database of another program; set BOT_DATABASE to another file"),
    (empty, "is of an older version of this program: start the bot with it once"),
    (prose, "is not a database of this bot: set BOT_DATABASE to another file, or restore a backup"),
    (beheaded, "is not a database of this bot: set BOT_DATABASE to another file, or restore a backup"),
    (scribbled, "is damaged: restore a backup"),
    (cut, "is damaged: restore a backup"),
]


@pytest.mark.parametrize(("spoil", "told"), CAN_NOT)
def test_what_can_not_be_read_is_told_in_a_sentence_and_left_alone(path: Path, spoil: Spoil, told: str) -> None:
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(StatsError) as caught, opened(path):
        pytest.fail("it was read")
    assert str(caught.value) == f"{path} {told}"
    assert path.read_bytes() == before


@pytest.mark.parametrize("spoil", [spoil for spoil, _ in CAN_NOT])
def test_of_what_can_not_be_read_nothing_is_left_beside_it(path: Path, spoil: Spoil) -> None:
    spoil(path)
    with pytest.raises(StatsError), opened(path):
        pytest.fail("it was read")
    assert beside(path) == {"certguide.db"}


@pytest.mark.skipif(not HELD.exists(), reason="this system does not tell what a process holds")
@pytest.mark.parametrize("spoil", [spoil for spoil, _ in CAN_NOT])
def test_what_can_not_be_read_is_let_go_of(path: Path, spoil: Spoil) -> None:
    """Else the disk would stay full after it was deleted, and on some systems it could not be."""
    spoil(path)
    with pytest.raises(StatsError), opened(path):
        pytest.fail("it was read")
    assert not [held for held in HELD.iterdir() if str(path) in str(held.resolve())]
    path.rename(path.with_name("elsewhere.db"))


def test_damage_that_shows_only_while_it_is_read_is_told_too(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        root = db.execute("select rootpage from sqlite_master where name = 'trail'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    with pytest.raises(StatsError, match=r"certguide.db is damaged: restore a backup$"), opened(path) as found:
        steps(found.db)
    path.unlink()


@pytest.mark.parametrize("missing", ["none.db", "no/such/folder.db", "."])
def test_where_there_is_no_file_none_is_made(tmp_path: Path, missing: str) -> None:
    with pytest.raises(StatsError) as caught, opened(tmp_path / missing):
        pytest.fail("it was read")
    assert str(caught.value) == f"there is no {tmp_path / missing} yet; it is made when the bot first starts"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_a_locked_file_is_told_after_a_moment(path: Path, journal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"pragma journal_mode = {journal}")
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        with pytest.raises(StatsError) as caught, opened(path):
            pytest.fail("it was read")
        assert str(caught.value) == f"{path} is locked by another program: is a second bot or a tool still open on it?"
        other.execute("rollback")
    with opened(path) as found:
        assert steps(found.db) == 1


# On a disk nobody can write to

READ = """
import sys
from pathlib import Path
from bot.stats.snapshot import StatsError, opened
try:
    with opened(Path(sys.argv[1])) as found:
        print(found.kind, *found.db.execute("select count(*) from trail").fetchone())
except StatsError as error:
    print("Error:", error)
"""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder that will be one."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def carried(path: Path, disk: Path, *names: str) -> Path:
    """What a bot that runs has, copied there; of two steps one is only in the log beside its file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        step(bot)
        for name in names:
            shutil.copy(path.with_name(name), disk / name)
    return disk / path.name


@may_mount
def test_there_a_file_is_read_that_has_no_log(path: Path, disk: Path) -> None:
    shutil.copy(path, disk)
    assert said(READ_ONLY, disk, READ, disk / path.name) == "real 1"
    assert beside(disk / path.name) == {"certguide.db"}


@may_mount
def test_there_a_file_is_read_with_its_log(path: Path, disk: Path) -> None:
    file = carried(path, disk, "certguide.db", "certguide.db-wal", "certguide.db-shm")
    assert said(READ_ONLY, disk, READ, file) == "real 2"


@may_mount
def test_there_a_log_that_can_not_be_read_is_never_passed_over(path: Path, disk: Path) -> None:
    """Its steps would be missing, and nobody would know."""
    file = carried(path, disk, "certguide.db", "certguide.db-wal")
    told = said(READ_ONLY, disk, READ, file)
    assert told.startswith(f"Error: {file} can't be opened: is {disk} there, and may this user write into it?")


@may_mount
def test_a_link_to_a_file_there_is_followed(path: Path, disk: Path, tmp_path: Path) -> None:
    shutil.copy(path, disk)
    link = tmp_path / "link.db"
    link.symlink_to(disk / path.name)
    assert said(READ_ONLY, disk, READ, link) == "real 1"


@may_mount
def test_a_link_from_there_to_the_file_of_a_bot_that_runs_sees_all_of_it(
    path: Path, bot: sqlite3.Connection, disk: Path
) -> None:
    step(bot)
    link = disk / "link.db"
    link.symlink_to(path)
    assert said(READ_ONLY, disk, READ, link) == "real 2"
