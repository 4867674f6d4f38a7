"""Answers that are numbers, as they stand in GIFT."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quizapp.core.formats.shared.shares import plain
from quizapp.core.quantities import EXACT_CONTEXT, decimal_of
from quizapp.core.tolerances import digits_of

Answer = Mapping[str, Any]

ANY_NUMBER = "-1e300"  # the least number there is: an answer from it on is hit by any number

_COMMA = re.compile(r"[-+]?\d[\d.]{0,30},\d{1,30}")
ENDLESS = "A range without end is left out."
RELATIVE = "A relative tolerance is written as an absolute one."
SIGNIFICANT = "A tolerance in significant digits is written as a range."


class Fault(Exception):
    """What is wrong with a question, in plain words."""


def parsed_number(text: str) -> dict[str, Any]:
    """Return an answer from its text such as 3:0.5, 1..5 or *; Fault where it is no number."""
    text = " ".join(text.split())
    if text == "*":
        return {"min": ANY_NUMBER}
    least, dots, most = text.partition("..")
    if dots:
        return {"min": _decimal(least, text), "max": _decimal(most, text)}
    value, colon, tolerance = text.partition(":")
    answer: dict[str, Any] = {"value": _decimal(value, text)}
    if colon and _decimal(tolerance, text) not in ("0", "0.0"):
        answer["tolerance"] = tolerance.strip()
    return answer


def _decimal(part: str, text: str) -> str:
    part = part.strip()
    if decimal_of(part) is not None:
        return part
    shown = text[:60]
    if _COMMA.fullmatch(part):
        raise Fault(f"“{shown}” has a decimal comma; GIFT wants a decimal point, such as 3.5.")
    if not part:
        raise Fault(f"A number is missing in “{shown}”.")
    raise Fault(f"“{shown}” is no number.")


def written(answer: Answer) -> tuple[str | None, str]:
    """Return an answer as it stands in GIFT, "" for any number, None for what it cannot hold.

    The second value says in plain words what is not as it was.
    """
    value = decimal_of(answer.get("value"))
    if value is None:
        return _range(answer)
    kind = answer.get("tolerance_type") or "absolute"
    if kind == "significant":
        return _significant(answer, value)
    tolerance = decimal_of(answer.get("tolerance") or "0") or Decimal(0)
    if kind == "relative":
        distance = EXACT_CONTEXT.multiply(tolerance, abs(value))
        return f"{_number(answer['value'])}:{_short(distance)}", RELATIVE
    return f"{_number(answer['value'])}:{_number(answer.get('tolerance') or '0')}", ""


def _range(answer: Answer) -> tuple[str | None, str]:
    least, most = answer.get("min"), answer.get("max")
    if decimal_of(least) is None or decimal_of(most) is None:
        is_any = most is None and decimal_of(least) == Decimal(ANY_NUMBER)
        return ("", "") if is_any else (None, ENDLESS)
    return f"{_number(least)}..{_number(most)}", ""


def _significant(answer: Answer, value: Decimal) -> tuple[str | None, str]:
    digits = digits_of(answer)
    if digits is None or not value:
        return _number(answer["value"]), SIGNIFICANT
    half = Decimal(5).scaleb(value.adjusted() - digits)
    ends = EXACT_CONTEXT.subtract(value, half), EXACT_CONTEXT.add(value, half)
    return f"{_short(ends[0])}..{_short(ends[1])}", SIGNIFICANT


def _number(value: object) -> str:
    return str(value).strip()


def _short(number: Decimal) -> str:
    """Return a number in its shorter form: 1e250 has no 250 zeros."""
    return plain(number) if abs(number.adjusted()) < 30 else str(number)
