"""What a chart shows, before it is drawn: the rows and numbers of a figure that are worth a look, with their words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from babel.numbers import get_decimal_symbol, get_group_symbol

from bot.stats.contact import OUTCOMES
from bot.stats.table import Table, Value, share
from bot.stats.words import Words

WIDE, NARROW = 700, 340
"""Widths of a chart in a report, on a screen or paper and on a phone, in CSS pixels."""

CHAT = 600
"""Width of the picture in the chat, in the same."""

MOST = 10
"""Bars in a chart."""

PAGES = 14
"""Pages of a topic in a chart."""

DAYS = 120
"""Up to so many days, each has a bar of its own; beyond that a week has one, the mean of its days."""

ENOUGH = 10
"""Answers or votes without which a share says little; as long as others have them, it is not drawn."""

FORTNIGHT = 14
"""Up to so many days, each is written under its bar; beyond that the Mondays."""

Record = Mapping[str, Value]
Numbers = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of number: the name of its column, and what it is called."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one place of the axis: what it is called, and a number for each series."""

    label: str
    name: str
    """What it is called in the file, in case no font has the signs of its label."""
    numbers: tuple[float | None, ...]
    told: tuple[str, ...] = ()
    """What is written beside each number."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A chart: a form, in which each row has a number for each series."""

    figure: str
    form: str
    """columns, panels, bars, stacks, lines or grid"""
    title: str
    series: tuple[Series, ...]
    rows: tuple[Row, ...]
    axis: str = ""
    """What the labels of the rows are, where it isn't plain."""
    marks: tuple[str, ...] = ()
    """Labels to be written on an axis that has no room for all."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn: one chart as it is, or several under each other with their titles and a heading."""

    sketches: tuple[Sketch, ...]
    width: int
    heading: str = ""
    decimal: str = "."
    group: str = ","
    """Signs in numbers: before their fractions, and between thousands."""


def drawing(sketches: Iterable[Sketch], words: Words, width: int, heading: str = "") -> Drawing:
    """Those charts, with numbers as that language writes them."""
    decimal, group = get_decimal_symbol(words.lang), get_group_symbol(words.lang)
    return Drawing(tuple(sketches), width, heading, decimal, group)


def picture(tables: Iterable[Table], words: Words, heading: str) -> Drawing | None:
    """One picture for the chat of all figures that can be drawn; None when there is nothing to see yet."""
    sketches = [found for found in (sketch(table, words) for table in tables) if found]
    return drawing(sketches, words, CHAT, heading) if sketches else None


def sketch(table: Table, words: Words) -> Sketch | None:
    """The chart of a figure; None when it has none, or there is nothing to see in it yet."""
    form = FORMS.get(table.id)
    made = form(table, words) if form and table.rows else None
    return made if made and any(number for row in made.rows for number in row.numbers) else None


def _daily(table: Table, words: Words) -> Sketch:
    """A bar for each day or, when they are many, for each week."""
    series = _series(("returning", "new"), words)
    days = [(day, _numbers(record, series)) for record in table.records() if isinstance(day := record["day"], date)]
    weekly = len(days) > DAYS
    if weekly:
        weeks = groupby(days, lambda row: row[0] - timedelta(row[0].weekday()))
        days = [(monday, _means([numbers for _, numbers in week])) for monday, week in weeks]
    rows = tuple(Row(words.day(day), day.isoformat(), numbers) for day, numbers in days)
    each = weekly or len(days) <= FORTNIGHT
    marks = tuple(words.day(day) for day, _ in days if each or day.weekday() == 0)
    return Sketch(table.id, "columns", words.title(table), series, rows, words.head("week") if weekly else "", marks)


def _means(days: Sequence[Numbers]) -> Numbers:
    return tuple(sum(number or 0 for number in numbers) / len(days) for numbers in zip(*days, strict=True))


def _topics(table: Table, words: Words) -> Sketch:
    return _panels(table, words, "topic", table.records()[:MOST])


def _funnel(table: Table, words: Words) -> Sketch | None:
    """Of one topic only: the pages of several are too many for a chart."""
    records = table.records()
    if len({str(record["page"]).partition(".")[0] for record in records}) > 1:
        return None
    most = sorted(records, key=lambda record: -_int(record["people"]))[:PAGES]
    return _panels(table, words, "page", [record for record in records if record in most])


def _panels(table: Table, words: Words, label: str, records: Sequence[Record]) -> Sketch:
    """Beside the first number stands how many, beside the others which share of the first; a page may ask nothing."""
    series = _series(("people", "answered", "left", "finished"), words)
    names = [record[label] for record in records]
    rows = []
    for record in records:
        people, answered, *others = (_int(record[each.key]) for each in series)
        parts = [words.value("share", share(n, people)) for n in (answered, *others)]
        told = (words.value("people", people), parts[0] if answered else "", *parts[1:])
        row = _row(record, label, series, words, told)
        again = names.count(record[label]) > 1
        rows.append(replace(row, label=f"{row.label} ({record['version']})") if again else row)
    return Sketch(table.id, "panels", words.title(table), series, tuple(rows))


def _leaving(table: Table, words: Words) -> Sketch:
    return _bars(table, words, ("page", "left", "went"), table.records()[:MOST])


def _languages(table: Table, words: Words) -> Sketch:
    return _bars(table, words, ("language", "active", "share"), table.records()[:MOST])


def _quiz(table: Table, words: Words) -> Sketch:
    """The hardest questions and the easiest."""
    records = sorted(_enough(table.records(), ("answered",)), key=lambda record: (record["rate"], record["question"]))
    made = _bars(table, words, ("question", "rate", "answered"), records)
    if len(records) <= MOST:
        return made
    half = MOST // 2
    between = Row("…", "…", (None,), ("",))
    return replace(made, rows=(*made.rows[:half], between, *made.rows[-half:]))


def _bars(table: Table, words: Words, columns: tuple[str, str, str], records: Sequence[Record]) -> Sketch:
    """A bar for each; beside it its number, and another one that helps to judge it."""
    label, *shown = columns
    series = _series(shown[:1], words)
    rows = (
        _row(record, label, series, words, ("{} ({})".format(*(words.value(key, record[key]) for key in shown)),))
        for record in records
    )
    return Sketch(table.id, "bars", words.title(table), series, tuple(rows))


def _helpful(table: Table, words: Words) -> Sketch:
    """Those to which most said no."""
    return _stacks(table, words, "page", ("yes", "no"), _enough(table.records(), ("yes", "no"))[:MOST], "rate")


def _broadcasts(table: Table, words: Words) -> Sketch:
    """The last ones."""
    records = table.records()[-MOST:]
    keys = [key for key in OUTCOMES if any(record[key] for record in records)]
    return _stacks(table, words, "broadcast", keys, records)


def _stacks(
    table: Table, words: Words, label: str, keys: Sequence[str], records: Sequence[Record], told: str = ""
) -> Sketch:
    """A bar for each, of all its numbers one after the other; at its end a share, or their sum."""
    series = _series(keys, words)
    rows = []
    for record in records:
        whole = sum(_int(record[key]) for key in keys)
        end = words.value(told, record[told]) if told else words.value("people", whole)
        rows.append(_row(record, label, series, words, (end,)))
    return Sketch(table.id, "stacks", words.title(table), series, tuple(rows))


def _enough(records: Sequence[Record], counted: Sequence[str]) -> Sequence[Record]:
    """Those that say something; all when none does."""
    return [record for record in records if sum(_int(record[key]) for key in counted) >= ENOUGH] or records


def _retention(table: Table, words: Words) -> Sketch:
    """A line for each age, with a gap where nobody came for a whole week."""
    series = _series(("d1", "d7", "d30"), words)
    found = {week: record for record in table.records() if isinstance(week := record["week"], date)}
    first, last = min(found), max(found)
    weeks = [first + timedelta(days) for days in range(0, (last - first).days + 1, 7)]
    rows = tuple(
        Row(
            words.day(week), week.isoformat(), _numbers(found[week], series) if week in found else (None,) * len(series)
        )
        for week in weeks
    )
    marks = tuple(row.label for row in rows)
    return Sketch(table.id, "lines", words.title(table), series, rows, words.head("week"), marks)


def _hours(table: Table, words: Words) -> Sketch:
    series = _series(table.columns[1:], words)
    rows = tuple(_row(record, "weekday", series, words) for record in table.records())
    return Sketch(table.id, "grid", words.title(table), series, rows)


def _row(record: Record, label: str, series: Sequence[Series], words: Words, told: tuple[str, ...] = ()) -> Row:
    return Row(words.value(label, record[label]), str(record[label]), _numbers(record, series), told)


def _series(keys: Sequence[str], words: Words) -> tuple[Series, ...]:
    return tuple(Series(key, words.head(key)) for key in keys)


def _numbers(record: Record, series: Iterable[Series]) -> Numbers:
    values = (record[each.key] for each in series)
    return tuple(value if isinstance(value, (int, float)) else None for value in values)


def _int(value: Value) -> int:
    """A count."""
    return value if isinstance(value, int) else 0


FORMS: Mapping[str, Callable[[Table, Words], Sketch | None]] = {
    "daily": _daily,
    "topics": _topics,
    "funnel": _funnel,
    "leaving": _leaving,
    "retention": _retention,
    "hours": _hours,
    "languages": _languages,
    "quiz": _quiz,
    "helpful": _helpful,
    "broadcasts": _broadcasts,
}
"""The figures that can be drawn."""
