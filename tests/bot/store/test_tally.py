"""What is counted beside the trail: in its transaction, once for each person, and the same when counted anew."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlite_utils import Database as Tables

from bot import progress
from bot.store import Database, sellers, tally, trail
from bot.store.schema import TALLY, migrate, migrations
from dialogs import Event
from tests.bot.stats.walks import BEGIN, DAY, Step, logs, walk

SHOWN = Event("arrived", "tea.what", "v1")


def counted(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All that is kept for figures."""
    return {table: sorted(db.execute(f"select * from {table}"), key=repr) for table in TALLY}


def sums(db: sqlite3.Connection, page: str) -> list[tuple[object, ...]]:
    """What is added up for a page: day after the first, version, language, seen, people, fresh, answered, finished."""
    return db.execute(
        "select day - ?, version, lang, seen, people, fresh, answered, finished from tally where page = ? "
        "order by 1, 2, 3",
        [BEGIN // DAY, page],
    ).fetchall()


# A step at a time


def test_a_page_is_seen_often_and_reached_once(db: sqlite3.Connection) -> None:
    for day in (0, 0, 1):
        trail.append(db, 1, "en", [SHOWN], BEGIN + day * DAY)
    assert sums(db, "tea.what") == [(0, "v1", "en", 2, 1, 1, 0, 0), (1, "v1", "en", 1, 0, 0, 0, 0)]
    assert sums(db, "tea") == [(0, "", "en", 0, 1, 1, 0, 0)]


def test_a_new_version_is_reached_anew_but_the_page_is_not(db: sqlite3.Connection) -> None:
    trail.append(db, 1, "en", [SHOWN], BEGIN)
    trail.append(db, 1, "en", [Event("arrived", "tea.what", "v2")], BEGIN + DAY)
    assert sums(db, "tea.what") == [(0, "v1", "en", 1, 1, 1, 0, 0), (1, "v2", "en", 1, 1, 0, 0, 0)]


def test_an_answer_counts_on_the_day_and_in_the_language_in_which_the_page_was_reached(db: sqlite3.Connection) -> None:
    trail.append(db, 1, "en", [SHOWN], BEGIN)
    for answer in ("green", "black"):
        trail.append(db, 1, "zh_Hans", [Event("answered", "tea.what", "v1", answer, "tea.kind")], BEGIN + DAY)
    assert sums(db, "tea.what") == [(0, "v1", "en", 1, 1, 1, 1, 0)]
    assert sums(db, "tea") == [(0, "", "en", 0, 1, 1, 1, 0)]
    assert db.execute("select kind, detail, n from said").fetchall() == [("answered", "green", 1)]


@pytest.mark.parametrize("question", ["home.news", "home.linked", "coffee.kind"])
def test_what_the_page_does_not_ask_is_no_answer_to_it(db: sqlite3.Connection, question: str) -> None:
    trail.append(db, 1, "en", [SHOWN, Event("answered", "tea.what", "v1", "on", question)], BEGIN)
    assert sums(db, "tea.what") == [(0, "v1", "en", 1, 1, 1, 0, 0)]
    assert db.execute("select count(*) from said").fetchone() == (0,)


def test_votes_are_counted_each_on_their_day(db: sqlite3.Connection) -> None:
    for day, vote in ((0, "yes"), (0, "yes"), (1, "no")):
        trail.append(db, 1, "en", [Event("helpful", "tea.what", "v1", vote)], BEGIN + day * DAY)
    found = db.execute("select day - ?, detail, n from said order by 1", [BEGIN // DAY]).fetchall()
    assert found == [(0, "yes", 2), (1, "no", 1)]


def test_who_finishes_has_done_so_for_each_page_he_came_by(db: sqlite3.Connection) -> None:
    trail.append(db, 1, "en", [SHOWN], BEGIN)
    trail.append(db, 1, "en", [Event("arrived", "tea.end", "v1"), Event("finished", "tea.end", "v1")], BEGIN + DAY + 5)
    trail.append(db, 1, "en", [Event("arrived", "tea.pot", "v1")], BEGIN + 2 * DAY)  # afterwards
    trail.append(db, 1, "en", [Event("finished", "tea.end", "v1")], BEGIN + 3 * DAY)  # once more
    assert [row[-1] for page in ("tea", "tea.what", "tea.end", "tea.pot") for row in sums(db, page)] == [1, 1, 1, 1]
    assert db.execute("select took from reached where page = 'tea'").fetchone() == (DAY + 5,)


def test_topics_whose_names_begin_alike_are_kept_apart(db: sqlite3.Connection) -> None:
    for page in ("iso.who", "iso9001.what", "iso-x.what"):
        trail.append(db, 1, "en", [Event("arrived", page, "v1")], BEGIN)
    trail.append(db, 1, "en", [Event("finished", "iso.who", "v1")], BEGIN)
    assert {page: sums(db, page)[0][-1] for page in ("iso", "iso9001", "iso-x", "iso.who", "iso9001.what")} == {
        "iso": 1,
        "iso.who": 1,
        "iso9001": 0,
        "iso9001.what": 0,
        "iso-x": 0,
    }


def test_where_somebody_is_and_by_which_link_he_came_first(db: sqlite3.Connection) -> None:
    came = [Event("greeted", "home.welcome", "v1"), Event("link", "home.welcome", "v1", "fair"), SHOWN]
    trail.append(db, 1, "en", came, BEGIN)
    again = [
        Event("link", "tea.what", "v1", "other"),
        Event("arrived", "tea.end", "v1"),
        Event("finished", "tea.end", "v1"),
    ]
    trail.append(db, 1, "zh_Hans", again, BEGIN + DAY)
    day = BEGIN // DAY
    assert db.execute("select first, last, came, campaign from people").fetchall() == [(day, day + 1, "en", "fair")]
    columns = "day, first, next, at, lang, page, version, reached, entered, finished"
    assert db.execute(f"select {columns} from active").fetchall() == [
        (*(day, day, day + 1, BEGIN * 1000, "en", "tea.what", "v1"), BEGIN, BEGIN, 0),
        (*(day + 1, day, None, (BEGIN + DAY) * 1000, "zh_Hans", "tea.end", "v1"), BEGIN + DAY, BEGIN, 1),
    ]
    assert db.execute("select * from cohorts").fetchall() == [(day, 0, "en", "fair", 1), (day, 1, "en", "fair", 1)]


def test_a_link_of_somebody_who_was_here_before_is_not_how_he_came(db: sqlite3.Connection) -> None:
    trail.append(db, 1, "en", [SHOWN], BEGIN)
    trail.append(db, 1, "en", [Event("link", "tea.what", "v1", "fair")], BEGIN)
    assert db.execute("select campaign from people").fetchone() == ("",)


def test_a_step_is_one_however_much_happens_in_it(db: sqlite3.Connection) -> None:
    trail.append(db, 1, "en", [SHOWN, SHOWN, Event("helpful", "tea.what", "v1", "yes")], BEGIN)
    trail.append(db, 1, "en", [SHOWN], BEGIN)
    assert db.execute("select quarter, lang, steps from quarters").fetchall() == [(BEGIN // 900, "en", 2)]


def test_a_day_is_counted_once_whatever_languages_he_tries_on_it(db: sqlite3.Connection) -> None:
    for lang in ("zh_Hans", "en", "en", "zh_Hans", "en"):
        trail.append(db, 1, lang, [SHOWN], BEGIN)
    assert db.execute("select lang from active").fetchall() == [("en",)]
    assert db.execute("select lang, people from cohorts").fetchall() == [("zh_Hans", 1)]


def test_people_stand_in_the_order_in_which_they_came(db: sqlite3.Connection) -> None:
    for days, who in ((0, 9), (0, 4), (0, 9), (0, 7), (1, 7), (1, 9), (1, 4), (1, 9)):
        trail.append(db, who, "en", [SHOWN], BEGIN + days * DAY)
    day = BEGIN // DAY
    rows = db.execute("select day, nth, who, next from active order by day, nth").fetchall()
    assert rows == [
        *((day, 1, 9, day + 1), (day, 2, 4, day + 1), (day, 3, 7, day + 1)),
        *((day + 1, 1, 7, None), (day + 1, 2, 9, None), (day + 1, 3, 4, None)),
    ]
    assert db.execute("select who, last, nth from people order by who").fetchall() == [
        *((4, day + 1, 3), (7, day + 1, 1), (9, day + 1, 2)),
    ]


def test_a_clock_that_is_put_back_makes_nobody_come_twice(db: sqlite3.Connection) -> None:
    day = BEGIN // DAY
    for back, page in ((0, "tea.what"), (DAY, "tea.end"), (2 * DAY, "tea.what"), (0, "tea.end")):
        trail.append(db, 1, "en", [Event("arrived", page, "v1")], BEGIN - back)
    assert db.execute("select first, last from people").fetchall() == [(day, day)]
    assert db.execute("select day, next, at, page from active").fetchall() == [(day, None, BEGIN * 1000, "tea.end")]
    assert db.execute("select sum(people) from cohorts").fetchone() == (1,)


# What is not counted


def test_blocking_the_bot_is_kept_once_and_is_no_step(db: sqlite3.Connection) -> None:
    guest = sellers.arrive(5)
    guest.seller.trail.append(SHOWN)
    sellers.save(db, guest, BEGIN)
    before = counted(db)
    for later in (10, 20):
        sellers.gone(db, 5, BEGIN + later)
    blocked = db.execute("select at, who, page, lang, staff from trail where kind = 'blocked'").fetchall()
    assert blocked == [((BEGIN + 10) * 1000, guest.who, guest.seller.state, "en", 0)]
    assert counted(db) == before
    assert db.execute("select away from sellers").fetchone() == (BEGIN + 20,)
    sellers.save(db, guest, BEGIN + 30)  # he is back
    sellers.gone(db, 5, BEGIN + 40)
    assert db.execute("select count(*) from trail where kind = 'blocked'").fetchone() == (2,)


def test_whoever_runs_the_bot_leaves_a_trail_and_no_figures(db: sqlite3.Connection) -> None:
    trail.append(db, 1, "en", [SHOWN], BEGIN, staff=True)
    assert db.execute("select count(*), sum(staff) from trail").fetchone() == (1, 1)
    assert not any(counted(db).values())


# The same transaction


async def test_a_step_that_fails_leaves_neither_a_trail_nor_figures(database: Database) -> None:
    def act(db: sqlite3.Connection) -> None:
        trail.append(db, 1, "en", [SHOWN], BEGIN)
        raise ValueError("the disk of the mind is full")

    with pytest.raises(ValueError, match="disk of the mind"):
        await database.run(act)
    assert await database.run(lambda db: db.execute("select count(*) from trail").fetchone()) == (0,)
    assert not any((await database.run(counted)).values())


# Counted anew


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(log=logs)
def test_counting_all_of_the_trail_anew_gives_the_same(log: list[Step]) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(Tables(db), "real")
        walk(db, log)
        before = counted(db)
        for table in TALLY:
            db.execute(f"delete from {table}")
        tally.recount(db)
        assert counted(db) == before


def test_a_file_that_was_made_before_there_were_figures_gets_them(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Tables(db), stop_before="statistics")
        for at, who, page in ((0, 1, "tea.what"), (0, 2, "tea.what"), (DAY, 1, "tea.end")):
            db.execute(
                "insert into trail (at, who, kind, page, version, lang) values (?, ?, 'arrived', ?, 'v1', 'en')",
                [(BEGIN + at) * 1000, who, page],
            )
        migrate(Tables(db), "real")
        assert sums(db, "tea.what") == [(0, "v1", "en", 2, 2, 2, 0, 0)]
        assert sums(db, "tea") == [(0, "", "en", 0, 2, 2, 0, 0)]
        assert db.execute("select count(*) from active").fetchone() == (3,)


@pytest.mark.parametrize("terminal", [True, False])
def test_whoever_waits_for_that_at_a_terminal_sees_how_far_it_is(
    path: Path, terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SLOW", 0.0)
    monkeypatch.setenv("TTY_COMPATIBLE", str(int(terminal)))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(Tables(db), "real")
        assert capsys.readouterr().err == ""
        trail.append(db, 1, "en", [SHOWN] * 3, BEGIN)
        for table in TALLY:
            db.execute(f"delete from {table}")
        tally.recount(db)
        assert ("counting once what has happened so far" in capsys.readouterr().err) == terminal


def test_a_file_whose_figures_have_an_older_shape_gets_them_anew(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Tables(db), stop_before="tallies")
        for table, columns in {**TALLY, "active": "day integer, who integer, primary key (day, who)"}.items():
            db.execute(f"create table {table} ({columns}) without rowid")
        db.execute("insert into active values (1, 2)")
        db.execute("insert into quarters values (1, 'en', 3)")
        for who in (1, 2):
            db.execute(
                "insert into trail (at, who, kind, page, version, lang) values (?, ?, ?, ?, ?, ?)",
                [BEGIN * 1000, who, "arrived", "tea.what", "v1", "en"],
            )
        migrate(Tables(db), "real")
        assert db.execute("select day, nth, who from active").fetchall() == [
            (BEGIN // DAY, 1, 1),
            (BEGIN // DAY, 2, 2),
        ]
        assert db.execute("select steps from quarters").fetchall() == [(2,)]
