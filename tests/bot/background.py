"""An event loop in a thread of its own, for servers that a test talks to as another program would."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from aiohttp import web

from bot.simulator import Simulator

T = TypeVar("T")


class Background:
    """The loop; `do` runs something in it and waits for it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@contextmanager
def background() -> Iterator[Background]:
    """A loop that runs meanwhile."""
    running = Background()
    running.thread.start()
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def simulated() -> Iterator[Simulator]:
    """A simulator that runs meanwhile."""
    with background() as running:
        simulator = Simulator()
        running.do(simulator.start())
        try:
            yield simulator
        finally:
            running.do(simulator.stop())


@contextmanager
def answering(**answers: Any) -> Iterator[str]:
    """A Bot API server that answers each method with what is given for it; its address."""

    async def answer(request: web.Request) -> web.StreamResponse:
        known = answers.get(request.match_info["method"])
        return known if isinstance(known, web.StreamResponse) else web.json_response({"ok": True, "result": known})

    @asynccontextmanager
    async def served() -> AsyncIterator[str]:
        app = web.Application()
        app.add_routes([web.route("*", "/{token}/{method}", answer)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()

    with background() as running:
        server = served()
        address = running.do(server.__aenter__())
        try:
            yield address
        finally:
            running.do(server.__aexit__(None, None, None))
