"""`certguide broadcast …`: tell many sellers the news."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import shell

if TYPE_CHECKING:
    from bot.broadcasting import Press


@click.group()
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
        raise shell.WrongUse("--fallback and --leave-out say two things: leave one of them out")
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

    settings = shell.settings()
    try:
        with broadcasting.opened(settings, shell.load(settings.contact)) as press:
            yield press
    except broadcasting.WrongError as error:
        raise shell.WrongUse(str(error)) from error
    except (broadcasting.NewsError, StoreError) as error:
        raise shell.Failure(str(error)) from error
