"""Rules on evidence: facts, sources, dates, editions and prices."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from dialogs import limits, markup
from dialogs.check.seen import Inspected, placeholders_in
from dialogs.content import HOME
from dialogs.editions import Edition
from dialogs.literal import PLACEHOLDER, Money, Month, literal
from dialogs.table import Problem, suggestion
from dialogs.topic import Evidence, Page

MONTHS = "January February March April May June July August September October November December".split()
BARE_DAY = re.compile(
    rf"\b(?:{'|'.join(MONTHS)}) \d{{4}}|\d{{1,2}} (?:{'|'.join(MONTHS)})\b"
    r"|\b\d{4}-\d{2}(?:-\d{2})?\b|\d{4}\s?年\s?\d{1,2}\s?月|\d{1,2}\s?月\s?\d{1,2}\s?日"
)
BARE_NUMBER = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?\s?万")
BARE_PRICE = re.compile(
    r"[$€£¥₽]\s?\d|\b(?:CNY|USD|EUR|GBP|RUB|INR|KRW)\s?\d"
    r"|\d\s?(?:yuan|dollars?|euros?|pounds?|roubles?|rupees|won)\b|\d\s?(?:元|美元|欧元|英镑|卢布)"
)
YEAR = re.compile(r"\b(?:19|20)\d{2}\b|(?:19|20)\d{2}\s?年")


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
    used = {name for _, found in _evidence(seen) for name in found.sources}
    for name in seen.content.sources.keys() - used:
        yield Problem("sources.toml", f"no page names the source '{name}'", grave=False)


def facts_known(seen: Inspected) -> Iterator[Problem]:
    """Every fact a page names stands in the sheets it is written from."""
    for where, found in _evidence(seen):
        for fact in found.facts:
            if fact not in seen.content.facts:
                yield Problem(where, f"no fact '{fact}' in facts.toml{suggestion(fact, seen.content.facts)}")


def _evidence(seen: Inspected) -> Iterator[tuple[str, Evidence]]:
    """What every page and every edition rests on."""
    yield from ((page.name, page.evidence) for page in seen.pages.values() if page.evidence)
    yield from (("editions.toml, " + edition.id, edition.evidence) for edition in seen.content.editions.values())


def editions(seen: Inspected) -> Iterator[Problem]:
    """A day of the table of editions stands nowhere else, and none stands there in vain."""
    drawn = {name for page in seen.pages.values() for name, _ in page.drawn}
    for name in seen.content.drawn.keys() - drawn:
        yield Problem("editions.toml", f"no page draws '{{{name}}}'", grave=False)
    for page in seen.pages.values():
        for edition in seen.content.editions.values():
            if page.evidence and not {*page.evidence.facts}.isdisjoint(edition.evidence.facts):
                yield from _by_hand(page, edition)


def _by_hand(page: Page, edition: Edition) -> Iterator[Problem]:
    """Days that a page on the same fact writes itself."""
    days = {value: name for name, value in edition.values.items() if isinstance(value, date | Month)}
    for sentence in page.sentences():
        for name in sorted(placeholders_in(sentence.english)):
            value = literal(name)
            if isinstance(value, date | Month) and value in days:
                where = "editions.toml holds that day"
                yield Problem(sentence.context, f"write '{{{days[value]}}}' for '{{{name}}}': {where}")


def talk(seen: Inspected) -> Iterator[Problem]:
    """A page without evidence states no day, number or amount."""
    for page in seen.pages.values():
        for sentence in () if page.evidence or page.right or page.topic == HOME else page.sentences():
            for name in sorted(placeholders_in(sentence.english)):
                if literal(name) is not None or name in seen.content.drawn:
                    yield Problem(sentence.context, f"'{{{name}}}' is a fact, and this page names no source for it")


def values(seen: Inspected) -> Iterator[Problem]:
    """Days, large numbers and prices are written so that every language formats them itself."""
    kinds = (
        (BARE_DAY, "day", "{2026-09-16}"),
        (BARE_NUMBER, "number", "{1474118}"),
        (BARE_PRICE, "price", "{CNY 50000}"),
    )
    for where, lang, text in seen.said:
        for pattern, kind, example in kinds:
            found = pattern.search(PLACEHOLDER.sub("{}", markup.plain(text)))
            if found and not where.startswith((f"{HOME}.", "phrase.")):
                yield Problem(where, f"'{found[0]}' in {lang} is a bare {kind}; write it like {example}")


def prices(seen: Inspected) -> Iterator[Problem]:
    """A price has a source with a date, and says of which year it is."""
    for page in seen.pages.values():
        for sentence in page.sentences():
            names = placeholders_in(sentence.english)
            if not any(isinstance(literal(name), Money) for name in names):
                continue
            dated = page.evidence and any(seen.content.sources[name].dated for name in page.evidence.sources)
            if not dated:
                yield Problem(sentence.context, "a price needs a source with a date ('dated')")
            if not YEAR.search(sentence.english):
                yield Problem(sentence.context, "a price needs its year beside it")
