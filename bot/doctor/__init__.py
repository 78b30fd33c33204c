"""Looks over everything a bot needs to run, and says in plain words what is wrong and what to do."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.doctor.files import database, disk
from bot.doctor.finding import Check, Examined, Finding, Level
from bot.doctor.house import dialogue, fonts, settings, versions
from bot.doctor.telegram import connection

__all__ = ["Examined", "Finding", "Level", "examine", "tell"]

HERE: tuple[Check, ...] = (settings, versions, dialogue, fonts, database, disk)
"""What this machine itself can tell; Telegram comes last because it may keep one waiting."""

STYLES = {Level.FINE: "green", Level.LOOK: "yellow", Level.BAD: "bold red"}
SUBJECT_WIDTH = 11


def examine(seen: Examined, *, offline: bool = False) -> Iterator[Finding]:
    """Everything that is found, as it is found."""
    for check in HERE if offline else (*HERE, connection):
        yield from check(seen)


def tell(findings: Iterable[Finding], console: Console) -> int:
    """Print them, one line each where no person reads along; how many there are to mend."""
    counted = dict.fromkeys(Level, 0)
    before = ""
    for finding in findings:
        counted[finding.level] += 1
        if console.is_terminal:
            console.print(_row(finding, "" if finding.subject == before else finding.subject))
            before = finding.subject
        else:
            line = f"{finding.level.value} {finding.subject}: {finding.what}"
            console.print(
                f"{line} -> {finding.do}" if finding.do else line, markup=False, highlight=False, soft_wrap=True
            )
    bad, look = counted[Level.BAD], counted[Level.LOOK]
    said = ", ".join(f"{number} {word}" for number, word in ((bad, "to mend"), (look, "to look at")) if number)
    console.print(f"{said}." if said else "All is well.", style=STYLES[Level.BAD] if bad else "", highlight=False)
    return bad


def _row(finding: Finding, subject: str) -> Table:
    style = STYLES[finding.level]
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=SUBJECT_WIDTH)
    row.add_column(overflow="fold")
    text = Text(finding.what)
    if finding.do:
        text.append(f"\n→ {finding.do}", style="dim" if finding.level is Level.FINE else style)
    row.add_row(Text(finding.level.value, style=style), Text(subject, style="bold"), text)
    return row
