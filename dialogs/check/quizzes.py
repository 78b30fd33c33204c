"""Rules on quizzes: enough questions, asked one after the other, each with a page that tells more, and a result."""

from collections.abc import Iterator

from dialogs import limits
from dialogs.check.seen import Inspected, placeholders_in
from dialogs.table import Problem
from dialogs.topic import ANSWER, Page, Topic


def quiz(seen: Inspected) -> Iterator[Problem]:
    """A quiz asks all its questions, explains every choice, and ends with the result."""
    for topic in seen.content.topics.values():
        questions = topic.questions
        if questions:
            yield from _order(topic, questions, seen.pages)
        for question in questions:
            yield from _question(question, seen.pages)
        places = {[choice.id for choice in question.choices].index(question.right) for question in questions}
        if len(questions) > 1 and len(places) == 1:
            yield Problem(
                f"{topic.id}.toml", "the right answer stands at the same place in every question", grave=False
            )


def _order(topic: Topic, questions: tuple[Page, ...], pages: dict[str, Page]) -> Iterator[Problem]:
    """From the first question one comes past all others to the result."""
    asked, name = [], questions[0].name
    while name in pages and pages[name].right and name not in asked:
        asked.append(name)
        name = pages[name + ANSWER].choices[0].to
    for question in questions:
        if question.name not in asked:
            yield Problem(question.name, f"whoever begins with '{questions[0].name}' is never asked this")
    if name not in asked and name in pages and not {"right", "asked"} <= placeholders_in(pages[name].text):
        yield Problem(name, "the page after the quiz must tell the result: {right} of {asked}")


def _question(question: Page, pages: dict[str, Page]) -> Iterator[Problem]:
    answer = pages[question.name + ANSWER]
    if len(question.choices) < limits.FEWEST_ANSWERS:
        yield Problem(question.name, f"a question needs {limits.FEWEST_ANSWERS} answers at least")
    if not answer.read:
        yield Problem(question.name, "'read' is missing: the page that tells more to whoever is wrong")
    elif answer.read in pages and not pages[answer.read].evidence:
        yield Problem(question.name, f"'read' is '{answer.read}', which is no page of facts")
    explained = [choice.explain for choice in question.choices]
    if len(set(explained)) < len(explained):
        yield Problem(question.name, "two answers have the same explanation")
