"""What commands of the shell share: how they fail, and the settings and the dialogue they begin with."""

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


def settings() -> "Settings":
    """Everything from the environment. Raises WrongUse with what to change."""
    from bot import settings as environment

    try:
        return environment.read()
    except environment.SettingsError as error:
        raise WrongUse(str(error)) from error


def load(contact: str) -> Any:
    """The dialogue, with who runs the bot. Raises Failure with what is to be mended."""
    import dialogs

    try:
        return dialogs.load(contact)
    except dialogs.ContentError as error:
        raise Failure(f"the dialogue can't be used; `certguide check` says more:\n{error}") from error
