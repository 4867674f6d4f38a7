"""Whether the forecast of a class means what it says: classes whose learners' memory is not FSRS.

python -m benchmarks class_forecasts
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from benchmarks import simulated_classes
from benchmarks.simulated_classes import Learner as Simulated
from quizapp.core.scheduling import fitting
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, retrievability
from quizapp.core.scheduling.level import level_of
from quizapp.core.statistics.class_forecast import ClassForecast, Learner, forecast

FIRST_SEED, CLASSES = 700, 20
AHEAD = (3, 7, 14, 30)
WEAKEST = 10
MOST_ERROR, LEAST_NAMED, BAND = 5, 6, 80  # points of 100, of ten facts, percent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the forecast of one class for one day."""

    error: float  # of the mean, as a share of the facts
    held: bool  # the class's band held what the class knew
    held_of: list[bool]  # so did each learner's
    named: int  # of the weakest facts
    width: float


def run() -> Iterator[dict[str, Any]]:
    """Forecast classes of 30 some days ahead, and hold what they truly know against it."""
    classes = [known(simulated_classes.simulate(FIRST_SEED + n)) for n in range(CLASSES)]
    for ahead in AHEAD:
        found = [outcome(one, ahead, seed) for seed, one in enumerate(classes)]
        errors = [100 * one.error for one in found]
        named = [one.named for one in found]
        name = f"of {CLASSES} classes whose memory is not FSRS, {ahead} days ahead"
        yield _line(
            f"error of the mean {name}", mean(map(abs, errors)), "points of 100", MOST_ERROR,
            {"name": "bias, spread, most", "value": [
                round(one, 1) for one in (mean(errors), stdev(errors), max(map(abs, errors)))
            ]},
        )  # fmt: skip
        yield _line(
            f"weakest facts named {name}", mean(named), f"of {WEAKEST}, mean", LEAST_NAMED,
            {"name": "fewest; percent of classes with 6 or more",
             "value": [min(named), round(100 * mean(one >= LEAST_NAMED for one in named))]},
        )  # fmt: skip
        yield _line(
            f"bands that held {name}", 100 * mean(one.held for one in found),
            "percent of the classes", BAND,
            {"name": "percent of the learners' bands; width of the class's in points",
             "value": [round(100 * mean(h for one in found for h in one.held_of)),
                       round(100 * mean(one.width for one in found))]},
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A simulated learner, and what the app would know of them."""

    simulated: Simulated
    stabilities: list[float]  # of each history of the log
    learner: Learner  # without memories: these depend on the day


def known(simulated: list[Simulated]) -> list[Known]:
    """Return what the app would know of the learners: memories by default weights, and levels."""
    return [_known(number, one) for number, one in enumerate(simulated)]


def _known(number: int, one: Simulated) -> Known:
    log = one.log
    memories = [fitting.memories(history, DEFAULT_WEIGHTS) for history in log.histories]
    days = [float(log.histories[a.history].deltas[a.place]) for a in log.scored]
    predicted = [
        retrievability(memories[a.history][a.place - 1][0], gap)
        for a, gap in zip(log.scored, days, strict=True)
    ]
    level = level_of(predicted, [a.passed for a in log.scored], days=days)
    return Known(one, [states[-1][0] for states in memories], Learner(number, {}, level))


def outcome(people: list[Known], ahead: int, seed: int) -> Outcome:
    """Forecast a class and let it take the exam."""
    chance = random.Random(31 * seed + ahead)
    facts = range(len(people[0].simulated.person.hardness))
    found = forecast(facts, [_on_the_day(one, ahead) for one in people])
    truth = [
        {fact: one.simulated.chance(fact, ahead) for fact in one.simulated.facts} for one in people
    ]
    scores = [sum(chance.random() < p for p in one.values()) for one in truth]
    return Outcome(
        error=(found.mean.mean - mean(sum(one.values()) for one in truth)) / len(facts),
        held=found.mean.low <= mean(scores) <= found.mean.high,
        held_of=[
            band.low - 0.5 <= score <= band.high + 0.5
            for band, score in zip(found.learners, scores, strict=True)
        ],
        named=_named(found, truth),
        width=(found.mean.high - found.mean.low) / len(facts),
    )


def _named(found: ClassForecast, truth: list[dict[int, float]]) -> int:
    sums = {one.fact_id: sum(mine.get(one.fact_id, 0.0) for mine in truth) for one in found.facts}
    weakest = sorted(sums, key=lambda fact: sums[fact])[:WEAKEST]
    return len({one.fact_id for one in found.facts[:WEAKEST]} & set(weakest))


def _on_the_day(one: Known, ahead: int) -> Learner:
    simulated = one.simulated
    # The days of the log and of the simulation begin at different hours.
    last = max(days[-1] for days in simulated.person.days.values())
    end = max(history.days[-1] for history in simulated.log.histories)
    day = end + simulated.last_day - last + ahead
    memories = {}
    for fact, stability, history in zip(
        simulated.facts, one.stabilities, simulated.log.histories, strict=True
    ):
        days = float(day - history.days[-1])
        memories[fact] = (retrievability(stability, days), days)
    return Learner(one.learner.id, memories, one.learner.level)


def _line(
    name: str, value: float, unit: str, target: float, baseline: dict[str, Any]
) -> dict[str, Any]:
    return {"name": name, "value": round(value, 1), "unit": unit, "target": target,
            "baseline": baseline, "n": CLASSES}  # fmt: skip
