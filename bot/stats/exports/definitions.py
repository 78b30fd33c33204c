"""What an export says of itself: of when and of whom it is, and what each column means."""

from datetime import UTC, datetime

from bot.stats.exports.reading import Reading
from bot.stats.exports.tables import Table

MADE_UP = "made up for this file: nobody is known by them in another one"
RAW = "made up for this file; Telegram's numbers stand beside them: keep it as safe as the bot's own file"


def made(now: float) -> str:
    """A moment as text."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def facts(reading: Reading) -> dict[str, str]:
    """When, of which days, whose walks, under which names."""
    order = reading.order
    return {
        "made": made(order.now),
        "first day": str(order.period.since),
        "last day": f"{order.period.until}, to its end in UTC",
        "walks": reading.kind,
        "names": RAW if order.raw else MADE_UP,
    }


def dictionary(reading: Reading, table: Table, file: str) -> str:
    """The data dictionary of a CSV file, in Markdown that reads well as plain text."""
    lines = [f"# {file}", "", f"{table.meaning}.", ""]
    lines += [f"- {name}: {said}" for name, said in facts(reading).items()]
    lines += [f"- rows: {reading.rows[table.name]}"]
    lines += ["- times are ISO 8601; nothing stands where there is none"]
    lines += ["- a text that a spreadsheet might run as a formula has an apostrophe (') before it"]
    lines += ["- a sign that controls something is shown as its picture: ␀ is a null byte", ""]
    head = ("column", "type", "unit", "meaning")
    columns = [(each.name, str(each.kind), each.unit, each.meaning) for each in reading.columns(table)]
    widths = [max(map(len, cells)) for cells in zip(head, *columns, strict=True)]
    for row in (head, tuple("-" * width for width in widths), *columns):
        cells = " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(f"| {cells} |")
    return "\n".join([*lines, ""])
