"""One language: choosing it, its sentences, plurals, numbers and dates."""

from datetime import date
from pathlib import Path

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

import dialogs
from dialogs import Conversation, voice
from dialogs.literal import literal
from dialogs.markup import Markdown, plain, shape
from dialogs.topic import Sentence
from dialogs.voice import (
    Catalogue,
    Voice,
    Voices,
    choose,
    closest,
    read_catalogue,
    read_languages,
)
from tests.dialogs.library import Library

OURS = ["en", "zh_Hans"]
MANY = ["en", "pt_BR", "pt_PT", "zh_Hans", "zh_Hant", "sr", "ru", "ar"]

PAGES = Sentence("phrase.pages", "{n} page", plural="{n} pages")
HELLO = Sentence("phrase.hello", "Hello {name}")
PHRASES = {"pages": PAGES, "hello": HELLO}

RUSSIAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgctxt "phrase.pages"
msgid "{n} page"
msgid_plural "{n} pages"
msgstr[0] "{n} страница"
msgstr[1] "{n} страницы"
msgstr[2] "{n} страниц"

msgctxt "phrase.hello"
msgid "Hello {name}"
msgstr "Привет, {name}"
"""

ARABIC = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"

msgctxt "phrase.pages"
msgid "{n} page"
msgid_plural "{n} pages"
msgstr[0] "صفحة"
msgstr[1] "صفحتان"
msgstr[2] "{n} صفحات"
"""


def _voice(folder: Path, lang: str, catalogue: str) -> Voice:
    path = folder / lang / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(catalogue, encoding="utf-8")
    return Voice(lang, read_catalogue(folder, lang), PHRASES, {})


@pytest.fixture
def russian(tmp_path: Path) -> Voice:
    return _voice(tmp_path, "ru", RUSSIAN)


@pytest.fixture
def english() -> Voice:
    return Voice("en", Catalogue({}, lambda n: int(n != 1)), PHRASES, {})


# Choosing


@pytest.mark.parametrize(
    ("code", "lang", "other_script"),
    [
        ("en", "en", False),
        ("en-GB", "en", False),
        ("EN", "en", False),
        ("zh", "zh_Hans", False),
        ("zh-hans", "zh_Hans", False),
        ("zh-hans-cn", "zh_Hans", False),
        ("zh-CN", "zh_Hans", False),
        ("zh-SG", "zh_Hans", False),
        ("zh-hant", "zh_Hans", True),
        ("zh-TW", "zh_Hans", True),
        ("zh-HK", "zh_Hans", True),
        ("pt", "en", False),
        ("pt-br", "en", False),
        ("ru", "en", False),
        ("yue", "en", False),
        ("", "en", False),
        ("-", "en", False),
        ("rubbish", "en", False),
        ("../../etc/passwd", "en", False),
        ("x" * 100_000, "en", False),
        ("中文", "en", False),
        ("i-klingon", "en", False),
        ("root", "en", False),
        ("a@b", "en", False),
    ],
)
def test_the_language_for_a_code_of_telegram(code: str, lang: str, other_script: bool) -> None:
    assert choose(code, OURS) == (lang, other_script)


@pytest.mark.parametrize(
    ("code", "lang"),
    [
        ("pt", "pt_BR"),
        ("pt-br", "pt_BR"),
        ("pt-pt", "pt_PT"),
        ("pt-AO", "pt_BR"),
        ("zh-TW", "zh_Hant"),
        ("zh", "zh_Hans"),
        ("sr", "sr"),
        ("ar-EG", "ar"),
    ],
)
def test_the_nearest_of_many_languages(code: str, lang: str) -> None:
    assert closest(code, MANY) == lang
    assert choose(code, MANY) == (lang, False)


def test_another_script_of_the_same_language() -> None:
    assert closest("sr-latn", MANY) is None
    assert choose("sr-latn", MANY) == ("sr", True)


@given(st.text())
def test_no_code_breaks_the_choice(code: str) -> None:
    lang, _ = choose(code, OURS)
    assert lang in OURS


@given(
    st.text(alphabet="abcdefhinstuxzABCH-_@.=0123456789", max_size=12),
    st.sampled_from(["{}", "zh-{}", "en_{}", "{}-hans", "zh-Hans-CN-{}", "und-{}"]),
)
def test_no_code_that_looks_like_one_breaks_the_choice(code: str, around: str) -> None:
    lang, _ = choose(around.format(code), OURS)
    assert lang in OURS


def test_choosing_for_more_codes_than_are_kept_in_mind_is_as_for_the_first() -> None:
    """Each code twice, so that some come again after they were forgotten, and some before."""
    codes = sorted(locale_identifiers())
    assert len(codes) > 2 * (voice._full.cache_info().maxsize or 0) > 0
    voice._full.cache_clear()
    first = [choose(code, MANY) for code in codes]
    assert [choose(code, MANY) for code in codes] == first
    assert [choose(code, MANY) for code in reversed(codes)] == first[::-1]
    for code, (lang, other_script) in zip(codes, first, strict=True):
        spoken = Locale.parse(code).language
        assert lang.partition("_")[0] == (spoken if spoken in {one.partition("_")[0] for one in MANY} else "en"), code
        assert not other_script or closest(code, MANY) is None
    assert voice._full.cache_info().currsize <= 256


def test_a_code_that_can_not_be_read_is_not_kept_as_if_it_could() -> None:
    for _ in range(3):
        assert closest("rubbish", MANY) is None
        assert choose("rubbish", MANY) == ("en", False)


@pytest.mark.parametrize(
    ("code", "known"), [("en", True), ("zh-hant", True), ("zh", True), ("pt", False), ("", False), ("rubbish", False)]
)
def test_whether_a_code_means_one_of_our_languages(consultant: Conversation, code: str, known: bool) -> None:
    assert consultant.voices.known(code) is known


# Languages


def test_languages_are_read_in_their_order(library: Library) -> None:
    russian, english = 'ru = { name = "Русский", complete = false }', 'en = { name = "English", complete = true }'
    library.write("locales/languages.toml", f"{russian}\n{english}")
    languages = read_languages(library.translations)
    assert [(language.code, language.name, language.complete) for language in languages.values()] == [
        ("ru", "Русский", False),
        ("en", "English", True),
    ]


def test_a_voice_is_read_once_and_an_unknown_one_is_english(library: Library) -> None:
    library.languages("en", "ru")
    library.translate("ru", {"phrase.back": "Назад"})
    voices = Voices(library.translations, {"back": Sentence("phrase.back", "Back")})
    assert voices.of("ru").button("back") == "Назад"
    assert voices.of("ru") is voices.of("ru")
    assert voices.of("fr") is voices.of("en")
    assert voices.of("en").button("back") == "Back"


def test_every_real_language_speaks(consultant: Conversation) -> None:
    for code, name in consultant.content.languages.items():
        assert consultant.voices.of(code).lang == code
        assert consultant.voices.choose(code) == (code, False)
        assert name
    assert consultant.voices.of("zh_Hans").button("back") == "返回"


# Sentences


def test_english_says_what_stands_in_the_topics(english: Voice) -> None:
    assert english.say("tea.x.text", "Hello {name}", name="Ann") == "Hello Ann"
    assert english.label("tea.x.choice.a", "Hello") == "Hello"
    assert english.knows(Sentence("tea.x.text", "whatever"))


def test_another_language_says_its_translation(russian: Voice) -> None:
    assert russian.phrase("hello", name="Анна") == "Привет, Анна"
    assert russian.button("hello", name="Анна") == "Привет, Анна"
    assert russian.knows(HELLO)
    assert russian.knows(PAGES)


def test_a_sentence_that_is_not_translated_is_english(russian: Voice) -> None:
    assert russian.say("tea.x.text", "Hello") == "Hello"
    assert not russian.knows(Sentence("tea.x.text", "Hello"))


def test_a_sentence_whose_english_has_changed_is_english(russian: Voice) -> None:
    assert russian.say(HELLO.context, "Good day {name}", name="Анна") == "Good day Анна"
    assert not russian.knows(Sentence(HELLO.context, "Good day {name}"))
    assert not russian.knows(Sentence(PAGES.context, PAGES.english, plural="{n} more pages"))
    assert not russian.knows(Sentence(PAGES.context, PAGES.english))


@pytest.mark.parametrize(
    "doubt",
    [
        ('msgctxt "phrase.hello"', '#, fuzzy\nmsgctxt "phrase.hello"'),
        ('msgstr "Привет, {name}"', 'msgstr ""'),
    ],
)
def test_a_sentence_in_doubt_is_english(tmp_path: Path, doubt: tuple[str, str]) -> None:
    voice = _voice(tmp_path, "ru", RUSSIAN.replace(*doubt))
    assert voice.phrase("hello", name="Анна") == "Hello Анна"
    assert not voice.knows(HELLO)


def test_a_placeholder_nobody_fills_stays(english: Voice) -> None:
    assert english.say("x", "{name} and {other-name}, {Not this}", name="Ann") == "Ann and {other-name}, {Not this}"
    assert english.label("x", "{name} and {other}", name="*Ann*") == "*Ann* and {other}"


@pytest.mark.parametrize("name", ["context", "english", "name", "self_", "other-name"])
def test_a_placeholder_may_have_any_name(english: Voice, name: str) -> None:
    assert english.say("x", f"{{{name}}}".replace("_", "-"), **{name.replace("_", "-"): "Ann"}) == "Ann"
    assert english.label("x", f"{{{name}}}", **{name: "Ann"}) == "Ann"


# Plurals


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 страниц"),
        (1, "1 страница"),
        (2, "2 страницы"),
        (5, "5 страниц"),
        (11, "11 страниц"),
        (12, "12 страниц"),
        (21, "21 страница"),
        (22, "22 страницы"),
        (112, "112 страниц"),
    ],
)
def test_a_number_decides_between_three_russian_forms(russian: Voice, n: int, said: str) -> None:
    assert russian.phrase("pages", n=n) == said


@pytest.mark.parametrize(("n", "said"), [(1, "صفحة"), (2, "صفحتان"), (3, "3 صفحات")])
def test_a_number_decides_between_forms_with_and_without_it(tmp_path: Path, n: int, said: str) -> None:
    assert _voice(tmp_path, "ar", ARABIC).phrase("pages", n=n) == said


@pytest.mark.parametrize(("n", "said"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (1234, "1,234 pages")])
def test_english_has_two_forms(english: Voice, n: int, said: str) -> None:
    assert english.phrase("pages", n=n) == said


def test_a_plural_with_a_form_missing_is_english(tmp_path: Path) -> None:
    voice = _voice(tmp_path, "ru", RUSSIAN.replace('{n} страниц"', '"'))
    assert voice.phrase("pages", n=5) == "5 pages"
    assert voice.phrase("pages", n=1) == "1 page"
    assert not voice.knows(PAGES)


def test_chinese_has_one_form(consultant: Conversation) -> None:
    voice = consultant.voices.of("zh_Hans")
    assert voice.phrase("progress-seen", n=1).replace("1", "2") == voice.phrase("progress-seen", n=2)


# Values


@pytest.mark.parametrize(
    ("lang", "value", "written"),
    [
        ("en", 1234567, "1,234,567"),
        ("zh_Hans", 1234567, "1,234,567"),
        ("ru", 1234567, "1\u00a0234\u00a0567"),
        ("de", 1234567, "1.234.567"),
        ("hi", 1234567, "12,34,567"),
        ("en", -5, "-5"),
        ("en", date(2026, 11, 5), "November 5, 2026"),
        ("zh_Hans", date(2026, 11, 5), "2026年11月5日"),
        ("de", date(2026, 11, 5), "5. November 2026"),
        ("en", "as it is", "as it is"),
    ],
)
def test_numbers_and_dates_are_written_as_the_language_does(lang: str, value: int | date | str, written: str) -> None:
    assert plain(Voice(lang, Catalogue({}, int), {}, {}).write(value)) == written


@given(st.text())
def test_no_placeholder_breaks_a_sentence(text: str) -> None:
    voice = Voice("en", Catalogue({}, int), {}, {})
    assert voice.say("x", f"{{{text}}}")
    assert literal(text) is None or literal(text) == literal(text.strip())


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Since September 16, 2026: 1,474,118 firms, up to CN¥50,000, {other-name}."),
        ("zh_Hans", "Since 2026年9月16日: 1,474,118 firms, up to ¥50,000, {other-name}."),
        ("ru", "Since 16 сентября 2026\u202fг.: 1\u00a0474\u00a0118 firms, up to CN¥50\u00a0000, {other-name}."),
    ],
)
def test_a_value_in_the_sentence_is_written_as_the_language_does(lang: str, said: str) -> None:
    sentence = "Since {2026-09-16}: {1474118} firms, up to {CNY 50000}, {other-name}."
    assert plain(Voice(lang, Catalogue({}, int), {}, {}).say("x", sentence)) == said


def test_a_value_of_the_table_of_editions_is_drawn_by_its_name() -> None:
    voice = Voice("en", Catalogue({}, int), {}, {"tea.day": date(2026, 4, 5), "tea.name": "*Tea*"})
    assert plain(voice.say("x", "{tea.name}, {tea.day}, {tea.other}")) == "*Tea*, April 5, 2026, {tea.other}"
    assert voice.label("x", "{tea.name}") == "{tea.name}", "not on a button"


def test_a_value_given_by_name_wins(english: Voice) -> None:
    assert english.say("x", "{5} {6}", **{"5": "five"}) == "five 6"


def test_markdown_is_not_escaped_again(english: Voice) -> None:
    assert english.write(Markdown("**bold**")) == "**bold**"
    assert plain(english.write("**not bold**")) == "**not bold**"


@given(
    st.one_of(st.text(), st.text(alphabet="*_[]()<>#+-.!`~\\&;: \n1a{}", max_size=30)),
    st.sampled_from(
        ["Hello {name}", "**Hello** {name}!", "- {name}\n- two", "[{name}](<https://example.org>)", "*{name}*"]
    ),
)
def test_no_value_becomes_a_mark_in_a_sentence(value: str, sentence: str) -> None:
    voice = Voice("en", Catalogue({}, int), {}, {})
    said = voice.say("x", sentence, name=value)
    if voice.write(value):
        assert shape(said) == shape(sentence.replace("{name}", "name"))


@given(st.text(alphabet="{}name", max_size=12))
def test_a_value_that_looks_like_a_placeholder_is_not_filled(value: str) -> None:
    voice = Voice("en", Catalogue({}, int), {}, {})
    assert plain(voice.say("x", "{name}", name=value, n=1)) == value.strip()


# Catalogues


def test_english_has_no_catalogue(tmp_path: Path) -> None:
    catalogue = read_catalogue(tmp_path, "en")
    assert catalogue.translations == {}
    assert [catalogue.plural(n) for n in (0, 1, 2)] == [1, 0, 1]


def test_only_sentences_with_a_place_are_read(tmp_path: Path) -> None:
    voice = _voice(tmp_path, "ru", RUSSIAN + '\nmsgid "Back"\nmsgstr "Назад"\n')
    assert voice.label("phrase.back", "Back") == "Back"
    assert set(read_catalogue(tmp_path, "ru").translations) == {"phrase.pages", "phrase.hello"}


def test_every_real_catalogue_knows_only_sentences_of_the_content(consultant: Conversation) -> None:
    contexts = {sentence.context for sentence in consultant.content.sentences()}
    for lang in consultant.content.languages:
        assert set(read_catalogue(dialogs.locales(), lang).translations) <= contexts
