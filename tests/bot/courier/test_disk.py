"""The file is locked, the disk is full, another courier is there: a clear answer, and it goes on when it can."""

import asyncio
import resource
import threading
from fcntl import LOCK_SH, LOCK_UN, flock
from pathlib import Path

import pytest

from bot import courier
from bot.courier import courier as carrying
from bot.courier.lock import only_one
from bot.store import StoreError, database
from tests.bot.courier.office import SAM, Office, transaction, until
from tests.bot.courier.processes import courier_of
from tests.bot.forks import killed


async def test_while_the_file_is_locked_everything_waits_and_then_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(carrying, "TROUBLE", 0.1)
    await office.crowd(30)
    id_ = office.send()
    await office.start()
    await until(lambda: office.counts(id_)["sent"] > 5)
    await office.fault("delay", times=2, seconds=0.2)
    await until(lambda: office.counts(id_)["sending"])
    with transaction(office.db):
        await asyncio.sleep(0.6)
        stuck = len(office.calls("sendMessage"))
        await asyncio.sleep(0.3)
        assert len(office.calls("sendMessage")) == stuck
    await office.done(id_)
    assert office.counts(id_) == {"sent": 30}
    assert len(office.calls("sendMessage")) == 30


async def test_what_could_not_be_written_when_it_had_to_stop_is_unsure(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(carrying, "TROUBLE", 0.1)
    office.settle(SAM)
    id_ = office.send()
    await office.fault("delay", seconds=0.3)
    await office.start()
    await office.ended(id_, SAM, state="sending")
    with transaction(office.db):
        await until(lambda: office.simulator.telegram.chats[SAM].received)
        await office.stop()
    await office.start()
    await office.done(id_)
    assert office.outcome(id_, SAM) == ("unsure", "the courier stopped")
    assert len(await office.screens(SAM)) == 1


async def test_while_the_disk_is_full_nothing_leaves_and_afterwards_it_goes_on(office: Office) -> None:
    """What was under way then is settled, too: its outcome is kept in mind until it can be written."""
    await office.crowd(40)
    id_ = office.send()
    process = courier_of(office)
    assert process.pid
    await until(lambda: office.counts(id_)["sent"] > 5, 20)
    full = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    await until(lambda: office.counts(id_)["sending"])
    await asyncio.sleep(0.7)
    stuck = len(office.calls("sendMessage"))
    await asyncio.sleep(0.5)
    assert len(office.calls("sendMessage")) == stuck
    assert office.counts(id_)["waiting"] > 10
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, full)
    await office.done(id_)
    await killed(process)
    assert office.counts(id_) == {"sent": 40}
    assert len(office.calls("sendMessage")) == 40


async def test_a_file_that_can_not_be_made_is_a_clear_answer(office: Office, tmp_path: Path) -> None:
    office.path = tmp_path / "nowhere" / "office.db"
    await office.start()
    with pytest.raises(StoreError, match=r"nowhere/office\.db\.courier can't be written"):
        await office.stop()


# Two couriers


async def test_a_second_courier_is_refused_until_the_first_is_gone_however_it_went(office: Office) -> None:
    office.settle(SAM)
    first = courier_of(office)
    await until(lambda: office.calls("getMe"), 20)
    await office.start()
    with pytest.raises(courier.LockedError):
        await office.stop()
    assert len(office.calls("getMe")) == 1
    await killed(first)
    id_ = office.send()
    await office.start()
    await office.done(id_)


def test_one_who_only_looks_whether_a_courier_is_there_keeps_none_away(tmp_path: Path) -> None:
    with (tmp_path / "office.db.courier").open("w") as file:
        flock(file, LOCK_SH)
        threading.Timer(0.2, flock, (file, LOCK_UN)).start()
        with only_one(tmp_path / "office.db"):
            assert True
