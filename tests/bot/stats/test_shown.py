"""Figures in the terminal: no number is ever cut, nothing works on the terminal; and all of them as JSON."""

import json
import re
import sqlite3
import unicodedata
from contextlib import closing
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.stats import shown
from bot.stats.period import Period
from bot.stats.scope import Scope
from bot.stats.shown import MOST, SHADES
from bot.stats.table import KINDS, Table, Value
from tests.bot.stats import sample
from tests.bot.stats.sample import FIRST, words

NOW = 1_795_694_400.0
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 26))
LANGUAGES = ("en", "zh_Hans")

each_language = pytest.mark.parametrize("lang", LANGUAGES)


def asking(**narrowed: str) -> Scope:
    """A question to a file nobody looks into."""
    with closing(sqlite3.connect(":memory:")) as db:
        return Scope(db, sample.conversation().content, PERIOD, NOW, "UTC", **narrowed)


def printed(*tables: Table, lang: str = "en", width: int = 80, topic: str = "", terminal: bool = False) -> str:
    """What is seen of them."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        highlight=False,
        markup=False,
        force_terminal=terminal,
        color_system="truecolor" if terminal else None,
    )
    shown.show(console, asking(topic=topic), tables, words(lang))
    return out.getvalue()


# Numbers


SHORT = st.text(alphabet="XYZ 证书质量🔥é", min_size=1, max_size=60)
"""Names without a sign that a number, a share or a time may have."""

VALUES: dict[str, st.SearchStrategy[Value]] = {
    "topic": SHORT,
    "page": SHORT,
    "question": SHORT,
    "language": SHORT,
    "words": SHORT,
    "version": SHORT,
    "campaign": SHORT,
    "answer": st.just(""),
    **dict.fromkeys(("day", "week", "due", "oldest", "started"), st.dates(date(2020, 1, 1), date(2199, 12, 31))),
    **dict.fromkeys(("share", "went", "rate", "d1", "d7", "d30"), st.one_of(st.none(), st.floats(0, 1))),
    **dict.fromkeys(("median", "ninth"), st.one_of(st.none(), st.integers(0, 10**8))),
    **dict.fromkeys(("people", "active", "new", "returning", "before", "seen", "left"), st.integers(0, 10**7)),
    **dict.fromkeys(("answered", "finished", "sent", "blocked", "declined", "skipped"), st.integers(0, 10**10)),
}
"""What may stand in a column."""

NAMES = ("topic", "page", "question", "language", "words", "version", "campaign", "answer")


@st.composite
def tables(draw: Any) -> Table:
    """Any columns with any rows, as many as are shown."""
    columns = tuple(draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=10, unique=True)))
    row = st.tuples(*(VALUES[column] for column in columns))
    return Table("funnel", columns, tuple(draw(st.lists(row, min_size=1, max_size=MOST))))


def numbers(text: str) -> str:
    """All there is of numbers, without what stands between."""
    return re.sub(r"[^0-9,.%:–\-hd]", "", text)


@settings(deadline=None, max_examples=150)
@given(tables(), st.integers(40, 200), st.sampled_from(LANGUAGES))
@example(sample.broadcasts(12), 40, "en")
@example(sample.broadcasts(12), 80, "en")
@example(sample.broadcasts(12), 80, "zh_Hans")
@example(Table("funnel", ("people", "share"), ((10**10, 0.05),)), 40, "en")
def test_no_number_is_ever_cut(table: Table, width: int, lang: str) -> None:
    """However narrow the terminal: at the end of what is printed all of them stand, in their order."""
    cells = [
        words(lang).value(column, value)
        for row in table.rows
        for column, value in zip(table.columns, row, strict=True)
        if column not in NAMES
    ]
    assert numbers(printed(table, width=width, lang=lang)).endswith(numbers("".join(cells)))


@each_language
@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_real_figure_fits_on_a_usual_terminal(lang: str, width: int) -> None:
    for line in printed(*sample.everything(), lang=lang, width=width).splitlines():
        assert cell_len(line) <= width, line


@each_language
@pytest.mark.parametrize("width", [40, 60, 79])
@pytest.mark.parametrize("table", sample.everything(), ids=lambda table: table.id)
def test_no_number_of_a_real_figure_is_cut_on_a_narrow_one(table: Table, width: int, lang: str) -> None:
    if table.id == "hours":
        return
    shown_ = table.rows[-MOST:] if table.id in shown.LATEST else table.rows[:MOST]
    cells = [
        words(lang).value(column, value)
        for row in shown_
        for column, value in zip(table.columns, row, strict=True)
        if KINDS.get(column, "count") in ("count", "share", "seconds", "day")
    ]
    tokens = printed(table, width=width, lang=lang).split()
    for cell in cells:
        assert cell in tokens, cell
        tokens = tokens[tokens.index(cell) + 1 :]


@each_language
def test_where_there_is_room_nothing_is_cut(lang: str) -> None:
    table = sample.topics()
    said = printed(table, width=200, lang=lang)
    for row in table.rows:
        for column, value in zip(table.columns, row, strict=True):
            assert words(lang).value(column, value) in said
    assert "…" not in said


def test_names_are_cut_where_there_is_none() -> None:
    table = Table("topics", ("topic", "people"), (("x" * 300, 5),))
    (line,) = [line for line in printed(table, width=40).splitlines() if "xxx" in line]
    assert re.fullmatch(r"x{12,}…\s+5", line)
    assert cell_len(line) <= 40


def test_numbers_stand_under_each_other_and_names_begin_alike() -> None:
    table = Table("topics", ("topic", "people"), (("a", 5), ("bb", 12_345)))
    head, first, second = printed(table).rstrip("\n").splitlines()[-3:]
    assert (head.split(), first.split(), second.split()) == (["Topic", "People"], ["a", "5"], ["bb", "12,345"])
    assert len(head) == len(first) == len(second)
    assert (head[0], first[0], second[0]) == ("T", "a", "b")


# What is shown


@each_language
def test_each_figure_has_its_title_its_definition_and_its_heads(lang: str) -> None:
    said = printed(*sample.everything(), lang=lang, width=1000)
    at = 0
    for table in sample.everything():
        at = said.index(f"{words(lang).title(table)}\n{words(lang).means(table)}\n", at)
        if table.rows and table.id != "hours":
            heads = said[at:].splitlines()[2]
            assert heads.split() == " ".join(words(lang).head(column) for column in table.columns).split()


@each_language
def test_before_anybody_came_that_is_said(lang: str) -> None:
    said = printed(*sample.nobody(), lang=lang)
    assert said.count(words(lang).say("figure-none")) == len(sample.nobody()) - 1


def many(figure: str, rows: int) -> Table:
    return Table(figure, ("day", "people"), tuple((FIRST + timedelta(n), 1000 + n) for n in range(rows)))


@each_language
@pytest.mark.parametrize("rows", [1, MOST - 1, MOST])
def test_a_figure_that_is_not_long_is_shown_whole(rows: int, lang: str) -> None:
    said = printed(many("seen", rows), lang=lang)
    assert re.findall(r"1,0\d\d\b", said) == [f"1,{n:03}" for n in range(rows)]
    assert said.rstrip("\n").endswith(f"1,{rows - 1:03}")


@pytest.mark.parametrize(("rows", "rest"), [(MOST + 1, "1"), (30, "18"), (2012, "2,000")])
@pytest.mark.parametrize(("figure", "last"), [("seen", False), ("review", False), ("daily", True), ("retention", True)])
def test_of_a_long_one_the_first_or_the_latest_are_shown_and_the_rest_is_counted(
    figure: str, last: bool, rows: int, rest: str
) -> None:
    for lang in LANGUAGES:
        said = printed(many(figure, rows), lang=lang)
        first = rows - MOST if last else 0
        expected = [words(lang).value("people", 1000 + first + n) for n in range(MOST)]
        body = said.rstrip("\n").splitlines()
        assert [line.split()[-1] for line in body[-MOST - 1 : -1]] == expected
        assert re.findall(r"[\d,]+", body[-1]) == [rest]


def test_of_one_topic_all_lines_are_shown() -> None:
    said = printed(many("seen", 40), topic="papers")
    assert [line.split()[-1] for line in said.rstrip("\n").splitlines()[-40:]] == [f"1,{n:03}" for n in range(40)]


# Names that would do something to the terminal


BAD = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Kinds of letters that control, hide or turn something, or are none."""

NASTY = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b2J\x84",
    "one\r\ntwo\ttabs\x0b\x0c\x08\x08",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200f\u200e\u061c",
    "zero\u200bwidth\ufeff\u00ad\u2060",
    "line\u2028para\u2029next\x85",
    "nul\x00",
    "[bold red]markup[/] :smile:",
    "\ue000 private \U000e0041tag",
)


def harmless(said: str) -> bool:
    return not {unicodedata.category(letter) for letter in said.replace("\n", "")} & set(BAD)


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bad_name_is_only_its_letters(name: str, lang: str) -> None:
    table = Table("campaigns", ("campaign", "new"), ((name, 7), ("fair", 8)))
    said = printed(table, lang=lang, width=150)
    assert harmless(said)
    assert len([line for line in said.splitlines() if re.search(r"\s[78]$", line)]) == 2, "each on its line"
    assert re.sub(r"\x1b\[[0-9;]*m", "", printed(table, lang=lang, width=150, terminal=True)) == said


def test_marks_of_the_library_are_shown_as_they_are() -> None:
    table = Table("campaigns", ("campaign", "new"), (("[bold red]markup[/] :smile:", 7),))
    assert "[bold red]markup[/] :smile:" in printed(table)


@settings(deadline=None)
@given(st.text(), st.sampled_from(("campaign", "words", "page", "topic", "language", "version", "answer")))
def test_no_name_reaches_the_terminal_with_what_controls_it(name: str, column: str) -> None:
    said = printed(Table("campaigns", (column, "new"), ((name, 7),)), width=200)
    assert harmless(said)
    assert re.search(r"(^|\s)7$", said, re.MULTILINE)


@settings(deadline=None)
@given(st.text())
def test_a_cleaned_text_is_what_can_be_seen_of_it(text: str) -> None:
    cleaned = shown.clean(text)
    assert harmless(cleaned)
    assert shown.clean(cleaned) == cleaned
    assert not set(cleaned) - set(text)
    assert shown.clean(f"\x1b{text}\u202e") == cleaned
    seen = [letter for letter in text if unicodedata.category(letter)[0] in "LMNPS" or letter == " "]
    assert list(cleaned) == seen


# Hours of the week


def week(steps: dict[tuple[int, int], int]) -> Table:
    """Steps by weekday and hour; none where nothing is said."""
    rows: list[tuple[str | int, ...]] = [
        (str(day), *(steps.get((day, hour), 0) for hour in range(24))) for day in range(7)
    ]
    return Table("hours", sample.hours().columns, tuple(rows))


def shades(said: str) -> list[list[str]]:
    """What stands for each hour of each day."""
    lines = said.splitlines()
    at = next(n for n, line in enumerate(lines) if line.endswith(" 22 23"))
    begin = cell_len(lines[at]) - 24 * 3
    days = [_spread(line)[begin:].ljust(24 * 3) for line in lines[at + 1 : at + 8]]
    return [[day[hour * 3 + 1 : hour * 3 + 3] for hour in range(24)] for day in days]


def _spread(line: str) -> str:
    """The line with a sign for each cell."""
    return "".join(letter.ljust(cell_len(letter), "_") for letter in line)


@each_language
@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_one_busy_hour_is_dark_and_all_others_are_empty(lang: str, width: int) -> None:
    """However narrow the terminal, it stands under its number."""
    said = printed(week({(2, 13): 1}), lang=lang, width=width)
    assert shades(said) == [["██" if (day, hour) == (2, 13) else "  " for hour in range(24)] for day in range(7)]
    (line,) = [line for line in said.splitlines() if "█" in line]
    assert line.startswith(words(lang).value("weekday", "2"))
    assert said.count("█") == 2


@each_language
def test_a_week_in_which_nothing_happened_is_empty(lang: str) -> None:
    said = printed(week({}), lang=lang, width=100)
    assert not set(SHADES[1:]) & set(said)
    for day in range(7):
        assert words(lang).value("weekday", str(day)) in said


@settings(deadline=None)
@given(
    st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 23)), st.integers(1, 10**6), min_size=1, max_size=40),
    st.sampled_from(LANGUAGES),
)
def test_the_more_the_darker_and_what_is_not_nothing_is_seen(steps: dict[tuple[int, int], int], lang: str) -> None:
    said = printed(week(steps), lang=lang, width=100)
    most = max(steps.values())
    lines = shades(said)
    for day in range(7):
        for hour in range(24):
            shade = lines[day][hour]
            n = steps.get((day, hour), 0)
            assert shade == shade[0] * 2
            level = SHADES.index(shade[0])
            assert (level == 0) == (n == 0)
            assert (level - 1) * most < n * 4 <= level * most or n == 0
    assert words(lang).value("people", most) in said.splitlines()[-2]


# What it is of


@pytest.mark.parametrize(
    ("narrowed", "kind", "lines"),
    [
        ({}, "real", []),
        ({"lang": "zh_Hans"}, "real", ["only language zh_Hans"]),
        ({"topic": "papers"}, "real", ["only topic papers"]),
        (
            {"lang": "en", "topic": "papers"},
            "synthetic",
            ["only language en and topic papers", "made-up people: demo data"],
        ),
        ({}, "try-out", ["pretend people of the try-out"]),
    ],
)
def test_it_is_told_of_what_and_of_whom_figures_are(narrowed: dict[str, str], kind: str, lines: list[str]) -> None:
    assert shown.told(asking(**narrowed), kind) == ["2026-11-01 to 2026-11-26, days of UTC", *lines]


# As JSON


def test_json_has_every_row_and_every_name() -> None:
    found = json.loads(shown.json(asking(), sample.everything(), "synthetic"))
    assert list(found) == ["kind", "since", "until", "language", "topic", "figures"]
    assert (found["kind"], found["language"], found["topic"]) == ("synthetic", None, None)
    assert (found["since"], found["until"]) == ("2026-11-01", "2026-11-26")
    assert list(found["figures"]) == [table.id for table in sample.everything()]
    for table in sample.everything():
        rows = found["figures"][table.id]
        assert [tuple(row) for row in rows] == [table.columns] * len(table.rows)
        expected = [[value.isoformat() if isinstance(value, date) else value for value in row] for row in table.rows]
        assert [list(row.values()) for row in rows] == expected


def test_json_tells_what_it_was_narrowed_down_to() -> None:
    found = json.loads(shown.json(asking(lang="zh_Hans", topic="papers"), (), "real"))
    assert (found["language"], found["topic"], found["figures"]) == ("zh_Hans", "papers", {})


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(alphabet=st.characters(exclude_categories=["Cs"])),
            st.one_of(st.none(), st.integers(-(2**53), 2**53)),
            st.one_of(st.none(), st.floats(0, 1)),
            st.dates(),
        )
    )
)
def test_any_value_comes_back_from_json(rows: list[tuple[str, int | None, float | None, date]]) -> None:
    table = Table("any", ("campaign", "new", "share", "day"), tuple(rows))
    back = json.loads(shown.json(asking(), [table], "real"))["figures"]["any"]
    assert [tuple(row.values()) for row in back] == [(*row[:3], row[3].isoformat()) for row in rows]
    assert all(date.fromisoformat(row["day"]) == row_[3] for row, row_ in zip(back, rows, strict=True))


def test_json_is_utf_8_that_a_person_can_read() -> None:
    said = shown.json(asking(), [Table("any", ("campaign",), (("渠道",),))], "real").decode("utf-8")
    assert "渠道" in said
    assert said.count("\n") > 5
