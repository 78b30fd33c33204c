"""The dialogue linter: every rule has something it finds, and every sentence it can say is said here once."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

import dialogs
from dialogs import check, limits
from dialogs.check import RULES, Rule, summary
from dialogs.choices import COMMANDS
from tests.dialogs import test_reader, test_sources, test_table
from tests.dialogs.library import TEA, TODAY, Library


@dataclass(frozen=True)
class Case:
    """Something broken, the rule that finds it, and what the rule says."""

    rule: Rule
    name: str
    breaks: Callable[[Library], None]
    says: list[str]
    today: date = TODAY


CASES: list[Case] = []


def case(rule: Rule, *says: str, today: date = TODAY) -> Callable[[Callable[[Library], None]], None]:
    """Register what breaks the library in one place, and everything the rule says then."""

    def register(breaks: Callable[[Library], None]) -> None:
        CASES.append(Case(rule, breaks.__name__, breaks, list(says), today))

    return register


# Ways


@case(check.reachable, "tea.island: no choice leads to this page")
def a_page_no_choice_leads_to(library: Library) -> None:
    library.tea("[page.end]", '[page.island]\ntalk = true\nend = true\ntext = "Alone."\n\n[page.end]')


@case(check.reachable, "home.about: no choice leads to this page")
def a_home_page_no_choice_leads_to(library: Library) -> None:
    library.change("topics/home.toml", "[page.help]", '[page.about]\ntalk = true\ntext = "About."\n\n[page.help]')


@case(check.reachable, "glossary.leaf: no choice leads to this page")
def a_term_no_page_offers(library: Library) -> None:
    library.tea('terms = ["leaf"]', "")


@case(check.reachable, "tea.island: no choice leads to this page", "tea.isle: no choice leads to this page")
def pages_of_facts_that_only_lead_to_each_other(library: Library) -> None:
    """Somebody who writes the right words would be offered them; that is not a way."""
    page = TEA.partition("[page.what]")[2].partition("terms")[0]
    for name, other in (("island", "isle"), ("isle", "island")):
        way = f'choices = [{{ id = "over", label = "To the {other}", to = "{other}" }}]'
        library.tea("[page.end]", f"[page.{name}]{page}{way}\n\n[page.end]")


@case(check.no_dead_end, "tea.end: nothing leads on from here; add a choice, or `end = true`")
def a_last_page_that_does_not_say_so(library: Library) -> None:
    library.tea("end = true\n", "")


@case(check.no_dead_end, "tea.what: for some sellers every choice is hidden by its condition")
def a_page_with_nothing_but_a_conditional_choice(library: Library) -> None:
    library.tea('to = "goal"', 'to = "goal", when = "works-alone"')


@case(
    check.no_circle,
    "tea.what: the choices go round in a circle: tea.what → tea.goal → tea.what; Back is there for returning",
)
def a_choice_that_leads_back(library: Library) -> None:
    library.tea('label = "To get warm", to = "cups"', 'label = "To get warm", to = "what"')


@case(check.no_circle, "tea.pot: the choices go round in a circle: tea.pot → tea.pot; Back is there for returning")
def a_choice_that_leads_to_its_own_page(library: Library) -> None:
    library.tea('label = "No quiz", to = "end"', 'label = "No quiz", to = "pot"')


@case(check.no_circle)
def topics_that_lead_to_pages_of_each_other(library: Library) -> None:
    coffee = '[page.a]\ntalk = true\nend = true\ntext = "x"\nchoices = [{ id = "b", label = "B", to = "tea.end" }]\n'
    library.write("topics/coffee.toml", f'id = "coffee"\ntitle = "Coffee"\norder = 2\nstart = "a"\n{coffee}')
    library.tea("end = true\n", 'end = true\nchoices = [{ id = "coffee", label = "Coffee", to = "coffee.a" }]\n')


@case(check.no_circle)
def home_pages_that_lead_to_each_other(library: Library) -> None:
    library.change(
        "topics/home.toml",
        "[page.language]\ntalk = true\n",
        '[page.language]\ntalk = true\nchoices = [{ id = "hello", label = "Hello", to = "welcome" }]\n',
    )
    library.change(
        "topics/home.toml", 'to = "menu" },\n', 'to = "menu" },\n  { id = "l", label = "L", to = "language" },\n'
    )


# Evidence


@case(check.evidence, "tea.what: 'checked' is 2026-11-26, which is still to come")
def a_page_checked_tomorrow(library: Library) -> None:
    library.tea("checked = 2026-11-20", "checked = 2026-11-26")


@case(
    check.evidence,
    "tea.what: nobody opened any of its sources, so its confidence is 'medium' at most",
    "glossary.leaf: nobody opened any of its sources, so its confidence is 'medium' at most",
)
def a_source_nobody_opened(library: Library) -> None:
    library.change("tables/sources.toml", "read = 2026-11-20", 'via = "another book"')


@case(check.evidence)
def a_page_checked_today(library: Library) -> None:
    library.tea("checked = 2026-11-20", "checked = 2026-11-25")


@case(check.evidence, "tea.what: should have been checked again by 2026-11-24")
def a_page_past_its_day(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-11-24")


@case(check.evidence, "tea.what: is to be checked again by 2026-11-25")
def a_page_on_its_day(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-11-25")


@case(check.evidence, "tea.what: is to be checked again by 2026-12-25")
def a_page_thirty_days_before(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-12-25")


@case(check.evidence)
def a_page_thirty_one_days_before(library: Library) -> None:
    library.tea("review_by = 2027-05-20", "review_by = 2026-12-26")


@case(check.sources_used, "sources.toml: no page names the source 'film'")
def a_source_nobody_names(library: Library) -> None:
    film = '\n[film]\ntitle = "The film"\naddress = "https://example.org"\nkind = "study"\nread = 2026-11-20\n'
    library.change("tables/sources.toml", "read = 2026-11-20\n", f"read = 2026-11-20\n{film}")


# Limits


def _more(number: int, to: str) -> str:
    return "".join(f'  {{ id = "more-{n}", label = "More {n}.", to = "{to}" }},\n' for n in range(number))


@case(check.counts, "tea.pot: 6 choices are too many: 5 at most")
def six_choices(library: Library) -> None:
    library.tea('  { id = "enough"', _more(4, "end") + '  { id = "enough"')


@case(check.counts)
def eight_choices_of_a_question(library: Library) -> None:
    library.tea('  { id = "warmth"', _more(6, "cups") + '  { id = "warmth"')


@case(check.counts, "tea.goal: 9 choices are too many: 8 at most")
def nine_choices_of_a_question(library: Library) -> None:
    library.tea('  { id = "warmth"', _more(7, "cups") + '  { id = "warmth"')


@case(check.counts, "tea.what: 3 terms are too many: 2 at most")
def three_terms(library: Library) -> None:
    library.tea('terms = ["leaf"]', 'terms = ["leaf", "leaf", "leaf"]')


@case(check.counts, f"tea.pot: the id '{'x' * 41}' is longer than 40 bytes")
def a_long_id(library: Library) -> None:
    library.tea('id = "enough"', f'id = "{"x" * 41}"')


@case(check.counts)
def the_longest_id_and_as_many_terms_as_there_may_be(library: Library) -> None:
    library.tea('id = "enough"', f'id = "{"x" * 40}"')
    library.tea('terms = ["leaf"]', 'terms = ["leaf", "leaf"]')


@case(check.sizes)
def the_longest_label(library: Library) -> None:
    library.tea('label = "No quiz"', f'label = "{"x" * 32}"')


@case(
    check.counts,
    f"tea.what: the id 'term.{'x' * 36}' is longer than 40 bytes",
    f"home.closest: the id 'page.glossary.{'x' * 36}' is longer than 40 bytes",
)
def a_term_with_a_long_id(library: Library) -> None:
    library.change("tables/glossary.toml", "[leaf]", f"[{'x' * 36}]")
    library.tea('terms = ["leaf"]', f'terms = ["{"x" * 36}"]')


@case(check.counts, f"home.closest: the id 'page.tea.{'x' * 32}' is longer than 40 bytes")
def a_page_of_facts_with_a_long_name(library: Library) -> None:
    for old in ('start = "what"', "[page.what]", 'read = "what"'):
        library.tea(old, old.replace("what", "x" * 32))


@case(check.counts)
def as_many_pages_of_facts_as_one_likes(library: Library) -> None:
    page = TEA.partition("[page.what]")[2].partition("terms")[0]
    for n in range(8):
        library.tea("[page.end]", f"[page.more-{n}]{page}end = true\n\n[page.end]")
        library.tea(
            "choices = [", f'choices = [\n  {{ id = "more-{n}", label = "M{n}", to = "more-{n}" }},'
        ) if n < 4 else None


@case(check.sizes, "tea.pot: 4193 characters in en: a message holds 4096")
def a_long_text(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "words " * 680)


@case(check.sizes, "home.welcome: longer than 600 characters in en")
def a_long_greeting(library: Library) -> None:
    library.change("topics/home.toml", "This is not legal advice.", "words " * 50)


@case(check.sizes, f"tea.pot: the button '{'x' * 33}' is too long in en: 33 of 32")
def a_long_label(library: Library) -> None:
    library.tea('label = "No quiz"', f'label = "{"x" * 33}"')


@case(check.sizes, f"tea.pot: the button '{'茶' * 17}' is too long in zh_Hans: 34 of 32")
def a_long_label_in_chinese(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.choice.enough": "茶" * 17})


@case(check.sizes, f"tea.pot: the button '{'x' * 33}' is too long in en: 33 of 32")
def a_long_label_that_not_everybody_sees(library: Library) -> None:
    library.tea('label = "No quiz"', f'when = "larger-firm", label = "{"x" * 33}"')


@case(
    check.sizes,
    "home.closest: the button 'Term: a leaf of a rather tall shrub' is too long in en: 35 of 32",
    "tea.what: the button 'Term: a leaf of a rather tall shrub' is too long in en: 35 of 32",
)
def a_long_term(library: Library) -> None:
    library.change("tables/glossary.toml", 'term = "leaf"', 'term = "a leaf of a rather tall shrub"')


@case(check.sizes, "tea.pot: the button '**No** quiz' has marks in en: on a button they show as they are")
def a_label_with_marks(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "**No** quiz"')


@case(
    check.sizes,
    "tea.pot: two buttons read 'Take the quiz' in en; somebody who types it can't be understood",
    "tea.pot: two buttons read 'take the quiz!' in en; somebody who types it can't be understood",
)
def two_labels_alike(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "take the quiz!"')


@case(
    check.sizes,
    "tea.pot: two buttons read 'menu' in en; somebody who types it can't be understood",
    "tea.pot: two buttons read 'Menu' in en; somebody who types it can't be understood",
)
def a_label_like_one_of_the_bots_own(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "menu"')


@case(check.sizes, "tea.pot: the button '2' needs words in en: a number means its place")
def a_label_that_is_a_number(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "2"')


@case(check.sizes, "tea.pot: the button '?!' needs words in en: a number means its place")
def a_label_without_words(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "?!"')


@case(check.phrases, "phrases.toml: 'stale' is too long for a notice in en")
def a_long_notice(library: Library) -> None:
    library.change("tables/phrases.toml", "That page is from before.", "x" * 200)


@case(check.phrases, "phrases.toml: the description of /menu is too long in en")
def a_long_description_of_a_command(library: Library) -> None:
    library.change("tables/phrases.toml", 'text = "all subjects"', f'text = "{"x" * 257}"')


@case(check.phrases, "phrases.toml: the description of /menu is too long in ru")
def a_long_description_of_a_command_in_russian(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"phrase.command-menu": "ж" * 257})


@case(check.length, "tea.pot: 111 words are much for one page")
def many_words(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "words " * 111)


@case(check.length)
def just_enough_words(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "words " * 110)


@case(check.length, "tea.pot: 221 characters in zh_Hans are much for one page")
def many_chinese_characters(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.text": "茶" * 221 + "，。"})


# Words and emoji


@case(check.promises, "tea.pot.text: '100%' in en is a promise; it may only be quoted, as “a claim”")
def a_promise(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "Tea works to 100 %.")


@case(check.promises, "tea.pot.choice.enough: 'guarantee' in en is a promise; it may only be quoted, as “a claim”")
def a_promise_on_a_button(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "Guaranteed sleep"')


@case(check.promises, "phrase.progress-seen: 'no risk' in en is a promise; it may only be quoted, as “a claim”")
def a_promise_in_a_plural(library: Library) -> None:
    library.change("tables/phrases.toml", "{n} pages seen", "{n} pages seen at no risk")


@case(
    check.promises,
    "tea.pot.text: '100%' in zh_Hans is a promise; it may only be quoted, as “a claim”",
    "tea.pot.text: '保证' in zh_Hans is a promise; it may only be quoted, as “a claim”",
)
def promises_in_chinese(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.text": "{cups}杯，１００％有效，保证睡好。"})


@case(check.promises)
def a_promise_that_is_quoted(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.tea("A pot for {cups} cups.", '*“100 % sleep, guaranteed”* for {cups} cups, or \\"no risk\\"?')
    library.translate("zh_Hans", {"tea.pot.text": "*“保证睡好”*？{cups}杯。"})


@case(check.emoji, "tea.pot.text: more than one emoji in en")
def two_emoji(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot for {cups} cups. ☕🙂")


@case(check.emoji, "tea.pot.text: the emoji belongs at the end in en")
def an_emoji_in_the_middle(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot 🙂 for {cups} cups.")


@case(check.emoji, "tea.pot.text: says nothing without its emoji in ru")
def nothing_but_an_emoji(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "🙂"})


@case(check.emoji)
def one_emoji_at_the_end(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot for {cups} cups. 👩🏽\u200d🍳")


# Marks and placeholders


@case(
    check.marks,
    "tea.pot.text: '**' shows as it is in en; only **bold**, *italic*, lists and links work",
)
def a_mark_that_is_not_closed(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "**A pot for {cups} cups.")


@case(check.marks, "tea.pot.text: '**' shows as it is in zh_Hans; only **bold**, *italic*, lists and links work")
def a_mark_that_does_not_work_beside_chinese(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.text": "**茶壶。**装{cups}杯"})


@pytest.mark.parametrize(
    ("text", "mark"),
    [("# Title", "# "), ("### Title", "### "), ("`code`", "`"), ("<b>x</b>", "<b"), ("x</b>", "</b"), ("2 * 3", "*")],
)
def test_other_marks_show_as_they_are(library: Library, text: str, mark: str) -> None:
    library.tea("A pot for {cups} cups.", text)
    says = f"tea.pot.text: '{mark}' shows as it is in en; only **bold**, *italic*, lists and links work"
    assert says in library.problems()


@case(check.placeholders, "tea.pot.text: nobody knows what '{cpus}' stands for here")
def a_misspelt_placeholder(library: Library) -> None:
    library.tea("{cups} cups", "{cpus} cups")


@case(check.placeholders, "tea.goal.why: nobody knows what '{goal}' stands for here")
def a_placeholder_where_none_is_filled_in(library: Library) -> None:
    library.tea("Each goal has its own tea.", "{goal} has its own tea.")


@case(check.placeholders, "tea.cups.error: nobody knows what '{cups}' stands for here")
def another_placeholder_than_the_example_in_an_error(library: Library) -> None:
    library.tea("for example {example}", "for example {cups}")


@case(check.placeholders)
def settings_on_the_home_pages(library: Library) -> None:
    library.change("topics/home.toml", "**Where you are**", "**Where you are** {language} {news} {zone} {plain}")


@case(check.placeholders, "tea.pot.text: nobody knows what '{progress}' stands for here")
def a_placeholder_of_the_home_pages_elsewhere(library: Library) -> None:
    library.tea("{cups} cups", "{progress} cups")


@case(
    check.placeholders,
    "tea.pot.choice.enough: nobody knows what '{2026-09-16}' stands for here",
    "tea.pot.choice.enough: nobody knows what '{cups}' stands for here",
)
def placeholders_on_a_button(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "{cups} on {2026-09-16}"')


@case(
    check.placeholders,
    "tea.pot.text: nobody knows what '{2026-13-01}' stands for here",
    "tea.pot.text: nobody knows what '{CNY 1.5}' stands for here",
    "tea.pot.text: nobody knows what '{Cups}' stands for here",
)
def placeholders_that_are_almost_right(library: Library) -> None:
    library.tea("{cups} cups", "{Cups} {2026-13-01} {CNY 1.5}")


@case(check.placeholders)
def a_day_a_number_and_an_amount(library: Library) -> None:
    library.tea("{cups} cups", "{2026-09-16}, {1474118} and {CNY 50000}")


@case(check.alike, "tea.pot.text: placeholders differ in ru: {2026-09-16} and {2026-09-17}")
def another_day_in_a_translation(library: Library) -> None:
    library.languages("en", "ru")
    library.tea("A pot for {cups} cups.", "Since {2026-09-16}.")
    library.translate("ru", {"tea.pot.text": "С {2026-09-17}."})


@case(check.placeholders)
def placeholders_everybody_knows(library: Library) -> None:
    library.tea("{cups} cups", "{cups}, {goal}, {right}, {asked}, {contact}")


# Translations


@case(
    check.translated,
    "tea.pot.text: not translated, or in doubt, in ru",
)
def a_doubted_sentence_of_a_complete_language(library: Library) -> None:
    library.languages("en", "ru", complete=True)
    library.translate("ru", {"tea.pot.text": "Чайник на {cups}."}, fuzzy=True)


@case(check.translated, "tea.pot.text: not translated, or in doubt, in ru")
def a_changed_sentence_of_a_complete_language(library: Library) -> None:
    library.languages("en", "ru", complete=True)
    library.translate("ru", {"tea.pot.text": "Чайник на {cups}."})
    library.tea("A pot for {cups} cups.", "One pot for {cups} cups.")


@case(check.translated, "ru: 1 sentences are not translated")
def a_missing_sentence_of_another_language(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": ""})


@case(check.alike, "tea.pot.text: placeholders differ in ru: {cups} and none")
def a_lost_placeholder(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "Чайник."})


@case(check.alike, "tea.pot.text: placeholders differ in ru: {cups} and {asked}, {cups}")
def a_placeholder_too_many(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "Чайник на {cups} из {asked}."})


@case(check.alike, "tea.what.text: marks differ in ru: {'bold': 1} and {'italic': 1}")
def another_mark(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.what.text": "*Чай* — напиток."})


@case(check.alike)
def a_doubted_sentence_is_not_compared(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "Чайник."}, fuzzy=True)


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
        for name, value in vars(check).items()
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


@pytest.mark.parametrize("module", ["table", "sources", "reader", "check"])
def test_every_sentence_about_a_mistake_is_said_in_these_tests(module: str) -> None:
    """So that none of them can be wrong, or be forgotten, without anybody noticing."""
    said = "\n".join(Path(str(tests.__file__)).read_text("utf-8") for tests in (test_table, test_sources, test_reader))
    said += "\n".join(says for case in CASES for says in case.says)
    said += "\n".join(says for mistake in test_reader.MISTAKES for says in mistake.says)
    patterns = list(_sentences(dialogs.HERE / f"{module}.py"))
    assert len(patterns) > 2
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
    words = sum(len(sentence.english.split()) for sentence in library.content().sentences())
    assert summary(library.load()) == (f"19 pages (3 of facts), {words} words, 1 terms, 1 sources, 1 languages")


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
