"""Owners see who runs the bot, invite by a link, decide on who opens it, and remove."""

import asyncio
import re
import sqlite3

import aiohttp
import pytest

from bot.chat.appointments import ASKING, MOST
from bot.chat.operators import commands_of
from bot.simulator import OPERATOR_ID
from bot.store import audit, invitations, sellers
from bot.store import operators as store
from bot.store.daytime import DAY
from bot.store.operators import ROLES
from dialogs import COMMANDS
from tests.bot.chat.house import CONVERSATION, MEI, OLGA, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.chat.test_operators import answer_to
from tests.bot.person import Person, Screen

LINK = re.compile(r"https://t\.me/certguide_bot\?start=(op-[0-9a-f]{24})")


async def seen(someone: Person, text: str, times: int = 1) -> Screen:
    """Wait for a message, wherever in the chat it stands."""
    last = asyncio.get_running_loop().time() + 8
    while True:
        found = [screen for screen in await someone.screens() if text in screen.text]
        if len(found) >= times:
            return found[-1]
        if asyncio.get_running_loop().time() > last:
            raise AssertionError(f"{someone.id} never saw {text!r}\n{await someone.transcript()}")
        await asyncio.sleep(0.02)


async def invited(house: House, role: str = "operator") -> tuple[Person, str]:
    """An owner who has made an invitation, and what follows /start in its link."""
    olivia = await house.person(OPERATOR_ID)
    await answer_to(olivia, "/operators")
    await olivia.tap(f"Invite an {role}")
    assert await olivia.toast() == CONVERSATION.voices.of("en").button("operators-pass-on")
    link = LINK.search((await seen(olivia, "Open this link within a day")).text)
    assert link
    return olivia, link[1]


async def log(house: House) -> list[tuple[int, str, str, str, str]]:
    """Who did what to whom, before and after; the oldest first."""
    lines = await house.database.run(audit.read)
    return [(line.by, line.action, line.subject, line.before, line.after) for line in reversed(lines)]


async def menu(someone: Person, role: str = "") -> None:
    """Wait until his menu of commands is that of the role."""
    for _ in range(1000):
        shown = [command["command"] for command in (await someone.chat())["commands"]]
        if shown == [*COMMANDS, *commands_of(role)]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"the menu is {shown}")


async def appoint(house: House, someone: Person, role: str) -> None:
    """Make somebody something without asking anybody."""
    await in_the_menu(someone)
    await house.settled()
    assert await house.database.run(store.appoint, someone.id, role, OPERATOR_ID, 1.0)


# Appointing


@pytest.mark.parametrize("role", ["operator", "analyst"])
async def test_somebody_who_was_never_here_is_invited_and_appointed(house: House, role: str) -> None:
    olivia, payload = await invited(house, role)
    sam = await house.person(SAM)
    await sam.say(f"/start {payload}")
    await seen(sam, "An owner of this bot has to confirm it")
    assert (await seen(sam, "I am a bot")).labels  # the first page, as for everybody
    await seen(olivia, "Somebody has opened an invitation")
    assert (await answer_to(sam, "/questions")).text.startswith("I don't know this command")
    listed = await answer_to(olivia, "/operators")
    assert listed.labels[:2] == ["Appoint 2", "Refuse 2"]
    assert f"2. Sam ({SAM}) · {role} (" in listed.text
    assert "has opened an invitation: yours to decide" in listed.text
    await olivia.tap("Appoint 2")
    after = await olivia.until(lambda screen: "Remove 2" in screen.labels)
    assert re.search(rf"2\. Sam \({SAM}\) · {role} \(.*\) · since \w+ \d+, 2026", after.text)
    await seen(sam, f"You help to run this bot now, as: {role}")
    await menu(sam, role)
    assert ("No open questions" in (await answer_to(sam, "/questions")).text) == (role == "operator")
    assert await log(house) == [(OPERATOR_ID, "appoint", f"operator {SAM}", "", role)]
    assert not await house.refused()


async def test_an_owner_can_be_appointed_who_appoints_and_is_removed_himself(house: House) -> None:
    _, payload = await invited(house, "owner")
    sam = await house.person(SAM)
    await sam.say(f"/start {payload}")
    olivia = await house.person(OPERATOR_ID)
    await seen(olivia, "Somebody has opened an invitation")
    await answer_to(olivia, "/operators")
    await olivia.tap("Appoint 2")
    await seen(sam, "You help to run this bot now, as: owner (everything)")
    await menu(sam, "owner")
    listed = await answer_to(sam, "/operators")
    assert listed.text.splitlines()[1] == f"1. Olivia (operator) ({OPERATOR_ID}) · owner (everything) · by the settings"
    assert listed.rows == [["Remove 2"], *([f"Invite an {role}"] for role in ROLES)]
    await sam.tap("Remove 2")
    asked = await sam.until(lambda screen: "Take all rights" in screen.text)
    assert asked.text == f"Take all rights from Sam ({SAM})? Now: owner (everything)."
    await sam.tap("Yes, take them")
    gone = await sam.until(lambda screen: "You no longer help" in screen.text and not screen.labels)
    assert gone.text.startswith("You no longer help to run this bot.")
    await menu(sam)
    assert "don't know this command" in (await answer_to(sam, "/operators")).text
    assert (await log(house))[-1] == (SAM, "remove", f"operator {SAM}", "owner", "")


async def test_an_invitation_is_refused(house: House) -> None:
    olivia, payload = await invited(house)
    sam = await house.person(SAM)
    await sam.say(f"/start {payload}")
    await seen(olivia, "Somebody has opened an invitation")
    await answer_to(olivia, "/operators")
    await olivia.tap("Refuse 2")
    await olivia.until(lambda screen: len(screen.labels) == len(ROLES))
    await seen(sam, "was not confirmed")
    assert await house.database.run(store.role, SAM) == ""
    assert await log(house) == []
    await answer_to(sam, f"/start {payload}")
    await seen(sam, "leads to nothing I know")


async def test_a_role_is_changed_by_another_invitation(house: House) -> None:
    sam = await house.person(SAM)
    await appoint(house, sam, "analyst")
    olivia, payload = await invited(house, "operator")
    await sam.say(f"/start {payload}")
    await seen(olivia, "Somebody has opened an invitation")
    assert (await answer_to(olivia, "/operators")).labels[:3] == ["Remove 2", "Appoint 3", "Refuse 3"]
    await olivia.tap("Appoint 3")
    await olivia.until(lambda screen: "operator (broadcasts" in screen.text and "Appoint 3" not in screen.labels)
    await menu(sam, "operator")
    assert (await log(house))[-1] == (OPERATOR_ID, "appoint", f"operator {SAM}", "analyst", "operator")


async def test_people_are_told_in_the_language_of_their_conversation(house: House) -> None:
    olivia, payload = await invited(house)
    mei = await house.person(MEI)
    await mei.say(f"/start {payload}")
    chinese = CONVERSATION.voices.of("zh_Hans")
    await seen(mei, chinese.button("operators-wait"))
    await seen(olivia, "Somebody has opened an invitation")
    await answer_to(olivia, "/operators")
    await olivia.tap("Appoint 2")
    await seen(mei, chinese.button("operators-appointed", role=chinese.button("role-operator")))
    for _ in range(1000):
        shown = {one["command"]: one["description"] for one in (await mei.chat())["commands"]}
        if "questions" in shown:
            break
        await asyncio.sleep(0.02)
    assert shown["questions"] == chinese.button("command-questions")


# Links


async def test_a_link_is_for_one_person(house: House) -> None:
    olivia, payload = await invited(house)
    sam, olga = await house.person(SAM), await house.person(OLGA)
    for person in (sam, olga):
        await in_the_menu(person)
    await sam.say(f"/start {payload}")
    await seen(sam, "has to confirm it")
    await olga.say(f"/start {payload}")
    await seen(olga, "leads to nothing I know")
    listed = await answer_to(olivia, "/operators")
    assert "Sam" in listed.text
    assert "Olga" not in listed.text


async def test_a_link_is_good_for_a_day(house: House) -> None:
    _, payload = await invited(house)
    house._seconds += DAY
    sam = await house.person(SAM)
    await sam.say(f"/start {payload}")
    await seen(sam, "leads to nothing I know")


async def test_a_decision_comes_too_late_after_a_day(house: House) -> None:
    olivia, payload = await invited(house)
    sam = await house.person(SAM)
    await sam.say(f"/start {payload}")
    await seen(olivia, "Somebody has opened an invitation")
    await answer_to(olivia, "/operators")
    house._seconds += DAY
    await olivia.tap("Appoint 2")
    assert "its day is over" in await olivia.toast()
    assert await house.database.run(store.role, SAM) == ""


async def test_an_owner_who_opens_his_own_link_is_told_and_it_stays_good(house: House) -> None:
    olivia, payload = await invited(house)
    assert "pass it on" in (await answer_to(olivia, f"/start {payload}")).text
    sam = await house.person(SAM)
    await sam.say(f"/start {payload}")
    await seen(sam, "has to confirm it")


async def test_an_update_that_comes_twice_asks_once(house: House) -> None:
    olivia, payload = await invited(house)
    sam = await house.person(SAM)
    update = (await sam.say(f"/start {payload}"))["update_ids"][0]
    await seen(sam, "has to confirm it")
    await house.repeat(update)
    await sam.say(f"/start {payload}")
    await in_the_menu(olivia)
    await asyncio.sleep(2.2)  # two notices would have come by then
    for person, text in ((sam, "has to confirm it"), (olivia, "Somebody has opened")):
        assert len([screen for screen in await person.screens() if text in screen.text]) == 1


async def test_a_request_outlives_a_crash(house: House) -> None:
    olivia, payload = await invited(house)
    sam = await house.person(SAM)
    await house.fault("500", "sendMessage", times=50)
    await sam.say(f"/start {payload}")
    for _ in range(250):
        if await house.database.run(invitations.opened, house.clock()):
            break
        await asyncio.sleep(0.02)
    await house.crash()
    async with aiohttp.ClientSession(house.simulator.api_base) as session, session.delete("/sim/faults"):
        pass
    await house.start()
    await seen(sam, "has to confirm it")
    await seen(olivia, "Somebody has opened an invitation")


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ("op-0123456789abcdef01234567", "leads to nothing I know"),
        ("op-", "leads to nothing I know"),
        ("op-operators--en--op", "leads to nothing I know"),
        ("auditors--en--op-0123456789abcdef01234567", "Somebody offers you"),
        ("auditors", "Somebody offers you"),
    ],
)
async def test_other_links_lead_where_they_led(house: House, payload: str, answer: str) -> None:
    await invited(house)
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await sam.say(f"/start {payload}")
    await seen(sam, answer)
    assert len(await house.trail("link")) == 1


async def test_a_link_that_was_opened_is_no_campaign_in_the_trail(house: House) -> None:
    _, payload = await invited(house)
    sam = await house.person(SAM)
    await sam.say(f"/start {payload}")
    await seen(sam, "has to confirm it")
    rows = await house.database.run(lambda db: db.execute("select kind, detail from trail").fetchall())
    assert "link" not in {kind for kind, _ in rows}
    assert not any(payload[3:] in detail for _, detail in rows)


async def test_in_a_group_a_link_invites_nobody(house: House) -> None:
    _, payload = await invited(house)
    sam = await house.person(SAM)
    group = {"id": -100123, "type": "supergroup", "title": "Sellers"}
    await sam.send_update(message={"chat": group, "text": f"/start {payload}"})
    await in_the_menu(sam)
    assert await house.database.run(invitations.opened, house.clock()) == []


# Removing


async def test_somebody_is_removed_after_a_second_look(house: House) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await appoint(house, sam, "operator")
    await answer_to(olivia, "/operators")
    await olivia.tap("Remove 2")
    await olivia.until(lambda screen: "Take all rights from Sam" in screen.text)
    await olivia.tap("Back")
    await olivia.until(lambda screen: "Remove 2" in screen.labels)
    assert await house.database.run(store.role, SAM) == "operator"
    await olivia.tap("Remove 2")
    asked = await olivia.until(lambda screen: "Yes, take them" in screen.labels)
    await olivia.tap("Yes, take them")
    after = await olivia.until(lambda screen: "Who runs this bot" in screen.text)
    assert "Sam" not in after.text
    await seen(sam, "You no longer help to run this bot")
    await menu(sam)
    assert (await log(house))[1:] == [(OPERATOR_ID, "remove", f"operator {SAM}", "operator", "")]
    button = asked.button("Yes, take them")
    assert button
    await olivia.tap_data(asked.message_id, button["callback_data"])
    assert "decided already" in await olivia.toast()
    assert len(await log(house)) == 2


async def test_an_owner_of_the_settings_has_no_such_button_and_can_not_be_removed(house: House) -> None:
    await house.stop()
    house.owners |= {SAM}
    await house.start()
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await appoint(house, sam, "analyst")  # long before he was named in the settings
    listed = await answer_to(olivia, "/operators")
    assert listed.labels == [f"Invite an {role}" for role in ROLES]
    assert listed.text.count("by the settings") == 2
    assert "Who runs this bot" in (await answer_to(sam, "/operators")).text


async def test_whoever_is_dropped_from_the_settings_is_nobody_from_the_next_start_on(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    for owners, role in (({OPERATOR_ID, SAM}, "owner"), ({OPERATOR_ID}, "")):
        await house.stop()
        house.owners = frozenset(owners)
        await house.start()
        await menu(sam, role)
    assert "don't know this command" in (await answer_to(sam, "/operators")).text


async def test_an_appointed_owner_loses_his_buttons_and_his_invitations(house: House) -> None:
    sam, mei = await house.person(SAM), await house.person(MEI)
    await appoint(house, sam, "owner")
    listed = await answer_to(sam, "/operators")
    await sam.tap("Invite an owner")
    link = LINK.search((await seen(sam, "Open this link within a day")).text)
    assert link
    olivia = await house.person(OPERATOR_ID)
    await answer_to(olivia, "/operators")
    await olivia.tap("Remove 2")
    await olivia.until(lambda screen: "Yes, take them" in screen.labels)
    await olivia.tap("Yes, take them")
    await seen(sam, "You no longer help")
    for label in listed.labels:
        await sam.tap(label, listed.message_id)
        assert await sam.toast() == "That page is from before. Here is where you are now."
    await mei.say(f"/start {link[1]}")
    await mei.until(lambda screen: screen.labels)
    await house.settled()
    assert await house.database.run(invitations.opened, house.clock()) == []
    assert [action for _, action, *_ in await log(house)] == ["appoint", "remove"]


async def test_of_two_owners_one_decides(house: House) -> None:
    sam, mei = await house.person(SAM), await house.person(MEI)
    await appoint(house, sam, "owner")
    olivia, payload = await invited(house, "analyst")
    await mei.say(f"/start {payload}")
    for owner in (olivia, sam):
        await seen(owner, "Somebody has opened an invitation")
        await answer_to(owner, "/operators")
    await asyncio.gather(olivia.tap("Appoint 3"), sam.tap("Refuse 3"))
    toasts = [await olivia.toast(), await sam.toast()]
    assert sorted(toasts) == ["", "That is decided already, or its day is over."]
    appointed = await house.database.run(store.role, MEI) == "analyst"
    assert appointed == (toasts[0] == "")
    assert len(await log(house)) == 1 + appointed


# Trouble


async def test_who_has_no_name_is_shown_by_his_number(house: House) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await appoint(house, sam, "operator")
    await house.fault("500", "getChat", times=2)
    assert f"\n2. {SAM} · operator" in (await answer_to(olivia, "/operators")).text


async def test_a_name_is_text_and_not_too_much_of_it(house: House) -> None:
    async with (
        aiohttp.ClientSession(house.simulator.api_base) as session,
        session.post("/sim/people", json={"name": "<b>&amp;" + "x" * 40, "language_code": "en"}) as answer,
    ):
        person = await house.person((await answer.json())["id"])
    await appoint(house, person, "operator")
    olivia = await house.person(OPERATOR_ID)
    listed = await answer_to(olivia, "/operators")
    assert f"2. <b>&amp;{'x' * 16} ({person.id})" in listed.text
    await olivia.tap("Remove 2")
    await olivia.until(lambda screen: f"from <b>&amp;{'x' * 16} ({person.id})?" in screen.text)


async def test_a_menu_that_could_not_be_set_is_set_at_the_next_start(house: House) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await appoint(house, sam, "operator")
    await house.stop()
    await house.start()
    await menu(sam, "operator")
    await house.fault("500", "setMyCommands")
    await answer_to(olivia, "/operators")
    await olivia.tap("Remove 2")
    await olivia.until(lambda screen: "Yes, take them" in screen.labels)
    await olivia.tap("Yes, take them")
    await seen(sam, "You no longer help")
    await menu(sam, "operator")  # it shows what is no command of his any more
    assert "don't know this command" in (await answer_to(sam, "/questions")).text
    await house.stop()
    await house.start()
    await menu(sam)


async def test_the_list_at_its_longest_fits_and_then_nobody_more_is_invited(house: House) -> None:
    olivia = await house.person(OPERATOR_ID)

    def fill(db: sqlite3.Connection) -> None:
        for id_ in range(10**15, 10**15 + MOST + ASKING + 3):
            sellers.save(db, sellers.arrive(id_), house.clock())
            if id_ < 10**15 + MOST:
                store.appoint(db, id_, "operator", OPERATOR_ID, 1.0)
            else:
                made = invitations.make(db, "operator", OPERATOR_ID, house.clock())
                invitations.open_(db, made.secret, id_, house.clock())

    await house.database.run(fill)
    listed = await answer_to(olivia, "/operators")
    assert len(listed.labels) == MOST + 2 * ASKING + len(ROLES)
    assert len(listed.text) + (MOST + ASKING) * 27 < 4096  # names that long can't be had here
    await olivia.tap("Invite an analyst")
    assert await olivia.toast() == f"There are {MOST} people already. Remove somebody first."
    assert not [call for call in await house.refused() if call["method"] != "getChat"]


@pytest.mark.parametrize("lang", CONVERSATION.voices.languages)
def test_what_owners_press_fits_a_phone(lang: str) -> None:
    voice = CONVERSATION.voices.of(lang)
    most = 16 if lang.startswith("zh") else 32
    buttons = [*(f"operators-invite-{role}" for role in ROLES), "operators-yes"]
    labels = [voice.button(name) for name in buttons]
    labels += [voice.button(f"operators-{act}", n=99) for act in ("remove", "appoint", "refuse")]
    assert [label for label in labels if len(label) > most] == []
    notices = [voice.button(f"operators-{name}", n=MOST) for name in ("pass-on", "full", "decided")]
    assert [notice for notice in notices if len(notice) > 200] == []
