"""Rules on sizes: what Telegram takes, what a phone shows, what people read."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from dialogs import limits, markup
from dialogs.check.seen import Inspected
from dialogs.check.ways import PEOPLE, answers
from dialogs.choices import CLOSEST, COMMANDS, MENU
from dialogs.content import HOME
from dialogs.conversation import Conversation
from dialogs.reply import show
from dialogs.seller import WELCOME, Seller
from dialogs.table import Problem
from dialogs.topic import Page
from dialogs.values import same_words

CHINESE = re.compile("[\u4e00-\u9fff]")
SETTINGS: tuple[dict[str, str], ...] = ({}, {"home.news": "on"})
"""Settings with which a page is tried."""


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
        for seller in visitors(seen.conversation, page, lang):
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


def visitors(conversation: Conversation, page: Page, lang: str) -> Iterator[Seller]:
    """People on that page who together see everything that can be on it."""
    listed = [topic.id for topic in conversation.content.listed]
    for people in PEOPLE if any(choice.when for choice in page.choices) else PEOPLE[:1]:
        yield Seller(
            0,
            lang=lang,
            state=page.name,
            note="unclear",
            topic=listed[-1] if listed else "",
            answers=answers(people) | {"home.linked": listed[0] if listed else ""} | SETTINGS[bool(people)],
            offered=[choice.to for choice in conversation.pages[CLOSEST].choices[:3]],
            history=[MENU],
            paths={topic: [conversation.content.topics[topic].start] for topic in listed},
        )


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
        for lang, text in seen.translated(f"{page.name}.text"):
            characters = len(CHINESE.findall(text))
            if characters > limits.CHARACTERS:
                yield Problem(page.name, f"{characters} characters in {lang} are much for one page", grave=False)
