"""QTI interactions that are answered by choosing, pairing or arranging, as questions."""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from quizapp.core.formats.shared.plain import from_markdown
from quizapp.core.formats.shared.qti_declared import Declared
from quizapp.core.formats.shared.qti_feedback import Told, joined
from quizapp.core.formats.shared.qti_names import attribute, below, inside, name_of
from quizapp.core.formats.shared.qti_reading import NotAskable, Reading
from quizapp.core.formats.shared.shares import plain
from quizapp.core.formats.shared.xml import Element

Body = dict[str, Any]
Built = tuple[str, str, Body]  # type, stem, body

NO_KEY = "No right answer is declared, and its scoring has rules of its own."
BOUNDED = "Its points end before all right choices are made; here all of them are needed."
TRUE = frozenset({"true", "t", "correct", "right"})
FALSE = frozenset({"false", "f", "incorrect", "wrong"})
_DIGITS = Decimal("0.0000001")
_DIVIDING = Context(prec=60)


def share(worth: Decimal, whole: Decimal) -> str:
    """Return a part of the points as a decimal between -1 and 1, exact where it can be."""
    part = worth if whole == 1 else _DIVIDING.divide(worth, whole)
    part = max(Decimal(-1), min(Decimal(1), part))
    if abs(part) != 1 and Fraction(part) * Fraction(whole) != Fraction(worth):
        part = part.quantize(_DIGITS, context=_DIVIDING)
    return plain(part)


def one_of(reading: Reading, declared: Declared, ids: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the share of each choice of which one is taken, and the points of the best one."""
    if reading.is_mapped(declared):
        entries = declared.worth()
        worth = {name: _bounded(declared, entries, name) for name in ids}
        best = max(worth.values(), default=Decimal(0))
        best = Decimal(1) if reading.is_own else best
        if best > 0:
            return {name: share(value, best) for name, value in worth.items()}, plain(best)
    return {name: "1" for name in ids if name in declared.correct}, "1"


def _bounded(declared: Declared, entries: Mapping[str, Any], name: str) -> Decimal:
    worth = entries[name].worth if name in entries else declared.default
    if declared.lower is not None:
        worth = max(worth, declared.lower)
    return min(worth, declared.upper) if declared.upper is not None else worth


def several_of(
    reading: Reading, declared: Declared, ids: Sequence[str]
) -> tuple[dict[str, str], str]:
    """Return the share of each choice of which several are taken, and the scoring."""
    entries = declared.worth()
    worth = {name: entries[name].worth if name in entries else declared.default for name in ids}
    right = [value for value in worth.values() if value > 0]
    if reading.is_own and entries and not reading.is_mapped(declared):
        return {name: plain(entries[name].worth) for name in entries}, "all_or_nothing"
    if not reading.is_mapped(declared) or not right:
        return {name: "1" for name in ids if name in declared.correct}, "all_or_nothing"
    others = [value for value in worth.values() if value <= 0]
    if (
        declared.lower is None
        and others
        and set(right) == {-value for value in others} == {right[0]}
    ):
        return {name: "1" for name, value in worth.items() if value > 0}, "right_minus_wrong"
    whole = sum(right, Decimal(0))
    if abs(whole - 1) <= Decimal("0.00001"):
        whole = Decimal(1)
    elif declared.upper is not None and declared.upper < whole:
        reading.lose(BOUNDED)
    return {name: share(value, whole) for name, value in worth.items()}, "sum_floor0"


def require_key(reading: Reading, declared: Declared) -> None:
    """Raise NotAskable where only rules that are not run here know what is right."""
    if not declared.correct and not declared.entries and not reading.rules.usual:
        raise NotAskable(NO_KEY)


def options(choices: Sequence[tuple[str, str]], shares: Mapping[str, str]) -> list[dict[str, str]]:
    """Return choices as options, without what is a default."""
    found = []
    for identifier, text in choices:
        option = {"text": text}
        if shares.get(identifier, "0") != "0":
            option["fraction"] = shares[identifier]
        found.append(option)
    return found


def add_feedback(
    told: Told, response: str, ids: Sequence[str], entries: Sequence[dict[str, str]]
) -> None:
    """Give each option of which one is chosen the feedback that it leads to."""
    right, wrong = told.take("right", response), told.take("wrong", response)
    for identifier, entry in zip(ids, entries, strict=True):
        own = told.take("choice", response, identifier)
        general = right if entry.get("fraction") == "1" else wrong
        if text := joined([own, general]):
            entry["feedback"] = text


def choice(reading: Reading) -> Built:
    """Read a choiceInteraction."""
    element = reading.interactions[0]
    declared = reading.declared(element)
    require_key(reading, declared)
    stem = reading.stem()
    choices = reading.choices(element, "simpleChoice")
    ids = [identifier for identifier, _ in choices]
    if not is_single(reading, element):
        return _multiple(reading, element, stem, choices)
    shares, _ = one_of(reading, declared, ids)
    listed = options(choices, shares)
    told = reading.feedback()
    add_feedback(told, declared.identifier, ids, listed)
    reading.note_scoring()
    if (answer := _truth(ids, listed, reading.is_own)) is not None:
        return "true_false", stem, _true_false(answer, listed) | reading.common(told)
    body: Body = {"options": listed}
    if not reading.is_shuffled(element, below(element, "simpleChoice")):
        body["shuffle"] = False
    return "multiple_choice", stem, body | reading.common(told)


def is_single(reading: Reading, element: Element) -> bool:
    """Whether one choice alone can be made."""
    single = reading.declared(element).cardinality == "single"
    return single or attribute(element, "maxChoices").strip() == "1"


def _multiple(
    reading: Reading, element: Element, stem: str, choices: Sequence[tuple[str, str]]
) -> Built:
    declared = reading.declared(element)
    ids = [identifier for identifier, _ in choices]
    shares, scoring = several_of(reading, declared, ids)
    listed = options(choices, shares)
    told = reading.feedback()
    for identifier, entry in zip(ids, listed, strict=True):
        if text := told.take("choice", declared.identifier, identifier):
            entry["feedback"] = text
    reading.note_scoring()
    body: Body = {"options": listed}
    if (scoring := reading.scoring(element, scoring)) != "right_minus_wrong":
        body["scoring"] = scoring
    if not reading.is_shuffled(element, below(element, "simpleChoice", "hottext")):
        body["shuffle"] = False
    return "multiple_response", stem, body | reading.common(told)


def _truth(
    ids: Sequence[str], listed: Sequence[Mapping[str, str]], is_own: bool
) -> list[bool] | None:
    """Return which option means true, where the two are just that; the right one last."""
    if len(ids) != 2 or sorted(one.get("fraction", "0") for one in listed) != ["0", "1"]:
        return None
    if is_own and sorted(ids) != ["false", "true"]:
        return None
    labels = [one["text"].strip(" .*").lower() for one in listed]
    named = all(one.lower() in ("true", "false", "t", "f") for one in ids)
    known = (TRUE, FALSE) if named else ({"true"}, {"false"})
    truths = [True if one in known[0] else False if one in known[1] else None for one in labels]
    if truths[0] is None or truths[1] is None or truths[0] == truths[1]:
        return None
    return [one for one in truths if one is not None]


def _true_false(truths: Sequence[bool], listed: Sequence[Mapping[str, str]]) -> Body:
    body: Body = {}
    for truth, option in zip(truths, listed, strict=True):
        if option.get("fraction") == "1":
            body["answer"] = truth
        if "feedback" in option:
            body[f"feedback_{'true' if truth else 'false'}"] = option["feedback"]
    return body


def hottext(reading: Reading) -> Built:
    """Read a hottextInteraction: its words become the options of a gap after the text."""
    element = reading.interactions[0]
    declared = reading.declared(element)
    require_key(reading, declared)
    single = is_single(reading, element)
    stem = reading.stem({element: "1"} if single else None)
    choices = []
    for one in inside(element, "hottext"):
        identifier = attribute(one, "identifier").strip()
        reading.own(identifier, declared.identifier)
        choices.append((identifier, reading.markdown(reading.walk.inner(one))))
    if not single:
        return _multiple(reading, element, stem, choices)
    ids = [identifier for identifier, _ in choices]
    shares, _ = one_of(reading, declared, ids)
    listed = options(choices, shares)
    told = reading.feedback()
    add_feedback(told, declared.identifier, ids, listed)
    reading.note_scoring()
    gap = {"kind": "choice", "options": listed, "shuffle": False}
    return "cloze", stem, {"gaps": {"1": gap}} | reading.common(told)


def order(reading: Reading) -> Built:
    """Read an orderInteraction; without a declared order that of the file counts for nothing."""
    element = reading.interactions[0]
    declared = reading.declared(element)
    stem = reading.stem()
    choices = dict(reading.choices(element, "simpleChoice"))
    if sorted(declared.correct) != sorted(choices):
        raise NotAskable("The right order of all its items is not declared.")
    told = reading.feedback()
    reading.note_scoring()
    guess = "all_or_nothing" if reading.rules.usual else "adjacent_order"
    body: Body = {
        "items": [{"text": choices[identifier]} for identifier in declared.correct],
        "scoring": reading.scoring(element, guess),
    }
    if text := told.take("wrong", declared.identifier) or told.take("part", "WRONG"):
        body["feedback_wrong"] = text
    return "ordering", stem, body | reading.common(told)


def plain_words(reading: Reading, text: str) -> str:
    """Return Markdown as the bare words that a pool can hold."""
    words, same = from_markdown(text)
    if not same:
        reading.told.append("A word of its pool had a layout, which was left out.")
    return " ".join(words.split())


def is_text(element: Element) -> bool:
    """Whether a choice is nothing but text."""
    return not any(name_of(one) in ("img", "object", "svg", "math") for one in element.iter())
