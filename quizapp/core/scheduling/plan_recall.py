"""What a planned answer does to a memory: the formulas of FSRS-6 in their shortest form.

Planning asks the same few questions some 100,000 times; `fsrs.review` stays what counts.
"""

from math import exp
from typing import Final

from quizapp.core.scheduling.fsrs import Weights

NEW_ANSWERS: Final = 3.0  # that a fact never met takes on its first day, learning steps included
NEW_PASS: Final = 0.5  # a fact never met is as likely known as not
FRESH: Final = 0.97  # recall with which a fact can go into an exam
_LEAST_STABILITY: Final = 0.001  # days, as in the package
_FARTHEST_SHIFT: Final = 6.0

Strength = tuple[float, float]  # stability in days, difficulty


class Recall:
    """A learner's forgetting: weights, and by how much they are better than these say (log odds).

    The shift changes how likely an answer is right, not how a memory grows: that is what the log
    of reviews will be folded with, too. fresh_share: of a stability, the days until the learner's
    recall falls to FRESH.
    """

    def __init__(self, weights: Weights, shift: float = 0.0) -> None:
        w = self.weights = weights
        self.decay = -w[20]
        self.factor = 0.9 ** (1 / self.decay) - 1
        self.odds = exp(max(-_FARTHEST_SHIFT, min(_FARTHEST_SHIFT, shift)))
        self._growth = exp(w[8])
        self._same_day = exp(w[17] * w[18])
        self._reverted = w[7] * (w[4] - exp(3 * w[5]) + 1)
        fresh = FRESH / (FRESH + (1 - FRESH) * self.odds)  # the model's recall where theirs is that
        self.fresh_share = (fresh ** (1 / self.decay) - 1) / self.factor
        self.new = self._met(3), self._met(1)  # after the first day: known at once, and not

    def chance(self, stability: float, days: float) -> float:
        """Return the chance of recall so many days after the last answer."""
        recall: float = (1 + self.factor * days / stability) ** self.decay
        if self.odds == 1.0:
            return recall
        return recall * self.odds / (1 - recall + recall * self.odds)

    def answered(
        self, stability: float, difficulty: float, days: float
    ) -> tuple[float, float, float, float, float]:
        """Return what an answer leads to: its chance to be right, then the two memories.

        These are stability and difficulty after a right answer; and after a wrong one with a right
        one some minutes later.
        """
        w = self.weights
        recall = (1 + self.factor * days / stability) ** self.decay
        lost, kept = 1 - recall, 1 - w[7]
        right = stability * (
            1 + self._growth * (11 - difficulty) * stability ** -w[9] * (exp(lost * w[10]) - 1)
        )
        wrong = (
            w[11]
            * difficulty ** -w[12]
            * ((stability + 1) ** w[13] - 1)
            * exp(lost * w[14])
        )  # fmt: skip
        wrong = min(wrong, stability / self._same_day)
        wrong = max(wrong, _LEAST_STABILITY)
        again = self._same_day * wrong ** -w[19]
        if again > 1:
            wrong *= again
        easier = self._reverted + kept * difficulty
        harder = self._reverted + kept * (difficulty + (10 - difficulty) * 2 * w[6] / 9)
        harder = self._reverted + kept * _bounded(harder)
        chance = recall * self.odds / (lost + recall * self.odds) if self.odds != 1.0 else recall
        return chance, right, _bounded(easier), wrong, _bounded(harder)

    def mixed(self, stability: float, difficulty: float, days: float) -> Strength:
        """Return the two memories after an answer as one: a geometric mean weighted by chance."""
        chance, right, easier, wrong, harder = self.answered(stability, difficulty, days)
        return (
            right * (wrong / right) ** (1 - chance),
            easier * chance + harder * (1 - chance),
        )

    def then(self, stability: float, difficulty: float, days: float, ahead: float) -> float:
        """Return the chance of recall `ahead` days after an answer that is given in `days`."""
        chance, right, _, wrong, _ = self.answered(stability, difficulty, days)
        return chance * self.chance(right, ahead) + (1 - chance) * self.chance(wrong, ahead)

    def _met(self, rating: int) -> Strength:
        w = self.weights
        stability = max(w[rating - 1], _LEAST_STABILITY)
        difficulty = _bounded(w[4] - exp(w[5] * (rating - 1)) + 1)
        for _ in range(1 if rating == 3 else 2):  # right answers until it has left the steps
            stability *= max(self._same_day * stability ** -w[19], 1.0)
            difficulty = _bounded(self._reverted + (1 - w[7]) * difficulty)
        return stability, difficulty


def _bounded(difficulty: float) -> float:
    return 1.0 if difficulty < 1 else 10.0 if difficulty > 10 else difficulty
