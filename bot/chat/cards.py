"""Cards: how broadcasts look to an operator, as HTML and buttons. What each of them shows: `views` and `reports`."""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape

import orjson

from bot.formatting import plain
from bot.store import broadcasts, drafts
from bot.store.audience import Known
from bot.store.broadcasts import Broadcast, Text
from bot.store.cards import Card
from bot.words import calendar, known
from dialogs import Conversation, limits, markup

LISTED = 8
"""Broadcasts in one list: each has its button."""
ORDER = ("running", "paused", "scheduled", "draft", "stopped", "done")
"""What is under way is looked for most."""

Row = tuple[tuple[str, str], ...]
"""Buttons side by side: label and what it carries."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as it is shown."""

    text: str
    rows: tuple[Row, ...]
    every: float = 0
    """Seconds between two looks at it; 0 for one that changes only by what somebody does."""
    stage: str = ""
    """`waits` for something that comes by itself, or `ended`, when it has come."""
    pulse: tuple[int, ...] = ()
    """Numbers that move while somebody works on it."""
    last: bool = False
    """Whether it stays like this for good."""


class Pen:
    """Writes in an operator's language."""

    def __init__(self, conversation: Conversation, lang: str) -> None:
        self.lang = lang
        self._voice = conversation.voices.of(lang)
        self._languages = conversation.voices.languages

    def say(self, name: str, **values: str | int) -> str:
        """One of the bot's phrases as HTML."""
        return escape(self._voice.button(name, **values), quote=False)

    def label(self, name: str, **values: str | int) -> str:
        """The same for a button."""
        return cut(self._voice.button(name, **values))

    def notice(self, name: str, **values: str | int) -> str:
        """The same for a notice."""
        return short(self._voice.button(name, **values), limits.TOAST)

    def language(self, code: str) -> str:
        """The name of a language, as its speakers write it."""
        return self._languages[code].name if code in self._languages else code


class Frame:
    """What all cards share."""

    def __init__(self, conversation: Conversation, *, pace: float, zone: str) -> None:
        """`pace`: messages a second; `zone`: the time zone in which an operator writes and reads times."""
        self.conversation = conversation
        self.pace, self.zone = pace, zone
        self.words: Known = known(conversation)
        self.calendar = calendar(conversation, zone)

    def pen(self, lang: str) -> Pen:
        """A pen for an operator with that language."""
        return Pen(self.conversation, lang)


@dataclass(frozen=True)
class Sight:
    """A broadcast at a moment, and who looks at it."""

    frame: Frame
    db: sqlite3.Connection
    card: Card
    broadcast: Broadcast
    now: float
    idle: float = 0
    """Seconds for which its pulse has not moved."""

    @cached_property
    def pen(self) -> Pen:
        """For whoever looks at it."""
        return self.frame.pen(self.card.voice)

    @property
    def arg(self) -> str:
        """What the view is of: `en` in `text:en`."""
        return self.card.view.partition(":")[2]

    def title(self) -> str:
        """The first line."""
        return title(self.pen, self.broadcast)

    def offer(self, name: str, verb: str, arg: str = "", **values: str | int) -> tuple[str, str]:
        """A button by the name of its phrase."""
        return self.pen.label(f"broadcast-{name}", **values), carried(verb, self.broadcast.id, arg)

    def back(self) -> Row:
        """The way back to the card itself."""
        return ((self.pen.label("back"), carried("see", self.broadcast.id, "main")),)


def listing(frame: Frame, db: sqlite3.Connection, card: Card) -> Drawn:
    """Every broadcast, what is under way first."""
    pen = frame.pen(card.voice)
    found = sorted(drafts.kept(broadcasts.listed(db)), key=lambda one: (ORDER.index(one.state), -one.id))
    rows = [((entry(pen, one), carried("see", one.id, "main")),) for one in found[:LISTED]]
    lines = [pen.say("broadcast-list" if found else "broadcast-none")]
    if len(found) > LISTED:
        lines.append(pen.say("broadcast-more", n=len(found) - LISTED))
    return Drawn("\n".join(lines), (*rows, ((pen.label("broadcast-new"), carried("new")),)))


def title(pen: Pen, broadcast: Broadcast) -> str:
    """The number and the state of a broadcast."""
    state = pen.say(f"broadcast-state-{broadcast.state}")
    return f"<b>{pen.say('broadcast-title', id=broadcast.id)}</b> · {state}"


def entry(pen: Pen, broadcast: Broadcast) -> str:
    """A broadcast as a button."""
    text = broadcast.texts.get(pen.lang) or next(iter(broadcast.texts.values()), None)
    state = pen.label(f"broadcast-state-{broadcast.state}")
    return cut(f"{broadcast.id} · {state} · {excerpt(text.html, limits.LABEL_WIDTH) if text else '…'}")


def carried(verb: str, id_: int = 0, arg: str = "") -> str:
    """What a button carries."""
    return f"b:{verb}:{id_}:{arg}".rstrip(":")


def stamp(broadcast: Broadcast) -> str:
    """Stands for all that is decided about a broadcast: what was confirmed is that, and nothing later."""
    decided = [broadcast.digest, broadcast.audience, broadcast.fallback]
    return hashlib.sha256(orjson.dumps(decided)).hexdigest()[:8]


def named(name: str) -> str:
    """Stands for the name of an audience, which may be too long to be carried."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def excerpt(html: str, most: int) -> str:
    """The first words of a text, on one line."""
    return short(" ".join(plain(html).split()), most)


def short(text: str, most: int) -> str:
    """No more characters than that."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def cut(label: str) -> str:
    """No wider than a phone shows on a button."""
    if markup.width(label) <= limits.LABEL_WIDTH:
        return label
    while markup.width(label) > limits.LABEL_WIDTH - markup.width("…"):
        label = label[:-1]
    return f"{label.rstrip()}…"


def several(items: Iterable[str], most: int, longest: int = 200) -> list[str]:
    """The first of them as lines with a bullet, as HTML."""
    lines = [f"• {escape(short(item, longest), quote=False)}" for item in items]
    return [*lines[:most], "• …"] if len(lines) > most else lines


def kind(pen: Pen, text: Text) -> list[str]:
    """What a text has besides words."""
    found = [pen.say(f"broadcast-{text.kind}")] if text.kind != "text" else []
    return [*found, pen.say("broadcast-buttons", n=len(text.buttons))] if text.buttons else found
