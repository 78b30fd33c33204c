"""Something broken, the rule that finds it, and what the rule says: every sentence of the check is said here once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dialogs.check import Rule
from tests.dialogs.library import TODAY, Library


@dataclass(frozen=True)
class Case:
    """Something broken, the rule that finds it, and what the rule says."""

    rule: Rule
    name: str
    breaks: Callable[[Library], None]
    says: list[str]
    today: date = TODAY


CASES: list[Case] = []


def case(rule: Rule, *says: str, today: date = TODAY) -> Callable[[Callable[[Library], None]], None]:
    """Register what breaks the library in one place, and everything the rule says then."""

    def register(breaks: Callable[[Library], None]) -> None:
        CASES.append(Case(rule, breaks.__name__, breaks, list(says), today))

    return register
