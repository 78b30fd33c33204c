"""The map of the whole dialogue."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import Conversation
from dialogs.map import BANDS, FEW, UNSEEN, Band, Count, UnknownTopicError, band, mermaid
from tests.dialogs.library import Library


def _node(name: str) -> str:
    return "p_" + name.replace(".", "__").replace("-", "_")


def test_every_page_stands_in_the_box_of_its_topic(consultant: Conversation) -> None:
    boxes = re.findall(r'  subgraph (\S+)\["[^"]*"\]\n(.*?)\n  end\n', mermaid(consultant.content), re.DOTALL)
    assert [topic for topic, _ in boxes] == list(consultant.content.topics)
    for topic, inside in boxes:
        drawn = re.findall(r"^    (p_\w+)", inside, re.MULTILINE)
        assert drawn == [_node(name) for name in consultant.content.topics[topic].pages]


def test_every_choice_that_leads_somewhere_is_an_arrow(consultant: Conversation) -> None:
    drawn = mermaid(consultant.content).splitlines()
    for page in consultant.pages.values():
        for choice in page.choices:
            topic = consultant.content.topics.get(choice.to)
            to = topic.start if topic else choice.to
            label = (choice.label or choice.id).replace('"', "#quot;")
            if to:
                assert f'  {_node(page.name)} -->|"{label}"| {_node(to)}' in drawn


def test_every_arrow_joins_pages_that_are_there(consultant: Conversation) -> None:
    nodes = {_node(name) for name in consultant.pages}
    assert len(nodes) == len(consultant.pages)
    arrows = re.findall(r"^  (\S+) -\.?->(?:\|.*?\|)? (\S+)$", mermaid(consultant.content), re.MULTILINE)
    assert len(arrows) > len(nodes)
    assert {name for arrow in arrows for name in arrow} <= nodes


def test_ids_are_words_that_mermaid_takes(consultant: Conversation) -> None:
    for line in mermaid(consultant.content).splitlines():
        for name in re.findall(r"\bp_[^\s\[({]+", line):
            assert re.fullmatch(r"p_[a-z0-9_]+", name)


def test_the_whole_map_of_a_small_library(library: Library) -> None:
    library.change("tables/glossary.toml", '[leaf]\nterm = "leaf"', '[leaf]\nterm = "tea leaf"')
    drawn = mermaid(library.content())
    assert drawn.startswith("flowchart TD\n  subgraph home[")
    assert drawn.endswith("\n")
    box = drawn.partition("  subgraph tea")[2].partition("  end\n")[0]
    assert box == (
        '["Tea"]\n'
        '    p_tea__what["what"]\n'
        '    p_tea__goal{"goal"}\n'
        '    p_tea__cups{"cups"}\n'
        '    p_tea__pot["pot"]\n'
        '    p_tea__end(["end"])\n'
        '    p_tea__q1{"q1"}\n'
        '    p_tea__q1_answer["q1-answer"]\n'
    )
    arrows = [line.strip() for line in drawn.splitlines() if line.startswith("  p_tea__")]
    assert arrows == [
        'p_tea__what -->|"Why drink it?"| p_tea__goal',
        "p_tea__what -.-> p_glossary__leaf",
        'p_tea__goal -->|"To get warm"| p_tea__cups',
        'p_tea__goal -->|"To sleep well"| p_tea__q1',
        'p_tea__goal -.->|"Skip"| p_tea__cups',
        'p_tea__cups -->|"a number"| p_tea__pot',
        'p_tea__pot -->|"Take the quiz"| p_tea__q1',
        'p_tea__pot -->|"No quiz"| p_tea__end',
        'p_tea__q1 -->|"Leaves"| p_tea__q1_answer',
        'p_tea__q1 -->|"Beans"| p_tea__q1_answer',
        'p_tea__q1_answer -->|"next"| p_tea__end',
        "p_tea__q1_answer -.-> p_tea__what",
    ]
    assert '  p_home__menu -->|"Tea"| p_tea__what' in drawn
    assert '  p_home__resume -->|"Start over"| p_tea__what' in drawn


def test_quotes_in_labels_and_titles_do_not_end_them(library: Library) -> None:
    library.tea('label = "No quiz"', r'label = "No \"quiz\""')
    library.tea('title = "Tea"', r'title = "\"Tea\""')
    drawn = mermaid(library.content())
    assert '|"No #quot;quiz#quot;"|' in drawn
    assert 'subgraph tea["#quot;Tea#quot;"]' in drawn


# With people


COUNTS = {
    "tea.what": Count(1234, 62),
    "tea.goal": Count(1000, 100),
    "tea.cups": Count(700, 140),
    "tea.pot": Count(10, 4),
    "tea.q1": Count(4, 4),
    "tea.end": Count(1, 0),
    "tea.gone": Count(9, 9),
}


def test_each_page_says_its_people_and_is_coloured_by_those_who_left(library: Library) -> None:
    drawn = mermaid(library.content(), COUNTS)
    box = drawn.partition("  subgraph tea")[2].partition("  end\n")[0]
    assert box == (
        '["Tea"]\n'
        '    p_tea__what["what<br>1,234 people · 5 % left"]:::left5\n'
        '    p_tea__goal{"goal<br>1,000 people · 10 % left"}:::left10\n'
        '    p_tea__cups{"cups<br>700 people · 20 % left"}:::left20\n'
        '    p_tea__pot["pot<br>10 people · 40 % left"]:::left40\n'
        '    p_tea__end(["end<br>1 person · 0 % left"]):::few\n'
        '    p_tea__q1{"q1<br>4 people · 100 % left"}:::few\n'
        '    p_tea__q1_answer["q1-answer<br>nobody"]:::nobody\n'
    )
    assert "gone" not in drawn


def test_without_counts_there_are_no_classes(consultant: Conversation) -> None:
    drawn = mermaid(consultant.content)
    assert "classDef" not in drawn
    assert ":::" not in drawn
    assert "<br>" not in drawn


def test_with_counts_nothing_else_changes(consultant: Conversation) -> None:
    counted = mermaid(consultant.content, {"papers.start": Count(7, 1)}).splitlines()
    bare = [re.sub(r'<br>[^"]*|:::\w+', "", line) for line in counted if "classDef" not in line]
    assert bare == mermaid(consultant.content).splitlines()


def test_every_class_that_is_used_is_defined_and_told_apart(library: Library) -> None:
    drawn = mermaid(library.content(), COUNTS)
    defined = dict(re.findall(r"^  classDef (\w+) (.+)$", drawn, re.MULTILINE))
    assert set(re.findall(r":::(\w+)", drawn)) <= set(defined)
    assert len(set(defined.values())) == len(defined)
    assert [name for name, style in defined.items() if "stroke-dasharray" in style] == ["nobody"]
    assert "fill:#f1f3f5" in defined["nobody"]


def test_nobody_anywhere(library: Library) -> None:
    drawn = mermaid(library.content(), {})
    assert set(re.findall(r":::(\w+)", drawn)) == {"nobody"}


def test_one_topic_alone_has_no_arrows_into_others(consultant: Conversation) -> None:
    drawn = mermaid(consultant.content, topics=["papers"])
    assert re.findall(r"subgraph (\S+)\[", drawn) == ["papers"]
    arrows = re.findall(r"^  (\S+) -\.?->(?:\|.*?\|)? (\S+)$", drawn, re.MULTILINE)
    assert {name for arrow in arrows for name in arrow} == {
        _node(name) for name in consultant.content.topics["papers"].pages
    }
    assert set(drawn.splitlines()) < set(mermaid(consultant.content).splitlines())


def test_topics_keep_the_order_of_the_menu_and_the_arrows_between_them(consultant: Conversation) -> None:
    topics = list(consultant.content.topics)
    drawn = mermaid(consultant.content, topics=[topics[2], topics[0]])
    assert re.findall(r"subgraph (\S+)\[", drawn) == [topics[0], topics[2]]
    start = _node(consultant.content.topics[topics[2]].start)
    assert f'  p_home__resume -->|"Start over"| {start}' in drawn.splitlines()


def test_all_topics_named_are_all_topics(consultant: Conversation) -> None:
    assert mermaid(consultant.content, topics=set(consultant.content.topics)) == mermaid(consultant.content)


def test_a_topic_that_is_not_there_is_named(library: Library) -> None:
    with pytest.raises(UnknownTopicError, match=r"there is no topic 'coffee': choose from home, tea, glossary"):
        mermaid(library.content(), topics=["tea", "coffee"])


@pytest.mark.parametrize(
    ("people", "left", "percent"),
    [
        *((0, 0, 0), (1, 0, 0), (1, 1, 100), (2, 1, 50), (3, 1, 33), (3, 2, 67)),
        *((1000, 1, 1), (1000, 999, 99), (1_000_000, 1, 1), (1_000_000, 0, 0), (200, 9, 4), (200, 199, 99)),
    ],
)
def test_percent(people: int, left: int, percent: int) -> None:
    assert Count(people, left).percent == percent


@given(st.integers(0, 10**7).flatmap(lambda people: st.tuples(st.just(people), st.integers(0, people))))
def test_percent_is_near_and_never_says_nobody_or_all_of_some(numbers: tuple[int, int]) -> None:
    people, left = numbers
    percent = Count(people, left).percent
    assert (percent == 0) == (left == 0)
    assert (percent == 100) == (0 < left == people)
    if people:
        assert abs(percent - 100 * left / people) <= 1


@pytest.mark.parametrize(
    ("count", "name"),
    [
        (Count(0, 0), "nobody"),
        *((Count(1, 1), "few"), (Count(4, 0), "few"), (Count(5, 0), "left0"), (Count(5, 5), "left40")),
        *((Count(100, 4), "left0"), (Count(100, 5), "left5"), (Count(100, 9), "left5"), (Count(100, 10), "left10")),
        *(
            (Count(100, 19), "left10"),
            (Count(100, 20), "left20"),
            (Count(100, 39), "left20"),
            (Count(100, 40), "left40"),
        ),
        (Count(1000, 46), "left5"),  # what is written is 5 %, so it is coloured as 5 %
    ],
)
def test_band(count: Count, name: str) -> None:
    assert band(count).name == name


def _light(colour: str) -> float:
    """How light it is in print and to every eye: WCAG's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_bands_get_darker_so_that_they_are_told_apart_without_colours() -> None:
    lights = [_light(each.fill) for each in BANDS]
    assert all(before / after > 1.25 for before, after in pairwise(lights))
    assert [each.least for each in BANDS] == sorted({each.least for each in BANDS})
    assert BANDS[0].least == 0


@pytest.mark.parametrize("each", [*BANDS, FEW, UNSEEN], ids=lambda each: str(each.name))
def test_text_is_readable_on_its_band(each: Band) -> None:
    light, dark = sorted((_light(each.fill), _light(each.ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
