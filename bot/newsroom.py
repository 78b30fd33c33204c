"""What operators do with broadcasts, from the chat or the shell: read a draft, look it over, foresee it, launch it."""

import re
import sqlite3
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.formatting import html, plain
from bot.store import audience, audit, broadcasts, deliveries, drafts
from bot.store.audience import Audience, AudienceError, Known
from bot.store.broadcasts import Broadcast, Text
from bot.store.broadcasts import NewsError as NewsError
from bot.store.deliveries import Calendar, Outlook
from dialogs import Conversation, limits, markup
from dialogs.check import QUOTED
from dialogs.check.wording import JOINED
from dialogs.reply import EMOJI
from dialogs.table import Problem, Table

CAPTION = 1024
"""Telegram: characters under a photo or a document."""
BUTTONS = 5
"""Buttons of its own a broadcast may have: more are not read."""
SHELL = 0
"""Who acts, in the audit log, when it is the command line."""
ACTS = ("cancel", "pause", "resume", "stop")
"""What can be done to a broadcast that was launched."""
MARKS = re.compile(r"\*\*?|__|`|^#+ |</?[a-z]|{", re.MULTILINE)
"""What somebody took for a mark or a placeholder, and people would see."""
ADDRESS = re.compile(r"https?://[^\s/.]+\.[^\s]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast as it stands in a file."""

    texts: dict[str, Text]
    audience: str
    fallback: str


# Reading


def read(path: Path, conversation: Conversation) -> Draft:
    """A draft from a TOML file: a table for each language, and whom it is for.

    Raises NewsError that names the line, or every mistake.
    """
    mistakes: list[Problem] = []
    content, languages = _content(path), conversation.content.languages
    table = Table(content, path.name, mistakes)
    target, fallback = table.text("audience", needed=False), table.text("fallback", needed=False)
    for note in ("source", "before"):  # for people: where it stands, and what to do before sending it
        table.text(note, needed=False)
    texts = {lang: _text(table.within(lang), lang) for lang in languages if lang in table}
    for name in [name for name, value in content.items() if isinstance(value, dict) and name not in languages]:
        table.within(name)
        table.wrong(f"I don't speak '{name}', but {', '.join(languages)}")
    table.done()
    if not texts:
        table.wrong(f"there is no text: a table for a language is needed, as [{next(iter(languages))}]")
    elif fallback and fallback not in texts:
        table.wrong(f"'fallback' is '{fallback}', which has no text here: {', '.join(texts)}")
    if mistakes:
        raise NewsError("\n".join(map(str, mistakes)))
    return Draft(texts, target, fallback)


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NewsError(f"{path} is not there") from None
    except OSError as error:
        raise NewsError(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NewsError(f"{path} is not UTF-8 text: save it again in that encoding") from None
    except (ValueError, RecursionError) as error:  # wrong marks; but also numbers and lists no author would write
        raise NewsError(f"{path}: this is not TOML: {error}") from None


def _text(table: Table, lang: str) -> Text:
    words = table.text("text")
    buttons = []
    for inner in table.tables("buttons"):
        buttons.append((inner.text("label"), inner.text("to")))
        inner.done()
    table.done()
    return Text(lang, html(words), buttons=tuple(buttons))


def keep(db: sqlite3.Connection, draft: Draft, by: int, now: float) -> int:
    """A new broadcast from the draft; its number."""
    id_ = broadcasts.draft(db, by, now, audience=draft.audience)
    for text in draft.texts.values():
        broadcasts.write(db, id_, text)
    broadcasts.fall_back(db, id_, draft.fallback)
    audit.note(db, by, "draft", f"broadcast {id_}", now)
    return id_


# Looking it over


def problems(
    broadcast: Broadcast, conversation: Conversation, words: Known, now: float, wrong: Broadcast | None = None
) -> Iterator[str]:
    """Everything that keeps it from being sent, in an operator's words; none for one that is fine.

    `wrong` is what it corrects, where it is a correction.
    """
    try:
        audience.parse(broadcast.audience, words, now)
    except AudienceError as error:
        yield str(error)
    if wrong:
        yield from _misfits(broadcast, wrong)
    if broadcast.action == "delete":
        return
    if not broadcast.texts:
        yield "there is no text yet"
    if broadcast.fallback and broadcast.fallback not in broadcast.texts:
        yield f"people without a text in their language are to get it in {broadcast.fallback}, which has none"
    for text in broadcast.texts.values():
        yield from (f"{text.lang}: {what}" for what in _wrong(text, conversation))


def _misfits(broadcast: Broadcast, wrong: Broadcast) -> Iterator[str]:
    """Why a correction can't be made of what was sent."""
    if wrong.action != "send":
        yield f"broadcast {wrong.id} itself changes broadcast {wrong.corrects}: correct that one"
    elif wrong.state not in ("done", "stopped"):
        yield f"broadcast {wrong.id} is {wrong.state}: stop it first, or whoever gets it yet keeps what is wrong"
    if broadcast.action == "edit":
        for lang, text in broadcast.texts.items():
            old = wrong.texts.get(lang)
            if old is None:
                yield f"{lang}: nobody got broadcast {wrong.id} in that language"
            elif (text.kind, text.file) != (old.kind, old.file):
                yield f"{lang}: only words and buttons can be corrected, not a {old.kind} become another {text.kind}"


def _wrong(text: Text, conversation: Conversation) -> Iterator[str]:
    if text.lang not in conversation.voices.languages:
        yield "I don't speak that language"
        return
    said = plain(text.html)
    if text.kind != "text" and not text.file:
        yield f"the {text.kind} is missing"
    if not said.strip() and text.kind == "text":
        yield "the text says nothing"
    footer = plain(html(conversation.voices.of(text.lang).phrase("news-footer")))
    most, length = CAPTION if text.kind != "text" else limits.MESSAGE, markup.units(f"{said}\n\n{footer}")
    if length > most:
        yield f"{length} characters with its last line: {most} at most"
    yield from _wrong_words(said, text)
    yield from _wrong_buttons(text, conversation)


def _wrong_words(said: str, text: Text) -> Iterator[str]:
    """What the check of pages would refuse."""
    everything = "\n".join([said, *(label for label, _ in text.buttons)])
    unquoted = re.sub(r"\s+(?=%)", "", QUOTED.sub("", unicodedata.normalize("NFKC", everything).casefold()))
    for word in (*limits.PROMISES.get(text.lang, ()), *limits.TITLES.get(text.lang, ())):
        if word in unquoted:
            yield f"'{word}' promises what nobody can keep; it may only be quoted, as “a claim”"
    mark = MARKS.search(said)
    if mark:
        yield f"'{mark[0]}' shows as it is: only **bold**, *italic*, lists and links work"
    if len(JOINED.sub("", "".join(EMOJI.findall(said)))) > 1:
        yield "more than one emoji"


def _wrong_buttons(text: Text, conversation: Conversation) -> Iterator[str]:
    if len(text.buttons) > BUTTONS:
        yield f"{len(text.buttons)} buttons are too many: {BUTTONS} at most"
    topics = [topic.id for topic in conversation.content.listed]
    for label, to in text.buttons:
        if not label.strip():
            yield f"the button to '{to}' says nothing"
        if markup.width(label) > limits.LABEL_WIDTH:
            yield f"the button '{label}' is too long: {markup.width(label)} of {limits.LABEL_WIDTH}"
        if not ADDRESS.fullmatch(to) and to not in topics:
            yield f"the button '{label}' leads to '{to}', which is neither an address nor one of: {', '.join(topics)}"


# Foreseeing it


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen."""

    outlook: Outlook
    seconds: float
    problems: tuple[str, ...]
    tested: bool
    """Whether exactly this was shown to an operator."""


def preview(
    db: sqlite3.Connection,
    broadcast: Broadcast,
    conversation: Conversation,
    words: Known,
    calendar: Calendar,
    pace: float,
    now: float,
) -> Preview:
    """Whom it would reach, how long that takes, and what is wrong with it. Raises NewsError for a bad filter."""
    outlook = deliveries.outlook(db, broadcast, _whom(broadcast, words, now), calendar, now)
    found = tuple(problems(broadcast, conversation, words, now, _corrected(db, broadcast)))
    people = sum(outlook.languages.values())
    return Preview(outlook, people / pace, found, broadcast.as_tested)


def _whom(broadcast: Broadcast, words: Known, now: float) -> Audience:
    try:
        return audience.parse(broadcast.audience, words, now)
    except AudienceError as error:
        raise NewsError(str(error)) from error


def _corrected(db: sqlite3.Connection, broadcast: Broadcast) -> Broadcast | None:
    """What it corrects."""
    return broadcasts.load(db, broadcast.corrects) if broadcast.corrects else None


# Launching it


def launch(
    db: sqlite3.Connection,
    id_: int,
    conversation: Conversation,
    words: Known,
    by: int,
    now: float,
    *,
    due: int | None = None,
) -> int:
    """Start it now, or have it start at `due`; how many people it goes to (0 for later). To be run in one transaction.

    Raises NewsError, and changes nothing, when it is not tested, not fit, not decided for
    those without a text, reaches nobody, or was started already.
    """
    name = "start" if due is None else "schedule"
    broadcast = _broadcast(db, id_)
    if broadcast.state not in broadcasts.MOVES[name]:
        raise NewsError(f"broadcast {id_} is {broadcast.state}: it can't be started")
    if due is not None and due <= now:
        raise NewsError("that moment is over")
    whom = _ready(db, broadcast, conversation, words, now)
    people = 0
    if due is None:
        people = deliveries.freeze(db, broadcast, whom, now)
        if not people:
            raise NewsError("it would reach nobody: look at the preview")
    broadcasts.move(db, id_, name, now, due=due)
    audit.note(db, by, name, f"broadcast {id_}", now, before=broadcast.state, after=broadcast.digest)
    return people


def _ready(
    db: sqlite3.Connection, broadcast: Broadcast, conversation: Conversation, words: Known, now: float
) -> Audience:
    """Whom it is for. Raises NewsError while anything is wrong, untested, still under way or undecided."""
    wrong = list(problems(broadcast, conversation, words, now, _corrected(db, broadcast)))
    if wrong:
        raise NewsError("\n".join(wrong))
    if not broadcast.as_tested:
        raise NewsError("what goes out has not been tested as it is now: send yourself a test first")
    if broadcast.corrects and deliveries.counts(db, broadcast.corrects)["sending"]:
        raise NewsError(f"broadcast {broadcast.corrects} is still on its way to some: try again in a moment")
    whom = _whom(broadcast, words, now)
    if drafts.undecided(db, broadcast, whom):
        raise NewsError("some people have no text in their language: decide what they get first")
    return whom


def act(db: sqlite3.Connection, id_: int, name: str, by: int, now: float, why: str = "") -> None:
    """Pause, resume, stop or cancel it. Raises NewsError when its state does not let it."""
    broadcast = _broadcast(db, id_)
    if name not in ACTS or not broadcasts.move(db, id_, name, now, why=why or None):
        raise NewsError(f"broadcast {id_} is {broadcast.state}: it can't be asked to {name}")
    audit.note(db, by, name, f"broadcast {id_}", now, before=broadcast.state, after=broadcasts.LEADS[name])


def resend(db: sqlite3.Connection, id_: int, by: int, now: float) -> int:
    """Send it once more to those of whom nobody knows whether they have got it; how many.

    Raises NewsError when there is nobody, or when it must not go out any more.
    """
    broadcast = _broadcast(db, id_)
    if not deliveries.counts(db, id_)["unsure"]:
        raise NewsError(f"broadcast {id_}: nothing is unsure, so there is nothing to send again")
    people = deliveries.resend(db, id_)
    if not people:
        raise NewsError(f"broadcast {id_} was stopped or corrected: nothing of it is sent any more")
    audit.note(db, by, "resend", f"broadcast {id_}", now, before=broadcast.state, after=str(people))
    return people


def _broadcast(db: sqlite3.Connection, id_: int) -> Broadcast:
    broadcast = broadcasts.load(db, id_)
    if broadcast is None:
        raise NewsError(f"there is no broadcast {id_}")
    return broadcast
