"""An export from beginning to end: whole and in its place, or not there at all."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.progress import Progress
from bot.stats import place
from bot.stats.exports.reading import Order, Reading
from bot.stats.exports.tables import ALL, WHAT, Table, tables
from bot.stats.period import today
from bot.stats.snapshot import Snapshot, StatsError
from bot.store.inspection import BESIDE

if TYPE_CHECKING:
    from rich.console import Console

PART = ".certguide-export-"
"""How the name of a folder begins in which an export is made, beside the place where it will be."""


@dataclass(frozen=True, slots=True)
class Format:
    """How the files of a format are named: by one of these endings, the first by default; and what is beside them."""

    endings: tuple[str, ...]
    beside: str = ""


FORMATS = {
    "csv": Format((".csv",), ".dictionary.md"),
    "jsonl": Format((".jsonl.gz", ".ndjson.gz"), ".manifest.json"),
    "xlsx": Format((".xlsx",)),
    "sqlite": Format((".db", ".sqlite", ".sqlite3"), ".metadata.yml"),
}

Writer = Callable[[Reading, tuple[Table, ...], list[Path]], list[str]]
"""Writes tables into these files, the last of them what is beside; gives back what people should know."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is there now."""

    files: tuple[Path, ...]
    """The file itself first, then what is beside it."""
    rows: dict[str, int]
    """How many, for each table in it."""
    notes: tuple[str, ...]
    """What people should know, a sentence each."""


def write(
    snapshot: Snapshot,
    order: Order,
    out: Path | None = None,
    *,
    console: "Console | None" = None,
    force: bool = False,
) -> Written:
    """Write what was ordered; without a place for it into the current folder, under a name that tells what it is.

    `console`: where to show how far it is. `force`: what is there already is replaced. Raises StatsError.
    """
    form = _format(order)
    out = out or Path(f"certguide-{order.what}-{today(order.now)}{form.endings[0]}")
    files = _files(form, out)
    _refuse(snapshot.path, files, force=force)
    try:
        with TemporaryDirectory(prefix=PART, dir=out.parent) as folder:
            made = [Path(folder, file.name) for file in files]
            rows, notes = _make(snapshot, order, made, console)
            _place(made, files, private=order.raw)
    except OSError as error:
        raise StatsError(_trouble(out, error)) from error
    return Written(tuple(files), rows, tuple(notes))


def _format(order: Order) -> Format:
    """Raises StatsError when there is no such table or format."""
    if order.what not in {*WHAT, ALL}:
        raise StatsError(f"there is no export of {order.what}: take {', '.join(WHAT)} or {ALL}")
    if order.form not in FORMATS:
        raise StatsError(f"there is no format {order.form}: take {', '.join(FORMATS)}")
    if order.what == ALL and order.form != "sqlite":
        raise StatsError(f"a file of --format {order.form} can't hold everything: take --format sqlite")
    return FORMATS[order.form]


def _files(form: Format, out: Path) -> list[Path]:
    """The file and what is beside it. Raises StatsError when other programs would not know it by its name."""
    ending = next((ending for ending in form.endings if out.name.endswith(ending)), "")
    stem = out.name.removesuffix(ending)
    if not ending or not stem:
        raise StatsError(
            f"{out} has another ending than such files have: name it {out.stem or 'export'}{form.endings[0]}"
        )
    return [out, *([out.with_name(stem + form.beside)] if form.beside else [])]


def _refuse(database: Path, files: list[Path], *, force: bool) -> None:
    """Raises StatsError when it is clear beforehand that this can't be meant."""
    ours = database.resolve()
    for file in files:
        if file.resolve() in {ours.with_name(ours.name + end) for end in ("", *BESIDE)}:
            raise StatsError(f"{file} is the bot's own file: name another one")
        place.free(file, f"certguide{file.suffix}", force=force)


def _make(
    snapshot: Snapshot, order: Order, made: list[Path], console: "Console | None"
) -> tuple[dict[str, int], list[str]]:
    """Write the files where nobody looks for them yet; how many rows each table has, and what people should know."""
    with Progress(console, "exporting") as progress:
        reading = Reading(snapshot, order, progress)
        ordered = tables(order.what)
        progress.total = sum(reading.expected(table) for table in ordered)
        notes = _writer(order.form)(reading, ordered, made)
    if order.raw:
        notes.append("Telegram's numbers are in it: keep it as safe as the bot's own file, and delete it when done")
    return reading.rows, notes


def _writer(form: str) -> Writer:
    """Loaded only when it is needed: the library for workbooks takes its time."""
    if form == "xlsx":
        from bot.stats.exports import workbook

        return workbook.write
    from bot.stats.exports import copy, lines, sheet

    writers: dict[str, Writer] = {"csv": sheet.write, "jsonl": lines.write, "sqlite": copy.write}
    return writers[form]


def _place(made: list[Path], files: list[Path], *, private: bool) -> None:
    """Put them where they belong, safe on the disk; all of them, or none."""
    for path in made:
        with path.open("rb") as opened:
            os.fsync(opened.fileno())
        if private:
            path.chmod(0o600)
    try:
        for path, file in zip(made, files, strict=True):
            path.replace(file)
    except BaseException:
        for path, file in zip(made, files, strict=True):
            if not path.exists():
                file.unlink(missing_ok=True)
        raise


def _trouble(out: Path, error: OSError) -> str:
    """What went wrong with the file, in words that tell what to do."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"the disk with {out.parent.resolve()} is full: free some space, then try again"
    return f"{out} can't be written: {error.strerror}"
