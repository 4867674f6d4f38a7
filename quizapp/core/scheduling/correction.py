"""A correction of predicted recall by what FSRS does not look at: times taken, runs, long gaps.

A logistic regression on top of the model's own log odds, drawn to "no correction" (ridge), so that
a small log changes little. It is fitted on a learner's own past answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p
from typing import Final

import numpy as np

from quizapp.core.scheduling.odds import log_odds
from quizapp.core.scheduling.review_log import History

PULL: Final = 20.0  # strength of the ridge; .1 of it for the constant
ROUNDS: Final = 30  # of Newton's method; it ends long before
SPREAD: Final = 0.05  # added to the spread of each feature: nearly constant ones say little
FARTHEST: Final = 4.0  # standard deviations that count
_SHORTEST_MS: Final = 300  # nobody reads in less
_MOST_LOG_MS: Final = 2.5
_RECENT: Final = 3

Row = list[float]


@dataclass(frozen=True, slots=True)
class Correction:
    """Weights of the features, and how each is put on one scale."""

    weights: tuple[float, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    median_ms: float

    def shifts(self, rows: Sequence[Row]) -> list[float]:
        """Return what is added to the log odds of recall, for each row of features."""
        if not rows:
            return []
        found: list[float] = (
            _scaled(rows, self.means, self.spreads) @ np.array(self.weights)
        ).tolist()
        return found


def median_ms(histories: Sequence[History]) -> float:
    """Return the median time that answers took, 0 where none is known."""
    known = sorted(ms for one in histories for ms in one.took_ms if ms)
    return float(known[len(known) // 2]) if known else 0.0


def features(
    history: History,
    memories: Sequence[tuple[float, float]],
    recalls: Sequence[float],
    usual_ms: float,
) -> list[Row]:
    """Return the features of each answer but the first, of what was known before it.

    memories: (stability, difficulty) after each answer; recalls: predicted for each answer, that of
    the first is not looked at.
    """
    found = []
    fails = run = long_ones = longest = repeats = 0
    last_gap = 0
    for place, delta in enumerate(history.deltas):
        if place:
            stability, difficulty = memories[place - 1]
            recent = sorted(ms for ms in history.took_ms[max(place - _RECENT, 0) : place] if ms)
            middle = recent[len(recent) // 2] if recent else 0
            found.append([
                1.0,
                log_odds(recalls[place]),
                log1p(delta), log1p(place), log1p(fails), log1p(run), log1p(last_gap),
                log1p(long_ones), log1p(longest),
                _slowness(middle, usual_ms), _slowness(history.took_ms[place - 1], usual_ms),
                log1p(delta) - log1p(last_gap),
                float(history.ratings[place - 1] == 1), float(history.ratings[0] == 1),
                log(stability + SPREAD), difficulty / 5, log1p(repeats),
            ])  # fmt: skip
        passed = history.ratings[place] > 1
        fails, run = fails + (not passed), run + 1 if passed else 0
        if place:
            last_gap, longest = delta, max(longest, delta)
            long_ones += delta >= 1
            repeats = repeats + 1 if delta == 0 else 0
    return found


def _slowness(ms: float, usual_ms: float) -> float:
    if not ms or not usual_ms:
        return 0.0
    found = log(max(ms, _SHORTEST_MS) / max(usual_ms, _SHORTEST_MS))
    return max(-_MOST_LOG_MS, min(_MOST_LOG_MS, found))


def fit(
    rows: Sequence[Row], odds: Sequence[float], passed: Sequence[bool], usual_ms: float
) -> Correction:
    """Return the correction of the model's log odds that these answers ask for."""
    raw = np.array(rows)
    means, spreads = raw.mean(0), raw.std(0) + SPREAD
    means[0], spreads[0] = 0.0, 1.0
    x = _scaled(rows, means, spreads)
    offset, y = np.array(odds), np.array(passed, dtype=float)
    pull = np.full(x.shape[1], PULL)
    pull[0] *= 0.1
    weights = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(offset + x @ weights, -30, 30)))
        curve = (x.T * (p * (1 - p))) @ x + np.diag(pull)
        step = np.linalg.solve(curve, x.T @ (p - y) + pull * weights)
        weights -= step
        if abs(step).max() < 1e-8:
            break
    return Correction(
        tuple(weights.tolist()), tuple(means.tolist()), tuple(spreads.tolist()), usual_ms
    )


def _scaled(rows: Sequence[Row], means: object, spreads: object) -> np.ndarray:
    scaled: np.ndarray = (np.array(rows) - np.array(means)) / np.array(spreads)
    return np.clip(scaled, -FARTHEST, FARTHEST)
