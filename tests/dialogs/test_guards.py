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
    assert {name for name, guard in GUARDS.items() if guard(seller)} == holds


def test_somebody_in_the_middle_of_a_topic_has_a_place() -> None:
    assert GUARDS["has-place"](Seller(1, topic="tea"))
    assert not GUARDS["has-place"](Seller(1))
