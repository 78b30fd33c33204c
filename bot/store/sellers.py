"""Sellers on disk: what the mind knows of them, and what the body needs besides."""

import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from bot.store import operators, reminders, trail
from dialogs import Seller


@dataclass(slots=True)
class Guest:
    """A seller with what only the body needs to know of him."""

    seller: Seller
    who: int
    """A random number: all that the trail and the logs know of him, so that forgetting him leaves figures true."""
    message: int = 0
    """The live message, the one that is edited in place; 0 when there is none."""
    debt: int = 0
    """Pages ever owed to him; what is owed now is `debt > paid`."""
    paid: int = 0
    new: bool = False
    spoke: bool = False
    """He chose another language in this step."""
    question: str = ""
    """What he wrote in this step that nobody but a person can answer."""

    @property
    def owed(self) -> bool:
        """Whether he still has to be shown the page he is on."""
        return self.debt > self.paid


COLUMNS = (
    "id, who, lang, lang_chosen, state, visit, note, topic, history, paths, seen, finished, offered, misses, asked, "
    "news_asked, message, debt, paid"
)


def load(db: sqlite3.Connection, id_: int) -> Guest | None:
    """The seller with that Telegram number, if he was ever here."""
    row = db.execute(f"select {COLUMNS} from sellers where id = ?", [id_]).fetchone()  # noqa: S608  our own columns
    return _guest(db, row) if row else None


def pseudonym(who: int) -> str:
    """How a seller is called where nobody is to know him: the end of his random number."""
    return f"{who & 0xFFFFFFFF:08x}"


def arrive(id_: int) -> Guest:
    """Somebody who was never here before."""
    return Guest(Seller(id_), who=secrets.randbits(63), new=True)


def owed(db: sqlite3.Connection) -> list[Guest]:
    """Everybody who is still owed a page and has not blocked the bot."""
    rows = db.execute(
        f"select {COLUMNS} from sellers where debt > paid and away is null order by last"  # noqa: S608  our own columns
    ).fetchall()
    return [_guest(db, row) for row in rows]


def save(db: sqlite3.Connection, guest: Guest, now: float, *, below: bool = False) -> None:
    """Keep where he is and append what happened to the trail, which is empty afterwards.

    `below`: his next page goes into a new message, since what he wrote stands under the live one.
    """
    seller = guest.seller
    db.execute(
        """
        insert into sellers (
            id, who, lang, lang_chosen, state, visit, note, topic, history, paths, seen, finished,
            offered, misses, asked, news_asked, message, debt, paid, away, since, last
        ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, ?, ?)
        on conflict (id) do update set
            lang = excluded.lang, lang_chosen = excluded.lang_chosen, state = excluded.state,
            visit = excluded.visit, note = excluded.note, topic = excluded.topic, history = excluded.history,
            paths = excluded.paths, seen = excluded.seen, finished = excluded.finished,
            offered = excluded.offered, misses = excluded.misses, asked = excluded.asked,
            news_asked = excluded.news_asked, debt = excluded.debt, away = null, last = excluded.last
        """,
        [*_row(guest), int(now), int(now)],
    )
    if below:
        db.execute("update sellers set message = null where id = ?", [seller.id])
    _save_answers(db, seller, now)
    trail.append(db, guest.who, seller.lang, seller.trail, now, staff=operators.ever(db, seller.id))
    seller.trail.clear()
    guest.new = False


def spoken(db: sqlite3.Connection, id_: int, debt: int, message: int) -> None:
    """Note that the page of that debt was shown, and in which message."""
    db.execute("update sellers set paid = max(paid, ?), message = ? where id = ?", [debt, message, id_])


def gone(db: sqlite3.Connection, id_: int, now: float) -> None:
    """Note that he has blocked the bot; whatever he does next brings him back, with everything he had."""
    for (who,) in db.execute("select who from sellers where id = ?", [id_]).fetchall():
        lost(db, who, now)


def lost(db: sqlite3.Connection, who: int, now: float) -> None:
    """The same of somebody who is known by his random number."""
    trail.blocked(db, who, now)
    db.execute("update sellers set away = ? where who = ?", [int(now), who])


def forget(db: sqlite3.Connection, id_: int) -> None:
    """Drop all that is known of somebody; what he did and got stays in the figures, of nobody in particular."""
    db.execute(
        """
        update deliveries set
            message = null,
            reason = case state when 'waiting' then 'forgotten' else reason end,
            state = case state when 'waiting' then 'skipped' else state end
        where broadcast in (select id from broadcasts) and who = (select who from sellers where id = ?)
        """,
        [id_],
    )
    db.execute("delete from answers where seller = ?", [id_])
    db.execute("delete from questions where seller = ?", [id_])
    db.execute("delete from notices where chat = ?", [id_])
    db.execute("delete from reminders where seller = ?", [id_])
    db.execute("delete from trials where chat = ?", [id_])
    db.execute("delete from sellers where id = ?", [id_])


def _save_answers(db: sqlite3.Connection, seller: Seller, now: float) -> None:
    for event in seller.trail:
        if event.kind == "answered":
            question = event.question
            db.execute(
                "insert into answers (seller, question, answer, at) values (?, ?, ?, ?) "
                "on conflict do update set answer = excluded.answer, at = excluded.at",
                [seller.id, question, seller.answers[question], int(now)],
            )
            if question == reminders.ASKED and seller.topic:
                reminders.ask(db, seller.id, seller.topic, now)


def _guest(db: sqlite3.Connection, row: tuple[Any, ...]) -> Guest:
    (id_, who, lang, chosen, state, visit, note, topic, history, paths, seen, finished, *rest) = row
    offered, misses, asked, news_asked, message, debt, paid = rest
    answers = db.execute("select question, answer from answers where seller = ?", [id_]).fetchall()
    seller = Seller(
        id=id_,
        lang=lang,
        lang_chosen=bool(chosen),
        state=state,
        visit=visit,
        note=note or "",
        topic=topic or "",
        answers=dict(answers),
        history=orjson.loads(history),
        paths=orjson.loads(paths),
        seen=set(orjson.loads(seen)),
        finished=set(orjson.loads(finished)),
        offered=orjson.loads(offered),
        misses=misses,
        asked=asked,
        news_asked=news_asked,
    )
    return Guest(seller, who, message or 0, debt, paid)


def _row(guest: Guest) -> Iterator[object]:
    seller = guest.seller
    yield from (seller.id, guest.who, seller.lang, int(seller.lang_chosen), seller.state, seller.visit)
    yield from (seller.note, seller.topic)
    yield from (_json(seller.history), _json(seller.paths), _json(sorted(seller.seen)), _json(sorted(seller.finished)))
    yield from (_json(seller.offered), seller.misses, seller.asked, seller.news_asked)
    yield from (guest.message, guest.debt, guest.paid)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def places(db: sqlite3.Connection) -> dict[str, int]:
    """The pages people are on, and how many are on each."""
    return dict(db.execute("select state, count(*) from sellers group by state").fetchall())
