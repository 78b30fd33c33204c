"""Rights, cell by cell: who may do what, typed, pressed or forged; nobody else learns that it exists."""

import asyncio
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Message, User

from bot.chat import operators
from bot.chat.operators import RIGHTS, Holds, Operators
from bot.simulator import OPERATOR_ID
from bot.store import Database, audit, questions, sellers
from bot.store import operators as store
from bot.store.operators import ROLES
from dialogs import COMMANDS
from tests.bot.chat.house import CONVERSATION, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.person import Person, Screen

GRID = """
                    broadcast  questions  stats  export  operators
by the settings     yes        yes        yes    yes     yes
owner               yes        yes        yes    yes     yes
operator            yes        yes        -      -       -
analyst             -          -          yes    yes     -
removed             -          -          -      -       -
nobody              -          -          -      -       -
"""
"""Written down once more, by hand, so that a slip in the table of rights shows."""


def _read() -> dict[str, dict[str, bool]]:
    """Who may do what, as the grid says."""
    head, *rows = (line for line in GRID.splitlines() if line)
    rights = head.split()
    return {
        row[:20].strip(): {right: cell == "yes" for right, cell in zip(rights, row[20:].split(), strict=True)}
        for row in rows
    }


MAY = _read()
WHO = tuple(MAY)
CELLS = [(who, right) for who in WHO for right in RIGHTS]


def become(db: sqlite3.Connection, id_: int, who: str) -> None:
    """Give somebody who is here the role of a row of the grid."""
    if who in ROLES:
        store.appoint(db, id_, who, OPERATOR_ID, 1.0)
    elif who == "removed":
        store.appoint(db, id_, "owner", OPERATOR_ID, 1.0)
        store.remove(db, id_, OPERATOR_ID, 2.0)


# The filter


def written(id_: int, kind: str = "private") -> Message:
    """Something somebody has written."""
    chat = Chat(id=id_ if kind == "private" else -100, type=kind)
    user = User(id=id_, is_bot=False, first_name="x")
    return Message(message_id=1, date=datetime.fromtimestamp(1, UTC), chat=chat, from_user=user, text="x")


def pressed(message: Message | InaccessibleMessage | None, id_: int = SAM) -> CallbackQuery:
    """A button somebody has pressed."""
    user = User(id=id_, is_bot=False, first_name="x")
    return CallbackQuery(id="1", from_user=user, chat_instance="1", message=message, data="b:x")


async def staff(folder: Path, who: str) -> tuple[Operators, Database]:
    """A file in which Sam is what the row says."""
    database = Database(folder / "rights.db")

    def act(db: sqlite3.Connection) -> None:
        sellers.save(db, sellers.arrive(SAM), 0.0)
        become(db, SAM, who)

    await database.run(act)
    owners = frozenset({SAM} if who == "by the settings" else {OPERATOR_ID})
    return Operators(CONVERSATION, database, owners), database


def test_the_grid_names_every_right() -> None:
    assert set(RIGHTS) == set(MAY["nobody"])
    assert {role for roles in RIGHTS.values() for role in roles} == set(ROLES)


@pytest.mark.parametrize(("who", "right"), CELLS)
async def test_the_filter_lets_through_what_the_grid_says(tmp_path: Path, who: str, right: str) -> None:
    people, database = await staff(tmp_path, who)
    for event in (written(SAM), pressed(written(SAM))):
        assert await Holds(right)(event, people) == MAY[who][right]
    # Nobody's rights are good in a group, for a button nobody sees any more, or for another person.
    assert not await Holds(right)(written(SAM, "supergroup"), people)
    assert not await Holds(right)(pressed(written(SAM, "group")), people)
    assert not await Holds(right)(pressed(None), people)
    assert not await Holds(right)(written(SAM + 1), people)
    assert not await Holds(right)(pressed(written(SAM), SAM + 1), people)
    database.close()


async def test_a_message_too_old_to_be_shown_has_its_chat_still(tmp_path: Path) -> None:
    people, database = await staff(tmp_path, "operator")
    for kind, may in (("private", True), ("group", False)):
        old = InaccessibleMessage(chat=Chat(id=SAM, type=kind), message_id=1, date=0)
        assert await Holds("questions")(pressed(old), people) == may
    database.close()


async def test_rights_end_with_the_role_and_come_with_it(tmp_path: Path) -> None:
    people, database = await staff(tmp_path, "operator")
    holds = Holds("broadcast")
    assert await holds(written(SAM), people)
    await database.run(store.remove, SAM, OPERATOR_ID, 3.0)
    assert not await holds(written(SAM), people)
    await database.run(store.appoint, SAM, "analyst", OPERATOR_ID, 4.0)
    assert not await holds(written(SAM), people)
    assert await Holds("stats")(written(SAM), people)
    database.close()


async def test_what_is_from_nobody_is_refused(tmp_path: Path) -> None:
    people, database = await staff(tmp_path, "owner")
    anonymous = written(SAM).model_copy(update={"from_user": None})
    assert not await Holds("questions")(anonymous, people)
    database.close()


@pytest.mark.parametrize("role", ["", *ROLES])
def test_the_menu_follows_the_role(role: str) -> None:
    shown = operators.commands_of(role)
    assert shown == tuple(name for name in RIGHTS if role in ROLES and MAY[role][name])
    assert not set(shown) & set(COMMANDS)


# In the chat


async def here(house: House, who: str) -> Person:
    """Somebody in a menu who is what the row says."""
    someone = await house.person(OPERATOR_ID if who == "by the settings" else SAM)
    await in_the_menu(someone)
    await house.settled()
    await house.database.run(become, someone.id, who)
    return someone


async def answer_to(someone: Person, text: str, deadline: float = 0.0) -> Screen:
    """What comes below what he writes: words, which a picture may precede."""
    last = (await someone.screen()).message_id
    await someone.say(text)
    return await someone.until(lambda screen: screen.message_id > last and screen.text, deadline)


@pytest.mark.parametrize("who", WHO)
async def test_a_command_is_known_to_those_only_who_may_write_it(house: House, who: str) -> None:
    someone = await here(house, who)
    known = {}
    for right in RIGHTS:
        answer = await answer_to(someone, f"/{right}", deadline=30)  # a picture may have to be drawn
        known[right] = "don't know this command" not in answer.text
        await house.settled()
    assert known == MAY[who]


@pytest.mark.parametrize("written_as", ["/operators", "/operators x", "/operators@certguide_bot", "/OPERATORS"])
@pytest.mark.parametrize("who", ["by the settings", "analyst", "nobody"])
async def test_however_it_is_written(house: House, who: str, written_as: str) -> None:
    someone = await here(house, who)
    answer = await answer_to(someone, written_as)
    assert ("Who runs this bot" in answer.text) == MAY[who]["operators"]
    assert ("don't know this command" in answer.text) != MAY[who]["operators"]


async def test_a_seller_is_answered_exactly_as_for_a_command_nobody_has(house: House) -> None:
    sam = await here(house, "nobody")
    answers = {(await answer_to(sam, f"/{name}")).text for name in (*RIGHTS, "nonsense")}
    assert len(answers) == 1


async def forge(house: House, someone: Person, data: str) -> str:
    """Press a button that was never shown, as a client of his own making could; the notice he gets."""
    message = {
        "message_id": (await someone.screen()).message_id,
        "date": int(time.time()),
        "chat": {"id": someone.id, "type": "private", "first_name": "x"},
        "text": "x",
    }
    before = len(await house.calls("answerCallbackQuery"))
    await someone.send_update(callback_query={"data": data, "message": message})
    for _ in range(250):
        answers = (await house.calls("answerCallbackQuery"))[before:]
        if answers:
            return str(answers[0]["args"].get("text", ""))
        await asyncio.sleep(0.02)
    raise AssertionError(f"{data} was never answered")


async def kept(house: House) -> dict[str, list[Any]]:
    """All that operators can change."""
    queries = {
        "operators": "select id, role from operators where role != ''",
        "questions": "select id, state, by from questions",
        "meta": "select key from meta where key like 'invitation:%' or key like 'digest:%'",
        "failed": "select * from failed",
        "broadcasts": "select id, state from broadcasts",
    }

    def act(db: sqlite3.Connection) -> dict[str, list[Any]]:
        return {name: db.execute(query).fetchall() for name, query in queries.items()}

    return await house.database.run(act)


FORGED = {
    "broadcast": ("b:new", "b:list", "b:start:1", "b:stop:1"),
    "questions": ("q:close:1", "q:page:1", "q:answer:1"),
    "stats": ("st:week:", "st:digest:on", "st:digest:off", "st:all:auditors"),
    "export": ("ex:events", "ex:events:csv", "ex:sellers:sqlite"),
    "operators": ("op:list", "op:invite:owner", f"op:removed:{OPERATOR_ID}", f"op:removed:{SAM}", "op:remove:1"),
}
"""Data that would do something if it came from somebody who may."""


@pytest.mark.parametrize(
    ("who", "right"), [(who, right) for who, right in CELLS if right in FORGED and not MAY[who][right]]
)
async def test_forged_buttons_do_nothing_for_who_may_not(house: House, who: str, right: str) -> None:
    someone = await here(house, who)
    await house.database.run(questions.ask, SAM, "zebra?", "en", "home.menu", 1.0)
    before, said = await kept(house), [screen.text for screen in await someone.screens()]
    for data in FORGED[right]:
        assert await forge(house, someone, data) == "That page is from before. Here is where you are now."
    await house.settled()
    assert await kept(house) == before
    assert [screen.text for screen in await someone.screens()] == said
    assert len(await house.database.run(audit.read)) == {"nobody": 0, "removed": 2}.get(who, 1)


NONSENSE = (
    *("op:", "op:x", "op:x:y:z", "op:list:1", "op:invite:", "op:invite:king", "op:remove:", "op:remove:0"),
    *("op:remove:-1", "op:remove:٣", "op:remove:99999999999999999999999", "op:removed:", "op:removed:1e9"),
    *(
        "op:removed:99999999999999999999999",
        f"op:removed:{OPERATOR_ID}",
        "op:removed:12",
        "op:appoint:",
        "op:appoint:*",
    ),
    *("op:appoint:0123456789abcdef01234567", "op:refuse:' or 1=1 --", "op:refuse:%", "op:APPOINT:1"),
    *("q:", "q:close", "q:close:", "q:close:0", "q:close:-1", "q:close:99999999999999999999999", "q:x:1", "q:answer:٣"),
)


async def test_nonsense_does_nothing_even_for_an_owner(house: House) -> None:
    olivia = await here(house, "by the settings")
    before = await kept(house)
    for data in NONSENSE:
        notice = await forge(house, olivia, data)
        assert notice in ("", "That is decided already, or its day is over.", "That question has been ended already.")
    assert await kept(house) == before
    assert await house.database.run(audit.read) == []
    assert (await house.database.run(store.role, OPERATOR_ID)) == ""
    assert "Who runs this bot" in (await answer_to(olivia, "/operators")).text


async def test_stale_buttons_and_prompts_are_dead_once_he_is_removed(house: House) -> None:
    sam = await here(house, "operator")
    await house.database.run(questions.ask, SAM, "zebra?", "en", "home.menu", 1.0)
    listed = await answer_to(sam, "/questions")
    await sam.tap("Answer")
    prompt = await sam.until(lambda screen: "Reply to this message" in screen.text)
    await house.database.run(store.remove, SAM, OPERATOR_ID, 9.0)
    before = await kept(house)
    await sam.tap("Close", listed.message_id)
    assert await sam.toast() == "That page is from before. Here is where you are now."
    await sam.say("Because zebras.", reply_to=prompt.message_id)
    await sam.until(lambda screen: screen.message_id > prompt.message_id)
    await house.settled()
    assert await kept(house) == before
    assert before["questions"] == [(1, "open", None)]


@pytest.mark.parametrize("command", RIGHTS)
async def test_in_a_group_nothing_is_listed(house: House, command: str) -> None:
    olivia = await here(house, "by the settings")
    await house.settled()
    sent = len(await house.calls("sendMessage"))
    group = {"id": -100123, "type": "supergroup", "title": "Sellers"}
    await olivia.send_update(message={"chat": group, "text": f"/{command}"})
    for _ in range(200):
        calls = (await house.calls("sendMessage"))[sent:]
        if calls:
            break
        await asyncio.sleep(0.02)
    assert [call["args"]["text"] for call in calls] == ["I talk in private: https://t.me/certguide_bot"]


async def test_an_operator_is_a_seller_too(house: House) -> None:
    olivia = await here(house, "by the settings")
    await answer_to(olivia, "/operators")
    page = await answer_to(olivia, "/menu")
    assert "ISO 9001: do I need it?" in page.labels
    await olivia.tap("Internal or registered auditor?")
    await olivia.until(lambda screen: "Somebody offers you" in screen.text)
