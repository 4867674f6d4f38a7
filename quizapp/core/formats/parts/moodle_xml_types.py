"""What Moodle's question types become: the type and body of a question, entry by entry."""

from collections.abc import Callable, Mapping
from typing import Any

from quizapp.core.formats.parts.moodle_xml_block import Block, own_text
from quizapp.core.formats.parts.moodle_xml_gaps import choices, cloze, gapfill
from quizapp.core.formats.shared.moodle_cloze_question import Unsupported, number_of
from quizapp.core.formats.shared.pairs import paired
from quizapp.core.formats.shared.shares import plain as plain_number
from quizapp.core.quantities import decimal_of

Typed = tuple[str, dict[str, Any]]
Entry = dict[str, Any]

FULL_TWICE = (
    "In Moodle each of its right options alone is worth everything; here they share the points."
)
CONTRADICTS = "Its answers contradict each other: true and false are worth the same."
UNNAMED_TRUTH = "Its answers are not called true and false; the first one was taken for true."
CATCH_ALL = "What Moodle says or gives for any other number has no place here."
UNIT_PENALTY = "A wrong unit costs a part of the points in Moodle; here the unit must be right."
TEMPLATE = "The text that learners begin with in Moodle was left out."
ATTACHMENTS = "Learners hand in files in Moodle; here they write a text."
GRADING = "Moodle gives points for this order in a way that is unknown here."
SELECTION = "Moodle shows only some of its items; here all are shown."
MAX_WORDS = 1_000_000
_GRADING = {
    "ALL_OR_NOTHING": "all_or_nothing",
    "-1": "all_or_nothing",
    "ABSOLUTE_POSITION": "exact_order",
    "0": "exact_order",
    "RELATIVE_NEXT_EXCLUDE_LAST": "adjacent_order",
    "1": "adjacent_order",
}


def _with_feedback(block: Block, entry: Entry, answer: Any) -> Entry:
    for child in answer:
        if child.tag == "feedback":
            if feedback := block.text(child):
                entry["feedback"] = feedback
            break
    return entry


def _options(block: Block) -> list[Entry]:
    options = []
    for answer in block.all("answer"):
        text = block.text(answer)
        entry = {"text": text, "fraction": block.fraction(answer)}
        entry = _with_feedback(block, entry, answer)
        if text or own_text(answer).strip() or "feedback" in entry:
            options.append(entry)
    return options


def _multichoice(block: Block) -> Typed:
    body: Entry = {"options": _options(block)}
    if not block.is_true("shuffleanswers", False):
        body["shuffle"] = False
    if block.is_true("single", True):
        return "multiple_choice", body
    right = [one["fraction"] for one in body["options"] if float(one["fraction"]) > 0]
    if len(right) > 1 and "1" in right:
        block.told.append(FULL_TWICE)
    return "multiple_response", body | {"scoring": "sum_floor0"}


def _multichoiceset(block: Block) -> Typed:
    body: Entry = {"options": _options(block), "scoring": "all_or_nothing"}
    if not block.is_true("shuffleanswers", False):
        body["shuffle"] = False
    return "multiple_response", body


def _truefalse(block: Block) -> Typed:
    worth: dict[str, bool] = {}
    body: Entry = {}
    for place, answer in enumerate(block.all("answer")):
        word = own_text(answer).strip().lower()
        if word not in ("true", "false"):
            block.told.append(UNNAMED_TRUTH)
            word = "false" if place else "true"
        worth[word] = float(block.fraction(answer)) > 0
        if feedback := _with_feedback(block, {}, answer).get("feedback"):
            body[f"feedback_{word}"] = feedback
    if not worth:
        raise Unsupported("It has no answers.")
    if worth.get("true") == worth.get("false"):
        raise Unsupported(CONTRADICTS)
    answer_true = worth["true"] if "true" in worth else not worth["false"]
    return "true_false", {"answer": answer_true} | body


def _shortanswer(block: Block) -> Typed:
    body: Entry = {"case": True} if block.is_true("usecase", False) else {}
    answers = []
    for answer in block.all("answer"):
        if text := block.typed(answer):
            entry = {"text": text, "fraction": block.fraction(answer)}
            answers.append(_with_feedback(block, entry, answer))
    return "short_answer", {"answers": answers} | body


def _numerical(block: Block) -> Typed:
    answers = []
    for answer in block.all("answer"):
        written = own_text(answer).strip()
        entry: Entry = {"value": number_of(written), "fraction": block.fraction(answer)}
        entry = _with_feedback(block, entry, answer)
        if written == "*":
            if "feedback" in entry or entry["fraction"] != "0":
                block.lose("answer *", CATCH_ALL)
            continue
        if entry["value"] is None:
            raise Unsupported(f"The number “{written[:60]}” cannot be read.")
        answers.append(_tolerance(entry, answer))
    return "numeric", {"answers": answers} | _units(block)


def _tolerance(entry: Entry, answer: Any) -> Entry:
    written = "".join(child.text or "" for child in answer if child.tag == "tolerance").strip()
    width = number_of(written or "0")
    if width is None or (decimal_of(width) or 0) < 0:
        raise Unsupported(f"The tolerance “{written[:60]}” cannot be read.")
    return entry | {"tolerance": width} if decimal_of(width) else entry


def _units(block: Block) -> Entry:
    listed = []
    for unit in (unit for units in block.all("units") for unit in units if unit.tag == "unit"):
        parts = {child.tag: (own_text(child)).strip() for child in unit}
        factor = decimal_of(number_of(parts.get("multiplier") or "1"))
        if factor is None or factor <= 0:
            raise Unsupported(f"The unit {parts.get('unit_name', '')[:40]} has no factor above 0.")
        if parts.get("unit_name"):
            listed.append({"unit": parts["unit_name"], "factor": plain_number(factor)})
    if not listed:
        return {}
    if block.value("unitgradingtype", "0") in ("", "0"):
        return {"units": listed}
    if decimal_of(block.value("unitpenalty", "1")) != 1:
        block.lose("unitpenalty", UNIT_PENALTY)
    return {"units": listed, "unit_required": True}


def _matching(block: Block) -> Typed:
    pairs = []
    for subquestion in block.all("subquestion"):
        answers = [child for child in subquestion if child.tag == "answer"]
        right = block.text(answers[0]) if answers else ""
        pairs.append((block.text(subquestion), right))
    pairs = [(left, right) for left, right in pairs if left or right]
    body: Entry = paired(pairs)
    if not block.is_true("shuffleanswers", True):
        body["shuffle"] = False
    return "matching", body


def _ordering(block: Block) -> Typed:
    listed = [(block.text(answer), answer.get("fraction")) for answer in block.all("answer")]
    places = [decimal_of(place) for _, place in listed]
    if None not in places and len(set(places)) == len(places):
        listed = [
            one
            for _, one in sorted(zip(places, listed, strict=True), key=lambda pair: pair[0] or 0)
        ]
    body: Entry = {"items": [{"text": text} for text, _ in listed if text]}
    grading = block.value("gradingtype", "ABSOLUTE_POSITION").upper()
    if grading not in _GRADING:
        block.lose("gradingtype", GRADING)
    body["scoring"] = _GRADING.get(grading, "adjacent_order")
    if block.value("selecttype", "ALL").upper() not in ("ALL", "0", ""):
        block.lose("selecttype", SELECTION)
    return "ordering", body


def _essay(block: Block) -> Typed:
    body: Entry = {}
    if rubric := block.text(block.one("graderinfo")):
        body["rubric"] = rubric
    for name, entry in (("minwordlimit", "min_words"), ("maxwordlimit", "max_words")):
        if number := decimal_of(block.value(name)):
            body[entry] = min(abs(int(number)), MAX_WORDS)
    if block.text(block.one("responsetemplate")):
        block.lose("responsetemplate", TEMPLATE)
    if block.value("attachments", "0") not in ("", "0"):
        block.lose("attachments", ATTACHMENTS)
    return "essay", body


def _description(block: Block) -> Typed:
    return "description", {}


READERS: Mapping[str, Callable[[Block], Typed]] = {
    "multichoice": _multichoice,
    "multichoiceset": _multichoiceset,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
    "essay": _essay,
    "description": _description,
}
# These make the stem as well: its gaps are the question.
GAP_READERS: Mapping[str, Callable[[Block], tuple[str, str, Entry]]] = {
    "cloze": cloze,
    "multianswer": cloze,
    "gapselect": choices,
    "ddwtos": choices,
    "gapfill": gapfill,
}
