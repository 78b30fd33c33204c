"""Figures in an operator's chat: a picture, the numbers as text, what they count, and a digest each week."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from html import escape
from zoneinfo import ZoneInfo

import structlog
from aiogram import Bot, F, Router
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.filters import Command, CommandObject
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from bot.chat.beside import Beside
from bot.chat.operators import RIGHTS, Holds, Operators
from bot.stats import figures, snapshot
from bot.stats.drawing import png
from bot.stats.period import SPANS, Period, named, number, today
from bot.stats.scope import scope
from bot.stats.sketches import picture
from bot.stats.snapshot import StatsError
from bot.stats.table import Table, Value
from bot.stats.words import Words
from bot.store import Database, StoreError, digests
from dialogs import Conversation, moves
from dialogs.voice import Voice

log = structlog.get_logger()

OVERALL = ("people", "daily", "topics", "leaving", "questions", "broadcasts", "review")
"""Figures of a period."""
OF_TOPIC = ("topics", "leaving", "times", "quiz", "helpful")
"""Figures of one topic."""

DRAWN = ("daily", "topics", "funnel", "quiz")
"""Figures in the picture."""

MOST = {"topics": 12, "leaving": 5, "quiz": 6, "helpful": 5, "questions": 5, "broadcasts": 5, "review": 5}
"""Lines of a figure in the chat; all of them are in the report."""

PRETEND = {"try-out": "tryout", "synthetic": "synthetic"}
"""Files whose people are made up, and the end of the phrase that says so."""

MORNING = 9
"""The hour of a Monday, in the operators' zone, from which a digest goes out."""

LOOK = 60.0
"""Seconds between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see."""

    span: str = "month"
    topic: str = ""


class MisheardError(Exception):
    """There is no such period and no such topic; the text is a phrase's value: what there is."""


class Figures:
    """The figures, from the operators' side."""

    def __init__(
        self,
        bot: Bot,
        conversation: Conversation,
        database: Database,
        operators: Operators,
        clock: Callable[[], float] = time.time,
        *,
        zone: str = "Asia/Shanghai",
    ) -> None:
        """`zone`: where operators read the clock."""
        self._bot = bot
        self._conversation = conversation
        self._database = database
        self._operators = operators
        self._clock = clock
        self._zone = zone
        self._one = asyncio.Lock()  # a picture takes a second of a processor: one after the other
        self.beside = Beside()

    def words(self, voice: Voice) -> Words:
        """An operator's language, for figures."""
        return Words(self._conversation, voice.lang)

    def by_code(self, code: str | None) -> Voice:
        """The language for one of Telegram's codes."""
        return self._operators.by_code(code)

    # What is asked for

    def read(self, text: str) -> Asked:
        """`week`, `auditors`, both or nothing. Raises MisheardError."""
        span, topic = Asked().span, ""
        content = self._conversation.content
        topics = [listed.id for listed in content.listed]
        for word in text.casefold().split()[:3]:
            if word in (*SPANS, "all"):
                span = word
            elif (named := moves.topic(word, content.moves, content.topics)) in topics:
                topic = named
            else:
                known = [*SPANS, "all", *topics]
                raise MisheardError(", ".join(get_close_matches(word, known, n=3, cutoff=0.5) or known))
        return Asked(span, topic)

    def begin(self, chat: int, voice: Voice, asked: Asked) -> None:
        """Have it looked up and sent, beside the conversation: no update waits for it."""
        self.beside.start(self._send(chat, voice, asked))

    async def _send(self, chat: int, voice: Voice, asked: Asked) -> None:
        try:
            async with self._one:
                await self._show(chat, voice, asked)
        except (StatsError, StoreError) as error:
            with suppress(TelegramAPIError):
                await self._bot.send_message(chat, self.words(voice).say("stats-failed", why=str(error)))
        except (TelegramAPIError, ClientDecodeError) as error:
            log.warning("figures not sent", reason=type(error).__name__)

    async def _show(self, chat: int, voice: Voice, asked: Asked, days: Period | None = None) -> None:
        """The picture, then the numbers; without a picture the numbers all the same. Raises TelegramAPIError."""
        words = self.words(voice)
        period, tables, kind = await asyncio.to_thread(self._count, asked, days)
        notes = [words.say(f"report-{PRETEND[kind]}")] if kind in PRETEND else []
        with suppress(TelegramAPIError):
            await self._bot.send_chat_action(chat, "upload_photo")
        try:
            drawing = picture((table for table in tables if table.id in DRAWN), words, title(words, asked, period))
            if drawing:
                await self._bot.send_photo(chat, BufferedInputFile(await png(drawing), "figures.png"))
        except StatsError as error:
            notes.append(words.say("stats-no-picture", why=str(error)))
        except TelegramAPIError as error:  # the numbers are worth more than the picture
            log.warning("a picture was not sent", reason=type(error).__name__)
        text = told(words, asked, period, tables, notes)
        wants = await self._database.run(digests.wants, chat)
        await self._bot.send_message(chat, text, parse_mode="HTML", reply_markup=keyboard(words, asked, wants=wants))

    def _count(self, asked: Asked, days: Period | None) -> tuple[Period, list[Table], str]:
        """The figures, and whose walks they count. SQLite holds up nobody else meanwhile. Raises StatsError."""
        now = self._clock()
        with snapshot.opened(self._database.path) as opened:
            whole = Period(today(0), today(now))
            wanted = days or (whole if asked.span == "all" else named(asked.span, now))
            found = scope(opened.db, self._conversation.content, wanted, now, self._zone, topic=asked.topic)
            names = OF_TOPIC if asked.topic else OVERALL
            shown = found.period if asked.span == "all" else wanted
            return shown, list(figures.gather(found, names)), opened.kind

    # Each week

    async def switch(self, chat: int, voice: Voice, *, on: bool) -> None:
        """Send a digest each Monday, or none any more. The first is that of the week which is not over yet."""
        if on:
            await self._database.run(digests.put, chat, voice.lang, self._week())
        else:
            await self._database.run(digests.drop, chat)

    async def run(self) -> None:
        """Send digests until cancelled; one that was due while the bot was down goes out when it is back."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.warning("digests wait", reason=str(error))
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Send what is due now."""
        if not self._morning():
            return
        for digest in await self._database.run(digests.claim, self._week()):
            if await self._operators.role(digest.chat) not in RIGHTS["stats"]:
                await self._database.run(digests.drop, digest.chat)
                continue
            voice = self._conversation.voices.of(digest.lang)
            last = self._local().date() - timedelta(self._local().weekday() + 1)
            try:
                async with self._one:
                    await self._show(digest.chat, voice, Asked("week"), Period(last - timedelta(6), last))
            except (StatsError, TelegramAPIError, ClientDecodeError) as error:
                log.warning("a digest was not sent", reason=type(error).__name__)

    def _local(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC).astimezone(ZoneInfo(self._zone))

    def _week(self) -> int:
        local = self._local()
        return number(local.date() - timedelta(local.weekday()))

    def _morning(self) -> bool:
        """Whether it is Monday's hour, or later in the week."""
        local = self._local()
        return local.weekday() > 0 or local.hour >= MORNING


def title(words: Words, asked: Asked, period: Period) -> str:
    """Of what the figures are, and of which days."""
    of = words.topic(asked.topic) if asked.topic else words.say("stats-title")
    days = words.say("report-from", since=str(period.since), until=str(period.until))
    return words.say("stats-of", what=of, more=days)


def told(words: Words, asked: Asked, period: Period, tables: Sequence[Table], notes: Sequence[str] = ()) -> str:
    """The numbers as Telegram's HTML, and what they count folded away under them."""
    parts = [f"<b>{_safe(title(words, asked, period))}</b>"]
    parts += map(_safe, notes)
    shown = [table for table in tables if table.id in LINES and table.rows]
    for table in shown:
        lines = [f"• {_safe(LINES[table.id](words, row))}" for row in table.records()[: MOST.get(table.id)]]
        parts.append("\n".join([f"<b>{_safe(words.title(table))}</b>", *filter(lambda line: line != "• ", lines)]))
    means = "\n".join(words.say("stats-of", what=words.title(table), more=words.means(table)) for table in shown)
    return "\n\n".join([*parts, f"<blockquote expandable>{_safe(means)}</blockquote>"])


Row = dict[str, Value]


def _line(phrase: str, *columns: str) -> Callable[[Words, Row], str]:
    """A line of a figure, by a phrase with its columns."""

    def write(words: Words, row: Row) -> str:
        return words.say(phrase, **{column: words.value(column, row[column]) for column in columns})

    return write


def _asked_by(words: Words, row: Row) -> str:
    text = words.value("words", row["words"])
    return f"{text[:80]}{'…' if len(text) > 80 else ''} · {words.value('people', row['people'])}"


LINES: dict[str, Callable[[Words, Row], str]] = {
    "people": _line("stats-people", "span", "active", "new", "returning", "before"),
    "topics": _line("stats-topics", "topic", "people", "finished", "share", "left"),
    "leaving": _line("stats-leaving", "page", "left", "people"),
    "times": _line("stats-times", "topic", "median", "ninth"),
    "quiz": _line("stats-quiz", "question", "answered", "rate"),
    "helpful": _line("stats-helpful", "page", "yes", "no"),
    "questions": _asked_by,
    "broadcasts": _line("stats-broadcasts", "broadcast", "started", "sent", "blocked", "declined"),
    "review": _line("stats-review", "page", "due"),
}
"""How a line of each figure reads."""


def keyboard(words: Words, asked: Asked, *, wants: bool) -> InlineKeyboardMarkup:
    """Other periods, and the digest."""

    def button(phrase: str, data: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(text=words.say(phrase), callback_data=data)

    spans = [button(f"stats-{span}", f"st:{span}:{asked.topic}") for span in (*SPANS, "all")]
    digest = button(f"stats-digest-{'off' if wants else 'on'}", f"st:digest:{'off' if wants else 'on'}")
    return InlineKeyboardMarkup(inline_keyboard=[spans[:2], spans[2:], [digest]])


def _safe(text: str) -> str:
    return escape(text, quote=False)


# Routes


def router() -> Router:
    """Routes for those who may see figures; for everybody else this command does not exist."""
    routes = Router(name="figures")
    mine = Holds("stats")
    routes.message.register(listed, Command("stats", ignore_case=True), mine)
    routes.callback_query.register(pressed, F.data.startswith("st:"), mine)
    return routes


async def listed(message: Message, command: CommandObject, figures: Figures) -> None:
    """/stats, /stats week, /stats auditors."""
    voice = figures.by_code(message.from_user.language_code if message.from_user else "")
    try:
        figures.begin(message.chat.id, voice, figures.read(command.args or ""))
    except MisheardError as misheard:
        await message.answer(figures.words(voice).say("stats-misheard", known=str(misheard)))


async def pressed(query: CallbackQuery, figures: Figures) -> None:
    """A button under the figures."""
    voice, chat = figures.by_code(query.from_user.language_code), query.from_user.id
    _, act, subject = f"{query.data}::".split(":")[:3]
    notice = ""
    if act == "digest" and subject in ("on", "off"):
        await figures.switch(chat, voice, on=subject == "on")
        notice = figures.words(voice).say(f"stats-digest-is-{subject}")
        if isinstance(query.message, Message) and query.message.reply_markup:
            *rows, _ = query.message.reply_markup.inline_keyboard
            last = keyboard(figures.words(voice), Asked(), wants=subject == "on").inline_keyboard[-1]
            with suppress(TelegramAPIError):  # it shows that already, or is gone
                await query.message.edit_reply_markup(reply_markup=InlineKeyboardMarkup(inline_keyboard=[*rows, last]))
    else:
        with suppress(MisheardError):  # a button of an older version
            figures.begin(chat, voice, figures.read(f"{act} {subject}"))
    with suppress(TelegramAPIError):  # too late
        await query.answer(notice or None)
