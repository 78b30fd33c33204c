"""A whole report, read as a browser would: all figures are in it, nothing in it reaches out, no label breaks out."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.stats import report
from bot.stats.period import Period
from bot.stats.report import ROWS, STYLE
from bot.stats.scope import Scope
from bot.stats.snapshot import StatsError
from bot.stats.table import Table
from tests.bot.stats import sample
from tests.bot.stats.sample import CHINESE, HOSTILE, LATIN, words, write_font

NOW = 1_795_687_200.0
"""2026-11-26, 10:00 UTC."""

VOID = ("meta", "br", "img", "link", "input")
DRAWN = {"path", "line", "rect"}


@dataclass
class Element:
    """A piece of a page."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> Iterator["Element"]:
        """All such elements inside it, from the first to the last."""
        for child in self.children:
            if isinstance(child, Element):
                wanted = {"class": attributes["class_"]} if "class_" in attributes else attributes
                if child.tag == tag and wanted.items() <= child.attributes.items():
                    yield child
                yield from child.all(tag, **attributes)

    def one(self, tag: str, **attributes: str) -> "Element":
        """The first of them."""
        return next(self.all(tag, **attributes))

    @property
    def text(self) -> str:
        """What can be read in it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class Page(HTMLParser):
    """A page as a tree; a tag that is never closed, or closed but never opened, is a mistake."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(text)
        self.close()
        assert self._open == [self.root], f"<{self._open[-1].tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"<{tag}> says something twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> comes too early"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one font, for Latin and Chinese."""
    folder: Path = tmp_path_factory.mktemp("fonts")
    write_font(folder / "wqy-zenhei.ttf", "WenQuanYi Zen Hei", LATIN + CHINESE)
    return folder


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """A file that nobody asks here."""
    with closing(sqlite3.connect(":memory:")) as db:
        yield db


def scope(db: sqlite3.Connection, lang: str = "", topic: str = "") -> Scope:
    """What is asked for."""
    period = Period(date(2026, 9, 1), date(2026, 11, 26))
    return Scope(db, sample.conversation().content, period, NOW, "Asia/Shanghai", lang, topic)


def tables(lang: str) -> tuple[Table, ...]:
    """All in English; in Chinese some, since each chart takes time."""
    some = (sample.people(), sample.daily(), sample.topics(), sample.campaigns(), sample.funnel(), sample.review())
    return sample.everything() if lang == "en" else some


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, fonts: Path, db: sqlite3.Connection) -> dict[str, str]:
    """Reports of everything, by language."""
    folder: Path = tmp_path_factory.mktemp("reports")
    for lang in ("en", "zh_Hans"):
        report.write(folder / lang, tables(lang), words(lang), scope(db), "synthetic", fonts=[fonts])
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


@pytest.fixture(params=["en", "zh_Hans"])
def lang(request: pytest.FixtureRequest) -> str:
    """Each language."""
    return str(request.param)


@pytest.fixture
def page(written: dict[str, str], lang: str) -> Element:
    """The report in it."""
    return Page(written[lang]).root


def plain(text: str) -> str:
    """A label as it may stand in a page."""
    return " ".join("".join(sign for sign in text if sign not in "\x00\x07\u202e\u2066").split())


def shown(section: Element) -> list[list[str]]:
    """The rows of its tables."""
    bodies = [body for table in section.all("table") for body in table.all("tbody")]
    return [
        [cell.text for cell in row.children if isinstance(cell, Element)] for body in bodies for row in body.all("tr")
    ]


def test_it_says_what_it_is(page: Element, lang: str) -> None:
    html = page.one("html")
    assert html.attributes["lang"] == {"en": "en", "zh_Hans": "zh-Hans"}[lang]
    title = words(lang).say("report-title")
    assert (page.one("title").text, page.one("h1").text) == (title, title)
    header = page.one("header").text
    assert words(lang).say("report-from", since="2026-09-01", until="2026-11-26") in header
    assert words(lang).say("report-made", day="2026-11-26", time="10:00", zone="UTC") in header
    assert page.one("p", class_="banner").text == words(lang).say("report-synthetic")


def test_every_figure_has_its_title_and_its_definition(page: Element, lang: str) -> None:
    sections = {section.attributes["id"]: section for section in page.all("section")}
    assert list(sections) == [table.id for table in tables(lang)]
    for table in tables(lang):
        section = sections[table.id]
        assert section.one("h2").text == words(lang).title(table)
        assert section.one("p", class_="means").text.endswith(words(lang).means(table))


def test_every_row_is_there(page: Element, lang: str) -> None:
    for table in tables(lang):
        section = page.one("section", id=table.id)
        told = [
            [plain(words(lang).value(column, value)) for column, value in zip(table.columns, row, strict=True)]
            for row in table.rows
        ]
        if table.id in ("daily", "retention", "broadcasts"):
            told.reverse()
        assert shown(section) == told[:ROWS]
        if told:
            heads = [head.text for head in section.one("thead").all("th")]
            assert heads == [words(lang).head(column) for column in table.columns]


def test_rows_that_are_left_out_are_counted(page: Element, lang: str) -> None:
    assert page.one("section", id="daily").one("p", class_="more").text == words(lang).say("report-more", n=10)
    assert not list(page.one("section", id="campaigns").all("p", class_="more"))


def test_a_figure_without_rows_says_so(page: Element, lang: str) -> None:
    assert page.one("section", id="review").one("p", class_="nothing").text == words(lang).say("figure-none")
    assert len(list(page.all("p", class_="nothing"))) == 1


def test_pages_are_folded_by_topic(page: Element, lang: str) -> None:
    folded = list(page.one("section", id="funnel").all("details"))
    assert [each.one("summary").text for each in folded] == [words(lang).topic("auditors")]
    assert "open" not in folded[0].attributes


def test_the_contents_lead_to_every_figure(page: Element, lang: str) -> None:
    links = [(link.attributes["href"], link.text) for link in page.one("nav").all("a")]
    assert links == [(f"#{table.id}", words(lang).title(table)) for table in tables(lang)]
    assert [link for link in page.all("a") if not link.attributes["href"].startswith("#")] == []


def test_every_chart_is_there_for_screens_and_phones(page: Element, lang: str) -> None:
    for table in tables(lang):
        section = page.one("section", id=table.id)
        drawings = [list(section.all("div", class_=f"chart {width}")) for width in ("wide", "narrow")]
        expected = 1 if table in sample.charts() else 0
        assert [len(found) for found in drawings] == [expected, expected]
        for (found,) in filter(None, drawings):
            svg = found.one("svg")
            assert svg.attributes["aria-label"] == words(lang).title(table)
            assert svg.attributes["role"] == "img"
            assert "viewbox" in svg.attributes


def test_every_chart_is_xml(written: dict[str, str], lang: str) -> None:
    found = re.findall(r"<svg.*?</svg>", written[lang], re.DOTALL)
    assert len(found) == 2 * sum(table in sample.charts() for table in tables(lang))
    for svg in found:
        assert any(element.tag.rpartition("}")[2] in DRAWN for element in ElementTree.fromstring(svg).iter())


def everything(element: Element) -> Iterator[Element]:
    """Each element inside it."""
    for child in element.children:
        if isinstance(child, Element):
            yield child
            yield from everything(child)


def test_nothing_reaches_out(page: Element) -> None:
    for element in everything(page):
        assert element.tag not in {"script", "img", "link", "iframe", "object", "embed", "form", "base", "image", "use"}
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "action", "xlink:href", "background")
            if name not in ("xmlns", "aria-label"):
                assert "//" not in value, f"{name}={value}"
            assert not re.search(r"url\((?!#)", value)
    style = page.one("style").text
    assert not re.search(r"url\(|@import|//", style)


def test_the_page_forbids_what_it_does_not_need(page: Element) -> None:
    (policy,) = [meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert page.one("meta").attributes == {"charset": "utf-8"}  # first of all


def test_no_name_is_used_twice(page: Element) -> None:
    ids = [element.attributes["id"] for element in everything(page) if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_bad_labels_are_only_labels(page: Element) -> None:
    cells = [row[0] for row in shown(page.one("section", id="campaigns"))]
    assert cells[1:] == [plain(label) for label in HOSTILE]
    assert HOSTILE[0] in cells
    assert "evil עברית" in cells
    assert "🔥 sale 👩‍👩‍👧" in cells


def test_no_sign_is_left_that_breaks_a_page(written: dict[str, str], lang: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", written[lang])


def test_numbers_stand_on_the_right(page: Element) -> None:
    row = next(page.one("section", id="topics").one("tbody").all("tr"))
    assert [cell.attributes.get("class") for cell in row.children if isinstance(cell, Element)] == [
        None,
        *["number"] * 5,
    ]


def test_it_is_made_for_a_phone_and_for_paper() -> None:
    style = STYLE.read_text(encoding="utf-8")
    assert "@media (max-width: 600px)" in style
    assert "@media print" in style
    assert "overflow-x: auto" in style


@pytest.mark.parametrize(("kind", "phrase"), [("real", ""), ("try-out", "report-tryout")])
def test_whose_walks_they_are(tmp_path: Path, db: sqlite3.Connection, kind: str, phrase: str) -> None:
    root = written_of(tmp_path, db, [sample.people()], kind=kind)
    banners = [banner.text for banner in root.all("p", class_="banner")]
    assert banners == ([words().say(phrase)] if phrase else [])


def written_of(
    folder: Path, db: sqlite3.Connection, tables: Sequence[Table], *, kind: str = "real", **narrowed: str
) -> Element:
    """The report of some tables."""
    file = folder / "report.html"
    report.write(file, tables, words(), scope(db, **narrowed), kind)
    return Page(file.read_text(encoding="utf-8")).root


def test_what_it_is_narrowed_to(tmp_path: Path, db: sqlite3.Connection) -> None:
    header = written_of(tmp_path, db, [sample.people()], lang="zh_Hans", topic="auditors").one("header").text
    assert "Only people in this language: 简体中文" in header
    assert "Only this topic: Internal or registered auditor?" in header


def test_before_anybody_came(tmp_path: Path, db: sqlite3.Connection) -> None:
    root = written_of(tmp_path, db, sample.nobody())
    assert root.one("main").text.strip() == words().say("report-empty")
    assert not list(root.all("svg"))
    assert not list(root.all("table"))
    assert root.one("h1").text == words().say("report-title")


def test_a_page_past_its_review_is_not_a_visit(tmp_path: Path, db: sqlite3.Connection) -> None:
    due = Table("review", ("page", "due", "seen"), (("auditors.q1", date(2026, 1, 1), 0),))
    root = written_of(tmp_path, db, [*sample.nobody()[:-1], due])
    assert root.one("p", class_="empty")


def test_a_file_that_is_there_stays(tmp_path: Path, db: sqlite3.Connection) -> None:
    file = tmp_path / "report.html"
    file.write_text("mine")
    with pytest.raises(
        StatsError, match=r"report.html is there already: name another file, or overwrite it with --force"
    ):
        report.write(file, [sample.people()], words(), scope(db), "real")
    assert file.read_text() == "mine"
    report.write(file, [sample.people()], words(), scope(db), "real", force=True)
    assert file.read_text().startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [file]


def test_where_no_file_can_be(tmp_path: Path, db: sqlite3.Connection) -> None:
    with pytest.raises(StatsError, match=r"is a folder: name a file in it, for example .*report.html"):
        report.write(tmp_path, [sample.people()], words(), scope(db), "real", force=True)
    with pytest.raises(StatsError, match=r"there is no folder .*nowhere: make it first"):
        report.write(tmp_path / "nowhere" / "report.html", [sample.people()], words(), scope(db), "real")


def test_a_file_that_cannot_be_written(tmp_path: Path, db: sqlite3.Connection) -> None:
    file = tmp_path / ("x" * 255)  # there is no longer name, and it is written under a longer one first
    with pytest.raises(StatsError, match=r"can't be written \(.+\): free some space, or name another file"):
        report.write(file, [sample.people()], words(), scope(db), "real")
    assert list(tmp_path.iterdir()) == []


def test_without_a_font_nothing_is_written(tmp_path: Path, db: sqlite3.Connection) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    file = tmp_path / "report.html"
    with pytest.raises(StatsError, match="`apt install fonts-noto-cjk`"):
        report.write(file, [sample.daily()], words("zh_Hans"), scope(db), "real", fonts=[fonts])
    assert list(tmp_path.iterdir()) == [fonts]
