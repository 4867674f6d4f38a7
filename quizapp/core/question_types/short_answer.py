"""Short answer: a typed text that is one of several accepted ones."""

from random import Random
from typing import Any

from quizapp.core.answers import answer_problems, find_answer, key_text, rules_of, worth
from quizapp.core.fields import ANSWERS, COMMON, COMPARISON, entries, filled
from quizapp.core.options import score, settled
from quizapp.core.problems import general_problems
from quizapp.core.question import BadResponse, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, entry_of, no_answer, typed

NAME = "short_answer"
LABEL = "Short answer"
WIDGET = "text"
GRADED_BY: GradedBy = "app"
FIELDS = (ANSWERS, *COMPARISON, *COMMON)
HARDNESS = 3


def problems(question: Question) -> list[Problem]:
    answers = entries(question.body, "answers")
    return general_problems(question, FIELDS) + answer_problems(answers, question.body, "")


def key(question: Question) -> Response | None:
    text = key_text(entries(question.body, "answers"), rules_of(question.body))
    return {"text": text} if text else None


def parse(question: Question, raw: object) -> Response:
    text = typed(entry_of(raw, "text"))
    if not text:
        raise no_answer()
    return {"text": text}


def grade(question: Question, response: Response) -> Grade:
    try:
        text = parse(question, response)["text"]
    except BadResponse:
        return UNREADABLE
    answer = find_answer(entries(question.body, "answers"), text, rules_of(question.body))
    if answer is None:
        return UNREADABLE
    fraction = settled(worth(answer))
    feedback = filled([(f"answers.{answer['id']}.feedback", answer, "feedback")])
    return Grade(score(fraction), fraction, {}, feedback)


def classify(question: Question, response: Response) -> list[str]:
    try:
        text = parse(question, response)["text"]
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]
    answer = find_answer(entries(question.body, "answers"), text, rules_of(question.body))
    return ["other" if answer is None else answer["id"]]


def random_guess_score(question: Question) -> float | None:
    return 0.0


def shown(question: Question, rng: Random) -> dict[str, Any]:
    return {}
