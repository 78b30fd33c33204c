"""Figures, a report and exports of a million people with twenty million events; and what a step and a tap pay for it.

    python -m bench.stats [--people 1000000] [--file FILE] [--seconds 20]

The file is made first, which takes some minutes and 3 GB; with --file it stays there and is used again. Taps are those
of three people with the real bot and the simulator, first alone, then beside exports that follow one another.
"""

import argparse
import asyncio
import itertools
import multiprocessing
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import uvloop

import dialogs
from bench import million
from bench.broadcast import TAPPERS, p95, serve, tap, until
from bot.simulator import Simulator
from bot.stats import figures, snapshot
from bot.stats.period import SPANS, Period, day, named
from bot.stats.scope import scope
from bot.store import Database, tally, trail
from dialogs import Event
from dialogs.topic import Page

NOW = million.LAST - 3600.0
"""The last evening of the year."""
STEPS = 20_000
"""About so many steps are measured, half of them by new people."""
VISIT, AGAIN = 10, 1 / 3
"""New pages somebody sees on a visit, and how often he goes back in between: as in the demo data."""
SELLERS = 32
"""Who tap at a time, as in bench.step."""
ROUNDS = 7
SHEET = 1_048_575
"""Rows of one sheet."""


@dataclass(frozen=True)
class Line:
    """One measurement."""

    what: str
    value: float
    unit: str
    budget: float
    most: bool = True
    """Whether the budget is the most or the least it may be."""

    @property
    def well(self) -> bool:
        return self.value <= self.budget if self.most else self.value >= self.budget

    def __str__(self) -> str:
        bound = "at most" if self.most else "at least"
        sign = "" if self.well else "   <- too " + ("much" if self.most else "little")
        return f"{self.what:34} {self.value:12,.2f} {self.unit:10} {bound} {self.budget:,g}{sign}"


def fixed(path: Path) -> list[Line]:
    """All figures of the periods that have a name, and of two that have none."""
    content = dialogs.load().content
    year = Period(day(million.FIRST_DAY), day(million.FIRST_DAY + million.DAYS - 1))
    middle = Period(year.since + timedelta(40), year.until - timedelta(60))
    periods = [(name, named(name, NOW), 0.5) for name in SPANS]
    lines = []
    with snapshot.opened(path) as opened:
        for name, period, budget in [*periods, ("the whole year", year, 5.0), ("265 days within it", middle, 5.0)]:
            best = min(_seconds(opened, content, period) for _ in range(2))
            lines.append(Line(f"all figures, {name}", best, "s", budget))
    return lines


def _seconds(opened: snapshot.Snapshot, content: dialogs.content.Content, period: Period) -> float:
    begun = time.perf_counter()
    found = scope(opened.db, content, period, NOW, "Asia/Shanghai")
    list(figures.gather(found, tuple(figures.FIGURES)))
    return time.perf_counter() - begun


def step(path: Path) -> Line:
    """Microseconds of the processor that the tables beside the trail cost a step."""
    return Line("tables beside the trail, a step", uvloop.run(_steps(path)) * 1e6, "µs", 60)


async def _steps(path: Path) -> float:
    """The median of some rounds: walks of old and new people with the tables, less as many walks without them."""
    pages = [page for topic in dialogs.load().content.listed for page in topic.pages.values()]
    chance = random.Random()  # other people each time
    with closing(Database(path, kind="try-out")) as database:
        many = await database.run(lambda db: db.execute("select who from sellers where id % 17 = 0").fetchall())
        old = [who for (who,) in many]
        costs = []
        for _ in range(ROUNDS):
            bare = await _walk(database, old, pages, chance, tallied=False)
            costs.append(await _walk(database, old, pages, chance, tallied=True) - bare)
    return sorted(costs)[ROUNDS // 2]


async def _walk(
    database: Database, old: list[int], pages: Sequence[Page], chance: random.Random, *, tallied: bool
) -> float:
    """Seconds of the processor a step takes: thirty-two sellers at a time, so that steps share transactions."""
    kept, moments = tally.count, itertools.count(int(NOW * 50))
    if not tallied:
        tally.count = lambda *_: None
    people = [
        (chance.choice(old) if n % 2 else chance.getrandbits(62)) for n in range(int(STEPS / VISIT / (1 + AGAIN)))
    ]
    walks, first = iter(people), next(moments)
    begun = time.process_time()
    await asyncio.gather(*(_visits(database, walks, pages, chance, moments) for _ in range(SELLERS)))
    tally.count = kept
    return (time.process_time() - begun) / (next(moments) - first - 1)


async def _visits(
    database: Database, walks: Iterator[int], pages: Sequence[Page], chance: random.Random, moments: Iterator[int]
) -> None:
    for who in walks:
        at = chance.randrange(len(pages) - VISIT)
        for before, page in pairwise(pages[at : at + VISIT + 1]):
            events = [Event("arrived", page.name, page.version)]
            if before.ask:
                events.insert(0, Event("answered", before.name, before.version, "x", f"{before.topic}.{before.ask}"))
            await database.run(trail.append, who, "en", events, next(moments) / 50)
            if chance.random() < AGAIN:
                back = [Event("back", before.name, before.version)]
                await database.run(trail.append, who, "en", back, next(moments) / 50)


SPAWN = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "bot", *sys.argv[1:]], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
"""Started from something small: Linux counts what a process held before it became another one."""


def certguide(*arguments: str) -> tuple[float, float]:
    """Run a command: seconds, and megabytes it held at most."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", SPAWN, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - begun, int(done.stdout) / 1024


def files(path: Path, folder: Path) -> list[Line]:
    """A report of everything, all events as CSV, and one full sheet."""
    of = ("--of", str(path), "--force", "--out")
    report, _ = certguide("report", str(folder / "report.html"), "--of", str(path), "--force")
    seconds, _ = certguide("export", "events", "--format", "csv", *of, str(folder / "events.csv"))
    with snapshot.opened(path) as opened:
        (rows,) = opened.db.execute("select count(*) from trail").fetchone()
        (since,) = opened.db.execute("select at from trail order by id desc limit 1 offset ?", [SHEET - 200]).fetchone()
    full = day(since // 86_400_000 + 1).isoformat()
    _, memory = certguide("export", "events", "--format", "xlsx", "--since", full, *of, str(folder / "events.xlsx"))
    return [
        Line("report of everything", report, "s", 15),
        Line("CSV", rows / seconds, "rows/s", 150_000, most=False),
        Line("XLSX of nearly a full sheet", memory, "MB", 250),
    ]


async def taps(path: Path, folder: Path, seconds: float) -> Line:
    """How much longer the slower taps take beside exports."""
    simulator = Simulator()
    await simulator.start()
    bot = multiprocessing.get_context("spawn").Process(target=serve, args=(str(path), simulator.api_base))
    bot.start()
    try:
        found: list[float] = []
        tappers = [asyncio.create_task(tap(simulator, id_, found)) for id_ in TAPPERS]
        await until(lambda: len(found) > len(TAPPERS))
        found.clear()
        await asyncio.sleep(seconds)
        alone = p95(found)
        found.clear()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "export", "events", "--of", str(path), "--force"),
            *("--out", str(folder / "beside.csv")),
            stdout=subprocess.DEVNULL,
        )
        await asyncio.sleep(seconds)
        process.terminate()
        await process.wait()
        for tapper in tappers:
            tapper.cancel()
        await asyncio.gather(*tappers, return_exceptions=True)
        print(f"p95 of taps: {alone * 1000:.0f} ms alone, {p95(found) * 1000:.0f} ms beside an export")
        return Line("p95 of taps beside an export", p95(found) / alone, "times", 2)
    finally:
        bot.kill()
        bot.join()
        await simulator.stop()


def main() -> int:
    """Measure and print; exit code 1 when a budget is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000, help="how many")
    parser.add_argument("--file", type=Path, help="where the file is kept for another time")
    parser.add_argument("--seconds", type=float, default=20, help="how long taps are watched")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder) / "bench-tryout.db"
        if not path.exists():
            million.make(path, dialogs.load().content, options.people, print)
        lines = []
        for found in (fixed(path), files(path, Path(folder))):
            lines += found
            print(*found, sep="\n", flush=True)
        for line in (step(path), uvloop.run(taps(path, Path(folder), options.seconds))):
            lines.append(line)
            print(line, flush=True)
    return 0 if all(line.well for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
