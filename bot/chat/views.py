"""The views of a draft: its texts, whom it is for, what would happen, and the questions before it goes out."""

from collections.abc import Callable
from html import escape

from bot import newsroom
from bot.chat.cards import Drawn, Row, Sight, carried, cut, excerpt, kind, named, several, short, stamp
from bot.chat.composing import clock
from bot.formatting import plain
from bot.store import audience, broadcasts, cards, deliveries, drafts
from bot.store.audience import AudienceError
from bot.store.broadcasts import Broadcast, Text
from bot.store.sellers import pseudonym
from dialogs.voice import SOURCE

PATIENCE = 10
"""Seconds after which a test that nobody has shown makes one ask for the courier."""
NAMES = 12
"""Saved audiences offered on one card."""


def main(sight: Sight) -> Drawn:
    """The draft with all that is decided so far."""
    pen, broadcast = sight.pen, sight.broadcast
    lines = [sight.title(), *_aimed(sight), *_texts(sight), *_others(sight)]
    test = cards.trial(sight.db, broadcast.id)
    if broadcast.texts and broadcast.action != "delete":
        lines.append(_test(sight, test))
    wrong = wrongs(sight)
    if wrong and broadcast.texts:
        lines += ["", pen.say("broadcast-wrong"), *several(wrong, 8)]
    waits = test is not None and not test.ended
    stage = "waits" if waits else "ended" if test and test.ended else ""
    return Drawn("\n".join(lines), tuple(_main_rows(sight)), 1 if waits else 0, stage)


def wrongs(sight: Sight) -> list[str]:
    """What keeps it from going out, as the newsroom says it."""
    broadcast, frame = sight.broadcast, sight.frame
    wrong = broadcasts.load(sight.db, broadcast.corrects) if broadcast.corrects else None
    return list(newsroom.problems(broadcast, frame.conversation, frame.words, sight.now, wrong))


def undecided(sight: Sight) -> bool:
    """Whether somebody it is for has no text, and nobody has said what he gets."""
    try:
        whom = audience.parse(sight.broadcast.audience, sight.frame.words, sight.now)
    except AudienceError:
        return False  # which is to be mended first
    return drafts.undecided(sight.db, sight.broadcast, whom)


def _aimed(sight: Sight) -> list[str]:
    pen, broadcast = sight.pen, sight.broadcast
    if broadcast.action != "send":
        outlook = foreseen(sight)
        name = "corrects" if broadcast.action == "edit" else "withdraws"
        lines = [pen.say(f"broadcast-{name}", id=broadcast.corrects, n=outlook.languages.total())]
        return [*lines, pen.say("broadcast-too-old", n=outlook.late)] if outlook.late else lines
    whom = f"<code>{escape(short(broadcast.audience, 300), quote=False)}</code>"
    return [f"{pen.say('broadcast-for')} {whom if broadcast.audience else pen.say('broadcast-everybody')}"]


def _texts(sight: Sight) -> list[str]:
    pen, broadcast = sight.pen, sight.broadcast
    if broadcast.action == "delete":
        return []
    lines = []
    for lang, text in broadcast.texts.items():
        parts = [excerpt(text.html, 60)] if plain(text.html).strip() else []
        parts = [escape(part, quote=False) for part in parts] + kind(pen, text)
        lines.append(f"<b>{pen.language(lang)}</b>: {' · '.join(parts)}")
    return lines or [pen.say("broadcast-textless")]


def _others(sight: Sight) -> list[str]:
    pen, broadcast = sight.pen, sight.broadcast
    if undecided(sight):
        return [pen.say("broadcast-rest-open")]
    if broadcast.action != "send" or not drafts.decided(sight.db, broadcast.id) or not without(sight):
        return []
    if broadcast.fallback:
        return [pen.say("broadcast-rest-in", language=pen.language(broadcast.fallback))]
    return [pen.say("broadcast-rest-out")]


def without(sight: Sight) -> list[str]:
    """The bot's languages it has no text in."""
    return [lang for lang in sight.frame.conversation.voices.languages if lang not in sight.broadcast.texts]


def _test(sight: Sight, test: cards.Trial | None) -> str:
    pen, broadcast = sight.pen, sight.broadcast
    if test and not test.ended:
        return pen.say("broadcast-test-asked" if sight.now - test.at < PATIENCE else "broadcast-test-nobody")
    if test and test.reason and test.digest == broadcast.digest:
        return pen.say("broadcast-test-failed", why=short(test.reason, 200))
    if broadcast.as_tested:
        return pen.say("broadcast-test-shown")
    return pen.say("broadcast-test-changed" if broadcast.tested else "broadcast-test-none")


def _main_rows(sight: Sight) -> list[Row]:
    pen, broadcast = sight.pen, sight.broadcast
    rows: list[Row] = []
    if broadcast.action != "delete":
        rows += [((pen.language(lang), carried("see", broadcast.id, f"text:{lang}")),) for lang in broadcast.texts]
    if broadcast.action == "send":
        if without(sight):
            rows.append((sight.offer("add" if broadcast.texts else "add-first", "write"),))
        rows.append((sight.offer("whom", "see", "whom"),))
        if broadcast.texts and (undecided(sight) or (drafts.decided(sight.db, broadcast.id) and without(sight))):
            rows.append((sight.offer("rest", "see", "rest"),))
    look_, try_ = sight.offer("look", "see", "look"), sight.offer("try", "try")
    rows.append((look_,) if broadcast.action == "delete" else (look_, try_))
    rows.append((sight.offer("start", "start"), sight.offer("plan", "plan")))
    return [*rows, (sight.offer("bin", "see", "bin"), (pen.label("broadcast-all"), carried("list")))]


def text(sight: Sight) -> Drawn:
    """One of its texts, with what can be done to it."""
    pen, broadcast, lang = sight.pen, sight.broadcast, sight.arg
    shown: Text = broadcast.texts[lang]
    lines = [f"{sight.title()} · {pen.language(lang)}"]
    if plain(shown.html).strip():
        lines.append(f"<blockquote>{escape(short(plain(shown.html), 700), quote=False)}</blockquote>")
    lines += [f"[{escape(label, quote=False)}] {escape(short(to, 100), quote=False)}" for label, to in shown.buttons]
    if shown.kind != "text":
        lines.append(pen.say(f"broadcast-{shown.kind}"))
    wrong = [what for what in wrongs(sight) if what.startswith(f"{lang}: ")]
    if wrong:
        lines += ["", pen.say("broadcast-wrong"), *several(wrong, 8)]
    rows: list[Row] = [(sight.offer("anew", "write", lang), sight.offer("links", "links", lang))]
    if broadcast.action == "send":
        rows.append((sight.offer("drop", "drop", lang),))
    return Drawn("\n".join(lines), (*rows, sight.back()))


def language(sight: Sight) -> Drawn:
    """The question which language a message is in that he has sent."""
    pen, broadcast = sight.pen, sight.broadcast
    rows: list[Row] = []
    for lang in sight.frame.conversation.voices.languages:
        name = pen.language(lang)
        label = pen.label("broadcast-replaces", language=name) if lang in broadcast.texts else name
        rows.append(((label, carried("said", broadcast.id, lang)),))
    lines = [sight.title(), pen.say("broadcast-language")]
    if sight.arg == "again":
        lines.append(pen.say("broadcast-first"))
    return Drawn("\n".join(lines), (*rows, (sight.offer("leave", "leave"),)))


def whom(sight: Sight) -> Drawn:
    """Whom it is for: saved filters, or a new one."""
    pen, id_ = sight.pen, sight.broadcast.id
    saved = list(audience.saved(sight.db))[:NAMES]
    rows: list[Row] = [(sight.offer("everybody-button", "aim", "all"),)]
    rows += [((cut(name), carried("aim", id_, named(name))),) for name in saved]
    rows.append((sight.offer("filter", "filter"),))
    if sight.broadcast.audience:
        rows.append((sight.offer("keep", "keep"),))
    wrong = []
    try:
        audience.parse(sight.broadcast.audience, sight.frame.words, sight.now)
    except AudienceError as error:
        wrong = ["", pen.say("broadcast-wrong"), *several([str(error)], 1, 400)]
    return Drawn("\n".join([sight.title(), *_aimed(sight), *wrong]), (*rows, sight.back()))


def rest(sight: Sight) -> Drawn:
    """The question what people get whose language has no text."""
    pen, broadcast = sight.pen, sight.broadcast
    names = ", ".join(map(pen.language, without(sight)))
    rows: list[Row] = []
    if SOURCE in broadcast.texts:
        rows.append((sight.offer("rest-give", "others", SOURCE, language=pen.language(SOURCE)),))
    rows.append((sight.offer("rest-none", "others", "out"),))
    text_ = f"{sight.title()}\n{pen.say('broadcast-rest-ask', languages=names)}"
    return Drawn(text_, (*rows, sight.back()))


def look(sight: Sight) -> Drawn:
    """What would happen if it were started now."""
    pen = sight.pen
    try:
        preview = newsroom.preview(
            sight.db,
            sight.broadcast,
            sight.frame.conversation,
            sight.frame.words,
            sight.frame.calendar,
            sight.frame.pace,
            sight.now,
        )
    except newsroom.NewsError as error:
        return Drawn("\n".join([sight.title(), *several([str(error)], 1, 400)]), (sight.back(),))
    outlook = preview.outlook
    n = outlook.languages.total()
    lines = [sight.title(), "", pen.say("broadcast-people", n=n)]
    lines += [f"• {pen.language(lang)}: {many}" for lang, many in outlook.languages.most_common()]
    if outlook.held:
        lines.append(pen.say("broadcast-held", n=outlook.held))
    left = [("away", outlook.away), ("unwanted", outlook.unwanted), ("without", outlook.textless)]
    lines += ["", pen.say("broadcast-left-out")] if any(many for _, many in left) else []
    lines += [f"• {pen.say(f'broadcast-{why}')}: {many}" for why, many in left if many]
    if outlook.late:
        lines += ["", pen.say("broadcast-too-old", n=outlook.late)]
    if n:
        lines += ["", pen.say("broadcast-takes", n=minutes(preview.seconds), pace=f"{sight.frame.pace:g}")]
        samples = ", ".join(f"<code>{pseudonym(who)}</code>" for who in outlook.samples)
        lines.append(f"{pen.say('broadcast-samples')} {samples}")
    return Drawn("\n".join(lines), (sight.back(),))


def start(sight: Sight) -> Drawn:
    """The last question before it starts, or is to start at a certain moment."""
    pen, broadcast = sight.pen, sight.broadcast
    outlook = foreseen(sight)
    now, later = outlook.languages.total(), outlook.held
    due = int(sight.arg) if sight.arg else 0
    when = [pen.say("broadcast-sure-at", when=clock(due, sight.frame.zone))] if due else []
    lines = [sight.title(), *_aimed(sight), *_others(sight), "", *(when or [pen.say("broadcast-sure-now")])]
    lines.append(pen.say("broadcast-people", n=now))
    if later and not due:
        lines.append(pen.say("broadcast-held", n=later))
    mark = stamp(broadcast)
    yes = sight.offer("yes-at", "at", f"{mark}:{due}") if due else sight.offer("yes-now", "go", mark, n=now)
    return Drawn("\n".join(lines), ((yes,), sight.back()))


def foreseen(sight: Sight) -> deliveries.Outlook:
    """Whom it would reach now. Raises AudienceError."""
    filter_ = audience.parse(sight.broadcast.audience, sight.frame.words, sight.now)
    return deliveries.outlook(sight.db, sight.broadcast, filter_, sight.frame.calendar, sight.now)


def bin_(sight: Sight) -> Drawn:
    """The question whether a draft is to be put away."""
    text_ = f"{sight.title()}\n{sight.pen.say('broadcast-sure-bin')}"
    return Drawn(text_, ((sight.offer("yes-bin", "scrap"),), sight.back()))


def minutes(seconds: float) -> int:
    """Whole minutes, begun ones too."""
    return max(1, -(-int(seconds) // 60))


def fits(broadcast: Broadcast, view: str) -> bool:
    """Whether a view can be shown of a broadcast as it is."""
    name, _, arg = view.partition(":")
    if name == "text":
        return broadcast.state == "draft" and broadcast.action != "delete" and arg in broadcast.texts
    if name == "start":
        return broadcast.state in ("draft", "scheduled") and (not arg or (arg.isdecimal() and len(arg) < 12))
    if name == "language":
        return broadcast.state == "draft" and arg in ("", "again")
    if name in ("whom", "rest"):
        return broadcast.state == "draft" and broadcast.action == "send" and not arg
    return name in VIEWS and broadcast.state == "draft" and not arg


VIEWS: dict[str, Callable[[Sight], Drawn]] = {
    "text": text,
    "language": language,
    "whom": whom,
    "rest": rest,
    "look": look,
    "start": start,
    "bin": bin_,
}
"""Those of a draft besides the card itself, by the name a button carries."""
