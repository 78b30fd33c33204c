"""Quizzes that leave somebody without an answer."""

from dialogs.check import quizzes
from tests.dialogs.check.cases import case
from tests.dialogs.library import TEA, Library

SECOND = TEA.partition("[quiz.q1]")[2].partition("[page.end]")[0]


@case(quizzes.quiz, "tea.q2: whoever begins with 'tea.q1' is never asked this")
def a_question_beside_the_way(library: Library) -> None:
    library.tea("[page.end]", f"[quiz.q2]{SECOND}[page.end]")
    library.tea('right = "leaves"', 'right = "beans"')


@case(quizzes.quiz, "tea.toml: the right answer stands at the same place in every question")
def answers_that_can_be_guessed(library: Library) -> None:
    library.tea("[page.end]", f"[quiz.q2]{SECOND}[page.end]")
    library.tea('to = "end"\nfacts', 'to = "q2"\nfacts')


@case(quizzes.quiz)
def two_questions_in_their_order(library: Library) -> None:
    library.tea("[page.end]", f"[quiz.q2]{SECOND}[page.end]")
    library.tea('to = "end"\nfacts', 'to = "q2"\nfacts')
    library.tea('right = "leaves"', 'right = "beans"')


@case(quizzes.quiz, "tea.q1: whoever begins with 'tea.q2' is never asked this")
def questions_that_go_round(library: Library) -> None:
    """The circle itself is another rule's matter."""
    library.tea("[quiz.q1]", f"[quiz.q2]{SECOND}[quiz.q1]")
    library.tea('to = "end"\nfacts', 'to = "q2"\nfacts')
    library.tea('right = "leaves"', 'right = "beans"')


@case(quizzes.quiz, "tea.end: the page after the quiz must tell the result: {right} of {asked}")
def a_quiz_without_a_result(library: Library) -> None:
    library.tea("You had {right} of {asked} right.", "That was tea: {asked} questions.")


@case(quizzes.quiz, "tea.q1: a question needs 2 answers at least")
def a_question_with_one_answer(library: Library) -> None:
    library.tea('  { id = "beans", label = "Beans", explain = "Beans make **coffee**." },\n', "")


@case(quizzes.quiz, "tea.q1: 'read' is missing: the page that tells more to whoever is wrong")
def an_explanation_without_a_page(library: Library) -> None:
    library.tea('read = "what"\n', "")


@case(quizzes.quiz, "tea.q1: 'read' is 'tea.pot', which is no page of facts")
def an_explanation_that_leads_to_talk(library: Library) -> None:
    library.tea('read = "what"', 'read = "pot"')


@case(quizzes.quiz, "tea.q1: two answers have the same explanation")
def the_same_explanation_twice(library: Library) -> None:
    library.tea("Beans make **coffee**.", "The leaves of a shrub.")
