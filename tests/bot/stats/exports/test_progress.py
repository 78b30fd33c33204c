"""Who waits for longer than a moment sees how far it is; nobody else sees anything."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot import progress
from bot.stats.exports import write
from bot.stats.snapshot import Snapshot
from tests.bot.stats.exports.people import ordered


def shown(snapshot: Snapshot, file: Path, form: str = "csv", *, terminal: bool = True) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
    write(snapshot, ordered("events", form), file, console=console)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_who_waits_on_a_terminal_sees_how_far_it_is(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SLOW", 0.0)
    said = shown(snapshot, tmp_path / "a.csv")
    assert "exporting" in said
    assert "100%" in said
    assert "packing" in shown(snapshot, tmp_path / "a.xlsx", "xlsx")
    assert shown(snapshot, tmp_path / "b.csv", terminal=False) == ""


def test_who_does_not_wait_sees_none(snapshot: Snapshot, tmp_path: Path) -> None:
    assert shown(snapshot, tmp_path / "a.csv") == ""


def test_without_a_console_nothing_is_shown(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SLOW", 0.0)
    write(snapshot, ordered("events", "csv"), tmp_path / "a.csv")
    assert capfd.readouterr() == ("", "")
