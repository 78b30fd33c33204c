"""How the bot behaves towards people, as far as the mind alone shows it: on every page, in every language."""

import re
from collections import defaultdict
from itertools import pairwise

import pytest

from dialogs import Conversation, Part, Reply, Seller, choices, limits, load, show
from dialogs.choices import MENU
from dialogs.markup import flat, plain, width
from dialogs.reply import EMOJI
from dialogs.seller import WELCOME
from tests.dialogs.library import TODAY, arrived, everywhere, twin

LANGUAGES = list(load().voices.languages)
SAYS_WHAT_IT_IS = {"en": "I am a bot, not a certification body", "zh_Hans": "我是机器人，不是认证机构"}
TIP = {"en": "Tip: ", "zh_Hans": "小提示："}
DISCLAIMER = {"en": "not legal advice", "zh_Hans": "不是法律意见"}
MONEY = re.compile(r"\{[A-Z]{3} \d+\}|[$€¥£₽]\s?\d|\d\s?(?:€|元|руб|USD|CNY|EUR|RMB)\b")


def reply(conversation: Conversation, seller: Seller) -> Reply:
    """His page."""
    return show(conversation, seller, TODAY)


def own(shown: Reply) -> list[str]:
    """The labels of the page's own buttons."""
    return [button.label for button in shown.buttons if button.part is Part.OWN]


# The first page


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_first_page_says_who_speaks_and_gives_a_tip_in_few_words(consultant: Conversation, code: str) -> None:
    shown = reply(consultant, arrived(consultant, code))
    text = plain(shown.text)
    assert len(text) <= limits.GREETING
    assert SAYS_WHAT_IT_IS[code] in text
    assert len(re.findall(f"^{TIP[code]}", text, re.MULTILINE)) == 1
    assert 2 <= len(shown.buttons) <= 5


@pytest.mark.parametrize("code", LANGUAGES)
def test_whoever_comes_by_a_link_is_told_who_speaks_once(consultant: Conversation, code: str) -> None:
    seller = Seller(7)
    consultant.greet(seller, code)
    assert consultant.command(seller, "start", "auditors")
    text = plain(reply(consultant, seller).text).casefold()
    assert SAYS_WHAT_IT_IS[code].casefold() in text
    assert text.count(DISCLAIMER[code]) == 1
    seller.trail.clear()
    assert consultant.command(seller, "start", "auditors")
    assert SAYS_WHAT_IT_IS[code].casefold() not in plain(reply(consultant, seller).text).casefold()


# Buttons


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_has_the_ways_out_and_few_buttons(consultant: Conversation, code: str) -> None:
    for seller in everywhere(consultant, code):
        shown, page = reply(consultant, seller), consultant.page(seller)
        ids = [button.id for button in shown.buttons]
        out = [choice for choice in ("back", "home") if choice in ids]
        # The menu is the root, and there is nothing before the first page; from everywhere else one gets out.
        expected = [] if seller.state == MENU else ["back", "home"] if seller.history else ["home"]
        assert out == expected, seller.state
        assert ids[len(ids) - len(out) :] == out
        # A question about news or about the page stands beside the page's own choices.
        few = (
            limits.LISTED_CHOICES if page.ask or page.lists or page.end or page.topic == "home" else limits.OWN_CHOICES
        )
        asked = sum(id_.startswith(("helpful-", "news-")) for id_ in ids)
        assert len(own(shown)) <= few + asked, seller.state


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_label_fits_a_phone(consultant: Conversation, code: str) -> None:
    for seller in everywhere(consultant, code):
        for button in reply(consultant, seller).buttons:
            number = re.match(r"\d+ ", button.label) if seller.answers.get("home.plain") == "on" else None
            label = button.label.removeprefix(number[0]) if number else button.label
            assert 1 <= width(label) <= limits.LABEL_WIDTH, label


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_has_the_same_buttons_in_every_language(consultant: Conversation, code: str) -> None:
    for seller in everywhere(consultant, "en"):
        other = twin(seller)
        other.lang = code
        ids = [button.id for button in reply(consultant, seller).buttons if not button.id.startswith("lang.")]
        assert [one.id for one in reply(consultant, other).buttons if not one.id.startswith("lang.")] == ids


# Questions


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_question_about_the_seller_says_why_and_can_be_skipped(consultant: Conversation, code: str) -> None:
    """A quiz asks nothing about him: its questions are what he came for."""
    asked = set()
    for seller in everywhere(consultant, code):
        page = consultant.page(seller)
        if page.ask and not page.right:
            asked.add(page.name)
            shown = reply(consultant, seller)
            why = consultant.page_voice(seller).say(f"{page.name}.why", page.why)
            assert why in shown.text, page.name
            assert ("skip" in [button.id for button in shown.buttons]) == (not page.needed)
    assert asked == {page.name for page in consultant.pages.values() if page.ask and not page.right}


@pytest.mark.parametrize("code", LANGUAGES)
def test_wherever_somebody_is_not_understood_the_answers_change_and_grow(consultant: Conversation, code: str) -> None:
    """Several misses running on every page: never silence, never the same sentence twice, in the end a person."""
    for seller in everywhere(consultant, code):
        typed = consultant.page(seller).typed
        seller.misses = 0  # to find a page by its words is a miss, too
        said = []
        for _ in range(5):
            assert not consultant.type(seller, "qwzx")
            note = plain(reply(consultant, seller).text).split("\n\n")[0]
            assert note
            said.append(note)
        assert all(before != after for before, after in pairwise(said)), seller.state
        if not typed:
            assert seller.state == MENU
            assert consultant.contact in said[2]


# What a page rests on


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_of_facts_ends_with_its_sources_their_day_and_confidence(
    consultant: Conversation, code: str
) -> None:
    factual = set()
    for seller in everywhere(consultant, code):
        evidence, shown = consultant.page(seller).evidence, reply(consultant, seller)
        if not evidence:
            assert not shown.sources
            continue
        factual.add(seller.state)
        voice = consultant.voice(seller)
        head = plain(shown.sources).splitlines()[0]
        assert str(voice.write(evidence.checked)) in head
        assert str(voice.phrase(f"confidence-{evidence.confidence}")) in head
        links = [str(token.attrs["href"]) for token in flat(shown.sources) if token.type == "link_open"]
        assert links == [consultant.content.sources[name].address for name in evidence.sources]
    assert factual == {page.name for page in consultant.pages.values() if page.evidence}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_price_stands_on_a_page_without_sources(consultant: Conversation, code: str) -> None:
    priced = set()
    for page in consultant.pages.values():
        for sentence in page.sentences():
            if MONEY.search(consultant.voices.of(code).label(sentence.context, sentence.english)):
                priced.add(page.name)
                assert page.evidence, sentence.context
    assert priced


@pytest.mark.parametrize("code", LANGUAGES)
def test_that_it_is_no_legal_advice_is_said_at_the_start_and_at_results_only(
    consultant: Conversation, code: str
) -> None:
    said: dict[str, set[int]] = defaultdict(set)
    for seller in everywhere(consultant, code):
        text = plain(reply(consultant, seller).text).casefold()
        said[seller.state].add(text.count(DISCLAIMER[seller.lang]))
    results = {page.name for page in consultant.pages.values() if "{right}" in page.text}
    assert results
    assert {page for page, times in said.items() if times != {0}} == {WELCOME} | results
    assert all(said[page] == {1} for page in {WELCOME} | results)


# Emoji and plain mode


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_has_one_emoji_at_most(consultant: Conversation, code: str) -> None:
    for seller in everywhere(consultant, code):
        shown = reply(consultant, seller)
        assert len(EMOJI.findall(shown.text + shown.sources)) <= 1
        assert all(len(EMOJI.findall(button.label)) <= 1 for button in shown.buttons)


@pytest.mark.parametrize("code", LANGUAGES)
def test_plain_mode_says_the_same_without_emoji_and_its_numbers_work(consultant: Conversation, code: str) -> None:
    for seller in everywhere(consultant, code):
        usual, bare = twin(seller), twin(seller)
        usual.answers.pop("home.plain", None)
        bare.answers["home.plain"] = "on"
        if "plain-off" in consultant.labels(bare):
            continue  # the page that tells whether it is on is another one
        typed = consultant.page(bare).typed
        if typed and typed.kind == "number":
            continue  # there a number is the answer, and not a button's
        rich, poor = reply(consultant, usual), reply(consultant, bare)
        assert poor.text == EMOJI.sub("", rich.text)
        assert not EMOJI.search(poor.text + "".join(button.label for button in poor.buttons))
        typed = consultant.page(bare).typed
        number_asked = typed is not None and typed.kind == "number"  # where a number means itself and no button
        for number, (was, now) in enumerate(zip(rich.buttons, poor.buttons, strict=True), 1):
            assert now.id == was.id
            assert now.label == ("" if number_asked else f"{number} ") + EMOJI.sub("", was.label)
            assert choices.numbered(str(number), consultant.labels(bare)) == now.id


# Privacy and help


@pytest.mark.parametrize("code", LANGUAGES)
def test_privacy_is_answered_on_one_page(consultant: Conversation, code: str) -> None:
    """What is kept, why, how long, and who can be asked to delete it."""
    words = {
        "en": ("What I keep", "so that", "as long as", "deleted", "Who runs this bot"),
        "zh_Hans": ("我保存什么", "这样", "保存到", "删除", "谁在运营"),
    }
    seller = arrived(consultant, code)
    assert consultant.command(seller, "privacy")
    text = plain(reply(consultant, seller).text)
    assert len(text) <= limits.MESSAGE
    for word in words[code]:
        assert re.search(word, text), f"{word}: {text}"
    assert consultant.contact in text


def test_every_language_has_its_list_of_promises() -> None:
    assert set(LANGUAGES) <= set(limits.PROMISES)
    assert all(limits.PROMISES[code] for code in LANGUAGES)


# News and questions nobody asked for


@pytest.mark.parametrize("code", LANGUAGES)
def test_news_is_off_until_somebody_says_yes(consultant: Conversation, code: str) -> None:
    for seller in everywhere(consultant, code):
        if seller.answers.get("home.news") != "on":
            for choice in consultant.labels(seller).keys() - {"news-on"}:
                after = twin(seller)
                assert consultant.step(after, choice)
                assert after.answers.get("home.news") != "on", f"{choice} on {seller.state}"
