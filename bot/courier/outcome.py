"""How carrying something ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """It has arrived."""

    message: int


@dataclass(frozen=True, slots=True)
class Ended:
    """It has ended otherwise: `state` is gone, failed, skipped or unsure."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """It was certainly not sent and can be tried again; `flood` says that Telegram asked for the wait."""

    seconds: float
    flood: bool


@dataclass(frozen=True, slots=True)
class Unfit:
    """Telegram does not take this text."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram does not know the token (any longer)."""


Outcome = Sent | Ended | Later | Unfit | Refused
