"""An export is whole and in its place, or there is none; and nobody can be told by it who is not to be known."""

import errno
import gzip
import os
import shutil
import signal
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.progress import Progress
from bot.stats import snapshot as snapshots
from bot.stats.exports import ALL, FORMATS, WHAT, Order, export, write
from bot.stats.snapshot import Snapshot, StatsError, opened
from tests.bot.shell import PYTHON, SECONDS, environment
from tests.bot.stats.exports.people import FIRST, KEY, MESSAGE, NASTY, OPERATOR, csv_rows, exported, ordered
from tests.bot.store.crowd import NOON

ENDINGS = {form: each.endings[0] for form, each in FORMATS.items()}
FORMS = pytest.mark.parametrize("form", FORMATS)


def order(form: str) -> Order:
    return ordered("events", form)


def left(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# Names


@FORMS
@pytest.mark.parametrize("what", WHAT)
def test_without_a_name_it_is_called_what_it_is(what: str, form: str, snapshot: Snapshot, here: Path) -> None:
    written = write(snapshot, ordered(what, form))
    stem = f"certguide-{what}-2026-11-26"
    assert written.files[0] == Path(f"{stem}{ENDINGS[form]}")
    beside = FORMATS[form].beside
    assert (
        left(here)
        == {each.name for each in written.files}
        == {stem + ENDINGS[form]} | ({stem + beside} if beside else set())
    )
    assert all(each.stat().st_size for each in written.files)


@pytest.mark.parametrize(
    ("what", "form", "complaint"),
    [
        ("people", "csv", "there is no export of people: take events, sellers, answers, questions, broadcasts or all"),
        ("events", "pdf", "there is no format pdf: take csv, jsonl, xlsx, sqlite"),
        (ALL, "csv", "a file of --format csv can't hold everything: take --format sqlite"),
        (ALL, "xlsx", "a file of --format xlsx can't hold everything: take --format sqlite"),
    ],
)
def test_what_can_not_be_is_refused(what: str, form: str, complaint: str, snapshot: Snapshot, here: Path) -> None:
    with pytest.raises(StatsError) as refused:
        write(snapshot, ordered(what, form))
    assert str(refused.value) == complaint
    assert left(here) == set()


@pytest.mark.parametrize(
    ("form", "name", "better"),
    [
        ("csv", "events", "events.csv"),
        ("csv", "events.xlsx", "events.csv"),
        ("jsonl", "events.jsonl", "events.jsonl.gz"),
        ("xlsx", ".xlsx", ".xlsx.xlsx"),
        ("sqlite", "notes.txt", "notes.db"),
    ],
)
def test_a_name_must_be_one_that_other_programs_know(
    form: str, name: str, better: str, snapshot: Snapshot, here: Path
) -> None:
    with pytest.raises(StatsError, match=f"has another ending than such files have: name it {better}$"):
        write(snapshot, order(form), Path(name))
    assert left(here) == set()


@FORMS
def test_no_file_is_overwritten_unless_it_is_meant(form: str, snapshot: Snapshot, here: Path) -> None:
    for ending in filter(None, (ENDINGS[form], FORMATS[form].beside)):
        name = f"a{ending}"
        Path(name).write_text("mine")
        with pytest.raises(StatsError, match=r"is there already: name another file, or overwrite it with --force"):
            write(snapshot, order(form), Path(f"a{ENDINGS[form]}"))
        assert left(here) == {name}
        assert Path(name).read_text() == "mine"
        written = write(snapshot, order(form), Path(f"a{ENDINGS[form]}"), force=True)
        assert Path(name).read_bytes() != b"mine"
        for file in written.files:
            file.unlink()


def test_a_folder_must_be_there_and_a_file_be_no_folder(snapshot: Snapshot, here: Path) -> None:
    with pytest.raises(StatsError, match=r"there is no folder nowhere: make it first"):
        write(snapshot, order("csv"), Path("nowhere/a.csv"))
    Path("a.csv").mkdir()
    with pytest.raises(StatsError, match=r"a.csv is a folder: name a file in it"):
        write(snapshot, order("csv"), Path("a.csv"), force=True)
    assert left(here) == {"a.csv"}


def test_the_bots_own_file_is_never_overwritten(lively: Path, here: Path) -> None:
    shutil.copy(lively, "bot.db")
    Path("other.db").symlink_to("bot.db")
    before = Path("bot.db").read_bytes()
    with opened(Path("bot.db")) as snapshot:
        for name in ("bot.db", "other.db", here / "bot.db"):
            with pytest.raises(StatsError, match="is the bot's own file: name another one"):
                write(snapshot, order("sqlite"), Path(name), force=True)
    assert Path("bot.db").read_bytes() == before


# Nobody can be told by it


def contents(file: Path) -> bytes:
    """What stands in the file, unpacked."""
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as book:
            return b"".join(map(book.read, book.namelist()))
    raw = file.read_bytes()
    return gzip.decompress(raw) if file.suffix == ".gz" else raw


def secrets_of(path: Path) -> set[str]:
    """Every number by which somebody could be found again, in the ways it may be written."""
    with closing(sqlite3.connect(path)) as db:
        numbers = {who for (who,) in db.execute("select who from trail union select who from deliveries")}
    numbers |= {FIRST + number for number in range(len(NASTY))} | {OPERATOR}
    numbers |= {MESSAGE + number for number in range(len(NASTY))}
    return {f"{number}" for number in numbers} | {f"{number:x}" for number in numbers}


@FORMS
@pytest.mark.parametrize("what", [*WHAT, ALL])
def test_no_number_of_anybody_leaves(what: str, form: str, snapshot: Snapshot, here: Path) -> None:
    if what == ALL and form != "sqlite":
        return
    for file in write(snapshot, ordered(what, form)).files:
        found = contents(file).lower()
        assert not [secret for secret in secrets_of(snapshot.path) if secret.encode() in found]


@FORMS
@pytest.mark.parametrize("what", WHAT)
def test_an_owner_can_have_the_numbers_of_telegram(what: str, form: str, snapshot: Snapshot, here: Path) -> None:
    written = write(snapshot, ordered(what, form, raw=True))
    found = contents(written.files[0])
    assert b"telegram_id" in found
    if form != "sqlite":  # it packs them in binary
        assert {number for number in range(FIRST, FIRST + len(NASTY)) if str(number).encode() not in found} == set()
    assert {file.stat().st_mode & 0o777 for file in written.files} == {0o600}
    assert written.notes[-1].startswith("Telegram's numbers are in it")


def test_beside_the_number_the_name_stays(snapshot: Snapshot, here: Path) -> None:
    exported(snapshot, "events", Path("plain.csv"))
    exported(snapshot, "events", Path("raw.csv"), raw=True)
    plain, raw = csv_rows(Path("plain.csv"))[0], csv_rows(Path("raw.csv"))[0]
    assert [row[:-1] for row in raw] == plain
    assert {row[-1] for row in raw[1:]} == {str(FIRST + number) for number in range(len(NASTY))} | {str(OPERATOR)}


def test_another_key_gives_other_names(snapshot: Snapshot, here: Path) -> None:
    one = write(snapshot, order("csv"), Path("one.csv"))
    two = write(snapshot, replace(order("csv"), key=KEY[::-1]), Path("two.csv"))
    first, second = (csv_rows(written.files[0])[0] for written in (one, two))
    assert {row[1] for row in first[1:]}.isdisjoint(row[1] for row in second[1:])
    assert [row[:1] + row[2:] for row in first] == [row[:1] + row[2:] for row in second]


# Trouble


@FORMS
@pytest.mark.parametrize("moment", ["rows", "placing"])
def test_ctrl_c_leaves_nothing(
    form: str, moment: str, snapshot: Snapshot, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real one, in the middle of the rows, or when the first of the files is in its place already."""
    if moment == "rows":
        monkeypatch.setattr(Progress, "advance", lambda *_: signal.raise_signal(signal.SIGINT))
    else:
        really = Path.replace

        def placed(path: Path, to: Path) -> Path:
            done = really(path, to)
            signal.raise_signal(signal.SIGINT)
            return done

        monkeypatch.setattr(Path, "replace", placed)
    with pytest.raises(KeyboardInterrupt):
        write(snapshot, order(form))
    assert left(here) == set() or (moment == "placing" and not FORMATS[form].beside)


@FORMS
def test_a_file_that_breaks_meanwhile_leaves_nothing(
    form: str, snapshot: Snapshot, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Progress, "advance", lambda *_: snapshot.db.close())
    with pytest.raises((StatsError, sqlite3.ProgrammingError)):
        write(snapshot, order(form))
    assert left(here) == set()


EXPORT = """
import resource, sys
from pathlib import Path
from bot.stats.exports import Order, write
from bot.stats.period import between
from bot.stats.snapshot import StatsError, opened

database, form, out, most = sys.argv[1:]
try:
    with opened(Path(database)) as snapshot:
        if most != "all":
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
        now = 1795694400
        write(snapshot, Order("events", form, between(None, None, now), bytes(32), now), Path(out))
except StatsError as error:
    sys.exit(f"Error: {error}")
"""


def alone(
    database: Path, form: str, out: str, *, shell: str = "", most: str = "all"
) -> subprocess.CompletedProcess[str]:
    """An export in a process of its own; `shell`: what runs it, as "$@"; `most`: bytes a file may have."""
    command = [PYTHON, "-c", EXPORT, str(database), form, out, most]
    if shell:
        command = ["unshare", "-rm", "sh", "-c", shell, "sh", *command]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False)


@FORMS
def test_a_file_that_can_not_grow_leaves_nothing_and_one_line(form: str, lively: Path, here: Path) -> None:
    done = alone(lively, form, f"a{ENDINGS[form]}", most="2048")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: a{ENDINGS[form]} can't be written: ")
    assert done.stderr.count("\n") == 1
    assert left(here) == set()


def mounting() -> bool:
    """Whether this user may mount something that nobody else sees."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


may_mount = pytest.mark.skipif(not mounting(), reason="this user may mount nothing")


@may_mount
@FORMS
def test_on_a_full_disk_nothing_is_left_and_it_is_told(form: str, lively: Path, here: Path) -> None:
    Path("small").mkdir()
    shell = 'mount -t tmpfs -o size=4k none small && "$@"; ls -A small'
    done = alone(lively, form, f"small/a{ENDINGS[form]}", shell=shell)
    assert done.stderr == f"Error: the disk with {here / 'small'} is full: free some space, then try again\n"
    assert done.stdout == ""


@may_mount
def test_from_a_disk_nobody_can_write_to_it_is_exported(lively: Path, here: Path) -> None:
    Path("kept").mkdir()
    shutil.copy(lively, "kept/bot.db")
    shell = 'mount --bind kept kept && mount -o remount,ro,bind kept && "$@"'
    done = alone(Path("kept/bot.db"), "csv", "a.csv", shell=shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(csv_rows(Path("a.csv"))[0]) > len(NASTY)
    done = alone(Path("kept/bot.db"), "csv", "kept/a.csv", shell=shell)
    assert done.stderr == "Error: kept/a.csv can't be written: Read-only file system\n"
    assert left(here / "kept") == {"bot.db"}


def test_a_locked_file_is_told(lively: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "PATIENCE", 0.05)
    shutil.copy(lively, "bot.db")
    with closing(sqlite3.connect("bot.db", isolation_level=None)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        with pytest.raises(StatsError, match="is locked by another program"), opened(Path("bot.db")) as snapshot:
            write(snapshot, order("csv"))
        other.execute("rollback")
    assert not {name for name in left(here) if not name.startswith("bot.db")}


@FORMS
def test_the_bot_writes_on_meanwhile(form: str, lively: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(lively, "bot.db")
    with closing(sqlite3.connect("bot.db", timeout=0, isolation_level=None)) as bot, opened(Path("bot.db")) as snapshot:
        (before,) = bot.execute("select count(*) from trail").fetchone()
        event = "insert into trail (at, who, kind, page, version, lang) values (?, 1, 'k', 'p', 'v', 'en')"
        monkeypatch.setattr(Progress, "advance", lambda *_: bot.execute(event, [NOON * 1000]))
        assert write(snapshot, order(form)).rows["events"] == before
        assert bot.execute("select count(*) from trail").fetchone()[0] > before


def test_a_full_disk_and_a_broken_one_are_told_apart() -> None:
    full = export._trouble(Path("a.csv"), OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)))
    assert "is full: free some space" in full
    assert (
        export._trouble(Path("a.csv"), OSError(errno.EIO, "disk I/O error")) == "a.csv can't be written: disk I/O error"
    )
