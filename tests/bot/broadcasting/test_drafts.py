"""Drafts from files, corrections and withdrawals; how a broadcast stands and what it would do."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import broadcasts, drafts
from bot.store.broadcasts import Text
from tests.bot.broadcasting.pressroom import (
    ENGLISH_TOML,
    FIRST,
    NEWS_TOML,
    approve,
    broadcast,
    database,
    ended,
    good,
    launched,
    refused,
    settle,
    text,
    write,
)
from tests.bot.shell import ROOT

DAY = 86_400


def rows(shown: str) -> dict[str, int]:
    """The table of a preview."""
    found = re.findall(r"^(.+?)\s{2,}([\d,]+)\s*$", shown, re.MULTILINE)
    return {name.strip(): int(number.replace(",", "")) for name, number in found}


# Drafts


@pytest.mark.usefixtures("people")
def test_a_file_becomes_a_draft() -> None:
    shown = good("draft", write("news.toml", NEWS_TOML))
    assert shown == "broadcast 1 is a draft\nNext: certguide broadcast preview 1\n"
    assert text("select state, action, audience, by from broadcasts") == [("draft", "send", "", 0)]
    assert text("select lang, kind from texts order by lang") == [("en", "text"), ("zh_Hans", "text")]
    assert text("select by, action, subject from audit") == [(0, "draft", "broadcast 1")]


@pytest.mark.usefixtures("people")
def test_the_file_operators_are_shown_is_a_draft() -> None:
    ((written, _),) = re.findall(
        r"```toml\n(audience.+?)(\n```)", (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert "Next: certguide broadcast preview 1" in good("draft", write("news.toml", written))


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("path", sorted((ROOT / "deploy" / "broadcasts").glob("*.toml")), ids=lambda path: path.stem)
def test_every_sample_is_a_draft_that_can_be_foreseen(path: Path) -> None:
    assert "Next: certguide broadcast preview 1" in good("draft", str(path))
    assert "tested: not yet" in good("preview", 1)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[en\n", r"news\.toml: this is not TOML: .*line 1"),
        ('[en]\ntext = "One\n', r"news\.toml: this is not TOML: .*line 2"),
        ('audience = "lang=en"\n', r"there is no text: a table for a language is needed, as \[en\]"),
        ('[en]\ntekst = "Hello"\n', r"news\.toml, en: .*'tekst'"),
        ('[en]\ntext = "Hello"\nbuttons = "More"\n', r"'buttons'"),
        ("[en]\ntext = 5\n", r"'text'"),
    ],
)
def test_a_malformed_file_is_told_with_its_place_and_leaves_nothing(written: str, told: str) -> None:
    assert re.search(told, refused("draft", write("news.toml", written)))
    assert text("select count(*) from broadcasts") == [(0,)]


@pytest.mark.usefixtures("empty")
def test_a_file_in_another_encoding_is_one_sentence() -> None:
    Path("news.toml").write_bytes('[zh_Hans]\ntext = "新版本"\n'.encode("gbk"))
    assert refused("draft", "news.toml") == "news.toml is not UTF-8 text: save it again in that encoding"


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_what_is_no_file_is_wrong_use(name: str) -> None:
    assert broadcast("draft", name).exit_code == 2


@pytest.mark.usefixtures("empty")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_whatever_a_file_holds_there_is_no_traceback(written: str) -> None:
    Path("any.toml").write_text(written, encoding="utf-8", errors="surrogatepass")
    shown = broadcast("draft", "any.toml")
    assert shown.exit_code == 1
    assert shown.stderr.startswith("Error: ")


@pytest.mark.usefixtures("empty")
def test_what_is_wrong_with_a_draft_is_told_and_it_is_kept() -> None:
    written = '[en]\ntext = "Guaranteed certification!"\nbuttons = [{ label = "Go", to = "nowhere" }]\n'
    shown = good("draft", write("news.toml", written))
    assert shown.startswith("broadcast 1 is a draft\n2 to mend before it can be sent:\n- en: 'guarantee")
    assert "- en: the button 'Go' leads to 'nowhere', which is neither an address nor one of: certification" in shown
    assert "2 to mend" in good("show", 1)


@pytest.mark.usefixtures("people")
def test_a_draft_can_be_for_a_saved_audience() -> None:
    good("audience", "save", "the Chinese", "lang=zh_Hans")
    good("draft", write("news.toml", NEWS_TOML), "--audience", "the Chinese")
    assert text("select audience from broadcasts") == [("lang=zh_Hans",)]
    assert rows(good("preview", 1))["gets it, together"] == 2


@pytest.mark.usefixtures("empty")
def test_an_audience_that_is_not_saved_is_told() -> None:
    write("news.toml", NEWS_TOML)
    assert refused("draft", "news.toml", "--audience", "all") == "there is no audience 'all': none is saved"
    good("audience", "save", "us", "lang=en")
    assert refused("draft", "news.toml", "--audience", "all") == "there is no audience 'all': there are us"
    assert text("select count(*) from broadcasts") == [(0,)]


# Looking


@pytest.mark.usefixtures("empty")
def test_an_empty_list_says_how_to_begin() -> None:
    assert good("list") == "there is no broadcast yet: `certguide broadcast draft FILE` makes one\n"


@pytest.mark.usefixtures("people")
def test_the_list_has_the_newest_first() -> None:
    good("draft", write("other.toml", 'audience = "lang=zh_Hans"\n' + ENGLISH_TOML))
    launched("--leave-out")
    with database() as db:
        ended(db, 2)
    good("withdraw", 2)
    _, *lines = good("list").splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["3", "draft", "withdraws", "2"],
        ["2", "done", "sends", "en,"],
        ["1", "draft", "sends", "en"],
    ]
    assert "whom 2 reached" in lines[0]
    assert "everybody who wants news" in lines[1]
    assert "lang=zh_Hans" in lines[2]


@pytest.mark.usefixtures("people")
def test_a_broadcast_is_shown_as_it_stands() -> None:
    good("draft", write("news.toml", NEWS_TOML))
    shown = good("show", 1)
    assert shown.startswith("Broadcast 1 is a draft and sends\n")
    assert "For       everybody who wants news\n" in shown
    assert "Others    without a text: decided at the start\n" in shown
    assert "Tested    not yet\n" in shown
    assert "en, text\n  ISO 9001 has a new edition.\n  \n  Open the official page first.\n" in shown
    assert "  [What is ISO 9001?] → iso9001\n" in shown
    assert "zh_Hans, text\n  ISO 9001 有新版本。请先打开官方页面。\n" in shown
    assert shown.endswith("Next: certguide broadcast preview 1\n")


@pytest.mark.usefixtures("people")
def test_what_was_tested_is_told_until_it_changes() -> None:
    good("draft", write("news.toml", NEWS_TOML))
    with database() as db:
        approve(db, 1)
    shown = good("show", 1)
    assert "Tested    as it is now\n" in shown
    assert shown.endswith("Next: certguide broadcast start 1\n")
    with database() as db:
        broadcasts.write(db, 1, Text("en", "Changed"))
    shown = good("show", 1)
    assert "Tested    not since it was changed\n" in shown
    assert shown.endswith("Next: certguide broadcast preview 1\n")


@pytest.mark.usefixtures("people")
def test_why_it_was_paused_and_when_it_began_is_shown() -> None:
    launched("--fallback", "en")
    with database() as db:
        broadcasts.move(db, 1, "pause", time.time(), why="can't parse entities")
    shown = good("show", 1)
    assert shown.startswith("Broadcast 1 is paused and sends: can't parse entities\n")
    assert "Others    get it in en\n" in shown
    assert re.search(r"^Started   \d{4}-\d\d-\d\d 1[45]:\d\d Etc/GMT[+-]\d+$", shown, re.MULTILINE)
    assert "Next" not in shown


@pytest.mark.usefixtures("people")
def test_a_draft_that_was_put_away_is_listed_no_more() -> None:
    good("draft", write("news.toml", NEWS_TOML))
    with database() as db:
        drafts.discard(db, 1, time.time())
    assert good("list").startswith("there is no broadcast yet")
    assert good("show", 1).startswith("Broadcast 1 is stopped and sends: discarded\n")


# Foreseeing


@pytest.mark.usefixtures("people")
def test_a_preview_counts_who_gets_it_and_who_does_not() -> None:
    with database() as db:
        db.execute("update sellers set away = 1 where id = ?", [FIRST])
        db.execute("update sellers set told = ? where id = ?", [int(time.time()) - 3600, FIRST + 1])
        whos = [f"{who:016x}"[-8:] for (who,) in db.execute("select who from sellers where id between ? and ?",
                [FIRST + 1, FIRST + 4])]  # fmt: skip
    good("draft", write("news.toml", NEWS_TOML))
    shown = good("preview", 1)
    assert rows(shown) == {
        "gets it in en": 2,
        "gets it in zh_Hans": 2,
        "gets it, together": 4,
        "of them later: at night, in a form, or told within a day": 1,
        "left out: has blocked the bot, or is gone": 1,
        "left out: wants no news": 1,
        "no text in the language: decided at the start": 1,
    }
    (samples,) = re.findall(r"^For example: (.+)$", shown, re.MULTILINE)
    assert sorted(samples.split(", ")) == sorted(whos)
    assert "It takes less than a minute at 25 a second; tested: not yet.\n" in shown
    assert shown.endswith("Next: certguide broadcast test 1\n")
    assert str(FIRST)[:7] not in shown, "nobody is named by Telegram's number"


def test_at_most_five_samples_and_how_long_many_take() -> None:
    with database() as db:
        for number in range(130):
            settle(db, FIRST + number)
    good("draft", write("news.toml", NEWS_TOML))
    shown = good("preview", 1, BOT_PACE="0.5")
    assert len(re.findall(r"\b[0-9a-f]{8}\b", shown)) == 5
    assert "It takes about 4 minutes at 0.5 a second" in shown


@pytest.mark.usefixtures("people")
def test_the_night_holds_back_everybody() -> None:
    good("draft", write("news.toml", NEWS_TOML))
    with database() as db:
        db.execute("insert into answers select id, 'home.zone', ?, 0 from sellers", [_midnight()])
    assert rows(good("preview", 1))["of them later: at night, in a form, or told within a day"] == 5


def _midnight() -> str:
    """A zone in which it is about two at night now."""
    offset = (2 - time.gmtime().tm_hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}"


@pytest.mark.usefixtures("people")
def test_a_filter_that_cannot_be_understood_is_told_with_the_nearest_word() -> None:
    good("draft", write("news.toml", 'audience = "lang=zh_Hnas"\n' + ENGLISH_TOML))
    assert refused("preview", 1) == "there is no lang 'zh_Hnas'; did you mean zh_Hans?"


# Correcting and withdrawing


@pytest.fixture
def done(people: None) -> None:
    """Broadcast 1 is done: two in English and one in Chinese have it, one is gone, of one nobody knows."""
    launched("--leave-out")
    with database() as db:
        order = db.execute("select who, lang from deliveries order by lang, who").fetchall()
        ended(db, 1)
        for (who, _), state in zip(order, ["gone", "sent", "sent", "unsure", "sent"], strict=True):
            db.execute("update deliveries set state = ? where who = ?", [state, who])
            db.execute("update deliveries set message = null where who = ? and state <> 'sent'", [who])


@pytest.mark.usefixtures("done")
def test_a_correction_is_for_exactly_those_it_reached() -> None:
    shown = good("correct", 1, write("better.toml", NEWS_TOML.replace("new edition", "draft edition")))
    assert shown == (
        "broadcast 2 is a draft: it corrects broadcast 1 for 3 people\nNext: certguide broadcast preview 2\n"
    )
    assert text("select action, corrects, state from broadcasts where id = 2") == [("edit", 1, "draft")]
    assert rows(good("preview", 2)) == {
        "is corrected in en": 2,
        "is corrected in zh_Hans": 1,
        "is corrected, together": 3,
        "left out: has blocked the bot, or is gone": 0,
        "stays as it is: no text in the language": 0,
    }
    with database() as db:
        approve(db, 2)
    assert "goes to 3 people" in good("start", 2)
    reached = "select who, message from deliveries where broadcast = ? and message is not null order by who"
    assert text(reached, 2) == text(reached, 1)


@pytest.mark.usefixtures("done")
def test_a_correction_needs_the_same_test() -> None:
    good("correct", 1, write("better.toml", NEWS_TOML))
    assert "has not been tested" in refused("start", 2)


@pytest.mark.usefixtures("done")
def test_a_correction_in_one_language_leaves_the_others_as_they_are() -> None:
    shown = good("correct", 1, write("better.toml", ENGLISH_TOML))
    assert (
        "it corrects broadcast 1 for 2 people\n1 person it reached in another language keep what they have\n" in shown
    )
    with database() as db:
        approve(db, 2)
    assert "goes to 2 people" in good("start", 2)


@pytest.mark.usefixtures("done")
def test_a_correction_that_nobody_would_see_is_refused() -> None:
    with database() as db:
        db.execute("update deliveries set state = 'failed' where lang = 'en'")
    assert refused("correct", 1, write("better.toml", ENGLISH_TOML)) == "broadcast 1 has reached nobody in en"
    assert text("select count(*) from broadcasts") == [(1,)]


@pytest.mark.usefixtures("done")
def test_a_corrected_picture_stays() -> None:
    with database() as db:
        db.execute("update texts set kind = 'photo', file = 'AgACfile' where lang = 'en'")
    good("correct", 1, write("better.toml", NEWS_TOML))
    assert text("select lang, kind, file from texts where broadcast = 2 order by lang") == [
        ("en", "photo", "AgACfile"),
        ("zh_Hans", "text", ""),
    ]


@pytest.mark.usefixtures("done")
def test_a_withdrawal_says_what_can_be_deleted_and_needs_no_test() -> None:
    shown = good("withdraw", 1)
    assert shown == (
        "broadcast 2 is a draft: it deletes broadcast 1 for 3 people\n"
        "What is older than 48 hours stays: Telegram lets a bot delete only messages younger than that\n"
        "Next: certguide broadcast start 2\n"
    )
    assert "needs no test" in refused("test", 2)
    assert good("show", 2).startswith("Broadcast 2 is a draft and withdraws 1\n")
    foreseen = good("preview", 2)
    assert rows(foreseen)["is deleted, together"] == 3
    assert "tested" not in foreseen
    assert "goes to 3 people" in good("start", 2)
    assert refused("correct", 1, write("b.toml", NEWS_TOML)) == "broadcast 1 has been withdrawn by broadcast 2"


@pytest.mark.usefixtures("done")
def test_a_withdrawal_counts_what_is_too_old() -> None:
    with database() as db:
        db.execute("update deliveries set at = ? where lang = 'zh_Hans'", [int(time.time()) - 2 * DAY - 60])
    assert "it deletes broadcast 1 for 2 people\n" in (shown := good("withdraw", 1))
    assert "messages younger than that, 1 are already\n" in shown
    assert rows(good("preview", 2))["stays where it is: older than 48 hours"] == 1


@pytest.mark.usefixtures("done")
def test_what_is_all_too_old_is_not_withdrawn() -> None:
    with database() as db:
        db.execute("update deliveries set at = ?", [int(time.time()) - 2 * DAY - 60])
    assert refused("withdraw", 1).startswith("nothing of broadcast 1 can be deleted: Telegram lets a bot delete only")
    assert text("select count(*) from broadcasts") == [(1,)]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("name", ["correct", "withdraw"])
def test_only_what_has_ended_is_corrected_or_withdrawn(name: str) -> None:
    more = [write("better.toml", NEWS_TOML)] if name == "correct" else []
    good("draft", "better.toml") if more else good("draft", write("news.toml", NEWS_TOML))
    assert refused(name, 1, *more) == "nobody has got broadcast 1: it is a draft"
    launched("--leave-out")
    assert refused(name, 2, *more) == "broadcast 2 is running: stop it, or wait until it is done"
    good("pause", 2)
    assert "broadcast 2 is paused" in refused(name, 2, *more)
    good("stop", 2)
    told = refused(name, 2, *more)
    assert told.startswith(("broadcast 2 has reached nobody in en", "nothing of broadcast 2 can be deleted"))


@pytest.mark.usefixtures("done")
def test_a_correction_is_corrected_by_name_of_the_first() -> None:
    good("correct", 1, write("better.toml", NEWS_TOML))
    assert refused("withdraw", 2) == "broadcast 2 itself changes broadcast 1: name that one"
