"""The whole dialogue as a Mermaid graph, drawn from the content, with the people who walked through it or without."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dialogs.content import GLOSSARY, HOME, Content
from dialogs.topic import Page, Topic

RESUME = f"{HOME}.resume"
"""The page that leads to the start of whatever topic somebody is in the middle of."""


class UnknownTopicError(LookupError):
    """There is no topic of that id; the text says which there are."""


@dataclass(frozen=True, slots=True)
class Count:
    """What happened on one page."""

    people: int
    """Who ever reached it."""
    left: int
    """Of them, who gave up there: it is the last page they saw, and that is long ago."""

    @property
    def percent(self) -> int:
        """How many of a hundred gave up here. 0 means nobody and 100 everybody, however many there were."""
        if self.left in (0, self.people):
            return 100 if self.left else 0
        return max(1, min(99, round(100 * self.left / self.people)))

    @property
    def said(self) -> str:
        """The number of people in words."""
        return "1 person" if self.people == 1 else f"{self.people:,} people"


NOBODY = Count(0, 0)
"""Of a page that nobody reached."""


@dataclass(frozen=True, slots=True)
class Band:
    """Pages that are drawn alike, for about the same share of their people gave up there."""

    name: str
    least: int
    """From how many percent on; the next band begins where this one ends."""
    fill: str
    ink: str
    """The colour of text on it."""


BANDS = (
    Band("left0", 0, "#ffffe5", "#1f2933"),
    Band("left5", 5, "#fee391", "#1f2933"),
    Band("left10", 10, "#fe9929", "#1f2933"),
    Band("left20", 20, "#cc4c02", "#ffffff"),
    Band("left40", 40, "#662506", "#ffffff"),
)
"""From few to many. One hue that only gets darker (ColorBrewer's YlOrBr): it is told apart without colours, too."""

FEW = Band("few", 0, "#ffffff", "#1f2933")
"""Of pages with so few people that a share says nothing: one of two who leaves is no alarm."""

ENOUGH = 5
"""People from whom on a share gets a colour."""

UNSEEN = Band("nobody", 0, "#f1f3f5", "#5c6773")
"""Of pages that nobody reached."""


def band(count: Count) -> Band:
    """How a page with this count is drawn."""
    if not count.people:
        return UNSEEN
    if count.people < ENOUGH:
        return FEW
    return next(each for each in reversed(BANDS) if count.percent >= each.least)


def chosen(content: Content, topics: Collection[str] | None) -> tuple[Topic, ...]:
    """The topics of these ids, in the order of the menu; without ids all of them. Raises UnknownTopicError."""
    for id_ in topics or ():
        if id_ not in content.topics:
            raise UnknownTopicError(f"there is no topic {id_!r}: choose from {', '.join(content.topics)}")
    return tuple(topic for topic in content.topics.values() if topics is None or topic.id in topics)


def mermaid(content: Content, counts: Mapping[str, Count] | None = None, topics: Collection[str] | None = None) -> str:
    """The graph: a box for each topic, a node for each page, an arrow for each choice with its label.

    With counts (by full name; a page that is missing was reached by nobody) each page also says how many people
    reached it and how many of them gave up there. With topics only those, and the arrows between them.
    Raises UnknownTopicError.
    """
    shown = chosen(content, topics)
    nodes, classes = _nodes(shown, counts), _classes() if counts is not None else ()
    return "\n".join(["flowchart TD", *classes, *nodes, *_arrows(content, shown)]) + "\n"


def _classes() -> Iterator[str]:
    for each in (*BANDS, FEW):
        yield f"  classDef {each.name} fill:{each.fill},color:{each.ink},stroke:#5c6773"
    yield f"  classDef {UNSEEN.name} fill:{UNSEEN.fill},color:{UNSEEN.ink},stroke:#8a94a0,stroke-dasharray:5 4"


def _nodes(shown: tuple[Topic, ...], counts: Mapping[str, Count] | None) -> Iterator[str]:
    for topic in shown:
        yield f'  subgraph {topic.id}["{_words(topic.title)}"]'
        for page in topic.pages.values():
            name = page.name.partition(".")[2]
            if counts is None:
                yield f"    {_id(page.name)}{_shape(page, name)}"
            else:
                count = counts.get(page.name, NOBODY)
                yield f"    {_id(page.name)}{_shape(page, f'{name}<br>{_said(count)}')}:::{band(count).name}"
        yield "  end"


def _said(count: Count) -> str:
    return f"{count.said} · {count.percent} % left" if count.people else "nobody"


def _shape(page: Page, words: str) -> str:
    if page.end:
        return f'(["{words}"])'
    return f'{{"{words}"}}' if page.ask else f'["{words}"]'


def _arrows(content: Content, shown: tuple[Topic, ...]) -> Iterator[str]:
    hidden = content.pages.keys() - {page for topic in shown for page in topic.pages}
    for page in content.pages.values():
        if page.name not in hidden:
            for line, to in (*_choices(content, page), *_quiet_arrows(page)):
                if to not in hidden:
                    yield f"  {_id(page.name)} {line} {_id(to)}"
    for topic in content.listed:
        if not hidden & {RESUME, topic.start}:
            yield f'  {_id(RESUME)} -->|"Start over"| {_id(topic.start)}'


def _choices(content: Content, page: Page) -> Iterator[tuple[str, str]]:
    for choice in page.choices:
        if choice.to:
            yield f'-->|"{_words(choice.label or choice.id)}"|', _target(content, choice.to)


def _quiet_arrows(page: Page) -> Iterator[tuple[str, str]]:
    """The ways without a label of the author's."""
    if page.typed:
        yield f'-->|"a {page.typed.kind}"|', page.typed.to
    if page.skip:
        yield '-.->|"Skip"|', page.skip
    for aside in [*(f"{GLOSSARY}.{term}" for term in page.terms), *([page.read] if page.read else [])]:
        yield "-.->", aside


def _target(content: Content, to: str) -> str:
    return content.topics[to].start if to in content.topics else to


def _id(page: str) -> str:
    """A name Mermaid takes: `end` alone, say, is a word of its own there."""
    return "p_" + page.replace(".", "__").replace("-", "_")


def _words(text: str) -> str:
    return text.replace('"', "#quot;")
