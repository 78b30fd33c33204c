"""What an operator has sent for a broadcast, put where it belongs; and the questions he answers with it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from aiogram.types import Message

from bot import newsroom
from bot.chat.cards import Frame, title
from bot.chat.composing import MistakeError, RefusedError, buttons, example, message_text, moment, name, plain
from bot.store import audience, audit, broadcasts, composing
from bot.store.audience import AudienceError
from bot.store.broadcasts import Broadcast, Text
from bot.store.composing import Composing


@dataclass(frozen=True, slots=True)
class Letter:
    """What he has sent, and what he was asked for."""

    frame: Frame
    db: sqlite3.Connection
    chat: int
    """His number, too: it is his own chat."""
    asked: Composing
    message: Message
    broadcast: Broadcast | None
    """None for one that is not begun yet."""
    now: float

    @property
    def known(self) -> Broadcast:
        """The broadcast it is about."""
        assert self.broadcast is not None  # noqa: S101  only a first text is about none
        return self.broadcast


def take(letter: Letter) -> tuple[int, str]:
    """Put it where it belongs; the number of the broadcast, and the view to show then.

    Raises MistakeError for what is no answer, RefusedError when the broadcast is no draft any more.
    """
    broadcast, asked = letter.broadcast, letter.asked
    if broadcast and broadcast.state != "draft":
        raise RefusedError("broadcast-is", id=broadcast.id, state=broadcast.state)
    if asked.lang and asked.lang not in letter.known.texts:
        raise RefusedError("broadcast-stale")
    view = TAKERS[asked.what](letter)
    if asked.what not in ("text", "language") or asked.lang:
        composing.drop(letter.db, letter.chat)
    return composing_of(letter), view


def composing_of(letter: Letter) -> int:
    """The number of the broadcast he is writing, which the text may have begun."""
    if letter.broadcast:
        return letter.broadcast.id
    waiting = composing.read(letter.db, letter.chat)
    assert waiting is not None  # noqa: S101  the text waits for its language
    return waiting.broadcast


def keep(db: sqlite3.Connection, broadcast: Broadcast, text: Text, by: int, now: float) -> None:
    """Set the text for a language, and note how it was before and after."""
    broadcasts.write(db, broadcast.id, text)
    after = replace(broadcast, texts={**broadcast.texts, text.lang: text}).digest
    audit.note(db, by, f"write {text.lang}", f"broadcast {broadcast.id}", now, before=broadcast.digest, after=after)


def _text(letter: Letter) -> str:
    """A text whose language is known is set, for any other the language is asked for."""
    broadcast, lang = letter.broadcast, letter.asked.lang
    before = broadcast.texts.get(lang) if broadcast else None
    text = message_text(letter.message, lang, before, words_only=bool(broadcast and broadcast.action == "edit"))
    if lang:
        keep(letter.db, letter.known, text, letter.chat, letter.now)
        return "main"
    id_ = broadcast.id if broadcast else newsroom.keep(letter.db, newsroom.Draft({}, "", ""), letter.chat, letter.now)
    waiting = replace(letter.asked, what="language", broadcast=id_, text=text, mistake="", prompt=0, open=True)
    composing.put(letter.db, letter.chat, waiting)
    return "language"


def _language(letter: Letter) -> str:
    """He has sent more before he said which language the first was in."""
    return "language:again"


def _buttons(letter: Letter) -> str:
    before = letter.known.texts[letter.asked.lang]
    text = replace(before, buttons=buttons(plain(letter.message)))
    keep(letter.db, letter.known, text, letter.chat, letter.now)
    return f"text:{text.lang}"


def _filter(letter: Letter) -> str:
    written = " ".join(plain(letter.message).split())
    try:
        audience.parse(written, letter.frame.words, letter.now)
    except AudienceError as error:
        raise MistakeError("broadcast-bad-filter", why=str(error)) from error
    broadcasts.aim(letter.db, letter.known.id, written)
    _note(letter, "aim", before=letter.known.audience, after=written)
    return "main"


def _name(letter: Letter) -> str:
    called = name(plain(letter.message))
    before = audience.saved(letter.db).get(called, "")
    audience.save(letter.db, called, letter.known.audience)
    audit.note(
        letter.db, letter.chat, "save", f"audience {called}", letter.now, before=before, after=letter.known.audience
    )
    return "whom"


def _moment(letter: Letter) -> str:
    return f"start:{moment(plain(letter.message), letter.frame.zone, letter.now)}"


def _note(letter: Letter, action: str, before: str, after: str) -> None:
    audit.note(letter.db, letter.chat, action, f"broadcast {letter.known.id}", letter.now, before=before, after=after)


TAKERS: dict[str, Callable[[Letter], str]] = {
    "text": _text,
    "language": _language,
    "buttons": _buttons,
    "filter": _filter,
    "name": _name,
    "moment": _moment,
}
"""By what was asked for: puts it away; returns the view to show then."""


def question(frame: Frame, asked: Composing, broadcast: Broadcast | None, now: float) -> str:
    """What an operator is asked for, as HTML."""
    pen, what = frame.pen(asked.voice), asked.what
    values = {
        "language": pen.language(asked.lang),
        "topics": ", ".join(frame.words.topics),
        "example": example(frame.zone, now),
        "zone": frame.zone,
    }
    phrase = f"broadcast-ask-{what}"
    if what == "text" and asked.lang:
        words_only = broadcast is not None and broadcast.action == "edit"
        phrase = "broadcast-ask-words" if words_only else "broadcast-ask-anew"
    lines = [title(pen, broadcast)] if broadcast else []
    return "\n".join([*lines, *([asked.mistake, ""] if asked.mistake else []), pen.say(phrase, **values)])
