"""Whether a forecast's band of 80 percent holds for 80 of 100 learners whose memory is not FSRS.

python -m benchmarks forecast
QUIZAPP_LEARNERS=400 python -m benchmarks forecast
"""

import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, median
from typing import Any

from benchmarks import simulated_learners
from quizapp.core.scheduling import fitting, review_log
from quizapp.core.scheduling.forecast import BAND, Forecast, forecast
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights, retrievability
from quizapp.core.scheduling.level import Level, level_of

LEARNERS = 150
FIRST_SEED = 10_000  # the numbers of `level` were chosen on the seeds 0 to 399
HORIZONS = (7, 21, 60)  # days
SHORT_DAYS = 30  # of a learner who has only begun
HELD = (0.75, 0.85)
MOST_ERROR = 3.0  # of 100 facts
FACTS, RUNS = 2000, 20
SIGMAS = 1.96
MODEL_ALONE = Level(taught=inf)


@dataclass(frozen=True, slots=True)
class Trial:
    """A forecast for one learner and day, the facts that were known then, and the true chance."""

    found: Forecast
    known: int
    chance: float  # 0..1, the mean over the facts

    @property
    def held(self) -> bool:
        """Whether the band holds what came of it; its ends are rounded as on the page."""
        return self.found.low - 0.5 <= self.known <= self.found.high + 0.5

    @property
    def error(self) -> float:
        """By how many of 100 facts the mean was too high."""
        return 100 * (self.found.mean / self.found.facts - self.chance)


def trials(
    seed: int,
    horizons: Sequence[int] = HORIZONS,
    only_days: int | None = None,
    *,
    put_right: bool = True,
) -> dict[int, Trial]:
    """Return what is foretold of a simulated learner by their answers alone, and what comes.

    put_right: with the learner's level; else as the model has it.
    """
    rows, person, _ = simulated_learners.simulate(seed, only_days)
    log = review_log.user_log(rows)
    memories = [fitting.memories(one, DEFAULT_WEIGHTS) for one in log.histories]
    level = _level(log, memories, DEFAULT_WEIGHTS) if put_right else MODEL_ALONE
    end = max(one.days[-1] for one in log.histories)
    last = max(days[-1] for days in person.days.values())
    strengths = [one[-1][0] for one in memories]
    ago = [end - one.days[-1] for one in log.histories]
    found = {}
    for ahead in horizons:
        days = [one + ahead for one in ago]
        recalls = [retrievability(one, gap) for one, gap in zip(strengths, days, strict=True)]
        chances = [person.chance(card, last + ahead, 1) for card in person.days]
        rng = random.Random(seed * 31 + ahead)
        known = sum(rng.random() < chance for chance in chances)
        found[ahead] = Trial(forecast(recalls, level, ahead, days), known, fmean(chances))
    return found


def _level(
    log: review_log.UserLog, memories: Sequence[Sequence[tuple[float, float]]], weights: Weights
) -> Level:
    days = [log.histories[one.history].deltas[one.place] for one in log.scored]
    predicted = [
        retrievability(memories[one.history][one.place - 1][0], gap, weights)
        for one, gap in zip(log.scored, days, strict=True)
    ]
    return level_of(predicted, [one.passed for one in log.scored], None, days)


def run() -> Iterator[dict[str, Any]]:
    """Foretell many learners by their answers; then time a forecast of 2,000 facts."""
    count = int(os.environ.get("QUIZAPP_LEARNERS", LEARNERS))
    seeds = range(FIRST_SEED, FIRST_SEED + count)
    for whose, only_days in (("", None), (f" after {SHORT_DAYS} days of study", SHORT_DAYS)):
        found = [trials(seed, only_days=only_days) for seed in seeds]
        bare = [trials(seed, only_days=only_days, put_right=False) for seed in seeds]
        for ahead in HORIZONS:
            yield from _of_horizon(
                f"{ahead} days ahead{whose}",
                [one[ahead] for one in found],
                [one[ahead] for one in bare],
            )
    yield _timed()


def _of_horizon(
    where: str, found: Sequence[Trial], bare: Sequence[Trial]
) -> Iterator[dict[str, Any]]:
    share = fmean(one.held for one in found)
    half = SIGMAS * sqrt(share * (1 - share) / len(found))
    yield {
        "name": f"forecast, band of {BAND:.0%} holds, {where}",
        "value": round(share, 3),
        "unit": f"of learners, {share - half:.2f} to {share + half:.2f}",
        "target": list(HELD),
        "baseline": {
            "name": "memory model alone",
            "value": round(fmean(one.held for one in bare), 3),
        },
        "n": len(found),
    }
    yield {
        "name": f"forecast, mean error, {where}",
        "value": round(fmean(one.error for one in found), 2),
        "unit": "of 100 facts, above 0 is too high",
        "target": MOST_ERROR,
        "baseline": {
            "name": "memory model alone",
            "value": round(fmean(one.error for one in bare), 2),
        },
        "n": len(found),
    }


def _timed() -> dict[str, Any]:
    recalls = [0.5 + 0.4 * n / FACTS for n in range(FACTS)]
    days = [1.0 + n % 50 for n in range(FACTS)]
    level, times = Level(-0.3, 0.2), []
    for _ in range(RUNS):
        begun = time.process_time()
        forecast(recalls, level, 30, days)
        times.append((time.process_time() - begun) * 1000)
    return {
        "name": f"forecast of {FACTS:,} facts",
        "value": round(median(times), 1),
        "unit": "ms of one core, median",
        "target": 50,
        "baseline": {"name": "slowest", "value": round(max(times), 1)},
        "n": RUNS,
    }
