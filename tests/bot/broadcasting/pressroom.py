"""A database with sellers, drafts in files, and a real courier against a simulator, for tests of the shell."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from click.testing import CliRunner, Result
from rich.console import Console

import dialogs
from bot import courier
from bot.__main__ import main
from bot.broadcasting import Press
from bot.settings import Settings
from bot.simulator import OPERATOR_ID, TOKEN, Simulator
from bot.store import sellers
from bot.store.database import connect
from dialogs.choices import NEWS
from tests.bot.background import Background

CONVERSATION = dialogs.load()
FIRST = 5_000_000_200
"""Telegram's number of the first seller."""


def _daytime() -> str:
    """A zone in which it is two in the afternoon now, so that nobody is asleep whenever the tests run.

    It is three before they have ended, now and then.
    """
    return f"Etc/GMT{datetime.now(UTC).hour - 14:+d}"


DAYTIME = _daytime()

NEWS_TOML = """\
source = "https://www.iso.org/standard/62085.html"

[en]
text = \"\"\"
**ISO 9001** has a new edition.

Open the official page first.
\"\"\"
buttons = [{ label = "What is ISO 9001?", to = "iso9001" }]

[zh_Hans]
text = "**ISO 9001** 有新版本。请先打开官方页面。"
"""
ENGLISH_TOML = '[en]\ntext = "The deadline has moved."\n'


def broadcast(*arguments: str | int, typed: str = "", **given: str) -> Result:
    """`certguide broadcast …` in this process."""
    command = ["broadcast", *map(str, arguments)]
    return CliRunner().invoke(main, command, input=typed, env={"BOT_ZONE": DAYTIME, "BOT_PACE": "25", **given})


def good(*arguments: str | int, typed: str = "", **given: str) -> str:
    """What it says when it is fine."""
    ended = broadcast(*arguments, typed=typed, **given)
    assert (ended.exit_code, ended.stderr) == (0, ""), ended.output
    return ended.output


def refused(*arguments: str | int, code: int = 1, **given: str) -> str:
    """What it says when it is not: one message, and nothing else."""
    ended = broadcast(*arguments, **given)
    assert (ended.exit_code, ended.stdout) == (code, ""), ended.output
    assert ended.stderr.startswith("Error: ")
    assert "Traceback" not in ended.output
    return ended.stderr.removeprefix("Error: ").removesuffix("\n")


def write(name: str, text: str) -> str:
    """A file in this folder; its name."""
    Path(name).write_text(text, encoding="utf-8")
    return name


@contextmanager
def database(path: Path = Path("certguide-tryout.db")) -> Iterator[sqlite3.Connection]:
    """The file of try-out mode as another program has it open; made if it is not there."""
    with closing(connect(path, "try-out", "NORMAL")) as db:
        yield db


def settle(db: sqlite3.Connection, id_: int, lang: str = "en", *, news: str = "on", page: str = "home.menu") -> int:
    """A seller who was here just now; his random number."""
    guest = sellers.arrive(id_)
    guest.seller.lang, guest.seller.state = lang, page
    sellers.save(db, guest, time.time())
    db.execute("insert into answers (seller, question, answer, at) values (?, ?, ?, 0)", [id_, NEWS, news])
    return guest.who


def approve(db: sqlite3.Connection, id_: int) -> None:
    """Note that it was tested as it stands, as a courier does."""
    from bot.store import broadcasts

    found = broadcasts.load(db, id_)
    assert found
    broadcasts.tested(db, id_, found.digest)


def launched(*options: str) -> int:
    """A broadcast in two languages that has just begun."""
    good("draft", write("news.toml", NEWS_TOML))
    with database() as db:
        (id_,) = db.execute("select max(id) from broadcasts").fetchone()
        approve(db, id_)
    good("start", id_, *options)
    return int(id_)


def ended(db: sqlite3.Connection, id_: int, *outcomes: tuple[str, str], ago: float = 60) -> None:
    """The broadcast is done, its deliveries so: state and reason of the first, the second, … The others were sent."""
    rows = db.execute("select who from deliveries where broadcast = ? order by who", [id_]).fetchall()
    at = int(time.time() - ago)
    for number, (who,) in enumerate(rows):
        state, reason = outcomes[number] if number < len(outcomes) else ("sent", "")
        db.execute(
            "update deliveries set state = ?, reason = ?, at = ?, message = ? where broadcast = ? and who = ?",
            [state, reason or None, at, 100 + number if state == "sent" else None, id_, who],
        )
    db.execute("update broadcasts set state = 'done', ended = ? where id = ?", [at, id_])


def text(query: str, *values: object) -> list[tuple[object, ...]]:
    """What stands in the file."""
    with database() as db:
        return db.execute(query, values).fetchall()


@contextmanager
def press(now: float | None = None, *, terminal: bool = False, **given: str) -> Iterator[tuple[Press, StringIO]]:
    """What a command has to work with, and what is printed on its console; the clock stands still if asked."""
    printed = StringIO()
    console = Console(file=printed, force_terminal=terminal, width=120, highlight=False, markup=False)
    path = Path("certguide-tryout.db")
    settings = Settings(zone=DAYTIME, **given)  # type: ignore[arg-type]  # they are read as if from the environment
    with database() as db:
        clock = time.time if now is None else lambda: now
        yield Press(db, path, settings, CONVERSATION, (OPERATOR_ID,), console, clock), printed


@contextmanager
def delivering(running: Background, simulator: Simulator, pace: float = 25) -> Iterator[None]:
    """A real courier works on the file of try-out mode meanwhile."""
    stop = asyncio.Event()
    work = courier.deliver(
        TOKEN,
        CONVERSATION,
        Path("certguide-tryout.db"),
        stop,
        kind="try-out",
        api_base=simulator.api_base,
        pace=pace,
        zone=DAYTIME,
        owners=frozenset({OPERATOR_ID}),
    )
    done = asyncio.run_coroutine_threadsafe(work, running.loop)
    lock = Path("certguide-tryout.db.courier")
    deadline = time.monotonic() + 10
    while not lock.exists() and not done.done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    try:
        yield
    finally:
        running.loop.call_soon_threadsafe(stop.set)
        done.result(20)


def arrive(simulator: Simulator, count: int, lang: str = "en") -> list[int]:
    """So many people who have written to the bot, in the simulator and in the file; their numbers."""
    people = [simulator.telegram.invite(f"Sam {n}", lang).id for n in range(count)]
    with database() as db:
        for id_ in people:
            simulator.telegram.chats[id_].started = True
            settle(db, id_, "zh_Hans" if lang == "zh-hans" else lang)
    return people


def read(simulator: Simulator, id_: int) -> list[str]:
    """What somebody has got from the bot."""
    return [message.text for message in simulator.telegram.chats[id_].messages.values() if message.from_bot]
