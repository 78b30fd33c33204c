"""Where pages stand: levels, no overlap, few crossings, arrows that touch what they join."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats.layers import APART, GAP, GAP_MOST, Box, Layout, Way, laid_out, rising
from dialogs import Conversation, load

Ways = Mapping[str, list[str]]
NEAR = 1e-6


def drawn(ways: Ways, most: int = 4, heights: Mapping[str, float] | None = None) -> Layout:
    return laid_out(ways, width=100.0, heights=heights or dict.fromkeys(ways, 30.0), most=most)


def levels(layout: Layout) -> list[list[str]]:
    """The names of each level, from left to right."""
    tops = sorted({box.y for box in layout.boxes.values()})
    return [sorted((n for n, b in layout.boxes.items() if b.y == top), key=lambda n: layout.boxes[n].x) for top in tops]


def sound(layout: Layout) -> None:
    """What every drawing has to be, whatever it shows."""
    boxes = list(layout.boxes.values())
    for box in boxes:
        assert -NEAR <= box.x <= layout.width - box.width + NEAR
        assert -NEAR <= box.y <= layout.height - box.height + NEAR
    for level in levels(layout):
        for left, right in pairwise(layout.boxes[name] for name in level):
            assert left.x + left.width + APART <= right.x + NEAR
    tops = sorted({box.y for box in boxes})
    for top, below in pairwise(tops):
        assert max(box.y + box.height for box in boxes if box.y == top) + GAP <= below + NEAR
    for way in layout.ways:
        joined(layout, way)
        for start, end in pairwise(way.points):
            assert not [box for box in boxes if crosses(start, end, box)], way


def joined(layout: Layout, way: Way) -> None:
    """It leaves below one box and comes in above the other, or the other way round where it runs up."""
    source, target = layout.boxes[way.source], layout.boxes[way.target]
    (x0, y0), (x1, y1) = way.points[0], way.points[-1]
    assert (x0, x1) == pytest.approx((source.middle, target.middle))
    if y0 < y1:
        assert (y0, y1) == pytest.approx((source.y + source.height, target.y))
    else:
        assert (y0, y1) == pytest.approx((source.y, target.y + target.height))
    downwards = [after[1] - before[1] for before, after in pairwise(way.points)]
    assert all(step > 0 for step in downwards) or all(step < 0 for step in downwards)


def crosses(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether a step of a way, wherever between its ends it runs, touches the inside of a box."""
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return (
        right > box.x + NEAR
        and left < box.x + box.width - NEAR
        and bottom > box.y + NEAR
        and top < box.y + box.height - NEAR
    )


def test_a_chain_is_one_straight_line_down() -> None:
    layout = drawn({"a": ["b"], "b": ["c"], "c": []})
    assert levels(layout) == [["a"], ["b"], ["c"]]
    assert {box.middle for box in layout.boxes.values()} == {50.0}
    assert [(way.source, way.target) for way in layout.ways] == [("a", "b"), ("b", "c")]
    assert layout.width == 100
    sound(layout)


def test_one_page() -> None:
    assert drawn({"a": []}) == Layout({"a": Box(0, 0, 100, 30)}, [], 100, 30)


def test_no_page() -> None:
    assert drawn({}) == Layout({}, [], 0, 0)


def test_a_page_stands_below_all_that_lead_to_it() -> None:
    layout = drawn({"a": ["d", "b"], "b": ["c"], "c": ["d"], "d": []})
    assert levels(layout) == [["a"], ["b"], ["c"], ["d"]]
    sound(layout)


def test_a_long_way_runs_beside_the_boxes_and_straight() -> None:
    layout = drawn({"a": ["b", "d"], "b": ["c"], "c": ["d"], "d": []})
    (long,) = [way for way in layout.ways if (way.source, way.target) == ("a", "d")]
    lane = {x for x, _ in long.points[1:-1]}
    assert len(lane) == 1
    sound(layout)


def test_ways_to_one_page_share_a_lane() -> None:
    layout = drawn({"a": ["b", "e"], "b": ["c", "e"], "c": ["d", "e"], "d": ["e"], "e": []})
    ends = [way.points[-3:] for way in layout.ways if way.target == "e" and way.source != "d"]
    assert len(ends) == 3
    assert len(set(ends)) == 1


def test_a_way_back_runs_up() -> None:
    layout = drawn({"a": ["b"], "b": ["c"], "c": ["a"]})
    assert levels(layout) == [["a"], ["b"], ["c"]]
    (back,) = [way for way in layout.ways if (way.source, way.target) == ("c", "a")]
    assert back.points[0][1] > back.points[-1][1]
    sound(layout)


def test_there_and_back_are_two_arrows_on_one_line() -> None:
    layout = drawn({"a": ["b"], "b": ["a"]})
    there, back = layout.ways
    assert there.points == back.points[::-1]
    sound(layout)


def test_ways_elsewhere_and_to_itself_and_twice_are_one_or_none() -> None:
    layout = drawn({"a": ["a", "b", "elsewhere", "b"], "b": []})
    assert [(way.source, way.target) for way in layout.ways] == [("a", "b")]


def test_a_full_level_goes_on_below() -> None:
    layout = drawn({str(number): [] for number in range(10)}, most=4)
    assert [len(level) for level in levels(layout)] == [4, 4, 2]
    sound(layout)


def test_what_follows_a_page_that_went_down_goes_down_with_it() -> None:
    layout = drawn({"a": ["b", "c", "d"], "b": [], "c": [], "d": ["e"], "e": []}, most=2)
    assert layout.boxes["e"].y > layout.boxes["d"].y > layout.boxes["b"].y
    sound(layout)


def test_boxes_of_a_level_hang_from_one_line_and_the_tallest_makes_its_height() -> None:
    heights = {"a": 30.0, "b": 30.0, "c": 60.0, "d": 30.0}
    layout = drawn({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, heights=heights)
    assert layout.boxes["b"].y == layout.boxes["c"].y
    assert layout.boxes["d"].y >= layout.boxes["c"].y + 60 + GAP
    sound(layout)


def test_where_many_ways_run_there_is_more_room() -> None:
    few, many, most = (
        drawn({"a": [f"p{number}" for number in range(count)], **{f"p{n}": [] for n in range(count)}}, most=99)
        for count in (1, 9, 60)
    )
    gaps = [layout.boxes["p0"].y - layout.boxes["a"].height for layout in (few, many, most)]
    assert GAP < gaps[0] < gaps[1] < gaps[2] == GAP_MOST


def tangles(layout: Layout) -> int:
    """How often two ways between the same levels cross."""
    lines = [(way.points[0], way.points[-1]) for way in layout.ways]
    return sum(
        (a[0][0] - b[0][0]) * (a[1][0] - b[1][0]) < 0
        for i, a in enumerate(lines)
        for b in lines[i:]
        if a[0][1] == b[0][1] and a[1][1] == b[1][1]
    )


def test_a_tangle_is_undone() -> None:
    """In the order of writing every way would cross every other."""
    layout = drawn({"a": ["b", "c", "d"], "b": ["g"], "c": ["f"], "d": ["e"], "e": [], "f": [], "g": []})
    assert tangles(layout) == 0
    sound(layout)


def test_two_families_do_not_mix() -> None:
    layout = drawn({"a": ["c", "e"], "b": ["d", "f"], "c": [], "d": [], "e": [], "f": []})
    assert tangles(layout) == 0
    assert {frozenset(levels(layout)[1][:2]), frozenset(levels(layout)[1][2:])} == {frozenset("ce"), frozenset("df")}


def test_the_same_pages_make_the_same_drawing() -> None:
    ways = {"a": ["b", "c", "f"], "b": ["d", "f"], "c": ["d", "e"], "d": ["f"], "e": ["f"], "f": []}
    assert drawn(ways) == drawn(dict(ways))


@pytest.fixture(scope="module")
def consultant() -> Conversation:
    return load()


def test_every_real_topic(consultant: Conversation) -> None:
    content = consultant.content
    for topic in content.topics.values():
        ways = {name: list(page.ways) for name, page in topic.pages.items()}
        for most in (3, 6):
            layout = drawn(ways, most)
            sound(layout)
            assert set(layout.boxes) == set(topic.pages)
            assert max(map(len, levels(layout))) <= most
            if topic.listed:
                assert levels(layout)[0] == [topic.start]
                assert all(way.points[0][1] < way.points[-1][1] for way in layout.ways)


def test_most_lanes_run_straight_on(consultant: Conversation) -> None:
    steps = set()
    for topic in consultant.content.topics.values():
        for way in drawn({name: list(page.ways) for name, page in topic.pages.items()}, most=6).ways:
            between = list(pairwise(way.points[1:-1]))[1::2]  # from level to level, not along a level
            steps |= {(way.target, round(x0, 3), round(x1, 3), y0) for (x0, y0), (x1, _) in between}
    assert len(steps) > 200
    assert sum(x0 == x1 for _, x0, x1, _ in steps) / len(steps) > 0.55


NAMES = [f"p{number}" for number in range(9)]


@st.composite
def graphs(draw: st.DrawFn) -> Ways:
    """Any pages with any ways, also in circles."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    return {name: draw(st.lists(st.sampled_from([*names, "elsewhere"]), max_size=4)) for name in names}


@given(graphs(), st.integers(1, 4), st.data())
@settings(deadline=None)
def test_any_pages_are_drawn_soundly(ways: Ways, most: int, data: st.DataObject) -> None:
    heights = {name: data.draw(st.sampled_from([30.0, 46.0])) for name in ways}
    layout = drawn(ways, most, heights)
    sound(layout)
    assert set(layout.boxes) == set(ways)
    assert {name: box.height for name, box in layout.boxes.items()} == heights
    assert max(map(len, levels(layout))) <= most
    joins = Counter((way.source, way.target) for way in layout.ways)
    assert joins == Counter({(name, to) for name in ways for to in ways[name] if to in ways and to != name})


# Values in rising order


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], []),
        ([5], [5]),
        ([1, 2, 3], [1, 2, 3]),
        ([3, 1], [2, 2]),
        ([1, 5, 3, 9], [1, 4, 4, 9]),
        ([6, 4, 2], [4, 4, 4]),
        ([5, 1, 1, 0], [1.75] * 4),
    ],
)
def test_rising(wanted: list[float], found: list[float]) -> None:
    assert rising(wanted) == pytest.approx(found)


NUMBERS = st.floats(-1000, 1000)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8))
def test_rising_is_the_nearest_there_is(pairs: list[tuple[float, float]]) -> None:
    wanted, others = [one for one, _ in pairs], sorted(other for _, other in pairs)
    found = rising(wanted)
    assert all(before <= after for before, after in pairwise(found))

    def far(values: list[float]) -> float:
        return sum((value - want) ** 2 for value, want in zip(values, wanted, strict=True))

    assert far(found) <= far(others) * (1 + NEAR) + NEAR
    assert rising(found) == found
