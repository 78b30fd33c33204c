"""Figures with known numbers and with the worst labels, a font of our own, and words to show them with."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]

import dialogs
from bot.stats.table import Table
from bot.stats.words import Words
from dialogs import Conversation

FIRST = date(2026, 9, 7)
"""A Monday."""

HOSTILE = (
    "<script>alert(1)</script>",
    "a\"b'c & d </svg><img src=x onerror=y>",
    "nul\x00 bell\x07 line\nend",
    "\u202eevil\u2066 עברית",
    "🔥 sale 👩‍👩‍👧",
    "https://example.com/?a=1&b=2",
    "x" * 300,
)
"""What campaigns and questions may be called."""

CHINESE = "".join(map(chr, (*range(0x3000, 0x3030), *range(0x4E00, 0xA000), *range(0xFF00, 0xFFE0))))
LATIN = "".join(map(chr, range(0x20, 0x7F))) + "–…↳·“”éÉ"


@cache
def conversation() -> Conversation:
    """The consultant himself."""
    return dialogs.load()


@cache
def words(lang: str = "en") -> Words:
    """One of his languages, for figures."""
    return Words(conversation(), lang)


def daily(days: int = 30) -> Table:
    """Days on which 5 + n people were there, n of them new."""
    rows = tuple((FIRST + timedelta(n), n + 5, n, 5) for n in range(days))
    return Table("daily", ("day", "active", "new", "returning"), rows)


def topics() -> Table:
    """Three topics; the last has a name no topic has any more."""
    columns = ("topic", "people", "answered", "left", "finished", "share")
    rows = (
        ("certification", 1200, 600, 240, 300, 0.25),
        ("auditors", 80, 40, 8, 20, 0.25),
        (HOSTILE[0], 4, 1, 1, 1, 0.25),
    )
    return Table("topics", columns, rows)


def funnel() -> Table:
    """Pages of one topic, one of them in two versions."""
    columns = ("page", "version", "people", "answered", "left", "finished")
    rows = (
        ("auditors.sheet", "aaaaaaaa", 60, 0, 6, 20),
        ("auditors.sheet", "bbbbbbbb", 50, 0, 3, 10),
        ("auditors.q1", "cccccccc", 40, 38, 2, 20),
    )
    return Table("funnel", columns, rows)


def leaving() -> Table:
    """Pages of which one is gone, and has a bad name."""
    bad = tuple((name, 9 - n, 100, (9 - n) / 100) for n, name in enumerate(HOSTILE))
    rows = (("auditors.q1", 30, 100, 0.3), *bad)
    return Table("leaving", ("page", "left", "people", "went"), rows)


def retention() -> Table:
    """Three weeks with one between them in which nobody came; the last is too young for an answer."""
    rows = (
        (FIRST, 40, 0.5, 0.25, 0.125),
        (FIRST + timedelta(14), 20, 0.25, 0.05, None),
        (FIRST + timedelta(21), 10, None, None, None),
    )
    return Table("retention", ("week", "new", "d1", "d7", "d30"), rows)


def hours() -> Table:
    """Each hour of the week with a number of its own."""
    names = tuple(f"h{hour:02}" for hour in range(24))
    rows: list[tuple[str | int, ...]] = [(str(day), *range(24 * day, 24 * day + 24)) for day in range(7)]
    return Table("hours", ("weekday", *names), tuple(rows))


def languages() -> Table:
    """Two of them."""
    return Table("languages", ("language", "active", "share"), (("zh_Hans", 60, 0.6), ("en", 40, 0.4)))


def quiz(questions: int = 25) -> Table:
    """Questions, each answered rightly a bit more often than the one before, and one few people answered."""
    rows = tuple((f"auditors.q{n}", 100, 4 * n, 4 * n / 100, "No") for n in range(questions))
    return Table(
        "quiz", ("question", "answered", "right", "rate", "answer"), (*rows, ("auditors.few", 3, 0, 0.0, "No"))
    )


def helpful() -> Table:
    """Votes on some pages, on one of them only few."""
    rows = (("auditors.sheet", 0, 2, 0.0), ("auditors.q1", 5, 15, 0.25), ("papers.eu", 30, 10, 0.75))
    return Table("helpful", ("page", "yes", "no", "rate"), rows)


def broadcasts(number: int = 3) -> Table:
    """Broadcasts with an outcome each."""
    columns = ("broadcast", "started", "sent", "gone", "failed", "skipped", "unsure", "waiting", "blocked", "declined")
    rows = tuple((f"#{n}", FIRST + timedelta(n), 100 * n, n, 0, 2, 0, 0, 1, 2) for n in range(1, number + 1))
    return Table("broadcasts", columns, rows)


def people() -> Table:
    """The last day only."""
    return Table("people", ("span", "active", "new", "returning", "before"), (("day", 34, 29, 5, 1234),))


def campaigns() -> Table:
    """Those with the worst names."""
    rows = (("", 50, 0.5, 0.25, None), *((name, 9, 0.1, 0.0, None) for name in HOSTILE))
    return Table("campaigns", ("campaign", "new", "d1", "d7", "d30"), rows)


def questions() -> Table:
    """What people may have written."""
    rows = (*((text, "en", 3, FIRST) for text in HOSTILE), ("", "en", 7, FIRST))
    return Table("questions", ("words", "language", "people", "oldest"), rows)


def review() -> Table:
    """Nothing is due."""
    return Table("review", ("page", "due", "seen"), ())


def charts() -> tuple[Table, ...]:
    """All that can be drawn."""
    return (daily(), topics(), funnel(), leaving(), retention(), hours(), languages(), quiz(), helpful(), broadcasts())


def everything() -> tuple[Table, ...]:
    """A table of each kind."""
    return (people(), *charts(), campaigns(), questions(), review())


def nobody() -> tuple[Table, ...]:
    """The same before anybody came."""
    return (
        Table("people", people().columns, (("day", 0, 0, 0, 0),)),
        *(Table(table.id, table.columns, ()) for table in everything()[1:]),
    )


def write_font(path: Path, family: str, signs: Iterable[str]) -> Path:
    """A font with those signs, in which each sign looks different from the one before."""
    glyphs = [".notdef", *(f"g{n}" for n in range(7))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({ord(sign): glyphs[1 + ord(sign) % 7] for sign in signs})
    builder.setupGlyf({name: _box(100 * n) for n, name in enumerate(glyphs, 1)})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "fullName": family})
    builder.setupOS2(sTypoAscender=900, sTypoDescender=-200, usWinAscent=900, usWinDescent=200)
    builder.setupPost()
    builder.save(path)
    return path


def _box(height: int) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, height), (900, height), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
