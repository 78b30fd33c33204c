"""Sending: a test first, then now or at a time; pausing, going on, stopping, and trying again what is unsure."""

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table

from bot import newsroom
from bot.broadcasting.drafts import SENDS, foresee
from bot.broadcasting.press import NO_COURIER, Press, WrongError, clean, counted, say
from bot.newsroom import SHELL, NewsError
from bot.store import audit, broadcasts, deliveries, flood, operators
from bot.store import drafts as decisions
from bot.store.broadcasts import Broadcast
from bot.store.sellers import pseudonym

PATIENCE = 20.0
"""Seconds a courier has to show a test: it may be in the middle of other calls."""
LOOK = 0.2
STAR = 0.1
"""Telegram: Stars for each message beyond those that are free; core.telegram.org/bots/faq."""
FAR = 366 * 86_400
"""Seconds: whatever is to start later than that is a slip of the pen."""
SHOWN = 50
"""Lines of a list at most; the report as CSV has them all."""
SAID = {
    "cancel": "is a draft again",
    "pause": "is paused: what is on its way still arrives. Go on with: certguide broadcast resume {}",
    "resume": "goes on",
    "stop": "is stopped for good; whoever has not got it will not",
}


def try_out(press: Press, id_: int, to: int | None, *, pause: Callable[[float], None] = time.sleep) -> None:
    """Have the courier show an operator exactly what goes out, and wait for it. Raises NewsError when it is not shown.

    Without a number it goes to the owner with the lowest one.
    """
    with press.writing() as db:
        broadcast = press.load(db, id_)
        chat = _operator(press, db, to)
        _testable(broadcast)
        if not press.courier():
            raise NewsError(f"{NO_COURIER}; then test once more")
        trial = broadcasts.ask_trial(db, broadcast, chat, press.clock())
    for _ in range(round(PATIENCE / LOOK)):
        with press.reading() as db:
            over, reason = broadcasts.trial_ended(db, trial)
        if reason:
            raise NewsError(f"the test could not be shown to {chat}: {reason}")
        if over:
            say(f"{chat} was shown broadcast {id_} as it goes out. Next: certguide broadcast start {id_}")
            return
        pause(LOOK)
    raise NewsError(_late(press, id_))


def _operator(press: Press, db: sqlite3.Connection, to: int | None) -> int:
    """Who is shown a test: never somebody who does not run the bot, to whom an unfinished text might go by a slip."""
    if to is None:
        if not press.owners:
            raise NewsError("BOT_OWNERS names nobody: set it, or say whom to show the test with --to NUMBER")
        return press.owners[0]
    if to not in press.owners and operators.role(db, to) not in ("owner", "operator"):
        raise NewsError(f"{to} is no operator: a test goes to one of BOT_OWNERS, or to somebody they appointed")
    return to


def _testable(broadcast: Broadcast) -> None:
    if broadcast.action == "delete":
        raise NewsError("a withdrawal shows nothing, so it needs no test")
    if not broadcast.texts:
        raise NewsError("there is no text yet")
    if broadcast.state not in ("draft", "scheduled"):
        raise NewsError(f"broadcast {broadcast.id} is {broadcast.state}: it needs no test any more")


def _late(press: Press, id_: int) -> str:
    with press.reading() as db:
        until = flood.until(db)
    if until > press.clock():
        return f"Telegram asks to wait until {press.time(until)}: the test is shown after that"
    return (
        f"the courier has not shown it within {PATIENCE:.0f} seconds: look at its log. It may show it yet, and then "
        f"`certguide broadcast show {id_}` says that it was tested"
    )


# Starting


def price(press: Press, id_: int) -> str:
    """What a paid broadcast may cost, to be shown before it starts.

    Raises NewsError when the settings don't allow one.
    """
    if not press.settings.paid:
        raise NewsError("paid broadcasts are off: set BOT_PAID=true first, and have Stars on the bot's balance")
    with press.reading() as db:
        people = sum(foresee(press, db, press.load(db, id_)).outlook.languages.values())
    return (
        f"{counted(people)}: up to {people * STAR:,.1f} Stars, {STAR} for each message beyond Telegram's free 30 a "
        "second. The bot needs 10,000 Stars on its balance and 10,000 people a month"
    )


def start(
    press: Press,
    id_: int,
    *,
    at: str | None = None,
    fallback: str | None = None,
    leave_out: bool = False,
    paid: bool = False,
) -> None:
    """Start it now or at a time, once it is decided what people get whose language has no text.

    Raises WrongError for a time that can't be meant, NewsError when it can't be started.
    """
    now = press.clock()
    due = moment(at, press.settings.zone, now) if at is not None else None
    decided = bool(fallback or leave_out)
    if not decided:
        _decide(press, id_, later=due is not None)
    with press.writing() as db:
        broadcast = press.load(db, id_)
        if decided:
            _settle(db, broadcast, fallback or "", now)
        if paid:
            broadcasts.pay(db, id_)
            audit.note(db, SHELL, "pay", f"broadcast {id_}", now)
        people = newsroom.launch(db, id_, press.conversation, press.words, SHELL, now, due=due)
    if due:
        say(f"broadcast {id_} starts at {press.time(due)} {press.settings.zone}, if a courier runs then")
        return
    say(f"broadcast {id_} goes to {counted(people)}. How far it is: certguide broadcast watch {id_}")
    if not press.courier():
        say(f"But {NO_COURIER}")


def _decide(press: Press, id_: int, *, later: bool) -> None:
    """Raises NewsError when somebody has no text in his language, or may have later, and nobody has decided."""
    with press.reading() as db:
        broadcast = press.load(db, id_)
        if decisions.decided(db, id_) or broadcast.action != SENDS or not broadcast.texts:
            return
        people = foresee(press, db, broadcast).outlook.textless
    missing = [lang for lang in press.conversation.voices.languages if lang not in broadcast.texts]
    if not people and not (later and missing):
        return
    who = f"{counted(people)} would get nothing, for want of" if people else "whoever comes until then may want"
    raise NewsError(
        f"{who} a text in {' or '.join(missing) or 'their language'}: decide with "
        f"{' or '.join(f'--fallback {lang}' for lang in broadcast.texts)} or --leave-out"
    )


def _settle(db: sqlite3.Connection, broadcast: Broadcast, fallback: str, now: float) -> None:
    """Keep what was decided for people without a text: a language, or nothing."""
    decisions.give_others(db, broadcast.id, fallback)
    subject = f"broadcast {broadcast.id}"
    audit.note(db, SHELL, "others", subject, now, before=broadcast.fallback, after=fallback or "left out")


def moment(text: str, zone: str, now: float) -> int:
    """The Unix seconds of a time as it is written, `2026-12-01 09:00`, in that zone. Raises WrongError.

    When clocks go back and it comes twice, the first of them is meant.
    """
    try:
        local = datetime.strptime(text.strip(), "%Y-%m-%d %H:%M")
        seconds = local.replace(tzinfo=ZoneInfo(zone)).timestamp()
    except (ValueError, OverflowError):
        raise WrongError(f"--at '{clean(text)}' is no time: write it as in 2026-12-01 09:00") from None
    if seconds <= now:
        raise WrongError(f"--at '{text.strip()}' is over in {zone}")
    if seconds > now + FAR:
        raise WrongError(f"--at '{text.strip()}' is more than a year ahead")
    if datetime.fromtimestamp(seconds, ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise WrongError(f"--at '{text.strip()}' is left out in {zone}: clocks go forward then")
    return int(seconds)


def act(press: Press, id_: int, name: str) -> None:
    """Cancel, pause, resume or stop it. Raises NewsError when its state does not let it."""
    with press.writing() as db:
        press.load(db, id_)
        newsroom.act(db, id_, name, SHELL, press.clock())
    say(f"broadcast {id_} {SAID[name].format(id_)}")
    if name == "resume" and not press.courier():
        say(f"But {NO_COURIER}")


# What is unsure


def unsure(press: Press, id_: int) -> int:
    """List those of whom nobody knows whether they have got it; how many."""
    with press.reading() as db:
        press.load(db, id_)
        people = deliveries.counts(db, id_)["unsure"]
        rows = db.execute(
            "select who, lang, at, reason from deliveries where broadcast = ? and state = 'unsure' order by at, who "
            "limit ?",
            [id_, SHOWN],
        ).fetchall()
    if not people:
        say(f"broadcast {id_}: nothing is unsure")
        return 0
    table = Table("Seller", "Language", "When", "Why", box=None, pad_edge=False)
    for who, lang, at, reason in rows:
        table.add_row(pseudonym(who), lang, press.time(at) if at else "", clean(reason or ""))
    press.console.print(table)
    if people > SHOWN:
        say(f"… and {people - SHOWN:,} more: certguide broadcast report {id_} --csv FILE has them all")
    say(f"Nobody knows whether {counted(people)} got it. It is sent again only if you decide so: resend {id_}")
    return people


def resendable(press: Press, id_: int) -> int:
    """To how many it would be sent again. Raises NewsError when it can't be."""
    with press.reading() as db:
        broadcast = press.load(db, id_)
        people = deliveries.counts(db, id_)["unsure"]
        changed = [other.id for other in broadcasts.listed(db) if other.corrects == id_ and other.state != "draft"]
    if not people:
        raise NewsError(f"broadcast {id_}: nothing is unsure, so there is nothing to send again")
    if broadcast.state == "stopped":
        raise NewsError(f"broadcast {id_} was stopped for good: nothing of it is sent any more")
    if changed:
        raise NewsError(f"broadcast {changed[0]} changes broadcast {id_}: what was wrong is not sent once more")
    return people


def resend(press: Press, id_: int) -> None:
    """Send it again to those of whom nobody knows whether they have got it. Raises NewsError when it can't be."""
    resendable(press, id_)
    with press.writing() as db:
        people = newsroom.resend(db, id_, SHELL, press.clock())
    say(f"broadcast {id_} is sent again to {counted(people)}")
    if not press.courier():
        say(f"But {NO_COURIER}")
