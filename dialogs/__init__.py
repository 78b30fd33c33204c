"""The mind: what the consultant knows and how a consultation moves. It knows no Telegram, no SQL, no network."""

from pathlib import Path

from dialogs.choices import COMMANDS
from dialogs.content import Content, ContentError
from dialogs.conversation import Conversation
from dialogs.reader import read
from dialogs.reply import Button, Part, Reply, show
from dialogs.seller import Event, Seller
from dialogs.topic import Sentence
from dialogs.voice import Voices, read_languages

__all__ = [
    "COMMANDS",
    "Button",
    "ContentError",
    "Conversation",
    "Event",
    "Part",
    "Reply",
    "Seller",
    "load",
    "show",
]

HERE = Path(__file__).parent


def locales() -> Path:
    """Where the catalogues are: inside the installed package, at the top of a checkout."""
    installed = HERE / "locales"
    return installed if installed.exists() else HERE.parent / "locales"


def load(contact: str = "", folder: Path = HERE, translations: Path | None = None) -> Conversation:
    """The consultant with everything he knows.

    `contact` is who runs this bot, for the pages that name a person. Raises ContentError, whose text is for an
    author, when the topics are not fit to be used.
    """
    translations = translations or locales()
    languages = {code: language.name for code, language in read_languages(translations).items()}
    content, problems = read(folder, languages)
    if problems:
        raise ContentError(problems)
    return Conversation(content, voices(content, translations), contact)


def voices(content: Content, translations: Path) -> Voices:
    """The languages, with the bot's own sentences in English."""
    phrases = {
        phrase.id: Sentence(f"phrase.{phrase.id}", phrase.text, phrase.note, phrase.other)
        for phrase in content.phrases.values()
    }
    return Voices(translations, phrases, content.drawn)
