"""All figures there are, by name, in the order in which they are shown."""

from collections.abc import Callable, Iterator, Sequence

from bot.stats import contact, paths, presence
from bot.stats.scope import Scope
from bot.stats.table import Table

FIGURES: dict[str, Callable[[Scope], Table]] = {
    "people": presence.people,
    "daily": presence.daily,
    "topics": paths.topics,
    "leaving": paths.leaving,
    "times": paths.times,
    "funnel": paths.funnel,
    "retention": presence.retention,
    "campaigns": presence.campaigns,
    "hours": presence.hours,
    "languages": presence.languages,
    "quiz": paths.quiz,
    "helpful": paths.helpful,
    "seen": paths.seen,
    "questions": contact.questions,
    "broadcasts": contact.broadcasts,
    "review": paths.review,
}
"""Each takes a question and answers with a table; what it counts exactly, the phrase `figure-<name>-means` says."""

OF_TOPICS = ("topics", "leaving", "times", "funnel", "quiz", "helpful", "seen", "questions", "review")
"""Those that can be asked for one topic only; the others are of everybody and left out then."""


def asked(scope: Scope) -> Sequence[str]:
    """The figures that answer a question."""
    return OF_TOPICS if scope.topic else tuple(FIGURES)


def gather(scope: Scope, names: Sequence[str]) -> Iterator[Table]:
    """Those figures, one after the other, since one may take seconds."""
    for name in names:
        yield FIGURES[name](scope)
