"""`certguide stats`, `report`, `export`, `demo-data` and `map --counts`, as a shell runs them."""

import csv
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.stats.figures import FIGURES, OF_TOPICS
from bot.store import audit, sellers, trail
from bot.store.database import connect
from bot.store.schema import migrations
from dialogs import Event
from tests.bot.shell import certguide

PEOPLE = 40


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a few made-up people, as the command makes it."""
    folder = tmp_path_factory.mktemp("demo")
    done = certguide("demo-data", "--people", str(PEOPLE), "--days", "30", "--until", "2026-11-20", folder=folder)
    assert done.returncode == 0, done.stderr
    assert f"certguide-demo.db holds {PEOPLE} made-up people" in done.stdout
    return folder / "certguide-demo.db"


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """The file of a bot with a token, in which one person was today."""
    path = tmp_path / "certguide.db"
    with closing(connect(path, "real", "NORMAL")) as db:
        guest = sellers.arrive(77)
        guest.seller.trail += [Event("greeted", "home.welcome", "v1"), Event("arrived", "checking.order", "v1")]
        sellers.save(db, guest, time.time())
    return path


TOKEN = {"BOT_TOKEN": "123456789:AAE-a-token-of-nobody-at-all"}


# stats


def test_all_figures_are_printed_each_with_what_it_counts(demo: Path, tmp_path: Path) -> None:
    done = certguide("stats", "--of", str(demo), folder=tmp_path, COLUMNS="160")
    assert (done.returncode, done.stderr) == (0, "")
    assert "days of UTC\nmade-up people: demo data\n" in done.stdout
    assert f"Whole period      {PEOPLE}" in done.stdout
    assert done.stdout.count("Of the people who opened a topic for the first time in the period") == 1
    for title in ("People", "Topics", "Where people give up", "Time to finish", "Hours of the week", "Past review"):
        assert f"\n{title}\n" in done.stdout


def test_they_are_of_the_bots_own_file_when_none_is_named(real: Path) -> None:
    done = certguide("stats", folder=real.parent, **TOKEN)
    assert done.returncode == 0, done.stderr
    assert "Last day           1    1          0       0" in done.stdout
    assert "made-up" not in done.stdout
    tried = certguide("stats", folder=real.parent)
    assert tried.returncode == 1
    assert tried.stderr == "Error: there is no certguide-tryout.db yet; it is made when the bot first starts\n"


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_however_narrow_the_terminal_no_number_is_cut(demo: Path, tmp_path: Path, columns: str) -> None:
    done = certguide("stats", "--of", str(demo), "--speak", "zh-hans", folder=tmp_path, COLUMNS=columns)
    assert done.returncode == 0, done.stderr
    (whole,) = [line for line in done.stdout.splitlines() if line.startswith("整个期间")]
    assert whole.split()[1:] == [str(PEOPLE), str(PEOPLE), "0", "0"]


def test_as_json_every_line_is_there(demo: Path, tmp_path: Path) -> None:
    done = certguide("stats", "--json", "--of", str(demo), folder=tmp_path)
    found = json.loads(done.stdout)
    assert list(found["figures"]) == list(FIGURES)
    assert found["kind"] == "synthetic"
    (whole,) = [row for row in found["figures"]["people"] if row["span"] == "period"]
    assert whole == {"span": "period", "active": PEOPLE, "new": PEOPLE, "returning": 0, "before": 0}
    assert sum(row["new"] for row in found["figures"]["daily"]) == PEOPLE
    assert len(found["figures"]["funnel"]) > 20


def test_they_can_be_narrowed_down(demo: Path, tmp_path: Path) -> None:
    asked = ("--since", "2026-11-01", "--until", "2026-11-10", "--lang", "zh_Hans", "--topic", "papers")
    found = json.loads(certguide("stats", "--json", *asked, "--of", str(demo), folder=tmp_path).stdout)
    assert (found["since"], found["until"]) == ("2026-11-01", "2026-11-10")
    assert (found["language"], found["topic"]) == ("zh_Hans", "papers")
    assert tuple(found["figures"]) == OF_TOPICS
    assert {row["topic"] for row in found["figures"]["topics"]} <= {"papers"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--topic", "auditor"), "there is no topic 'auditor': did you mean auditors?"),
        (("--lang", "zh"), "nobody speaks 'zh' here: there are en, zh_Hans"),
        (("--since", "2026-12-01", "--until", "2026-11-01"), "--since 2026-12-01 is after --until 2026-11-01"),
        (("--since", "yesterday"), "--since 'yesterday' is no day: write it as 2026-11-01"),
        (("--until", "2026-02-30"), "--until '2026-02-30' is no day"),
        (("--speak", "tlh"), "--speak tlh: I speak en, zh_Hans"),
    ],
)
def test_what_is_asked_for_wrongly_is_exit_code_two(demo: Path, tmp_path: Path, asked: list[str], said: str) -> None:
    done = certguide("stats", *asked, "--of", str(demo), folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {said}")
    assert done.stderr.count("\n") == 1


def test_without_anybody_figures_are_empty_and_friendly(tmp_path: Path) -> None:
    connect(tmp_path / "certguide.db", "real", "NORMAL").close()
    done = certguide("stats", folder=tmp_path, **TOKEN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Nothing yet.") == len(FIGURES) - 1
    report = certguide("report", "out.html", folder=tmp_path, **TOKEN)
    assert report.returncode == 0, report.stderr
    assert "Nobody has been here in this period yet" in (tmp_path / "out.html").read_text(encoding="utf-8")


# Files in trouble


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder nobody but root can write to."""
    folder.chmod(0o500)
    try:
        yield
    finally:
        folder.chmod(0o700)


def test_what_is_no_file_of_the_bot_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "words.db").write_text("not a database, but long enough to be one, says the letter " * 20)
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("create table ours (a)")
    with closing(sqlite3.connect(tmp_path / "older.db")) as db:
        from sqlite_utils import Database as Tables

        migrations.apply(Tables(db), stop_before="statistics")
    for name, said in (
        ("words.db", "words.db is not a database of this bot"),
        ("other.db", "other.db is a database of another program"),
        ("older.db", "older.db is of an older version of this program: start the bot with it once"),
        ("none.db", "there is no none.db yet"),
    ):
        done = certguide("stats", "--of", name, folder=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Error: {said}"), done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_file_on_a_disk_nobody_can_write_to_is_read(real: Path) -> None:
    with read_only(real.parent):
        assert certguide("stats", folder=real.parent, **TOKEN).returncode == 0


def test_a_file_that_is_being_written_is_read_as_it_was(real: Path) -> None:
    with closing(connect(real, "real", "NORMAL")) as db:
        db.execute("begin immediate")
        trail.append(db, 5, "en", [Event("arrived", "home.menu", "v1")], time.time())
        done = certguide("stats", folder=real.parent, **TOKEN)
        db.execute("rollback")
    assert done.returncode == 0, done.stderr
    assert "Last day           1    1" in done.stdout


def test_a_locked_file_is_said_to_be_locked(real: Path) -> None:
    with closing(sqlite3.connect(real, isolation_level=None)) as db:
        db.execute("pragma locking_mode = exclusive")
        db.execute("begin exclusive")
        done = certguide("stats", folder=real.parent, **TOKEN)
    assert done.returncode == 1
    assert "is locked by another program" in done.stderr


# map


def test_the_map_counts_people(demo: Path, tmp_path: Path) -> None:
    done = certguide("map", "--counts", "--topic", "papers", "--of", str(demo), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("flowchart TD\n")
    assert " people · " in done.stdout
    drawn = certguide("map", "--counts", "--topic", "papers", "--svg", "papers.svg", "--of", str(demo), folder=tmp_path)
    assert (drawn.returncode, drawn.stdout) == (0, "Open papers.svg\n")
    assert "only topic papers" in "".join(ElementTree.parse(tmp_path / "papers.svg").getroot().itertext())
    again = certguide("map", "--counts", "--svg", "papers.svg", "--of", str(demo), folder=tmp_path)
    assert again.returncode == 1
    assert "papers.svg is there already" in again.stderr


@pytest.mark.parametrize("asked", [("--svg", "x.svg"), ("--since", "2026-11-01"), ("--lang", "en")])
def test_without_counts_there_is_neither_a_picture_nor_a_period(tmp_path: Path, asked: tuple[str, str]) -> None:
    done = certguide("map", *asked, folder=tmp_path)
    assert done.returncode == 2
    assert "are there with --counts" in done.stderr


def test_the_map_alone_needs_no_file(tmp_path: Path) -> None:
    assert certguide("map", folder=tmp_path).stdout.startswith("flowchart TD\n")
    part = certguide("map", "--topic", "papers", folder=tmp_path).stdout
    assert "subgraph papers" in part
    assert "subgraph auditors" not in part
    wrong = certguide("map", "--topic", "paper", folder=tmp_path)
    assert wrong.returncode == 2
    assert "papers" in wrong.stderr


# report


def test_a_report_is_one_page(demo: Path, tmp_path: Path) -> None:
    done = certguide("report", "out.html", "--of", str(demo), "--speak", "zh_Hans", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Open out.html\n"), done.stderr
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in page
    assert "演示数据" in page
    again = certguide("report", "out.html", "--of", str(demo), folder=tmp_path)
    assert again.returncode == 1
    assert "out.html is there already" in again.stderr


# export


def test_an_export_tells_what_it_wrote(demo: Path, tmp_path: Path) -> None:
    done = certguide("export", "sellers", "--of", str(demo), "--out", "s.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:3] == [f"{PEOPLE + 2} rows of sellers", "s.csv", "s.dictionary.md"]
    with (tmp_path / "s.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["seller"] for row in rows}) == PEOPLE + 2


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("everything",), 2, "'everything' is not one of"),
        (("all",), 1, "take --format sqlite"),
        (("events", "--since", "soon"), 2, "--since 'soon' is no day"),
        (("events", "--out", "no/such/folder.csv"), 1, "there is no folder"),
        (("sellers", "--raw-ids"), 2, "--raw-ids needs --owner and --reason"),
        (("sellers", "--raw-ids", "--owner", "5", "--reason", "because I can"), 1, "only for an owner"),
    ],
)
def test_an_export_that_can_not_be_made_says_why(
    demo: Path, tmp_path: Path, asked: tuple[str, ...], code: int, said: str
) -> None:
    done = certguide("export", *asked, "--of", str(demo), folder=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_numbers_of_people_leave_with_an_owner_a_reason_and_a_line_in_the_log(real: Path) -> None:
    asked = ("export", "sellers", "--raw-ids", "--owner", "4242", "--reason", "a court asks for them", "--out", "r.csv")
    done = certguide(*asked, folder=real.parent, BOT_OWNERS="4242", **TOKEN)
    assert done.returncode == 0, done.stderr
    assert "keep it as safe as the bot's own file" in done.stdout
    with (real.parent / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["telegram_id"] for row in csv.DictReader(file)] == ["77"]
    with closing(sqlite3.connect(real)) as db:
        (line,) = audit.read(db)
    assert (line.by, line.action, line.subject, line.after) == (
        *(4242, "export raw", "sellers", "a court asks for them"),
    )


# demo-data


def test_demo_data_never_goes_into_a_file_of_sellers(real: Path) -> None:
    before = real.read_bytes()
    for more in ((), ("--force",)):
        done = certguide("demo-data", "--people", "3", "--out", real.name, *more, folder=real.parent, **TOKEN)
        assert done.returncode == 1
        assert done.stderr.startswith("Error: ")
    assert real.read_bytes() == before
    assert certguide("demo-data", "--people", "0", folder=real.parent).returncode == 2


def test_no_bot_opens_demo_data(demo: Path) -> None:
    done = certguide("broadcast", "list", folder=demo.parent, BOT_DATABASE=demo.name, **TOKEN)
    assert done.returncode == 1
    assert "holds synthetic sellers, and this is the real bot" in done.stderr
