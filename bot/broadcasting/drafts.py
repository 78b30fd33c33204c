"""Writing and looking: drafts, corrections and withdrawals; how they stand, and what would happen."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.table import Table

from bot import newsroom
from bot.broadcasting.press import Press, counted, lasting, say, standing
from bot.formatting import plain
from bot.newsroom import SHELL, NewsError, Preview
from bot.store import audience, audit, broadcasts
from bot.store import drafts as decisions
from bot.store.broadcasts import Broadcast
from bot.store.deliveries import Outlook
from bot.store.sellers import pseudonym

TOO_OLD = "Telegram lets a bot delete only messages younger than that"
EVERYBODY = "everybody who wants news"
SENDS, CORRECTS, WITHDRAWS = "send", "edit", "delete"


def draft(press: Press, file: Path, saved: str | None = None) -> None:
    """A new broadcast from a file, for the audience of that name if one is given.

    Raises NewsError with the line and the reason.
    """
    written = newsroom.read(file, press.conversation)
    with press.writing() as db:
        if saved:
            known = audience.saved(db)
            if saved not in known:
                there = f"there are {', '.join(known)}" if known else "none is saved"
                raise NewsError(f"there is no audience '{saved}': {there}")
            written = replace(written, audience=known[saved])
        id_ = newsroom.keep(db, written, SHELL, press.clock())
        made = press.load(db, id_)
    say(f"broadcast {id_} is a draft")
    _mend(press, made)


def correct(press: Press, id_: int, file: Path) -> None:
    """A draft that changes what another broadcast sent, for exactly those whom it reached in these languages."""
    written = newsroom.read(file, press.conversation)
    now = press.clock()
    with press.writing() as db:
        wrong = _over(press, db, id_)
        new = broadcasts.draft(db, SHELL, now, action=CORRECTS, corrects=id_)
        for lang, text in written.texts.items():
            # A message with a picture keeps it: only what stands under it can be changed.
            old = wrong.texts.get(lang, text)
            broadcasts.write(db, new, replace(text, kind=old.kind, file=old.file))
        audit.note(db, SHELL, "correct", f"broadcast {id_}", now, after=f"broadcast {new}")
        made = press.load(db, new)
        outlook = foresee(press, db, made).outlook
        if not outlook.languages:
            raise NewsError(f"broadcast {id_} has reached nobody in {' or '.join(written.texts)}")
    say(f"broadcast {new} is a draft: it corrects broadcast {id_} for {counted(outlook.languages.total())}")
    if outlook.textless:
        say(f"{counted(outlook.textless)} it reached in another language keep what they have")
    _mend(press, made)


def withdraw(press: Press, id_: int) -> None:
    """A draft that deletes what another broadcast sent, as far as Telegram lets it."""
    now = press.clock()
    with press.writing() as db:
        _over(press, db, id_)
        new = broadcasts.draft(db, SHELL, now, action=WITHDRAWS, corrects=id_)
        audit.note(db, SHELL, "withdraw", f"broadcast {id_}", now, after=f"broadcast {new}")
        outlook = foresee(press, db, press.load(db, new)).outlook
        if not outlook.languages:
            raise NewsError(f"nothing of broadcast {id_} can be deleted: {TOO_OLD}, or those who got it are gone")
    say(f"broadcast {new} is a draft: it deletes broadcast {id_} for {counted(outlook.languages.total())}")
    say(f"What is older than 48 hours stays: {TOO_OLD}" + (f", {outlook.late:,} are already" if outlook.late else ""))
    say(f"Next: certguide broadcast start {new}")


def _over(press: Press, db: sqlite3.Connection, id_: int) -> Broadcast:
    """A broadcast that has sent all it will. Raises NewsError when it has not, or was withdrawn."""
    broadcast = press.load(db, id_)
    if broadcast.action != SENDS:
        raise NewsError(f"broadcast {id_} itself changes broadcast {broadcast.corrects}: name that one")
    if broadcast.state in ("running", "paused"):
        raise NewsError(f"broadcast {id_} is {broadcast.state}: stop it, or wait until it is done")
    if not broadcast.started:
        raise NewsError(f"nobody has got broadcast {id_}: it is {standing(broadcast.state)}")
    for other in broadcasts.listed(db):
        if (other.action, other.corrects) == (WITHDRAWS, id_) and other.started:
            raise NewsError(f"broadcast {id_} has been withdrawn by broadcast {other.id}")
    return broadcast


def _mend(press: Press, broadcast: Broadcast, *, foreseen: bool = False) -> None:
    """What keeps it from being sent, or the next thing to do."""
    found = list(newsroom.problems(broadcast, press.conversation, press.words, press.clock()))
    if found:
        say(f"{len(found)} to mend before it can be sent:")
        for what in found:
            say(f"- {what}")
    else:
        say(f"Next: certguide broadcast {_next(broadcast, foreseen)} {broadcast.id}")


def _next(broadcast: Broadcast, foreseen: bool) -> str:
    if broadcast.as_tested:
        return "start"
    return "test" if foreseen else "preview"


# Looking


def list_(press: Press) -> None:
    """Every broadcast, the newest first."""
    with press.reading() as db:
        found = list(decisions.kept(broadcasts.listed(db)))
    if not found:
        say("there is no broadcast yet: `certguide broadcast draft FILE` makes one")
        return
    table = Table("Number", "State", "Does", "Languages", "For", "When", box=None, pad_edge=False)
    for each in found:
        whom = each.audience or EVERYBODY if each.action == SENDS else f"whom {each.corrects} reached"
        moment = each.ended or each.started or each.due
        table.add_row(
            str(each.id), each.state, _does(each), ", ".join(each.texts), whom, press.time(moment) if moment else ""
        )
    press.console.print(table)


def show(press: Press, id_: int) -> None:
    """One broadcast as it stands."""
    with press.reading() as db:
        broadcast, decided = press.load(db, id_), decisions.decided(db, id_)
    say(
        f"Broadcast {id_} is {standing(broadcast.state)} and {_does(broadcast)}"
        + (f": {broadcast.why}" * bool(broadcast.why))
    )
    for name, value in _facts(press, broadcast, decided):
        say(f"{name:<10}{value}")
    for text in broadcast.texts.values():
        say(f"\n{text.lang}, {text.kind}")
        say("\n".join(f"  {line}" for line in plain(text.html).split("\n")))
        for label, to in text.buttons:
            say(f"  [{label}] → {to}")
    if broadcast.state == "draft":
        say("")
        _mend(press, broadcast)


def _facts(press: Press, broadcast: Broadcast, decided: bool) -> list[tuple[str, str]]:
    facts = []
    if broadcast.action == SENDS:
        facts.append(("For", broadcast.audience or EVERYBODY))
        facts.append(("Others", _others(broadcast, decided)))
    if broadcast.action != WITHDRAWS:
        facts.append(("Tested", _tested(broadcast)))
    for name, moment in (("Due", broadcast.due), ("Started", broadcast.started), ("Ended", broadcast.ended)):
        if moment:
            facts.append((name, f"{press.time(moment)} {press.settings.zone}"))
    return facts


def _others(broadcast: Broadcast, decided: bool) -> str:
    """What people get whose language has no text."""
    if broadcast.fallback:
        return f"get it in {broadcast.fallback}"
    return "left out for want of a text" if decided else "without a text: decided at the start"


def _tested(broadcast: Broadcast) -> str:
    if broadcast.as_tested:
        return "as it is now"
    return "not since it was changed" if broadcast.tested else "not yet"


def _does(broadcast: Broadcast) -> str:
    """What it does, as a verb."""
    return {SENDS: "sends", CORRECTS: f"corrects {broadcast.corrects}", WITHDRAWS: f"withdraws {broadcast.corrects}"}[
        broadcast.action
    ]


# Foreseeing


def preview(press: Press, id_: int) -> None:
    """Whom it would reach and whom not, how long that takes, and what is wrong with it."""
    with press.reading() as db:
        broadcast, decided = press.load(db, id_), decisions.decided(db, id_)
        seen = foresee(press, db, broadcast)
    table = Table(box=None, pad_edge=False)
    table.add_column("Who")
    table.add_column("People", justify="right")
    for who, people in _rows(broadcast, seen.outlook, decided):
        table.add_row(who, f"{people:,}")
    press.console.print(table)
    if seen.outlook.samples:
        say(f"For example: {', '.join(map(pseudonym, seen.outlook.samples))}")
    tested = "" if broadcast.action == WITHDRAWS else f"; tested: {_tested(broadcast)}"
    say(f"It takes {lasting(seen.seconds)} at {press.settings.pace:g} a second{tested}.")
    if broadcast.state == "draft":
        _mend(press, broadcast, foreseen=True)


def foresee(press: Press, db: sqlite3.Connection, broadcast: Broadcast) -> Preview:
    """The preview of a broadcast. Raises NewsError for a bad filter."""
    return newsroom.preview(
        db, broadcast, press.conversation, press.words, press.calendar, press.settings.pace, press.clock()
    )


def _rows(broadcast: Broadcast, outlook: Outlook, decided: bool) -> Iterator[tuple[str, int]]:
    """Who is it, and how many; those who get it first."""
    gets = {SENDS: "gets it", CORRECTS: "is corrected", WITHDRAWS: "is deleted"}[broadcast.action]
    for lang, people in sorted(outlook.languages.items()):
        yield f"{gets} in {lang}", people
    yield f"{gets}, together", outlook.languages.total()
    if broadcast.action == SENDS:
        yield "  of them later: at night, in a form, or told within a day", outlook.held
    yield "left out: has blocked the bot, or is gone", outlook.away
    if broadcast.action == SENDS:
        yield "left out: wants no news", outlook.unwanted
        what = "left out: no text in the language" if decided else "no text in the language: decided at the start"
        yield what, outlook.textless
    elif broadcast.action == CORRECTS:
        yield "stays as it is: no text in the language", outlook.textless
    else:
        yield "stays where it is: older than 48 hours", outlook.late
