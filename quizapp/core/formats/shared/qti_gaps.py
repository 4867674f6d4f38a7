"""QTI interactions in a line of text, and words to be dragged into it, as cloze and the like."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quizapp.core.formats.shared.qti_choices import (
    Body,
    Built,
    add_feedback,
    is_single,
    is_text,
    one_of,
    options,
    plain_words,
    require_key,
)
from quizapp.core.formats.shared.qti_declared import Declared
from quizapp.core.formats.shared.qti_feedback import Told
from quizapp.core.formats.shared.qti_names import (
    INLINE,
    attribute,
    below,
    inside,
    name_of,
)
from quizapp.core.formats.shared.qti_numbers import NUMBERS
from quizapp.core.formats.shared.qti_reading import NotAskable, Reading
from quizapp.core.formats.shared.qti_typed import answer_feedback, typed
from quizapp.core.formats.shared.shares import plain
from quizapp.core.formats.shared.xml import Element

AS_TEXT = "Numbers in its gaps are compared as text."
OTHER_WORDS = "Some of its gaps take other words for a part of the points; that was left out."
SEVERAL = "It asks several things in ways that one question cannot hold."
_OWN_RESPONSE = re.compile(r"RESPONSE_(\d{1,4})", re.ASCII)
_OWN_GAP = re.compile(r"GAP_(\d{1,4})", re.ASCII)

Gap = dict[str, Any]


def cloze(reading: Reading) -> Built:
    """Read any number of gaps."""
    gaps = _numbered(reading)
    stem = reading.stem(gaps)
    words: list[dict[str, str]] = []
    entries: dict[str, Gap] = {}
    for element in reading.interactions:
        entries |= _entries(reading, element, gaps, words)
    told = reading.feedback()
    for number, entry in entries.items():
        _gap_feedback(reading, told, number, entry, len(entries) == 1)
    reading.note_scoring()
    if len({entry["weight"] for entry in entries.values()}) == 1:
        for entry in entries.values():
            del entry["weight"]
    for entry in entries.values():
        entry.pop("response", None)
        if entry.get("weight") == "1":
            del entry["weight"]
    body: Body = {"gaps": {number: entries[number] for number in sorted(entries, key=int)}}
    if words:
        body["words"] = words
    if (scoring := _scoring(reading)) != "per_gap":
        body["scoring"] = scoring
    return "cloze", stem, body | reading.common(told)


def is_gap(reading: Reading, element: Element) -> bool:
    """Whether an interaction can be a gap among others."""
    name = name_of(element)
    if name == "choiceInteraction":
        return is_single(reading, element)
    return name in INLINE or name == "gapMatchInteraction"


def _scoring(reading: Reading) -> str:
    element = reading.interactions[0]
    alone = len(reading.interactions) == 1 and name_of(element) == "gapMatchInteraction"
    mapped = reading.is_mapped(reading.declared(element))
    exact = alone and not mapped and reading.rules.usual
    return reading.scoring(element, "all_or_nothing" if exact else "per_gap")


def _numbered(reading: Reading) -> dict[Element, str]:
    """Return the number of each gap: as a file of our own names it, else by its place."""
    found: dict[Element, str] = {}
    for element in reading.interactions:
        if name_of(element) == "gapMatchInteraction":
            places = list(inside(element, "gap"))
            names = [(one, _OWN_GAP.fullmatch(attribute(one, "identifier"))) for one in places]
        else:
            response = attribute(element, "responseIdentifier")
            names = [(element, _OWN_RESPONSE.fullmatch(response))]
        for one, own in names:
            number = own[1] if own and reading.is_own else str(len(found) + 1)
            found[one] = number
    if len(set(found.values())) != len(found) or len(found) > 9999:
        raise NotAskable(SEVERAL)
    return found


def _entries(
    reading: Reading,
    element: Element,
    gaps: Mapping[Element, str],
    words: list[dict[str, str]],
) -> dict[str, Gap]:
    declared = reading.declared(element)
    require_key(reading, declared)
    name = name_of(element)
    if name == "gapMatchInteraction":
        return _dragged(reading, element, gaps, words)
    if name == "textEntryInteraction":
        entry = typed(reading, element, declared)
        if declared.base_type in NUMBERS:
            reading.told.append(AS_TEXT)
    elif reading.notes(element).get("kind") == "word":
        entry = _pooled(reading, element, declared, words)
    else:
        entry = _chosen(reading, element, declared)
    entry["response"] = declared.identifier
    entry["weight"] = reading.notes(element).get("weight", entry["weight"])
    return {gaps[element]: entry}


def _chosen(reading: Reading, element: Element, declared: Declared) -> Gap:
    choices = reading.choices(element, "inlineChoice", "simpleChoice")
    shares, best = one_of(reading, declared, [identifier for identifier, _ in choices])
    entry: Gap = {"kind": "choice", "options": options(choices, shares), "weight": best}
    entry["ids"] = [identifier for identifier, _ in choices]
    if not reading.is_shuffled(element, below(element, "inlineChoice", "simpleChoice")):
        entry["shuffle"] = False
    return entry


def _pooled(
    reading: Reading, element: Element, declared: Declared, words: list[dict[str, str]]
) -> Gap:
    """Read a gap of a file of our own that had to be written with the whole pool."""
    choices = reading.choices(element, "inlineChoice")
    if not words:
        words += _pool([plain_words(reading, text) for _, text in choices])
    ids = [identifier for identifier, _ in choices]
    place = ids.index(declared.correct[0]) if set(declared.correct[:1]) & set(ids) else -1
    if not 0 <= place < len(words):
        raise NotAskable("Not each of its gaps has one right word.")
    return {"kind": "word", "word": words[place]["id"], "weight": "1"}


def _pool(texts: list[str]) -> list[dict[str, str]]:
    return [{"id": f"w{place}", "text": text} for place, text in enumerate(texts, 1)]


def _dragged(
    reading: Reading,
    element: Element,
    gaps: Mapping[Element, str],
    words: list[dict[str, str]],
) -> dict[str, Gap]:
    pool = below(element, "gapText", "gapImg")
    if any(not is_text(one) or name_of(one) == "gapImg" for one in pool):
        raise NotAskable("The words to be put into its gaps are pictures.")
    if words:
        raise NotAskable("It has two pools of words.")
    choices = reading.choices(element, "gapText")
    words += _pool([plain_words(reading, text) for _, text in choices])
    ids = {name: one["id"] for (name, _), one in zip(choices, words, strict=True)}
    declared = reading.declared(element)
    worth = declared.worth() if reading.is_mapped(declared) else {}
    right = _right_words(declared, ids)
    if len([one for one in worth.values() if one.worth > 0]) > len(right):
        reading.lose(OTHER_WORDS)
    found = {}
    for gap in inside(element, "gap"):
        name = attribute(gap, "identifier").strip()
        if name not in right:
            raise NotAskable("Not each of its gaps has one right word.")
        word, pair = right[name]
        value = worth[pair].worth if pair in worth else Decimal(1)
        entry: Gap = {"kind": "word", "word": ids[word]}
        entry["weight"] = plain(value) if value > 0 else "1"
        entry["weight"] = reading.notes(gap).get("weight", entry["weight"])
        found[gaps[gap]] = entry
    return found


def _right_words(declared: Declared, ids: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the right word of each gap, and the pair that says so."""
    found: dict[str, tuple[str, str]] = {}
    listed = declared.correct or [one.key for one in declared.entries or () if one.worth > 0]
    for pair in listed:
        names = pair.split()
        if len(names) != 2:
            continue
        word, gap = names if names[0] in ids else (names[1], names[0])
        if word not in ids or found.setdefault(gap, (word, pair)) != (word, pair):
            raise NotAskable("Not each of its gaps has one right word.")
    if len(set(listed)) != len(listed):
        raise NotAskable("Some of its gaps take several words.")
    return found


def _gap_feedback(reading: Reading, told: Told, number: str, entry: Gap, alone: bool) -> None:
    response = entry.get("response", "")
    ids = entry.pop("ids", [])
    if reading.is_own:
        if text := told.take("part", f"GAP_{number}"):
            entry["feedback"] = text
        if entry["kind"] == "typed":
            for place, answer in enumerate(entry["answers"], 1):
                if text := told.take("part", f"ANSWER_{number}_{place}"):
                    answer["feedback"] = text
    elif text := told.take("wrong", response):
        entry["feedback"] = text
    if entry["kind"] == "choice":
        add_feedback(told, response, ids, entry["options"])
    elif entry["kind"] == "typed" and not reading.is_own:
        answer_feedback(reading, told, Declared(response, "", "", ()), entry["answers"], "")
