"""What the courier does to the outbox; each function is one transaction."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from bot.courier.outcome import Ended, Later, Outcome, Sent
from bot.store import broadcasts, deliveries, flood, notices
from bot.store.broadcasts import Broadcast, Trial
from bot.store.deliveries import Calendar, Parcel


@dataclass(frozen=True, slots=True)
class Load:
    """What there is to do now."""

    wait: float = 0
    """Seconds for which Telegram wants to be left alone; nothing else is to be done then."""
    parcels: tuple[tuple[Parcel, Broadcast], ...] = ()
    trials: tuple[Trial, ...] = ()


def take(db: sqlite3.Connection, calendar: Calendar, now: float, most: int) -> Load:
    """Claim up to so many deliveries, each with its broadcast as it is now."""
    wait = flood.until(db) - now
    if wait > 0:
        return Load(wait)
    parcels = deliveries.claim(db, calendar, now, most)
    found = {id_: broadcasts.load(db, id_) for id_ in {parcel.broadcast for parcel in parcels}}
    loaded = {id_: broadcast for id_, broadcast in found.items() if broadcast}  # all of them: deliveries refer to them
    return Load(0, tuple((one, loaded[one.broadcast]) for one in parcels), tuple(broadcasts.trials(db)))


def settle(db: sqlite3.Connection, parcel: Parcel, outcome: Outcome, now: float) -> None:
    """Write down how it ended; whatever certainly was not sent waits again."""
    match outcome:
        case Sent(message):
            deliveries.sent(db, parcel, message, now)
        case Ended(state, reason):
            deliveries.settle(db, parcel, state, reason, now)
        case Later(seconds, flood=asked):
            deliveries.give_back(db, parcel, now + seconds)
            if asked:
                flood.wait(db, now + seconds)
        case _:
            deliveries.give_back(db, parcel, 0)


def scheduled(db: sqlite3.Connection, now: float) -> list[Broadcast]:
    """Broadcasts whose time to begin has come; a correction waits until what it corrects is not under way."""
    due = [broadcast for broadcast in broadcasts.listed(db, "scheduled") if broadcast.due <= now]
    return [one for one in due if not (one.corrects and deliveries.counts(db, one.corrects)["sending"])]


def shelve(db: sqlite3.Connection, id_: int, now: float, owners: Collection[int], text: str) -> bool:
    """It can't begin: make it a draft again and tell the owners; False when somebody has taken it back already."""
    return broadcasts.move(db, id_, "cancel", now) and _tell(db, now, owners, text)


def pause(db: sqlite3.Connection, id_: int, why: str, now: float, owners: Collection[int], text: str) -> bool:
    """Pause it and tell the owners; False when it does not run any more, so that they are told once."""
    return broadcasts.move(db, id_, "pause", now, why=why) and _tell(db, now, owners, text)


def finish(db: sqlite3.Connection, now: float) -> list[int]:
    """End the broadcasts that are over; which."""
    over = [one.id for one in broadcasts.listed(db, "running") if not deliveries.open_(db, one.id)]
    return [id_ for id_ in over if broadcasts.move(db, id_, "finish", now)]


def _tell(db: sqlite3.Connection, now: float, owners: Collection[int], text: str) -> bool:
    for owner in sorted(owners):
        notices.put(db, owner, text, now)
    return True
