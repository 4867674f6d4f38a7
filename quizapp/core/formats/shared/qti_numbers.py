"""Numeric answers in the rules of a QTI item: values with a tolerance, rounded values, ranges."""

from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any

from quizapp.core.formats.shared.qti_choices import share
from quizapp.core.formats.shared.qti_declared import Declared
from quizapp.core.formats.shared.qti_names import attribute, below, inside, name_of
from quizapp.core.formats.shared.qti_reading import Reading
from quizapp.core.formats.shared.shares import plain
from quizapp.core.formats.shared.xml import Element, text_of
from quizapp.core.quantities import decimal_of

Answer = dict[str, Any]

NUMBERS = frozenset({"integer", "float"})
_LOWER, _UPPER = ("gte", "gt"), ("lte", "lt")
_EXACT = Context(prec=100)


def number_answers(reading: Reading, declared: Declared) -> tuple[list[Answer], bool]:
    """Return the accepted numbers, and whether the rules were understood."""
    found = list(_ruled(reading, declared))
    if found:
        best = max(worth for worth, _ in found)
        best = best if best > 0 and not reading.is_own else Decimal(1)
        return [_worth(answer, share(worth, best)) for worth, answer in found], True
    if reading.is_mapped(declared):
        entries = [one for one in declared.entries or () if decimal_of(one.key) is not None]
        best = max((one.worth for one in entries), default=Decimal(0))
        if best > 0:
            listed = [_worth({"value": one.key}, share(one.worth, best)) for one in entries]
            return listed, reading.rules.usual
    values = [value for value in declared.correct if decimal_of(value) is not None]
    return [{"value": value} for value in values], reading.rules.usual


def _worth(answer: Answer, fraction: str) -> Answer:
    return answer if fraction == "1" else answer | {"fraction": fraction}


def _ruled(reading: Reading, declared: Declared) -> Iterator[tuple[Decimal, Answer]]:
    """Yield points and answer of each branch that compares the response as a number."""
    root = reading.rules.root
    if root is None or reading.rules.template:
        return
    for branch in inside(root, "responseIf", "responseElseIf"):
        parts = below(branch)
        worth = _points(parts[1:])
        answer = _compared(parts[0], declared) if parts and worth is not None else None
        if answer is not None and worth is not None:
            if not reading.is_own:
                yield worth, answer
            else:
                yield worth, answer | {"place": _feedback_of(parts)}


def _feedback_of(parts: list[Element]) -> str:
    """Return the name of the feedback that a branch leads to, "" for none."""
    for setting in parts[1:]:
        if attribute(setting, "identifier") == "FEEDBACK":
            values = [text_of(one).strip() for one in inside(setting, "baseValue")]
            return values[-1] if values else ""
    return ""


def _points(settings: list[Element]) -> Decimal | None:
    """Return the points that a branch gives; 1 where it gives those of a variable."""
    for setting in settings:
        if (
            name_of(setting) != "setOutcomeValue"
            or "SCORE" not in attribute(setting, "identifier").upper()
        ):
            continue
        values = below(setting)
        if values and name_of(values[0]) == "baseValue":
            return decimal_of(text_of(values[0]).strip())
        return Decimal(1)
    return None


def _compared(condition: Element, declared: Declared) -> Answer | None:
    name = name_of(condition)
    if name == "and":
        return _range(below(condition), declared)
    if name in (*_LOWER, *_UPPER):
        return _range([condition], declared)
    value = _operand(condition, declared)
    if value is None or decimal_of(value) is None:
        return None
    if name == "equal":
        return _near(condition, value)
    if name == "equalRounded":
        figures = attribute(condition, "figures").strip()
        mode = attribute(condition, "roundingMode", "significantFigures")
        if mode != "significantFigures" or not figures.isdecimal():
            return None
        return {"value": value, "tolerance": figures, "tolerance_type": "significant"}
    return {"value": value} if name == "match" else None


def _operand(condition: Element, declared: Declared) -> str | None:
    """Return the number that the response is compared with."""
    value, is_response = None, False
    for one in below(condition):
        name = name_of(one)
        if name == "variable" and attribute(one, "identifier") == declared.identifier:
            is_response = True
        elif name == "correct" and attribute(one, "identifier") == declared.identifier:
            value = declared.correct[0] if declared.correct else None
        elif name == "baseValue":
            value = text_of(one).strip()
    return value if is_response else None


def _near(condition: Element, value: str) -> Answer | None:
    mode = attribute(condition, "toleranceMode", "exact")
    if mode == "exact":
        return {"value": value}
    sizes = [decimal_of(one) for one in attribute(condition, "tolerance").split()]
    if not sizes or any(one is None for one in sizes):
        return None
    low, high = sizes[0] or Decimal(0), sizes[-1] or Decimal(0)
    number = decimal_of(value) or Decimal(0)
    if mode == "relative":
        low, high = (_EXACT.divide(one, Decimal(100)) for one in (low, high))
    if low == high:
        near: Answer = {"value": value, "tolerance": plain(low)}
        return near | ({"tolerance_type": "relative"} if mode == "relative" else {})
    if mode == "relative":
        low, high = (_EXACT.multiply(one, abs(number)) for one in (low, high))
    least, most = _EXACT.subtract(number, low), _EXACT.add(number, high)
    return {"min": plain(least), "max": plain(most)}


def _range(conditions: list[Element], declared: Declared) -> Answer | None:
    found: Answer = {}
    for one in conditions:
        name, value = name_of(one), _operand(one, declared)
        if value is None or decimal_of(value) is None or name not in (*_LOWER, *_UPPER):
            return None
        found["min" if name in _LOWER else "max"] = value
    return found or None
