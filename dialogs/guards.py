"""The named conditions a choice may carry: `when = "works-alone"`."""

from collections.abc import Callable

from dialogs.seller import Seller

SMALL_FIRM = 50
"""People from which a firm counts as larger: our rule of thumb, near the EU's line between small and medium."""


def _people(seller: Seller) -> int:
    return int(seller.answers.get("auditors.people", "0"))


def works_alone(seller: Seller) -> bool:
    """One person: somebody else has to do the internal audit."""
    return _people(seller) == 1


def small_firm(seller: Seller) -> bool:
    """A few people: one can audit what another runs."""
    return 1 < _people(seller) < SMALL_FIRM


def larger_firm(seller: Seller) -> bool:
    """Enough people for a small team of internal auditors."""
    return _people(seller) >= SMALL_FIRM


def has_place(seller: Seller) -> bool:
    """The seller stopped in the middle of a topic."""
    return seller.topic != ""


def plain(seller: Seller) -> bool:
    """The seller wants no emoji, and numbers on his buttons."""
    return seller.answers.get("home.plain") == "on"


def news(seller: Seller) -> bool:
    """The seller wants to be told when something changes."""
    return seller.answers.get("home.news") == "on"


GUARDS: dict[str, Callable[[Seller], bool]] = {
    "works-alone": works_alone,
    "small-firm": small_firm,
    "larger-firm": larger_firm,
    "has-place": has_place,
    "plain": plain,
    "not-plain": lambda seller: not plain(seller),
    "news": news,
    "no-news": lambda seller: not news(seller),
}
