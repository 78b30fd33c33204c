"""Logs are for machines or for people, hold no token, and name nobody."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from bot import logs
from tests.bot.shell import logging_restored

SECRET = "AAE-secret_Part0fTheToken"
TOKEN = f"123456789:{SECRET}"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/sendMessage"
Start = Callable[..., io.StringIO]
KEY = "00112233445566778899aabbccddeeff"


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    with logging_restored():
        yield


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts to log into something that is no terminal."""

    def start(level: str = "info", token: str = "") -> io.StringIO:
        stream = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        logs.start(level, token)
        return stream

    return start


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts to log into a terminal."""

    def start(level: str = "info", token: str = "") -> io.StringIO:
        screen = Screen()
        monkeypatch.setattr(sys, "stderr", screen)
        logs.start(level, token)
        return screen

    return start


@pytest.fixture(params=["piped", "terminal"])
def either(request: pytest.FixtureRequest) -> Start:
    start: Start = request.getfixturevalue(request.param)
    return start


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail() -> None:
    raise RuntimeError(f"cannot connect to {ADDRESS}")


# The form


def test_piped_it_is_a_line_of_json_for_each_event(piped: Start) -> None:
    written = piped("info")
    structlog.get_logger().info("saved", who="ab12", pages=2)
    structlog.get_logger().warning("中文")
    first, second = lines(written)
    assert {"event": "saved", "level": "info", "who": "ab12", "pages": 2}.items() <= first.items()
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["level"]) == ("中文", "warning")


def test_an_exception_is_one_line_too(piped: Start) -> None:
    written = piped("info")
    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("failed")
    (line,) = lines(written)
    assert "RuntimeError: cannot connect" in line["exception"]


def test_in_a_terminal_it_is_for_people(terminal: Start) -> None:
    written = terminal("info")
    structlog.get_logger().info("saved", pages=2)
    assert "saved" in written.getvalue()
    assert not written.getvalue().startswith("{")


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_a_level_hides_what_is_below_it(piped: Start, level: str, expected: list[str]) -> None:
    written = piped(level)
    for name in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger(), name)("event")
    assert [line["level"] for line in lines(written)] == expected


# The token


def test_the_token_is_in_no_text(either: Start) -> None:
    written = either("info", TOKEN)
    structlog.get_logger().warning(f"asking {ADDRESS}", address=ADDRESS)
    assert "/sendMessage" in written.getvalue()
    assert SECRET not in written.getvalue()


def test_the_token_is_in_no_exception(either: Start) -> None:
    written = either("info", TOKEN)
    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("failed")
    assert "RuntimeError" in written.getvalue()
    assert SECRET not in written.getvalue()


@pytest.mark.parametrize("value", [RuntimeError(ADDRESS), [ADDRESS], {"url": ADDRESS}, ADDRESS.encode()], ids=type)
def test_the_token_is_in_nothing_that_goes_with_an_event(either: Start, value: object) -> None:
    written = either("info", TOKEN)
    structlog.get_logger().warning("failed", reason=value)
    assert "/sendMessage" in written.getvalue()
    assert SECRET not in written.getvalue()


def test_the_token_is_not_in_what_a_library_complains_of(either: Start) -> None:
    written = either("info", TOKEN)
    try:
        fail()
    except RuntimeError:
        logging.getLogger("asyncio").error("Task exception was never retrieved: %s", ADDRESS, exc_info=True)
    assert "RuntimeError" in written.getvalue()
    assert SECRET not in written.getvalue()


def test_without_a_token_nothing_is_left_out(either: Start) -> None:
    written = either("info")
    structlog.get_logger().warning("all of it", text="…")
    assert "all of it" in written.getvalue()


# Libraries


@pytest.mark.parametrize("name", ["httpx", "aiogram.event", "transitions.core", "aiohttp.access", "asyncio"])
def test_a_chatty_library_is_silent(piped: Start, name: str) -> None:
    written = piped("debug", TOKEN)
    logging.getLogger(name).info("HTTP Request: POST %s", ADDRESS)
    logging.getLogger(name).warning("slow")
    assert written.getvalue() == ""


def test_the_trouble_of_a_library_is_a_line_like_ours(piped: Start) -> None:
    piped("info")
    written = piped("info")  # starting again doubles nothing
    logging.getLogger("bot.simulator.memory").warning("%s can't be read", "a.json")
    logging.getLogger("asyncio").error("it broke")
    assert [(line["event"], line["level"], line["logger"]) for line in lines(written)] == [
        ("a.json can't be read", "warning", "bot.simulator.memory"),
        ("it broke", "error", "asyncio"),
    ]


# Names


def test_a_seller_has_the_same_name_for_the_life_of_a_file() -> None:
    assert logs.pseudonym(KEY)(5_000_000_002) == logs.pseudonym(KEY)(5_000_000_002)


def test_a_seller_has_another_name_in_another_file() -> None:
    assert logs.pseudonym(KEY)(5) != logs.pseudonym(KEY[::-1])(5)


def test_sellers_have_different_names_that_say_nothing() -> None:
    name = logs.pseudonym(KEY)
    names = {name(5_000_000_000 + number) for number in range(1000)}
    assert len(names) == 1000
    assert all(len(each) == 12 and set(each) <= set("0123456789abcdef") for each in names)
    assert not any("5000000" in each for each in names)
