"""Which page rests on which facts and sources: docs/FACTS.md. Run as `make texts`; a test tells when it is stale."""

from collections import defaultdict
from collections.abc import Iterator

from dialogs import load
from dialogs.content import Content
from dialogs.topic import Page

HEAD = """\
# What each page rests on

Page → facts of the sheets it is written from → sources. Below: fact → pages, to see what a fact that changes touches.
This file is written by `make texts`.
"""


def document(content: Content) -> str:
    """The whole document, as Markdown."""
    return "\n".join([HEAD, *_by_page(content), *_by_fact(content)])


def _by_page(content: Content) -> Iterator[str]:
    for topic in content.topics.values():
        pages = [page for page in topic.pages.values() if page.evidence]
        if pages:
            yield f"## {topic.title}\n\n| Page | Facts | Sources | Confidence | Checked |\n|---|---|---|---|---|"
            yield from map(_row, pages)
            yield ""


def _row(page: Page) -> str:
    evidence = page.evidence
    assert evidence  # noqa: S101  only pages of facts are listed
    cells = (
        f"`{page.name}`",
        ", ".join(evidence.facts),
        ", ".join(evidence.sources),
        f"{evidence.confidence}, {evidence.status}",
        str(evidence.checked),
    )
    return f"| {' | '.join(cells)} |"


def _by_fact(content: Content) -> Iterator[str]:
    pages: dict[str, list[str]] = defaultdict(list)
    for page in content.pages.values():
        for fact in page.evidence.facts if page.evidence else ():
            pages[fact].append(f"`{page.name}`")
    yield "## By fact\n\n| Fact | Pages |\n|---|---|"
    yield from (f"| {fact} | {', '.join(pages[fact])} |" for fact in content.facts if fact in pages)
    yield ""


if __name__ == "__main__":
    print(document(load().content), end="")  # noqa: T201
