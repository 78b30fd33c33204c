"""Pretend people who do anything at all, for a long time: `python -m tests.bot.chat.walker --acts 5000 --seed 1`.

Each has a language and takes one act after the other, all at once in one house: taps, stale taps, typed answers,
misbehaviour, and now and then the bot is stopped or crashes under all of them. The seed fixes what they choose; how
their acts fall together is up to the machine.
"""

import argparse
import asyncio
import contextlib
import io
import itertools
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import chat
from bot.simulator import OPERATOR_ID
from bot.simulator.people import Message
from dialogs import COMMANDS
from tests.bot.chat.house import CONVERSATION, LIN, MEI, OLGA, SAM, House
from tests.bot.chat.test_routes import MEDIA
from tests.bot.person import Person

PEOPLE = {"zh-hans": MEI, "zh-hant": LIN, "ru": OLGA, "en": SAM, "operator": OPERATOR_ID}
DEADLINE = 15.0
"""Seconds after which an act counts as silent: longer than any pause between two tries that may fall into it."""
LOOK = 0.002
"""Seconds between two looks at the chat: how fine the latencies are."""
RECALLED = 25
"""Acts told of when a walk fails."""

VALUES = ("12", "0", "-5", "1,000", "２５", "二十", "3.5", "99999999999999999999", "2027-02-30", "Europe/Lisbon", "25%")
WORDS = (
    "Do I need ISO 9001 to sell on a marketplace?",
    "What is the difference between an internal and a registered auditor?",
    "认证要多少钱？",
    "審核員證書有什麼用？",
    "Кто может быть аудитором?",
    "how do I renew it",
    "zebra crossing",
    "спасибо",
    "好的",
    "?",
    "…",
    "42 zebras",
)
HOSTILE = (
    "<b>bold</b> <script>alert(1)</script> </blockquote>",
    "<a href='x'>&lt;&amp;&#0;",
    "*_`[markdown](http://x.invalid)`_* ~~~",
    "{0} {text} %s %(n)d ${x}",
    "\u202eright to left\u202c \u2066\u2069",
    "\u200b",
    "a\u200bb\u200d\ufeff",
    "nul\x00byte",
    "\x00",
    "👩‍👩‍👧‍👦🏳️‍🌈💥" * 20,
    "x" * 4096,
    "😀" * 2048,
    "<" * 4096,
    "二" * 4096,
    "long " * 1500,
    "' or 1=1; drop table sellers; --",
    "\\u0000 \ud7ff \uffff",
    "1\n2\n3",
)
LINKS = (
    "iso9001", "auditors--en--card", "iso14001--zh_Hans--fair", "benefits--xx", "certification----flyer",
    "no-such-topic", "home", "--en", "----x", "a--b--c--d", "glossary--en", "iso9001--" + "y" * 60,
    "<b>", "../../etc/passwd", "%00", "\u202e", "x" * 300,
)  # fmt: skip
ALLOWED = {
    ("editMessageText", "message to edit not found"): "the seller deleted it; a new one is sent",
    ("editMessageReplyMarkup", "message to edit not found"): "the seller deleted it; there is nothing left to do",
    ("editMessageText", "not modified"): "the page is shown already",
    ("editMessageReplyMarkup", "not modified"): "the buttons are off already",
    ("answerCallbackQuery", "query is too old"): "delivered twice, and answered the first time",
    ("sendMessage", "bot was blocked"): "how the bot learns of it",
    ("editMessageText", "bot was blocked"): "how the bot learns of it",
    ("editMessageReplyMarkup", "bot was blocked"): "how the bot learns of it",
    ("getMyCommands", "chat not found"): "an operator who has not written yet",
    ("getUpdates", "terminated by other getUpdates"): "the poll of a bot that has crashed a moment ago",
}
"""Calls that may be refused, each with the reason why no bot can know better."""


class Watch(io.StringIO):
    """Stands in for standard error: keeps what must not be there, and lets the rest go."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def write(self, text: str) -> int:
        self.bad += [bad for line in text.splitlines() if line.strip() and (bad := self._bad(line))]
        return len(text)

    def _bad(self, line: str) -> str:
        """What is wrong with a line; nothing when it is one of the usual."""
        try:
            told = json.loads(line)
        except ValueError:
            return line  # a traceback, a warning: nothing of ours
        if "exception" in told or told.get("level") in {"error", "critical"}:
            return f"{told.get('event')} ({told.get('reason', '')}) {told.get('exception', '')[-700:]}"
        return ""


@dataclass(slots=True)
class Figures:
    """What a walk was like."""

    seconds: float = 0.0
    acts: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    """Of acts during which the bot ran all the time, in milliseconds."""
    restarted: list[float] = field(default_factory=list)
    """Of acts during which it was stopped."""
    restarts: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Everything else that must not be."""
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals that are allowed, by reason."""
    pages: dict[str, int] = field(default_factory=dict)
    steps: int = 0

    def lines(self) -> Iterator[str]:
        """As a table."""
        yield "| Figure | Value |"
        yield "|---|---|"
        yield f"| acts | {self.acts.total():,} in {self.seconds:.0f} s, by {len(PEOPLE)} people at once |"
        yield f"| of these | {_listed(self.acts)} |"
        yield f"| steps in the trail | {self.steps:,} |"
        for lang, number in self.pages.items():
            yield f"| pages reached, {lang} | {number} of {len(CONVERSATION.pages)} |"
        yield f"| answered in (p50 / p95 / max) | {_spread(self.latencies)} |"
        yield f"| the same with a stop in between | {_spread(self.restarted)} |"
        yield f"| stopped and started, crashed | {self.restarts['stop']}, {self.restarts['crash']} |"
        yield f"| calls | {_listed(self.calls)} |"
        yield f"| refused, as must be | {_listed(self.refused) or 'none'} |"
        yield f"| silent acts | {len(self.silent)} |"
        yield f"| other refusals, tracebacks, lost or doubled steps | {len(self.wrong)} |"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.most_common())


def _spread(milliseconds: list[float]) -> str:
    if not milliseconds:
        return "none"
    ranked = sorted(milliseconds)
    middle, most = ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.95)]
    return f"{middle:.0f} / {most:.0f} / {ranked[-1]:.0f} ms ({len(ranked):,} acts)"


class Walk:
    """Everybody together in one house."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.house = House(folder)
        self.seed = seed
        self.figures = Figures()
        self.recent: deque[str] = deque(maxlen=RECALLED)
        self.stops = 0
        """How often the bot was stopped or crashed: an act that sees it change was interrupted."""
        self._door = asyncio.Lock()

    async def go(self, acts: int) -> Figures:
        """Walk, and look at what is left behind."""
        self.house.simulator.bot_side.calls = deque()
        begun, watch = time.monotonic(), Watch()
        with contextlib.redirect_stderr(watch):
            await self.house.open()
            try:
                walkers = [
                    Walker(self, name, await self.house.person(id_), random.Random(f"{self.seed} {name}"))
                    for name, id_ in PEOPLE.items()
                ]
                numbers = iter(range(acts))
                async with asyncio.timeout(60 + acts / 5):
                    await asyncio.gather(*(walker.walk(numbers) for walker in walkers))
                await self._rest()
            except TimeoutError:
                raise AssertionError(f"the walk came to a standstill\n{self.complaint()}") from None
            finally:
                await self.house.close()
        self.figures.seconds = time.monotonic() - begun
        self.figures.wrong += watch.bad
        self._count_calls()
        self._look_at_the_file()
        return self.figures

    async def interrupt(self, kind: str, wait: float = 0.0) -> None:
        """Stop the bot, well or badly, and start it again."""
        async with self._door, asyncio.timeout(DEADLINE):
            await asyncio.sleep(wait)
            self.recent.append(f"  the bot: {kind}")
            self.stops += 1
            self.figures.restarts[kind] += 1
            if kind == "crash":
                seconds, chat.DRAIN_SECONDS = chat.DRAIN_SECONDS, 0
                try:
                    await self.house.crash()
                finally:
                    chat.DRAIN_SECONDS = seconds
            else:
                await self.house.stop()
            await self.house.start()

    def ask(self, query: str, *values: object) -> tuple[Any, ...]:
        """One row of the bot's database, read beside it; nothing before there is one."""
        with contextlib.closing(sqlite3.connect(self.house.path, timeout=10)) as db:
            try:
                return tuple(db.execute(query, values).fetchone() or ())
            except sqlite3.OperationalError:
                return ()

    async def _rest(self) -> None:
        """In the end all is fetched and nothing is owed."""
        last = time.monotonic() + DEADLINE
        while time.monotonic() < last:
            owed = self.ask("select count(*) from sellers where debt > paid and away is null")
            waits = self.ask("select count(*) from notices where sent is null")
            if owed == (0,) and waits == (0,) and not self.house.simulator.telegram.updates.queue:
                return
            await asyncio.sleep(0.05)
        self.figures.wrong.append(f"in the end {owed} are owed a page and {waits} notices wait")

    def _count_calls(self) -> None:
        for call in self.house.simulator.bot_side.calls:
            self.figures.calls[call.method] += 1
            if call.status < 400:
                continue
            reason = next(
                (said for (method, said) in ALLOWED if method == call.method and said in call.description), ""
            )
            if reason:
                self.figures.refused[f"{call.method}: {reason}"] += 1
            else:
                self.figures.wrong.append(f"refused: {call.method} {call.description} {call.args}"[:400])

    def _look_at_the_file(self) -> None:
        wrong = self.figures.wrong
        with contextlib.closing(sqlite3.connect(self.house.path)) as db:
            if db.execute("pragma integrity_check").fetchone() != ("ok",):
                wrong.append("the database is damaged")
            pages = {page for (page,) in db.execute("select distinct page from trail")}
            wrong += [f"a page that does not exist: {page}" for page in pages - CONVERSATION.pages.keys()]
            (self.figures.steps,) = db.execute("select count(*) from trail").fetchone()
            reached = "select lang, count(distinct page) from trail group by lang order by 2 desc"
            self.figures.pages = dict(db.execute(reached).fetchall())
            # Each visit is one line of the trail, so a step that was lost or done twice shows here.
            shown = "kind in ('greeted', 'arrived', 'back', 'continued', 'shown', 'moved')"
            query = f"select visit, (select count(*) from trail where who = sellers.who and {shown}) from sellers"
            wrong += [f"{visit} visits, but {seen} in the trail" for visit, seen in db.execute(query) if visit != seen]
            (failed,) = db.execute("select count(*) from failed").fetchone()
            wrong += [f"{failed} updates were let go"] * bool(failed)

    def complaint(self) -> str:
        """What went wrong, and what was done before."""
        found = [f"silent: {act}" for act in self.figures.silent] + self.figures.wrong
        return "\n".join([f"seed {self.seed}", *found[:20], "the last acts:", *self.recent])


class Walker:
    """One of the people."""

    def __init__(self, walk: Walk, name: str, person: Person, dice: random.Random) -> None:
        self.walk_ = walk
        self.name = name
        self.person = person
        self.dice = dice
        self.updates: deque[int] = deque(maxlen=20)
        self.own: deque[int] = deque(maxlen=20)
        """His own messages, by number."""
        self.tapped: Counter[tuple[str, ...]] = Counter()
        self.acts: dict[str, tuple[int, Callable[[], Awaitable[None]]]] = {
            "tap": (70, self.tap),
            "stale tap": (8, self.stale),
            "double tap": (4, self.twice),
            "five taps at once": (3, self.five),
            "number typed": (6, self.number),
            "button's words typed": (6, self.words),
            "value typed": (5, self.value),
            "free text": (6, self.free),
            "hostile text": (5, self.hostile),
            "command": (6, self.command),
            "deep link": (4, self.link),
            "something else sent": (4, self.send),
            "message edited": (3, self.edit),
            "live message deleted": (3, self.delete),
            "history cleared": (1, self.clear),
            "blocked and back": (2, self.block),
            "update repeated": (4, self.repeat),
            "bot stopped": (1, self.stop),
            "bot crashed": (1, self.crash),
        }
        if name == "operator":
            self.acts["questions asked for"] = (8, self.questions)
            self.acts["question answered"] = (8, self.reply)

    async def walk(self, numbers: Iterator[int]) -> None:
        """Act until all acts are taken."""
        await self.say("/start")
        weights = [weight for weight, _ in self.acts.values()]
        for _ in numbers:
            (kind,) = self.dice.choices([*self.acts], weights)
            self.walk_.figures.acts[kind] += 1
            if self.dice.random() < 0.8:  # the others don't wait for what is still on its way
                await self.calm()
            await self.acts[kind][1]()
        await self.calm()

    # --- taps ---

    async def tap(self) -> None:
        """A button of the newest page, mostly one he has not tried often."""
        page = self.newest()
        if page is None:
            return await self.say("/menu")
        data = [button["callback_data"] for row in rows(page) for button in row]
        ids = sorted(one.partition(":")[2] for one in data)
        keys = {one: (*ids, one.partition(":")[2]) for one in data}
        curious = self.dice.random() < 0.8

        def tried(one: str) -> int:
            return self.tapped[keys[one]] + 5 * keys[one][-1].startswith(("back", "home", "lang.")) if curious else 0

        choice = min(data, key=lambda one: (tried(one), self.dice.random()))
        self.tapped[keys[choice]] += 1
        return await self.press([(page.message_id, choice)])

    async def stale(self) -> None:
        """A button of an older page, also one that has been edited away."""
        old = [(m.message_id, data) for m in self.of_bot()[-30:] for data in m.shown[:-1]]
        await (self.press([self.dice.choice(old)]) if old else self.say("/help"))

    async def twice(self) -> None:
        await self.at_once(2, same=True)

    async def five(self) -> None:
        await self.at_once(5, same=False)

    async def at_once(self, number: int, *, same: bool) -> None:
        """Several taps, of which none waits for the other."""
        page = self.newest()
        if page is None:
            return await self.say("/menu")
        data = [button["callback_data"] for row in rows(page) for button in row]
        chosen = [self.dice.choice(data)] * number if same else self.dice.choices(data, k=number)
        return await self.press([(page.message_id, one) for one in chosen])

    async def press(self, buttons: list[tuple[int, str]]) -> None:
        """Tap, and wait until every tap is answered."""
        self.note(f"taps {buttons}")
        mark = self.mark()
        answers = await asyncio.gather(*(self.person.tap_data(*button) for button in buttons))
        self.updates += [answer["update_id"] for answer in answers]
        presses = [answer["press"] for answer in answers]
        known = self.walk_.house.simulator.telegram.presses

        def answered() -> bool:
            if all(known[press].answer is not None for press in presses if press in known):
                return True
            # A crash loses the answer to a tap, but neither the step nor the page.
            return self.walk_.stops != mark[1] and all(self.handled(a["update_id"]) for a in answers) and self.paid()

        await self.until(answered, mark, f"tap {buttons}")

    # --- texts ---

    async def number(self) -> None:
        await self.say(str(self.dice.randint(1, 9)))

    async def words(self) -> None:
        page = self.newest()
        labels = [button["text"] for row in rows(page) for button in row] if page else ["Menu"]
        label = self.dice.choice(labels)
        await self.say(self.dice.choice([label, label.upper(), f"{labels.index(label) + 1} {label}"]))

    async def value(self) -> None:
        await self.say(self.dice.choice(VALUES))

    async def free(self) -> None:
        await self.say(self.dice.choice(WORDS))

    async def hostile(self) -> None:
        await self.say(self.dice.choice(HOSTILE))

    async def command(self) -> None:
        names = [
            *COMMANDS,
            "questions",
            "nonsense",
            "",
            "START",
            "menu@certguide_bot",
            "cancel now",
            "q:close:1",
            "бот",
        ]
        await self.say(f"/{self.dice.choice(names)}")

    async def link(self) -> None:
        await self.say(f"/start {self.dice.choice(LINKS)}")

    async def say(self, text: str, reply_to: int = 0) -> None:
        """Write, and wait for a page below it."""
        self.note(f"says {text[:80]!r}" + f" in reply to {reply_to}" * bool(reply_to))
        mark = self.mark()
        said = await self.person.say(text, reply_to)
        self.updates += said["update_ids"]
        self.own += said["message_ids"]
        await self.below(max(said["message_ids"]), mark, f"text {text[:80]!r}")

    # --- misbehaviour ---

    async def send(self) -> None:
        """A sticker, a picture, a voice message …"""
        kind = self.dice.choice(sorted(MEDIA))
        await self.other(f"{kind} sent", message={kind: MEDIA[kind]})

    async def other(self, what: str, **update: Any) -> None:
        self.note(what)
        mark = self.mark()
        newest = max(self.messages(), default=0)
        sent = await self.person.send_update(**update)
        self.updates.append(sent["update_id"])
        await self.below(newest + 1, mark, what)

    async def edit(self) -> None:
        """Change an old message of his own."""
        own = [number for number in self.own if number in self.messages()]
        if not own:
            return await self.say("4")
        self.note("edits a message")
        mark, newest = self.mark(), max(self.messages())
        edited = await self.person.edit(self.dice.choice(own), self.dice.choice([*HOSTILE[:6], *VALUES]))
        self.updates.append(edited["update_id"])
        return await self.below(newest, mark, "message edited")

    async def delete(self) -> None:
        """Delete the page he is on; then go on by a text, or by a button further up."""
        page = self.newest()
        if page:
            self.note(f"deletes {page.message_id}")
            await self.person.delete(page.message_id)
        await (self.stale() if self.dice.random() < 0.5 else self.say("/progress"))

    async def clear(self) -> None:
        self.note("clears the history")
        await self.person.clear()
        await self.say("/menu")

    async def block(self) -> None:
        """Block the bot, perhaps with a word left behind to which it can't reply; then come back."""
        self.note("blocks")
        if self.dice.random() < 0.5:
            self.updates += (await self.person.say("/help"))["update_ids"]
        await self.person.block()
        await asyncio.sleep(self.dice.uniform(0, 0.05))
        await self.person.unblock()
        await self.say("/start")

    async def repeat(self) -> None:
        """Telegram delivers one of his last updates once more: no effect but a page shown again."""
        await self.calm()
        known = {update.id for update in self.walk_.house.simulator.telegram.updates.recent}
        old = [update for update in self.updates if update in known]
        if not old:
            return await self.say("/help")
        update = self.dice.choice(old)
        self.note(f"update {update} comes again")
        state = "select visit, debt, state from sellers where id = ?"
        before = self.walk_.ask(state, self.person.id)
        await self.walk_.house.repeat(update)
        updates = self.walk_.house.simulator.telegram.updates
        mark = self.mark()
        await self.until(lambda: not updates.repeats, None, f"update {update} repeated")
        fetched = updates.polled_at
        # Whoever asks for more has saved what he had.
        await self.until(lambda: updates.polled_at != fetched, mark, f"update {update} repeated")
        if (after := self.walk_.ask(state, self.person.id)) != before:
            self.walk_.figures.wrong.append(f"update {update} was handled twice: {before}, then {after}")
        return None

    async def stop(self) -> None:
        self.note("the bot is stopped")
        await asyncio.gather(self.tap(), self.walk_.interrupt("stop", self.dice.uniform(0, 0.03)))

    async def crash(self) -> None:
        self.note("the bot crashes")
        await asyncio.gather(self.tap(), self.walk_.interrupt("crash", self.dice.uniform(0, 0.03)))

    # --- the operator ---

    async def questions(self) -> None:
        await self.say("/questions")

    async def reply(self) -> None:
        """Write under one of the questions, or under the request for an answer."""
        listed = [m.message_id for m in self.of_bot()[-20:] if m.text.startswith("#")]
        text = self.dice.choice([*WORDS, *HOSTILE, "/cancel"])
        await (self.say(text, self.dice.choice(listed)) if listed else self.say("/questions"))

    # --- seeing ---

    def messages(self) -> dict[int, Message]:
        return self.walk_.house.simulator.telegram.chats[self.person.id].messages

    def of_bot(self) -> list[Message]:
        return [message for message in self.messages().values() if message.from_bot]

    def newest(self) -> Message | None:
        """The newest message with buttons."""
        return next((message for message in reversed(self.of_bot()) if message.inline_keyboard), None)

    def handled(self, update: int) -> bool:
        return bool(self.walk_.ask("select 1 from handled where update_id = ?", update))

    def paid(self) -> bool:
        query = "select debt <= paid or away is not null from sellers where id = ?"
        return self.walk_.ask(query, self.person.id) in ((1,), ())

    def waits(self) -> bool:
        """Whether something of his has not been saved yet."""
        queue = self.walk_.house.simulator.telegram.updates.queue
        return any(update.content["from"]["id"] == self.person.id for update in queue)

    async def calm(self) -> None:
        """Wait until all he did is saved and he is owed nothing."""
        await self.until(lambda: not self.waits() and self.paid(), None, "a page that is owed")

    async def below(self, number: int, mark: tuple[float, int], what: str) -> None:
        """Wait for a message of the bot's under that one."""
        messages = self.messages()

        def shown() -> bool:
            younger = itertools.takewhile(lambda message: message.message_id > number, reversed(messages.values()))
            return any(message.from_bot for message in younger)

        await self.until(shown, mark, what)

    def mark(self) -> tuple[float, int]:
        """When an act began, and how often the bot had been stopped by then."""
        return time.monotonic(), self.walk_.stops

    async def until(self, done: Callable[[], bool], mark: tuple[float, int] | None, what: str) -> None:
        """Wait for an answer, and note how long it took; without a mark it is no act of its own."""
        begun = mark[0] if mark else time.monotonic()
        while not done():
            if time.monotonic() - begun > DEADLINE:
                self.walk_.figures.silent.append(f"{self.name}: {what}")
                return
            await asyncio.sleep(LOOK)
        if mark:
            figures = self.walk_.figures
            kept = figures.latencies if mark[1] == self.walk_.stops else figures.restarted
            kept.append((time.monotonic() - begun) * 1000)

    def note(self, what: str) -> None:
        self.walk_.recent.append(f"  {self.name} {what}")


def rows(message: Message) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = (message.inline_keyboard or {}).get("inline_keyboard", [])
    return found


def main() -> int:
    """Walk, and print the figures."""
    parser = argparse.ArgumentParser(description="Pretend people who do anything at all.")
    parser.add_argument("--acts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(Path(folder), given.seed)
        figures = asyncio.run(walk.go(given.acts))
    print("\n".join(figures.lines()))
    if figures.silent or figures.wrong:
        print(walk.complaint())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
