"""What became of the claims of the articles the content began with: each is followed once, to pages there are."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

import dialogs

DOCUMENT = Path(__file__).parent.parent / "docs" / "SEED_COVERAGE.md"
HEAD = "| Claim | In short | Pages | Verdict | Why |"
CLAIMS = re.compile(r"SC-\d+|AU-13[0-5]|MK-20\d")
"""Of the ids of the fact sheets, those of the claims."""
PAGES = dialogs.load().pages


class Row(NamedTuple):
    """What the document says of one claim."""

    claim: str
    short: str
    pages: str
    verdict: str
    why: str

    @property
    def named(self) -> list[str]:
        """The pages it names."""
        return re.findall(r"`([^`]+)`", self.pages)


LINES = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
ROWS = [Row(*re.split(r" ?\| ?", line.strip("| "))) for line in LINES if line != HEAD and not line.startswith("|-")]
every_row = pytest.mark.parametrize("row", ROWS, ids=[row.claim for row in ROWS])


def test_every_claim_stands_there_once_and_in_order() -> None:
    sheets: dict[str, list[str]] = tomllib.loads((dialogs.HERE / "tables" / "facts.toml").read_text(encoding="utf-8"))
    claims = [fact for facts in sheets.values() for fact in facts if CLAIMS.fullmatch(fact)]
    assert [row.claim for row in ROWS] == claims
    assert LINES.count(HEAD) == len(sheets)


@every_row
def test_a_verdict_is_one_of_three_and_says_why(row: Row) -> None:
    assert row.verdict in ("kept", "corrected", "dropped")
    for text in (row.short, row.why):
        assert re.search(r"\w{2}", text)


@every_row
def test_the_pages_are_there_and_rest_on_facts(row: Row) -> None:
    for name in row.named:
        assert name in PAGES
        assert PAGES[name].evidence, f"{name} states no facts"


@every_row
def test_only_what_was_dropped_has_no_page(row: Row) -> None:
    assert row.pages == (", ".join(f"`{name}`" for name in row.named) or "—")
    assert bool(row.named) == (row.verdict != "dropped")
