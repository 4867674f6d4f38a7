"""QTI items with one place to write, or with nothing to answer."""

from collections.abc import Mapping
from typing import Any

from quizapp.core.formats.shared.plain import to_markdown
from quizapp.core.formats.shared.qti_choices import Body, Built, require_key
from quizapp.core.formats.shared.qti_declared import Declared
from quizapp.core.formats.shared.qti_feedback import joined
from quizapp.core.formats.shared.qti_gaps import cloze
from quizapp.core.formats.shared.qti_numbers import NUMBERS, number_answers
from quizapp.core.formats.shared.qti_reading import Reading, without_gap
from quizapp.core.formats.shared.qti_typed import answer_feedback, typed
from quizapp.core.formats.shared.xml import Element


def text_entry(reading: Reading) -> Built:
    """Read a lone textEntryInteraction: short answer or number if it stands by itself."""
    element = reading.interactions[0]
    declared = reading.declared(element)
    stem, alone = without_gap(reading.stem({element: "1"}))
    is_gap = reading.notes(element).get("kind") == "gap"
    if declared.base_type in NUMBERS and not is_gap:
        return _number(reading, element, declared, stem)
    require_key(reading, declared)
    if not alone or is_gap:
        return cloze(reading)
    entry = typed(reading, element, declared)
    told = reading.feedback()
    answer_feedback(reading, told, declared, entry["answers"], "ANSWER_")
    reading.note_scoring()
    return "short_answer", stem, _without_kind(entry) | reading.common(told)


def _without_kind(entry: Mapping[str, Any]) -> Body:
    return {name: value for name, value in entry.items() if name not in ("kind", "weight")}


def _number(reading: Reading, element: Element, declared: Declared, stem: str) -> Built:
    answers, understood = number_answers(reading, declared)
    if not answers:
        require_key(reading, declared)
    told = reading.feedback()
    for answer in answers:
        if text := told.take("part", answer.pop("place", "")):
            answer["feedback"] = text
    if not reading.is_own:
        answer_feedback(reading, told, declared, answers, "")
    if not understood:
        reading.note_scoring()
    body: Body = {"answers": answers}
    notes = reading.notes(element)
    if "units" in notes:
        pairs = (one.rpartition(":") for one in notes["units"].split("\n"))
        body["units"] = [{"unit": unit, "factor": factor} for unit, _, factor in pairs if unit]
    if notes.get("unit_required") == "true":
        body["unit_required"] = True
    return "numeric", stem, body | reading.common(told)


def essay(reading: Reading) -> Built:
    """Read an extendedTextInteraction; what is for scorers is its rubric."""
    element = reading.interactions[0]
    stem = reading.stem()
    declared = reading.declared(element)
    body: Body = {}
    notes = reading.notes(element)
    for name in ("min_words", "max_words"):
        if notes.get(name, "").isdecimal():
            body[name] = int(notes[name])
    if reading.walk.rubrics:
        body["rubric"] = joined([reading.markdown(one) for one in reading.walk.rubrics])
    if reading.walk.samples:
        body["sample"] = joined([reading.markdown(one) for one in reading.walk.samples])
    elif declared.correct:
        body["sample"] = joined([to_markdown(text) for text in declared.correct])
    told = reading.feedback()
    return "essay", stem, body | reading.common(told)


def description(reading: Reading) -> Built:
    """Read an item that asks nothing."""
    stem = reading.stem()
    return "description", stem, reading.common(reading.feedback())
