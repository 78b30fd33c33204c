"""Values a seller types: what he wrote -> what it means."""

import re
import unicodedata

from dialogs.topic import Typed

_NUMBER = re.compile(r"\D{0,12}?(\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3}){1,4}|\d{1,15})\D{0,24}")
_MORE = re.compile(
    r"[-–−+]\s*\d"  # a sign
    r"|(?<!\w)[.,]\d"  # a fraction without its nought
    r"|\d\s*(k\b|hundred|thousand|million|[百千万萬亿億])",  # twelve of something larger
    re.IGNORECASE,
)
"""What makes a number mean something else than its digits say."""


def parse_number(text: str, typed: Typed) -> int | None:
    """The one whole number in the text, or None when there is none, several, or one out of bounds.

    Digits of any script count, a thousands separator and a few words around it are fine ("about 12 people",
    "１２人"); a sign, a fraction, a multiple ("3k", "1万") or a second number is not.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    match = _NUMBER.fullmatch(text)
    if not match or _MORE.search(text):
        return None
    number = int("".join(character for character in match[1] if character.isdigit()))
    return number if typed.least <= number <= typed.most else None


def same_words(text: str) -> str:
    """Text reduced to what matters when it is compared with a label: letters and digits, in one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())
