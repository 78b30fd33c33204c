"""Structured logs that name no seller, hold no text of theirs and never the token."""

import hmac
import logging
import sys
from collections.abc import Callable
from typing import Any

import structlog

QUIET = ("httpx", "aiogram", "transitions", "aiohttp", "asyncio")
"""Libraries that would log each request, httpx with the token in its address."""


def start(level: str, token: str = "") -> None:
    """Log to standard error: for people in a terminal, as JSON everywhere else."""
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.processors.format_exc_info,
            _without(token),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def pseudonym(key: str) -> Callable[[int], str]:
    """How a seller is named in the logs: the same for the whole life of a database, and no way back from it."""

    def name(id_: int) -> str:
        return hmac.new(bytes.fromhex(key), str(id_).encode(), "sha256").hexdigest()[:12]

    return name


def _without(token: str) -> Any:
    """Whatever an exception says of an address: the token does not go into a log."""
    secret = token.partition(":")[2]

    def clean(_: object, __: str, event: dict[str, Any]) -> dict[str, Any]:
        if not secret:
            return event
        return {key: value.replace(secret, "…") if isinstance(value, str) else value for key, value in event.items()}

    return clean
