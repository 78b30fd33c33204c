"""A table gives back what it holds, by column and by row; every column is of a kind."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stats.table import KINDS, Table, share

names = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=5, unique=True).map(tuple)
values = st.one_of(st.none(), st.text(max_size=5), st.integers(), st.floats(allow_nan=False), st.dates())


@st.composite
def tables(draw: Any) -> Table:
    columns = draw(names)
    row = st.tuples(*[values] * len(columns))
    return Table("any", columns, tuple(draw(st.lists(row, max_size=6))))


@settings(deadline=None)
@given(tables())
def test_records_and_columns_hold_what_the_rows_hold(table: Table) -> None:
    records = table.records()
    assert [tuple(record.values()) for record in records] == list(table.rows)
    assert all(tuple(record) == table.columns for record in records)
    for name in table.columns:
        assert table.column(name) == tuple(record[name] for record in records)
    assert list(zip(*map(table.column, table.columns), strict=True)) == list(table.rows)


def test_a_table_without_rows_has_its_columns() -> None:
    table = Table("daily", ("day", "new"), ())
    assert table.records() == []
    assert table.column("new") == ()


@pytest.mark.parametrize("row", [(), (1,), (1, 2, 3)])
def test_a_row_that_does_not_fit_is_no_row(row: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="zip"):
        Table("any", ("a", "b"), (row,)).records()


def test_a_column_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        Table("any", ("a",), ((1,),)).column("b")


def test_equal_tables_are_equal_and_none_can_be_changed() -> None:
    table = Table("any", ("a",), ((date(2026, 11, 1),),))
    assert table == Table("any", ("a",), ((date(2026, 11, 1),),))
    with pytest.raises(AttributeError):
        table.rows = ()  # type: ignore[misc]


def test_columns_of_the_same_kind_are_read_alike() -> None:
    assert KINDS["question"] == KINDS["page"] == "page"
    assert {KINDS[name] for name in ("day", "week", "due", "oldest", "started")} == {"day"}
    assert {KINDS[name] for name in ("share", "went", "rate", "d1", "d7", "d30")} == {"share"}
    assert "people" not in KINDS, "a count where nothing is said"


@settings(deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_a_part_of_the_whole(part: int, more: int) -> None:
    whole = part + more - 1
    found = share(part, whole)
    if whole:
        assert found is not None
        assert 0 <= found <= 1
        assert round(found * whole) == part
    else:
        assert found is None


@pytest.mark.parametrize(("part", "whole", "found"), [(0, 0, None), (0, 5, 0.0), (1, 4, 0.25), (4, 4, 1.0)])
def test_nothing_of_nothing_is_no_share(part: int, whole: int, found: float | None) -> None:
    assert share(part, whole) == found
