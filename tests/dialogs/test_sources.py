"""Sources and what pages say about their footing."""

import tomllib
from datetime import date

import pytest

from dialogs import Conversation
from dialogs.sources import Source, read_evidence, read_source
from dialogs.table import Problem, Table
from dialogs.topic import Evidence

SOURCE = {"title": "The book", "address": "https://example.org", "kind": "law", "read": date(2026, 11, 20)}
EVIDENCE = """
facts = ["T-1"]
sources = ["book"]
checked = 2026-11-20
review_by = 2027-05-20
status = "in force"
confidence = "high"
"""


def _source(**changes: object) -> tuple[Source, list[str]]:
    problems: list[Problem] = []
    table = {key: value for key, value in {**SOURCE, **changes}.items() if value is not None}
    source = read_source("book", Table(table, "sources.toml, book", problems))
    return source, list(map(str, problems))


def _evidence(old: str = "", new: str = "") -> tuple[Evidence, list[str]]:
    problems: list[Problem] = []
    found = read_evidence(Table(tomllib.loads(EVIDENCE.replace(old, new)), "tea.toml, page 'what'", problems))
    return found, list(map(str, problems))


def test_a_source_somebody_opened() -> None:
    source, problems = _source(dated="2023-07-20")
    assert source == Source("book", "The book", "https://example.org", "law", "2023-07-20", date(2026, 11, 20), via="")
    assert problems == []


def test_a_source_that_another_text_cites() -> None:
    source, problems = _source(read=None, via="GAB FAQ 39")
    assert (source.read, source.via) == (None, "GAB FAQ 39")
    assert problems == []


@pytest.mark.parametrize("changes", [{"via": "GAB FAQ 39"}, {"read": None}])
def test_a_source_was_opened_or_is_cited(changes: dict[str, object]) -> None:
    _, problems = _source(**changes)
    assert problems == [
        "sources.toml, book: either 'read' (a day) or 'via' (the text that cites it) is needed, and not both"
    ]


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "javascript:alert(1)"])
def test_a_source_has_an_address_that_can_be_opened(address: str) -> None:
    _, problems = _source(address=address)
    assert problems == ["sources.toml, book: 'address' must begin with https:// or http://"]


def test_a_source_is_of_a_known_kind_and_has_no_unknown_keys() -> None:
    _, problems = _source(kind="rumour", titel="x")
    assert problems == [
        "sources.toml, book: 'kind' is 'rumour', but may only be one of: "
        "law, standard, official, register, study, trade",
        "sources.toml, book: nobody knows the key 'titel'; did you mean 'title'?",
    ]


def test_the_footing_of_a_page() -> None:
    found, problems = _evidence()
    assert found == Evidence(("T-1",), ("book",), date(2026, 11, 20), date(2027, 5, 20), "in force", "high")
    assert problems == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('facts = ["T-1"]', "facts = []", "'facts' says nothing"),
        ('sources = ["book"]', "sources = []", "'sources' says nothing"),
        ('sources = ["book"]', "", "'sources' is missing"),
        ("2027-05-20", "2026-11-19", "'review_by' lies before 'checked'"),
        ('"in force"', '"old"', "'status' is 'old', but may only be one of: in force, changing, unconfirmed, opinion"),
        ('"high"', '"total"', "'confidence' is 'total', but may only be one of: high, medium, low"),
        ("checked = 2026-11-20", "", "'checked' is missing"),
    ],
)
def test_a_page_of_facts_must_say_what_it_rests_on(old: str, new: str, problem: str) -> None:
    _, problems = _evidence(old, new)
    assert problems == [f"tea.toml, page 'what': {problem}"]


def test_every_source_of_the_real_content_can_be_opened_or_is_cited(consultant: Conversation) -> None:
    for source in consultant.content.sources.values():
        assert bool(source.read) != bool(source.via)
        assert not any(character in source.address for character in " <>\n")
