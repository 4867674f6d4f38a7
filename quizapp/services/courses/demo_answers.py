"""What somebody answers who knows, who is mistaken, or who guesses."""

from collections.abc import Callable
from random import Random
from typing import Any

from quizapp.core.fields import by_id
from quizapp.core.gaps import gap_numbers, gap_of
from quizapp.core.question import Question, QuestionType, Response
from quizapp.core.question_types import QUESTION_TYPES

SLIPS = ("the red blood cells", "the liver", "hormones", "the skin", "a surgeon", "sugar", "72")
OPENINGS = (
    "The immune system has to notice that something is foreign before it can act.",
    "Cancer grows out of the body's own cells.",
    "I think it is about recognising.",
    "First the defences have to see the cells at all.",
)
MIDDLES = (
    "Cancer cells look much like healthy ones, so they are often missed.",
    "That recognition can fail, and then the tumour slips past and takes hold.",
    "They hide, and nothing attacks them.",
    "The cells are too fast for the body.",
)
ENDINGS = (
    "Immunotherapy helps the body to recognise them, so that its own defences can work.",
    "With immunotherapy the defences are supported, often beside other treatments.",
    "Immunotherapy then kills all of the cells by itself.",
    "Doctors can help with medicine.",
)


def right(question: Question, rng: Random) -> Response:
    """Return the answer of somebody who knows: it scores 1 wherever the app judges."""
    kind = QUESTION_TYPES[question.type]
    if kind.GRADED_BY == "learner":
        return {"rating": rng.choices((2, 3, 4), (1, 7, 2))[0]}
    if kind.GRADED_BY == "person":
        return {"text": _essay(rng)}
    return kind.key(question) or {}


def wrong(question: Question, rng: Random) -> Response:
    """Return the answer of somebody who is mistaken: never fully right.

    Of a question's wrong options everybody who is mistaken takes the same one: the first.
    """
    kind = QUESTION_TYPES[question.type]
    if kind.GRADED_BY == "learner":
        return {"rating": 1}
    if kind.GRADED_BY == "person":
        return {"text": rng.choice(MIDDLES)}
    make = _WRONG.get(question.type)
    return make(question, kind) if make else {}


def guess(question: Question, rng: Random) -> Response:
    """Return the answer of somebody who does not know: any option or rating, or a typed slip."""
    if question.type == "flashcard":
        return {"rating": rng.choice((1, 3))}
    if question.type == "multiple_choice":
        return {"option": rng.choice(sorted(by_id(question.body, "options")))}
    if question.type == "true_false":
        return {"value": rng.random() < 0.5}
    return wrong(question, rng)


def _essay(rng: Random) -> str:
    return " ".join(rng.choice(each) for each in (OPENINGS, MIDDLES, ENDINGS))


def _option(question: Question, kind: QuestionType) -> Response:
    options = [{"option": option} for option in by_id(question.body, "options")]
    return next(each for each in options if (kind.grade(question, each).score or 0) <= 0)


def _options(question: Question, kind: QuestionType) -> Response:
    """Leave one right option out, or where there is only one take another one."""
    listed = list(by_id(question.body, "options"))
    chosen = list((kind.key(question) or {})["options"])
    return {"options": chosen[:-1] or [each for each in listed if each not in chosen][:1]}


def _value(question: Question, kind: QuestionType) -> Response:
    return {"value": not (kind.key(question) or {})["value"]}


def _text(question: Question, kind: QuestionType) -> Response:
    slips = [{"text": slip} for slip in SLIPS]
    if question.type == "numeric":
        slips = [{"text": number} for number in ("72", "3.5", "1000000")]
    return next(each for each in slips if kind.grade(question, each).score == 0)


def _gaps(question: Question, kind: QuestionType) -> Response:
    """Fill the first gap wrongly, and the others rightly."""
    gaps = dict((kind.key(question) or {})["gaps"])
    first = gap_numbers(question.stem)[0]
    pool = [*by_id(gap_of(question.body, first), "options"), *by_id(question.body, "words")]
    for other in pool or SLIPS:
        answer = {"gaps": {**gaps, first: other}}
        if (kind.grade(question, answer).score or 0) < 1:
            return answer
    return {"gaps": {}}


def _pairs(question: Question, kind: QuestionType) -> Response:
    """Swap the matches of the first two."""
    pairs: dict[str, Any] = dict((kind.key(question) or {})["pairs"])
    lefts = list(pairs)
    moved = next((left for left in lefts[1:] if pairs[left] != pairs[lefts[0]]), lefts[0])
    return {"pairs": {**pairs, lefts[0]: pairs[moved], moved: pairs[lefts[0]]}}


def _order(question: Question, kind: QuestionType) -> Response:
    order = list((kind.key(question) or {})["order"])
    return {"order": [order[-1], *order[:-1]]}


_WRONG: dict[str, Callable[[Question, QuestionType], Response]] = {
    "multiple_choice": _option,
    "multiple_response": _options,
    "true_false": _value,
    "short_answer": _text,
    "numeric": _text,
    "cloze": _gaps,
    "matching": _pairs,
    "ordering": _order,
}
