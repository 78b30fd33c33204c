"""Keeps the pretend Telegram in a JSON file, so that a restart loses nothing but what is in files."""

import asyncio
import itertools
import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.simulator.media import File
from bot.simulator.people import Person, Press, dump_chat, load_chat
from bot.simulator.profile import Profile
from bot.simulator.telegram import ANSWER_WINDOW, Telegram

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
        text = json.dumps({"layout": LAYOUT} | dump(self.telegram), ensure_ascii=False)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.path)

    def load(self) -> None:
        if not self.path.exists():
            return
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["layout"] != LAYOUT:
                raise ValueError(f"layout {kept['layout']} is not {LAYOUT}")
            load(self.telegram, kept)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            aside = self.path.with_name(self.path.name + ".broken")
            self.path.replace(aside)
            log.warning("%s can't be read (%r); it is now %s, and we start afresh", self.path, error, aside)


def dump(telegram: Telegram) -> dict[str, Any]:
    fresh = [press for press in telegram.presses.values() if telegram.clock() - press.at <= ANSWER_WINDOW]
    return {
        "people": [asdict(person) for person in telegram.people.values()],
        "chats": [dump_chat(chat) for chat in telegram.chats.values()],
        "presses": [asdict(press) for press in fresh],
        "files": telegram.files.dump(),
        "profile": telegram.profile.dump(),
        "updates": telegram.updates.dump(),
        "next_message_id": telegram.next_message_id,
        "next_press_id": telegram.next_press_id,
    }


def load(telegram: Telegram, kept: dict[str, Any]) -> None:
    people = [Person(**person) for person in kept["people"]]
    chats = [load_chat(chat) for chat in kept["chats"]]
    presses = [Press(**press) for press in kept["presses"]]
    files = [File(**file) for file in kept.get("files", [])]
    profile = Profile(**kept["profile"])
    next_message_id, next_press_id = int(kept["next_message_id"]), int(kept["next_press_id"])
    serials = [chat.toast["serial"] for chat in chats if chat.toast]
    # Nothing is taken over before everything has been understood.
    telegram.updates.load(kept["updates"])
    for person in people:
        telegram.welcome(person)
    for file in files:
        telegram.files.keep(file)
    telegram.chats |= {chat.id: chat for chat in chats}
    telegram.presses = {press.id: press for press in presses}
    telegram.serials = itertools.count(max(serials, default=0) + 1)
    telegram.profile, telegram.next_message_id, telegram.next_press_id = profile, next_message_id, next_press_id
