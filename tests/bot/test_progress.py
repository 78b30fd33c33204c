"""What is being done is said in its own word, and how much of it is done."""

import io

import pytest
from rich.console import Console

from bot import progress
from bot.progress import Progress


def shown(doing: str) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with Progress(console, doing) as bar:
        bar.total = 4
        for _ in range(4):
            bar.advance(1)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("doing", ["counting", "exporting"])
def test_it_says_what_is_being_done(doing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SLOW", 0.0)
    assert doing in shown(doing)
    assert "100%" in shown(doing)


def test_what_is_done_in_a_moment_shows_nothing() -> None:
    assert shown("counting") == ""
