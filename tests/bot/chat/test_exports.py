"""Exports in the chat: a file for those who may have it, under made-up names, and a line in the log."""

import asyncio
import csv
import io
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import exports
from bot.chat.exports import Wish, read
from bot.simulator import OPERATOR_ID
from bot.stats.exports import FORMATS, WHAT
from bot.store import audit, operators, sellers, trail
from dialogs import Event
from tests import stories
from tests.bot.chat.house import CONVERSATION, OLGA, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.chat.test_operators import answer_to
from tests.bot.person import Person, Screen

PATIENCE = 30.0
"""Seconds in which an export is made on a machine that has much else to do."""


async def staff(house: House, role: str = "analyst", id_: int = SAM) -> Person:
    """Somebody in a role."""
    someone = await house.person(id_)
    await in_the_menu(someone)
    await house.settled()
    await house.database.run(operators.appoint, id_, role, OPERATOR_ID, 1.0)
    return someone


async def documents(someone: Person, count: int) -> list[Screen]:
    """Wait for so many files."""
    last = asyncio.get_running_loop().time() + PATIENCE
    while True:
        found = [screen for screen in await someone.screens() if screen.media == "document"]
        if len(found) >= count:
            return found
        if asyncio.get_running_loop().time() > last:
            raise AssertionError(f"{len(found)} of {count} files came\n{await someone.transcript()}")
        await asyncio.sleep(0.05)


async def rows(someone: Person, screen: Screen) -> list[dict[str, str]]:
    """What stands in a CSV file that came."""
    text = (await someone.download(screen.file_id)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# What can be asked for


async def test_what_and_how_are_chosen_by_taps(house: House) -> None:
    sam = await staff(house)
    asked = await answer_to(sam, "/export")
    assert asked.rows == [["Events", "Sellers"], ["Answers", "Questions"], ["Broadcasts"]]
    await sam.tap("Sellers")
    formats = await sam.until(lambda screen: "CSV (Excel)" in screen.labels)
    assert formats.message_id == asked.message_id
    assert formats.rows == [["CSV (Excel)", "JSON Lines"], ["Excel workbook", "SQLite (Datasette)"]]
    await sam.tap("CSV (Excel)")
    assert await sam.toast() == "I am making the file. It comes here."
    data, dictionary = await documents(sam, 2)
    name = "certguide-sellers-2026-11-26"
    assert (data.file_name, dictionary.file_name) == (f"{name}.csv", f"{name}.dictionary.md")
    (seller,) = await rows(sam, data)
    who = await house.database.run(lambda db: db.execute("select who from sellers").fetchone()[0])
    assert seller["seller"].startswith("s-")
    content = (await sam.download(data.file_id)).decode()
    assert str(SAM) not in content
    assert str(who) not in content
    (line,) = [line for line in await house.database.run(audit.read) if line.action == "export"]
    assert (line.by, line.subject, line.after) == (SAM, "sellers", "csv")


@pytest.mark.parametrize(("form", "names"), [("jsonl", 2), ("xlsx", 1), ("sqlite", 2)])
async def test_every_format_comes(house: House, form: str, names: int) -> None:
    sam = await staff(house)
    assert (await answer_to(sam, f"/export events {form}")).text == "I am making the file. It comes here."
    found = await documents(sam, names)
    assert found[0].file_name == f"certguide-events-2026-11-26{FORMATS[form].endings[0]}"
    assert len(await sam.download(found[0].file_id)) > 100


async def test_a_beginning_can_be_named(house: House) -> None:
    sam = await staff(house)

    def fill(db: sqlite3.Connection) -> None:
        for day in (1, 20, 40):
            trail.append(db, day, "en", [Event("arrived", "home.menu", "v1")], stories.NOW - day * 86400)

    await house.database.run(fill)
    await sam.say("/export events csv since 2026-11-01")
    data, _ = await documents(sam, 2)
    assert {row["time"][:10] for row in await rows(sam, data)} == {"2026-11-06", "2026-11-25", "2026-11-26"}


@pytest.mark.parametrize(
    "text", ["everything", "events pdf", "events csv since May", "events csv tomorrow", "; drop table trail"]
)
async def test_what_can_not_be_read_is_answered_with_how_it_is_written(house: House, text: str) -> None:
    sam = await staff(house)
    assert "/export events csv since 2026-11-01" in (await answer_to(sam, f"/export {text}")).text


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("events", Wish("events")),
        ("Events  CSV", Wish("events", "csv")),
        ("questions since 2026-11-01", Wish("questions", "csv", "2026-11-01")),
        ("sellers xlsx since 2026-11-01 raw", Wish("sellers", "xlsx", "2026-11-01", raw=True)),
        ("sellers raw because I have to", Wish("sellers", "csv", raw=True, reason="I have to")),
        ("sellers csv raw because no", None),
        ("", None),
    ],
)
def test_an_order_is_read(text: str, wish: Wish | None) -> None:
    assert read(text) == wish


@given(st.text(max_size=80))
def test_whatever_is_written_is_an_order_or_none(text: str) -> None:
    wish = read(text)
    assert wish is None or (wish.what in WHAT and wish.form in {*FORMATS, ""})


# Telegram's numbers


@pytest.mark.parametrize(
    ("role", "text"), [("analyst", "sellers csv raw because I am curious"), ("owner", "sellers csv raw")]
)
async def test_numbers_leave_only_for_an_owner_with_a_reason(house: House, role: str, text: str) -> None:
    sam = await staff(house, role)
    assert "Only an owner may have Telegram's numbers" in (await answer_to(sam, f"/export {text}")).text
    await asyncio.sleep(0.3)
    assert await house.calls("sendDocument") == []
    assert not [line for line in await house.database.run(audit.read) if "export" in line.action]


@pytest.mark.parametrize("owner", ["by the settings", "appointed"])
async def test_an_owner_gets_them_and_the_log_says_why(house: House, owner: str) -> None:
    by = OPERATOR_ID if owner == "by the settings" else SAM
    if owner == "appointed":
        someone = await staff(house, "owner")
    else:
        someone = await house.person(OPERATOR_ID)
        await in_the_menu(someone)
        await house.settled()
    await someone.say("/export sellers csv raw because a court asks for them")
    data, _ = await documents(someone, 2)
    assert [row["telegram_id"] for row in await rows(someone, data)] == [str(by)]
    (line,) = [line for line in await house.database.run(audit.read) if line.action == "export raw"]
    assert (line.by, line.subject, line.after) == (by, "sellers", "a court asks for them")


# Trouble


async def test_what_telegram_would_not_take_is_not_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "LARGEST", 10)
    sam = await staff(house)
    await sam.say("/export answers csv")
    told = await sam.until(lambda screen: "Telegram takes 50 from a bot" in screen.text, deadline=PATIENCE)
    assert "or export it in the shell" in told.text
    assert await house.calls("sendDocument") == []


async def test_one_that_fails_says_why(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = await staff(house)
    monkeypatch.setattr(house.database, "_path", house.path.with_name("elsewhere.db"))
    await sam.say("/export answers csv")
    await sam.until(lambda screen: "No file: there is no" in screen.text, deadline=PATIENCE)


async def test_one_that_takes_too_long_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SECONDS", 0)
    sam = await staff(house)
    await sam.say("/export answers csv")
    await sam.until(lambda screen: "it takes longer than" in screen.text, deadline=PATIENCE)


async def test_sellers_are_answered_while_an_export_is_made_and_the_bot_stops_without_waiting(house: House) -> None:
    sam, olga = await staff(house), await house.person(OLGA)
    await sam.say("/export sellers xlsx")
    await in_the_menu(olga)
    assert await house.calls("sendDocument") == []
    await house.stop()
    await house.start()
    assert (await answer_to(sam, "/export")).labels[0] == "Events"


async def test_trouble_with_telegram_ends_with_that_file(house: House) -> None:
    sam = await staff(house)
    await house.fault("500", "sendDocument")
    await sam.say("/export answers xlsx")
    for _ in range(600):
        if await house.calls("sendDocument"):
            break
        await asyncio.sleep(0.05)
    await sam.say("/export answers xlsx")
    await documents(sam, 1)


async def test_a_hostile_text_is_no_formula_in_the_file_that_comes(house: House) -> None:
    sam, olga = await staff(house), await house.person(OLGA)
    await in_the_menu(olga)
    await olga.say('=HYPERLINK("http://evil.example")')
    await house.settled()
    await sam.say("/export questions csv")
    data, _ = await documents(sam, 2)
    (question,) = await rows(sam, data)
    assert question["text"] == '\'=HYPERLINK("http://evil.example")'


async def test_it_is_in_the_operators_language(house: House) -> None:
    voice = CONVERSATION.voices.of("zh_Hans")
    labels = [button.text for row in exports.keyboard(voice).inline_keyboard for button in row]
    assert labels == ["事件", "卖家", "回答", "问题", "群发"]
    assert sellers.arrive(1).new
