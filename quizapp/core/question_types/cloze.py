"""Cloze: a text with gaps, each typed, chosen from options, or filled with a word of a pool."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import prod
from random import Random
from typing import Any

from quizapp.core.fields import (
    ANSWERS,
    COMMON,
    COMPARISON,
    FACT,
    FEEDBACK,
    OPTIONS,
    SHUFFLE,
    by_id,
    filled,
    scoring,
)
from quizapp.core.gaps import GAP_KINDS, GapKind, Judged, gap_numbers, gap_of, kind_of
from quizapp.core.markdown import render
from quizapp.core.options import expected_score, in_order, is_full, score, settled, sums_of
from quizapp.core.problems import general_problems
from quizapp.core.quantities import decimal_of
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, by_part, entry_of, no_answer

NAME = "cloze"
LABEL = "Fill the gaps"
WIDGET = "gaps"
GRADED_BY: GradedBy = "app"
FIELDS = (
    Field(
        "gaps",
        "Gaps",
        "map",
        required=True,
        entry=(
            Field("kind", "Kind", "choice", required=True, choices=tuple(GAP_KINDS)),
            replace(ANSWERS, required=False, when=("kind", "typed")),
            *(replace(field, when=("kind", "typed")) for field in COMPARISON),
            replace(OPTIONS, required=False, when=("kind", "choice")),
            replace(SHUFFLE, when=("kind", "choice")),
            Field("word", "Right word", "text", of="words", when=("kind", "word")),
            Field("weight", "Weight", "number", default="1"),
            FACT,
            FEEDBACK,
        ),
        one="Gap",
    ),
    Field(
        "words",
        "Pool of words",
        "list",
        entry=(Field("text", "Word", "text", required=True),),
        one="Word",
    ),
    scoring("per_gap", "all_or_nothing"),
    *COMMON,
)
HARDNESS = 3
MAX_WEIGHT = 1_000


def problems(question: Question) -> list[Problem]:
    found = general_problems(question, FIELDS) + _stem_problems(question)
    for number, kind in _gaps(question).items():
        found += kind.problems(question.body, number)
        weight = decimal_of(gap_of(question.body, number).get("weight", 1))
        if weight is not None and not 0 < weight <= MAX_WEIGHT:
            where = f"gaps.{number}.weight"
            found.append(Problem("weight-range", "A weight is above 0, 1000 at most.", where))
    return found


def key(question: Question) -> Response | None:
    found = {n: kind.key(question.body, n) for n, kind in _gaps(question).items()}
    given = {number: answer for number, answer in found.items() if answer}
    return {"gaps": given} if given else None


def parse(question: Question, raw: object) -> Response:
    """Read the gaps that were filled: some may be empty, not all of them."""
    gaps = _gaps(question)
    given = by_part(entry_of(raw, "gaps"), gaps)
    read = {number: gaps[number].read(question.body, number, given[number]) for number in given}
    answers = {number: answer for number, answer in read.items() if answer}
    if not answers:
        raise no_answer()
    return {"gaps": answers}


def grade(question: Question, response: Response) -> Grade:
    try:
        judged = _judged(question, response)
    except BadResponse:
        return UNREADABLE
    shares = {number: one.share if one else Fraction(0) for number, one in judged.items()}
    fraction = settled(_total(question, shares))
    parts = {number: score(settled(share)) for number, share in shares.items()}
    feedback = [path for number in judged for path in _feedback(question, number, judged[number])]
    return Grade(score(fraction), fraction, parts, feedback)


def classify(question: Question, response: Response) -> list[str]:
    """Labels such as "1.o2" or "1.other": what was put into which gap."""
    try:
        judged = _judged(question, response)
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]
    return [f"{number}.{one.label}" for number, one in judged.items() if one]


def random_guess_score(question: Question) -> float | None:
    gaps = _gaps(question)
    worth = {n: kind.outcomes(question.body, n) or [Fraction(0)] for n, kind in gaps.items()}
    if not worth:
        return 0.0
    if question.body.get("scoring") == "all_or_nothing":
        return prod(sum(map(is_full, shares)) / len(shares) for shares in worth.values())
    whole = sum((_weight(question, number) for number in worth), Fraction(0))
    sums = sums_of(
        [share * _weight(question, number) / whole for share in worth[number]] for number in worth
    )
    ways = prod(len(shares) for shares in worth.values())
    return None if sums is None else expected_score(sums, ways)


def shown(question: Question, rng: Random) -> dict[str, Any]:
    """Gap numbers as they appear, the order of the options of each choice, and of the words."""
    gaps = [(number, gap_of(question.body, number)) for number in _gaps(question)]
    options = {
        number: in_order(by_id(gap, "options"), gap.get("shuffle"), rng)
        for number, gap in gaps
        if by_id(gap, "options")
    }
    words = in_order(by_id(question.body, "words"), True, rng)
    return {"gaps": [number for number, _ in gaps], "options": options, "words": words}


def _gaps(question: Question) -> dict[str, GapKind]:
    """Return the gaps that can be answered: in the stem, and with an entry of a known kind."""
    kinds = {
        number: kind_of(gap_of(question.body, number)) for number in gap_numbers(question.stem)
    }
    return {number: kind for number, kind in kinds.items() if kind is not None}


def _weight(question: Question, number: str) -> Fraction:
    weight = decimal_of(gap_of(question.body, number).get("weight", 1))
    return Fraction(weight) if weight is not None and 0 < weight <= MAX_WEIGHT else Fraction(1)


def _judged(question: Question, response: object) -> dict[str, Judged | None]:
    given = parse(question, response)["gaps"]
    return {
        number: kind.judge(question.body, number, given[number]) if number in given else None
        for number, kind in _gaps(question).items()
    }


def _total(question: Question, shares: Mapping[str, Fraction]) -> Fraction:
    if question.body.get("scoring") == "all_or_nothing":
        return Fraction(all(is_full(share) for share in shares.values()))
    weights = {number: _weight(question, number) for number in shares}
    total = sum((weights[number] * share for number, share in shares.items()), Fraction(0))
    return total / sum(weights.values(), Fraction(0))


def _feedback(question: Question, number: str, judged: Judged | None) -> list[str]:
    """Return the texts of the answer given, and the gap's own unless the gap is fully right."""
    if judged is not None and is_full(judged.share):
        return list(judged.feedback)
    gap_text = filled([(f"gaps.{number}.feedback", gap_of(question.body, number), "feedback")])
    return [*(judged.feedback if judged else ()), *gap_text]


def _stem_problems(question: Question) -> list[Problem]:
    found = []
    numbers = gap_numbers(question.stem)
    gaps = question.body.get("gaps")
    listed = [str(number) for number in gaps] if isinstance(gaps, Mapping) else []
    html = render(question.stem, str)
    if not numbers and not listed:
        found.append(Problem("no-gaps", "The text has no gap such as [[1]].", "stem"))
    for number in dict.fromkeys(numbers):
        if number not in listed:
            words = f"The gap [[{number}]] has no entry."
            found.append(Problem("gap-without-entry", words, "stem"))
        if numbers.count(number) > 1:
            found.append(Problem("gap-twice", f"[[{number}]] is in the text twice.", "stem"))
        if f"[[{number}]]" not in html:
            words = f"[[{number}]] stands where no gap can be shown."
            found.append(Problem("gap-hidden", words, "stem"))
    for number in listed:
        if number not in numbers:
            words = f"The text has no [[{number}]]."
            found.append(Problem("entry-without-gap", words, f"gaps.{number}"))
    return found
