"""How well recall is predicted, and how fast weights are fitted.

python -m benchmarks memory
QUIZAPP_REVLOG=log.csv QUIZAPP_LEARNERS=200 python -m benchmarks memory
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.simulated_learners import learner
from quizapp.core.scheduling import evaluation, fitting, review_log
from quizapp.core.scheduling.evaluation import Metrics
from quizapp.core.scheduling.review_log import LogRow, UserLog

LEARNERS = 20  # 200 take some minutes
FITTED, RUNS = 100_000, 3
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
