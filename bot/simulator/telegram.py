"""The pretend Telegram itself: who is there, what was said, and what happens when somebody does something."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bot.simulator import typed
from bot.simulator.errors import ImpossibleError, bad, forbidden
from bot.simulator.formatted import Formatted
from bot.simulator.keyboards import Markup
from bot.simulator.media import File, Files
from bot.simulator.people import (
    BOT_ID,
    BOT_USERNAME,
    DAY,
    FIRST_CROWD_ID,
    FIRST_GUEST_ID,
    Chat,
    Message,
    Person,
    Press,
    starters,
)
from bot.simulator.profile import Profile
from bot.simulator.updates import Updates

# Telegram doesn't publish the window for answering a press; clients show a spinner for about a minute
# (telegram_limits 6), so later than that is "too old" here.
ANSWER_WINDOW = 60
ACTION_SHOWN = 5
DELETE_WINDOW = 2 * DAY

Listener = Callable[[dict[str, Any]], None]


class Telegram:
    """All state, in memory. `Memory` keeps it in a file, `methods` and `person_side` act on it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.listeners: list[Listener] = []
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.cached: dict[tuple[int, int, str], tuple[float, dict[str, Any]]] = {}
        self.files = Files()
        self.profile = Profile()
        self.updates = Updates(clock, changed=lambda: self.tell("queue"))
        self.next_message_id = 1
        self.next_press_id = 4_000_000_000_000_001
        self.serials = itertools.count(1)
        for person in starters():
            self.welcome(person)

    def tell(self, what: str, **more: Any) -> None:
        """Lets the page and the state file know."""
        for listener in list(self.listeners):
            listener({"what": what, **more})

    def now(self) -> int:
        return int(self.clock())

    # --- people ---

    def welcome(self, person: Person) -> None:
        self.people[person.id] = person
        self.chats[person.id] = Chat(id=person.id, person_id=person.id)

    def invite(self, first_name: str, language_code: str) -> Person:
        """A new pretend person."""
        if not 1 <= len(first_name) <= 64:
            raise ImpossibleError("a name has 1 to 64 characters")
        if not 2 <= len(language_code) <= 16:
            raise ImpossibleError("a language code looks like en or zh-hans")
        person = Person(
            max(FIRST_GUEST_ID - 1, *(id_ for id_ in self.people if id_ < FIRST_CROWD_ID)) + 1,
            first_name,
            language_code,
        )
        self.welcome(person)
        self.tell("people")
        return person

    def chat(self, chat_id: int) -> Chat:
        """The chat as the bot sees it: there is none before the person has pressed Start."""
        chat = self.chats.get(chat_id)
        if chat is None or not chat.started:
            raise bad("chat not found")
        return chat

    def person_of(self, chat: Chat) -> Person:
        return self.people[chat.person_id]

    def reachable(self, chat: Chat) -> None:
        """Raises what the core server answers for a chat that can't be written to."""
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")

    # --- JSON as the bot sees it ---

    def chat_json(self, chat: Chat) -> dict[str, Any]:
        user = self.person_of(chat).user()
        names = {key: user[key] for key in ("first_name", "last_name", "username") if key in user}
        return {"id": chat.id, "type": "private"} | names

    def bot_user(self) -> dict[str, Any]:
        name = self.profile.text("name", "") or "certguide"
        return {"id": BOT_ID, "is_bot": True, "first_name": name, "username": BOT_USERNAME}

    def message_json(self, message: Message, *, with_reply: bool = True) -> dict[str, Any]:
        chat = self.chats[message.chat_id]
        sender = self.bot_user() if message.from_bot else self.person_of(chat).user()
        result: dict[str, Any] = {"message_id": message.message_id, "from": sender, "date": message.date}
        result["chat"] = self.chat_json(chat)
        replied = chat.messages.get(message.reply_to) if with_reply else None
        text, entities = ("caption", "caption_entities") if message.captioned else ("text", "entities")
        optional = {
            "edit_date": message.edit_date,
            text: message.text,
            entities: message.entities,
            "reply_markup": message.inline_keyboard,
            "reply_to_message": replied and self.message_json(replied, with_reply=False),
        }
        return result | {key: value for key, value in optional.items() if value} | message.other

    # --- what the bot does ---

    def send(
        self, chat: Chat, content: Formatted, markup: Markup | None, reply_to: int, file: File | None = None
    ) -> Message:
        """Shows a message of the bot's, or a file with the content as its caption."""
        other = file.content() if file else {}
        message = self.put(
            chat, from_bot=True, text=content.text, entities=content.entities, reply_to=reply_to, other=other
        )
        chat.received += 1
        if markup:
            message.show(markup.kind, markup.content)
        chat.action, chat.action_until = "", 0.0
        self.tell("chat", chat=chat.id)
        return message

    def put(self, chat: Chat, *, from_bot: bool, **content: Any) -> Message:
        message = Message(self.next_message_id, chat.id, from_bot, self.now(), **content)
        self.next_message_id += 1
        chat.messages[message.message_id] = message
        return message

    def edit(self, message: Message, text: str, entities: list[Any], markup: Markup | None) -> None:
        keyboard = markup.content if markup else None
        if message.content() == (text, entities, keyboard):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message"
            )
        message.text, message.entities = text, entities
        message.show("inline" if markup else "", keyboard)
        message.edit_date = self.now()
        self.tell("chat", chat=message.chat_id)

    def editable(self, chat: Chat, message_id: int) -> Message:
        message = chat.messages.get(message_id)
        if message is None:
            raise bad("message to edit not found")
        if not message.from_bot or message.markup_kind not in {"", "inline"}:
            raise bad("message can't be edited")
        return message

    def delete(self, chat: Chat, message_id: int) -> None:
        message = chat.messages.get(message_id)
        if message is None:
            raise bad("message to delete not found")
        if self.clock() - message.date > DELETE_WINDOW:
            raise bad("message can't be deleted for everyone")
        del chat.messages[message_id]
        self.tell("chat", chat=chat.id)

    def answer(self, press_id: str, answer: dict[str, Any], cache_time: int) -> None:
        press = self.presses.get(press_id)
        if press is None or press.answer is not None or self.clock() - press.at > ANSWER_WINDOW:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(answer["text"]) > 200:
            raise bad("MESSAGE_TOO_LONG")
        if answer.pop("url", ""):
            raise bad("URL_INVALID")
        if cache_time > 0:
            self.cached[press.chat_id, press.message_id, press.data] = self.clock() + cache_time, answer
        self.settle(press, answer)

    def settle(self, press: Press, answer: dict[str, Any]) -> None:
        press.answer = answer
        chat = self.chats[press.chat_id]
        if answer["text"]:
            chat.toast = answer | {"press": press.id, "serial": next(self.serials), "at": self.clock()}
        self.tell("answer", chat=chat.id, toast=chat.toast if answer["text"] else None)

    def act(self, chat: Chat, action: str) -> None:
        chat.action, chat.action_until = action, self.clock() + ACTION_SHOWN
        self.tell("chat", chat=chat.id)

    # --- what a person does ---

    def own_chat(self, person_id: int) -> Chat:
        chat = self.chats.get(person_id)
        if chat is None:
            raise ImpossibleError(f"there is nobody with the id {person_id}")
        return chat

    def talking_chat(self, person_id: int) -> Chat:
        chat = self.own_chat(person_id)
        if chat.blocked or chat.deactivated:
            raise ImpossibleError("unblock the bot first" if chat.blocked else "this account is deleted")
        return chat

    def say(
        self, person_id: int, text: str, reply_to: int = 0, entities: Sequence[Any] = (), mode: str = ""
    ) -> tuple[list[int], list[int | None]]:
        """Writes to the bot; a real client splits what is too long for one message."""
        chat = self.talking_chat(person_id)
        pieces = typed.pieces(text, entities, mode)
        messages = [
            self.put(chat, from_bot=False, text=piece.text, entities=piece.entities, reply_to=reply_to)
            for piece in pieces
        ]
        updates = [self.hear(chat, message) for message in messages]
        return [message.message_id for message in messages], updates

    def attach(self, person_id: int, file: File, caption: Formatted, reply_to: int = 0) -> tuple[int, int | None]:
        """Sends a photo or document to the bot."""
        chat = self.talking_chat(person_id)
        content = {"text": caption.text, "entities": caption.entities, "other": file.content()}
        message = self.put(chat, from_bot=False, reply_to=reply_to, **content)
        return message.message_id, self.hear(chat, message)

    def hear(self, chat: Chat, message: Message) -> int | None:
        """Lets the bot know of a person's message."""
        chat.started = True
        self.tell("chat", chat=chat.id)
        return self.updates.put("message", self.message_json(message))

    def rewrite(
        self, person_id: int, message_id: int, text: str, entities: Sequence[Any] = (), mode: str = ""
    ) -> int | None:
        """Edits a message of the person's own, or the caption under it."""
        message = self.talking_chat(person_id).messages.get(message_id)
        if message is None or message.from_bot or not (text.strip() or message.captioned):
            raise ImpossibleError("only a message of your own can be edited, and not to nothing")
        edited = typed.caption(text, entities, mode) if message.captioned else typed.pieces(text, entities, mode)[0]
        message.text, message.entities, message.edit_date = edited.text, edited.entities, self.now()
        self.tell("chat", chat=message.chat_id)
        return self.updates.put("edited_message", self.message_json(message))

    def tap(self, person_id: int, message_id: int, data: str) -> tuple[str, int | None]:
        """Presses a button; one that has been edited away in the meantime still counts."""
        chat = self.talking_chat(person_id)
        message = chat.messages.get(message_id)
        if message is None or data not in message.shown:
            raise ImpossibleError("this message has no such button")
        press = self.press(chat, message_id, data)
        until, answer = self.cached.get((chat.id, message_id, data), (0.0, {}))
        if until > self.clock():
            self.settle(press, answer)
            return press.id, None
        self.tell("chat", chat=chat.id)
        query = {"id": press.id, "from": self.person_of(chat).user(), "message": self.message_json(message)}
        query |= {"chat_instance": self.chat_instance(chat), "data": data}
        return press.id, self.updates.put("callback_query", query)

    def press(self, chat: Chat, message_id: int, data: str) -> Press:
        now = self.clock()
        self.presses = {key: press for key, press in self.presses.items() if now - press.at <= ANSWER_WINDOW}
        press = Press(str(self.next_press_id), chat.id, message_id, data, now)
        self.next_press_id += 1
        self.presses[press.id] = press
        return press

    @staticmethod
    def chat_instance(chat: Chat) -> str:
        return str(chat.id * 7919)

    def loading(self, chat: Chat) -> Iterator[Press]:
        """Presses that still show a spinner."""
        for press in self.presses.values():
            if press.chat_id == chat.id and press.answer is None and self.clock() - press.at <= ANSWER_WINDOW:
                yield press

    def block(self, person_id: int, *, blocked: bool) -> int | None:
        chat = self.own_chat(person_id)
        if chat.blocked == blocked:
            return None
        chat.blocked = blocked
        self.tell("chat", chat=chat.id)
        if not chat.started:
            return None
        member, kicked = {"status": "member"}, {"status": "kicked", "until_date": 0}
        old, new = (member, kicked) if blocked else (kicked, member)
        change = {"chat": self.chat_json(chat), "from": self.person_of(chat).user(), "date": self.now()}
        change |= {"old_chat_member": {"user": self.bot_user()} | old}
        change |= {"new_chat_member": {"user": self.bot_user()} | new}
        return self.updates.put("my_chat_member", change)

    def deactivate(self, person_id: int) -> None:
        """The person deletes their account; there is no update about that."""
        chat = self.own_chat(person_id)
        chat.deactivated = True
        self.tell("chat", chat=chat.id)

    def clear(self, person_id: int) -> None:
        """Deletes the history on both sides; the bot isn't told."""
        chat = self.own_chat(person_id)
        chat.messages.clear()
        chat.toast = None
        self.tell("chat", chat=chat.id)

    def discard(self, person_id: int, message_id: int) -> None:
        """The person deletes one message on both sides; the bot isn't told."""
        if self.own_chat(person_id).messages.pop(message_id, None) is None:
            raise ImpossibleError("there is no such message")
        self.tell("chat", chat=person_id)

    def inject(self, person_id: int, fragment: dict[str, Any]) -> int | None:
        """Delivers any update; what every update of its kind has is filled in."""
        chat = self.own_chat(person_id)
        if len(fragment) != 1 or not isinstance(next(iter(fragment.values())), dict):
            raise ImpossibleError('give one kind with its content, as {"message": {"sticker": {}}}')
        kind, given = next(iter(fragment.items()))
        content: dict[str, Any] = {"from": self.person_of(chat).user()}
        if kind == "message":
            chat.started = True
            message = self.put(chat, from_bot=False, other=given)
            content = self.message_json(message)
            self.tell("chat", chat=chat.id)
        elif kind == "callback_query":
            press = self.press(chat, 0, str(given.get("data", "")))
            content |= {"id": press.id, "chat_instance": self.chat_instance(chat)}
        return self.updates.put(kind, content | given)
