"""No cell is a formula, no sign breaks a file, and what was written can still be told."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stats.exports.cells import CUT, LONGEST, cell, cut, is_formula, written
from tests.bot.stats.exports.people import FORMULAS, texts

XML = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
"""What XML 1.0 can hold."""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def pictured(text: str) -> str:
    """With control signs as their pictures, in whichever way they were written."""
    return "".join(chr(0x2400 + ord(sign)) if sign < " " else sign for sign in text)


@pytest.mark.parametrize("said", FORMULAS)
def test_a_formula_is_neutralised(said: str) -> None:
    assert is_formula(said)
    assert cell(said) == f"'{said}"


@pytest.mark.parametrize("said", ["", "a=1", "1-1", "ISO 9001", "'=1", "😀=1", "a\n=1", "£-1", "3.5", "s-12e45"])
def test_what_is_no_formula_stays_as_it_is(said: str) -> None:
    assert cell(said) == said


def test_nothing_stays_nothing() -> None:
    assert cell(None) is None


@given(texts)
def test_no_cell_is_a_formula_and_a_reader_gets_what_was_written(said: str) -> None:
    shown = cell(said)
    assert shown
    assert shown.lstrip()[:1] not in tuple("=+-@＝＋－＠")
    assert shown[:1] not in tuple("\t\r\n")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", shown)
    file = io.StringIO(newline="")
    csv.writer(file).writerow([shown, "next"])
    file.seek(0)
    assert list(csv.reader(file, strict=True)) == [[shown, "next"]]
    assert pictured(shown.removeprefix("'")) == pictured(said.removeprefix("'")), "nothing is lost"


@given(texts)
def test_a_workbook_can_hold_every_text(said: str) -> None:
    shown = written(said)
    assert XML.fullmatch(shown)
    assert "\r" not in shown
    assert not (shown.startswith("<r>") and shown.endswith("</r>")), "the library would take it for XML"
    if said.isprintable() and not said.startswith("<r>"):
        assert shown == said


def test_what_looks_like_markup_of_the_library_is_kept() -> None:
    assert written("<r>x</r>") == "<r>x</r> "


@given(st.text("x😀", max_size=40), st.integers(-3, 3))
def test_a_cell_of_excel_is_never_too_long(end: str, more: int) -> None:
    long = "y" * (LONGEST - units(end) + more) + end
    short = cut(long)
    assert units(short) <= LONGEST
    if more <= 0:
        assert short is long
    else:
        assert units(short) >= LONGEST - 1
        assert short.endswith(CUT)
        assert long.startswith(short.removesuffix(CUT))


@given(st.text())
def test_a_short_text_is_never_cut(said: str) -> None:
    assert cut(said) is said
