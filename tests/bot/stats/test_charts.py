"""Vega-Lite against the sketches it is made from: Altair checks its form, these check what it says."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats import charts
from bot.stats.charts import COLOURS, HEAT, LETTER, SIGN, cut, spec
from bot.stats.sketches import CHAT, FORMS, NARROW, WIDE, Sketch, drawing, sketch
from bot.stats.table import Table
from tests.bot.stats import sample
from tests.bot.stats.sample import words

FONT = "Noto Sans CJK SC, sans-serif"


def drawn(table: Table) -> Sketch:
    """The chart there has to be."""
    found = sketch(table, words())
    assert found
    return found


@cache
def made(table: Table, width: int = WIDE, heading: str = "") -> dict[str, Any]:
    """The whole of one chart."""
    return spec(drawing([drawn(table)], words(), width, heading), FONT)


def inside(found: Any) -> Iterator[dict[str, Any]]:
    """Each object in it."""
    if isinstance(found, dict):
        yield found
        for value in found.values():
            yield from inside(value)
    elif isinstance(found, list):
        for value in found:
            yield from inside(value)


def values(found: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The data of each of its layers, in order."""
    sets = found.get("datasets", {})
    return [each["data"].get("values", sets.get(each["data"].get("name"))) for each in inside(found) if "data" in each]


@pytest.mark.parametrize("table", sample.charts(), ids=lambda table: table.id)
@pytest.mark.parametrize("width", [WIDE, NARROW, CHAT])
def test_its_numbers_are_those_of_the_sketch(table: Table, width: int) -> None:
    found = drawn(table)
    layers = values(made(table, width))
    if found.form in ("panels", "bars"):
        data = [[record["n"] for record in layer] for layer in layers if "told" in layer[0]]
        for at in range(len(found.series)):
            assert [row.numbers[at] for row in found.rows] in data
    else:
        (flat,) = (layer for layer in layers if "what" in layer[0])
        assert [(record["what"], record["n"]) for record in flat] == [
            (series.text, number)
            for row in found.rows
            for series, number in zip(found.series, row.numbers, strict=True)
        ]


@pytest.mark.parametrize("table", sample.charts(), ids=lambda table: table.id)
@pytest.mark.parametrize("heading", ["", "All of it"])
def test_no_text_is_left_to_the_default_face(table: Table, heading: str) -> None:
    found = made(table, heading=heading)
    config = found["config"]
    assert config["font"] == FONT
    for part, keys in {
        "title": ["font", "subtitleFont"],
        "text": ["font"],
        "axis": ["labelFont", "titleFont"],
        "legend": ["labelFont", "titleFont"],
        "header": ["labelFont", "titleFont"],
    }.items():
        assert [config[part][key] for key in keys] == [FONT] * len(keys)
    named = [value for each in inside(found) for key, value in each.items() if key.lower().endswith("font")]
    assert set(named) == {FONT}


@pytest.mark.parametrize("table", sample.charts(), ids=lambda table: table.id)
def test_letters_are_large_enough(table: Table) -> None:
    sizes = [value for each in inside(made(table)) for key, value in each.items() if key.endswith("ontSize")]
    assert min(sizes) >= 11


@pytest.mark.parametrize("table", sample.charts(), ids=lambda table: table.id)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_it_is_as_wide_as_it_may_be(table: Table, width: int) -> None:
    found = made(table, width)
    across = sum(each["width"] for each in found.get("hconcat", [found]))
    assert width - charts.AXIS <= across <= width


@pytest.mark.parametrize("form", sorted({found.form for found in map(drawn, sample.charts())}))
def test_each_form_is_drawn(form: str) -> None:
    assert form in charts.FORMS


def test_each_kind_of_number_has_a_colour() -> None:
    for table in sample.charts():
        assert table.id in FORMS
        found = drawn(table)
        assert found.form == "grid" or all(each.key in COLOURS for each in found.series)


def grey(colour: str) -> float:
    """How light it is in print, from 0 to 255."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("kinds", [("returning", "new"), ("yes", "no"), ("sent", "gone")])
def test_what_touches_is_told_apart_in_grey(kinds: tuple[str, str]) -> None:
    assert abs(grey(COLOURS[kinds[0]]) - grey(COLOURS[kinds[1]])) > 40


def test_more_is_darker() -> None:
    shades = list(map(grey, HEAT))
    assert all(light - dark > 30 for light, dark in pairwise(shades))


def test_lines_are_told_apart_by_more_than_their_colours() -> None:
    shapes = [each["shape"]["scale"]["range"] for each in inside(made(sample.retention())) if "shape" in each]
    assert all(len(set(found)) == 3 for found in shapes if isinstance(found, list))
    assert any(isinstance(found, list) for found in shapes)


def test_panels_share_one_scale() -> None:
    found = made(sample.topics())
    tops = {
        tuple(each["x"]["scale"]["domain"])
        for each in inside(found)
        if isinstance(each.get("x"), dict) and "scale" in each["x"]
    }
    assert tops == {(0, 1200)}


def test_shares_are_drawn_of_the_whole() -> None:
    domains = [each["domain"] for each in inside(made(sample.quiz())) if each.get("range") and "domain" in each]
    assert [0, 1.0] in domains


def test_bars_leave_room_for_what_is_written_beside_them() -> None:
    for width in (WIDE, NARROW, CHAT):
        (scale,) = {
            tuple(each["range"])
            for each in inside(made(sample.leaving(), width))
            if each.get("domain") == [0, 30] and "range" in each
        }
        assert width - scale[1] >= len("30 (30%)") * LETTER


def test_titles_stand_in_pictures_only() -> None:
    def titles(found: dict[str, Any]) -> list[str]:
        return [each["title"]["text"] for each in inside(found) if "text" in (each.get("title") or {})]

    assert "Day by day" not in str(made(sample.daily()))
    found = spec(drawing([drawn(sample.daily()), drawn(sample.helpful())], words(), CHAT, "7 days"), FONT)
    assert titles(found) == ["7 days", "Day by day", "Did it help?"]
    assert found["resolve"]["scale"]["color"] == "independent"  # each its own legend


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("short", 100, "short"),
        ("", 0, ""),
        ("a long label that goes on", 12 * LETTER, "a long lab…"),
        ("审核审核审核", 4 * SIGN, "审核审…"),
        ("one, two…three", 11 * LETTER, "one, two…"),
    ],
)
def test_labels_are_cut_where_the_room_ends(text: str, room: float, shown: str) -> None:
    assert cut(text, room) == shown


@given(st.text(max_size=60), st.integers(30, 400))
def test_a_label_never_takes_more_room(text: str, room: int) -> None:
    short = cut(text, room)
    assert sum(SIGN if east_asian_width(sign) in "WF" else LETTER for sign in short) <= room
    assert short == text or text.startswith(short[:-1])


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 2_000_000), min_size=1, max_size=10).filter(any))
def test_any_numbers_can_be_drawn(counts: list[int]) -> None:
    rows = tuple((f"auditors.p{n}", count, count, 1.0) for n, count in enumerate(counts))
    found = sketch(Table("leaving", sample.leaving().columns, rows), words())
    assert found
    for width in (WIDE, NARROW):
        whole = spec(drawing([found], words(), width), FONT)
        scales = [each for each in inside(whole) if each.get("domain") == [0, max(counts)]]
        assert all(scale["range"][0] < scale["range"][1] for scale in scales)
        assert scales
