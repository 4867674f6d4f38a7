"""QTI 1.2 items whose answer is chosen, put in order or matched, as bodies of our types."""

from decimal import Decimal
from typing import Any

from quizapp.core.formats.parts.qti12_conditions import (
    FULL,
    Conditions,
    Rule,
    UnsupportedError,
    afford,
    share,
)
from quizapp.core.formats.parts.qti12_feedback import Entry, Feedback, add
from quizapp.core.formats.parts.qti12_item import Block
from quizapp.core.formats.parts.qti12_kinds import is_canvas
from quizapp.core.formats.parts.qti12_settings import LABEL
from quizapp.core.formats.shared.xml import Element

EMPTY = "Options without a text were left out."
NO_TEXT = "A right option has neither a text nor a picture."
NO_MATCH = "Some entries have nothing that they match; they were left out."
ENDS = "Labels at the ends of the list were left out."
RULED = "A rule that gives points for some sets of options was left out."
# What Blackboard's either/or questions call their two options.
_EITHER_OR = {
    "yes_no": ("Yes", "No"),
    "agree_disagree": ("Agree", "Disagree"),
    "right_wrong": ("Right", "Wrong"),
    "true_false": ("True", "False"),
}
Body = dict[str, Any]
Label = tuple[str, Entry]  # the identifier of an option, and the option


def multiple_choice(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return a choice of one; what is shown to a right answer belongs to the right option."""
    response = block.responses[0]
    labels = labels_of(block, response, feedback)
    points = _points_each(conditions, response, labels)
    best = max(points.values(), default=Decimal(0))
    right, wrong = feedback.for_role("correct"), feedback.for_role("incorrect")
    for ident, entry in labels:
        if points[ident] and best > 0:
            entry["fraction"] = share(points[ident], best)
        add(entry, right if points[ident] == best > 0 else wrong)
    return {"options": _with_text(block, labels), **shuffle_of(response)}


def true_false(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return a true/false question; UnsupportedError where no option says which is which."""
    body = multiple_choice(block, conditions, feedback)
    found: Body = {}
    for entry in body["options"]:
        word = entry["text"].lower()
        if word not in ("true", "false"):
            raise UnsupportedError("Its options are not true and false.")
        if entry.get("fraction") == "1":
            found["answer"] = word == "true"
        if entry.get("feedback"):
            found[f"feedback_{word}"] = entry["feedback"]
    if "answer" not in found:
        raise UnsupportedError("Neither true nor false is marked as right.")
    return found


def is_true_false(body: Body) -> bool:
    """Say whether a choice is between true and false, one of them right."""
    words = sorted(entry["text"].lower() for entry in body["options"])
    return words == ["false", "true"] and any(
        entry.get("fraction") == "1" for entry in body["options"]
    )


def multiple_response(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return a choice of several: by one rule for the whole set, or by points for each option."""
    response = block.responses[0]
    labels = labels_of(block, response, feedback)
    whole = [rule for rule in conditions.giving() if _is_whole(rule)]
    body: Body = {}
    if whole:
        best = max(whole, key=lambda rule: rule.points or Decimal(0))
        right = {test.value for test in best.tests if not test.denied}
        for ident, entry in labels:
            if ident in right:
                entry["fraction"] = "1"
        others = [rule for rule in conditions.giving() if rule is not best and not rule.by_option]
        if others:
            _lose(block, RULED)
        if _is_all_or_nothing(block):
            body["scoring"] = "all_or_nothing"
    else:
        body["scoring"] = "sum_floor0"
        _share_out(conditions, response, labels, is_ours=LABEL in block.meta)
    return {"options": _with_text(block, labels), **shuffle_of(response), **body}


def ordering(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return what is to be put in order."""
    response = block.responses[0]
    labels = labels_of(block, response, feedback)
    rules = [rule for rule in conditions.giving() if len(rule.tests) == len(labels)]
    order = [test.value for test in rules[0].tests] if rules else []
    entries = dict(labels)
    if sorted(order) != sorted(entries):
        raise UnsupportedError("It does not say which order is right.")
    if response.find("render_extension/material") is not None:
        _lose(block, ENDS)
    for _, entry in labels:
        entry.pop("feedback", None)
    body: Body = {"items": [entries[ident] for ident in order]}
    if wrong := feedback.for_role("incorrect"):
        body["feedback_wrong"] = wrong
    if block.meta.get("bbmd_partialcredit") == "false":
        body["scoring"] = "all_or_nothing"
    return body


def matching(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    """Return pairs; what several responses offer under the same text is one entry."""
    afford(len(block.responses) * len(conditions.rules))
    rights: dict[str, str] = {}  # text to id
    shared = _right_texts(block)
    matches = {
        (test.response, test.value)
        for rule in conditions.giving()
        for test in rule.tests
        if not test.denied
    }
    lefts = []
    dropped = False
    for response in block.responses:
        found = ""
        for place, label in enumerate(response.iter("response_label")):
            text = shared[place] if place < len(shared) else block.text(label)
            if text:
                rights.setdefault(text, f"r{len(rights) + 1}")
            if (response.get("ident") or "", label.get("ident") or "") in matches:
                found = rights.get(text, "")
        text = _prompt(block, response)
        if text and found:
            left = {"text": text, "right": found}
            lefts.append(add(left, feedback.for_denied(response.get("ident") or "")))
        else:
            dropped = True
    if dropped:
        _lose(block, NO_MATCH)
    listed = [{"id": ident, "text": text} for text, ident in rights.items()]
    if len(listed) == 1 < len(lefts):  # all match the same: one entry each, or nothing is to choose
        listed = [{"id": f"r{n}", "text": listed[0]["text"]} for n in range(1, len(lefts) + 1)]
        lefts = [left | {"right": f"r{n}"} for n, left in enumerate(lefts, 1)]
    body: Body = {"lefts": lefts, "rights": listed}
    if block.meta.get("bbmd_partialcredit") == "false":
        body["scoring"] = "all_or_nothing"
    return body


def labels_of(block: Block, response: Element, feedback: Feedback) -> list[Label]:
    """Return the options of a response by identifier, with their own feedback."""
    name = response.get("ident") or ""
    found: dict[str, Entry] = {}
    for label in response.iter("response_label"):
        ident = label.get("ident") or ""
        text = block.text(label)
        stem, _, answer = text.rpartition(".")
        if stem in _EITHER_OR and answer in ("true", "false"):
            text = _EITHER_OR[stem][answer == "false"]
        if ident not in found:
            found[ident] = add({"text": text}, feedback.for_choice(name, ident))
    return list(found.items())


def shuffle_of(response: Element) -> Body:
    """Return that options keep their order where the file says so."""
    render = response.find("render_choice")
    fixed = render is not None and (render.get("shuffle") or "").strip().lower() == "no"
    return {"shuffle": False} if fixed else {}


def _points_each(
    conditions: Conditions, response: Element, labels: list[Label]
) -> dict[str, Decimal]:
    """Return what choosing each option alone is worth."""
    name = response.get("ident") or ""
    afford(len(labels) * sum(len(rule.tests) + 1 for rule in conditions.rules))
    found = {ident: conditions.score({name: [ident]}) for ident, _ in labels}
    if not any(points > 0 for points in found.values()):
        found = {ident: conditions.score({name: [ident]}, by_option=True) for ident, _ in labels}
    return found


def _share_out(
    conditions: Conditions, response: Element, labels: list[Label], is_ours: bool
) -> None:
    """Give each option what it adds, as a share of all that can be had."""
    points = _points_each(conditions, response, labels)
    whole = sum((value for value in points.values() if value > 0), Decimal(0))
    if is_ours or abs(whole - FULL) < 1:
        whole = FULL
    for ident, entry in labels:
        if points[ident] and whole > 0:
            entry["fraction"] = share(points[ident], whole)


def _is_whole(rule: Rule) -> bool:
    """Say whether a rule is about the whole set of options, not one of them."""
    if rule.by_option or not rule.tests:
        return False
    if rule.has_or:
        raise UnsupportedError("Several sets of options are right.")
    return len(rule.tests) > 1 or not rule.adds


def _is_all_or_nothing(block: Block) -> bool:
    """Say whether only the whole set counts: so it is, but Canvas and Blackboard may say else."""
    if block.meta.get("scoring_algorithm") == "AllOrNothing":
        return True
    return not is_canvas(block) and block.meta.get("bbmd_partialcredit") != "true"


def _with_text(block: Block, labels: list[Label]) -> list[Entry]:
    """Return the options that show something."""
    kept = [entry for _, entry in labels if entry["text"]]
    if len(kept) < len(labels):
        if any(not entry["text"] and entry.get("fraction") for _, entry in labels):
            raise UnsupportedError(NO_TEXT)
        _lose(block, EMPTY)
    return kept


def _lose(block: Block, words: str) -> None:
    block.told.append(words)
    block.lossy.append(words)


def _right_texts(block: Block) -> list[str]:
    """Return what Blackboard lists to choose from beside the responses."""
    if block.presentation is None:
        return []
    blocks = [
        one for one in block.presentation.iter("flow") if one.get("class") == "RIGHT_MATCH_BLOCK"
    ]
    if not blocks:
        return []
    return [block.text(one) for one in blocks[0].iterfind("flow")]


def _prompt(block: Block, response: Element) -> str:
    own = response.findall("material")
    if own:
        return block.text(*own)
    flow = response.getparent()
    beside = [one for one in flow if one is not response] if flow.tag == "flow" else []
    return block.text(*beside) if beside else ""
