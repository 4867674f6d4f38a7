"""Flashcard: a front, a back, and a learner who says how well the back was known."""

import re
from random import Random
from typing import Any

from quizapp.core.fields import COMMON
from quizapp.core.problems import general_problems
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, entry_of, no_answer

NAME = "flashcard"
LABEL = "Flashcard"
WIDGET = "card"
GRADED_BY: GradedBy = "learner"
FIELDS = (Field("back", "Back", "markdown", required=True), *COMMON)
HARDNESS = 3
_RATING = re.compile(r"[1-4]", re.ASCII)


def problems(question: Question) -> list[Problem]:
    return general_problems(question, FIELDS)


def key(question: Question) -> Response | None:
    return None


def parse(question: Question, raw: object) -> Response:
    rating = entry_of(raw, "rating")
    if rating is None or rating == "":
        raise no_answer()
    if isinstance(rating, str) and _RATING.fullmatch(rating):
        rating = int(rating)
    if isinstance(rating, bool) or not isinstance(rating, int) or not 1 <= rating <= 4:
        raise BadResponse("bad-rating", "A rating is 1, 2, 3 or 4.")
    return {"rating": rating}


def grade(question: Question, response: Response) -> Grade:
    try:
        known = float(parse(question, response)["rating"] > 1)
    except BadResponse:
        return UNREADABLE
    return Grade(known, known)


def classify(question: Question, response: Response) -> list[str]:
    return []


def random_guess_score(question: Question) -> float | None:
    return None


def shown(question: Question, rng: Random) -> dict[str, Any]:
    return {}
