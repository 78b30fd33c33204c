"""What a page looks like."""

from copy import copy
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import Button, Conversation, Part, Seller, load, show
from dialogs.markup import plain, shape
from tests.dialogs.library import TODAY, Library, arrived, everywhere


def _seen(conversation: Conversation, seller: Seller, today: date = TODAY) -> str:
    return plain(show(conversation, seller, today).text)


# The text


def test_a_page_as_a_whole(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    reply = show(tea, seller, TODAY)
    assert (reply.page, reply.lang, reply.version) == ("tea.goal", "en", tea.pages["tea.goal"].version)
    assert reply.text == ("*Tea · step 2 of 6*\n\nWhat is it for?\n\n*Why I ask: Each goal has its own tea.*")
    assert reply.sources == ""
    assert reply.buttons == (
        Button("warmth", "To get warm", Part.OWN),
        Button("calm", "To sleep well", Part.OWN),
        Button("skip", "Skip", Part.SIDE),
        Button("back", "Back", Part.LEAVE),
        Button("home", "Menu", Part.LEAVE),
    )


def test_showing_a_page_changes_nobody(consultant: Conversation) -> None:
    for seller in everywhere(consultant, "en"):
        before = repr(seller)
        assert show(consultant, seller, TODAY) == show(consultant, seller, TODAY)
        assert repr(seller) == before


def test_the_answer_stands_where_its_name_is(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "12")
    assert "A pot for 12 cups." in _seen(tea, seller)


def test_a_number_is_written_as_the_language_does(consultant: Conversation) -> None:
    way = ["begin", "open.auditors", "required", "goal", "own-firm", "12345"]
    assert "People in your firm: 12,345." in _seen(consultant, arrived(consultant, "en", *way))


def test_a_kept_choice_can_be_named_too(library: Library) -> None:
    library.tea("A pot for {cups} cups.", "A pot for {goal}.")
    tea = library.load()
    assert "A pot for warmth." in _seen(tea, arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "3"))


def test_an_answer_that_is_no_number_is_shown_as_it_is(library: Library) -> None:
    many = 'choices = [{ id = "many", label = "Very many", to = "pot" }]'
    library.tea('needed = "Without it there is nothing to say."', f'needed = "So it is."\n{many}')
    tea = library.load()
    assert "A pot for many cups." in _seen(tea, arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "many"))


def test_the_first_page_of_a_topic_counts_no_steps(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors")
    assert "step" not in _seen(consultant, seller).splitlines()[0]
    consultant.step(seller, "course")
    assert "step 2 of" in _seen(consultant, seller).splitlines()[0]


def test_a_side_trip_tells_no_step(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "term.leaf")
    assert show(tea, seller, TODAY).text == "A **leaf** grows on a shrub, and is picked from April 5, 2026 on."


# Notes


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("what?", "I could not match that to a button. Please tap one below, or write its number or its words."),
        ("/", "I could not match that to a button. Please tap one below, or write its number or its words."),
    ],
)
def test_what_is_not_understood_is_said_above_the_page(tea: Conversation, text: str, line: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    tea.type(seller, text)
    assert show(tea, seller, TODAY).text.startswith(f"*{line}*\n\n*Tea · step 2 of 6*")
    tea.step(seller, "warmth")
    assert line not in show(tea, seller, TODAY).text


def test_a_value_that_will_not_do_is_answered_in_the_pages_own_words(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    tea.type(seller, "many")
    assert show(tea, seller, TODAY).text.startswith("*Write a number, for example 3.*\n\n")


def test_a_second_value_that_will_not_do_is_answered_with_the_example(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    for _ in range(2):
        tea.type(seller, "many")
    assert show(tea, seller, TODAY).text.startswith("*I still can't use that. For example: 3*\n\n")


@pytest.mark.parametrize(
    ("contact", "named"), [("@helper", "@helper"), ("", "the person who gave you the link to this bot")]
)
def test_after_three_misses_a_person_is_named(library: Library, contact: str, named: str) -> None:
    tea = library.load(contact)
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    for _ in range(3):
        tea.type(seller, "blah")
    line = f"I can't answer that. A person can: {named}. I have kept your question for them."
    assert _seen(tea, seller).startswith(line)


def test_the_answer_to_a_value_on_another_page_is_general(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    seller.note = "typed-error"
    assert show(tea, seller, TODAY).text.startswith("*I can't use this value.*\n\n")


def test_somebody_in_the_traditional_script_is_told_once(consultant: Conversation) -> None:
    seller = arrived(consultant, "zh-hant")
    note = consultant.voices.of("zh_Hans").phrase("other-script")
    assert show(consultant, seller, TODAY).text.startswith(f"*{note}*\n\n")
    consultant.step(seller, "begin")
    assert note not in show(consultant, seller, TODAY).text


# Translations


@pytest.fixture
def bilingual(library: Library) -> Library:
    library.languages("en", "ru")
    said = {
        "tea.what.text": "**Чай** — напиток.",
        "tea.what.choice.purpose": "Зачем?",
        "tea.title": "Чай",
        "phrase.step": "{topic}: шаг {step} из {steps}",
        "phrase.untranslated": "Эта страница не переведена.",
        "phrase.back": "Назад",
        "phrase.term": "Слово: {term}",
        "glossary.leaf.term": "лист",
    }
    library.translate("ru", said)
    return library


def test_a_translated_page(bilingual: Library) -> None:
    tea = bilingual.load()
    reply = show(tea, arrived(tea, "ru", "begin", "open.tea"), TODAY)
    assert reply.lang == "ru"
    assert reply.text == "**Чай** — напиток."
    assert [button.label for button in reply.buttons] == ["Зачем?", "Слово: лист", "Назад", "Menu"]


@pytest.mark.parametrize("part", ["tea.what.text", "tea.what.choice.purpose"])
def test_a_page_with_any_part_in_doubt_is_english_and_says_so(bilingual: Library, part: str) -> None:
    path = bilingual.translations / "ru" / "LC_MESSAGES" / "messages.po"
    doubted = path.read_text("utf-8").replace(f'msgctxt "{part}"', f'#, fuzzy\nmsgctxt "{part}"')
    path.write_text(doubted, "utf-8")
    tea = bilingual.load()
    reply = show(tea, arrived(tea, "ru", "begin", "open.tea"), TODAY)
    assert reply.lang == "en"
    assert reply.text == "*Эта страница не переведена.*\n\n**Tea** is a drink."
    assert [button.label for button in reply.buttons] == ["Why drink it?", "Слово: лист", "Назад", "Menu"]


def test_a_page_whose_english_has_changed_is_english_and_says_so(bilingual: Library) -> None:
    bilingual.tea("**Tea** is a drink.", "**Tea** is the drink.")
    tea = bilingual.load()
    text = show(tea, arrived(tea, "ru", "begin", "open.tea"), TODAY).text
    assert "*Эта страница не переведена.*\n\n**Tea** is the drink." in text


def test_every_real_page_is_shown_in_every_language(consultant: Conversation) -> None:
    for code in ("en", "zh"):
        for seller in everywhere(consultant, code):
            reply = show(consultant, seller, TODAY)
            assert reply.lang == consultant.voice(seller).lang
            assert all(button.label.strip() for button in reply.buttons)


# The quiz


def test_a_right_answer_is_explained(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "leaves")
    assert show(tea, seller, TODAY).text == (
        "*Tea · step 3 of 4*\n\nYou chose: Leaves\n\n**Right.** The leaves of a shrub."
    )


def test_a_wrong_answer_is_explained(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "beans")
    assert "You chose: Beans\n\n**Not quite.** Beans make **coffee**." in show(tea, seller, TODAY).text


def test_an_answer_that_is_no_longer_offered_shows_the_first(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "beans")
    seller.answers["tea.q1"] = "roots"
    assert "You chose: Leaves" in show(tea, seller, TODAY).text


@pytest.mark.parametrize(("answer", "line"), [("leaves", "You had 1 of 1 right."), ("beans", "You had 0 of 1 right.")])
def test_the_quiz_is_counted(tea: Conversation, answer: str, line: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", answer, "next")
    assert line in _seen(tea, seller)


# What a page rests on


def test_a_page_of_facts_names_its_sources(tea: Conversation) -> None:
    reply = show(tea, arrived(tea, "en", "begin", "open.tea"), TODAY)
    assert reply.sources == (
        "**Sources** · Checked on November 20, 2026. Confidence: high.\n"
        "- [The book of tea](<https://example.org/tea>), read November 20, 2026"
    )
    assert plain(reply.sources).splitlines()[-1] == "• The book of tea, read November 20, 2026"


def test_a_source_nobody_opened_names_the_one_that_cites_it(library: Library) -> None:
    library.change("tables/sources.toml", "read = 2026-11-20", 'via = "GAB *FAQ* 39"')
    tea = library.load()
    sources = show(tea, arrived(tea, "en", "begin", "open.tea"), TODAY).sources
    assert plain(sources).endswith("The book of tea, via GAB *FAQ* 39")


def test_marks_in_a_title_are_shown(library: Library) -> None:
    library.change("tables/sources.toml", "The book of tea", "[The] *book* of <tea> & co")
    tea = library.load()
    sources = show(tea, arrived(tea, "en", "begin", "open.tea"), TODAY).sources
    assert "[The] *book* of <tea> & co, read" in plain(sources)
    assert shape(sources)["link"] == 1


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("in force", ""),
        ("changing", "This is changing at the moment. Look again, or ask who is responsible, before you decide."),
        ("unconfirmed", "Not everything here could be confirmed. Check it at the source before you rely on it."),
        ("opinion", "This is our advice, not a rule."),
    ],
)
def test_a_status_has_its_sentence(library: Library, status: str, line: str) -> None:
    library.tea('status = "in force"', f'status = "{status}"')
    tea = library.load()
    text = show(tea, arrived(tea, "en", "begin", "open.tea"), TODAY).text
    assert text == "**Tea** is a drink." + (f"\n\n*{line}*" if line else "")


@pytest.mark.parametrize("confidence", ["high", "medium", "low"])
def test_a_confidence_is_told(library: Library, confidence: str) -> None:
    library.tea('confidence = "high"', f'confidence = "{confidence}"')
    tea = library.load()
    assert f"Confidence: {confidence}." in show(tea, arrived(tea, "en", "begin", "open.tea"), TODAY).sources


def test_a_page_past_its_day_says_so(tea: Conversation) -> None:
    seller, day = arrived(tea, "en", "begin", "open.tea"), date(2027, 5, 20)
    assert "should have been checked" not in _seen(tea, seller, day)
    assert _seen(tea, seller, day + timedelta(1)).endswith(
        "This page should have been checked again by May 20, 2027. Please look at the sources before you rely on it."
    )


def test_a_page_of_talk_rests_on_nothing_and_is_never_overdue(tea: Conversation) -> None:
    reply = show(tea, arrived(tea, "en", "begin"), date(2099, 1, 1))
    assert reply.sources == ""
    assert "checked again" not in reply.text


# The contact


def test_the_contact_is_named() -> None:
    consultant = load(contact="@helper")
    seller = arrived(consultant)
    consultant.command(seller, "help")
    assert "A person: @helper" in _seen(consultant, seller)
    consultant.command(seller, "privacy")
    assert "@helper" in _seen(consultant, seller)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_without_a_contact_the_bot_says_who_that_may_be(code: str) -> None:
    consultant = load()
    seller = arrived(consultant, code)
    consultant.command(seller, "help")
    assert plain(consultant.voice(seller).phrase("contact-none")) in _seen(consultant, seller)


@given(st.one_of(st.text(min_size=1), st.text(alphabet="*_[]()<>#+-.!`~\\&;: \n1a{}", min_size=1)))
def test_no_contact_disturbs_the_page(consultant: Conversation, contact: str) -> None:
    hostile = copy(consultant)  # a whole new one takes its time
    hostile.contact = contact
    for command in ("help", "privacy"):
        seller = arrived(hostile)
        hostile.command(seller, command)
        text = show(hostile, seller, TODAY).text
        assert shape(text) == shape(hostile.pages[f"home.{command}"].text)
        assert " ".join(plain(hostile.voice(seller).write(contact)).split()) in " ".join(plain(text).split())


# Progress


def _progress(conversation: Conversation, seller: Seller) -> list[str]:
    conversation.command(seller, "progress")
    return _seen(conversation, seller).splitlines()[2:]


def test_progress_of_somebody_new(tea: Conversation) -> None:
    assert _progress(tea, arrived(tea)) == ["You have not opened a subject yet."]


def test_progress_after_one_page(tea: Conversation) -> None:
    assert _progress(tea, arrived(tea, "en", "begin", "open.tea")) == ["• Tea · step 1 of 6 · 1 page seen"]


def test_progress_of_somebody_in_the_middle(tea: Conversation) -> None:
    lines = _progress(tea, arrived(tea, "en", "begin", "open.tea", "purpose"))
    assert lines == ["• Tea · step 2 of 6 · 2 pages seen"]


def test_progress_of_somebody_who_took_the_quiz(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "beans")
    assert _progress(tea, seller) == ["• Tea · step 3 of 4 · 4 pages seen · quiz: 0 of 1 right"]


def test_progress_of_somebody_who_has_finished(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "leaves", "next")
    assert _progress(tea, seller) == ["• Tea · finished · 5 pages seen · quiz: 1 of 1 right"]
    seller.answers.clear()
    assert _progress(tea, seller) == ["• Tea · finished · 5 pages seen"]


def test_progress_of_somebody_who_began_again(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "leaves", "next", "home", "open.tea", "purpose")
    seller.answers.clear()
    assert _progress(tea, seller) == ["• Tea · step 2 of 6 · 5 pages seen"]


def test_pages_that_are_gone_are_not_counted(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea")
    seller.seen |= {"tea.gone", "gone.page"}
    assert _progress(tea, seller) == ["• Tea · step 1 of 6 · 1 page seen"]


def test_progress_has_a_line_for_each_topic_in_the_order_of_the_menu(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "home", "open.iso9001")
    assert [line.partition(" · ")[0] for line in _progress(consultant, seller)] == [
        "• ISO 9001: do I need it?",
        "• Internal or registered auditor?",
    ]


def test_the_offer_to_go_on_tells_where(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "home", "open.tea")
    assert show(tea, seller, TODAY).text == "**Welcome back.**\n\nYou were in the middle of *Tea*: step 3 of 6."


def test_a_title_shows_as_it_is(library: Library) -> None:
    library.tea('title = "Tea"', 'title = "Tea_and_*x*?"')
    tea = library.load()
    assert _seen(tea, arrived(tea, "en", "begin", "open.tea", "purpose")).startswith("Tea_and_*x*? · step 2 of 6")
