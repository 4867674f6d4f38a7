"""How well recall is predicted, and how fast weights are fitted.

python -m benchmarks memory
QUIZAPP_REVLOG=log.csv QUIZAPP_LEARNERS=200 python -m benchmarks memory
"""

import os
import time
from collections.abc import Iterator
from math import fsum
from math import log as ln
from pathlib import Path
from statistics import median, stdev
from typing import Any

from benchmarks.simulated_learners import learner
from quizapp.core.scheduling import evaluation, fitting, gate, review_log
from quizapp.core.scheduling.evaluation import PARTS, Metrics, Model
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights
from quizapp.core.scheduling.level import ANSWERS, Level, level_of
from quizapp.core.scheduling.odds import chance_of
from quizapp.core.scheduling.review_log import LogRow, Scored, UserLog

LEARNERS = 20  # 200 take some minutes
FITTED, RUNS = 100_000, 3
ROUND = 25  # answers after which a level is worked out anew; the app does it each minute
BELOW_FITTED, ABOVE_DEFAULT = 0.0015, 0.002  # goals, in nats


def run() -> Iterator[dict[str, Any]]:
    """Predict simulated learners and, where one is named, a real log; fit 100,000 reviews."""
    count = int(os.environ.get("QUIZAPP_LEARNERS", LEARNERS))
    yield from _predicted(
        f"{count} learners whose memory is not FSRS",
        {str(seed): review_log.user_log(learner(seed)) for seed in range(count)},
    )
    if path := os.environ.get("QUIZAPP_REVLOG"):
        with Path(path).open(encoding="utf-8-sig", newline="") as lines:
            yield from _predicted(
                "the log that was named", review_log.by_user(review_log.read_csv(lines))
            )
    yield _fitted()


def _predicted(whose: str, logs: dict[str, UserLog]) -> Iterator[dict[str, Any]]:
    by_user = evaluation.evaluate(logs)
    found = evaluation.pooled(by_user)
    ours, fitted = found[evaluation.OURS], found[evaluation.FITTED]
    yield {
        "name": f"log loss, {whose}",
        "value": round(ours.log_loss, 4),
        "unit": "nats, weighted by answers",
        "target": round(fitted.log_loss - BELOW_FITTED, 4),
        "baseline": {name: round(one.log_loss, 4) for name, one in found.items()},
        "n": ours.rows,
    }
    yield {
        "name": f"most lost against the default model by one of {whose}",
        "value": round(max(map(_lost, by_user.values())), 4),
        "unit": "nats",
        "target": ABOVE_DEFAULT,
        "baseline": {"name": "median", "value": round(median(map(_lost, by_user.values())), 4)},
        "n": len(by_user),
    }
    shown = {user: _shown(logs[user]) for user in by_user}
    rows = {user: one[evaluation.OURS].rows for user, one in by_user.items()}
    worst = max(shown[user] - by_user[user][evaluation.DEFAULTS].log_loss for user in shown)
    yield {
        "name": f"log loss of what the pages show, {whose}",
        "value": round(sum(shown[user] * rows[user] for user in shown) / ours.rows, 4),
        "unit": "nats, weighted by answers",
        "target": round(fitted.log_loss - BELOW_FITTED, 4),
        "baseline": {"name": "most lost against the default model", "value": round(worst, 4)},
        "n": ours.rows,
    }


def _shown(log: UserLog) -> float:
    """Return the log loss of recall as pages show it: gated weights, moved by the level."""
    size = len(log.scored) // (PARTS + 1)
    weights, chances, passed = DEFAULT_WEIGHTS, [], []
    for part in range(PARTS):
        start = len(log.scored) - (PARTS - part) * size
        weights = _gated(log, start, weights)
        model, level = Model(log, weights), Level()
        for at in range(start, start + size):
            if not (at - start) % ROUND:
                level = _level(log, model, log.scored[max(at - ANSWERS, 0) : at])
            one = log.scored[at]
            recall = chance_of(model.odds(one))
            chances.append(level.recall(recall, log.histories[one.history].deltas[one.place]))
            passed.append(one.passed)
    return evaluation.log_loss(chances, passed)


def _level(log: UserLog, model: Model, answers: list[Scored]) -> Level:
    return level_of(
        [chance_of(model.odds(one)) for one in answers],
        [one.passed for one in answers],
        days=[float(log.histories[one.history].deltas[one.place]) for one in answers],
    )


def _gated(log: UserLog, until: int, in_use: Weights) -> Weights:
    """Return new weights where they foretell the last fifth better by a standard error."""
    held = int(until * gate.PAST)
    new = fitting.fit(log, held)
    losses = [_losses(log, held, until, each) for each in (new, in_use, DEFAULT_WEIGHTS)]
    for old in losses[1:]:
        gains = [b - a for a, b in zip(losses[0], old, strict=True)]
        error = stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
        if fsum(gains) / len(gains) <= gate.LEAST_ERRORS * error:
            return in_use
    return new


def _losses(log: UserLog, start: int, end: int, weights: Weights) -> list[float]:
    model = Model(log, weights)
    chances = [(chance_of(model.odds(one)), one.passed) for one in log.scored[start:end]]
    return [-ln(chance if passed else 1 - chance) for chance, passed in chances]


def _lost(found: dict[str, Metrics]) -> float:
    return found[evaluation.OURS].log_loss - found[evaluation.DEFAULTS].log_loss


def _fitted() -> dict[str, Any]:
    rows: list[LogRow] = []
    seed = 0
    while len(rows) < FITTED:
        rows += [one._replace(card=f"{seed}-{one.card}") for one in learner(seed)]
        seed += 1
    log = review_log.user_log(rows[:FITTED])
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        fitting.fit(log)
        times.append(time.perf_counter() - begun)
    return {
        "name": f"fit of {FITTED:,} reviews",
        "value": round(median(times), 2),
        "unit": "s, median",
        "target": 1,
        "baseline": {"name": "slowest", "value": round(max(times), 2)},
        "n": RUNS,
    }
