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
            renderer,
            _without(token),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if not isinstance(handler, _Ours)] + [_Ours(logging.WARNING)]
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def pseudonym(key: str) -> Callable[[int], str]:
    """How a seller is named in the logs: the same for the whole life of a database, and no way back from it."""

    def name(id_: int) -> str:
        return hmac.new(bytes.fromhex(key), str(id_).encode(), "sha256").hexdigest()[:12]

    return name


class _Ours(logging.Handler):
    """What libraries complain of, in the same lines: asyncio's errors, say, may quote an address with the token."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def _without(token: str) -> Any:
    """The line without the token, whatever it came in: a text, an exception, a list."""
    secret = token.partition(":")[2]

    def clean(_: object, __: str, line: str) -> str:
        return line.replace(secret, "…") if secret else line

    return clean
