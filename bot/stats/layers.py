"""Where the pages of one topic stand on paper: level below level, each page below all that lead to it."""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import fmean

Stop = tuple[str, int]
"""A page and a level: the page itself where it stands there, else the lane in which all ways run down to it."""

Arrow = tuple[str, str]
"""Two pages, of which the first leads to the second."""

SWEEPS = 17
"""How often order and places are bettered, downwards and upwards in turn; the last one runs down, as people read."""

APART, LANE = 14.0, 8.0
"""Between two boxes side by side, and between a lane and what stands beside it."""

GAP, GAP_EACH, GAP_MOST = 16.0, 1.5, 48.0
"""Between two levels: at least, more for each line there, at most."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where one page stands: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where ways come in above and go out below."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Way:
    """An arrow from box to box, and the points it runs through: straight beside boxes, bent between two levels."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The drawing of one topic."""

    boxes: dict[str, Box]
    ways: list[Way]
    width: float
    height: float


def laid_out(ways: Mapping[str, Iterable[str]], *, width: float, heights: Mapping[str, float], most: int) -> Layout:
    """Boxes of that width for pages, each given with those it leads to; the first page is where they begin.

    No more than `most` stand beside each other, further ones go on to the next level. Ways to pages that are not
    among them, or back to the same page, are left out.
    """
    inside = {name: [to for to in dict.fromkeys(onward) if to in ways and to != name] for name, onward in ways.items()}
    upward = _upward(inside)
    down = {(name, to): (to, name) if (name, to) in upward else (name, to) for name in inside for to in inside[name]}
    levels = _levels(inside, down.values(), most)
    chains = {arrow: _chain(turned, levels) for arrow, turned in down.items()}
    rows = _Rows(levels, chains.values(), width)
    rows.untangle()
    across, depths = rows.across(), rows.depths(heights)
    boxes = {
        name: Box(across[name, level] - width / 2, depths[level][0], width, heights[name])
        for name, level in levels.items()
    }
    drawn = []
    for arrow, chain in chains.items():
        points = tuple(dict.fromkeys(_points(chain, across, depths, boxes)))
        drawn.append(Way(*arrow, points[::-1] if arrow in upward else points))
    return Layout(boxes, drawn, rows.room, max((bottom for _, bottom in depths), default=0.0))


def _upward(ways: Mapping[str, Sequence[str]]) -> set[Arrow]:
    """The ways that close a circle, so that they have to run up."""
    found, done = set(), set()

    def visit(name: str, above: frozenset[str]) -> None:
        done.add(name)
        for to in ways[name]:
            if to in above:
                found.add((name, to))
            elif to not in done:
                visit(to, above | {to})

    for name in ways:
        if name not in done:
            visit(name, frozenset({name}))
    return found


def _levels(names: Iterable[str], arrows: Iterable[Arrow], most: int) -> dict[str, int]:
    """For each page its level: the most steps from a page that nothing leads to, or lower where that one is full."""
    above: dict[str, list[str]] = defaultdict(list)
    for upper, lower in arrows:
        above[lower].append(upper)
    steps: dict[str, int] = {}

    def measure(name: str) -> int:
        if name not in steps:
            steps[name] = max((measure(upper) + 1 for upper in above[name]), default=0)
        return steps[name]

    levels: dict[str, int] = {}
    taken: Counter[int] = Counter()
    for name in sorted(names, key=measure):
        level = max((levels[upper] + 1 for upper in above[name]), default=0)
        while taken[level] == most:
            level += 1
        levels[name] = level
        taken[level] += 1
    return levels


def _chain(arrow: Arrow, levels: Mapping[str, int]) -> list[Stop]:
    """From level to level in the lane of the lower page; it is shared, so that many ways to one page are one line."""
    upper, lower = arrow
    return [(upper, levels[upper]), *((lower, level) for level in range(levels[upper] + 1, levels[lower] + 1))]


def _points(
    chain: Sequence[Stop],
    across: Mapping[Stop, float],
    depths: Sequence[tuple[float, float]],
    boxes: Mapping[str, Box],
) -> Iterator[tuple[float, float]]:
    first, *lane, last = chain
    upper, lower = boxes[first[0]], boxes[last[0]]
    yield upper.middle, upper.y + upper.height
    yield upper.middle, depths[first[1]][1]
    for stop in lane:
        for depth in depths[stop[1]]:
            yield across[stop], depth
    yield lower.middle, lower.y


class _Rows:
    """The stops of each level from left to right, and what links them."""

    def __init__(self, levels: Mapping[str, int], chains: Iterable[Sequence[Stop]], width: float) -> None:
        self.levels, self.width = levels, width
        self.above: dict[Stop, list[Stop]] = defaultdict(list)
        self.below: dict[Stop, list[Stop]] = defaultdict(list)
        stops = dict.fromkeys(levels.items())
        for upper, lower in dict.fromkeys(link for chain in chains for link in pairwise(chain)):
            self.above[lower].append(upper)
            self.below[upper].append(lower)
            stops |= {upper: None, lower: None}
        self.rows: list[list[Stop]] = [[] for _ in range(max(levels.values(), default=-1) + 1)]
        for stop in stops:
            self.rows[stop[1]].append(stop)

    def untangle(self) -> None:
        """Bring each stop near the middle of those it is linked with; of all orders tried keep the clearest."""
        best, fewest = [[*row] for row in self.rows], self.crossings()
        for sweep in range(SWEEPS):
            near, order = self._sweep(sweep)
            for row in order:
                place = self._places()
                middle = {stop: fmean([place[each] for each in near[stop] or [stop]]) for stop in row}
                row.sort(key=middle.__getitem__)
            if (now := self.crossings()) < fewest:
                best, fewest = [[*row] for row in self.rows], now
        self.rows = best

    def _sweep(self, number: int) -> tuple[dict[Stop, list[Stop]], list[list[Stop]]]:
        """What to go by, and the rows in their turn: downwards, then upwards, …"""
        return (self.below, self.rows[::-1]) if number % 2 else (self.above, self.rows)

    def _places(self) -> dict[Stop, float]:
        return {stop: (number + 0.5) / len(row) for row in self.rows for number, stop in enumerate(row)}

    def crossings(self) -> int:
        """How often two links cross each other."""
        place = self._places()
        found = 0
        for row in self.rows:
            passed: list[float] = []
            for stop in row:
                ends = [place[each] for each in self.below[stop]]
                found += sum(len(passed) - bisect_right(passed, end) for end in ends)
                for end in ends:
                    insort(passed, end)
        return found

    @property
    def room(self) -> float:
        """Width that the fullest level takes."""
        return max((self._closest(row)[-1] + self._half(row[-1]) for row in self.rows), default=0.0)

    def across(self) -> dict[Stop, float]:
        """For each stop its middle, from the left: near those it is linked with, never too close to its neighbours."""
        room = self.room
        closest = {row[0][1]: self._closest(row) for row in self.rows}
        spare = {row[0][1]: room - closest[row[0][1]][-1] - self._half(row[-1]) for row in self.rows}
        found = {
            stop: place + spare[stop[1]] / 2
            for row in self.rows
            for stop, place in zip(row, closest[row[0][1]], strict=True)
        }
        for sweep in range(SWEEPS):
            near, order = self._sweep(sweep)
            for row in order:
                level = row[0][1]
                wanted = [self._wanted(stop, near, found) for stop in row]
                shifts = [want - place for want, place in zip(wanted, closest[level], strict=True)]
                for stop, place, shift in zip(row, closest[level], rising(shifts), strict=True):
                    found[stop] = place + min(max(shift, 0.0), spare[level])
        return found

    def _wanted(self, stop: Stop, near: Mapping[Stop, list[Stop]], found: Mapping[Stop, float]) -> float:
        """Amid those it is linked with; a lane goes straight on, whoever joins it."""
        own = [] if self._boxed(stop) else [each for each in near[stop] if each[0] == stop[0]]
        return fmean([found[each] for each in own or near[stop] or [stop]])

    def _closest(self, row: Sequence[Stop]) -> list[float]:
        """The middles of all stops of a row as far left as they may stand."""
        steps = [self._half(row[0])]
        for left, right in pairwise(row):
            space = APART if self._boxed(left) and self._boxed(right) else LANE
            steps.append(self._half(left) + space + self._half(right))
        return list(accumulate(steps))

    def _boxed(self, stop: Stop) -> bool:
        return self.levels[stop[0]] == stop[1]

    def _half(self, stop: Stop) -> float:
        return self.width / 2 if self._boxed(stop) else 0.0

    def depths(self, heights: Mapping[str, float]) -> list[tuple[float, float]]:
        """For each level where it begins and where it ends, from the top."""
        found = []
        top = 0.0
        for row in self.rows:
            bottom = top + max(heights[stop[0]] for stop in row if self._boxed(stop))
            found.append((top, bottom))
            links = sum(len(self.below[stop]) for stop in row)
            top = bottom + min(GAP + GAP_EACH * links, GAP_MOST)
        return found


def rising(wanted: Iterable[float]) -> list[float]:
    """The values nearest to those wanted (by the squares of what is between) of which none is below the one before it.

    Neighbours in the wrong order share their mean: the pool-adjacent-violators algorithm.
    """
    blocks: list[tuple[float, int]] = []
    for value in wanted:
        mean, many = value, 1
        while blocks and blocks[-1][0] > mean:
            before, others = blocks.pop()
            mean, many = (before * others + mean * many) / (others + many), others + many
        blocks.append((mean, many))
    return [mean for mean, many in blocks for _ in range(many)]
