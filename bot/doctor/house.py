"""What the bot has of its own: settings, the dialogue and its languages, and what this machine gives it."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from bot.doctor.finding import Examined, Finding, Level
from bot.settings import names
from dialogs import Conversation, load
from dialogs.check import check, summarize
from dialogs.limits import NOTICE_DAYS

SETTINGS, CONTENT, LANGUAGE, REVIEW, FONT, VERSIONS = (
    "Settings",
    "Dialogue",
    "Languages",
    "Reviews",
    "Fonts",
    "Versions",
)
OLDEST_SQLITE = (3, 37)
"""The first with STRICT tables."""

WRITTEN = re.compile(r"^\s*(?:export\s+)?(BOT_\w+)\s*=", re.MULTILINE)


def settings(seen: Examined) -> Iterator[Finding]:
    """Whether what is set is known, kept to oneself, and enough to go live."""
    env = Path(".env")
    given = {name for name in os.environ if name.startswith("BOT_")}
    given |= set(WRITTEN.findall(env.read_text(encoding="utf-8"))) if env.is_file() else set()
    known = sorted(given & names().keys())
    yield Finding(Level.FINE, SETTINGS, f"{', '.join(known)} set, the rest as usual" if known else "all as usual")
    for name in sorted(given - names().keys()):
        near = get_close_matches(name, names(), n=1, cutoff=0.8)
        yield Finding(Level.LOOK, SETTINGS, f"nothing reads {name}", f"did you mean {near[0]}?" if near else "drop it")
    if env.is_file() and env.stat().st_mode & 0o077:
        yield Finding(Level.LOOK, SETTINGS, "other users of this machine can read .env", "chmod 600 .env")
    if not seen.settings.contact:
        do = "set it to a name, @name or address"
        yield Finding(Level.LOOK, SETTINGS, "BOT_CONTACT is empty, so sellers can't tell who runs this bot", do)
    if not seen.settings.owners:
        what = "BOT_OWNERS is empty, so the bot takes nobody for its operator"
        yield Finding(Level.LOOK, SETTINGS, what, "set it to your Telegram number")


def dialogue(seen: Examined) -> Iterator[Finding]:
    """Whether the content can be used, in each language, and is fresh."""
    grave = [problem for problem in check(seen.clock().date()) if problem.grave]
    if grave:
        what = f"{len(grave)} to mend before the bot can be started, the first: {grave[0]}"
        yield Finding(Level.BAD, CONTENT, what, "`certguide check` names all")
        return
    conversation = load()
    yield Finding(Level.FINE, CONTENT, str(summarize(conversation)))
    yield from _languages(conversation)
    yield from _reviews(conversation, seen)


def _languages(conversation: Conversation) -> Iterator[Finding]:
    whole, sentences = [], conversation.content.sentences()
    for language in conversation.voices.languages.values():
        missing = sum(not conversation.voices.of(language.code).knows(sentence) for sentence in sentences)
        if missing:
            do = "those pages are shown in English; see docs/AUTHORING.md"
            yield Finding(Level.LOOK, LANGUAGE, f"{missing} sentences are not translated in {language.code}", do)
        else:
            whole.append(language.code)
    yield Finding(Level.FINE, LANGUAGE, f"complete: {', '.join(whole)}")


def _reviews(conversation: Conversation, seen: Examined) -> Iterator[Finding]:
    today = seen.clock().date()
    days = {page.name: page.evidence.review_by for page in conversation.pages.values() if page.evidence}
    past = [name for name, day in days.items() if day < today]
    soon = [name for name, day in days.items() if today <= day <= today + timedelta(NOTICE_DAYS)]
    if past:
        do = "check them against their sources; until then they tell sellers that they may be out of date"
        yield Finding(Level.LOOK, REVIEW, f"{_pages(past)} should have been looked at again", do)
    if soon:
        yield Finding(Level.LOOK, REVIEW, f"{_pages(soon)} to be looked at again within {NOTICE_DAYS} days")
    if not past and not soon:
        yield Finding(Level.FINE, REVIEW, f"none due within {NOTICE_DAYS} days")


def _pages(pages: list[str]) -> str:
    return f"{len(pages)} {'page' if len(pages) == 1 else 'pages'} ({', '.join(pages[:3])}{', …' * (len(pages) > 3)})"


def fonts(seen: Examined) -> Iterator[Finding]:
    """Whether Chinese can be drawn in a picture."""
    tool = shutil.which("fc-list")
    found = tool and subprocess.run([tool, ":lang=zh"], capture_output=True, check=False).stdout  # noqa: S603  our own words
    if found:
        yield Finding(Level.FINE, FONT, "Chinese can be drawn")
    else:
        what = "no font for Chinese was found; pictures and charts would show boxes" if tool else "fc-list is not here"
        yield Finding(Level.LOOK, FONT, what, "on Debian: apt install fontconfig fonts-noto-cjk")


def versions(seen: Examined) -> Iterator[Finding]:
    """What all of it stands on."""
    what = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Finding(Level.BAD, VERSIONS, what, "a Python with SQLite 3.37 or newer is needed")
    else:
        yield Finding(Level.FINE, VERSIONS, what)
