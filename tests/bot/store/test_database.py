"""What is given to the store happens wholly or not at all, and what it acknowledged stays."""

import asyncio
import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from bot.store import Database, StoreError
from bot.store.database import GROUP, write_ahead
from tests.bot.shell import PYTHON, environment

Call = Callable[[sqlite3.Connection], Any]

OPEN_FILES = Path("/proc/self/fd")


class SomethingError(Exception):
    """What a unit of work may fail with."""


def put(db: sqlite3.Connection, number: int) -> int:
    db.execute("insert into handled (update_id, at) values (?, 1)", [number])
    return number


def putting(number: int) -> Call:
    return lambda db: put(db, number)


def put_and_fail(db: sqlite3.Connection) -> None:
    put(db, 666)
    raise SomethingError("halfway")


def numbers(db: sqlite3.Connection) -> list[int]:
    return [number for (number,) in db.execute("select update_id from handled order by update_id")]


def on_disk(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as other:
        return numbers(other)


@asynccontextmanager
async def busy(database: Database) -> AsyncIterator[None]:
    """The store has something to do all the while, so that what else is asked of it waits."""
    started, go = threading.Event(), threading.Event()

    def wait(db: sqlite3.Connection) -> None:
        started.set()
        go.wait(5)

    waiting = asyncio.create_task(database.run(wait))
    await asyncio.to_thread(started.wait, 5)
    try:
        yield
    finally:
        go.set()
        await waiting


async def asked(database: Database, *calls: Call) -> list[asyncio.Task[Any]]:
    """Tasks that have handed their calls over."""
    tasks = [asyncio.create_task(database.run(call)) for call in calls]
    await asyncio.sleep(0)
    return tasks


async def together(database: Database, *calls: Call) -> list[Any]:
    """What comes of calls that share a transaction: results and errors."""
    async with busy(database):
        tasks = await asked(database, *calls)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def statements(database: Database, work: Callable[[], Awaitable[object]]) -> list[str]:
    """The SQL that was run meanwhile, in small letters."""
    seen: list[str] = []
    await database.run(lambda db: db.set_trace_callback(seen.append))
    seen.clear()
    await work()
    await database.run(lambda db: db.set_trace_callback(None))
    return [statement.lower() for statement in seen]


# A unit of work


async def test_run_answers_once_the_work_is_on_disk(database: Database, path: Path) -> None:
    assert await database.run(put, 7) == 7
    assert on_disk(path) == [7]


async def test_arguments_by_name_reach_the_work(database: Database) -> None:
    def add(db: sqlite3.Connection, first: int, *, second: int) -> int:
        return first + second

    assert await database.run(add, 2, second=3) == 5


async def test_work_that_fails_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(SomethingError, match="halfway"):
        await database.run(put_and_fail)
    assert await database.run(numbers) == []


async def test_work_that_fails_undoes_only_itself(database: Database) -> None:
    results = await together(database, putting(1), put_and_fail, putting(2))
    assert [results[0], results[2]] == [1, 2]
    assert isinstance(results[1], SomethingError)
    assert await database.run(numbers) == [1, 2]


async def test_a_broken_rule_of_the_tables_is_told_to_who_broke_it(database: Database) -> None:
    results = await together(database, putting(1), putting(1), putting(2))
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert await database.run(numbers) == [1, 2]


async def test_a_mistake_in_the_sql_is_told_to_who_made_it(database: Database) -> None:
    results = await together(database, putting(1), lambda db: db.execute("select * from nowhere"))
    assert isinstance(results[1], sqlite3.OperationalError)
    assert await database.run(numbers) == [1]


async def test_even_an_exhausted_iterator_is_told_to_who_waits(database: Database) -> None:
    results = await asyncio.wait_for(together(database, lambda db: next(iter(())), putting(1)), 2)
    assert isinstance(results[0], RuntimeError)
    assert results[1] == 1


async def test_whoever_stops_waiting_does_not_stop_the_work(database: Database) -> None:
    async with busy(database):
        (task,) = await asked(database, putting(1))
        task.cancel()
        await asyncio.sleep(0)
        assert task.cancelled()
    assert await database.run(numbers) == [1]


def test_work_is_done_though_the_loop_that_asked_is_gone(database: Database) -> None:
    go = threading.Event()

    def slow(db: sqlite3.Connection) -> None:
        go.wait(5)
        put(db, 1)

    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(database.run(slow), 0.02))
    go.set()
    assert asyncio.run(database.run(numbers)) == [1]


async def test_several_loops_may_use_one_store(database: Database) -> None:
    async def ask(start: int) -> None:
        await asyncio.gather(*(database.run(put, start + number) for number in range(20)))

    await asyncio.gather(*(asyncio.to_thread(asyncio.run, ask(1000 * loop)) for loop in range(3)))
    assert len(await database.run(numbers)) == 60


# Transactions


async def test_work_that_waits_together_shares_a_transaction(database: Database) -> None:
    seen = await statements(database, lambda: together(database, *map(putting, range(GROUP))))
    assert seen.count("commit") == 2  # what kept it busy, and the group


async def test_a_hundred_at_once_need_few_transactions(database: Database) -> None:
    seen = await statements(database, lambda: asyncio.gather(*(database.run(put, n) for n in range(100))))
    assert len(await database.run(numbers)) == 100
    assert seen.count("commit") <= 10


async def test_nobody_waits_for_more_than_a_group(database: Database) -> None:
    seen = await statements(database, lambda: together(database, *map(putting, range(2 * GROUP))))
    groups = "\n".join(seen).split("commit")
    assert max(group.count("insert into handled") for group in groups) == GROUP


async def test_the_lock_to_write_is_taken_before_anything_is_read(database: Database) -> None:
    seen = await statements(database, lambda: database.run(numbers))
    assert "begin immediate" in seen
    assert "begin" not in seen


async def test_two_programs_may_write_to_one_file(database: Database, path: Path) -> None:
    def count(db: sqlite3.Connection) -> None:
        (last,) = db.execute("select coalesce(max(update_id), 0) from handled").fetchone()
        put(db, last + 1)

    second = Database(path)
    try:
        await asyncio.gather(*(each.run(count) for _ in range(100) for each in (database, second)))
        assert await second.run(numbers) == list(range(1, 201))
    finally:
        second.close()


async def test_it_waits_while_another_program_writes(database: Database, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("begin immediate")
        (waiting,) = await asked(database, putting(1))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        put(other, 2)
        other.execute("commit")
        assert await waiting == 1
    assert await database.run(numbers) == [1, 2]


async def test_what_a_file_says_of_durability_is_what_was_asked(path: Path) -> None:
    def pragmas(db: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [db.execute(f"pragma {name}").fetchone()[0] for name in names]

    for synchronous, number in (("NORMAL", 1), ("FULL", 2)):
        database = Database(path, synchronous=synchronous)
        assert await database.run(pragmas) == ["wal", number, 1]
        database.close()


# Closing


async def test_closing_finishes_what_waits(database: Database, path: Path) -> None:
    async with busy(database):
        tasks = await asked(database, *map(putting, range(2 * GROUP)))
        closed = asyncio.create_task(asyncio.to_thread(database.close))
        await asyncio.sleep(0.02)
    await closed
    assert await asyncio.gather(*tasks) == list(range(2 * GROUP))
    assert on_disk(path) == list(range(2 * GROUP))


async def test_nothing_is_taken_on_while_it_closes(database: Database) -> None:
    async with busy(database):
        closed = asyncio.create_task(asyncio.to_thread(database.close))
        await asyncio.sleep(0.02)
        with pytest.raises(StoreError, match="closed"):
            await asyncio.wait_for(database.run(put, 1), 2)
    await closed


async def test_nothing_is_taken_on_once_it_is_closed(database: Database) -> None:
    database.close()
    with pytest.raises(StoreError, match="the database is closed"):
        await database.run(put, 1)


def test_it_may_be_closed_twice(database: Database) -> None:
    database.close()
    database.close()


def test_a_closed_file_is_one_file(database: Database, path: Path) -> None:
    database.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


# Trouble while it runs


def no_more_room(db: sqlite3.Connection) -> None:
    (pages,) = db.execute("pragma page_count").fetchone()
    db.execute(f"pragma max_page_count = {pages}").fetchall()


def room_again(db: sqlite3.Connection) -> None:
    db.execute("pragma max_page_count = 1000000").fetchall()


def put_a_lot(db: sqlite3.Connection) -> None:
    db.execute("insert into meta (key, value) values ('long', hex(zeroblob(500000)))")


async def test_a_full_disk_loses_nothing_quietly(database: Database) -> None:
    await database.run(no_more_room)
    results = await together(database, putting(1), put_a_lot, putting(2))
    assert [type(result) for result in results] == [StoreError] * 3
    assert "disk is full" in str(results[0])
    assert "certguide.db" in str(results[0])
    await database.run(room_again)
    assert await database.run(numbers) == []
    assert await database.run(put, 3) == 3


async def test_a_full_disk_is_told_apart_from_a_mistake_of_the_work(database: Database) -> None:
    def put_many(db: sqlite3.Connection) -> None:
        db.executemany("insert into handled (update_id, at) values (?, 1)", [(n,) for n in range(100_000)])

    await database.run(no_more_room)
    with pytest.raises(StoreError, match="disk is full"):
        await database.run(put_many)


async def test_a_commit_that_fails_fails_for_everybody_in_it(database: Database) -> None:
    def orphan(db: sqlite3.Connection) -> None:
        db.execute("pragma defer_foreign_keys = on")
        db.execute("insert into answers (seller, question, answer) values (404, 'q', 'a')")

    results = await together(database, putting(1), orphan, putting(2))
    assert [type(result) for result in results] == [StoreError] * 3
    assert await database.run(numbers) == []
    assert await database.run(put, 3) == 3


async def test_a_file_that_became_read_only_is_a_plain_error(database: Database) -> None:
    await database.run(lambda db: db.execute("pragma query_only = on").fetchall())
    with pytest.raises(StoreError, match=r"certguide\.db can't be written: check who owns it"):
        await database.run(put, 1)


async def test_a_lock_that_never_opens_is_a_plain_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.05)
    database = Database(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="locked by another program"):
            await database.run(put, 1)
        other.execute("rollback")
    assert await database.run(put, 2) == 2
    database.close()


# Opening


def refusal(path: str | Path, kind: str = "real") -> str:
    """Why the file can't be opened, with what to do."""
    with pytest.raises(StoreError) as caught:
        Database(path, kind=kind)
    return str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "nowhere there, and may this user write" in refusal(tmp_path / "nowhere" / "a.db")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    assert f"{tmp_path} can't be opened" in refusal(tmp_path)


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    assert "is not a database of this bot: set BOT_DATABASE" in refusal(path)
    assert path.read_bytes() == b"Dear diary, " * 1000


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table music (song)")
    before = path.read_bytes()
    assert "is a database of another program; set BOT_DATABASE" in refusal(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    Database(path).close()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("insert into _sqlite_migrations (migration_set, name) values ('certguide', 'telepathy')")
    before = path.read_bytes()
    assert "newer version of this program; update the program" in refusal(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("kind", "other"), [("real", "try-out"), ("try-out", "real")])
def test_real_sellers_and_tried_out_ones_never_share_a_file(path: Path, kind: str, other: str) -> None:
    Database(path, kind=kind).close()
    assert f"holds {kind} sellers, and this is the {other} bot" in refusal(path, other)
    Database(path, kind=kind).close()


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="only Linux tells which files are open")
def test_a_refused_file_is_not_held_open(path: Path) -> None:
    Database(path, kind="real").close()
    with pytest.raises(StoreError):
        Database(path, kind="try-out")
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreError):
        Database(path)
    assert path not in [each.readlink() for each in OPEN_FILES.iterdir() if each.is_symlink()]


def test_a_damaged_file_is_a_plain_error(path: Path) -> None:
    Database(path).close()
    content = bytearray(path.read_bytes())
    content[100:4000] = b"\xff" * 3900
    path.write_bytes(content)
    assert str(path) in refusal(path)


def test_a_locked_file_is_a_plain_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database(path).close()
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert "locked by another program" in refusal(path)


@pytest.fixture
def reader(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that reads a file which is not yet written ahead."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("create table handled (update_id)")
        other.execute("begin")
        numbers(other)
        yield other


def test_a_file_is_written_ahead_once_another_program_has_read(path: Path, reader: sqlite3.Connection) -> None:
    leaves = threading.Timer(0.05, reader.execute, ["rollback"])
    leaves.start()
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        write_ahead(connection)
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    leaves.join()


def test_it_does_not_wait_for_ever_to_write_ahead(
    path: Path, reader: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.05)
    with (
        closing(sqlite3.connect(path, timeout=0)) as connection,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        write_ahead(connection)


def test_an_empty_file_is_as_good_as_none(path: Path) -> None:
    path.touch()
    Database(path).close()
    assert on_disk(path) == []


@pytest.mark.parametrize("attempt", range(5))
def test_several_programs_may_open_a_new_file_at_the_same_time(path: Path, attempt: int) -> None:
    errors: list[Exception] = []

    def open_and_close() -> None:
        try:
            Database(path).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


# Being killed

WRITER = """
import asyncio, itertools, sys
from bot.store import Database

def put(db, number):
    db.execute("insert into handled (update_id, at) values (?, 1)", [number])
    db.execute("insert into meta (key, value) values (?, 'too')", [str(number)])

async def write(database, numbers):
    for number in numbers:
        await database.run(put, number)
        print(number, flush=True)

async def main(path, first):
    database, numbers = Database(path), itertools.count(first)
    await asyncio.gather(*(write(database, numbers) for _ in range(8)))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def acknowledged_before_kill(path: Path, first: int, moment: float) -> set[int]:
    """What a program said was saved, up to the moment in which it was killed."""
    command = [PYTHON, "-c", WRITER, str(path), str(first)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        said = writer.stdout.readline()
        time.sleep(moment)
        writer.kill()
        said += writer.stdout.read()
    return {int(line) for line in said.splitlines(keepends=True) if line.endswith("\n")}


def test_nothing_that_was_acknowledged_is_lost_when_the_program_is_killed(path: Path) -> None:
    moments = random.Random(20)
    acknowledged: set[int] = set()
    for attempt in range(10):
        acknowledged |= acknowledged_before_kill(path, attempt * 1_000_000, moments.uniform(0, 0.03))
        with closing(sqlite3.connect(path)) as db:
            stored = set(numbers(db))
            whole = {int(key) for (key,) in db.execute("select key from meta where value = 'too'")}
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert acknowledged <= stored
        assert stored == whole
    assert len(acknowledged) > 100
