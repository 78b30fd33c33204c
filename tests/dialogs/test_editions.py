"""The table of editions: a day that changes there changes on every page, with what it rests on."""

from dataclasses import replace
from datetime import date

import pytest

from dialogs import Conversation, Seller, load, show
from dialogs.editions import Edition, read_edition, resting
from dialogs.literal import Month
from dialogs.table import Problem, Table
from dialogs.topic import Evidence
from tests.dialogs.library import EDITIONS, TODAY, Library, copied

OWN = Evidence(("T-1",), ("book",), date(2026, 11, 20), date(2027, 5, 20), "in force", "high")
ROW = {
    "facts": ["T-4"],
    "sources": ["book"],
    "checked": date(2026, 11, 20),
    "review_by": date(2027, 5, 20),
    "status": "in force",
    "confidence": "high",
}


def _edition(**values: object) -> tuple[Edition, list[str]]:
    problems: list[Problem] = []
    edition = read_edition("harvest", Table({**ROW, **values}, "editions.toml, harvest", problems))
    return edition, list(map(str, problems))


def test_whatever_is_no_evidence_is_a_value() -> None:
    edition, problems = _edition(day=date(2026, 4, 5), month="2026-05", name="Spring 2026", year="2026", cups=1474118)
    assert problems == []
    assert edition.values == {
        "harvest.day": date(2026, 4, 5),
        "harvest.month": Month(date(2026, 5, 1)),
        "harvest.name": "Spring 2026",
        "harvest.year": "2026",
        "harvest.cups": 1474118,
    }


@pytest.mark.parametrize("value", [True, 1.5, [], ""])
def test_a_value_of_another_kind_is_named(value: object) -> None:
    _, problems = _edition(day=value)
    assert problems == [
        "editions.toml, harvest: 'day' must be a text, a whole number or a day like 2026-11-22",
    ]


def test_an_edition_without_a_value_is_named() -> None:
    assert _edition()[1] == ["editions.toml, harvest: no value stands here that a page could draw"]


def test_a_page_can_be_no_surer_or_fresher_than_what_it_draws_on() -> None:
    weak = Evidence(("T-4", "T-1"), ("film", "book"), date(2026, 11, 19), date(2027, 2, 1), "changing", "medium")
    drawn = resting(OWN, [Edition("harvest", {}, weak)])
    assert drawn == Evidence(
        ("T-1", "T-4"), ("book", "film"), date(2026, 11, 19), date(2027, 2, 1), "changing", "medium"
    )
    assert resting(weak, [Edition("harvest", {}, OWN)]).confidence == "medium"
    assert resting(replace(OWN, status="opinion"), [Edition("harvest", {}, weak)]).status == "opinion"
    assert resting(OWN, []) == OWN


def _text(conversation: Conversation, lang: str = "en") -> str:
    return show(conversation, Seller(7, lang=lang, state="glossary.leaf"), TODAY).text


def test_a_page_shows_the_day_and_its_sources_and_its_version_follows(library: Library) -> None:
    library.change(
        "tables/sources.toml",
        "[book]",
        '[film]\ntitle = "The film"\naddress = "https://example.org"\nkind = "study"\nread = 2026-11-20\n\n[book]',
    )
    library.change("tables/editions.toml", 'sources = ["book"]', 'sources = ["film"]')
    before = library.load()
    assert "picked from April 5, 2026" in _text(before)
    assert before.pages["glossary.leaf"].evidence.sources == ("book", "film")  # type: ignore[union-attr]
    library.change("tables/editions.toml", "2026-04-05", "2026-04-06")
    after = library.load()
    assert "picked from April 6, 2026" in _text(after)
    versions = [{name: page.version for name, page in each.pages.items()} for each in (before, after)]
    assert [name for name in versions[0] if versions[0][name] != versions[1][name]] == ["glossary.leaf"]


def test_a_changed_day_leaves_translations_as_they_are(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"glossary.leaf.text": "**Лист**, собран {harvest.day}."})
    library.write("tables/editions.toml", EDITIONS.replace("2026-04-05", "2026-04-06"))
    assert "собран 6 апреля 2026" in _text(library.load(), "ru")


def test_an_explanation_of_a_quiz_can_draw_too(library: Library) -> None:
    library.tea("The leaves of a shrub.", "The leaves of a shrub, picked from {harvest.day} on.")
    conversation = library.load()
    assert conversation.pages["tea.q1-answer"].drawn == (("harvest.day", "2026-04-05"),)
    seller = Seller(7, lang="en", state="tea.q1-answer", answers={"tea.q1": "leaves"})
    assert "from April 5, 2026 on" in show(conversation, seller, TODAY).text


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_changing_a_day_in_the_real_table_changes_every_page_that_names_it(tmp_path_factory, lang) -> None:  # type: ignore[no-untyped-def]
    folder, translations = copied(tmp_path_factory.mktemp("content"))
    table = folder / "tables" / "editions.toml"
    table.write_text(table.read_text("utf-8").replace("published  = 2026-09-16", "published  = 2031-01-02"), "utf-8")
    before, after = load(), load("", folder, translations)
    naming = [page.name for page in before.pages.values() if "iso9001.published" in dict(page.drawn)]
    assert len(naming) > 2
    day = {"en": "January 2, 2031", "zh_Hans": "2031年1月2日"}[lang]
    for name in naming:
        seller = Seller(7, lang=lang, state=name, answers={"iso9001.x": ""})
        if not before.pages[name].explains:
            assert day in show(after, seller, TODAY).text
    everything = [show(after, Seller(7, lang=lang, state=page), TODAY).text for page in after.pages]
    assert not any("September 16, 2026" in text or "2026年9月16日" in text for text in everything)
