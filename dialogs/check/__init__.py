"""The dialogue linter: says like a colleague what is wrong with the content, in every language."""

from datetime import date
from pathlib import Path

import dialogs
from dialogs.check import footing, quizzes, sizes, translation, ways, wording
from dialogs.check.seen import QUOTED, Inspected, Rule
from dialogs.check.summary import Row, Summary, summarize
from dialogs.conversation import Conversation
from dialogs.reader import read
from dialogs.table import Problem
from dialogs.voice import read_catalogue, read_languages

__all__ = ["QUOTED", "RULES", "Inspected", "Row", "Rule", "Summary", "check", "summarize"]

RULES: tuple[Rule, ...] = (
    ways.reachable,
    ways.no_dead_end,
    ways.no_circle,
    footing.evidence,
    footing.sources_used,
    footing.facts_known,
    footing.editions,
    footing.talk,
    footing.values,
    footing.prices,
    sizes.counts,
    sizes.sizes,
    sizes.phrases,
    sizes.length,
    quizzes.quiz,
    wording.promises,
    wording.titles,
    wording.terms,
    wording.emoji,
    wording.marks,
    wording.placeholders,
    translation.translated,
    translation.alike,
    translation.figures,
)


def check(today: date, folder: Path | None = None, translations: Path | None = None) -> list[Problem]:
    """Everything wrong with the content on that day; the grave problems first."""
    folder, translations = folder or dialogs.HERE, translations or dialogs.locales()
    languages = {code: language.name for code, language in read_languages(translations).items()}
    content, problems = read(folder, languages)
    if not problems:
        voices = dialogs.voices(content, translations)
        conversation = Conversation(content, voices)
        catalogues = {lang: read_catalogue(translations, lang) for lang in languages}
        seen = Inspected(content, conversation, voices, catalogues, today)
        problems = list(dict.fromkeys(problem for rule in RULES for problem in rule(seen)))
    return sorted(problems, key=lambda problem: not problem.grave)
