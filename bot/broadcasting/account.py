"""How a broadcast has ended: a table of outcomes, or a row for each delivery."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from rich.table import Table

from bot.broadcasting.press import Press, clean, counted, lasting, say, standing
from bot.newsroom import NewsError
from bot.stats.exports.cells import cell
from bot.store import deliveries

HEAD = ("seller", "language", "state", "reason", "time")
DONE = {"send": "got it", "edit": "see the correction", "delete": "have it no longer"}
"""What is so of those to whom it was delivered."""


def report(press: Press, id_: int, file: Path | None = None) -> None:
    """The outcomes with their reasons, and with a file every delivery as CSV.

    Raises NewsError when it has not been started, or the file can't be written.
    """
    with press.reading() as db:
        broadcast = press.load(db, id_)
        if not broadcast.started:
            raise NewsError(f"broadcast {id_} is {standing(broadcast.state)}: it has not been started")
        counts, reasons = deliveries.counts(db, id_), deliveries.reasons(db, id_)
        if file:
            write(file, db, id_)
    table = Table("Outcome", "Why", box=None, pad_edge=False)
    table.add_column("People", justify="right")
    table.add_column("Share", justify="right")
    for state in ("waiting", "sending"):
        if counts[state]:
            reasons.append((state, "it was stopped before" if broadcast.state == "stopped" else "", counts[state]))
    for state, reason, people in reasons:
        table.add_row(state, clean(reason), f"{people:,}", f"{people / counts.total():.1%}")
    press.console.print(table)
    took = f", after {lasting(broadcast.ended - broadcast.started)}" if broadcast.ended else ""
    got = f"{counts['sent']:,} of {counted(counts.total())} {DONE[broadcast.action]}"
    say(f"broadcast {id_} is {broadcast.state}{took}: {got}")
    if file:
        say(f"{file} has a row for each of them")


def write(file: Path, db: sqlite3.Connection, id_: int) -> None:
    """Every delivery as a row, in a file that is new. Raises NewsError when it is there, or can't be written."""
    try:
        # The mark at the beginning tells Excel that it is UTF-8.
        with file.open("x", encoding="utf-8-sig", newline="") as opened:
            fill(opened, db, id_)
    except FileExistsError:
        raise NewsError(f"{file} is there already: name another file") from None
    except BaseException as error:
        with suppress(OSError):  # half a report would be taken for a whole one
            file.unlink()
        if isinstance(error, OSError):
            raise NewsError(f"{file} can't be written: {error.strerror}") from error
        raise


def fill(file: TextIO, db: sqlite3.Connection, id_: int) -> None:
    """The head, and a row for each delivery, in the order in which they ended."""
    writer = csv.writer(file)
    writer.writerow(HEAD)
    writer.writerows([cell(value) for value in row] for row in _rows(db, id_))


def _rows(db: sqlite3.Connection, id_: int) -> Iterator[tuple[str, ...]]:
    for who, lang, state, reason, at in db.execute(
        "select who, lang, state, reason, at from deliveries where broadcast = ? order by at, who", [id_]
    ):
        moment = datetime.fromtimestamp(at, UTC).isoformat() if at else ""
        # With a word before it: Excel would take some of these numbers for 12e45, and round others.
        yield f"seller {who:016x}", lang, state, reason or "", moment
