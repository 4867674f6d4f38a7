"""The text of a Moodle cloze question as one of our questions with gaps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.shared import html
from quizapp.core.formats.shared.checking import UNANSWERED
from quizapp.core.formats.shared.moodle_cloze_syntax import (
    CHOICE,
    LOOKS_SO,
    NOT_A_GAP,
    NUMBER,
    SEVERAL,
    SHORT,
    SHORT_CASE,
    Alternative,
    MoodleGap,
    gaps_in,
)
from quizapp.core.problems import MINOR
from quizapp.core.quantities import decimal_of
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids

Convert = Callable[[str], str]  # to Markdown

MAX_GAPS = 1_000
TOLERANCE_LOST = "A gap takes only the number itself; its tolerance is left out."
ONE_GAP = "Its only gap asks for several answers; it became a multiple response question."


class Unsupported(ValueError):
    """A question that cannot be asked here; the text says why in plain words."""


@dataclass(slots=True)
class Cloze:
    """What such a text became; `lossy` names what of it could not be kept."""

    type: str
    stem: str
    body: dict[str, Any]
    told: list[str] = field(default_factory=list)
    lossy: list[str] = field(default_factory=list)


def cloze_of(text: str, convert: Convert, inner: Convert) -> Cloze:
    """Return the question; `convert` makes Markdown of the whole, `inner` of texts in gaps.

    Unsupported where there is no gap, or one that asks for what we have no gap for.
    """
    pieces = gaps_in(text)
    gaps = [piece for piece in pieces if isinstance(piece, MoodleGap)]
    if not gaps:
        raise Unsupported("Its text has no gap that could be read.")
    if len(gaps) > MAX_GAPS:
        raise Unsupported(f"It has more than {MAX_GAPS} gaps.")
    told = [words for gap in gaps for words in gap.told]
    if any(isinstance(piece, str) and LOOKS_SO.search(piece) for piece in pieces):
        told.append(NOT_A_GAP)
    if len(gaps) == 1 and gaps[0].kind == SEVERAL:
        return _several(pieces, gaps[0], convert, inner, told)
    cloze = Cloze("cloze", stem_with_gaps(pieces, convert), {}, told)
    cloze.body["gaps"] = {
        str(number): _gap(gap, inner, cloze) for number, gap in enumerate(gaps, 1)
    }
    return cloze


def stem_with_gaps(pieces: list[str | MoodleGap], convert: Convert) -> str:
    """Return the pieces as one stem, the gaps numbered as they stand."""
    marked, number = [], 0
    for piece in pieces:
        number += not isinstance(piece, str)
        marked.append(piece if isinstance(piece, str) else html.gap_mark(number))
    return html.with_gaps(convert("".join(marked)))


def _gap(gap: MoodleGap, inner: Convert, cloze: Cloze) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": "choice" if gap.kind == CHOICE else "typed"}
    if gap.kind == CHOICE:
        entry["options"] = options_of(gap, inner)
        if not gap.shuffle:
            entry["shuffle"] = False
    elif gap.kind in (SHORT, SHORT_CASE):
        entry |= {"case": True} if gap.kind == SHORT_CASE else {}
        entry["answers"] = [_answer(one, one.text, inner) for one in gap.alternatives if one.text]
    elif gap.kind == NUMBER:
        entry["answers"] = _numbers(gap, inner, cloze)
    else:
        raise Unsupported(f"It has a gap of the kind {gap.kind}, which cannot be asked here.")
    weight = int(gap.weight)
    if weight == 0:
        raise Unsupported("It has a gap that is worth nothing.")
    return entry | ({"weight": str(weight)} if weight != 1 else {})


def options_of(gap: MoodleGap, inner: Convert) -> list[dict[str, Any]]:
    """Return the answers of a gap as options."""
    return [
        _with_feedback({"text": inner(one.text), "fraction": one.fraction}, one, inner)
        for one in gap.alternatives
    ]


def _answer(one: Alternative, text: str, inner: Convert) -> dict[str, Any]:
    return _with_feedback({"text": text, "fraction": one.fraction}, one, inner)


def _with_feedback(entry: dict[str, Any], one: Alternative, inner: Convert) -> dict[str, Any]:
    feedback = inner(one.feedback)
    return entry | {"feedback": feedback} if feedback else entry


def _numbers(gap: MoodleGap, inner: Convert, cloze: Cloze) -> list[dict[str, Any]]:
    """Return numbers as typed texts, which know no tolerance."""
    answers = []
    for one in gap.alternatives:
        value, _, tolerance = (part.strip() for part in one.text.partition(":"))
        if value == "*":
            answers.append(_answer(one, "*", inner))
            continue
        number, width = number_of(value), number_of(tolerance or "0")
        if number is None or width is None:
            raise Unsupported(f"The number “{one.text[:60]}” of a gap cannot be read.")
        if decimal_of(width):
            cloze.told.append(TOLERANCE_LOST)
            cloze.lossy.append("tolerance")
        answers.append(_answer(one, number, inner))
    return answers


def number_of(text: str) -> str | None:
    """Return a number with a decimal point, whichever mark it had; None for no number."""
    text = text.strip()
    if decimal_of(text) is None:
        text = text.replace(",", ".", 1)
    return text if decimal_of(text) is not None else None


def refuse_unsound(type: str, stem: str, body: Mapping[str, Any]) -> None:
    """Raise Unsupported for a question that would be refused: then its source is kept instead."""
    question = Question(type, stem, fill_ids(type, body))
    for problem in QUESTION_TYPES[type].problems(question):
        if problem.code not in MINOR | UNANSWERED:
            raise Unsupported(problem.message)


def _several(
    pieces: list[str | MoodleGap], gap: MoodleGap, convert: Convert, inner: Convert, told: list[str]
) -> Cloze:
    before, after = (piece for piece in pieces if isinstance(piece, str))
    text = f"{before} _____ {after}" if after.strip() else before
    body: Mapping[str, Any] = {"options": options_of(gap, inner), "scoring": "sum_floor0"}
    shuffle = {} if gap.shuffle else {"shuffle": False}
    return Cloze("multiple_response", convert(text), {**body, **shuffle}, [*told, ONE_GAP])
