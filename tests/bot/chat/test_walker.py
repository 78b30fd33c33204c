"""A walk of everybody over the whole dialogue: no silent act, no refused call, no traceback, no step lost."""

import json
from pathlib import Path

import pytest

from tests.bot.chat.walker import PEOPLE, Walk, Watch

ACTS = 500
SEED = 20261126


async def test_nobody_is_met_with_silence_whatever_he_does(tmp_path: Path) -> None:
    walk = Walk(tmp_path, SEED)
    figures = await walk.go(ACTS)
    print("\n".join(figures.lines()))
    assert not figures.silent, walk.complaint()
    assert not figures.wrong, walk.complaint()
    assert figures.acts.total() == ACTS
    assert len(figures.latencies) + len(figures.restarted) >= ACTS
    assert set(figures.pages) == {"en", "zh_Hans"}
    assert figures.steps > ACTS / 2


async def test_a_walk_that_fails_tells_its_seed_and_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot that never answers a sticker is found out."""
    from bot.chat.desk import Desk
    from tests.bot.chat import walker

    async def silent(*_: object) -> None:
        pass

    monkeypatch.setattr(Desk, "puzzle", silent)
    monkeypatch.setattr(walker, "DEADLINE", 1.0)
    walk = Walk(tmp_path, SEED)
    figures = await walk.go(60)
    assert any("sent" in act or "edited" in act for act in figures.silent)
    complaint = walk.complaint()
    assert f"seed {SEED}" in complaint
    assert any(name in complaint.partition("the last acts:")[2] for name in PEOPLE)


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        (json.dumps({"event": "saved", "level": "debug"}), False),
        (json.dumps({"event": "Telegram is in trouble", "level": "warning"}), False),
        (json.dumps({"event": "update failed", "level": "error", "exception": "Traceback: KeyError"}), True),
        (json.dumps({"event": "update let go", "level": "error"}), True),
        ("Traceback (most recent call last):", True),
        ("", False),
    ],
)
def test_what_must_not_stand_in_the_log_is_seen(line: str, bad: bool) -> None:
    watch = Watch()
    assert watch.write(f"{line}\n") == len(line) + 1
    assert bool(watch.bad) is bad
