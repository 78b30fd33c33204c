"""Words, emoji, marks and placeholders that should not stand there."""

from dialogs.check import wording
from tests.dialogs.check.cases import case
from tests.dialogs.library import Library


@case(wording.promises, "tea.pot.text: '100%' in en is a promise; it may only be quoted, as “a claim”")
def a_promise(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "Tea works to 100 %.")


@case(wording.promises, "tea.pot.choice.enough: 'guarantee' in en is a promise; it may only be quoted, as “a claim”")
def a_promise_on_a_button(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "Guaranteed sleep"')


@case(wording.promises, "phrase.progress-seen: 'no risk' in en is a promise; it may only be quoted, as “a claim”")
def a_promise_in_a_plural(library: Library) -> None:
    library.change("tables/phrases.toml", "{n} pages seen", "{n} pages seen at no risk")


@case(
    wording.promises,
    "tea.pot.text: '100%' in zh_Hans is a promise; it may only be quoted, as “a claim”",
    "tea.pot.text: '保证' in zh_Hans is a promise; it may only be quoted, as “a claim”",
)
def promises_in_chinese(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.text": "{cups}杯，１００％有效，保证睡好。"})


@case(wording.promises)
def a_promise_that_is_quoted(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.tea("A pot for {cups} cups.", '*“100 % sleep, guaranteed”* for {cups} cups, or \\"no risk\\"?')
    library.translate("zh_Hans", {"tea.pot.text": "*“保证睡好”*？{cups}杯。"})


@case(wording.emoji, "tea.pot.text: more than one emoji in en")
def two_emoji(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot for {cups} cups. ☕🙂")


@case(wording.emoji, "tea.pot.text: the emoji belongs at the end in en")
def an_emoji_in_the_middle(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot 🙂 for {cups} cups.")


@case(wording.emoji, "tea.pot.text: says nothing without its emoji in ru")
def nothing_but_an_emoji(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "🙂"})


@case(wording.emoji)
def one_emoji_at_the_end(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot for {cups} cups. 👩🏽\u200d🍳")


@case(
    wording.marks,
    "tea.pot.text: '**' shows as it is in en; only **bold**, *italic*, lists and links work",
)
def a_mark_that_is_not_closed(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "**A pot for {cups} cups.")


@case(wording.marks, "tea.pot.text: '**' shows as it is in zh_Hans; only **bold**, *italic*, lists and links work")
def a_mark_that_does_not_work_beside_chinese(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.text": "**茶壶。**装{cups}杯"})


@case(wording.placeholders, "tea.pot.text: nobody knows what '{cpus}' stands for here")
def a_misspelt_placeholder(library: Library) -> None:
    library.tea("{cups} cups", "{cpus} cups")


@case(wording.placeholders, "tea.goal.why: nobody knows what '{goal}' stands for here")
def a_placeholder_where_none_is_filled_in(library: Library) -> None:
    library.tea("Each goal has its own tea.", "{goal} has its own tea.")


@case(wording.placeholders, "tea.cups.error: nobody knows what '{cups}' stands for here")
def another_placeholder_than_the_example_in_an_error(library: Library) -> None:
    library.tea("for example {example}", "for example {cups}")


@case(wording.placeholders)
def settings_on_the_home_pages(library: Library) -> None:
    library.change("topics/home.toml", "**Where you are**", "**Where you are** {language} {news} {zone} {plain}")


@case(wording.placeholders, "tea.pot.text: nobody knows what '{progress}' stands for here")
def a_placeholder_of_the_home_pages_elsewhere(library: Library) -> None:
    library.tea("{cups} cups", "{progress} cups")


@case(
    wording.placeholders,
    "tea.pot.choice.enough: nobody knows what '{2026-09-16}' stands for here",
    "tea.pot.choice.enough: nobody knows what '{cups}' stands for here",
)
def placeholders_on_a_button(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "{cups} on {2026-09-16}"')


@case(
    wording.placeholders,
    "tea.pot.text: nobody knows what '{2026-13-01}' stands for here",
    "tea.pot.text: nobody knows what '{CNY 1.5}' stands for here",
    "tea.pot.text: nobody knows what '{Cups}' stands for here",
)
def placeholders_that_are_almost_right(library: Library) -> None:
    library.tea("{cups} cups", "{Cups} {2026-13-01} {CNY 1.5}")


@case(wording.placeholders)
def a_day_a_number_and_an_amount(library: Library) -> None:
    library.tea("{cups} cups", "{2026-09-16}, {1474118} and {CNY 50000}")


@case(wording.placeholders)
def placeholders_everybody_knows(library: Library) -> None:
    library.tea("{cups} cups", "{cups}, {goal}, {right}, {asked}, {contact}")


@case(
    wording.titles,
    "tea.pot.text: 'registered internal auditor' in en makes a registration of a course; it may only be quoted, "
    "as “a claim”",
    "tea.pot.text: '注册内审员' in zh_Hans makes a registration of a course; it may only be quoted, as “a claim”",
)
def a_course_that_is_called_a_registration(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.tea("A pot for {cups} cups.", "Become a registered internal auditor.")
    library.translate("zh_Hans", {"tea.pot.text": "成为注册内审员。"})


@case(wording.titles)
def a_title_that_is_quoted(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "Nobody is a “registered internal auditor” by a course.")


@case(wording.terms, "tea.what: speaks of 'leaf' and offers no term of the glossary")
def a_term_that_is_used_and_not_offered(library: Library) -> None:
    library.tea('terms = ["leaf"]', "")
    library.tea("**Tea** is a drink.", "Tea is a **Leaf**, of sorts.")


@case(wording.terms)
def words_that_only_hold_the_term(library: Library) -> None:
    library.tea('terms = ["leaf"]', "")
    library.tea("**Tea** is a drink.", "Tea is no leaflet and no leaf-cutter.")
