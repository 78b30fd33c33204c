"""The catalogues: merged by where a sentence stands."""

import runpy
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import dialogs
from dialogs import ContentError, texts
from dialogs.texts import files, main, merge, template, written
from dialogs.topic import Sentence
from tests.dialogs.library import Library, copied

A = Sentence("tea.what.text", "Tea is a drink.", "A word to the translator.")
B = Sentence("tea.pot.text", "A pot.")
PAGES = Sentence("phrase.pages", "{n} page", plural="{n} pages")


def _read(data: bytes) -> Catalog:
    return read_po(BytesIO(data), locale="ru")


def _catalogue(*said: tuple[Sentence, str | tuple[str, ...]], fuzzy: bool = False) -> Catalog:
    catalogue = Catalog(locale="ru")
    for sentence, text in said:
        english = (sentence.english, sentence.plural) if sentence.plural else sentence.english
        message = catalogue.add(english, text, context=sentence.context)
        if fuzzy:
            message.flags.add("fuzzy")
    return catalogue


def _merged(old: Catalog, *sentences: Sentence) -> Catalog:
    """As it is after it was written and read again."""
    return _read(written(merge(old, sentences)))


def _message(catalogue: Catalog, context: str) -> Message:
    return next(message for message in catalogue if message.context == context)


def _said(message: Message) -> bool:
    """Whether it is translated at all."""
    return any(message.string or ())


# Merging


def test_a_sentence_that_is_new_is_not_translated() -> None:
    message = _message(_merged(_catalogue(), A), A.context)
    assert (message.id, message.string, message.fuzzy) == (A.english, "", False)
    assert message.auto_comments == ["A word to the translator."]
    assert [name for name, _ in message.locations] == ["dialogs/topics/tea.toml"]


def test_a_sentence_that_has_not_changed_keeps_its_translation() -> None:
    message = _message(_merged(_catalogue((A, "Чай")), A), A.context)
    assert (message.string, message.fuzzy, message.user_comments) == ("Чай", False, [])


def test_a_sentence_that_has_changed_is_in_doubt_beside_its_former_english() -> None:
    changed = Sentence(A.context, "Tea is the drink.")
    message = _message(_merged(_catalogue((A, "Чай")), changed), A.context)
    assert (message.id, message.string, message.fuzzy) == ("Tea is the drink.", "Чай", True)
    assert message.user_comments == ["Before: Tea is a drink."]


def test_the_former_english_of_several_lines_is_one_comment() -> None:
    old = Sentence(A.context, "One.\n\n- two\n- three")
    message = _message(_merged(_catalogue((old, "Чай")), A), A.context)
    assert message.user_comments == ["Before: One. - two - three"]


def test_a_sentence_that_changes_again_keeps_the_english_its_translation_was_made_from() -> None:
    once = _merged(_catalogue((A, "Чай")), Sentence(A.context, "Second."))
    message = _message(_merged(once, Sentence(A.context, "Third.")), A.context)
    assert (message.id, message.fuzzy) == ("Third.", True)
    assert message.user_comments == ["Before: Tea is a drink."]


def test_when_the_translator_is_sure_the_former_english_goes() -> None:
    doubted = _merged(_catalogue((A, "Чай")), Sentence(A.context, "Second."))
    _message(doubted, A.context).flags.discard("fuzzy")
    message = _message(_merged(doubted, Sentence(A.context, "Second.")), A.context)
    assert (message.fuzzy, message.user_comments) == (False, [])


def test_when_the_english_changes_after_the_translator_was_sure_only_the_latest_is_beside_it() -> None:
    doubted = _merged(_catalogue((A, "Чай")), Sentence(A.context, "Second."))
    _message(doubted, A.context).flags.discard("fuzzy")
    message = _message(_merged(doubted, Sentence(A.context, "Third.")), A.context)
    assert (message.fuzzy, message.user_comments) == (True, ["Before: Second."])


def test_a_sentence_without_translation_that_changes_is_not_in_doubt() -> None:
    message = _message(_merged(_catalogue((A, "")), Sentence(A.context, "Second.")), A.context)
    assert (message.string, message.fuzzy, message.user_comments) == ("", False, [])


def test_what_a_translator_doubts_himself_stays_in_doubt() -> None:
    message = _message(_merged(_catalogue((A, "Чай"), fuzzy=True), A), A.context)
    assert (message.string, message.fuzzy) == ("Чай", True)


def test_the_same_english_in_two_places_is_translated_twice() -> None:
    twice = Sentence(B.context, A.english)
    merged = _merged(_catalogue((A, "Чай"), (twice, "Чаёк")), A, twice)
    assert [message.string for message in merged if message.context] == ["Чай", "Чаёк"]


def test_a_sentence_that_moves_does_not_take_its_translation_along() -> None:
    moved = Sentence("tea.other.text", A.english)
    merged = _merged(_catalogue((A, "Чай")), moved)
    assert _message(merged, "tea.other.text").string == ""


def test_a_translation_whose_place_is_gone_is_obsolete() -> None:
    merged = _merged(_catalogue((A, "Чай"), (B, "")), PAGES)
    assert [message.context for message in merged if message.context] == [PAGES.context]
    assert [(message.context, message.string) for message in merged.obsolete.values()] == [(A.context, "Чай")]
    assert b'#~ msgid "Tea is a drink."' in written(merged)


def test_an_obsolete_translation_stays_obsolete_and_comes_back_with_its_place() -> None:
    gone = _merged(_merged(_catalogue((A, "Чай")), B), B)
    message = _message(_merged(gone, A, B), A.context)
    assert (message.string, message.fuzzy) == ("Чай", False)


def test_an_obsolete_translation_whose_english_has_changed_comes_back_in_doubt() -> None:
    gone = _merged(_catalogue((A, "Чай")), B)
    merged = _merged(gone, Sentence(A.context, "Second."), B)
    message = _message(merged, A.context)
    assert (message.string, message.fuzzy) == ("Чай", True)
    assert message.user_comments == ["Before: Tea is a drink."]
    assert not merged.obsolete


def test_a_translation_in_doubt_does_not_come_back_as_a_sure_one() -> None:
    doubted = _merged(_catalogue((A, "Чай")), Sentence(A.context, "Second."))
    message = _message(_merged(_merged(doubted, B), Sentence(A.context, "Second."), B), A.context)
    assert message.string == "" or message.fuzzy


def test_comments_of_translators_are_kept() -> None:
    old = _catalogue((A, "Чай"))
    _message(old, A.context).user_comments = ["Not the plant."]
    merged = _merged(old, A)
    assert _message(merged, A.context).user_comments == ["Not the plant."]
    changed = _merged(merged, Sentence(A.context, "Second."))
    assert _message(changed, A.context).user_comments == ["Not the plant.", "Before: Tea is a drink."]
    gone = _merged(merged, B)
    assert _message(_merged(gone, A), A.context).user_comments == ["Not the plant."]


# Plurals


def test_all_forms_of_a_plural_are_kept() -> None:
    merged = _merged(_catalogue((PAGES, ("{n} страница", "{n} страницы", "{n} страниц"))), PAGES)
    message = _message(merged, PAGES.context)
    assert message.id == ("{n} page", "{n} pages")
    assert message.string == ("{n} страница", "{n} страницы", "{n} страниц")
    assert not message.fuzzy


def test_a_plural_that_has_changed_is_in_doubt() -> None:
    changed = Sentence(PAGES.context, "{n} page", plural="{n} pages in all")
    message = _message(_merged(_catalogue((PAGES, ("а", "б", "в"))), changed), PAGES.context)
    assert (message.string, message.fuzzy) == (("а", "б", "в"), True)
    assert message.user_comments == ["Before: {n} page"]


def test_a_plural_whose_place_is_gone_comes_back() -> None:
    gone = _merged(_catalogue((PAGES, ("а", "б", "в"))), A)
    assert _message(_merged(gone, PAGES), PAGES.context).string == ("а", "б", "в")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (PAGES, Sentence(PAGES.context, "{n} page"), ("а", "б", "в")),
        (Sentence(PAGES.context, "{n} page"), PAGES, "а"),
    ],
)
def test_a_sentence_that_gains_or_loses_its_plural_begins_anew(
    before: Sentence, after: Sentence, said: str | tuple[str, ...]
) -> None:
    merged = merge(_catalogue((before, said)), [after])
    message = _message(merged, PAGES.context)
    assert (message.fuzzy, message.user_comments) == (False, [])
    assert not _said(message)
    assert written(merge(_read(written(merged)), [after])) == written(merged)


# Files


def test_the_template_has_every_sentence_and_no_translation() -> None:
    catalogue = read_po(BytesIO(written(template([A, B, PAGES]))))
    messages = [message for message in catalogue if message.context]
    assert [message.context for message in messages] == [A.context, B.context, PAGES.context]
    assert all(not _said(message) for message in messages)


def test_the_place_of_a_sentence_is_its_file() -> None:
    places = {
        "phrase.back": "dialogs/tables/phrases.toml",
        "glossary.leaf.term": "dialogs/tables/glossary.toml",
        "tea.title": "dialogs/topics/tea.toml",
    }
    for context, file in places.items():
        message = _message(template([Sentence(context, "x")]), context)
        assert message.locations == [(file, 0)]


def test_a_catalogue_keeps_no_dates_and_no_names() -> None:
    head = written(merge(_catalogue((A, "Чай")), [A])).decode().partition("\n\n")[0].splitlines()
    assert head[:3] == ["# The sentences of certguide in ru.", 'msgid ""', 'msgstr ""']
    assert [line.partition(":")[0] for line in head[3:]] == [
        '"Language',
        '"Plural-Forms',
        '"MIME-Version',
        '"Content-Type',
        '"Content-Transfer-Encoding',
        '"Generated-By',
    ]


def test_long_sentences_are_not_wrapped_and_percent_signs_are_no_formats() -> None:
    long = Sentence("tea.long.text", "A 100 % sure thing, and %s: " + "words " * 60)
    data = written(merge(_catalogue((long, "x")), [long])).decode()
    assert f'msgid "{long.english}"' in data
    assert "format" not in data


WORDS = st.text(alphabet='ab {}%"\\\n*中', min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
EDITS = st.lists(
    st.dictionaries(
        st.sampled_from(["tea.a.text", "tea.b.text", "phrase.c", "glossary.d.term"]),
        st.tuples(WORDS, st.one_of(st.just(""), WORDS), st.booleans()),
        max_size=4,
    ),
    max_size=5,
)


@given(EDITS)
def test_merging_twice_changes_nothing_whatever_is_edited(edits: list[dict[str, tuple[str, str, bool]]]) -> None:
    catalogue = _catalogue()
    for edit in edits:
        sentences = [Sentence(context, english, plural=plural) for context, (english, plural, _) in edit.items()]
        merged = merge(catalogue, sentences)
        once = written(merged)
        assert written(merge(merged, sentences)) == once
        catalogue = _read(once)
        assert written(merge(catalogue, sentences)) == once
        assert [message.context for message in catalogue if message.context] == list(edit)
        # The translator works on some of them before the next edit.
        for message in catalogue:
            if message.context and edit[message.context][2]:
                message.string = "перевод" if isinstance(message.id, str) else ("один", "два", "пять")
                message.flags.discard("fuzzy")


@given(EDITS)
def test_no_translation_is_ever_said_of_another_english(edits: list[dict[str, tuple[str, str, bool]]]) -> None:
    made: dict[str, object] = {}
    catalogue = _catalogue()
    for edit in edits:
        sentences = [Sentence(context, english, plural=plural) for context, (english, plural, _) in edit.items()]
        catalogue = _read(written(merge(catalogue, sentences)))
        for message in catalogue:
            if not message.context:
                continue
            if _said(message) and not message.fuzzy:
                assert made[message.context] == message.id
            if edit[message.context][2]:
                message.string = "перевод" if isinstance(message.id, str) else ("один", "два", "пять")
                message.flags.discard("fuzzy")
                made[message.context] = message.id


# The command


def test_the_committed_catalogues_are_a_fresh_merge() -> None:
    for path, wanted in files(dialogs.HERE, dialogs.locales()).items():
        assert path.read_bytes() == wanted, f"run `make texts`: {path.name}"


def test_every_language_but_english_has_a_catalogue(library: Library) -> None:
    library.languages("en", "ru", "zh_Hans")
    found = [str(path.relative_to(library.translations)) for path in files(library.folder, library.translations)]
    assert found == ["messages.pot", "ru/LC_MESSAGES/messages.po", "zh_Hans/LC_MESSAGES/messages.po"]


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the real content, where the command works; the folder both lie in."""
    folder, translations = copied(tmp_path)
    monkeypatch.setattr(texts, "HERE", folder)
    monkeypatch.setattr(texts, "locales", lambda: translations)
    return tmp_path


def test_the_command_finds_nothing_to_do(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_the_command_writes_what_has_changed(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = content / "dialogs" / "topics" / "home.toml"
    home.write_text(home.read_text("utf-8").replace("What can I ask?", "What can you do?"), "utf-8")
    before = (content / "locales" / "messages.pot").read_bytes()

    assert main(["--check"]) == 1
    assert (content / "locales" / "messages.pot").read_bytes() == before
    assert capsys.readouterr().out == (
        "messages.pot: is not up to date; run `make texts`\n"
        "zh_Hans/LC_MESSAGES/messages.po: is not up to date; run `make texts`\n"
    )

    assert main([]) == 0
    assert capsys.readouterr().out == "messages.pot: written\nzh_Hans/LC_MESSAGES/messages.po: written\n"
    assert main(["--check"]) == 0
    assert b"# Before: What can I ask?" in (content / "locales/zh_Hans/LC_MESSAGES/messages.po").read_bytes()


def test_the_command_begins_a_new_language(content: Path) -> None:
    languages = content / "locales" / "languages.toml"
    languages.write_text(languages.read_text("utf-8") + 'ru = { name = "Русский", complete = false }\n', "utf-8")
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    catalogue = _read((content / "locales/ru/LC_MESSAGES/messages.po").read_bytes())
    assert len(catalogue) > 100
    assert not any(_said(message) for message in catalogue if message.context)


def test_content_with_mistakes_costs_no_translation(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (content / "dialogs" / "topics" / "home.toml").write_text("[", "utf-8")
    catalogue = content / "locales/zh_Hans/LC_MESSAGES/messages.po"
    before = catalogue.read_bytes()
    with pytest.raises(ContentError):
        files(content / "dialogs", content / "locales")
    assert main([]) == 1
    assert catalogue.read_bytes() == before
    assert "home.toml: this is not TOML" in capsys.readouterr().out


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["texts", "--check"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(texts.__file__), run_name="__main__")
    assert caught.value.code == 0
