"""One QTI item while it is read: its declarations, its texts as Markdown, what is told of it."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from quizapp.core.formats.shared import html
from quizapp.core.formats.shared.qti_declared import Declared, declarations
from quizapp.core.formats.shared.qti_feedback import UNSURE, Meanings, Told
from quizapp.core.formats.shared.qti_names import (
    attribute,
    below,
    first,
    is_interaction,
    is_true,
    name_of,
)
from quizapp.core.formats.shared.qti_text import RUBRIC_LOST, Walk
from quizapp.core.formats.shared.xml import Element

TOOL = "quizapp"
OWN_SCORING = "Its scoring has rules of its own; what it declares as right was taken."
SOME_FIXED = "Some of its choices have a fixed place; all are shown in the order of the file."


_ONE_BLOCK = re.compile(r"<(?:div|p)>([^<]*)</(?:div|p)>")
# A text that several items belong to, and what finds the pictures in it.
Shared = tuple[Element, html.FindMedia]


class NotAskable(ValueError):
    """Why an item cannot be asked here, in plain words."""


class Reading:
    """An item on its way to a question.

    told: plain words on what is not as it was. lossy: those of them where meaning was lost.
    """

    def __init__(
        self, root: Element, find: html.FindMedia, shared: Sequence["Shared"] = ()
    ) -> None:
        self.root = root
        self._shared = shared
        self.is_own = attribute(root, "toolName") == TOOL
        declared = declarations(root)
        self.responses, self.rules = declared.responses, declared.rules
        self.body = first(root, "itemBody")
        self.interactions: list[Element] = (
            [one for one in self.body.iter() if is_interaction(name_of(one))]
            if self.body is not None
            else []
        )
        self.walk = Walk({})
        self.told: list[str] = []
        self.lossy: list[str] = []
        self._find = find
        self._owners: dict[str, str] = {}

    def lose(self, words: str) -> None:
        """Tell that something with a meaning was left out."""
        self.told.append(words)
        self.lossy.append(words)

    def markdown(self, source: str, find: html.FindMedia | None = None) -> str:
        """Return HTML as Markdown; what that changes is told."""
        source = source.strip()
        if (bare := _ONE_BLOCK.fullmatch(source)) is not None:
            source = bare[1]
        converted = html.to_markdown(source, find or self._find)
        self.told += converted.told
        return converted.text

    def stem(self, gaps: Mapping[Element, str] | None = None) -> str:
        """Return the text of the item, its gaps as `[[1]]`."""
        self.walk = Walk(gaps or {})
        parts = [self.markdown(self.walk.inner(text), find) for text, find in self._shared]
        if self.body is not None:
            parts.append(html.with_gaps(self.markdown(self.walk.inner(self.body))))
        return "\n\n".join(part for part in parts if part)

    def choices(self, parent: Element, *names: str) -> list[tuple[str, str]]:
        """Return (identifier, Markdown) of the choices in an interaction, and whose they are."""
        response = attribute(parent, "responseIdentifier")
        found = []
        for one in below(parent, *names):
            identifier = attribute(one, "identifier").strip()
            self._owners[identifier] = response
            found.append((identifier, self.markdown(self.walk.choice(one))))
        return found

    def own(self, identifier: str, response: str) -> None:
        """Note that a choice belongs to a response."""
        self._owners[identifier] = response

    def declared(self, interaction: Element) -> Declared:
        """Return the declaration of an interaction's response, an empty one where there is none."""
        name = attribute(interaction, "responseIdentifier").strip()
        return self.responses.get(name) or Declared(name, "single", "", ())

    def is_mapped(self, declared: Declared) -> bool:
        """Whether a response is scored by its mapping."""
        return bool(declared.entries) and declared.identifier in self.rules.mapped

    def scoring(self, interaction: Element, guess: str) -> str:
        """Return the scoring that a file of our own names, else what the reader makes of it."""
        return self.notes(interaction).get("scoring", guess) if self.is_own else guess

    def notes(self, element: Element) -> dict[str, str]:
        """Return what a file of our own says in a label that QTI has no other place for."""
        if not self.is_own:
            return {}
        pairs = (piece.partition("=") for piece in attribute(element, "label").split(";"))
        return {name.strip(): unquote(value.strip()) for name, _, value in pairs if name.strip()}

    def is_shuffled(self, interaction: Element, choices: Sequence[Element]) -> bool:
        """Whether the choices may be mixed."""
        shuffled = is_true(interaction, "shuffle")
        fixed = [is_true(one, "fixed") for one in choices]
        if shuffled and any(fixed):
            if not all(fixed):
                self.told.append(SOME_FIXED)
            return False
        return shuffled

    def feedback(self) -> Told:
        """Return all feedback of the item; the texts have to be walked before."""
        for one in below(self.root, "modalFeedback"):
            self.walk.outer(one)
        meanings = Meanings(self.rules, self._owners, self.is_own)
        found = Told()
        for feedback in self.walk.feedback:
            found.add(meanings.of(feedback), self.markdown(feedback.html))
        return found

    def common(self, told: Told) -> dict[str, object]:
        """Return the entries that every body may have, from the feedback that nobody took."""
        hints = told.hints()
        feedback, is_sure = told.rest()
        if not is_sure:
            self.lose(UNSURE)
        found: dict[str, object] = {"feedback": feedback} if feedback else {}
        return found | ({"hints": hints} if hints else {})

    def note_scoring(self) -> None:
        """Tell where the rules of scoring say more than the declarations."""
        if not self.rules.usual and not self.is_own:
            self.lose(OWN_SCORING)

    def note_rubrics(self) -> None:
        """Tell where notes that are not for learners are left out."""
        if self.walk.rubrics:
            self.lose(RUBRIC_LOST)


def without_gap(stem: str) -> tuple[str, bool]:
    """Return a stem of one gap without it, and whether the gap stood alone at its end."""
    stem = stem.strip()
    if stem == "[[1]]":
        return "", True
    if stem.endswith("\n\n[[1]]"):
        return stem[:-7].rstrip(), True
    return stem.replace("[[1]]", "\\_\\_\\_\\_\\_"), False
