"""Topics, pages and choices: what the consultant knows, as plain data that nothing changes after loading."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

ANSWER = "-answer"
"""What the name of a quiz question gets for the page that explains the chosen answer."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of text that is translated: where it stands, its English, and a word to the translator."""

    context: str
    english: str
    comment: str = ""
    plural: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a page of facts rests on, and how far it can be trusted."""

    facts: tuple[str, ...]
    sources: tuple[str, ...]
    checked: date
    review_by: date
    status: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: its label, the page it leads to, and what choosing it means."""

    id: str
    label: str
    to: str = ""
    """Full name of a page, or of a topic; empty where the way is found at the moment (Back, Continue)."""
    when: str = ""
    """Name of the condition (see guards) under which it is offered; always when empty."""
    remember: str = ""
    """The answer that is kept …"""
    question: str = ""
    """… and under which name, where it is not the one the page asks for: a setting."""
    explain: str = ""
    """On a quiz question: why this is right or wrong."""
    context: str = ""
    """Where its translation is found; empty for a name that is the same in every language."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A value the seller writes himself."""

    kind: str
    least: int
    most: int
    example: str
    error: str
    to: str


@dataclass(frozen=True)
class Page:
    """One state of the dialogue."""

    name: str
    """`topic.page`, unique in the whole dialogue."""
    text: str
    choices: tuple[Choice, ...] = ()
    evidence: Evidence | None = None
    terms: tuple[str, ...] = ()
    ask: str = ""
    why: str = ""
    skip: str = ""
    needed: str = ""
    typed: Typed | None = None
    end: bool = False
    talk: bool = False
    lists: str = ""
    """`topics` or `languages`: choices that follow from what there is."""
    right: str = ""
    """On a quiz question: the id of the right choice."""
    explains: str = ""
    """On the page after a quiz question: the name of that question …"""
    options: tuple[Choice, ...] = ()
    """… and its choices, of which the one that was chosen is explained."""
    read: str = ""
    """On the page after a quiz question: a side trip to the page that tells more."""
    note: str = ""
    drawn: tuple[tuple[str, str], ...] = ()
    """What its texts draw from the table of editions, by name: a part of what the seller sees, so of its version."""

    @property
    def topic(self) -> str:
        """The id of the topic it belongs to."""
        return self.name.partition(".")[0]

    @property
    def ways(self) -> tuple[str, ...]:
        """Every page or topic a seller can go on to from here, besides Back, Menu and side trips."""
        onward = [choice.to for choice in self.choices if choice.to]
        return tuple(filter(None, [*onward, self.skip, self.typed.to if self.typed else ""]))

    def choice(self, id: str) -> Choice | None:  # noqa: A002  the field's name in the topics
        """The choice of that id, if the page has it."""
        return next((choice for choice in self.choices if choice.id == id), None)

    def sentences(self) -> Iterator[Sentence]:
        """Everything on this page that is translated."""
        if not self.explains:
            yield Sentence(f"{self.name}.text", self.text, self.note)
        if self.why:
            yield Sentence(f"{self.name}.why", self.why, "Why we ask.")
        if self.typed:
            yield Sentence(f"{self.name}.error", self.typed.error, "When the typed value can't be used.")
        for choice in self.choices:
            if choice.context.startswith(f"{self.name}."):
                yield Sentence(choice.context, choice.label, "A button: 32 characters, 16 in Chinese.")
        for option in self.options:
            yield Sentence(f"{self.name}.{option.id}", option.explain, f"On the answer: {option.label}")

    @cached_property
    def version(self) -> str:
        """A short hash of its English source: changes when, and only when, a sentence, the order or an edition does."""
        said = [(sentence.context, sentence.english) for sentence in self.sentences()]
        source = json.dumps([*said, *self.drawn], ensure_ascii=False)
        return hashlib.sha256(source.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Topic:
    """A subject: its pages in the order they were written, and the one it opens with."""

    id: str
    title: str
    start: str
    order: int
    pages: dict[str, Page] = field(default_factory=dict)
    """By full name."""
    listed: bool = True
    """Whether it stands in the menu and has progress; the home pages and the glossary do not."""

    @property
    def questions(self) -> tuple[Page, ...]:
        """The questions of its quiz."""
        return tuple(page for page in self.pages.values() if page.right)

    def sentences(self) -> Iterator[Sentence]:
        """Everything of this topic that is translated."""
        if self.listed:
            yield Sentence(f"{self.id}.title", self.title, "The topic's button in the menu.")
        for page in self.pages.values():
            yield from page.sentences()
