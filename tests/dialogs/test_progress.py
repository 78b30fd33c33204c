"""How far a seller has come."""

import pytest

from dialogs import Conversation, Seller
from dialogs.progress import place, quiz, steps, steps_to_end, unfinished, walk, weight
from dialogs.topic import Page
from tests.dialogs.library import Library, arrived


@pytest.mark.parametrize(
    ("path", "source", "page", "fresh", "after"),
    [
        ([], "", "a", True, ["a"]),
        (["a", "b", "c"], "x", "a", True, ["a"]),
        (["a"], "a", "b", False, ["a", "b"]),
        (["a", "b", "c"], "c", "b", False, ["a", "b"]),
        (["a", "b", "c"], "b", "d", False, ["a", "b", "d"]),
        (["a", "b", "c"], "aside", "d", False, ["a", "b", "c", "d"]),
        ([], "elsewhere", "d", False, ["d"]),
        (["a", "b"], "b", "b", False, ["a", "b"]),
    ],
    ids=["begin", "begin anew", "on", "back", "another way", "from a side trip", "straight in", "again"],
)
def test_the_path_through_a_topic(path: list[str], source: str, page: str, fresh: bool, after: list[str]) -> None:
    before = list(path)
    assert walk(path, source, page, fresh=fresh) == after
    assert path == before


def test_the_most_steps_that_can_still_follow(tea: Conversation) -> None:
    assert {name: n for name, n in steps_to_end(tea.content).items() if name.startswith("tea.")} == {
        "tea.what": 5,
        "tea.goal": 4,
        "tea.cups": 3,
        "tea.pot": 2,
        "tea.q1": 1,
        "tea.q1-answer": 1,
        "tea.end": 0,
    }


def test_a_circle_is_counted_once_and_does_not_go_on_for_ever(library: Library) -> None:
    library.tea('label = "To get warm", to = "cups"', 'label = "To get warm", to = "what"')
    longest = steps_to_end(library.content())
    assert longest["tea.what"] > longest["tea.cups"]


def test_a_question_and_its_explanation_are_one_step(tea: Conversation) -> None:
    assert weight(tea.pages["tea.q1"]) == 1
    assert weight(tea.pages["tea.q1-answer"]) == 0


@pytest.mark.parametrize(
    ("path", "page", "expected"),
    [
        (["tea.what"], "", (1, 6)),
        (["tea.what", "tea.goal"], "", (2, 6)),
        (["tea.what", "tea.goal"], "tea.what", (1, 6)),
        (["tea.what", "tea.goal"], "glossary.leaf", (2, 6)),
        (["tea.what", "tea.goal", "tea.q1"], "", (3, 4)),
        (["tea.what", "tea.goal", "tea.q1", "tea.q1-answer"], "", (3, 4)),
        (["tea.what", "tea.goal", "tea.q1", "tea.q1-answer", "tea.end"], "", (4, 4)),
    ],
)
def test_step_three_of_seven(tea: Conversation, path: list[str], page: str, expected: tuple[int, int]) -> None:
    seller = Seller(1, paths={"tea": path})
    assert steps(seller, "tea", tea.pages, tea.longest, page) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([], False),
        (["tea.what"], False),
        (["tea.what", "tea.goal"], True),
        (["tea.what", "tea.goal", "tea.q1", "tea.q1-answer", "tea.end"], False),
    ],
)
def test_the_middle_of_a_topic_is_neither_its_first_page_nor_its_end(
    tea: Conversation, path: list[str], expected: bool
) -> None:
    assert unfinished(Seller(1, paths={"tea": path} if path else {}), "tea", tea.pages) is expected


def test_the_place_is_in_the_topic_touched_last() -> None:
    pages = {name: Page(name, "x", end=name.endswith("z")) for name in ("a.x", "a.y", "b.x", "b.y", "c.x", "c.z")}
    paths = {"a": ["a.x", "a.y"], "b": ["b.x", "b.y"], "c": ["c.x", "c.z"]}
    assert place(Seller(1, paths=paths), pages) == "b"
    assert place(Seller(1, paths={"c": ["c.x", "c.z"]}), pages) == ""
    assert place(Seller(1), pages) == ""


def test_the_quiz_counts_answers_and_right_ones(library: Library) -> None:
    library.tea(
        "[page.end]",
        '[quiz.q2]\ntext = "More?"\nright = "no"\nto = "end"\nfacts = ["T-2"]\nsources = ["book"]\n'
        'checked = 2026-11-20\nreview_by = 2027-05-20\nstatus = "in force"\nconfidence = "low"\nchoices = [\n'
        '  { id = "no", label = "No", explain = "a" },\n  { id = "yes", label = "Yes", explain = "b" },\n]\n'
        "\n[page.end]",
    )
    topic = library.content().topics["tea"]
    assert quiz(Seller(1), topic) == (0, 0)
    assert quiz(Seller(1, answers={"tea.q1": "leaves"}), topic) == (1, 1)
    assert quiz(Seller(1, answers={"tea.q1": "beans", "tea.goal": "leaves"}), topic) == (0, 1)
    assert quiz(Seller(1, answers={"tea.q1": "leaves", "tea.q2": "no"}), topic) == (2, 2)
    assert quiz(Seller(1, answers={"other.q1": "leaves"}), topic) == (0, 0)


def test_ways_to_other_topics_count_no_steps(consultant: Conversation) -> None:
    assert consultant.longest["auditors.end"] == 0
    assert consultant.longest["iso9001.end"] == 0
    assert all(0 <= n < 30 for n in consultant.longest.values())


def test_the_first_step_of_the_real_topic_tells_the_longest_way(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors")
    step, in_all = steps(seller, "auditors", consultant.pages, consultant.longest)
    assert step == 1
    page, seen = consultant.pages["auditors.offer"], 1
    while not page.end:
        ways = [way for way in page.ways if way.startswith("auditors.")]
        page = consultant.pages[max(ways, key=lambda way: weight(consultant.pages[way]) + consultant.longest[way])]
        seen += weight(page)
    assert seen == in_all
