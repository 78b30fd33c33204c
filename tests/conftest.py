"""What all tests share."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update` writes down what the bot says now; whoever reviews reads the difference."""
    parser.addoption("--update", action="store_true", help="rewrite the recorded stories")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether the stories are to be rewritten."""
    return bool(request.config.getoption("--update"))
