"""Every table and column has a name and a meaning."""

import re

import pytest

from bot.stats.exports.tables import ALL, WHAT, Kind, Table, tables

EVERY = tables(ALL)


def test_everything_is_all_tables_once() -> None:
    assert sorted(table.name for table in EVERY) == [
        *("answers", "broadcasts", "deliveries", "events", "questions", "sellers")
    ]
    assert {table.name for what in WHAT for table in tables(what)} == {table.name for table in EVERY}


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.name)
def test_a_column_has_a_name_and_a_meaning(table: Table) -> None:
    found = [column.name for column in table.columns]
    assert len(set(found)) == len(found)
    assert [name for name in found if not re.fullmatch("[a-z_]+", name)] == []
    assert [column.name for column in table.columns if len(column.meaning) < 3] == []
    assert [
        column.name for column in table.columns if (column.kind is Kind.TIME) != column.unit.startswith("UTC")
    ] == []
