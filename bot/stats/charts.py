"""Sketches as Vega-Lite, by Altair. Only the process that draws may import this: Altair is large."""

import math
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

import altair as alt

from bot.stats.sketches import CHAT, NARROW, WIDE, Drawing, Row, Sketch

Spec = dict[str, Any]
Record = dict[str, object]
Chart = Any
"""One of Altair's: each of its types has other methods, and its checker of types knows few of them."""

BLUE, ORANGE, GREEN, RED, SKY, PINK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"
"""Okabe and Ito's colours, which colour-blind people tell apart."""
GREY, INK, SOFT, LINE = "#8C959D", "#22282A", "#5B6268", "#DDE1E4"

COLOURS: Mapping[str, str] = {
    "returning": BLUE,
    "new": ORANGE,
    "people": GREY,
    "answered": SKY,
    "left": RED,
    "finished": GREEN,
    "active": BLUE,
    "rate": BLUE,
    "yes": BLUE,
    "no": ORANGE,
    "d1": BLUE,
    "d7": ORANGE,
    "d30": GREEN,
    "sent": BLUE,
    "gone": GREY,
    "failed": RED,
    "skipped": ORANGE,
    "unsure": PINK,
    "waiting": LINE,
}
"""What a number means has one colour in all charts."""

SHARES = ("rate",)
"""What is drawn on a scale up to all of them."""

HEAT = ("#F1F5F8", "#9CC9E3", "#2E7EB8", "#08306B")
"""From nothing to most; darker in print as well."""

TEXT, SMALL = 12, 11
"""Sizes of letters, in CSS pixels."""

LABELS, FEWER = 320, 230
"""Room for labels beside bars at most, and beside several; on a phone they stand above them instead."""

HIGH: Mapping[int, int] = {WIDE: 230, NARROW: 200, CHAT: 160}
"""Height of charts with an axis of days, by their width."""

BESIDE, ABOVE = 22, 36
"""Height of a bar with its label beside it, or above it."""

THICK, BROAD = 13, 56
"""Of bars that lie, and at most of those that stand."""

AXIS = 48
"""Room for an axis of numbers."""
MARKS = 5
"""On such an axis, about."""

LETTER, SIGN = 6.3, 12
"""Widths of a Latin letter and of a Chinese sign, on the average and at most."""


def spec(drawing: Drawing, font: str) -> Spec:
    """All of a drawing as Vega-Lite, in that font: it has to be said everywhere, or a serif is taken."""
    parts = [FORMS[sketch.form](sketch, drawing.width) for sketch in drawing.sketches]
    whole = _titled(drawing, parts) if drawing.heading or len(parts) > 1 else parts[0].properties(padding=4)
    made: Spec = whole.properties(config=_config(font)).to_dict()
    return made


def _titled(drawing: Drawing, parts: list[Chart]) -> Chart:
    """The charts under each other, each with a title and colours of its own."""
    titles = [alt.TitleParams(sketch.title, fontSize=14, offset=8) for sketch in drawing.sketches]
    titled = [alt.vconcat(part, title=title) for part, title in zip(parts, titles, strict=True)]
    whole = alt.vconcat(*titled, spacing=24, title=alt.TitleParams(drawing.heading, fontSize=17, offset=14), padding=16)
    return whole.resolve_scale(color="independent", shape="independent")


def _config(font: str) -> Spec:
    letters = {"labelFont": font, "titleFont": font, "labelFontSize": SMALL, "titleFontSize": SMALL}
    colours = {"labelColor": SOFT, "titleColor": SOFT, "titleFontWeight": "normal"}
    return {
        "font": font,
        "aria": False,  # the whole has a name, and its table is beside it
        "background": "white",
        "view": {"stroke": None},
        "title": {"font": font, "subtitleFont": font, "color": INK, "anchor": "start", "frame": "group"},
        "header": letters,
        "text": {"font": font, "fontSize": TEXT, "fill": INK},
        "axis": {**letters, **colours, "domainColor": LINE, "tickColor": LINE, "gridColor": LINE, "labelPadding": 4},
        "legend": {
            **letters,
            **colours,
            "labelFontSize": TEXT,
            "labelColor": INK,
            "title": None,
            "orient": "top",
            "symbolType": "square",
            "symbolSize": 120,
            "labelLimit": 300,
            "offset": 8,
            "columnPadding": 16,
        },
        "concat": {"spacing": 0},
    }


def _base(values: list[Record]) -> Chart:
    return alt.Chart(alt.InlineData(values=values))


def _columns(sketch: Sketch, width: int) -> Chart:
    """Bars over days, one kind on top of the other."""
    room = width - AXIS
    bar = min(0.88 * room / len(sketch.rows), BROAD)
    chart = _base(_flat(sketch)).properties(width=room, height=HIGH.get(width, HIGH[WIDE])).mark_bar(size=bar)
    most = math.ceil(max(sum(filter(None, row.numbers)) for row in sketch.rows))
    few = list(range(most + 1)) if most < MARKS else None  # with so few Vega would write 0, 1, 1, 2, 2
    y = _upright(",.0f", 1, few)
    return chart.encode(x=_days(sketch, 0.12), y=y, color=_coloured(sketch, width), order="at:Q")


def _lines(sketch: Sketch, width: int) -> Chart:
    """Lines over weeks, each with a sign of its own for print; a gap where there is no number."""
    signs = alt.Scale(domain=[each.text for each in sketch.series], range=["circle", "square", "triangle-up"])
    base = (
        _base(_flat(sketch))
        .properties(width=width - AXIS, height=HIGH.get(width, HIGH[WIDE]))
        .encode(x=_days(sketch, 0.5), y=_upright("~%", 0.001), color=_coloured(sketch, width))
    )
    points = base.mark_point(size=45, filled=True, opacity=1).encode(shape=alt.Shape("what:N", scale=signs, sort=None))
    return alt.layer(base.mark_line(strokeWidth=2), points)


def _days(sketch: Sketch, padding: float) -> alt.X:
    axis = alt.Axis(values=list(sketch.marks), labelOverlap="greedy", labelAngle=0, labelSeparation=8)
    scale = alt.Scale(domain=[row.label for row in sketch.rows], padding=padding)
    return alt.X("label:O", sort=None, title=sketch.axis or None, scale=scale, axis=axis)


def _upright(format_: str, least: float, marks: list[int] | None = None) -> alt.Y:
    """An axis of numbers, as wide in all charts. `least`: how far its marks are apart, at least; or all of them."""
    axis = alt.Axis(
        format=format_,
        tickMinStep=least,
        tickCount=MARKS,
        values=marks or alt.Undefined,
        minExtent=AXIS,
        maxExtent=AXIS,
        domain=False,
        ticks=False,
    )
    return alt.Y("n:Q", title=None, axis=axis)


def _coloured(sketch: Sketch, width: int) -> alt.Color:
    series = sketch.series
    scale = alt.Scale(domain=[each.text for each in series], range=[COLOURS[each.key] for each in series])
    lines = alt.Legend(columns=3) if width <= NARROW and len(series) > 3 else alt.Undefined
    return alt.Color("what:N", sort=None, scale=scale, legend=lines)


def _grid(sketch: Sketch, width: int) -> Chart:
    """A field for each hour of the week, the darker the more."""
    chart = _base(_flat(sketch)).properties(width=width - AXIS, height=7 * 26).mark_rect(stroke="white", strokeWidth=1)
    across = alt.Axis(labelAngle=0, domain=False, ticks=False, labelOverlap="parity")
    along = alt.Axis(minExtent=AXIS, maxExtent=AXIS, domain=False, ticks=False, labelFontSize=TEXT)
    legend = alt.Legend(format=",.0f", orient="bottom", gradientLength=160, gradientThickness=10, tickCount=3)
    return chart.encode(
        x=alt.X("what:O", sort=None, title=None, axis=across),
        y=alt.Y("label:O", sort=None, title=None, axis=along),
        color=alt.Color("n:Q", scale=alt.Scale(range=list(HEAT), domainMin=0), legend=legend),
    )


def _bars(sketch: Sketch, width: int) -> Chart:
    """A bar for each row, with its number at its end."""
    shelf = _Shelf(sketch, width)
    return alt.layer(shelf.labels(), *shelf.bars(0, shelf.left), height=shelf.height, width=width)


def _panels(sketch: Sketch, width: int) -> Chart:
    """Bars beside each other, one for each kind of number, all on one scale."""
    shelf = _Shelf(sketch, width)
    panels = []
    for number, series in enumerate(sketch.series):
        left = 0 if number else shelf.left
        layers = [*(() if number else (shelf.labels(),)), *shelf.bars(number, left)]
        title = alt.TitleParams(series.text, fontSize=TEXT, fontWeight="normal", color=SOFT, dx=left, offset=4)
        panels.append(
            alt.layer(*layers, height=shelf.height, width=left + shelf.longest + shelf.beside[number], title=title)
        )
    return alt.hconcat(*panels, spacing=0, bounds="flush")


def _stacks(sketch: Sketch, width: int) -> Chart:
    """A bar for each row, of all its numbers one after the other, with what they come to at its end."""
    shelf = _Shelf(sketch, width)
    bars = shelf.on(_flat(sketch)).mark_bar(height=THICK, yOffset=shelf.lower, stroke="white", strokeWidth=0.5)
    bars = bars.encode(
        x=alt.X("n:Q", axis=None, scale=shelf.scale(shelf.left)), color=_coloured(sketch, width), order="at:Q"
    )
    sums = [{"place": at, "n": _sum(row), "told": row.told[0]} for at, row in enumerate(sketch.rows)]
    return alt.layer(shelf.labels(), bars, shelf.told(sums, shelf.left), height=shelf.height, width=width)


class _Shelf:
    """Bars that lie under each other, with their labels beside them or, where it is narrow, above them."""

    def __init__(self, sketch: Sketch, width: int) -> None:
        self._sketch = sketch
        self._wide = width > NARROW
        panels = list(zip(*(row.told for row in sketch.rows), strict=True))
        self.left = min(_longest(sketch) + 12, LABELS if len(panels) == 1 else FEWER) if self._wide else 0
        self.beside = [18 + LETTER * max(map(len, told)) for told in panels]
        """Room for what is written beside the bars of each panel."""
        self.longest = int((width - self.left - sum(self.beside)) / len(panels))
        """Length of the longest bar."""
        self.height = len(sketch.rows) * (BESIDE if self._wide else ABOVE)
        self.lower = 0 if self._wide else 8
        """How far the bars are below the middle of their place."""
        self._top = (
            1.0 if sketch.series[0].key in SHARES else max(map(_sum if sketch.form == "stacks" else _most, sketch.rows))
        )

    def on(self, values: list[Record]) -> Chart:
        """A layer with these data."""
        places = alt.Scale(domain=list(range(len(self._sketch.rows))))
        return _base(values).encode(y=alt.Y("place:O", axis=None, scale=places))

    def scale(self, left: int) -> alt.Scale:
        """From nothing to the longest bar, when its panel leaves so much room on the left."""
        return alt.Scale(domain=[0, self._top], range=[left, left + self.longest], nice=False)

    def labels(self) -> Chart:
        """What the rows are called, cut where the room ends."""
        room = self.left - 8 if self._wide else NARROW
        rows = [{"place": at, "label": cut(row.label, room)} for at, row in enumerate(self._sketch.rows)]
        if self._wide:
            return self.on(rows).mark_text(align="right").encode(x=alt.value(room), text="label:N")
        return self.on(rows).mark_text(align="left", dy=-9).encode(x=alt.value(0), text="label:N")

    def bars(self, number: int, left: int) -> tuple[Chart, Chart]:
        """The bars of one series, and what is written at their ends."""
        series = self._sketch.series[number]
        values: list[Record] = [
            {"place": at, "n": row.numbers[number], "told": row.told[number]}
            for at, row in enumerate(self._sketch.rows)
        ]
        bars = self.on(values).mark_bar(height=THICK, yOffset=self.lower, color=COLOURS[series.key])
        return bars.encode(x=alt.X("n:Q", axis=None, scale=self.scale(left))), self.told(values, left)

    def told(self, values: list[Record], left: int) -> Chart:
        """What is written at the ends of bars."""
        texts = self.on(values).mark_text(align="left", dx=5, dy=self.lower, fontSize=SMALL)
        return texts.encode(x=alt.X("n:Q", axis=None, scale=self.scale(left)), text="told:N")


def cut(text: str, room: float) -> str:
    """As much of a text as fits into so many pixels. Vega would measure it over and over, which takes seconds."""
    widths = _widths(text)
    if not widths or widths[-1] <= room:
        return text
    return f"{text[: sum(width <= room - SIGN for width in widths)].rstrip(' …')}…"


def _widths(text: str) -> list[float]:
    """How wide it is up to each of its signs."""
    return list(accumulate(SIGN if east_asian_width(sign) in "WF" else LETTER for sign in text))


def _longest(sketch: Sketch) -> int:
    return int(max(_widths(row.label)[-1] if row.label else 0 for row in sketch.rows))


def _flat(sketch: Sketch) -> list[Record]:
    """A record for each number there is."""
    return [
        {"place": place, "label": row.label, "what": series.text, "at": at, "n": number}
        for place, row in enumerate(sketch.rows)
        for at, (series, number) in enumerate(zip(sketch.series, row.numbers, strict=True))
    ]


def _most(row: Row) -> float:
    return max(number or 0 for number in row.numbers)


def _sum(row: Row) -> float:
    return sum(number or 0 for number in row.numbers)


FORMS: Mapping[str, Callable[[Sketch, int], Chart]] = {
    "columns": _columns,
    "panels": _panels,
    "bars": _bars,
    "stacks": _stacks,
    "lines": _lines,
    "grid": _grid,
}
"""How sketches are drawn, into so many pixels."""
