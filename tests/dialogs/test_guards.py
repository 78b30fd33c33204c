"""The named conditions of choices."""

import pytest

from dialogs import Seller
from dialogs.guards import GUARDS, SMALL_FIRM


@pytest.mark.parametrize(
    ("people", "holds"),
    [
        ("", set()),
        ("0", set()),
        ("1", {"works-alone"}),
        ("2", {"small-firm"}),
        (str(SMALL_FIRM - 1), {"small-firm"}),
        (str(SMALL_FIRM), {"larger-firm"}),
        ("100000", {"larger-firm"}),
    ],
)
def test_a_firm_is_of_one_size_at_most(people: str, holds: set[str]) -> None:
    seller = Seller(1, answers={"auditors.people": people} if people else {})
    assert {name for name in ("works-alone", "small-firm", "larger-firm") if GUARDS[name](seller)} == holds


def test_somebody_in_the_middle_of_a_topic_has_a_place() -> None:
    assert GUARDS["has-place"](Seller(1, topic="tea"))
    assert not GUARDS["has-place"](Seller(1))


@pytest.mark.parametrize("setting", ["plain", "news"])
@pytest.mark.parametrize("answer", ["", "on", "off", "rubbish"])
def test_a_setting_is_off_until_it_is_turned_on(setting: str, answer: str) -> None:
    seller = Seller(1, answers={f"home.{setting}": answer} if answer else {})
    assert GUARDS[setting](seller) == (answer == "on")
    assert GUARDS[f"{'not' if setting == 'plain' else 'no'}-{setting}"](seller) == (answer != "on")


def test_every_condition_is_tried_here() -> None:
    assert set(GUARDS) == {
        *("works-alone", "small-firm", "larger-firm", "has-place"),
        *("plain", "not-plain", "news", "no-news"),
    }
