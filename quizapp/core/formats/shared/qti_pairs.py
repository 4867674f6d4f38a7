"""QTI interactions that are answered by pairing, as matching questions."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from quizapp.core.formats.shared.qti_choices import Body, Built
from quizapp.core.formats.shared.qti_declared import Declared
from quizapp.core.formats.shared.qti_names import attribute, below, inside
from quizapp.core.formats.shared.qti_reading import NotAskable, Reading
from quizapp.core.formats.shared.xml import Element

ONE_LIST = "It asked for pairs out of one list; here one side of each pair is given."


UNEVEN = "Its pairs are worth different points; here each counts the same."


NOT_ONE_TO_ONE = "Its pairs are not one to one, so that it cannot be asked as matching."


def match(reading: Reading) -> Built:
    """Read a matchInteraction, either side of which may be the one that is given."""
    element = reading.interactions[0]
    stem = reading.stem()
    sets = below(element, "simpleMatchSet")
    if len(sets) != 2:
        raise NotAskable(NOT_ONE_TO_ONE)
    response = attribute(element, "responseIdentifier")
    sides = []
    for one in sets:
        sides.append(dict(reading.choices(one, "simpleAssociableChoice")))
        for identifier in sides[-1]:
            reading.own(identifier, response)
    pairs = _pairs(reading.declared(element))
    return _matching(reading, element, stem, *_oriented(pairs, sides[0], sides[1]))


def associate(reading: Reading) -> Built:
    """Read an associateInteraction in which each choice belongs to one pair at most."""
    element = reading.interactions[0]
    stem = reading.stem()
    choices = dict(reading.choices(element, "simpleAssociableChoice"))
    pairs = _pairs(reading.declared(element))
    used = [name for pair in pairs for name in pair]
    if len(used) != len(set(used)):
        raise NotAskable(NOT_ONE_TO_ONE)
    lefts = {left: choices[left] for left, _ in pairs if left in choices}
    rights = {name: text for name, text in choices.items() if name not in lefts}
    reading.lose(ONE_LIST)
    return _matching(reading, element, stem, *_oriented(pairs, lefts, rights))


def _pairs(declared: Declared) -> list[tuple[str, str]]:
    """Return the right pairs, from the mapping where no right answer is declared."""
    listed = declared.correct or [one.key for one in declared.entries or () if one.worth > 0]
    split = [one.split() for one in listed]
    if not split or any(len(one) != 2 for one in split):
        raise NotAskable("Its right pairs are not declared.")
    return [(one[0], one[1]) for one in split]


def _oriented(
    pairs: Sequence[tuple[str, str]], first: Mapping[str, str], second: Mapping[str, str]
) -> tuple[Mapping[str, str], Mapping[str, str], dict[str, str]]:
    """Return what is given, what is to choose from, and which belongs to which."""
    turned = [(b, a) for a, b in pairs]
    for lefts, rights, listed in ((first, second, pairs), (second, first, turned)):
        found = dict(listed)
        whole = len(listed) == len(found) and set(found) == set(lefts)
        if whole and all(right in rights for right in found.values()):
            return lefts, rights, found
    raise NotAskable(NOT_ONE_TO_ONE)


def _matching(
    reading: Reading,
    element: Element,
    stem: str,
    lefts: Mapping[str, str],
    rights: Mapping[str, str],
    found: Mapping[str, str],
) -> Built:
    declared = reading.declared(element)
    told = reading.feedback()
    reading.note_scoring()
    mapped = reading.is_mapped(declared)
    if mapped and len({one.worth for one in declared.entries or () if one.worth > 0}) > 1:
        reading.lose(UNEVEN)
    ids = dict(zip(rights, blind_ids("r", list(rights.values())), strict=True))
    listed = []
    for place, (identifier, text) in enumerate(lefts.items(), 1):
        entry = {"text": text, "right": ids[found[identifier]]}
        if feedback := told.take("part", f"LEFT_{place}"):
            entry["feedback"] = feedback
        listed.append(entry)
    exact = not mapped and reading.rules.usual
    body: Body = {
        "lefts": listed,
        "rights": [{"id": ids[name], "text": text} for name, text in rights.items()],
        "scoring": reading.scoring(element, "all_or_nothing" if exact else "per_pair"),
    }
    every = list(inside(element, "simpleAssociableChoice"))
    if not reading.is_shuffled(element, every):
        body["shuffle"] = False
    return "matching", stem, body | reading.common(told)


def blind_ids(letter: str, texts: Sequence[str]) -> list[str]:
    """Return an id for each text that says nothing of its place."""
    found: list[str] = []
    for text in texts:
        own = f"{letter}{sha256(text.encode()).hexdigest()[:8]}"
        number = 1
        while own in found:
            number += 1
            own = f"{own.partition('-')[0]}-{number}"
        found.append(own)
    return found
