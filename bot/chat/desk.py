"""What comes in from a seller: take the step, save it, then let the speaker speak."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.chat.patience import Answer, Patience
from bot.chat.speaker import Call, Speaker
from bot.store import Database, Guest, questions, sellers, trail
from dialogs import Conversation

Act = Callable[[Guest], str]
"""What an update does to a seller; returns the key of a notice for the tap, or nothing."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent an update."""

    id: int
    code: str
    """The language of his Telegram."""


class Desk:
    """Where every update of a seller arrives. When a method returns, all of it is saved."""

    def __init__(
        self, conversation: Conversation, database: Database, speaker: Speaker, clock: Callable[[], float] = time.time
    ) -> None:
        self._conversation = conversation
        self._database = database
        self._speaker = speaker
        self._clock = clock
        self._patience = Patience()

    def say(self, code: str, name: str, **values: str) -> str:
        """A sentence for somebody who is not in a conversation, by the language of his Telegram."""
        voices = self._conversation.voices
        return voices.of(voices.choose(code)[0]).button(name, **values)

    async def tap(self, update: int, sender: Sender, visit: int, choice: str, call: Call) -> None:
        """A button was pressed."""

        def act(guest: Guest) -> str:
            if visit == guest.seller.visit and self._conversation.step(guest.seller, choice):
                return ""
            return "stale"

        guest, notice = await self._database.run(self._handle, update, sender, act, False)
        if guest.spoke:
            self._speaker.translate(guest)
        below = bool(guest.message) and call.message != guest.message
        self._speaker.speak(guest, call=call.saying(notice), below=below)

    async def decline_news(self, update: int, sender: Sender, broadcast: str) -> str:
        """He pressed the button under a broadcast that ends news; what he is told then. His page stays as it is."""

        def act(db: sqlite3.Connection) -> Guest:
            now = self._clock()
            guest = sellers.load(db, sender.id) or sellers.arrive(sender.id)
            if guest.new:
                self._conversation.greet(guest.seller, sender.code)
            if not trail.handled(db, update, now):
                self._conversation.settle(guest.seller)
                self._conversation.decline_news(guest.seller, broadcast)
                sellers.save(db, guest, now)
            return guest

        guest = await self._database.run(act)
        return self._conversation.voices.of(guest.seller.lang).button("news-stopped")

    async def write(self, update: int, sender: Sender, text: str) -> None:
        """Something was written: a command, a button's words, a value, a question."""

        def act(guest: Guest) -> str:
            self._conversation.hear(guest.seller, text)
            if any(event.kind == "unclear" for event in guest.seller.trail):
                guest.question = text
            return ""

        await self._below(update, sender, act)

    async def puzzle(self, update: int, sender: Sender, note: str = "only-text") -> None:
        """Something came that we can't read: a voice message, a picture, a change to an old message."""
        await self._below(update, sender, _saying(note))

    async def calm(self, update: int, sender: Sender, kind: str, error: str) -> None:
        """An update failed for good: note it, and let the seller know that nothing is lost."""
        await self._database.run(trail.failed, update, kind, error, self._clock())
        await self._below(update, sender, _saying("calm"))

    async def leave(self, sender: Sender) -> None:
        """The seller blocked the bot."""
        await self._database.run(sellers.gone, sender.id, self._clock())

    async def _below(self, update: int, sender: Sender, act: Act) -> None:
        """What the seller wrote stands under the live message, so the page goes under what he wrote."""
        patience = self._patience.with_(sender.id, self._clock())
        if patience is Answer.DROP:
            return
        if patience is Answer.PAUSE:
            act = _saying("slow-down")
        guest, _ = await self._database.run(self._handle, update, sender, act, True)
        self._speaker.speak(guest, below=True)

    def _handle(self, db: sqlite3.Connection, update: int, sender: Sender, act: Act, below: bool) -> tuple[Guest, str]:
        """One transaction: the step, the trail, the number of the update, and that a page is owed."""
        now = self._clock()
        guest = sellers.load(db, sender.id)
        repeated = trail.handled(db, update, now)
        if guest and repeated:
            return guest, ""
        if guest is None:
            guest = sellers.arrive(sender.id)
            self._conversation.greet(guest.seller, sender.code)
        self._conversation.settle(guest.seller)
        page, lang = guest.seller.state, guest.seller.lang
        notice = act(guest)
        guest.spoke = guest.seller.lang != lang
        guest.debt += 1
        sellers.save(db, guest, now, below=below)
        if guest.question:
            questions.ask(db, guest.seller.id, guest.question, guest.seller.lang, page, now)
        return guest, notice


def _saying(note: str) -> Act:
    """An act that changes nothing but the sentence above his page."""

    def act(guest: Guest) -> str:
        guest.seller.note = note
        return ""

    return act
