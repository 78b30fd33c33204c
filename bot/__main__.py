"""The command line: `certguide COMMAND`. Each command imports what it needs inside its function."""

from contextlib import closing
from pathlib import Path

import click

from bot import shell
from bot.shell.broadcasts import broadcast
from bot.shell.figures import demo_data, export, map_, report, stats


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="certguide")
def main() -> None:
    """A Telegram consultant on ISO certificates for small cross-border sellers."""


@main.command()
@click.option("--deliver", is_flag=True, help="Start the courier beside it, so that broadcasts are delivered, too.")
def serve(deliver: bool) -> None:
    """Converse with sellers: in Telegram with BOT_TOKEN, in a browser on this machine without one."""
    from bot import serving

    settings = shell.settings()
    conversation = shell.load(settings.contact)
    try:
        serving.run(settings, conversation, deliver=deliver)
    except serving.ServingError as error:
        raise shell.Failure(str(error)) from error


@main.command()
def deliver() -> None:
    """Deliver broadcasts: one courier for each database, in a process of its own."""
    from bot import delivering

    settings = shell.settings()
    try:
        delivering.run(settings, shell.load(settings.contact))
    except delivering.DeliveringError as error:
        raise shell.Failure(str(error)) from error


@main.command()
def simulator() -> None:
    """Start only the local Telegram and its chat page, so that the bot can be started and killed by itself."""
    from bot import serving

    try:
        serving.run_simulator(shell.settings())
    except serving.ServingError as error:
        raise shell.Failure(str(error)) from error


@main.command()
@click.option("--lang", metavar="CODE", help="Language to begin in, for example zh_Hans.")
@click.option("--fresh", is_flag=True, help="Begin anew instead of going on where you stopped.")
def chat(lang: str | None, fresh: bool) -> None:
    """The same consultation here in the terminal, by numbers; works piped too."""
    from rich.console import Console

    from bot import terminal
    from bot.store import Database, StoreError

    settings = shell.settings()
    conversation = shell.load(settings.contact)
    if lang and not conversation.voices.known(lang):
        languages = ", ".join(conversation.voices.languages)
        raise shell.WrongUse(f"--lang {lang}: I speak {languages}")
    try:
        with closing(Database(settings.tryout_database, kind="try-out")) as database:
            terminal.consult(conversation, database, Console(), lang=lang, fresh=fresh)
    except StoreError as error:
        raise shell.Failure(str(error)) from error


@main.command()
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="DATABASE",
    help="Also tell who of its sellers would move where.",
)
def check(against: Path | None) -> None:
    """Look the dialogue over: ways, sources, dates, limits, translations."""
    from datetime import UTC, datetime

    from dialogs.check import check as look

    problems = look(datetime.now(UTC).date())
    for problem in problems:
        click.echo(f"{'error' if problem.grave else 'warning'}: {problem}")
    grave = sum(problem.grave for problem in problems)
    if grave:
        raise shell.Failure(f"{grave} to mend before the bot can be started")
    from rich.console import Console

    from bot import overview
    from dialogs import load
    from dialogs.check import summarize

    overview.print_summary(summarize(load()), Console())
    if against:
        _check_against(against)


def _check_against(path: Path) -> None:
    """Whoever is on a page that is gone, and where he goes."""
    import sqlite3
    from contextlib import closing

    from bot.store import sellers
    from dialogs import load, moves

    content = load().content
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            places = sellers.places(db)
    except sqlite3.Error as error:
        raise shell.Failure(f"{path}: {error}") from error
    leaving = moves.leaving(places, content.moves, content.pages)
    for name, to in sorted(leaving.items()):
        click.echo(f"{places[name]} on {name} → {to or 'nobody has said where: add a line to dialogs/moves.toml'}")
    click.echo(f"{sum(places.values())} sellers, {sum(places[name] for name in leaving)} of them would move")
    if None in leaving.values():
        raise shell.Failure("the bot would not start with this database")


@main.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def gallery(out: Path) -> None:
    """Write every page in every language as HTML into the folder OUT, to be read through in a browser."""
    from datetime import UTC, datetime

    from dialogs import gallery as pages

    try:
        first, *_ = pages.write(shell.load(""), out, datetime.now(UTC).date())
    except OSError as error:
        raise shell.Failure(f"{out}: {error.strerror}") from error
    click.echo(f"Open {first}")


@main.command()
@click.option("--offline", is_flag=True, help="Only what this machine can tell, without Telegram.")
@click.option(
    "--poller",
    is_flag=True,
    help="Look for another program that fetches this bot's updates; a bot that runs is interrupted once for a moment.",
)
def doctor(offline: bool, poller: bool) -> None:
    """Look over all that the bot needs, and say what to do: settings, Telegram, database, disk, clock, dialogue."""
    from rich.console import Console

    from bot import doctor, serving

    if offline and poller:
        raise shell.WrongUse("--poller asks Telegram, and --offline does not: leave one of them out")
    settings = shell.settings()
    kind, database = serving.kept(settings)
    seen = doctor.Examined(settings, kind, database, poller)
    if doctor.tell(doctor.examine(seen, offline=offline), Console()):
        raise SystemExit(shell.FAILED)


@main.command()
@click.argument("file")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="N", help="Delete all but the newest N, told by the {date} in FILE."
)
def backup(file: str, force: bool, keep: int | None) -> None:
    """Copy all that is kept into FILE, even while the bot runs; {date} in its name becomes the time."""
    from datetime import UTC, datetime

    from rich.console import Console

    from bot import backup, serving

    if keep and backup.DATE not in file.rpartition("/")[2]:
        raise shell.WrongUse(
            "--keep tells old backups by their date: put {date} into the name, as in certguide-{date}.db"
        )
    _, database = serving.kept(shell.settings())
    target = backup.named(file, datetime.now(UTC))
    try:
        holdings = backup.back_up(database, target, Console(), force=force)
        dropped = backup.prune(file, keep) if keep else []
    except backup.BackupError as error:
        raise shell.Failure(str(error)) from error
    click.echo(f"{target} is a whole copy of {database}, read again and checked: {holdings.told()}")
    if dropped:
        click.echo(f"{len(dropped)} older deleted, {keep} kept")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do it without asking.")
def restore(file: Path, yes: bool) -> None:
    """Put the backup FILE in the place of the database, while the bot is stopped; what was there is kept."""
    from datetime import UTC, datetime

    from rich.console import Console

    from bot import restore, serving

    kind, database = serving.kept(shell.settings())
    try:
        plan = restore.plan(file, database, kind)
        click.echo(plan.told())
        if not yes:
            click.confirm("Restore it?", abort=True)
        kept = restore.carry_out(plan, datetime.now(UTC), Console())
    except restore.RestoreError as error:
        raise shell.Failure(str(error)) from error
    click.echo(f"{database} is restored; start the bot again.")
    if kept:
        click.echo(f"The former one is {kept.name} beside it: delete that when all is well.")


for command in (broadcast, stats, report, export, demo_data, map_):
    main.add_command(command)


if __name__ == "__main__":
    main()
