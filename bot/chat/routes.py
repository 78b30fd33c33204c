"""Which update goes where: the table of contents of the chat."""

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update, User

from bot.chat import screen
from bot.chat.desk import Desk, Sender
from bot.chat.speaker import Call


def router() -> Router:
    """A new router: one of them belongs to one dispatcher only."""
    routes = Router(name="sellers")
    routes.callback_query.register(tap)
    routes.message.register(write, F.chat.type == ChatType.PRIVATE, F.text)
    routes.message.register(puzzle, F.chat.type == ChatType.PRIVATE)
    routes.my_chat_member.register(leave, F.new_chat_member.status == ChatMemberStatus.KICKED)
    return routes


async def tap(query: CallbackQuery, desk: Desk, event_update: Update) -> None:
    """A button was pressed."""
    visit, choice = screen.tapped(query.data)
    message = query.message.message_id if query.message else 0
    await desk.tap(event_update.update_id, _sender(query.from_user), visit, choice, Call(query.id, message))


async def write(message: Message, desk: Desk, event_update: Update) -> None:
    """Text was written."""
    assert message.text is not None  # noqa: S101  the filter saw to it
    await desk.write(event_update.update_id, _sender(message.from_user), message.text)


async def puzzle(message: Message, desk: Desk, event_update: Update) -> None:
    """Something else was sent."""
    await desk.puzzle(event_update.update_id, _sender(message.from_user))


async def leave(change: ChatMemberUpdated, desk: Desk) -> None:
    """The bot was blocked."""
    await desk.leave(_sender(change.from_user))


def _sender(user: User | None) -> Sender:
    assert user is not None  # noqa: S101  in private chats everything is from somebody
    return Sender(user.id, user.language_code or "")
