"""`certguide stats`, `report`, `export`, `demo-data`: what happens, and how to take it with you."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import shell

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.stats.scope import Scope
    from bot.stats.snapshot import Snapshot
    from bot.stats.table import Table

SINCE = click.option("--since", metavar="DAY", help="From that day of UTC on, as in 2026-11-01; without, all there is.")
UNTIL = click.option("--until", metavar="DAY", help="Up to and with that day; without, today.")
OF = click.option(
    "--of",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Of that database instead of the bot's: demo data, or a backup.",
)
SPEAK = click.option("--speak", metavar="CODE", default="en", show_default=True, help="Language of the words in it.")
FORCE = click.option("--force", is_flag=True, help="Overwrite the file if it is there.")


def _narrowed(command: Callable[..., None]) -> Callable[..., None]:
    """The options that narrow figures down."""
    lang = click.option("--lang", metavar="CODE", help="Only people in that language, as in zh_Hans.")
    topic = click.option("--topic", metavar="NAME", help="Only pages of that topic, as in auditors.")
    return SINCE(UNTIL(lang(topic(OF(command)))))


@click.command()
@_narrowed
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every line.")
@SPEAK
def stats(as_json: bool, speak: str, **asked: Any) -> None:
    """Print the figures: who came, how far, where they gave up, what helped."""
    from rich.console import Console

    from bot.stats import shown

    with _asked(speak, **asked) as question:
        tables = question.tables(Console(stderr=True))
        if as_json:
            click.echo(shown.json(question.scope, tables, question.snapshot.kind))
            return
        for line in shown.told(question.scope, question.snapshot.kind):
            click.echo(line)
        click.echo()
        shown.show(Console(highlight=False, markup=False), question.scope, tables, question.words)


class Question:
    """What was asked for, with the file open."""

    def __init__(self, snapshot: "Snapshot", scope: "Scope", words: Any) -> None:
        self.snapshot = snapshot
        self.scope = scope
        self.words = words

    def tables(self, console: Any) -> list["Table"]:
        """Its figures; a bar on that console while they take long."""
        from bot.stats import figures
        from bot.stats.exports.progress import Progress

        names, tables = figures.asked(self.scope), []
        with Progress(console) as progress:
            progress.total = len(names)
            for table in figures.gather(self.scope, names):
                tables.append(table)
                progress.advance(1)
        return tables


@contextmanager
def _asked(
    speak: str, since: str | None, until: str | None, lang: str | None, topic: str | None, file: Path | None
) -> Iterator[Question]:
    """The file open, and what is asked of it; what goes wrong is told in a sentence."""
    import time

    from bot.stats import period, scope, snapshot
    from bot.stats.words import Words

    settings = shell.settings()
    conversation = shell.load(settings.contact)
    now = time.time()
    with told(), snapshot.opened(file or _kept(settings)) as opened:
        found = scope.scope(
            opened.db,
            conversation.content,
            period.between(since, until, now),
            now,
            settings.zone,
            lang=lang or "",
            topic=topic or "",
            languages=conversation.voices.languages,
        )
        if not conversation.voices.known(speak):
            raise shell.WrongUse(f"--speak {speak}: I speak {', '.join(conversation.voices.languages)}")
        yield Question(opened, found, Words(conversation, conversation.voices.choose(speak)[0]))


@contextmanager
def told() -> Iterator[None]:
    """What can't be had is told in a sentence, with the exit code that fits."""
    from bot.stats.snapshot import AskedError, StatsError

    try:
        yield
    except AskedError as error:
        raise shell.WrongUse(str(error)) from error
    except StatsError as error:
        raise shell.Failure(str(error)) from error


def _kept(settings: "Settings") -> Path:
    from bot import serving

    return serving.kept(settings)[1]


@click.command()
@click.argument("what", type=click.Choice(["events", "sellers", "answers", "questions", "broadcasts", "all"]))
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "xlsx", "sqlite"]),
    default="csv",
    show_default=True,
    help="For a spreadsheet, for programs, for Excel, or for Datasette; all of it fits only into sqlite.",
)
@SINCE
@UNTIL
@OF
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to write it.")
@FORCE
@click.option("--raw-ids", "raw", is_flag=True, help="With Telegram's numbers of people; needs an owner and a reason.")
@click.option("--owner", type=click.IntRange(1, 2**53), metavar="NUMBER", help="Telegram's number of that owner.")
@click.option("--reason", metavar="TEXT", help="Why they are needed; it goes into the audit log.")
def export(
    what: str,
    form: str,
    since: str | None,
    until: str | None,
    file: Path | None,
    out: Path | None,
    force: bool,
    raw: bool,
    owner: int | None,
    reason: str | None,
) -> None:
    """Write WHAT is kept into a file, its people under made-up names that are new in each export."""
    import secrets
    import time

    from rich.console import Console

    from bot.stats import exports, period, snapshot

    if raw and not (owner and reason):
        raise shell.WrongUse("--raw-ids needs --owner and --reason: who wants the numbers, and why")
    settings, now = shell.settings(), time.time()
    path = file or _kept(settings)
    with told():
        days = period.between(since, until, now)
        if raw:
            exports.authorize_raw(path, what, owner or 0, reason or "", _owners(settings), now)
        order = exports.Order(what, form, days, secrets.token_bytes(exports.KEY_BYTES), now, raw)
        with snapshot.opened(path) as opened:
            written = exports.write(opened, order, out, console=Console(stderr=True), force=force)
    for name, rows in written.rows.items():
        click.echo(f"{rows:,} rows of {name}")
    for made in written.files:
        click.echo(f"{made}")
    for note in written.notes:
        click.echo(note)


def _owners(settings: "Settings") -> frozenset[int]:
    """Those of the settings; in a try-out also the one among the pretend people who runs the bot."""
    from bot.simulator import OPERATOR_ID

    return settings.owners | ({OPERATOR_ID} if settings.tryout else frozenset())
