"""How a consultation moves: one shared machine over all pages, and what is open to a seller where he is."""

import logging
from collections.abc import Iterator
from typing import Any, cast

from transitions import EventData, Machine, MachineError

from dialogs import progress, values
from dialogs.guards import GUARDS
from dialogs.reader import GLOSSARY, HOME, Content
from dialogs.seller import HISTORY, WELCOME, Event, Seller
from dialogs.topic import Choice, Page, Topic
from dialogs.voice import SOURCE, Voice, Voices

# Each step is an INFO line to transitions; ours are in the trail.
logging.getLogger("transitions").setLevel(logging.ERROR)

COMMANDS = ("start", "menu", "progress", "language", "help", "cancel", "privacy")
"""What a seller can write, without the slash."""

MENU = f"{HOME}.menu"
RESUME = f"{HOME}.resume"
LANGUAGE = f"{HOME}.language"


class Conversation:
    """The dialogue; it keeps no seller, each call is given one."""

    def __init__(self, content: Content, voices: Voices, contact: str = "") -> None:
        self.content = content
        self.voices = voices
        self.contact = contact
        self.pages = content.pages
        self._page_voices: dict[tuple[str, str], Voice] = {}
        self.longest = progress.steps_to_end(content)
        self.machine = self._build()

    def page(self, seller: Seller) -> Page:
        """The page the seller is on."""
        return self.pages[seller.state]

    def voice(self, seller: Seller) -> Voice:
        """His language."""
        return self.voices.of(seller.lang)

    def page_voice(self, seller: Seller) -> Voice:
        """The language his page is shown in: English where any part of it is not translated or in doubt."""
        key = (seller.state, seller.lang)
        if key not in self._page_voices:
            voice = self.voice(seller)
            whole = all(map(voice.knows, self.page(seller).sentences()))
            self._page_voices[key] = voice if whole else self.voices.of(SOURCE)
        return self._page_voices[key]

    def title(self, seller: Seller, topic: Topic) -> str:
        """The topic's name in his language."""
        return self.voice(seller).label(f"{topic.id}.title", topic.title)

    def labels(self, seller: Seller) -> dict[str, str]:
        """The words on the buttons of his page, by choice, in their order."""
        own, shown = self.voice(seller), self.page_voice(seller)
        words = {}
        for choice in self.choices(seller):
            on_page = choice.context.startswith(f"{seller.state}.")
            words[choice.id] = self._label(choice, shown if on_page else own)
        return words

    def greet(self, seller: Seller, code: str) -> None:
        """Begin with a new seller in the language of his Telegram."""
        seller.lang, other_script = self.voices.choose(code)
        seller.note = "other-script" if other_script else ""
        self._arrive(seller, "", kind="greeted")

    def settle(self, seller: Seller) -> None:
        """Bring somebody whose page is no longer there to the nearest one: his topic's start, or the menu."""
        seller.paths = {
            topic: [name for name in path if name in self.pages]
            for topic, path in seller.paths.items()
            if any(name in self.pages for name in path)
        }
        if seller.topic not in seller.paths:
            seller.topic = progress.place(seller, self.pages)
        # Without a topic to go on with, the page that offers to go on has nothing to say.
        there = self.pages.keys() - (set() if seller.topic else {RESUME})
        seller.history = [name for name in seller.history if name in there]
        if seller.state not in there:
            topic = self.content.topics.get(seller.state.partition(".")[0])
            self.machine.set_state(topic.start if topic and topic.listed else MENU, model=seller)
            seller.note = "moved"
            self._arrive(seller, seller.state, kind="moved")

    def step(self, seller: Seller, choice: str) -> bool:
        """Make a choice; False when it leads nowhere from his page, and then nothing has changed."""
        before = seller.note
        seller.note = ""
        if choice == "back":
            moved = self._back(seller)
        elif choice == "continue":
            moved = self._continue(seller)
        elif choice.startswith("lang."):
            moved = self._speak(seller, choice.removeprefix("lang."))
        else:
            moved = self._fire(seller, choice)
        if not moved:
            seller.note = before
        return moved

    def command(self, seller: Seller, name: str) -> bool:
        """Do what a command says, on whatever page he is; False when there is none of that name."""
        if name not in COMMANDS:
            seller.note = "unknown-command"
            return False
        if name == "start" and any(event.kind == "greeted" for event in seller.trail):
            return True  # greeted in this very step: what /start shows is where he is, with the greeting's note
        seller.note = ""
        if name == "start" and seller.topic:
            return self._fire(seller, "resume")
        return self._fire(seller, "home" if name in ("menu", "cancel") else name)

    def type(self, seller: Seller, text: str) -> bool:
        """Take what he wrote: a button's number or words, or a value; False when it is none of them."""
        page = self.page(seller)
        chosen = _meant(text, self.labels(seller), by_number=page.typed is None)
        if chosen:
            return self.step(seller, chosen)
        number = values.parse_number(text, page.typed) if page.typed else None
        if number is None:
            seller.note = "typed-error" if page.typed else "unclear"
            self._record(seller, "unclear")
            return False
        self._remember(seller, page, str(number))
        return self.step(seller, "typed")

    def choices(self, seller: Seller) -> Iterator[Choice]:
        """What is open to him on his page, in the order of the buttons."""
        page = self.page(seller)
        for choice in page.choices:
            if choice.id != f"lang.{seller.lang}" and (not choice.when or GUARDS[choice.when](seller)):
                yield choice
        for term in page.terms:
            name = f"{GLOSSARY}.{term}"
            yield Choice(f"term.{term}", self.content.terms[term], name, context=f"{name}.term")
        if page.read:
            yield Choice("read", "", page.read, context="phrase.read")
        if page.skip:
            yield Choice("skip", "", page.skip, context="phrase.skip")
        if seller.history:
            yield Choice("back", "", context="phrase.back")
        if seller.state != MENU:
            yield Choice("home", "", MENU, context="phrase.home")

    def _label(self, choice: Choice, voice: Voice) -> str:
        if choice.context.startswith("phrase."):
            return voice.button(choice.context.removeprefix("phrase."))
        label = voice.label(choice.context, choice.label) if choice.context else choice.label
        return voice.button("term", term=label) if choice.id.startswith("term.") else label

    # The machine

    def _build(self) -> Machine:
        machine = Machine(
            model=None,
            states=list(self.pages),
            initial=MENU,
            auto_transitions=False,
            send_event=True,
            queued=False,
            after_state_change=self._entered,
        )
        everywhere = {"home": MENU, "resume": RESUME, "start": WELCOME}
        everywhere |= {name: f"{HOME}.{name}" for name in COMMANDS if f"{HOME}.{name}" in self.pages}
        for event, to in everywhere.items():
            machine.add_transition(event, "*", to)
        for page in self.pages.values():
            for choice in _ways(page):
                self._connect(machine, page, choice)
        for topic in self.content.topics.values():
            if topic.listed:
                machine.add_transition("over", RESUME, topic.start, conditions=[_middle_of(topic.id)])
        return machine

    def _connect(self, machine: Machine, page: Page, choice: Choice) -> None:
        """The transitions of one choice. One that opens a topic leads to Continue when he is in its middle."""
        allowed = [_guard(choice.when)] if choice.when else []
        remember = [self._remembering(page, choice.remember)] if choice.remember else []
        if choice.to in self.pages:
            machine.add_transition(choice.id, page.name, choice.to, conditions=allowed, before=remember)
            return
        topic = self.content.topics[choice.to]
        middle = _in(topic.id, self.pages)
        machine.add_transition(
            choice.id,
            page.name,
            RESUME,
            conditions=[*allowed, middle],
            before=[*remember, _turn_to(topic.id)],
        )
        machine.add_transition(choice.id, page.name, topic.start, conditions=allowed, before=remember)

    def _fire(self, seller: Seller, event: str) -> bool:
        if event not in self.machine.events:
            return False
        try:
            return bool(self.machine.events[event].trigger(seller))
        except MachineError:  # it leads somewhere, but not from here
            return False

    def _entered(self, event: EventData) -> None:
        seller, transition = _seller(event), event.transition
        source, name = cast(str, transition.source), event.event.name  # type: ignore[union-attr]  # a move has both
        if seller.state == MENU:
            seller.history.clear()
        elif source != seller.state and (source, name) != (RESUME, "over"):  # what he started over can't be resumed
            seller.history.append(source)
            del seller.history[:-HISTORY]
        topic = self.content.topics[self.page(seller).topic]
        fresh = seller.state == topic.start
        # A term, or a page that tells more, is shown by the way: his place in the topic stays as it is.
        self._arrive(seller, source, fresh=fresh, aside=name == "read" or name.startswith("term."))

    # Moves whose target is found at the moment

    def _back(self, seller: Seller) -> bool:
        if not seller.history:
            return False
        source = seller.state
        self.machine.set_state(seller.history.pop(), model=seller)
        self._arrive(seller, source, kind="back")
        return True

    def _continue(self, seller: Seller) -> bool:
        if not seller.topic or all(choice.id != "continue" for choice in self.choices(seller)):
            return False
        *before, last = seller.paths[seller.topic]
        seller.history = [MENU, *before][-HISTORY:]
        self.machine.set_state(last, model=seller)
        self._arrive(seller, last, kind="continued")
        return True

    def _speak(self, seller: Seller, lang: str) -> bool:
        if lang not in self.content.languages or self.page(seller).lists != "languages":
            return False
        seller.lang, seller.lang_chosen = lang, True
        self._record(seller, "language", lang)
        if seller.state == LANGUAGE and seller.history:
            return self._back(seller)
        self._arrive(seller, seller.state, kind="shown")
        return True

    # What is noted

    def _arrive(
        self, seller: Seller, source: str, *, kind: str = "arrived", fresh: bool = False, aside: bool = False
    ) -> None:
        page = self.page(seller)
        seller.visit += 1
        seller.seen.add(page.name)
        self._record(seller, kind)
        if self.content.topics[page.topic].listed and not aside:
            path = seller.paths.pop(page.topic, [])
            seller.paths[page.topic] = progress.walk(path, source, page.name, fresh=fresh)
            if page.end and page.topic not in seller.finished:
                seller.finished.add(page.topic)
                self._record(seller, "finished")
            seller.topic = progress.place(seller, self.pages)

    def _remember(self, seller: Seller, page: Page, answer: str) -> None:
        question = f"{page.topic}.{page.ask}"
        seller.answers[question] = answer
        seller.trail.append(Event("answered", page.name, page.version, answer, question))

    def _remembering(self, page: Page, answer: str) -> Any:
        return lambda event: self._remember(_seller(event), page, answer)

    def _record(self, seller: Seller, kind: str, detail: str = "") -> None:
        page = self.page(seller)
        seller.trail.append(Event(kind, page.name, page.version, detail))


def _seller(event: EventData) -> Seller:
    return cast(Seller, event.model)


def _guard(name: str) -> Any:
    return lambda event: GUARDS[name](_seller(event))


def _middle_of(topic: str) -> Any:
    return lambda event: _seller(event).topic == topic


def _in(topic: str, pages: dict[str, Page]) -> Any:
    return lambda event: progress.unfinished(_seller(event), topic, pages)


def _turn_to(topic: str) -> Any:
    """What Continue and Start over mean from now on."""

    def turn(event: EventData) -> None:
        _seller(event).topic = topic

    return turn


def _ways(page: Page) -> Iterator[Choice]:
    """Every fixed way on from a page, the ones without a button of their own included."""
    yield from (choice for choice in page.choices if choice.to)
    yield from (Choice(f"term.{term}", "", f"{GLOSSARY}.{term}") for term in page.terms)
    if page.read:
        yield Choice("read", "", page.read)
    if page.skip:
        yield Choice("skip", "", page.skip)
    if page.typed:
        yield Choice("typed", "", page.typed.to)


def _meant(text: str, labels: dict[str, str], *, by_number: bool) -> str:
    """The choice whose number or words the text is; empty when it is none."""
    words = values.same_words(text)
    if by_number and words.isdecimal() and len(words) < 3 and 1 <= int(words) <= len(labels):
        return list(labels)[int(words) - 1]
    return next((id_ for id_, label in labels.items() if words and values.same_words(label) == words), "")
