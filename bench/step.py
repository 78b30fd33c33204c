"""The full step of our bot against a bare aiogram echo: steps a second, each on one core, against one local server.

    python -m bench.step [--seconds 8] [--rounds 3]

A step is: update in, saved, page edited, tap answered. The echo edits and answers and does nothing else. 32 sellers
wait, each taps again as soon as his page is edited and his tap answered. The server runs on the other core and does
as little as it can, so that what is measured is the bot.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

SELLERS = 32
TOKEN = "1000:a-token-for-measuring"
OURS, ECHO = "certguide", "aiogram echo"
FORM_SELLER = re.compile(rb"(?:^|&)(?:chat_id|callback_query_id)=(\d+)")
WARM = 200
"""Steps before the measurement begins."""
PATIENCE = 60
"""Seconds a bot has to start and make them."""


class Telegram:
    """A Bot API that answers at once and keeps its sellers tapping."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.waiting: asyncio.Future[None] | None = None
        self.number = 0
        self.steps = 0
        self.warm = asyncio.Event()
        self.missing: dict[int, set[str]] = {}
        self.next: dict[int, str] = {}
        self.random = random.Random(1)

    def begin(self, *, ours: bool) -> None:
        """Everybody begins: with /start, or for the echo with a tap."""
        for seller in range(1, SELLERS + 1):
            if ours:
                self.put("message", seller, {"message_id": 1, "text": "/start"})
            else:
                self.tap(seller, "0:begin")

    def tap(self, seller: int, data: str) -> None:
        self.missing[seller] = {"editMessageText", "answerCallbackQuery"}
        message = {"message_id": 2, "date": 1, "chat": {"id": seller, "type": "private"}, "text": "x"}
        self.put("callback_query", seller, {"id": str(seller), "chat_instance": "1", "data": data, "message": message})

    def put(self, kind: str, seller: int, fields: dict[str, Any]) -> None:
        self.number += 1
        person = {"id": seller, "is_bot": False, "first_name": "Mei", "language_code": "zh-hans"}
        if kind == "message":
            fields |= {"date": 1, "chat": {"id": seller, "type": "private"}}
        self.updates.append({"update_id": self.number, kind: {"from": person, **fields}})
        if self.waiting and not self.waiting.done():
            self.waiting.set_result(None)

    async def answer(self, method: str, body: bytes) -> Any:
        if method == "getUpdates":
            return await self.poll()
        if method == "getMe":
            return {"id": 1000, "is_bot": True, "first_name": "certguide", "username": "certguide_bot"}
        if method.startswith("getMy"):
            return [] if method == "getMyCommands" else {"name": "", "description": "", "short_description": ""}
        if method in ("editMessageText", "answerCallbackQuery", "sendMessage"):
            return self.heard(method, body)
        return True

    async def poll(self) -> list[dict[str, Any]]:
        if not self.updates:
            self.waiting = asyncio.get_running_loop().create_future()
            await asyncio.wait([self.waiting], timeout=5)
        taken, self.updates = self.updates[:100], self.updates[100:]
        return taken

    def heard(self, method: str, body: bytes) -> Any:
        seller, data = self.read(method, body)
        if method == "answerCallbackQuery":
            self.done(seller, method, data)
            return True
        if method == "sendMessage":
            self.tap(seller, data)
        else:
            self.done(seller, method, data)
        chat = {"id": seller, "type": "private", "first_name": "Mei"}
        return {"message_id": 2, "date": 1, "chat": chat, "text": "x"}

    def read(self, method: str, body: bytes) -> tuple[int, str]:
        """Whose call it is, and what he taps next."""
        if not body.startswith(b"{"):
            found = FORM_SELLER.search(body)
            return int(found[1]) if found else 0, "0:begin"
        call = orjson.loads(body)
        if method == "answerCallbackQuery":
            return int(call["callback_query_id"]), ""
        buttons = [button["callback_data"] for row in call["reply_markup"]["inline_keyboard"] for button in row]
        return call["chat_id"], self.random.choice([data for data in buttons if "lang." not in data])

    def done(self, seller: int, method: str, data: str) -> None:
        left = self.missing.setdefault(seller, set())
        left.discard(method)
        if method == "editMessageText":
            self.next[seller] = data
        if not left:
            self.steps += 1
            if self.steps == WARM:
                self.warm.set()
            self.tap(seller, self.next[seller])


async def connection(telegram: Telegram, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """HTTP, as little of it as two well-behaved clients need."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            method = head.split(b" ", 2)[1].rsplit(b"/", 1)[-1].decode()
            content = orjson.dumps({"ok": True, "result": await telegram.answer(method, body)})
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content)
                + content
            )
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        writer.close()


@dataclass(frozen=True)
class Measured:
    """What one bot did."""

    rate: float
    """Steps a second."""
    work: float
    """Seconds of the processor for one step: the same measure, less troubled by what else the machine does."""


def measure(name: str, seconds: float) -> Measured:
    """One bot for that long."""
    return asyncio.run(_measure(name, seconds))


async def _measure(name: str, seconds: float) -> Measured:
    telegram = Telegram()
    server = await asyncio.start_server(lambda r, w: connection(telegram, r, w), "127.0.0.1", 0, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        bot = multiprocessing.get_context("spawn").Process(
            target=serve_ours if name == OURS else serve_echo, args=(port, folder), daemon=True
        )
        bot.start()
        telegram.begin(ours=name == OURS)
        await asyncio.wait_for(telegram.warm.wait(), PATIENCE)
        before, start, work = telegram.steps, time.perf_counter(), _work(bot.pid)
        await asyncio.sleep(seconds)
        steps = telegram.steps - before
        measured = Measured(steps / (time.perf_counter() - start), (_work(bot.pid) - work) / steps)
        bot.kill()
        bot.join()
    server.close()
    return measured


def _work(pid: int | None) -> float:
    """Seconds of the processor a process has used, from Linux's /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _one_core(core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def serve_ours(port: int, folder: str) -> None:
    """Our bot as `certguide serve` runs it."""
    import uvloop

    import dialogs
    from bot import chat, logs
    from bot.store import Database

    _one_core(0)
    logs.start("warning")

    async def run() -> None:
        database = Database(Path(folder) / "bench.db")
        await chat.serve(TOKEN, dialogs.load(), database, asyncio.Event(), api_base=f"http://127.0.0.1:{port}")

    uvloop.run(run())


def serve_echo(port: int, folder: str) -> None:
    """The smallest aiogram bot that does the same two calls."""
    import logging

    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import CallbackQuery, Message

    _one_core(0)
    logging.disable(logging.WARNING)
    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def echo(query: CallbackQuery) -> None:
        await query.answer()
        if isinstance(query.message, Message):
            await query.message.edit_text(query.data or "")

    async def run() -> None:
        session = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{port}"))
        await dispatcher.start_polling(Bot(TOKEN, session=session), handle_signals=False)

    asyncio.run(run())


def main() -> int:
    """Measure both in turn and print the ratio; exit code 1 below the budget of 1.5."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each bot")
    options = parser.parse_args()
    _one_core(1)
    rounds: dict[str, list[Measured]] = {OURS: [], ECHO: []}
    for number in range(options.rounds):
        for name, found in rounds.items():
            found.append(measure(name, options.seconds))
            rate, work = found[-1].rate, found[-1].work * 1000
            print(
                f"round {number + 1}  {name:13} {rate:7.0f} steps a second  {work:6.2f} ms of work a step", flush=True
            )
    rates = {name: statistics.median(one.rate for one in found) for name, found in rounds.items()}
    works = {name: statistics.median(one.work for one in found) for name, found in rounds.items()}
    ratio = rates[OURS] / rates[ECHO]
    print(f"{OURS} makes {ratio:.2f} times the steps of the echo, with 1/{works[ECHO] / works[OURS]:.2f} of its work")
    return 0 if ratio >= 1.5 else 1


if __name__ == "__main__":
    sys.exit(main())
