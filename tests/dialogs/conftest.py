"""The real consultant, and a small library to break."""

from pathlib import Path

import pytest
from hypothesis import settings

from dialogs import Conversation, load
from tests.dialogs.library import Library

# How long an example takes says something about the machine and nothing about the mind.
settings.register_profile("dialogs", deadline=None)
settings.load_profile("dialogs")


@pytest.fixture(scope="session")
def consultant() -> Conversation:
    """The real content; it keeps no seller, so that all tests may share it."""
    return load(contact="@helper")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A small sound library."""
    return Library(tmp_path)


@pytest.fixture
def tea(library: Library) -> Conversation:
    """The consultant who knows only about tea."""
    return library.load()
