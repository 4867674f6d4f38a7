"""True or false: whether the stem is true."""

from random import Random
from typing import Any

from quizapp.core.fields import COMMON, filled
from quizapp.core.problems import general_problems
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, entry_of, no_answer

NAME = "true_false"
LABEL = "True or false"
WIDGET = "choice"
GRADED_BY: GradedBy = "app"
FIELDS = (
    Field("answer", "Right answer", "bool", required=True),
    Field("feedback_true", "Feedback to “true”", "markdown"),
    Field("feedback_false", "Feedback to “false”", "markdown"),
    *COMMON,
)
HARDNESS = 1
WORDS = {"true": True, "false": False}  # what a plain form sends


def problems(question: Question) -> list[Problem]:
    return general_problems(question, FIELDS)


def key(question: Question) -> Response | None:
    answer = question.body.get("answer")
    return {"value": answer} if isinstance(answer, bool) else None


def parse(question: Question, raw: object) -> Response:
    value = entry_of(raw, "value")
    if value is None or value == "":
        raise no_answer()
    if isinstance(value, str):
        value = WORDS.get(value)
    if not isinstance(value, bool):
        raise BadResponse("wrong-shape", "The answer should be true or false.")
    return {"value": value}


def grade(question: Question, response: Response) -> Grade:
    try:
        value = parse(question, response)["value"]
    except BadResponse:
        return UNREADABLE
    worth = float(value is question.body.get("answer"))
    path = f"feedback_{_word(value)}"
    return Grade(worth, worth, {}, filled([(path, question.body, path)]))


def classify(question: Question, response: Response) -> list[str]:
    try:
        return [_word(parse(question, response)["value"])]
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]


def random_guess_score(question: Question) -> float | None:
    return 0.5


def shown(question: Question, rng: Random) -> dict[str, Any]:
    return {}


def _word(value: bool) -> str:
    return "true" if value else "false"
