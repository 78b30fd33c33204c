"""What the doctor finds, and that he says what to do about it."""

import asyncio
import io
import json
import os
import shutil
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from click.testing import CliRunner, Result
from pydantic import SecretStr
from rich.console import Console

import dialogs
from bot import doctor, serving
from bot.__main__ import main
from bot.doctor import Examined, Finding, Level, files, house, telegram
from bot.doctor.finding import printable
from bot.settings import Settings
from bot.simulator import TOKEN, Simulator
from bot.store import Database, StoreError, inspection, schema
from tests.bot.background import answering, background, simulated
from tests.bot.chat.test_session import proxy
from tests.bot.shell import ROOT, alone, certguide

SECRET = "AAE-secret_Part0fTheToken"
REAL = f"123456789:{SECRET}"
FINE, LOOK, BAD = Level
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(tmp_path, monkeypatch)
    for name in telegram.PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with simulated() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_trouble_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "simulator" in request.fixturenames:
        shared = request.getfixturevalue("simulator")
        shared.bot_side.faults.open.clear()
        shared.telegram.updates.queue.clear()


def examined(poller: bool = False, clock: Callable[[], datetime] | None = None, **given: Any) -> Examined:
    """A bot with these settings."""
    if "token" in given:
        given["token"] = SecretStr(given["token"])
    settings = Settings(**given)
    kind, path = serving.kept(settings)
    return Examined(settings, kind, path, poller, clock or (lambda: datetime.now(UTC)))


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


def about(findings: Iterator[Finding], subject: str) -> list[Finding]:
    return [finding for finding in findings if finding.subject == subject]


def run(*arguments: str, **given: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments], env=given)


# The command


def test_where_all_is_well_it_says_so(tmp_path: Path) -> None:
    Database(tmp_path / "certguide-tryout.db", kind="try-out").close()
    seen = run("--offline", BOT_CONTACT="@me", BOT_OWNERS="12345")
    assert seen.exit_code == 0, seen.output
    assert {line[0] for line in seen.output.splitlines()[:-1]} <= {"✓", "!"}
    assert "BOT_CONTACT, BOT_OWNERS set, the rest as usual" in seen.output


def test_what_is_to_be_mended_is_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "certguide-tryout.db").write_bytes(b"Dear diary, " * 1000)
    seen = run("--offline")
    assert seen.exit_code == 1
    (bad,) = (line for line in seen.output.splitlines() if line.startswith("✗"))
    assert bad == (
        "✗ Database: certguide-tryout.db is not a database of this bot"
        " -> set BOT_DATABASE to another file, or restore a backup"
    )
    assert seen.output.splitlines()[-1].startswith("1 to mend, ")


def test_where_nobody_reads_along_each_finding_is_one_line_without_colours() -> None:
    seen = run("--offline")
    assert "\x1b" not in seen.output
    assert all(line[:2] in {"✓ ", "! ", "✗ "} for line in seen.output.splitlines()[:-1])


def test_on_a_terminal_it_is_coloured_and_names_a_subject_once() -> None:
    shown = io.StringIO()
    findings = [
        Finding(FINE, "Settings", "good"),
        Finding(LOOK, "Settings", "could be [better]", "do better"),
        Finding(BAD, "Disk", "full", "free some space"),
    ]
    number = doctor.tell(findings, Console(file=shown, force_terminal=True, width=60, color_system="standard"))
    assert number == 1
    plain = "".join(part.partition("m")[2] if n else part for n, part in enumerate(shown.getvalue().split("\x1b[")))
    assert "\x1b[32m✓" in shown.getvalue()
    lines = [line.rstrip() for line in plain.splitlines()]
    assert lines == [
        "✓ Settings    good",
        "!             could be [better]",
        "              → do better",
        "✗ Disk        full",
        "              → free some space",
        "1 to mend, 1 to look at.",
    ]


def test_all_is_well_is_said_in_words() -> None:
    shown = io.StringIO()
    assert doctor.tell([Finding(FINE, "Disk", "free")], Console(file=shown)) == 0
    assert shown.getvalue() == "✓ Disk: free\nAll is well.\n"


def test_offline_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiohttp, "ClientSession", None)
    assert run("--offline", BOT_TOKEN=REAL).exit_code == 0


def test_looking_for_another_program_needs_telegram() -> None:
    seen = run("--offline", "--poller")
    assert seen.exit_code == 2
    assert "leave one of them out" in seen.output


def test_it_does_it_all_in_a_shell(tmp_path: Path, simulator: Simulator) -> None:
    given = {"BOT_TOKEN": TOKEN, "BOT_API_BASE": simulator.api_base}
    seen = certguide("doctor", folder=tmp_path, **given)
    assert (seen.returncode, seen.stderr) == (0, "")
    assert "✓ Token: that of @" in seen.stdout
    assert list(tmp_path.iterdir()) == [], "looking leaves nothing behind"


# Settings


def test_a_setting_nobody_reads_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOT_OWNER", "12345")
    (tmp_path / ".env").write_text("# BOT_THIS=1\nexport BOT_CONTACTS = me\nBOT_XYZZY=1\nBOT_LOG=info\n")
    (tmp_path / ".env").chmod(0o600)
    found = {finding.what: finding.do for finding in house.settings(examined()) if finding.level is LOOK}
    assert found["nothing reads BOT_OWNER"] == "did you mean BOT_OWNERS?"
    assert found["nothing reads BOT_CONTACTS"] == "did you mean BOT_CONTACT?"
    assert found["nothing reads BOT_XYZZY"] == "drop it"
    assert next(house.settings(examined())).what == "BOT_LOG set, the rest as usual"


def test_others_should_not_read_the_token(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"BOT_TOKEN={REAL}\n")
    (tmp_path / ".env").chmod(0o644)
    found = list(house.settings(examined()))
    assert Finding(LOOK, "Settings", "other users of this machine can read .env", "chmod 600 .env") in found
    assert SECRET not in str(found)


def test_who_runs_the_bot_should_be_known() -> None:
    missing = {finding.what.split()[0] for finding in house.settings(examined()) if finding.level is LOOK}
    assert missing == {"BOT_CONTACT", "BOT_OWNERS"}
    given = house.settings(examined(contact="@me", owners=frozenset({12345})))
    assert {finding.level for finding in given} == {FINE}


# The dialogue


def test_a_fresh_dialogue_is_fine() -> None:
    found = list(house.dialogue(examined(clock=lambda: NOW)))
    assert [finding.subject for finding in found] == ["Dialogue", "Languages", "Reviews"]
    assert all(finding.level is FINE for finding in found)
    assert found[1].what == "complete: en, zh_Hans"


def test_a_dialogue_with_a_mistake_is_to_be_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "dialogs", tmp_path / "dialogs")
    home = tmp_path / "dialogs" / "topics" / "home.toml"
    home.write_text(home.read_text(encoding="utf-8").replace('to = "menu"', 'to = "menue"'), encoding="utf-8")
    monkeypatch.setattr("dialogs.HERE", tmp_path / "dialogs")
    monkeypatch.setattr("dialogs.locales", lambda: ROOT / "locales")
    found = only(house.dialogue(examined(clock=lambda: NOW)))
    assert found.level is BAD
    assert "no page 'menue'" in found.what
    assert found.do == "`certguide check` names all"


def test_a_language_that_is_not_complete_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    languages = tmp_path / "locales" / "languages.toml"
    languages.write_text(languages.read_text(encoding="utf-8").replace("= true", "= false"), encoding="utf-8")
    for catalogue in (tmp_path / "locales" / "zh_Hans").rglob("*.po"):
        text = catalogue.read_text(encoding="utf-8")
        catalogue.write_text(text.replace('msgctxt "home.menu.text"', 'msgctxt "x"', 1), encoding="utf-8")
    monkeypatch.setattr("dialogs.locales", lambda: tmp_path / "locales")
    first, second = about(house.dialogue(examined(clock=lambda: NOW)), "Languages")
    assert (first.level, first.what) == (LOOK, "1 sentences are not translated in zh_Hans")
    assert second.what == "complete: en"


def test_pages_due_and_overdue_are_counted_and_named() -> None:
    days = [page.evidence.review_by for page in dialogs.load().pages.values() if page.evidence]
    soon = datetime.combine(min(days), datetime.min.time(), UTC) - timedelta(days=10)
    due = only(iter(about(house.dialogue(examined(clock=lambda: soon)), "Reviews")))
    assert due.level is LOOK
    assert due.what.endswith("to be looked at again within 30 days")
    late = datetime.combine(max(days), datetime.min.time(), UTC) + timedelta(days=1)
    overdue = only(iter(about(house.dialogue(examined(clock=lambda: late)), "Reviews")))
    assert overdue.level is LOOK
    assert overdue.what.startswith(f"{len(days)} pages (")
    assert ", …)" in overdue.what


def test_one_page_is_not_pages() -> None:
    assert house._pages(["a.b"]) == "1 page (a.b)"
    assert house._pages(["a.b", "a.c", "a.d"]) == "3 pages (a.b, a.c, a.d)"


# This machine


def test_fonts_for_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only(house.fonts(examined())).what == "fc-list is not here"
    for listed, level in (("", LOOK), ("echo Noto Sans CJK", FINE)):
        (tmp_path / "fc-list").write_text(f"#!/bin/sh\n{listed}\n")
        (tmp_path / "fc-list").chmod(0o755)
        assert only(house.fonts(examined())).level is level


def test_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(house.versions(examined())).level is FINE
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    old = only(house.versions(examined()))
    assert (old.level, old.do) == (BAD, "a Python with SQLite 3.37 or newer is needed")


@pytest.mark.parametrize(("megabytes", "level"), [(49, BAD), (50, LOOK), (499, LOOK), (500, FINE), (20_000, FINE)])
def test_space_on_the_disk(megabytes: int, level: Level, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> Usage:
        asked.append(path)
        return Usage(0, 0, megabytes * files.MEGABYTE)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    found = only(files.disk(examined(database=tmp_path / "not" / "there" / "a.db")))
    assert (found.level, found.what) == (level, f"{megabytes:,} MB free in {tmp_path}")
    assert bool(found.do) == (level is not FINE)
    assert asked == [tmp_path]


# The database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of real sellers."""
    Database(tmp_path / "certguide.db").close()
    return tmp_path / "certguide.db"


def on_file(**given: Any) -> list[Finding]:
    return list(files.database(examined(token=REAL, **given)))


def test_no_database_yet_is_no_trouble(tmp_path: Path) -> None:
    assert on_file() == [Finding(FINE, "Database", "none yet; certguide.db is made when the bot first starts")]
    (tmp_path / "certguide.db").touch()
    assert on_file()[0].level is FINE


def test_a_folder_that_is_missing_is(tmp_path: Path) -> None:
    (found,) = on_file(database=tmp_path / "nowhere" / "a.db")
    assert found.level is BAD
    assert found.do == "make it, or set BOT_DATABASE"


@pytest.mark.usefixtures("path")
def test_a_database_that_is_fine() -> None:
    first, second, third = on_file()
    assert first.level is FINE
    assert first.what.startswith("certguide.db is whole and can be written: 0 sellers, ")
    assert first.what.endswith("; no bot has it open")
    assert second == Finding(FINE, "Pages owed", "none")
    assert third == Finding(FINE, "Failures", "no update let go in the last 7 days")


def test_a_bot_that_runs_is_noticed(path: Path) -> None:
    with closing(Database(path)):
        assert on_file()[0].what.endswith("; open in a running bot")


@pytest.mark.usefixtures("path")
def test_an_older_database_is_brought_up_to_date_later() -> None:
    pending = schema.migrations

    pending(name="still_to_come")(lambda db: None)
    try:
        assert "; the next start brings it up to date" in on_file()[0].what
    finally:
        pending._migrations.pop()


def test_a_file_of_a_newer_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('certguide', 'future', '2030')"
        )
    (found,) = on_file()
    assert (found.level, found.what) == (BAD, "certguide.db was written by a newer version of this program")
    assert found.do == "update the program, or restore a backup"


def test_a_file_of_another_program(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "certguide.db")) as db:
        db.execute("create table photos (id)")
    (found,) = on_file()
    assert (found.level, found.what) == (BAD, "certguide.db is a database of another program")


def test_a_file_of_other_sellers(tmp_path: Path) -> None:
    Database(tmp_path / "certguide.db", kind="try-out").close()
    (found,) = on_file()
    assert (found.level, found.what) == (BAD, "certguide.db holds try-out sellers, and this is the real bot")


def test_a_locked_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "PATIENCE", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        (found,) = on_file()
    assert (found.level, found.what) == (BAD, "certguide.db is locked by another program")
    assert found.do == "is a second bot or a tool still open on it?"


def test_a_file_that_can_not_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise StoreError(f"{path} can't be written: check who owns it, or set BOT_DATABASE to another file")

    monkeypatch.setattr(files, "writable", refuse)
    (found,) = on_file()
    assert (found.level, found.what) == (BAD, "certguide.db can't be written")
    assert found.do == "check who owns it, or set BOT_DATABASE to another file"


def test_a_damaged_file(path: Path) -> None:
    spoil(path)
    (found,) = on_file()
    assert (found.level, found.what, found.do) == (BAD, "certguide.db is damaged", "restore a backup")


def test_trouble_without_advice_is_told_whole(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    def refuse(path: Path) -> None:
        raise StoreError("odd")

    monkeypatch.setattr(files, "writable", refuse)
    assert on_file() == [Finding(BAD, "Database", "odd")]


def spoil(path: Path) -> None:
    """Overwrite the inside of a file, as a bad disk does."""
    with closing(sqlite3.connect(path)) as db, db:
        rows = [(n, "x" * 500) for n in range(500)]
        db.executemany("insert into answers (seller, question, answer, at) values (?, ?, 'a', 1)", rows)
        db.execute("pragma journal_mode = delete")
    content = bytearray(path.read_bytes())
    content[-40_000:-8_000] = b"\x07" * 32_000
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("people", "minutes", "level", "what"),
    [
        (1, 1, FINE, "1 seller waits for a page"),
        (2, 1, FINE, "2 sellers wait for a page"),
        (2, 11, LOOK, "2 sellers wait for a page, for more than 10 minutes"),
    ],
)
def test_pages_that_are_owed(people: int, minutes: int, level: Level, what: str, path: Path) -> None:
    heard = NOW.timestamp() - 60 * minutes
    with closing(sqlite3.connect(path)) as db, db:
        for number in range(people + 1):
            db.execute(
                "insert into sellers "
                "(id, who, lang, state, visit, history, paths, seen, finished, debt, paid, last, away) "
                "values (?, ?, 'en', 'home.menu', 1, '[]', '{}', '[]', '[]', 1, 0, ?, ?)",
                [number, number, int(heard), None if number else 1],  # one of them has blocked the bot
            )
    found = on_file(clock=lambda: NOW)[1]
    assert (found.level, found.subject, found.what) == (level, "Pages owed", what)
    assert bool(found.do) == (level is LOOK)


@pytest.mark.parametrize(("days", "level"), [((8,), FINE), ((8, 6), LOOK), ((1,), LOOK)])
def test_updates_that_failed_are_news_for_a_week(days: tuple[int, ...], level: Level, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        for day in days:
            at = int(NOW.timestamp()) - day * files.DAY
            db.execute(
                "insert into failed (update_id, kind, error, at) values (?, 'message', 'KeyError', ?)", [day, at]
            )
    found = on_file(clock=lambda: NOW)[2]
    assert (found.level, found.subject) == (level, "Failures")
    if level is LOOK:
        number = "2 updates" if len(days) == 2 else "1 update"
        assert found.what.startswith(f"{number} failed twice and were let go, the newest 2026-11-")
        assert found.what.endswith(" 12:00 UTC (message, KeyError)")


# Telegram


def asked(**given: Any) -> list[Finding]:
    found = list(telegram.connection(examined(**given)))
    assert SECRET not in str(found)
    return found


def test_a_good_token(simulator: Simulator) -> None:
    found = asked(token=TOKEN, api_base=simulator.api_base)
    assert [finding.subject for finding in found] == ["Telegram", "Clock", "Token", "Updates"]
    assert all(finding.level is FINE for finding in found)
    assert found[2].what.startswith("that of @")
    assert found[3].what == "none waiting at Telegram"


def test_a_token_that_is_refused(simulator: Simulator) -> None:
    found = asked(token=REAL, api_base=simulator.api_base)[-1]
    assert (found.level, found.what) == (BAD, "Telegram refuses BOT_TOKEN")
    assert "@BotFather gives a new one" in found.do


def test_no_token_at_all(simulator: Simulator) -> None:
    found = asked(api_base=simulator.api_base)
    assert [finding.level for finding in found] == [FINE, FINE, LOOK]
    assert "try-out mode" in found[-1].what


@pytest.mark.parametrize(
    ("kind", "level", "words"),
    [
        ("401", BAD, "Telegram refuses BOT_TOKEN"),
        ("429", LOOK, "not known: Telegram is in trouble or wants a pause (429)"),
        ("500", LOOK, "not known: Telegram is in trouble or wants a pause (500)"),
        ("502", LOOK, "not known: Telegram is in trouble or wants a pause (502)"),
        ("drop", BAD, "breaks (ServerDisconnectedError)"),
        ("hang", BAD, "does not answer within 0.3 seconds"),
    ],
)
def test_trouble_at_telegram(
    kind: str, level: Level, words: str, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "SECONDS", 0.3)
    # aiohttp asks once more when a connection breaks.
    simulator.bot_side.faults.order({"kind": kind, "method": "getMe", "seconds": 1, "times": 3})
    found = asked(token=TOKEN, api_base=simulator.api_base)[-1]
    assert (found.level, words in found.what) == (level, True), found
    assert found.do


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def test_nobody_at_that_address() -> None:
    port = closed_port()
    found = only(iter(asked(token=REAL, api_base=f"http://127.0.0.1:{port}")))
    assert (found.level, found.what) == (BAD, f"127.0.0.1:{port} refuses the connection")
    assert "is your Bot API server running there?" in found.do


def test_without_a_token_nothing_depends_on_telegram() -> None:
    assert only(iter(asked(api_base=f"http://127.0.0.1:{closed_port()}"))).level is LOOK


def test_a_name_that_is_not_found() -> None:
    found = only(iter(asked(token=REAL, api_base="https://telegram.invalid")))
    assert (found.level, found.what) == (BAD, "the name telegram.invalid is not found (DNS)")


def test_where_telegram_is_blocked_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", refuse)
    found = only(iter(asked(token=REAL)))
    assert found.what == "the connection to api.telegram.org breaks (ClientOSError)"
    assert "mainland China" in found.do
    assert "BOT_PROXY" in found.do


def test_who_can_not_prove_who_he_is(simulator: Simulator) -> None:
    base = simulator.api_base.replace("http:", "https:")
    found = only(iter(asked(token=REAL, api_base=base)))
    assert (found.level, found.what.endswith("can't prove who it is (TLS)")) == (BAD, True)


@pytest.mark.parametrize("base", ["http://", "http://[", "http://a b:99999"])
def test_what_is_no_address(base: str) -> None:
    found = only(iter(asked(token=REAL, api_base=base)))
    assert found.level is BAD
    assert "BOT_API_BASE" in found.what or "not found" in found.what


@pytest.mark.parametrize("body", ["<html>", "[]", '"hello"'])
def test_what_is_no_bot_api_server(body: str) -> None:
    with answering(getMe=web.Response(text=body)) as base:
        found = asked(token=REAL, api_base=base)[-1]
    assert (found.level, "not as a Bot API server does (200)" in found.what) == (BAD, True)


def test_a_clock_that_is_wrong(simulator: Simulator) -> None:
    for off, words in ((90, "ahead of"), (-90, "behind")):
        clock = partial(lambda by: datetime.now(UTC) + timedelta(seconds=by), off)
        (found,) = about(iter(asked(token=TOKEN, api_base=simulator.api_base, clock=clock)), "Clock")
        assert found.level is LOOK
        assert words in found.what
        assert "timedatectl" in found.do


@pytest.mark.parametrize("date", ["yesterday", ""])
def test_no_date_no_clock(date: str) -> None:
    with answering(getMe=web.json_response({"ok": True, "result": {"username": "b"}}, headers={"Date": date})) as base:
        found = asked(token=REAL, api_base=base)
    assert "Clock" not in {finding.subject for finding in found}


# Webhook and other programs


def webhook(**info: Any) -> dict[str, Any]:
    return {"getMe": {"username": "b\x1b[31mot"}, "getWebhookInfo": {"url": "", "pending_update_count": 0} | info}


def test_a_webhook_elsewhere_is_told_without_its_secret() -> None:
    url = "https://user:pass@other.example:8443/hook/123456789:secret"
    with answering(**webhook(url=url, last_error_message="Wrong\nresponse: 500")) as base:
        found = asked(token=REAL, api_base=base)
    last = found[-1]
    assert (last.level, last.subject) == (BAD, "Updates")
    assert "to other.example:8443 and gives this bot none (the last try failed: Wrongresponse: 500)" in last.what
    assert last.do.endswith("/bot<your token>/deleteWebhook once in a browser")
    for hidden in ("pass", "secret", "hook/", "\x1b"):
        assert hidden not in str([(finding.what, finding.do) for finding in found]).replace("deleteWebhook", "")


@pytest.mark.parametrize(("count", "level"), [(0, FINE), (3, FINE), (100, FINE), (101, LOOK)])
def test_updates_that_wait(count: int, level: Level) -> None:
    with answering(**webhook(pending_update_count=count)) as base:
        found = asked(token=REAL, api_base=base)[-1]
    assert (found.level, str(count or "none") in found.what) == (level, True)


def test_a_webhook_that_is_not_told_is_left_out() -> None:
    with answering(getMe={"username": "bot"}, getWebhookInfo=web.json_response({"ok": False}, status=500)) as base:
        assert asked(token=REAL, api_base=base)[-1].subject == "Token"


@contextmanager
def polling(simulator: Simulator) -> Iterator[None]:
    """Another program that fetches the updates, and comes back when it is interrupted."""
    stop = threading.Event()

    def poll() -> None:
        while not stop.is_set():
            address = f"{simulator.api_base}/bot{TOKEN}/getUpdates?timeout=1&offset=1"
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    json.load(answer)
            except urllib.error.HTTPError as error:
                error.close()
                time.sleep(0.1)

    thread = threading.Thread(target=poll)
    thread.start()
    time.sleep(0.2)
    try:
        yield
    finally:
        stop.set()
        thread.join()


def poller(simulator: Simulator) -> Finding:
    return asked(token=TOKEN, api_base=simulator.api_base, poller=True)[-1]


def test_another_program_that_fetches_the_updates(simulator: Simulator, tmp_path: Path) -> None:
    with polling(simulator):
        found = poller(simulator)
        assert (found.level, found.subject) == (BAD, "Poller")
        assert "/revoke" in found.do
        Database(tmp_path / "certguide-tryout.db", kind="try-out").close()
        with closing(Database(tmp_path / "certguide-tryout.db", kind="try-out")):
            found = poller(simulator)
    assert found.level is LOOK
    assert "most likely the bot that runs here" in found.what


def test_nobody_else_fetches_the_updates(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "POLL_SECONDS", 1)
    assert poller(simulator) == Finding(FINE, "Poller", "nobody else fetched updates for 1 seconds")


def test_looking_takes_no_update_away(simulator: Simulator) -> None:
    body = json.dumps({"text": "hello"}).encode()
    headers = {"Content-Type": "application/json"}
    address = f"{simulator.api_base}/sim/people/5000000002/text"
    urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=5).close()
    assert poller(simulator).what == "updates wait at Telegram, so nobody seems to fetch them"
    assert len(simulator.telegram.updates.queue) == 1


def test_who_is_not_answered_can_not_tell(simulator: Simulator) -> None:
    simulator.bot_side.faults.order({"kind": "500", "method": "getUpdates"})
    assert poller(simulator).level is LOOK
    simulator.bot_side.faults.order({"kind": "drop", "method": "getUpdates", "times": 3})
    assert poller(simulator).what == "not known: Telegram did not answer"


# Proxies


def test_a_proxy_is_gone_through(simulator: Simulator) -> None:
    through: list[str] = []

    async def shut() -> None:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.1)  # until what went through it is closed too

    with background() as running:
        server = running.do(asyncio.start_server(partial(proxy, through), "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        given = {"token": TOKEN, "api_base": simulator.api_base, "proxy": f"http://me:{SECRET}@127.0.0.1:{port}"}
        found = asked(**given)
        running.do(shut())
    assert f"through the proxy 127.0.0.1:{port} in" in found[0].what
    assert through
    assert all(finding.level is FINE for finding in found)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_is_not_there(scheme: str, simulator: Simulator) -> None:
    address = f"{scheme}://me:{SECRET}@127.0.0.1:{closed_port()}"
    found = only(iter(asked(token=REAL, api_base=simulator.api_base, proxy=address)))
    assert found.level is BAD
    assert "the proxy 127.0.0.1:" in found.what


@pytest.mark.parametrize("address", ["socks5://", "http://host", "socks5://host:notaport"])
def test_a_proxy_that_can_not_be_understood(address: str) -> None:
    found = only(iter(asked(token=REAL, proxy=address)))
    assert (found.level, found.what) == (BAD, "BOT_PROXY can't be understood")


def test_behind_a_proxy_it_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(proxy="socks5://127.0.0.1:1080")
    trouble = telegram._trouble(TimeoutError(), settings)
    assert trouble.do == "is the proxy 127.0.0.1:1080 allowed to reach it?"


def test_a_proxy_of_the_environment_is_not_taken(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://me:{SECRET}@127.0.0.1:1")
    first = asked(token=TOKEN, api_base=simulator.api_base)[0]
    assert (first.level, first.what) == (LOOK, "https_proxy is set, but the bot goes only through BOT_PROXY")


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://a.example/x", "a.example"), ("http://u:p@h:1/x", "h:1"), ("http://h:none", "?"), (None, "?")],
)
def test_of_an_address_only_host_and_port_are_shown(url: str | None, host: str) -> None:
    assert telegram._host(url) == host


def test_what_others_wrote_does_nothing_to_the_terminal() -> None:
    assert printable("a\x1b[2J\r\nb" + "c" * 500) == "a[2Jb" + "c" * 195


def test_the_environment_of_the_tests_is_clean() -> None:
    assert not [name for name in os.environ if name.startswith("BOT_")]
