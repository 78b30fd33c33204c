"""How a consultation moves: one shared machine over all pages, and what is open to a seller where he is."""

import logging
from collections.abc import Collection, Iterator
from typing import cast

from transitions import EventData, MachineError

from dialogs import choices, machine, markup, moves, progress, values
from dialogs import link as links
from dialogs.choices import CLOSEST, COMMANDS, LANGUAGE, LINK, LINKED, MENU, NEWS, OFFERS, RESUME
from dialogs.content import GLOSSARY, Content
from dialogs.link import Link
from dialogs.search import CLOSE, SURE, Index
from dialogs.seller import HISTORY, Event, Seller
from dialogs.topic import Choice, Page, Topic
from dialogs.voice import SOURCE, Voice, Voices

# Each step is an INFO line to transitions; ours are in the trail.
logging.getLogger("transitions").setLevel(logging.ERROR)

ASK_AGAIN = 8
"""Pages between two questions whether a page helped."""


class Conversation:
    """The dialogue; it keeps no seller, each call is given one."""

    def __init__(self, content: Content, voices: Voices, contact: str = "") -> None:
        self.content = content
        self.voices = voices
        self.contact = contact
        self.pages = content.pages
        self._indexes: dict[str, Index] = {}
        self._page_voices: dict[tuple[str, str], Voice] = {}
        self.longest = progress.steps_to_end(content)
        self.machine = machine.build(content, entered=self._entered, remember=self._remember)

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

    def index(self, lang: str) -> Index:
        """The pages of facts by their words, as they read in that language."""
        if lang not in self._indexes:
            voice = self.voices.of(lang)
            named = {choice.to: voice.label(choice.context, choice.label) for choice in self.pages[CLOSEST].choices}
            texts = {
                name: (label, markup.plain(voice.say(f"{name}.text", self.pages[name].text)))
                for name, label in named.items()
            }
            self._indexes[lang] = Index(texts)
        return self._indexes[lang]

    def warm(self) -> None:
        """Read every catalogue and index now, which takes about a second, so that nobody has to wait for it later."""
        for lang in self.voices.languages:
            self.index(lang)

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
        self._address(seller, code)
        self._arrive(seller, "", kind="greeted")

    def settle(self, seller: Seller) -> None:
        """Bring somebody whose page is gone to where it went; without a word on that to his topic's start, or the menu.

        His answers are kept, and he is told in one sentence.
        """
        names = {seller.state, *seller.history, *(name for path in seller.paths.values() for name in path)}
        if self.pages.keys() >= names and (seller.topic in seller.paths or not (seller.topic or names & OFFERS)):
            return  # nearly always
        seller.paths = {topic: path for topic, path in self._still_there(seller.paths) if path}
        if seller.topic not in seller.paths:
            seller.topic = progress.place(seller, self.pages)
        there = self.pages.keys() - (frozenset() if seller.topic else OFFERS)
        seller.history = [name for name in map(self._now, seller.history) if name in there]
        if seller.state not in there:
            self.machine.set_state(self._nearest(seller.state, there), model=seller)
            seller.note = "moved"
            self._arrive(seller, seller.state, kind="moved")

    def _now(self, name: str) -> str:
        """What a page is called now; its old name when it is gone for good."""
        return moves.follow(name, self.content.moves, self.pages) or name

    def _still_there(self, paths: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
        """The paths with every page by its name of today, those that are gone left out."""
        for topic, path in paths.items():
            names = dict.fromkeys(map(self._now, path))
            yield topic, [name for name in names if name in self.pages and self.pages[name].topic == topic]

    def _nearest(self, name: str, there: Collection[str]) -> str:
        """The page for somebody who was on one that is gone."""
        now = self._now(name)
        if now in there:
            return now
        topic = self.content.topics.get(name.partition(".")[0])
        return topic.start if topic and topic.listed else MENU

    def step(self, seller: Seller, choice: str) -> bool:
        """Make a choice; False when it leads nowhere from his page, and then nothing has changed."""
        if choice != "typed" and all(choice != offered.id for offered in self.choices(seller)):
            return False
        before = seller.note
        seller.note = ""
        if choice == "back":
            moved = self._back(seller)
        elif choice == "continue":
            moved = self._continue(seller)
        elif choice.startswith("lang."):
            moved = self._speak(seller, choice.removeprefix("lang."))
        elif choice.startswith("helpful-"):
            moved = self._rate(seller, choice.removeprefix("helpful-"))
        else:
            moved = self._fire(seller, choice)
        if moved:
            seller.misses = 0
            seller.note = seller.note or _thanks(choice)
        else:
            seller.note = before
        return moved

    def hear(self, seller: Seller, text: str) -> bool:
        """Take whatever he wrote: a command (`/start@certguide_bot auditors`), or what `type` takes."""
        if not text.startswith("/"):
            return self.type(seller, text)
        name, _, argument = text[1:].strip().partition(" ")
        return self.command(seller, name.partition("@")[0].lower(), argument.strip())

    def command(self, seller: Seller, name: str, argument: str = "") -> bool:
        """Do what a command says, on whatever page he is; False when there is none of that name.

        What follows `/start` is a deep link; the others take nothing.
        """
        if name not in COMMANDS:
            seller.note = "unknown-command"
            return False
        seller.misses = 0
        if name == "start" and argument:
            return self._follow(seller, argument)
        if name == "start" and _just_greeted(seller):
            return True  # greeted in this very step: what /start shows is where he is, with the greeting's note
        seller.note = ""
        if name == "start" and seller.topic:
            return self._fire(seller, "resume")
        return self._fire(seller, "home" if name in ("menu", "cancel") else name)

    def type(self, seller: Seller, text: str) -> bool:
        """Take what he wrote: a button's number or words, or a value; False when it is none of them."""
        page, labels = self.page(seller), self.labels(seller)
        value = values.parse(text, page.typed) if page.typed else None
        chosen = choices.named(text, labels)
        if not chosen and value is None and not (page.typed and page.typed.kind == "number"):
            chosen = choices.numbered(text, labels)
        if chosen:
            return self.step(seller, chosen)
        if value is not None:
            self._remember(seller, page, page.ask, value)
            return self.step(seller, "typed")
        self._miss(seller, page, text)
        return False

    def choices(self, seller: Seller) -> Iterator[Choice]:
        """What is open to him on his page, in the order of the buttons."""
        return choices.open_to(seller, self.page(seller), self.content.terms)

    def _address(self, seller: Seller, code: str) -> None:
        """Speak the language of a code, and say so where only its script differs."""
        seller.lang, other_script = self.voices.choose(code)
        seller.note = "other-script" if other_script else ""

    def _label(self, choice: Choice, voice: Voice) -> str:
        if choice.context.startswith("phrase."):
            return voice.button(choice.context.removeprefix("phrase."))
        label = voice.label(choice.context, choice.label)
        is_term = choice.context.startswith(f"{GLOSSARY}.")
        return voice.button("term", term=label) if is_term else label

    def _fire(self, seller: Seller, event: str) -> bool:
        try:
            return bool(self.machine.events[event].trigger(seller))
        except MachineError:  # it leads somewhere, but not from here
            return False

    def _entered(self, event: EventData) -> None:
        seller, transition = cast(Seller, event.model), event.transition
        source, name = cast(str, transition.source), event.event.name  # type: ignore[union-attr]  # a move has both
        if seller.state == MENU:
            seller.history.clear()
        elif source != seller.state and (source, name) != (RESUME, "over"):  # what he started over can't be resumed
            seller.history.append(source)
            del seller.history[:-HISTORY]
        topic = self.content.topics[self.page(seller).topic]
        fresh = seller.state == topic.start
        # A term, a page that tells more, or the answer to a question in the middle of its topic is shown by the way:
        # his place stays as it is.
        answer = name.startswith("page.") and progress.unfinished(seller, topic.id, self.pages)
        self._arrive(seller, source, fresh=fresh, aside=answer or name == "read" or name.startswith("term."))

    # Moves whose target is found at the moment

    def _back(self, seller: Seller) -> bool:
        source = seller.state
        self.machine.set_state(seller.history.pop(), model=seller)
        # From a side trip he comes back to where he looked from, which need not be his place.
        elsewhere = self.pages[source].topic != self.page(seller).topic
        self._arrive(seller, source, kind="back", aside=elsewhere)
        return True

    def _continue(self, seller: Seller) -> bool:
        *before, last = seller.paths[seller.topic]
        seller.history = [MENU, *before][-HISTORY:]
        self.machine.set_state(last, model=seller)
        self._arrive(seller, last, kind="continued")
        return True

    def _speak(self, seller: Seller, lang: str) -> bool:
        seller.lang, seller.lang_chosen = lang, True
        self._record(seller, "language", lang)
        if seller.state == LANGUAGE and seller.history:
            return self._back(seller)
        self._arrive(seller, seller.state, kind="shown", aside=True)
        return True

    def _rate(self, seller: Seller, answer: str) -> bool:
        self._record(seller, "helpful", answer)
        self._arrive(seller, seller.state, kind="shown", aside=True)
        seller.note = "thanks"
        return True

    def _follow(self, seller: Seller, payload: str) -> bool:
        """Come by a deep link. In the middle of another topic it is offered and not forced."""
        link = links.parse(payload) or Link(topic="?")
        asked = moves.topic(link.topic, self.content.moves, self.content.topics)
        topic = next((topic for topic in self.content.topics.values() if topic.listed and topic.id == asked), None)
        self._record(seller, "link", link.campaign, topic.id if topic else "")
        if link.lang and not seller.lang_chosen and self.voices.known(link.lang):
            self._address(seller, link.lang)
        if not link.topic:
            return self.command(seller, "start")
        if topic is None:
            moved = self._fire(seller, "home")
            seller.note = "unknown-link"
            return moved
        # Whoever comes for the first time has not seen the welcome page, and must know whom he talks to.
        seller.note = "introduction" if _just_greeted(seller) else ""
        if seller.topic and seller.topic != topic.id:
            self._remember(seller, self.pages[LINKED], LINK, topic.id)
            return self._fire(seller, "link")
        return self._fire(seller, f"link.{topic.id}")

    def _miss(self, seller: Seller, page: Page, text: str) -> None:
        """He wrote what is no answer: first the closest pages, then the menu, then a person.

        Never the same sentence twice running; on a page that takes a value, that page goes on asking.
        """
        seller.misses += 1
        value = page.typed is not None and any(character.isdigit() for character in text)
        found = self._closest(seller, text) if seller.misses == 1 and not value else []
        if page.typed and not found:
            self._record(seller, "mistyped")
            seller.note = "typed-error" if seller.misses % 2 else "typed-again"
            return
        self._record(seller, "unclear")
        if found:
            seller.offered, seller.note = found, ""
            self._fire(seller, "closest")
        elif seller.misses == 2:
            self._fire(seller, "home")
            seller.note = "unclear-menu"
        else:
            seller.note = "unclear-contact" if seller.misses > 2 and seller.misses % 2 else "unclear"

    def _closest(self, seller: Seller, text: str) -> list[str]:
        """The pages nearest to the text; of several under the same words the nearest only."""
        voice = self.voice(seller)
        named = {choice.to: choice for choice in self.pages[CLOSEST].choices}
        found: dict[str, str] = {}
        least = SURE if self.page(seller).typed else CLOSE
        for name in self.index(seller.lang).closest(text, least=least):
            found.setdefault(values.same_words(self._label(named[name], voice)), name)
        return list(found.values())

    def decline_news(self, seller: Seller, broadcast: str) -> None:
        """He wants no more news: said with the button under a broadcast, on whatever page he is."""
        self._remember(seller, self.page(seller), NEWS, "off")
        self._record(seller, "declined", broadcast)

    # What is noted

    def _arrive(
        self, seller: Seller, source: str, *, kind: str = "arrived", fresh: bool = False, aside: bool = False
    ) -> None:
        page = self.page(seller)
        seller.visit += 1
        seller.seen.add(page.name)
        if page.evidence and kind == "arrived" and seller.visit - seller.asked >= ASK_AGAIN:
            seller.asked = seller.visit
        if page.end and not seller.news_asked and NEWS not in seller.answers:
            seller.news_asked = seller.visit
        self._record(seller, kind)
        if self.content.topics[page.topic].listed and not aside:
            path = seller.paths.pop(page.topic, [])
            seller.paths[page.topic] = progress.walk(path, source, page.name, fresh=fresh)
            if page.end and page.topic not in seller.finished:
                seller.finished.add(page.topic)
                self._record(seller, "finished")
            seller.topic = progress.place(seller, self.pages)
            if not seller.topic:
                seller.history = [name for name in seller.history if name not in OFFERS]

    def _remember(self, seller: Seller, page: Page, name: str, answer: str) -> None:
        question = name if "." in name else f"{page.topic}.{name}"
        seller.answers[question] = answer
        former = self.content.former.get(page.name, ())
        seller.trail.append(Event("answered", page.name, page.version, answer, question, former))

    def _record(self, seller: Seller, kind: str, detail: str = "", question: str = "") -> None:
        page = self.page(seller)
        former = self.content.former.get(page.name, ())
        seller.trail.append(Event(kind, page.name, page.version, detail, question, former))


def _thanks(choice: str) -> str:
    """What is said above the page after a choice that leaves him where he is."""
    if choice == "remind":
        return "remind-set"
    return "thanks" if choice.startswith("news-") else ""


def _just_greeted(seller: Seller) -> bool:
    """Whether he came for the first time in this very step."""
    return any(event.kind == "greeted" for event in seller.trail)
