"""When the feedback of a QTI item is shown, as far as its rules can be told without running them.

A meaning is a tuple: ("always",), ("right", response), ("wrong", response), ("choice", response,
value), ("unknown",), and in files of our own also ("hint",), ("part", name).
"""

import re
from collections.abc import Mapping

from quizapp.core.formats.shared.qti_declared import Rules
from quizapp.core.formats.shared.qti_names import attribute, below, inside, name_of
from quizapp.core.formats.shared.qti_text import Feedback
from quizapp.core.formats.shared.xml import Element, text_of

Meaning = tuple[str, ...]

UNSURE = "Some feedback follows rules of its own; it stands in the general feedback."
ALWAYS: Meaning = ("always",)
UNKNOWN: Meaning = ("unknown",)
_HINT = re.compile(r"HINT_\d+")


class Told:
    """The feedback of an item in Markdown, taken out piece by piece by what it belongs to."""

    def __init__(self) -> None:
        self._left: list[tuple[Meaning, str]] = []
        self._by: dict[Meaning, list[str]] = {}

    def add(self, meaning: Meaning, text: str) -> None:
        """Keep a text that is shown in a case."""
        if text.strip():
            self._by.setdefault(meaning, []).append(text)

    def take(self, *meaning: str) -> str:
        """Return the text of a case, which then is used up; "" for none."""
        return joined(self._by.pop(meaning, []))

    def hints(self) -> list[str]:
        """Return the hints of a file of our own."""
        return self._by.pop(("hint",), [])

    def rest(self) -> tuple[str, bool]:
        """Return what nobody took, and whether all of it is always shown."""
        always = self._by.pop(ALWAYS, [])
        others = [text for texts in self._by.values() for text in texts]
        self._by.clear()
        return joined([*always, *others]), not others


def joined(texts: list[str]) -> str:
    """Return texts as paragraphs of one, each once."""
    return "\n\n".join(dict.fromkeys(text for text in texts if text.strip()))


class Meanings:
    """What the rules of an item say on its feedback."""

    def __init__(self, rules: Rules, owners: Mapping[str, str], is_own: bool) -> None:
        """`owners`: the response that each choice belongs to."""
        self._owners = owners
        self._is_own = is_own
        self._known: dict[tuple[str, str], Meaning] = {}
        if rules.root is not None and not is_own:
            for one in inside(rules.root, "setOutcomeValue"):
                self._learn(one)

    def of(self, feedback: Feedback) -> Meaning:
        """Return when a feedback is shown."""
        name = feedback.identifier
        if self._is_own:
            return self._own(name)
        known = self._known.get((feedback.outcome, name))
        if known is not None:
            return known if feedback.shown else _opposite(known)
        if feedback.shown and name in self._owners:
            return "choice", self._owners[name], name
        if feedback.shown and feedback.choice in self._owners:
            return "choice", self._owners[feedback.choice], feedback.choice
        return UNKNOWN

    def _own(self, name: str) -> Meaning:
        if name == "ALWAYS":
            return ALWAYS
        if _HINT.fullmatch(name):
            return ("hint",)
        owner = self._owners.get(name)
        return ("choice", owner, name) if owner is not None else ("part", name)

    def _learn(self, setting: Element) -> None:
        outcome = attribute(setting, "identifier")
        meaning = _case(setting)
        for value in inside(setting, "baseValue"):
            key = outcome, text_of(value).strip()
            old = self._known.get(key)
            self._known[key] = meaning if old in (None, meaning) else UNKNOWN


def _case(setting: Element) -> Meaning:
    branch = setting.getparent()
    name = name_of(branch)
    if name in ("responseIf", "responseElseIf"):
        conditions = below(branch)
        return _condition(conditions[0]) if conditions else UNKNOWN
    if name == "responseElse":
        parent = branch.getparent()
        branches = below(parent) if parent is not None else []
        conditions = [below(one)[0] for one in branches[:-1] if below(one)]
        telling = [one for one in conditions if name_of(one) != "isNull"]
        return _opposite(_condition(telling[0])) if len(telling) == 1 else UNKNOWN
    return ALWAYS if name == "responseProcessing" else UNKNOWN


def _condition(element: Element) -> Meaning:
    """Return what a condition says of one response."""
    name = name_of(element)
    parts = {name_of(part): part for part in below(element)}
    if name in ("match", "stringMatch", "member", "equal") and "variable" in parts:
        response = attribute(parts["variable"], "identifier")
        if "correct" in parts and attribute(parts["correct"], "identifier") == response:
            return "right", response
        if "baseValue" in parts:
            return "choice", response, " ".join(text_of(parts["baseValue"]).split())
    if name == "not" and len(parts) == 1:
        if "isNull" in parts:
            return ALWAYS
        return _opposite(_condition(next(iter(parts.values()))))
    return UNKNOWN


def _opposite(meaning: Meaning) -> Meaning:
    if meaning[0] in ("right", "wrong"):
        return ("wrong" if meaning[0] == "right" else "right"), meaning[1]
    return UNKNOWN
