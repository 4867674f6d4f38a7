"""Which feedback of a QTI 1.2 item belongs to the question, to an answer, or to right and wrong."""

from collections.abc import Iterable
from typing import Any

from quizapp.core.formats.parts.qti12_conditions import Conditions, Rule
from quizapp.core.formats.parts.qti12_item import Block, role_of

Entry = dict[str, Any]

LOST = "Feedback to a {} answer as a whole was left out: this type has no place for it."
UNUSED = "Feedback that no answer leads to was left out."


class Feedback:
    """The feedback of an item by what it is for, as Markdown; asked for once, it counts as used."""

    def __init__(self, block: Block, conditions: Conditions) -> None:
        self._block = block
        self._roles = _roles(block, conditions)
        self._links = _links(conditions)
        self._denied = _denied(conditions)
        self._used: set[str] = set()

    def for_role(self, role: str) -> str:
        """Return what is shown by a role: general, correct, incorrect, solution."""
        return self._text(ident for ident, known in self._roles.items() if known == role)

    def for_choice(self, response: str, value: str) -> str:
        """Return what is shown to who chooses or types just this."""
        found = self._links.get((response, value), ()) or self._links.get((value, ""), ())
        return self._text(one for one in found if one not in self._roles)

    def for_denied(self, response: str) -> str:
        """Return what is shown to who does not answer a part of the question rightly."""
        return self._text(one for one in self._denied.get(response, ()) if one not in self._roles)

    def for_rule(self, rule: Rule) -> str:
        """Return what is shown where a rule holds."""
        return self._text(one for one in rule.shows if one not in self._roles)

    def hints(self) -> list[str]:
        """Return the hints."""
        block = self._block
        found = []
        for ident, one in block.feedback.items():
            if one.find("hint") is not None:
                self._used.add(ident)
                found += [block.text(hint) for hint in one.iter("hintmaterial")]
        return [hint for hint in found if hint]

    def rest(self) -> None:
        """Tell what was not asked for: there was no place for it."""
        lost = {ident for ident in self._block.feedback if ident not in self._used}
        for ident in sorted(lost):
            if not self._block.feedback_text(ident):
                continue
            role = self._roles.get(ident, "")
            right = {"correct": "right", "incorrect": "wrong"}.get(role)
            words = LOST.format(right) if right else UNUSED
            self._block.told.append(words)
            self._block.lossy.append(words)

    def _text(self, idents: Iterable[str]) -> str:
        texts = []
        for ident in idents:
            self._used.add(ident)
            if text := self._block.feedback_text(ident):
                texts.append(text)
        return "\n\n".join(dict.fromkeys(texts))


def joined(*texts: str) -> str:
    """Return texts as paragraphs, each once."""
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def add(entry: Entry, text: str) -> Entry:
    """Put a feedback into an entry if there is any."""
    if text:
        entry["feedback"] = joined(entry.get("feedback", ""), text)
    return entry


def _roles(block: Block, conditions: Conditions) -> dict[str, str]:
    """Return the role of each feedback that is not one answer's own."""
    found = {ident: role for ident in block.feedback if (role := role_of(ident))}
    for ident, one in block.feedback.items():
        if one.find("solution") is not None:
            found[ident] = "solution"
        elif one.find("hint") is not None:
            found[ident] = "hint"
    scored = False
    for rule in conditions.rules:
        if rule.is_other:
            role = "incorrect" if scored or rule.points is not None else "general"
            for ident in rule.shows:
                found.setdefault(ident, role)
        scored = scored or rule.points is not None
    for rule in conditions.giving():
        exact = all(test.tag == "varequal" for test in rule.tests)
        for ident in rule.shows:
            if len(rule.tests) != 1 and not rule.has_or and exact:
                found.setdefault(ident, "correct")
    return found


def _links(conditions: Conditions) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for rule in conditions.rules:
        if len(rule.tests) == 1 and not rule.tests[0].denied:
            test = rule.tests[0]
            found.setdefault((test.response, test.value), []).extend(rule.shows)
    return found


def _denied(conditions: Conditions) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in conditions.rules:
        if rule.tests and all(test.denied for test in rule.tests):
            found.setdefault(rule.tests[0].response, []).extend(rule.shows)
    return found
