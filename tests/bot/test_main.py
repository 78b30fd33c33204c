"""The command line: what each command says and how it ends."""

import importlib.metadata
import io
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from tests.bot.shell import PYTHON, ROOT, alone, certguide, environment, logging_restored

COMMANDS = (
    "backup",
    "broadcast",
    "chat",
    "check",
    "deliver",
    "demo-data",
    "doctor",
    "export",
    "gallery",
    "map",
    "report",
    "restore",
    "serve",
    "simulator",
    "stats",
)
READ_SETTINGS = ("chat", "deliver", "doctor", "serve", "simulator")


def subcommands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command of a group, with how it is called."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from subcommands(command, *path, name)
        else:
            yield (*path, name), command


BROADCAST = {path: command for path, command in subcommands(main) if path[0] == "broadcast"}
"""What can be done with broadcasts."""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    alone(tmp_path, monkeypatch)
    with logging_restored():
        yield


class Locking(io.BytesIO):
    """Somebody who types a line only after another program has locked the file."""

    def __init__(self, other: sqlite3.Connection) -> None:
        super().__init__(b"1\n")
        self.other = other

    def read1(self, size: int | None = -1) -> bytes:
        if not self.other.in_transaction:
            self.other.execute("begin immediate")
        return super().read1(size)


def run(*arguments: str, typed: str = "", **given: str) -> Result:
    return CliRunner().invoke(main, arguments, input=typed, env=given)


# Help


def test_help_lists_every_command() -> None:
    shown = run("--help")
    assert shown.exit_code == 0
    assert sorted(main.commands) == list(COMMANDS)
    assert all(f"\n  {name} " in shown.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(name: str, option: str) -> None:
    shown = run(name, option)
    assert shown.exit_code == 0
    assert main.commands[name].help
    assert f"main {name} [OPTIONS]" in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_explains_itself(name: str) -> None:
    options = [each for each in main.commands[name].params if isinstance(each, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"certguide {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BROADCAST, ids=" ".join)
def test_everything_about_broadcasts_explains_itself(path: tuple[str, ...]) -> None:
    shown = run(*path, "--help")
    assert shown.exit_code == 0
    assert f"main {' '.join(path)} [OPTIONS]" in shown.output
    assert BROADCAST[path].help
    options = [each for each in BROADCAST[path].params if isinstance(each, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("path", BROADCAST, ids=" ".join)
def test_everything_about_broadcasts_is_explained_to_operators(path: tuple[str, ...]) -> None:
    document = (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8")
    assert re.search(rf"(certguide broadcast |`){' '.join(path[1:])}\b", document)
    for option in [each for each in BROADCAST[path].params if isinstance(each, click.Option)]:
        assert option.opts[0] in document


@pytest.mark.parametrize("path", BROADCAST, ids=" ".join)
def test_what_is_too_much_about_broadcasts_is_wrong_use(path: tuple[str, ...]) -> None:
    assert run(*path, "--dance").exit_code == 2
    assert run(*path, *["1"] * 5).exit_code == 2


def test_it_says_its_version() -> None:
    shown = run("--version")
    assert shown.output.strip().endswith(importlib.metadata.version("certguide"))


@pytest.mark.parametrize("arguments", [["dance"], ["--dance"], ["chat", "--dance"], ["check", "twice"]])
def test_what_it_does_not_know_is_wrong_use(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


# Settings


@pytest.mark.parametrize("name", READ_SETTINGS)
def test_a_bad_setting_is_one_line(name: str) -> None:
    ended = run(name, BOT_OWNERS="@me")
    assert ended.exit_code == 2
    assert ended.output == "Error: BOT_OWNERS must be numbers separated by commas, for example 12345,67890\n"


def test_a_bad_token_is_one_line_without_it(tmp_path: Path) -> None:
    ended = certguide("serve", folder=tmp_path, BOT_TOKEN="123456789:sec ret")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("Error: BOT_TOKEN does not look like a token")
    assert ended.stderr.count("\n") == 1
    assert "sec ret" not in ended.stderr


# The file


@pytest.mark.parametrize("name", ["chat", "serve"])
def test_a_file_that_can_not_be_used_is_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "certguide-tryout.db").write_bytes(b"Dear diary, " * 1000)
    ended = run(name, BOT_SIMULATOR_PORT="0")
    assert ended.exit_code == 1
    expected = (
        "certguide-tryout.db is not a database of this bot: set BOT_DATABASE to another file, or restore a backup"
    )
    assert ended.output == f"Error: {expected}\n"


def test_a_file_that_is_locked_meanwhile_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(tmp_path / "certguide-tryout.db", isolation_level=None)) as other:
        ended = CliRunner().invoke(main, ["chat"], input=Locking(other))
    assert ended.exit_code == 1
    complaint = ended.output.splitlines()[-1]
    assert complaint.startswith("Error: ")
    assert "locked by another program" in complaint


# chat


def test_chat_is_the_consultation_in_a_terminal() -> None:
    ended = run("chat", typed="1\n")
    assert ended.exit_code == 0
    assert "What would you like to know?" in ended.output


@pytest.mark.parametrize("code", ["zh_Hans", "zh-hans", "zh", "zh-CN"])
def test_chat_speaks_the_language_asked_for(code: str) -> None:
    ended = run("chat", "--lang", code)
    assert ended.exit_code == 0
    assert "你好" in ended.output


@pytest.mark.parametrize("code", ["tlh", "rubbish!", "中文", "-"])
def test_chat_says_which_languages_it_speaks(code: str, tmp_path: Path) -> None:
    ended = run("chat", "--lang", code)
    assert ended.exit_code == 2
    assert ended.output == f"Error: --lang {code}: I speak en, zh_Hans\n"
    assert list(tmp_path.iterdir()) == []


def test_chat_goes_on_unless_it_is_fresh() -> None:
    run("chat", "--lang", "zh")
    assert "你好" in run("chat").output
    assert "Hello!" in run("chat", "--fresh").output


def test_chat_says_who_runs_the_bot() -> None:
    assert "Li Lei" in run("chat", typed="/privacy\n", BOT_CONTACT="Li Lei").output


def test_chat_never_touches_the_file_of_real_sellers(tmp_path: Path) -> None:
    run("chat", BOT_TOKEN="123456789:AAE-secret_Part0fTheToken", BOT_DATABASE="sellers.db")
    assert [each.name for each in tmp_path.iterdir()] == ["sellers-tryout.db"]


# check and map


def test_check_says_how_much_there_is() -> None:
    ended = run("check")
    assert ended.exit_code == 0, ended.output
    *lines, last = ended.output.splitlines()
    head = "Topic Pages of facts Questions Words Sources high medium low".split()
    assert head in [line.split() for line in lines], "below whatever is to be checked again soon"
    assert "certification" in ended.output
    assert last.endswith("editions; languages: en 100%, zh_Hans 100%")


def test_map_draws_every_page() -> None:
    ended = run("map")
    assert ended.exit_code == 0
    assert ended.output.startswith(("flowchart", "graph"))
    assert "welcome" in ended.output


def test_gallery_writes_every_page(tmp_path: Path) -> None:
    ended = run("gallery", str(tmp_path / "pages"))
    assert (ended.exit_code, ended.output) == (0, f"Open {tmp_path / 'pages' / 'index.html'}\n")
    assert len(list((tmp_path / "pages").glob("*.html"))) > 10


def test_gallery_into_a_file_is_wrong_use_and_into_no_place_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert run("gallery", str(tmp_path / "file")).exit_code == 2
    ended = run("gallery", str(tmp_path / "file" / "pages"))
    assert ended.exit_code == 1
    assert ended.stderr == f"Error: {tmp_path / 'file' / 'pages'}: Not a directory\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy in which an author works."""
    for name in ("bot", "dialogs", "locales"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def test_a_mistake_in_the_dialogue_is_told_in_words(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = checkout / "dialogs" / "topics" / "home.toml"
    home.write_text(home.read_text(encoding="utf-8").replace('to = "menu"', 'to = "menue"'), encoding="utf-8")
    monkeypatch.setattr("dialogs.HERE", checkout / "dialogs")
    checked = run("check")
    assert checked.exit_code == 1
    assert checked.stdout == "error: home.welcome: no page 'menue'; did you mean 'menu'?\n"
    assert checked.stderr == "Error: 1 to mend before the bot can be started\n"
    chatted = certguide("chat", folder=checkout, PYTHONPATH=str(checkout))
    assert (chatted.returncode, chatted.stdout) == (1, "")
    assert "`certguide check` says more:\nhome.welcome: no page 'menue'" in chatted.stderr


# Starting


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    heavy = {"aiogram", "aiohttp", "telegram", "rich", "sqlite3", "sqlite_utils", "pydantic", "dialogs", "asyncio"}
    program = f"import bot.__main__, sys; print(*{heavy} & set(sys.modules))"
    assert loaded(program) == "\n"


def test_aiogram_is_not_loaded_before_the_page_is_there() -> None:
    assert loaded("import bot.serving, bot.terminal, sys; print(*{'aiogram', 'telegram'} & set(sys.modules))") == "\n"


def loaded(program: str) -> str:
    done = subprocess.run([PYTHON, "-c", program], env=environment(), capture_output=True, text=True, check=True)
    return done.stdout
