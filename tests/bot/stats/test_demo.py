"""Demo data is walked through the real dialogue, the same each time, and lands in no file but its own."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.stats import demo, snapshot
from bot.stats.demo.office import DRAFTS, Office
from bot.stats.demo.people import FIRST, KINDS, PLACES, Crowd
from bot.stats.demo.walks import Walk
from bot.stats.demo.world import QUESTIONS, Timeline, World
from bot.stats.snapshot import StatsError
from bot.store import Database, StoreError, sellers
from bot.store.database import connect
from bot.store.daytime import DAY
from dialogs import Conversation, load, show
from tests.bot.disks import room_for
from tests.bot.shell import PYTHON, ROOT, environment

UNTIL = 1_795_714_200.5
"""17:30 in UTC on 26 November 2026, in the middle of a day and of a second."""
DAYS, PEOPLE = 60, 150
STAFF = (FIRST - 1, FIRST - 2)
LATE = 72 * 3600
QUIET = Console(file=StringIO())

SCRIPT = f"""
import sys
from pathlib import Path
from rich.console import Console
from bot.stats import demo
from dialogs import load
demo.fill(Path(sys.argv[1]), load("@helper"), people=int(sys.argv[2]), days={DAYS}, until={UNTIL}, console=Console())
"""


@pytest.fixture(scope="module")
def consultant() -> Conversation:
    """The real content, from which all walk."""
    return load(contact="@helper")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, consultant: Conversation) -> tuple[Path, demo.Filled]:
    """A file that is only looked at, and what was said of it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    return path, fill(path, consultant)


@pytest.fixture
def db(filled: tuple[Path, demo.Filled]) -> Iterator[sqlite3.Connection]:
    """That file, open as figures open it."""
    with snapshot.opened(filled[0]) as opened:
        yield opened.db


def fill(path: Path, consultant: Conversation, people: int = PEOPLE, **given: Any) -> demo.Filled:
    """Demo data as the command makes it."""
    given = {"days": DAYS, "until": UNTIL, "console": QUIET, **given}
    return demo.fill(path, consultant, people=people, **given)


def column(db: sqlite3.Connection, sql: str, *values: Any) -> list[Any]:
    """The first column of what is found."""
    return [row[0] for row in db.execute(sql, values)]


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a file, by table; besides when its tables were made."""
    with closing(sqlite3.connect(path)) as db:
        tables = column(db, "select name from sqlite_schema where type = 'table' order by name")
        return {name: db.execute(f"select * from {name}").fetchall() for name in tables if name[0] != "_"}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, byte for byte."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# What kind of file it is


def test_it_is_marked_as_synthetic(filled: tuple[Path, demo.Filled]) -> None:
    with snapshot.opened(filled[0]) as opened:
        assert opened.kind == "synthetic"


@pytest.mark.parametrize("kind", ["real", "try-out"])
def test_no_bot_takes_it_for_its_own(filled: tuple[Path, demo.Filled], kind: str) -> None:
    before = filled[0].read_bytes()
    with pytest.raises(StoreError, match="holds synthetic sellers"):
        connect(filled[0], kind, "NORMAL")
    assert filled[0].read_bytes() == before


def test_it_is_one_file_and_whole(filled: tuple[Path, demo.Filled], db: sqlite3.Connection) -> None:
    assert [path.name for path in filled[0].parent.iterdir()] == ["demo.db"]
    assert column(db, "pragma integrity_check") == ["ok"]
    assert column(db, "pragma foreign_key_check") == []
    assert column(db, "pragma journal_mode") == ["delete"]


def test_what_is_said_of_it_is_so(filled: tuple[Path, demo.Filled], db: sqlite3.Connection) -> None:
    said = filled[1]
    assert said.people == PEOPLE
    assert column(db, "select count(*) from sellers where id >= ?", FIRST) == [PEOPLE]
    assert column(db, "select count(*) from trail") == [said.events]
    assert column(db, "select count(*) from questions") == [said.questions]
    assert column(db, "select count(*) from broadcasts") == [said.broadcasts]
    assert said.events > 10 * PEOPLE
    assert said.questions > PEOPLE / 20
    assert said.broadcasts == 3


def test_nobody_in_it_can_be_anybody(db: sqlite3.Connection) -> None:
    """Telegram's numbers have 52 bits; those who run this bot are no sellers and have numbers of their own."""
    numbers = set(column(db, "select id from sellers"))
    assert {id_ for id_ in numbers if id_ < FIRST} == set(STAFF)
    assert all(id_ > 2**51 for id_ in numbers)


# The same each time


def test_the_same_seed_gives_the_same_rows_and_another_one_others(
    tmp_path: Path, consultant: Conversation, filled: tuple[Path, demo.Filled]
) -> None:
    again, other = tmp_path / "again.db", tmp_path / "other.db"
    assert fill(again, consultant) == filled[1]
    expected, found = rows(filled[0]), rows(again)
    assert found.keys() == expected.keys()
    for table, lines in expected.items():
        assert found[table] == lines, table
    fill(other, consultant, seed=2)
    changed = rows(other)
    assert {table for table in ("sellers", "trail", "questions", "meta") if changed[table] == expected[table]} == set()


def test_another_process_makes_the_same_rows(tmp_path: Path, filled: tuple[Path, demo.Filled]) -> None:
    """Nothing hangs on the order of a set, which differs from process to process."""
    subprocess.run(
        [PYTHON, "-c", SCRIPT, str(tmp_path / "again.db"), str(PEOPLE)],
        env=environment(PYTHONHASHSEED="7"),
        check=True,
        timeout=60,
    )
    assert rows(tmp_path / "again.db") == rows(filled[0])


def test_more_people_change_nothing_about_who_the_first_ones_are() -> None:
    few, many = (list(Crowd(1, UNTIL - DAYS * DAY, UNTIL).people(number)) for number in (3, 30))
    for one, other in zip(few, many[:3], strict=True):
        assert (one.who, one.place, one.campaign, one.kind, one.visits) == (
            *(other.who, other.place, other.campaign, other.kind, other.visits),
        )
    assert len({person.who for person in many}) == 30


# Time


def test_the_trail_is_in_the_order_of_time(db: sqlite3.Connection) -> None:
    moments = column(db, "select at from trail order by id")
    assert moments == sorted(moments)


def test_nothing_happens_before_the_beginning_or_after_the_end(db: sqlite3.Connection) -> None:
    columns = {
        "sellers": ("since", "last", "away", "told"),
        "answers": ("at",),
        "questions": ("at", "ended"),
        "broadcasts": ("made", "started", "ended"),
        "trials": ("at", "ended"),
        "deliveries": ("at",),
        "audit": ("at",),
        "operators": ("since",),
    }
    found = {
        (table, name): column(db, f"select {name} from {table} where {name} is not null")
        for table, names in columns.items()
        for name in names
    }
    found["trail", "at"] = [at / 1000 for at in column(db, "select at from trail")]
    for place, moments in found.items():
        assert moments, place
        assert min(moments) >= int(UNTIL - DAYS * DAY), place
        assert max(moments) <= UNTIL, place


def test_some_were_here_just_now_and_most_were_not(db: sqlite3.Connection) -> None:
    late = sum(last > UNTIL - LATE for last in column(db, "select last from sellers where id >= ?", FIRST))
    assert 0 < late < PEOPLE / 2


def test_more_come_from_week_to_week_and_rather_on_working_days_and_by_day() -> None:
    people = list(Crowd(3, UNTIL - 84 * DAY, UNTIL).people(2000))
    weeks = Counter(int((person.visits[0] - UNTIL) // (7 * DAY)) for person in people)
    assert sum(weeks[week] for week in (-2, -1)) > 2 * sum(weeks[week] for week in (-12, -11))
    local = [datetime.fromtimestamp(p.visits[0] + p.place.hours * 3600, UTC) for p in people]
    days = Counter(moment.weekday() for moment in local)
    assert max(days[5], days[6]) < min(days[day] for day in range(5))
    hours = Counter(moment.hour for moment in local)
    assert sum(hours[hour] for hour in range(1, 6)) < sum(hours[hour] for hour in range(9, 12)) / 3
    assert {person.place for person in people} == set(PLACES)
    assert {person.kind for person in people} == set(KINDS)


@settings(max_examples=40, deadline=None)
@given(st.integers(), st.integers(0, 4_000_000_000), st.floats(1, 400))
def test_everybody_comes_in_time_and_in_order(seed: int, until: int, days: float) -> None:
    crowd = Crowd(seed, until - days * DAY, until)
    for person in (*crowd.people(3), *crowd.staff(2)):
        assert list(person.visits) == sorted(set(person.visits))
        assert crowd.start <= person.visits[0]
        assert person.visits[-1] < until


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-50, 50))), st.floats(0, 100))
def test_whatever_is_to_happen_happens_in_order(plans: list[tuple[float, float]], until: float) -> None:
    timeline, seen = Timeline(), list[float]()

    def happening(later: float) -> Callable[[float], None]:
        def happen(now: float) -> None:
            seen.append(now)
            timeline.at(now + later, seen.append)

        return happen

    for moment, later in plans:
        timeline.at(moment, happening(later))
    told = list(timeline.run(until))
    assert told == seen == sorted(seen)
    assert all(moment <= until for moment in seen)
    assert sum(moment <= until for moment, _ in plans) <= len(seen) <= 2 * len(plans)


# The walks


def test_every_page_is_one_of_the_dialogue_in_its_version_of_now(
    db: sqlite3.Connection, consultant: Conversation
) -> None:
    # Who blocks the bot does so on no version of a page.
    walked = db.execute("select distinct page, version from trail where kind != 'blocked'").fetchall()
    assert {(page, consultant.pages[page].version) for page, _ in walked} == set(walked)
    assert set(column(db, "select page from trail where kind = 'blocked'")) <= consultant.pages.keys()
    assert {page.partition(".")[0] for page, _ in walked} == {*consultant.content.topics}


def test_everybody_stands_where_the_bot_could_go_on_with_him(db: sqlite3.Connection, consultant: Conversation) -> None:
    for id_ in column(db, "select id from sellers"):
        guest = sellers.load(db, id_)
        assert guest
        assert not guest.owed
        before = guest.seller.state
        consultant.settle(guest.seller)
        assert guest.seller.state == before
        reply = show(consultant, guest.seller, datetime.fromtimestamp(UNTIL, UTC).date())
        assert reply.text
        assert consultant.step(guest.seller, reply.buttons[-1].id)


def test_some_finish_and_some_do_not(db: sqlite3.Connection) -> None:
    finished = column(db, "select who from trail where kind = 'finished' and staff = 0")
    assert PEOPLE * 0.1 < len(set(finished)) < PEOPLE * 0.7
    assert column(db, "select count(*) from sellers where topic != ''")[0] > PEOPLE * 0.1


def test_the_trail_says_of_each_what_is_kept_of_him(db: sqlite3.Connection) -> None:
    """What was answered and finished, by two ways that know nothing of each other."""
    told = db.execute("select s.who, s.id, f.value from sellers s, json_each(s.finished) f").fetchall()
    trail = db.execute("select who, page from trail where kind = 'finished'").fetchall()
    assert {(who, topic) for who, _, topic in told} == {(who, page.partition(".")[0]) for who, page in trail}
    kept = db.execute("select s.who, a.question, a.answer from answers a join sellers s on s.id = a.seller").fetchall()
    last = {
        (who, question): answer
        for who, question, answer in db.execute(
            "select who, question, detail from trail where kind = 'answered' order by id"
        )
    }
    assert {(who, question): answer for who, question, answer in kept} == last


def test_all_that_people_do_is_in_it(db: sqlite3.Connection) -> None:
    kinds = Counter(column(db, "select kind from trail where staff = 0"))
    usual = ("greeted", "arrived", "answered", "finished", "back", "continued", "shown", "link", "helpful", "unclear")
    assert {kind for kind in (*usual, "blocked") if not kinds[kind]} == set()
    assert kinds["greeted"] == PEOPLE
    assert set(column(db, "select distinct lang from sellers")) == {"en", "zh_Hans"}
    assert len(column(db, "select distinct detail from trail where kind = 'link' and detail != ''")) > 5
    assert set(column(db, "select distinct detail from trail where kind = 'helpful'")) == {"yes", "no"}


def test_answers_are_mostly_right_and_some_questions_are_harder_than_others(
    db: sqlite3.Connection, consultant: Conversation
) -> None:
    rights, given_ = Counter[str](), Counter[str]()
    for page, answer in db.execute("select page, detail from trail where kind = 'answered' and staff = 0"):
        asked = consultant.pages[page]
        if asked.right and answer in {choice.remember for choice in asked.choices}:
            given_[page] += 1
            rights[page] += answer == asked.right
    shares = [rights[page] / number for page, number in given_.items() if number >= 15]
    assert 0.5 < rights.total() / given_.total() < 0.9
    assert max(shares) - min(shares) > 0.25


def test_some_come_back(db: sqlite3.Connection) -> None:
    days = Counter(column(db, "select who from (select distinct who, at / 86400000 from trail where staff = 0)"))
    again = sum(number > 1 for number in days.values())
    assert PEOPLE * 0.1 < again < PEOPLE * 0.7


def test_whoever_blocked_the_bot_is_away_unless_he_came_back(db: sqlite3.Connection) -> None:
    blocked = set(column(db, "select who from trail where kind = 'blocked'"))
    away = set(column(db, "select who from sellers where away is not null"))
    assert away
    assert away <= blocked
    assert len(away) > len(blocked) * 0.7
    late = "select count(*) from trail t join sellers s using (who) where s.away is not null and t.at / 1000 > s.away"
    assert column(db, late) == [0]


# Questions, broadcasts, and those who run the bot


def test_questions_are_ours_and_some_are_asked_by_several_in_other_words(db: sqlite3.Connection) -> None:
    written = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]
    asked = set(column(db, "select text from questions"))
    wordings = [set(question[lang]) for question in written for lang in ("en", "zh_Hans")]
    assert asked <= set[str]().union(*wordings)
    assert any(len(asked & wording) > 1 for wording in wordings)
    states = set(column(db, "select distinct state from questions"))
    assert {"open", "answered"} <= states <= {"open", "answered", "page", "closed"}


def test_questions_are_written_in_both_languages_and_none_twice() -> None:
    written = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]
    texts = [text for question in written for lang in ("en", "zh_Hans") for text in question[lang]]
    assert all(question.keys() == {"en", "zh_Hans"} for question in written)
    assert len(texts) == len(set(texts)) >= 30


def test_broadcasts_are_over_and_every_delivery_has_its_outcome(db: sqlite3.Connection) -> None:
    assert len(list(DRAFTS.glob("*.toml"))) == 3
    assert set(column(db, "select state from broadcasts")) == {"done"}
    outcomes = Counter(column(db, "select state from deliveries"))
    assert outcomes.keys() <= {"sent", "gone", "failed", "unsure", "skipped"}
    assert outcomes["sent"] > 0.85 * outcomes.total() > 0
    assert column(
        db, "select count(*) from deliveries where state in ('gone', 'failed', 'unsure') and reason is null"
    ) == [0]
    assert column(db, "select count(*) from deliveries d left join sellers s using (who) where s.who is null") == [0]


@dataclass
class Stage:
    """An empty world with an office, for those who are put into it."""

    world: World
    crowd: Crowd
    walks: dict[int, Walk] = field(default_factory=dict)

    def enter(self, people: int, *wrote_and_tapped: str) -> list[Walk]:
        """So many who at the beginning have done these things and then nothing more by themselves."""
        walks = [Walk(person, self.world) for person in self.crowd.people(people)]
        for walk in walks:
            self.world.conversation.greet(walk.guest.seller, walk.person.place.code)
            self.act(walk, self.crowd.start, *wrote_and_tapped)
        self.walks |= {walk.person.id: walk for walk in walks}
        return walks

    def act(self, walk: Walk, now: float, *wrote_and_tapped: str) -> None:
        """He writes what begins with a slash, and taps the rest; `*` is the first button of all."""
        conversation, seller = self.world.conversation, walk.guest.seller
        for text in wrote_and_tapped:
            if text.startswith("/"):
                assert conversation.hear(seller, text)
            else:
                choice = conversation.page(seller).choices[0].id if text == "*" else text
                assert conversation.step(seller, choice)
        sellers.save(self.world.db, walk.guest, now)

    def run(self, until: float) -> None:
        """Open the office, and let time pass."""
        for person in self.crowd.staff(2):
            self.walks[person.id] = Walk(person, self.world)
            self.world.timeline.at(person.visits[0], self.walks[person.id].come)
        Office(self.world, STAFF, self.walks, Random(1)).open(self.crowd)
        list(self.world.timeline.run(until))


@pytest.fixture
def stage(tmp_path: Path, consultant: Conversation) -> Iterator[Stage]:
    """One that is empty yet."""
    with closing(connect(tmp_path / "demo.db", "synthetic", "OFF")) as db:
        db.execute("begin")
        yield Stage(World(db, consultant, Timeline(), 1), Crowd(1, UNTIL - DAYS * DAY, UNTIL))


def test_broadcasts_end_in_every_way_and_drive_a_few_away(stage: Stage) -> None:
    stage.enter(800, "/settings", "news-on")
    stage.run(UNTIL)
    readers = stage.world.db
    outcomes = Counter(column(readers, "select state from deliveries"))
    assert {"sent", "gone", "failed", "unsure"} <= outcomes.keys() <= {"sent", "gone", "failed", "unsure", "skipped"}
    assert outcomes["sent"] > 0.9 * outcomes.total() > 2000
    sql = "select count(*) from trail t join deliveries d on d.who = t.who and {} where d.state = 'sent' and t.kind = ?"
    declined = column(readers, sql.format("t.detail = d.broadcast"), "declined")[0]
    opened = column(readers, sql.format("t.detail = 'b' || d.broadcast"), "link")[0]
    blocked = column(readers, sql.format("t.at / 1000 - d.at between 0 and 86400"), "blocked")[0]
    for number, share in ((declined, 0.02), (opened, 0.14), (blocked, 0.014)):
        assert 0.5 < number / outcomes["sent"] / share < 1.7
    gone = column(readers, "select s.id from deliveries d join sellers s using (who) where d.state = 'gone'")
    for id_ in gone:
        stage.walks[id_].come(UNTIL)
    assert column(readers, "select count(*) from sellers where last >= ?", int(UNTIL))[0] < len(gone) / 3


def test_a_broadcast_that_would_reach_nobody_is_put_away(stage: Stage) -> None:
    stage.enter(3, "/menu")
    Office(stage.world, STAFF, stage.walks, Random(1)).open(stage.crowd)
    list(stage.world.timeline.run(UNTIL))
    assert column(stage.world.db, "select why from broadcasts where started is null") == ["discarded"] * 3
    assert column(stage.world.db, "select count(*) from deliveries") == [0]


def test_who_has_gone_on_or_away_is_not_reminded(stage: Stage) -> None:
    walks = stage.enter(5, "/start iso9001", "*", "/progress", "remind")
    waits, busy, away, began_anew, lost = walks
    stage.act(began_anew, stage.crowd.start, "/start", "over")
    stage.world.timeline.at(stage.crowd.start + 10 * 3600, lambda now: stage.act(busy, now, "/menu"))
    stage.world.timeline.at(stage.crowd.start + 10 * 3600, away.block)
    sellers.gone(stage.world.db, lost.person.id, stage.crowd.start)
    lost.lose()
    stage.run(stage.crowd.start + 30 * 3600)
    states = dict(stage.world.db.execute("select seller, state from reminders").fetchall())
    over = dict.fromkeys([walk.person.id for walk in (busy, away, began_anew, lost)], "over")
    assert states == {waits.person.id: "sent"} | over


@pytest.mark.parametrize("how", ["block", "lose"])
def test_who_is_away_does_nothing_and_rarely_comes_back(stage: Stage, how: str) -> None:
    walks, db = stage.enter(300, "/settings", "news-on"), stage.world.db
    for walk in walks:
        if how == "block":
            walk.block(stage.crowd.start)
        else:
            walk.lose()
    before = column(db, "select count(*) from trail")
    for walk in walks:
        walk.decline_news(1, stage.crowd.start + 1)
    assert column(db, "select count(*) from trail") == before
    for walk in walks:
        walk.come(stage.crowd.start + 2)
    back = column(db, "select count(*) from sellers where last > ?", stage.crowd.start + 1)[0]
    assert 3 < back < 40


def test_who_is_here_does_not_come_a_second_time(stage: Stage) -> None:
    (walk,) = stage.enter(1, "/menu")
    walk.come(stage.crowd.start + 1, "iso9001")
    before = column(stage.world.db, "select count(*) from trail")
    walk.come(stage.crowd.start + 2, "papers")
    assert column(stage.world.db, "select count(*) from trail") == before


def test_those_who_run_the_bot_walk_about_and_are_in_no_figure(db: sqlite3.Connection) -> None:
    roles = dict(db.execute("select id, role from operators").fetchall())
    assert roles == dict(zip(STAFF, ("", "operator"), strict=True))
    of_staff = column(db, "select who from sellers where id < ?", FIRST)
    theirs = set(column(db, "select distinct who from trail where staff = 1"))
    assert theirs == set(of_staff)
    assert column(db, "select count(*) from people where who in (?, ?)", *of_staff) == [0]
    assert column(db, "select count(*) from people") == [PEOPLE]
    assert "appoint" in column(db, "select action from audit")


# Files that stay as they are


def a_bots_file(path: Path, kind: str) -> None:
    """A database with a seller in it."""
    with closing(connect(path, kind, "NORMAL")) as db:
        sellers.save(db, sellers.arrive(7), UNTIL)


def another_programs(path: Path) -> None:
    """A database that knows nothing of sellers."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table meta (key text, value blob, kind text)")
        db.execute("insert into meta values ('owner', 'me', 'synthetic')")
        db.commit()


MADE: dict[str, tuple[Callable[[Path], object], str]] = {
    "real": (lambda path: a_bots_file(path, "real"), "holds real sellers and stays as it is: name another file"),
    "try-out": (lambda path: a_bots_file(path, "try-out"), "holds try-out sellers and stays as it is: name another"),
    "foreign": (another_programs, "is no demo data and stays as it is: name another file"),
    "text": (lambda path: path.write_text("synthetic"), "is no demo data and stays as it is: name another file"),
    "empty": (lambda path: path.touch(), "is no demo data and stays as it is: name another file"),
    "link": (lambda path: path.symlink_to(path.with_name("nowhere")), "is no demo data and stays as it is"),
}


@pytest.mark.parametrize("force", [False, True], ids=["new", "force"])
@pytest.mark.parametrize("made", MADE)
def test_any_other_file_stays_byte_for_byte(tmp_path: Path, consultant: Conversation, made: str, force: bool) -> None:
    path = tmp_path / "kept.db"
    make, says = MADE[made]
    make(path)
    before = {each.name: each.lstat().st_mtime_ns for each in tmp_path.iterdir()}
    bytes_ = b"" if path.is_symlink() else path.read_bytes()
    with pytest.raises(StatsError, match=says):
        fill(path, consultant, force=force)
    assert {each.name: each.lstat().st_mtime_ns for each in tmp_path.iterdir()} == before
    assert path.is_symlink() or path.read_bytes() == bytes_


async def test_a_bot_that_runs_is_not_disturbed(tmp_path: Path, consultant: Conversation) -> None:
    """Its newest rows are in a second file, which is no excuse."""
    path = tmp_path / "certguide.db"
    database = Database(path)
    try:
        await database.run(sellers.save, sellers.arrive(7), UNTIL)
        before = contents(tmp_path)
        with pytest.raises(StatsError, match="stays as it is"):
            fill(path, consultant, force=True)
        assert contents(tmp_path) == before
    finally:
        database.close()


def test_a_file_that_a_bot_makes_meanwhile_stays_as_it_is(tmp_path: Path, consultant: Conversation) -> None:
    path, done = tmp_path / "demo.db", threading.Event()

    def bot() -> None:
        while not done.is_set() and not list(tmp_path.glob(".demo.db.*.part")):
            time.sleep(0.001)
        a_bots_file(path, "real")

    thread = threading.Thread(target=bot)
    thread.start()
    try:
        with pytest.raises(StatsError, match="holds real sellers"):
            fill(path, consultant, force=True)
    finally:
        done.set()
        thread.join()
    with closing(connect(path, "real", "NORMAL")) as db:
        assert column(db, "select id from sellers") == [7]
    assert list(tmp_path.glob(".*")) == []


def test_demo_data_is_replaced_only_on_demand(tmp_path: Path, consultant: Conversation) -> None:
    path = tmp_path / "demo.db"
    fill(path, consultant, people=2)
    before = path.read_bytes()
    with pytest.raises(StatsError, match=r"demo.db is there already: name another file, or make it anew with --force"):
        fill(path, consultant, people=3)
    assert contents(tmp_path) == {"demo.db": before}
    assert fill(path, consultant, people=3, force=True).people == 3
    assert {each.name for each in tmp_path.iterdir()} == {"demo.db"}
    with snapshot.opened(path) as opened:
        assert column(opened.db, "select count(*) from people") == [3]


def test_what_is_left_of_replaced_demo_data_is_not_read_into_the_new(tmp_path: Path, consultant: Conversation) -> None:
    """A program that looked at the old file may have left its log; SQLite would play it onto the new one."""
    path = tmp_path / "demo.db"
    fill(path, consultant, people=2)
    with closing(sqlite3.connect(path)) as looker:
        looker.execute("pragma journal_mode = wal")
        looker.execute("update sellers set note = 'looked at'")
        looker.commit()
        fill(path, consultant, people=3, force=True)
    with snapshot.opened(path) as opened:
        assert column(opened.db, "select count(*) from sellers where note = 'looked at'") == [0]
        assert column(opened.db, "pragma integrity_check") == ["ok"]


def test_what_is_left_of_another_database_stops_it(tmp_path: Path, consultant: Conversation) -> None:
    (tmp_path / "certguide.db-wal").write_bytes(b"steps of real people")
    with pytest.raises(StatsError, match=r"certguide.db-wal belongs to a database that is not there"):
        fill(tmp_path / "certguide.db", consultant)
    assert contents(tmp_path) == {"certguide.db-wal": b"steps of real people"}


# What can't be done


@pytest.mark.parametrize("people", [0, -1, -2000])
def test_nobody_can_not_walk(tmp_path: Path, consultant: Conversation, people: int) -> None:
    with pytest.raises(StatsError, match=f"{people} people can't walk about: ask for 1 at least"):
        fill(tmp_path / "demo.db", consultant, people=people)
    assert list(tmp_path.iterdir()) == []


def test_there_must_be_a_day(tmp_path: Path, consultant: Conversation) -> None:
    with pytest.raises(StatsError, match="0 days are too few: ask for 1 at least"):
        fill(tmp_path / "demo.db", consultant, days=0)


@pytest.mark.parametrize(("people", "days"), [(1, 90), (1, 1), (20, 1), (5, 400)])
def test_few_people_and_few_days_will_do(tmp_path: Path, consultant: Conversation, people: int, days: int) -> None:
    path = tmp_path / "demo.db"
    assert fill(path, consultant, people=people, days=days).people == people
    with snapshot.opened(path) as opened:
        assert column(opened.db, "select count(*) from people") == [people]
        first, last = opened.db.execute("select min(at), max(at) from trail").fetchone()
        assert UNTIL - days * DAY <= first / 1000 <= last / 1000 <= UNTIL


def test_a_folder_is_no_file(tmp_path: Path, consultant: Conversation) -> None:
    with pytest.raises(StatsError, match=r"is a folder: name a file in it, for example .*/certguide-demo.db"):
        fill(tmp_path, consultant)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, consultant: Conversation) -> None:
    with pytest.raises(StatsError, match=r"there is no folder .*/nowhere: make it first"):
        fill(tmp_path / "nowhere" / "demo.db", consultant)


def test_a_folder_nobody_may_write_into_is_told(consultant: Conversation) -> None:
    """Not even the superuser may there."""
    with pytest.raises(
        StatsError, match=r"/sys/kernel/demo.db can't be written \(.+\): name a file where you may write"
    ):
        fill(Path("/sys/kernel/demo.db"), consultant)


@pytest.mark.parametrize("size", [0, 4096, 100_000, 500_000])
def test_without_room_nothing_is_left(tmp_path: Path, consultant: Conversation, size: int) -> None:
    with room_for(size), pytest.raises(StatsError, match=r"demo.db can't be written \(.+\): free some space, or name"):
        fill(tmp_path / "demo.db", consultant)
    assert list(tmp_path.iterdir()) == []


def test_without_room_the_old_data_stays(tmp_path: Path, consultant: Conversation) -> None:
    path = tmp_path / "demo.db"
    fill(path, consultant, people=2)
    before = contents(tmp_path)
    with room_for(500_000), pytest.raises(StatsError, match="free some space"):
        fill(path, consultant, force=True)
    assert contents(tmp_path) == before


def test_whoever_interrupts_it_finds_nothing_half_done(tmp_path: Path) -> None:
    command = [PYTHON, "-c", SCRIPT, str(tmp_path / "demo.db"), "3000"]
    process = subprocess.Popen(command, env=environment(), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not any(each.stat().st_size > 1_000_000 for each in tmp_path.glob(".*.part*")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert list(tmp_path.iterdir()) == []


# How far it is


def test_whoever_waits_on_a_terminal_sees_how_far_it_is(
    tmp_path: Path, consultant: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SLOW", 0)
    shown = StringIO()
    fill(tmp_path / "demo.db", consultant, people=60, console=Console(file=shown, force_terminal=True))
    assert "walking" in shown.getvalue()
    assert "%" in shown.getvalue()


def test_a_quick_run_shows_nothing(tmp_path: Path, consultant: Conversation) -> None:
    shown = StringIO()
    fill(tmp_path / "demo.db", consultant, people=1, console=Console(file=shown, force_terminal=True))
    assert shown.getvalue() == ""


def test_what_is_no_terminal_gets_no_bar(
    tmp_path: Path, consultant: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SLOW", 0)
    shown = StringIO()
    fill(tmp_path / "demo.db", consultant, people=30, console=Console(file=shown))
    assert shown.getvalue() == ""
