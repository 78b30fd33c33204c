"""Random walks through the real content: whatever people do, in whatever order, these things stand."""

import random
import re
from copy import deepcopy
from dataclasses import asdict
from functools import cache

import pytest

from dialogs import COMMANDS, Conversation, Event, Part, Reply, Seller, limits, show
from dialogs.conversation import MENU, RESUME
from dialogs.markup import plain, units
from dialogs.progress import steps, unfinished, weight
from tests.dialogs.library import TODAY

WALKS, ACTS = 150, 40
PAUSE = 8
"""Acts between two looks at where somebody is."""
CODES = ("en", "zh-hans")
VALUES = ("1", "12", "50", "about 7 people", "约12人", "-3", "many", "")
RUBBISH = ("?", "hm", "**bold**", "{people}", "/", "0", "99", "你好", "back and forth", "🙂", "a" * 4000)


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
        self.keen = seed % 2 == 1
        conversation.greet(self.seller, code)
        self.reply = self.look()

    def walk(self, acts: int) -> None:
        """Do that many things one after another."""
        for _ in range(acts):
            before = deepcopy(self.seller)
            acts_ = (self.tap, self.number, self.words, self.back, self.other)
            self.chance.choices(acts_, (12, 2, 2, 1, 1) if self.keen else (3, 1, 1, 1, 1))[0]()
            self.reply = self.look()
            self.compare(before)
            self.seller = _revived(self.seller)
            self.seller.trail.clear()
            assert show(self.conversation, self.seller, TODAY) == self.reply

    # What he can do

    def tap(self) -> None:
        """Any button; every one of them works."""
        own = [button for button in self.reply.buttons if button.part is Part.OWN]
        button = self.chance.choice(own if own and self.keen else self.reply.buttons)
        assert self.conversation.step(self.seller, button.id), f"{button.id} on {self.seller.state}"

    def number(self) -> None:
        """The number of a button, or a value."""
        if self.conversation.page(self.seller).typed:
            self.conversation.type(self.seller, self.chance.choice(VALUES))
        else:
            number = self.chance.randrange(len(self.reply.buttons)) + 1
            assert self.conversation.type(self.seller, str(number))

    def words(self) -> None:
        """The words of a button."""
        label = self.chance.choice(self.reply.buttons).label
        assert self.conversation.type(self.seller, label), f"{label} on {self.seller.state}"

    def back(self) -> None:
        """Back always leads to the page before."""
        history, before = list(self.seller.history), deepcopy(self.seller)
        if self.conversation.step(self.seller, "back"):
            assert self.seller.state == history[-1]
            assert self.seller.history == history[:-1]
        else:
            assert not history
            assert self.seller == before

    def other(self) -> None:
        """A command, rubbish, or a button from long ago."""
        if self.chance.random() < 0.5:
            assert self.conversation.command(self.seller, self.chance.choice(COMMANDS))
        elif self.chance.random() < 0.5:
            before = deepcopy(self.seller)
            text = self.chance.choice(RUBBISH)
            assert not self.conversation.type(self.seller, text)
            assert (self.seller.state, self.seller.visit) == (before.state, before.visit)
        else:
            before = deepcopy(self.seller)
            assert not self.conversation.step(self.seller, self.chance.choice(("was-here", "term.gone", "lang.xx")))
            assert self.seller == before

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


@cache
def stops(conversation: Conversation, code: str) -> list[Seller]:
    """Where people are every few acts of every walk."""
    found = []
    for seed in range(WALKS):
        walker = Walker(conversation, code, seed)
        for _ in range(ACTS // PAUSE):
            try:
                walker.walk(PAUSE)
            except AssertionError as error:
                error.add_note(f"walk {seed} in {code}, on {walker.seller.state}")
                raise
            found.append(deepcopy(walker.seller))
    return found


@pytest.mark.parametrize("code", CODES)
def test_whatever_people_do_these_things_stand(consultant: Conversation, code: str) -> None:
    finished = {topic for seller in stops(consultant, code) for topic in seller.finished}
    assert finished == {topic.id for topic in consultant.content.topics.values() if topic.listed}


@pytest.mark.parametrize("code", CODES)
def test_wherever_somebody_stops_he_can_go_on(consultant: Conversation, code: str) -> None:
    unfinished_ones = [seller for seller in deepcopy(stops(consultant, code)) if seller.topic]
    assert len(unfinished_ones) > WALKS
    for seller in unfinished_ones:
        place, answers = seller.paths[seller.topic][-1], dict(seller.answers)
        assert consultant.command(seller, "menu")
        assert seller.state == MENU
        assert consultant.step(seller, f"open.{seller.topic}")
        assert seller.state == RESUME
        assert consultant.type(seller, consultant.labels(seller)["continue"])
        assert (seller.state, seller.answers) == (place, answers)
        assert consultant.command(seller, "start")
        assert consultant.step(seller, "continue")
        assert seller.state == place


@pytest.mark.parametrize("code", CODES)
def test_wherever_somebody_is_cancel_leads_home(consultant: Conversation, code: str) -> None:
    for seller in deepcopy(stops(consultant, code)):
        assert consultant.command(seller, "cancel")
        assert (seller.state, seller.note) == (MENU, "")


@pytest.mark.parametrize("topic", ["auditors", "benefits", "certification", "iso14001", "iso9001"])
def test_whoever_only_goes_on_comes_to_the_end_in_as_many_steps_as_he_was_told(
    consultant: Conversation, topic: str
) -> None:
    for seed in range(30):
        walker = Walker(consultant, "en", seed)
        consultant.step(walker.seller, "begin")
        consultant.step(walker.seller, f"open.{topic}")
        told = walker.steps(walker.seller, walker.seller.state)[1]
        taken = 1
        while not consultant.page(walker.seller).end:
            page = consultant.page(walker.seller)
            ways = [choice.id for choice in consultant.choices(walker.seller) if choice.to in page.ways]
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
