"""The one flat machine: what we rely on in `transitions`, and what is built with it."""

import logging
from copy import deepcopy
from dataclasses import dataclass, field

import pytest
from transitions import EventData, Machine, MachineError

from dialogs import COMMANDS, Conversation, Event, Seller, machine
from dialogs.choices import CLOSEST, LINKED, MENU, RESUME, ways
from dialogs.progress import unfinished
from dialogs.seller import WELCOME
from dialogs.topic import Page
from tests.dialogs.library import Library, arrived

# What we rely on


@dataclass(slots=True)
class _Model:
    """As light as a seller: slots, and the machine was never told of it."""

    state: str = "a"
    trail: list[str] = field(default_factory=list)


def _pattern() -> Machine:
    def note(event: EventData) -> None:
        model = event.model
        assert isinstance(model, _Model)
        assert event.transition is not None
        model.trail.append(f"{event.event.name}: {event.transition.source} to {event.transition.dest}")

    machine = Machine(
        model=None,
        states=["a", "b", "c"],
        initial="a",
        auto_transitions=False,
        send_event=True,
        queued=False,
        after_state_change=note,
    )
    machine.add_transition("home", "*", "a")
    machine.add_transition("go", "a", "b", conditions=[lambda event: False])
    machine.add_transition("go", "a", "c")
    machine.add_transition("never", "a", "b", conditions=[lambda event: False])
    machine.add_transition("leave", "c", "b")
    return machine


def test_the_pattern_one_machine_moves_models_it_does_not_know() -> None:
    """What we rely on in `transitions`, so that no new version can break it quietly."""
    machine, one, other = _pattern(), _Model(), _Model()
    assert machine.events["go"].trigger(one) is True
    assert (one.state, other.state) == ("c", "a")
    assert machine.events["never"].trigger(other) is False
    assert other.state == "a"
    with pytest.raises(MachineError):
        machine.events["leave"].trigger(other)
    machine.set_state("b", model=other)
    assert machine.events["home"].trigger(other) is True
    assert one.trail == ["go: a to c"]
    assert other.trail == ["home: b to a"]
    assert machine.models == []
    assert not hasattr(one, "trigger")


# What is built


def test_the_machine_is_quiet(tea: Conversation, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "back", "home")
    tea.step(seller, "nonsense")
    tea.command(seller, "help")
    assert caplog.records == []
    assert logging.getLogger("transitions").level == logging.ERROR


def test_the_real_machine_has_a_state_for_each_page_and_no_models(consultant: Conversation) -> None:
    assert set(consultant.machine.states) == set(consultant.pages)
    assert consultant.machine.models == []
    assert not any(name.startswith("to_") for name in consultant.machine.events)


def _targets(conversation: Conversation, event: str, source: str) -> list[str]:
    found = conversation.machine.events[event].transitions[source]
    return [str(transition.dest) for transition in found]


@pytest.mark.parametrize(
    ("event", "to"),
    [
        ("home", MENU),
        ("resume", RESUME),
        ("start", WELCOME),
        ("link", LINKED),
        ("closest", CLOSEST),
        *((name, f"home.{name}") for name in ("progress", "language", "settings", "help", "privacy")),
    ],
)
def test_some_events_lead_to_one_page_from_everywhere(consultant: Conversation, event: str, to: str) -> None:
    for page in consultant.pages:
        assert _targets(consultant, event, page) == [to]


def test_every_command_has_an_event_but_cancel_which_is_the_menus(consultant: Conversation) -> None:
    assert set(COMMANDS) - set(consultant.machine.events) == {"cancel"}


def test_every_way_on_is_a_transition(consultant: Conversation) -> None:
    for page in consultant.pages.values():
        for choice in ways(page):
            targets = _targets(consultant, choice.id, page.name)
            topic = consultant.content.topics.get(choice.to)
            assert [RESUME, topic.start] if topic else [choice.to] == targets[-1:]
            assert not topic or targets[-2:] == [RESUME, topic.start]


def test_every_topic_has_a_link_and_starts_over_from_the_offer_to_go_on(consultant: Conversation) -> None:
    listed = [topic for topic in consultant.content.topics.values() if topic.listed]
    assert _targets(consultant, "over", RESUME) == [topic.start for topic in listed]
    for topic in listed:
        assert _targets(consultant, f"link.{topic.id}", MENU) == [RESUME, topic.start]
    assert "link.home" not in consultant.machine.events
    assert "link.glossary" not in consultant.machine.events


def _built(library: Library) -> tuple[Machine, list[str], list[tuple[str, str, str]]]:
    """A machine alone, with what it tells of moves and answers."""
    entered: list[str] = []
    kept: list[tuple[str, str, str]] = []

    def note(event: EventData) -> None:
        assert isinstance(event.model, Seller)
        entered.append(event.model.state)

    def keep(seller: Seller, page: Page, name: str, answer: str) -> None:
        kept.append((page.name, name, answer))

    return machine.build(library.content(), entered=note, remember=keep), entered, kept


def test_it_tells_of_every_move_and_of_every_answer_before_it(library: Library) -> None:
    built, entered, kept = _built(library)
    seller = Seller(1, state="tea.goal")
    assert built.events["calm"].trigger(seller)
    assert built.events["leaves"].trigger(seller)
    assert built.events["next"].trigger(seller)
    assert entered == ["tea.q1", "tea.q1-answer", "tea.end"]
    assert kept == [("tea.goal", "goal", "sleep"), ("tea.q1", "q1", "leaves")]


@pytest.mark.parametrize(
    ("page", "choice", "answer"),
    [
        ("home.settings", "plain-on", ("home.settings", "plain", "on")),
        ("home.settings", "news-on", ("home.settings", "news", "on")),
        ("home.zone", "shanghai", ("home.zone", "zone", "Asia/Shanghai")),
        ("tea.end", "news-off", ("tea.end", "home.news", "off")),
    ],
)
def test_a_setting_is_kept_under_its_own_name(
    library: Library, page: str, choice: str, answer: tuple[str, str, str]
) -> None:
    built, _, kept = _built(library)
    assert built.events[choice].trigger(Seller(1, state=page))
    assert kept == [answer]


@pytest.mark.parametrize(
    ("answers", "choice"), [({}, "plain-off"), ({"home.plain": "on"}, "plain-on"), ({"home.news": "on"}, "news-on")]
)
def test_a_condition_that_does_not_hold_keeps_him_where_he_is(
    library: Library, answers: dict[str, str], choice: str
) -> None:
    built, entered, kept = _built(library)
    seller = Seller(1, state="home.settings", answers=answers)
    before = deepcopy(seller)
    assert built.events[choice].trigger(seller) is False
    assert (seller, entered, kept) == (before, [], [])


@pytest.mark.parametrize(("event", "state"), [("open.tea", MENU), ("link.tea", MENU), ("link.tea", "tea.end")])
def test_a_topic_in_whose_middle_he_is_opens_with_the_offer_to_go_on(library: Library, event: str, state: str) -> None:
    built, _, _ = _built(library)
    pages = library.content().pages
    for path, to, topic in ((["tea.what"], "tea.what", ""), (["tea.what", "tea.goal"], RESUME, "tea")):
        seller = Seller(1, state=state, paths={"tea": path})
        assert unfinished(seller, "tea", pages) == (to == RESUME)
        assert built.events[event].trigger(seller)
        assert (seller.state, seller.topic) == (to, topic)


def test_what_is_turned_to_is_what_is_started_over(library: Library) -> None:
    built, _, _ = _built(library)
    assert not built.events["over"].trigger(Seller(1, state=RESUME, topic="gone"))
    seller = Seller(1, state=RESUME, topic="tea")
    assert built.events["over"].trigger(seller)
    assert seller.state == "tea.what"


def test_a_move_is_noted_by_the_conversation(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin")
    seller.trail.clear()
    assert tea.machine.events["open.tea"].trigger(seller)
    assert seller.trail == [Event("arrived", "tea.what", tea.pages["tea.what"].version)]
