"""What the content holds, as a table in the terminal."""

from rich.console import Console
from rich.table import Table

from dialogs.check import Summary
from dialogs.sources import CONFIDENCES


def print_summary(summary: Summary, console: Console) -> None:
    """A line for each topic, one for everything, and how far each language is."""
    table = Table(box=None, pad_edge=False, show_footer=True)
    pages, facts = sum(row.pages for row in summary.rows), sum(row.factual for row in summary.rows)
    questions, words = sum(row.questions for row in summary.rows), sum(row.words for row in summary.rows)
    table.add_column("Topic", "all", no_wrap=True)
    for head, footer in (("Pages", pages), ("of facts", facts), ("Questions", questions), ("Words", words)):
        table.add_column(head, str(footer), justify="right")
    table.add_column("Sources", str(summary.sources), justify="right")
    for name in CONFIDENCES:
        table.add_column(name, str(sum(row.confidence[name] for row in summary.rows)), justify="right")
    for row in summary.rows:
        numbers = (row.pages, row.factual, row.questions, row.words, len(row.sources))
        table.add_row(row.topic, *map(str, numbers), *(str(row.confidence[name]) for name in CONFIDENCES))
    console.print(table)
    languages = ", ".join(f"{lang} {share:.0%}" for lang, share in summary.languages.items())
    console.print(f"{summary.editions} editions; languages: {languages}", highlight=False)
