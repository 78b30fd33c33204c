"""Ready questions to a database that was exported: what people would otherwise have to write in SQL first."""

from dataclasses import dataclass

from bot.stats.exports.tables import Table
from bot.store.tally import ARRIVALS, OUTSIDE


@dataclass(frozen=True, slots=True)
class View:
    """One of them: its columns with their meanings, the tables it needs, and how it is made."""

    name: str
    meaning: str
    needs: frozenset[str]
    columns: dict[str, str]
    sql: str
    counts: bool = True
    """It counts, and what it finds is kept: Datasette waits a second, and a million rows may take longer."""

    @property
    def kept(self) -> str:
        """The table in which it is kept."""
        return f"counted_{self.name}"


SHOWN = ", ".join(f"'{kind}'" for kind in sorted(ARRIVALS))
ACTIVE = f"not operator and kind != '{OUTSIDE}'"
"""Sellers' steps: not those of who runs the bot, and not what happens to somebody outside a conversation."""

VIEWS = (
    View(
        "active_by_day",
        "How many sellers did something on each day, in UTC",
        frozenset({"events"}),
        {"day": "The day", "sellers": "How many sellers", "events": "How much they did"},
        f"""
        select day, count(*) as sellers, sum(steps) as events
        from (select substr(time, 1, 10) as day, seller, count(*) as steps from events where {ACTIVE} group by 1, 2)
        group by day order by day desc
        """,  # noqa: S608  our own columns
    ),
    View(
        "active_by_week",
        "How many sellers did something in each week",
        frozenset({"events"}),
        {"week": "Its Monday", "sellers": "How many sellers", "events": "How much they did"},
        f"""
        select week, count(*) as sellers, sum(steps) as events
        from (
            select date(day, '-6 days', 'weekday 1') as week, seller, sum(steps) as steps
            from (select substr(time, 1, 10) as day, seller, count(*) as steps from events where {ACTIVE} group by 1, 2)
            group by 1, 2
        )
        group by week order by week desc
        """,  # noqa: S608  our own columns
    ),
    View(
        "funnel_by_topic",
        "How many sellers began each topic, and how many of them came to an end of it",
        frozenset({"events"}),
        {
            "topic": "The topic",
            "began": "Sellers who saw a page of it",
            "finished": "Sellers who came to an end of it",
            "share": "How many of a hundred who began",
        },
        f"""
        select topic, count(saw) as began, count(ended) as finished,
            round(100.0 * count(ended) / count(saw), 1) as share
        from (
            select substr(page, 1, instr(page, '.') - 1) as topic, seller,
                max(case when kind in ({SHOWN}) then 1 end) as saw,
                max(case when kind = 'finished' then 1 end) as ended
            from events where not operator and page not like 'home.%' group by 1, 2
        )
        group by topic having count(saw) order by began desc, topic
        """,  # noqa: S608  our own columns
    ),
    View(
        "most_seen_pages",
        "Pages by how often they were shown",
        frozenset({"events"}),
        {"page": "The page", "shown": "How often it was shown", "sellers": "To how many sellers"},
        f"""
        select page, sum(times) as shown, count(*) as sellers
        from (select page, seller, count(*) as times from events where not operator and kind in ({SHOWN}) group by 1, 2)
        group by page order by shown desc, page
        """,  # noqa: S608  our own columns
    ),
    View(
        "sellers_by_language",
        "How many sellers read each language",
        frozenset({"sellers"}),
        {
            "language": "The language",
            "sellers": "How many sellers",
            "away": "How many of them have blocked the bot",
            "want_news": "How many of them want broadcasts",
        },
        """
        select language, count(*) as sellers, count(away) as away, sum(wants_news) as want_news
        from sellers group by language order by sellers desc, language
        """,
    ),
    View(
        "answers_given",
        "How many sellers gave each answer",
        frozenset({"answers"}),
        {"question": "The question", "answer": "The answer", "sellers": "How many sellers"},
        """
        select question, answer, count(*) as sellers
        from answers group by question, answer order by question, sellers desc, answer
        """,
    ),
    View(
        "questions_open",
        "What waits for an answer, the oldest first",
        frozenset({"questions"}),
        {"time": "When he asked", "seller": "Who", "language": "In which he reads", "page": "Where", "text": "What"},
        "select time, seller, language, page, text from questions where state = 'open' order by time",
        counts=False,
    ),
    View(
        "broadcast_results",
        "How each broadcast ended, in people",
        frozenset({"deliveries", "broadcasts"}),
        {
            "broadcast": "Its number",
            "state": "Of the broadcast",
            "started": "When it started",
            "people": "Whom it was to reach",
            "waiting": "Who still waits",
            "sent": "Whom it reached",
            "gone": "Who had blocked the bot",
            "failed": "Whom it could not reach",
            "skipped": "Who was left out",
            "unsure": "Of whom nobody knows",
            "share": "How many of a hundred it reached",
        },
        """
        select d.broadcast, b.state, b.started, count(*) as people,
            sum(d.state in ('waiting', 'sending')) as waiting, sum(d.state = 'sent') as sent,
            sum(d.state = 'gone') as gone, sum(d.state = 'failed') as failed,
            sum(d.state = 'skipped') as skipped, sum(d.state = 'unsure') as unsure,
            round(100.0 * sum(d.state = 'sent') / count(*), 1) as share
        from deliveries d left join broadcasts b on b.broadcast = d.broadcast
        group by d.broadcast order by d.broadcast desc
        """,
    ),
)


def views(tables: tuple[Table, ...]) -> list[View]:
    """Those that need no other tables."""
    names = {table.name for table in tables}
    return [view for view in VIEWS if view.needs <= names]
