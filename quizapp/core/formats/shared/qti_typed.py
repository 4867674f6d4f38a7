"""Texts typed into a QTI interaction: what is accepted, and what feedback it leads to."""

from decimal import Decimal
from typing import Any

from quizapp.core.formats.shared.qti_choices import share
from quizapp.core.formats.shared.qti_declared import Declared
from quizapp.core.formats.shared.qti_feedback import Told, joined
from quizapp.core.formats.shared.qti_names import attribute, below, inside, is_true
from quizapp.core.formats.shared.qti_numbers import NUMBERS
from quizapp.core.formats.shared.qti_reading import Reading
from quizapp.core.formats.shared.shares import plain
from quizapp.core.formats.shared.xml import Element

Gap = dict[str, Any]


def typed(reading: Reading, element: Element, declared: Declared) -> Gap:
    """Return what a text entry accepts, as a gap; its weight is the points of the best answer."""
    notes = reading.notes(element)
    patterns = set(notes.get("wildcards", "").split(","))
    answers, best, case = _answers(reading, declared)
    for place, answer in enumerate(answers, 1):
        if str(place) not in patterns:
            answer["text"] = answer["text"].replace("*", "\\*")
    entry: Gap = {"kind": "typed", "answers": answers, "weight": best}
    if case and declared.base_type not in NUMBERS:
        entry["case"] = True
    if notes.get("typos") in ("1", "2"):
        entry["typos"] = int(notes["typos"])
    if notes.get("diacritics") == "false":
        entry["diacritics"] = False
    if "fillers" in notes:
        entry["fillers"] = notes["fillers"]
    return entry


def _answers(reading: Reading, declared: Declared) -> tuple[list[dict[str, Any]], str, bool]:
    """Return the accepted texts, the points of the best, and whether case matters."""
    entries = [one for one in declared.entries or () if one.key]
    best = max((one.worth for one in entries), default=Decimal(0))
    best = Decimal(1) if reading.is_own else best
    if not reading.is_mapped(declared) or best <= 0:
        case = not _ignores_case(reading, declared)
        return [{"text": text} for text in dict.fromkeys(declared.correct)], "1", case
    found = [
        {"text": one.key} | ({} if (part := share(one.worth, best)) == "1" else {"fraction": part})
        for one in entries
    ]
    keys = {" ".join(one.key.split()).casefold() for one in entries}
    missed = [text for text in declared.correct if text.casefold() not in keys]
    if not reading.is_own:  # there the right answer may be an example of a wildcard
        found = [{"text": text} for text in missed] + found
    return found, plain(best), any(one.case for one in entries)


def _ignores_case(reading: Reading, declared: Declared) -> bool:
    root = reading.rules.root
    if root is None:
        return False
    for one in inside(root, "stringMatch"):
        names = [attribute(part, "identifier") for part in below(one, "variable")]
        if declared.identifier in names:
            return not is_true(one, "caseSensitive", True)
    return False


def answer_feedback(
    reading: Reading,
    told: Told,
    declared: Declared,
    answers: list[dict[str, Any]],
    prefix: str,
) -> None:
    """Give each answer the feedback that it leads to."""
    right = told.take("right", declared.identifier)
    wrong = told.take("wrong", declared.identifier)
    for place, answer in enumerate(answers, 1):
        own = told.take("part", f"{prefix}{place}") if prefix and reading.is_own else ""
        text = str(answer.get("text", answer.get("value", "")))
        named = told.take("choice", declared.identifier, text)
        is_full = answer.get("fraction", "1") == "1"
        if feedback := joined([own, named, right if is_full else ""]):
            answer["feedback"] = feedback
    if wrong and answers and "text" in answers[0]:
        answers.append({"text": "*", "fraction": "0", "feedback": wrong})
    elif wrong:
        told.add(("unknown",), wrong)
