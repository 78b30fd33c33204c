"""The command line: `certguide COMMAND`. Each command imports what it needs inside its function."""

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
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
def serve() -> None:
    """Converse with sellers: in Telegram with BOT_TOKEN, in a browser on this machine without one."""
    from bot import serving

    settings = _settings()
    conversation = _load(settings.contact)
    try:
        serving.run(settings, conversation)
    except serving.ServingError as error:
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
def check() -> None:
    """Look the dialogue over: ways, sources, dates, limits, translations."""
    from datetime import UTC, datetime

    from dialogs.check import check as look

    problems = look(datetime.now(UTC).date())
    for problem in problems:
        click.echo(f"{'error' if problem.grave else 'warning'}: {problem}")
    grave = sum(problem.grave for problem in problems)
    if grave:
        raise Failure(f"{grave} to mend before the bot can be started")
    from dialogs import load
    from dialogs.check import summary

    click.echo(summary(load()))


@main.command("map")
def map_() -> None:
    """The whole dialogue as a Mermaid graph, to be pasted where Mermaid is drawn."""
    from dialogs.map import mermaid

    click.echo(mermaid(_load("").content), nl=False)


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
