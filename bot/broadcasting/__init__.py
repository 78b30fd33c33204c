"""Broadcasts from the shell: what `certguide broadcast …` does, and what it says."""

from bot.broadcasting.press import Press, WrongError, opened
from bot.newsroom import NewsError

__all__ = ["NewsError", "Press", "WrongError", "opened"]
