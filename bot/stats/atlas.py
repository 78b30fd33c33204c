"""The dialogue as a picture: every page with the people who reached it and those who gave up there, as one SVG file."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.stats.layers import Box, Layout, Way, laid_out
from dialogs.content import Content
from dialogs.map import BANDS, ENOUGH, FEW, NOBODY, UNSEEN, Count, band, chosen
from dialogs.markup import plain
from dialogs.topic import Page, Topic

FONTS = (
    "'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', Helvetica, Arial, sans-serif"
)
"""What each system has for Latin and for Chinese."""

INK, QUIET, EDGE, RIM = "#1f2933", "#52606d", "#7b8794", "#d5dbe1"
BAR, PANEL, PAPER = "#c3d9ee", "#f7f9fb", "#ffffff"
"""Colours: of text, less important text, lines, the rim of a topic; of people, behind a topic, behind all."""

WIDTH, LEAST = 1440.0, 760.0
"""Of the picture: topics stand beside each other as far as a desktop shows them; narrower, its head would be long."""

MARGIN, PADDING, HEAD, NARROW = 24.0, 16.0, 64.0, 264.0
"""Of a topic: around it, inside, height of its head, and the width that the head needs."""

BOX, WIDEST, CELL = 150.0, 214.0, 38.0
"""Of a page: its width, or more up to that for long names; of it the part with the share of those who left."""

LINE, FOOT, EDGES = 34.0, 12.0, 12.0
"""Of a page: its height, what a line on other topics adds, and what stays free left and right of its name."""

ALONE, TOGETHER = 6, 3
"""Pages beside each other: of a topic with the whole width for itself, and where two have to stand side by side."""

GLYPH = 0.58
"""Width of a usual letter as a share of the font size; a Chinese one is as wide as high."""

SAMPLE = Box(0, 0, 26, 16)
"""A page in the legend."""

FRAMES: dict[str, dict[str, object]] = {
    "page": {"stroke": EDGE},
    "nobody": {"stroke": EDGE, "stroke_dasharray": "4 3"},
    "start": {"stroke": INK, "stroke_width": 3},
}
"""Lines around pages."""

HINT = (
    "→ names the other topics a page leads to. Back, Menu and side trips are not drawn. "
    "Point at a page to read its full name and how it begins."
)

BEGINNING = 120
"""Letters of a page's first line that are shown when somebody points at it."""

WORST = 5
"""Pages named in the description for those who don't see the picture."""

SPACE = "\N{NO-BREAK SPACE}"

UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML can't hold, not even escaped."""


def svg(
    content: Content,
    counts: Mapping[str, Count],
    *,
    title: str,
    note: str,
    topics: Collection[str] | None = None,
) -> str:
    """One SVG document: a panel for each topic, with its pages level below level and the ways between them.

    Counts go by full name; a page that is missing was reached by nobody. `note` says of which period they are and how
    they were counted. With topics only those. Raises UnknownTopicError.
    """
    shown = [topic for topic in chosen(content, topics) if topic.pages]
    alone = len(shown) == 1
    panels = [_panel(content, topic, counts, TOGETHER if topic.listed and not alone else ALONE) for topic in shown]
    shelves = list(_shelves(panels))
    width = max([LEAST, *(MARGIN + sum(panel.width + MARGIN for panel in shelf) for shelf in shelves)])
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONTS, "fill": INK})
    root.set("aria-labelledby", "atlas-title atlas-about")
    _put(root, "title", title, id="atlas-title")
    _put(root, "desc", _about(note, panels), id="atlas-about")
    _arrowhead(root)
    paper = _put(root, "rect", fill=PAPER)
    height = _head(root, width, title, note)
    for shelf in shelves:
        left = MARGIN
        for panel in shelf:
            _draw(_put(root, "g", transform=_moved(left, height), data_topic=panel.topic.id), panel)
            left += panel.width + MARGIN
        height += max(panel.height for panel in shelf) + MARGIN
    for element in (root, paper):
        element.set("width", _number(width))
        element.set("height", _number(height))
    root.set("viewBox", f"0 0 {_number(width)} {_number(height)}")
    indent(root, "")
    return tostring(root, encoding="unicode") + "\n"


@dataclass(frozen=True, slots=True)
class _Panel:
    """A topic, where its pages stand, and what is said about them."""

    topic: Topic
    layout: Layout
    counts: dict[str, Count]
    away: dict[str, list[str]]
    """For each page the other topics it leads to."""

    @property
    def full(self) -> int:
        """People of a whole bar: those of the busiest page, which as a rule is the first."""
        return max(count.people for count in self.counts.values())

    @property
    def width(self) -> float:
        """With what is around the pages."""
        return max(self.layout.width, NARROW) + 2 * PADDING

    @property
    def height(self) -> float:
        """With what is around the pages."""
        return self.layout.height + HEAD + 2 * PADDING


def _panel(content: Content, topic: Topic, counts: Mapping[str, Count], most: int) -> _Panel:
    pages = sorted(topic.pages.values(), key=lambda page: page.name != topic.start)
    ways = {page.name: [_page(content, way) for way in page.ways] for page in pages}
    away = {name: _away(topic, onward) for name, onward in ways.items()}
    heights = {name: LINE + (FOOT if others else 0) for name, others in away.items()}
    longest = max(_measure(_short(page), 11) for page in pages) + CELL + EDGES
    layout = laid_out(ways, width=min(max(BOX, longest), WIDEST), heights=heights, most=most)
    return _Panel(topic, layout, {name: counts.get(name, NOBODY) for name in topic.pages}, away)


def _short(page: Page) -> str:
    return page.name.partition(".")[2]


def _page(content: Content, way: str) -> str:
    return content.topics[way].start if way in content.topics else way


def _away(topic: Topic, pages: Iterable[str]) -> list[str]:
    topics = dict.fromkeys(page.partition(".")[0] for page in pages)
    return [other for other in topics if other != topic.id]


def _shelves(panels: Iterable[_Panel]) -> Iterator[list[_Panel]]:
    """Beside each other what fits, in the order of the menu."""
    shelf: list[_Panel] = []
    for panel in panels:
        if shelf and MARGIN + sum(each.width + MARGIN for each in [*shelf, panel]) > WIDTH:
            yield shelf
            shelf = []
        shelf.append(panel)
    if shelf:
        yield shelf


def _about(note: str, panels: Sequence[_Panel]) -> str:
    """The picture for those who don't see it."""
    counts = {name: count for panel in panels for name, count in panel.counts.items()}
    worst = sorted((name for name in counts if counts[name].left), key=lambda name: -counts[name].left)[:WORST]
    said = [f"{name} ({counts[name].left:,} of {counts[name].said}, {counts[name].percent} %)" for name in worst]
    most = f" Most people gave up at {', '.join(said)}." if said else ""
    return f"{note} {_many(len(counts), 'page')} in {_many(len(panels), 'topic')}.{most}"


# Above the topics


def _head(root: Element, width: float, title: str, note: str) -> float:
    """Title, note and legend; returns where they end."""
    group, room = _put(root, "g", transform=_moved(MARGIN, MARGIN)), width - 2 * MARGIN
    y = _write(group, title, 0.0, room, 22, font_weight=700)
    y = _write(group, note, y + 4, room, 13, fill=QUIET)
    y = _legend(group, y + 10, room, "", _frames())
    y = _legend(group, y, room, "Gave up there:", _colours())
    return MARGIN + _write(group, HINT, y, room, 12, fill=QUIET) + 16


def _write(group: Element, text: str, y: float, room: float, size: int, **attributes: object) -> float:
    """Lines of text; returns where they end."""
    for line in _lines(text, room, size):
        y += size * 1.4
        _put(group, "text", line, y=y - size * 0.3, font_size=size, **attributes)
    return y


def _legend(group: Element, y: float, room: float, words: str, samples: Iterable[tuple[str, str, str]]) -> float:
    """Small pages with their meaning, in as many rows as it takes; returns where they end."""
    x = 0.0
    if words:
        _put(group, "text", words, y=y + 13, font_size=12)
        x = _measure(words, 12) + 10
    for fill, frame, meaning in samples:
        taken = SAMPLE.width + 7 + _measure(meaning, 12)
        if x and x + taken > room:
            x, y = 0.0, y + 24
        sample = _put(group, "g", transform=_moved(x, y))
        _put(sample, "rect", width=SAMPLE.width, height=SAMPLE.height, fill=fill, **FRAMES.get(frame, {}))
        _put(sample, "text", meaning, x=SAMPLE.width + 7, y=13, font_size=12)
        x += taken + 16
    return y + 24


def _frames() -> Iterator[tuple[str, str, str]]:
    """Fill, frame and meaning."""
    yield PAPER, "start", "First page of a topic"
    yield BAR, "", "People, compared with the topic's busiest page"
    yield UNSEEN.fill, "nobody", "Nobody came here"


def _colours() -> Iterator[tuple[str, str, str]]:
    """The same of the shares of those who gave up."""
    for each, after in zip_longest(BANDS, BANDS[1:]):
        yield each.fill, "page", f"{each.least} to {after.least - 1} %" if after else f"{each.least} % or more"
    yield FEW.fill, "page", f"fewer than {ENOUGH} people: no colour"


# The topics


def _draw(group: Element, panel: _Panel) -> None:
    topic, room = panel.topic, panel.width - 2 * PADDING
    _put(group, "title", topic.title)
    _put(group, "rect", width=panel.width, height=panel.height, rx=8, fill=PANEL, stroke=RIM)
    _put(group, "text", _fitted(topic.title, room, 15), x=PADDING, y=PADDING + 13, font_size=15, font_weight=700)
    for y, words in (
        (31, f"{topic.id} · {_many(len(topic.pages), 'page')}"),
        (45, f"A full bar is {Count(panel.full, 0).said}"),
    ):
        _put(group, "text", _fitted(words, room, 11), x=PADDING, y=PADDING + y, font_size=11, fill=QUIET)
    drawing = _put(group, "g", transform=_moved(PADDING + (room - panel.layout.width) / 2, PADDING + HEAD))
    ways = _put(drawing, "g", fill="none", stroke=EDGE, marker_end="url(#atlas-arrow)")
    for way in panel.layout.ways:
        _put(ways, "path", d=_line(way), data_from=way.source, data_to=way.target)
    for page in topic.pages.values():
        box = panel.layout.boxes[page.name]
        _draw_page(_put(drawing, "g", transform=_moved(box.x, box.y), data_page=page.name, font_size=11), panel, page)


def _line(way: Way) -> str:
    path = [f"M{_at(way.points[0])}"]
    for (x0, y0), (x1, y1) in pairwise(way.points):
        bend = "L" if x0 == x1 else f"C{_at((x0, (y0 + y1) / 2))} {_at((x1, (y0 + y1) / 2))} "
        path.append(f"{bend}{_at((x1, y1))}")
    return "".join(path)


def _draw_page(group: Element, panel: _Panel, page: Page) -> None:
    box, count, away = panel.layout.boxes[page.name], panel.counts[page.name], panel.away[page.name]
    _put(group, "title", _told(page, count, away))
    _put(group, "rect", width=box.width, height=box.height, fill=PAPER if count.people else UNSEEN.fill)
    if count.people:
        _put(group, "rect", width=(box.width - CELL) * count.people / panel.full, height=box.height, fill=BAR)
        _draw_share(group, page, box, count)
    first = page.name == panel.topic.start and bool(panel.layout.ways)  # a glossary begins nowhere
    frame = "start" if first else "page" if count.people else "nobody"
    _put(group, "rect", width=box.width, height=box.height, fill="none", **FRAMES[frame])
    room = box.width - CELL - EDGES
    _put(group, "text", _fitted(_short(page), room, 11), x=7, y=14, font_weight=600)
    _put(group, "text", count.said if count.people else "nobody", x=7, y=28)
    if away:
        _put(group, "text", _onward(away, room), x=7, y=40.5, font_size=9.5, fill=QUIET)


def _draw_share(group: Element, page: Page, box: Box, count: Count) -> None:
    """The share of those who gave up; where the topic ends nobody can, and that is said instead."""
    style, x = band(count), box.width - CELL
    _put(group, "rect", x=x, width=CELL, height=box.height, fill=PAPER if page.end else style.fill, stroke=EDGE)
    middle: dict[str, object] = {"x": x + CELL / 2, "y": box.height / 2 + 4, "text_anchor": "middle"}
    if page.end:
        _put(group, "text", "end", **middle, fill=QUIET)
    else:
        _put(group, "text", f"{count.percent}{SPACE}%", **middle, fill=style.ink, font_weight=600)


def _onward(away: Sequence[str], room: float) -> str:
    names = f"→ {', '.join(away)}"
    if len(away) == 1 or _measure(names, 9.5) <= room:
        return _fitted(names, room, 9.5)
    return f"→ {len(away)} topics"


def _told(page: Page, count: Count, away: Sequence[str]) -> str:
    """What is shown when somebody points at a page."""
    first = plain(page.text).strip().partition("\n")[0]
    said = f"{count.said}, {count.left:,} of them gave up here ({count.percent} %)" if count.people else "nobody"
    begins = first if len(first) <= BEGINNING else f"{first[:BEGINNING]}…"
    return "\n".join(filter(None, [page.name, begins, said, f"→ {', '.join(away)}" if away else ""]))


# Elements, words and numbers


def _arrowhead(root: Element) -> None:
    sides = {"markerWidth": 7, "markerHeight": 7, "refX": 8, "refY": 4}
    marker = _put(_put(root, "defs"), "marker", id="atlas-arrow", orient="auto", viewBox="0 0 8 8", **sides)
    _put(marker, "path", d="M0 0L8 4L0 8Z", fill=EDGE, stroke="none")


def _put(parent: Element, tag: str, words: str = "", /, **attributes: object) -> Element:
    """A new element inside of another one; `font_size` is written as font-size."""
    written = {
        name.replace("_", "-"): _number(value) if isinstance(value, float) else _fit(str(value))
        for name, value in attributes.items()
    }
    element = SubElement(parent, tag, written)
    element.text = _fit(words) or None
    return element


def _fit(text: str) -> str:
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _at(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _moved(x: float, y: float) -> str:
    return f"translate({_at((x, y))})"


def _measure(text: str, size: float) -> float:
    """About how long the text is: no font is at hand, and none is the same everywhere."""
    return sum(size if east_asian_width(letter) in "WF" else size * GLYPH for letter in text)


def _fitted(text: str, room: float, size: float) -> str:
    """The text on one line, cut off where the room ends."""
    text = " ".join(text.split())
    if _measure(text, size) <= room:
        return text
    while text and _measure(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _lines(text: str, room: float, size: float) -> Iterator[str]:
    """The text in lines that fit; where it has lines of its own they stay."""
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and _measure(f"{line} {word}", size) > room:
                yield line
                line = ""
            line = f"{line} {word}".strip()
        yield _fitted(line, room, size)
