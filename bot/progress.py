"""How far something is, shown on a terminal to somebody who has waited for a moment."""

import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar

SLOW = 1.0
"""Seconds after which somebody who waits wants to see how far it is."""


class Progress:
    """So much done of so many. Without a console, or away from a terminal, nothing is shown."""

    def __init__(self, console: "Console | None", doing: str) -> None:
        """`doing`: what is being done, in a word."""
        self.total, self._done = 0, 0
        self._console, self._doing = console, doing
        self._due = time.monotonic() + SLOW if console and console.is_terminal else float("inf")
        self._bar: Bar | None = None

    def advance(self, done: int) -> None:
        """So many more."""
        self._done += done
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=self._done)
        elif time.monotonic() >= self._due:
            self._show()

    def packing(self) -> None:
        """All rows are there, and it takes a while until the file is; nobody knows how long."""
        if self._bar:
            self._bar.update(self._bar.task_ids[0], total=None, description="packing")

    def _show(self) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._bar.add_task(self._doing, total=self.total, completed=self._done)
        self._bar.start()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()


def on_stderr(doing: str) -> Progress:
    """For what has no console of its own."""
    from rich.console import Console

    return Progress(Console(stderr=True), doing)
