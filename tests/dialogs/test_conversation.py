"""How a consultation moves."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import COMMANDS, Conversation, Event, Seller, show
from dialogs.choices import CLOSEST, LANGUAGE, LINK, LINKED, MENU, RESUME
from dialogs.progress import unfinished
from dialogs.seller import HISTORY, WELCOME
from dialogs.values import same_words
from tests.dialogs.library import TODAY, Library, arrived, everywhere, twin


def _kinds(seller: Seller) -> list[tuple[str, str]]:
    return [(event.kind, event.page) for event in seller.trail]


# Greeting


def test_a_new_seller_is_greeted(tea: Conversation) -> None:
    seller = Seller(1)
    tea.greet(seller, "en")
    assert (seller.state, seller.lang, seller.visit, seller.note) == (WELCOME, "en", 1, "")
    assert (seller.history, seller.paths, seller.topic) == ([], {}, "")
    assert not seller.lang_chosen
    assert _kinds(seller) == [("greeted", WELCOME)]


@pytest.mark.parametrize(
    ("code", "lang", "note"),
    [
        ("zh-hans", "zh_Hans", ""),
        ("zh", "zh_Hans", ""),
        ("zh-hant", "zh_Hans", "other-script"),
        ("zh-TW", "zh_Hans", "other-script"),
        ("de", "en", ""),
        ("", "en", ""),
    ],
)
def test_the_greeting_is_in_the_language_of_his_telegram(
    consultant: Conversation, code: str, lang: str, note: str
) -> None:
    seller = arrived(consultant, code)
    assert (seller.lang, seller.note) == (lang, note)


def test_the_start_he_began_with_shows_the_greeting_and_its_note(consultant: Conversation) -> None:
    seller = Seller(1)
    consultant.greet(seller, "zh-hant")
    assert consultant.command(seller, "start")
    assert (seller.state, seller.visit, seller.note) == (WELCOME, 1, "other-script")
    assert _kinds(seller) == [("greeted", WELCOME)]
    seller.trail.clear()
    assert consultant.command(seller, "start")
    assert (seller.state, seller.visit, seller.note) == (WELCOME, 2, "")


def test_a_new_seller_may_begin_with_any_command(consultant: Conversation) -> None:
    seller = Seller(1)
    consultant.greet(seller, "zh-hant")
    assert consultant.command(seller, "help")
    assert (seller.state, seller.history, seller.note) == ("home.help", [WELCOME], "")


# Steps


def test_a_step_moves_and_is_noted(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea")
    seller.trail.clear()
    visit = seller.visit
    assert tea.step(seller, "purpose")
    assert (seller.state, seller.visit) == ("tea.goal", visit + 1)
    assert seller.history == [MENU, "tea.what"]
    assert seller.paths == {"tea": ["tea.what", "tea.goal"]}
    assert seller.topic == "tea"
    assert seller.trail == [Event("arrived", "tea.goal", tea.pages["tea.goal"].version)]
    assert {"tea.what", "tea.goal", MENU, WELCOME} <= seller.seen


def test_an_answer_is_remembered(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm")
    assert seller.answers == {"tea.goal": "sleep"}
    version = tea.pages["tea.goal"].version
    assert Event("answered", "tea.goal", version, "sleep", "tea.goal") in seller.trail
    assert seller.state == "tea.q1"


def test_another_answer_takes_the_place_of_the_first(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "back", "warmth")
    assert seller.answers == {"tea.goal": "warmth"}
    assert seller.state == "tea.cups"
    assert seller.paths == {"tea": ["tea.what", "tea.goal", "tea.cups"]}


def test_skip_goes_on_without_an_answer(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "skip")
    assert seller.answers == {}
    assert seller.state == "tea.cups"


@pytest.mark.parametrize(
    ("people", "open_"),
    [("1", "alone"), ("2", "small"), ("49", "small"), ("50", "larger"), ("100000", "larger")],
)
def test_a_condition_opens_one_way_and_shuts_the_others(consultant: Conversation, people: str, open_: str) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "required", "goal", "own-firm", people)
    assert seller.state == "auditors.advice"
    assert [id_ for id_ in consultant.labels(seller) if id_ in ("alone", "small", "larger")] == [open_]
    for shut in {"alone", "small", "larger"} - {open_}:
        assert not consultant.step(seller, shut)
    assert consultant.step(seller, open_)
    assert seller.state == f"auditors.{open_}"


# Typing


def test_a_value_is_taken(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    assert tea.type(seller, "about 12 cups")
    assert (seller.state, seller.answers["tea.cups"]) == ("tea.pot", "12")
    assert Event("answered", "tea.cups", tea.pages["tea.cups"].version, "12", "tea.cups") in seller.trail


@pytest.mark.parametrize("text", ["many", "0", "21", "-3", "3.5", "", "9" * 5000, "㊿" * 3000])
def test_a_value_that_will_not_do_is_not_taken(tea: Conversation, text: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    before = twin(seller)
    assert not tea.type(seller, text)
    assert (seller.note, seller.misses) == ("typed-error", 1)
    assert seller.trail.pop() == Event("mistyped", "tea.cups", tea.pages["tea.cups"].version)
    seller.note, seller.misses = before.note, before.misses
    assert seller == before


def test_the_same_is_never_said_twice_running_of_a_value(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    notes = []
    for _ in range(4):
        assert not tea.type(seller, "99")
        notes.append(seller.note)
    assert notes == ["typed-error", "typed-again"] * 2
    assert (seller.state, seller.topic) == ("tea.cups", "tea")
    assert tea.type(seller, "3")
    assert (seller.state, seller.misses, seller.note) == ("tea.pot", 0, "")


def test_words_of_a_button_win_over_the_value(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    assert tea.type(seller, "BACK!")
    assert seller.state == "tea.goal"


def test_where_a_number_is_asked_for_a_number_is_no_button(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    assert list(tea.labels(seller)) == ["back", "home"]
    assert tea.type(seller, "2")
    assert seller.state == "tea.pot"


@pytest.mark.parametrize("text", ["To get warm", "to get warm", "TO GET WARM.", "1", " 1. ", "１", "①", "(1)"])
def test_a_button_can_be_written(tea: Conversation, text: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    assert tea.type(seller, text)
    assert (seller.state, seller.answers) == ("tea.cups", {"tea.goal": "warmth"})


@pytest.mark.parametrize("text", ["", "  ", "?", "🙂", "0", "6", "99", "100", "1" * 5000, "㊿" * 4000, "warm", "to"])
def test_what_is_no_button_changes_nothing_at_first(tea: Conversation, text: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    before = twin(seller)
    assert not tea.type(seller, text)
    assert (seller.note, seller.misses) == ("unclear", 1)
    assert seller.trail.pop() == Event("unclear", "tea.goal", tea.pages["tea.goal"].version)
    seller.note, seller.misses = before.note, before.misses
    assert seller == before


@given(text=st.text())
def test_no_text_breaks_a_page(consultant: Conversation, text: str) -> None:
    for choices in (["begin"], ["begin", "open.auditors", "required", "goal", "own-firm"]):
        seller = arrived(consultant, "zh", *choices)
        consultant.type(seller, text)
        assert seller.state in consultant.pages
    zone = Seller(1, state="home.zone")
    consultant.type(zone, text)
    assert show(consultant, zone, TODAY).text


def _alike(consultant: Conversation, code: str) -> set[tuple[str, str]]:
    """Of pages that are found under the same words one is offered."""
    voice, seen, found = consultant.voices.of({"zh": "zh_Hans"}.get(code, code)), set[str](), set()
    for choice in consultant.pages[CLOSEST].choices:
        words = same_words(voice.label(choice.context, choice.label)) + str(choice.to.startswith("glossary."))
        if words in seen:
            found.add(choice.id)
        seen.add(words)
    return {(CLOSEST, id_) for id_ in found}


@pytest.mark.parametrize("code", ["en", "zh"])
def test_typing_works_wherever_a_button_works(consultant: Conversation, code: str) -> None:
    """Every choice of every page: a tap, its words and its number lead to the same place."""
    driven = set()
    for seller in everywhere(consultant, code):
        page = consultant.page(seller)
        for number, (choice, label) in enumerate(consultant.labels(seller).items(), 1):
            tapped, written, numbered = twin(seller), twin(seller), twin(seller)
            assert consultant.step(tapped, choice)
            assert consultant.type(written, label)
            assert tapped == written, f"{label} on {seller.state}"
            if not page.typed:
                assert consultant.type(numbered, str(number))
                assert tapped == numbered, f"{number} on {seller.state}"
            driven.add((page.name, choice))
    own = {(page.name, choice.id) for page in consultant.pages.values() for choice in page.choices}
    assert own - _alike(consultant, code) <= driven
    assert {page for page, _ in driven} == set(consultant.pages)


# What is no answer


def _notes(conversation: Conversation, seller: Seller, *texts: str) -> list[tuple[str, str]]:
    """Where he is, and what is said above the page, after each text."""
    found = []
    for text in texts:
        assert not conversation.type(seller, text)
        found.append((seller.state, seller.note))
    return found


def test_first_the_closest_pages_are_offered(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course")
    before = twin(seller)
    assert not consultant.type(seller, "is this offer a scam or a trick?")
    assert (seller.state, seller.note, seller.misses) == (CLOSEST, "", 1)
    assert "auditors.claims" in seller.offered
    assert 1 <= len(seller.offered) <= 3
    assert [f"page.{name}" for name in seller.offered] == list(consultant.labels(seller))[: len(seller.offered)]
    version = before.trail[-1].version
    assert seller.trail[len(before.trail)] == Event("unclear", "auditors.internal", version)
    assert (seller.topic, seller.paths) == (before.topic, before.paths)
    assert consultant.step(seller, "back")
    assert (seller.state, seller.misses) == ("auditors.internal", 0)


def test_in_his_language(consultant: Conversation) -> None:
    seller = arrived(consultant, "zh", "begin")
    assert not consultant.type(seller, "对方是不是在忽悠我")
    assert seller.offered[0] == "auditors.claims"
    assert "对方是不是在忽悠我？" in consultant.labels(seller).values()


def test_a_page_that_is_offered_is_opened(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin")
    consultant.type(seller, "is this offer a scam or a trick?")
    assert not consultant.step(seller, "page.auditors.image")
    assert consultant.type(seller, "is this offer a trick")
    assert (seller.state, seller.misses) == ("auditors.claims", 0)
    assert seller.paths == {"auditors": ["auditors.claims"]}


@pytest.mark.parametrize("page", ["auditors.offer", "auditors.internal", "auditors.claims"])
def test_in_the_middle_of_a_topic_what_is_found_costs_no_place(consultant: Conversation, page: str) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course", "compare")
    paths = twin(seller.paths)
    seller.state, seller.offered = CLOSEST, [page]
    assert consultant.step(seller, f"page.{page}")
    assert (seller.state, seller.topic, seller.paths) == (page, "auditors", paths)
    assert consultant.command(seller, "start")
    assert consultant.step(seller, "continue")
    assert seller.state == "auditors.compare"


@pytest.mark.parametrize("acts", [["helpful-no"], ["lang.zh_Hans"], ["term.accreditation", "back"]])
def test_whatever_is_done_on_a_page_seen_by_the_way_costs_no_place(consultant: Conversation, acts: list[str]) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course", "required", "goal", "curious", "quiz")
    paths = twin(seller.paths)
    assert paths["auditors"][-2:] == ["auditors.claims", "auditors.q1"]
    seller.state, seller.offered, seller.asked = CLOSEST, ["auditors.check"], -9
    seller.paths["auditors"].insert(-2, "auditors.check")  # he passed it on his way
    paths = twin(seller.paths)
    assert consultant.step(seller, "page.auditors.check")
    for act in acts:
        if act.startswith("lang."):
            consultant.command(seller, "language")
        assert consultant.step(seller, act), act
    assert (seller.state, seller.paths) == ("auditors.check", paths)
    assert consultant.command(seller, "start")
    assert consultant.step(seller, "continue")
    assert seller.state == "auditors.q1"


def test_a_page_of_another_topic_costs_no_place_either(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course", "compare")
    seller.state, seller.offered = CLOSEST, ["iso9001.family"]
    assert consultant.step(seller, "page.iso9001.family")
    assert (seller.state, seller.topic) == ("iso9001.family", "auditors")
    assert seller.finished == set()


def test_then_the_menu_then_a_person_and_never_the_same_twice_running(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course")
    assert _notes(consultant, seller, "blah", "blah", "blah", "blah", "blah", "blah") == [
        ("auditors.internal", "unclear"),
        (MENU, "unclear-menu"),
        (MENU, "unclear-contact"),
        (MENU, "unclear"),
        (MENU, "unclear-contact"),
        (MENU, "unclear"),
    ]
    assert (seller.topic, seller.misses) == ("auditors", 6)
    assert consultant.command(seller, "start")
    assert consultant.step(seller, "continue")
    assert seller.state == "auditors.internal"


def test_the_closest_pages_are_the_first_answer_only(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course")
    question = "is this offer a scam or a trick, then?"
    assert _notes(consultant, seller, question, question, question) == [
        (CLOSEST, ""),
        (MENU, "unclear-menu"),
        (MENU, "unclear-contact"),
    ]


@pytest.mark.parametrize("way_on", ["step", "command", "type"])
def test_any_move_begins_the_count_anew(consultant: Conversation, way_on: str) -> None:
    seller = arrived(consultant, "en", "begin")
    _notes(consultant, seller, "blah", "blah")
    if way_on == "step":
        assert consultant.step(seller, "open.auditors")
    elif way_on == "command":
        assert consultant.command(seller, "help")
    else:
        assert consultant.type(seller, "1")
    assert seller.misses == 0
    assert not consultant.type(seller, "blah")
    assert (seller.misses, seller.note) == (1, "unclear")


def test_a_command_nobody_knows_is_no_miss_and_no_move(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin")
    _notes(consultant, seller, "blah")
    assert not consultant.command(seller, "nonsense")
    assert seller.misses == 1


@pytest.mark.parametrize(
    ("text", "note", "kind"),
    [
        ("is this offer a scam or a trick?", "", "unclear"),
        ("is this offer of 2 or 3 papers a trick?", "typed-error", "mistyped"),
        ("a few", "typed-error", "mistyped"),
        ("0", "typed-error", "mistyped"),
    ],
    ids=["words that are close", "words with digits", "words that are not close", "a value out of bounds"],
)
def test_a_question_where_a_value_is_asked_for(consultant: Conversation, text: str, note: str, kind: str) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "required", "goal", "own-firm")
    seller.trail.clear()
    assert not consultant.type(seller, text)
    assert (seller.state, seller.note) == ("auditors.people" if note else CLOSEST, note)
    assert (seller.trail[0].kind, seller.trail[0].page, seller.trail[0].detail) == (kind, "auditors.people", "")
    assert consultant.command(seller, "start")
    assert consultant.step(seller, "continue")
    assert seller.state == "auditors.people"


def test_after_the_closest_pages_a_value_page_is_not_asked_for_again_by_itself(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "required", "goal", "own-firm")
    assert _notes(consultant, seller, "is this offer a trick?", "blah") == [(CLOSEST, ""), (MENU, "unclear-menu")]


# Stale and unknown choices


@pytest.mark.parametrize(
    "choice",
    ["nonsense", "", "skip", "typed", "read", "continue", "over", "warmth", "open.tea", "lang.en", "lang.xx", "term.x"],
)
def test_a_choice_that_leads_nowhere_from_here_changes_nothing(tea: Conversation, choice: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea")
    seller.note = "unclear"
    before = twin(seller)
    assert not tea.step(seller, choice)
    assert seller == before


@given(choice=st.text(max_size=40))
def test_no_choice_breaks_a_page(consultant: Conversation, choice: str) -> None:
    seller = arrived(consultant, "en", "begin")
    before = twin(seller)
    if not consultant.step(seller, choice):
        assert seller == before


def test_there_is_nothing_to_go_back_to_at_first(tea: Conversation) -> None:
    seller = arrived(tea)
    before = twin(seller)
    assert not tea.step(seller, "back")
    assert seller == before


def test_what_a_page_does_not_offer_changes_nothing_on_it(consultant: Conversation) -> None:
    everything = sorted({choice.id for page in consultant.pages.values() for choice in page.choices})
    chance = random.Random(1)  # all of them everywhere would be half a million
    for seller in everywhere(consultant, "en"):
        open_ = set(consultant.labels(seller))
        for choice in set(chance.sample(everything, 40)) - open_:
            before = twin(seller)
            assert not consultant.step(seller, choice), f"{choice} on {seller.state}"
            assert seller == before


# Back


def test_back_leads_to_the_page_before(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    assert tea.step(seller, "back")
    assert (seller.state, seller.history) == ("tea.goal", [MENU, "tea.what"])
    assert seller.paths == {"tea": ["tea.what", "tea.goal"]}
    assert seller.answers == {"tea.goal": "warmth"}
    assert _kinds(seller)[-1] == ("back", "tea.goal")
    for state in ("tea.what", MENU):
        assert tea.step(seller, "back")
        assert seller.state == state
    assert not tea.step(seller, "back")


def test_the_menu_is_where_back_ends(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "home")
    assert (seller.state, seller.history) == (MENU, [])
    assert "back" not in tea.labels(seller)
    assert "home" not in tea.labels(seller)


def test_the_same_page_twice_is_one_step_back(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea")
    tea.command(seller, "help")
    tea.command(seller, "help")
    assert seller.history == [MENU, "tea.what"]


def test_only_so_many_pages_back_are_kept(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin")
    for n in range(HISTORY + 10):
        tea.command(seller, ("help", "privacy")[n % 2])
    assert len(seller.history) == HISTORY
    steps = 0
    while tea.step(seller, "back"):
        steps += 1
    assert steps == HISTORY


def test_back_never_leads_to_an_offer_to_go_on_with_nothing(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    for name in ("start", "help", "start"):
        tea.command(seller, name)
    assert tea.step(seller, "over")
    assert seller.topic == ""
    while tea.step(seller, "back"):
        assert seller.state not in (RESUME, LINKED)


def test_a_long_path_is_kept_short_when_it_is_gone_on_with(library: Library) -> None:
    seller = Seller(1, state=RESUME, topic="tea", paths={"tea": ["tea.what", "tea.goal"] * HISTORY})
    tea = library.load()
    assert tea.step(seller, "continue")
    assert len(seller.history) == HISTORY


# Side trips


def test_a_term_is_shown_by_the_way(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "back")
    paths, topic = twin(seller.paths), seller.topic
    assert tea.step(seller, "term.leaf")
    assert seller.state == "glossary.leaf"
    assert (seller.paths, seller.topic) == (paths, topic)
    assert list(tea.labels(seller)) == ["back", "home"]
    assert tea.step(seller, "back")
    assert seller.state == "tea.what"


def test_a_page_that_tells_more_keeps_his_place(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "beans")
    paths = twin(seller.paths)
    assert tea.step(seller, "read")
    assert (seller.state, seller.paths, seller.topic) == ("tea.what", paths, "tea")
    assert tea.step(seller, "back")
    assert seller.state == "tea.q1-answer"
    assert seller.paths == paths


def test_a_choice_whose_name_only_begins_like_a_side_trip_is_none(library: Library) -> None:
    library.tea('id = "purpose"', 'id = "ready"')
    tea = library.load()
    seller = arrived(tea, "en", "begin", "open.tea", "ready")
    assert seller.paths == {"tea": ["tea.what", "tea.goal"]}


# The quiz


@pytest.mark.parametrize("answer", ["leaves", "beans"])
def test_an_answer_of_the_quiz_is_kept_and_explained(tea: Conversation, answer: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", answer)
    assert (seller.state, seller.answers["tea.q1"]) == ("tea.q1-answer", answer)
    assert list(tea.labels(seller).items()) == [
        ("next", "Next"),
        ("read", "Read about it"),
        ("back", "Back"),
        ("home", "Menu"),
    ]


def test_an_answer_can_be_mended(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "beans", "back", "leaves")
    assert seller.answers["tea.q1"] == "leaves"
    assert seller.paths["tea"][-2:] == ["tea.q1", "tea.q1-answer"]


# Topics: finishing them, leaving them, going on


def test_a_topic_is_finished_at_its_end_and_only_once(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "leaves", "next")
    assert (seller.state, seller.topic, seller.finished) == ("tea.end", "", {"tea"})
    assert _kinds(seller)[-2:] == [("arrived", "tea.end"), ("finished", "tea.end")]
    tea.step(seller, "back")
    assert seller.topic == "tea"
    tea.step(seller, "next")
    assert sum(kind == "finished" for kind, _ in _kinds(seller)) == 1


def test_a_finished_topic_begins_anew(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "calm", "leaves", "next", "home", "open.tea")
    assert (seller.state, seller.paths, seller.finished) == ("tea.what", {"tea": ["tea.what"]}, {"tea"})


def test_a_topic_in_whose_middle_he_is_offers_to_go_on(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "home", "open.tea")
    assert (seller.state, seller.topic) == (RESUME, "tea")
    assert list(tea.labels(seller)) == ["continue", "over", "back", "home"]


def test_he_goes_on_where_he_stopped(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "home", "open.tea", "continue")
    assert seller.state == "tea.cups"
    assert seller.history == [MENU, "tea.what", "tea.goal"]
    assert seller.paths == {"tea": ["tea.what", "tea.goal", "tea.cups"]}
    assert _kinds(seller)[-1] == ("continued", "tea.cups")


def test_he_starts_over(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "home", "open.tea", "over")
    assert (seller.state, seller.paths, seller.topic) == ("tea.what", {"tea": ["tea.what"]}, "")
    assert seller.answers == {"tea.goal": "warmth"}


def test_after_starting_over_back_does_not_offer_what_is_no_longer_there(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth", "home", "open.tea", "over", "back")
    assert seller.state == MENU


def test_back_to_the_offer_to_go_on_offers_it_again(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "home", "open.tea")
    tea.command(seller, "help")
    tea.step(seller, "back")
    assert (seller.state, seller.topic) == (RESUME, "tea")
    assert tea.step(seller, "continue")


def test_a_topic_at_whose_first_page_he_is_just_opens(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "home", "open.tea")
    assert seller.state == "tea.what"


def test_of_two_unfinished_topics_the_one_he_opens_is_gone_on_with(library: Library) -> None:
    coffee = library.folder / "topics" / "tea.toml"
    library.write("topics/coffee.toml", coffee.read_text("utf-8").replace('"tea"', '"coffee"').replace("Tea", "Coffee"))
    both = library.load()
    seller = arrived(both, "en", "begin", "open.tea", "purpose", "home", "open.coffee", "purpose", "warmth", "home")
    assert seller.topic == "coffee"
    assert both.step(seller, "open.tea")
    assert (seller.state, seller.topic) == (RESUME, "tea")
    assert both.step(seller, "continue")
    assert (seller.state, seller.topic) == ("tea.goal", "tea")
    both.step(seller, "home")
    both.step(seller, "open.coffee")
    assert both.step(seller, "over")
    assert (seller.state, seller.topic) == ("coffee.what", "tea")


def test_another_topic_can_be_opened_from_the_end_of_one(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.iso9001")
    seller.state = "iso9001.result"
    assert consultant.step(seller, "end")
    assert consultant.step(seller, "auditors")
    assert seller.state == "auditors.offer"
    assert seller.finished == {"iso9001"}
    consultant.step(seller, "course")
    seller.state = "iso9001.end"
    assert consultant.step(seller, "auditors")
    assert (seller.state, seller.topic) == (RESUME, "auditors")


def test_progress_offers_to_go_on_only_when_there_is_something(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    tea.command(seller, "progress")
    assert list(tea.labels(seller)) == ["continue", "remind", "back", "home"]
    assert tea.step(seller, "remind")
    assert (seller.state, seller.note, seller.answers["home.remind"]) == ("home.progress", "remind-set", "on")
    assert tea.step(seller, "continue")
    assert seller.state == "tea.goal"
    fresh = arrived(tea, "en", "begin")
    tea.command(fresh, "progress")
    assert list(tea.labels(fresh)) == ["back", "home"]
    assert not tea.step(fresh, "continue")


# Commands


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("menu", MENU),
        ("cancel", MENU),
        ("progress", "home.progress"),
        ("language", LANGUAGE),
        ("settings", "home.settings"),
        ("help", "home.help"),
        ("privacy", "home.privacy"),
        ("start", WELCOME),
    ],
)
def test_a_command_works_on_every_page(consultant: Conversation, name: str, state: str) -> None:
    for seller in everywhere(consultant, "zh"):
        before = twin(seller)
        assert consultant.command(seller, name)
        assert seller.state == (RESUME if name == "start" and before.topic else state)
        assert seller.visit == before.visit + 1
        assert (seller.answers, seller.finished, seller.topic) == (before.answers, before.finished, before.topic)
        assert seller.paths == before.paths
        assert seller.seen >= before.seen
        assert seller.lang == before.lang


def test_every_command_is_known(tea: Conversation) -> None:
    for name in COMMANDS:
        assert tea.command(arrived(tea), name)


@pytest.mark.parametrize("name", ["", "nonsense", "resume", "home", "over", "back", "typed", "open.tea", "Start"])
def test_a_command_nobody_knows_keeps_him_where_he_is(tea: Conversation, name: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    before = twin(seller)
    assert not tea.command(seller, name)
    assert seller.note == "unknown-command"
    seller.note = before.note
    assert seller == before


@pytest.mark.parametrize("note", ["unclear", "typed-error", "unknown-command", "unknown-link", "moved", "only-text"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_leaves_the_last_note_behind(tea: Conversation, name: str, note: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    seller.note = note
    assert tea.command(seller, name)
    assert seller.note == ""


def test_start_never_destroys_progress(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose", "warmth")
    paths, answers = twin(seller.paths), dict(seller.answers)
    for _ in range(3):
        assert tea.command(seller, "start")
        assert seller.state == RESUME
    assert (seller.paths, seller.answers) == (paths, answers)
    assert tea.step(seller, "continue")
    assert seller.state == "tea.cups"


# Languages


def test_a_language_chosen_on_the_first_page_stays_there(consultant: Conversation) -> None:
    seller = arrived(consultant, "en")
    assert consultant.step(seller, "lang.zh_Hans")
    assert (seller.state, seller.lang, seller.lang_chosen) == (WELCOME, "zh_Hans", True)
    assert seller.history == []
    assert _kinds(seller)[-2:] == [("language", WELCOME), ("shown", WELCOME)]
    assert seller.trail[-2].detail == "zh_Hans"
    assert "lang.zh_Hans" not in consultant.labels(seller)
    assert "lang.en" in consultant.labels(seller)


def test_a_language_chosen_by_command_leads_back_to_where_he_was(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin", "open.auditors", "course")
    consultant.command(seller, "language")
    visit = seller.visit
    assert consultant.step(seller, "lang.zh_Hans")
    assert (seller.state, seller.lang, seller.visit) == ("auditors.internal", "zh_Hans", visit + 1)
    assert seller.paths["auditors"] == ["auditors.offer", "auditors.internal"]


def test_a_language_chosen_where_there_is_no_way_back_stays(consultant: Conversation) -> None:
    seller = Seller(1, state=LANGUAGE)
    assert consultant.step(seller, "lang.zh_Hans")
    assert (seller.state, seller.lang) == (LANGUAGE, "zh_Hans")


def test_a_language_can_be_written(consultant: Conversation) -> None:
    seller = arrived(consultant, "en")
    assert consultant.type(seller, "简体中文")
    assert seller.lang == "zh_Hans"
    assert consultant.type(seller, "english")
    assert seller.lang == "en"


def test_answers_are_the_same_in_every_language(consultant: Conversation) -> None:
    way = ["begin", "open.auditors", "required", "goal", "own-firm", "12", "small", "quiz", "trained"]
    assert arrived(consultant, "en", *way).answers == arrived(consultant, "zh", *way).answers


def test_a_page_in_doubt_has_english_buttons_and_the_bots_own_in_his_language(library: Library) -> None:
    library.languages("en", "ru")
    library.translate(
        "ru", {"phrase.back": "Назад", "tea.pot.choice.quiz": "Вопросы", "tea.pot.choice.enough": "Хватит"}
    )
    tea = library.load()
    seller = arrived(tea, "ru", "begin", "open.tea", "purpose", "warmth", "3")
    assert list(tea.labels(seller).values()) == ["Вопросы", "Хватит", "Назад", "Menu"]
    library.tea("A pot for {cups} cups.", "One pot for {cups} cups.")
    tea = library.load()
    assert tea.page_voice(seller).lang == "en"
    assert list(tea.labels(seller).values()) == ["Take the quiz", "No quiz", "Назад", "Menu"]


def test_a_language_that_is_gone_is_english(consultant: Conversation) -> None:
    seller = arrived(consultant, "en")
    seller.lang = "fr"
    assert consultant.voice(seller).lang == "en"
    assert consultant.page_voice(seller).lang == "en"


# Pages that are no longer there


def test_somebody_whose_pages_are_all_there_is_left_alone(consultant: Conversation) -> None:
    for seller in everywhere(consultant, "en"):
        before = twin(seller)
        consultant.settle(seller)
        assert seller == before


def test_somebody_on_a_page_that_is_gone_comes_to_the_start_of_its_topic(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    seller.state = "tea.gone"
    seller.history.append("tea.gone")
    seller.paths = {"tea": ["tea.what", "tea.goal", "tea.gone"]}
    visit = seller.visit
    tea.settle(seller)
    assert (seller.state, seller.note, seller.visit) == ("tea.what", "moved", visit + 1)
    assert "tea.gone" not in seller.history
    assert seller.paths == {"tea": ["tea.what"]}
    assert _kinds(seller)[-1] == ("moved", "tea.what")
    assert seller.trail[-1].detail == ""


def test_somebody_in_a_topic_that_is_gone_comes_to_the_menu(tea: Conversation) -> None:
    seller = Seller(1, state="gone.page", topic="gone", paths={"gone": ["gone.a", "gone.page"], "tea": ["tea.what"]})
    seller.history = [MENU, "gone.a"]
    tea.settle(seller)
    assert (seller.state, seller.note, seller.topic) == (MENU, "moved", "")
    assert seller.paths == {"tea": ["tea.what"]}
    assert seller.history == [MENU]


@pytest.mark.parametrize("state", ["home.gone", "glossary.gone", "", "rubbish"])
def test_somebody_on_no_page_of_a_topic_comes_to_the_menu(tea: Conversation, state: str) -> None:
    seller = Seller(1, state=state)
    tea.settle(seller)
    assert (seller.state, seller.note) == (MENU, "moved")


def test_his_place_is_found_again_when_its_topic_is_gone(tea: Conversation) -> None:
    paths = {"tea": ["tea.what", "tea.goal"], "gone": ["gone.a", "gone.b"]}
    seller = Seller(1, state=MENU, topic="gone", paths=paths)
    tea.settle(seller)
    assert (seller.state, seller.topic, seller.note) == (MENU, "tea", "")


def test_the_offer_to_go_on_with_a_topic_that_is_gone_is_gone_too(tea: Conversation) -> None:
    seller = Seller(1, state=RESUME, topic="gone", history=[MENU, RESUME], paths={"gone": ["gone.a", "gone.b"]})
    tea.settle(seller)
    assert (seller.state, seller.history, seller.note) == (MENU, [MENU], "moved")


@pytest.mark.parametrize("state", [RESUME, LINKED])
def test_an_offer_to_go_on_without_a_topic_leads_to_the_menu(tea: Conversation, state: str) -> None:
    seller = Seller(1, state=state, history=[MENU, RESUME, LINKED], answers={LINK: "tea"})
    tea.settle(seller)
    assert (seller.state, seller.history, seller.note) == (MENU, [MENU], "moved")


def test_the_middle_of_a_topic_may_be_gone(tea: Conversation) -> None:
    paths = {"tea": ["tea.what", "tea.was-here", "tea.pot"]}
    seller = Seller(1, state="tea.pot", topic="tea", paths=paths, history=["tea.was-here"])
    tea.settle(seller)
    assert (seller.state, seller.note, seller.paths) == ("tea.pot", "", {"tea": ["tea.what", "tea.pot"]})
    assert unfinished(seller, "tea", tea.pages)
    assert seller.history == []


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("/help", "home.help"),
        ("/HELP@certguide_bot please", "home.help"),
        ("/ help", "home.help"),
        ("/start auditors", "auditors.offer"),
        ("/start   auditors--zh_Hans ", "auditors.offer"),
        ("What can I ask?", MENU),
        ("1", MENU),
    ],
)
def test_whatever_is_written_is_heard(consultant: Conversation, text: str, state: str) -> None:
    seller = Seller(7)
    consultant.greet(seller, "en")
    seller.trail.clear()
    assert consultant.hear(seller, text)
    assert seller.state == state


@pytest.mark.parametrize(
    ("text", "note"), [("/", "unknown-command"), ("/nonsense", "unknown-command"), ("?", "unclear")]
)
def test_what_is_none_of_it_is_said_to_be_none(consultant: Conversation, text: str, note: str) -> None:
    seller = Seller(7)
    consultant.greet(seller, "en")
    assert not consultant.hear(seller, text)
    assert seller.note == note
