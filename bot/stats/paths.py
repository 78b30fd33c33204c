"""How far people came: funnels, where they gave up, how long it took, what they answered and what helped them."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from bot.stats.period import today
from bot.stats.scope import IDLE, Scope
from bot.stats.table import Table, Value, share

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
    rows = [(name, n, reached[name], share(n, reached[name])) for name, n in left.items()]
    return Table("leaving", ("page", "left", "people", "went"), tuple(sorted(rows, key=lambda row: (-row[1], row[0]))))


def _sums(scope: Scope, by: str) -> list[tuple[str, *tuple[int, ...]]]:
    spoken, langs = scope.spoken()
    sql = f"select {by}, {SUMS} from tally where day between ? and ? and {spoken} group by {by}"  # noqa: S608
    return scope.rows(sql, *scope.period.days, *langs)


def _left(scope: Scope) -> Iterator[tuple[str, str, int]]:
    """Pages with a version on which people have been for the last time, having reached them in the period."""
    for page, version, n in _last(scope, "p.page, p.version", "r.page = p.page and r.version = p.version"):
        if scope.within(page) and not scope.ends(page):
            yield page, version, n


def _left_topics(scope: Scope) -> Iterator[tuple[str, int]]:
    """Topics in which people have been for the last time, without an end, having opened them in the period."""
    topic = "substr(p.page, 1, instr(p.page, '.') - 1)"
    for page, n in _last(scope, "p.page", f"r.page = {topic} and r.version = '' and r.took is null"):
        if not scope.ends(page):
            yield scope.topic_of(page), n


def _last(scope: Scope, by: str, reached: str) -> list[tuple[str, *tuple[int, ...]]]:
    spoken, langs = scope.spoken("r.lang")
    since, until = scope.period.moments
    # A cross join is looked up in the order it is written: otherwise SQLite reads all that was ever reached.
    return scope.rows(
        f"select {by}, count(*) from people p cross join reached r on r.who = p.who and {reached} "  # noqa: S608
        f"where p.last >= ? and p.last < ? and r.at >= ? and r.at < ? and {spoken} group by {by}",
        *(since * 1000, int((scope.now - IDLE) * 1000), since, until, *langs),
    )


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
    for page, detail, n in _said(scope, "answered"):
        given[scope.page(page)][detail] += n
    rows = []
    for page in scope.questions():
        answers = given[page.name]
        if answers:
            wrong = [(n, id_) for id_, n in answers.items() if id_ != page.right]
            mistake = page.choice(max(wrong)[1]) if wrong else None
            rows.append((page.name, answers.total(), answers[page.right], _rate(answers, page.right), mistake))
    told = tuple((*row[:4], row[4].label if row[4] else "") for row in rows)
    return Table("quiz", ("question", "answered", "right", "rate", "answer"), told)


def helpful(scope: Scope) -> Table:
    """Of each page how many said that it helped, those that helped least first."""
    votes = defaultdict[str, Counter[str]](Counter)
    for page, detail, n in _said(scope, "helpful"):
        if scope.within(page):
            votes[scope.page(page)][detail] += n
    rows = [(name, n["yes"], n["no"], _rate(n, "yes")) for name, n in votes.items()]
    return Table("helpful", ("page", "yes", "no", "rate"), tuple(sorted(rows, key=lambda row: (row[3] or 0, row[0]))))


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
    rows = [(name, n["seen"], n["people"]) for name, n in sums.items() if n["seen"]]
    return Table("seen", ("page", "seen", "people"), tuple(sorted(rows, key=lambda row: (-row[1], row[0]))))


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
