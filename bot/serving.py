"""What `certguide serve` puts together: settings, store, chat, and without a token the simulator."""

import asyncio
import errno
import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, nullcontext, suppress
from pathlib import Path

import click
import structlog
import uvloop

from bot import logs
from bot.settings import Settings
from bot.simulator import OPERATOR_ID, TOKEN, Simulator
from bot.store import Database, StoreError, sellers
from dialogs import Conversation, moves

log = structlog.get_logger()

COURIER_REST = 5.0
"""Seconds after which a courier that died is started again."""


class ServingError(Exception):
    """The bot can't serve; the text says why and what to do."""


def run(settings: Settings, conversation: Conversation, *, deliver: bool = False) -> None:
    """Serve until SIGINT or SIGTERM, with `deliver` beside a courier. Raises ServingError."""
    token = settings.token.get_secret_value() if settings.token else TOKEN
    logs.start(settings.log, token)
    kind, path = kept(settings)
    serving = _try_out if settings.tryout else _serve
    try:
        with closing(Database(path, kind=kind)) as database:
            uvloop.run(serving(settings, conversation, database, token, deliver))
    except StoreError as error:
        raise ServingError(str(error)) from error


def kept(settings: Settings) -> tuple[str, Path]:
    """Whose sellers a bot with these settings keeps, real or try-out, and in which file."""
    # Those of the simulator are no real sellers, even if the bot was started against it with its token.
    if settings.tryout or (settings.token and settings.token.get_secret_value() == TOKEN):
        return "try-out", settings.tryout_database
    return "real", settings.database


def owners(settings: Settings) -> frozenset[int]:
    """Those of the settings; in a try-out also one of the pretend people, to try that side too."""
    return settings.owners | ({OPERATOR_ID} if kept(settings)[0] == "try-out" else frozenset())


def run_simulator(settings: Settings) -> None:
    """Only the simulator, until SIGINT or SIGTERM. Raises ServingError."""
    logs.start(settings.log)
    uvloop.run(_simulate(settings))


async def _serve(
    settings: Settings, conversation: Conversation, database: Database, token: str, deliver: bool = False
) -> None:
    async with _courier(token, settings.api_base) if deliver else nullcontext():
        await _chat(
            token, conversation, database, _stop_signal(), settings.api_base, settings.proxy, settings.owners, settings
        )


@asynccontextmanager
async def _courier(token: str, api_base: str) -> AsyncIterator[None]:
    """A courier in a process of its own, with the same settings, that ends with us."""
    watching = asyncio.create_task(_keep_delivering(os.environ | {"BOT_TOKEN": token, "BOT_API_BASE": api_base}))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _keep_delivering(env: dict[str, str]) -> None:
    """Start the courier, and again when it dies: what it had claimed is then unsure, and nothing is lost."""
    while True:
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "deliver", env=env)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise
        log.warning("the courier ended", code=code)
        await asyncio.sleep(COURIER_REST)


async def _try_out(
    settings: Settings, conversation: Conversation, database: Database, token: str, deliver: bool = False
) -> None:
    """The simulator, and the bot against it."""
    stop = _stop_signal()
    simulator = await _simulator(settings)
    click.echo(f"Open {simulator.url} and chat with the bot (try-out mode: no BOT_TOKEN is set). Ctrl-C stops it.")
    try:
        async with _courier(token, simulator.api_base) if deliver else nullcontext():
            await _chat(token, conversation, database, stop, simulator.api_base, None, owners(settings), settings)
    finally:
        await simulator.stop()


async def _simulate(settings: Settings) -> None:
    stop = _stop_signal()
    simulator = await _simulator(settings)
    click.echo(
        f"Open {simulator.url} and start the bot against it: "
        f"BOT_TOKEN={TOKEN} BOT_API_BASE={simulator.api_base} certguide serve"
    )
    await stop.wait()
    await simulator.stop()


async def _simulator(settings: Settings) -> Simulator:
    simulator = Simulator(state=settings.tryout_chats)
    try:
        await simulator.start(settings.simulator_port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            way_out = "is taken: is another certguide running? Stop it, or"
        else:
            way_out = f"can't be used ({error.strerror}):"
        raise ServingError(
            f"port {settings.simulator_port} {way_out} set BOT_SIMULATOR_PORT to another port"
        ) from error
    return simulator


async def _chat(
    token: str,
    conversation: Conversation,
    database: Database,
    stop: asyncio.Event,
    api_base: str,
    proxy: str | None,
    owners: frozenset[int],
    settings: Settings,
) -> None:
    lost = moves.leaving(await database.run(sellers.places), conversation.content.moves, conversation.pages)
    homeless = [name for name, to in lost.items() if to is None]
    if homeless:
        raise ServingError(
            f"people are on pages that are gone: {', '.join(sorted(homeless))}. Say in dialogs/moves.toml where they "
            "go; `certguide check --against` the database shows who would move where"
        )
    # Importing aiogram takes seconds of work; in a thread the page of the simulator is there meanwhile.
    chat = await asyncio.to_thread(importlib.import_module, "bot.chat")
    warming = asyncio.create_task(asyncio.to_thread(conversation.warm))
    try:
        await chat.serve(
            token,
            conversation,
            database,
            stop,
            api_base=api_base,
            proxy=proxy,
            owners=owners,
            folder=settings.database.resolve().parent,
            pace=settings.pace,
            zone=settings.zone,
        )
        await warming
    except chat.TokenError as error:
        raise ServingError(str(error)) from error


def _stop_signal() -> asyncio.Event:
    """Set when somebody asks the program to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
