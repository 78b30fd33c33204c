"""Deliveries: one broadcast to one person each; claimed before anything is sent, settled after."""

import math
import sqlite3
from collections import Counter
from dataclasses import dataclass

import orjson

from bot.store import broadcasts, sellers
from bot.store.audience import Audience
from bot.store.broadcasts import Broadcast
from bot.store.daytime import DAY, FORM, held
from bot.store.daytime import Calendar as Calendar

STATES = ("waiting", "sending", "sent", "gone", "failed", "skipped", "unsure")
MOMENT = 60
"""Seconds for which somebody waits to whom another broadcast is being sent."""
DELETABLE = 2 * DAY
"""Telegram: seconds for which a message can be withdrawn."""
LOOK = 500
"""Deliveries of one broadcast looked at for one claim: at night nobody may be told, and no lock may last that long."""
GETS_NEWS = "exists (select 1 from answers n where n.seller = s.id and n.question = 'home.news' and n.answer = 'on')"
WANTED = f"s.away is null and {GETS_NEWS}"
"""Who gets news at all."""
ZONE = "(select z.answer from answers z where z.seller = s.id and z.question = 'home.zone')"
BUSY = (
    "(s.state in (select value from json_each(?)) and ? - coalesce(s.last, 0) < ?) "
    "or (s.told is not null and ? - s.told between 0 and ?)"
)
"""Who is in the middle of a form, or was told within a day."""
REACHED = "d.broadcast = ? and d.state = 'sent' and d.message is not null"
"""Whom a broadcast has certainly reached."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that was claimed: it is sent now, and once."""

    broadcast: int
    who: int
    chat: int
    lang: str
    message: int
    """The message that is corrected or withdrawn; 0 where a new one is sent."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whom a broadcast would reach. All but `held` and `samples` together are everybody it could mean."""

    languages: Counter[str]
    """Language of the text → people."""
    samples: tuple[int, ...]
    away: int
    unwanted: int
    """Who fit the filter, but don't want news."""
    textless: int
    held: int
    """Who would get it later: at night, in the middle of a form, or told within a day."""
    late: int = 0
    """Whose message is too old to be withdrawn."""


def freeze(db: sqlite3.Connection, broadcast: Broadcast, audience: Audience, now: float) -> int:
    """Everybody it is for, each a delivery that waits; how many. A correction goes to whom the other one reached."""
    if broadcast.action != "send":
        possible, given = _possible(broadcast, now)
        return db.execute(
            "insert into deliveries (broadcast, who, lang, state, due, message) "  # noqa: S608  our own columns
            f"select ?, d.who, d.lang, 'waiting', 0, d.message from deliveries d where {REACHED} and {possible}",
            [broadcast.id, broadcast.corrects, *given],
        ).rowcount
    lang, values = _language(broadcast)
    return db.execute(
        f"insert into deliveries (broadcast, who, lang, state, due) select ?, s.who, {lang}, 'waiting', 0 "  # noqa: S608
        f"from sellers s where {WANTED} and {audience.condition} and {lang} is not null",
        [broadcast.id, *values, *audience.values, *values],
    ).rowcount


def _language(broadcast: Broadcast) -> tuple[str, list[str]]:
    """The language of the text a seller gets, in SQL; null for nobody's."""
    marks = ", ".join("?" * len(broadcast.texts)) or "null"
    fallback = broadcast.fallback if broadcast.fallback in broadcast.texts else ""
    return f"case when s.lang in ({marks}) then s.lang else nullif(?, '') end", [*broadcast.texts, fallback]


def _possible(broadcast: Broadcast, now: float) -> tuple[str, list[str | int]]:
    """Which deliveries can be corrected, in SQL: those of a language with a new text, those not too old to withdraw."""
    if broadcast.action == "delete":
        return "d.at > ?", [int(now) - DELETABLE]
    return f"d.lang in ({', '.join('?' * len(broadcast.texts)) or 'null'})", [*broadcast.texts]


def claim(db: sqlite3.Connection, calendar: Calendar, now: float, most: int) -> list[Parcel]:
    """Up to that many deliveries that are due, of broadcasts that run: from here on they count as sent.

    Each is looked at once more: whoever has gone away or wants no news any longer is skipped, and whoever must not be
    disturbed now waits.
    """
    parcels: list[Parcel] = []
    # Corrections first: what is wrong must not stand for as long as the news of others take.
    running = "select id, action from broadcasts where state = 'running' order by action = 'send', id"
    for id_, action in db.execute(running).fetchall():
        looked = 0
        while len(parcels) < most and looked < LOOK:
            rows = db.execute(
                "select who, lang, coalesce(message, 0) from deliveries "
                "where broadcast = ? and state = 'waiting' and due <= ? order by due limit ?",
                [id_, int(now), min(most - len(parcels), LOOK - looked)],
            ).fetchall()
            if not rows:
                break
            looked += len(rows)
            for who, lang, message in rows:
                chat = _may_be_told(db, id_, action, who, calendar, now)
                if chat:
                    _set(db, id_, who, "sending", now)
                    parcels.append(Parcel(id_, who, chat, lang, message))
    return parcels


def _may_be_told(db: sqlite3.Connection, id_: int, action: str, who: int, calendar: Calendar, now: float) -> int:
    """His chat; 0 for whom it is not now, or not at all, which is noted."""
    seller = db.execute(
        f"select s.id, s.away, s.state, s.last, s.told, {GETS_NEWS}, {ZONE} from sellers s where s.who = ?",  # noqa: S608
        [who],
    ).fetchone()
    chat, away, page, last, told, gets_news, zone = seller or (0, None, "", 0, None, False, None)
    unreachable = "forgotten" if not chat else "away" if away is not None else ""
    # A correction changes what he has: nothing rings, and it is right at any hour, and for those who left news, too.
    if not unreachable and action != "send":
        return int(chat)
    if unreachable or not gets_news:
        _set(db, id_, who, "skipped", now, reason=unreachable or "opted out")
        return 0
    due = held(now, calendar.zone_of(zone), told, in_form=page in calendar.forms and now - (last or 0) < FORM)
    if due <= now and db.execute("select 1 from deliveries where state = 'sending' and who = ?", [who]).fetchone():
        due = int(now) + MOMENT
    if due > now:
        db.execute("update deliveries set due = ? where broadcast = ? and who = ?", [due, id_, who])
        return 0
    return int(chat)


def sent(db: sqlite3.Connection, parcel: Parcel, message: int, now: float) -> None:
    """It has arrived."""
    _set(db, parcel.broadcast, parcel.who, "sent", now, message=message)
    if not parcel.message:
        db.execute("update sellers set told = ? where who = ?", [int(now), parcel.who])


def settle(db: sqlite3.Connection, parcel: Parcel, state: str, reason: str, now: float) -> None:
    """It has ended otherwise: gone, failed or unsure, and why."""
    _set(db, parcel.broadcast, parcel.who, state, now, reason=reason)
    if state == "gone":
        sellers.lost(db, parcel.who, now)


def give_back(db: sqlite3.Connection, parcel: Parcel, due: float) -> None:
    """It certainly was not sent: it waits again, until then at least."""
    db.execute(
        "update deliveries set state = 'waiting', due = ?, at = null where broadcast = ? and who = ?",
        [math.ceil(due), parcel.broadcast, parcel.who],
    )


def sweep(db: sqlite3.Connection, now: float) -> int:
    """After a crash: whatever was being sent may have arrived, so it is never sent again by itself. How many."""
    found = db.execute(
        "update deliveries set state = 'unsure', reason = 'the courier stopped', at = ? where state = 'sending'",
        [int(now)],
    )
    return found.rowcount


def resend(db: sqlite3.Connection, broadcast: int) -> int:
    """By an operator's decision: those of which nobody knows whether they arrived wait again. How many.

    Nobody's where it was stopped, or where a correction followed: what was wrong must not go out once more.
    """
    found = db.execute(
        "update deliveries set state = 'waiting', due = 0, reason = null where broadcast = ? and state = 'unsure' "
        "and exists (select 1 from broadcasts where id = ? and state in ('running', 'paused', 'done')) "
        "and not exists (select 1 from broadcasts where corrects = ? and state != 'draft')",
        [broadcast] * 3,
    )
    if found.rowcount:
        broadcasts.move(db, broadcast, "resend", 0)
    return found.rowcount


def counts(db: sqlite3.Connection, broadcast: int) -> Counter[str]:
    """How many deliveries are in each state."""
    rows = db.execute("select state, count(*) from deliveries where broadcast = ? group by state", [broadcast])
    return Counter(dict(rows.fetchall()))


def reasons(db: sqlite3.Connection, broadcast: int) -> list[tuple[str, str, int]]:
    """Outcome, reason and how many, the most frequent first."""
    return db.execute(
        "select state, coalesce(reason, ''), count(*) from deliveries where broadcast = ? "
        "and state not in ('waiting', 'sending') group by 1, 2 order by 3 desc, 1, 2",
        [broadcast],
    ).fetchall()


def open_(db: sqlite3.Connection, broadcast: int) -> bool:
    """Whether any still waits or is being sent."""
    row = db.execute(
        "select 1 from deliveries where broadcast = ? and state in ('waiting', 'sending') limit 1", [broadcast]
    ).fetchone()
    return row is not None


def outlook(
    db: sqlite3.Connection, broadcast: Broadcast, audience: Audience, calendar: Calendar, now: float
) -> Outlook:
    """Whom it would reach now, whom not, and whom later."""
    if broadcast.action != "send":
        return _correction(db, broadcast, now)
    lang, values = _language(broadcast)
    moment = int(now)
    busy = [orjson.dumps([*calendar.forms]).decode(), moment, FORM, moment, DAY - 1]
    # Counted in groups: a million people have few languages and zones, and only those are looked at one by one.
    groups = db.execute(
        f"select s.away is not null, {GETS_NEWS}, {lang}, {ZONE}, {BUSY}, count(*) from sellers s "  # noqa: S608
        f"where {audience.condition} group by 1, 2, 3, 4, 5",
        [*values, *busy, *audience.values],
    )
    languages, outcomes = Counter[str](), Counter[str]()
    for away, wanted, text, zone, is_busy, people in groups:
        if away or not wanted or text is None:
            outcomes["away" if away else "textless" if wanted else "unwanted"] += people
            continue
        languages[text] += people
        if is_busy or held(now, calendar.zone_of(zone), None, in_form=False) > now:
            outcomes["held"] += people
    samples = db.execute(
        f"select s.who from sellers s where {WANTED} and {audience.condition} and {lang} is not null "  # noqa: S608
        "order by s.who limit 5",
        [*audience.values, *values],
    )
    kinds = (outcomes[kind] for kind in ("away", "unwanted", "textless", "held"))
    return Outlook(languages, tuple(who for (who,) in samples), *kinds)


def _correction(db: sqlite3.Connection, broadcast: Broadcast, now: float) -> Outlook:
    """Whom a correction would reach: at any hour, and whether they still want news or not."""
    possible, values = _possible(broadcast, now)
    of_them = f"from deliveries d left join sellers s on s.who = d.who where {REACHED}"
    groups = db.execute(
        f"select s.id is null or s.away is not null, {possible}, d.lang, count(*) {of_them} group by 1, 2, 3",
        [*values, broadcast.corrects],
    )
    languages, outcomes = Counter[str](), Counter[str]()
    for away, is_possible, text, people in groups:
        if away:
            outcomes["away"] += people
        elif is_possible:
            languages[text] += people
        else:
            outcomes["late" if broadcast.action == "delete" else "textless"] += people
    samples = db.execute(
        f"select d.who {of_them} and s.away is null and s.id is not null and {possible} order by d.who limit 5",
        [broadcast.corrects, *values],
    )
    return Outlook(
        *(languages, tuple(who for (who,) in samples), outcomes["away"], 0),
        *(outcomes["textless"], 0, outcomes["late"]),
    )


def _set(
    db: sqlite3.Connection, broadcast: int, who: int, state: str, now: float, *, message: int = 0, reason: str = ""
) -> None:
    db.execute(
        "update deliveries set state = ?, at = ?, message = coalesce(?, message), reason = ? "
        "where broadcast = ? and who = ?",
        [state, int(now), message or None, reason or None, broadcast, who],
    )
