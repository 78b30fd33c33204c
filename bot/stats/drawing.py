"""Has charts drawn by a process of its own: what draws is large, and may fail without harm to whoever asked for it."""

import asyncio
import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree

import orjson

from bot.stats.sketches import Drawing, Row, Series, Sketch
from bot.stats.snapshot import StatsError

if TYPE_CHECKING:
    from bot.stats.fonts import Face

Kind = Literal["svg", "png"]

SECONDS = 60.0
"""How long drawing may take."""

ACROSS = 1280
"""Width of a PNG, in its own pixels."""

ROOT = Path(__file__).parents[2]
"""From where the other process imports us, wherever this one was started."""

# -P: what lies in the folder where somebody works is not to be imported instead.
COMMAND = (sys.executable, "-P", "-m", "bot.stats.drawing")

SVG = "http://www.w3.org/2000/svg"


def draw(
    drawings: Sequence[Drawing], kind: Kind, *, folders: Iterable[Path] | None = None, seconds: float = SECONDS
) -> list[bytes]:
    """All of them, by one process. `folders`: where fonts are, if not where the system has them. Raises StatsError."""
    if not drawings:
        return []
    try:
        asked = subprocess.run(  # noqa: S603  our own command
            COMMAND,
            input=_request(drawings, kind, folders),
            capture_output=True,
            timeout=seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _late(seconds) from None
    except OSError as error:
        raise _failed(str(error.strerror)) from error
    return _answer(asked.returncode, asked.stdout, asked.stderr)


async def png(drawing: Drawing, *, seconds: float = SECONDS) -> bytes:
    """One as a PNG, while others are served. Raises StatsError."""
    try:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment()
        )
    except OSError as error:
        raise _failed(str(error.strerror)) from error
    try:
        async with asyncio.timeout(seconds):
            out, complaints = await process.communicate(_request([drawing], "png"))
    except TimeoutError:
        raise _late(seconds) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    (drawn,) = _answer(process.returncode, out, complaints)
    return drawn


def save(drawing: Drawing, path: Path) -> None:
    """Write one into a file whose name ends in .svg or .png. Raises StatsError."""
    kinds: dict[str, Kind] = {".svg": "svg", ".png": "png"}
    kind = kinds.get(path.suffix)
    if kind is None:
        raise StatsError(f"{path} is neither .svg nor .png: name a file that ends so")
    if not path.parent.is_dir():
        raise StatsError(f"there is no folder {path.parent}: make it first")
    (drawn,) = draw([drawing], kind)
    try:
        path.write_bytes(drawn)
    except OSError as error:
        raise StatsError(f"{path} can't be written ({error.strerror}): name a file where you may write") from error


def _environment() -> dict[str, str]:
    before = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *([before] if before else [])])}


def _request(drawings: Sequence[Drawing], kind: Kind, folders: Iterable[Path] | None = None) -> bytes:
    places = None if folders is None else list(map(str, folders))
    return orjson.dumps({"drawings": drawings, "kind": kind, "folders": places})


def _answer(code: int | None, out: bytes, complaints: bytes) -> list[bytes]:
    """What the other process says."""
    if code != 0:
        lines = complaints.decode(errors="replace").strip().splitlines()
        raise _failed(f"signal {-code}" if code and code < 0 else lines[-1] if lines else f"code {code}")
    answer = orjson.loads(out)
    if "error" in answer:
        raise StatsError(answer["error"])
    return [base64.b64decode(drawn) for drawn in answer["drawn"]]


def _late(seconds: float) -> StatsError:
    return StatsError(f"charts were not drawn within {seconds:g} seconds: try again when the machine has less to do")


def _failed(why: str) -> StatsError:
    return StatsError(f"charts can't be drawn ({why}): free some memory and try again, or export the tables")


def main() -> None:
    """The other process: reads what to draw, writes what was drawn."""
    with suppress(AttributeError, OSError):
        os.nice(5)  # conversations go first
    sys.stdout.buffer.write(orjson.dumps(_answered(orjson.loads(sys.stdin.buffer.read()))))


def _answered(request: Mapping[str, Any]) -> dict[str, str | list[str]]:
    try:
        return {"drawn": [base64.b64encode(drawn).decode() for drawn in _draw(request)]}
    except StatsError as error:
        return {"error": str(error)}


def _draw(request: Mapping[str, Any]) -> list[bytes]:
    import vl_convert

    from bot.stats import charts, fonts

    drawings = [_drawing(each) for each in request["drawings"]]
    folders = request["folders"]
    sketches = [sketch for drawing in drawings for sketch in drawing.sketches]
    needed = "".join([text for sketch in sketches for text in _phrases(sketch)] + [each.heading for each in drawings])
    face = fonts.choose(
        fonts.drawable(needed),
        fonts.drawable("".join(row.label for sketch in sketches for row in sketch.rows)),
        None if folders is None else [Path(folder) for folder in folders],
    )
    vl_convert.register_font_directory(str(face.file.parent))
    drawn = []
    for number, drawing in enumerate(drawings):
        spec = charts.spec(_legible(drawing, face), face.stack)
        numbers = {"decimal": drawing.decimal, "thousands": drawing.group, "grouping": [3], "currency": ["", ""]}
        svg = vl_convert.vegalite_to_svg(spec, format_locale=numbers, allowed_base_urls=[])
        drawn.append(
            vl_convert.svg_to_png(svg, scale=ACROSS / _width(svg))
            if request["kind"] == "png"
            else _named(svg, drawing, number)
        )
    return drawn


def _drawing(given: Mapping[str, Any]) -> Drawing:
    """As it was before it went through a pipe."""
    return Drawing(**{**given, "sketches": tuple(map(_sketch, given["sketches"]))})


def _sketch(given: Mapping[str, Any]) -> Sketch:
    series = tuple(Series(**each) for each in given["series"])
    return Sketch(**{**given, "series": series, "rows": tuple(Row(**row) for row in given["rows"])})


def _phrases(sketch: Sketch) -> list[str]:
    """What has to be legible: all but labels, in which people's own words may be."""
    told = [text for row in sketch.rows for text in row.told]
    return [sketch.title, sketch.axis, *(series.text for series in sketch.series), *told]


def _legible(drawing: Drawing, face: "Face") -> Drawing:
    """The same in signs the face has."""
    sketches = tuple(_relabelled(sketch, face) for sketch in drawing.sketches)
    return replace(drawing, sketches=sketches, heading=face.label(drawing.heading))


def _relabelled(sketch: Sketch, face: "Face") -> Sketch:
    rows = tuple(replace(row, label=face.label(row.label, row.name)) for row in sketch.rows)
    return replace(sketch, rows=rows, title=face.label(sketch.title))


def _width(svg: str) -> float:
    return float(ElementTree.fromstring(svg).attrib["width"])  # noqa: S314  our own


def _named(svg: str, drawing: Drawing, number: int) -> bytes:
    """With a title for those who don't see it, and with names inside that no other drawing has."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(svg)  # noqa: S314  our own
    for element in root.iter():
        for key, value in element.attrib.items():
            element.set(key, f"d{number}-{value}" if key == "id" else re.sub(r"url\(#", f"url(#d{number}-", value))
    title = ElementTree.Element(f"{{{SVG}}}title")
    title.text = ", ".join(sketch.title for sketch in drawing.sketches)
    root.insert(0, title)
    root.set("role", "img")
    root.set("aria-label", title.text)
    return ElementTree.tostring(root)


if __name__ == "__main__":
    main()
