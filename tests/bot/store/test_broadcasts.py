"""A broadcast goes from state to state as it may, is not changed once it has started, and knows what was tested."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import broadcasts
from bot.store.broadcasts import LEADS, MOVES, STATES, Broadcast, NewsError, Text
from bot.store.database import connect
from tests.bot.store.crowd import CHINESE, HELLO, NOON, draft, found, transaction

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["", "你好 🧾", "a\0b", "'; drop table texts; --", '["a","b"]', "\u202eright"]
)
BUTTONS = st.lists(st.tuples(WORDS, WORDS), max_size=4).map(tuple)
TEXTS = st.lists(
    st.builds(
        Text,
        st.sampled_from(["en", "zh_Hans", "ru", "pt"]),
        WORDS,
        st.sampled_from(["text", "photo", "document"]),
        WORDS,
        BUTTONS,
    ),
    max_size=4,
    unique_by=lambda text: text.lang,
)


def row(db: sqlite3.Connection, id_: int) -> dict[str, object]:
    """All that is kept of a broadcast."""
    cursor = db.execute("select * from broadcasts where id = ?", [id_])
    return dict(zip([name for name, *_ in cursor.description], cursor.fetchone(), strict=True))


def in_state(db: sqlite3.Connection, state: str) -> int:
    """A broadcast in that state."""
    id_ = draft(db, HELLO)
    db.execute("update broadcasts set state = ? where id = ?", [state, id_])
    return id_


def made(*texts: Text, action: str = "send") -> Broadcast:
    """A broadcast that was never kept."""
    blank = Broadcast(1, "draft", action, 0, "", "", "", paid=False, by=1, due=0, started=0, ended=0, why="")
    return replace(blank, texts={text.lang: text for text in texts})


# Writing


def test_a_draft_is_empty_and_for_everybody(db: sqlite3.Connection) -> None:
    id_ = broadcasts.draft(db, 7, NOON + 0.5)
    assert found(db, id_) == replace(made(), id=id_, by=7)
    assert row(db, id_)["made"] == NOON


def test_a_correction_knows_what_it_corrects(db: sqlite3.Connection) -> None:
    first = draft(db, HELLO)
    correction = found(db, broadcasts.draft(db, 7, NOON, action="edit", corrects=first))
    assert (correction.action, correction.corrects) == ("edit", first)


def test_nothing_corrects_what_never_was(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        broadcasts.draft(db, 7, NOON, action="edit", corrects=404)


@given(TEXTS)
def test_texts_come_back_as_they_were_written(texts: list[Text]) -> None:
    with closing(connect(":memory:", "real", "OFF")) as db:
        id_ = draft(db, *texts)
        assert found(db, id_).texts == {text.lang: text for text in texts}


def test_a_text_takes_the_place_of_the_one_before(db: sqlite3.Connection) -> None:
    id_ = draft(db, replace(HELLO, kind="photo", file="abc", buttons=(("Read", "iso9001"),)), CHINESE)
    broadcasts.write(db, id_, HELLO)
    assert found(db, id_).texts == {"en": HELLO, "zh_Hans": CHINESE}


def test_a_text_can_be_taken_out(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO, CHINESE)
    broadcasts.unwrite(db, id_, "en")
    broadcasts.unwrite(db, id_, "ru")  # which was never there
    assert found(db, id_).texts == {"zh_Hans": CHINESE}


def test_texts_of_one_are_not_those_of_another(db: sqlite3.Connection) -> None:
    first, second = draft(db, HELLO), draft(db, CHINESE)
    broadcasts.unwrite(db, second, "zh_Hans")
    assert (found(db, first).texts, found(db, second).texts) == ({"en": HELLO}, {})


def test_whom_it_is_for_can_be_set_and_set_back(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO)
    broadcasts.aim(db, id_, "lang=en")
    broadcasts.fall_back(db, id_, "en")
    assert (found(db, id_).audience, found(db, id_).fallback) == ("lang=en", "en")
    broadcasts.aim(db, id_, "")
    broadcasts.fall_back(db, id_, "")
    assert (found(db, id_).audience, found(db, id_).fallback) == ("", "")


CHANGES: list[Callable[[sqlite3.Connection, int], None]] = [
    lambda db, id_: broadcasts.write(db, id_, CHINESE),
    lambda db, id_: broadcasts.unwrite(db, id_, "en"),
    lambda db, id_: broadcasts.aim(db, id_, "lang=ru"),
    lambda db, id_: broadcasts.fall_back(db, id_, "en"),
]


@pytest.mark.parametrize("change", CHANGES, ids=["write", "unwrite", "aim", "fall_back"])
@pytest.mark.parametrize("state", STATES)
def test_what_has_started_can_not_be_changed(
    db: sqlite3.Connection, state: str, change: Callable[[sqlite3.Connection, int], None]
) -> None:
    id_ = in_state(db, state)
    before = found(db, id_)
    if state in ("draft", "scheduled"):
        change(db, id_)
        assert found(db, id_) != before
    else:
        with pytest.raises(NewsError, match=f"broadcast {id_} is {state}: it can't be changed any more"):
            change(db, id_)
        assert found(db, id_) == before


@pytest.mark.parametrize("change", CHANGES, ids=["write", "unwrite", "aim", "fall_back"])
def test_what_never_was_can_not_be_changed(
    db: sqlite3.Connection, change: Callable[[sqlite3.Connection, int], None]
) -> None:
    with pytest.raises(NewsError, match="there is no broadcast 404"):
        change(db, 404)


# From state to state


def test_the_moves_lead_from_states_to_states() -> None:
    assert MOVES.keys() == LEADS.keys()
    assert {*LEADS.values(), "draft"} == set(STATES)
    assert {state for states in MOVES.values() for state in states} == set(STATES) - {"stopped"}


@pytest.mark.parametrize("act", MOVES)
@pytest.mark.parametrize("state", STATES)
def test_each_move_is_made_from_its_states_and_from_no_other(db: sqlite3.Connection, state: str, act: str) -> None:
    id_, other = in_state(db, state), in_state(db, state)
    before = row(db, id_)
    moved = broadcasts.move(db, id_, act, NOON, due=NOON + 9 if act == "schedule" else None)
    assert moved == (state in MOVES[act])
    if moved:
        assert found(db, id_).state == LEADS[act]
    else:
        assert row(db, id_) == before
    assert found(db, other).state == state


def test_what_is_stopped_stays_so(db: sqlite3.Connection) -> None:
    id_ = in_state(db, "stopped")
    assert not any(broadcasts.move(db, id_, act, NOON) for act in MOVES)


def test_a_broadcast_that_never_was_is_not_moved(db: sqlite3.Connection) -> None:
    assert not any(broadcasts.move(db, 404, act, NOON) for act in MOVES)


def test_its_times_are_kept(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO)

    def times() -> tuple[int, int, int]:
        one = found(db, id_)
        return one.due, one.started, one.ended

    broadcasts.move(db, id_, "schedule", NOON, due=NOON + 60)
    assert times() == (NOON + 60, 0, 0)
    broadcasts.move(db, id_, "cancel", NOON + 1)
    assert times() == (0, 0, 0)
    broadcasts.move(db, id_, "schedule", NOON + 2, due=NOON + 90)
    broadcasts.move(db, id_, "start", NOON + 90.7)
    assert times() == (NOON + 90, NOON + 90, 0)
    broadcasts.move(db, id_, "pause", NOON + 91)
    broadcasts.move(db, id_, "resume", NOON + 92)
    assert times() == (NOON + 90, NOON + 90, 0)
    broadcasts.move(db, id_, "finish", NOON + 93)
    assert times() == (NOON + 90, NOON + 90, NOON + 93)
    broadcasts.move(db, id_, "resend", NOON + 94)
    assert times() == (NOON + 90, NOON + 90, 0)
    broadcasts.move(db, id_, "stop", NOON + 95)
    assert times() == (NOON + 90, NOON + 90, NOON + 95)


def test_why_it_paused_is_forgotten_when_it_goes_on(db: sqlite3.Connection) -> None:
    id_ = in_state(db, "running")
    broadcasts.move(db, id_, "pause", NOON, why="can't parse")
    assert found(db, id_).why == "can't parse"
    broadcasts.move(db, id_, "resume", NOON)
    assert found(db, id_).why == ""


def test_of_many_who_move_it_at_once_one_does(path: Path, db: sqlite3.Connection) -> None:
    id_ = in_state(db, "running")

    def pause(_: int) -> bool:
        with closing(connect(path, "real", "NORMAL")) as own, transaction(own):
            return broadcasts.move(own, id_, "pause", NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(pause, range(8))) == [False] * 7 + [True]


def test_they_are_listed_newest_first_and_by_state(db: sqlite3.Connection) -> None:
    numbers = {state: in_state(db, state) for state in STATES}
    assert [one.id for one in broadcasts.listed(db)] == sorted(numbers.values(), reverse=True)
    assert [one.state for one in broadcasts.listed(db, "running", "draft")] == ["running", "draft"]
    assert [one.texts for one in broadcasts.listed(db, "done")] == [{"en": HELLO}]


def test_a_broadcast_that_never_was_is_nothing(db: sqlite3.Connection) -> None:
    assert broadcasts.load(db, 404) is None


# What was tested


@given(TEXTS, st.randoms())
def test_the_digest_does_not_depend_on_the_order_of_languages(texts: list[Text], random: object) -> None:
    mixed = list(texts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert made(*mixed).digest == made(*texts).digest


@given(TEXTS, TEXTS)
def test_the_digest_is_the_same_only_for_what_looks_the_same(one: list[Text], other: list[Text]) -> None:
    same = {text.lang: text for text in one} == {text.lang: text for text in other}
    assert (made(*one).digest == made(*other).digest) == same


RICH = replace(HELLO, kind="photo", file="abc", buttons=(("Read", "iso9001"), ("Ask", "https://example.org")))


@pytest.mark.parametrize(
    "edited",
    [
        replace(RICH, html="Hello!"),
        replace(RICH, html="<b>Hello</b>"),
        replace(RICH, html="Hello "),
        replace(RICH, lang="ru"),
        replace(RICH, kind="document"),
        replace(RICH, file="abd"),
        replace(RICH, buttons=()),
        replace(RICH, buttons=RICH.buttons[:1]),
        replace(RICH, buttons=RICH.buttons[::-1]),
        replace(RICH, buttons=(("Reads", "iso9001"), RICH.buttons[1])),
        replace(RICH, buttons=(("Read", "iso14001"), RICH.buttons[1])),
        replace(RICH, buttons=(("Rea", "diso9001"), RICH.buttons[1])),
    ],
)
def test_any_edit_asks_for_another_test(db: sqlite3.Connection, edited: Text) -> None:
    id_ = draft(db, RICH, CHINESE)
    assert found(db, id_).tested == found(db, id_).digest
    broadcasts.unwrite(db, id_, "en")
    broadcasts.write(db, id_, edited)
    assert found(db, id_).tested != found(db, id_).digest
    broadcasts.unwrite(db, id_, edited.lang)
    broadcasts.write(db, id_, RICH)
    assert found(db, id_).tested == found(db, id_).digest


def test_another_language_asks_for_another_test(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO)
    broadcasts.write(db, id_, CHINESE)
    assert found(db, id_).tested != found(db, id_).digest
    broadcasts.unwrite(db, id_, "zh_Hans")
    assert found(db, id_).tested == found(db, id_).digest


def test_a_correction_is_not_what_it_corrects() -> None:
    assert len({made(HELLO, action=action).digest for action in ("send", "edit", "delete")}) == 3


def test_to_whom_it_goes_is_not_what_it_looks_like(db: sqlite3.Connection) -> None:
    id_ = draft(db, HELLO)
    broadcasts.aim(db, id_, "lang=en")
    broadcasts.fall_back(db, id_, "en")
    assert found(db, id_).tested == found(db, id_).digest


# Trials


def test_a_trial_waits_until_it_was_shown(db: sqlite3.Connection) -> None:
    id_ = broadcasts.draft(db, 1, NOON)
    broadcasts.write(db, id_, HELLO)
    one = broadcasts.ask_trial(db, found(db, id_), 5, NOON)
    other = broadcasts.ask_trial(db, found(db, id_), 6, NOON)
    assert [(trial.id, trial.chat, trial.digest) for trial in broadcasts.trials(db)] == [
        (one, 5, found(db, id_).digest),
        (other, 6, found(db, id_).digest),
    ]
    assert broadcasts.trial_ended(db, one) == (False, "")
    broadcasts.end_trial(db, broadcasts.trials(db)[0], NOON)
    assert broadcasts.trial_ended(db, one) == (True, "")
    assert [trial.id for trial in broadcasts.trials(db)] == [other]
    assert found(db, id_).tested == found(db, id_).digest


def test_a_trial_that_could_not_be_shown_proves_nothing(db: sqlite3.Connection) -> None:
    id_ = broadcasts.draft(db, 1, NOON)
    broadcasts.write(db, id_, HELLO)
    trial = broadcasts.ask_trial(db, found(db, id_), 5, NOON)
    broadcasts.end_trial(db, broadcasts.trials(db)[0], NOON, "chat not found")
    assert broadcasts.trial_ended(db, trial) == (True, "chat not found")
    assert found(db, id_).tested == ""


def test_a_trial_of_what_was_changed_meanwhile_proves_nothing_of_the_change(db: sqlite3.Connection) -> None:
    id_ = broadcasts.draft(db, 1, NOON)
    broadcasts.write(db, id_, HELLO)
    broadcasts.ask_trial(db, found(db, id_), 5, NOON)
    broadcasts.write(db, id_, replace(HELLO, html="Goodbye"))
    broadcasts.end_trial(db, broadcasts.trials(db)[0], NOON)
    assert found(db, id_).tested != found(db, id_).digest
    broadcasts.write(db, id_, HELLO)
    assert found(db, id_).tested == found(db, id_).digest


def test_a_trial_of_somebody_who_was_forgotten_is_over(db: sqlite3.Connection) -> None:
    assert broadcasts.trial_ended(db, 404) == (True, "it was dropped")
