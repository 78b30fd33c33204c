"""A strict local Telegram with a chat page in the browser: to try the bot without a token, and to test it."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import web

from bot.simulator.bot_side import BotSide
from bot.simulator.faults import Faults
from bot.simulator.flood import Flood
from bot.simulator.memory import Memory
from bot.simulator.people import BOT_ID, OPERATOR_ID, Person
from bot.simulator.person_side import PersonSide
from bot.simulator.server import application
from bot.simulator.switches import Switches
from bot.simulator.telegram import Telegram

__all__ = ["OPERATOR_ID", "TOKEN", "Person", "Simulator"]

HOST = "127.0.0.1"
# Public on purpose: whoever can reach the port may play.
TOKEN = f"{BOT_ID}:simulated-bot-token"


class Simulator:
    """One pretend Telegram with one bot. `state` is a file in which everything but uploads survives a restart."""

    def __init__(
        self, *, token: str = TOKEN, state: Path | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.telegram = Telegram(clock)
        self.memory = Memory(self.telegram, state) if state else None
        self.bot_side = BotSide(self.telegram, token, Faults(), Flood(clock))
        self.person_side = PersonSide(self.telegram)
        self.switches = Switches(self.telegram, self.bot_side)
        self.runner: web.AppRunner | None = None
        self.port = 0

    @property
    def people(self) -> Mapping[int, Person]:
        return self.telegram.people

    @property
    def api_base(self) -> str:
        """For the bot's library."""
        return f"http://{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The chat page."""
        return f"{self.api_base}/"

    async def start(self, port: int = 0) -> None:
        """Listens on this machine only; an OSError when the port is taken is the caller's."""
        app = application(self.bot_side.routes() + self.person_side.routes() + self.switches.routes())
        app.on_shutdown.append(self.hang_up)
        # Cancelled handlers let us notice at once that a bot in a long poll is gone.
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError:
            await runner.cleanup()
            raise
        # Only now: a second simulator that found the port taken must not touch the first one's file.
        if self.memory:
            self.memory.start()
        self.bot_side.stopping.clear()
        self.telegram.listeners.append(self.person_side.publish)
        self.runner, self.port = runner, runner.addresses[0][1]

    async def hang_up(self, app: web.Application) -> None:
        """Ends everything that waits, so that stopping is quick."""
        self.bot_side.stopping.set()
        self.telegram.updates.wake()
        self.person_side.close()

    async def stop(self) -> None:
        if self.runner is None:
            return
        await self.runner.cleanup()
        self.runner = None
        self.telegram.listeners.remove(self.person_side.publish)
        if self.memory:
            self.memory.stop()
