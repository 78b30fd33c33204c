"""The dialogue linter: every rule has something it finds, and every sentence it can say is said in the cases once."""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

import dialogs
from dialogs import check, limits
from dialogs.check import RULES, summarize
from dialogs.choices import COMMANDS
from tests.dialogs import test_editions, test_reader, test_sources, test_table
from tests.dialogs.check import footing, quizzes, sizes, translation, ways, wording
from tests.dialogs.check.cases import CASES, Case
from tests.dialogs.library import TODAY, Library

MODULES: tuple[ModuleType, ...] = (footing, quizzes, sizes, translation, ways, wording)
"""Importing them registers their cases."""


@pytest.mark.parametrize(
    ("text", "mark"),
    [("# Title", "# "), ("### Title", "### "), ("`code`", "`"), ("<b>x</b>", "<b"), ("x</b>", "</b"), ("2 * 3", "*")],
)
def test_other_marks_show_as_they_are(library: Library, text: str, mark: str) -> None:
    library.tea("A pot for {cups} cups.", text)
    says = f"tea.pot.text: '{mark}' shows as it is in en; only **bold**, *italic*, lists and links work"
    assert says in library.problems()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_names_what_is_wrong_and_nothing_else(
    library: Library, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    case.breaks(library)
    assert library.mistakes() == []
    monkeypatch.setattr(check, "RULES", (case.rule,))
    assert sorted(library.problems(case.today)) == sorted(case.says)


def test_every_rule_has_something_it_finds() -> None:
    assert {case.rule for case in CASES if case.says} == set(RULES)
    assert len(RULES) == len(set(RULES))
    assert all(rule.__doc__ for rule in RULES)


def test_every_rule_is_in_the_list_of_rules() -> None:
    public = {
        value
        for module in MODULES
        for name, value in vars(sys.modules[f"dialogs.check.{module.__name__.rpartition('.')[2]}"]).items()
        if callable(value) and getattr(value, "__annotations__", {}).get("seen") is check.Inspected
        if not name.startswith("_")
    }
    assert public == set(RULES)


def _sentences(path: Path) -> Iterator[re.Pattern[str]]:
    """Every sentence that a module can say of a mistake, as a pattern."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr="wrong"), args=[what]):
                pass
            case ast.Call(func=ast.Name(id="Problem"), args=[_, what, *_]):
                pass
            case ast.Yield(value=ast.Constant() | ast.JoinedStr() as what):
                pass
            case _:
                continue
        match what:
            case ast.Constant(value=str(text)):
                yield re.compile(re.escape(text))
            case ast.JoinedStr(values=values):
                parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in values]
                yield re.compile("".join(parts))


FILES = (
    "table",
    "sources",
    "editions",
    "reader",
    *(f"check/{module.__name__.rpartition('.')[2]}" for module in MODULES),
)


@pytest.mark.parametrize("file", FILES)
def test_every_sentence_about_a_mistake_is_said_in_these_tests(file: str) -> None:
    """So that none of them can be wrong, or be forgotten, without anybody noticing."""
    tests = (test_table, test_sources, test_editions, test_reader)
    said = "\n".join(Path(str(test.__file__)).read_text("utf-8") for test in tests)
    said += "\n".join(says for case in CASES for says in case.says)
    said += "\n".join(says for mistake in test_reader.MISTAKES for says in mistake.says)
    patterns = list(_sentences(dialogs.HERE / f"{file}.py"))
    assert patterns
    assert [pattern.pattern for pattern in patterns if not pattern.search(said)] == []


# The whole check


def test_the_real_content_has_no_grave_problem() -> None:
    assert [str(problem) for problem in check.check(TODAY) if problem.grave] == []


def test_the_real_content_asks_to_be_checked_again_in_time() -> None:
    days = {page.evidence.review_by for page in dialogs.load().pages.values() if page.evidence}
    problems = check.check(min(days))
    assert any(problem.what == f"is to be checked again by {min(days)}" for problem in problems)
    assert not any(problem.grave for problem in problems)
    overdue = check.check(max(days) + timedelta(1))
    assert all("should have been checked again by" in problem.what for problem in overdue)


def test_grave_problems_come_first(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "{cpus} " + "words " * 111)
    assert [problem.grave for problem in check.check(TODAY, library.folder, library.translations)] == [True, False]


def test_mistakes_of_reading_come_alone(library: Library) -> None:
    library.tea('to = "goal"', 'to = "gaol"')
    library.tea("A pot for {cups} cups.", "{cpus}")
    assert library.problems() == ["tea.what: no page 'gaol'; did you mean 'goal'?"]


def test_a_problem_is_named_once_however_many_sellers_would_see_it(library: Library) -> None:
    library.tea('label = "No quiz"', f'label = "{"x" * 33}", when = "has-place"')
    library.tea('label = "Take the quiz"', f'label = "{"y" * 33}"')
    assert len(library.problems()) == 2


def test_home_alone_can_be_checked(library: Library) -> None:
    (library.folder / "topics" / "tea.toml").unlink()
    library.write("tables/glossary.toml", "")
    library.write("tables/editions.toml", "")
    assert library.problems() == ["sources.toml: no page names the source 'book'"]


def test_a_language_whose_file_is_missing_is_not_translated(library: Library) -> None:
    library.languages("en", "ru")
    sentences = len(library.content().sentences())
    assert library.problems() == [f"ru: {sentences} sentences are not translated"]


def test_a_translated_library_has_no_problems(library: Library) -> None:
    library.languages("en", "ru", complete=True)
    library.translate("ru", {"tea.pot.text": "Чайник на {cups}.", "tea.title": "Чай"})
    assert library.problems() == []


def test_the_summary_counts_what_there_is(library: Library) -> None:
    library.languages("en", "ru")
    words = sum(len(sentence.english.split()) for sentence in library.content().sentences())
    summary = summarize(library.load())
    said = sum(row.words for row in summary.rows)
    assert 0 < said < words, "the bot's own phrases belong to no topic"
    assert str(summary) == f"18 pages (2 of facts), 1 questions, {said} words, 1 sources, 2 languages"
    assert [row.title for row in summary.rows] == ["Pages everybody has", "Tea", "Glossary"]
    tea = summary.rows[1]
    assert (tea.pages, tea.factual, tea.questions, set(tea.sources)) == (5, 1, 1, {"book"})
    assert tea.confidence == {"high": 1}
    assert (summary.editions, summary.languages) == (1, {"en": 1, "ru": 0})


def test_limits_leave_room_for_each_other() -> None:
    assert (limits.MESSAGE, limits.CALLBACK_BYTES, limits.TOAST, limits.COMMAND) == (
        4096,
        64,
        200,
        256,
    )  # Telegram's own
    assert limits.CHOICE_BYTES + len(f"{2**63}:") <= limits.CALLBACK_BYTES
    assert limits.OWN_CHOICES <= limits.LISTED_CHOICES
    assert all(re.fullmatch(r"[a-z]{1,32}", command) for command in COMMANDS)
