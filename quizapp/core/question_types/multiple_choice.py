"""Multiple choice: one option out of several; options may be worth a part of the points."""

from random import Random
from typing import Any

from quizapp.core.fields import COMMON, OPTIONS, SHUFFLE, by_id, entries, filled
from quizapp.core.options import (
    best,
    in_order,
    mean_score,
    score,
    settled,
    share_of,
    single_choice_problems,
)
from quizapp.core.problems import general_problems
from quizapp.core.question import BadResponse, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, chosen, entry_of, no_answer

NAME = "multiple_choice"
LABEL = "Multiple choice"
WIDGET = "choice"
GRADED_BY: GradedBy = "app"
FIELDS = (OPTIONS, SHUFFLE, *COMMON)
HARDNESS = 1


def problems(question: Question) -> list[Problem]:
    options = entries(question.body, "options")
    return general_problems(question, FIELDS) + single_choice_problems(options, "options")


def key(question: Question) -> Response | None:
    option = best(entries(question.body, "options"))
    return {"option": option} if option else None


def parse(question: Question, raw: object) -> Response:
    option = chosen(entry_of(raw, "option"), by_id(question.body, "options"))
    if not option:
        raise no_answer()
    return {"option": option}


def grade(question: Question, response: Response) -> Grade:
    try:
        option = parse(question, response)["option"]
    except BadResponse:
        return UNREADABLE
    entry = by_id(question.body, "options")[option]
    fraction = settled(share_of(entry))
    feedback = filled([(f"options.{option}.feedback", entry, "feedback")])
    return Grade(score(fraction), fraction, {option: score(fraction)}, feedback)


def classify(question: Question, response: Response) -> list[str]:
    try:
        return [parse(question, response)["option"]]
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]


def random_guess_score(question: Question) -> float | None:
    return float(mean_score(entries(question.body, "options")))


def shown(question: Question, rng: Random) -> dict[str, Any]:
    options = by_id(question.body, "options")
    return {"options": in_order(options, question.body.get("shuffle"), rng)}
