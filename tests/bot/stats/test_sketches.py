"""What charts show, against the tables they are made from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats import sketches
from bot.stats.figures import FIGURES
from bot.stats.sketches import CHAT, DAYS, ENOUGH, FORMS, MOST, PAGES, WIDE, Sketch, drawing, picture, sketch
from bot.stats.table import Table
from tests.bot.stats import sample
from tests.bot.stats.sample import FIRST, words


def drawn(table: Table, lang: str = "en") -> Sketch:
    """The chart there has to be."""
    found = sketch(table, words(lang))
    assert found
    return found


def numbers(found: Sketch, key: str) -> list[float | None]:
    """What is drawn of one kind."""
    at = [each.key for each in found.series].index(key)
    return [row.numbers[at] for row in found.rows]


def test_what_can_be_drawn_is_a_figure() -> None:
    assert set(FORMS) <= set(FIGURES)


@pytest.mark.parametrize("table", sample.charts(), ids=lambda table: table.id)
@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_words_are_those_of_the_figure(table: Table, lang: str) -> None:
    found = drawn(table, lang)
    assert found.figure == table.id
    assert found.title == words(lang).title(table)
    assert [each.text for each in found.series] == [words(lang).head(each.key) for each in found.series]
    assert all(len(row.numbers) == len(found.series) for row in found.rows)


@pytest.mark.parametrize("table", sample.nobody(), ids=lambda table: table.id)
def test_nothing_is_drawn_of_nothing(table: Table) -> None:
    assert sketch(table, words()) is None


@pytest.mark.parametrize("make", [sample.people, sample.campaigns, sample.questions])
def test_some_figures_are_tables_only(make: Callable[[], Table]) -> None:
    assert sketch(make(), words()) is None


def test_nothing_is_drawn_of_zeros() -> None:
    table = Table("daily", sample.daily().columns, ((FIRST, 0, 0, 0),))
    assert sketch(table, words()) is None


def test_each_day_has_a_bar() -> None:
    found = drawn(sample.daily(DAYS))
    assert numbers(found, "new") == list(range(DAYS))
    assert numbers(found, "returning") == [5] * DAYS
    assert [row.label for row in found.rows] == [(FIRST + timedelta(n)).isoformat() for n in range(DAYS)]
    assert found.axis == ""
    assert all(date.fromisoformat(day).weekday() == 0 for day in found.marks)


def test_few_days_are_all_written() -> None:
    found = drawn(sample.daily(14))
    assert found.marks == tuple(row.label for row in found.rows)


def test_many_days_are_weeks() -> None:
    found = drawn(sample.daily(DAYS + 6))
    assert found.axis == "Week of"
    assert numbers(found, "new") == [7 * week + 3 for week in range((DAYS + 6) // 7)]
    assert set(numbers(found, "returning")) == {5}
    assert found.marks == tuple(row.label for row in found.rows)
    assert all(date.fromisoformat(row.label).weekday() == 0 for row in found.rows)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=DAYS + 1, max_size=400), st.dates())
def test_weeks_hold_all_days(counts: list[tuple[int, int]], first: date) -> None:
    first = min(first, date(9000, 1, 1))
    first = max(first, date(1, 2, 1))
    rows = tuple((first + timedelta(n), a + b, a, b) for n, (a, b) in enumerate(counts))
    found = sketch(Table("daily", sample.daily().columns, rows), words())
    if not found:
        assert not any(a or b for a, b in counts)
        return
    lengths = [7] * len(found.rows)
    lengths[0] = 7 - first.weekday()
    lengths[-1] = rows[-1][0].weekday() + 1
    whole = sum((new or 0) * days for new, days in zip(numbers(found, "new"), lengths, strict=True))
    assert whole == pytest.approx(sum(a for a, _ in counts))


def test_topics() -> None:
    table = sample.topics()
    found = drawn(table)
    for key in ("people", "answered", "left", "finished"):
        assert numbers(found, key) == list(table.column(key))
    assert found.rows[0].label == "Certification: what it is"
    assert found.rows[0].told == ("1,200", "50%", "20%", "25%")
    assert found.rows[2].label == sample.HOSTILE[0]


def test_pages_of_one_topic_with_their_versions_where_there_are_several() -> None:
    found = drawn(sample.funnel())
    assert numbers(found, "people") == [60, 50, 40]
    assert [row.label.endswith(f"({version * 8})") for row, version in zip(found.rows, "abc", strict=True)] == [
        *(True, True, False)
    ]
    assert [row.told[1] for row in found.rows] == ["", "", "95%"]  # where nothing is asked nothing is answered


def test_pages_of_several_topics_are_no_chart() -> None:
    table = sample.funnel()
    other = ("papers.eu", "dddddddd", 5, 0, 0, 0)
    assert sketch(replace(table, rows=(*table.rows, other)), words()) is None


def test_of_many_pages_those_with_most_people_in_their_order() -> None:
    rows = tuple((f"auditors.p{n}", "v", 100 + (n * 37) % 50, 0, 0, 0) for n in range(40))
    found = drawn(Table("funnel", sample.funnel().columns, rows))
    most = sorted((row[2] for row in rows), reverse=True)[:PAGES]
    shown = numbers(found, "people")
    assert sorted(shown, key=lambda n: -(n or 0)) == most
    assert shown == [row[2] for row in rows if row[2] in most]


def test_where_people_give_up() -> None:
    table = sample.leaving()
    found = drawn(replace(table, rows=table.rows * 2))
    assert len(found.rows) == MOST
    assert numbers(found, "left")[: len(table.rows)] == list(table.column("left"))
    assert found.rows[0].told == ("30 (30%)",)


def test_languages() -> None:
    found = drawn(sample.languages(), "zh_Hans")
    assert [(row.label, row.name, *row.numbers, *row.told) for row in found.rows] == [
        ("简体中文", "zh_Hans", 60, "60 (60%)"),
        ("English", "en", 40, "40 (40%)"),
    ]


def test_the_hardest_questions_and_the_easiest() -> None:
    found = drawn(sample.quiz(25))
    assert [n / 100 if n is not None else None for n in (0, 4, 8, 12, 16, None, 80, 84, 88, 92, 96)] == numbers(
        found, "rate"
    )
    assert "auditors.few" not in [row.name for row in found.rows]
    assert found.rows[1].told == ("4.0% (100)",)


def test_few_questions_are_all_drawn() -> None:
    found = drawn(sample.quiz(MOST))
    assert numbers(found, "rate") == [4 * n / 100 for n in range(MOST)]


def test_what_few_people_said_is_drawn_only_where_nobody_said_more() -> None:
    table = sample.helpful()
    assert ENOUGH > 2
    found = drawn(table)
    assert [row.name for row in found.rows] == ["auditors.q1", "papers.eu"]
    assert (numbers(found, "yes"), numbers(found, "no")) == ([5, 30], [15, 10])
    assert [row.told for row in found.rows] == [("25%",), ("75%",)]
    alone = drawn(replace(table, rows=table.rows[:1]))
    assert numbers(alone, "no") == [2]


def test_the_last_broadcasts_by_the_outcomes_there_were() -> None:
    found = drawn(sample.broadcasts(15))
    assert [each.key for each in found.series] == ["sent", "gone", "skipped"]
    assert [row.label for row in found.rows] == [f"#{n}" for n in range(6, 16)]
    assert numbers(found, "sent") == [100 * n for n in range(6, 16)]
    assert found.rows[-1].told == ("1,517",)


def test_a_week_in_which_nobody_came_is_a_gap() -> None:
    found = drawn(sample.retention())
    assert [row.label for row in found.rows] == ["2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28"]
    assert numbers(found, "d1") == [0.5, None, 0.25, None]
    assert numbers(found, "d30") == [0.125, None, None, None]


def test_hours_of_the_week() -> None:
    found = drawn(sample.hours(), "zh_Hans")
    assert [row.label for row in found.rows] == ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    assert [n for row in found.rows for n in row.numbers] == list(range(168))
    assert [each.text for each in found.series] == [f"{hour:02}" for hour in range(24)]


def test_a_drawing_writes_numbers_as_its_language_does() -> None:
    made = drawing([drawn(sample.daily())], words(), WIDE)
    assert (made.decimal, made.group, made.width, made.heading) == (".", ",", WIDE, "")


def test_one_picture_for_the_chat() -> None:
    made = picture([sample.people(), sample.daily(), sample.review(), sample.topics()], words(), "7 days")
    assert made
    assert [found.figure for found in made.sketches] == ["daily", "topics"]
    assert (made.heading, made.width) == ("7 days", CHAT)


def test_no_picture_of_nothing() -> None:
    assert picture(sample.nobody(), words(), "7 days") is None
    assert picture([], words(), "7 days") is None


def test_a_name_that_no_text_has() -> None:
    found = sketches.sketch(Table("leaving", sample.leaving().columns, (("gone.page", 1, 2, 0.5),)), words())
    assert found
    assert (found.rows[0].label, found.rows[0].name) == ("gone.page", "gone.page")
