"""Questions the pages could not answer, and the operators who answer them."""

import pytest

from bot.chat import questions
from bot.simulator import OPERATOR_ID
from bot.store import Database, notices
from bot.store.questions import Question
from tests.bot.chat.house import MEI, OLGA, SAM, House
from tests.bot.chat.test_desk import in_the_menu
from tests.bot.person import Person


async def ask(someone: Person, text: str) -> None:
    """Write something the pages have no answer to."""
    await in_the_menu(someone)
    await someone.say(text)
    await someone.until(lambda screen: "could not match" in screen.text or "Is it one of these" in screen.text)


async def state(house: House) -> list[tuple[str, str]]:
    query = "select text, state from questions order by id"
    return await house.database.run(lambda db: db.execute(query).fetchall())


async def test_an_answer_reaches_the_asker_with_his_question(house: House) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await ask(sam, "Do I need a <b>zebra</b> saddle?")
    place = await sam.screen()
    await olivia.say("/questions")
    shown = await olivia.until(lambda screen: "zebra" in screen.text)
    assert shown.labels == ["Answer", "Make it a page", "Close"]
    await olivia.tap("Answer")
    prompt = await olivia.until(lambda screen: "Reply to this message" in screen.text)
    await olivia.say("No. <i>Zebras</i> are free & easy.", reply_to=prompt.message_id)
    await olivia.until(lambda screen: "On its way, to one" in screen.text)
    got = await sam.until(lambda screen: "Zebras" in screen.text)
    assert "You asked:\nDo I need a <b>zebra</b> saddle?\nNo. <i>Zebras</i> are free & easy." in got.text
    assert await state(house) == [("Do I need a <b>zebra</b> saddle?", "answered")]
    await sam.tap(place.labels[-1])  # his page is still there
    await olivia.say("/questions")
    await olivia.until(lambda screen: "No open questions" in screen.text)


async def test_everybody_who_asked_the_same_gets_the_answer_in_his_language(house: House) -> None:
    people = [await house.person(id_) for id_ in (SAM, OLGA)]
    olivia = await house.person(OPERATOR_ID)
    await ask(people[0], "Do I need a zebra saddle?")
    await ask(people[1], "do i need a ZEBRA saddle")
    await olivia.say("/questions")
    await olivia.until(lambda screen: "asked 2 times" in screen.text)
    await olivia.tap("Answer")
    prompt = await olivia.until(lambda screen: "Reply to this message" in screen.text)
    await olivia.say("You don't.", reply_to=prompt.message_id)
    for person in people:
        await person.until(lambda screen: "You don't." in screen.text, deadline=8)
    await olivia.say("Once more.", reply_to=prompt.message_id)
    await olivia.until(lambda screen: "ended already" in screen.text)


async def test_a_reply_to_something_that_begins_with_a_number_is_no_answer(house: House) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await ask(sam, "Do I need a zebra saddle?")
    await olivia.say("/start")
    await house.database.run(lambda db: notices.put(db, OPERATOR_ID, "#1 in rules: a new one", 0.0))
    notice = await olivia.until(lambda screen: "#1 in rules" in screen.text, deadline=15)
    await olivia.say("Thank you for that rule", reply_to=notice.message_id)
    await olivia.until(lambda screen: screen.message_id > notice.message_id)
    assert await state(house) == [("Do I need a zebra saddle?", "open"), ("Thank you for that rule", "open")]


@pytest.mark.parametrize(
    ("label", "ended", "word"), [("Make it a page", "page", "authors"), ("Close", "closed", "closed")]
)
async def test_a_question_can_be_left_to_the_authors_or_closed(house: House, label: str, ended: str, word: str) -> None:
    sam, olivia = await house.person(SAM), await house.person(OPERATOR_ID)
    await ask(sam, "zebra crossing rules?")
    await olivia.say("/questions")
    listed = await olivia.until(lambda screen: "zebra" in screen.text)
    await olivia.tap(label)
    await olivia.until(lambda screen: word in screen.text)
    assert await state(house) == [("zebra crossing rules?", ended)]
    button = listed.button("Answer")
    assert button
    await olivia.tap_data(listed.message_id, button["callback_data"])
    assert "ended already" in await olivia.toast()


async def test_an_answer_waits_over_a_restart(house: House) -> None:
    sam = await house.person(SAM)
    await in_the_menu(sam)
    await house.stop()
    database = Database(house.path)
    await database.run(notices.put, SAM, "An answer that waited", 1.0)
    database.close()
    await house.start()
    await sam.until(lambda screen: "An answer that waited" in screen.text)


async def test_many_groups_are_shown_a_few_at_a_time(house: House) -> None:
    olivia = await house.person(OPERATOR_ID)
    mei = await house.person(MEI)
    await mei.say("/start")
    await mei.until(lambda screen: screen.labels)
    await house.settled()

    def fill(db: object) -> None:
        for n in range(8):
            db.execute(  # type: ignore[attr-defined]
                "insert into questions (seller, text, lang, page, at, state) values (?, ?, 'en', '', 1, 'open')",
                [MEI, f"word{n} other{n}"],
            )

    await house.database.run(fill)
    await olivia.say("/questions")
    await olivia.until(lambda screen: "And 3 more" in screen.text, deadline=10)


def question(id_: int, text: str, lang: str = "en") -> Question:
    return Question(id_, 1, text, lang, "home.menu", 0)


def test_questions_with_the_same_words_are_one_group() -> None:
    same = [
        question(1, "Does my certificate expire?"),
        question(2, "does the certificate EXPIRE"),
        question(3, "What is CE?"),
    ]
    assert [[one.id for one in group] for group in questions.grouped(same)] == [[1, 2], [3]]


def test_the_same_words_in_another_language_are_another_group() -> None:
    assert len(questions.grouped([question(1, "ISO 9001"), question(2, "ISO 9001", "zh_Hans")])) == 2


def test_what_has_no_words_is_a_group_of_its_own() -> None:
    assert len(questions.grouped([question(1, "?"), question(2, "!"), question(3, "?")])) == 2
