"""Topics, pages and choices as plain data."""

import re

import pytest

from dialogs import Conversation
from dialogs.topic import Choice, Page, Sentence, Typed
from tests.dialogs.library import Library

PAGE = Page(
    name="tea.cups",
    text="How many?",
    choices=(Choice("one", "One", "tea.end", context="tea.cups.choice.one"), Choice("far", "Far", "home")),
    ask="cups",
    why="To know.",
    skip="tea.skipped",
    typed=Typed("number", 1, 9, "3", "No.", "tea.pot"),
    note="A word to translators.",
)


def test_a_page_knows_its_topic() -> None:
    assert PAGE.topic == "tea"


def test_a_page_knows_all_ways_on() -> None:
    assert PAGE.ways == ("tea.end", "home", "tea.skipped", "tea.pot")
    assert Page("tea.x", "x", (Choice("back", "Back"),)).ways == ()


def test_a_page_finds_its_choices() -> None:
    found = PAGE.choice("one")
    assert found is not None
    assert found.label == "One"
    assert PAGE.choice("two") is None


def test_a_page_has_its_sentences_in_reading_order() -> None:
    assert list(PAGE.sentences()) == [
        Sentence("tea.cups.text", "How many?", "A word to translators."),
        Sentence("tea.cups.why", "To know.", "Why we ask."),
        Sentence("tea.cups.error", "No.", "When the typed value can't be used."),
        Sentence("tea.cups.choice.one", "One", "A button: 32 characters, 16 in Chinese."),
    ]


def test_an_explanation_has_a_sentence_for_each_answer_and_no_text(library: Library) -> None:
    page = library.content().pages["tea.q1-answer"]
    assert [(sentence.context, sentence.english) for sentence in page.sentences()] == [
        ("tea.q1-answer.leaves", "The leaves of a shrub."),
        ("tea.q1-answer.beans", "Beans make **coffee**."),
    ]


def test_a_listed_topic_has_its_title_translated(library: Library) -> None:
    topics = library.content().topics
    assert next(topics["tea"].sentences()) == Sentence("tea.title", "Tea", "The topic's button in the menu.")
    assert all(not sentence.context.endswith(".title") for sentence in topics["home"].sentences())


def test_a_topic_knows_its_questions(library: Library) -> None:
    assert [page.name for page in library.content().topics["tea"].questions] == ["tea.q1"]


def test_every_sentence_has_a_context_of_its_own(consultant: Conversation) -> None:
    contexts = [sentence.context for sentence in consultant.content.sentences()]
    assert len(contexts) == len(set(contexts))


def test_a_version_is_short_and_each_page_has_its_own(consultant: Conversation) -> None:
    versions = [page.version for page in consultant.pages.values()]
    assert all(re.fullmatch(r"[0-9a-f]{8}", version) for version in versions)
    assert len(versions) == len(set(versions))


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ('text = "**Tea** is a drink."', 'text = "**Tea** is the drink."', {"tea.what"}),
        ('label = "Why drink it?"', 'label = "Why?"', {"tea.what"}),
        ('why = "Each goal has its own tea."', 'why = "Each goal has a tea."', {"tea.goal"}),
        ('error = "Write a number, for', 'error = "A number, for', {"tea.cups"}),
        ('explain = "The leaves of a shrub."', 'explain = "Leaves."', {"tea.q1-answer"}),
        ('label = "Leaves"', 'label = "Tea leaves"', {"tea.q1"}),
        ('id = "warmth"', 'id = "heat"', {"tea.goal"}),
        ('title = "Tea"', 'title = "All about tea"', set()),
        ("review_by = 2027-05-20", "review_by = 2027-06-20", set()),
        ('confidence = "high"', 'confidence = "low"', set()),
        ('terms = ["leaf"]', "terms = []", set()),
        ('skip = "cups"', 'skip = "end"', set()),
        ('right = "leaves"', 'right = "beans"', set()),
        ('start = "what"', 'start = "goal"', set()),
        (
            '  { id = "warmth", label = "To get warm", to = "cups" },\n'
            '  { id = "calm", label = "To sleep well", to = "q1", remember = "sleep" },\n',
            '  { id = "calm", label = "To sleep well", to = "q1", remember = "sleep" },\n'
            '  { id = "warmth", label = "To get warm", to = "cups" },\n',
            {"tea.goal"},
        ),
    ],
)
def test_a_version_changes_when_and_only_when_a_sentence_or_the_order_does(
    library: Library, old: str, new: str, changed: set[str]
) -> None:
    before = {name: page.version for name, page in library.content().pages.items()}
    library.tea(old, new)
    after = {name: page.version for name, page in library.content().pages.items()}
    assert {name for name in before if before[name] != after[name]} == changed
