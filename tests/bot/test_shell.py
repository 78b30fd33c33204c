"""What commands of the shell share."""

from bot.shell import Failure, WrongUse


def test_what_failed_and_what_was_asked_for_wrongly_are_told_apart() -> None:
    assert (Failure("x").exit_code, WrongUse("x").exit_code) == (1, 2)
