"""Runs the program as a shell would, or in this process as if it had been started afresh."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from bot import logs, settings

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
SECONDS = 60
"""No process of ours takes longer, not even one that draws charts on a busy machine."""


def environment(**given: str) -> dict[str, str]:
    """Our environment without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return kept | {"PYTHONPATH": str(ROOT)} | given


def certguide(*arguments: str, folder: Path, typed: str = "", **given: str) -> subprocess.CompletedProcess[str]:
    """`certguide …` in that folder, with `typed` piped in."""
    command = [PYTHON, "-m", "bot", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**given),
        input=typed,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def start(*arguments: str, folder: Path, **given: str) -> subprocess.Popen[str]:
    """`certguide …` left running; whoever starts it stops it."""
    return subprocess.Popen(
        [PYTHON, "-u", "-m", "bot", *arguments],
        cwd=folder,
        env=environment(**given),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Goes to an empty folder where nothing is set."""
    monkeypatch.chdir(folder)
    for name in settings.names():
        monkeypatch.delenv(name, raising=False)


@contextmanager
def logging_restored() -> Iterator[None]:
    """Afterwards everything logs as before."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
