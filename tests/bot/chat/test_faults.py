"""Every call the running bot makes, and every way it can go wrong; a database and a clock that misbehave."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramServerError
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import Update

from bot.chat import incidents, messenger, polling, session, speaker
from bot.chat.patience import TEXTS, Answer, Patience
from bot.chat.session import LeanSession
from bot.simulator import OPERATOR_ID, TOKEN
from bot.simulator.profile import Profile
from bot.store import Database, StoreError, database, notices, sellers, trail
from tests.bot.chat.house import CONVERSATION, MEI, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.person import Person, Screen

KINDS = ("429", "500", "502", "hang", "hang_after", "drop", "drop_after")
DAY = 24 * 60 * 60
TOPIC = "ISO 9001: do I need it?"


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house whose bot soon loses patience."""
    monkeypatch.setattr(session, "SECONDS", 0.4)
    monkeypatch.setattr(speaker, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(messenger, "PAUSE", 0.01)
    monkeypatch.setattr(messenger, "TROUBLE", 0.05)
    monkeypatch.setattr(polling, "WAIT", 1)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.2)
    running = House(tmp_path)
    await running.open()
    yield running
    await running.close()


async def until(done: Callable[[], Any], seconds: float = 5.0) -> None:
    """Wait until that is so."""
    last = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < last, "it never came"
        await asyncio.sleep(0.01)


async def fault(house: House, kind: str, method: str) -> None:
    """One call of a method goes wrong; what hangs does so for longer than the bot waits."""
    await house.fault(kind, method, seconds=2 if method == "getUpdates" else 1)


async def used_up(house: House) -> None:
    """Wait until the fault has met a call."""
    await until(lambda: not house.simulator.bot_side.faults.open)


async def to_the_menu(someone: Person) -> None:
    """The next act works, whatever happened to the last."""
    said = (await someone.say("/menu"))["message_ids"][0]
    await someone.until(lambda screen: screen.message_id > said and TOPIC in screen.labels)


# The matrix: a call, and what somebody does that makes the bot make it. `acts` returns what the trail has then.


async def taps(sam: Person) -> list[str]:
    await sam.tap(TOPIC)
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    return ["iso9001.what"]


async def writes(sam: Person) -> list[str]:
    await sam.say("/help")
    await sam.until(lambda screen: "How this works" in screen.text)
    return ["home.help"]


CONVERSING = {
    "getUpdates": taps,
    "sendMessage": writes,
    "editMessageText": taps,
    "editMessageReplyMarkup": writes,
    "answerCallbackQuery": taps,
}


@pytest.mark.parametrize("method", CONVERSING)
async def test_conversing(house: House, method: str, capsys: pytest.CaptureFixture[str]) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    expected = ["home.menu"]
    for kind in KINDS:
        await house.settled()
        await fault(house, kind, method)
        expected += await CONVERSING[method](sam)
        await to_the_menu(sam)
        await used_up(house)
        await house.settled()
        assert await house.trail() == [*expected, "home.menu"], kind
        expected.append("home.menu")
    printed = capsys.readouterr().err
    assert '"exception"' not in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("verb", ["get", "set"])
async def test_the_profile(house: House, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody notices while it is being set, and what went wrong is made good at the next start."""
    sam = await house.person(SAM)
    for kind in KINDS:
        await house.stop()
        house.simulator.telegram.profile = Profile()
        for part in ("Commands", "Name", "Description", "ShortDescription"):
            await fault(house, kind, f"{verb}My{part}")
        await house.start()
        await in_the_menu(sam)
        await used_up(house)
        await house.stop()
        await house.start()
        await until(partial(described, house.simulator.telegram.profile))
        await house.settled()
    assert '"exception"' not in capsys.readouterr().err


def described(profile: Profile) -> bool:
    """Whether every part is set in every language."""
    english, chinese = CONVERSATION.voices.of("en"), CONVERSATION.voices.of("zh_Hans")
    return all(
        profile.text(part, code) == voice.button(name)
        for code, voice in (("", english), ("zh", chinese))
        for part, name in (("name", "bot-name"), ("description", "bot-about"), ("short_description", "bot-short"))
    ) and all(profile.get_commands("default", code) for code in ("", "zh"))


async def test_notices(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    for kind in KINDS:
        await house.stop()
        with closing(Database(house.path)) as file:
            await file.run(notices.put, SAM, f"an answer {kind}", 1.0)
        await fault(house, kind, "sendMessage")
        await house.start()
        await shown(sam, f"an answer {kind}")
        await used_up(house)
        await waits_for_none(house)
        times = [screen.text for screen in await sam.screens()].count(f"an answer {kind}")
        assert times == (2 if kind.endswith("after") else 1), kind  # Telegram can't say whether the first one came
    assert await house.trail() == ["home.menu"]
    assert '"exception"' not in capsys.readouterr().err


async def shown(someone: Person, text: str) -> None:
    """Wait for that message."""
    await someone.until(lambda screen: screen.text == text)


async def waits_for_none(house: House) -> None:
    """Wait until every notice is sent."""
    for _ in range(500):
        if not await house.database.run(notices.waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("a notice still waits")


async def asks(house: House, text: str) -> None:
    """Sam asks what no page answers."""
    await house.database.run(
        lambda db: db.execute(
            "insert into questions (seller, text, lang, page, at, state) values (?, ?, 'en', 'home.menu', 0, 'open')",
            [SAM, text],
        )
    )


async def lists(olivia: Person, text: str) -> None:
    await olivia.say("/questions")
    await olivia.until(lambda screen: text in screen.text and "Close" in screen.labels)


async def asked_for_an_answer(olivia: Person, text: str) -> int:
    """Press the button under a question; the number of the message to reply to."""
    await olivia.tap("Answer")
    return (await olivia.until(lambda screen: "Reply to" in screen.text and text in screen.text)).message_id


OPERATING = [
    ("list", "sendMessage"),
    ("prompt", "sendMessage"),
    ("prompt", "answerCallbackQuery"),
    ("close", "editMessageText"),
    ("close", "answerCallbackQuery"),
    ("reply", "sendMessage"),
]


@pytest.mark.parametrize(("act", "method"), OPERATING)
async def test_an_operator(house: House, act: str, method: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever an operator does is done once, and he is told, whichever of his calls goes wrong."""
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await in_the_menu(sam)
    await in_the_menu(olivia)
    for kind in KINDS:
        await to_the_menu(olivia)
        await asks(house, text := f"zebra{kind} lion{kind}")
        await operate(house, olivia, act, text, (kind, method))
        await used_up(house)
        await waits_for_none(house)
        open_ = await house.database.run(lambda db: db.execute("select id from questions where state = 'open'"))
        assert bool(open_.fetchall()) is (act in ("list", "prompt")), kind
        await house.database.run(lambda db: db.execute("update questions set state = 'closed'"))
        got = [screen.text for screen in await sam.screens() if f"because {text}" in screen.text]
        # The fault may have met the answer itself on its way to Sam, and Telegram can't say whether that came.
        assert act != "reply" or 1 <= len(got) <= 1 + kind.endswith("after"), kind
    assert "update let go" not in capsys.readouterr().err


async def until_ended(house: House) -> None:
    """Wait until no question is open."""
    for _ in range(500):
        if not await house.database.run(
            lambda db: db.execute("select 1 from questions where state = 'open'").fetchall()
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the question is still open")


async def operate(house: House, olivia: Person, act: str, text: str, trouble: tuple[str, str]) -> None:
    """Do that, with the trouble at its last step, until he is told."""
    if act != "list":
        await lists(olivia, text)
    prompt = await asked_for_an_answer(olivia, text) if act == "reply" else 0
    await fault(house, *trouble)
    if act == "list":
        await lists(olivia, text)
    elif act == "prompt":
        await asked_for_an_answer(olivia, text)
    elif act == "close":
        await olivia.tap("Close")
        await until_ended(house)
    else:
        await olivia.say(f"because {text}", reply_to=prompt)
        await olivia.until(lambda screen: "On its way" in screen.text or "ended already" in screen.text)


GROUP = {"id": -100123, "type": "supergroup", "title": "Sellers"}


async def test_who_am_i(house: House) -> None:
    """getMe is asked once, when somebody in a group speaks to the bot."""
    sam = await house.person(SAM)
    await in_the_menu(sam)
    person = {"id": SAM, "is_bot": False, "first_name": "Sam", "language_code": "en"}
    for kind in KINDS:
        await house.stop()
        await house.start()
        await fault(house, kind, "getMe")
        message = {"message_id": 5, "date": 1, "chat": GROUP, "from": person, "text": f"/start {kind}"}
        house.simulator.telegram.updates.put("message", message)
        await used_up(house)
        await to_the_menu(sam)
        await house.settled()
    calls = [call["args"] for call in await house.calls("sendMessage")]
    assert sum(call["chat_id"] == str(GROUP["id"]) for call in calls) == len(KINDS)


def test_every_call_is_in_the_matrix() -> None:
    """A call the bot learns to make later must be tried here too."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(polling.__file__).parent.glob("*.py"))
    asked = {
        "get_updates", "send_message", "edit_message_text", "edit_message_reply_markup", "answer_callback_query",
        "get_my_commands", "set_my_commands", "get_my_name", "set_my_name", "get_my_description",
        "set_my_description", "get_my_short_description", "set_my_short_description", "me",
        "get_chat",  # tried in test_roster_faults
        "delete_message",  # tried in test_broadcasts
        "send_photo", "send_chat_action",  # tried in test_figures
        "send_document",  # tried in test_exports
    }  # fmt: skip
    known = {name for name in dir(Bot) if not name.startswith("_")}
    found = {name for name in known if f"bot.{name}(" in source}
    assert found == asked


# Answers that are none


def test_an_answer_that_is_no_json_is_trouble_and_not_a_mistake() -> None:
    """A proxy that answers everything with a page of its own."""
    for method in (SendMessage(chat_id=1, text="x"), AnswerCallbackQuery(callback_query_id="1")):
        for content in (b"<html>", b"", b"[]", b"{}"):
            if isinstance(method, AnswerCallbackQuery) and content == b"{}":
                continue
            with pytest.raises(TelegramServerError):
                LeanSession()._result(Bot(TOKEN), method, 200, content)


async def test_updates_that_can_not_be_read_are_asked_for_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    fetch, fails = polling._fetch, iter(range(2))

    async def unreadable(bot: Bot, offset: int | None) -> list[Update]:
        if next(fails, None) is not None:
            raise ClientDecodeError("not JSON", ValueError(), "<html>")
        return await fetch(bot, offset)

    monkeypatch.setattr(polling, "_fetch", unreadable)
    for _ in range(3):
        await to_the_menu(sam)


# The database


@contextmanager
def busy(path: Path, seconds: float) -> Iterator[None]:
    """Another program writes meanwhile."""
    taken, ended = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as db:
            db.execute("begin immediate")
            taken.set()
            ended.wait(seconds)
            db.execute("rollback")

    other = threading.Thread(target=write)
    other.start()
    assert taken.wait(10)
    yield
    ended.wait(0)
    other.join()


@pytest.mark.parametrize("seconds", [0.3, 5.0])
async def test_a_busy_database_makes_people_wait_and_nothing_else(
    house: House, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    sam, mei = await house.person(SAM), await house.person(MEI)
    await in_the_menu(sam)
    await house.settled()
    begun = time.monotonic()
    other = busy(house.path, seconds)
    other.__enter__()
    await sam.tap(TOPIC)
    await sam.say("/help")
    await mei.say("/start")
    await sam.until(lambda screen: "How this works" in screen.text, deadline=seconds + 5)
    await mei.until(lambda screen: "English" in screen.labels)
    assert seconds - 0.1 < time.monotonic() - begun < seconds + 3
    await asyncio.to_thread(other.__exit__, None, None, None)
    await house.settled()
    assert await house.trail() == ["home.menu", "iso9001.what", "home.help"]
    assert '"exception"' not in capsys.readouterr().err


async def test_a_database_busy_for_longer_than_we_wait_is_asked_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.stop()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    await house.start()
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await in_the_menu(sam)
    await in_the_menu(olivia)
    await house.settled()
    other = busy(house.path, 1.0)
    other.__enter__()
    await sam.tap(TOPIC)
    await olivia.until(lambda screen: "can't be written" in screen.text)
    await asyncio.to_thread(other.__exit__, None, None, None)
    await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    await house.settled()
    assert (await house.trail()).count("iso9001.what") == 1


async def test_a_file_that_became_read_only_is_waited_for(house: House) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await in_the_menu(sam)
    await in_the_menu(olivia)
    await house.settled()
    house.database._connection.execute("pragma query_only = on")
    await sam.say("4")
    await olivia.until(lambda screen: "can't be written" in screen.text)
    assert TOPIC in (await sam.screen()).labels
    house.database._connection.execute("pragma query_only = off")
    await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await house.settled()
    assert (await house.trail()).count("auditors.offer") == 1


async def test_what_waits_behind_a_page_that_could_not_be_noted_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full just when the page is shown: what he did meanwhile is answered all the same."""
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.settled()
    noted, fails = sellers.spoken, iter([True])

    def full(*given: Any) -> None:
        if next(fails, False):
            raise StoreError("the disk is full")
        noted(*given)

    monkeypatch.setattr(sellers, "spoken", full)
    await house.fault("delay", "editMessageText", seconds=0.3)
    await sam.tap(TOPIC)
    await used_up(house)
    await sam.say("/help")
    await sam.until(lambda screen: "How this works" in screen.text)
    await house.settled()


async def test_whoever_looks_around_outlives_a_database_that_can_not_be_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.stop()
    monkeypatch.setattr(incidents, "EVERY", 0.05)
    await house.start()
    olivia = await house.person(OPERATOR_ID)
    await in_the_menu(olivia)
    await house.settled()
    house.database._connection.execute("pragma query_only = on")
    await asyncio.sleep(0.2)
    house.database._connection.execute("pragma query_only = off")
    house._seconds += 400 * DAY
    await olivia.until(lambda screen: "pages should have been checked again" in screen.text)


# The clock


async def younger(someone: Person, page: Screen) -> Screen:
    """Wait for another page below that one."""
    return await someone.until(lambda screen: screen.message_id > page.message_id)


@pytest.mark.parametrize("days", [-1, 400])
async def test_a_clock_that_jumps_does_not_make_an_update_new(house: House, days: int) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    said = await sam.say("4")
    page = await sam.until(lambda screen: "Somebody offers you" in screen.text)
    await house.settled()
    before = await house.trail()
    house._seconds += days * DAY
    for stop in (house.crash, house.stop):
        await stop()
        await house.start()
        await house.repeat(said["update_ids"][0])
        page = await younger(sam, page)
        assert "Somebody offers you" in page.text
        await house.settled()
        assert await house.trail() == before


def test_an_update_is_remembered_when_the_clock_jumps(tmp_path: Path) -> None:
    """Between two starts the clock went wrong, and perhaps right again."""
    with closing(database.connect(tmp_path / "clock.db", "real", "NORMAL")) as db:
        for update, now in enumerate((1000 * DAY, 1400 * DAY, 1000 * DAY)):
            assert not trail.handled(db, update, now)
            trail.forget_handled(db, now)
            assert trail.handled(db, update, now)


async def test_pages_are_overdue_as_soon_as_the_clock_says_so(house: House) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await in_the_menu(olivia)
    await in_the_menu(sam)
    house._seconds += 400 * DAY
    await sam.tap(TOPIC)
    await sam.until(lambda screen: "should have been checked again by" in screen.text)
    await house.stop()
    await house.start()
    await olivia.until(lambda screen: "pages should have been checked again" in screen.text)
    house._seconds -= 400 * DAY
    await to_the_menu(sam)
    await sam.tap(TOPIC)
    page = await sam.until(lambda screen: "ISO 9001:2026" in screen.text)
    assert "should have been checked again by" not in page.text
    await house.settled()


def test_a_clock_set_back_does_not_make_anybody_wait() -> None:
    patience = Patience()
    patience.with_(SAM, 10.0 * DAY)
    assert [patience.with_(SAM, 9.0 * DAY + 20 * n) for n in range(TEXTS + 5)] == [Answer.TAKE] * (TEXTS + 5)


# What an operator writes


async def prompted(house: House) -> tuple[Person, Person, int]:
    """Sam has asked, and Olivia is asked for the answer."""
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await in_the_menu(sam)
    await in_the_menu(olivia)
    await asks(house, "z" * 1000)
    await lists(olivia, "zzz")
    await olivia.tap("Answer")
    prompt = await olivia.until(lambda screen: "Reply to" in screen.text)
    return sam, olivia, prompt.message_id


async def test_an_answer_as_long_as_a_message_may_be_arrives_whole(house: House) -> None:
    sam, olivia, prompt = await prompted(house)
    await olivia.say("<" * 4096, reply_to=prompt)
    await sam.until(lambda screen: "<" * 4096 in screen.text)
    assert any("You asked" in screen.text for screen in await sam.screens())
    assert not await house.refused()


async def test_a_command_is_never_an_answer(house: House) -> None:
    """Telegram puts whatever an operator writes next under the request for an answer."""
    _, olivia, prompt = await prompted(house)
    await olivia.say("/cancel", reply_to=prompt)
    await olivia.until(lambda screen: TOPIC in screen.labels)
    assert await house.database.run(notices.waiting) == []
