"""Random walks through the real content: whatever people do, in whatever order, these things stand."""

import random
import re
from dataclasses import asdict
from functools import cache

import pytest

from dialogs import COMMANDS, HERE, Conversation, Event, Part, Reply, Seller, choices, limits, show, values
from dialogs import link as links
from dialogs.choices import CLOSEST, LINKED, MENU, RESUME
from dialogs.markup import plain, units
from dialogs.progress import steps, unfinished, weight
from dialogs.seller import WELCOME
from tests.dialogs.library import TODAY, twin

WALKS, ACTS = 300, 40
PAUSE = 8
"""Acts between two looks at where somebody is."""
CODES = ("en", "zh-hans")
VALUES = {
    "number": ("1", "12", "50", "about 7 people", "约12人", "-3", "many", ""),
    "zone": ("UTC+8", "shanghai", "GMT-3", "UTC+99", "half past nine", ""),
}
RUBBISH = ("?", "hm", "**bold**", "{people}", "/", "0", "99", "你好", "back and forth", "🙂", "a" * 4000)
QUESTIONS = (
    *("is this offer a trick?", "CCAA", "who is a registered auditor", "do I need ISO 9001", "how to check an entry"),
    *("对方是不是在忽悠我？", "CCAA是什么", "内审员证书有用吗", "我需要ISO 14001吗", "怎样核实注册"),
)
TOPICS = sorted(path.stem for path in (HERE / "topics").glob("*.toml") if path.stem != "home")
LINKS = (
    *TOPICS,
    *(
        "benefits--zh_Hans",
        "iso14001--en--fair",
        "certification----fair",
        "--zh-hant",
        "----fair",
    ),
    *("nonsense", "home", "auditors--en--fair--more", "*bold*", "\u202eauditors", "a" * 65),
)
ASIDE = ("page.", "term.", "read", "helpful-", "news-", "lang.", "plain-", "speak", "zone", "stored", "home")
"""Choices that leave a place in a topic as it is."""


read = cache(plain)
"""A page is read once; its text does not change."""


def _revived(seller: Seller) -> Seller:
    """The seller after a night as plain data."""
    plain_data = asdict(seller)
    plain_data["trail"] = [Event(**event) for event in plain_data["trail"]]
    return Seller(**plain_data)


class Walker:
    """Somebody who does anything, and looks closely at what he is shown; every other one is keen to get on."""

    def __init__(self, conversation: Conversation, code: str, seed: int) -> None:
        self.conversation = conversation
        self.chance = random.Random(seed)
        self.seller = Seller(seed)
        self.aside = False
        self.notes: set[str] = set()
        self.keen = seed % 2 == 1
        conversation.greet(self.seller, code)
        self.reply = self.look()

    def walk(self, acts: int) -> None:
        """Do that many things one after another."""
        acts_ = (
            self.tap,
            self.number,
            self.words,
            self.back,
            self.command,
            self.rubbish,
            self.ask,
            self.stale,
            self.link,
        )
        weights = (48, 8, 8, 4, 2, 1, 1, 1, 1) if self.keen else (12, 4, 4, 4, 2, 1, 2, 1, 1)
        for _ in range(acts):
            before = twin(self.seller)
            self.aside = self.chance.choices(acts_, weights)[0]()
            self.reply = self.look()
            self.notes.add(self.seller.note)
            self.compare(before)
            self.seller = _revived(self.seller)
            self.seller.trail.clear()
            assert show(self.conversation, self.seller, TODAY) == self.reply

    # What he can do; each tells whether it leaves his place in a topic as it is

    def tap(self) -> bool:
        """Any button; every one of them works."""
        own = [button for button in self.reply.buttons if button.part is Part.OWN]
        button = self.chance.choice(own if own and self.keen else self.reply.buttons)
        assert self.conversation.step(self.seller, button.id), f"{button.id} on {self.seller.state}"
        return button.id.startswith(ASIDE)

    def number(self) -> bool:
        """The number of a button, or a value."""
        typed = self.conversation.page(self.seller).typed
        if typed and self.chance.random() < 0.2:
            return self.rubbish()
        if typed and (typed.kind == "number" or self.chance.random() < 0.5):
            text = self.chance.choice(VALUES[typed.kind])
            assert self.conversation.type(self.seller, text) == (values.parse(text, typed) is not None)
            return False
        number = self.chance.randrange(len(self.reply.buttons))
        assert self.conversation.type(self.seller, f"{number + 1}")
        return self.reply.buttons[number].id.startswith(ASIDE)

    def words(self) -> bool:
        """The words of a button, as they stand there."""
        button = self.chance.choice(self.reply.buttons)
        assert self.conversation.type(self.seller, button.label), f"{button.label} on {self.seller.state}"
        return button.id.startswith(ASIDE)

    def back(self) -> bool:
        """Back always leads to the page before."""
        history, before = list(self.seller.history), twin(self.seller)
        if self.conversation.step(self.seller, "back"):
            assert self.seller.state == history[-1]
            assert self.seller.history == history[:-1]
        else:
            assert not history
            assert self.seller == before
        return False

    def command(self) -> bool:
        """A command."""
        assert self.conversation.command(self.seller, self.chance.choice(COMMANDS))
        assert self.seller.misses == 0
        return True

    def stale(self) -> bool:
        """A button from long ago."""
        before = twin(self.seller)
        choice = self.chance.choice(("was-here", "term.gone", "lang.xx", "helpful-maybe", "open.gone", "page.gone"))
        assert not self.conversation.step(self.seller, choice)
        assert self.seller == before
        return True

    def rubbish(self) -> bool:
        """Something that means nothing here, once or several times."""
        for _ in range(self.chance.choice((1, 1, 4))):
            self.miss(self.chance.choice(RUBBISH))
        return True

    def ask(self) -> bool:
        """A question in free text."""
        self.miss(self.chance.choice(QUESTIONS))
        return True

    def miss(self, text: str) -> None:
        """He writes what is no answer."""
        before, typed = twin(self.seller), self.conversation.page(self.seller).typed
        buttons = self.conversation.labels(self.seller)
        if choices.named(text, buttons) or (typed and values.parse(text, typed) is not None):
            return  # here it means something
        assert not self.conversation.type(self.seller, text)
        after = self.seller
        assert after.misses == before.misses + 1
        assert after.state in (before.state, CLOSEST, MENU)
        assert after.state != CLOSEST or (after.offered and after.misses == 1)
        assert after.trail[len(before.trail)].kind in ("unclear", "mistyped")
        if before.misses:
            assert (after.state, after.note) != (before.state, before.note), "the same twice running"
            assert after.note != before.note or not after.note
        if after.misses > 2 and not typed:
            assert self.conversation.contact in show(self.conversation, after, TODAY).text or before.misses % 2

    def link(self) -> bool:
        """He comes by a link."""
        payload, before = self.chance.choice(LINKS), twin(self.seller)
        assert self.conversation.command(self.seller, "start", payload)
        events = [event for event in self.seller.trail if event.kind == "link"]
        assert len(events) == 1
        parsed = links.parse(payload)
        topic = self.conversation.content.topics.get(parsed.topic) if parsed else None
        if parsed and not parsed.topic:
            assert self.seller.state == (RESUME if before.topic else WELCOME)
        elif topic is None or not topic.listed:
            assert (self.seller.state, self.seller.note) == (MENU, "unknown-link")
        elif before.topic and before.topic != topic.id:
            assert self.seller.state == LINKED
            assert {"continue", f"open.{topic.id}", "home"} <= set(self.conversation.labels(self.seller))
        else:
            assert self.seller.state == (RESUME if before.topic else topic.start)
        assert self.seller.lang == before.lang or (parsed and parsed.lang and not before.lang_chosen)
        return True

    # What must stand

    def look(self) -> Reply:
        """The page he is on, and what is true of every page."""
        seller, reply = self.seller, show(self.conversation, self.seller, TODAY)
        assert reply.page == seller.state
        text, sources = read(reply.text), read(reply.sources)
        assert text
        assert units(f"{text}\n\n{sources}") <= limits.MESSAGE
        assert re.findall(r"\{[a-z_-]+\}|\*\*|\\", text + sources) == [], f"{seller.state}: {text}"
        assert bool(sources) == bool(self.conversation.page(seller).evidence)
        self.look_at_buttons(reply)
        page = self.conversation.page(seller)
        if page.topic in seller.paths:
            step, steps = self.steps(seller, seller.state)
            assert 1 <= step <= steps
        assert bool(seller.topic) == any(unfinished(seller, topic, self.conversation.pages) for topic in seller.paths)
        assert not seller.topic or unfinished(seller, seller.topic, self.conversation.pages)
        return reply

    def look_at_buttons(self, reply: Reply) -> None:
        """They fit Telegram, can be told apart, and lead away from here."""
        ids = [button.id for button in reply.buttons]
        labels = [button.label for button in reply.buttons]
        assert ids
        assert len(set(ids)) == len(ids)
        assert len(set(labels)) == len(labels)
        assert all(labels)
        assert all(len(f"{self.seller.visit}:{id_}".encode()) <= limits.CALLBACK_BYTES for id_ in ids)
        assert ("home" in ids) == (self.seller.state != MENU)
        assert ("back" in ids) == bool(self.seller.history)
        if self.seller.answers.get("home.plain") == "on":
            assert all(label.startswith(f"{number} ") for number, label in enumerate(labels, 1))
        parts = [button.part for button in reply.buttons]
        assert parts == sorted(parts, key=list(Part).index)

    def steps(self, seller: Seller, page: str) -> tuple[int, int]:
        """As they are told on that page."""
        topic = self.conversation.pages[page].topic
        return steps(seller, topic, self.conversation.pages, self.conversation.longest, page)

    def compare(self, before: Seller) -> None:
        """What is true between one page and the next."""
        after = self.seller
        assert after.visit >= before.visit
        assert (after.visit > before.visit) == (after.state != before.state or _moved(after))
        assert after.seen >= before.seen
        assert after.finished >= before.finished
        assert set(after.paths) >= set(before.paths)
        assert set(after.answers) >= set(before.answers)
        if before.topic and self.aside:
            assert after.topic, f"his place in {before.topic} is lost from {before.state} to {after.state}"
            assert after.paths[before.topic] == before.paths[before.topic]
        if self.went_on(before):
            step, _ = self.steps(before, before.state)
            assert self.steps(after, after.state)[0] >= step, f"{before.state} to {after.state}"

    def went_on(self, before: Seller) -> bool:
        """Whether this was a move forward inside a topic, to a page he had not passed already on his way."""
        pages, here = self.conversation.pages, self.seller.state
        topic = pages[before.state].topic
        if topic != pages[here].topic or topic not in before.paths or here in before.paths[topic]:
            return False
        arrived = any(event.kind == "arrived" and event.page == here for event in self.seller.trail)
        return arrived and here in pages[before.state].ways


def _moved(seller: Seller) -> bool:
    kinds = {event.kind for event in seller.trail}
    return bool(kinds & {"arrived", "back", "continued", "shown", "moved"})


def stops(conversation: Conversation, code: str) -> list[Seller]:
    """Where people are every few acts of every walk."""
    return walks(conversation, code)[0]


@cache
def walks(conversation: Conversation, code: str) -> tuple[list[Seller], set[str]]:
    """Where people are every few acts of every walk, and every note they have read."""
    found, notes = [], set[str]()
    for seed in range(WALKS):
        walker = Walker(conversation, code, seed)
        for _ in range(ACTS // PAUSE):
            try:
                walker.walk(PAUSE)
            except AssertionError as error:
                error.add_note(f"walk {seed} in {code}, on {walker.seller.state}")
                raise
            found.append(twin(walker.seller))
        notes |= walker.notes
    return found, notes


@pytest.mark.parametrize("code", CODES)
def test_whatever_people_do_these_things_stand(consultant: Conversation, code: str) -> None:
    finished = {topic for seller in stops(consultant, code) for topic in seller.finished}
    assert finished == {topic.id for topic in consultant.content.topics.values() if topic.listed}


@pytest.mark.parametrize("code", CODES)
def test_wherever_somebody_stops_he_can_go_on(consultant: Conversation, code: str) -> None:
    unfinished_ones = [seller for seller in twin(stops(consultant, code)) if seller.topic]
    assert len(unfinished_ones) > WALKS
    for seller in unfinished_ones:
        place, answers = seller.paths[seller.topic][-1], dict(seller.answers)
        assert consultant.command(seller, "menu")
        assert seller.state == MENU
        if f"open.{seller.topic}" not in consultant.labels(seller):
            assert consultant.step(seller, "more")
        assert consultant.step(seller, f"open.{seller.topic}")
        assert seller.state == RESUME
        assert consultant.type(seller, consultant.labels(seller)["continue"])
        assert (seller.state, seller.answers) == (place, answers)
        assert consultant.command(seller, "start")
        assert consultant.step(seller, "continue")
        assert seller.state == place


@pytest.mark.parametrize("code", CODES)
def test_start_offers_to_go_on_whenever_somebody_was_in_a_middle(consultant: Conversation, code: str) -> None:
    for seller in twin(stops(consultant, code)):
        middle = any(unfinished(seller, topic, consultant.pages) for topic in seller.paths)
        assert consultant.command(seller, "start")
        assert seller.state == (RESUME if middle else WELCOME)
        assert ("continue" in consultant.labels(seller)) == middle


@pytest.mark.parametrize("code", CODES)
def test_people_come_by_everything_there_is(consultant: Conversation, code: str) -> None:
    people = stops(consultant, code)
    assert {CLOSEST, LINKED, RESUME, "home.settings"} <= {seller.state for seller in people}
    assert {"on", "off"} <= {seller.answers.get("home.plain") for seller in people}
    assert {"on", "off"} <= {seller.answers.get("home.news") for seller in people}
    assert len({seller.answers.get("home.zone") for seller in people}) > 3
    assert walks(consultant, code)[1] >= {
        *("", "typed-error", "typed-again", "unclear", "unclear-menu", "unclear-contact"),
        *("thanks", "unknown-link"),
    }


@pytest.mark.parametrize("code", CODES)
def test_wherever_somebody_is_cancel_leads_home(consultant: Conversation, code: str) -> None:
    for seller in twin(stops(consultant, code)):
        assert consultant.command(seller, "cancel")
        assert (seller.state, seller.note) == (MENU, "")


@pytest.mark.parametrize("topic", TOPICS)
def test_whoever_only_goes_on_comes_to_the_end_in_as_many_steps_as_he_was_told(
    consultant: Conversation, topic: str
) -> None:
    for seed in range(30):
        walker = Walker(consultant, "en", seed)
        consultant.step(walker.seller, "begin")
        assert consultant.command(walker.seller, "start", topic)
        told = walker.steps(walker.seller, walker.seller.state)[1]
        taken = 1
        while not consultant.page(walker.seller).end:
            page = consultant.page(walker.seller)
            inside = {way for way in page.ways if way.startswith(f"{topic}.")}
            ways = [choice.id for choice in consultant.choices(walker.seller) if choice.to in inside]
            if page.typed and walker.chance.random() < 0.8:
                assert consultant.type(walker.seller, walker.chance.choice(("1", "12", "50")))
            else:
                assert consultant.step(walker.seller, walker.chance.choice(ways))
            taken += weight(consultant.page(walker.seller))
            step, steps = walker.steps(walker.seller, walker.seller.state)
            assert step == taken
            assert steps <= told
        assert taken <= told
        assert topic in walker.seller.finished
