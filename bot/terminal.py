"""The same consultation in a terminal: buttons by number, progress kept in the try-out database."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import takewhile

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.store import Database, Guest, sellers
from dialogs import Conversation, Part, Reply, show

TERMINAL = 1
"""The number of the one who sits at the terminal: Telegram gives no person so low a number."""

QUIT = ("quit", "exit")

WIDTH = 88
"""Columns of text at most: longer lines are hard to read."""


def consult(
    conversation: Conversation, database: Database, console: Console, *, lang: str | None = None, fresh: bool = False
) -> None:
    """Talk until the input ends or somebody writes `quit`. `lang` is Telegram's kind of code."""
    guest = asyncio.run(database.run(_open, conversation, lang, fresh))
    _print(console, show(conversation, guest.seller, _today()))
    for text in _lines(console):
        guest = asyncio.run(database.run(_step, conversation, text))
        _print(console, show(conversation, guest.seller, _today()))


def _open(db: sqlite3.Connection, conversation: Conversation, lang: str | None, fresh: bool) -> Guest:
    """Whoever sits here, where he was, or from the beginning."""
    guest = None if fresh else sellers.load(db, TERMINAL)
    if guest is None:
        sellers.forget(db, TERMINAL)
        guest = sellers.arrive(TERMINAL)
        conversation.greet(guest.seller, lang or "en")
    else:
        conversation.settle(guest.seller)
        if lang:
            guest.seller.lang = conversation.voices.choose(lang)[0]
        conversation.command(guest.seller, "start")
    sellers.save(db, guest, time.time())
    return guest


def _step(db: sqlite3.Connection, conversation: Conversation, text: str) -> Guest:
    guest = sellers.load(db, TERMINAL)
    assert guest is not None  # noqa: S101  opened before
    conversation.hear(guest.seller, text)
    sellers.save(db, guest, time.time())
    return guest


def _lines(console: Console) -> Iterator[str]:
    """What is typed, line by line, up to `quit`."""
    typed = _prompted(console) if sys.stdin.isatty() else sys.stdin
    return takewhile(lambda line: line.lower() not in QUIT, filter(None, map(str.strip, typed)))


def _prompted(console: Console) -> Iterator[str]:
    """Lines from somebody who sits there."""
    console.print("[dim]Write a number, the words of a button, or a command such as /menu; quit or Ctrl-D ends.[/dim]")
    while True:
        try:
            yield console.input("[bold]> [/bold]")
        except (EOFError, KeyboardInterrupt):
            console.print()
            return


def _print(console: Console, reply: Reply) -> None:
    parts: list[RenderableType] = [Markdown(reply.text)]
    if reply.sources:
        parts += [Text(), Padding(Markdown(reply.sources, style="dim"), (0, 0, 0, 2))]
    width = min(console.width, WIDTH)
    console.print(Panel(Group(*parts), width=width, padding=(1, 2)))
    for number, button in enumerate(reply.buttons, 1):
        style = "bold" if button.part is Part.OWN else "dim"
        console.print(Text.assemble((f"{number:>3}  ", "cyan"), (button.label, style)))
    console.print()


def _today() -> date:
    return datetime.now(UTC).date()
