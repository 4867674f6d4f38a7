"""What a plan to exam day brings against intervals cut at the days left, and how fast it is made.

python -m benchmarks exam_plan
QUIZAPP_LEARNERS=40 python -m benchmarks exam_plan
QUIZAPP_FIRST_LEARNER=0 python -m benchmarks exam_plan      # those that the planner was tuned on
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from statistics import fmean, median, stdev
from typing import Any

from benchmarks import exam_learners
from benchmarks.exam_learners import Learner
from quizapp.core.scheduling.fsrs import REVIEW, Memory
from quizapp.core.scheduling.plan import PlanFact, Terms, plan, today

LEARNERS = 12
FIRST = 1000  # those that the planner was tuned on have smaller numbers
FACTS = 300
AHEAD = (21, 56)  # days to the exam
AMPLE = 60.0  # minutes a day: more than is needed
MOST_PEAK, MOST_ANSWERS = 1.5, 1.1  # goals
TODAY_MS, PLAN_MS = 100, 1000
MANY, FAR, RUNS = 2000, 60, 5
NOON = 740_000


def run() -> Iterator[dict[str, Any]]:
    """Let learners study to an exam both ways, whose memory is FSRS and whose is not."""
    count = int(os.environ.get("QUIZAPP_LEARNERS", LEARNERS))
    for is_fsrs in (True, False):
        for days in AHEAD:
            yield from _compared(count, is_fsrs, days)
    yield _timed(f"today's list, {MANY:,} facts", TODAY_MS, lambda: today(_facts(MANY), _terms()))
    yield _timed(f"plan, 300 facts, {FAR} days", PLAN_MS, lambda: plan(_facts(300), _terms()))


def _compared(count: int, is_fsrs: bool, days: int) -> Iterator[dict[str, Any]]:
    whose = f"{count} learners whose memory is {'FSRS' if is_fsrs else 'not FSRS'}, {days} days"

    def fresh(seed: int) -> Learner:
        return exam_learners.with_history(seed, FACTS, is_fsrs)

    first = int(os.environ.get("QUIZAPP_FIRST_LEARNER", FIRST))
    seeds = range(first, first + count)
    capped = [exam_learners.cap(fresh(seed), days) for seed in seeds]
    ours = [exam_learners.follow(fresh(seed), days, AMPLE) for seed in seeds]
    halves = [sum(one.minutes.values()) / days / 2 for one in capped]
    times = list(zip(seeds, halves, strict=True))
    short = [exam_learners.follow(fresh(seed), days, half) for seed, half in times]
    cut = [exam_learners.cap(fresh(seed), days, half) for seed, half in times]
    peaks = [exam_learners.peak(one) for one in ours]
    yield {
        "name": f"longest over median day of the last 14, worst of {whose}",
        "value": round(max(peaks), 2),
        "unit": "ratio",
        "target": MOST_PEAK,
        "baseline": {
            "name": "median; capped intervals, median",
            "value": [round(median(peaks), 2), _rounded(map(exam_learners.peak, capped))],
        },
        "n": count,
    }
    yield _scores(f"exam-day recall, {whose}", ours, capped)
    yield {
        "name": f"answers, {whose}",
        "value": round(fmean(_answers(one) for one in ours) / fmean(map(_answers, capped)), 3),
        "unit": "of those with capped intervals",
        "target": MOST_ANSWERS,
        "baseline": {"name": "answers, capped", "value": round(fmean(map(_answers, capped)))},
        "n": count,
    }
    yield _scores(f"exam-day recall in half the time, {whose}", short, cut)


def _scores(name: str, ours: Sequence[Learner], others: Sequence[Learner]) -> dict[str, Any]:
    """Return the true recalls, and their difference with the interval that holds it 19 in 20."""
    gains = [one.score - other.score for one, other in zip(ours, others, strict=True)]
    spread = 1.96 * stdev(gains) / sqrt(len(gains)) if len(gains) > 1 else 0.0
    theirs = fmean(one.score for one in others)
    return {
        "name": name,
        "value": round(fmean(one.score for one in ours), 4),
        "unit": f"share of facts; {fmean(gains):+.4f} +- {spread:.4f}",
        "target": round(theirs, 4),
        "baseline": {"name": "capped intervals", "value": round(theirs, 4)},
        "n": len(ours),
    }


def _answers(learner: Learner) -> int:
    return sum(learner.answers.values())


def _rounded(values: Any) -> float:
    return round(median(values), 1)


def _facts(count: int) -> list[PlanFact]:
    return [
        PlanFact(
            n,
            Memory(REVIEW, None, 12.0 * 8 ** ((n * 37 % 100) / 50 - 1), 1.0 + n * 7 % 9),
            NOON - 1 - n * 13 % 12,
            NOON - n * 13 % 20 + 8,
        )
        for n in range(count)
    ]


def _terms() -> Terms:
    return Terms(NOON, NOON + FAR, 30)


def _timed(name: str, target: int, work: Callable[[], object]) -> dict[str, Any]:
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return {
        "name": name,
        "value": round(median(taken)),
        "unit": "ms, median",
        "target": target,
        "baseline": {"name": "slowest", "value": round(max(taken))},
        "n": RUNS,
    }
