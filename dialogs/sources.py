"""Sources: what a page rests on, when it was read, and how much confidence that allows."""

from dataclasses import dataclass
from datetime import date

from dialogs.table import Table
from dialogs.topic import Evidence

STATUSES = ("in force", "changing", "unconfirmed", "opinion")
CONFIDENCES = ("high", "medium", "low")
EVIDENCE = ("facts", "sources", "checked", "review_by", "status", "confidence")
KINDS = ("law", "standard", "official", "register", "study", "trade")


@dataclass(frozen=True, slots=True)
class Source:
    """A text somebody can look up."""

    id: str
    title: str
    address: str
    kind: str
    dated: str
    read: date | None
    """The day somebody opened it; None when nobody did."""
    via: str
    """The text that cites it, where it was not opened itself."""


def read_source(name: str, table: Table) -> Source:
    """A source from its table."""
    source = Source(
        id=name,
        title=table.text("title"),
        address=table.text("address"),
        kind=table.one_of("kind", KINDS),
        dated=table.text("dated", needed=False),
        read=table.day("read", needed=False),
        via=table.text("via", needed=False),
    )
    if bool(source.read) == bool(source.via):
        table.wrong("either 'read' (a day) or 'via' (the text that cites it) is needed, and not both")
    if not source.address.startswith(("https://", "http://")):
        table.wrong("'address' must begin with https:// or http://")
    table.done()
    return source


def read_evidence(table: Table) -> Evidence:
    """What a page of facts says about its own footing."""
    nowhere = date.min
    evidence = Evidence(
        facts=table.texts("facts", needed=True),
        sources=table.texts("sources", needed=True),
        checked=table.day("checked") or nowhere,
        review_by=table.day("review_by") or nowhere,
        status=table.one_of("status", STATUSES),
        confidence=table.one_of("confidence", CONFIDENCES),
    )
    if evidence.review_by < evidence.checked:
        table.wrong("'review_by' lies before 'checked'")
    return evidence
