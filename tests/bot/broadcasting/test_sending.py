"""Testing, starting now or at a time, pausing and stopping, and what is unsure; with a real courier where one works."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broadcasting import WrongError, sending
from bot.broadcasting.sending import moment
from bot.courier.lock import only_one
from bot.newsroom import NewsError
from bot.simulator import OPERATOR_ID, Simulator
from bot.store import broadcasts, drafts, flood, operators
from bot.store.broadcasts import Text
from tests.bot.background import Background
from tests.bot.broadcasting.pressroom import (
    DAYTIME,
    ENGLISH_TOML,
    FIRST,
    NEWS_TOML,
    approve,
    arrive,
    broadcast,
    database,
    delivering,
    ended,
    good,
    launched,
    press,
    read,
    refused,
    settle,
    text,
    write,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
TOMORROW = datetime.now(ZoneInfo(DAYTIME)) + timedelta(days=1)
AT = f"{TOMORROW:%Y-%m-%d %H:%M}"
NO_COURIER = "no courier runs: start `certguide deliver`, or the bot with `certguide serve --deliver`"


@pytest.fixture
def drafted(people: None) -> None:
    """Broadcast 1 is a draft in two languages, not tested."""
    good("draft", write("news.toml", NEWS_TOML))


@pytest.fixture
def tested(drafted: None) -> None:
    """Broadcast 1 is a draft that was tested."""
    with database() as db:
        approve(db, 1)


def state(id_: int = 1) -> object:
    return text("select state from broadcasts where id = ?", id_)[0][0]


# Testing


@pytest.mark.usefixtures("drafted")
def test_a_test_shows_the_owner_exactly_what_goes_out(running: Background, simulator: Simulator) -> None:
    with delivering(running, simulator):
        shown = good("test", 1)
    assert shown == f"{OPERATOR_ID} was shown broadcast 1 as it goes out. Next: certguide broadcast start 1\n"
    english, chinese = read(simulator, OPERATOR_ID)
    assert english.startswith("ISO 9001 has a new edition.\n\nOpen the official page first.\n\nYou get this because")
    assert chinese.startswith("ISO 9001 有新版本。")
    assert "Tested    as it is now" in good("show", 1)


@pytest.mark.usefixtures("drafted")
def test_a_test_goes_to_the_lowest_of_the_owners_or_to_whom_one_says(running: Background, simulator: Simulator) -> None:
    simulator.telegram.chats[5_000_000_006].started = True
    with delivering(running, simulator):
        assert good("test", 1, BOT_OWNERS=f"{OPERATOR_ID + 5},{OPERATOR_ID + 9}").startswith(f"{OPERATOR_ID} was shown")
        shown = good("test", 1, "--to", 5_000_000_006, BOT_OWNERS="5000000006")
    assert shown.startswith("5000000006 was shown")
    assert len(read(simulator, 5_000_000_006)) == 2


@pytest.mark.usefixtures("drafted")
def test_without_a_courier_nothing_is_asked_for() -> None:
    assert refused("test", 1) == f"{NO_COURIER}; then test once more"
    assert text("select count(*) from trials") == [(0,)]


@pytest.mark.usefixtures("drafted")
def test_what_telegram_refuses_is_told(running: Background, simulator: Simulator) -> None:
    simulator.telegram.chats[OPERATOR_ID].started = False
    with delivering(running, simulator):
        assert refused("test", 1) == f"the test could not be shown to {OPERATOR_ID}: en: Chat not found"
    assert "Tested    not yet" in good("show", 1)


@pytest.mark.usefixtures("drafted")
def test_a_courier_that_does_not_answer_is_told() -> None:
    pauses: list[float] = []
    with press() as (it, _), only_one(it.path), pytest.raises(NewsError, match="look at its log"):
        sending.try_out(it, 1, None, pause=pauses.append)
    assert sum(pauses) == pytest.approx(20)


@pytest.mark.usefixtures("drafted")
def test_a_wait_that_telegram_asks_for_is_told() -> None:
    with press() as (it, _), only_one(it.path):
        flood.wait(it.db, time.time() + 3600)
        with pytest.raises(NewsError, match=r"Telegram asks to wait until \d{4}-\d\d-\d\d 1[56]:\d\d: the test is"):
            sending.try_out(it, 1, None, pause=lambda _: None)


@pytest.mark.usefixtures("drafted")
@pytest.mark.parametrize(("role", "may"), [("", False), ("analyst", False), ("operator", True), ("owner", True)])
def test_a_test_goes_to_nobody_who_does_not_run_the_bot(role: str, *, may: bool) -> None:
    with database() as db:
        if role:
            operators.appoint(db, FIRST, role, 0, time.time())
    told = refused("test", 1, "--to", FIRST)
    assert told.startswith("no courier runs" if may else f"{FIRST} is no operator")


@pytest.mark.usefixtures("drafted")
def test_without_owners_one_has_to_say_whom() -> None:
    with press() as (it, _), pytest.raises(NewsError, match="BOT_OWNERS names nobody"):
        sending.try_out(type(it)(it.db, it.path, it.settings, it.conversation, ()), 1, None)


@pytest.mark.usefixtures("tested")
def test_what_was_started_needs_no_test() -> None:
    good("start", 1, "--leave-out")
    assert refused("test", 1) == "broadcast 1 is running: it needs no test any more"


@pytest.mark.usefixtures("people")
def test_what_says_nothing_is_not_tested() -> None:
    with database() as db:
        broadcasts.draft(db, 0, time.time())
    assert refused("test", 1) == "there is no text yet"


# Starting


@pytest.mark.usefixtures("tested")
def test_languages_without_a_text_have_to_be_decided() -> None:
    assert refused("start", 1) == (
        "1 person would get nothing, for want of a text in their language: "
        "decide with --fallback en or --fallback zh_Hans or --leave-out"
    )
    assert state() == "draft"


@pytest.mark.usefixtures("tested")
def test_they_are_left_out_by_a_decision() -> None:
    shown = good("start", 1, "--leave-out")
    assert shown == (f"broadcast 1 goes to 5 people. How far it is: certguide broadcast watch 1\nBut {NO_COURIER}\n")
    assert text("select lang, count(*) from deliveries group by lang") == [("en", 3), ("zh_Hans", 2)]


@pytest.mark.usefixtures("tested")
def test_they_get_another_language_by_a_decision() -> None:
    assert "goes to 6 people" in good("start", 1, "--fallback", "en")
    assert text("select lang, count(*) from deliveries group by lang") == [("en", 4), ("zh_Hans", 2)]
    assert ("others", "broadcast 1", "", "en") in text("select action, subject, before, after from audit")


@pytest.mark.usefixtures("tested")
def test_a_decision_in_the_chat_is_one() -> None:
    with database() as db:
        drafts.give_others(db, 1, "")
    assert "goes to 5 people" in good("start", 1)


@pytest.mark.usefixtures("tested")
def test_a_decision_in_the_file_is_one() -> None:
    good("draft", write("other.toml", 'fallback = "en"\n' + NEWS_TOML))
    with database() as db:
        approve(db, 2)
    assert "goes to 6 people" in good("start", 2)


@pytest.mark.usefixtures("people")
def test_a_decision_in_the_file_can_be_taken_back() -> None:
    good("draft", write("other.toml", 'fallback = "en"\n' + NEWS_TOML))
    with database() as db:
        approve(db, 1)
    assert "goes to 5 people" in good("start", 1, "--leave-out")


@pytest.mark.usefixtures("tested")
def test_a_language_that_has_no_text_either_is_no_decision() -> None:
    told = refused("start", 1, "--fallback", "ru")
    assert told == "people without a text in their language are to get it in ru, which has none"
    assert text("select fallback, state from broadcasts") == [(None, "draft")], "nothing is half-done"


@pytest.mark.usefixtures("tested")
def test_two_decisions_are_wrong_use() -> None:
    told = refused("start", 1, "--fallback", "en", "--leave-out", code=2)
    assert told == "--fallback and --leave-out say two things: leave one of them out"


@pytest.mark.usefixtures("people")
def test_who_is_not_in_the_audience_needs_no_decision() -> None:
    good("draft", write("news.toml", 'audience = "lang=zh_Hans"\n' + NEWS_TOML))
    with database() as db:
        approve(db, 1)
    assert "goes to 2 people" in good("start", 1)


@pytest.mark.usefixtures("drafted")
def test_nothing_starts_untested() -> None:
    assert "has not been tested as it is now" in refused("start", 1, "--leave-out")
    with database() as db:
        approve(db, 1)
        broadcasts.write(db, 1, Text("en", "Changed"))
    assert "has not been tested as it is now" in refused("start", 1, "--leave-out")
    assert text("select count(*) from deliveries") == [(0,)]


@pytest.mark.usefixtures("tested")
def test_a_second_start_is_refused_and_doubles_nobody() -> None:
    good("start", 1, "--leave-out")
    assert refused("start", 1, "--leave-out") == "broadcast 1 is running: it can't be started"
    assert text("select count(*) from deliveries") == [(5,)]


@pytest.mark.usefixtures("people")
def test_a_broadcast_for_nobody_stays_a_draft() -> None:
    good("draft", write("news.toml", 'audience = "campaign=fair2027"\n' + NEWS_TOML))
    with database() as db:
        approve(db, 1)
    assert refused("start", 1) == "it would reach nobody: look at the preview"
    assert (state(), text("select started from broadcasts")) == ("draft", [(None,)])


@pytest.mark.usefixtures("people")
def test_a_text_over_the_limit_in_one_language_starts_in_none() -> None:
    good("draft", write("news.toml", NEWS_TOML.replace("有新版本", "有新版本" * 1200)))
    with database() as db:
        approve(db, 1)
    assert re.fullmatch(r"zh_Hans: \d+ characters with its last line: 4096 at most", refused("start", 1, "--leave-out"))
    assert state() == "draft"


# At a time


@pytest.mark.usefixtures("tested")
def test_it_can_start_at_a_time() -> None:
    shown = good("start", 1, "--leave-out", "--at", AT)
    assert shown == f"broadcast 1 starts at {AT} {DAYTIME}, if a courier runs then\n"
    assert text("select state, due from broadcasts") == [("scheduled", int(TOMORROW.timestamp()) // 60 * 60)]
    assert text("select count(*) from deliveries") == [(0,)]
    assert AT in good("list")
    assert f"Due       {AT} {DAYTIME}\n" in good("show", 1)


@pytest.mark.usefixtures("tested")
def test_a_scheduled_one_can_be_cancelled_and_started_again() -> None:
    good("start", 1, "--leave-out", "--at", AT)
    assert "it can't be started" in refused("start", 1, "--leave-out", "--at", AT)
    assert good("cancel", 1) == "broadcast 1 is a draft again\n"
    assert refused("cancel", 1) == "broadcast 1 is draft: it can't be asked to cancel"
    assert "Others    left out for want of a text\n" in good("show", 1)
    assert "left out: no text in the language " in good("preview", 1)
    assert "goes to 5 people" in good("start", 1), "what was decided stays so"


def test_whoever_may_come_until_then_has_to_be_decided_on() -> None:
    with database() as db:
        settle(db, FIRST)
    good("draft", write("news.toml", ENGLISH_TOML))
    with database() as db:
        approve(db, 1)
    told = refused("start", 1, "--at", AT)
    assert told == "whoever comes until then may want a text in zh_Hans: decide with --fallback en or --leave-out"
    assert "goes to 1 person" in good("start", 1), "now everybody has his language"


@pytest.mark.usefixtures("tested")
@pytest.mark.parametrize("written", ["soon", "2020-01-01 09:00", "2100-01-01 09:00", "", "09:00", "2026-13-01 09:00"])
def test_a_time_that_cannot_be_meant_is_wrong_use(written: str) -> None:
    ended_ = broadcast("start", 1, "--leave-out", "--at", written)
    assert ended_.exit_code == 2
    assert ended_.stderr.startswith("Error: --at '")
    assert state() == "draft"


def test_a_time_is_read_in_its_zone() -> None:
    expected = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    assert moment("2026-12-01 09:00", "Asia/Shanghai", NOW) == expected
    assert moment("  2026-12-1 9:00 ", "Asia/Shanghai", NOW) == expected
    assert moment("2026-12-01 09:00", "Europe/Berlin", NOW) - expected == 7 * 3600


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("soon", "'soon' is no time: write it as in 2026-12-01 09:00"),
        ("2026-12-01", "is no time"),
        ("2026-12-01 24:00", "is no time"),
        ("2027-02-29 09:00", "is no time"),
        ("0000-01-01 00:00", "is no time"),
        ("0001-01-01 00:00", "'0001-01-01 00:00' is over"),
        ("2026-11-26 12:00", "'2026-11-26 12:00' is over in Asia/Shanghai"),
        ("2028-01-01 09:00", "is more than a year ahead"),
        ("9999-12-31 23:59", "is more than a year ahead"),
        ("9:00\x1b[2J", r"'9:00\[2J' is no time"),
    ],
)
def test_a_time_that_cannot_be_is_told(written: str, told: str) -> None:
    with pytest.raises(WrongError, match=told):
        moment(written, "Asia/Shanghai", NOW)


def test_a_leap_day_is_a_day() -> None:
    before = datetime(2028, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    found = moment("2028-02-29 09:00", "Asia/Shanghai", before)
    assert datetime.fromtimestamp(found, ZoneInfo("Asia/Shanghai")).isoformat() == "2028-02-29T09:00:00+08:00"


def test_an_hour_that_is_left_out_is_no_time() -> None:
    with pytest.raises(WrongError, match="'2027-03-28 02:30' is left out in Europe/Berlin: clocks go forward then"):
        moment("2027-03-28 02:30", "Europe/Berlin", NOW)


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    before = datetime(2027, 10, 1, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    found = moment("2027-10-31 02:30", "Europe/Berlin", before)
    assert datetime.fromtimestamp(found, ZoneInfo("Europe/Berlin")).utcoffset() == timedelta(hours=2)


@given(
    st.datetimes(datetime(2026, 11, 27), datetime(2027, 11, 20)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Etc/GMT-14"]),
)
def test_a_time_is_that_time_in_its_zone_or_there_is_none(local: datetime, zone: str) -> None:
    written = f"{local:%Y-%m-%d %H:%M}"
    try:
        found = moment(written, zone, NOW)
    except WrongError as error:
        assert "clocks go forward" in str(error)  # noqa: PT017
    else:
        assert f"{datetime.fromtimestamp(found, ZoneInfo(zone)):%Y-%m-%d %H:%M}" == written


@given(st.text())
def test_whatever_is_written_for_a_time_is_a_sentence(written: str) -> None:
    try:
        moment(written, "Asia/Shanghai", NOW)
    except WrongError as error:
        assert "\n" not in str(error).strip() or "\n" in written  # noqa: PT017


# Pausing and stopping


@pytest.mark.usefixtures("tested")
def test_it_is_paused_goes_on_and_is_stopped() -> None:
    good("start", 1, "--leave-out")
    assert good("pause", 1) == (
        "broadcast 1 is paused: what is on its way still arrives. Go on with: certguide broadcast resume 1\n"
    )
    assert refused("pause", 1) == "broadcast 1 is paused: it can't be asked to pause"
    assert good("resume", 1) == f"broadcast 1 goes on\nBut {NO_COURIER}\n"
    assert good("stop", 1) == "broadcast 1 is stopped for good; whoever has not got it will not\n"
    assert refused("resume", 1) == "broadcast 1 is stopped: it can't be asked to resume"
    done = text("select action, before, after from audit order by id")[-3:]
    assert done == [("pause", "running", "paused"), ("resume", "paused", "running"), ("stop", "running", "stopped")]


@pytest.mark.usefixtures("tested")
@pytest.mark.parametrize("name", ["cancel", "pause", "resume", "stop"])
def test_a_draft_is_only_started(name: str) -> None:
    assert refused(name, 1) == f"broadcast 1 is draft: it can't be asked to {name}"


def test_a_pause_from_the_shell_holds_a_real_courier_within_two_seconds(
    running: Background, simulator: Simulator
) -> None:
    people = arrive(simulator, 60)
    good("draft", write("news.toml", NEWS_TOML))
    with delivering(running, simulator, pace=10):
        good("test", 1)
        good("start", 1)
        _until(lambda: sum(bool(read(simulator, who)) for who in people) > 3)
        good("pause", 1)
        time.sleep(2)
        before = sum(len(read(simulator, who)) for who in people)
        assert before < 60
        time.sleep(1)
        assert sum(len(read(simulator, who)) for who in people) == before
        assert "paused" in good("watch", 1, "--once")
        good("stop", 1)
    assert f"{before} of 60 people got it" in good("report", 1)


def _until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# What is unsure


@pytest.fixture
def unsure(people: None) -> None:
    """Broadcast 1 is done, but of two nobody knows whether they got it."""
    launched("--leave-out")
    with database() as db:
        ended(db, 1, ("unsure", "timed out"), ("sent", ""), ("unsure", "=Bad Gateway\x1b[2J"))


@pytest.mark.usefixtures("unsure")
def test_what_is_unsure_is_listed_by_pseudonyms() -> None:
    shown = good("unsure", 1)
    whos = text("select who from deliveries where state = 'unsure' order by who")
    assert [line.split()[0] for line in shown.splitlines()[1:3]] == [f"{who:016x}"[-8:] for (who,) in whos]
    assert "timed out" in shown
    assert "=Bad Gateway[2J" in shown
    assert "Nobody knows whether 2 people got it. It is sent again only if you decide so: resend 1\n" in shown


def test_a_long_list_ends_with_how_many_more() -> None:
    with database() as db:
        for number in range(55):
            settle(db, FIRST + number)
    launched()
    with database() as db:
        ended(db, 1, *[("unsure", "timed out")] * 55)
    shown = good("unsure", 1)
    assert shown.count("timed out") == 50
    assert "… and 5 more: certguide broadcast report 1 --csv FILE has them all\n" in shown


@pytest.mark.usefixtures("unsure")
@pytest.mark.parametrize("typed", ["", "n\n", "\n"])
def test_it_is_not_sent_again_without_a_decision(typed: str) -> None:
    asked = broadcast("resend", 1, typed=typed)
    assert asked.exit_code == 1
    assert "Whoever of these 2 has it gets it twice. Send it again? [y/N]:" in asked.output
    assert text("select count(*) from deliveries where state = 'unsure'") == [(2,)]
    assert state() == "done"


@pytest.mark.usefixtures("unsure")
@pytest.mark.parametrize("decision", [["--yes"], []])
def test_it_is_sent_again_by_a_decision(decision: list[str]) -> None:
    shown = good("resend", 1, *decision, typed="" if decision else "y\n")
    assert f"broadcast 1 is sent again to 2 people\nBut {NO_COURIER}\n" in shown
    assert text("select state, count(*) from deliveries group by state") == [("sent", 3), ("waiting", 2)]
    assert text("select state, ended from broadcasts") == [("running", None)]
    assert text("select action, after from audit order by id desc limit 1") == [("resend", "2")]


@pytest.mark.usefixtures("people")
def test_nothing_unsure_is_nothing_to_send_again() -> None:
    launched("--leave-out")
    assert good("unsure", 1) == "broadcast 1: nothing is unsure\n"
    assert refused("resend", 1, "--yes") == "broadcast 1: nothing is unsure, so there is nothing to send again"


@pytest.mark.usefixtures("unsure")
def test_what_was_stopped_is_not_sent_again() -> None:
    with database() as db:
        db.execute("update broadcasts set state = 'stopped'")
    assert refused("resend", 1, "--yes") == "broadcast 1 was stopped for good: nothing of it is sent any more"


@pytest.mark.usefixtures("unsure")
def test_what_was_corrected_is_not_sent_again_as_it_was() -> None:
    good("correct", 1, write("better.toml", NEWS_TOML))
    assert "is sent again" in good("resend", 1, "--yes"), "a draft changes nothing yet"
    with database() as db:
        ended(db, 1, ("unsure", "timed out"))
        approve(db, 2)
    good("start", 2)
    assert refused("resend", 1, "--yes") == "broadcast 2 changes broadcast 1: what was wrong is not sent once more"


def test_after_a_crash_it_is_unsure_and_reaches_them_once_more_only_when_decided(
    running: Background, simulator: Simulator
) -> None:
    (who,) = arrive(simulator, 1)
    launched()
    with database() as db:  # a courier has claimed it and died
        db.execute("update deliveries set state = 'sending'")
    with delivering(running, simulator):
        _until(lambda: state() == "done")
        assert read(simulator, who) == []
        good("resend", 1, "--yes")
        good("watch", 1)
    assert len(read(simulator, who)) == 1
    assert "1 of 1 person got it" in good("report", 1)


# Paid


@pytest.mark.usefixtures("tested")
def test_paying_must_be_allowed_by_the_settings() -> None:
    assert refused("start", 1, "--paid").startswith("paid broadcasts are off: set BOT_PAID=true first")
    assert state() == "draft"


@pytest.mark.usefixtures("tested")
def test_the_cost_is_shown_first_and_nothing_is_paid_without_a_yes() -> None:
    ended = broadcast("start", 1, "--paid", "--leave-out", typed="n\n", BOT_PAID="true")
    assert ended.exit_code == 1
    assert re.search(r"\d+ (people|person): up to \d+\.\d Stars, 0\.1 for each message beyond", ended.output)
    assert (state(), text("select paid from broadcasts")) == ("draft", [(0,)])


@pytest.mark.usefixtures("tested")
def test_a_paid_one_is_marked_and_noted() -> None:
    shown = good("start", 1, "--paid", "--yes", "--leave-out", BOT_PAID="true")
    assert "up to" in shown
    assert (state(), text("select paid from broadcasts")) == ("running", [(1,)])
    assert ("pay", "broadcast 1") in text("select action, subject from audit")
