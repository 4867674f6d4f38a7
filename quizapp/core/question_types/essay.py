"""Essay: a free text that a person judges."""

from random import Random
from typing import Any

from quizapp.core.fields import COMMON
from quizapp.core.problems import general_problems
from quizapp.core.quantities import decimal_of
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import MAX_ESSAY, UNREADABLE, entry_of, no_answer, typed

NAME = "essay"
LABEL = "Essay"
WIDGET = "essay"
GRADED_BY: GradedBy = "person"
FIELDS = (
    Field("sample", "Sample answer", "markdown"),
    Field("rubric", "How it is judged", "markdown"),
    Field("min_words", "Fewest words", "number", whole=True),
    Field("max_words", "Most words", "number", whole=True),
    *COMMON,
)
HARDNESS = 3


def problems(question: Question) -> list[Problem]:
    fewest = decimal_of(question.body.get("min_words")) or 0
    most = decimal_of(question.body.get("max_words"))
    found = general_problems(question, FIELDS)
    if fewest < 0 or (most is not None and most < max(fewest, 1)):
        found.append(Problem("words-range", "No number of words is allowed.", "max_words"))
    return found


def key(question: Question) -> Response | None:
    return None


def parse(question: Question, raw: object) -> Response:
    """Read a text of any number of words: their limits are advice to the writer."""
    text = typed(entry_of(raw, "text"), MAX_ESSAY)
    if not text:
        raise no_answer()
    return {"text": text}


def grade(question: Question, response: Response) -> Grade:
    try:
        parse(question, response)
    except BadResponse:
        return UNREADABLE
    return Grade(None, None)


def classify(question: Question, response: Response) -> list[str]:
    return []


def random_guess_score(question: Question) -> float | None:
    return None


def shown(question: Question, rng: Random) -> dict[str, Any]:
    return {}
