"""What a seller can choose, and what he means by what he writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import Conversation, Event, Part, Seller, show
from dialogs.choices import CLOSEST, LINK, LINKED, MENU, NEWS, named, numbered, open_to, ways
from dialogs.conversation import ASK_AGAIN
from dialogs.values import same_words
from tests.dialogs.library import TODAY, Library, arrived, everywhere, twin

SETTINGS = "home.settings"


def _ids(conversation: Conversation, seller: Seller) -> list[str]:
    return [choice.id for choice in conversation.choices(seller)]


def _text(conversation: Conversation, seller: Seller) -> str:
    return show(conversation, seller, TODAY).text


def _labels(conversation: Conversation, seller: Seller) -> list[str]:
    return [button.label for button in show(conversation, seller, TODAY).buttons]


# What is open


def test_its_own_come_first_then_side_trips_then_the_ways_out(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea")
    assert _ids(tea, seller) == ["purpose", "term.leaf", "back", "home"]
    assert _ids(tea, arrived(tea, "en", "begin", "open.tea", "purpose")) == ["warmth", "calm", "skip", "back", "home"]


def test_there_is_no_back_without_a_page_before_and_no_menu_on_it(tea: Conversation) -> None:
    page = tea.pages[MENU]
    assert [choice.id for choice in open_to(Seller(1, state=MENU), page, {})] == ["open.tea"]
    other = Seller(1, state="tea.pot", history=[MENU])
    assert [choice.id for choice in open_to(other, tea.pages["tea.pot"], {})] == ["quiz", "enough", "back", "home"]


def test_everything_open_leads_somewhere(consultant: Conversation) -> None:
    for seller in everywhere(consultant, "en"):
        for id_ in _ids(consultant, seller):
            assert consultant.step(twin(seller), id_), f"{id_} on {seller.state}"


def test_the_language_he_speaks_is_not_offered(consultant: Conversation) -> None:
    seller = arrived(consultant, "zh")
    assert _ids(consultant, seller) == ["begin", "lang.en", "home"]
    assert not consultant.step(seller, "lang.zh_Hans")


def test_of_a_link_only_what_it_leads_to_is_offered(consultant: Conversation) -> None:
    seller = Seller(
        1, state=LINKED, topic="auditors", answers={LINK: "benefits"}, paths={"auditors": ["auditors.offer"]}
    )
    assert _ids(consultant, seller) == ["continue", "open.benefits", "home"]
    seller.answers[LINK] = "gone"
    assert _ids(consultant, seller) == ["continue", "home"]


def test_the_closest_pages_stand_nearest_first(consultant: Conversation) -> None:
    seller = Seller(1, state=CLOSEST, offered=["glossary.ccaa", "auditors.offer", "iso9001.what"])
    assert _ids(consultant, seller) == ["page.glossary.ccaa", "page.auditors.offer", "page.iso9001.what", "home"]


def test_what_was_offered_and_is_gone_is_not(consultant: Conversation) -> None:
    seller = Seller(1, state=CLOSEST, offered=["auditors.gone", "glossary.ccaa", "auditors.people"])
    assert _ids(consultant, seller) == ["page.glossary.ccaa", "home"]


def test_every_page_of_facts_with_a_name_can_be_offered(consultant: Conversation) -> None:
    named_ = {choice.to for page in consultant.pages.values() for choice in page.choices if choice.label}
    named_ |= {topic.start for topic in consultant.content.topics.values()} | {
        f"glossary.{term}" for term in consultant.content.terms
    }
    facts = {page.name for page in consultant.pages.values() if page.evidence and not page.explains}
    assert {choice.to for choice in consultant.pages[CLOSEST].choices} == facts & named_


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_no_two_pages_that_are_offered_together_read_alike(consultant: Conversation, lang: str) -> None:
    voice = consultant.voices.of(lang)
    labels = [voice.label(choice.context, choice.label) for choice in consultant.pages[CLOSEST].choices]
    for label in labels:
        seller = arrived(consultant, lang, "begin")
        consultant.command(seller, "help")
        consultant.type(seller, label)
        offered = [same_words(words) for words in consultant.labels(seller).values()]
        assert any(words.endswith(same_words(label)) for words in offered), label
        assert len(set(offered)) == len(offered)


# Every fixed way on


def test_ways_are_those_with_and_without_a_button_of_their_own(tea: Conversation) -> None:
    def ids(page: str) -> list[str]:
        return [choice.id for choice in ways(tea.pages[page])]

    assert ids("tea.what") == ["purpose", "term.leaf"]
    assert ids("tea.goal") == ["warmth", "calm", "skip"]
    assert ids("tea.cups") == ["typed"]
    assert ids("tea.q1-answer") == ["next", "read"]
    assert ids("tea.end") == ["news-on", "news-off"]
    assert "continue" not in ids("home.resume")


def test_whatever_is_open_and_fixed_is_a_way(consultant: Conversation) -> None:
    moving = ("back", "home", "continue", "over", "lang.", "helpful-")
    for seller in everywhere(consultant, "en"):
        fixed = {choice.id for choice in ways(consultant.page(seller))}
        assert {id_ for id_ in _ids(consultant, seller) if not id_.startswith(moving)} <= fixed


# Settings


def test_the_settings_tell_what_is_set(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin")
    assert consultant.command(seller, "settings")
    assert _ids(consultant, seller) == ["speak", "news-on", "zone", "plain-on", "stored", "back", "home"]
    text = _text(consultant, seller)
    for line in ("- Language: English\n", "- News: off\n", "- Time zone: not set\n", "- Plain mode: off\n"):
        assert line in text


@pytest.mark.parametrize(
    ("on", "off", "name", "line"),
    [("news-on", "news-off", "home.news", "News"), ("plain-on", "plain-off", "home.plain", "Plain mode")],
)
def test_a_setting_is_turned_on_and_off_on_the_spot(
    consultant: Conversation, on: str, off: str, name: str, line: str
) -> None:
    seller = arrived(consultant, "en", "begin")
    consultant.command(seller, "settings")
    for choice, answer in ((on, "on"), (off, "off"), (on, "on")):
        history, visit = list(seller.history), seller.visit
        assert consultant.step(seller, choice)
        assert (seller.state, seller.history, seller.visit) == (SETTINGS, history, visit + 1)
        assert seller.answers == {name: answer}
        assert f"- {line}: {answer}\n" in _text(consultant, seller)
        assert Event("answered", SETTINGS, consultant.pages[SETTINGS].version, answer, name) in seller.trail
        assert not consultant.step(seller, choice)


@pytest.mark.parametrize(
    ("written", "kept", "shown"),
    [
        ("China (UTC+8)", "Asia/Shanghai", "Asia/Shanghai"),
        ("1", "Asia/Shanghai", "Asia/Shanghai"),
        ("UTC+8", "Etc/GMT-8", "UTC+8"),
        ("+8", "Etc/GMT-8", "UTC+8"),
        ("GMT - 3", "Etc/GMT+3", "UTC-3"),
        ("Etc/UTC", "Etc/UTC", "UTC"),
        ("new york", "America/New_York", "America/New\\_York"),
    ],
)
def test_a_time_zone_is_chosen_or_written(consultant: Conversation, written: str, kept: str, shown: str) -> None:
    seller = arrived(consultant, "en", "begin")
    consultant.command(seller, "settings")
    assert consultant.step(seller, "zone")
    assert consultant.type(seller, written)
    assert (seller.state, seller.answers) == (SETTINGS, {"home.zone": kept})
    assert f"- Time zone: {shown}\n" in _text(consultant, seller)


def test_no_time_zone_may_be_told(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin")
    consultant.command(seller, "settings")
    assert consultant.step(seller, "zone")
    assert not consultant.type(seller, "half past nine")
    assert seller.note == "typed-error"
    assert _text(consultant, seller).startswith("*I don't know that time zone.")
    assert consultant.step(seller, "skip")
    assert (seller.state, seller.answers) == (SETTINGS, {})


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_answer_keeps_a_page_from_being_shown(consultant: Conversation, code: str) -> None:
    answers = {"home.zone": "Asia/Ho_Chi_Minh", "home.plain": "on", "home.news": "off", LINK: "iso9001"}
    for seller in everywhere(consultant, code):
        seller.answers |= answers
        assert _text(consultant, seller)


# Plain mode


def test_in_plain_mode_every_button_has_its_number_but_where_a_number_is_the_answer(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin")
    consultant.command(seller, "settings")
    consultant.step(seller, "plain-on")
    assert _labels(consultant, seller)[:2] == ["1 Language", "2 Turn news on"]
    for seller in everywhere(consultant, "zh"):
        seller.answers["home.plain"] = "on"
        words = list(consultant.labels(seller).values())
        typed = consultant.page(seller).typed
        asks_number = typed is not None and typed.kind == "number"
        numbered = [f"{number} {word}" for number, word in enumerate(words, 1)]
        assert _labels(consultant, seller) == (words if asks_number else numbered)


@pytest.mark.parametrize("text", ["To get warm", "1", "1 To get warm", "1. to get warm!", "1) TO GET WARM"])
@pytest.mark.parametrize("mode", ["on", "off"])
def test_a_button_can_be_written_as_it_stands_there(tea: Conversation, text: str, mode: str) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    seller.answers["home.plain"] = mode
    assert tea.type(seller, text)
    assert seller.answers["tea.goal"] == "warmth"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Tea is a drink. 🙂", "Tea is a drink."),
        ("Tea ⭐ is ⏰ a drink ⌛🇨🇳👨‍👩‍👧.", "Tea is a drink."),
        ("Tea ☕️ and 1️⃣", "Tea and 1"),
        ("Tea – is «a drink» · 5 °C → 茶", "Tea – is «a drink» · 5 °C → 茶"),
    ],
)
def test_in_plain_mode_there_are_no_emoji(library: Library, said: str, shown: str) -> None:
    library.tea("**Tea** is a drink.", said)
    library.tea("Why drink it?", f"{said[:12]}?")
    tea = library.load()
    seller = arrived(tea, "en", "begin", "open.tea")
    assert _text(tea, seller).endswith(said)
    assert _labels(tea, seller)[0] == f"{said[:12]}?"
    seller.answers["home.plain"] = "on"
    assert _text(tea, seller) == shown
    assert "🙂" not in _labels(tea, seller)[0]


# News


def _finished(conversation: Conversation) -> Seller:
    return arrived(conversation, "en", "begin", "open.tea", "purpose", "calm", "leaves", "next")


def test_at_the_end_of_the_first_topic_he_is_asked_about_news(tea: Conversation) -> None:
    seller = _finished(tea)
    assert _ids(tea, seller) == ["news-on", "news-off", "back", "home"]
    assert "Shall I tell you when a rule changes" in _text(tea, seller)
    parts = [button.part for button in show(tea, seller, TODAY).buttons]
    assert parts == [Part.SIDE, Part.SIDE, Part.LEAVE, Part.LEAVE]  # the two answers stand side by side


@pytest.mark.parametrize("answer", ["on", "off"])
def test_his_answer_is_kept_and_the_page_stays(tea: Conversation, answer: str) -> None:
    seller = _finished(tea)
    history, paths = list(seller.history), twin(seller.paths)
    assert tea.step(seller, f"news-{answer}")
    assert (seller.state, seller.history, seller.paths, seller.topic) == ("tea.end", history, paths, "")
    assert seller.answers[NEWS] == answer
    assert _ids(tea, seller) == ["back", "home"]
    assert "Shall I tell you" not in _text(tea, seller)
    assert not tea.step(seller, "news-on")


def test_he_is_not_asked_again(tea: Conversation) -> None:
    seller = _finished(tea)
    seller.answers[NEWS] = "off"
    for choice in ("back", "next"):
        assert tea.step(seller, choice)
    assert _ids(tea, seller) == ["back", "home"]


def test_whoever_turned_news_on_is_not_asked(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin")
    tea.command(seller, "settings")
    for choice in ("news-on", "home", "open.tea", "purpose", "calm", "leaves", "next"):
        assert tea.step(seller, choice)
    assert _ids(tea, seller) == ["back", "home"]


def test_on_other_pages_there_is_no_such_question(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin", "open.tea", "purpose")
    assert not tea.step(seller, "news-on")
    assert NEWS not in seller.answers


# Whether a page helped


def _asked(conversation: Conversation) -> Seller:
    """Somebody who is asked whether a page helped."""
    seller = arrived(conversation, "en", "begin", "open.tea")
    while not _ids(conversation, seller).count("helpful-yes"):
        for choice in ("home", "open.tea"):
            assert conversation.step(seller, choice)
    return seller


def test_it_is_asked_of_pages_of_facts_and_sparingly(consultant: Conversation) -> None:
    seller = arrived(consultant, "en", "begin")
    visits = []
    for topic in ("iso9001", "benefits", "certification") * 12:
        consultant.step(seller, "home")
        assert consultant.step(seller, f"open.{topic}")
        if "helpful-yes" in _ids(consultant, seller):
            assert consultant.page(seller).evidence
            visits.append(seller.visit)
        if "news-off" in _ids(consultant, seller):
            assert consultant.step(seller, "news-off")
    assert len(visits) > 3
    assert all(later - sooner >= ASK_AGAIN for sooner, later in zip([0, *visits], visits, strict=False))


def test_pages_of_talk_are_not_asked_about(tea: Conversation) -> None:
    seller = arrived(tea, "en", "begin")
    for _ in range(3 * ASK_AGAIN):
        tea.command(seller, "help")
        tea.command(seller, "privacy")
        assert "helpful-yes" not in _ids(tea, seller)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_rating_is_noted_with_the_page_and_its_version(tea: Conversation, answer: str) -> None:
    seller = _asked(tea)
    before = twin(seller)
    seller.trail.clear()
    assert tea.step(seller, f"helpful-{answer}")
    version = tea.pages["tea.what"].version
    assert seller.trail == [Event("helpful", "tea.what", version, answer), Event("shown", "tea.what", version)]
    assert (seller.state, seller.visit, seller.note) == ("tea.what", before.visit + 1, "thanks")
    assert (seller.history, seller.paths, seller.answers) == (before.history, before.paths, before.answers)
    assert _text(tea, seller).startswith("*Thank you, noted.*\n\n")


def test_it_is_rated_once(tea: Conversation) -> None:
    seller = _asked(tea)
    assert tea.step(seller, "helpful-no")
    assert not {"helpful-yes", "helpful-no"} & set(_ids(tea, seller))
    before = twin(seller)
    for choice in ("helpful-yes", "helpful-no", "helpful-", "helpful-maybe"):
        assert not tea.step(seller, choice)
    assert seller == before


def test_a_rating_of_another_kind_is_none(tea: Conversation) -> None:
    seller = _asked(tea)
    before = twin(seller)
    assert not tea.step(seller, "helpful-maybe")
    assert seller == before


def test_a_rating_can_be_written(tea: Conversation) -> None:
    seller = _asked(tea)
    assert tea.type(seller, "not helpful")
    assert seller.note == "thanks"


def test_the_question_stands_among_the_side_trips(tea: Conversation) -> None:
    parts = [(button.id, button.part) for button in show(tea, _asked(tea), TODAY).buttons]
    assert parts[1:4] == [("term.leaf", Part.SIDE), ("helpful-yes", Part.SIDE), ("helpful-no", Part.SIDE)]


def test_who_goes_on_is_not_asked_about_the_page_he_left(tea: Conversation) -> None:
    seller = _asked(tea)
    assert tea.step(seller, "purpose")
    assert not tea.step(seller, "helpful-yes")
    assert tea.step(seller, "back")
    assert "helpful-yes" not in _ids(tea, seller)


# What he means

LABELS = {"warm": "To get warm", "sleep": "2 sleep well", "back": "Back"}


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("To get warm", "warm"),
        ("to get warm!", "warm"),
        ("1 to get warm", "warm"),
        ("2 sleep well", "sleep"),
        ("2 2 sleep well", "sleep"),
        ("3. BACK", "back"),
        ("2 back", ""),
        ("", ""),
        ("?!", ""),
        ("1", ""),
        ("sleep well", ""),
    ],
)
def test_the_words_of_a_button(text: str, choice: str) -> None:
    assert named(text, LABELS) == choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", "warm"),
        (" 3. ", "back"),
        ("②", "sleep"),
        ("０３", "back"),
        ("0", ""),
        ("4", ""),
        ("003", ""),
        ("back", ""),
    ],
)
def test_the_number_of_a_button(text: str, choice: str) -> None:
    assert numbered(text, LABELS) == choice


@given(st.text(), st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=10), max_size=5))
def test_whatever_he_writes_is_a_button_or_none(text: str, labels: dict[str, str]) -> None:
    assert named(text, labels) in {"", *labels}
    assert numbered(text, labels) in {"", *labels}


@given(st.lists(st.text(max_size=8), min_size=1, max_size=9, unique_by=same_words), st.data())
def test_a_button_is_found_by_its_words(words: list[str], data: st.DataObject) -> None:
    labels = {f"choice-{number}": label for number, label in enumerate(words)}
    id_ = data.draw(st.sampled_from(list(labels)))
    assert named(labels[id_], labels) == (id_ if same_words(labels[id_]) else "")
