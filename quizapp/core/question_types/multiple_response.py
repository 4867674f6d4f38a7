"""Multiple response: every right option, and no wrong one, out of several."""

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from quizapp.core.fields import COMMON, OPTIONS, SHUFFLE, by_id, entries, filled, scoring
from quizapp.core.options import (
    count_problems,
    expected_score,
    in_order,
    is_full,
    score,
    settled,
    share_of,
    sums_of,
)
from quizapp.core.problems import equal_texts, general_problems
from quizapp.core.question import BadResponse, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, chosen_list, entry_of, no_answer

NAME = "multiple_response"
LABEL = "Multiple response"
WIDGET = "choices"
GRADED_BY: GradedBy = "app"
SCORING = scoring("right_minus_wrong", "sum_floor0", "all_or_nothing")
FIELDS = (OPTIONS, SHUFFLE, SCORING, *COMMON)
HARDNESS = 2

Shares = dict[str, Fraction]  # what choosing an option adds, by id


def problems(question: Question) -> list[Problem]:
    options = entries(question.body, "options")
    found = general_problems(question, FIELDS) + count_problems(options, "options")
    right = [share for share in _sum_shares(question).values() if share > 0]
    if not right:
        found.append(Problem("no-right-option", "No option is right.", "options"))
    elif question.body.get("scoring") == "sum_floor0" and not is_full(sum(right, Fraction(0))):
        words = "The shares of the right options are less than 1 together."
        found.append(Problem("shares-below-one", words, "options"))
    return found + equal_texts("options", options)


def key(question: Question) -> Response | None:
    return {"options": _right(question)}


def parse(question: Question, raw: object) -> Response:
    options = chosen_list(entry_of(raw, "options"), by_id(question.body, "options"))
    if not options and _right(question):
        raise no_answer()
    return {"options": options}


def grade(question: Question, response: Response) -> Grade:
    try:
        options = parse(question, response)["options"]
    except BadResponse:
        return UNREADABLE
    right = set(_right(question))
    fraction = settled(_total(question, options))
    parts = {option: float(option in right) for option in options}
    known = by_id(question.body, "options")
    paths = [(f"options.{option}.feedback", known[option], "feedback") for option in options]
    return Grade(score(fraction), fraction, parts, filled(paths))


def classify(question: Question, response: Response) -> list[str]:
    try:
        return list(parse(question, response)["options"])
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]


def random_guess_score(question: Question) -> float | None:
    """Of one set of options, not empty where any is right, taken blindly."""
    options = entries(question.body, "options")
    right = _right(question)
    sets = 2 ** len(options) - bool(right)
    if not sets:
        return 0.0
    if not right or _scoring(question) == "all_or_nothing":
        return float(Fraction(1, sets))
    shares = _SHARES[_scoring(question)](question).values()
    sums = sums_of([(Fraction(0), share) for share in shares])
    return None if sums is None else expected_score(sums, sets)


def shown(question: Question, rng: Random) -> dict[str, Any]:
    options = by_id(question.body, "options")
    return {"options": in_order(options, question.body.get("shuffle"), rng)}


def _scoring(question: Question) -> str:
    name = question.body.get("scoring")
    return name if isinstance(name, str) and name in SCORING.choices else str(SCORING.default)


def _right(question: Question) -> list[str]:
    return [entry["id"] for entry in entries(question.body, "options") if share_of(entry) > 0]


def _total(question: Question, options: list[str]) -> Fraction:
    right, name = _right(question), _scoring(question)
    if not right or name == "all_or_nothing":
        return Fraction(set(options) == set(right))
    shares = _SHARES[name](question)
    total = sum((shares[option] for option in options), Fraction(0))
    return max(Fraction(0), total) if name == "sum_floor0" else total


def _equal_shares(question: Question) -> Shares:
    """Each right option gives 1/n, each wrong one takes 1/n, n being the number of right ones."""
    right = _right(question)
    each = Fraction(1, len(right) or 1)
    return {
        option: each if option in right else -each for option in by_id(question.body, "options")
    }


def _sum_shares(question: Question) -> Shares:
    """Return the fractions as given, and 1/n for a right option whose 1 only marks it as right."""
    right = _right(question)
    own = {entry["id"]: share_of(entry) for entry in entries(question.body, "options")}
    return {
        option: Fraction(1, len(right)) if share == 1 else share for option, share in own.items()
    }


_SHARES: dict[str, Callable[[Question], Shares]] = {
    "right_minus_wrong": _equal_shares,
    "sum_floor0": _sum_shares,
}
