"""What every command shares: the file it works on, transactions, numbers and lengths in words, and no tricks."""

import sqlite3
import subprocess
import sys
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broadcasting.press import clean, counted, lasting, standing
from bot.courier.lock import only_one
from bot.newsroom import NewsError
from bot.store import Database, StoreError
from tests.bot.broadcasting.pressroom import ENGLISH_TOML, broadcast, database, good, press, refused, text, write
from tests.bot.shell import ROOT, environment

EVERY = [
    ["list"],
    ["audit"],
    ["audience", "list"],
    ["audience", "save", "us", "lang=en"],
    ["audience", "drop", "us"],
    *([name, "7"] for name in ("show", "preview", "test", "start", "watch", "report", "unsure", "withdraw")),
    *([name, "7"] for name in ("cancel", "pause", "resume", "stop")),
    ["resend", "7", "--yes"],
    ["watch", "7", "--once"],
]
"""Each command, for a broadcast that is not there."""


# The file


@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
def test_without_a_database_it_is_one_sentence_and_none_is_made(arguments: list[str], tmp_path: Path) -> None:
    assert refused(*arguments) == "there is no certguide-tryout.db yet; it is made when the bot first starts"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["draft", "correct"])
def test_without_a_database_a_file_is_not_read(name: str) -> None:
    arguments = [name, *(["7"] if name == "correct" else []), write("news.toml", "rubbish")]
    assert refused(*arguments).startswith("there is no certguide-tryout.db yet")


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("arguments", [each for each in EVERY if "7" in each], ids=" ".join)
def test_a_number_that_is_not_there_is_one_sentence(arguments: list[str]) -> None:
    assert refused(*arguments) == "there is no broadcast 7: `certguide broadcast list` shows those there are"


@pytest.mark.usefixtures("empty")
def test_nobody_corrects_a_broadcast_that_is_not_there() -> None:
    assert refused("correct", 7, write("news.toml", ENGLISH_TOML)).startswith("there is no broadcast 7")


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("number", ["0", "-1", "one", "", "1.5", "9" * 30])
@pytest.mark.parametrize("name", ["show", "start", "stop", "watch", "report", "resend"])
def test_what_is_no_number_is_wrong_use(name: str, number: str) -> None:
    assert broadcast(name, number).exit_code == 2


def test_a_file_of_something_else_is_one_sentence() -> None:
    Path("certguide-tryout.db").write_bytes(b"Dear diary, " * 1000)
    assert "is not a database of this bot" in refused("list")


def test_real_sellers_are_not_those_of_the_try_out(tmp_path: Path) -> None:
    Database(tmp_path / "sellers.db", kind="try-out").close()
    told = refused("list", BOT_TOKEN="123456789:AAE-secret_Part0fTheToken", BOT_DATABASE="sellers.db")
    assert "holds try-out sellers, and this is the real bot" in told


@pytest.mark.usefixtures("empty")
def test_a_file_that_another_program_locks_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect("certguide-tryout.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        assert "is locked by another program" in refused("list")


@pytest.mark.usefixtures("empty")
def test_who_only_looks_keeps_nobody_from_writing() -> None:
    with press() as (it, _), database() as bot, it.reading():
        bot.execute("begin immediate")
        bot.execute("insert into audiences values ('us', 'lang=en')")
        bot.execute("commit")


@pytest.mark.usefixtures("empty")
def test_what_fails_leaves_nothing_behind() -> None:
    def refuse(db: sqlite3.Connection) -> None:
        db.execute("insert into audiences values ('us', 'lang=en')")
        raise NewsError("no")

    def stumble(db: sqlite3.Connection) -> None:
        db.execute("insert into audiences values ('us', 'lang=en')")
        db.execute("select * from nowhere")

    with press() as (it, _):
        with pytest.raises(NewsError), it.writing() as db:
            refuse(db)
        with pytest.raises(StoreError), it.writing() as db:
            stumble(db)
        with it.reading() as db:
            assert db.execute("select count(*) from audiences").fetchone() == (0,)


@pytest.mark.usefixtures("empty")
def test_a_bad_setting_is_wrong_use() -> None:
    assert refused("list", code=2, BOT_PACE="26").startswith("BOT_PACE ")
    assert refused("list", code=2, BOT_ZONE="Mars/Olympus").startswith("BOT_ZONE ")


# The courier


@pytest.mark.usefixtures("empty")
def test_a_courier_is_known_by_its_lock() -> None:
    with press() as (it, _):
        assert not it.courier()
        with only_one(it.path):
            assert it.courier()
            assert it.courier()
        assert not it.courier()


@pytest.mark.usefixtures("empty")
def test_whoever_looks_for_a_courier_keeps_none_away() -> None:
    with press() as (it, _):
        it.courier()
        with only_one(it.path):
            pass


def test_the_shell_loads_neither_of_the_libraries_for_telegram() -> None:
    modules = "account, drafts, records, sending, watching"
    program = (
        f"from bot.broadcasting import {modules}; import sys; print(*{{'aiogram', 'telegram'}} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


# Words


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "less than a minute"),
        (29, "less than a minute"),
        (31, "about 1 minute"),
        (240, "about 4 minutes"),
        (3600, "about 1 hour"),
        (3660, "about 1 hour 1 minute"),
        (50_000, "about 13 hours 53 minutes"),
    ],
)
def test_a_length_is_told_in_words(seconds: float, told: str) -> None:
    assert lasting(seconds) == told


def test_people_are_counted_in_words() -> None:
    assert (counted(0), counted(1), counted(5000)) == ("0 people", "1 person", "5,000 people")


def test_a_state_is_told_in_words() -> None:
    assert (standing("draft"), standing("running")) == ("a draft", "running")


@given(st.text())
def test_what_is_shown_does_nothing_to_the_terminal(said: str) -> None:
    shown = clean(said)
    assert not [letter for letter in shown if unicodedata.category(letter) == "Cc" and letter != "\n"]
    shown.encode()


def test_chinese_and_its_punctuation_stay_as_they_are() -> None:
    assert clean("有新版本。　👩‍🏭\x1b[31m") == "有新版本。　👩‍🏭[31m"


@pytest.mark.usefixtures("empty")
def test_a_text_from_a_file_does_nothing_to_the_terminal() -> None:
    good("draft", write("news.toml", '[en]\ntext = "Red \\u001b[31malert \\u0007now"\n'))
    assert "Red [31malert now" in good("show", 1)
    assert "\x1b" in str(text("select html from texts")[0][0]), "it goes out as it was written"
