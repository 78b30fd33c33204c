"""A small library of its own for each test: one topic about tea, one source, one term, and the real home pages."""

import pickle
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from babel.messages.plurals import get_plural

import dialogs
from dialogs import Conversation, Seller, load
from dialogs.check import check
from dialogs.choices import CLOSEST
from dialogs.content import Content
from dialogs.progress import unfinished
from dialogs.reader import read
from dialogs.voice import read_languages

Plain = TypeVar("Plain")

TODAY = date(2026, 11, 26)
"""The day of all tests."""

TEA = """\
id    = "tea"
title = "Tea"
order = 1
start = "what"

[page.what]
text = "**Tea** is a drink."
facts = ["T-1"]
sources = ["book"]
checked = 2026-11-20
review_by = 2027-05-20
status = "in force"
confidence = "high"
terms = ["leaf"]
choices = [
  { id = "purpose", label = "Why drink it?", to = "goal" },
]

[page.goal]
talk = true
ask = "goal"
text = "What is it for?"
why = "Each goal has its own tea."
skip = "cups"
choices = [
  { id = "warmth", label = "To get warm", to = "cups" },
  { id = "calm", label = "To sleep well", to = "q1", remember = "sleep" },
]

[page.cups]
talk = true
ask = "cups"
text = "How many cups?"
why = "More cups need a larger pot."
needed = "Without it there is nothing to say."

[page.cups.typed]
kind = "number"
least = 1
most = 20
example = "3"
error = "Write a number, for example {example}."
to = "pot"

[page.pot]
talk = true
text = "A pot for {cups} cups."
choices = [
  { id = "quiz", label = "Take the quiz", to = "q1" },
  { id = "enough", label = "No quiz", to = "end" },
]

[quiz.q1]
text = "What is tea made of?"
right = "leaves"
read = "what"
to = "end"
facts = ["T-2"]
sources = ["book"]
checked = 2026-11-20
review_by = 2027-05-20
status = "in force"
confidence = "medium"
choices = [
  { id = "leaves", label = "Leaves", explain = "The leaves of a shrub." },
  { id = "beans", label = "Beans", explain = "Beans make **coffee**." },
]

[page.end]
talk = true
end = true
text = "You had {right} of {asked} right."
"""

SOURCES = """\
[book]
title = "The book of tea"
address = "https://example.org/tea"
kind = "study"
read = 2026-11-20
"""

GLOSSARY = """\
[leaf]
term = "leaf"
text = "A **leaf** grows on a shrub, and is picked from {harvest.day} on."
facts = ["T-3"]
sources = ["book"]
checked = 2026-11-20
review_by = 2027-05-20
status = "in force"
confidence = "high"
"""


EDITIONS = """\
[harvest]
day = 2026-04-05
facts = ["T-4"]
sources = ["book"]
checked = 2026-11-20
review_by = 2027-05-20
status = "in force"
confidence = "high"
"""

FACTS = 'tea = ["T-1", "T-2", "T-3", "T-4"]'


class Library:
    """The files of one small library, sound until a test breaks them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.translations = folder / "locales"
        for name in ("topics/home.toml", "tables/phrases.toml"):
            self.write(name, (dialogs.HERE / name).read_text(encoding="utf-8"))
        self.write("topics/tea.toml", TEA)
        self.write("tables/sources.toml", SOURCES)
        self.write("tables/glossary.toml", GLOSSARY)
        self.write("tables/editions.toml", EDITIONS)
        self.write("tables/facts.toml", FACTS)
        self.languages("en")

    def write(self, name: str, text: str) -> None:
        """A file as the test wants it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Break, or mend, one place; the first one where it is not the only one."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def tea(self, old: str, new: str) -> None:
        """The same in the topic about tea."""
        self.change("topics/tea.toml", old, new)

    def languages(self, *codes: str, complete: bool = False) -> None:
        """The languages there are."""
        lines = [f'{code} = {{ name = "In {code}", complete = {str(complete).lower()} }}' for code in codes]
        self.write("locales/languages.toml", "\n".join(lines))

    def translate(self, lang: str, said: Mapping[str, str], *, fuzzy: bool = False, mark: str = "") -> None:
        """A catalogue that says that where it is told, and repeats the English, with a mark behind, elsewhere."""
        parts = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n']
        for sentence in self.content().sentences():
            flag = "#, fuzzy\n" if fuzzy and sentence.context in said else ""
            head = f"{flag}msgctxt {_quoted(sentence.context)}\nmsgid {_quoted(sentence.english)}\n"
            text = _quoted(said.get(sentence.context, sentence.english + mark))
            forms = "".join(f"msgstr[{n}] {text}\n" for n in range(get_plural(lang).num_plurals))
            plural = f"msgid_plural {_quoted(sentence.plural)}\n{forms}"
            parts.append(head + (plural if sentence.plural else f"msgstr {text}\n"))
        self.write(f"locales/{lang}/LC_MESSAGES/messages.po", "\n".join(parts))

    def content(self) -> Content:
        """What it says, right or wrong."""
        codes = read_languages(self.translations)
        return read(self.folder, {code: language.name for code, language in codes.items()})[0]

    def mistakes(self) -> list[str]:
        """What the reader finds wrong."""
        codes = read_languages(self.translations)
        return [str(problem) for problem in read(self.folder, dict.fromkeys(codes, "any"))[1]]

    def problems(self, today: date = TODAY) -> list[str]:
        """What the check finds wrong."""
        return [str(problem) for problem in check(today, self.folder, self.translations)]

    def load(self, contact: str = "") -> Conversation:
        """The consultant who knows only this."""
        return load(contact, self.folder, self.translations)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def copied(folder: Path) -> tuple[Path, Path]:
    """The real content and its catalogues in a place where a test may change them."""
    content, translations = folder / "dialogs", folder / "locales"
    for name in ("topics", "tables"):
        shutil.copytree(dialogs.HERE / name, content / name)
    shutil.copytree(dialogs.locales(), translations)
    return content, translations


def arrived(conversation: Conversation, code: str = "en", *choices: str) -> Seller:
    """A new seller after these choices; a number is a value he types."""
    seller = Seller(7)
    conversation.greet(seller, code)
    seller.trail.clear()  # as the store does after each step
    for choice in choices:
        moved = conversation.type(seller, choice) if choice.isdecimal() else conversation.step(seller, choice)
        assert moved, f"{choice} from {seller.state}"
    return seller


VALUES = {"number": ("1", "12", "60"), "zone": ("UTC+8", "Shanghai")}
"""What is typed, by its kind: together these open every way on."""


def everywhere(conversation: Conversation, code: str) -> list[Seller]:
    """Sellers who together stand on every page, with every set of buttons it can have."""
    return twin(_everywhere(conversation, code))


@cache
def _everywhere(conversation: Conversation, code: str) -> list[Seller]:
    found: dict[tuple[str, ...], Seller] = {}
    waiting = [arrived(conversation, code), *_asking(conversation, code)]
    topics = [topic.id for topic in conversation.content.topics.values() if topic.listed]
    while waiting:
        seller = waiting.pop(0)
        middle = str(unfinished(seller, seller.topic, conversation.pages))
        key = (seller.state, middle, *conversation.labels(seller))
        if key in found:
            continue
        found[key] = seller
        for name in dialogs.COMMANDS:
            waiting.append(twin(seller))
            assert conversation.command(waiting[-1], name)
        for topic in topics:
            waiting.append(twin(seller))
            assert conversation.command(waiting[-1], "start", topic)
        for choice in conversation.labels(seller):
            waiting.append(twin(seller))
            assert conversation.step(waiting[-1], choice), f"{choice} from {seller.state}"
        typed = conversation.page(seller).typed
        for value in VALUES[typed.kind] if typed else ():
            waiting.append(twin(seller))
            assert conversation.type(waiting[-1], value)
    return list(found.values())


def _asking(conversation: Conversation, code: str) -> Iterator[Seller]:
    """Somebody for each page that can be found by its words, to whom it is offered."""
    for choice in conversation.pages[CLOSEST].choices:
        seller = arrived(conversation, code, "begin")
        conversation.command(seller, "help")  # where no button has such words
        assert not conversation.type(seller, conversation.voice(seller).label(choice.context, choice.label))
        assert seller.offered
        if choice.to in seller.offered:  # of two pages under the same words one is offered
            yield seller


def twin(plain: Plain) -> Plain:
    """A copy of plain data, a seller say, that shares nothing with it: `deepcopy` takes ten times as long."""
    copied: Plain = pickle.loads(pickle.dumps(plain, pickle.HIGHEST_PROTOCOL))
    return copied
