"""Editions in force: the days, names and figures that change, each in one place that all pages draw on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dialogs.literal import Value, literal
from dialogs.sources import CONFIDENCES, EVIDENCE, read_evidence
from dialogs.table import Table
from dialogs.topic import Evidence


@dataclass(frozen=True, slots=True)
class Edition:
    """A standard's edition, or another fact with a date to it, and what it rests on."""

    id: str
    values: dict[str, Value]
    """By the name under which a page draws it: `iso9001.published`."""
    evidence: Evidence


def read_edition(name: str, table: Table) -> Edition:
    """An edition from its table: whatever is not evidence is a value pages can draw."""
    evidence = read_evidence(table)
    values: dict[str, Value] = {}
    for key in table.names():
        if key not in EVIDENCE:
            value = table.value(key)
            held = literal(value) if isinstance(value, str) and not value.isdecimal() else None  # a year is no number
            values[f"{name}.{key}"] = value if held is None else held
    if not values:
        table.wrong("no value stands here that a page could draw")
    return Edition(name, values, evidence)


def resting(own: Evidence, drawn: Iterable[Edition]) -> Evidence:
    """What a page rests on together with the editions it draws on: it can't be surer or fresher than they are."""
    for edition in drawn:
        other = edition.evidence
        own = replace(
            own,
            facts=tuple(dict.fromkeys([*own.facts, *other.facts])),
            sources=tuple(dict.fromkeys([*own.sources, *other.sources])),
            checked=min(own.checked, other.checked),
            review_by=min(own.review_by, other.review_by),
            status=other.status if own.status == "in force" else own.status,
            confidence=max(own.confidence, other.confidence, key=CONFIDENCES.index),
        )
    return own
