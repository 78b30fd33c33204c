"""Reading the topics and tables: every mistake is named in an author's words."""

from dataclasses import dataclass
from datetime import date

import pytest

from dialogs.content import HOME_PAGES, LISTS, ContentError
from dialogs.guards import GUARDS
from dialogs.table import Problem
from dialogs.topic import Choice, Typed
from tests.dialogs.library import TEA, Library, arrived


@dataclass(frozen=True)
class Mistake:
    """One place broken, and what the reader says to it."""

    file: str
    old: str
    new: str
    says: list[str]


def tea(old: str, new: str, *says: str) -> Mistake:
    """A mistake in the topic about tea."""
    return Mistake("topics/tea.toml", old, new, [f"tea{says_}" for says_ in says])


PEOPLE = 'kind = "number"'
MISTAKES = [
    # The file
    tea('id    = "tea"', 'id = "coffee"', ".toml: the file's name and its id differ: 'coffee'"),
    tea('title = "Tea"', "", ".toml: 'title' is missing"),
    tea("order = 1", 'order = "first"', ".toml: 'order' must be a whole number"),
    tea("order = 1", "odrer = 1\norder = 1", ".toml: nobody knows the key 'odrer'; did you mean 'order'?"),
    tea('start = "what"', 'start = "waht"', ".toml: no page 'waht' to start with; did you mean 'what'?"),
    tea('start = "what"', 'start = "zzz"', ".toml: no page 'zzz' to start with"),
    # A page
    tea('text = "**Tea** is a drink."', "", ".toml, page 'what': 'text' is missing"),
    tea('text = "**Tea** is a drink."', 'text = " "', ".toml, page 'what': 'text' says nothing"),
    tea('talk = true\nask = "goal"', 'talk = 1\nask = "goal"', ".toml, page 'goal': 'talk' must be true or false"),
    tea('status = "in force"\n', "", ".toml, page 'what': 'status' is missing"),
    tea('["T-1"]', "[]", ".toml, page 'what': 'facts' says nothing"),
    tea('["book"]', '"book"', ".toml, page 'what': 'sources' must be a list of texts"),
    tea("2026-11-20", '"today"', ".toml, page 'what': 'checked' must be a day like 2026-11-22"),
    tea("review_by = 2027-05-20", "review_by = 2026-01-01", ".toml, page 'what': 'review_by' lies before 'checked'"),
    tea(
        "[page.pot]",
        "[page.big_pot]",
        ".cups: no page 'pot'; did you mean 'big_pot'?",
        ".big_pot: a page's name must be lower-case words joined by hyphens",
    ),
    tea(
        "[page.pot]\ntalk",
        '[page.pot]\nlists = "teas"\ntalk',
        f".toml, page 'pot': 'lists' is 'teas', but may only be one of: {', '.join(LISTS)}",
    ),
    tea('terms = ["leaf"]', 'terms = ["laef"]', ".what: no term 'laef' in the glossary; did you mean 'leaf'?"),
    tea('["book"]', '["boook"]', ".what: no source 'boook'; did you mean 'book'?"),
    tea(
        "[quiz.q1]",
        '[page.q1]\ntalk = true\nend = true\ntext = "x"\n\n[quiz.q1]',
        ".toml, quiz 'q1': there is another page 'tea.q1'",
    ),
    tea(
        "[page.end]",
        '[page.q1-answer]\ntalk = true\nend = true\ntext = "x"\n\n[page.end]',
        ".toml, quiz 'q1': there is another page 'tea.q1-answer'",
    ),
    # A page that asks
    tea('why = "Each goal has its own tea."', "", ".toml, page 'goal': 'why' is missing"),
    tea(
        'skip = "cups"',
        "",
        ".toml, page 'goal': a page that asks needs either 'skip' (where Skip leads) or 'needed' (why there is none)",
    ),
    tea(
        'skip = "cups"',
        'skip = "cups"\nneeded = "So it is."',
        ".toml, page 'goal': a page that asks needs either 'skip' (where Skip leads) or 'needed' (why there is none)",
    ),
    tea('skip = "cups"', 'skip = "cusp"', ".goal: no page 'cusp'; did you mean 'cups'?"),
    # A typed value
    tea(PEOPLE, 'kind = "date"', ".toml, page 'cups', typed: 'kind' is 'date', but may only be one of: number, zone"),
    tea(
        'example = "3"',
        'example = "30"',
        ".toml, page 'cups', typed: 'example' is '30', which the page itself would not take",
    ),
    tea(
        'example = "3"',
        'example = "three"',
        ".toml, page 'cups', typed: 'example' is 'three', which the page itself would not take",
    ),
    tea(
        "most = 20\n",
        "",
        ".toml, page 'cups', typed: 'most' is missing",
        ".toml, page 'cups', typed: 'example' is '3', which the page itself would not take",
    ),
    tea("least = 1", "least = 21", ".toml, page 'cups', typed: 'example' is '3', which the page itself would not take"),
    tea(PEOPLE, f"{PEOPLE}\nmin = 1", ".toml, page 'cups', typed: nobody knows the key 'min'"),
    tea('to = "pot"\n', 'to = "potty"\n', ".cups: no page 'potty'; did you mean 'pot'?"),
    tea(
        'ask = "cups"\ntext = "How many cups?"\nwhy = "More cups need a larger pot."\n'
        'needed = "Without it there is nothing to say."',
        'text = "How many cups?"',
        ".toml, page 'cups': a page with a typed value needs 'ask': the name under which it is kept",
    ),
    # A choice
    tea('to = "goal"', 'to = "gaol"', ".what: no page 'gaol'; did you mean 'goal'?"),
    tea('to = "goal"', 'to = "coffee.start"', ".what: no page 'coffee.start'"),
    tea('label = "No quiz", to = "end"', 'label = "No quiz"', ".toml, page 'pot', choices 2: 'to' is missing"),
    tea(
        'label = "No quiz"',
        'lable = "No quiz"',
        ".toml, page 'pot', choices 2: 'label' is missing",
        ".toml, page 'pot', choices 2: nobody knows the key 'lable'; did you mean 'label'?",
    ),
    tea(
        'label = "No quiz"',
        'label = "No quiz", when = "rich"',
        f".toml, page 'pot', choices 2: 'when' is 'rich', but may only be one of: {', '.join(GUARDS)}",
    ),
    tea(
        'label = "No quiz"',
        'label = "No quiz", sets = { size = "big", colour = "red" }',
        """.toml, page 'pot', choices 2, sets: one name and one value are needed, as in { plain = "on" }""",
    ),
    tea('id = "enough"', 'id = "quiz"', ".pot: the choice 'quiz' stands here twice"),
    tea(
        'id = "enough"',
        'id = "No quiz"',
        ".pot: 'No quiz' can't be the id of a choice: lower-case words joined by hyphens",
    ),
    *(
        tea(
            'id = "enough"',
            f'id = "{id_}"',
            f".pot: '{id_}' can't be the id of a choice: the bot adds one of that id by itself",
        )
        for id_ in (
            "back",
            "home",
            "skip",
            "typed",
            "read",
            "start",
            "menu",
            "resume",
            "progress",
            "language",
            "settings",
            "link",
            "closest",
            "help",
            "privacy",
            "helpful-yes",
            "news-on",
            "continue",
        )
    ),
    tea(
        '{ id = "enough", label = "No quiz", to = "end" }',
        '"end"',
        ".toml, page 'pot', choices 2: a table is needed here",
        *[
            ".toml, page 'pot', choices 2: 'id' is missing",
            ".toml, page 'pot', choices 2: 'label' is missing",
            ".toml, page 'pot', choices 2: 'to' is missing",
            ".pot: '' can't be the id of a choice: lower-case words joined by hyphens",
        ],
    ),
    # A quiz
    tea(
        'right = "leaves"',
        'right = "roots"',
        ".toml, quiz 'q1': 'right' is 'roots', but may only be one of: leaves, beans",
    ),
    tea(', explain = "The leaves of a shrub."', "", ".toml, quiz 'q1', choices 1: 'explain' is missing"),
    tea('read = "what"', 'read = "waht"', ".q1-answer: no page 'waht'; did you mean 'what'?"),
    tea('to = "end"\nfacts', 'to = "ende"\nfacts', ".q1-answer: no page 'ende'; did you mean 'end'?"),
    tea(
        'confidence = "medium"',
        'confidence = "some"',
        ".toml, quiz 'q1': 'confidence' is 'some', but may only be one of: high, medium, low",
    ),
    tea('read = "what"', 'reed = "what"', ".toml, quiz 'q1': nobody knows the key 'reed'; did you mean 'read'?"),
    # Home
    Mistake(
        "topics/home.toml",
        "[page.privacy]",
        "[page.secrets]",
        [
            "home.settings: no page 'privacy'",
            "home.toml: the page 'privacy' is missing: the bot leads to it by itself",
        ],
    ),
    *(
        Mistake(
            "topics/home.toml",
            f"[page.{name}]",
            f"[page.my-{name}]",
            [f"home.toml: the page '{name}' is missing: the bot leads to it by itself"],
        )
        for name in ("link", "closest", "resume")
    ),
    Mistake(
        "topics/home.toml",
        "[page.progress]",
        "[page.my-progress]",
        [
            "home.my-progress: no page 'progress'; did you mean 'my-progress'?",
            "home.toml: the page 'progress' is missing: the bot leads to it by itself",
        ],
    ),
    # The tables
    Mistake(
        "tables/sources.toml",
        'address = "https://example.org/tea"',
        'address = "example.org"',
        ["sources.toml, book: 'address' must begin with https:// or http://"],
    ),
    Mistake(
        "tables/sources.toml",
        "read = 2026-11-20",
        "",
        ["sources.toml, book: either 'read' (a day) or 'via' (the text that cites it) is needed, and not both"],
    ),
    Mistake(
        "tables/sources.toml",
        "[book]",
        "address = 3\n[book]",
        [
            "sources.toml, address: a table is needed here",
            "sources.toml, address: 'title' is missing",
            "sources.toml, address: 'address' is missing",
            "sources.toml, address: 'kind' is missing",
            "sources.toml, address: either 'read' (a day) or 'via' (the text that cites it) is needed, and not both",
            "sources.toml, address: 'address' must begin with https:// or http://",
        ],
    ),
    Mistake("tables/glossary.toml", 'term = "leaf"', "", ["glossary.toml, leaf: 'term' is missing"]),
    Mistake(
        "tables/glossary.toml", 'text = "A **leaf**', 'note = "A **leaf**', ["glossary.toml, leaf: 'text' is missing"]
    ),
    Mistake(
        "tables/glossary.toml",
        'term = "leaf"',
        'term = "leaf"\ncolour = "green"',
        ["glossary.toml, leaf: nobody knows the key 'colour'"],
    ),
    Mistake(
        "tables/glossary.toml",
        "[leaf]",
        "[Leaf]",
        [
            "tea.what: no term 'leaf' in the glossary; did you mean 'Leaf'?",
            "glossary.Leaf: a page's name must be lower-case words joined by hyphens",
        ],
    ),
    Mistake(
        "tables/phrases.toml",
        'text = "Back"',
        'txt = "Back"',
        [
            "phrases.toml, back: 'text' is missing",
            "phrases.toml, back: nobody knows the key 'txt'; did you mean 'text'?",
        ],
    ),
    Mistake("tables/phrases.toml", 'one = "{n} page seen"', "", ["phrases.toml, progress-seen: 'one' is missing"]),
]


def test_a_sound_library_has_no_mistakes(library: Library) -> None:
    assert library.mistakes() == []
    assert library.problems() == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.says[0])
def test_a_mistake_is_named_and_nothing_else(library: Library, mistake: Mistake) -> None:
    library.change(mistake.file, mistake.old, mistake.new)
    assert sorted(library.mistakes()) == sorted(mistake.says)


def test_a_file_that_is_no_toml_is_named_and_nothing_else(library: Library) -> None:
    library.tea("[page.pot]", "[page.pot")
    assert library.mistakes() == [
        "tea.toml: this is not TOML: Expected ']' at the end of a table declaration (at line 45, column 10)"
    ]


def test_a_file_that_is_no_text_is_named(library: Library) -> None:
    (library.folder / "topics" / "tea.toml").write_bytes("id = 'té'".encode("latin-1"))
    (found,) = library.mistakes()
    assert found.startswith("tea.toml: this is not TOML: 'utf-8' codec can't decode byte")


@pytest.mark.parametrize("name", ["sources", "phrases", "glossary", "editions", "facts"])
def test_a_missing_table_is_named(library: Library, name: str) -> None:
    (library.folder / "tables" / f"{name}.toml").unlink()
    assert library.mistakes() == [f"{name}.toml: the file is missing"]


def test_a_missing_home_is_named_page_by_page(library: Library) -> None:
    (library.folder / "topics" / "home.toml").unlink()
    assert library.mistakes() == [
        f"home.toml: the page '{name}' is missing: the bot leads to it by itself" for name in HOME_PAGES
    ]


@pytest.mark.parametrize("name", ["glossary", "phrase", "Tea", "green tea", "tea.green"])
def test_a_topic_needs_a_plain_name_of_its_own(library: Library, name: str) -> None:
    library.tea('id    = "tea"', f'id = "{name}"')
    path = library.folder / "topics" / "tea.toml"
    path.rename(path.with_name(f"{name}.toml"))
    says = f"'{name}' can't be the id of a topic: lower-case words joined by hyphens, not glossary or phrase"
    assert f"{name}.toml: {says}" in library.mistakes()


def test_several_mistakes_are_named_at_once(library: Library) -> None:
    library.tea('title = "Tea"', "")
    library.tea('to = "goal"', 'to = "gaol"')
    library.change("tables/sources.toml", 'kind = "study"', 'kind = "blog"')
    assert len(library.mistakes()) == 3


def test_content_with_mistakes_is_not_loaded(library: Library) -> None:
    library.tea('to = "goal"', 'to = "gaol"')
    with pytest.raises(ContentError) as caught:
        library.load()
    assert str(caught.value) == "tea.what: no page 'gaol'; did you mean 'goal'?"
    assert caught.value.problems == [Problem("tea.what", "no page 'gaol'; did you mean 'goal'?")]


# What is read


def test_targets_become_full_names(library: Library) -> None:
    pages = library.content().pages
    assert pages["tea.what"].ways == ("tea.goal",)
    assert pages["tea.goal"].skip == "tea.cups"
    assert pages["tea.q1-answer"].read == "tea.what"
    assert pages["tea.cups"].typed == Typed("number", 1, 20, "3", "Write a number, for example {example}.", "tea.pot")
    assert library.content().topics["tea"].start == "tea.what"


def test_topics_stand_in_their_order_home_first_and_the_glossary_last(library: Library) -> None:
    coffee = 'id = "coffee"\ntitle = "Coffee"\norder = 1\nstart = "a"\n[page.a]\ntalk = true\nend = true\ntext = "x"\n'
    library.write("topics/coffee.toml", coffee)
    assert list(library.content().topics) == ["home", "coffee", "tea", "glossary"]


def test_a_choice_may_set_something_under_a_name_of_its_own(library: Library) -> None:
    settings = library.content().pages["home.settings"]
    assert {choice.id: (choice.question, choice.remember) for choice in settings.choices} == {
        "speak": ("", ""),
        "news-on": ("news", "on"),
        "news-off": ("news", "off"),
        "zone": ("", ""),
        "plain-on": ("plain", "on"),
        "plain-off": ("plain", "off"),
        "stored": ("", ""),
    }
    library.tea('label = "No quiz", to', 'label = "No quiz", sets = { size = "big" }, to')
    choice = library.content().pages["tea.pot"].choice("enough")
    assert choice is not None
    assert (choice.question, choice.remember) == ("size", "big")


def test_a_time_zone_has_no_bounds(library: Library) -> None:
    typed = library.content().pages["home.zone"].typed
    assert typed is not None
    assert (typed.kind, typed.least, typed.most, typed.to) == ("zone", 0, 0, "home.settings")
    library.change("topics/home.toml", 'kind = "zone"', 'kind = "zone"\nleast = 1')
    assert library.mistakes() == ["home.toml, page 'zone', typed: nobody knows the key 'least'"]


def test_a_link_lists_topics_and_a_question_every_page_of_facts(library: Library) -> None:
    pages = library.content().pages
    assert [choice.id for choice in pages["home.link"].choices] == ["continue", "open.tea"]
    assert pages["home.closest"].choices == (
        Choice("page.tea.what", "Tea", "tea.what", context="tea.title"),
        Choice("page.glossary.leaf", "leaf", "glossary.leaf", context="glossary.leaf.term"),
    )


def test_a_page_is_offered_under_the_words_that_lead_to_it_first(library: Library) -> None:
    footing = 'facts = ["T-9"]\nsources = ["book"]\nchecked = 2026-11-20\nreview_by = 2027-05-20\n'
    footing += 'status = "opinion"\nconfidence = "low"\n'
    library.tea("[page.pot]\ntalk = true", f"[page.pot]\n{footing}")
    assert [choice.id for choice in library.content().pages["home.closest"].choices] == [
        "page.tea.what",
        "page.glossary.leaf",
    ], "no button leads to the pot, so it has no name"
    library.tea('to = "cups" },', 'to = "pot" },')
    found = library.content().pages["home.closest"].choices[1]
    assert (found.id, found.label, found.context) == ("page.tea.pot", "To get warm", "tea.goal.choice.warmth")


def test_the_menu_lists_topics_and_the_language_pages_languages(library: Library) -> None:
    library.languages("en", "ru")
    pages = library.content().pages
    assert pages["home.menu"].choices == (Choice("open.tea", "Tea", "tea", context="tea.title"),)
    assert pages["home.language"].choices == (Choice("lang.en", "In en"), Choice("lang.ru", "In ru"))
    assert [choice.id for choice in pages["home.welcome"].choices] == ["begin", "lang.en", "lang.ru"]


def _more_topics(library: Library, number: int) -> None:
    for n in range(2, number + 1):
        tea = TEA.replace('"tea"', f'"tea-{n:02}"').replace('"Tea"', f'"Tea {n}"').replace("order = 1", f"order = {n}")
        library.write(f"topics/tea-{n:02}.toml", tea)


def test_a_menu_of_eight_topics_shows_them_all(library: Library) -> None:
    _more_topics(library, 8)
    pages = library.content().pages
    assert [choice.to for choice in pages["home.menu"].choices] == ["tea", *(f"tea-{n:02}" for n in range(2, 9))]
    assert pages["home.more"].choices == ()
    assert library.problems() == []


def test_of_more_topics_the_menu_shows_seven_and_the_way_to_the_others(library: Library) -> None:
    _more_topics(library, 15)
    pages = library.content().pages
    assert [choice.to for choice in pages["home.menu"].choices] == [
        "tea",
        *(f"tea-{n:02}" for n in range(2, 8)),
        "home.more",
    ]
    assert [choice.to for choice in pages["home.more"].choices] == [f"tea-{n:02}" for n in range(8, 16)]
    assert library.problems() == []
    _more_topics(library, 16)
    assert library.problems() == ["home.more: 9 choices are too many: 8 at most"]


def test_somebody_comes_to_the_other_topics_and_back(library: Library) -> None:
    _more_topics(library, 9)
    conversation = library.load()
    seller = arrived(conversation, "en", "begin", "more")
    assert list(conversation.labels(seller).values()) == ["Tea 8", "Tea 9", "Back", "Menu"]
    assert conversation.step(seller, "open.tea-09")
    assert seller.state == "tea-09.what"
    assert conversation.step(seller, "back")
    assert seller.state == "home.more"
    assert conversation.step(seller, "back")
    assert seller.state == "home.menu"
    assert conversation.type(seller, "more subjects")
    assert conversation.type(seller, "Tea 8")
    assert seller.state == "tea-08.what"


def test_an_answer_is_the_choice_unless_it_says_otherwise(library: Library) -> None:
    pages = library.content().pages
    assert [choice.remember for choice in pages["tea.goal"].choices] == ["warmth", "sleep"]
    assert [choice.remember for choice in pages["tea.what"].choices] == [""]


def test_a_quiz_question_becomes_two_pages(library: Library) -> None:
    pages = library.content().pages
    question, answer = pages["tea.q1"], pages["tea.q1-answer"]
    assert (question.ask, question.right, question.evidence) == ("q1", "leaves", None)
    assert {choice.to for choice in question.choices} == {"tea.q1-answer"}
    assert (answer.explains, answer.options) == ("tea.q1", question.choices)
    assert answer.evidence is not None
    assert answer.evidence.checked == date(2026, 11, 20)
    assert [(choice.id, choice.to) for choice in answer.choices] == [("next", "tea.end")]


def test_pages_of_talk_and_questions_need_no_footing_but_may_have_one(library: Library) -> None:
    assert library.content().pages["tea.goal"].evidence is None
    footing = 'facts = ["T-9"]\nsources = ["book"]\nchecked = 2026-11-20\nreview_by = 2027-05-20\n'
    footing += 'status = "opinion"\nconfidence = "low"\n'
    library.tea('talk = true\nask = "goal"', f'ask = "goal"\n{footing}')
    found = library.content().pages["tea.goal"].evidence
    assert found is not None
    assert found.status == "opinion"
    assert library.mistakes() == []


def test_the_glossary_is_a_topic_that_no_menu_lists(library: Library) -> None:
    glossary = library.content().topics["glossary"]
    assert not glossary.listed
    assert list(glossary.pages) == ["glossary.leaf"]
    assert library.content().terms == {"leaf": "leaf"}


def test_a_glossary_may_be_empty(library: Library) -> None:
    library.write("tables/glossary.toml", "")
    library.tea('terms = ["leaf"]', "")
    assert library.mistakes() == []
    assert library.content().topics["glossary"].pages == {}


def test_every_sentence_has_a_place_phrases_first_and_terms_last(library: Library) -> None:
    contexts = [sentence.context for sentence in library.content().sentences()]
    assert contexts[0] == "phrase.back"
    assert contexts[-1] == "glossary.leaf.term"
    assert contexts.index("home.welcome.text") < contexts.index("tea.title") < contexts.index("glossary.leaf.text")


def test_a_phrase_may_have_two_forms(library: Library) -> None:
    phrase = library.content().phrases["progress-seen"]
    assert (phrase.text, phrase.other) == ("{n} page seen", "{n} pages seen")
