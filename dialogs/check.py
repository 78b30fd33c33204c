"""The dialogue linter: says like a colleague what is wrong with the content, in every language."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import dialogs
from dialogs import limits, markup
from dialogs.choices import CLOSEST, COMMANDS, MENU
from dialogs.content import GLOSSARY, HOME, Content
from dialogs.conversation import Conversation
from dialogs.guards import GUARDS
from dialogs.reader import read
from dialogs.reply import EMOJI, show
from dialogs.seller import WELCOME, Seller
from dialogs.table import Problem
from dialogs.topic import Page
from dialogs.values import same_words
from dialogs.voice import PLACEHOLDER, SOURCE, Catalogue, Voices, literal, read_catalogue, read_languages

HOME_PLACEHOLDERS = {"topic", "step", "steps", "progress", "language", "news", "plain", "zone"}
CHINESE = re.compile("[\u4e00-\u9fff]")
QUOTED = re.compile('“[^“”]*”|"[^"]*"|「[^「」]*」|«[^«»]*»')
JOINED = re.compile("\u200d.|[ \ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
"""What belongs to the emoji before it: a colour of skin, a further person."""
PEOPLE = ("", "1", "2", "49", "50", "100000")
"""Answers with which the conditions of a page are tried …"""
SETTINGS: tuple[dict[str, str], ...] = ({}, {"home.news": "on"})
"""… and settings."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the rules look at."""

    content: Content
    conversation: Conversation
    voices: Voices
    catalogues: dict[str, Catalogue]
    today: date

    @property
    def pages(self) -> dict[str, Page]:
        """Every page by its full name."""
        return self.conversation.pages


Rule = Callable[[Inspected], Iterator[Problem]]


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


def summary(conversation: Conversation) -> str:
    """How much there is, in one line."""
    content = conversation.content
    pages = [page for page in conversation.pages.values() if page.evidence]
    words = sum(len(sentence.english.split()) for sentence in content.sentences())
    return (
        f"{len(conversation.pages)} pages ({len(pages)} of facts), {words} words, {len(content.terms)} terms, "
        f"{len(content.sources)} sources, {len(content.languages)} languages"
    )


# Ways


def reachable(seen: Inspected) -> Iterator[Problem]:
    """Every page can be reached from the welcome page."""
    pages, topics = seen.pages, seen.content.topics
    reached: set[str] = set()
    waiting = [WELCOME, MENU, *(f"{HOME}.{name}" for name in (*COMMANDS, "resume", "link", "closest"))]
    while waiting:
        name = waiting.pop()
        if name in pages and name not in reached:
            reached.add(name)
            page = pages[name]
            found = page.lists == "closest"  # by somebody who asks in the right words
            ways = [*(() if found else page.ways), page.read, *(f"{GLOSSARY}.{term}" for term in page.terms)]
            waiting += [topics[way].start if way in topics else way for way in ways]
    for name in pages.keys() - reached:
        yield Problem(name, "no choice leads to this page")


def no_dead_end(seen: Inspected) -> Iterator[Problem]:
    """A page leads on or is an end, whatever the seller answered before."""
    for page in seen.pages.values():
        if page.end or page.topic in (HOME, GLOSSARY):
            continue
        if not page.ways:
            yield Problem(page.name, "nothing leads on from here; add a choice, or `end = true`")
        elif not (page.skip or page.typed) and not all(_open(page, people) for people in PEOPLE):
            yield Problem(page.name, "for some sellers every choice is hidden by its condition")


def _open(page: Page, people: str) -> bool:
    seller = Seller(0, answers=_answers(people))
    return any(not choice.when or GUARDS[choice.when](seller) for choice in page.choices)


def no_circle(seen: Inspected) -> Iterator[Problem]:
    """Inside a topic choices lead only onward, so that it ends and its steps can be counted."""
    pages, done = seen.pages, set[str]()

    def walk(name: str, above: tuple[str, ...]) -> Iterator[Problem]:
        if name in above:
            circle = [*above[above.index(name) :], name]
            yield Problem(name, f"the choices go round in a circle: {' → '.join(circle)}; Back is there for returning")
        elif name not in done:
            for way in pages[name].ways:
                if way in pages and pages[way].topic == pages[name].topic and pages[name].topic != HOME:
                    yield from walk(way, (*above, name))
            done.add(name)

    for name in pages:
        yield from walk(name, ())


# Evidence


def evidence(seen: Inspected) -> Iterator[Problem]:
    """Sources allow the confidence, dates are in order, and somebody looks again in time."""
    for page in seen.pages.values():
        found = page.evidence
        if not found:
            continue
        if found.checked > seen.today:
            yield Problem(page.name, f"'checked' is {found.checked}, which is still to come")
        if found.confidence == "high" and not any(seen.content.sources[name].read for name in found.sources):
            yield Problem(page.name, "nobody opened any of its sources, so its confidence is 'medium' at most")
        if found.review_by < seen.today:
            yield Problem(page.name, f"should have been checked again by {found.review_by}", grave=False)
        elif found.review_by - seen.today <= timedelta(limits.NOTICE_DAYS):
            yield Problem(page.name, f"is to be checked again by {found.review_by}", grave=False)


def sources_used(seen: Inspected) -> Iterator[Problem]:
    """A source nobody names is a forgotten one."""
    used = {name for page in seen.pages.values() if page.evidence for name in page.evidence.sources}
    for name in seen.content.sources.keys() - used:
        yield Problem("sources.toml", f"no page names the source '{name}'", grave=False)


# Limits, in every language


def counts(seen: Inspected) -> Iterator[Problem]:
    """Few enough choices to be read, ids short enough to be carried by a button."""
    for page in seen.pages.values():
        most = limits.LISTED_CHOICES if page.ask or page.lists or page.end or page.topic == HOME else limits.OWN_CHOICES
        few = page.lists in ("linked", "closest")  # of these only those that fit the seller are shown
        if len(page.choices) > most and not few:
            yield Problem(page.name, f"{len(page.choices)} choices are too many: {most} at most")
        if len(page.terms) > limits.TERMS:
            yield Problem(page.name, f"{len(page.terms)} terms are too many: {limits.TERMS} at most")
        for id_ in [*(choice.id for choice in page.choices), *(f"term.{term}" for term in page.terms)]:
            if len(id_.encode()) > limits.CHOICE_BYTES:
                yield Problem(page.name, f"the id '{id_}' is longer than {limits.CHOICE_BYTES} bytes")


def sizes(seen: Inspected) -> Iterator[Problem]:
    """What a seller sees fits a message, and its buttons a phone."""
    for lang, page in product(seen.content.languages, seen.pages.values()):
        for seller in _visitors(seen.conversation, page, lang):
            reply = show(
                seen.conversation,
                seller,
                page.evidence.review_by + timedelta(1) if page.evidence else seen.today,
            )
            length = markup.units(markup.plain(reply.text) + "\n\n" + markup.plain(reply.sources))
            if length > limits.MESSAGE:
                yield Problem(page.name, f"{length} characters in {lang}: a message holds {limits.MESSAGE}")
            words = [same_words(button.label) for button in reply.buttons]
            for button, word in zip(reply.buttons, words, strict=True):
                yield from _label(page, lang, button.label, doubled=words.count(word) > 1)
            if page.name == WELCOME and len(markup.plain(reply.text)) > limits.GREETING:
                yield Problem(page.name, f"longer than {limits.GREETING} characters in {lang}")


def _label(page: Page, lang: str, label: str, *, doubled: bool) -> Iterator[Problem]:
    if markup.width(label) > limits.LABEL_WIDTH:
        yield Problem(
            page.name,
            f"the button '{label}' is too long in {lang}: {markup.width(label)} of {limits.LABEL_WIDTH}",
        )
    if markup.shape(label):
        yield Problem(page.name, f"the button '{label}' has marks in {lang}: on a button they show as they are")
    if doubled:
        yield Problem(page.name, f"two buttons read '{label}' in {lang}; somebody who types it can't be understood")
    if same_words(label).isdecimal() or not same_words(label):
        yield Problem(page.name, f"the button '{label}' needs words in {lang}: a number means its place")


def _visitors(conversation: Conversation, page: Page, lang: str) -> Iterator[Seller]:
    """People on that page who together see everything that can be on it."""
    listed = [topic.id for topic in conversation.content.topics.values() if topic.listed]
    for people in PEOPLE if any(choice.when for choice in page.choices) else PEOPLE[:1]:
        yield Seller(
            0,
            lang=lang,
            state=page.name,
            note="unclear",
            topic=listed[-1] if listed else "",
            answers=_answers(people) | {"home.linked": listed[0] if listed else ""} | SETTINGS[bool(people)],
            offered=[choice.to for choice in conversation.pages[CLOSEST].choices[:3]],
            history=[MENU],
            paths={topic: [conversation.content.topics[topic].start] for topic in listed},
        )


def _answers(people: str) -> dict[str, str]:
    return {"auditors.people": people} if people else {}


def phrases(seen: Inspected) -> Iterator[Problem]:
    """The notices and the descriptions of commands fit where Telegram shows them."""
    for lang in seen.content.languages:
        voice = seen.voices.of(lang)
        for name in ("stale", "not-yours"):
            if len(voice.button(name)) > limits.TOAST:
                yield Problem("phrases.toml", f"'{name}' is too long for a notice in {lang}")
        for command in COMMANDS:
            if not 1 <= len(voice.button(f"command-{command}")) <= limits.COMMAND:
                yield Problem("phrases.toml", f"the description of /{command} is too long in {lang}")


def length(seen: Inspected) -> Iterator[Problem]:
    """People read about 90 words, or 180 Chinese characters, on a phone."""
    for page in seen.pages.values():
        words = len(page.text.split())
        if words > limits.WORDS:
            yield Problem(page.name, f"{words} words are much for one page", grave=False)
        for lang, text in _translated(seen, f"{page.name}.text"):
            characters = len(CHINESE.findall(text))
            if characters > limits.CHARACTERS:
                yield Problem(page.name, f"{characters} characters in {lang} are much for one page", grave=False)


# Words and emoji


def promises(seen: Inspected) -> Iterator[Problem]:
    """Nothing is promised that nobody can keep; a claim that is looked into stands in quotation marks."""
    for where, lang, text in _said(seen):
        said = QUOTED.sub("", unicodedata.normalize("NFKC", text).casefold())
        for word in limits.PROMISES.get(lang, ()):
            if word in re.sub(r"\s+(?=%)", "", said):
                yield Problem(where, f"'{word}' in {lang} is a promise; it may only be quoted, as “a claim”")


def emoji(seen: Inspected) -> Iterator[Problem]:
    """One emoji at most, behind words that say the same: some want none, and some are read to."""
    for where, lang, text in _said(seen):
        found, words = EMOJI.findall(text), EMOJI.sub("", text)
        if len(JOINED.sub("", "".join(found))) > 1:
            yield Problem(where, f"more than one emoji in {lang}")
        if found and not same_words(words):
            yield Problem(where, f"says nothing without its emoji in {lang}")
        elif found and not text.endswith(found[-1]):
            yield Problem(where, f"the emoji belongs at the end in {lang}", grave=False)


def _said(seen: Inspected) -> Iterator[tuple[str, str, str]]:
    """Every sentence in every language, all forms of it: where it stands, the language, the text."""
    for sentence in seen.content.sentences():
        for english in filter(None, (sentence.english, sentence.plural)):
            yield sentence.context, SOURCE, english
        yield from ((sentence.context, lang, text) for lang, text in _translated(seen, sentence.context))


# Marks and placeholders


def marks(seen: Inspected) -> Iterator[Problem]:
    """Only light Markdown, and every mark opened is closed."""
    for sentence in seen.content.sentences():
        for language, text in [(SOURCE, sentence.english), *_translated(seen, sentence.context)]:
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
            used = {name for name in PLACEHOLDER.findall(sentence.english) if button or literal(name) is None}
            for name in sorted(used - known.get(sentence.context, set())):
                yield Problem(sentence.context, f"nobody knows what '{{{name}}}' stands for here")


# Translations


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
        for lang, text in _translated(seen, sentence.context):
            ours, theirs = set(PLACEHOLDER.findall(sentence.english)), set(PLACEHOLDER.findall(text))
            if ours != theirs and not sentence.plural:
                yield Problem(sentence.context, f"placeholders differ in {lang}: {_listed(ours)} and {_listed(theirs)}")
            ours_marks, their_marks = markup.shape(sentence.english), markup.shape(text)
            if ours_marks != their_marks:
                yield Problem(sentence.context, f"marks differ in {lang}: {dict(ours_marks)} and {dict(their_marks)}")


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"


def _translated(seen: Inspected, context: str) -> Iterator[tuple[str, str]]:
    """The sentence in every language it is translated into, all plural forms."""
    for lang, catalogue in seen.catalogues.items():
        found = catalogue.translations.get(context)
        if found and not found.fuzzy:
            yield from ((lang, form) for form in found.forms)


RULES: tuple[Rule, ...] = (
    reachable,
    no_dead_end,
    no_circle,
    evidence,
    sources_used,
    counts,
    sizes,
    phrases,
    length,
    promises,
    emoji,
    marks,
    placeholders,
    translated,
    alike,
)
