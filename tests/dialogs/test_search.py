"""Free text -> the pages whose words come nearest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import Conversation, load
from dialogs.choices import CLOSEST
from dialogs.search import SURE, Index, words

# Words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("audits auditing audited audit", ["audit"] * 4),
        ("What is the ISO 9001?", ["iso", "9001"]),
        ("do I need it", []),
        ("as is 9 42", []),
        ("CE in the EU, 3C认证", ["认证", "ce", "eu", "3c"]),
        ("ＩＳＯ ９００１", ["iso", "9001"]),
        ("内审员证书", ["内审", "审员", "员证", "证书"]),
        ("证", ["证"]),
        ("ISO9001证书吗", ["证书", "书吗", "iso9001"]),
        ("CCAA是什么", ["ccaa"]),
        ("ring bed yes gas", ["ring", "bed", "yes", "gas"]),
        ("under_score", ["under", "score"]),
        ("", []),
        ("?! 🙂 *_*", []),
        ("аудит 감사", ["аудит"]),
    ],
)
def test_what_is_compared(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_no_text_breaks_the_words(text: str) -> None:
    assert all(words(text))


# Ranking


DRINKS = Index(
    {
        "tea": ("Green tea", "Tea is made of leaves and hot water."),
        "coffee": ("Coffee", "Coffee is made of beans and hot water."),
        "milk": ("Milk", "Milk comes from a cow."),
        "soup": ("Soup", "Soup is hot water with something in it."),
    }
)


def test_a_word_that_stands_on_few_pages_weighs_more() -> None:
    many = Index(
        {f"page-{n}": (f"Page {n}", "audit" if n % 2 else "audit camel") for n in range(400)} | {"zoo": ("Zoo", "emu")}
    )
    assert many.closest("the audit of an emu")[0] == "zoo"
    assert many.closest("audit") == []


def test_a_word_in_the_label_weighs_more() -> None:
    many = Index(
        {f"page-{n}": (f"Page {n}", "words") for n in range(400)} | {"a": ("Old", "tea"), "b": ("Old tea", "")}
    )
    assert many.closest("tea")[0] == "b"


def test_what_is_on_no_page_is_close_to_none() -> None:
    assert DRINKS.closest("a spanner") == []
    assert DRINKS.closest("") == []


def test_a_word_that_is_everywhere_is_not_enough() -> None:
    assert DRINKS.closest("hot water") == []


@pytest.mark.parametrize("text", ["coffee", "Coffee!", "tell me about coffee"])
def test_the_whole_label_is_enough_however_common_its_words(text: str) -> None:
    common = Index({"coffee": ("Coffee", "Drink it.")} | {f"page-{n}": ("Cup", "coffee " * n) for n in range(1, 9)})
    assert "coffee" in common.closest(text)


def test_the_page_whose_label_it_is_comes_first() -> None:
    assert Index({"green": ("Green tea", "tea " * 9), "tea": ("Tea", "Leaves.")}).closest("tea")[0] == "tea"


def test_a_label_without_words_is_not_meant_by_every_text() -> None:
    index = Index({"a": ("Is it?", "It is."), "b": ("!", "")})
    assert index.closest("is it tea") == []
    assert index.closest("is it") == ["a"], "but by its own"
    assert index.closest("!") == []


def test_where_more_is_needed_less_is_found() -> None:
    many = Index({f"page-{n}": (f"Page {n}", "words") for n in range(400)} | {"zoo": ("Zoo", "emu")})
    assert many.closest("emu") == ["zoo"]
    assert many.closest("emu", least=SURE) == []
    assert many.closest("zoo!", least=SURE) == ["zoo"], "the label itself"


def test_no_more_than_asked_for() -> None:
    many = Index({f"page-{n}": ("Audit", f"word{n}") for n in range(9)})
    assert many.closest("audit") == ["page-0", "page-1", "page-2"]
    assert many.closest("audit", most=2) == ["page-0", "page-1"]


def test_an_index_of_nothing_finds_nothing() -> None:
    assert Index({}).closest("audit") == []
    assert Index({"empty": ("", "")}).closest("audit") == []


TEXT = st.text(max_size=30)


@given(st.text(), st.dictionaries(st.text(max_size=5), st.tuples(TEXT, TEXT), max_size=4))
def test_no_text_breaks_an_index(text: str, pages: dict[str, tuple[str, str]]) -> None:
    assert set(Index(pages).closest(text)) <= set(pages)


@given(text=st.text())
def test_no_text_breaks_the_real_ones(consultant: Conversation, text: str) -> None:
    for lang in consultant.voices.languages:
        found = consultant.index(lang).closest(text)
        assert len(found) <= 3
        assert set(found) <= set(consultant.pages)
        assert len(set(found)) == len(found)


# The real pages


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_a_page_is_found_by_its_own_label(consultant: Conversation, lang: str) -> None:
    voice = consultant.voices.of(lang)
    for choice in consultant.pages[CLOSEST].choices:
        label = voice.label(choice.context, choice.label)
        assert choice.to in consultant.index(lang).closest(label), f"{label}: {choice.to}"


def test_an_index_is_made_once_and_an_unknown_language_is_english(consultant: Conversation) -> None:
    assert consultant.index("en") is consultant.index("en")
    assert consultant.index("xx").closest("registered auditor") == consultant.index("en").closest("registered auditor")


def test_after_warming_up_every_language_is_there() -> None:
    conversation = load()
    conversation.warm()
    assert set(conversation._indexes) == set(conversation.voices.languages)


QUESTIONS = {
    "en": [
        ("is the internal auditor certificate worth anything?", "auditors.internal myths.auditor-papers"),
        ("Do I have to employ an auditor in my company?", "auditors.required"),
        ("someone wants to sell me a course, is it a scam or a trick?", "auditors.claims"),
        ("how can I become a registered auditor in China", "auditors.grades"),
        ("I work alone, who audits me?", "auditors.alone"),
        ("difference between internal and registered auditor", "auditors.compare"),
        ("how do I check a factory or supplier", "auditors.suppliers"),
        ("what's CCAA", "glossary.ccaa"),
        ("ISO 14001 environmental rules for packaging", "iso14001.what papers.eu-parcels"),
        ("does an iso 9001 certificate bring more sales", "benefits.found"),
        ("first party, second party, third party audits", "auditors.kinds"),
        ("registration as auditor in Europe, IRCA", "auditors.abroad auditors.countries"),
    ],
    "zh_Hans": [
        ("内审员证书有用吗", "auditors.internal"),
        ("公司一定要有内审员吗？", "auditors.required myths.auditor-papers"),
        ("培训机构说的是真的吗，是不是忽悠", "auditors.claims"),
        ("怎样注册成为审核员", "auditors.grades"),
        ("我一个人的公司，谁来做内审？", "auditors.alone"),
        ("内审员和注册审核员有什么区别", "auditors.compare"),
        ("怎么去工厂审核供应商", "auditors.suppliers"),
        ("CCAA是什么", "glossary.ccaa"),
        ("环境管理ISO 14001", "iso14001.what"),
        ("认证证书能带来什么好处", "benefits.found"),
        ("第一方、第二方、第三方审核", "auditors.kinds"),
        ("国外的审核员注册，比如IRCA", "auditors.abroad"),
    ],
}
"""What people might write, and the pages of which one should be among those offered."""

ELSEWHERE = {
    "en": ["what's the weather like", "my parcel is lost", "hello", "thank you!", "who won the match", "🙂"],
    "zh_Hans": ["今天天气怎么样", "我的包裹丢了", "你好", "谢谢！", "你喜欢吃什么", "🙂"],
}
"""What has nothing to do with it."""

FLOORS = {"en": 10, "zh_Hans": 11}
"""Of a dozen questions so many find their page …"""
STRAYS = {"en": 2, "zh_Hans": 2}
"""… and so many of the other kind find one: among hundreds of pages a rare word is on some."""


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_most_questions_find_their_page(consultant: Conversation, lang: str) -> None:
    index = consultant.index(lang)
    missed = [(text, pages) for text, pages in QUESTIONS[lang] if not {*pages.split()} & {*index.closest(text)}]
    assert len(QUESTIONS[lang]) - len(missed) >= FLOORS[lang], missed


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_what_has_nothing_to_do_with_it_mostly_finds_nothing(consultant: Conversation, lang: str) -> None:
    found = {text: consultant.index(lang).closest(text) for text in ELSEWHERE[lang]}
    assert sum(map(bool, found.values())) <= STRAYS[lang], found


@pytest.mark.parametrize(
    ("lang", "word"), [("en", "certificate"), ("en", "audit"), ("zh_Hans", "证书"), ("zh_Hans", "审核")]
)
def test_one_word_that_is_everywhere_finds_its_term_at_most(consultant: Conversation, lang: str, word: str) -> None:
    assert all(page.startswith("glossary.") for page in consultant.index(lang).closest(word))
