"""What `certguide deliver` puts together, how it ends, and the courier that `serve --deliver` keeps alive."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.courier.lock import only_one
from bot.simulator import TOKEN, Simulator
from bot.store import Database, broadcasts
from bot.store.broadcasts import Text
from tests.bot.person import Person
from tests.bot.shell import SECONDS, certguide, start

SAM = 5_000_000_006
STRANGER = "123456789:AAE-secret_Part0fTheToken"


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    made = Simulator()
    await made.start()
    yield made
    await made.stop()


def test_without_a_token_it_says_what_starts_both(tmp_path: Path) -> None:
    ended = certguide("deliver", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "`certguide serve --deliver` starts both" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [("BOT_PACE", "26"), ("BOT_PACE", "0"), ("BOT_ZONE", "Mars/Olympus")])
def test_a_setting_it_cannot_use_is_wrong_use(tmp_path: Path, name: str, value: str) -> None:
    ended = certguide("deliver", folder=tmp_path, BOT_TOKEN=TOKEN, **{name: value})
    assert ended.returncode == 2
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_courier_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "certguide-tryout.db"
    with only_one(path):
        ended = certguide("deliver", folder=tmp_path, BOT_TOKEN=TOKEN, BOT_API_BASE="http://127.0.0.1:9")
    assert ended.returncode == 1
    assert "another courier delivers from" in ended.stderr


async def test_a_token_nobody_knows_ends_it(simulator: Simulator, tmp_path: Path) -> None:
    ended = await asyncio.to_thread(
        certguide, "deliver", folder=tmp_path, BOT_TOKEN=STRANGER, BOT_API_BASE=simulator.api_base
    )
    assert ended.returncode == 1
    assert "does not know this token" in ended.stderr
    assert "AAE-secret" not in ended.stderr


@contextmanager
def running(*arguments: str, folder: Path, **given: str) -> Iterator[subprocess.Popen[str]]:
    process = start(*arguments, folder=folder, **given)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_it_shows_a_trial_and_stops_when_asked(simulator: Simulator, tmp_path: Path) -> None:
    async with Person(simulator.api_base, SAM, deadline=SECONDS) as sam:
        await sam.say("/start")
        with closing(Database(tmp_path / "certguide-tryout.db", kind="try-out")) as database:
            id_ = await database.run(broadcasts.draft, SAM, time.time())
            await database.run(broadcasts.write, id_, Text("en", "<b>News</b>"))
            broadcast = await database.run(broadcasts.load, id_)
            assert broadcast is not None
            await database.run(broadcasts.ask_trial, broadcast, SAM, time.time())
            given = {"BOT_TOKEN": TOKEN, "BOT_API_BASE": simulator.api_base}
            with running("deliver", folder=tmp_path, **given) as process:
                shown = await sam.until(lambda screen: "News" in screen.text)
                assert shown.labels == ["No more news"]
                process.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(process.wait, SECONDS) == 0
            tested = await database.run(broadcasts.load, id_)
            assert tested is not None
            assert tested.tested == tested.digest


def _courier(parent: int) -> int:
    """The process of the courier that this one has started; 0 while there is none."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8").split()
    for child in map(int, children):
        if b"deliver" in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    return 0


def _other(parent: int, than: int) -> int:
    """The courier of that process, once it is another one."""
    last = time.monotonic() + SECONDS
    while not (found := _courier(parent)) or found == than:
        assert time.monotonic() < last
        time.sleep(0.1)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes the way Linux shows them")
def test_a_courier_that_is_killed_is_started_again_and_ends_with_the_bot(tmp_path: Path) -> None:
    with running("serve", "--deliver", folder=tmp_path, BOT_SIMULATOR_PORT="0") as process:
        first = _other(process.pid, 0)
        os.kill(first, signal.SIGKILL)
        second = _other(process.pid, first)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        assert not Path(f"/proc/{second}").exists()
