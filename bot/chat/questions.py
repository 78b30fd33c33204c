"""The questions the pages could not answer, as operators see them: answered, left to the authors, or closed."""

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from html import escape

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.types import CallbackQuery, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.chat.messenger import Messenger
from bot.chat.operators import Holds, Operators
from bot.store import Database, notices, sellers
from bot.store import questions as store
from bot.store.questions import Question
from dialogs import Conversation, limits, markup, search

SHOWN = 5
"""Groups of questions in one list: each has its buttons."""

ALIKE = 0.5
"""Share of common words from which two questions are shown, and answered, as one."""

PROMPT = re.compile(r"#(\d+) · ")


def router() -> Router:
    """Routes for those who answer questions; for everybody else this command does not exist."""
    routes = Router(name="questions")
    mine = Holds("questions")
    routes.message.register(listed, Command("questions", ignore_case=True), mine)
    # Telegram puts whatever comes next under the request for an answer, /cancel too.
    routes.message.register(answer, F.reply_to_message.text.regexp(PROMPT), F.text, ~F.text.startswith("/"), mine)
    routes.callback_query.register(pressed, F.data.startswith("q:"), mine)
    return routes


class Questions:
    """The questions, from the operators' side."""

    def __init__(
        self,
        conversation: Conversation,
        database: Database,
        messenger: Messenger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._conversation = conversation
        self._database = database
        self._messenger = messenger
        self._clock = clock

    async def groups(self) -> list[list[Question]]:
        """The open questions, those alike together, the oldest first."""
        return grouped(await self._database.run(store.waiting))

    async def group(self, id_: int) -> list[Question]:
        """An open question and those like it; none when somebody has ended it."""
        return next((group for group in await self.groups() if any(one.id == id_ for one in group)), [])

    async def end(self, group: list[Question], state: str, by: int) -> None:
        """Close the questions, or leave them to the authors."""
        for one in group:
            await self._database.run(store.end, one.id, state, by, self._clock())

    async def tell(self, group: list[Question], text: str, by: int) -> int:
        """Give everybody in the group the answer; how many people that were."""
        told = 0
        for one in group:
            told += await self._database.run(self._tell, one, text, by)
        self._messenger.wake()
        return told

    def _tell(self, db: sqlite3.Connection, question: Question, text: str, by: int) -> bool:
        """One transaction: the question is answered, and the answer is on its way."""
        now = self._clock()
        if not store.end(db, question.id, "answered", by, now, text):
            return False
        guest = sellers.load(db, question.seller)
        voice = self._conversation.voices.of(guest.seller.lang if guest else question.lang)
        quote = f"{voice.button('answered')}\n<blockquote>{escape(question.text, quote=False)}</blockquote>"
        answer = escape(text, quote=False)
        # An answer may be as long as a message, and then the question needs one of its own.
        whole = markup.units(f"{quote}{text}") < limits.MESSAGE
        for part in [f"{quote}\n{answer}"] if whole else [quote, answer]:
            notices.put(db, question.seller, part, now)
        return True


def grouped(open_: list[Question]) -> list[list[Question]]:
    """Questions in one language that share most of their words, together; the oldest of each group first."""
    groups: list[list[Question]] = []
    for question in open_:
        home = next((group for group in groups if alike(group[0], question)), None)
        if home:
            home.append(question)
        else:
            groups.append([question])
    return groups


def alike(one: Question, other: Question) -> bool:
    """Whether two questions ask the same, as far as their words tell."""
    ours, theirs = set(search.words(one.text)), set(search.words(other.text))
    same = one.text == other.text or len(ours & theirs) > ALIKE * len(ours | theirs)
    return one.lang == other.lang and same


async def listed(message: Message, questions: Questions, operators: Operators) -> None:
    """/questions: the oldest groups, each with what can be done about it."""
    code = message.from_user.language_code if message.from_user else None
    groups = await questions.groups()
    if not groups:
        await message.answer(operators.say(code, "questions-none"), parse_mode="HTML")
    for group in groups[:SHOWN]:
        first = group[0]
        people = operators.say(code, "questions-people", n=len(group))
        text = f"<b>#{first.id}</b> · {first.lang} · {first.page} · {people}"
        buttons = [
            InlineKeyboardButton(text=operators.say(code, f"questions-{name}"), callback_data=f"q:{name}:{first.id}")
            for name in ("answer", "page", "close")
        ]
        await message.answer(
            f"{text}\n<blockquote>{escape(first.text, quote=False)}</blockquote>",
            parse_mode="HTML",
            reply_markup=InlineKeyboardMarkup(inline_keyboard=[buttons]),
        )
    if len(groups) > SHOWN:
        await message.answer(operators.say(code, "questions-more", n=len(groups) - SHOWN), parse_mode="HTML")


async def pressed(query: CallbackQuery, questions: Questions, operators: Operators) -> None:
    """A button under a question: answer it, leave it to the authors, or close it."""
    _, name, number = f"{query.data}::".split(":")[:3]
    code = query.from_user.language_code
    group = await questions.group(int(number)) if number.isdecimal() else []
    if not group or not isinstance(query.message, Message):
        await _answered(query, operators.say(code, "questions-ended"))
        return
    await _answered(query)
    if name == "answer":
        await query.message.answer(
            f"#{group[0].id} · {operators.say(code, 'questions-prompt')}\n"
            f"<blockquote>{escape(group[0].text, quote=False)}</blockquote>",
            parse_mode="HTML",
            reply_markup=ForceReply(input_field_placeholder=operators.say(code, "questions-answer")),
        )
        return
    await questions.end(group, "page" if name == "page" else "closed", query.from_user.id)
    await query.message.edit_text(
        f"#{group[0].id} · {operators.say(code, 'questions-left' if name == 'page' else 'questions-closed')}\n"
        f"<blockquote>{escape(group[0].text, quote=False)}</blockquote>",
        parse_mode="HTML",
    )


async def _answered(query: CallbackQuery, text: str | None = None) -> None:
    """Answer the press. Too late or twice: what he asked for is done all the same."""
    with suppress(TelegramAPIError):
        await query.answer(text)


async def answer(message: Message, questions: Questions, operators: Operators) -> None:
    """A reply to "answer #12": everybody who asked that gets it."""
    assert message.reply_to_message is not None  # noqa: S101  the filter saw to it
    assert message.from_user is not None  # noqa: S101  and to this
    found = PROMPT.match(message.reply_to_message.text or "")
    code = message.from_user.language_code
    group = await questions.group(int(found[1])) if found else []
    told = await questions.tell(group, message.text or "", message.from_user.id)
    name = "questions-told" if told else "questions-ended"
    await message.answer(operators.say(code, name, n=told), parse_mode="HTML")
