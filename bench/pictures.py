"""The charts in the README, from demo data that are the same each time: `python -m bench.pictures`."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

import dialogs
from bot.stats import demo, drawing, figures, sketches, snapshot
from bot.stats.period import between
from bot.stats.scope import scope
from bot.stats.words import Words

LAST = datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC).timestamp()
IMAGES = Path(__file__).parents[1] / "docs" / "images"
SHOWN = {"daily": "figures-daily.png", "topics": "figures-topics.png"}


def main() -> None:
    """Draw them."""
    conversation = dialogs.load()
    words = Words(conversation, "en")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.db"
        demo.fill(path, conversation, people=2000, until=LAST, console=Console(stderr=True))
        with snapshot.opened(path) as opened:
            asked = scope(opened.db, conversation.content, between(None, None, LAST), LAST, "Asia/Shanghai")
            tables = list(figures.gather(asked, tuple(SHOWN)))
    for table in tables:
        sketch = sketches.sketch(table, words)
        assert sketch
        drawing.save(sketches.drawing([sketch], words, sketches.WIDE), IMAGES / SHOWN[table.id])
        print(IMAGES / SHOWN[table.id])


if __name__ == "__main__":
    main()
