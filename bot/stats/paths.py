"""How far people came: funnels, where they gave up, how long it took, what they answered and what helped them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from bot.stats.period import today
from bot.stats.scope import Scope
from bot.stats.table import Table, Value, share
from dialogs.map import Count
from dialogs.topic import Page

SUMS = "sum(people), sum(answered), sum(finished)"


def topics(scope: Scope) -> Table:
    """Of those who opened a topic in the period: who answered something in it, gave up in it, finished it."""
    sums = defaultdict[str, Counter[str]](Counter)
    for name, *numbers in _sums(scope, "page"):
        if "." not in name:
            sums[scope.topic_of(name)].update(dict(zip(("people", "answered", "finished"), numbers, strict=True)))
    for name, n in _left_topics(scope):
        sums[scope.topic_of(name)]["left"] += n
    rows = [(name, sums[name]) for name in scope.subjects(sums) if sums[name]]
    return Table(
        "topics",
        ("topic", "people", "answered", "left", "finished", "share"),
        tuple(
            (name, n["people"], n["answered"], n["left"], n["finished"], share(n["finished"], n["people"]))
            for name, n in rows
        ),
    )


def funnel(scope: Scope) -> Table:
    """The same for each page, in each of its versions."""
    left = Counter[tuple[str, str]]()
    for page, version, n in _left(scope):
        left[scope.page(page), version] += n
    sums = defaultdict[tuple[str, str], Counter[str]](Counter)
    for name, version, *numbers in _sums(scope, "page, version"):
        if "." in name and scope.within(name):
            sums[scope.page(name), version].update(dict(zip(("people", "answered", "finished"), numbers, strict=True)))
    order = {name: n for n, name in enumerate(scope.content.pages)}
    keys = sorted(sums, key=lambda key: (order.get(key[0], len(order)), *key))
    rows = [(key, sums[key]) for key in keys if sums[key]["people"]]
    return Table(
        "funnel",
        ("page", "version", "people", "answered", "left", "finished"),
        tuple((*key, n["people"], n["answered"], left[key], n["finished"]) for key, n in rows),
    )


def leaving(scope: Scope) -> Table:
    """On which pages people gave up, most of them first."""
    left = scope.by_page((page, n) for page, _, n in _left(scope))
    reached = scope.by_page((name, n) for name, n, *_ in _sums(scope, "page"))
    most = sorted(left.items(), key=lambda row: (-row[1], row[0]))
    rows = tuple((name, n, reached[name], share(n, reached[name])) for name, n in most)
    return Table("leaving", ("page", "left", "people", "went"), rows)


def counts(scope: Scope) -> dict[str, Count]:
    """For the map: people who reached each page, and who gave up there."""
    left = scope.by_page((page, n) for page, _, n in _left(scope))
    reached = scope.by_page((name, n) for name, n, *_ in _sums(scope, "page") if "." in name)
    return {page: Count(n, left[page]) for page, n in reached.items()}


def _sums(scope: Scope, by: str) -> list[tuple[Any, ...]]:
    spoken, langs = scope.spoken()
    sql = f"select {by}, {SUMS} from tally where day between ? and ? and {spoken} group by {by}"  # noqa: S608
    return scope.rows(sql, *scope.period.days, *langs)


def _left(scope: Scope) -> Iterator[tuple[str, str, int]]:
    """Pages with a version on which people have been for the last time, having reached them in the period."""
    for there in scope.standing():
        if there.left and scope.within(there.page) and not scope.ends(there.page):
            yield there.page, there.version, there.left


def _left_topics(scope: Scope) -> Iterator[tuple[str, int]]:
    """Topics in which people have been for the last time, not to the end, having opened them in the period."""
    for there in scope.standing():
        if there.inside and not scope.ends(there.page):
            yield scope.topic_of(there.page), there.inside


def times(scope: Scope) -> Table:
    """How long people took from the first page of a topic to its end, breaks included."""
    spoken, langs = scope.spoken()
    took = defaultdict[str, list[int]](list)
    for topic, seconds in scope.rows(
        "select page, took from reached indexed by reached_finished "  # noqa: S608  our own columns
        f"where took is not null and at >= ? and at < ? and {spoken}",
        *(*scope.period.moments, *langs),
    ):
        took[scope.topic_of(topic)].append(seconds)
    found = [(name, took[name]) for name in scope.subjects(took)]
    rows = tuple((name, len(each), quantile(each, 0.5), quantile(each, 0.9)) for name, each in found)
    return Table("times", ("topic", "finished", "median", "ninth"), rows)


def quantile(numbers: list[int], part: float) -> int:
    """The smallest number that at least that part of them does not exceed."""
    return sorted(numbers)[max(0, -int(-len(numbers) * part // 1) - 1)]


def quiz(scope: Scope) -> Table:
    """Of each question of a quiz how often it was answered rightly at the first try, and the most frequent mistake."""
    given = defaultdict[str, Counter[str]](Counter)
    for name, detail, n in _said(scope, "answered"):
        given[scope.page(name)][detail] += n
    rows = [_question(page, given[page.name]) for page in scope.questions() if given[page.name]]
    return Table("quiz", ("question", "answered", "right", "rate", "answer"), tuple(rows))


def _question(page: Page, answers: Counter[str]) -> tuple[Value, ...]:
    wrong = [(n, id_) for id_, n in answers.items() if id_ != page.right]
    mistake = page.choice(max(wrong)[1]) if wrong else None
    right = answers[page.right]
    return page.name, answers.total(), right, _rate(answers, page.right), mistake.context if mistake else ""


def helpful(scope: Scope) -> Table:
    """Of each page how many said that it helped, those first to which most said no."""
    votes = defaultdict[str, Counter[str]](Counter)
    for page, detail, n in _said(scope, "helpful"):
        if scope.within(page):
            votes[scope.page(page)][detail] += n
    rows = [(name, n["yes"], n["no"], _rate(n, "yes")) for name, n in votes.items()]
    most = sorted(rows, key=lambda row: (-row[2], row[1], row[0]))
    return Table("helpful", ("page", "yes", "no", "rate"), tuple(most))


def _rate(counted: Counter[str], of: str) -> float | None:
    return share(counted[of], counted.total())


def _said(scope: Scope, kind: str) -> list[tuple[str, str, int]]:
    spoken, langs = scope.spoken()
    return scope.rows(
        "select page, detail, sum(n) from said "  # noqa: S608  our own columns
        f"where day between ? and ? and kind = ? and {spoken} group by page, detail",
        *(*scope.period.days, kind, *langs),
    )


def seen(scope: Scope) -> Table:
    """Which pages are shown most, and how many people saw them for the first time."""
    spoken, langs = scope.spoken()
    sums = defaultdict[str, Counter[str]](Counter)
    for name, shown, fresh in scope.rows(
        "select page, sum(seen), sum(fresh) from tally "  # noqa: S608  our own columns
        f"where day between ? and ? and {spoken} group by page",
        *(*scope.period.days, *langs),
    ):
        if "." in name and scope.within(name):
            sums[scope.page(name)].update(seen=shown, people=fresh)
    most = sorted(sums.items(), key=lambda row: (-row[1]["seen"], row[0]))
    return Table(
        "seen", ("page", "seen", "people"), tuple((name, n["seen"], n["people"]) for name, n in most if n["seen"])
    )


def review(scope: Scope) -> Table:
    """Pages that should have been checked again by today, and how often they were shown in the period."""
    shown = dict[str, Value]((row[0], row[1]) for row in seen(scope).rows if isinstance(row[0], str))
    day = today(scope.now)
    rows = [
        (page.name, page.evidence.review_by, shown.get(page.name, 0))
        for page in scope.content.pages.values()
        if page.evidence and page.evidence.review_by < day and scope.within(page.name)
    ]
    return Table("review", ("page", "due", "seen"), tuple(sorted(rows, key=lambda row: (row[1], row[0]))))
