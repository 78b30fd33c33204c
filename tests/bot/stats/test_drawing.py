"""Real drawing by a real process, and what becomes of it when it is late, killed or asked for nonsense."""

import asyncio
import os
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.stats import drawing
from bot.stats.drawing import ACROSS, draw, png, save
from bot.stats.sketches import NARROW, WIDE, Drawing, Row, Sketch, picture, sketch
from bot.stats.sketches import drawing as prepared
from bot.stats.snapshot import StatsError
from bot.stats.table import Table
from tests.bot.shell import ROOT
from tests.bot.stats import sample
from tests.bot.stats.sample import CHINESE, HOSTILE, LATIN, words, write_font

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
PROC = Path("/proc/self/task")


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one font, for Latin and Chinese."""
    folder: Path = tmp_path_factory.mktemp("fonts")
    write_font(folder / "wqy-zenhei.ttf", "WenQuanYi Zen Hei", LATIN + CHINESE)
    return folder


@pytest.fixture(scope="module")
def latin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one font, for Latin."""
    folder: Path = tmp_path_factory.mktemp("latin")
    write_font(folder / "DejaVuSans.ttf", "DejaVu Sans", LATIN)
    return folder


def chart(table: Table, lang: str = "en", width: int = WIDE) -> Drawing:
    """The chart of a figure."""
    found = sketch(table, words(lang))
    assert found
    return prepared([found], words(lang), width)


@pytest.fixture(scope="module")
def drawn(fonts: Path) -> dict[tuple[str, int], ElementTree.Element]:
    """All charts, in Chinese, wide and narrow."""
    wanted = [chart(table, "zh_Hans", width) for table in sample.charts() for width in (WIDE, NARROW)]
    svgs = draw(wanted, "svg", folders=[fonts])
    names = [(each.sketches[0].figure, each.width) for each in wanted]
    return {name: ElementTree.fromstring(svg) for name, svg in zip(names, svgs, strict=True)}


def texts(root: ElementTree.Element) -> list[str]:
    """What is written in it."""
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_every_chart_has_a_name_for_those_who_do_not_see_it(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    for table in sample.charts():
        for width in (WIDE, NARROW):
            root = drawn[table.id, width]
            title = root.find(f"{SVG}title")
            assert title is not None
            assert title.text == root.get("aria-label") == words("zh_Hans").title(table)
            assert root.get("role") == "img"


def test_every_chart_is_drawn_in_one_sans_face(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    for root in drawn.values():
        faces = {text.get("font-family") for text in root.iter(f"{SVG}text")}
        assert faces == {"WenQuanYi Zen Hei, PingFang SC, Microsoft YaHei, Arial, sans-serif"}


def test_every_chart_fits(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    for (_, width), root in drawn.items():
        left, top, across, down = map(float, (root.get("viewBox") or "").split())
        assert (left, top) == (0, 0)
        assert width * 0.9 < across < width * 1.15
        assert 0 < down < 700


def test_letters_are_large_enough(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    for root in drawn.values():
        sizes = {float((text.get("font-size") or "0").removesuffix("px")) for text in root.iter(f"{SVG}text")}
        assert min(sizes) >= 11


def test_no_name_inside_is_used_twice(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    ids = [element.get("id") for root in drawn.values() for element in root.iter() if element.get("id")]
    assert ids
    assert len(ids) == len(set(ids))
    for root in drawn.values():
        own = {element.get("id") for element in root.iter() if element.get("id")}
        used = {
            value.removeprefix("url(#").rstrip(")")
            for element in root.iter()
            for value in element.attrib.values()
            if value.startswith("url(")
        }
        assert used <= own


def test_nothing_points_outside(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    for root in drawn.values():
        assert not [element for element in root.iter() if element.get("href") or element.get(XLINK)]
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            *("svg", "title", "rect", "g", "path", "line", "text", "defs", "linearGradient", "stop", "clipPath"),
        }


def test_words_are_chinese(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    assert {"新增", "回访"} <= set(texts(drawn["daily", WIDE]))
    assert {"人数", "已回答", "放弃", "看完"} <= set(texts(drawn["topics", NARROW]))
    assert {"周一", "周日", "00", "23"} <= set(texts(drawn["hours", WIDE]))
    assert {"简体中文", "English", "60 (60%)"} <= set(texts(drawn["languages", WIDE]))


def test_numbers_are_grouped(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    assert "1,200" in texts(drawn["topics", WIDE])


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5, 9])
def test_however_few_people_no_number_stands_twice_on_the_axis(fonts: Path, people: int) -> None:
    daily = Table("daily", ("day", "active", "new", "returning"), ((date(2026, 11, 26), people, people, 0),))
    (svg,) = draw([chart(daily)], "svg", folders=[fonts])
    numbers = [text for text in texts(ElementTree.fromstring(svg)) if text.isdecimal()]
    assert len(numbers) == len(set(numbers))
    assert {"0", "1"} <= set(numbers) or people > 4


def test_bad_labels_are_only_labels(drawn: dict[tuple[str, int], ElementTree.Element]) -> None:
    written = texts(drawn["leaving", WIDE])
    assert HOSTILE[0] in written
    assert "nul bell line end" in written
    assert "evil ?" in written
    assert "? sale ?" in written
    assert any(text.startswith("xxxxxxxx") and text.endswith("x…") for text in written)
    assert not [text for text in written if "\u202e" in text or "\x00" in text]


def test_a_missing_font_is_named_with_its_package(latin: Path) -> None:
    with pytest.raises(StatsError, match=r"^no font here has .+ \(and \d+ more\): .*`apt install fonts-noto-cjk`$"):
        draw([chart(sample.daily(), "zh_Hans")], "svg", folders=[latin])


def test_without_a_chinese_font_english_is_drawn_all_the_same(latin: Path) -> None:
    (svg,) = draw([chart(sample.languages())], "svg", folders=[latin])
    assert {"zh_Hans", "English"} <= set(texts(ElementTree.fromstring(svg)))


def labelled(label: str) -> Drawing:
    """One bar of that name."""
    made = chart(sample.languages())
    rows = (Row(label, "x", (1.0,), ("1",)),)
    return replace(made, sketches=(replace(made.sketches[0], rows=rows),))


def test_chinese_signs_are_drawn_and_not_as_boxes(fonts: Path) -> None:
    images = draw([labelled(label) for label in ("审审", "核核", "??")], "png", folders=[fonts])
    assert len(set(images)) == 3


def test_the_picture_for_the_chat(fonts: Path) -> None:
    made = picture([sample.daily(), sample.topics()], words("zh_Hans"), "审核 <7 天>\x00")
    assert made
    (image,) = draw([made], "png", folders=[fonts])
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    across, down = struct.unpack(">II", image[16:24])
    assert abs(across - ACROSS) <= 2
    assert 600 < down < 1300


async def test_a_picture_while_others_are_served() -> None:
    image = asyncio.create_task(png(chart(sample.languages())))
    turns = 0
    while not image.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert (await image).startswith(b"\x89PNG")
    assert turns > 5


def test_nothing_to_draw_needs_no_process() -> None:
    assert draw([], "svg", seconds=0) == []


def test_a_chart_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever works in a folder with a package of our name in it gets our package all the same.
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit('not mine')")
    monkeypatch.chdir(tmp_path)
    save(chart(sample.languages()), Path("chart.svg"))
    assert ElementTree.parse("chart.svg").getroot().tag == f"{SVG}svg"
    with pytest.raises(StatsError, match=r"chart.pdf is neither .svg nor .png: name a file that ends so"):
        save(chart(sample.languages()), Path("chart.pdf"))


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StatsError, match=r"there is no folder .*nowhere: make it first"):
        save(chart(sample.languages()), tmp_path / "nowhere" / "chart.svg")
    (tmp_path / "chart.svg").mkdir()
    with pytest.raises(StatsError, match=r"can't be written \(Is a directory\): name a file where you may write"):
        save(chart(sample.languages()), tmp_path / "chart.svg")


def test_too_late() -> None:
    with pytest.raises(StatsError, match=r"not drawn within 0.01 seconds: try again"):
        draw([chart(sample.languages())], "svg", seconds=0.01)


async def test_too_late_for_the_chat() -> None:
    with pytest.raises(StatsError, match=r"not drawn within 0.05 seconds: try again"):
        await png(chart(sample.languages()), seconds=0.05)
    assert children() == []


def test_nonsense_is_an_error_of_theirs_and_not_of_ours() -> None:
    made = chart(sample.languages())
    bad = replace(made, sketches=(replace(made.sketches[0], form="nonsense"),))
    with pytest.raises(StatsError, match=r"^charts can't be drawn \(KeyError: 'nonsense'\): free some memory"):
        draw([bad], "svg")


def test_a_process_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "COMMAND", ("/nowhere/python",))
    with pytest.raises(StatsError, match=r"^charts can't be drawn \(No such file or directory\)"):
        draw([chart(sample.languages())], "svg")
    with pytest.raises(StatsError, match=r"^charts can't be drawn \(No such file or directory\)"):
        asyncio.run(png(chart(sample.languages())))


def children() -> list[int]:
    """The processes this one has started and not buried."""
    while True:
        with suppress(FileNotFoundError):  # a thread has ended since it was listed: look again
            return [int(pid) for task in PROC.iterdir() for pid in (task / "children").read_text().split()]


@pytest.mark.skipif(not PROC.exists(), reason="processes are found as Linux shows them")
class TestOnLinux:
    """What needs the number of the other process."""

    async def other(self) -> int:
        """The process that draws, as soon as it is there."""
        for _ in range(500):
            found = children()
            if found:
                return found[-1]
            await asyncio.sleep(0.01)
        raise AssertionError("no process was started")

    async def test_killed_while_it_draws(self) -> None:
        image = asyncio.create_task(png(chart(sample.languages())))
        os.kill(await self.other(), signal.SIGKILL)
        with pytest.raises(StatsError, match=r"^charts can't be drawn \(signal 9\): free some memory and try again"):
            await image

    async def test_nobody_waits_any_more(self) -> None:
        image = asyncio.create_task(png(chart(sample.languages())))
        await self.other()
        image.cancel()
        with pytest.raises(asyncio.CancelledError):
            await image
        assert children() == []


def test_whoever_asks_does_not_load_what_draws() -> None:
    heavy = ("altair", "vl_convert", "fontTools", "jsonschema", "pandas", "telegram", "aiogram")
    code = f"import sys, bot.stats.report; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_a_sketch_survives_the_pipe() -> None:
    """As the other process reads it, to the last number."""
    import orjson

    for table in sample.charts():
        made = chart(table, "zh_Hans")
        request = orjson.loads(drawing._request([made], "svg"))
        again = drawing._drawing(request["drawings"][0])
        assert again == replace(made, sketches=tuple(map(listed, made.sketches)))


def listed(given: Sketch) -> Sketch:
    """The same as JSON has it: with lists."""
    rows = tuple(replace(row, numbers=list(row.numbers), told=list(row.told)) for row in given.rows)  # type: ignore[arg-type]
    return replace(given, rows=rows, marks=list(given.marks))  # type: ignore[arg-type]
