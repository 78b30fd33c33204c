"""What the content as a whole must hold, whatever single pages say."""

import re
from collections import Counter

import pytest

from dialogs import Conversation
from dialogs.topic import Topic

VERDICTS = {
    "en": ("True", "Half-true", "Outdated", "False"),
    "zh_Hans": ("属实", "半对", "过时", "不实"),
}
SENTENCE = re.compile(r"^- \*“[^”]+”\* \*\*([^*]+)\*\*", re.MULTILINE)
"""An item of the subject of myths: the sentence, then the verdict."""
NO_CERTIFICATE = {"en": "certificate", "zh_Hans": "证书"}
DIMENSIONS = 19
"""Of the comparison between an internal auditor's certificate and a registration."""


def _subjects(conversation: Conversation) -> list[Topic]:
    return [topic for topic in conversation.content.topics.values() if topic.listed]


def _text(conversation: Conversation, lang: str, name: str) -> str:
    return str(conversation.voices.of(lang).say(f"{name}.text", conversation.pages[name].text))


def test_there_are_ten_subjects_and_seventy_terms(consultant: Conversation) -> None:
    assert len(_subjects(consultant)) == 10
    assert len(consultant.content.terms) >= 70
    assert sum(bool(page.evidence) for topic in _subjects(consultant) for page in topic.pages.values()) >= 100


def test_every_subject_has_a_quiz_of_five_questions_at_least(consultant: Conversation) -> None:
    few = {topic.id: len(topic.questions) for topic in _subjects(consultant) if len(topic.questions) < 5}
    assert few == {}


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_a_result_says_plainly_that_it_is_no_certificate(consultant: Conversation, lang: str) -> None:
    for topic in _subjects(consultant):
        (result,) = [page.name for page in topic.pages.values() if "{right}" in page.text]
        assert NO_CERTIFICATE[lang] in _text(consultant, lang, result), result


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_thirty_sentences_have_their_verdict(consultant: Conversation, lang: str) -> None:
    texts = [_text(consultant, lang, page) for page in consultant.content.topics["myths"].pages]
    found = Counter(verdict for text in texts for verdict in SENTENCE.findall(text))
    assert sum(found.values()) == 30
    assert set(found) == set(VERDICTS[lang]), "all four of them, and no other word"


def test_a_sentence_has_the_same_verdict_in_every_language(consultant: Conversation) -> None:
    same = dict(zip(VERDICTS["zh_Hans"], VERDICTS["en"], strict=True))
    for page in consultant.content.topics["myths"].pages:
        theirs = SENTENCE.findall(_text(consultant, "zh_Hans", page))
        assert SENTENCE.findall(_text(consultant, "en", page)) == [same[verdict] for verdict in theirs], page


def test_the_comparison_of_auditors_has_all_its_dimensions(consultant: Conversation) -> None:
    pages = [name for name in consultant.pages if name.startswith("auditors.compare-")]
    items = [line for name in pages for line in consultant.pages[name].text.splitlines() if line.startswith("- ")]
    assert len(items) == DIMENSIONS


def test_whoever_needs_no_certificate_is_told_so(consultant: Conversation) -> None:
    """In the first pages of the subjects that could sell him one."""
    for name in ("iso9001.what", "certification.what", "papers.start"):
        assert re.search(r"need|ISO 9001 can come later", consultant.pages[name].text), name
    assert "don't need" in consultant.pages["home.welcome"].text
