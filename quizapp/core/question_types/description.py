"""Description: a text between questions, with nothing to answer."""

from random import Random
from typing import Any

from quizapp.core.fields import COMMON
from quizapp.core.problems import general_problems
from quizapp.core.question import BadResponse, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE

NAME = "description"
LABEL = "Description"
WIDGET = "none"
GRADED_BY: GradedBy = "nobody"
FIELDS = COMMON
HARDNESS = 1


def problems(question: Question) -> list[Problem]:
    return general_problems(question, FIELDS)


def key(question: Question) -> Response | None:
    return None


def parse(question: Question, raw: object) -> Response:
    raise BadResponse("not-askable", "There is nothing to answer here.")


def grade(question: Question, response: Response) -> Grade:
    return UNREADABLE


def classify(question: Question, response: Response) -> list[str]:
    return []


def random_guess_score(question: Question) -> float | None:
    return None


def shown(question: Question, rng: Random) -> dict[str, Any]:
    return {}
