"""What an operator sees of a broadcast that waits for its hour, is under way, or has ended."""

from html import escape

from bot.chat.cards import Drawn, Row, Sight, short
from bot.chat.composing import clock
from bot.chat.views import minutes
from bot.store import cards, deliveries, flood

EVERY = 3.0
"""Seconds between two edits of a card that moves: Telegram takes one a second, and nobody reads faster."""
BAR = 16
"""Cells of a bar: what a phone shows on one line."""
STILL = 30
"""Seconds after which a broadcast that does not move makes one ask for the courier."""
REASONS = 10
"""Reasons in one report, the most frequent first; all of them are in the table the shell writes."""
ENDED = ("gone", "failed", "skipped", "unsure")
"""Outcomes besides sent."""


def scheduled(sight: Sight) -> Drawn:
    """It waits for its hour."""
    pen = sight.pen
    lines = [sight.title(), pen.say("broadcast-starts", when=clock(sight.broadcast.due, sight.frame.zone))]
    rows: tuple[Row, ...] = ((sight.offer("start", "start"), sight.offer("unplan", "cancel")), _all(sight))
    return Drawn("\n".join(lines), rows, EVERY, "waits")


def running(sight: Sight) -> Drawn:
    """It is under way, or paused: how far it has come, and how to steer it."""
    pen, broadcast = sight.pen, sight.broadcast
    counts = deliveries.counts(sight.db, broadcast.id)
    queue = cards.queue(sight.db, broadcast.id, sight.now)
    left = queue.due + queue.later + counts["sending"]
    lines = [sight.title(), *_far(sight, counts.total(), left, counts["sent"])]
    lines += [f"• {pen.say(f'broadcast-{state}')}: {counts[state]}" for state in ENDED if counts[state]]
    if queue.later:
        lines.append(pen.say("broadcast-later", n=queue.later, when=clock(queue.next, sight.frame.zone)))
    lines += _paused(sight, left) if broadcast.state == "paused" else _moving(sight, queue.due)
    rows = [_steering(sight), _all(sight)]
    pulse = (*sorted(counts.values()), queue.due)
    return Drawn("\n".join(lines), tuple(rows), EVERY, "waits", pulse)


def ended(sight: Sight) -> Drawn:
    """The report: who got it, who did not, and why."""
    pen, broadcast = sight.pen, sight.broadcast
    counts = deliveries.counts(sight.db, broadcast.id)
    left = counts["waiting"] + counts["sending"]
    lines = [sight.title(), *_far(sight, counts.total(), left, counts["sent"])]
    if left:
        lines.append(f"• {pen.say('broadcast-unsent')}: {left}")
    reasons = [row for row in deliveries.reasons(sight.db, broadcast.id) if row[0] != "sent"]
    for state, reason, n in reasons[:REASONS]:
        why = f" ({escape(short(reason, 120), quote=False)})" if reason else ""
        lines.append(f"• {pen.say(f'broadcast-{state}')}: {n}{why}")
    if len(reasons) > REASONS:
        lines.append("• …")
    if counts["unsure"]:
        lines.append(pen.say("broadcast-unsure-note"))
    if broadcast.started and broadcast.ended:
        lines.append(pen.say("broadcast-took", n=minutes(broadcast.ended - broadcast.started)))
    if sight.card.view == "again":
        lines += ["", pen.say("broadcast-sure-again", n=counts["unsure"])]
        rows: tuple[Row, ...] = ((sight.offer("yes-again", "resend"),), sight.back())
    else:
        rows = (*_mending(sight, counts["sent"]), *_unsure(sight, counts["unsure"]), _all(sight))
    flying = counts["sending"]  # what is on its way is still settled
    return Drawn("\n".join(lines), rows, EVERY if flying else 0, "waits" if flying else "ended", last=not flying)


def _far(sight: Sight, total: int, left: int, sent: int) -> list[str]:
    """The bar, and how many have got it."""
    done = (total - left) / total if total else 1.0
    filled = int(done * BAR)
    bar = f"<code>{'█' * filled}{'░' * (BAR - filled)}</code> {int(done * 100)} %"
    action = {"send": "sent", "edit": "edited", "delete": "deleted"}[sight.broadcast.action]
    return [bar, sight.pen.say(f"broadcast-n-{action}", n=sent, all=total)]


def _moving(sight: Sight, due: int) -> list[str]:
    pen = sight.pen
    wait = flood.until(sight.db)
    if due and wait > sight.now:
        return [pen.say("broadcast-flood", when=clock(wait, sight.frame.zone))]
    if due and sight.idle > STILL:
        return [pen.say("broadcast-still")]
    return [pen.say("broadcast-time-left", n=minutes(due / sight.frame.pace))] if due else []


def _paused(sight: Sight, left: int) -> list[str]:
    pen, why = sight.pen, sight.broadcast.why
    lines = [pen.say("broadcast-why", why=short(why, 200))] if why else []
    return [*lines, "", pen.say("broadcast-sure-stop", n=left)] if sight.card.view == "stop" else lines


def _steering(sight: Sight) -> Row:
    if sight.broadcast.state == "running":
        return sight.offer("pause", "pause"), sight.offer("stop", "halt")
    if sight.card.view == "stop":
        return sight.offer("resume", "resume"), sight.offer("yes-stop", "stop")
    return sight.offer("resume", "resume"), sight.offer("stop", "halt")


def _mending(sight: Sight, sent: int) -> tuple[Row, ...]:
    broadcast = sight.broadcast
    if not sent or broadcast.action == "delete":
        return ()
    of = broadcast.corrects or broadcast.id
    fix = sight.offer("fix", "fix")
    young = cards.reached(sight.db, of, sight.now - deliveries.DELETABLE)
    return ((fix, sight.offer("pull", "pull")),) if young else ((fix,),)


def _unsure(sight: Sight, n: int) -> tuple[Row, ...]:
    return ((sight.offer("again", "again"),),) if n and sight.broadcast.state == "done" else ()


def _all(sight: Sight) -> Row:
    return ((sight.pen.label("broadcast-all"), "b:list"),)
