"""What Telegram itself shows of the bot: commands, name and descriptions, in every language, set only when changed."""

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeChat

from bot.chat.operators import RIGHTS, Operators, commands_of
from dialogs import COMMANDS, Conversation
from dialogs.voice import SOURCE, Voice

log = structlog.get_logger()


async def describe(bot: Bot, conversation: Conversation, operators: Operators) -> None:
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
    for person, role in (await operators.known()).items():
        try:
            await _operator(bot, await operators.voice(person), person, role)
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
    """The commands he has in his chat, in that language; an owner's when `operator`. Raises TelegramAPIError."""
    if operator:
        await _set(bot, voice, person, "owner")
        return
    shown = {command.command for command in await bot.get_my_commands(scope=BotCommandScopeChat(chat_id=person))}
    more = tuple(name for name in RIGHTS if name in shown)
    await bot.set_my_commands(commands(voice, (*COMMANDS, *more)), scope=BotCommandScopeChat(chat_id=person))


async def follow(bot: Bot, voice: Voice, person: int, role: str) -> None:
    """The commands of his role from now on; if that fails, from the next start on."""
    try:
        await _set(bot, voice, person, role)
    except (TelegramAPIError, ClientDecodeError) as error:
        log.warning("operator's commands not set", reason=error.message)


async def _operator(bot: Bot, voice: Voice, person: int, role: str) -> None:
    now = await bot.get_my_commands(scope=BotCommandScopeChat(chat_id=person))
    # In whatever language he has chosen: only what is missing or too much is set.
    if [command.command for command in now] != [*COMMANDS, *commands_of(role)]:
        await _set(bot, voice, person, role)


async def _set(bot: Bot, voice: Voice, person: int, role: str) -> None:
    wanted = commands(voice, (*COMMANDS, *commands_of(role)))
    await bot.set_my_commands(wanted, scope=BotCommandScopeChat(chat_id=person))


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
