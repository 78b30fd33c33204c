"""The pretend people, their chats with the bot, and what stands in them."""

from dataclasses import asdict, dataclass, field
from typing import Any

from bot.simulator.markup import Entity
from bot.simulator.media import kind_of

BOT_ID = 1000
BOT_USERNAME = "certguide_bot"
OPERATOR_ID = 5_000_000_001
# Ids beyond 32 bits, as real ones are (telegram_limits 1).
FIRST_GUEST_ID = 5_000_000_101
# People made by the thousand, for tests; the page doesn't list them.
FIRST_CROWD_ID = 6_000_000_001
DAY = 24 * 3600


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account."""

    id: int
    first_name: str
    language_code: str
    last_name: str = ""
    username: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def user(self) -> dict[str, Any]:
        """As a Bot API User."""
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        optional = {key: getattr(self, key) for key in ("last_name", "username", "language_code")}
        return user | {key: value for key, value in optional.items() if value}


@dataclass(slots=True)
class Message:
    """One message in a private chat."""

    message_id: int
    chat_id: int
    from_bot: bool
    date: int
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    markup_kind: str = ""
    markup: dict[str, Any] | None = None
    edit_date: int = 0
    reply_to: int = 0
    # What a message other than text carries: {"sticker": {…}}. Under a photo or document the text is its caption.
    other: dict[str, Any] = field(default_factory=dict)
    # Every callback_data that ever stood under it: a slow client can still press an old button.
    shown: list[str] = field(default_factory=list)

    @property
    def captioned(self) -> bool:
        return bool(kind_of(self.other))

    @property
    def inline_keyboard(self) -> dict[str, Any] | None:
        return self.markup if self.markup_kind == "inline" else None

    def content(self) -> tuple[Any, ...]:
        """What an edit has to change to count as one."""
        return self.text, self.entities, self.inline_keyboard

    def show(self, markup_kind: str, markup: dict[str, Any] | None) -> None:
        self.markup_kind, self.markup = markup_kind, markup
        for row in (self.inline_keyboard or {}).get("inline_keyboard", []):
            self.shown += [
                button["callback_data"]
                for button in row
                if "callback_data" in button and button["callback_data"] not in self.shown
            ]


@dataclass(slots=True)
class Chat:
    """A private chat. Its id equals the person's, but the two mean different things."""

    id: int
    person_id: int
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    action: str = ""
    action_until: float = 0.0
    toast: dict[str, Any] | None = None
    # How many messages the bot ever sent here, whatever became of them.
    received: int = 0


@dataclass(slots=True)
class Press:
    """A press on a button: a callback query."""

    id: str
    chat_id: int
    message_id: int
    data: str
    at: float
    answer: dict[str, Any] | None = None


def starters() -> list[Person]:
    """Whom the simulator knows from the start."""
    return [
        Person(5_000_000_002, "Mei", "zh-hans", username="mei_ceramics"),
        Person(5_000_000_003, "Lin", "zh-hant", username="lin_lighting"),
        Person(5_000_000_004, "Olga", "ru", last_name="Orlova"),
        Person(5_000_000_005, "Ana", "pt-br", last_name="Alves", username="ana_artesanato"),
        Person(5_000_000_006, "Sam", "en", username="sam_sells"),
        Person(OPERATOR_ID, "Olivia", "en", last_name="(operator)", username="olivia_operator"),
    ]


def dump_chat(chat: Chat) -> dict[str, Any]:
    return asdict(chat) | {"messages": [asdict(message) for message in chat.messages.values()]}


def load_chat(kept: dict[str, Any]) -> Chat:
    messages = [Message(**message) for message in kept["messages"]]
    return Chat(**kept | {"messages": {message.message_id: message for message in messages}})
