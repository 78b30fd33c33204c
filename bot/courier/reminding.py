"""Reminders on their way: each is looked at once more, claimed before it is sent, and never sent twice."""

import sqlite3
from dataclasses import dataclass
from html import escape

from bot.courier.outcome import Ended, Later, Outcome, Refused, Sent
from bot.formatting import html
from bot.store import daytime, flood, reminders, sellers
from bot.store.daytime import DAY
from bot.store.reminders import Reminder
from dialogs import Conversation, progress


@dataclass(frozen=True, slots=True)
class Errand:
    """A reminder that was claimed, as he sees it."""

    reminder: Reminder
    lang: str
    html: str
    label: str
    """The button that leads on."""


def take(db: sqlite3.Connection, conversation: Conversation, zone: str, now: float, most: int) -> list[Errand]:
    """Claim up to so many that are due, of people who have not come back by themselves and may be disturbed now.

    `zone` is the time zone of those who have not said theirs.
    """
    if flood.until(db) > now:
        return []
    found = (_take(db, reminder, conversation, zone, now) for reminder in reminders.due(db, now, max(0, most)))
    return [errand for errand in found if errand]


def _take(
    db: sqlite3.Connection, reminder: Reminder, conversation: Conversation, zone: str, now: float
) -> Errand | None:
    guest = sellers.load(db, reminder.seller)
    away, last = db.execute("select away, last from sellers where id = ?", [reminder.seller]).fetchone()
    if guest is None or away is not None:
        reminders.end(db, reminder, "over")
        return None
    conversation.settle(guest.seller)
    if not progress.unfinished(guest.seller, reminder.topic, conversation.pages):
        reminders.end(db, reminder, "over")
        return None
    # Whoever was here today needs no reminder today, and at night nobody does.
    later = daytime.held(max(now, last + DAY), guest.seller.answers.get("home.zone") or zone, None, in_form=False)
    if later > now:
        reminders.put_off(db, reminder, later)
        return None
    reminders.end(db, reminder, "sending")
    return _errand(reminder, guest, conversation)


def _errand(reminder: Reminder, guest: sellers.Guest, conversation: Conversation) -> Errand:
    seller, voice = guest.seller, conversation.voice(guest.seller)
    topic = conversation.content.topics[reminder.topic]
    step, steps = progress.steps(seller, topic.id, conversation.pages, conversation.longest)
    said = voice.phrase("reminder", topic=conversation.title(seller, topic), step=step, steps=steps)
    return Errand(reminder, seller.lang, html(said), escape(voice.button("reminder-button")))


def settle(db: sqlite3.Connection, reminder: Reminder, outcome: Outcome, now: float) -> None:
    """Write down how it ended; what certainly was not sent is tried again."""
    match outcome:
        case Later(seconds, flood=asked):
            reminders.put_off(db, reminder, now + seconds)
            if asked:
                flood.wait(db, now + seconds)
        case Refused():
            reminders.put_off(db, reminder, now)
        case Ended("gone"):
            reminders.end(db, reminder, "over")
            sellers.gone(db, reminder.seller, now)
        case Sent():
            reminders.end(db, reminder, "sent")
        case _:
            reminders.end(db, reminder, "failed")
