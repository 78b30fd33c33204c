"""What `certguide serve` and `certguide simulator` put together, and how both end."""

import asyncio
import errno
import gc
import json
import logging
import os
import shlex
import signal
import socket
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner
from pydantic import SecretStr

from bot import serving
from bot.__main__ import main
from bot.serving import ServingError
from bot.settings import Settings
from bot.simulator import TOKEN, Simulator
from bot.store import Database
from dialogs import Conversation, load
from tests.bot.person import Person
from tests.bot.shell import SECONDS, alone, logging_restored, start

MEI, GREETING = 5_000_000_002, "ISO 9001"
REVOKED = "123456789:AAE-secret_Part0fTheToken"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    alone(tmp_path, monkeypatch)
    threshold = gc.get_threshold()
    with logging_restored():
        yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return load()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "certguide.db")) as opened:
        yield opened


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


async def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The next line that is printed."""
    async with asyncio.timeout(SECONDS):
        line = ""
        while not line.endswith("\n"):
            await asyncio.sleep(0.01)
            line += capsys.readouterr().out
    return line


def address(line: str) -> str:
    """Where the line says that the page is, without the last slash."""
    return next(word.rstrip("/") for word in line.split() if word.startswith("http://127.0.0.1:"))


async def ask_to_stop(running: asyncio.Task[None]) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(SECONDS):
        await running


async def start_of_a_consultation(base: str) -> str:
    """What somebody is answered who presses Start."""
    async with Person(base, MEI, deadline=SECONDS) as mei:
        await mei.say("/start")
        return (await mei.until(lambda screen: screen.text)).text


# Without a token


async def test_without_a_token_one_chats_in_a_browser(
    conversation: Conversation, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(simulator_port=0)
    running = asyncio.create_task(serving._try_out(settings, conversation, database, TOKEN))
    line = await said(capsys)
    assert "no BOT_TOKEN is set" in line
    assert GREETING in await start_of_a_consultation(address(line))
    await ask_to_stop(running)
    chats = json.loads(settings.tryout_chats.read_text(encoding="utf-8"))
    assert GREETING in json.dumps(chats)


def test_the_page_is_there_at_once_and_stopping_is_quick_even_then(tmp_path: Path) -> None:
    with stopped(start("serve", folder=tmp_path, BOT_SIMULATOR_PORT="0")) as process:
        assert process.stdout
        line = process.stdout.readline()
        with urllib.request.urlopen(address(line), timeout=1) as answer:
            assert "text/html" in answer.headers["Content-Type"]
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, rest) == (0, "")
    assert [json.loads(each)["event"] for each in errors.splitlines()] == ["serving", "stopped"]
    assert {each.name for each in tmp_path.iterdir()} == {"certguide-tryout.db", "certguide-tryout.chats.json"}


@pytest.mark.parametrize("name", ["serve", "simulator"])
def test_a_port_that_is_taken_is_one_line_with_the_way_out(name: str, taken: int, tmp_path: Path) -> None:
    ended = CliRunner().invoke(main, [name], env={"BOT_SIMULATOR_PORT": str(taken)})
    assert ended.exit_code == 1
    assert ended.output == (
        f"Error: port {taken} is taken: is another certguide running? "
        "Stop it, or set BOT_SIMULATOR_PORT to another port\n"
    )
    assert not list(tmp_path.glob("*-wal"))


@pytest.mark.parametrize("name", ["serve", "simulator"])
def test_a_port_one_may_not_use_is_one_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(site: web.TCPSite) -> None:
        raise PermissionError(errno.EACCES, "permission denied")

    monkeypatch.setattr(web.TCPSite, "start", refuse)
    ended = CliRunner().invoke(main, [name], env={"BOT_SIMULATOR_PORT": "80"})
    assert ended.exit_code == 1
    expected = "port 80 can't be used (permission denied): set BOT_SIMULATOR_PORT to another port"
    assert ended.output == f"Error: {expected}\n"


# The simulator by itself


async def test_the_simulator_stands_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(simulator_port=0, token=SecretStr(REVOKED))
    running = asyncio.create_task(serving._simulate(settings))
    line = await said(capsys)
    assert "no BOT_TOKEN is set" not in line
    async with Person(address(line), MEI) as mei:
        await mei.say("anybody there?")
    await ask_to_stop(running)
    assert "anybody there?" in settings.tryout_chats.read_text(encoding="utf-8")


@contextmanager
def stopped(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Whatever happens, it does not go on."""
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_a_bot_can_be_started_against_the_simulator_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    with stopped(start("simulator", folder=tmp_path, BOT_SIMULATOR_PORT="0")) as simulator:
        assert simulator.stdout
        line = simulator.stdout.readline()
        given = dict(word.split("=") for word in shlex.split(line) if word.startswith("BOT_"))
        assert line.endswith("certguide serve\n")

        with stopped(start("serve", folder=tmp_path / "bot", **given)) as bot:
            assert GREETING in asyncio.run(start_of_a_consultation(address(line)))
            bot.send_signal(signal.SIGINT)
            assert bot.wait(SECONDS) == 0
        assert [each.name for each in (tmp_path / "bot").iterdir()] == ["certguide-tryout.db"]

        refused = CliRunner().invoke(main, ["serve"], env=given | {"BOT_TOKEN": REVOKED})
        assert refused.exit_code == 1
        assert refused.output.splitlines()[-1].startswith("Error: Telegram refuses BOT_TOKEN: was it revoked?")
        assert REVOKED.partition(":")[2] not in refused.output

        simulator.send_signal(signal.SIGTERM)
        assert simulator.wait(SECONDS) == 0
    assert {each.name for each in tmp_path.iterdir()} == {"bot", "certguide.db", "certguide-tryout.chats.json"}


# With a token


@asynccontextmanager
async def broken_telegram() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A server that hangs up on everybody: its address, and whether it was asked for updates again."""
    again = asyncio.Event()
    asked: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).split()[1].rpartition(b"/")[2])
        writer.close()
        if asked.count(b"getUpdates") == 2:
            again.set()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", again


async def test_while_telegram_can_not_be_reached_it_keeps_trying(
    conversation: Conversation, database: Database
) -> None:
    async with broken_telegram() as (base, again):
        settings = Settings(token=SecretStr(REVOKED), api_base=base)
        running = asyncio.create_task(serving._serve(settings, conversation, database, REVOKED))
        async with asyncio.timeout(SECONDS):
            await again.wait()
        assert not running.done()
        await ask_to_stop(running)


async def test_a_revoked_token_is_an_error_with_the_way_out(conversation: Conversation, database: Database) -> None:
    simulator = Simulator()
    await simulator.start()
    settings = Settings(token=SecretStr(REVOKED), api_base=simulator.api_base)
    with pytest.raises(ServingError, match="Ask @BotFather for a new one"):
        await serving._serve(settings, conversation, database, REVOKED)
    await simulator.stop()


def test_a_file_of_tried_out_sellers_is_not_taken_for_a_real_one(conversation: Conversation, tmp_path: Path) -> None:
    Database(tmp_path / "certguide.db", kind="try-out").close()
    with pytest.raises(ServingError, match="holds try-out sellers, and this is the real bot"):
        serving.run(Settings(token=SecretStr(REVOKED)), conversation)


def test_it_logs_as_much_as_was_asked_for(conversation: Conversation, tmp_path: Path) -> None:
    with pytest.raises(ServingError):
        serving.run(Settings(log="error", database=tmp_path / "nowhere" / "a.db"), conversation)
    assert logging.getLogger("aiogram").level == logging.ERROR
