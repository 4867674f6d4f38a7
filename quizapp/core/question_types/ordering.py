"""Ordering: items to be put in the right order, which is that of the body."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from quizapp.core.fields import COMMON, WORDING, by_id, filled, scoring, text_of
from quizapp.core.options import in_order, settled
from quizapp.core.problems import equal_texts, general_problems
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, by_part, chosen_list, entry_of, no_answer

NAME = "ordering"
LABEL = "Ordering"
WIDGET = "order"
GRADED_BY: GradedBy = "app"
SCORING = scoring("adjacent_order", "exact_order", "all_or_nothing")
FIELDS = (
    Field("items", "Items in the right order", "list", required=True, entry=(WORDING,), one="Item"),
    SCORING,
    Field("feedback_wrong", "Feedback to a wrong order", "markdown"),
    *COMMON,
)
HARDNESS = 2

Parts = dict[str, float]
_POSITION = re.compile(r"\d{1,4}", re.ASCII)


def problems(question: Question) -> list[Problem]:
    items = by_id(question.body, "items")
    found = general_problems(question, FIELDS)
    if len(items) < 2:
        found.append(Problem("too-few-items", "Ordering needs two items at least.", "items"))
    return found + equal_texts("items", items.values())


def key(question: Question) -> Response | None:
    items = list(by_id(question.body, "items"))
    return {"order": items} if items else None


def parse(question: Question, raw: object) -> Response:
    """Read a list of ids, or a map of id to position (1 is first) as a plain form sends it."""
    items = by_id(question.body, "items")
    order = entry_of(raw, "order")
    listed = _by_position(order, items) if isinstance(order, Mapping) else order
    given = chosen_list(listed, items)
    if not given:
        raise no_answer()
    if len(given) != len(items):
        raise BadResponse("not-a-permutation", "Each item needs one place of its own.")
    return {"order": given}


def grade(question: Question, response: Response) -> Grade:
    try:
        order = parse(question, response)["order"]
    except BadResponse:
        return UNREADABLE
    right = list(by_id(question.body, "items"))
    parts, total = _RULES[_scoring(question)](right, order)
    wrong = "feedback_wrong"
    feedback = [] if order == right else filled([(wrong, question.body, wrong)])
    return Grade(settled(total), settled(total), parts, feedback)


def classify(question: Question, response: Response) -> list[str]:
    """Labels such as "i2.1": which item was put in which place."""
    try:
        order = parse(question, response)["order"]
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]
    return [f"{item}.{place}" for place, item in enumerate(order, 1)]


def random_guess_score(question: Question) -> float | None:
    """1/n for either share: so likely is a place, and so likely a neighbour, in a blind order."""
    count = len(by_id(question.body, "items"))
    if not count:
        return 0.0
    if _scoring(question) == "all_or_nothing":
        return 1 / math.factorial(min(count, 100))
    return 1 / count


def shown(question: Question, rng: Random) -> dict[str, Any]:
    """Never in the right order, where the texts allow another."""
    items = by_id(question.body, "items")
    right = [text_of(entry, "text") for entry in items.values()]
    order = in_order(items, True, rng)
    for _ in order:
        if [text_of(items[item], "text") for item in order] != right:
            break
        order = order[1:] + order[:1]
    return {"items": order}


def _by_position(order: Mapping[Any, Any], items: Mapping[str, Any]) -> list[str]:
    given = by_part(order, items).items()
    places = {item: _place(place) for item, place in given if place not in (None, "")}
    if places and sorted(places.values()) != list(range(1, len(items) + 1)):
        raise BadResponse("not-a-permutation", "Each item needs one place of its own.")
    return sorted(places, key=lambda item: places[item])


def _place(value: object) -> int:
    if isinstance(value, str) and _POSITION.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadResponse("wrong-shape", "A place is a number.")
    return value


def _scoring(question: Question) -> str:
    name = question.body.get("scoring")
    return name if isinstance(name, str) and name in SCORING.choices else str(SCORING.default)


def _in_place(right: Sequence[str], order: Sequence[str]) -> tuple[Parts, Fraction]:
    parts = {item: float(item == order[place]) for place, item in enumerate(right)}
    return parts, Fraction(int(sum(parts.values())), len(right))


def _all_in_place(right: Sequence[str], order: Sequence[str]) -> tuple[Parts, Fraction]:
    parts, total = _in_place(right, order)
    return parts, Fraction(total == 1)


def _follows(right: Sequence[str], order: Sequence[str]) -> tuple[Parts, Fraction]:
    """Take an item as right after the one that it should follow; the first, at the beginning."""
    before = {item: previous for previous, item in pairwise(order)}
    parts = {right[0]: float(order[0] == right[0])}
    for previous, item in pairwise(right):
        parts[item] = float(before.get(item) == previous)
    links = int(sum(parts[item] for item in right[1:]))
    return parts, Fraction(links, len(right) - 1) if len(right) > 1 else Fraction(1)


_RULES: dict[str, Callable[[Sequence[str], Sequence[str]], tuple[Parts, Fraction]]] = {
    "adjacent_order": _follows,
    "exact_order": _in_place,
    "all_or_nothing": _all_in_place,
}
