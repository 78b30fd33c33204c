"""The courier: takes what is due from the outbox, sends it at a steady pace, and settles each delivery."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from html import escape
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from telegram.ext import ExtBot

from bot import newsroom
from bot.courier import outbox, reminding
from bot.courier.carrier import Carrier
from bot.courier.outcome import Ended, Later, Outcome, Refused, Sent, Unfit
from bot.courier.reminding import Errand
from bot.store import Database, StoreError, broadcasts, deliveries, flood, operators
from bot.store.broadcasts import Broadcast, NewsError, Trial
from bot.store.deliveries import Parcel
from bot.words import calendar, known
from dialogs import Conversation

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

FLIGHT = 8
"""Calls under way at once: enough for a slow answer, few enough to stop within a moment."""
IDLE = 0.5
"""Seconds between two looks at an outbox in which nothing is due."""
TROUBLE = 2.0
"""Seconds before another try when the database can't be written."""
DRAIN = 5.0
"""Seconds for which a courier that has to stop waits for answers; what has none by then is unsure at the next start."""
MOST = 4
"""Reminders claimed at one look: they are few, and share the pace with broadcasts."""
FAILURES = 20
"""So many deliveries in a row that failed or are unsure pause a broadcast: something is wrong with it, or with us."""


class TokenError(Exception):
    """Telegram does not know the token."""


class Courier:
    """Delivers until it is told to stop."""

    def __init__(
        self,
        bot: ExtBot[Any],
        conversation: Conversation,
        database: Database,
        *,
        zone: str,
        owners: frozenset[int] = frozenset(),
        flight: int = FLIGHT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._carrier = Carrier(bot, conversation)
        self._conversation = conversation
        self._database = database
        self._owners = owners
        self._flight = flight
        self._clock = clock
        self._calendar = calendar(conversation, zone)
        self._known = known(conversation)
        self._flying: set[asyncio.Task[None]] = set()
        self._showing: set[int] = set()
        self._looked = 0.0
        self._failures: Counter[int] = Counter()
        # Texts that somebody has got: Telegram takes them, so a refusal is about a person.
        self._proven: set[tuple[int, str]] = set()
        self._refused = False
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; what is under way then is settled. Raises TokenError, and StoreError at the start."""
        self._stop = stop
        left = await self._database.run(deliveries.sweep, self._clock())
        log.info("delivering", unsure=left)
        try:
            while not stop.is_set() and not self._refused:
                try:
                    await self._round()
                except StoreError as error:
                    await self._trouble(error)
        finally:
            await self._land()
        if self._refused:
            raise TokenError

    async def _round(self) -> None:
        """Take what is due, as far as calls are free, and wait until something has happened."""
        await self._look_around()
        free = self._flight - len(self._flying)
        load = await self._database.run(outbox.take, self._calendar, self._clock(), free)
        for parcel, broadcast in load.parcels:
            self._fly(self._deliver(parcel, broadcast))
        for trial in load.trials:
            if trial.id not in self._showing:
                self._showing.add(trial.id)
                self._fly(self._show(trial))
        if not self._flying:
            await self._pause(min(load.wait, IDLE) if load.wait > 0 else IDLE)
            return
        done, self._flying = await asyncio.wait(self._flying, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    def _fly(self, work: Coroutine[Any, Any, None]) -> None:
        self._flying.add(asyncio.create_task(work))

    async def _land(self) -> None:
        """Settle what is under way, but wait no longer than a moment for it."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=DRAIN)
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)

    async def _look_around(self) -> None:
        """Now and then: begin what is scheduled, and end what is over."""
        moment = asyncio.get_running_loop().time()
        if moment < self._looked + IDLE:
            return
        self._looked = moment
        now = self._clock()
        for broadcast in await self._database.run(outbox.scheduled, now):
            await self._begin(broadcast, now)
        for id_ in await self._database.run(outbox.finish, now):
            log.info("broadcast done", broadcast=id_)
        most = min(MOST, self._flight - len(self._flying))
        for errand in await self._database.run(reminding.take, self._conversation, self._calendar.zone, now, most):
            self._fly(self._remind(errand))

    async def _remind(self, errand: Errand) -> None:
        outcome = await self._carried(self._carrier.remind(errand))
        await self._surely(reminding.settle, errand.reminder, outcome, self._clock())
        self._refused |= isinstance(outcome, Refused)

    async def _begin(self, broadcast: Broadcast, now: float) -> None:
        """Start it, as its operator would; if that can't be, it is a draft again and the owners hear why."""
        id_ = broadcast.id
        try:
            people = await self._database.run(newsroom.launch, id_, self._conversation, self._known, broadcast.by, now)
            log.info("broadcast begins", broadcast=id_, people=people)
        except NewsError as error:
            text = self._say("broadcast-audience", id=id_, why=str(error))
            if await self._database.run(outbox.shelve, id_, now, await self._told(), text):
                log.warning("broadcast not started", broadcast=id_, why=str(error))

    async def _deliver(self, parcel: Parcel, broadcast: Broadcast) -> None:
        outcome = await self._carried(self._carrier.carry(parcel, broadcast))
        if isinstance(outcome, Unfit) and (parcel.broadcast, parcel.lang) in self._proven:
            outcome = Ended("failed", outcome.reason)
        await self._surely(outbox.settle, parcel, outcome, self._clock())
        await self._judge(parcel, outcome)

    async def _carried(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        try:
            outcome = await work
        except Exception as error:  # a mistake of ours: nobody knows how far it came, so it is not done again
            log.exception("carrying failed")
            return Ended("unsure", type(error).__name__)
        if isinstance(outcome, Later) and outcome.flood:
            log.warning("Telegram asks to wait", seconds=outcome.seconds)
        return outcome

    async def _judge(self, parcel: Parcel, outcome: Outcome) -> None:
        """What the outcome says about the broadcast, or about us."""
        id_ = parcel.broadcast
        match outcome:
            case Sent():
                self._failures[id_] = 0
                self._proven.add((id_, parcel.lang))
            case Ended("failed" | "unsure", reason):
                self._failures[id_] += 1
                if self._failures[id_] >= FAILURES:
                    await self._pause_it(id_, f"{FAILURES} in a row: {reason}")
            case Unfit(reason):
                await self._pause_it(id_, reason)
            case Refused():
                self._refused = True

    async def _pause_it(self, id_: int, why: str) -> None:
        """Pause it by ourselves and tell the owners, once."""
        self._failures[id_] = 0
        text = self._say("broadcast-paused", id=id_, why=why)
        if await self._surely(outbox.pause, id_, why, self._clock(), await self._told(), text):
            log.warning("broadcast paused", broadcast=id_, why=why)

    # Trials

    async def _show(self, trial: Trial) -> None:
        """Show an operator what he wants to see before it goes out: the same text by the same hands."""
        broadcast = await self._surely(broadcasts.load, trial.broadcast)
        if broadcast is None or broadcast.digest != trial.digest:
            reason = "it was changed meanwhile"
        else:
            reason = await self._shown(trial, broadcast)
        await self._surely(broadcasts.end_trial, trial, self._clock(), reason)
        self._showing.discard(trial.id)

    async def _shown(self, trial: Trial, broadcast: Broadcast) -> str:
        """Show it in every language; what kept one from being shown."""
        for lang in broadcast.texts:
            parcel = Parcel(broadcast.id, 0, trial.chat, lang, 0)
            outcome = await self._carried(self._carrier.carry(parcel, broadcast, "send"))
            match outcome:
                case Sent():
                    continue
                case Ended(_, reason) | Unfit(reason):
                    return f"{lang}: {reason}"
                case Later(seconds, flood=asked):
                    if asked:
                        await self._surely(flood.wait, self._clock() + seconds)
                    return f"{lang}: Telegram can't take it now: try again in a while"
                case Refused():
                    self._refused = True
                    return "Telegram does not know the token"
        return ""

    # Waiting and telling

    async def _surely(self, call: Callable[Concatenate[Any, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it as soon as the database lets us.

        Raises StoreError only when it is time to stop: whatever was sent is unsure then.
        """
        while True:
            try:
                return await self._database.run(call, *args, **kwargs)
            except StoreError as error:
                if self._stop.is_set():
                    raise
                await self._trouble(error)

    async def _trouble(self, error: StoreError) -> None:
        log.error("deliveries wait until the database works again", reason=str(error))
        await self._pause(TROUBLE)

    async def _pause(self, seconds: float) -> None:
        """Wait that long, or until it is time to stop."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    def _say(self, name: str, **values: str | int) -> str:
        return escape(self._conversation.voices.of("en").button(name, **values), quote=False)

    async def _told(self) -> frozenset[int]:
        """Who hears of trouble: the owners."""
        return await self._surely(operators.owners, self._owners)
