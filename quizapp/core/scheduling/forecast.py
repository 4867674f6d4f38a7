"""How many facts will be known on a day, or points be had, with a band that says how sure that is.

Closed form, without further study: each fact is known with the chance that its memory gives for the
day, put right by how the learner differs from the model. That was learnt from the answers so far
(`level_of`); how unsure it stays makes most of the band.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import erf, fsum, log1p, sqrt
from typing import Final

from quizapp.core.scheduling.level import Level
from quizapp.core.scheduling.odds import chance_of, log_odds

BAND: Final = 0.8
_ROUNDS: Final = 40
_FEW: Final = 200  # facts that are counted one by one
_NEARLY: Final = 0.05  # log odds: summed up as one they change a chance by 0.0001 at the most
# Gauss-Hermite nodes and weights for a standard normal, 9 points.
_NODES: Final = (
    (-4.512745863399783, 2.2345844007746e-05), (-3.205429002856470, 2.7891413212317e-03),
    (-2.076847978677830, 4.9916406765217e-02), (-1.023255663789133, 2.4409750289494e-01),
    (0.0, 4.0634920634921e-01), (1.023255663789133, 2.4409750289494e-01),
    (2.076847978677830, 4.9916406765217e-02), (3.205429002856470, 2.7891413212317e-03),
    (4.512745863399783, 2.2345844007746e-05),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forecast:
    """Facts or points on the day: the mean, and the ends of the band that holds it 8 times in 10.

    facts: of how many facts, or questions.
    """

    mean: float
    low: float
    high: float
    facts: int


@dataclass(frozen=True, slots=True)
class Part:
    """What of a question one fact is worth. recall: as the model has it; 0 is a fact never met.

    days: since its last answer, on the day. share: of the question's points. guess: the chance to
    be right without knowing.
    """

    recall: float
    days: float = 0.0
    share: float = 1.0
    guess: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the facts that it asks; their shares make 1 or less."""

    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a quiz: `draws` of these questions are asked, each for `worth` points."""

    questions: Sequence[Asked]
    worth: float = 1.0
    draws: int = 1


def forecast(
    recalls: Sequence[float], level: Level, days_ahead: float, days: Sequence[float] | None = None
) -> Forecast:
    """Return how many facts will be known, of those with these chances on the day.

    recalls: as the model has them, without the level. A fact never met has the chance 0 here.
    days: since each fact's last answer, on the day; where it is not given all were answered today.
    The band is that of a sum of chances (its normal approximation) mixed over the learner's level.
    """
    passed = [days_ahead] * len(recalls) if days is None else days
    facts = [(one, ago) for one, ago in zip(recalls, passed, strict=True) if one > 0]
    odds = _grouped([level.odds(*one) for one in facts])

    def sums(shift: float) -> tuple[float, float]:
        chances = [(number, chance_of(one + shift)) for one, number in odds]
        return fsum(n * p for n, p in chances), fsum(n * p * (1 - p) for n, p in chances)

    return _banded(sums, _spread(level, facts), float(len(facts)), 1 / 12, len(recalls))


def _grouped(odds: Sequence[float]) -> list[tuple[float, int]]:
    """Return log odds with how many there are; of many those that are nearly equal as one."""
    if len(odds) <= _FEW:
        return [(one, 1) for one in odds]
    groups: dict[int, list[float]] = {}
    for one in odds:
        groups.setdefault(round(one / _NEARLY), []).append(one)
    return [(fsum(some) / len(some), len(some)) for some in groups.values()]


def points(places: Sequence[Place], level: Level) -> Forecast:
    """Return how many points a quiz will bring, of questions that are judged by their parts.

    Right with p = R + (1 - R) g: who knows is right, and who does not may guess. Of a pool the mean
    over what may be drawn; which of them are drawn makes the band wider.
    """
    known = [
        (part.recall, part.days)
        for place in places
        for one in place.questions
        for part in one.parts
        if part.recall > 0
    ]

    def sums(shift: float) -> tuple[float, float]:
        found = [_of_place(place, level, shift) for place in places]
        return fsum(mean for mean, _ in found), fsum(variance for _, variance in found)

    most = fsum(place.worth * min(place.draws, len(place.questions)) for place in places)
    asked = sum(min(place.draws, len(place.questions)) for place in places)
    return _banded(sums, _spread(level, known), most, 0.0, asked)


def _of_place(place: Place, level: Level, shift: float) -> tuple[float, float]:
    """Return mean and variance of the points of a place (drawing without putting back)."""
    if not place.questions:
        return 0.0, 0.0
    number = len(place.questions)
    drawn = min(place.draws, number)
    means, variances = [], []
    for one in place.questions:
        chances = [_right(part, level, shift) for part in one.parts]
        pairs = list(zip(one.parts, chances, strict=True))
        means.append(fsum(part.share * p for part, p in pairs))
        variances.append(fsum(part.share**2 * p * (1 - p) for part, p in pairs))
    mean = fsum(means) / number
    between = fsum((one - mean) ** 2 for one in means) / number
    variance = fsum(variances) / number + (1 - drawn / number) * between
    return place.worth * drawn * mean, place.worth**2 * drawn * variance


def _right(part: Part, level: Level, shift: float) -> float:
    knows = chance_of(level.odds(part.recall, part.days) + shift) if part.recall > 0 else 0.0
    return knows + (1 - knows) * part.guess


def _spread(level: Level, facts: Sequence[tuple[float, float]]) -> float:
    """Return how unsure the level is for these facts; those that may go either way count most."""
    rows = []
    for recall, days in facts:
        chance = chance_of(level.odds(recall, days))
        rows.append((chance * (1 - chance), log_odds(recall), log1p(max(days, 0.0))))
    whole = fsum(weight for weight, _, _ in rows)
    if not whole:
        return 0.0
    odds = fsum(weight * one for weight, one, _ in rows) / whole
    log_days = fsum(weight * one for weight, _, one in rows) / whole
    return level.spread_at(odds, log_days)


def _banded(
    sums: Callable[[float], tuple[float, float]],
    spread: float,
    most: float,
    rounding: float,
    facts: int,
) -> Forecast:
    """Return mean and band of what has these mean and variance, given the shift of the level.

    rounding: the variance that is added where what is forecast is a whole number.
    """
    if not most:
        return Forecast(0.0, 0.0, 0.0, facts)
    parts = []
    for node, weight in _NODES:
        middle, variance = sums(spread * node)
        parts.append((weight, middle, sqrt(variance + rounding) or 1e-9))
    mean = min(fsum(weight * middle for weight, middle, _ in parts), most)
    low, high = (_quantile(parts, share, most) for share in ((1 - BAND) / 2, (1 + BAND) / 2))
    return Forecast(mean, min(low, mean), max(high, mean), facts)


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
