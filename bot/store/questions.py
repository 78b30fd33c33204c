"""Questions the pages could not answer: kept as they were asked, until a person ends them."""

import sqlite3
from dataclasses import dataclass

LONGEST = 1000
"""Characters of a question that are kept."""

OPEN = 20
"""Open questions of one seller that are kept; more than that nobody asks in earnest."""


@dataclass(frozen=True, slots=True)
class Question:
    """One of them."""

    id: int
    seller: int
    text: str
    lang: str
    page: str
    at: int


def ask(db: sqlite3.Connection, seller: int, text: str, lang: str, page: str, now: float) -> None:
    """Keep a question of somebody who was on that page, unless he has asked the same or too many already."""
    text = text.replace("\x00", "")[:LONGEST].strip()
    (waiting,) = db.execute("select count(*) from questions where seller = ? and state = 'open'", [seller]).fetchone()
    same = "select 1 from questions where seller = ? and state = 'open' and text = ?"
    if text and waiting < OPEN and not db.execute(same, [seller, text]).fetchone():
        db.execute(
            "insert into questions (seller, text, lang, page, at, state) values (?, ?, ?, ?, ?, 'open')",
            [seller, text, lang, page, int(now)],
        )


def waiting(db: sqlite3.Connection, most: int = 100) -> list[Question]:
    """The open ones, the oldest first."""
    rows = db.execute(
        "select id, seller, text, lang, page, at from questions where state = 'open' order by id limit ?", [most]
    )
    return [Question(*row) for row in rows]


def find(db: sqlite3.Connection, id_: int) -> Question | None:
    """An open question."""
    row = db.execute(
        "select id, seller, text, lang, page, at from questions where id = ? and state = 'open'", [id_]
    ).fetchone()
    return Question(*row) if row else None


def end(db: sqlite3.Connection, id_: int, state: str, by: int, now: float, answer: str | None = None) -> bool:
    """End an open question: answered, page (for the authors) or closed; False when somebody has ended it before."""
    done = db.execute(
        "update questions set state = ?, answer = ?, by = ?, ended = ? where id = ? and state = 'open'",
        [state, answer, by, int(now), id_],
    )
    return done.rowcount == 1
