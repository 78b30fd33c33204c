"""What passed between people and operators: questions without an answer, and broadcasts."""

from collections import defaultdict

from bot.stats.period import today
from bot.stats.scope import Scope
from bot.stats.table import Table
from bot.store.daytime import DAY
from dialogs.values import same_words

TOGETHER = 2
"""People who have to have asked the same before its words are shown: those of one person are for who answers him."""

SOON = DAY
"""Seconds after a broadcast within which a block is put down to it."""

OUTCOMES = ("sent", "gone", "failed", "skipped", "unsure", "waiting")


def questions(scope: Scope) -> Table:
    """Questions nobody has answered yet, the same words together, those asked most first."""
    spoken, langs = scope.spoken()
    groups = defaultdict[str, list[tuple[int, str, str, int]]](list)
    for seller, text, page, lang, at in scope.rows(
        "select seller, text, page, lang, at from questions "  # noqa: S608  our own columns
        f"where state = 'open' and at >= ? and at < ? and {spoken} order by id",
        *(*scope.period.moments, *langs),
    ):
        if scope.within(page):
            groups[same_words(text)].append((seller, text.strip(), lang, at))
    together = {words: asked for words, asked in groups.items() if len({row[0] for row in asked}) >= TOGETHER}
    rows = [
        (asked[0][1], asked[0][2], len({row[0] for row in asked}), today(asked[0][3])) for asked in together.values()
    ]
    rows.sort(key=lambda row: (-row[2], row[3], row[0]))
    single = defaultdict[str, list[int]](list)
    for words, asked in groups.items():
        if words not in together:
            single[asked[0][2]] += [row[3] for row in asked]
    rows += [("", lang, len(at), today(min(at))) for lang, at in sorted(single.items())]
    return Table("questions", ("words", "language", "people", "oldest"), tuple(rows))


def broadcasts(scope: Scope) -> Table:
    """Broadcasts begun in the period: how they ended for people, and who blocked the bot within a day of his."""
    rows = []
    for id_, started in scope.rows(
        "select id, started from broadcasts where action = 'send' and started >= ? and started < ? order by id",
        *scope.period.moments,
    ):
        spoken, langs = scope.spoken()
        counts = dict(
            scope.rows(
                f"select state, count(*) from deliveries where broadcast = ? and {spoken} group by state",  # noqa: S608
                *(id_, *langs),
            )
        )
        counts["waiting"] = counts.get("waiting", 0) + counts.pop("sending", 0)
        ends = (counts.get(state, 0) for state in OUTCOMES)
        rows.append((f"#{id_}", today(started), *ends, *_after(scope, id_, started)))
    return Table("broadcasts", ("broadcast", "started", *OUTCOMES, "blocked", "declined"), tuple(rows))


def _after(scope: Scope, id_: int, started: int) -> tuple[int, int]:
    """Who blocked the bot within a day of getting it, and who declined further news with its button."""
    spoken, langs = scope.spoken("d.lang")
    ((blocked,),) = scope.rows(
        "select count(distinct t.who) from trail t join deliveries d on d.who = t.who "  # noqa: S608  our own columns
        "where t.kind = 'blocked' and t.staff = 0 and t.at >= ? * 1000 and d.broadcast = ? and d.state = 'sent' "
        f"and t.at between d.at * 1000 and (d.at + ?) * 1000 and {spoken}",
        *(started, id_, SOON, *langs),
    )
    ((declined,),) = scope.rows(
        "select count(distinct t.who) from trail t join deliveries d on d.who = t.who and d.broadcast = ? "  # noqa: S608
        f"where t.kind = 'declined' and t.staff = 0 and t.detail = ? and {spoken}",
        *(id_, str(id_), *langs),
    )
    return blocked, declined
