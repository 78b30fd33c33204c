"""The chat: aiogram, one seller after the other's pace, saved before acknowledged, acknowledged before spoken."""

import asyncio
import gc
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramConflictError
from aiogram.types import Update

from bot import logs
from bot.chat import broadcasts, exports, figures, questions, roster, routes
from bot.chat.appointments import Appointments
from bot.chat.broadcasts import Broadcasts
from bot.chat.desk import Desk
from bot.chat.exports import Exports
from bot.chat.figures import Figures
from bot.chat.incidents import Incidents
from bot.chat.messenger import Messenger
from bot.chat.operators import Operators
from bot.chat.polling import Ears, TokenError, poll
from bot.chat.profile import describe
from bot.chat.questions import Questions
from bot.chat.roster import Roster
from bot.chat.session import LeanSession
from bot.chat.speaker import Speaker
from bot.store import Database, StoreError, meta, sellers, trail
from bot.store.operators import remember
from dialogs import Conversation

__all__ = ["TokenError", "serve"]

log = structlog.get_logger()

DRAIN_SECONDS = 5
"""How long a stopping bot goes on speaking; what it does not get to is owed and said at the next start."""

GC_THRESHOLD = 50_000
"""New objects between two looks of the garbage collector. aiogram's 190,000 models are frozen once they are loaded;
what a step makes is freed by its counts, so looking at it every 700 objects is only cost."""


async def serve(
    token: str,
    conversation: Conversation,
    database: Database,
    stop: asyncio.Event,
    *,
    api_base: str,
    proxy: str | None = None,
    owners: frozenset[int] = frozenset(),
    folder: Path = Path(),
    pace: float = 20,
    zone: str = "Asia/Shanghai",
    clock: Callable[[], float] = time.time,
) -> None:
    """Converse until `stop`. `folder` is where the database is, for a look at its disk.

    `pace`: messages of a broadcast a second, to foresee how long one takes; `zone`: where operators read the clock.

    Raises TokenError when Telegram refuses the token.
    """
    name = logs.pseudonym(await database.run(meta.read, "log_key"))
    session = LeanSession(api=TelegramAPIServer.from_base(api_base), proxy=proxy)
    async with Bot(token, session=session) as bot:
        speaker = Speaker(bot, conversation, database, name, clock, owners)
        messenger = Messenger(bot, database, clock)
        desk = Desk(conversation, database, speaker, clock)
        incidents = Incidents(owners, messenger, database, conversation, clock)
        operators = Operators(conversation, database, owners, clock)
        news = Broadcasts(bot, conversation, database, clock, pace=pace, zone=zone)
        seen = Figures(bot, conversation, database, operators, clock, zone=zone)
        taken = Exports(bot, database, operators, clock)
        dispatcher = Dispatcher(
            disable_fsm=True,
            desk=desk,
            operators=operators,
            broadcasts=news,
            figures=seen,
            exports=taken,
            questions=Questions(conversation, database, messenger, clock),
            roster=Roster(bot, operators, Appointments(operators, database, messenger, clock)),
        )
        dispatcher.include_routers(
            *(part.router() for part in (broadcasts, figures, exports, roster, questions, routes))
        )
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)
        await database.run(trail.forget_handled, clock())
        await database.run(remember, owners, clock())  # what they do themselves is in no figure
        for guest in await database.run(sellers.owed):
            speaker.speak(guest)
        works = (
            messenger.run(),
            incidents.watch(folder),
            describe(bot, conversation, operators),
            news.run(),
            seen.run(),
        )
        beside = [asyncio.create_task(work) for work in works]
        log.info("serving")
        try:
            await poll(bot, dispatcher, stop, _ears(name, desk, incidents))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, seen.beside.close(), taken.beside.close(), return_exceptions=True)
            await speaker.drain(DRAIN_SECONDS)
            log.info("stopped")


def _ears(name: Callable[[int], str], desk: Desk, incidents: Incidents) -> Ears:
    """What happens when something goes wrong: the seller is calmed, the owners are told."""

    async def failed(update: Update, error: Exception) -> None:
        try:
            await routes.calm(update, desk, type(error).__name__)
        except Exception:
            log.exception("nobody could be calmed", update=update.update_id)

    async def trouble(error: Exception) -> None:
        if isinstance(error, TelegramConflictError):
            await incidents.happened("conflict")
        elif isinstance(error, StoreError):
            await incidents.unsaved()

    async def well() -> None:
        await incidents.over("conflict")

    return Ears(name, failed, trouble, well)
