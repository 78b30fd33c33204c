"""What is too long, or too much."""

from dialogs.check import sizes
from tests.dialogs.check.cases import case
from tests.dialogs.library import TEA, Library


def _more(number: int, to: str) -> str:
    return "".join(f'  {{ id = "more-{n}", label = "More {n}.", to = "{to}" }},\n' for n in range(number))


@case(sizes.counts, "tea.pot: 6 choices are too many: 5 at most")
def six_choices(library: Library) -> None:
    library.tea('  { id = "enough"', _more(4, "end") + '  { id = "enough"')


@case(sizes.counts)
def eight_choices_of_a_question(library: Library) -> None:
    library.tea('  { id = "warmth"', _more(6, "cups") + '  { id = "warmth"')


@case(sizes.counts, "tea.goal: 9 choices are too many: 8 at most")
def nine_choices_of_a_question(library: Library) -> None:
    library.tea('  { id = "warmth"', _more(7, "cups") + '  { id = "warmth"')


@case(sizes.counts, "tea.what: 3 terms are too many: 2 at most")
def three_terms(library: Library) -> None:
    library.tea('terms = ["leaf"]', 'terms = ["leaf", "leaf", "leaf"]')


@case(sizes.counts, f"tea.pot: the id '{'x' * 41}' is longer than 40 bytes")
def a_long_id(library: Library) -> None:
    library.tea('id = "enough"', f'id = "{"x" * 41}"')


@case(sizes.counts)
def the_longest_id_and_as_many_terms_as_there_may_be(library: Library) -> None:
    library.tea('id = "enough"', f'id = "{"x" * 40}"')
    library.tea('terms = ["leaf"]', 'terms = ["leaf", "leaf"]')


@case(sizes.sizes)
def the_longest_label(library: Library) -> None:
    library.tea('label = "No quiz"', f'label = "{"x" * 32}"')


@case(
    sizes.counts,
    f"tea.what: the id 'term.{'x' * 36}' is longer than 40 bytes",
    f"home.closest: the id 'page.glossary.{'x' * 36}' is longer than 40 bytes",
)
def a_term_with_a_long_id(library: Library) -> None:
    library.change("tables/glossary.toml", "[leaf]", f"[{'x' * 36}]")
    library.tea('terms = ["leaf"]', f'terms = ["{"x" * 36}"]')


@case(sizes.counts, f"home.closest: the id 'page.tea.{'x' * 32}' is longer than 40 bytes")
def a_page_of_facts_with_a_long_name(library: Library) -> None:
    for old in ('start = "what"', "[page.what]", 'read = "what"'):
        library.tea(old, old.replace("what", "x" * 32))


@case(sizes.counts)
def as_many_pages_of_facts_as_one_likes(library: Library) -> None:
    page = TEA.partition("[page.what]")[2].partition("terms")[0]
    for n in range(8):
        library.tea("[page.end]", f"[page.more-{n}]{page}end = true\n\n[page.end]")
        library.tea(
            "choices = [", f'choices = [\n  {{ id = "more-{n}", label = "M{n}", to = "more-{n}" }},'
        ) if n < 4 else None


@case(sizes.sizes, "tea.pot: 4174 characters in en: a message holds 4096")
def a_long_text(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "words " * 680)


@case(sizes.sizes, "home.welcome: longer than 600 characters in en")
def a_long_greeting(library: Library) -> None:
    library.change("topics/home.toml", "This is not legal advice.", "words " * 50)


@case(sizes.sizes, f"tea.pot: the button '{'x' * 33}' is too long in en: 33 of 32")
def a_long_label(library: Library) -> None:
    library.tea('label = "No quiz"', f'label = "{"x" * 33}"')


@case(sizes.sizes, f"tea.pot: the button '{'茶' * 17}' is too long in zh_Hans: 34 of 32")
def a_long_label_in_chinese(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.choice.enough": "茶" * 17})


@case(sizes.sizes, f"tea.pot: the button '{'x' * 33}' is too long in en: 33 of 32")
def a_long_label_that_not_everybody_sees(library: Library) -> None:
    library.tea('label = "No quiz"', f'when = "larger-firm", label = "{"x" * 33}"')


@case(
    sizes.sizes,
    "home.closest: the button 'Term: a leaf of a rather tall shrub' is too long in en: 35 of 32",
    "tea.what: the button 'Term: a leaf of a rather tall shrub' is too long in en: 35 of 32",
)
def a_long_term(library: Library) -> None:
    library.change("tables/glossary.toml", 'term = "leaf"', 'term = "a leaf of a rather tall shrub"')


@case(sizes.sizes, "tea.pot: the button '**No** quiz' has marks in en: on a button they show as they are")
def a_label_with_marks(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "**No** quiz"')


@case(
    sizes.sizes,
    "tea.pot: two buttons read 'Take the quiz' in en; somebody who types it can't be understood",
    "tea.pot: two buttons read 'take the quiz!' in en; somebody who types it can't be understood",
)
def two_labels_alike(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "take the quiz!"')


@case(
    sizes.sizes,
    "tea.pot: two buttons read 'menu' in en; somebody who types it can't be understood",
    "tea.pot: two buttons read 'Menu' in en; somebody who types it can't be understood",
)
def a_label_like_one_of_the_bots_own(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "menu"')


@case(sizes.sizes, "tea.pot: the button '2' needs words in en: a number means its place")
def a_label_that_is_a_number(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "2"')


@case(sizes.sizes, "tea.pot: the button '?!' needs words in en: a number means its place")
def a_label_without_words(library: Library) -> None:
    library.tea('label = "No quiz"', 'label = "?!"')


@case(sizes.phrases, "phrases.toml: 'stale' is too long for a notice in en")
def a_long_notice(library: Library) -> None:
    library.change("tables/phrases.toml", "That page is from before.", "x" * 200)


@case(sizes.phrases, "phrases.toml: the description of /menu is too long in en")
def a_long_description_of_a_command(library: Library) -> None:
    library.change("tables/phrases.toml", 'text = "all subjects"', f'text = "{"x" * 257}"')


@case(sizes.phrases, "phrases.toml: the description of /menu is too long in ru")
def a_long_description_of_a_command_in_russian(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"phrase.command-menu": "ж" * 257})


@case(sizes.length, "tea.pot: 111 words are much for one page")
def many_words(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "words " * 111)


@case(sizes.length)
def just_enough_words(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "words " * 110)


@case(sizes.length, "tea.pot: 221 characters in zh_Hans are much for one page")
def many_chinese_characters(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.translate("zh_Hans", {"tea.pot.text": "茶" * 221 + "，。"})
