"""Killed between any two statements, by a signal nobody can catch, a broadcast is as it was before or after: never
half begun, nobody gets it twice, and everybody is accounted for.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import dialogs
from bot import newsroom
from bot.store import audit, broadcasts, deliveries, sellers
from bot.store.database import connect
from bot.words import known
from tests.bot.shell import environment
from tests.bot.store.crowd import CALENDAR, DAY, HELLO, NOON, deliver, draft, found, run, settle, transaction

CONVERSATION = dialogs.load()
WORDS = known(CONVERSATION)

Work = Callable[[sqlite3.Connection], object]


def killed_at(path: Path, work: Work, statement: int) -> bool:
    """Do the work in a process that is killed before its so manieth statement; whether it came to that."""
    child = os.fork()
    if not child:
        left = statement

        def count(_: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            db = connect(path, "real", "FULL")
            db.set_trace_callback(count)
            with transaction(db):
                work(db)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@dataclass(frozen=True, slots=True)
class Case:
    """Something that is done in one transaction."""

    prepare: Work
    work: Work


def _people(db: sqlite3.Connection) -> None:
    for n in range(1, 6):
        settle(db, n)


def _drafted(db: sqlite3.Connection) -> None:
    _people(db)
    draft(db, HELLO)


def _running(db: sqlite3.Connection) -> None:
    _people(db)
    run(db)


def _claimed(db: sqlite3.Connection) -> None:
    _running(db)
    deliveries.claim(db, CALENDAR, NOON, 2)


def _asked(db: sqlite3.Connection) -> None:
    _drafted(db)
    broadcasts.tested(db, 1, "")
    broadcasts.ask_trial(db, found(db, 1), 7, NOON)


def _done(db: sqlite3.Connection) -> None:
    _claimed(db)
    deliveries.sweep(db, NOON)
    deliver(db)
    broadcasts.move(db, 1, "finish", NOON)


def _sent(db: sqlite3.Connection) -> None:
    (parcel, _) = (deliveries.Parcel(1, who, id_, "en", 0) for who, id_ in db.execute(SENDING).fetchall())
    deliveries.sent(db, parcel, 5, NOON)


def _gone(db: sqlite3.Connection) -> None:
    (parcel, _) = (deliveries.Parcel(1, who, id_, "en", 0) for who, id_ in db.execute(SENDING).fetchall())
    deliveries.settle(db, parcel, "gone", "blocked", NOON)


SENDING = "select d.who, s.id from deliveries d join sellers s on s.who = d.who where d.state = 'sending' order by 2"


def everything(db: sqlite3.Connection) -> object:
    """All that is kept of broadcasts."""
    tables = ("broadcasts", "deliveries", "trials", "audit", "reminders", "answers")
    rows = {table: db.execute(f"select * from {table} order by 1, 2").fetchall() for table in tables}
    return rows | {"sellers": db.execute("select id, told, away from sellers order by id").fetchall()}


CASES = {
    "launch": Case(_drafted, lambda db: newsroom.launch(db, 1, CONVERSATION, WORDS, 7, NOON)),
    "schedule": Case(_drafted, lambda db: newsroom.launch(db, 1, CONVERSATION, WORDS, 7, NOON, due=NOON + DAY)),
    "pause": Case(_running, lambda db: newsroom.act(db, 1, "pause", 7, NOON, "why")),
    "stop": Case(_claimed, lambda db: newsroom.act(db, 1, "stop", 7, NOON)),
    "claim": Case(_running, lambda db: deliveries.claim(db, CALENDAR, NOON, 3)),
    "hold": Case(_running, lambda db: deliveries.claim(db, CALENDAR, NOON + DAY // 2, 3)),
    "sent": Case(_claimed, _sent),
    "gone": Case(_claimed, _gone),
    "sweep": Case(_claimed, lambda db: deliveries.sweep(db, NOON)),
    "resend": Case(_done, lambda db: newsroom.resend(db, 1, 7, NOON)),
    "trial": Case(_asked, lambda db: broadcasts.end_trial(db, broadcasts.trials(db)[0], NOON)),
    "forget": Case(_claimed, lambda db: sellers.forget(db, 3)),
}


@pytest.mark.parametrize("name", CASES)
def test_killed_between_any_two_statements_it_has_happened_wholly_or_not_at_all(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    seen: list[object] = []
    statement = 0
    going = True
    while going:
        path = tmp_path / f"{statement}.db"
        with closing(connect(path, "real", "FULL")) as db:
            case.prepare(db)
            db.execute("update sellers set who = id * 1000")
            db.execute("update deliveries set who = (select id * 1000 from sellers s where s.rowid = deliveries.rowid)")
            before = everything(db)
        going = killed_at(path, case.work, statement)
        with closing(connect(path, "real", "FULL")) as db:
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
            seen.append(everything(db))
        statement += 1
    *halfway, after = seen
    assert len(halfway) >= 3  # begin, something, commit
    assert after != before
    # The statement that commits is counted before it is run.
    assert all(one == before for one in halfway)


# Two processes on one file, and a courier that is killed again and again

COURIER = """
import os, sys, time
from bot.store import deliveries
from bot.store.database import connect
from tests.bot.store.crowd import CALENDAR, NOON, transaction

db = connect(sys.argv[1], "real", "FULL")
log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
with transaction(db):
    deliveries.sweep(db, NOON)
while True:
    with transaction(db):
        parcels = deliveries.claim(db, CALENDAR, NOON, 4)
    for parcel in parcels:
        os.write(log, f"{parcel.chat}\\n".encode())  # this is what arrives
        with transaction(db):
            deliveries.sent(db, parcel, parcel.chat, NOON)
    if not parcels:
        time.sleep(0.01)
"""


def arrived(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def test_a_courier_that_is_killed_at_any_moment_tells_nobody_twice(tmp_path: Path) -> None:
    path, log = tmp_path / "a.db", tmp_path / "log"
    people = 1500
    moments = random.Random(7)
    with closing(connect(path, "real", "NORMAL")) as db:
        with transaction(db):
            for n in range(1, people + 1):
                settle(db, n)
            draft(db, HELLO)
        with transaction(db):
            assert newsroom.launch(db, 1, CONVERSATION, WORDS, 7, NOON) == people
        kills = 0
        for _ in range(30):
            done = len(arrived(log))
            courier = subprocess.Popen([sys.executable, "-c", COURIER, str(path), str(log)], env=environment())
            while len(arrived(log)) == done and deliveries.open_(db, 1):
                time.sleep(0.01)
            time.sleep(moments.random() / 10)
            if kills == 3:  # from another process, while the courier is at it
                paused(db, log)
            over = not deliveries.open_(db, 1)
            courier.kill()
            courier.wait()
            kills += 1
            if over and kills > 8:
                break
        with transaction(db):
            deliveries.sweep(db, NOON)
        told, counts = arrived(log), deliveries.counts(db, 1)
        assert len(told) == len(set(told))
        assert kills > 5
        assert counts.total() == people
        assert counts["sent"] + counts["unsure"] + counts["waiting"] == people
        assert counts["sent"] <= len(told) <= counts["sent"] + counts["unsure"]
        certain = {id_ for (id_,) in db.execute("select message from deliveries where state = 'sent'")}
        assert certain <= set(told)
        waiting = "select s.id from deliveries d join sellers s on s.who = d.who where d.state = 'waiting'"
        assert not {id_ for (id_,) in db.execute(waiting)} & set(told)
        assert Counter(entry.action for entry in audit.read(db)) == {"start": 1, "pause": 1, "resume": 1}


def paused(db: sqlite3.Connection, log: Path) -> None:
    """Pause it, see that nothing more arrives than was on its way, and let it go on."""
    with transaction(db):
        newsroom.act(db, 1, "pause", 7, NOON)
    told = len(arrived(log))
    time.sleep(0.2)
    assert len(arrived(log)) <= told + 4
    assert not deliveries.counts(db, 1)["sending"]
    with transaction(db):
        newsroom.act(db, 1, "resume", 7, NOON)
