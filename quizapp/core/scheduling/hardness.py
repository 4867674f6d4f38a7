"""Whether a fact was missed more often than chance and the learner's own level explain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final

LEAST_MISSES: Final = 4  # fewer are no habit
RARE: Final = 0.05  # of facts that the model understands, so many would be missed as often
LOOSE_DAYS: Final = 7.0  # stability that a fact asked often should have passed
LOOSE_ANSWERS: Final = 6


@dataclass(frozen=True, slots=True)
class Ask:
    """An answer at least a day after the one before: its form, and the chance of a right one.

    question: what can still be changed or reported, None of one that is asked no more.
    """

    form: str
    question: str | None
    missed: bool
    chance: float


@dataclass(frozen=True, slots=True)
class FormFigure:
    """How often one form of a fact was asked and missed."""

    form: str
    asked: int
    missed: int

    @property
    def fails(self) -> bool:
        """Whether it was never passed, and that more than once."""
        return self.asked >= 2 and self.missed == self.asked

    @property
    def passes(self) -> bool:
        """Whether it is passed mostly, and more than once."""
        return self.asked - self.missed >= 2 and 3 * self.missed <= self.asked


@dataclass(frozen=True, slots=True)
class Hardness:
    """Answers and misses, how many misses would be usual, and how rare so many are (0..1)."""

    asked: int
    missed: int
    usual: float
    rarity: float
    forms: tuple[FormFigure, ...]
    worst: str | None  # the question missed most often

    @property
    def is_hard(self) -> bool:
        """Whether chance does not explain the misses."""
        return self.missed >= LEAST_MISSES and self.rarity <= RARE

    def is_loose(self, stability: float) -> bool:
        """Whether it stays weak, however often it is asked."""
        return self.asked >= LOOSE_ANSWERS and self.missed > 1 and stability < LOOSE_DAYS


def hardness(asks: Sequence[Ask]) -> Hardness | None:
    """Return what the answers on one fact come to; None without any."""
    if not asks:
        return None
    missed = sum(ask.missed for ask in asks)
    misses = [1 - ask.chance for ask in asks]
    return Hardness(
        len(asks),
        missed,
        fsum(misses),
        at_least(misses, missed),
        tuple(_by_form(asks)),
        _worst(asks),
    )


def at_least(chances: Iterable[float], count: int) -> float:
    """Return the chance that at least `count` of independent events with these chances happen."""
    if count <= 0:
        return 1.0
    exactly = [1.0] + [0.0] * (count - 1)  # so many so far; more than these are not followed
    for chance in chances:
        for n in range(count - 1, 0, -1):
            exactly[n] = exactly[n] * (1 - chance) + exactly[n - 1] * chance
        exactly[0] *= 1 - chance
    return max(1 - fsum(exactly), 0.0)


def _by_form(asks: Sequence[Ask]) -> list[FormFigure]:
    forms = dict.fromkeys(ask.form for ask in asks)
    figures = [
        FormFigure(
            form,
            sum(ask.form == form for ask in asks),
            sum(ask.form == form and ask.missed for ask in asks),
        )
        for form in forms
    ]
    return sorted(figures, key=lambda one: (-one.missed, one.form))


def _worst(asks: Sequence[Ask]) -> str | None:
    misses: dict[str, int] = {}
    for ask in asks:
        if ask.question is not None:
            misses[ask.question] = misses.get(ask.question, 0) + ask.missed
    return max(misses, key=lambda one: misses[one], default=None)
