"""The picture of the dialogue: read as XML, measured, and looked at by a browser."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from bot.stats import atlas
from dialogs import load
from dialogs.content import Content
from dialogs.map import BANDS, UNSEEN, Band, Count, UnknownTopicError
from dialogs.topic import Choice, Page, Topic

CHROMIUM = "/usr/bin/chromium"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

SVG = "{http://www.w3.org/2000/svg}"
NEAR = 0.2
"""Numbers in the file have one decimal."""

NOTE = "Real sellers from 2026-10-01 to 2026-11-26.\nGave up there: nothing for 72 hours."
HOSTILE = "<b>&\"'</text><script>alert(1)</script>]]>\x00\x1b\x7f\ud800\ufffe"


# Content and pictures to try


def page(name: str, *ways: str, text: str = "**Words.**\n\nMore of them.", end: bool = False) -> Page:
    choices = tuple(Choice(f"c{number}", "On", way) for number, way in enumerate(ways))
    return Page(name, text, choices, end=end)


def content(*topics: Topic) -> Content:
    return Content({topic.id: topic for topic in topics}, {}, {}, {}, {})


def topic(id_: str, *pages: Page, title: str = "", start: str = "") -> Topic:
    return Topic(id_, title or id_.title(), start or pages[0].name, 1, {each.name: each for each in pages})


TEA = topic(
    "tea",
    page("tea.what", "tea.goal", "tea.cups", "coffee"),
    page("tea.goal", "tea.end", "coffee.beans", "milk"),
    page("tea.cups", "tea.end"),
    page("tea.end", "coffee", end=True),
)
COFFEE = topic("coffee", page("coffee.start", "coffee.beans"), page("coffee.beans"))
MILK = topic("milk", page("milk.only"), title="牛奶")
COUNTS = {
    "tea.what": Count(1000, 20),
    "tea.goal": Count(500, 75),
    "tea.cups": Count(4, 2),
    "tea.end": Count(250, 0),
    "milk.only": Count(1, 1),
    "tea.gone": Count(9999, 9999),
}


@dataclass(frozen=True)
class Drawn:
    """Something in the picture, with its place on the whole."""

    element: Element
    x: float
    y: float

    def number(self, name: str) -> float:
        return float(self.element.get(name, "0"))

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        left, top = self.x + self.number("x"), self.y + self.number("y")
        return left, top, left + self.number("width"), top + self.number("height")


def inside(element: Element, x: float = 0, y: float = 0) -> Iterator[Drawn]:
    """It and all that is in it."""
    moved = re.fullmatch(r"translate\((\S+) (\S+)\)", element.get("transform", "translate(0 0)"))
    assert moved
    x, y = x + float(moved[1]), y + float(moved[2])
    yield Drawn(element, x, y)
    for child in element:
        yield from inside(child, x, y)


class Picture:
    """A picture, read as any program reads XML."""

    def __init__(self, content_: Content, counts: Mapping[str, Count], *topics: str, title: str = "Map") -> None:
        self.svg = atlas.svg(content_, counts, title=title, note=NOTE, topics=topics or None)
        self.root = fromstring(self.svg)
        self.all = list(inside(self.root))
        self.pages = {each.element.get("data-page", ""): each for each in self.all if each.element.get("data-page")}
        self.topics = {each.element.get("data-topic", ""): each for each in self.all if each.element.get("data-topic")}
        self.ways = [each for each in self.all if each.element.get("data-from")]

    def parts(self, name: str, tag: str) -> list[Drawn]:
        """Rectangles or texts of a page."""
        found = self.pages[name]
        moved = (found.x - float(self.moved(name)[0]), found.y - float(self.moved(name)[1]))
        return [each for each in inside(found.element, *moved) if each.element.tag == SVG + tag]

    def moved(self, name: str) -> list[str]:
        return self.pages[name].element.attrib["transform"].removeprefix("translate(").removesuffix(")").split()

    def texts(self, name: str) -> list[str]:
        return [str(each.element.text).replace("\N{NO-BREAK SPACE}", " ") for each in self.parts(name, "text")]

    def told(self, name: str) -> str:
        """What is shown to somebody who points there."""
        return str(self.pages[name].element.findtext(SVG + "title"))

    def box(self, name: str) -> tuple[float, float, float, float]:
        return self.parts(name, "rect")[-1].sides

    def bar(self, name: str) -> float:
        return sum(each.number("width") for each in self.parts(name, "rect") if each.element.get("fill") == atlas.BAR)

    def fills(self, name: str) -> set[str | None]:
        return {each.element.get("fill") for each in self.parts(name, "rect")}

    @property
    def words(self) -> str:
        return " ".join(str(each.element.text) for each in self.all if each.element.tag == SVG + "text")


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return (
        one[0] < other[2] - NEAR and other[0] < one[2] - NEAR and one[1] < other[3] - NEAR and other[1] < one[3] - NEAR
    )


def within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    left, top, right, bottom = outer
    return left - NEAR <= inner[0] < inner[2] <= right + NEAR and top - NEAR <= inner[1] < inner[3] <= bottom + NEAR


def sound(picture: Picture, content_: Content, *topics: str) -> None:
    """What every picture has to be, whatever it shows."""
    shown = [each for each in content_.topics.values() if each.pages and (not topics or each.id in topics)]
    whole = (0, 0, float(picture.root.attrib["width"]), float(picture.root.attrib["height"]))
    names = [each.element.get("data-page") for each in picture.all if each.element.get("data-page")]
    assert names == [name for each in shown for name in each.pages]
    assert list(picture.topics) == [each.id for each in shown]
    for each in picture.all:
        for side in ("width", "height"):
            assert each.number(side) >= 0
    panels = {id_: panel(drawn) for id_, drawn in picture.topics.items()}
    assert all(within(sides, whole) for sides in panels.values())
    assert not [pair for pair in combinations(panels.values(), 2) if overlap(*pair)]
    for one in shown:
        boxes = {name: picture.box(name) for name in one.pages}
        assert all(within(box, panels[one.id]) for box in boxes.values())
        assert not [pair for pair in combinations(boxes.values(), 2) if overlap(*pair)]
        for name, box in boxes.items():
            assert all(within(part.sides, box) for part in picture.parts(name, "rect") if part.number("width"))
    for way in picture.ways:
        joins(picture, way)


def panel(drawn: Drawn) -> tuple[float, float, float, float]:
    rect = drawn.element.find(SVG + "rect")
    assert rect is not None
    return Drawn(rect, drawn.x, drawn.y).sides


def joins(picture: Picture, way: Drawn) -> None:
    """The arrow begins at the edge of one box and ends at that of the other, in the middle."""
    points = [tuple(map(float, point)) for point in re.findall(r"(-?[\d.]+) (-?[\d.]+)", way.element.attrib["d"])]
    for name, (x, y) in (("data-from", points[0]), ("data-to", points[-1])):
        left, top, right, bottom = picture.box(way.element.attrib[name])
        assert abs(way.x + x - (left + right) / 2) <= NEAR
        assert min(abs(way.y + y - top), abs(way.y + y - bottom)) <= NEAR


@pytest.fixture(scope="module")
def real() -> Content:
    return load().content


@pytest.fixture(scope="module")
def counts(real: Content) -> dict[str, Count]:
    """Many, few and none, by the length of the name and the place in the topic."""
    found = {}
    for each in real.topics.values():
        for place, name in enumerate(each.pages):
            if place % 7 != 6:
                people = 100_000 // (place + 1) ** 2
                found[name] = Count(people, people * (len(name) % 11) // 20)
    return found


@pytest.fixture(scope="module")
def whole(real: Content, counts: dict[str, Count]) -> Picture:
    return Picture(real, counts)


# The real content


def test_the_whole_content(whole: Picture, real: Content) -> None:
    sound(whole, real)
    assert len(whole.pages) == len(real.pages)


def test_the_whole_is_as_wide_as_a_desktop(whole: Picture) -> None:
    assert float(whole.root.attrib["width"]) <= 1440


def test_each_real_topic_alone(real: Content, counts: dict[str, Count]) -> None:
    for id_ in real.topics:
        picture = Picture(real, counts, id_)
        sound(picture, real, id_)
        assert float(picture.root.attrib["width"]) <= 1440


def test_every_way_inside_of_a_topic_is_an_arrow_and_no_other(whole: Picture, real: Content) -> None:
    starts = {each.id: each.start for each in real.topics.values()}
    ways = {(each.name, starts.get(way, way)) for each in real.pages.values() for way in each.ways}
    inner = {(a, b) for a, b in ways if a.partition(".")[0] == b.partition(".")[0] and a != b}
    drawn = [(way.element.attrib["data-from"], way.element.attrib["data-to"]) for way in whole.ways]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == inner


def test_the_names_of_real_pages_are_written_out(whole: Picture, real: Content) -> None:
    assert not [name for name in real.pages if name.partition(".")[2] not in whole.texts(name)]


def test_the_same_counts_make_the_same_picture(real: Content, counts: dict[str, Count], whole: Picture) -> None:
    assert atlas.svg(real, dict(reversed(counts.items())), title="Map", note=NOTE) == whole.svg


@pytest.mark.skipif(not Path(CHROMIUM).exists() and not os.environ.get("CI"), reason=f"{CHROMIUM} is not installed")
def test_in_a_browser_all_words_are_inside_of_their_boxes(whole: Picture, tmp_path: Path) -> None:
    file = tmp_path / "map.svg"
    file.write_text(whole.svg, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(file.as_uri())
        out = opened.evaluate(
            """() => [...document.querySelectorAll("[data-page]")].flatMap(page => {
                const box = [...page.querySelectorAll("rect")].at(-1).getBoundingClientRect()
                return [...page.querySelectorAll("text")].filter(text => {
                    const words = text.getBoundingClientRect()
                    return words.left < box.left || words.right > box.right
                        || words.top < box.top - 1 || words.bottom > box.bottom + 1
                }).map(text => page.dataset.page + ": " + text.textContent)
            })"""
        )
        browser.close()
    assert out == []
    assert asked == [file.as_uri()]


# What a page says


def test_a_page_says_its_name_its_people_and_those_who_left() -> None:
    picture = Picture(content(TEA, COFFEE, MILK), COUNTS)
    assert picture.texts("tea.what") == ["2 %", "what", "1,000 people", "→ coffee"]
    assert picture.texts("tea.goal") == ["15 %", "goal", "500 people", "→ coffee, milk"]
    assert picture.texts("tea.cups") == ["50 %", "cups", "4 people"]
    assert picture.texts("tea.end") == ["end", "end", "250 people", "→ coffee"]
    assert picture.texts("coffee.start") == ["start", "nobody"]
    assert picture.texts("milk.only") == ["100 %", "only", "1 person"]


def test_bars_are_as_long_as_there_are_people() -> None:
    picture = Picture(content(TEA, COFFEE, MILK), COUNTS)
    full = atlas.BOX - atlas.CELL
    assert picture.bar("tea.what") == pytest.approx(full)
    assert picture.bar("tea.goal") == pytest.approx(full / 2, abs=NEAR)
    assert picture.bar("tea.end") == pytest.approx(full / 4, abs=NEAR)
    assert picture.bar("coffee.start") == 0
    assert picture.bar("milk.only") == pytest.approx(full)


def test_a_page_that_more_people_reach_than_the_start_has_the_full_bar() -> None:
    picture = Picture(content(TEA), {"tea.what": Count(10, 0), "tea.goal": Count(40, 0)})
    assert picture.bar("tea.goal") == pytest.approx(atlas.BOX - atlas.CELL)
    assert picture.bar("tea.what") == pytest.approx((atlas.BOX - atlas.CELL) / 4, abs=NEAR)
    assert "A full bar is 40 people" in picture.words


@pytest.mark.parametrize(("left", "band"), list(zip((0, 5, 10, 20, 40), BANDS, strict=True)))
def test_the_share_of_those_who_left_has_its_colour(left: int, band: Band) -> None:
    picture = Picture(content(TEA), {"tea.what": Count(100, left)})
    assert band.fill in picture.fills("tea.what")
    assert not {each.fill for each in BANDS if each is not band} & picture.fills("tea.what")
    assert f"{left} %" in picture.texts("tea.what")


def test_few_people_get_no_colour_but_their_number() -> None:
    picture = Picture(content(TEA), {"tea.what": Count(4, 4)})
    assert not {each.fill for each in BANDS} & picture.fills("tea.what")
    assert "100 %" in picture.texts("tea.what")


def test_where_nobody_was_is_grey_and_dashed() -> None:
    picture = Picture(content(TEA), {"tea.what": Count(4, 4)})
    dashed = [n for n in TEA.pages if any(r.element.get("stroke-dasharray") for r in picture.parts(n, "rect"))]
    assert dashed == ["tea.goal", "tea.cups", "tea.end"]
    assert UNSEEN.fill in picture.fills("tea.goal")
    assert "%" not in " ".join(picture.texts("tea.goal"))


def test_where_a_topic_ends_nobody_gives_up() -> None:
    picture = Picture(content(TEA), COUNTS)
    assert not {each.fill for each in BANDS} & picture.fills("tea.end")


def test_nobody_anywhere() -> None:
    drawn = content(TEA, COFFEE, MILK)
    picture = Picture(drawn, {})
    sound(picture, drawn)
    assert not [name for name in picture.pages if picture.bar(name)]
    assert "A full bar is 0 people" in picture.words


def test_the_first_page_stands_out() -> None:
    picture = Picture(content(replace(TEA, start="tea.goal")), COUNTS)
    heavy = [n for n in TEA.pages if any(r.element.get("stroke-width") for r in picture.parts(n, "rect"))]
    assert heavy == ["tea.goal"]


def test_where_no_page_leads_to_another_none_is_the_first() -> None:
    picture = Picture(content(topic("glossary", page("glossary.a"), page("glossary.b"))), {})
    assert not [n for n in picture.pages if any(r.element.get("stroke-width") for r in picture.parts(n, "rect"))]


def test_pointing_at_a_page_tells_all_of_it() -> None:
    picture = Picture(content(TEA, COFFEE, MILK), COUNTS)
    assert picture.told("tea.goal") == ("tea.goal\nWords.\n500 people, 75 of them gave up here (15 %)\n→ coffee, milk")
    assert picture.told("coffee.beans") == "coffee.beans\nWords.\nnobody"


def test_a_page_without_words_or_with_very_many() -> None:
    drawn = topic("tea", page("tea.a", text=""), page("tea.b", text="x" * 500))
    picture = Picture(content(drawn), {"tea.a": Count(2, 1)})
    assert picture.told("tea.a") == "tea.a\n2 people, 1 of them gave up here (50 %)"
    assert picture.told("tea.b") == f"tea.b\n{'x' * atlas.BEGINNING}…\nnobody"


def test_many_other_topics_are_counted() -> None:
    others = [topic(f"a-rather-long-name-{number}", page(f"a-rather-long-name-{number}.p")) for number in range(3)]
    picture = Picture(content(topic("tea", page("tea.a", *(each.id for each in others))), *others), {}, "tea")
    assert picture.texts("tea.a")[-1] == "→ 3 topics"
    assert picture.told("tea.a").endswith(f"→ {', '.join(each.id for each in others)}")


def test_long_names_make_boxes_wider_and_very_long_ones_are_cut() -> None:
    long, longer = "tea.transfer-of-certification", f"tea.{'transfer-of-certification' * 3}"
    for name, written in ((long, "transfer-of-certification"), (longer, "transfer-of-certificatio…")):
        picture = Picture(content(topic("tea", page(name), page("tea.a"))), {name: Count(1, 0)})
        assert picture.texts(name)[1] == written
        assert name in picture.told(name)
        left, _, right, _ = picture.box("tea.a")
        assert atlas.BOX < right - left <= atlas.WIDEST


# What is around them


def test_topics_and_pages_are_counted() -> None:
    picture = Picture(content(TEA, COFFEE, MILK), COUNTS)
    for words in ("tea · 4 pages", "A full bar is 1,000 people", "coffee · 2 pages", "milk · 1 page", "牛奶"):
        assert words in picture.words
    assert "1 pages" not in picture.words


def test_title_note_and_legend_are_printed() -> None:
    picture = Picture(content(TEA), COUNTS, title="Who goes where")
    for words in ("Who goes where", *NOTE.split("\n"), "0 to 4 %", "5 to 9 %", "10 to 19 %", "20 to 39 %"):
        assert words in picture.words
    for words in ("40 % or more", "fewer than 5 people", "Nobody came here", "First page", "Gave up there:"):
        assert words in picture.words
    assert {each.fill for each in BANDS} <= {each.element.get("fill") for each in picture.all}


def test_it_is_described_for_those_who_do_not_see_it() -> None:
    root = Picture(content(TEA, COFFEE, MILK), COUNTS, title="Who goes where").root
    assert root.get("role") == "img"
    found = {each.get("id"): each.text for each in root}
    title, about = str(root.get("aria-labelledby")).split()
    assert (root[0].tag, root[1].tag) == (f"{SVG}title", f"{SVG}desc")
    assert found[title] == "Who goes where"
    assert found[about] == (
        f"{NOTE} 7 pages in 3 topics. Most people gave up at tea.goal (75 of 500 people, 15 %), "
        "tea.what (20 of 1,000 people, 2 %), tea.cups (2 of 4 people, 50 %), milk.only (1 of 1 person, 100 %)."
    )


def test_where_nobody_gave_up_nothing_is_said_of_it() -> None:
    about = Picture(content(TEA), {"tea.what": Count(5, 0)}).root.findtext(f"{SVG}desc")
    assert about == f"{NOTE} 4 pages in 1 topic."


def test_it_needs_nothing_and_runs_nothing(whole: Picture) -> None:
    assert whole.svg.count("http") == 1  # the name of the language
    assert {each.element.tag.removeprefix(SVG) for each in whole.all} == {
        *("svg", "title", "desc", "defs", "marker", "path", "rect", "g", "text"),
    }
    assert not [name for each in whole.all for name in each.element.attrib if name.startswith("on") or "href" in name]
    assert "Noto Sans CJK" in whole.root.attrib["font-family"]
    assert whole.root.attrib["font-family"].endswith("sans-serif")


def test_only_the_topics_asked_for() -> None:
    drawn = content(TEA, COFFEE, MILK)
    picture = Picture(drawn, COUNTS, "milk", "tea")
    sound(picture, drawn, "milk", "tea")
    assert list(picture.topics) == ["tea", "milk"]


def test_a_way_to_its_own_topic_leads_to_the_first_page() -> None:
    picture = Picture(content(topic("tea", page("tea.a", "tea.b"), page("tea.b", "tea"))), {})
    drawn = {(way.element.get("data-from"), way.element.get("data-to")) for way in picture.ways}
    assert drawn == {("tea.a", "tea.b"), ("tea.b", "tea.a")}


def test_in_a_circle_the_first_page_stands_at_the_top() -> None:
    picture = Picture(content(topic("tea", page("tea.a", "tea.b"), page("tea.b", "tea.a"), start="tea.b")), {})
    assert picture.box("tea.b")[1] < picture.box("tea.a")[1]


def test_a_topic_of_one_page() -> None:
    drawn = content(MILK)
    picture = Picture(drawn, COUNTS)
    sound(picture, drawn)
    assert picture.ways == []


def test_a_topic_without_pages_is_left_out() -> None:
    drawn = content(TEA, Topic("empty", "Empty", "", 2))
    sound(Picture(drawn, COUNTS), drawn)


def test_no_topic_at_all_is_still_a_picture() -> None:
    picture = Picture(content(), {})
    sound(picture, content())
    assert "Map" in picture.words


def test_a_topic_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownTopicError, match=r"there is no topic 'milc': choose from tea, milk"):
        atlas.svg(content(TEA, MILK), {}, title="Map", note=NOTE, topics=["milc"])


# Whatever words there are


@pytest.mark.parametrize("words", [HOSTILE, "国际标准" * 40, "word " * 200, "w" * 500, "", " \n\t", "e\u0301\u202e‮"])
def test_any_title_is_text_and_fits(words: str) -> None:
    drawn = content(topic("tea", page("tea.a", text=words), title=words), MILK)
    picture = Picture(drawn, {"tea.a": Count(3, 1)}, title=words)
    sound(picture, drawn)
    assert not [each for each in picture.all if each.element.tag.endswith(("script", "}b"))]
    for each in picture.all:
        if each.element.tag == f"{SVG}text":
            assert "\n" not in (each.element.text or "")


def test_what_xml_can_hold_is_kept_and_the_rest_is_marked() -> None:
    title = atlas.svg(content(replace(MILK, title=HOSTILE)), {}, title=HOSTILE, note=NOTE)
    expected = "<b>&\"'</text><script>alert(1)</script>]]>\ufffd\ufffd\x7f\ufffd\ufffd"
    assert fromstring(title)[0].text == expected
    title.encode()


WORDS = st.text(st.characters(exclude_categories=[]), max_size=30)


@st.composite
def dialogues(draw: st.DrawFn) -> tuple[Content, dict[str, Count]]:
    """Up to three topics of up to six pages that lead anywhere, with any numbers of people."""
    names = [f"t{t}.p{p}" for t in range(draw(st.integers(1, 3))) for p in range(draw(st.integers(1, 6)))]
    ids = list(dict.fromkeys(name.partition(".")[0] for name in names))
    ways = st.lists(st.sampled_from([*names, *ids]), max_size=4)
    pages = [page(name, *draw(ways), text=draw(WORDS), end=draw(st.booleans())) for name in names]
    topics = [topic(id_, *(each for each in pages if each.topic == id_), title=draw(WORDS)) for id_ in ids]
    people = st.integers(0, 10**6).flatmap(lambda most: st.builds(Count, st.just(most), st.integers(0, most)))
    return content(*topics), draw(st.dictionaries(st.sampled_from(names), people))


@given(dialogues(), WORDS)
@settings(deadline=None, max_examples=60)
def test_any_dialogue_is_drawn_soundly(dialogue: tuple[Content, dict[str, Count]], title: str) -> None:
    drawn, counts = dialogue
    picture = Picture(drawn, counts, title=title)
    sound(picture, drawn)
    for each in drawn.topics.values():
        full = max(counts.get(name, Count(0, 0)).people for name in each.pages)
        for name in each.pages:
            people = counts.get(name, Count(0, 0)).people
            assert picture.bar(name) == pytest.approx((atlas.BOX - atlas.CELL) * people / max(full, 1), abs=NEAR)
            assert (f"{people:,} people" in picture.texts(name)) == (people > 1)
