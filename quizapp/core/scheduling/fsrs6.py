"""The formulas of FSRS-6, equal bit for bit to those of the package `fsrs`, without its objects.

A replay of a million answers spends its time here, so each number that depends on the weights alone
is worked out once for all answers. The order of every operation is the package's: where it differs,
the last bit does, and a stored memory would no longer be what its log makes. The tests compare the
two over random histories.
"""

from functools import lru_cache
from math import e

from fsrs import Scheduler

Weights = tuple[float, ...]  # the 21 numbers of FSRS-6

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4  # ratings
LEAST_STABILITY = 0.001
LEAST_DIFFICULTY, MOST_DIFFICULTY = 1.0, 10.0


class Model:
    """What one set of weights makes of answers; ratings are 1 again .. 4 easy."""

    __slots__ = (
        "_bonus", "_damping", "_first_difficulty", "_first_stability", "_forget", "_gain",
        "_growth", "_kept", "_reverted", "_same_day", "_short", "_w", "decay", "factor",
    )  # fmt: skip

    def __init__(self, weights: Weights) -> None:
        Scheduler(parameters=weights, enable_fuzzing=False)  # refuses what is out of bounds
        w = self._w = weights
        self.decay = -w[20]
        self.factor = 0.9 ** (1 / self.decay) - 1
        self._first_stability = (0.0, *(max(one, LEAST_STABILITY) for one in w[:4]))
        easiest = [w[4] - (e ** (w[5] * (rating - 1))) + 1 for rating in (1, 2, 3, 4)]
        self._first_difficulty = (0.0, *map(_clamped, easiest))
        self._reverted, self._kept = w[7] * easiest[3], 1 - w[7]
        self._damping = (0.0, *(-(w[6] * (rating - 3)) for rating in (1, 2, 3, 4)))
        self._short = (0.0, *(e ** (w[17] * (rating - 3 + w[18])) for rating in (1, 2, 3, 4)))
        self._growth = e ** w[8]
        self._bonus = (0.0, 1, w[15], 1, w[16])
        self._same_day = e ** (w[17] * w[18])
        self._gain, self._forget = w[10], w[14]

    def first(self, rating: int) -> tuple[float, float]:
        """Return stability and difficulty after a first answer."""
        return self._first_stability[rating], self._first_difficulty[rating]

    def recall(self, stability: float, elapsed_days: float) -> float:
        """Return R(t) = (1 + F t / S) ^ -w20."""
        return float((1 + self.factor * elapsed_days / stability) ** self.decay)

    def after(
        self, stability: float, difficulty: float, rating: int, delta_days: int
    ) -> tuple[float, float]:
        """Return stability and difficulty after a later answer, `delta_days` after the last one."""
        moved = difficulty + (10.0 - difficulty) * self._damping[rating] / 9.0
        harder = _clamped(self._reverted + self._kept * moved)
        if delta_days < 1:
            found = self._within_the_day(stability, rating)
        elif rating == AGAIN:
            found = self._forgotten(stability, difficulty, self.recall(stability, delta_days))
        else:
            recall = self.recall(stability, delta_days)
            found = stability * (
                1
                + self._growth
                * (11 - difficulty)
                * (stability ** -self._w[9])
                * ((e ** ((1 - recall) * self._gain)) - 1)
                * self._bonus[rating]
            )
        return (found if found > LEAST_STABILITY else LEAST_STABILITY), harder

    def _within_the_day(self, stability: float, rating: int) -> float:
        increase: float = self._short[rating] * (stability ** -self._w[19])
        return stability * (increase if rating == AGAIN else max(increase, 1.0))

    def _forgotten(self, stability: float, difficulty: float, recall: float) -> float:
        w = self._w
        long_term: float = (
            w[11]
            * (difficulty ** -w[12])
            * (((stability + 1) ** w[13]) - 1)
            * (e ** ((1 - recall) * self._forget))
        )
        return min(long_term, stability / self._same_day)


@lru_cache(maxsize=4096)
def model(weights: Weights) -> Model:
    """Return the model of these weights; ValueError where they are out of the published bounds."""
    return Model(weights)


def _clamped(difficulty: float) -> float:
    if difficulty < LEAST_DIFFICULTY:
        return LEAST_DIFFICULTY
    return MOST_DIFFICULTY if difficulty > MOST_DIFFICULTY else difficulty
