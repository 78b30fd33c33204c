"""Rules on translations: complete, and saying the same as the English."""

import re
import unicodedata
from collections.abc import Iterator

from dialogs import markup
from dialogs.check.seen import Inspected, placeholders_in
from dialogs.literal import PLACEHOLDER
from dialogs.table import Problem

HAN = "零一二三四五六七八九"
WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()


def translated(seen: Inspected) -> Iterator[Problem]:
    """Nothing is missing or in doubt in a language listed as complete; elsewhere the page says so itself."""
    for language in seen.voices.languages.values():
        voice = seen.voices.of(language.code)
        missing = [sentence.context for sentence in seen.content.sentences() if not voice.knows(sentence)]
        if missing and language.complete:
            yield from (Problem(context, f"not translated, or in doubt, in {language.code}") for context in missing)
        elif missing:
            yield Problem(language.code, f"{len(missing)} sentences are not translated", grave=False)


def alike(seen: Inspected) -> Iterator[Problem]:
    """A translation has the placeholders and the marks of its English."""
    for sentence in seen.content.sentences():
        for lang, text in seen.translated(sentence.context):
            ours, theirs = placeholders_in(sentence.english), placeholders_in(text)
            if ours != theirs and not sentence.plural:
                yield Problem(
                    sentence.context,
                    f"placeholders differ in {lang}: {_listed(_braced(ours))} and {_listed(_braced(theirs))}",
                )
            ours_marks, their_marks = markup.shape(sentence.english), markup.shape(text)
            if ours_marks != their_marks:
                yield Problem(sentence.context, f"marks differ in {lang}: {dict(ours_marks)} and {dict(their_marks)}")


def _braced(names: set[str]) -> set[str]:
    return {f"{{{name}}}" for name in names}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def figures(seen: Inspected) -> Iterator[Problem]:
    """The numbers in a translation are those of its English; small ones may be written as words."""
    for sentence in seen.content.sentences():
        for lang, text in seen.translated(sentence.context):
            ours, theirs = _figures(sentence.english), _figures(text)
            lost = {figure for figure in ours - theirs if not _spelt(figure, text)}
            added = {figure for figure in theirs - ours if not _spelt(figure, sentence.english)}
            if (lost or added) and not sentence.plural:
                only = f"{_listed(lost)} only in English, {_listed(added)} only in {lang}"
                yield Problem(sentence.context, f"numbers differ: {only}")


def _figures(text: str) -> set[str]:
    """The numbers written in digits, as the reader sees them, besides what placeholders stand for."""
    return set(re.findall(r"\d+", unicodedata.normalize("NFKC", PLACEHOLDER.sub("", markup.plain(text)))))


def _spelt(figure: str, text: str) -> bool:
    """Whether a number up to 99 stands in the text as an English or a Chinese word: articles of laws, say."""
    if len(figure) > 2:
        return False
    tens, ones = divmod(int(figure), 10)
    ten = "" if not tens else "十" if tens == 1 else f"{HAN[tens]}十"
    words = [ten + HAN[ones] * bool(ones or not tens)] + (["两"] if figure == "2" else [])
    english = WORDS[int(figure)] if int(figure) < len(WORDS) else ""
    spoken = re.findall(r"[a-z]+", text.casefold())
    return any(word in text for word in words) or english in spoken
