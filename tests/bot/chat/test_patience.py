"""Somebody who sends very many messages: one polite pause, and nobody else notices."""

import asyncio

from bot.chat.patience import PEOPLE, SECONDS, TEXTS, Answer, Patience
from tests.bot.chat.house import MEI, SAM, House
from tests.bot.chat.test_desk import in_the_menu


def test_a_burst_is_taken_then_paused_once_then_dropped() -> None:
    patience = Patience()
    answers = [patience.with_(1, 100.0) for _ in range(TEXTS + 3)]
    assert answers == [Answer.TAKE] * TEXTS + [Answer.PAUSE, Answer.DROP, Answer.DROP]


def test_after_a_while_he_is_heard_again() -> None:
    patience = Patience()
    for _ in range(TEXTS + 5):
        patience.with_(1, 100.0)
    assert patience.with_(1, 100.0 + SECONDS) is Answer.DROP
    assert patience.with_(1, 100.1 + SECONDS) is Answer.TAKE


def test_one_seller_s_burst_is_not_another_s() -> None:
    patience = Patience()
    for _ in range(TEXTS + 5):
        patience.with_(1, 100.0)
    assert patience.with_(2, 100.0) is Answer.TAKE


def test_those_who_have_been_quiet_are_forgotten() -> None:
    patience = Patience()
    for seller in range(PEOPLE + 1):
        patience.with_(seller, 100.0)
    patience.with_(-1, 200.0)
    assert len(patience._bursts) == 1


async def test_a_flood_of_messages_gets_one_pause_and_hurts_nobody_else(house: House) -> None:
    sam, mei = await house.person(SAM), await house.person(MEI)
    await in_the_menu(sam)
    house.hurry = True
    for n in range(TEXTS + 15):
        await sam.say(f"/help {n}")
    await mei.say("/start")
    await mei.until(lambda screen: "English" in screen.labels)
    await sam.until(lambda screen: "That was fast" in screen.text)
    await asyncio.sleep(0.1)
    await house.settled()
    paused = [screen for screen in await sam.screens() if "That was fast" in screen.text]
    assert len(paused) == 1
    house.hurry = False
    for _ in range(SECONDS + 1):
        house.clock()
    await sam.say("/menu")
    await sam.until(lambda screen: "ISO 9001: do I need it?" in screen.labels)
