"""Answers with their shares, numbers and units, as Moodle XML has them."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quizapp.core.formats.parts.moodle_xml_markup import Markup
from quizapp.core.formats.shared.shares import plain as plain_number
from quizapp.core.formats.shared.shares import to_percent
from quizapp.core.quantities import EXACT_CONTEXT, decimal_of
from quizapp.core.tolerances import digits_of

Entry = Mapping[str, Any]

UNUSUAL_SHARE = "Moodle knows no share of {} %; choose “nearest grade” when importing there."
HALF_RANGE = "An answer without a smallest or largest number is left out; Moodle needs both."
SIGNIFICANT = "A number of significant digits became a fixed tolerance in Moodle."
# The shares that Moodle offers; it refuses others unless told to take the nearest.
_GRADES = frozenset(
    """100 90 83.33333 80 75 70 66.66667 60 50 40 33.33333 30 25 20 16.66667 14.28571 12.5 11.11111
    10 5 0""".split()  # noqa: SIM905
)


def percent(markup: Markup, share: Fraction | str) -> str:
    """Return a share as Moodle writes it; a loss where it has no such grade."""
    text = to_percent(share) if isinstance(share, str) else _rounded(share)
    near = _rounded(Fraction(Decimal(text)) / 100).removeprefix("-")
    if near not in _GRADES:
        markup.lose(UNUSUAL_SHARE.format(text))
    return text


def _rounded(share: Fraction) -> str:
    value = Decimal(share.numerator) * 100 / Decimal(share.denominator)
    return plain_number(value.quantize(Decimal("0.00001")))


def add_answer(
    markup: Markup, entry: Entry, share: str, text: str | None = None, *inside: str
) -> None:
    """Add an answer of a text in Markdown, or of mere text where `text` is given."""
    feedback = markup.text_lines("feedback", entry.get("feedback") or "")
    attributes = f' fraction="{share}"'
    if text is None:
        lines = markup.text_lines(
            "answer", entry["text"], *feedback, *inside, attributes=attributes
        )
    else:
        lines = markup.element(
            "answer", "plain_text", text, "", *feedback, *inside, attributes=attributes
        )
    markup.add(*lines)


def numeric(markup: Markup) -> None:
    """Add the answers and units of a number question."""
    for answer in markup.body["answers"]:
        number = _number(markup, answer)
        if number is None:
            markup.lose(HALF_RANGE)
            continue
        value, tolerance = number
        inside = f"<tolerance>{tolerance}</tolerance>"
        share = percent(markup, str(answer.get("fraction", "1")))
        add_answer(markup, answer, share, value, inside)
    _units(markup)


def _number(markup: Markup, answer: Entry) -> tuple[str, str] | None:
    """Return value and tolerance; None for what has no two ends."""
    value = decimal_of(answer.get("value"))
    if value is None:
        least, most = decimal_of(answer.get("min")), decimal_of(answer.get("max"))
        if least is None or most is None:
            return None
        middle = EXACT_CONTEXT.divide(EXACT_CONTEXT.add(least, most), Decimal(2))
        return _written(middle), _written(EXACT_CONTEXT.subtract(most, middle))
    width = decimal_of(answer.get("tolerance", 0)) or Decimal(0)
    if answer.get("tolerance_type") == "relative":
        width = EXACT_CONTEXT.multiply(width, abs(value))
    elif answer.get("tolerance_type") == "significant":
        markup.lose(SIGNIFICANT)
        width = Decimal(5).scaleb(value.adjusted() - (digits_of(answer) or 1))
    return str(answer["value"]).strip(), _written(width)


def _written(number: Decimal) -> str:
    text = format(number.normalize(EXACT_CONTEXT), "f")
    return text if len(text) <= 60 else str(number.normalize(EXACT_CONTEXT))


def _units(markup: Markup) -> None:
    units = markup.body.get("units") or []
    required = markup.body.get("unit_required") is True
    if units:
        markup.add("<units>")
        for unit in units:
            factor = decimal_of(unit.get("factor", 1)) or Decimal(1)
            markup.add(
                "  <unit>",
                f"    <multiplier>{_written(factor)}</multiplier>",
                f"    <unit_name>{markup.escaped(unit['unit'])}</unit_name>",
                "  </unit>",
            )
        markup.add("</units>")
    markup.entry("unitgradingtype", int(required))
    markup.entry("unitpenalty", "1.0000000" if required else "0.1000000")
    markup.entry("showunits", 0 if units else 3)
    markup.entry("unitsleft", 0)
