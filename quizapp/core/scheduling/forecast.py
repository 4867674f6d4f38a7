"""How many facts will be known on a day, with a band that says how sure that is.

Closed form, without further study: each fact is known with the chance that its memory gives for the
day, all chances shifted by one amount that is the learner's own. How large it is was learnt from
the answers so far (`level_of`); how unsure it stays makes most of the band.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, fsum, log2, sqrt
from typing import Final

from quizapp.core.scheduling.correction import chance_of, log_odds

PRIOR_SPREAD: Final = 0.6  # of learners' shifts, in log odds, before any answer
LEAST_SPREAD: Final = 0.4  # what no number of answers takes away: the model itself is not exact
HORIZON_SPREAD: Final = 0.06  # more for each doubling of the days ahead
WEIGHT: Final = 0.5  # of an answer: the answers of a day are not independent of each other
BAND: Final = 0.8
_ROUNDS: Final = 40
# Gauss-Hermite nodes and weights for a standard normal, 9 points.
_NODES: Final = (
    (-4.512745863399783, 2.2345844007746e-05), (-3.205429002856470, 2.7891413212317e-03),
    (-2.076847978677830, 4.9916406765217e-02), (-1.023255663789133, 2.4409750289494e-01),
    (0.0, 4.0634920634921e-01), (1.023255663789133, 2.4409750289494e-01),
    (2.076847978677830, 4.9916406765217e-02), (3.205429002856470, 2.7891413212317e-03),
    (4.512745863399783, 2.2345844007746e-05),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """By how much a learner is better (above 0) or worse than the model says, in log odds."""

    shift: float = 0.0
    spread: float = PRIOR_SPREAD


@dataclass(frozen=True, slots=True)
class Forecast:
    """Facts known on the day: the mean, and the ends of the band that holds it 8 times in 10."""

    mean: float
    low: float
    high: float
    facts: int


def level_of(predicted: Sequence[float], passed: Sequence[bool]) -> Level:
    """Return the learner's level from predicted recalls and what became of them.

    The posterior mode of one shift under a normal prior, and its spread (Laplace).
    """
    odds = [log_odds(one) for one in predicted]
    shift = 0.0
    curve = 1 / PRIOR_SPREAD**2
    for _ in range(_ROUNDS):
        chances = [chance_of(one + shift) for one in odds]
        slope = (
            WEIGHT * fsum(one - chance for one, chance in zip(passed, chances, strict=True))
            - shift / PRIOR_SPREAD**2
        )
        curve = WEIGHT * fsum(one * (1 - one) for one in chances) + 1 / PRIOR_SPREAD**2
        shift += slope / curve
        if abs(slope / curve) < 1e-9:
            break
    return Level(shift, sqrt(1 / curve))


def forecast(recalls: Sequence[float], level: Level, days_ahead: float) -> Forecast:
    """Return how many facts will be known, of those with these chances on the day.

    A fact never met has the chance 0 here. The band is that of a sum of chances (its normal
    approximation) mixed over the learner's level.
    """
    odds = [log_odds(one) for one in recalls if one > 0]
    if not odds:
        return Forecast(0.0, 0.0, 0.0, len(recalls))
    spread = _spread(level, days_ahead)
    parts = []
    for node, weight in _NODES:
        chances = [chance_of(one + level.shift + spread * node) for one in odds]
        parts.append((weight, fsum(chances), sqrt(fsum(p * (1 - p) for p in chances) + 1 / 12)))
    mean = fsum(weight * middle for weight, middle, _ in parts)
    tail = (1 - BAND) / 2
    most = float(len(odds))
    low, high = (_quantile(parts, share, most) for share in (tail, 1 - tail))
    return Forecast(mean, min(low, mean), max(high, mean), len(recalls))


def _spread(level: Level, days_ahead: float) -> float:
    """Return how unsure the shift is that many days ahead: the farther, the more."""
    doublings = log2(max(days_ahead, 1.0))
    return sqrt(level.spread**2 + LEAST_SPREAD**2 + (HORIZON_SPREAD * doublings) ** 2)


def _quantile(parts: Sequence[tuple[float, float, float]], share: float, most: float) -> float:
    """Return the value below which a mixture of normals lies with this chance, 0 to `most`."""
    low, high = 0.0, most
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        below = fsum(
            weight * (1 + erf((middle - mean) / (spread * sqrt(2)))) / 2
            for weight, mean, spread in parts
        )
        low, high = (middle, high) if below < share else (low, middle)
    return (low + high) / 2
