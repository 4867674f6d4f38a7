"""The entries of each question type as Moodle XML has them."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quizapp.core.formats.moodle_xml_gap_texts import write_cloze
from quizapp.core.formats.moodle_xml_markup import Markup
from quizapp.core.formats.shared.shares import plain as plain_number
from quizapp.core.formats.shared.shares import to_percent
from quizapp.core.options import share_of
from quizapp.core.quantities import EXACT_CONTEXT, decimal_of
from quizapp.core.tolerances import digits_of

Entry = Mapping[str, Any]

UNUSUAL_SHARE = "Moodle knows no share of {} %; choose “nearest grade” when importing there."
ALL_OR_NOTHING = "Moodle gives points for each part; that all must be right is left out."
PART_FEEDBACK = "Feedback to single parts is left out; Moodle has none there."
SAMPLE = "The sample answer is left out; Moodle has none."
HALF_RANGE = "An answer without a smallest or largest number is left out; Moodle needs both."
SIGNIFICANT = "A number of significant digits became a fixed tolerance in Moodle."
NO_SLIPS = "Moodle forgives no slips of the pen."
NO_FILLERS = "Words that make no difference here do make one in Moodle."
NO_ACCENTS = "Accents always matter in Moodle."
# The shares that Moodle offers; it refuses others unless told to take the nearest.
_GRADES = frozenset(
    """100 90 83.33333 80 75 70 66.66667 60 50 40 33.33333 30 25 20 16.66667 14.28571 12.5 11.11111
    10 5 0""".split()  # noqa: SIM905
)
_ORDERING = {
    "adjacent_order": "RELATIVE_NEXT_EXCLUDE_LAST",
    "exact_order": "ABSOLUTE_POSITION",
    "all_or_nothing": "ALL_OR_NOTHING",
}
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


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


def _answer(
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


def _combined(markup: Markup, wrong: str = "") -> None:
    for name in _COMBINED:
        markup.text(name, wrong if name == "incorrectfeedback" else "")


def _shuffle(markup: Markup) -> None:
    markup.entry("shuffleanswers", "false" if markup.body.get("shuffle") is False else "true")


def _multiple_choice(markup: Markup) -> None:
    _choice_head(markup, "true")
    for option in markup.body["options"]:
        _answer(markup, option, percent(markup, str(option.get("fraction", "0"))))


def _choice_head(markup: Markup, single: str) -> None:
    markup.entry("single", single)
    _shuffle(markup)
    markup.entry("answernumbering", "abc")
    _combined(markup)


def _multiple_response(markup: Markup) -> None:
    scoring = markup.body.get("scoring") or "right_minus_wrong"
    if scoring == "all_or_nothing":
        markup.lose(ALL_OR_NOTHING)
    _choice_head(markup, "false")
    options = markup.body["options"]
    right = sum(share_of(option) > 0 for option in options) or 1
    for option in options:
        _answer(markup, option, _worth(markup, option, scoring, right))


def _worth(markup: Markup, option: Entry, scoring: str, right: int) -> str:
    share = share_of(option)
    if scoring == "sum_floor0":
        if share == 1:
            return percent(markup, Fraction(1, right))
        return percent(markup, str(option.get("fraction", "0")))
    if share > 0:
        return percent(markup, Fraction(1, right))
    whole = scoring == "all_or_nothing"
    return percent(markup, Fraction(-1) if whole else Fraction(-1, right))


def _true_false(markup: Markup) -> None:
    for word in ("true", "false"):
        share = "100" if markup.body["answer"] is (word == "true") else "0"
        _answer(markup, {"feedback": markup.body.get(f"feedback_{word}")}, share, word)


def comparison(markup: Markup, holder: Entry) -> None:
    """Note what Moodle's comparison of typed text lacks."""
    if decimal_of(holder.get("typos", 0)):
        markup.lose(NO_SLIPS)
    if holder.get("fillers"):
        markup.lose(NO_FILLERS)
    if holder.get("diacritics") is False:
        markup.lose(NO_ACCENTS)


def _short_answer(markup: Markup) -> None:
    comparison(markup, markup.body)
    markup.entry("usecase", int(markup.body.get("case") is True))
    for answer in markup.body["answers"]:
        share = percent(markup, str(answer.get("fraction", "1")))
        _answer(markup, answer, share, answer["text"])


def _numeric(markup: Markup) -> None:
    for answer in markup.body["answers"]:
        number = _number(markup, answer)
        if number is None:
            markup.lose(HALF_RANGE)
            continue
        value, tolerance = number
        inside = f"<tolerance>{tolerance}</tolerance>"
        share = percent(markup, str(answer.get("fraction", "1")))
        _answer(markup, answer, share, value, inside)
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


def _matching(markup: Markup) -> None:
    if markup.body.get("scoring") == "all_or_nothing":
        markup.lose(ALL_OR_NOTHING)
    _shuffle(markup)
    _combined(markup)
    rights = {right["id"]: right["text"] for right in markup.body["rights"]}
    used = {left.get("right") for left in markup.body["lefts"]}
    pairs = [(left["text"], rights.get(left.get("right"))) for left in markup.body["lefts"]]
    pairs += [("", text) for own, text in rights.items() if own not in used]
    for left, right in pairs:
        if right is not None:
            text = markup.escaped(markup.plain_html(right))
            inside = ("<answer>", f"  <text>{text}</text>", "</answer>")
            markup.add(*markup.text_lines("subquestion", left, *inside))
    if any(left.get("feedback") for left in markup.body["lefts"]):
        markup.lose(PART_FEEDBACK)


def _ordering(markup: Markup) -> None:
    markup.entry("layouttype", "VERTICAL")
    markup.entry("selecttype", "ALL")
    markup.entry("selectcount", 0)
    scoring = markup.body.get("scoring") or "adjacent_order"
    markup.entry("gradingtype", _ORDERING.get(scoring, _ORDERING["adjacent_order"]))
    markup.entry("showgrading", "SHOW")
    markup.entry("numberingstyle", "none")
    _combined(markup, markup.body.get("feedback_wrong") or "")
    for place, item in enumerate(markup.body["items"], 1):
        attributes = f' fraction="{place}.0000000"'
        markup.add(*markup.text_lines("answer", item["text"], attributes=attributes))


def _essay(markup: Markup) -> None:
    if markup.body.get("sample"):
        markup.lose(SAMPLE)
    markup.entry("responseformat", "editor")
    markup.entry("responserequired", 1)
    markup.entry("responsefieldlines", 15)
    markup.entry("minwordlimit", markup.body.get("min_words") or "")
    markup.entry("maxwordlimit", markup.body.get("max_words") or "")
    markup.entry("attachments", 0)
    markup.entry("attachmentsrequired", 0)
    markup.text("graderinfo", markup.body.get("rubric") or "")
    markup.text("responsetemplate", "")


def _description(markup: Markup) -> None:
    pass


def _cloze(markup: Markup) -> None:
    for gap in markup.body["gaps"].values():
        comparison(markup, gap)
        if gap.get("feedback"):
            markup.lose(PART_FEEDBACK)
    if markup.body.get("scoring") == "all_or_nothing":
        markup.lose(ALL_OR_NOTHING)


# Of each type: Moodle's name, grade and penalty, and what writes its own entries.
WRITERS: Mapping[str, tuple[str, str, str, Callable[[Markup], None]]] = {
    "multiple_choice": ("multichoice", "1", "0.3333333", _multiple_choice),
    "multiple_response": ("multichoice", "1", "0.3333333", _multiple_response),
    "true_false": ("truefalse", "1", "1", _true_false),
    "short_answer": ("shortanswer", "1", "0.3333333", _short_answer),
    "numeric": ("numerical", "1", "0.3333333", _numeric),
    "matching": ("matching", "1", "0.3333333", _matching),
    "ordering": ("ordering", "1", "0.3333333", _ordering),
    "essay": ("essay", "1", "0", _essay),
    "description": ("description", "0", "0", _description),
    "cloze": ("cloze", "1", "0.3333333", _cloze),
}


def write_body(markup: Markup) -> None:
    """Write the whole question; KeyError where its body is not that of its type."""
    kind, grade, penalty, own = WRITERS[markup.item.type]
    choices: list[str] = []
    if markup.item.type == "cloze":
        kind, stem, choices = write_cloze(markup, percent)
    else:
        stem = markup.text_lines("questiontext", markup.item.stem)
    markup.head(kind)
    markup.add(*stem)
    markup.text("generalfeedback", markup.body.get("feedback") or "")
    markup.entry("defaultgrade", grade)
    markup.entry("penalty", penalty)
    markup.entry("hidden", 0)
    markup.id_number()
    own(markup)
    markup.add(*choices)
    markup.tail()
