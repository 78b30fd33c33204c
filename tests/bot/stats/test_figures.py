"""Every figure equals a slow recount of the trail, and the parts sum to the whole."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dialogs
from bot.stats import presence
from bot.stats.figures import FIGURES, OF_TOPICS, asked, gather
from bot.stats.paths import quantile
from bot.stats.period import Period, between, today
from bot.stats.scope import Scope, scope
from bot.stats.snapshot import StatsError
from bot.stats.table import KINDS, Table
from bot.store import broadcasts, deliveries, questions, sellers, trail
from dialogs import Event
from tests.bot.stats.conftest import Fresh
from tests.bot.stats.slow import Slow
from tests.bot.stats.walks import BEGIN, DAY, Step, logs, walk

CONVERSATION = dialogs.load()
CONTENT = CONVERSATION.content
ZONE = "Asia/Kathmandu"
"""Its clock differs from ours by hours and a quarter less than one more."""


def asking(db: sqlite3.Connection, now: float, period: Period | None = None, **narrowed: str) -> Scope:
    return Scope(db, CONTENT, period or between(None, None, now), now, ZONE, **narrowed)


# Against the slow ones


@settings(
    deadline=None,
    max_examples=int(__import__("os").environ.get("EX", "120")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    log=logs,
    since=st.integers(-3, 12),
    length=st.integers(1, 60),
    later=st.sampled_from((1, DAY, 4 * DAY, 40 * DAY)),
    lang=st.sampled_from(("", "", "zh_Hans")),
    topic=st.sampled_from(("", "", "checking")),
)
def test_every_figure_equals_a_slow_recount(
    fresh: Fresh, log: list[Step], since: int, length: int, later: int, lang: str, topic: str
) -> None:
    with closing(fresh()) as db:
        now = walk(db, log) + later
        first = today(BEGIN) + timedelta(since)
        for period in (between(None, None, now), Period(first, first + timedelta(length - 1))):
            asked_for = asking(db, now, period, lang=lang, topic=topic)
            slow, fast = Slow(asked_for), {name: FIGURES[name](asked_for).rows for name in FIGURES}
            assert fast["people"] == slow.spans()
            assert fast["daily"] == slow.daily()
            assert fast["languages"] == slow.languages()
            assert fast["retention"] == tuple((week, *row) for week, row in sorted(slow.cohorts("week").items()))
            assert {row[0]: row[1:] for row in fast["campaigns"]} == slow.cohorts("campaign")
            assert fast["hours"] == slow.hours()
            assert fast["topics"] == slow.topics()
            assert fast["funnel"] == slow.funnel()
            assert fast["times"] == slow.times()
            assert fast["helpful"] == slow.helpful()
            assert fast["seen"] == slow.seen()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=logs)
def test_the_parts_sum_to_the_whole(fresh: Fresh, log: list[Step]) -> None:
    with closing(fresh()) as db:
        now = walk(db, log) + 10 * DAY
        every = {name: FIGURES[name](asking(db, now)) for name in FIGURES}
        people = {row[0]: row[1:] for row in every["people"].rows}
        assert people["period"][0] == sum(map(int, numbers(every["languages"], "active")))
        assert people["period"][0] == sum(map(int, numbers(every["daily"], "new")))
        assert people["period"][0] == sum(map(int, numbers(every["retention"], "new")))
        assert people["period"][0] == sum(map(int, numbers(every["campaigns"], "new")))
        assert sum(map(int, numbers(every["topics"], "finished"))) == sum(map(int, numbers(every["times"], "finished")))
        halves = [FIGURES["seen"](asking(db, now, lang=lang)) for lang in ("en", "zh_Hans")]
        shown = sum(map(int, numbers(every["seen"], "seen")))
        assert shown == sum(int(n) for half in halves for n in numbers(half, "seen"))
        parts = [FIGURES["seen"](asking(db, now, topic=topic)) for topic in CONTENT.topics]
        assert shown == sum(int(n) for part in parts for n in numbers(part, "seen"))
        assert sum(map(int, numbers(every["leaving"], "left"))) == sum(map(int, numbers(every["funnel"], "left")))
        for name in ("topics", "funnel"):
            for row in every[name].records():
                assert all(0 <= row[part] <= row["people"] for part in ("answered", "left", "finished"))  # type: ignore[operator]


def numbers(table: Table, column: str) -> list[int]:
    return [value for value in table.column(column) if isinstance(value, int)]


def test_a_week_of_days_is_the_whole_and_nothing_is_counted_twice(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        for day in range(7):
            for who in (1, 2, 3):
                trail.append(db, who, "en", [Event("arrived", "home.menu", "v1")], BEGIN + day * DAY)
        first = today(BEGIN)
        seen = [FIGURES["seen"](asking(db, BEGIN + 9 * DAY, Period(d, d))) for d in days(first, 7)]
        whole = FIGURES["seen"](asking(db, BEGIN + 9 * DAY, Period(first, first + timedelta(6))))
        assert whole.rows == (("home.menu", 21, 3),)
        assert [table.rows[0][1:] for table in seen] == [(3, 3), *[(3, 0)] * 6]


def days(first: date, n: int) -> list[date]:
    return [first + timedelta(day) for day in range(n)]


# Single figures, with numbers to read


def test_days_weeks_and_months_of_people(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        for who, day in ((1, 0), (1, 1), (2, 1), (1, 20), (3, 39), (2, 40)):
            trail.append(db, who, "en", [Event("arrived", "home.menu", "v1")], BEGIN + day * DAY)
        last = today(BEGIN) + timedelta(40)
        table = presence.people(asking(db, BEGIN + 40 * DAY, Period(last - timedelta(40), last)))
    assert table.columns == ("span", "active", "new", "returning", "before")
    assert table.rows == (
        ("day", 1, 0, 1, 1),
        ("week", 2, 1, 1, 0),
        ("month", 3, 1, 2, 2),
        ("period", 3, 3, 0, 0),
    )


def test_somebody_is_counted_again_exactly_a_day_a_week_and_a_month_after_his_first(fresh: Fresh) -> None:
    """Of four who came on a Monday one came again on each of these days; the last of them is not over yet."""
    with closing(fresh()) as db:
        for who, day in ((1, 0), (2, 0), (3, 0), (4, 0), (1, 1), (2, 7), (3, 8), (4, 30)):
            greeted = [Event("greeted", "home.welcome", "v1"), Event("link", "home.welcome", "v1", "fair")]
            trail.append(db, who, "en", greeted if day == 0 else greeted[:1], BEGIN + day * DAY)
        over = Period(today(BEGIN), today(BEGIN) + timedelta(40))
        assert FIGURES["retention"](asking(db, BEGIN + 31 * DAY, over)).rows == ((today(BEGIN), 4, 0.25, 0.25, 0.25),)
        assert FIGURES["retention"](asking(db, BEGIN + 30 * DAY, over)).rows == ((today(BEGIN), 4, 0.25, 0.25, None),)
        assert FIGURES["campaigns"](asking(db, BEGIN + 31 * DAY, over)).rows == (("fair", 4, 0.25, 0.25, 0.25),)


def test_who_is_still_there_has_not_given_up(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        trail.append(db, 1, "en", [Event("arrived", "checking.order", "v1")], BEGIN)
        trail.append(db, 2, "en", [Event("arrived", "checking.end", "v1")], BEGIN)
        trail.append(db, 3, "en", [Event("arrived", "home.menu", "v1")], BEGIN)
        left = [FIGURES["leaving"](asking(db, BEGIN + seconds)).rows for seconds in (3 * DAY, 3 * DAY + 1)]
    assert left == [(), (("checking.order", 1, 1, 1.0),)]


@pytest.mark.parametrize(
    ("numbers_", "median", "ninth"),
    [([5], 5, 5), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), (list(range(1, 11)), 5, 9), (list(range(1, 102)), 51, 91)],
)
def test_half_need_no_more_than_the_median(numbers_: list[int], median: int, ninth: int) -> None:
    assert (quantile(numbers_, 0.5), quantile(numbers_, 0.9)) == (median, ninth)


@given(st.lists(st.integers(0, 10**6), min_size=1), st.sampled_from((0.5, 0.9)))
def test_a_quantile_is_one_of_them_and_the_smallest_that_will_do(found: list[int], part: float) -> None:
    number = quantile(found, part)
    assert number in found
    assert sum(n <= number for n in found) >= part * len(found)
    assert sum(n < number for n in found) < part * len(found)


def test_a_quiz_counts_first_answers_and_names_the_most_frequent_mistake(fresh: Fresh) -> None:
    page = CONTENT.pages["checking.q1"]
    wrong = [choice for choice in page.choices if choice.id != page.right]
    with closing(fresh()) as db:
        for who, answers in enumerate(
            [[page.right], [page.right], [wrong[0].id, page.right], [wrong[1].id], [wrong[0].id]]
        ):
            for answer in answers:
                event = Event("answered", page.name, page.version, answer, f"checking.{page.ask}")
                trail.append(db, who, "en", [event], BEGIN + who)
        table = FIGURES["quiz"](asking(db, BEGIN + DAY))
    assert table.rows == ((page.name, 5, 2, 0.4, wrong[0].context),)


def test_votes_are_shown_with_what_most_people_said_no_to_first(fresh: Fresh) -> None:
    """One no of one is less to go by than four of ten."""
    votes = {"iso9001.what": (6, 4), "checking.order": (0, 1), "checking.who": (1, 1), "iso9001.cost": (3, 0)}
    said = [(page, vote) for page, n in votes.items() for vote in ["yes"] * n[0] + ["no"] * n[1]]
    with closing(fresh()) as db:
        for n, (page, vote) in enumerate(said):
            trail.append(db, n, "en", [Event("helpful", page, "v1", vote)], BEGIN)
        assert FIGURES["helpful"](asking(db, BEGIN)).rows == (
            ("iso9001.what", 6, 4, 0.6),
            ("checking.order", 0, 1, 0.0),
            ("checking.who", 1, 1, 0.5),
            ("iso9001.cost", 3, 0, 1.0),
        )


def test_what_passed_its_day_is_listed_with_how_often_it_was_shown(fresh: Fresh) -> None:
    page = CONTENT.pages["checking.order"]
    assert page.evidence
    with closing(fresh()) as db:
        then = float((page.evidence.review_by - date(1970, 1, 1)).days * DAY)
        trail.append(db, 1, "en", [Event("arrived", page.name, "v1")], then)
        assert page.name not in FIGURES["review"](asking(db, then + 10)).column("page")
        table = FIGURES["review"](asking(db, then + DAY, topic="checking"))
    assert (page.name, page.evidence.review_by, 1) in table.rows
    assert {str(name).partition(".")[0] for name in table.column("page")} == {"checking"}


# What is said and sent


def asked_by(db: sqlite3.Connection, id_: int, text: str, lang: str = "en", at: float = BEGIN) -> None:
    guest = sellers.load(db, id_) or sellers.arrive(id_)
    guest.seller.lang = lang
    sellers.save(db, guest, at)
    questions.ask(db, id_, text, lang, "checking.order", at)


def test_the_same_question_of_several_is_one_line_and_that_of_one_shows_no_words(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        for id_, text in enumerate(
            ["What is CE?", "what is CE", "my secret plan", "What  is ce ??", "another secret"], 1
        ):
            asked_by(db, id_, text, at=BEGIN + id_)
        asked_by(db, 9, "只问一次", "zh_Hans")
        questions.end(db, 2, "closed", 0, BEGIN)
        day = today(BEGIN)
        rows = FIGURES["questions"](asking(db, BEGIN + DAY)).rows
        assert rows == (("What is CE?", "en", 2, day), ("", "en", 2, day), ("", "zh_Hans", 1, day))
        assert FIGURES["questions"](asking(db, BEGIN + DAY, lang="zh_Hans")).rows == (("", "zh_Hans", 1, day),)
        assert FIGURES["questions"](asking(db, BEGIN + DAY, topic="iso9001")).rows == ()


def test_one_person_who_asks_the_same_twice_is_one(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        asked_by(db, 1, "is it true?")
        asked_by(db, 1, "Is it TRUE")
        assert FIGURES["questions"](asking(db, BEGIN)).column("words") == ("",)


def test_broadcasts_with_their_outcomes_and_who_blocked_the_bot_after_them(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        for id_ in range(1, 6):
            guest = sellers.arrive(id_)
            guest.who = id_ * 1000
            guest.seller.trail.append(Event("greeted", "home.welcome", "v1"))
            sellers.save(db, guest, BEGIN)
        id_ = broadcasts.draft(db, 1, BEGIN)
        db.execute("update broadcasts set state = 'done', started = ? where id = ?", [BEGIN + 60, id_])
        for who, state in ((1000, "sent"), (2000, "sent"), (3000, "sent"), (4000, "failed"), (5000, "unsure")):
            db.execute(
                "insert into deliveries (broadcast, who, lang, state, due, at) values (?, ?, 'en', ?, 0, ?)",
                [id_, who, state, BEGIN + 100],
            )
        sellers.gone(db, 1, BEGIN + 100 + DAY)  # on the last second of the day after
        sellers.gone(db, 2, BEGIN + 101 + DAY)
        sellers.gone(db, 4, BEGIN + 200)  # did not get it
        trail.append(db, 3000, "en", [Event("declined", "home.welcome", "v1", str(id_))], BEGIN + 300)
        trail.append(db, 3000, "en", [Event("declined", "home.welcome", "v1", str(id_ + 1))], BEGIN + 300)
        table = FIGURES["broadcasts"](asking(db, BEGIN + 5 * DAY))
    ends = {"sent": 3, "gone": 0, "failed": 1, "skipped": 0, "unsure": 1, "waiting": 0}
    row = {"broadcast": f"#{id_}", "started": today(BEGIN), **ends, "blocked": 1, "declined": 1}
    assert table.records() == [row]
    assert deliveries.STATES


# Those who are left out


def test_those_who_run_the_bot_are_in_no_figure(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        db.execute("insert into operators (id, role, since, by) values (7, 'analyst', 0, 0)")
        db.execute("insert into operators (id, role, since, by) values (8, '', 0, 0)")  # was one, or is named an owner
        for id_ in (7, 8):
            guest = sellers.arrive(id_)
            guest.seller.trail += [Event("greeted", "home.welcome", "v1"), Event("finished", "checking.end", "v1")]
            sellers.save(db, guest, BEGIN)
            sellers.gone(db, id_, BEGIN + 10)
        assert db.execute("select count(*), sum(staff) from trail").fetchone() == (6, 6)
        for table in gather(asking(db, BEGIN + 9 * DAY), tuple(FIGURES)):
            assert not any(value for row in table.rows if table.id != "review" for value in row[1:]), table


# Names that change


def test_figures_survive_renamed_pages_and_topics(fresh: Fresh) -> None:
    """He began when the topic was called otherwise, and he and somebody else end in it as it is called now."""
    renamed = replace(CONTENT, moves={"check.order": "checking.order", "check.hand": "checking.checklist"})
    assert renamed.former["checking.order"] == ("check.order", "check")
    former = renamed.former

    def at(page: str, kind: str = "arrived", version: str = "v2") -> Event:
        return Event(kind, page, version, former=former.get(page, ()))

    with closing(fresh()) as db:
        trail.append(db, 1, "en", [Event("arrived", "check.order", "v1")], BEGIN)
        trail.append(db, 1, "en", [Event("arrived", "check.hand", "v1")], BEGIN + 10)
        trail.append(db, 1, "en", [at("checking.order")], BEGIN + DAY)
        trail.append(db, 2, "zh_Hans", [at("checking.order")], BEGIN + DAY)
        trail.append(db, 1, "en", [at("checking.end"), at("checking.end", "finished")], BEGIN + DAY + 50)
        found = Scope(db, renamed, between(None, None, BEGIN + 9 * DAY), BEGIN + 9 * DAY, ZONE)
        slow = Slow(found)
        assert FIGURES["topics"](found).rows == slow.topics() == (("checking", 2, 0, 1, 1, 0.5),)
        assert FIGURES["times"](found).rows == slow.times() == (("checking", 1, DAY + 50, DAY + 50),)
        assert FIGURES["seen"](found).rows == slow.seen()
        assert FIGURES["seen"](found).rows[0] == ("checking.order", 3, 2)
        assert FIGURES["funnel"](found).rows == slow.funnel()
        narrowed = scope(db, renamed, found.period, found.now, ZONE, topic="check")
        assert FIGURES["topics"](narrowed).rows == slow.topics()


def test_a_page_that_is_gone_for_good_keeps_its_name(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        trail.append(db, 1, "en", [Event("arrived", "old.page", "v1")], BEGIN)
        found = asking(db, BEGIN + 9 * DAY)
        assert FIGURES["funnel"](found).rows == (("old.page", "v1", 1, 0, 1, 0),)
        assert FIGURES["topics"](found).rows == (("old", 1, 0, 1, 0, 0.0),)


# What can be asked


def test_a_topic_nobody_has_written_is_answered_with_the_nearest(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        period = between(None, None, BEGIN)
        with pytest.raises(StatsError, match="no topic 'auditor': did you mean auditors"):
            scope(db, CONTENT, period, BEGIN, ZONE, topic="auditor")
        with pytest.raises(StatsError, match=r"no topic 'xyzzy': there are home, certification, "):
            scope(db, CONTENT, period, BEGIN, ZONE, topic="xyzzy")
        with pytest.raises(StatsError, match=r"nobody speaks 'zh_Hant' here: did you mean zh_Hans?"):
            scope(db, CONTENT, period, BEGIN, ZONE, lang="zh_Hant", languages=CONTENT.languages)
        assert scope(db, CONTENT, period, BEGIN, ZONE, topic="auditors").topic == "auditors"


def test_for_a_topic_only_what_can_be_told_of_it_is_shown(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        assert asked(asking(db, BEGIN)) == tuple(FIGURES)
        assert asked(asking(db, BEGIN, topic="checking")) == OF_TOPICS
        assert set(OF_TOPICS) < set(FIGURES)


def test_without_anybody_every_figure_is_empty_and_not_an_error(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        tables = {table.id: table for table in gather(asking(db, BEGIN), tuple(FIGURES))}
    assert list(tables) == list(FIGURES)
    assert tables.pop("people").rows == tuple((span, 0, 0, 0, 0) for span in ("day", "week", "month", "period"))
    assert all(table.rows == () for table in tables.values())


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_every_figure_and_every_column_has_its_words(fresh: Fresh, lang: str) -> None:
    voice = CONVERSATION.voices.of(lang)
    with closing(fresh()) as db:
        for table in gather(asking(db, BEGIN), tuple(FIGURES)):
            assert voice.button(f"figure-{table.id}")
            assert len(voice.button(f"figure-{table.id}-means")) > 15
            for column in table.columns:
                assert column[1:].isdigit() or voice.button(f"column-{column}")


def test_every_kind_of_column_is_used(fresh: Fresh) -> None:
    with closing(fresh()) as db:
        used = {column for table in gather(asking(db, BEGIN), tuple(FIGURES)) for column in table.columns}
    assert set(KINDS) <= used
