"""Translations that are missing, or say something else."""

from dialogs.check import translation
from tests.dialogs.check.cases import case
from tests.dialogs.library import Library


@case(translation.alike, "tea.pot.text: placeholders differ in ru: {2026-09-16} and {2026-09-17}")
def another_day_in_a_translation(library: Library) -> None:
    library.languages("en", "ru")
    library.tea("A pot for {cups} cups.", "Since {2026-09-16}.")
    library.translate("ru", {"tea.pot.text": "С {2026-09-17}."})


@case(
    translation.translated,
    "tea.pot.text: not translated, or in doubt, in ru",
)
def a_doubted_sentence_of_a_complete_language(library: Library) -> None:
    library.languages("en", "ru", complete=True)
    library.translate("ru", {"tea.pot.text": "Чайник на {cups}."}, fuzzy=True)


@case(translation.translated, "tea.pot.text: not translated, or in doubt, in ru")
def a_changed_sentence_of_a_complete_language(library: Library) -> None:
    library.languages("en", "ru", complete=True)
    library.translate("ru", {"tea.pot.text": "Чайник на {cups}."})
    library.tea("A pot for {cups} cups.", "One pot for {cups} cups.")


@case(translation.translated, "ru: 1 sentences are not translated")
def a_missing_sentence_of_another_language(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": ""})


@case(translation.alike, "tea.pot.text: placeholders differ in ru: {cups} and none")
def a_lost_placeholder(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "Чайник."})


@case(translation.alike, "tea.pot.text: placeholders differ in ru: {cups} and {asked}, {cups}")
def a_placeholder_too_many(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "Чайник на {cups} из {asked}."})


@case(translation.alike, "tea.what.text: marks differ in ru: {'bold': 1} and {'italic': 1}")
def another_mark(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.what.text": "*Чай* — напиток."})


@case(translation.alike)
def a_doubted_sentence_is_not_compared(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"tea.pot.text": "Чайник."}, fuzzy=True)


@case(translation.figures, "tea.pot.text: numbers differ: 9001 only in English, 14001 only in ru")
def another_number_in_a_translation(library: Library) -> None:
    library.languages("en", "ru")
    library.tea("A pot for {cups} cups.", "A pot for ISO 9001.")
    library.translate("ru", {"tea.pot.text": "Чайник для ISO 14001."})


@case(translation.figures, "tea.pot.text: numbers differ: 18 only in English, 21 only in zh_Hans")
def numbers_that_are_words_of_other_numbers(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.tea("A pot for {cups} cups.", "Article 18, two years, 20 people.")
    library.translate("zh_Hans", {"tea.pot.text": "第十九条，2年，二十人，21。"})


@case(translation.figures)
def numbers_as_words(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.tea("A pot for {cups} cups.", "Articles 19, 20 and 2: three years, 2 audits, [12](https://x.org/5).")
    library.translate(
        "zh_Hans", {"tea.pot.text": "第十九条、第二十条、第二条：3年，两次审核，[十二](https://x.org/6)。"}
    )


@case(translation.figures)
def numbers_behind_placeholders(library: Library) -> None:
    library.languages("en", "zh_Hans")
    library.tea("A pot for {cups} cups.", "On {2026-09-16}.")
    library.translate("zh_Hans", {"tea.pot.text": "{2026-09-17}"})
