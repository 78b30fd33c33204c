"""The map of the whole dialogue."""

import re

from dialogs import Conversation
from dialogs.map import mermaid
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
