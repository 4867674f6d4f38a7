"""What may be wrong with a question by its figures: a reason each, which the page words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quizapp.core.statistics.distractors import BLANK, Choice, ChoiceTable
from quizapp.core.statistics.figures import Figure
from quizapp.core.statistics.items_model import ItemFigures

LEAST = 5  # attempts; of fewer nothing is said
LEAST_UNUSED = 20  # answers before an option that nobody chose says something
STRONG_SHARE = 0.3  # of the strongest third
WEAK_CORRELATION, NEARLY_ALL, NEARLY_NONE = 20.0, 95.0, 5.0  # after Moodle's guidance
MANY_BLANK, GIVEN_AWAY = 0.25, 75.0

Code = Literal[
    "key-wrong",
    "two-right",
    "against-rest",
    "below-chance",
    "nearly-none",
    "never-chosen",
    "length-cue",
    "weak",
    "nearly-all",
    "many-blank",
]
SERIOUS: frozenset[str] = frozenset(
    {"key-wrong", "two-right", "against-rest", "below-chance", "nearly-none"}
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reason why a question may need an edit, and the labels of the answers that it is about.

    may_be_chance: with so few attempts the interval still allows that all is well.
    """

    code: Code
    labels: tuple[str, ...] = ()
    may_be_chance: bool = False

    @property
    def is_serious(self) -> bool:
        """Whether the question should be looked at; the others are hints."""
        return self.code in SERIOUS


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a question.

    keys: labels that earn all points. options: labels that were offered, wrong ones too; empty
    where answers are typed or have parts. partly: labels that earn some points. is_wordy: its
    right option is by far the longest.
    """

    figures: ItemFigures
    table: ChoiceTable
    keys: frozenset[str] = frozenset()
    options: Sequence[str] = ()
    partly: frozenset[str] = frozenset()
    is_wordy: bool = False
    has_parts: bool = False


def proposals(case: Case) -> tuple[Proposal, ...]:
    """Return what the figures suggest, the serious first; nothing of under LEAST attempts."""
    if case.figures.asked < LEAST:
        return ()
    found = [*_of_key(case), *_of_figures(case)]
    if not any(each.is_serious for each in found):
        found += _against(case)
    return tuple(sorted([*found, *_of_options(case)], key=lambda each: not each.is_serious))


def _of_key(case: Case) -> list[Proposal]:
    """Look for a wrong answer that those prefer who do well elsewhere."""
    if case.has_parts or not case.keys:
        return []
    size = case.table.sizes[2]
    key_strong = sum(choice.thirds[2] for choice in case.table.choices if choice.label in case.keys)
    for choice in sorted(case.table.choices, key=lambda each: -each.thirds[2]):
        if choice.label in case.keys | case.partly | {BLANK} or not _draws_strong(choice, size):
            continue
        chance = (choice.correlation.low or 0.0) <= 0
        beats = choice.thirds[2] > key_strong and len(case.keys) == 1
        return [Proposal("key-wrong" if beats else "two-right", (choice.label,), chance)]
    return []


def _draws_strong(choice: Choice, size: int) -> bool:
    share = choice.thirds[2] >= max(STRONG_SHARE * size, 2)
    return share and (choice.correlation.value or 0.0) > 0


def _of_figures(case: Case) -> list[Proposal]:
    facility, guess = case.figures.facility, case.figures.guess.value
    if facility.value is None or facility.high is None:
        return []
    if facility.value <= NEARLY_NONE:
        return [Proposal("nearly-none", may_be_chance=facility.high > 2 * NEARLY_NONE)]
    if guess and facility.value < guess:
        return [Proposal("below-chance", may_be_chance=facility.high >= guess)]
    if facility.value >= NEARLY_ALL:
        return [Proposal("nearly-all")]
    return []


def _against(case: Case) -> list[Proposal]:
    figure: Figure = case.figures.discrimination
    if figure.value is None or (case.figures.facility.value or 0.0) >= NEARLY_ALL:
        return []
    if figure.value < 0:
        return [Proposal("against-rest", may_be_chance=(figure.high or 0.0) >= 0)]
    if figure.value < WEAK_CORRELATION:
        return [Proposal("weak", may_be_chance=(figure.high or 100.0) >= WEAK_CORRELATION)]
    return []


def _of_options(case: Case) -> list[Proposal]:
    figures, found = case.figures, []
    unused = [
        choice.label
        for choice in case.table.choices
        if choice.label in case.options and choice.label not in case.keys and not choice.count
    ]
    if unused and figures.asked - figures.blank >= LEAST_UNUSED:
        found.append(Proposal("never-chosen", tuple(unused)))
    if case.is_wordy and (figures.facility.value or 0.0) >= GIVEN_AWAY:
        found.append(Proposal("length-cue"))
    if figures.blank >= MANY_BLANK * figures.asked:
        found.append(Proposal("many-blank"))
    return found
