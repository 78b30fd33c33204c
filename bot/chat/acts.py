"""What a button under a broadcast does: each act is a function in one transaction, which tells what to show then."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from bot import newsroom
from bot.chat import views, writing
from bot.chat.cards import Frame, Sight, named, stamp
from bot.chat.composing import RefusedError
from bot.store import audience, audit, broadcasts, cards, composing, deliveries, drafts
from bot.store.broadcasts import Broadcast
from bot.store.cards import Card
from bot.store.composing import Composing
from bot.store.deliveries import DELETABLE

DRAFT, ENDED = ("draft",), ("stopped", "done")
READY = ("draft", "scheduled")
LIST = "list"
"""The view of all broadcasts."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, and by whom."""

    frame: Frame
    db: sqlite3.Connection
    chat: int
    """The operator's number, too: it is his own chat."""
    voice: str
    broadcast: Broadcast
    arg: str
    now: float

    @property
    def id(self) -> int:
        """The number of the broadcast."""
        return self.broadcast.id

    @property
    def sight(self) -> Sight:
        """The broadcast as the presser sees it."""
        return Sight(self.frame, self.db, Card(self.chat, self.id, self.voice, "main"), self.broadcast, self.now)

    def note(self, action: str, before: str = "", after: str = "") -> None:
        """A line for the audit log."""
        audit.note(self.db, self.chat, action, f"broadcast {self.id}", self.now, before=before, after=after)

    def ask(self, what: str, lang: str = "") -> str:
        """Ask the operator for something."""
        composing.put(self.db, self.chat, Composing(what, int(self.now), self.voice, self.id, lang))
        return ""


Act = Callable[[Press], str]
"""Does it; returns the view of the broadcast to show then, `list`, or nothing where something is asked instead.

Raises RefusedError or NewsError; then nothing has been done.
"""


# Writing


def see(press: Press) -> str:
    """Show another view."""
    return press.arg if views.fits(press.broadcast, press.arg) else "main"


def write(press: Press) -> str:
    """Ask for a text: of that language, or of one that is asked for afterwards."""
    if (press.broadcast.action != "send" or press.arg) and press.arg not in press.broadcast.texts:
        raise RefusedError("broadcast-stale")
    return press.ask("text", press.arg)


def links(press: Press) -> str:
    """Ask for the buttons under a text."""
    if press.arg not in press.broadcast.texts:
        raise RefusedError("broadcast-stale")
    return press.ask("buttons", press.arg)


def said(press: Press) -> str:
    """The message that waits is in that language."""
    waiting = composing.read(press.db, press.chat)
    if not waiting or not waiting.text or waiting.broadcast != press.id or press.arg not in press.frame.words.languages:
        raise RefusedError("broadcast-stale")
    before = press.broadcast.texts.get(press.arg)
    buttons = before.buttons if before else ()
    text = broadcasts.Text(press.arg, waiting.text.html, waiting.text.kind, waiting.text.file, buttons)
    writing.keep(press.db, press.broadcast, text, press.chat, press.now)
    composing.drop(press.db, press.chat)
    return "main"


def leave(press: Press) -> str:
    """Forget the message whose language was asked for; with it a draft that has nothing else."""
    waiting = composing.read(press.db, press.chat)
    if waiting and waiting.text and waiting.broadcast == press.id:
        composing.drop(press.db, press.chat)
    return "main" if press.broadcast.texts else scrap(press)


def drop(press: Press) -> str:
    """Take the text of a language out."""
    if press.arg not in press.broadcast.texts or press.broadcast.action != "send":
        raise RefusedError("broadcast-stale")
    broadcasts.unwrite(press.db, press.id, press.arg)
    press.note(f"drop {press.arg}", before=press.broadcast.digest)
    return "main"


# For whom


def aim(press: Press) -> str:
    """It is for everybody, or for a saved audience."""
    saved = {named(name): filter_ for name, filter_ in audience.saved(press.db).items()} | {"all": ""}
    if press.arg not in saved:
        raise RefusedError("broadcast-stale")
    broadcasts.aim(press.db, press.id, saved[press.arg])
    press.note("aim", before=press.broadcast.audience, after=saved[press.arg])
    return "main"


def filter_(press: Press) -> str:
    """Ask for a filter."""
    return press.ask("filter")


def save(press: Press) -> str:
    """Ask for a name under which the filter is saved."""
    if not press.broadcast.audience:
        raise RefusedError("broadcast-stale")
    return press.ask("name")


def others(press: Press) -> str:
    """Decide what people get whose language has no text."""
    lang = "" if press.arg == "out" else press.arg
    if lang and lang not in press.broadcast.texts:
        raise RefusedError("broadcast-stale")
    drafts.give_others(press.db, press.id, lang)
    press.note("others", before=press.broadcast.fallback, after=lang or "left out")
    return "main"


# Trying and starting


def try_(press: Press) -> str:
    """Have the courier show exactly what goes out."""
    if views.wrongs(press.sight):
        raise RefusedError("broadcast-mend")
    test = cards.trial(press.db, press.id)
    if test and not test.ended and test.digest == press.broadcast.digest and test.chat == press.chat:
        raise RefusedError("broadcast-trying")
    broadcasts.ask_trial(press.db, press.broadcast, press.chat, press.now)
    press.note("test", after=press.broadcast.digest)
    return "main"


def _ready(press: Press) -> None:
    """Raises RefusedError with the first thing that is still missing."""
    broadcast = press.broadcast
    if views.wrongs(press.sight):
        raise RefusedError("broadcast-mend")
    if not broadcast.as_tested:
        raise RefusedError("broadcast-untested")


def start(press: Press) -> str:
    """Ask once more before it starts."""
    _ready(press)
    if views.undecided(press.sight):
        return "rest"
    if not views.foreseen(press.sight).languages:
        raise RefusedError("broadcast-nobody")
    return "start"


def plan(press: Press) -> str:
    """Ask for the moment at which it is to start."""
    _ready(press)
    return "rest" if views.undecided(press.sight) else press.ask("moment")


def go(press: Press) -> str:
    """Start it, as it was when it was confirmed."""
    return _launch(press, press.arg, None)


def at(press: Press) -> str:
    """Have it start at the moment that was confirmed."""
    mark, _, moment = press.arg.partition(":")
    due = int(moment) if moment.isdecimal() and len(moment) < 12 else 0
    if due <= press.now:
        raise RefusedError("broadcast-over")
    return _launch(press, mark, due)


def _launch(press: Press, mark: str, due: int | None) -> str:
    if mark != stamp(press.broadcast) or views.undecided(press.sight):
        raise RefusedError("broadcast-stale")
    _ready(press)
    frame = press.frame
    newsroom.launch(press.db, press.id, frame.conversation, frame.words, press.chat, press.now, due=due)
    return "main"


# Steering


def halt(press: Press) -> str:
    """Stop it for now, at once, and ask whether for good."""
    if press.broadcast.state == "running":
        newsroom.act(press.db, press.id, "pause", press.chat, press.now)
    return "stop"


def steer(name: str) -> Act:
    """Pause, resume, stop or cancel."""

    def act(press: Press) -> str:
        newsroom.act(press.db, press.id, name, press.chat, press.now)
        return "main"

    return act


def again(press: Press) -> str:
    """Ask whether those may get it once more of whom nobody knows whether they have it."""
    if not deliveries.counts(press.db, press.id)["unsure"]:
        raise RefusedError("broadcast-stale")
    return "again"


def resend(press: Press) -> str:
    """Send it to them once more."""
    newsroom.resend(press.db, press.id, press.chat, press.now)
    return "main"


# Mending and putting away


def fix(press: Press) -> str:
    """A new draft that edits what was sent; it begins with the texts as they are."""
    return _mend(press, "edit")


def pull(press: Press) -> str:
    """A new draft that deletes what was sent, as far as Telegram lets us."""
    of = press.broadcast.corrects or press.id
    if not cards.reached(press.db, of, press.now - DELETABLE):
        raise RefusedError("broadcast-late")
    return _mend(press, "delete")


def _mend(press: Press, action: str) -> str:
    of = press.broadcast.corrects or press.id
    if press.broadcast.action == "delete" or not cards.reached(press.db, of):
        raise RefusedError("broadcast-stale")
    id_ = broadcasts.draft(press.db, press.chat, press.now, action=action, corrects=of)
    for text in press.broadcast.texts.values() if action == "edit" else ():
        broadcasts.write(press.db, id_, text)
    audit.note(press.db, press.chat, f"draft {action}", f"broadcast {id_}", press.now, after=f"of broadcast {of}")
    return f"new:{id_}"


def scrap(press: Press) -> str:
    """Put a draft away."""
    drafts.discard(press.db, press.id, press.now)
    press.note("discard", before=press.broadcast.digest)
    return LIST


ACTS: dict[str, tuple[tuple[str, ...], Act]] = {
    "see": (broadcasts.STATES, see),
    "write": (DRAFT, write),
    "links": (DRAFT, links),
    "said": (DRAFT, said),
    "leave": (DRAFT, leave),
    "drop": (DRAFT, drop),
    "aim": (DRAFT, aim),
    "filter": (DRAFT, filter_),
    "keep": (DRAFT, save),
    "others": (DRAFT, others),
    "try": (DRAFT, try_),
    "start": (READY, start),
    "plan": (DRAFT, plan),
    "go": (READY, go),
    "at": (DRAFT, at),
    "cancel": (("scheduled",), steer("cancel")),
    "pause": (("running",), steer("pause")),
    "resume": (("paused",), steer("resume")),
    "halt": (("running", "paused"), halt),
    "stop": (("paused",), steer("stop")),
    "again": (("done",), again),
    "resend": (("done",), resend),
    "fix": (ENDED, fix),
    "pull": (ENDED, pull),
    "scrap": (DRAFT, scrap),
}
"""By the word a button carries: the states in which it can be done, and what it does."""
