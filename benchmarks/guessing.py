"""A simulated year of quiz answers: is a fact still known when it is asked again, guesses or not?

python -m benchmarks guessing
QUIZAPP_LEARNERS=500 python -m benchmarks guessing

Each fact of a learner is asked in one form for a year, on the day on which it is due. Who knows it
is right; who does not guesses. True memories follow FSRS-6 with the default weights: what was not
known was failed, however lucky the guess. The scheduler sees right and wrong only. Recall is that
of the true memory at each later answer. The formulas are those of `core/scheduling`, over arrays;
`tests/core/test_guessing.py` holds the two against each other.
"""

import os
from collections.abc import Iterator
from math import e
from typing import Any

import numpy as np

from quizapp.core.scheduling.evidence import PRIOR_RECALL
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS

LEARNERS, FACTS, DAYS = 2000, 30, 365
FORMS = {"2 options": 0.5, "4 options": 0.25}
RETENTION, WITHIN, SEED = 0.9, 0.007, 20_26
AGAIN, GOOD = 1, 3
Array = Any
W = DEFAULT_WEIGHTS
DECAY = -W[20]
FACTOR = 0.9 ** (1 / DECAY) - 1


def run() -> Iterator[dict[str, Any]]:
    """Compare two and four options, with the mixture and without, with typed answers."""
    learners = int(os.environ.get("QUIZAPP_LEARNERS", LEARNERS))
    control = year(0.0, learners, SEED)
    for form, guess in FORMS.items():
        found = year(guess, learners, SEED + 1)
        naive = year(guess, learners, SEED + 1, mixes=False)
        difference, error = compared(found, control)
        yield {
            "name": f"true recall at review, {form}, against typed answers",
            "value": round(difference, 4),
            "unit": "difference of chances",
            "target": f"within {WITHIN}",
            "interval_95": [round(difference + z * error, 4) for z in (-1.96, 1.96)],
            "recall": round(float(found.mean()), 4),
            "recall_typed": round(float(control.mean()), 4),
            "baseline": {
                "name": "every right answer taken as known",
                "value": round(compared(naive, control)[0], 4),
            },
            "n": learners,
        }


def compared(found: Array, control: Array) -> tuple[float, float]:
    """Return the difference of the learners' mean recalls, and its standard error."""
    error = np.sqrt(found.var(ddof=1) / len(found) + control.var(ddof=1) / len(control))
    return float(found.mean() - control.mean()), float(error)


def year(
    guess: float, learners: int, seed: int, mixes: bool = True, known: float = PRIOR_RECALL
) -> Array:
    """Return each learner's mean true recall at the answers after the first of each fact.

    `known` is the share of facts that they know before they are taken up.
    """
    luck = np.random.default_rng(seed)
    size = learners * FACTS
    owner = np.repeat(np.arange(learners), FACTS)
    due = luck.integers(0, 60, size)  # facts are taken up over two months
    last = np.full(size, -1)
    true_s, true_d, our_s, our_d = (np.zeros(size) for _ in range(4))
    sums, counts = np.zeros(learners), np.zeros(learners)
    for day in range(DAYS):
        now = np.flatnonzero(due == day)
        new, old = now[last[now] < 0], now[last[now] >= 0]
        for which in (new, old):
            if not len(which):
                continue
            is_old = which is old
            gap = day - last[which]
            recall = curve(true_s[which], gap) if is_old else np.full(len(which), known)
            if is_old:
                np.add.at(sums, owner[which], recall)
                np.add.at(counts, owner[which], 1)
            knew = luck.random(len(which)) < recall
            right = knew | (luck.random(len(which)) < guess)
            ours = curve(our_s[which], gap) if is_old else np.full(len(which), PRIOR_RECALL)
            sure = chance_known(ours, guess if mixes else 0.0)
            true = (true_s[which], true_d[which], gap) if is_old else None
            mine = (our_s[which], our_d[which], gap) if is_old else None
            true_s[which], true_d[which] = reviewed(true, knew, np.ones(len(which)))
            our_s[which], our_d[which] = reviewed(mine, right, sure)
            last[which] = day
            due[which] = day + intervals(our_s[which])
    return sums / counts


def chance_known(recall: Array, guess: float) -> Array:
    """Return P(known | right)."""
    return recall / (recall + (1 - recall) * guess)


def curve(stability: Array, days: Array) -> Array:
    """Return the recall after some days."""
    return (1 + FACTOR * days / stability) ** DECAY


def intervals(stability: Array) -> Array:
    """Return the days until the recall that is wanted, without fuzz."""
    days = stability / FACTOR * (RETENTION ** (1 / DECAY) - 1)
    return np.maximum(np.round(days), 1).astype(int)


def reviewed(memory: tuple[Array, Array, Array] | None, passed: Array, sure: Array) -> Any:
    """Return stability and difficulty after Good, known with chance `sure`, or Again."""
    good, failed = after(memory, GOOD, len(passed)), after(memory, AGAIN, len(passed))
    stability = np.where(sure < 1, mixed(good[0], failed[0], sure), good[0])
    difficulty = failed[1] + sure * (good[1] - failed[1])
    return np.where(passed, stability, failed[0]), np.where(passed, difficulty, failed[1])


def after(memory: tuple[Array, Array, Array] | None, rating: int, size: int) -> tuple[Array, Array]:
    """Return stability and difficulty after a first answer, or a later one."""
    first = [W[4] - e ** (W[5] * (r - 1)) + 1 for r in (1, 2, 3, 4)]
    if memory is None:
        return np.full(size, W[rating - 1]), np.full(size, np.clip(first[rating - 1], 1, 10))
    s, d, gap = memory
    recall = curve(s, gap)
    moved = d - (10 - d) * W[6] * (rating - 3) / 9
    harder = np.clip(W[7] * first[3] + (1 - W[7]) * moved, 1, 10)
    if rating == AGAIN:
        lost = W[11] * d ** -W[12] * ((s + 1) ** W[13] - 1) * e ** ((1 - recall) * W[14])
        return np.maximum(np.minimum(lost, s / e ** (W[17] * W[18])), 0.001), harder
    gain = e ** W[8] * (11 - d) * s ** -W[9] * (e ** ((1 - recall) * W[10]) - 1)
    return s * (1 + gain), harder


def mixed(known: Array, guessed: Array, sure: Array) -> Array:
    """Return the days in which the mixture of two memories falls to 90 percent."""
    days = np.minimum(known, guessed)
    for _ in range(12):
        at_known, at_guessed = 1 + FACTOR * days / known, 1 + FACTOR * days / guessed
        of_known, of_guessed = sure * at_known**DECAY, (1 - sure) * at_guessed**DECAY
        slope = of_known / (at_known * known) + of_guessed / (at_guessed * guessed)
        days = days + (of_known + of_guessed - 0.9) / (-DECAY * FACTOR * slope)
    return days
