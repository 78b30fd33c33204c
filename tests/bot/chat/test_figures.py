"""Figures in the chat: a picture and numbers for those who may see them, and a digest that comes once a week."""

import asyncio
import sqlite3
from datetime import UTC, date, datetime

import pytest

from bot.chat import figures
from bot.chat.figures import OF_TOPIC, OVERALL, Asked, told
from bot.simulator import OPERATOR_ID
from bot.stats import drawing
from bot.stats.figures import FIGURES
from bot.stats.period import Period, number
from bot.stats.table import Table, Value
from bot.stats.words import Words
from bot.store import digests, operators, trail
from dialogs import Event
from tests import stories
from tests.bot.chat.house import CONVERSATION, MEI, OLGA, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.chat.test_operators import answer_to
from tests.bot.person import Person, Screen

DAY = 24 * 60 * 60
PATIENCE = 30.0
"""Seconds in which a picture is drawn on a machine that has much else to do."""


def fill(db: sqlite3.Connection, people: int = 12) -> None:
    """Some who came ten days ago and went through the topic of checking, one in three to its end."""
    for who in range(people):
        came = stories.NOW - 10 * DAY + who * 3600
        greeted = [Event("greeted", "home.welcome", "v1"), Event("arrived", "checking.order", "v1")]
        trail.append(db, who, "en" if who % 2 else "zh_Hans", greeted, came)
        question = CONVERSATION.pages["checking.q1"]
        answer = question.right if who % 4 else "wrong"
        asked = [
            Event("arrived", question.name, question.version),
            Event("answered", question.name, question.version, answer, f"checking.{question.ask}"),
        ]
        trail.append(db, who, "en", asked, came + 60)
        if who % 3 == 0:
            ended = [Event("arrived", "checking.end", "v1"), Event("finished", "checking.end", "v1")]
            trail.append(db, who, "en", ended, came + 200)


async def figures_for(someone: Person, text: str) -> tuple[Screen | None, Screen]:
    """What comes: the picture, if there is one, and the numbers."""
    last = (await someone.screen()).message_id
    await someone.say(text)
    numbers = await someone.until(lambda screen: screen.message_id > last and bool(screen.buttons), deadline=PATIENCE)
    pictures = [screen for screen in await someone.screens() if screen.message_id > last and screen.media == "photo"]
    return (pictures[-1] if pictures else None), numbers


async def analyst(house: House, id_: int = SAM) -> Person:
    """Somebody who was made one."""
    someone = await house.person(id_)
    await someone.say("/start")
    await someone.until(lambda screen: bool(screen.buttons))
    await house.settled()
    await house.database.run(operators.appoint, id_, "analyst", OPERATOR_ID, 1.0)
    return someone


# What comes


async def test_an_analyst_gets_a_picture_and_the_numbers_with_what_they_count(house: House) -> None:
    await house.database.run(fill)
    sam = await analyst(house)
    picture, numbers = await figures_for(sam, "/stats")
    assert picture
    assert picture.message_id < numbers.message_id
    assert "Figures: 2026-10-28 to 2026-11-26" in numbers.text
    # Sam came as a seller, before he was made an analyst.
    assert "• 30 days: 13 active (before: 0), 13 new, 0 returning" in numbers.text
    assert "• Check a certificate: 12 opened it, 4 finished (33%), 8 gave up" in numbers.text
    assert "<blockquote expandable>People: Active: people who did anything" in numbers.html
    assert numbers.rows == [["Today", "7 days"], ["30 days", "From the beginning"], ["Send me a digest each Monday"]]
    assert await house.refused() == []


@pytest.mark.parametrize(
    ("text", "title", "line"),
    [
        ("/stats week", "Figures: 2026-11-20 to 2026-11-26", "• 7 days: 1 active (before: 12)"),
        ("/stats all", "Figures: 2026-11-16 to 2026-11-26", "• Whole period: 13 active (before: 0)"),
        ("/stats checking", "Check a certificate: 2026-10-28 to 2026-11-26", ": 75% right of 12"),
        ("/STATS Checking WEEK", "Check a certificate: 2026-11-20 to 2026-11-26", ""),
        ("/stats@certguide_bot day", "Figures: 2026-11-26 to 2026-11-26", "• Last day: 1 active"),
    ],
)
async def test_a_period_or_a_topic_can_be_asked_for(house: House, text: str, title: str, line: str) -> None:
    await house.database.run(fill)
    sam = await analyst(house)
    _, numbers = await figures_for(sam, text)
    assert title in numbers.text
    assert line in numbers.text


async def test_what_nobody_knows_is_answered_with_the_nearest(house: House) -> None:
    sam = await analyst(house)
    assert "you can write a period or a topic: auditors" in (await answer_to(sam, "/stats auditor")).text
    assert "day, week, month, all, certification" in (await answer_to(sam, "/stats xyzzy")).text


async def test_another_period_is_a_tap_away(house: House) -> None:
    await house.database.run(fill)
    sam = await analyst(house)
    _, first = await figures_for(sam, "/stats checking")
    await sam.tap("From the beginning")
    numbers = await sam.until(lambda screen: screen.message_id > first.message_id and bool(screen.buttons), PATIENCE)
    assert "Check a certificate: 2026-11-16 to 2026-11-26" in numbers.text


async def test_they_speak_the_operators_language(house: House) -> None:
    await house.database.run(fill)
    mei = await analyst(house, MEI)
    picture, numbers = await figures_for(mei, "/stats")
    assert picture
    assert "统计：2026-10-28 至 2026-11-26" in numbers.text
    assert "• 查证书真假：12 人打开，4 人看完（33%），8 人放弃" in numbers.text


async def test_before_anybody_came_there_is_no_picture_and_no_error(house: House) -> None:
    olivia = await house.person(OPERATOR_ID)
    await in_the_menu(olivia)
    picture, numbers = await figures_for(olivia, "/stats")
    assert picture is None
    assert "• 30 days: 0 active" in numbers.text


async def test_without_a_picture_the_numbers_come_all_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "COMMAND", ("/bin/false",))
    await house.database.run(fill)
    sam = await analyst(house)
    picture, numbers = await figures_for(sam, "/stats")
    assert picture is None
    assert "Without a picture: charts can't be drawn (code 1)" in numbers.text
    assert "12 opened it" in numbers.text


async def test_while_a_picture_is_drawn_sellers_are_answered(house: House) -> None:
    await house.database.run(fill)
    sam, olga = await analyst(house), await house.person(OLGA)
    last = (await sam.screen()).message_id
    await sam.say("/stats")
    await in_the_menu(olga)
    assert not [screen for screen in await sam.screens() if screen.message_id > last and screen.media]
    await sam.until(lambda screen: screen.message_id > last and bool(screen.buttons), deadline=PATIENCE)


async def test_when_the_file_can_not_be_read_it_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    olivia = await house.person(OPERATOR_ID)
    await in_the_menu(olivia)
    monkeypatch.setattr(house.database, "_path", house.path.with_name("elsewhere.db"))
    assert "No figures now: there is no" in (await answer_to(olivia, "/stats")).text


async def test_trouble_with_telegram_is_nobody_elses(house: House) -> None:
    await house.database.run(fill)
    sam = await analyst(house)
    await house.fault("500", "sendPhoto")
    picture, numbers = await figures_for(sam, "/stats")
    assert picture is None
    assert "12 opened it" in numbers.text
    last = (await sam.screen()).message_id
    await house.fault("500", "sendMessage")
    await sam.say("/stats day")
    await sam.until(lambda screen: screen.message_id > last and screen.media == "photo", deadline=PATIENCE)
    _, numbers = await figures_for(sam, "/stats week")  # that he asks again is all it takes
    assert "2026-11-20 to 2026-11-26" in numbers.text


async def test_in_a_try_out_it_says_that_people_are_pretend(house: House) -> None:
    await house.database.run(lambda db: db.execute("update meta set value = 'try-out' where key = 'kind'"))
    sam = await analyst(house)
    _, numbers = await figures_for(sam, "/stats day")
    assert "Try-out: these people are pretend people of the simulator." in numbers.text


# The digest

MONDAY = number(date(2026, 11, 23))


async def test_a_digest_is_switched_on_and_off_with_a_tap(house: House) -> None:
    sam = await analyst(house)
    _, numbers = await figures_for(sam, "/stats")
    await sam.tap("Send me a digest each Monday")
    assert await sam.toast() == "A digest comes each Monday morning."
    await sam.until(lambda screen: "No digest any more" in screen.labels)
    assert await house.database.run(digests.every) == [digests.Digest(SAM, "en", MONDAY)]
    await sam.tap("No digest any more", numbers.message_id)
    assert await sam.toast() == "No digest comes any more."
    await sam.until(lambda screen: "Send me a digest each Monday" in screen.labels)
    assert await house.database.run(digests.every) == []


def at(day: int, hour: int) -> float:
    """An hour in Shanghai on a day of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC).timestamp() - 8 * 3600


class Calendar:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = at(26, 12)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def calendar(house: House, monkeypatch: pytest.MonkeyPatch) -> Calendar:
    """The house's clock, in the test's hand; digests are looked for often."""
    calendar = Calendar()
    monkeypatch.setattr(House, "clock", lambda _: calendar())
    monkeypatch.setattr(figures, "LOOK", 0.05)
    return calendar


async def anew(house: House) -> None:
    """The bot is started again."""
    await house.stop()
    await house.start()


async def test_it_comes_on_monday_at_nine_once_with_the_week_that_is_over(house: House, calendar: Calendar) -> None:
    await house.database.run(fill)
    sam = await analyst(house)
    await house.database.run(digests.put, SAM, "en", MONDAY)
    await anew(house)
    last = (await sam.screen()).message_id
    calendar.now = at(30, 8)
    await asyncio.sleep(0.3)
    assert (await sam.screen()).message_id == last
    calendar.now = at(30, 9)
    numbers = await sam.until(lambda screen: screen.message_id > last and bool(screen.buttons), deadline=PATIENCE)
    assert "Figures: 2026-11-23 to 2026-11-29" in numbers.text
    await anew(house)
    await asyncio.sleep(0.5)
    assert (await sam.screen()).message_id == numbers.message_id
    assert await house.database.run(digests.every) == [digests.Digest(SAM, "en", MONDAY + 7)]


async def test_one_that_was_due_while_the_bot_was_down_goes_out_once_when_it_is_back(
    house: House, calendar: Calendar
) -> None:
    sam = await analyst(house)
    await house.database.run(digests.put, SAM, "en", MONDAY - 21)
    last = (await sam.screen()).message_id
    await house.stop()
    calendar.now = at(25, 3)  # a Wednesday
    await house.start()
    numbers = await sam.until(lambda screen: screen.message_id > last and bool(screen.buttons), deadline=PATIENCE)
    assert "Figures: 2026-11-16 to 2026-11-22" in numbers.text
    await asyncio.sleep(0.3)
    assert (await sam.screen()).message_id == numbers.message_id


async def test_whoever_may_not_see_figures_any_more_gets_none(house: House, calendar: Calendar) -> None:
    sam = await analyst(house)
    await house.database.run(digests.put, SAM, "en", MONDAY)
    await house.database.run(operators.remove, SAM, OPERATOR_ID, 2.0)
    await anew(house)
    last = (await sam.screen()).message_id
    calendar.now = at(30, 10)
    for _ in range(100):
        if not await house.database.run(digests.every):
            break
        await asyncio.sleep(0.05)
    assert await house.database.run(digests.every) == []
    assert (await sam.screen()).message_id == last


async def test_trouble_with_one_digest_keeps_none_from_the_others(house: House, calendar: Calendar) -> None:
    sam, olga = await analyst(house), await analyst(house, OLGA)
    for id_ in (SAM, OLGA):
        await house.database.run(digests.put, id_, "en", MONDAY)
    await anew(house)
    await house.fault("500", "sendMessage")
    before = {one.id: (await one.screen()).message_id for one in (sam, olga)}
    calendar.now = at(30, 10)
    await olga.until(lambda screen: screen.message_id > before[OLGA] and bool(screen.buttons), deadline=PATIENCE)
    came = [screen for screen in await sam.screens() if screen.message_id > before[SAM]]
    assert not any(screen.buttons for screen in came)  # his numbers are lost: at most once, not at least


# As text


def test_at_their_longest_the_numbers_fit_into_a_message() -> None:
    pages = tuple(CONVERSATION.pages)
    long: dict[str, list[tuple[Value, ...]]] = {
        "topics": [(topic.id, 10**6, 10**6, 10**6, 10**6, 0.99) for topic in CONVERSATION.content.listed],
        "leaving": [(page, 10**6, 10**6, 0.5) for page in pages],
        "times": [(topic.id, 10**6, 10**6, 10**6) for topic in CONVERSATION.content.listed],
        "quiz": [(page, 10**6, 10**6, 0.5, "x" * 60) for page in pages],
        "helpful": [(page, 10**6, 10**6, 0.5) for page in pages],
        "questions": [("<&>" * 300, "en", 10**6, date(2026, 1, 1))] * 30,
        "broadcasts": [("#999999", date(2026, 1, 1), *[10**6] * 8)] * 30,
        "review": [(page, date(2026, 1, 1), 10**6) for page in pages],
        "people": [(span, 10**6, 10**6, 10**6, 10**6) for span in ("day", "week", "month", "period")],
        "daily": [(date(2026, 1, 1), 1, 1, 1)],
    }
    for lang in CONVERSATION.voices.languages:
        words = Words(CONVERSATION, lang)
        for names in (OVERALL, OF_TOPIC):
            tables = [Table(name, columns(name), tuple(long[name])) for name in names]
            days = Period(date(2026, 1, 1), date(2026, 11, 26))
            html = told(words, Asked("month", ""), days, tables, ["Without a picture: " + "x" * 200])
            assert len(html.encode("utf-16-le")) // 2 < 4096 + 8 * html.count("&")
            assert "<&>" not in html


def columns(name: str) -> tuple[str, ...]:
    """The columns of a figure."""
    with sqlite3.connect(":memory:") as db:
        from sqlite_utils import Database as Tables

        from bot.stats.scope import Scope
        from bot.store.schema import migrate

        migrate(Tables(db), "real")
        days = Period(date(2026, 1, 1), date(2026, 1, 2))
        return FIGURES[name](Scope(db, CONVERSATION.content, days, 1.8e9, "UTC")).columns
