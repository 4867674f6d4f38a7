"""QTI 1.2 items whose answer is typed: words, numbers and essays, as bodies of our types."""

from decimal import Decimal
from typing import Any

from quizapp.core.formats.parts.qti12_conditions import (
    FULL,
    Conditions,
    Rule,
    Test,
    UnsupportedError,
    afford,
    number,
    share,
)
from quizapp.core.formats.parts.qti12_feedback import Entry, Feedback, add
from quizapp.core.formats.parts.qti12_item import Block, is_on
from quizapp.core.formats.shared.shares import plain

NOT_A_NUMBER = "An accepted answer is not a number."
EXCLUSIVE = "A range without its ends was read as one with them."
Body = dict[str, Any]


def short_answer(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return accepted answers; what is shown to all others belongs to the answer `*`."""
    name = block.responses[0].get("ident") or ""
    answers = answers_of(name, conditions, feedback)
    for entry in answers.values():
        if entry.get("fraction", "1") == "1":
            add(entry, feedback.for_role("correct"))
    listed = list(answers.values())
    if wrong := feedback.for_role("incorrect"):
        listed.append({"text": "*", "fraction": "0", "feedback": wrong})
    body: Body = {"answers": listed}
    if is_case_sensitive(conditions):
        body["case"] = True
    return body


def answers_of(name: str, conditions: Conditions, feedback: Feedback) -> dict[str, Entry]:
    """Return the answers that a response takes, by their text."""
    found: dict[str, Entry] = {}
    rules = [rule for rule in conditions.rules if rule.gives or rule.points is not None]
    best = max((points_of(rule) for rule in rules if _asks(rule, name)), default=Decimal(0))
    afford(sum(len(rule.tests) for rule in rules))
    for rule in rules:
        for test in rule.tests:
            if test.response != name and test.response:
                continue
            if test.denied:
                raise UnsupportedError("Some texts are right only where others are not typed.")
            entry = answer_entry(test)
            points = points_of(rule)
            if best > 0 and points != best:
                entry["fraction"] = share(points, best)
            add(entry, feedback.for_choice(test.response, test.value))
            found.setdefault(entry["text"], entry)
    return {text: entry for text, entry in found.items() if text}


def answer_entry(test: Test) -> Entry:
    """Return what a comparison takes: the text, or whatever has it inside."""
    text = literal(test.value)
    return {"text": f"*{text}*" if test.tag == "varsubstring" and text else text}


def literal(text: str) -> str:
    """Return a typed answer whose asterisks are no wildcards."""
    return " ".join(text.split()).replace("*", "\\*")


def points_of(rule: Rule) -> Decimal:
    """Return what a rule gives; a rule that only says it is right gives all."""
    return FULL if rule.points is None else rule.points


def is_case_sensitive(conditions: Conditions) -> bool:
    """Say whether a comparison minds upper and lower case."""
    return any(
        is_on(test.element.get("case"))
        for rule in conditions.giving()
        for test in rule.tests
        if not test.denied
    )


def _asks(rule: Rule, name: str) -> bool:
    return any(test.response in ("", name) for test in rule.tests)


def numeric(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return accepted numbers: values with a tolerance, and ranges."""
    rules = [
        rule for rule in conditions.rules if rule.tests and (rule.gives or rule.points is not None)
    ]
    best = max((points_of(rule) for rule in rules), default=Decimal(0))
    answers: list[Entry] = []
    for rule in rules:
        if any(test.denied for test in rule.tests):
            raise UnsupportedError("Some numbers are right only where others are not typed.")
        entries = numbers_of(rule, block)
        for entry in entries:
            if best > 0 and points_of(rule) != best:
                entry["fraction"] = share(points_of(rule), best)
            text = feedback.for_rule(rule)
            add(entry, text or feedback.for_choice(rule.tests[0].response, entry.get("value", "")))
            if entry.get("fraction", "1") == "1":
                add(entry, feedback.for_role("correct"))
        answers += entries
    return {"answers": answers}


def numbers_of(rule: Rule, block: Block) -> list[Entry]:
    """Return the answers of one rule: its bounds belong to its one value, or are a range."""
    values = [test for test in rule.tests if test.tag == "varequal"]
    low = next((test for test in rule.tests if test.tag in ("vargte", "vargt")), None)
    high = next((test for test in rule.tests if test.tag in ("varlte", "varlt")), None)
    if any(number(test.value) is None for test in rule.tests):
        raise UnsupportedError(NOT_A_NUMBER)
    if any(test.tag == "varsubstring" for test in rule.tests):
        raise UnsupportedError(NOT_A_NUMBER)
    if len(values) == 1:
        return [_value(values[0], low, high)]
    if values:
        return [{"value": test.value} for test in values]
    strict = [test for test in (low, high) if test is not None and test.tag in ("vargt", "varlt")]
    if strict:
        block.told.append(EXCLUSIVE)
    return [{name: test.value for name, test in (("min", low), ("max", high)) if test is not None}]


def _value(test: Test, low: Test | None, high: Test | None) -> Entry:
    entry: Entry = {"value": test.value}
    element = test.element
    margin, precision = number(element.get("margin")), number(element.get("precision"))
    if precision is not None:
        return entry | _precision(precision, (element.get("precisiontype") or "").lower())
    if margin is not None:
        if (element.get("margintype") or "").lower() == "percent":
            return entry | {"tolerance": plain(margin / 100), "tolerance_type": "relative"}
        return entry | ({"tolerance": str(element.get("margin")).strip()} if margin else {})
    if low is None or high is None:
        return entry
    return entry | _distance(test, low, high)


def _precision(digits: Decimal, kind: str) -> Entry:
    if not 0 <= digits <= 15 or digits != int(digits):
        raise UnsupportedError("It asks for a precision that is not known here.")
    if kind.startswith("dec"):
        return {"tolerance": plain(Decimal("0.5").scaleb(-int(digits)))}
    return {"tolerance": str(int(digits)), "tolerance_type": "significant"}


def _distance(test: Test, low: Test, high: Test) -> Entry:
    """Return the tolerance that two bounds mean; significant digits where one is left out."""
    value, least, most = (number(one.value) or Decimal(0) for one in (test, low, high))
    if least == value == most:
        return {}
    if value - least != most - value or most < value:
        raise UnsupportedError("It takes a number and a range that does not belong to it.")
    width = ((most - value) * 2).normalize()
    is_power = width.as_tuple().digits == (1,)
    if low.tag == "vargt" and is_power and value:
        digits = value.adjusted() + 1 - width.adjusted()
        if 1 <= digits <= 15:
            return {"tolerance": str(digits), "tolerance_type": "significant"}
    return {"tolerance": plain(most - value)}


def essay(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return an essay: its sample, its notes for graders and its number of words."""
    body: Body = {}
    if sample := feedback.for_role("solution"):
        body["sample"] = sample
    if notes := block.meta.get("grading_notes"):
        body["rubric"] = block.markdown(notes)
    for response in block.responses[:1]:
        if (response.get("word_limit_enabled") or "yes").lower() == "no":
            break
        for name, attribute in (("min_words", "word_limit_min"), ("max_words", "word_limit_max")):
            words = (response.get(attribute) or "").strip()
            if words.isascii() and words.isdigit() and int(words[:6]) > 0:
                body[name] = int(words[:6])
    return body
