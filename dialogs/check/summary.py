"""How much there is, and how sure: the numbers under a check without problems."""

from collections import Counter
from dataclasses import dataclass

from dialogs.content import HOME
from dialogs.conversation import Conversation
from dialogs.topic import Page, Topic


@dataclass(frozen=True, slots=True)
class Row:
    """What one topic holds."""

    topic: str
    title: str
    pages: int
    """Without the questions of its quiz and their explanations …"""
    factual: int
    """… and of them those that state facts."""
    questions: int
    words: int
    """In English, buttons and quiz included."""
    sources: frozenset[str]
    confidence: Counter[str]
    """Confidence -> pages of facts."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is."""

    rows: tuple[Row, ...]
    editions: int
    sources: int
    languages: dict[str, float]
    """Code -> share of the sentences that are translated."""

    def __str__(self) -> str:
        pages, words = sum(row.pages for row in self.rows), sum(row.words for row in self.rows)
        facts, questions = sum(row.factual for row in self.rows), sum(row.questions for row in self.rows)
        return (
            f"{pages} pages ({facts} of facts), {questions} questions, {words} words, {self.sources} sources, "
            f"{len(self.languages)} languages"
        )


def summarize(conversation: Conversation) -> Summary:
    """The numbers of the whole content."""
    content, voices = conversation.content, conversation.voices
    sentences = content.sentences()
    known = {lang: sum(voices.of(lang).knows(sentence) for sentence in sentences) for lang in content.languages}
    return Summary(
        rows=tuple(_row(topic) for topic in content.topics.values() if topic.pages),
        editions=len(content.editions),
        sources=len(content.sources),
        languages={lang: count / len(sentences) for lang, count in known.items()},
    )


def _row(topic: Topic) -> Row:
    pages = [page for page in topic.pages.values() if not page.right and not page.explains]
    facts = [page.evidence for page in pages if page.evidence]
    return Row(
        topic=topic.id,
        title="Pages everybody has" if topic.id == HOME else topic.title,
        pages=len(pages),
        factual=len(facts),
        questions=len(topic.questions),
        words=sum(len(sentence.english.split()) for sentence in topic.sentences()),
        sources=frozenset(source for page in topic.pages.values() for source in _sources(page)),
        confidence=Counter(evidence.confidence for evidence in facts),
    )


def _sources(page: Page) -> tuple[str, ...]:
    return page.evidence.sources if page.evidence else ()
