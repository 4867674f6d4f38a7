"""Accepted numbers as conditions of QTI 1.2, in the form that Canvas writes itself."""

from collections.abc import Mapping
from decimal import Context, Decimal
from html import escape
from typing import Any

from quizapp.core.formats.parts.qti12_conditions import number
from quizapp.core.formats.shared.shares import plain, to_percent
from quizapp.core.tolerances import digits_of

_EXACT = Context(prec=80)


def bounds_xml(answer: Mapping[str, Any], response: str) -> str:
    """Return the condition that a number fulfils which an answer accepts."""
    if answer.get("value") is None:
        ends = (("vargte", answer.get("min")), ("varlte", answer.get("max")))
        return "".join(_test(tag, str(end), response) for tag, end in ends if end is not None)
    value = str(answer["value"])
    exact = number(value)
    if exact is None:
        return _test("varequal", value, response)
    attributes, distance, low = _tolerance(answer, exact)
    least = plain(_EXACT.subtract(exact, distance)) if distance else value
    most = plain(_EXACT.add(exact, distance)) if distance else value
    equal = _test("varequal", value, response, attributes)
    within = _test(low, least, response) + _test("varlte", most, response)
    return f"<or>{equal}<and>{within}</and></or>"


def _tolerance(answer: Mapping[str, Any], value: Decimal) -> tuple[str, Decimal, str]:
    """Return what says the tolerance, how far it reaches, and the test for the lower end."""
    text = str(answer.get("tolerance") or "0")
    tolerance = number(text) or Decimal(0)
    kind = answer.get("tolerance_type")
    if not tolerance:
        return "", Decimal(0), "vargte"
    if kind == "significant":
        digits = digits_of(answer) or 1
        half = Decimal("0.5").scaleb(value.adjusted() + 1 - digits) if value else Decimal(0)
        return f' precisiontype="significantDigits" precision="{digits}"', half, "vargt"
    if kind == "relative":
        distance = _EXACT.multiply(tolerance, abs(value))
        return f' margintype="percent" margin="{to_percent(text)}"', distance, "vargte"
    return f' margintype="absolute" margin="{escape(text)}"', tolerance, "vargte"


def _test(tag: str, value: str, response: str, attributes: str = "") -> str:
    return f'<{tag} respident="{escape(response)}"{attributes}>{escape(value)}</{tag}>'
