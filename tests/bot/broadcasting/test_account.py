"""How a broadcast has ended: outcomes with their reasons, and every delivery as CSV that a spreadsheet can be given."""

import csv
import re
import resource
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.broadcasting import account
from tests.bot.broadcasting.pressroom import (
    DAYTIME,
    FIRST,
    NEWS_TOML,
    broadcast,
    database,
    ended,
    good,
    launched,
    refused,
    settle,
    text,
    write,
)
from tests.bot.shell import PYTHON, SECONDS, environment


@pytest.fixture
def done(people: None) -> None:
    """Broadcast 1 is done; two of five did not get it, of a third nobody knows."""
    launched("--leave-out")
    with database() as db:
        ended(db, 1, ("gone", "Forbidden: bot was blocked by the user"), ("unsure", "timed out"), ("failed", "=1+1"))


def rows(name: str = "report.csv") -> list[list[str]]:
    with Path(name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


# The report


@pytest.mark.usefixtures("done")
def test_a_report_has_every_outcome_with_its_reason() -> None:
    shown = good("report", 1)
    assert re.search(r"^sent +2 +40\.0% *$", shown, re.MULTILINE)
    assert re.search(r"^gone +Forbidden: bot was blocked by the user +1 +20\.0% *$", shown, re.MULTILINE)
    assert re.search(r"^unsure +timed out +1 +20\.0% *$", shown, re.MULTILINE)
    assert re.search(r"^failed +=1\+1 +1 +20\.0% *$", shown, re.MULTILINE)
    assert "broadcast 1 is done, after " in shown
    assert "2 of 5 people got it\n" in shown


@pytest.mark.usefixtures("people")
def test_everyone_is_accounted_for_whatever_has_happened_so_far() -> None:
    launched("--leave-out")
    with database() as db:
        db.execute("update deliveries set state = 'sending' where rowid in (select rowid from deliveries limit 1)")
    running = good("report", 1)
    assert re.search(r"^waiting +4 +80\.0% *$", running, re.MULTILINE)
    assert re.search(r"^sending +1 +20\.0% *$", running, re.MULTILINE)
    assert "broadcast 1 is running: 0 of 5 people got it" in running
    good("stop", 1)
    assert re.search(r"^waiting +it was stopped before +4 ", good("report", 1), re.MULTILINE)


@pytest.mark.usefixtures("people")
def test_what_was_not_started_has_no_report() -> None:
    good("draft", write("news.toml", NEWS_TOML))
    assert refused("report", 1, "--csv", "report.csv") == "broadcast 1 is a draft: it has not been started"
    assert not Path("report.csv").exists()


# CSV


@pytest.mark.usefixtures("done")
def test_the_csv_has_a_row_for_each_delivery() -> None:
    assert good("report", 1, "--csv", "report.csv").endswith("report.csv has a row for each of them\n")
    assert Path("report.csv").read_bytes().startswith(b"\xef\xbb\xbfseller,language,state,reason,time\r\n")
    head, *found = rows()
    kept = text("select who, lang, state, coalesce(reason, ''), at from deliveries")
    expected = [
        [
            f"seller {who:016x}",
            lang,
            state,
            "'=1+1" if reason == "=1+1" else reason,
            datetime.fromtimestamp(at, UTC).isoformat(),  # type: ignore[arg-type]
        ]
        for who, lang, state, reason, at in kept
    ]
    assert head == ["seller", "language", "state", "reason", "time"]
    assert sorted(found) == sorted(expected)


@pytest.mark.usefixtures("done")
def test_the_csv_names_nobody() -> None:
    good("report", 1, "--csv", "report.csv")
    written = Path("report.csv").read_text(encoding="utf-8")
    assert not [number for number in range(7) if str(FIRST + number) in written]


@pytest.mark.usefixtures("people")
def test_who_still_waits_has_no_time() -> None:
    launched("--leave-out")
    good("report", 1, "--csv", "report.csv")
    assert {(state, at) for _, _, state, _, at in rows()[1:]} == {("waiting", "")}


@pytest.mark.usefixtures("done")
@pytest.mark.parametrize("name", ["kept.csv", "certguide-tryout.db"])
def test_no_file_is_overwritten(name: str) -> None:
    if name == "kept.csv":
        write(name, "mine")
    before = Path(name).read_bytes()
    assert refused("report", 1, "--csv", name) == f"{name} is there already: name another file"
    assert Path(name).read_bytes() == before


@pytest.mark.usefixtures("done")
def test_a_place_where_nothing_can_be_written_is_told() -> None:
    assert refused("report", 1, "--csv", "no/report.csv") == "no/report.csv can't be written: No such file or directory"
    assert broadcast("report", 1, "--csv", ".").exit_code == 2


def test_a_full_disk_leaves_no_half_report(tmp_path: Path) -> None:
    with database() as db:
        for number in range(2500):
            settle(db, FIRST + number)
    launched()
    command = [PYTHON, "-m", "bot", "broadcast", "report", "1", "--csv", "report.csv"]
    done = subprocess.run(
        command,
        env=environment(BOT_ZONE=DAYTIME),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536)),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: report.csv can't be written: File too large\n"
    assert not (tmp_path / "report.csv").exists()


@pytest.mark.usefixtures("done")
def test_a_database_that_breaks_meanwhile_leaves_no_half_report() -> None:
    with database() as db:
        pass
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        account.write(Path("report.csv"), db, 1)
    assert not Path("report.csv").exists()
