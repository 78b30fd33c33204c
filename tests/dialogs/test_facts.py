"""What each page rests on, as a document: complete and up to date."""

import re
import runpy

import pytest

from dialogs import HERE, Conversation, facts
from dialogs.content import Content
from dialogs.facts import document
from tests.dialogs.library import Library

DOCUMENT = HERE.parent / "docs" / "FACTS.md"


@pytest.fixture(scope="module")
def content(consultant: Conversation) -> Content:
    return consultant.content


def test_the_document_is_up_to_date(content: Content) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(content), "`make texts` writes it anew"


def test_the_module_prints_it(capsys: pytest.CaptureFixture[str], content: Content) -> None:
    runpy.run_path(str(facts.__file__), run_name="__main__")
    assert capsys.readouterr().out == document(content)


def test_every_page_of_facts_has_its_line(content: Content) -> None:
    named = re.findall(r"^\| `([^`]+)` \|", document(content), re.MULTILINE)
    assert named == [page.name for page in content.pages.values() if page.evidence]


def test_a_page_is_found_by_its_fact(library: Library) -> None:
    text = document(library.content())
    assert "| `tea.what` | T-1 | book | high, in force | 2026-11-20 |" in text
    assert "| T-4 | `glossary.leaf` |" in text
    assert text.index("| T-1 | `tea.what` |") < text.index("| T-3 |"), "in the order of the sheets"


def test_a_fact_no_page_names_is_left_out(library: Library) -> None:
    library.change("tables/facts.toml", '"T-4"', '"T-4", "T-5"')
    assert "T-5" not in document(library.content())
