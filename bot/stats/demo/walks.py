"""How pretend people walk through the real dialogue: one act at a time, each kept as the bot keeps it."""

from collections.abc import Callable

from bot.stats.demo.people import Person
from bot.stats.demo.world import World
from bot.store import Guest, questions, sellers
from dialogs import Seller
from dialogs.topic import Choice, Page

USUAL = 560
"""Characters of a page of usual length."""
PACE = 22
"""Characters read in a second."""
STRANGE = 1.35
"""How much sooner people leave who are not answered in the language of their Telegram."""
FULL = 5
"""Pages of a topic after which people feel ready for its quiz."""

ASIDE = {
    "back": 0.06,
    "home": 0.05,
    "lang": 0.02,
    "more": 0.3,
    "over": 0.2,
    "plain": 0.02,
    "read": 0.12,
    "speak": 0.1,
    "stored": 0.1,
    "term": 0.05,
}
"""How likely some choices are, by the first part of their ids; 1 is the first of a page's own choices."""
AGAIN = 0.12
"""The same for a page or topic somebody has seen already."""

Act = Callable[[Guest], object]
"""What an update does to a seller."""


class Walk:
    """One person in his conversation."""

    def __init__(self, person: Person, world: World) -> None:
        self.person = person
        self.guest = Guest(Seller(person.id), who=person.who, new=True)
        self._world = world
        self._chance = person.chance
        self._here = self._away = False
        self._reminded = False
        self._plan: list[tuple[Act, bool]] = []
        """What he has in mind to do next, and whether by writing."""

    # Coming and going

    def come(self, now: float, link: str = "") -> None:
        """He is here, by a link or by himself, unless he is here already or has blocked the bot for good."""
        if self._here or (self._away and self._chance.random() > 0.05):
            return
        self._here, self._away, self._reminded = True, False, False
        link = link or (self.person.campaign.link if self.guest.new else "")
        if link or self.guest.new:
            self._plan = [self._write(f"/start {link}".strip())]
        else:  # or by a button of the page that still stands there
            (plan,) = self._chance.choices(([], ["/start"], ["/menu"], ["/settings"]), (0.42, 0.4, 0.08, 0.1))
            self._plan = [self._write(command) for command in plan]
        self._go_on(now)

    def block(self, now: float) -> None:
        """He blocks the bot."""
        self._away = True
        sellers.gone(self._world.db, self.person.id, now)

    def lose(self) -> None:
        """The bot has found out that he is not there any more."""
        self._away = True

    def decline_news(self, broadcast: int, now: float) -> None:
        """He presses the button under a broadcast that ends news."""
        if self._away:
            return
        self._world.conversation.settle(self.guest.seller)
        self._world.conversation.decline_news(self.guest.seller, str(broadcast))
        sellers.save(self._world.db, self.guest, now)

    def _go_on(self, now: float) -> None:
        """One act, and when the next will be; or he leaves."""
        if not self._plan and not self._away:
            self._decide()
        if self._away or not self._plan:
            self._leave(now)
            return
        act, below = self._plan.pop(0)
        self._take(act, below, now)
        read = self._length / PACE * self._chance.lognormvariate(0, 0.6)
        self._world.timeline.at(now + 2 + read, self._go_on)

    def _leave(self, now: float) -> None:
        self._here = False
        self._plan.clear()
        if not self._away and self._chance.random() < self.person.kind.leaves:
            self.block(now)

    def _take(self, act: Act, below: bool, now: float) -> None:
        """One update, and the page that answers it, as `Desk` and `Speaker` do it."""
        db, guest, conversation = self._world.db, self.guest, self._world.conversation
        if guest.new:
            conversation.greet(guest.seller, self.person.place.code)
        conversation.settle(guest.seller)
        page, guest.question = guest.seller.state, ""
        act(guest)
        guest.debt += 1
        sellers.save(db, guest, now, below=below)
        if guest.question:
            questions.ask(db, guest.seller.id, guest.question, guest.seller.lang, page, now)
        # Where he taps, his page changes in place; below what he wrote a new message comes after his.
        guest.message = guest.message + 2 if below or not guest.message else guest.message
        guest.paid = guest.debt
        sellers.spoken(db, guest.seller.id, guest.debt, guest.message)

    # Deciding

    @property
    def _page(self) -> Page:
        return self._world.conversation.page(self.guest.seller)

    def _decide(self) -> None:
        """What he does on the page he has read; nothing when he leaves."""
        page = self._page
        if self._reminded or self._chance.random() < self._tired(page):
            self._part()
        elif page.typed and page.typed.kind == "number":
            self._plan = [self._write(self._number())]
        elif self._chance.random() < self.person.kind.asks:
            self._plan = [self._write(self._question())]
        else:
            self._choose(page)

    def _tired(self, page: Page) -> float:
        """How likely he leaves here."""
        if page.end:
            return 0.1 if self.guest.seller.news_asked == self.guest.seller.visit else 0.35
        strange = 1 if self._spoken_to else STRANGE
        tires = self._world.natures[page.name].tires * self._length / USUAL
        leaves = (1 - self.person.kind.stays) * strange * tires
        return min(0.9, leaves / self.person.campaign.stays)

    @property
    def _length(self) -> float:
        """Characters of his page, as far as they decide about him; some have only what is said about an answer."""
        return max(len(self._page.text), USUAL / 2)

    @property
    def _spoken_to(self) -> bool:
        """Whether he is answered in the language of his Telegram, or nearly."""
        return self.person.place.code[:2] == self.guest.seller.lang[:2]

    def _part(self) -> None:
        """Before he leaves he may ask to be reminded of what he is in the middle of."""
        if self.guest.seller.topic and not self._reminded and self._chance.random() < 0.05:
            self._reminded = True
            self._plan = [self._write("/progress"), self._tap("remind")]

    def _number(self) -> str:
        if self._chance.random() < 0.2:
            return self._chance.choice(("a few", "not many", "几个", "不多"))
        return str(int(self._chance.lognormvariate(1.6, 1.1)) + 1)

    def _question(self) -> str:
        """One of the questions people ask, the first ones more often, in one of its wordings."""
        sayings = self._world.sayings
        (asked,) = self._chance.choices(sayings, [1 / (2 + place) for place in range(len(sayings))])
        return self._chance.choice(asked["zh_Hans" if self.guest.seller.lang == "zh_Hans" else "en"])

    def _choose(self, page: Page) -> None:
        """One of the buttons, tapped or by its number; and what follows from having wanted it."""
        open_ = list(self._world.conversation.choices(self.guest.seller))
        weights = [self._weight(page, choice, place) for place, choice in enumerate(open_)]
        (choice,) = self._chance.choices(open_, weights)
        if self._chance.random() < 0.05 and not page.typed:
            self._plan = [self._write(str(open_.index(choice) + 1))]
        else:
            self._plan = [self._tap(choice.id)]
        if choice.id == "news-on" and self._chance.random() < 0.5:  # when may it come?
            self._plan += [self._write("/settings"), self._tap("zone"), self._tap(self.person.place.zone)]

    def _weight(self, page: Page, choice: Choice, place: int) -> float:
        """How much a choice draws him; `place` counts from 0."""
        first = choice.id.partition(".")[0].partition("-")[0]
        if page.right and choice.remember:
            return self._rightly(page, choice, place)
        if first == "helpful":
            helps, rates = self._world.natures[page.name].helps, self.person.kind.rates
            return 6 * rates * (helps if choice.id == "helpful-yes" else 1 - helps)
        if first == "news":
            return 6 if choice.id == "news-on" else 1.5 if page.end else 0.1
        if first in ASIDE:
            return ASIDE[first]
        weight = 1 / (1 + place / 2)
        if choice.to == f"{page.topic}.end" or choice.to.endswith(".q1"):
            return weight * self._ready(page.topic, quiz=choice.id == "quiz")
        seen = choice.to in self.guest.seller.seen or choice.to in self.guest.seller.paths
        return weight * AGAIN if seen else weight

    def _rightly(self, page: Page, choice: Choice, place: int) -> float:
        """How likely this answer to a question is."""
        nature = self._world.natures[page.name]
        right = min(0.97, max(0.1, self.person.kind.knows - nature.hard))
        if choice.id == page.right:
            return right
        return (1 - right) * (2 if place % 2 == nature.tempts else 1) / 2

    def _ready(self, topic: str, *, quiz: bool) -> float:
        """How ready he feels for the end of a topic, or rather for its quiz."""
        read = len(self.guest.seller.paths.get(topic, ()))
        return min(1.0, read / FULL) * (3.0 if quiz else 0.6)

    # What can be done

    def _tap(self, choice: str) -> tuple[Act, bool]:
        conversation = self._world.conversation
        return (lambda guest: conversation.step(guest.seller, choice)), False

    def _write(self, text: str) -> tuple[Act, bool]:
        """A command, a number, a question."""

        def act(guest: Guest) -> None:
            self._world.conversation.hear(guest.seller, text)
            if any(event.kind == "unclear" for event in guest.seller.trail):
                guest.question = text

        return act, True
