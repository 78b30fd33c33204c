"""How broadcasts look to an operator: every card in every language and every state, judged by Telegram's own parser."""

import ast
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import acts, cards, composing, progress, reports, views, writing
from bot.chat.cards import Frame, Pen
from bot.store import audience, broadcasts, drafts, flood
from bot.store.broadcasts import Text
from bot.store.cards import Card
from bot.store.composing import Composing
from bot.store.database import connect
from dialogs import limits, markup
from tests import stories
from tests.bot.chat.house import CONVERSATION
from tests.bot.chat.newsroom import settle
from tests.bot.chat.test_screen import parsed

LANGUAGES = list(CONVERSATION.voices.languages)
FRAME = Frame(CONVERSATION, pace=20, zone="Asia/Shanghai")
NOW = stories.NOW
LONG = Text(
    "en", "<b>A &lt;rule&gt; &amp; more</b> " + "word " * 700, buttons=(("R&D <b>", "https://a.example/?a=1&b=2"),) * 5
)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Tables in memory, with some sellers."""
    opened = connect(":memory:", "real", "OFF")
    for n in range(20):
        settle(opened, n + 1, LANGUAGES[n % len(LANGUAGES)])
    yield opened
    opened.close()


def draft(db: sqlite3.Connection, *texts: Text, action: str = "send", corrects: int = 0) -> int:
    """A draft; its number."""
    id_ = broadcasts.draft(db, 1, NOW, action=action, corrects=corrects)
    for text in texts:
        broadcasts.write(db, id_, text)
    return id_


def drawn(db: sqlite3.Connection, id_: int, view: str = "main", lang: str = "en", idle: float = 0) -> cards.Drawn:
    """A card, checked as Telegram would."""
    card = progress.draw(db, FRAME, Card(1, id_, lang, view), NOW, idle)
    assert 0 < markup.units(parsed(card.text)["text"]) <= limits.MESSAGE
    labels = [label for row in card.rows for label, _ in row]
    assert len(labels) == len(set(labels))
    for row in card.rows:
        for label, data in row:
            assert 0 < markup.width(label) <= limits.LABEL_WIDTH, label
            assert data.startswith("b:")
            assert len(data.encode()) <= limits.CALLBACK_BYTES, data
    return card


def every_state(db: sqlite3.Connection) -> list[int]:
    """Broadcasts in every state there is, in the order of `broadcasts.STATES`, and two that mend."""
    numbers = []
    for state in broadcasts.STATES:
        id_ = draft(db, LONG, Text("zh_Hans", "规则", "photo", "file"))
        db.execute(
            "update broadcasts set state = ?, started = 5, ended = 500, due = 1800000000, why = '<b>' where id = ?",
            [state, id_],
        )
        for n, outcome in enumerate(("waiting", "sending", "sent", "gone", "failed", "skipped", "unsure")):
            db.execute(
                "insert into deliveries (broadcast, who, lang, state, due, at, message, reason) "
                "values (?, ?, 'en', ?, ?, ?, 7, '<why> & so')",
                [id_, n, outcome, int(NOW) + 600, int(NOW) - 100],
            )
        numbers.append(id_)
    return [
        *numbers,
        draft(db, LONG, action="edit", corrects=numbers[-1]),
        draft(db, action="delete", corrects=numbers[-1]),
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_card_is_one_telegram_takes(db: sqlite3.Connection, lang: str) -> None:
    for n in range(8):
        audience.save(db, f"{'W' * 31}{n}", "lang=en")
    for id_ in every_state(db):
        for view in (
            "main",
            "stop",
            "again",
            *views.VIEWS,
            "text:en",
            "text:zh_Hans",
            "start:1800000000",
            "language:again",
        ):
            card = drawn(db, id_, view, lang, idle=1000)
            assert card.text.startswith("<b>"), view
    drawn(db, 0, "list", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("what", [*writing.TAKERS])
@pytest.mark.parametrize("about", ["", "en"])
def test_every_question_is_one_telegram_takes(db: sqlite3.Connection, lang: str, what: str, about: str) -> None:
    if what == "language":
        return  # it stands on a card
    for action in ("send", "edit"):
        broadcast = broadcasts.load(db, draft(db, LONG, action=action))
        asked = Composing(what, 5, lang, broadcast=1, lang=about, mistake="<b>no</b>")
        text = writing.question(FRAME, asked, broadcast, NOW)
        assert "{" not in parsed(text)["text"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_left_to_fill_in(db: sqlite3.Connection, lang: str) -> None:
    for id_ in every_state(db):
        for view in ("main", *views.VIEWS):
            card = drawn(db, id_, view, lang)
            assert "{" not in card.text
            assert not any("{" in label for row in card.rows for label, _ in row)


def test_a_long_list_of_things_to_mend_is_cut(db: sqlite3.Connection) -> None:
    wrong = Text("en", "{x} " * 1100, buttons=tuple((f"{'W' * 40}{n}", "nowhere") for n in range(30)))
    card = drawn(db, draft(db, wrong))
    assert card.text.count("•") == 9
    assert card.text.endswith("• …")
    drawn(db, 1, "text:en")


def test_the_bar_is_as_full_as_it_is(db: sqlite3.Connection) -> None:
    id_ = draft(db, Text("en", "News"))
    db.execute("update broadcasts set state = 'running', started = 5 where id = ?", [id_])
    for sent in range(17):
        db.execute("delete from deliveries")
        rows = [(id_, n, "sent" if n < sent else "waiting") for n in range(16)]
        db.executemany("insert into deliveries (broadcast, who, lang, state, due) values (?, ?, 'en', ?, 0)", rows)
        text = drawn(db, id_).text
        assert text.count("█") == sent
        assert text.count("░") == 16 - sent
        assert f"{int(100 * sent / 16)} %" in text
        assert f"{sent} of 16 sent." in text


def test_a_card_that_moves_tells_how_long_it_takes_or_what_holds_it(db: sqlite3.Connection) -> None:
    id_ = draft(db, Text("en", "News"))
    db.execute("update broadcasts set state = 'running', started = 5 where id = ?", [id_])
    rows = [(id_, n) for n in range(2500)]
    db.executemany("insert into deliveries (broadcast, who, lang, state, due) values (?, ?, 'en', 'waiting', 0)", rows)
    assert "About 3 minutes left." in drawn(db, id_).text
    assert "Does the courier run?" in drawn(db, id_, idle=31).text
    flood.wait(db, NOW + 600)
    assert "Telegram asks to wait until 2026-11-26 20:10 (Asia/Shanghai)." in drawn(db, id_, idle=31).text
    db.execute("update deliveries set due = ?", [int(NOW) + 13 * 3600])
    text = drawn(db, id_, idle=31).text
    assert "2500 of them wait for their daytime, the first until 2026-11-27 09:00" in text
    assert "left" not in text
    assert "courier" not in text


def test_a_report_of_many_reasons_is_cut(db: sqlite3.Connection) -> None:
    id_ = draft(db, Text("en", "News"))
    db.execute("update broadcasts set state = 'done', started = 5, ended = 65 where id = ?", [id_])
    for n in range(12):
        db.execute("insert into deliveries values (?, ?, 'en', 'failed', 0, 5, null, ?)", [id_, n, f"{n} " * 200])
    text = drawn(db, id_).text
    assert text.count("• failed: 1 (") == reports.REASONS
    assert "• …" in text


def test_only_what_moves_by_itself_is_looked_at_again(db: sqlite3.Connection) -> None:
    ids = dict(zip(broadcasts.STATES, every_state(db), strict=False))
    every = {state: drawn(db, id_).every for state, id_ in ids.items()}
    assert every == {"draft": 0, "scheduled": 3, "running": 3, "paused": 3, "stopped": 3, "done": 3}
    db.execute("update deliveries set state = 'unsure' where state = 'sending'")
    assert drawn(db, ids["done"]).every == 0
    assert drawn(db, ids["done"]).last
    found = broadcasts.load(db, ids["draft"])
    assert found
    broadcasts.ask_trial(db, found, 1, NOW)
    assert drawn(db, ids["draft"]).every == 1


def test_a_card_without_a_broadcast_is_the_list(db: sqlite3.Connection) -> None:
    assert drawn(db, 99).text == drawn(db, 0, "list").text


def test_a_view_that_does_not_fit_the_state_is_the_card_itself(db: sqlite3.Connection) -> None:
    running = every_state(db)[2]
    for view in ("text:en", "whom", "bin", "start", "look", "rest", "again", "nothing", ""):
        assert drawn(db, running, view).text == drawn(db, running).text


def test_a_preview_counts_and_tells_who_is_left_out(db: sqlite3.Connection) -> None:
    db.execute("update sellers set away = 5 where id in (1, 2)")
    db.execute("update answers set answer = 'off' where seller in (3, 4, 5)")
    db.execute("update sellers set told = ? where id = 7", [int(NOW) - 5])
    text = drawn(db, draft(db, Text("en", "News")), "look").text
    assert "7 people get it." in text
    assert "English: 7" in text
    assert "1 of them later" in text
    assert "blocked the bot or gone: 2" in text
    assert "no news wanted: 3" in text
    assert "no text in their language: 8" in text
    assert text.count("<code>") == 5


def test_minutes_begun_count() -> None:
    assert [views.minutes(seconds) for seconds in (0, 0.4, 59, 60, 61, 3600)] == [1, 1, 1, 1, 2, 60]


def test_what_is_confirmed_is_all_that_is_decided(db: sqlite3.Connection) -> None:
    id_ = draft(db, Text("en", "News"))

    def stamp() -> str:
        found = broadcasts.load(db, id_)
        assert found
        return cards.stamp(found)

    stamps = [stamp()]
    broadcasts.aim(db, id_, "lang=en")
    stamps.append(stamp())
    drafts.give_others(db, id_, "en")
    stamps.append(stamp())
    broadcasts.write(db, id_, Text("en", "Other"))
    stamps.append(stamp())
    assert len(set(stamps)) == 4


@given(st.text(max_size=80))
def test_a_button_is_never_too_wide(label: str) -> None:
    cut = cards.cut(label)
    assert markup.width(cut) <= limits.LABEL_WIDTH
    assert cut == label or cut.endswith("…")


@given(st.text(max_size=60), st.integers(1, 50))
def test_what_is_shortened_says_so(text: str, most: int) -> None:
    short = cards.short(text, most)
    assert len(short) <= most
    assert short == text or short.endswith("…")


# Phrases

ROOT = Path(__file__).parent.parent.parent.parent
BUTTONS = ("add", "add-first")
"""Of which one or the other is on a card."""
FILES = (acts, cards, composing, progress, reports, views, writing)


def said() -> Iterator[str]:
    """Every phrase of broadcasts that the code names, with or without its beginning."""
    folder = Path(str(acts.__file__)).parent
    for path in (*(Path(str(module.__file__)) for module in FILES), folder / "broadcasts.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name, word = ast.unparse(node.func).rpartition(".")[2], node.args[0].value
            if name in ("say", "label", "notice", "RefusedError", "MistakeError") and isinstance(word, str):
                yield word
            elif name == "offer" and isinstance(word, str):
                yield f"broadcast-{word}"


def made() -> Iterator[str]:
    """Those whose names are put together."""
    yield from (f"broadcast-state-{state}" for state in broadcasts.STATES)
    yield from (f"broadcast-{state}" for state in (*reports.ENDED, "photo", "document", "away", "unwanted", "without"))
    yield from (f"broadcast-{mending}" for mending in ("corrects", "withdraws"))
    yield from (f"broadcast-n-{action}" for action in ("sent", "edited", "deleted"))
    yield from (f"broadcast-ask-{what}" for what in (*writing.TAKERS, "anew", "words") if what != "language")


def test_every_phrase_is_written_down_and_none_is_left_over() -> None:
    names = {name for name in (*said(), *made()) if name.startswith("broadcast-")}
    assert len(names) > 80
    known = set(CONVERSATION.content.phrases)
    assert names - known == set()
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    left = {name for name in known if name.startswith("broadcast-")} - names
    assert {name for name in left if f'"{name}"' not in sources} == {
        f"broadcast-{name}" for name in BUTTONS if f"broadcast-{name}" in left
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_notice_fits_and_every_state_is_named(lang: str) -> None:
    pen = Pen(CONVERSATION, lang)
    for state in broadcasts.STATES:
        assert pen.notice("broadcast-is", id=99, state=pen.notice(f"broadcast-state-{state}"))
    for name in ("stale", "mend", "untested", "trying", "nobody", "over", "late"):
        assert not pen.notice(f"broadcast-{name}").endswith("…")
