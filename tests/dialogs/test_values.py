"""What a seller types, and what it means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.topic import Typed
from dialogs.values import KINDS, parse, parse_number, parse_zone, same_words, zone_name

PEOPLE = Typed("number", 1, 100_000, "12", "No.", "tea.pot")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("  12\n", 12),
        ("１２", 12),
        ("12 people", 12),
        ("12-person firm", 12),
        ("about 12", 12),
        ("We are 12.", 12),
        ("ca. 12", 12),
        ("ca.12", 12),
        ("#12", 12),
        ("12 kids", 12),
        ("约12人", 12),
        ("１２人", 12),
        ("大概12个人吧", 12),
        ("12 человек", 12),
        ("١٢", 12),
        ("१२", 12),
        ("⑫", 12),
        ("012", 12),
        ("1,200", 1200),
        ("1 200", 1200),
        ("1.200", 1200),
        ("1'200", 1200),
        ("1\u00a0200", 1200),
        ("1\u202f200", 1200),
        ("99,999", 99_999),
        ("1", 1),
        ("100000", 100_000),
    ],
)
def test_one_whole_number_is_understood(text: str, number: int) -> None:
    assert parse_number(text, PEOPLE) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "twelve",
        "十二",
        "/12/15",
        "12 or 15",
        "12-15",
        "12，15",
        "-3",
        "- 3",
        "−3",
        "–3",
        "－3",
        "+3",
        "3.5",
        "3,5",
        "0.5",
        ".5",
        ",5",
        "about .5",
        "½",
        "1½",
        "1e3",
        "3k",
        "3 K",
        "2 hundred",
        "3 thousand people",
        "1万人",
        "3千",
        "5百",
        "1,20",
        "1,2,3",
        "12,000.50",
        "0",
        "100001",
        "9" * 16,
        "9" * 5000,
        "㊿" * 4096,
        "1" + ",000" * 2000,
        "12" + "x" * 25,
        "x" * 13 + "12",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert parse_number(text, PEOPLE) is None


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    number = parse_number(text, PEOPLE)
    assert number is None or PEOPLE.least <= number <= PEOPLE.most


@given(st.text(alphabet="0123456789０１２٣٤५ ,.-+kK万千人'½\u00a0\u202f⑨㊿", max_size=40))
def test_no_text_that_is_almost_a_number_breaks_it(text: str) -> None:
    number = parse_number(text, PEOPLE)
    assert number is None or PEOPLE.least <= number <= PEOPLE.most


@given(st.integers(-200_000, 200_000), st.sampled_from(["{}", "{:,}", " {} ", "{} people", "about {}", "约{}人"]))
def test_every_number_within_bounds_is_read_as_it_was_written(number: int, way: str) -> None:
    assert parse_number(way.format(number), PEOPLE) == (number if 1 <= number <= 100_000 else None)


# Time zones

ZONE = Typed("zone", 0, 0, "UTC+8", "No.", "tea.pot")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("  Shanghai\n", "Asia/Shanghai"),
        ("SHANGHAI", "Asia/Shanghai"),
        ("New York", "America/New_York"),
        ("ho chi minh", "Asia/Ho_Chi_Minh"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("UTC+8", "Etc/GMT-8"),
        ("utc +8", "Etc/GMT-8"),
        ("UTC + 8", "Etc/GMT-8"),
        ("ＵＴＣ＋８", "Etc/GMT-8"),
        ("UTC+08:00", "Etc/GMT-8"),
        ("GMT+0800", "Etc/GMT-8"),
        ("+8", "Etc/GMT-8"),
        ("GMT-3", "Etc/GMT+3"),
        ("UTC−5", "Etc/GMT+5"),
        ("UTC–5", "Etc/GMT+5"),
        ("UTC+14", "Etc/GMT-14"),
        ("UTC", "UTC"),
        ("gmt", "GMT"),
        ("GMT+8", "Etc/GMT-8"),
        ("etc/gmt-8", "Etc/GMT-8"),
        ("UTC+0", "Etc/GMT-0"),
    ],
)
def test_a_time_zone_is_understood(text: str, zone: str) -> None:
    assert parse_zone(text) == zone
    assert parse(text, ZONE) == zone


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "8",
        "UTC8",
        "Atlantis",
        "UTC+15",
        "UTC-13",
        "UTC+99",
        "UTC+5:30",
        "UTC+8+8",
        "Asia",
        "Asia/",
        "/",
        "../UTC",
        "+",
        "8" * 5000,
    ],
)
def test_anything_else_is_no_time_zone(text: str) -> None:
    assert parse_zone(text) is None
    assert parse(text, ZONE) is None


@pytest.mark.parametrize("hours", range(-12, 15))
def test_a_distance_from_utc_is_the_one_everybody_means(hours: int) -> None:
    zone = parse_zone(f"UTC{hours:+d}")
    assert zone is not None
    offset = ZoneInfo(zone).utcoffset(datetime(2026, 11, 25, tzinfo=UTC))
    assert offset == timedelta(hours=hours)
    assert zone_name(zone) == f"UTC{hours:+d}"
    assert parse_zone(f"GMT{hours:+d}") == zone


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Asia/Shanghai", "Asia/Shanghai"), ("Etc/UTC", "UTC"), ("Etc/GMT", "GMT"), ("Etc/GMT-8", "UTC+8"), ("", "")],
)
def test_a_time_zone_is_named_as_people_write_it(zone: str, name: str) -> None:
    assert zone_name(zone) == name


@settings(max_examples=30)
@given(st.one_of(st.text(), st.from_regex(r"(utc|gmt)? ?[-+]\d{1,3}(:?\d\d)?", fullmatch=True)))
def test_no_text_breaks_a_time_zone(text: str) -> None:
    zone = parse_zone(text)
    assert zone is None or zone in available_timezones()


def test_every_kind_of_value_is_kept_as_text() -> None:
    examples = {"number": ("about 1,200 people", "1200"), "zone": ("shanghai", "Asia/Shanghai")}
    assert set(examples) == set(KINDS)
    for kind, (text, kept) in examples.items():
        assert parse(text, Typed(kind, 1, 100_000, "", "", "")) == kept
        assert parse("?", Typed(kind, 1, 100_000, "", "", "")) is None


# Words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Skip", "skip"),
        ("Is this offer a trick?", "is this offer a trick"),
        ("Straße", "STRASSE"),
        ("2 to 49 people", "２ to ４９ people!"),
        ("跳过", " 跳过。"),
        ("Term: leaf", "term leaf"),
    ],
)
def test_the_same_words_are_the_same(one: str, other: str) -> None:
    assert same_words(one) == same_words(other)


def test_other_words_are_not_the_same_and_marks_are_no_words() -> None:
    assert same_words("yes") != same_words("no")
    assert same_words("?! *_* 🙂") == ""


@given(st.text())
def test_words_compared_twice_are_the_same(text: str) -> None:
    words = same_words(text)
    assert not words or all(character.isalnum() for character in words)
