"""People and broadcasts for tests of what goes out, made by the store's own functions."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from bot.store import broadcasts, deliveries, sellers
from bot.store.audience import Audience, Known
from bot.store.broadcasts import Broadcast, Text
from bot.store.daytime import Calendar
from dialogs import Event

NOON = 1_795_694_400
"""12:00 in UTC on 26 November 2026."""
HOUR, DAY = 3600, 86_400
CALENDAR = Calendar("UTC", {"home.zone", "auditors.people"})
EVERYBODY = Audience("1", ())
KNOWN = Known(
    languages=("en", "zh_Hans", "ru"),
    topics=("iso9001", "iso14001", "i_o9001", "auditors"),
    pages=("iso9001.what", "iso9001.cost", "iso14001.what", "i_o9001.what", "home.menu"),
    questions=("auditors.goal", "auditors.people", "home.news", "home.plain", "home.zone"),
)
HELLO, CHINESE = Text("en", "Hello"), Text("zh_Hans", "你好")


def settle(
    db: sqlite3.Connection,
    id_: int,
    *,
    lang: str = "en",
    news: str = "on",
    zone: str = "",
    page: str = "home.menu",
    last: float = NOON - DAY,
    told: int | None = None,
    away: bool = False,
    topic: str = "",
    finished: Iterable[str] = (),
    saw: Iterable[tuple[str, str]] = (),
    campaign: str = "",
    answers: Mapping[str, str] | None = None,
) -> int:
    """Somebody with that number of Telegram's; the random number he is known by.

    `saw`: pages with their versions.
    """
    guest = sellers.arrive(id_)
    seller = guest.seller
    seller.lang, seller.state, seller.topic, seller.finished = lang, page, topic, set(finished)
    given = {"home.news": news, "home.zone": zone, **(answers or {})}
    seller.answers = {question: answer for question, answer in given.items() if answer}
    seller.trail = [Event("answered", page, "v", answer, question) for question, answer in seller.answers.items()]
    seller.trail += [Event("arrived", name, version) for name, version in saw]
    seller.trail += [Event("link", page, "v", campaign)] if campaign else []
    sellers.save(db, guest, last)
    db.execute("update sellers set told = ? where id = ?", [told, id_])
    if away:
        sellers.gone(db, id_, NOON)
    return guest.who


def answer(db: sqlite3.Connection, id_: int, question: str, value: str) -> None:
    """He changes his mind."""
    guest = sellers.load(db, id_)
    assert guest
    guest.seller.answers[question] = value
    guest.seller.trail = [Event("answered", "home.settings", "v", value, question)]
    sellers.save(db, guest, NOON - DAY)


def found(db: sqlite3.Connection, id_: int) -> Broadcast:
    """The broadcast of that number, which is there."""
    broadcast = broadcasts.load(db, id_)
    assert broadcast
    return broadcast


def draft(db: sqlite3.Connection, *texts: Text, fallback: str = "", action: str = "send", corrects: int = 0) -> int:
    """A broadcast that was tested."""
    id_ = broadcasts.draft(db, 1, NOON, action=action, corrects=corrects)
    for text in texts:
        broadcasts.write(db, id_, text)
    broadcasts.fall_back(db, id_, fallback)
    broadcasts.tested(db, id_, found(db, id_).digest)
    return id_


def run(
    db: sqlite3.Connection,
    *texts: Text,
    audience: Audience = EVERYBODY,
    fallback: str = "",
    action: str = "send",
    corrects: int = 0,
    now: float = NOON,
) -> int:
    """A broadcast that runs, in English where no text is given; its number."""
    default = () if action == "delete" else (HELLO,)
    id_ = draft(db, *texts or default, fallback=fallback, action=action, corrects=corrects)
    assert broadcasts.move(db, id_, "start", now)
    deliveries.freeze(db, found(db, id_), audience, now)
    return id_


def deliver(db: sqlite3.Connection, now: float = NOON, *, first_message: int = 100) -> list[int]:
    """Whatever is due arrives; the numbers of those who got it, in order. Their messages are numbered on."""
    told: list[int] = []
    while parcels := deliveries.claim(db, CALENDAR, now, 8):
        for parcel in parcels:
            deliveries.sent(db, parcel, first_message + len(told), now)
            told.append(parcel.chat)
    return told


def outcomes(db: sqlite3.Connection, broadcast: int) -> dict[int, str]:
    """Number of Telegram's → state and reason, of those who are still known."""
    rows = db.execute(
        "select s.id, d.state, d.reason from deliveries d join sellers s on s.who = d.who where d.broadcast = ?",
        [broadcast],
    )
    return {id_: f"{state}: {reason}" if reason else state for id_, state, reason in rows}


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Wholly or not at all, as the store runs everything."""
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.execute("rollback")
        raise
    db.execute("commit")
