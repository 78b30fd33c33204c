"""Values in texts, written so that every language formats them itself: `{2026-09-16}`, `{1474118}`, `{CNY 50000}`."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent

from dialogs.markup import Markdown, escape

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_MONEY = re.compile(r"([A-Z]{3}) (\d{1,15})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DECIMAL = re.compile(r"\d{1,9}\.\d{1,3}")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d)?)%")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole units of a currency, named by its three letters."""

    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year, where the day is not known or does not matter."""

    first: date


@dataclass(frozen=True, slots=True)
class Share:
    """So many of a hundred."""

    percent: Decimal


Number = int | Decimal | Money | Share
Value = str | date | Month | Number


def literal(text: str) -> Value | None:
    """The value that a placeholder holds itself, not only its name.

    A day `2026-09-16`, a month `2026-05`, a number `1474118` or `2.5`, an amount `CNY 50000`, a share `80%`.
    """
    if not text.isascii():
        return None
    if text.isdecimal() and len(text) <= 15:
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if money := _MONEY.fullmatch(text):
        return Money(money[1], int(money[2]))
    if share := _SHARE.fullmatch(text):
        return Share(Decimal(share[1]))
    return _day(text)


def _day(text: str) -> date | Month | None:
    try:
        if month := _MONTH.fullmatch(text):
            return Month(date(int(month[1]), int(month[2]), 1))
        return date.fromisoformat(text) if "-" in text else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def written(value: date | Month | Number, lang: str) -> Markdown:
    """A value the way the language writes it; kept, because Babel takes a while and pages repeat."""
    return escape(_formatted(value, lang))


def _formatted(value: date | Month | Number, lang: str) -> str:
    if isinstance(value, Money):
        return format_currency(value.amount, value.currency, locale=lang, currency_digits=False, format="¤#,##0")
    if isinstance(value, Share):
        return format_percent(value.percent / 100, locale=lang, decimal_quantization=False)
    if isinstance(value, Month):
        return format_skeleton("yMMMM", value.first, locale=lang)
    return format_date(value, "long", locale=lang) if isinstance(value, date) else format_decimal(value, locale=lang)
