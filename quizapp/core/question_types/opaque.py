"""Opaque: a question of a kind that the app does not know, kept as it came."""

from random import Random
from typing import Any

from quizapp.core.fields import COMMON
from quizapp.core.problems import general_problems
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE

NAME = "opaque"
LABEL = "Kept as it came"
WIDGET = "none"
GRADED_BY: GradedBy = "nobody"
FIELDS = (
    Field("raw_format", "Format", "text", required=True),
    Field("raw", "Source", "text", required=True),
    *COMMON,
)
HARDNESS = 1


def problems(question: Question) -> list[Problem]:
    return general_problems(question, FIELDS, needs_stem=False)


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
