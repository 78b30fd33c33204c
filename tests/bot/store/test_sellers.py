"""A seller comes back as he went; what is owed to him stays owed; forgetting leaves figures without a person."""

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import Guest, sellers
from bot.store.database import connect
from dialogs import Conversation, Event, Seller, load

NOON = 1_800_000_000.0
MEI = 5_000_000_002

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["", "内审员证书 🧾", "a\0b", "'; drop table sellers; --", "👩‍👩‍👧‍👦", "\u202eright", "ﷺ"]
)
NAMES = st.lists(TEXT, max_size=100)
COUNT = st.integers(0, 2**53)


@st.composite
def anybody(draw: st.DrawFn) -> Guest:
    """A seller in any state, who has given each of his answers just now."""
    answers = draw(st.dictionaries(TEXT, TEXT, max_size=5))
    seller = Seller(
        id=draw(st.integers(1, 2**52)),
        lang=draw(TEXT),
        lang_chosen=draw(st.booleans()),
        state=draw(TEXT),
        visit=draw(COUNT),
        note=draw(TEXT),
        topic=draw(TEXT),
        answers=answers,
        history=draw(NAMES),
        paths=draw(st.dictionaries(TEXT, NAMES, max_size=5)),
        seen=draw(st.sets(TEXT, max_size=30)),
        finished=draw(st.sets(TEXT, max_size=5)),
        trail=[Event("answered", "a.page", "v", answer, question) for question, answer in answers.items()],
    )
    return Guest(seller, draw(st.integers(0, 2**63 - 1)), draw(COUNT), draw(COUNT), draw(COUNT), new=True)


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return load()


@pytest.fixture
def mei(db: sqlite3.Connection) -> Guest:
    """Was greeted, is owed the page, has message 10."""
    guest = sellers.arrive(MEI)
    guest.debt, guest.message = 1, 10
    sellers.save(db, guest, NOON)
    return guest


def loaded(db: sqlite3.Connection, id_: int = MEI) -> Guest:
    guest = sellers.load(db, id_)
    assert guest
    return guest


def answer(db: sqlite3.Connection, guest: Guest, question: str, given_: str) -> None:
    guest.seller.answers[question] = given_
    guest.seller.trail.append(Event("answered", "a.page", "v", given_, question))
    sellers.save(db, guest, NOON)


# Coming back


@given(anybody())
def test_whoever_is_saved_is_loaded_as_he_was(guest: Guest) -> None:
    before = replace(guest, seller=replace(guest.seller, trail=[]), new=False)
    db = connect(":memory:", "real", "OFF")
    sellers.save(db, guest, NOON)
    after = loaded(db, guest.seller.id)
    db.close()
    assert after == before
    assert list(after.seller.paths) == list(before.seller.paths)  # the latest last


@given(anybody(), anybody())
def test_whoever_is_saved_again_is_loaded_as_he_is_now(first: Guest, second: Guest) -> None:
    db = connect(":memory:", "real", "OFF")
    sellers.save(db, first, NOON)
    second.seller.id = first.seller.id
    answers = first.seller.answers | second.seller.answers
    sellers.save(db, second, NOON + 1)
    after = loaded(db, first.seller.id)
    db.close()
    assert after.seller == replace(second.seller, answers=answers)
    assert after.who == first.who


def test_a_stranger_is_nobody(db: sqlite3.Connection) -> None:
    assert sellers.load(db, MEI) is None


def test_whoever_arrives_is_new_until_he_is_saved(db: sqlite3.Connection) -> None:
    guest = sellers.arrive(MEI)
    assert (guest.new, guest.owed) == (True, False)
    sellers.save(db, guest, NOON)
    assert (guest.new, loaded(db).new) == (False, False)


def test_one_of_his_numbers_says_nothing_of_the_other() -> None:
    first, again = sellers.arrive(MEI), sellers.arrive(MEI)
    assert first.who != again.who
    assert MEI not in (first.who, again.who)


def test_a_long_history_comes_back_whole(db: sqlite3.Connection, mei: Guest) -> None:
    mei.seller.history = [f"auditors.page-{number}" for number in range(100)]
    sellers.save(db, mei, NOON)
    assert loaded(db).seller.history == mei.seller.history


def test_when_he_came_first_stays_and_when_he_came_last_moves(db: sqlite3.Connection, mei: Guest) -> None:
    sellers.save(db, mei, NOON + 60)
    assert db.execute("select since, last from sellers").fetchone() == (int(NOON), int(NOON) + 60)


def test_a_whole_consultation_goes_on_from_disk(db: sqlite3.Connection, conversation: Conversation) -> None:
    kept, never_stored = sellers.arrive(MEI), Seller(MEI)
    conversation.greet(kept.seller, "zh-hans")
    conversation.greet(never_stored, "zh-hans")
    sellers.save(db, kept, NOON)
    for text in ("1", "1", "1", "/help", "1", "1", "2", "nonsense", "1"):
        guest = loaded(db)
        if text.startswith("/"):
            conversation.command(guest.seller, text[1:])
            conversation.command(never_stored, text[1:])
        else:
            conversation.type(guest.seller, text)
            conversation.type(never_stored, text)
        sellers.save(db, guest, NOON)
        assert loaded(db).seller == replace(never_stored, trail=[])
    assert db.execute("select count(*) from trail").fetchone() == (len(never_stored.trail),)


# Answers


def test_answers_are_kept_by_their_question(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    answer(db, mei, "auditors.people", "12")
    assert loaded(db).seller.answers == {"auditors.goal": "win", "auditors.people": "12"}


def test_a_second_answer_takes_the_place_of_the_first(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    answer(db, mei, "auditors.goal", "learn")
    assert loaded(db).seller.answers == {"auditors.goal": "learn"}
    assert [detail for (detail,) in db.execute("select detail from trail where kind = 'answered' order by id")] == [
        "win",
        "learn",
    ]


def test_a_step_without_an_answer_leaves_the_answers_alone(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    sellers.save(db, loaded(db), NOON + 1)
    assert loaded(db).seller.answers == {"auditors.goal": "win"}


def test_answers_of_others_are_not_his(db: sqlite3.Connection, mei: Guest) -> None:
    sam = sellers.arrive(6)
    sellers.save(db, sam, NOON)
    answer(db, sam, "auditors.goal", "win")
    assert loaded(db).seller.answers == {}


# What is owed


def test_a_page_is_owed_until_it_was_shown(db: sqlite3.Connection, mei: Guest) -> None:
    assert [guest.seller.id for guest in sellers.owed(db)] == [MEI]
    sellers.spoken(db, MEI, mei.debt, 11)
    assert sellers.owed(db) == []
    assert (loaded(db).owed, loaded(db).message) == (False, 11)


def test_a_second_page_stays_owed_when_the_first_is_shown(db: sqlite3.Connection, mei: Guest) -> None:
    mei.debt = 2
    sellers.save(db, mei, NOON)
    sellers.spoken(db, MEI, 1, 11)
    assert loaded(db).owed
    assert [guest.debt for guest in sellers.owed(db)] == [2]


def test_an_earlier_page_that_is_late_owes_nothing_anew(db: sqlite3.Connection, mei: Guest) -> None:
    mei.debt = 2
    sellers.save(db, mei, NOON)
    sellers.spoken(db, MEI, 2, 12)
    sellers.spoken(db, MEI, 1, 11)
    assert not loaded(db).owed


def test_saving_does_not_undo_what_was_shown_meanwhile(db: sqlite3.Connection, mei: Guest) -> None:
    before = loaded(db)
    sellers.spoken(db, MEI, 1, 11)
    sellers.save(db, before, NOON)
    after = loaded(db)
    assert (after.paid, after.message, after.owed) == (1, 11, False)


def test_whoever_was_last_here_longest_ago_is_served_first(db: sqlite3.Connection) -> None:
    for id_, when in ((1, 30), (2, 10), (3, 20)):
        guest = sellers.arrive(id_)
        guest.debt = 1
        sellers.save(db, guest, NOON + when)
    assert [guest.seller.id for guest in sellers.owed(db)] == [2, 3, 1]


def test_what_is_owed_comes_with_his_answers(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    (guest,) = sellers.owed(db)
    assert guest == loaded(db)
    assert guest.seller.answers == {"auditors.goal": "win"}


def test_below_what_he_wrote_there_is_no_live_message(db: sqlite3.Connection, mei: Guest) -> None:
    sellers.save(db, mei, NOON, below=True)
    assert loaded(db).message == 0


def test_otherwise_the_live_message_stays(db: sqlite3.Connection, mei: Guest) -> None:
    sellers.save(db, mei, NOON)
    assert loaded(db).message == 10


# Going


def test_nobody_speaks_to_one_who_is_gone(db: sqlite3.Connection, mei: Guest) -> None:
    sellers.gone(db, MEI, NOON)
    assert sellers.owed(db) == []


def test_one_who_comes_back_has_everything_he_had(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    before = loaded(db)
    sellers.gone(db, MEI, NOON)
    assert loaded(db) == before
    sellers.save(db, loaded(db), NOON + 60)
    assert [guest.seller.id for guest in sellers.owed(db)] == [MEI]
    assert loaded(db) == before


# Forgetting


def test_forgetting_drops_all_that_is_known_of_him(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    sellers.forget(db, MEI)
    assert sellers.load(db, MEI) is None
    assert sellers.owed(db) == []
    assert not [line for line in db.iterdump() if str(MEI) in line]


def test_forgetting_leaves_the_trail_as_it_was(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    before = db.execute("select * from trail").fetchall()
    sellers.forget(db, MEI)
    assert db.execute("select * from trail").fetchall() == before


def test_nothing_leads_from_the_trail_to_one_who_was_forgotten(db: sqlite3.Connection, mei: Guest) -> None:
    answer(db, mei, "auditors.goal", "win")
    sellers.forget(db, MEI)
    back = sellers.arrive(MEI)
    sellers.save(db, back, NOON)
    assert db.execute("select count(*) from trail join sellers using (who)").fetchone() == (0,)


def test_forgetting_a_stranger_is_nothing(db: sqlite3.Connection, mei: Guest) -> None:
    sellers.forget(db, 404)
    assert loaded(db)


def test_others_are_not_forgotten_with_him(db: sqlite3.Connection, mei: Guest) -> None:
    sam = sellers.arrive(6)
    sellers.save(db, sam, NOON)
    answer(db, sam, "auditors.goal", "win")
    sellers.forget(db, MEI)
    assert loaded(db, 6).seller.answers == {"auditors.goal": "win"}


# The trail


def test_what_happened_goes_to_the_trail_once(db: sqlite3.Connection, mei: Guest) -> None:
    mei.seller.trail.append(Event("arrived", "home.menu", "v"))
    sellers.save(db, mei, NOON)
    sellers.save(db, mei, NOON)
    assert mei.seller.trail == []
    assert db.execute("select who, kind from trail").fetchall() == [(mei.who, "arrived")]


def test_the_trail_tells_which_page_in_which_version_and_language(
    db: sqlite3.Connection, conversation: Conversation
) -> None:
    guest = sellers.arrive(MEI)
    conversation.greet(guest.seller, "zh-hans")
    sellers.save(db, guest, NOON)
    page = conversation.pages["home.welcome"]
    expected = (guest.who, page.name, page.version, "zh_Hans", "")
    assert db.execute("select who, page, version, lang, detail from trail").fetchall() == [expected]


def test_nothing_that_a_seller_writes_is_kept(db: sqlite3.Connection, conversation: Conversation) -> None:
    guest = sellers.arrive(MEI)
    conversation.greet(guest.seller, "en")
    for text in ("my phone is 13800138000", "13800138000", "/secret 13800138000"):
        conversation.type(guest.seller, text)
        conversation.command(guest.seller, text)
        sellers.save(db, guest, NOON)
    kept = "\n".join(db.iterdump())
    assert "unclear" in kept
    assert "138001" not in kept
    assert "phone" not in kept


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_pseudonym_is_short_and_of_one_length(who: int) -> None:
    assert len(sellers.pseudonym(who)) == 8
    assert f"{who:016x}".endswith(sellers.pseudonym(who))


def test_pseudonyms_tell_nothing_of_anybody() -> None:
    assert sellers.pseudonym(5_000_000_002) == "2a05f202"
    assert len(sellers.pseudonym(-(2**62) + 5)) == 8
