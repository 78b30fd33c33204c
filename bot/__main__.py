"""The command line: `certguide COMMAND`. Each command imports what it needs inside its function."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.broadcasting import Press
    from bot.settings import Settings

FAILED, WRONG_USE = 1, 2


class Failure(click.ClickException):
    """The thing asked for failed; the text says what happened and what to do."""

    exit_code = FAILED


class WrongUse(click.ClickException):
    """It was asked for in the wrong way: a setting that can't be used, say."""

    exit_code = WRONG_USE


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="certguide")
def main() -> None:
    """A Telegram consultant on ISO certificates for small cross-border sellers."""


@main.command()
@click.option("--deliver", is_flag=True, help="Start the courier beside it, so that broadcasts are delivered, too.")
def serve(deliver: bool) -> None:
    """Converse with sellers: in Telegram with BOT_TOKEN, in a browser on this machine without one."""
    from bot import serving

    settings = _settings()
    conversation = _load(settings.contact)
    try:
        serving.run(settings, conversation, deliver=deliver)
    except serving.ServingError as error:
        raise Failure(str(error)) from error


@main.command()
def deliver() -> None:
    """Deliver broadcasts: one courier for each database, in a process of its own."""
    from bot import delivering

    settings = _settings()
    try:
        delivering.run(settings, _load(settings.contact))
    except delivering.DeliveringError as error:
        raise Failure(str(error)) from error


@main.command()
def simulator() -> None:
    """Start only the local Telegram and its chat page, so that the bot can be started and killed by itself."""
    from bot import serving

    try:
        serving.run_simulator(_settings())
    except serving.ServingError as error:
        raise Failure(str(error)) from error


@main.command()
@click.option("--lang", metavar="CODE", help="Language to begin in, for example zh_Hans.")
@click.option("--fresh", is_flag=True, help="Begin anew instead of going on where you stopped.")
def chat(lang: str | None, fresh: bool) -> None:
    """The same consultation here in the terminal, by numbers; works piped too."""
    from rich.console import Console

    from bot import terminal
    from bot.store import Database, StoreError

    settings = _settings()
    conversation = _load(settings.contact)
    if lang and not conversation.voices.known(lang):
        languages = ", ".join(conversation.voices.languages)
        raise WrongUse(f"--lang {lang}: I speak {languages}")
    try:
        with closing(Database(settings.tryout_database, kind="try-out")) as database:
            terminal.consult(conversation, database, Console(), lang=lang, fresh=fresh)
    except StoreError as error:
        raise Failure(str(error)) from error


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
        raise Failure(f"{grave} to mend before the bot can be started")
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
        raise Failure(f"{path}: {error}") from error
    leaving = moves.leaving(places, content.moves, content.pages)
    for name, to in sorted(leaving.items()):
        click.echo(f"{places[name]} on {name} → {to or 'nobody has said where: add a line to dialogs/moves.toml'}")
    click.echo(f"{sum(places.values())} sellers, {sum(places[name] for name in leaving)} of them would move")
    if None in leaving.values():
        raise Failure("the bot would not start with this database")


@main.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def gallery(out: Path) -> None:
    """Write every page in every language as HTML into the folder OUT, to be read through in a browser."""
    from datetime import UTC, datetime

    from dialogs import gallery as pages

    try:
        first, *_ = pages.write(_load(""), out, datetime.now(UTC).date())
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}") from error
    click.echo(f"Open {first}")


@main.command("map")
def map_() -> None:
    """The whole dialogue as a Mermaid graph, to be pasted where Mermaid is drawn."""
    from dialogs.map import mermaid

    click.echo(mermaid(_load("").content), nl=False)


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
        raise WrongUse("--poller asks Telegram, and --offline does not: leave one of them out")
    settings = _settings()
    kind, database = serving.kept(settings)
    seen = doctor.Examined(settings, kind, database, poller)
    if doctor.tell(doctor.examine(seen, offline=offline), Console()):
        raise SystemExit(FAILED)


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
        raise WrongUse("--keep tells old backups by their date: put {date} into the name, as in certguide-{date}.db")
    _, database = serving.kept(_settings())
    target = backup.named(file, datetime.now(UTC))
    try:
        holdings = backup.back_up(database, target, Console(), force=force)
        dropped = backup.prune(file, keep) if keep else []
    except backup.BackupError as error:
        raise Failure(str(error)) from error
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

    kind, database = serving.kept(_settings())
    try:
        plan = restore.plan(file, database, kind)
        click.echo(plan.told())
        if not yes:
            click.confirm("Restore it?", abort=True)
        kept = restore.carry_out(plan, datetime.now(UTC), Console())
    except restore.RestoreError as error:
        raise Failure(str(error)) from error
    click.echo(f"{database} is restored; start the bot again.")
    if kept:
        click.echo(f"The former one is {kept.name} beside it: delete that when all is well.")


@main.group()
def broadcast() -> None:
    """Tell many sellers the news: write it, test it, send it, and see whom it reached."""


NUMBER = click.argument("number", metavar="ID", type=click.IntRange(1, 2**53))
TEXTS = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@broadcast.command("draft")
@TEXTS
@click.option("--audience", "saved", metavar="NAME", help="For the audience of that name, whatever FILE says.")
def broadcast_draft(file: Path, saved: str | None) -> None:
    """Make a draft of FILE, in TOML."""
    from bot.broadcasting import drafts

    with _press() as press:
        drafts.draft(press, file, saved)


@broadcast.command("list")
def broadcast_list() -> None:
    """List every broadcast, the newest first."""
    from bot.broadcasting import drafts

    with _press() as press:
        drafts.list_(press)


@broadcast.command("show")
@NUMBER
def broadcast_show(number: int) -> None:
    """Show how one stands, with what is to be mended."""
    from bot.broadcasting import drafts

    with _press() as press:
        drafts.show(press, number)


@broadcast.command("preview")
@NUMBER
def broadcast_preview(number: int) -> None:
    """Foresee whom it reaches, whom not, and how long it takes."""
    from bot.broadcasting import drafts

    with _press() as press:
        drafts.preview(press, number)


@broadcast.command("test")
@NUMBER
@click.option(
    "--to",
    metavar="NUMBER",
    type=click.IntRange(1, 2**53),
    help="The operator who is shown it; without, the lowest number of BOT_OWNERS.",
)
def broadcast_test(number: int, to: int | None) -> None:
    """Show an operator in Telegram exactly what goes out."""
    from bot.broadcasting import sending

    with _press() as press:
        sending.try_out(press, number, to)


@broadcast.command("start")
@NUMBER
@click.option("--at", metavar="TIME", help='Not now but then, in the zone of BOT_ZONE: "2026-12-01 09:00".')
@click.option("--fallback", metavar="LANG", help="People without a text in their language get this one.")
@click.option("--leave-out", is_flag=True, help="People without a text in their language get nothing.")
@click.option("--paid", is_flag=True, help="For Telegram's Stars, far faster than BOT_PACE; shows the cost and asks.")
@click.option("--yes", is_flag=True, help="Don't ask, with --paid.")
def broadcast_start(number: int, at: str | None, fallback: str | None, leave_out: bool, paid: bool, yes: bool) -> None:
    """Send it, now or at a time."""
    from bot.broadcasting import sending

    if fallback is not None and leave_out:
        raise WrongUse("--fallback and --leave-out say two things: leave one of them out")
    with _press() as press:
        if paid:
            click.echo(sending.price(press, number))
            if not yes:
                click.confirm("Pay that and start?", abort=True)
        sending.start(press, number, at=at, fallback=fallback, leave_out=leave_out, paid=paid)


def _act(name: str, told: str) -> None:
    """A command that brings a broadcast into another state."""

    @broadcast.command(name, help=told)
    @NUMBER
    def act(number: int) -> None:
        from bot.broadcasting import sending

        with _press() as press:
            sending.act(press, number, name)


_act("cancel", "Make a scheduled one a draft again.")
_act("pause", "Hold it for a while.")
_act("resume", "Go on with a paused one.")
_act("stop", "Stop it for good.")


@broadcast.command("watch")
@NUMBER
@click.option("--once", is_flag=True, help="Say once how far it is, in one line.")
def broadcast_watch(number: int, once: bool) -> None:
    """Watch it go out until it ends; works piped too."""
    from bot.broadcasting import watching

    with _press() as press:
        watching.watch(press, number, once=once)


@broadcast.command("report")
@NUMBER
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write a row for each delivery into a new FILE.",
)
def broadcast_report(number: int, file: Path | None) -> None:
    """Tell how it ended for how many people, and why."""
    from bot.broadcasting import account

    with _press() as press:
        account.report(press, number, file)


@broadcast.command("unsure")
@NUMBER
def broadcast_unsure(number: int) -> None:
    """List those who may have got it, or not."""
    from bot.broadcasting import sending

    with _press() as press:
        sending.unsure(press, number)


@broadcast.command("resend")
@NUMBER
@click.option("--yes", is_flag=True, help="Do it without asking.")
def broadcast_resend(number: int, yes: bool) -> None:
    """Send it again to those who are unsure."""
    from bot.broadcasting import sending

    with _press() as press:
        people = sending.resendable(press, number)
        if not yes:
            click.confirm(f"Whoever of these {people} has it gets it twice. Send it again?", abort=True)
        sending.resend(press, number)


@broadcast.command("correct")
@NUMBER
@TEXTS
def broadcast_correct(number: int, file: Path) -> None:
    """Draft a correction: FILE in place of what was sent."""
    from bot.broadcasting import drafts

    with _press() as press:
        drafts.correct(press, number, file)


@broadcast.command("withdraw")
@NUMBER
def broadcast_withdraw(number: int) -> None:
    """Draft a withdrawal: what is younger than 48 hours goes."""
    from bot.broadcasting import drafts

    with _press() as press:
        drafts.withdraw(press, number)


@broadcast.command("audit")
@click.option("--lines", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many.")
def broadcast_audit(lines: int) -> None:
    """Tell the latest that operators did."""
    from bot.broadcasting import records

    with _press() as press:
        records.log(press, lines)


@broadcast.group("audience")
def broadcast_audience() -> None:
    """Keep audiences by name."""


@broadcast_audience.command("save")
@click.argument("name")
@click.argument("text", metavar="FILTER")
def broadcast_audience_save(name: str, text: str) -> None:
    """Keep FILTER, such as "lang=zh_Hans and finished=iso9001", under NAME."""
    from bot.broadcasting import records

    with _press() as press:
        records.save(press, name, text)


@broadcast_audience.command("list")
def broadcast_audience_list() -> None:
    """List the audiences that are kept."""
    from bot.broadcasting import records

    with _press() as press:
        records.saved(press)


@broadcast_audience.command("drop")
@click.argument("name")
def broadcast_audience_drop(name: str) -> None:
    """Forget the audience NAME."""
    from bot.broadcasting import records

    with _press() as press:
        records.drop(press, name)


@contextmanager
def _press() -> Iterator["Press"]:
    """The database of these settings, for work on its broadcasts; what goes wrong is told in a sentence."""
    from bot import broadcasting
    from bot.store import StoreError

    settings = _settings()
    try:
        with broadcasting.opened(settings, _load(settings.contact)) as press:
            yield press
    except broadcasting.WrongError as error:
        raise WrongUse(str(error)) from error
    except (broadcasting.NewsError, StoreError) as error:
        raise Failure(str(error)) from error


def _settings() -> "Settings":
    from bot import settings

    try:
        return settings.read()
    except settings.SettingsError as error:
        raise WrongUse(str(error)) from error


def _load(contact: str) -> Any:
    from dialogs import ContentError, load

    try:
        return load(contact)
    except ContentError as error:
        raise Failure(f"the dialogue can't be used; `certguide check` says more:\n{error}") from error


if __name__ == "__main__":
    main()
