"""Values in texts, as authors write them and as each language shows them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.literal import Money, Month, Share, Value, literal, written
from dialogs.markup import plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-09-16", date(2026, 9, 16)),
        ("1474118", 1474118),
        ("0", 0),
        ("CNY 50000", Money("CNY", 50_000)),
        ("", None),
        ("cups", None),
        ("other-name", None),
        ("2026-13-01", None),
        ("2026W011", None),
        ("-5", None),
        ("2.5", Decimal("2.5")),
        ("2026-05", Month(date(2026, 5, 1))),
        ("80%", Share(Decimal(80))),
        ("0.5%", Share(Decimal("0.5"))),
        ("2026-13", None),
        ("2026-1", None),
        ("1.", None),
        (".5", None),
        ("1.2.3", None),
        ("80 %", None),
        ("%", None),
        ("CNY 1.5", None),
        ("cny 5", None),
        ("CNY  5", None),
        ("12 cups", None),
        ("１２", None),
    ],
)
def test_a_placeholder_may_hold_its_value_itself(text: str, value: Value | None) -> None:
    assert literal(text) == value


@given(st.text(alphabet="0123456789-.% CNY", max_size=12))
def test_whatever_an_author_writes_is_a_value_or_none(text: str) -> None:
    value = literal(text)
    assert value is None or plain(written(value, "en"))


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_and_month_can_be_written(day: date) -> None:
    assert literal(day.isoformat()) == day
    assert literal(f"{day:%Y-%m}") == Month(day.replace(day=1))


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        ("2026-05", "en", "May 2026"),
        ("2026-05", "zh_Hans", "2026年5月"),
        ("2026-05", "ru", "май 2026 г."),
        ("2.5", "en", "2.5"),
        ("2.5", "de", "2,5"),
        ("80%", "en", "80%"),
        ("80%", "de", "80 %"),
        ("0.5%", "ru", "0,5 %"),
        ("CNY 50000", "en", "CN¥50,000"),
        ("CNY 50000", "zh_Hans", "¥50,000"),
        ("EUR 3", "zh_Hans", "€3"),
        ("INR 12000", "en", "₹12,000"),
    ],
)
def test_a_language_writes_it_in_its_own_way(text: str, lang: str, said: str) -> None:
    value = literal(text)
    assert value is not None
    assert not isinstance(value, str)
    assert " ".join(plain(written(value, lang)).split()) == said
