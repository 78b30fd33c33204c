"""The one flat machine over all pages: every move whose target is fixed, built once from the content."""

from collections.abc import Callable
from typing import Any, cast

from transitions import EventData, Machine

from dialogs import progress
from dialogs.choices import CLOSEST, COMMANDS, LINKED, MENU, RESUME, ways
from dialogs.content import HOME, Content
from dialogs.guards import GUARDS
from dialogs.seller import WELCOME, Seller
from dialogs.topic import Choice, Page

Remember = Callable[[Seller, Page, str, str], None]
"""Keeps an answer: of whom, given on which page, under which name, which."""


def build(content: Content, *, entered: Callable[[EventData], None], remember: Remember) -> Machine:
    """The machine. It knows no seller: each event is triggered on one. `entered` hears of every move."""
    machine = Machine(
        model=None,
        states=list(content.pages),
        initial=MENU,
        auto_transitions=False,
        send_event=True,
        queued=False,
        after_state_change=entered,
    )
    everywhere = {"home": MENU, "resume": RESUME, "start": WELCOME, "link": LINKED, "closest": CLOSEST}
    everywhere |= {name: f"{HOME}.{name}" for name in COMMANDS if f"{HOME}.{name}" in content.pages}
    for event, to in everywhere.items():
        machine.add_transition(event, "*", to)
    for page in content.pages.values():
        for choice in ways(page):
            _connect(machine, content, page, choice, remember)
    for topic in content.listed:
        machine.add_transition("over", RESUME, topic.start, conditions=[_turned_to(topic.id)])
        _open(machine, content, f"link.{topic.id}", "*", topic.id, [], [])
    return machine


def _connect(machine: Machine, content: Content, page: Page, choice: Choice, remember: Remember) -> None:
    """The transitions of one choice."""
    allowed = [_guard(choice.when)] if choice.when else []
    before = [_remembering(page, choice, remember)] if choice.remember else []
    if choice.to in content.pages:
        machine.add_transition(choice.id, page.name, choice.to, conditions=allowed, before=before)
    else:
        _open(machine, content, choice.id, page.name, choice.to, allowed, before)


def _open(
    machine: Machine, content: Content, event: str, source: str, topic: str, allowed: list[Any], before: list[Any]
) -> None:
    """Open a topic; for somebody in its middle that leads to Continue or Start over."""
    middle = _middle_of(topic, content)
    machine.add_transition(event, source, RESUME, conditions=[*allowed, middle], before=[*before, _turn_to(topic)])
    machine.add_transition(event, source, content.topics[topic].start, conditions=allowed, before=before)


def _seller(event: EventData) -> Seller:
    return cast(Seller, event.model)


def _guard(name: str) -> Any:
    return lambda event: GUARDS[name](_seller(event))


def _turned_to(topic: str) -> Any:
    return lambda event: _seller(event).topic == topic


def _middle_of(topic: str, content: Content) -> Any:
    pages = content.pages
    return lambda event: progress.unfinished(_seller(event), topic, pages)


def _turn_to(topic: str) -> Any:
    """What Continue and Start over mean from now on."""

    def turn(event: EventData) -> None:
        _seller(event).topic = topic

    return turn


def _remembering(page: Page, choice: Choice, remember: Remember) -> Any:
    name = choice.question or page.ask
    return lambda event: remember(_seller(event), page, name, choice.remember)
