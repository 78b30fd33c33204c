"""The chat: aiogram, one seller after the other's pace, saved before acknowledged, acknowledged before spoken."""

import asyncio
import gc
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand

from bot import logs
from bot.chat.desk import Desk
from bot.chat.polling import TokenError, poll
from bot.chat.routes import router
from bot.chat.session import LeanSession
from bot.chat.speaker import Speaker
from bot.store import Database, meta, sellers, trail
from dialogs import COMMANDS, Conversation

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
    clock: Callable[[], float] = time.time,
) -> None:
    """Converse until `stop`. Raises TokenError when Telegram refuses the token."""
    name = logs.pseudonym(await database.run(meta.read, "log_key"))
    session = LeanSession(api=TelegramAPIServer.from_base(api_base), proxy=proxy)
    async with Bot(token, session=session) as bot:
        speaker = Speaker(bot, conversation, database, name, clock)
        desk = Desk(conversation, database, speaker, clock)
        dispatcher = Dispatcher(disable_fsm=True, desk=desk)
        dispatcher.include_router(router())
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)
        await database.run(trail.forget_handled, clock())
        for guest in await database.run(sellers.owed):
            speaker.speak(guest)
        describing = asyncio.create_task(_describe(bot, conversation))
        log.info("serving")
        try:
            await poll(bot, dispatcher, stop, name)
        finally:
            describing.cancel()
            with suppress(asyncio.CancelledError):
                await describing
            await speaker.drain(DRAIN_SECONDS)
            log.info("stopped")


async def _describe(bot: Bot, conversation: Conversation) -> None:
    """Tell Telegram the commands, in each language, so that its menu shows them."""
    for lang in conversation.voices.languages:
        voice = conversation.voices.of(lang)
        commands = [BotCommand(command=name, description=voice.button(f"command-{name}")) for name in COMMANDS]
        # English is what everybody gets who has none of the others.
        code = None if lang == "en" else lang.partition("_")[0]
        try:
            await bot.set_my_commands(commands, language_code=code)
        except TelegramAPIError as error:
            log.warning("commands not set", lang=lang, reason=error.message)
