"""QTI 1.2 items with several blanks in a text, as cloze questions."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

from quizapp.core.formats.parts.qti12_choices import labels_of, shuffle_of
from quizapp.core.formats.parts.qti12_conditions import (
    Conditions,
    Rule,
    UnsupportedError,
    afford,
    share,
)
from quizapp.core.formats.parts.qti12_feedback import Entry, Feedback, add
from quizapp.core.formats.parts.qti12_item import Block
from quizapp.core.formats.parts.qti12_kinds import label_of
from quizapp.core.formats.parts.qti12_typed import (
    answers_of,
    is_case_sensitive,
    literal,
    points_of,
)
from quizapp.core.formats.shared import html
from quizapp.core.formats.shared.shares import plain as decimal_text
from quizapp.core.formats.shared.xml import Element

MAX_GAPS = 200
TWICE = "A blank stands in the text twice; only the first one is a gap."
_PLACE = re.compile(r"\[((?:[^\[\]<>]|<[^<>]{0,300}>){1,300})\]")
_TAG = re.compile(r"<[^<>]*>")
_NUMBERED = re.compile(r"(\D*)(\d{1,3})")
Body = dict[str, Any]


def cloze(block: Block, conditions: Conditions, feedback: Feedback) -> tuple[str, Body]:
    """Return the stem with its gaps, and their entries."""
    responses = {_name(one): one for one in block.responses}
    if len(responses) != len(block.responses) or len(responses) > MAX_GAPS:
        raise UnsupportedError("Its blanks cannot be told apart.")
    afford(len(responses) * sum(len(rule.tests) + 1 for rule in conditions.rules))
    stem, numbers = _placed(block, responses)
    words: dict[str, Entry] = {}
    gaps: dict[str, Entry] = {}
    bests: dict[str, Decimal] = {}
    for name, response in responses.items():
        number = numbers[name]
        gaps[number], bests[number] = _gap(block, response, conditions, feedback, words)
    _weigh(gaps, bests, conditions)
    body: Body = {"gaps": {number: gaps[number] for number in sorted(gaps, key=int)}}
    if words:
        body["words"] = list(words.values())
    if block.meta.get("bbmd_partialcredit") == "false":
        body["scoring"] = "all_or_nothing"
    return stem, body


def _name(response: Element) -> str:
    return (response.get("ident") or "").removeprefix("response_")


def _placed(block: Block, responses: dict[str, Element]) -> tuple[str, dict[str, str]]:
    """Return the stem, and the number of each blank: the one in its name, or by its place."""
    source = block.stem_html()
    found = dict.fromkeys(
        name for match in _PLACE.finditer(source) if (name := _place_name(match)) in responses
    )
    order = [*found, *(name for name in responses if name not in found)]
    numbers = _numbers(order)
    if len(found) < len(responses):
        marks = {
            response: html.gap_mark(numbers[name])
            for name, response in responses.items()
            if name not in found
        }
        source = block.stem_html(marks)
    placed: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        name = _place_name(match)
        if name not in responses:
            return match[0]
        if name in placed:
            block.told.append(TWICE)
            return match[0]
        placed.add(name)
        return html.gap_mark(numbers[name])

    text = block.markdown(_PLACE.sub(mark, source))
    return html.with_gaps(text), numbers


def _place_name(match: re.Match[str]) -> str:
    return unescape(_TAG.sub("", match[1])).replace("\xa0", " ").strip()


def _numbers(names: list[str]) -> dict[str, str]:
    """Return numbers of gaps: those that the names end with where that is unambiguous."""
    matches = [_NUMBERED.fullmatch(name) for name in names]
    own = [match[2].lstrip("0") for match in matches if match]
    heads = {match[1] for match in matches if match}
    if len(own) == len(names) and len(heads) == 1 and all(own) and len(set(own)) == len(own):
        return dict(zip(names, own, strict=True))
    return {name: str(place) for place, name in enumerate(names, 1)}


def _gap(
    block: Block,
    response: Element,
    conditions: Conditions,
    feedback: Feedback,
    words: dict[str, Entry],
) -> tuple[Entry, Decimal]:
    name = response.get("ident") or ""
    rules = [rule for rule in conditions.rules if rule.points is not None or rule.gives]
    points = _points(rules, name)
    best = max(points.values(), default=Decimal(0))
    if response.tag != "response_lid":
        gap: Entry = {"kind": "typed"}
        gap["answers"] = list(answers_of(name, conditions, feedback).values())
        if is_case_sensitive(conditions):
            gap["case"] = True
    else:
        gap = _chosen(block, response, feedback, points, words)
    return add(gap, feedback.for_denied(name)), best


def _points(rules: list[Rule], name: str) -> dict[str, Decimal]:
    """Return the points of each option of a blank."""
    found: dict[str, Decimal] = {}
    for rule in rules:
        for test in rule.tests:
            if test.response == name and not test.denied:
                found.setdefault(test.value, points_of(rule))
    return found


def _chosen(
    block: Block,
    response: Element,
    feedback: Feedback,
    points: dict[str, Decimal],
    words: dict[str, Entry],
) -> Entry:
    first = response.find(".//response_label")
    kind = (first.get("answer_type") or "").lower() if first is not None else ""
    is_blank = label_of(block) == "fill_in_multiple_blanks_question"
    if kind == "wordbank":
        return _word(block, response, points, words)
    best = max(points.values(), default=Decimal(0))
    labels = labels_of(block, response, feedback)
    if is_blank and kind != "dropdown":
        return {"kind": "typed", "answers": _listed(block, response, labels, points, best)}
    for ident, entry in labels:
        if points.get(ident) and best > 0:
            entry["fraction"] = share(points[ident], best)
    return {"kind": "choice", "options": [one for _, one in labels], **shuffle_of(response)}


def _listed(
    block: Block,
    response: Element,
    labels: list[tuple[str, Entry]],
    points: dict[str, Decimal],
    best: Decimal,
) -> list[Entry]:
    """Return the answers of a blank that Canvas lists: each is right that no rule says less of."""
    typed = {one.get("ident") or "": one for one in response.iter("response_label")}
    answers = []
    for ident, entry in labels:
        answer: Entry = {"text": literal(block.typed(typed[ident]))}
        if ident in points and best > 0 and points[ident] != best:
            answer["fraction"] = share(points[ident], best)
        add(answer, entry.get("feedback", ""))
        if answer["text"]:
            answers.append(answer)
    return answers


def _word(
    block: Block, response: Element, points: dict[str, Decimal], words: dict[str, Entry]
) -> Entry:
    gap: Entry = {"kind": "word"}
    for label in response.iter("response_label"):
        ident = label.get("ident") or ""
        if ident not in words and (text := block.typed(label)):
            words[ident] = {"id": f"w{len(words) + 1}", "text": text}
        if points.get(ident, Decimal(0)) > 0 and ident in words:
            gap.setdefault("word", words[ident]["id"])
    if "word" not in gap:
        raise UnsupportedError("It does not say which word is right.")
    return gap


def _weigh(gaps: dict[str, Entry], bests: dict[str, Decimal], conditions: Conditions) -> None:
    """Give gaps their weights where the rules give them different points."""
    if not all(rule.adds for rule in conditions.giving()):
        return
    given = [best for best in bests.values() if best > 0]
    if len(given) < len(gaps) or max(given) - min(given) <= Decimal("0.02"):
        return
    for number, gap in gaps.items():
        weight = bests[number] / min(given)
        whole = weight.to_integral_value()
        near = abs(weight - whole) <= weight / 100
        if (value := decimal_text(whole if near else round(weight, 4))) != "1":
            gap["weight"] = value
