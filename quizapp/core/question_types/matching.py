"""Matching: to each entry on the left the one on the right that belongs to it."""

from fractions import Fraction
from random import Random
from typing import Any

from quizapp.core.fields import COMMON, FACT, FEEDBACK, SHUFFLE, WORDING, by_id, filled, scoring
from quizapp.core.options import in_order, settled
from quizapp.core.problems import equal_texts, general_problems
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, by_part, chosen, entry_of, no_answer

NAME = "matching"
LABEL = "Matching"
WIDGET = "pairs"
GRADED_BY: GradedBy = "app"
FIELDS = (
    Field(
        "lefts",
        "What to match",
        "list",
        required=True,
        entry=(
            WORDING,
            Field("right", "Match", "text", required=True, of="rights"),
            FACT,
            FEEDBACK,
        ),
        one="Left side",
    ),
    Field(
        "rights",
        "What to choose from",
        "list",
        required=True,
        entry=(WORDING,),
        one="Right side",
    ),
    SHUFFLE,
    scoring("per_pair", "all_or_nothing"),
    *COMMON,
)
HARDNESS = 2


def problems(question: Question) -> list[Problem]:
    lefts, rights = _sides(question)
    found = general_problems(question, FIELDS)
    if not lefts:
        found.append(Problem("no-pairs", "There is nothing to match.", "lefts"))
    if len(rights) < 2:
        found.append(Problem("too-few-rights", "Matching needs two to choose from.", "rights"))
    for left, entry in lefts.items():
        if entry.get("right") is not None and not _belongs(entry.get("right"), rights):
            words = "The match is not among those to choose from."
            found.append(Problem("unknown-right", words, f"lefts.{left}.right"))
    return found + equal_texts("lefts", lefts.values()) + equal_texts("rights", rights.values())


def key(question: Question) -> Response | None:
    lefts, rights = _sides(question)
    pairs = {
        left: entry["right"]
        for left, entry in lefts.items()
        if _belongs(entry.get("right"), rights)
    }
    return {"pairs": pairs} if pairs else None


def parse(question: Question, raw: object) -> Response:
    lefts, rights = _sides(question)
    given = by_part(entry_of(raw, "pairs"), lefts)
    pairs = {left: chosen(right, rights) for left, right in given.items()}
    pairs = {left: right for left, right in pairs.items() if right}
    if not pairs:
        raise no_answer()
    return {"pairs": pairs}


def grade(question: Question, response: Response) -> Grade:
    try:
        pairs = parse(question, response)["pairs"]
    except BadResponse:
        return UNREADABLE
    lefts, _ = _sides(question)
    parts = {left: float(pairs.get(left) == entry.get("right")) for left, entry in lefts.items()}
    total = Fraction(int(sum(parts.values())), len(lefts))
    if question.body.get("scoring") == "all_or_nothing":
        total = Fraction(total == 1)
    wrong = [left for left, part in parts.items() if not part]
    feedback = filled([(f"lefts.{left}.feedback", lefts[left], "feedback") for left in wrong])
    return Grade(settled(total), settled(total), parts, feedback)


def classify(question: Question, response: Response) -> list[str]:
    """Labels such as "l1.r2": what was matched with what."""
    try:
        pairs = parse(question, response)["pairs"]
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]
    return [f"{left}.{right}" for left, right in pairs.items()]


def random_guess_score(question: Question) -> float | None:
    lefts, rights = _sides(question)
    if not lefts or not rights:
        return 0.0
    each = 1 / len(rights)
    whole = question.body.get("scoring") == "all_or_nothing"
    return float(each ** len(lefts)) if whole else each


def shown(question: Question, rng: Random) -> dict[str, Any]:
    lefts, rights = _sides(question)
    # the rights are always mixed: their order in the file is that of their matches
    mixed = in_order(rights, True, rng)
    return {"lefts": in_order(lefts, question.body.get("shuffle"), rng), "rights": mixed}


def _sides(question: Question) -> tuple[dict[str, Any], dict[str, Any]]:
    return dict(by_id(question.body, "lefts")), dict(by_id(question.body, "rights"))


def _belongs(right: object, rights: dict[str, Any]) -> bool:
    return isinstance(right, str) and right in rights
