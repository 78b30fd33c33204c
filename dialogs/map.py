"""The whole dialogue as a Mermaid graph, drawn from the content."""

from collections.abc import Iterator

from dialogs.content import GLOSSARY, HOME, Content
from dialogs.topic import Page


def mermaid(content: Content) -> str:
    """The graph: a box for each topic, a node for each page, an arrow for each choice with its label."""
    return "\n".join(["flowchart TD", *_nodes(content), *_arrows(content)]) + "\n"


def _nodes(content: Content) -> Iterator[str]:
    for topic in content.topics.values():
        yield f'  subgraph {topic.id}["{_words(topic.title)}"]'
        for page in topic.pages.values():
            name = page.name.partition(".")[2]
            yield f"    {_id(page.name)}{_shape(page, name)}"
        yield "  end"


def _shape(page: Page, name: str) -> str:
    if page.end:
        return f'(["{name}"])'
    return f'{{"{name}"}}' if page.ask else f'["{name}"]'


def _arrows(content: Content) -> Iterator[str]:
    for page in content.pages.values():
        for choice in page.choices:
            if choice.to:
                label = choice.label or choice.id
                yield f'  {_id(page.name)} -->|"{_words(label)}"| {_id(_target(content, choice.to))}'
        yield from _quiet_arrows(page)
    for topic in content.listed:
        yield f'  {_id(f"{HOME}.resume")} -->|"Start over"| {_id(topic.start)}'


def _quiet_arrows(page: Page) -> Iterator[str]:
    """The ways without a label of the author's."""
    if page.typed:
        yield f'  {_id(page.name)} -->|"a {page.typed.kind}"| {_id(page.typed.to)}'
    if page.skip:
        yield f'  {_id(page.name)} -.->|"Skip"| {_id(page.skip)}'
    for aside in [*(f"{GLOSSARY}.{term}" for term in page.terms), *([page.read] if page.read else [])]:
        yield f"  {_id(page.name)} -.-> {_id(aside)}"


def _target(content: Content, to: str) -> str:
    return content.topics[to].start if to in content.topics else to


def _id(page: str) -> str:
    """A name Mermaid takes: `end` alone, say, is a word of its own there."""
    return "p_" + page.replace(".", "__").replace("-", "_")


def _words(text: str) -> str:
    return text.replace('"', "#quot;")
