"""Broadcasts: what is to be told, to whom, and how far it has come."""

import hashlib
import sqlite3
from dataclasses import dataclass, field

import orjson

STATES = ("draft", "scheduled", "running", "paused", "stopped", "done")
MOVES: dict[str, tuple[str, ...]] = {
    "start": ("draft", "scheduled"),
    "schedule": ("draft",),
    "cancel": ("scheduled",),
    "pause": ("running",),
    "resume": ("paused",),
    "stop": ("running", "paused", "scheduled"),
    "finish": ("running",),
    "resend": ("done",),
}
"""What can be done to a broadcast, and in which of its states."""
LEADS = {
    "start": "running",
    "schedule": "scheduled",
    "cancel": "draft",
    "pause": "paused",
    "resume": "running",
    "stop": "stopped",
    "finish": "done",
    "resend": "running",
}
"""The state each of them leads to."""


class NewsError(Exception):
    """It can't be done with a broadcast; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Text:
    """What people who speak a language get."""

    lang: str
    html: str
    kind: str = "text"
    """text, photo or document."""
    file: str = ""
    """Telegram's file_id of the photo or document."""
    buttons: tuple[tuple[str, str], ...] = ()
    """Label and where it leads: an address, or the id of a topic."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One message to many people."""

    id: int
    state: str
    action: str
    corrects: int
    audience: str
    fallback: str
    tested: str
    paid: bool
    by: int
    due: int
    started: int
    ended: int
    why: str
    texts: dict[str, Text] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A hash of exactly what goes out, in every language: whatever changes it asks for another test."""
        shown = [(text.lang, text.kind, text.html, text.file, text.buttons) for text in self.texts.values()]
        return hashlib.sha256(orjson.dumps([self.action, *sorted(shown)])).hexdigest()[:16]

    @property
    def as_tested(self) -> bool:
        """Whether an operator was shown exactly this; a withdrawal shows nothing."""
        return self.action == "delete" or self.tested == self.digest


COLUMNS = "id, state, action, corrects, audience, fallback, tested, paid, by, due, started, ended, why"


def draft(
    db: sqlite3.Connection, by: int, now: float, *, audience: str = "", action: str = "send", corrects: int = 0
) -> int:
    """A new broadcast without a text yet; its number."""
    found = db.execute(
        "insert into broadcasts (state, action, corrects, audience, paid, made, by) values ('draft', ?, ?, ?, 0, ?, ?)",
        [action, corrects or None, audience, int(now), by],
    )
    assert found.lastrowid is not None  # noqa: S101  a row was inserted
    return found.lastrowid


def write(db: sqlite3.Connection, id_: int, text: Text) -> None:
    """Set the text for a language. Raises NewsError once it has started; so do `unwrite`, `aim` and `fall_back`."""
    _must_not_have_started(db, id_)
    db.execute(
        "insert into texts (broadcast, lang, kind, html, file, buttons) values (?, ?, ?, ?, ?, ?) "
        "on conflict do update set kind = excluded.kind, html = excluded.html, file = excluded.file, "
        "buttons = excluded.buttons",
        [id_, text.lang, text.kind, text.html, text.file, orjson.dumps(text.buttons).decode()],
    )


def unwrite(db: sqlite3.Connection, id_: int, lang: str) -> None:
    """Drop the text of a language."""
    _must_not_have_started(db, id_)
    db.execute("delete from texts where broadcast = ? and lang = ?", [id_, lang])


def aim(db: sqlite3.Connection, id_: int, audience: str) -> None:
    """Set whom it is for: a filter, as `audience.parse` takes it."""
    _must_not_have_started(db, id_)
    db.execute("update broadcasts set audience = ? where id = ?", [audience, id_])


def fall_back(db: sqlite3.Connection, id_: int, lang: str) -> None:
    """Set the language for people whose own has no text; empty leaves them out."""
    _must_not_have_started(db, id_)
    db.execute("update broadcasts set fallback = ? where id = ?", [lang or None, id_])


def _must_not_have_started(db: sqlite3.Connection, id_: int) -> None:
    """What has started goes to everybody as it was tested."""
    row = db.execute("select state from broadcasts where id = ?", [id_]).fetchone()
    if row is None:
        raise NewsError(f"there is no broadcast {id_}")
    if row[0] not in MOVES["start"]:
        raise NewsError(f"broadcast {id_} is {row[0]}: it can't be changed any more")


def tested(db: sqlite3.Connection, id_: int, digest: str) -> None:
    """Note what the operator has got as a test."""
    db.execute("update broadcasts set tested = ? where id = ?", [digest, id_])


@dataclass(frozen=True, slots=True)
class Trial:
    """A test: what goes out, shown to an operator first."""

    id: int
    broadcast: int
    chat: int
    digest: str


def ask_trial(db: sqlite3.Connection, broadcast: Broadcast, chat: int, now: float) -> int:
    """Have the courier show it to an operator, in every language; the number of the trial."""
    found = db.execute(
        "insert into trials (broadcast, chat, digest, at) values (?, ?, ?, ?)",
        [broadcast.id, chat, broadcast.digest, int(now)],
    )
    assert found.lastrowid is not None  # noqa: S101  a row was inserted
    return found.lastrowid


def trials(db: sqlite3.Connection) -> list[Trial]:
    """Those not shown yet."""
    return [Trial(*row) for row in db.execute("select id, broadcast, chat, digest from trials where ended is null")]


def end_trial(db: sqlite3.Connection, trial: Trial, now: float, reason: str = "") -> None:
    """It was shown, and what was shown may go out; or it could not be, and why."""
    db.execute("update trials set ended = ?, reason = ? where id = ?", [int(now), reason or None, trial.id])
    if not reason:
        tested(db, trial.broadcast, trial.digest)


def trial_ended(db: sqlite3.Connection, id_: int) -> tuple[bool, str]:
    """Whether a trial is over, and what kept it from being shown."""
    row = db.execute("select ended, reason from trials where id = ?", [id_]).fetchone()
    if row is None:
        return True, "it was dropped"  # with all else that was kept of that operator
    return row[0] is not None, row[1] or ""


def pay(db: sqlite3.Connection, id_: int) -> None:
    """Have it sent for Telegram's Stars, faster than any pace."""
    db.execute("update broadcasts set paid = 1 where id = ? and state in ('draft', 'scheduled')", [id_])


def load(db: sqlite3.Connection, id_: int) -> Broadcast | None:
    """The broadcast of that number with its texts."""
    row = db.execute(f"select {COLUMNS} from broadcasts where id = ?", [id_]).fetchone()  # noqa: S608  our own columns
    return _broadcast(db, row) if row else None


def listed(db: sqlite3.Connection, *states: str) -> list[Broadcast]:
    """All of them, or those in one of these states; the newest first."""
    rows = db.execute(
        f"select {COLUMNS} from broadcasts where state in (select value from json_each(?)) order by id desc",  # noqa: S608
        [orjson.dumps(states or STATES).decode()],
    ).fetchall()
    return [_broadcast(db, row) for row in rows]


def move(
    db: sqlite3.Connection, id_: int, act: str, now: float, *, due: int | None = None, why: str | None = None
) -> bool:
    """Do what `MOVES` names; False when its state does not let it. `due` is for what is scheduled."""
    found = db.execute(
        """
        update broadcasts set
            state = :to,
            why = :why,
            due = case when :act in ('schedule', 'cancel') then :due else due end,
            started = case when :act = 'start' then :now else started end,
            ended = case when :act in ('stop', 'finish') then :now when :act = 'resend' then null else ended end
        where id = :id and state in (select value from json_each(:from))
        """,
        {
            "act": act,
            "to": LEADS[act],
            "why": why,
            "due": due,
            "now": int(now),
            "id": id_,
            "from": orjson.dumps(MOVES[act]).decode(),
        },
    )
    return found.rowcount == 1


def _broadcast(db: sqlite3.Connection, row: tuple[object, ...]) -> Broadcast:
    texts = {}
    for lang, kind, html, file, buttons in db.execute(
        "select lang, kind, html, file, buttons from texts where broadcast = ? order by lang", [row[0]]
    ):
        pairs = tuple((label, to) for label, to in orjson.loads(buttons))
        texts[lang] = Text(lang, html, kind, file or "", pairs)
    id_, state, action, corrects, audience, fallback, tested_, paid, by, due, started, ended, why = row
    return Broadcast(
        *(id_, state, action, corrects or 0, audience, fallback or "", tested_ or "", bool(paid), by),  # type: ignore[arg-type]
        *(due or 0, started or 0, ended or 0, why or "", texts),  # type: ignore[arg-type]
    )
