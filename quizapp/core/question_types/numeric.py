"""Numeric: a typed number, with or without a unit, near enough to one of several answers."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

from quizapp.core.answers import worth
from quizapp.core.fields import COMMON, FEEDBACK, entries, filled, text_of
from quizapp.core.options import is_full, score, settled
from quizapp.core.problems import general_problems
from quizapp.core.quantities import (
    EXACT_CONTEXT,
    decimal_of,
    readings,
    unit_name,
)
from quizapp.core.question import BadResponse, Field, Grade, GradedBy, Problem, Question, Response
from quizapp.core.responses import UNREADABLE, entry_of, no_answer, typed
from quizapp.core.tolerances import accepts, covers, digits_of, middle

NAME = "numeric"
LABEL = "Number"
WIDGET = "text"
GRADED_BY: GradedBy = "app"
FIELDS = (
    Field(
        "answers",
        "Accepted answers",
        "list",
        required=True,
        entry=(
            Field("value", "Value", "number"),
            Field("tolerance", "Tolerance", "number", default="0"),
            Field(
                "tolerance_type",
                "Kind of tolerance",
                "choice",
                choices=("absolute", "relative", "significant"),
                default="absolute",
            ),
            Field("min", "Smallest value", "number"),
            Field("max", "Largest value", "number"),
            Field("fraction", "Share of the points", "number", default="1"),
            FEEDBACK,
        ),
        one="Answer",
    ),
    Field(
        "units",
        "Units",
        "list",
        entry=(
            Field("unit", "Unit", "text", required=True),
            Field("factor", "Number of them in the answer's unit", "number", default="1"),
        ),
        one="Unit",
    ),
    Field("unit_required", "The unit must be given", "bool", default=False),
    *COMMON,
)
HARDNESS = 3

Answer = Mapping[str, Any]


def problems(question: Question) -> list[Problem]:
    answers = entries(question.body, "answers")
    found = general_problems(question, FIELDS)
    if not answers:
        found.append(Problem("no-answers", "There are no accepted answers.", "answers"))
    elif not any(is_full(worth(answer)) for answer in answers):
        found.append(Problem("no-right-answer", "No answer is fully right.", "answers"))
    for place, answer in enumerate(answers):
        found += _answer_problems(answer, answers[:place])
    return found + _unit_problems(question)


def key(question: Question) -> Response | None:
    full = [answer for answer in entries(question.body, "answers") if is_full(worth(answer))]
    texts = [text for answer in full if (text := _key_text(question, answer))]
    for text in texts:
        hit = _hit(question, text)
        if hit is not None and is_full(worth(hit)):
            return {"text": text}
    return {"text": texts[0]} if texts else None


def parse(question: Question, raw: object) -> Response:
    """Any text is read, also one that is no number: it is an answer, and a wrong one."""
    text = typed(entry_of(raw, "text"))
    if not text:
        raise no_answer()
    return {"text": text}


def grade(question: Question, response: Response) -> Grade:
    try:
        answer = _hit(question, parse(question, response)["text"])
    except BadResponse:
        return UNREADABLE
    if answer is None:
        return UNREADABLE
    fraction = settled(worth(answer))
    feedback = filled([(f"answers.{answer['id']}.feedback", answer, "feedback")])
    return Grade(score(fraction), fraction, {}, feedback)


def classify(question: Question, response: Response) -> list[str]:
    try:
        answer = _hit(question, parse(question, response)["text"])
    except BadResponse as error:
        return [] if error.code == "no-answer" else ["other"]
    return ["other" if answer is None else answer["id"]]


def random_guess_score(question: Question) -> float | None:
    return 0.0


def shown(question: Question, rng: Random) -> dict[str, Any]:
    return {}


def _hit(question: Question, text: str) -> Answer | None:
    """Return the first answer that the text is near enough to, in any way to read it."""
    numbers = _in_answer_unit(question, text)
    listed = entries(question.body, "answers")
    return next((one for one in listed if any(accepts(one, number) for number in numbers)), None)


def _in_answer_unit(question: Question, text: str) -> list[Decimal]:
    units = _units(question)
    folded = [unit.casefold() for unit in units]
    numbers = []
    for number, written in readings(text):
        known = written in units or folded.count(written.casefold()) != 1
        unit = written if known else list(units)[folded.index(written.casefold())]
        if unit in units:
            numbers.append(EXACT_CONTEXT.divide(number, units[unit]))
        elif question.body.get("unit_required") is not True and unit in ("", "" if units else "%"):
            numbers.append(number)
    return numbers


def _units(question: Question) -> dict[str, Decimal]:
    """How many of each unit there are in one of the answer's unit, as Moodle writes it."""
    listed = question.body.get("units")
    found: dict[str, Decimal] = {}
    for entry in listed if isinstance(listed, list | tuple) else ():
        name = unit_name(text_of(entry, "unit")) if isinstance(entry, Mapping) else ""
        factor = decimal_of(entry.get("factor", 1)) if name else None
        if factor:
            found.setdefault(name, factor)
    return found


def _key_text(question: Question, answer: Answer) -> str | None:
    number = middle(answer)
    units = _units(question)
    if number is None or question.body.get("unit_required") is not True or not units:
        return None if number is None else _written(number)
    unit = next((name for name, factor in units.items() if factor == 1), next(iter(units)))
    return f"{_written(EXACT_CONTEXT.multiply(number, units[unit]))} {unit}"


def _written(number: Decimal) -> str:
    plain = format(number, "f")
    return plain if len(plain) <= 30 else str(number)


def _answer_problems(answer: Answer, earlier: list[Answer]) -> list[Problem]:
    found = []
    where = f"answers.{answer['id']}"
    least, most = decimal_of(answer.get("min")), decimal_of(answer.get("max"))
    if middle(answer) is None:
        found.append(Problem("no-value", "An answer needs a value, or a range.", where))
    if answer.get("value") is not None and (least is not None or most is not None):
        found.append(Problem("value-and-range", "Give a value or a range, not both.", where))
    if least is not None and most is not None and least > most:
        found.append(Problem("range-empty", "The range ends before it begins.", where))
    significant = answer.get("tolerance_type") == "significant"
    if (decimal_of(answer.get("tolerance")) or 0) < 0 or (
        significant and digits_of(answer) is None
    ):
        words = "A tolerance is 0 or more; significant digits are 1 or more."
        found.append(Problem("tolerance-range", words, f"{where}.tolerance"))
    if any(covers(other, answer) and worth(other) != worth(answer) for other in earlier):
        words = "An earlier answer of another worth takes all its numbers."
        found.append(Problem("shadowed-answer", words, where))
    return found


def _unit_problems(question: Question) -> list[Problem]:
    found = []
    names: set[str] = set()
    listed = question.body.get("units")
    for place, entry in enumerate(listed if isinstance(listed, list | tuple) else ()):
        name = unit_name(text_of(entry, "unit")) if isinstance(entry, Mapping) else ""
        if not name:
            continue  # said already by the general problems
        where = f"units.{place}"
        if (decimal_of(entry.get("factor", 1)) or 0) <= 0:
            found.append(Problem("factor-range", "A factor is above 0.", where))
        if name in names:
            found.append(Problem("duplicate-unit", f"The unit {name} is there twice.", where))
        if [unit for _, unit in readings(f"1 {name}")] != [name]:
            found.append(Problem("bad-unit", f"{name} cannot be told from a number.", where))
        names.add(name)
    if question.body.get("unit_required") is True and not names:
        found.append(Problem("no-units", "No unit is listed that could be given.", "units"))
    return found
