"""Rules on ways: every page is reached, leads on, and comes to an end."""

from collections.abc import Iterator

from dialogs.check.seen import Inspected
from dialogs.choices import COMMANDS, MENU
from dialogs.content import GLOSSARY, HOME
from dialogs.guards import GUARDS
from dialogs.seller import WELCOME, Seller
from dialogs.table import Problem
from dialogs.topic import Page

PEOPLE = ("", "1", "2", "49", "50", "100000")
"""Answers with which the conditions of a page are tried."""


def reachable(seen: Inspected) -> Iterator[Problem]:
    """Every page can be reached from the welcome page."""
    pages, topics = seen.pages, seen.content.topics
    reached: set[str] = set()
    waiting = [WELCOME, MENU, *(f"{HOME}.{name}" for name in (*COMMANDS, "more", "resume", "link", "closest"))]
    while waiting:
        name = waiting.pop()
        if name in pages and name not in reached:
            reached.add(name)
            page = pages[name]
            found = page.lists == "closest"  # by somebody who asks in the right words
            ways = [*(() if found else page.ways), page.read, *(f"{GLOSSARY}.{term}" for term in page.terms)]
            waiting += [topics[way].start if way in topics else way for way in ways]
    for name in pages.keys() - reached:
        term = pages[name].topic == GLOSSARY
        yield Problem(name, "no page offers this term" if term else "no choice leads to this page")


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
    seller = Seller(0, answers=answers(people))
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


def answers(people: str) -> dict[str, str]:
    """What somebody has answered who was asked for the size of his firm."""
    return {"auditors.people": people} if people else {}
