"""What a class will know on a day: its mean with a band, each learner's, and the weakest facts.

Closed form, without further study, on the same scale as `core.scheduling.forecast`. That mixes one
learner over nine levels; here hundreds are worked out at once, so each chance is the mean over what
the level may be by MacKay's formula (1992), and each band follows from two moments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log1p, pi, sqrt
from typing import Final

from quizapp.core.scheduling.forecast import Level
from quizapp.core.scheduling.odds import log_odds

BAND_Z: Final = 1.2815515655446004  # of a normal distribution: 8 times in 10 within
# What a whole class has in common and no learner's answers show, in log odds: measured on
# simulated classes (benchmarks.class_forecasts), where the class's band then held 8 times in 10.
CLASS_SPREAD: Final = 0.1
_ROUNDING: Final = 1 / 12  # variance of what becomes a whole number

Faded = tuple[
    float, float
]  # recall on the day as the model has it, days since the last answer then


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner: what is remembered of which facts on the day; facts never met are left out."""

    id: int
    memories: Mapping[int, Faded]
    level: Level = Level()  # noqa: RUF009 - it cannot be changed


@dataclass(frozen=True, slots=True)
class Band:
    """Facts known on the day: the mean, and the ends of what holds it 8 times in 10."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FactRisk:
    """A fact on the day: mean recall over the class, where who never met it counts as 0."""

    fact_id: int
    recall: float
    never_met: int


@dataclass(frozen=True, slots=True)
class ClassForecast:
    """The class on the day. learners: in the order given. facts: the weakest first."""

    mean: Band
    learners: tuple[Band, ...]
    facts: tuple[FactRisk, ...]


def forecast(facts: Sequence[int], learners: Sequence[Learner]) -> ClassForecast:
    """Return what the learners will know of these facts; all is 0 of none.

    The mean's band is narrower than a learner's, as theirs err in part apart from each other, and
    never as narrow as if they all did: see CLASS_SPREAD.
    """
    sums = dict.fromkeys(facts, 0.0)
    met = dict.fromkeys(facts, 0)
    bands, variances, slopes = [], [], []
    for one in learners:
        known = {fact: one.memories[fact] for fact in facts if fact in one.memories}
        chances, band, variance = _of_learner(known, one.level)
        for fact, chance in zip(known, chances, strict=True):
            sums[fact] += chance
            met[fact] += 1
        bands.append(band)
        variances.append(variance)
        slopes.append(fsum([chance * (1 - chance) for chance in chances]))
    number = max(len(learners), 1)
    risks = [FactRisk(fact, sums[fact] / number, len(learners) - met[fact]) for fact in facts]
    return ClassForecast(
        _of_class(bands, variances, slopes, float(len(facts))),
        tuple(bands),
        tuple(sorted(risks, key=lambda one: one.recall)),
    )


def _of_learner(known: Mapping[int, Faded], level: Level) -> tuple[list[float], Band, float]:
    """Return the chance of each fact, the band of their sum, and its variance."""
    if not known:
        return [], Band(0.0, 0.0, 0.0), 0.0
    # exp(-odds) once for each fact: a class has hundreds of thousands of them.
    against = [exp(-level.odds(recall, days)) for recall, days in known.values()]
    weights = [one / (1 + one) ** 2 for one in against]
    spread = _spread(known, weights, level)
    narrow = 1 / sqrt(1 + pi * spread**2 / 8)
    chances = [1 / (1 + one**narrow) for one in against]
    mean = fsum(chances)
    single = fsum([chance * (1 - chance) for chance in chances]) + _ROUNDING
    harder, easier = exp(BAND_Z * spread), exp(-BAND_Z * spread)
    worse = mean - fsum([1 / (1 + one * harder) for one in against])
    better = fsum([1 / (1 + one * easier) for one in against]) - mean
    low = max(mean - sqrt(max(worse, 0.0) ** 2 + BAND_Z**2 * single), 0.0)
    high = min(mean + sqrt(max(better, 0.0) ** 2 + BAND_Z**2 * single), float(len(against)))
    return chances, Band(mean, low, high), ((worse + better) / 2 / BAND_Z) ** 2 + single


def _spread(known: Mapping[int, Faded], weights: Sequence[float], level: Level) -> float:
    """Return how unsure the level is where it matters: facts that may go either way count most."""
    whole = fsum(weights)
    if not whole:
        return 0.0
    pairs = list(zip(weights, known.values(), strict=True))
    odds = fsum([weight * log_odds(recall) for weight, (recall, _) in pairs]) / whole
    log_days = fsum([weight * log1p(days) for weight, (_, days) in pairs]) / whole
    return level.spread_at(odds, log_days)


def _of_class(
    bands: Sequence[Band], variances: Sequence[float], slopes: Sequence[float], most: float
) -> Band:
    number = len(bands)
    if not number:
        return Band(0.0, 0.0, 0.0)
    mean = fsum(one.mean for one in bands) / number
    shared = CLASS_SPREAD * fsum(slopes) / number
    half = BAND_Z * sqrt(fsum(variances) / number**2 + shared**2)
    return Band(mean, max(mean - half, 0.0), min(mean + half, most))
