"""What the rules of the check look at."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dialogs.content import Content
from dialogs.conversation import Conversation
from dialogs.literal import PLACEHOLDER
from dialogs.table import Problem
from dialogs.topic import Page
from dialogs.voice import SOURCE, Catalogue, Voices

QUOTED = re.compile('“[^“”]*”|"[^"]*"|「[^「」]*」|«[^«»]*»')
"""A claim of somebody else that is looked into."""


@dataclass(frozen=True)
class Inspected:
    """The content in every language, on one day."""

    content: Content
    conversation: Conversation
    voices: Voices
    catalogues: dict[str, Catalogue]
    today: date

    @property
    def pages(self) -> dict[str, Page]:
        """Every page by its full name."""
        return self.conversation.pages

    @cached_property
    def said(self) -> list[tuple[str, str, str]]:
        """Every sentence in every language, all forms of it: where it stands, the language, the text."""
        found = []
        for sentence in self.content.sentences():
            found += [(sentence.context, SOURCE, text) for text in (sentence.english, sentence.plural) if text]
            found += [(sentence.context, lang, text) for lang, text in self.translated(sentence.context)]
        return found

    def translated(self, context: str) -> Iterator[tuple[str, str]]:
        """The sentence in every language it is translated into, all plural forms."""
        for lang, catalogue in self.catalogues.items():
            found = catalogue.translations.get(context)
            if found and not found.fuzzy:
                yield from ((lang, form) for form in found.forms)


Rule = Callable[[Inspected], Iterator[Problem]]


def placeholders_in(text: str) -> set[str]:
    """The names in braces."""
    return set(PLACEHOLDER.findall(text))
