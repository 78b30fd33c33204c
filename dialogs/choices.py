"""What a seller can choose: the ways on from a page, and which of them are open to him."""

from collections.abc import Iterator, Mapping

from dialogs import values
from dialogs.content import GLOSSARY, HOME
from dialogs.guards import GUARDS
from dialogs.seller import Seller
from dialogs.topic import Choice, Page

COMMANDS = ("start", "menu", "progress", "language", "settings", "help", "cancel", "privacy")
"""What a seller can write, without the slash."""

MENU = f"{HOME}.menu"
RESUME = f"{HOME}.resume"
LANGUAGE = f"{HOME}.language"
LINKED = f"{HOME}.link"
OFFERS = frozenset((RESUME, LINKED))
"""Pages that offer to go on with a topic: without one they have nothing to say."""
CLOSEST = f"{HOME}.closest"

NEWS = f"{HOME}.news"
"""The answer that says whether he wants news."""

LINK = f"{HOME}.linked"
"""The answer that holds the topic of the link he came by."""


def open_to(seller: Seller, page: Page, terms: Mapping[str, str]) -> Iterator[Choice]:
    """What is open to him on a page, in the order of the buttons: its own, side trips, the ways out."""
    own = [choice for choice in page.choices if _fits(seller, page, choice)]
    yield from sorted(own, key=lambda choice: seller.offered.index(choice.to)) if page.lists == "closest" else own
    if page.end and seller.news_asked == seller.visit:
        yield from _news(page)
    yield from _aside(seller, page, terms)
    if seller.history:
        yield Choice("back", "", context="phrase.back")
    if seller.state != MENU:
        yield Choice("home", "", MENU, context="phrase.home")


def _fits(seller: Seller, page: Page, choice: Choice) -> bool:
    """Whether one of the page's own choices is for him."""
    if page.lists == "languages" and choice.id == f"lang.{seller.lang}":
        return False
    if page.lists == "linked" and choice.id.startswith("open."):
        return choice.id == f"open.{seller.answers.get(LINK)}"
    if page.lists == "closest":
        return choice.to in seller.offered
    return not choice.when or GUARDS[choice.when](seller)


def _aside(seller: Seller, page: Page, terms: Mapping[str, str]) -> Iterator[Choice]:
    for term in page.terms:
        name = f"{GLOSSARY}.{term}"
        yield Choice(f"term.{term}", terms[term], name, context=f"{name}.term")
    if page.read:
        yield Choice("read", "", page.read, context="phrase.read")
    if page.skip:
        yield Choice("skip", "", page.skip, context="phrase.skip")
    if page.evidence and seller.asked == seller.visit:
        yield from _helpful(page)


def _news(page: Page) -> Iterator[Choice]:
    """Asked once, at the end of the first topic: whether he wants news."""
    for answer in ("on", "off"):
        yield Choice(f"news-{answer}", "", page.name, remember=answer, question=NEWS, context=f"phrase.news-{answer}")


def _helpful(page: Page) -> Iterator[Choice]:
    """Asked sparingly: whether the page helped."""
    for answer in ("yes", "no"):
        yield Choice(f"helpful-{answer}", "", page.name, context=f"phrase.helpful-{answer}")


def ways(page: Page) -> Iterator[Choice]:
    """Every fixed way on from a page, the ones without a button of their own included."""
    if page.end:
        yield from _news(page)
    yield from (choice for choice in page.choices if choice.to)
    yield from (Choice(f"term.{term}", "", f"{GLOSSARY}.{term}") for term in page.terms)
    if page.read:
        yield Choice("read", "", page.read)
    if page.skip:
        yield Choice("skip", "", page.skip)
    if page.typed:
        yield Choice("typed", "", page.typed.to)


def named(text: str, labels: dict[str, str]) -> str:
    """The choice whose words the text is, with or without its number before them; empty when it is none."""
    words = values.same_words(text)
    said = [(id_, values.same_words(label)) for id_, label in labels.items()]
    with_number = {f"{number}{label}": id_ for number, (id_, label) in enumerate(said, 1)}
    return (with_number | {label: id_ for id_, label in said}).get(words, "") if words else ""


def numbered(text: str, labels: dict[str, str]) -> str:
    """The choice whose number the text is; empty when it is none."""
    number = values.same_words(text)
    if number.isdecimal() and len(number) < 3 and 1 <= int(number) <= len(labels):
        return list(labels)[int(number) - 1]
    return ""
