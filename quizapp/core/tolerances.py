"""Near enough: which numbers an answer accepts, by tolerance or by range."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quizapp.core.quantities import EXACT_CONTEXT, MAX_DIGITS, decimal_of, same_to_digits

Answer = Mapping[str, Any]


def accepts(answer: Answer, number: Decimal) -> bool:
    """Whether a number is near enough to an answer, bounds included.

    The tolerance is a distance (absolute), a share of the value (relative), or a number of
    significant digits: then both, rounded half up to so many digits, have to be the same.
    """
    value = decimal_of(answer.get("value"))
    if value is not None and answer.get("tolerance_type") == "significant":
        digits = digits_of(answer)
        return digits is not None and same_to_digits(number, value, digits)
    least, most = _bounds(answer)
    if least is None and most is None:
        return False
    return (least is None or least <= number) and (most is None or number <= most)


def covers(wide: Answer, narrow: Answer) -> bool:
    """Whether all that `narrow` accepts is accepted by `wide`; False where it is hard to tell."""
    ends = _bounds(narrow)
    if narrow.get("tolerance_type") == "significant" or None in ends:
        return False
    return all(end is not None and accepts(wide, end) for end in ends)


def middle(answer: Answer) -> Decimal | None:
    """Return the number to show for an answer: its value, or its range's middle or only end."""
    value = decimal_of(answer.get("value"))
    least, most = decimal_of(answer.get("min")), decimal_of(answer.get("max"))
    if value is not None:
        return value
    if least is not None and most is not None:
        return EXACT_CONTEXT.divide(EXACT_CONTEXT.add(least, most), Decimal(2))
    return least if least is not None else most


def digits_of(answer: Answer) -> int | None:
    """How many significant digits have to agree, where the tolerance says so."""
    tolerance = decimal_of(answer.get("tolerance"))
    if tolerance is None or not 1 <= tolerance <= MAX_DIGITS or tolerance != int(tolerance):
        return None
    return int(tolerance)


def _bounds(answer: Answer) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the largest number an answer accepts, but for significant digits."""
    value = decimal_of(answer.get("value"))
    if value is None:
        return decimal_of(answer.get("min")), decimal_of(answer.get("max"))
    tolerance = decimal_of(answer.get("tolerance", 0)) or Decimal(0)
    if answer.get("tolerance_type") == "relative":
        tolerance = EXACT_CONTEXT.multiply(tolerance, abs(value))
    return EXACT_CONTEXT.subtract(value, tolerance), EXACT_CONTEXT.add(value, tolerance)
