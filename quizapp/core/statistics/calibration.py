"""Foretold against what came: answers in bins by the chance that was foretold, and log loss."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log
from typing import Final

from quizapp.core.statistics.recall import Share

BINS_FROM: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # most answers are foretold to be right
_LEAST: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose chance was in [low, high); `told` is the mean chance, `right` what came."""

    low: float
    high: float
    told: float
    right: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """All bins, the empty ones too; losses in nats, that of a constant knows the share right."""

    bins: tuple[Bin, ...]
    told: float  # mean chance
    right: Share
    loss: float
    constant_loss: float


def bin_of(chance: float) -> int:
    """Return the number of the bin of a chance."""
    return bisect_right(BINS_FROM, chance) - 1


def calibration(chances: Sequence[float], came: Sequence[bool]) -> Calibration:
    """Return how chances to be right and what came agree; all zeros of no answers."""
    pairs = list(zip(chances, came, strict=True))
    bins = []
    for number, low in enumerate(BINS_FROM):
        mine = [(chance, right) for chance, right in pairs if bin_of(chance) == number]
        high = (*BINS_FROM, 1.0)[number + 1]
        bins.append(Bin(low, high, _mean([chance for chance, _ in mine]), _share(mine)))
    right = _share(pairs)
    return Calibration(
        tuple(bins),
        _mean(chances),
        right,
        _mean([_loss(chance, one) for chance, one in pairs]),
        _mean([_loss(right.value or 0.0, one) for one in came]),
    )


def _share(pairs: Sequence[tuple[float, bool]]) -> Share:
    return Share(sum(right for _, right in pairs), len(pairs))


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values) if values else 0.0


def _loss(chance: float, right: bool) -> float:
    return -log(min(max(chance if right else 1 - chance, _LEAST), 1 - _LEAST))
