"""Values a seller types: what he wrote -> what it means."""

import re
import unicodedata
from functools import cache
from zoneinfo import available_timezones

from dialogs.topic import Typed

KINDS = ("number", "zone")
"""What a seller can be asked to type."""

_DISTANCE = re.compile(r"(?:utc|gmt)?([-–−+])(\d{1,2})(?::?00)?")
_ETC = re.compile(r"Etc/GMT([-+])(\d+)")
_BETWEEN = re.compile(r"[\W_]+")
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


PLACES = dict.fromkeys(
    "beijing shenzhen guangzhou yiwu hangzhou china 北京 上海 深圳 广州 义乌 杭州 中国 北京时间".split(),
    "asia/shanghai",
)
"""Places our sellers are in that the tz database does not name."""


def parse_zone(text: str) -> str | None:
    """A time zone by its name or by its distance from UTC, as a name of the tz database; None when it is neither.

    "Asia/Shanghai", "shanghai", "UTC+8" and "GMT-3" are understood; half hours only by the name of a place.
    """
    asked = unicodedata.normalize("NFKC", text).strip().replace(" ", "_").casefold()
    asked = PLACES.get(asked, asked)
    distance = _DISTANCE.fullmatch(asked.replace("_", ""))
    if not distance:
        return _zones().get(asked)
    # The tz database counts westward: what everybody calls UTC+8, or GMT+8, is Etc/GMT-8.
    return _zones().get(f"etc/gmt{'-' if distance[1] == '+' else '+'}{int(distance[2])}")


@cache
def _zones() -> dict[str, str]:
    """The time zones by their whole names, and by the last parts of them; kept, because they are read from files."""
    names = sorted(available_timezones(), reverse=True)
    return {name.rpartition("/")[2].casefold(): name for name in names} | {name.casefold(): name for name in names}


def zone_name(zone: str) -> str:
    """A time zone as people write it: one that is kept by its distance as UTC+8, any other by its name."""
    distance = _ETC.fullmatch(zone)
    return f"UTC{'-' if distance[1] == '+' else '+'}{distance[2]}" if distance else zone.removeprefix("Etc/")


def parse(text: str, typed: Typed) -> str | None:
    """What the seller typed, as it is kept; None when it can't be used."""
    if typed.kind == "zone":
        return parse_zone(text)
    number = parse_number(text, typed)
    return None if number is None else str(number)


def same_words(text: str) -> str:
    """Text reduced to what matters when it is compared with a label: letters and digits, in one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN.sub("", folded)
