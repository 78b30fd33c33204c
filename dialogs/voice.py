"""One language: choosing it, its sentences and plurals, its numbers and dates."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.messages.pofile import read_po

from dialogs.literal import PLACEHOLDER, Value, literal, written
from dialogs.markup import Markdown, escape
from dialogs.topic import Sentence

SOURCE = "en"
"""The language the content is written in."""

_LIKELY = get_global("likely_subtags")


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the bot."""

    code: str
    name: str
    complete: bool
    """Nothing may be missing or fuzzy in it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """What a catalogue says for one sentence."""

    english: str
    forms: tuple[str, ...]
    """One, or one for each plural form of the language."""
    fuzzy: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one language by their context."""

    translations: Mapping[str, Translation]
    plural: Callable[[int], int]
    """Number -> index of the form."""


def read_languages(folder: Path) -> dict[str, Language]:
    """The languages of `languages.toml` in its order."""
    table = tomllib.loads((folder / "languages.toml").read_text(encoding="utf-8"))
    return {code: Language(code, entry["name"], entry["complete"]) for code, entry in table.items()}


def read_catalogue(folder: Path, lang: str) -> Catalogue:
    """The catalogue of a language; empty for English, whose sentences stand in the topics."""
    path = folder / lang / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalogue({}, c2py("n != 1"))
    with path.open("rb") as file:
        catalogue = read_po(file, locale=lang)
    found = {}
    for message in catalogue:
        if message.id and message.context:
            english, plural = (message.id, "") if isinstance(message.id, str) else message.id
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            key = english + plural
            found[message.context] = Translation(key, forms if all(forms) else (), message.fuzzy)
    return Catalogue(found, c2py(catalogue.plural_expr))


def closest(code: str, available: Sequence[str]) -> str | None:
    """The language nearest to one of Telegram's codes: same language and script, the same land if possible."""
    try:
        language, script, land = _full(code)
    except (ValueError, UnknownLocaleError):
        return None
    same = [other for other in available if _full(other)[:2] == (language, script)]
    return next((other for other in same if _full(other)[2] == land), same[0] if same else None)


def choose(code: str, available: Sequence[str]) -> tuple[str, bool]:
    """The language for somebody whose Telegram has that code, and whether only the script differs."""
    exact = closest(code, available)
    if exact:
        return exact, False
    try:
        language = _full(code)[0]
    except (ValueError, UnknownLocaleError):
        return SOURCE, False
    same = next((other for other in available if _full(other)[0] == language), None)
    return (same, True) if same else (SOURCE, False)


@lru_cache(maxsize=256)
def _full(code: str) -> tuple[str, str | None, str | None]:
    asked = Locale.parse(code.replace("-", "_"))
    likely = Locale.parse(_LIKELY.get(str(asked)) or _LIKELY.get(asked.language) or asked.language)
    return asked.language, asked.script or likely.script, asked.territory or likely.territory


class Voice:
    """One language speaking."""

    def __init__(
        self, lang: str, catalogue: Catalogue, phrases: Mapping[str, Sentence], editions: Mapping[str, Value]
    ) -> None:
        self.lang = lang
        self._catalogue = catalogue
        self._phrases = phrases
        self._editions = editions

    def knows(self, sentence: Sentence) -> bool:
        """Whether there is a translation of exactly this English that nobody doubts."""
        return self.lang == SOURCE or bool(self._forms(sentence))

    def label(self, context: str, english: str, /, **values: Value) -> str:
        """A sentence as plain text: a button."""
        forms = self._forms(Sentence(context, english)) or (english,)
        return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), forms[0])

    def say(self, context: str, english: str, /, **values: Value) -> Markdown:
        """A sentence as light Markdown, its placeholders filled in the way this language writes them."""
        forms = self._forms(Sentence(context, english)) or (english,)
        return self._fill(forms[0], values)

    def phrase(self, name: str, /, **values: Value) -> Markdown:
        """One of the bot's own sentences; its number `n`, where it has one, decides the form."""
        return self._fill(self._form(name, values), values)

    def button(self, name: str, /, **values: Value) -> str:
        """The same as plain text."""
        return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), self._form(name, values))

    def _form(self, name: str, values: Mapping[str, Value]) -> str:
        """The sentence in this language, in the form for its number."""
        sentence = self._phrases[name]
        forms = self._forms(sentence)
        if not sentence.plural:
            return forms[0] if forms else sentence.english
        n = values["n"]
        assert isinstance(n, int)  # noqa: S101  a plural phrase without its number is a mistake of ours
        if forms:
            return forms[self._catalogue.plural(n)]
        return sentence.english if n == 1 else sentence.plural

    def write(self, value: Value) -> Markdown:
        """A value as this language writes it; text from outside shows as it is."""
        if isinstance(value, Markdown):
            return value
        return escape(value) if isinstance(value, str) else written(value, self.lang)

    def _forms(self, sentence: Sentence) -> tuple[str, ...]:
        found = self._catalogue.translations.get(sentence.context)
        if found is None or found.fuzzy or found.english != sentence.english + sentence.plural:
            return ()
        return found.forms

    def _fill(self, text: str, values: Mapping[str, Value]) -> Markdown:
        def filled(match: re.Match[str]) -> str:
            value = values.get(match[1], self._editions.get(match[1], literal(match[1])))
            return match[0] if value is None else self.write(value)

        return Markdown(PLACEHOLDER.sub(filled, text))


class Voices:
    """All languages; the catalogue of each is read when it first speaks."""

    def __init__(
        self, folder: Path, phrases: Mapping[str, Sentence], editions: Mapping[str, Value] | None = None
    ) -> None:
        """`editions`: what texts draw from the table of editions, by name."""
        self.languages = read_languages(folder)
        self._folder = folder
        self._phrases = phrases
        self._editions = editions or {}
        self._spoken: dict[str, Voice] = {}

    def of(self, lang: str) -> Voice:
        """The voice of a language; English for one that is no longer there."""
        lang = lang if lang in self.languages else SOURCE
        if lang not in self._spoken:
            self._spoken[lang] = Voice(lang, read_catalogue(self._folder, lang), self._phrases, self._editions)
        return self._spoken[lang]

    def known(self, code: str) -> bool:
        """Whether one of the languages is meant by the code, in whatever script."""
        lang, other_script = self.choose(code)
        return closest(code, [lang]) is not None or other_script

    def choose(self, code: str) -> tuple[str, bool]:
        """The language for one of Telegram's codes, and whether only its script differs."""
        return choose(code, list(self.languages))
