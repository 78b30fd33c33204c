"""What is read from the bot's file for an export: rows of a period in batches, people under other names."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.progress import Progress
from bot.stats.exports.people import People
from bot.stats.exports.tables import EVENTS, Column, Kind, Table
from bot.stats.period import Period
from bot.stats.snapshot import Snapshot, StatsError
from bot.store.database import reason

BATCH = 1024
"""Rows held at once: more would not stay in the processor's cache."""

STEP_BACK = 24 * 60 * 60 * 1000
"""Milliseconds by which the clock may ever have been put back without any row of a period being missed."""

ISO = "strftime('%Y-%m-%dT%H:%M:%fZ', ({}) / 1000.0, 'unixepoch')"
"""A time as text."""

SERIAL = "({}) / 86400000.0 + 25569"
"""A time as Excel counts it: days, of which 1970 began with the 25,569th."""

Shown = Mapping[Kind, Callable[[Any], Any]]
"""How a format shows values of a kind; what is not named here stays as SQLite gives it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to have. `key`: 32 random bytes made for it. `raw`: with Telegram numbers."""

    what: str
    form: str
    period: Period
    key: bytes
    now: float
    raw: bool = False


class Reading:
    """Reads what was ordered, and counts what has been read."""

    def __init__(self, snapshot: Snapshot, order: Order, progress: Progress) -> None:
        self.order, self.kind, self.progress = order, snapshot.kind, progress
        self.rows: dict[str, int] = {}
        """Read so far, by the name of the table."""
        self._snapshot = snapshot
        people = People(order.key)
        self._names: Shown = {Kind.SELLER: people.seller, Kind.OPERATOR: people.operator}

    def columns(self, table: Table) -> tuple[Column, ...]:
        """Those of the table, and the Telegram number where it was ordered."""
        if not (self.order.raw and table.telegram):
            return table.columns
        number = Column("telegram_id", Kind.WHOLE, table.telegram, "His number in Telegram; empty once he is forgotten")
        return (*table.columns, number)

    def batches(self, table: Table, shown: Shown, time: str = ISO) -> Iterator[list[Sequence[Any]]]:
        """Some thousand rows at a time, as a list of columns. Raises StatsError when the file can't be read."""
        shown = {**shown, **self._names}
        columns = self.columns(table)
        shows = [shown.get(column.kind) for column in columns]
        read = ", ".join(time.format(each.sql) if each.kind is Kind.TIME else each.sql for each in columns)
        self.rows[table.name] = 0
        for rows in self._fetched(table, read):
            values = zip(shows, zip(*rows, strict=True), strict=True)
            yield [list(map(show, column)) if show else column for show, column in values]
            self.rows[table.name] += len(rows)
            self.progress.advance(len(rows))

    def _fetched(self, table: Table, read: str) -> Iterator[list[tuple[Any, ...]]]:
        try:
            condition, values = self._condition(table)
            sql = f"select {read} from {table.source} where {condition} order by {table.order}"  # noqa: S608  our own
            found = self._snapshot.db.execute(sql, values)
            while rows := found.fetchmany(BATCH):
                yield rows
        except sqlite3.Error as error:
            raise StatsError(reason(self._snapshot.path, error)) from error

    def count(self, table: Table, most: int) -> int:
        """How many rows there are, counted up to that many."""
        condition, values = self._condition(table)
        counted = f"select 1 from {table.source} where {condition} limit ?"  # noqa: S608  our own columns
        return self._one(f"select count(*) from ({counted})", *values, most)  # noqa: S608

    def expected(self, table: Table) -> int:
        """About how many rows there are, told at once."""
        if table is EVENTS:
            first, end = self._stretch()
            return end - first
        return self.count(table, -1)

    def _condition(self, table: Table) -> tuple[str, list[int]]:
        """Which rows are of the period, in SQL."""
        first, end = (1000 * moment for moment in self.order.period.moments)
        inside = f"({table.moment} is null or {table.moment} >= ? and {table.moment} < ?)"
        if table is EVENTS:
            return f"t.id >= ? and t.id < ? and {inside}", [*self._stretch(), first, end]
        return inside, [first, end]

    def _stretch(self) -> tuple[int, int]:
        """The piece of the trail outside of which no row is of the period: from which id until before which."""
        first, end = (1000 * moment for moment in self.order.period.moments)
        return self._reached(first - STEP_BACK), self._reached(end + STEP_BACK)

    def _reached(self, moment: int) -> int:
        """The id with which the trail reached that time, found by halving: rows are appended as time goes on."""
        low, high = 1, self._one("select coalesce(max(id), 0) + 1 from trail")
        while low < high:
            middle = (low + high) // 2
            if self._one("select at from trail where id >= ? order by id limit 1", middle) < moment:
                low = middle + 1
            else:
                high = middle
        return low

    def _one(self, sql: str, *values: int) -> int:
        return int(self._snapshot.db.execute(sql, values).fetchone()[0])
