"""Evidence that is wanting."""

from dialogs.check import footing
from tests.dialogs.check.cases import case
from tests.dialogs.library import Library


@case(footing.evidence, "tea.what: 'checked' is 2026-11-27, which is still to come")
def a_page_checked_tomorrow(library: Library) -> None:
    library.tea("checked = 2026-11-20", "checked = 2026-11-27")


@case(
    footing.evidence,
    "tea.what: nobody opened any of its sources, so its confidence is 'medium' at most",
    "glossary.leaf: nobody opened any of its sources, so its confidence is 'medium' at most",
)
def a_source_nobody_opened(library: Library) -> None:
    library.change("tables/sources.toml", "read = 2026-11-20", 'via = "another book"')


@case(footing.evidence)
def a_page_checked_today(library: Library) -> None:
    library.tea("checked = 2026-11-20", "checked = 2026-11-26")


@case(footing.evidence, "tea.what: should have been checked again by 2026-11-25")
def a_page_past_its_day(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-11-25")


@case(footing.evidence, "tea.what: is to be checked again by 2026-11-26")
def a_page_on_its_day(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-11-26")


@case(footing.evidence, "tea.what: is to be checked again by 2026-12-26")
def a_page_thirty_days_before(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-12-26")


@case(footing.evidence)
def a_page_thirty_one_days_before(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-12-27")


@case(footing.sources_used, "sources.toml: no page names the source 'film'")
def a_source_nobody_names(library: Library) -> None:
    film = '\n[film]\ntitle = "The film"\naddress = "https://example.org"\nkind = "study"\nread = 2026-11-20\n'
    library.change("tables/sources.toml", "read = 2026-11-20\n", f"read = 2026-11-20\n{film}")


@case(
    footing.facts_known,
    "tea.what: no fact 'T-11' in facts.toml; did you mean 'T-1'?",
    "glossary.leaf: no fact 'X-999' in facts.toml",
    "editions.toml, harvest: no fact 'X-999' in facts.toml",
)
def facts_that_stand_in_no_sheet(library: Library) -> None:
    library.tea('facts = ["T-1"]', 'facts = ["T-11"]')
    library.change("tables/editions.toml", 'facts = ["T-4"]', 'facts = ["X-999"]')


@case(footing.editions, "editions.toml: no page draws '{harvest.day}'")
def an_edition_nobody_draws(library: Library) -> None:
    library.change("tables/glossary.toml", ", and is picked from {harvest.day} on", "")


@case(footing.editions, "glossary.leaf.text: write '{harvest.day}' for '{2026-04-05}': editions.toml holds that day")
def a_day_of_an_edition_by_hand(library: Library) -> None:
    library.change("tables/glossary.toml", "from {harvest.day} on", "from {2026-04-05} on, not before {harvest.day}")


@case(footing.editions)
def the_same_day_for_another_reason(library: Library) -> None:
    library.tea("The leaves of a shrub.", "The leaves of a shrub, since {2026-04-05}.")


@case(
    footing.talk,
    "tea.pot.text: '{2026-04-05}' is a fact, and this page names no source for it",
    "tea.pot.text: '{harvest.day}' is a fact, and this page names no source for it",
)
def facts_on_a_page_of_talk(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot for {cups} cups since {2026-04-05}, {harvest.day}.")


@case(
    footing.values,
    "tea.pot.text: '5 April' in en is a bare day; write it like {2026-09-16}",
    "tea.pot.choice.quiz: '1,474,118' in en is a bare number; write it like {1474118}",
    "tea.pot.choice.enough: '€3' in en is a bare price; write it like {CNY 50000}",
)
def values_written_by_hand(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot since 5 April, for ISO 14001 and {cups}.")
    library.tea("Take the quiz", "1,474,118 quizzes")
    library.tea("No quiz", "Pay €3")


@case(
    footing.values,
    "tea.pot.text: '2026年4月' in zh_Hans is a bare day; write it like {2026-09-16}",
    "tea.pot.text: '147万' in zh_Hans is a bare number; write it like {1474118}",
    "tea.pot.text: '5元' in zh_Hans is a bare price; write it like {CNY 50000}",
)
def values_written_by_hand_in_chinese(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.text": "2026年4月起{cups}杯，147万人，5元"})


@case(footing.values)
def numbers_that_may_be_written(library: Library) -> None:
    library.tea(
        "A pot for {cups} cups.",
        "ISO/IEC 17021-1:2015 and ISO 14001, 12 people, since 2015: {CNY 5} [5](https://x.org/2026-01-01)",
    )


@case(
    footing.prices,
    "tea.what.text: a price needs a source with a date ('dated')",
    "tea.what.text: a price needs its year beside it",
    "tea.pot.text: a price needs a source with a date ('dated')",
)
def prices_without_their_footing(library: Library) -> None:
    library.tea("is a drink.", "is a drink for {CNY 5}.")
    library.tea("A pot for {cups} cups.", "{CNY 50} in 2026.")


@case(footing.prices)
def a_price_with_its_footing(library: Library) -> None:
    library.change("tables/sources.toml", 'kind = "study"', 'kind = "study"\ndated = "2026"')
    library.tea("is a drink.", "is a drink, for roughly {CNY 5} in 2026.")
