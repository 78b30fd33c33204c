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
        from bot.progress import Progress
        from bot.stats import figures

        names, tables = figures.asked(self.scope), []
        with Progress(console, "counting") as progress:
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
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@_narrowed
@SPEAK
@FORCE
def report(out: Path, speak: str, force: bool, **asked: Any) -> None:
    """Write the figures into OUT, as a page with charts that needs no network; good on a phone and on paper."""
    from rich.console import Console

    from bot.stats import report as pages

    with _asked(speak, **asked) as question:
        console = Console(stderr=True)
        tables = question.tables(console)
        with console.status("drawing"):
            pages.write(out, tables, question.words, question.scope, question.snapshot.kind, force=force)
    click.echo(f"Open {out}")


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

    from bot import serving
    from bot.stats import exports, period, snapshot

    if raw and not (owner and reason):
        raise shell.WrongUse("--raw-ids needs --owner and --reason: who wants the numbers, and why")
    settings, now = shell.settings(), time.time()
    path = file or _kept(settings)
    with told():
        days = period.between(since, until, now)
        if raw:
            exports.authorize_raw(path, what, owner or 0, reason or "", serving.owners(settings), now)
        order = exports.Order(what, form, days, secrets.token_bytes(exports.KEY_BYTES), now, raw)
        with snapshot.opened(path) as opened:
            written = exports.write(opened, order, out, console=Console(stderr=True), force=force)
    for name, rows in written.rows.items():
        click.echo(f"{rows:,} rows of {name}")
    for made in written.files:
        click.echo(f"{made}")
    for note in written.notes:
        click.echo(note)


@click.command("demo-data")
@click.option("--people", type=click.IntRange(min=1, max=100_000), default=2000, show_default=True, help="How many.")
@click.option("--days", type=click.IntRange(min=1, max=1000), default=90, show_default=True, help="Days they come on.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same people.")
@click.option("--until", metavar="DAY", help="The last of the days; without, today up to now.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to write it.")
@FORCE
def demo_data(people: int, days: int, seed: int, until: str | None, out: Path | None, force: bool) -> None:
    """Fill a database of its own with made-up people, to try figures and charts on."""
    import time

    from rich.console import Console

    from bot.stats import demo, period

    settings = shell.settings()
    path = out or settings.database.with_name(f"{settings.database.stem}-demo{settings.database.suffix or '.db'}")
    conversation = shell.load(settings.contact)
    with told():
        end = period.between(None, until, time.time()).moments[1] - 1 if until else time.time()
        console = Console(stderr=True)
        filled = demo.fill(
            path, conversation, people=people, until=end, console=console, days=days, seed=seed, force=force
        )
    click.echo(
        f"{path} holds {filled.people:,} made-up people, {filled.events:,} events, {filled.questions:,} questions and "
        f"{filled.broadcasts} broadcasts. See them with `certguide stats --of {path}`."
    )


@click.command("map")
@click.option("--counts", is_flag=True, help="With the people who reached each page, and the share who gave up there.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="As a picture into FILE.")
@_narrowed
@FORCE
def map_(counts: bool, svg: Path | None, force: bool, **asked: Any) -> None:
    """The dialogue as a graph: in Mermaid, or as a picture; the whole of it is large, so take --topic."""
    from dialogs.map import UnknownTopicError, mermaid

    topics = [asked["topic"]] if asked["topic"] else None
    try:
        if counts:
            with _asked("en", **asked) as question:
                _draw(question, topics, svg, force)
        elif svg or any(asked[name] for name in ("since", "until", "lang", "file")):
            raise shell.WrongUse("a picture, and people of a period, are there with --counts")
        else:
            click.echo(mermaid(shell.load("").content, topics=topics), nl=False)
    except UnknownTopicError as error:
        raise shell.WrongUse(str(error)) from error


def _draw(question: Question, topics: list[str] | None, svg: Path | None, force: bool) -> None:
    """The graph with people."""
    from bot.stats import atlas, place, shown
    from bot.stats.paths import counts
    from dialogs.map import mermaid

    content, found = question.scope.content, counts(question.scope)
    if svg is None:
        click.echo(mermaid(content, found, topics), nl=False)
        return
    note = "\n".join([*shown.told(question.scope, question.snapshot.kind), question.words.say("figure-leaving-means")])
    picture = atlas.svg(content, found, title=question.words.say("figure-map"), note=note, topics=topics)
    place.put(svg, picture.encode(), "map.svg", force=force)
    click.echo(f"Open {svg}")
