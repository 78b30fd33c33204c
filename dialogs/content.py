"""Everything there is to say, in English, as it was read; and the names the rest goes by."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from dialogs import moves
from dialogs.editions import Edition
from dialogs.literal import Value
from dialogs.sources import Source
from dialogs.table import Problem
from dialogs.topic import Page, Sentence, Topic

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
GLOSSARY = "glossary"
HOME = "home"
LISTS = ("topics", "more", "languages", "linked", "closest")
HOME_PAGES = (
    "welcome",
    "more",
    "menu",
    "resume",
    "progress",
    "language",
    "settings",
    "link",
    "closest",
    "help",
    "privacy",
)
"""The pages the conversation itself leads to."""
OWN_WAYS = ("back", "home", "skip", "typed", "read", "start", "helpful-yes", "helpful-no", *HOME_PAGES[2:])
"""Ids of the ways on that the conversation adds by itself."""
HOME_WAYS = ("continue", "news-on", "news-off")
"""The same, but the home pages offer them, too."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A short sentence of the bot's own; `other` is set where a number decides the form."""

    id: str
    text: str
    other: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class Content:
    """Everything there is to say, in English. Read once and compared as the one thing it is."""

    topics: dict[str, Topic]
    """By id, in the order of the menu; home first, the glossary last."""
    sources: dict[str, Source]
    phrases: dict[str, Phrase]
    languages: dict[str, str]
    """Code -> the language's own name."""
    terms: dict[str, str]
    """Id of a glossary term -> the term, in English."""
    moves: dict[str, str] = field(default_factory=dict)
    """Pages that are gone -> where the people on them go."""
    editions: dict[str, Edition] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    """Ids of the facts in the sheets that pages are written from, in their order."""

    @cached_property
    def pages(self) -> dict[str, Page]:
        """Every page by its full name."""
        return {page.name: page for topic in self.topics.values() for page in topic.pages.values()}

    @cached_property
    def listed(self) -> tuple[Topic, ...]:
        """The subjects that sellers choose from, in the order of the menu."""
        return tuple(topic for topic in self.topics.values() if topic.listed)

    @cached_property
    def former(self) -> dict[str, tuple[str, ...]]:
        """What pages, and their topics, were called before."""
        return moves.former(self.moves, self.pages)

    @cached_property
    def drawn(self) -> dict[str, Value]:
        """What texts can draw from the table of editions, by name."""
        return {name: value for edition in self.editions.values() for name, value in edition.values.items()}

    def sentences(self) -> list[Sentence]:
        """Everything that is translated, in a stable order."""
        own = [
            Sentence(f"phrase.{phrase.id}", phrase.text, phrase.note, phrase.other) for phrase in self.phrases.values()
        ]
        terms = [Sentence(f"{GLOSSARY}.{id_}.term", term, "A glossary term.") for id_, term in self.terms.items()]
        topics = [sentence for topic in self.topics.values() for sentence in topic.sentences()]
        return own + topics + terms


class ContentError(Exception):
    """The content has grave mistakes; its text lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))
