"""Rules on wording: promises, names for certificates, emoji, marks and placeholders."""

import re
import unicodedata
from collections.abc import Iterator

from dialogs import limits, markup
from dialogs.check.seen import QUOTED, Inspected, placeholders_in
from dialogs.content import GLOSSARY, HOME
from dialogs.literal import literal
from dialogs.reply import EMOJI
from dialogs.table import Problem
from dialogs.values import same_words
from dialogs.voice import SOURCE

HOME_PLACEHOLDERS = {"topic", "step", "steps", "progress", "language", "news", "plain", "zone"}
JOINED = re.compile("\u200d.|[ \ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
"""What belongs to the emoji before it: a colour of skin, a further person."""


def promises(seen: Inspected) -> Iterator[Problem]:
    """Nothing is promised that nobody can keep; a claim that is looked into stands in quotation marks."""
    for where, lang, word in _unquoted(seen, limits.PROMISES):
        yield Problem(where, f"'{word}' in {lang} is a promise; it may only be quoted, as “a claim”")


def titles(seen: Inspected) -> Iterator[Problem]:
    """A certificate of a course is never called a registration, unless as a claim in quotation marks."""
    for where, lang, word in _unquoted(seen, limits.TITLES):
        yield Problem(
            where, f"'{word}' in {lang} makes a registration of a course; it may only be quoted, as “a claim”"
        )


def _unquoted(seen: Inspected, words: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Where, and in which language, one of the words stands outside quotation marks."""
    for where, lang, text in seen.said:
        said = re.sub(r"\s+(?=%)", "", QUOTED.sub("", unicodedata.normalize("NFKC", text).casefold()))
        yield from ((where, lang, word) for word in words.get(lang, ()) if word in said)


def terms(seen: Inspected) -> Iterator[Problem]:
    """A page that uses the name of a glossary term offers one: nobody has to look a word up elsewhere."""
    named = {
        re.compile(rf"(?<![\w-]){re.escape(term.casefold())}(?![\w-])"): term for term in seen.content.terms.values()
    }
    for page in seen.pages.values():
        if page.evidence and not page.terms and not page.explains and page.topic != GLOSSARY:
            text = markup.plain(page.text).casefold()
            used = [term for pattern, term in named.items() if pattern.search(text)]
            if used:
                yield Problem(page.name, f"speaks of '{used[0]}' and offers no term of the glossary", grave=False)


def emoji(seen: Inspected) -> Iterator[Problem]:
    """One emoji at most, behind words that say the same: some want none, and some are read to."""
    for where, lang, text in seen.said:
        found, words = EMOJI.findall(text), EMOJI.sub("", text)
        if len(JOINED.sub("", "".join(found))) > 1:
            yield Problem(where, f"more than one emoji in {lang}")
        if found and not same_words(words):
            yield Problem(where, f"says nothing without its emoji in {lang}")
        elif found and not text.endswith(found[-1]):
            yield Problem(where, f"the emoji belongs at the end in {lang}", grave=False)


def marks(seen: Inspected) -> Iterator[Problem]:
    """Only light Markdown, and every mark opened is closed."""
    for sentence in seen.content.sentences():
        for language, text in [(SOURCE, sentence.english), *seen.translated(sentence.context)]:
            left = re.search(r"\*\*?|__|`|^#+ |</?[a-z]", markup.plain(text), re.MULTILINE)
            if left:
                yield Problem(
                    sentence.context,
                    f"'{left[0]}' shows as it is in {language}; only **bold**, *italic*, lists and links work",
                )


def placeholders(seen: Inspected) -> Iterator[Problem]:
    """Every placeholder is known where it stands."""
    for page in seen.pages.values():
        answers = {other.ask for other in seen.content.topics[page.topic].pages.values() if other.ask}
        in_text = {"contact", "right", "asked"} | answers | (HOME_PLACEHOLDERS if page.topic == HOME else set())
        known = {f"{page.name}.text": in_text, f"{page.name}.error": {"example"}}
        for sentence in page.sentences():
            button = ".choice." in sentence.context  # where not even a day is filled in
            filled = known.get(sentence.context, set()) | (set() if button else seen.content.drawn.keys())
            used = {name for name in placeholders_in(sentence.english) if button or literal(name) is None}
            for name in sorted(used - filled):
                yield Problem(sentence.context, f"nobody knows what '{{{name}}}' stands for here")
