"""Which update goes where: the table of contents of the chat."""

from contextlib import suppress

from aiogram import Bot, F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update, User

from bot.chat import screen
from bot.chat.desk import Desk, Sender
from bot.chat.speaker import Call

GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}

HANDLED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update we ask Telegram for; it keeps the others to itself."""


def router() -> Router:
    """A new router: one of them belongs to one dispatcher only."""
    routes = Router(name="sellers")
    private = F.chat.type == ChatType.PRIVATE
    routes.callback_query.register(not_yours, F.message.chat.type.in_(GROUPS))
    routes.callback_query.register(decline_news, F.data.startswith("stop:"))
    routes.callback_query.register(tap)
    routes.message.register(write, private, F.text)
    routes.message.register(puzzle, private)
    routes.message.register(invite, F.chat.type.in_(GROUPS), F.text)
    routes.edited_message.register(edited, private)
    routes.my_chat_member.register(leave, private, F.new_chat_member.status == ChatMemberStatus.KICKED)
    return routes


async def tap(query: CallbackQuery, desk: Desk, event_update: Update) -> None:
    """A button was pressed."""
    visit, choice = screen.tapped(query.data)
    message = query.message.message_id if query.message else 0
    await desk.tap(event_update.update_id, _sender(query.from_user), visit, choice, Call(query.id, message))


async def decline_news(query: CallbackQuery, desk: Desk, event_update: Update) -> None:
    """The button under a broadcast that ends news."""
    broadcast = (query.data or "").partition(":")[2]
    said = await desk.decline_news(event_update.update_id, _sender(query.from_user), broadcast[:20])
    with suppress(TelegramAPIError):  # too late
        await query.answer(said, show_alert=True)


async def write(message: Message, desk: Desk, event_update: Update) -> None:
    """Text was written."""
    assert message.text is not None  # noqa: S101  the filter saw to it
    await desk.write(event_update.update_id, _sender(message.from_user), message.text)


async def puzzle(message: Message, desk: Desk, event_update: Update) -> None:
    """Something else was sent."""
    await desk.puzzle(event_update.update_id, _sender(message.from_user))


async def edited(message: Message, desk: Desk, event_update: Update) -> None:
    """An old message was changed; what it said then has been answered."""
    await desk.puzzle(event_update.update_id, _sender(message.from_user), "edited")


async def invite(message: Message, bot: Bot, desk: Desk) -> None:
    """In a group: silent, unless somebody speaks to the bot."""
    me = await bot.me()
    replied = message.reply_to_message and message.reply_to_message.from_user
    text = (message.text or "").lower()
    to_me = f"@{me.username}".lower() in text or (replied is not None and replied and replied.id == me.id)
    if to_me or (text.startswith("/") and "@" not in text.split()[0]):
        link = f"https://t.me/{me.username}"
        code = message.from_user.language_code if message.from_user else ""
        # The bot may have no right to write there; then it stays silent.
        with suppress(TelegramAPIError):
            await message.reply(desk.say(code or "", "groups", link=link))


async def not_yours(query: CallbackQuery, desk: Desk) -> None:
    """In a group: a button of somebody else's."""
    with suppress(TelegramAPIError):  # too late
        await query.answer(desk.say(query.from_user.language_code or "", "not-yours"))


async def leave(change: ChatMemberUpdated, desk: Desk) -> None:
    """The bot was blocked."""
    await desk.leave(_sender(change.from_user))


async def calm(update: Update, desk: Desk, error: str) -> None:
    """An update could not be handled: tell the seller, if it was one's, that nothing is lost."""
    event = update.callback_query or update.message or update.edited_message
    if update.callback_query:
        with suppress(TelegramAPIError):
            await update.callback_query.answer()
    if event and event.from_user:
        await desk.calm(update.update_id, _sender(event.from_user), update.event_type, error)


def _sender(user: User | None) -> Sender:
    assert user is not None  # noqa: S101  in private chats everything is from somebody
    return Sender(user.id, user.language_code or "")
