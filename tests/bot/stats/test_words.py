"""Figures in words: each kind of value, in each language, and headings by which people know a page."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.stats.table import Table, Value
from bot.stats.words import LONGEST, Words
from dialogs.topic import Page
from tests.bot.stats import sample
from tests.bot.stats.sample import words

CONTENT = sample.conversation().content
LANGUAGES = tuple(CONTENT.languages)
PAGES = tuple(CONTENT.pages.values())

each_language = pytest.mark.parametrize("lang", LANGUAGES)


def test_english_and_chinese_are_among_them() -> None:
    assert {"en", "zh_Hans"} <= set(LANGUAGES)


# Values


@pytest.mark.parametrize(
    ("column", "value", "english", "chinese"),
    [
        ("people", 0, "0", "0"),
        ("people", 999, "999", "999"),
        ("people", 1234567, "1,234,567", "1,234,567"),
        ("seen", -5, "-5", "-5"),
        ("people", None, "–", "–"),
        ("share", None, "–", "–"),
        ("median", None, "–", "–"),
        ("due", None, "–", "–"),
        ("day", date(2026, 11, 1), "2026-11-01", "2026-11-01"),
        ("oldest", date(2028, 2, 29), "2028-02-29", "2028-02-29"),
        ("share", 0, "0%", "0%"),
        ("share", 0.0, "0%", "0%"),
        ("share", 0.004, "0.4%", "0.4%"),
        ("went", 0.099, "9.9%", "9.9%"),
        ("rate", 0.1, "10%", "10%"),
        ("d1", 0.5, "50%", "50%"),
        ("d7", 1 / 3, "33%", "33%"),
        ("d30", 1, "100%", "100%"),
        ("median", 0, "0:00", "0:00"),
        ("median", 59, "0:59", "0:59"),
        ("median", 60, "1:00", "1:00"),
        ("ninth", 3599, "59:59", "59:59"),
        ("ninth", 3600, "1 h 00", "1 h 00"),
        ("ninth", 2 * 86400 - 1, "47 h 59", "47 h 59"),
        ("ninth", 2 * 86400, "2.0 d", "2.0 d"),
        ("ninth", 10 * 86400, "10.0 d", "10.0 d"),
        ("span", "day", "Last day", "最后一天"),
        ("span", "period", "Whole period", "整个期间"),
        ("weekday", "0", "Mon", "周一"),
        ("weekday", "6", "Sun", "周日"),
        ("version", "0a1b2c3d", "0a1b2c3d", "0a1b2c3d"),
        ("campaign", "fair", "fair", "fair"),
        ("campaign", "", "without a campaign", "没有渠道"),
        ("words", "What is CE?", "What is CE?", "What is CE?"),
        ("broadcast", "#1", "#1", "#1"),
        ("language", "zh_Hans", "简体中文", "简体中文"),
        ("language", "en", "English", "English"),
        ("topic", "iso9001", "ISO 9001: do I need it?", "ISO 9001：我需要吗？"),
        ("topic", "home", "Menu and settings", None),
        ("page", "iso9001.edition", "ISO 9001:2026: an update, not a rebuild", "ISO 9001:2026：是更新，不是推倒重来"),
    ],
)
def test_a_value_is_written_as_its_column_says(column: str, value: Value, english: str, chinese: str | None) -> None:
    assert words("en").value(column, value) == english
    if chinese:
        assert words("zh_Hans").value(column, value) == chinese


@each_language
def test_all_spans_and_weekdays_have_words_of_their_own(lang: str) -> None:
    spans = [words(lang).value("span", span) for span in ("day", "week", "month", "period")]
    days = [words(lang).value("weekday", str(day)) for day in range(7)]
    assert len(set(spans)) == 4
    assert len(set(days)) == 7
    assert all((*spans, *days))


@each_language
@pytest.mark.parametrize("column", ["campaign", "words"])
def test_where_there_is_no_name_that_is_said(lang: str, column: str) -> None:
    assert len(words(lang).value(column, "")) > 3
    assert words(lang).value("campaign", "") != words(lang).value("words", "")


@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(LANGUAGES))
def test_no_digit_of_a_number_is_lost(number: int, lang: str) -> None:
    said = words(lang).value("people", number)
    assert int(said.replace(",", "")) == number
    assert all(len(part) == 3 for part in said.split(",")[1:])


@settings(deadline=None)
@given(st.floats(0, 1), st.sampled_from(LANGUAGES))
@example(0.0994, "en")
@example(0.0996, "en")
@example(0.9999, "zh_Hans")
def test_a_share_is_exact_below_a_tenth_and_whole_from_there_on(share: float, lang: str) -> None:
    said = words(lang).value("share", share)
    percent = float(said.removesuffix("%"))
    assert abs(percent - 100 * share) <= (0.0500001 if "." in said else 0.500001)
    assert share == 0 or ("." in said) == (percent < 10), "a tenth is 10%, however it came about"


@settings(deadline=None)
@given(st.integers(0, 10**8))
def test_how_long_something_takes_is_told_to_its_second_largest_unit(seconds: int) -> None:
    said = words().value("median", seconds)
    if seconds < 3600:
        minutes, rest = said.split(":")
        assert int(minutes) * 60 + int(rest) == seconds
        assert len(rest) == 2
    elif seconds < 2 * 86400:
        hours, minutes = said.split(" h ")
        assert int(hours) * 60 + int(minutes) == seconds // 60
        assert len(minutes) == 2
    else:
        assert abs(float(said.removesuffix(" d")) * 86400 - seconds) <= 0.05 * 86400 + 3600


# Heads, titles, definitions


@pytest.mark.parametrize("hour", range(24))
def test_the_head_of_an_hour_is_its_number(hour: int) -> None:
    assert {words(lang).head(f"h{hour:02}") for lang in LANGUAGES} == {f"{hour:02}"}


@each_language
def test_every_other_head_is_a_word(lang: str) -> None:
    for table in sample.everything():
        heads = [words(lang).head(column) for column in table.columns]
        assert all(heads)
        assert len(set(heads)) == len(heads), table.id


@each_language
def test_titles_and_definitions_are_sentences_without_marks(lang: str) -> None:
    titles = [words(lang).title(table) for table in sample.everything()]
    assert len(set(titles)) == len(titles)
    for table in sample.everything():
        assert not set("{}*_[]") & set(words(lang).title(table))
        assert not set("{}*[]") & set(words(lang).means(table))


def test_chinese_figures_are_called_otherwise_than_english_ones() -> None:
    for table in sample.everything():
        assert words("zh_Hans").title(table) != words("en").title(table)
        assert words("zh_Hans").means(table) != words("en").means(table)


def test_a_language_that_is_not_there_is_english() -> None:
    other = Words(sample.conversation(), "tlh")
    assert other.lang == "en"
    assert other.title(Table("people", (), ())) == "People"


# Pages, topics, languages, choices


@each_language
def test_every_page_has_a_heading_and_none_is_too_long(lang: str) -> None:
    for page in PAGES:
        heading = words(lang).page(page.name)
        assert heading.strip("↳ …"), page.name
        assert cell_len(heading) <= LONGEST, (page.name, heading)
        assert heading.isprintable(), page.name


@each_language
def test_of_a_heading_as_much_is_shown_as_there_is_room_for(lang: str) -> None:
    for page in PAGES:
        heading = words(lang).page(page.name)
        if heading.endswith("…"):
            assert cell_len(heading) > LONGEST - 8, heading


@each_language
def test_no_placeholder_and_no_mark_is_ever_shown(lang: str) -> None:
    for page in PAGES:
        heading = words(lang).page(page.name)
        assert not set("{}") & set(heading), heading
        assert "**" not in heading, heading


def test_a_page_that_differs_from_person_to_person_goes_by_its_topic_and_name() -> None:
    assert words("en").page("iso9001.result") == "ISO 9001: do I need it?: result"
    assert words("zh_Hans").page("iso9001.result") == "ISO 9001：我需要吗？: result"


@each_language
def test_the_page_after_a_question_leads_to_its_question(lang: str) -> None:
    explained = [page for page in PAGES if page.explains]
    assert explained
    for page in explained:
        mark, _, rest = words(lang).page(page.name).partition(" ")
        assert mark == "↳"
        assert len(rest) > 3
        assert words(lang).page(page.explains).startswith(rest.rstrip("… ")), page.name


def test_two_languages_know_a_page_by_two_headings() -> None:
    differ = [page for page in PAGES if words("zh_Hans").page(page.name) != words("en").page(page.name)]
    assert len(differ) == len(PAGES)


strange = st.one_of(st.text(), st.sampled_from(("", "iso9001", "iso9001.", ".what", "ISO9001.what", "iso9001.what.x")))


@settings(deadline=None)
@given(strange, st.sampled_from(LANGUAGES))
def test_what_is_gone_keeps_its_name(name: str, lang: str) -> None:
    if name not in CONTENT.pages:
        assert words(lang).page(name) == name
        assert words(lang).value("page", name) == name
        assert words(lang).value("question", name) == name
    if name not in CONTENT.topics:
        assert words(lang).topic(name) == name
        assert words(lang).value("topic", name) == name
    if name not in CONTENT.languages:
        assert words(lang).language(name) == name
        assert words(lang).value("language", name) == name


def asked() -> tuple[Page, ...]:
    return tuple(page for page in PAGES if page.right)


def test_a_mistake_is_told_in_the_words_of_its_button() -> None:
    assert asked()
    for page in asked():
        for choice in page.choices:
            if choice.context:
                assert words("en").value("answer", choice.context) == choice.label
                assert words("zh_Hans").value("answer", choice.context) not in ("", choice.label)


def test_a_choice_that_is_gone_has_no_words() -> None:
    for gone in ("", "iso9001.q1.choice.never-was", "never.was.choice.a", "."):
        assert words().value("answer", gone) == ""
