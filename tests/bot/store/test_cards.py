"""Cards and what operators write, kept over restarts; and what is decided about drafts."""

import sqlite3
from dataclasses import replace

import pytest

from bot.store import audience, broadcasts, cards, composing, deliveries, drafts
from bot.store.audience import Audience
from bot.store.broadcasts import Text
from bot.store.composing import Composing
from tests.bot.chat.newsroom import settle

EVERYBODY = Audience("1", ())
OLIVIA, OTTO = 5_000_000_001, 7


def number(db: sqlite3.Connection, *texts: Text, audience: str = "") -> int:
    """A draft."""
    id_ = broadcasts.draft(db, OLIVIA, 1, audience=audience)
    for text in texts:
        broadcasts.write(db, id_, text)
    return id_


def load(db: sqlite3.Connection, id_: int) -> broadcasts.Broadcast:
    found = broadcasts.load(db, id_)
    assert found
    return found


# Cards


def test_a_card_is_owed_until_it_is_shown(db: sqlite3.Connection) -> None:
    cards.put(db, OLIVIA, 3, "en", "main", below=True)
    (card,) = cards.every(db)
    assert card.owed
    assert card.below
    cards.shown(db, card, 17)
    shown = cards.read(db, OLIVIA, 3)
    assert shown == replace(card, message=17, below=False, paid=1)
    assert not shown.owed


def test_what_is_decided_while_a_card_is_sent_is_still_owed(db: sqlite3.Connection) -> None:
    cards.put(db, OLIVIA, 3, "en", "main")
    (sending,) = cards.every(db)
    cards.put(db, OLIVIA, 3, "zh_Hans", "look", below=True)
    cards.shown(db, sending, 17)
    now = cards.read(db, OLIVIA, 3)
    assert now
    assert (now.owed, now.view, now.voice, now.message, now.below) == (True, "look", "zh_Hans", 17, True)


def test_a_message_holds_one_card(db: sqlite3.Connection) -> None:
    cards.put(db, OLIVIA, 0, "en", "list", message=17)
    cards.put(db, OTTO, 0, "en", "list", message=17)
    cards.put(db, OLIVIA, 3, "en", "main", message=17)
    assert {(card.chat, card.broadcast) for card in cards.every(db)} == {(OLIVIA, 3), (OTTO, 0)}


def test_a_card_that_moved_to_another_message_stays_there(db: sqlite3.Connection) -> None:
    cards.put(db, OLIVIA, 3, "en", "main", message=17)
    (sending,) = cards.every(db)
    cards.put(db, OLIVIA, 3, "en", "main", message=18)
    cards.shown(db, sending, 17)
    (card,) = cards.every(db)
    assert (card.message, card.owed) == (18, True)


def test_a_card_is_let_go_unless_something_else_was_decided(db: sqlite3.Connection) -> None:
    cards.put(db, OLIVIA, 3, "en", "main")
    (before,) = cards.every(db)
    cards.put(db, OLIVIA, 3, "en", "main")
    cards.let_go(db, before)
    (now,) = cards.every(db)
    cards.let_go(db, now)
    cards.let_go(db, now)
    cards.shown(db, now, 17)
    assert cards.every(db) == []


def test_the_last_test_is_the_one_that_counts(db: sqlite3.Connection) -> None:
    id_ = number(db, Text("en", "News"))
    assert cards.trial(db, id_) is None
    broadcasts.ask_trial(db, load(db, id_), OLIVIA, 5)
    broadcasts.ask_trial(db, load(db, id_), OTTO, 6)
    first, second = broadcasts.trials(db)
    broadcasts.end_trial(db, first, 7, "no")
    assert cards.trial(db, id_) == cards.Trial(OTTO, load(db, id_).digest, 6, False, "")
    broadcasts.end_trial(db, second, 8, "why not")
    assert cards.trial(db, id_) == cards.Trial(OTTO, load(db, id_).digest, 6, True, "why not")


def test_the_queue_tells_who_waits_for_what(db: sqlite3.Connection) -> None:
    id_ = number(db, Text("en", "News"))
    assert cards.queue(db, id_, 100) == cards.Queue(0, 0, 0)
    rows = [(id_, 1, "waiting", 0), (id_, 2, "waiting", 100), (id_, 3, "waiting", 300), (id_, 4, "waiting", 200)]
    rows.append((id_, 5, "sent", 400))
    db.executemany("insert into deliveries (broadcast, who, lang, state, due) values (?, ?, 'en', ?, ?)", rows)
    assert cards.queue(db, id_, 100) == cards.Queue(2, 2, 200)


def test_reached_is_who_has_a_message_that_can_be_mended(db: sqlite3.Connection) -> None:
    id_ = number(db, Text("en", "News"))
    rows = [(1, "sent", 100, 7), (2, "sent", 200, 8), (3, "sent", 200, None), (4, "gone", 200, None)]
    db.executemany(
        "insert into deliveries (broadcast, who, lang, state, due, at, message) values (?, ?, 'en', ?, 0, ?, ?)",
        [(id_, *row) for row in rows],
    )
    assert cards.reached(db, id_) == 2
    assert cards.reached(db, id_, 150) == 1


# Composing


def test_what_is_asked_for_is_kept_word_for_word(db: sqlite3.Connection) -> None:
    text = Text("", "<b>x</b>", "photo", "id", (("Read", "iso9001"),))
    asked = Composing("language", 5, "zh_Hans", 3, "en", mistake="no", text=text)
    composing.put(db, OLIVIA, asked)
    assert composing.read(db, OLIVIA) == asked
    assert composing.everybody(db) == {OLIVIA: asked}
    assert composing.read(db, OTTO) is None
    composing.drop(db, OLIVIA)
    assert composing.everybody(db) == {}


def test_a_question_is_noted_only_while_it_is_the_question(db: sqlite3.Connection) -> None:
    first, second = Composing("text", 5, "en"), Composing("filter", 6, "en", 3)
    composing.put(db, OLIVIA, first)
    assert composing.asked(db, OLIVIA, first, 17)
    composing.put(db, OLIVIA, second)
    assert not composing.asked(db, OLIVIA, first, 18)
    assert composing.read(db, OLIVIA) == second


def test_what_is_set_aside_can_still_be_replied_to(db: sqlite3.Connection) -> None:
    composing.set_aside(db, OLIVIA)
    composing.put(db, OLIVIA, Composing("text", 5, "en", prompt=17))
    composing.set_aside(db, OLIVIA)
    assert composing.read(db, OLIVIA) == Composing("text", 5, "en", prompt=17, open=False)


def test_cards_and_questions_stand_beside_each_other_and_what_the_file_says(db: sqlite3.Connection) -> None:
    cards.put(db, OLIVIA, 3, "en", "main")
    composing.put(db, OLIVIA, Composing("text", 5, "en"))
    assert len(cards.every(db)) == len(composing.everybody(db)) == 1
    assert db.execute("select value from meta where key = 'kind'").fetchone() == ("real",)


# Drafts


@pytest.mark.parametrize("lang", ["en", ""])
def test_nothing_is_decided_about_others_until_it_is(db: sqlite3.Connection, lang: str) -> None:
    id_ = number(db, Text("en", "News"))
    broadcasts.fall_back(db, id_, "")
    assert not drafts.decided(db, id_)
    drafts.give_others(db, id_, lang)
    assert drafts.decided(db, id_)
    assert load(db, id_).fallback == lang


def test_who_has_no_text_is_looked_for_among_whom_it_is_for(db: sqlite3.Connection) -> None:
    settle(db, 1, "en")
    settle(db, 2, "zh_Hans")
    english = load(db, number(db, Text("en", "News")))
    assert drafts.textless(db, english, EVERYBODY)
    known = audience.Known(("en", "zh_Hans"), (), (), ())
    assert not drafts.textless(db, english, audience.parse("lang=en", known, 0))
    both = load(db, number(db, Text("en", "News"), Text("zh_Hans", "新")))
    assert not drafts.textless(db, both, EVERYBODY)
    assert drafts.textless(db, load(db, number(db)), EVERYBODY)
    db.execute("update answers set answer = 'off' where seller = 2")
    assert not drafts.textless(db, english, EVERYBODY)


def test_left_out_is_left_out(db: sqlite3.Connection) -> None:
    settle(db, 1, "en")
    settle(db, 2, "zh_Hans")
    id_ = number(db, Text("en", "News"))
    drafts.give_others(db, id_, "")
    assert deliveries.freeze(db, load(db, id_), EVERYBODY, 5) == 1


def test_a_discarded_draft_is_not_listed_and_keeps_its_number(db: sqlite3.Connection) -> None:
    first, second = number(db, Text("en", "News")), number(db)
    assert drafts.discard(db, second, 5)
    assert not drafts.discard(db, second, 5)
    assert [one.id for one in drafts.kept(broadcasts.listed(db))] == [first]
    assert number(db) == second + 1
    broadcasts.move(db, first, "start", 5)
    assert not drafts.discard(db, first, 5)
