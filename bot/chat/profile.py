"""What Telegram itself shows of the bot: commands, name and descriptions, in every language, set only when changed."""

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeChat

from bot.chat import operators
from dialogs import COMMANDS, Conversation
from dialogs.voice import SOURCE, Voice

log = structlog.get_logger()


async def describe(bot: Bot, conversation: Conversation, owners: frozenset[int]) -> None:
    """Bring it up to date; trouble with one part does not stop the others."""
    for lang in conversation.voices.languages:
        voice = conversation.voices.of(lang)
        # Telegram takes two letters here; English is what everybody gets who has none of the others.
        code = None if lang == SOURCE else lang.partition("_")[0]
        for part in (_commands, _name, _about, _short):
            try:
                await part(bot, voice, code)
            except (TelegramAPIError, ClientDecodeError) as error:
                log.warning("profile not set", part=part.__name__.strip("_"), lang=lang, reason=error.message)
    for owner in owners:
        try:
            await _operator(bot, conversation.voices.of(SOURCE), owner)
        except (TelegramAPIError, ClientDecodeError) as error:
            # An owner who has never written to the bot has no chat yet; the next start finds it.
            log.debug("operator's commands not set", reason=error.message)


def commands(voice: Voice, names: tuple[str, ...] = COMMANDS) -> list[BotCommand]:
    """The commands with what they do."""
    return [BotCommand(command=name, description=voice.button(f"command-{name}")) for name in names]


def _same(ours: list[BotCommand], theirs: list[BotCommand]) -> bool:
    """Compared by what they say: to pydantic a model from Telegram is never equal to one of our own."""
    return [(one.command, one.description) for one in ours] == [(one.command, one.description) for one in theirs]


async def _commands(bot: Bot, voice: Voice, code: str | None) -> None:
    wanted = commands(voice)
    if not _same(await bot.get_my_commands(language_code=code), wanted):
        await bot.set_my_commands(wanted, language_code=code)


async def translate(bot: Bot, voice: Voice, person: int, *, operator: bool) -> None:
    """The commands in one person's chat, in that language. Raises TelegramAPIError."""
    wanted = commands(voice, (*COMMANDS, *operators.COMMANDS) if operator else COMMANDS)
    await bot.set_my_commands(wanted, scope=BotCommandScopeChat(chat_id=person))


async def _operator(bot: Bot, voice: Voice, owner: int) -> None:
    now = await bot.get_my_commands(scope=BotCommandScopeChat(chat_id=owner))
    # In whatever language he has chosen: only what is missing is set.
    if [command.command for command in now] != [*COMMANDS, *operators.COMMANDS]:
        await translate(bot, voice, owner, operator=True)


async def _name(bot: Bot, voice: Voice, code: str | None) -> None:
    wanted = voice.button("bot-name")
    if (await bot.get_my_name(language_code=code)).name != wanted:
        await bot.set_my_name(wanted, language_code=code)


async def _about(bot: Bot, voice: Voice, code: str | None) -> None:
    wanted = voice.button("bot-about")
    if (await bot.get_my_description(language_code=code)).description != wanted:
        await bot.set_my_description(wanted, language_code=code)


async def _short(bot: Bot, voice: Voice, code: str | None) -> None:
    wanted = voice.button("bot-short")
    if (await bot.get_my_short_description(language_code=code)).short_description != wanted:
        await bot.set_my_short_description(wanted, language_code=code)
