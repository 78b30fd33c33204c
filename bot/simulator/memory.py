"""Keeps the pretend Telegram in a JSON file, so that a restart loses nothing."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

from bot.simulator.telegram import Telegram

PAUSE = 0.3
# A file of another layout is put aside like a broken one.
LAYOUT = 1
log = logging.getLogger(__name__)


class Memory:
    """Writes a moment after the last change, whole files only."""

    def __init__(self, telegram: Telegram, path: Path) -> None:
        self.telegram = telegram
        self.path = path
        self.due: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self.load()
        self.telegram.listeners.append(self.changed)

    def stop(self) -> None:
        self.telegram.listeners.remove(self.changed)
        if self.due:
            self.due.cancel()
        self.save()

    def changed(self, event: dict[str, Any]) -> None:
        if self.due is None:
            self.due = asyncio.get_running_loop().call_later(PAUSE, self.save)

    def save(self) -> None:
        self.due = None
        fresh = self.path.with_name(self.path.name + ".new")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"layout": LAYOUT} | self.telegram.dump(), ensure_ascii=False)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.path)

    def load(self) -> None:
        if not self.path.exists():
            return
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["layout"] != LAYOUT:
                raise ValueError(f"layout {kept['layout']} is not {LAYOUT}")
            self.telegram.load(kept)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            aside = self.path.with_name(self.path.name + ".broken")
            self.path.replace(aside)
            log.warning("%s can't be read (%r); it is now %s, and we start afresh", self.path, error, aside)
