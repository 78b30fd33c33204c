"""The consultation in a terminal: what may be typed, what is shown, and that it goes on where it stopped."""

import fcntl
import io
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from rich.console import Console

from bot import terminal
from bot.store import Database
from dialogs import Conversation, load
from dialogs.topic import Topic
from tests.bot.shell import PYTHON, SECONDS, certguide, environment


class Keyboard(io.StringIO):
    """Somebody who types these lines into a terminal and then presses Ctrl-D."""

    def isatty(self) -> bool:
        return True


class Interrupted(Keyboard):
    """Somebody who presses Ctrl-C at once."""

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]  # typeshed has it of bytes
        raise KeyboardInterrupt


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return load()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "certguide-tryout.db", kind="try-out")
    yield opened
    opened.close()


class Seat:
    """Where somebody sits and types."""

    def __init__(self, conversation: Conversation, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.conversation = conversation
        self.database = database
        self.monkeypatch = monkeypatch

    def consult(self, *lines: str, lang: str | None = None, fresh: bool = False, width: int = 80) -> list[str]:
        """What is shown for each of the lines piped in, and before them the first page."""
        typed = "".join(f"{line}\n" for line in lines)
        shown = self.sit(io.StringIO(typed), lang=lang, fresh=fresh, width=width)
        return shown.split("╭")[1:]

    def sit(self, stdin: io.StringIO, *, lang: str | None = None, fresh: bool = False, width: int = 80) -> str:
        self.monkeypatch.setattr(sys, "stdin", stdin)
        console = Console(file=io.StringIO(), width=width)
        terminal.consult(self.conversation, self.database, console, lang=lang, fresh=fresh)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()


@pytest.fixture
def seat(conversation: Conversation, database: Database, monkeypatch: pytest.MonkeyPatch) -> Seat:
    return Seat(conversation, database, monkeypatch)


def topics(conversation: Conversation) -> list[Topic]:
    return [topic for topic in conversation.content.topics.values() if topic.listed]


def long_title(conversation: Conversation) -> str:
    """The button of a topic with several pages."""
    pages = conversation.pages
    return next(topic.title for topic in topics(conversation) if not pages[topic.start].end)


WELCOME, MENU, LANGUAGE = "Hello! I help", "What would you like to know?", "Which language shall I speak?"


# What is shown


def test_it_begins_with_the_first_page_and_its_choices_by_number(seat: Seat) -> None:
    (page,) = seat.consult()
    assert WELCOME in page
    assert "  1  What can I ask?" in page
    assert "  3  Menu" in page


def test_a_page_of_facts_shows_what_it_rests_on(seat: Seat) -> None:
    facts = next(topic for topic in topics(seat.conversation) if seat.conversation.pages[topic.start].evidence)
    assert "Sources · Checked on" in seat.consult("/menu", facts.title)[2]


def test_a_wide_window_does_not_make_wide_lines(seat: Seat) -> None:
    (page,) = seat.consult(width=300)
    assert max(map(len, page.splitlines())) <= terminal.WIDTH


def test_a_narrow_window_breaks_lines(seat: Seat) -> None:
    (page,) = seat.consult(width=40)
    assert max(map(len, page.splitlines())) <= 40


# What may be typed


@pytest.mark.parametrize("line", ["1", "What can I ask?", "what can i ask", "/menu", "/MENU", "/menu please", " 1 "])
def test_a_number_words_or_a_command_lead_on(seat: Seat, line: str) -> None:
    assert MENU in seat.consult(line)[1]


@pytest.mark.parametrize("line", ["hello?", "0", "99", "{people}", "[bold]1[/bold]", "'; delete x"])
def test_what_is_not_understood_leads_back_to_the_page(seat: Seat, line: str) -> None:
    page = seat.consult(line)[1]
    assert WELCOME in page
    assert len(page) > len(seat.consult(fresh=True)[0])  # it says so above


@pytest.mark.parametrize("line", ["/", "/ ", "/nonsense", "//"])
def test_an_unknown_command_leads_back_to_the_page(seat: Seat, line: str) -> None:
    assert WELCOME in seat.consult(line)[1]


def test_empty_lines_are_nothing(seat: Seat) -> None:
    assert len(seat.consult("", "   ", "1")) == 2


@pytest.mark.parametrize("line", ["quit", "QUIT", "exit"])
def test_quit_ends_it(seat: Seat, line: str) -> None:
    assert len(seat.consult("1", line, "1")) == 2


def test_a_last_line_without_its_end_counts(seat: Seat) -> None:
    assert MENU in seat.sit(io.StringIO("1"))


# Where it goes on


def test_it_goes_on_where_it_stopped(seat: Seat) -> None:
    seat.consult("/menu", long_title(seat.conversation), "1")
    (page,) = seat.consult()
    assert "Welcome back." in page
    assert "Continue" in page


def test_it_goes_on_after_the_program_was_stopped(conversation: Conversation, seat: Seat, tmp_path: Path) -> None:
    before = seat.consult("/menu", long_title(conversation), "1")[-1]
    seat.database.close()
    database = Database(tmp_path / "certguide-tryout.db", kind="try-out")
    again = Seat(conversation, database, seat.monkeypatch).consult("Continue")[-1]
    database.close()
    assert again == before


def test_fresh_begins_anew(seat: Seat) -> None:
    before = seat.consult("/progress")
    seat.consult("/menu", long_title(seat.conversation), "1")
    assert seat.consult("/progress", fresh=True) == before


# Which language


def test_it_begins_in_the_language_asked_for(seat: Seat) -> None:
    assert "你好" in seat.consult(lang="zh-hans")[0]


def test_another_language_may_be_asked_for_later(seat: Seat) -> None:
    assert WELCOME in seat.consult()[0]
    assert "你好" in seat.consult(lang="zh")[0]
    assert "你好" in seat.consult()[0]


# Somebody sits there


def test_whoever_sits_there_is_asked(seat: Seat) -> None:
    shown = seat.sit(Keyboard("1\n\n"))
    assert "Ctrl-D ends" in shown
    assert "> " in shown
    assert MENU in shown


def test_ctrl_c_ends_it_like_ctrl_d(seat: Seat) -> None:
    assert seat.sit(Interrupted()) == seat.sit(Keyboard(), fresh=True)


# As a program


def test_lines_may_be_piped_in(tmp_path: Path) -> None:
    done = certguide("chat", folder=tmp_path, typed="1\n/language\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert [done.stdout.count(text) for text in (WELCOME, MENU, LANGUAGE)] == [1, 1, 1]
    assert ">" not in done.stdout
    assert [each.name for each in tmp_path.iterdir()] == ["certguide-tryout.db"]


AT_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "bot", "chat"])
"""


class Window:
    """A terminal with `certguide chat` in it: somebody presses keys and reads."""

    def __init__(self, folder: Path) -> None:
        self.end, line = pty.openpty()
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [PYTHON, "-c", AT_A_TERMINAL],
            cwd=folder,
            env=environment(TERM="xterm"),
            stdin=line,
            stdout=line,
            stderr=line,
            start_new_session=True,
        )
        os.close(line)
        self.unread = ""

    def press(self, keys: bytes) -> None:
        os.write(self.end, keys)

    def read_until(self, wanted: str) -> str:
        """What has appeared up to what is waited for, or up to the end of the program."""
        deadline = time.monotonic() + SECONDS
        while wanted not in self.unread and time.monotonic() < deadline:
            try:
                ready, _, _ = select.select([self.end], [], [], 0.1)
                self.unread += os.read(self.end, 4096).decode(errors="replace") if ready else ""
            except OSError:  # the program has left the terminal
                break
        before, found, self.unread = self.unread.partition(wanted)
        return before + found

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.end)


@pytest.mark.parametrize("key", [b"\x04", b"\x03"], ids=["Ctrl-D", "Ctrl-C"])
def test_a_key_ends_it_without_a_complaint(tmp_path: Path, key: bytes) -> None:
    with closing(Window(tmp_path)) as window:
        assert WELCOME in window.read_until("> ")
        window.press(b"1\n")
        assert MENU in window.read_until("> ")
        for _ in range(3):  # a signal that meets Python in a destructor is lost: then one presses again
            window.press(key)
            with suppress(subprocess.TimeoutExpired):
                window.process.wait(SECONDS / 4)
                break
        rest = window.read_until("the end")
        assert window.process.wait(SECONDS) == 0
    assert "Traceback" not in rest
    assert "Aborted" not in rest


def test_where_one_was_is_kept_between_two_runs(conversation: Conversation, tmp_path: Path) -> None:
    certguide("chat", folder=tmp_path, typed=f"/menu\n{long_title(conversation)}\n1\n")
    assert "Welcome back." in certguide("chat", folder=tmp_path).stdout
    assert "Welcome back." not in certguide("chat", "--fresh", folder=tmp_path).stdout
