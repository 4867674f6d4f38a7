"""FSRS-6 weights fitted to a learner's own log: the one user of `fsrs-rs-python` (no torch)."""

from collections.abc import Sequence
from itertools import accumulate
from math import isfinite
from typing import Final

from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS
from fsrs_rs_python import FSRS, FSRSItem, FSRSReview

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights
from quizapp.core.scheduling.review_log import History, UserLog

LEAST_ANSWERS: Final = (
    64  # scored answers below which nothing is fitted (Anki: 64 to 200 by version)
)
FITTER: Final = "fsrs-rs"


def fit(log: UserLog, until: int | None = None) -> Weights:
    """Return weights fitted to the first `until` scored answers (all if None) and what led there.

    The default ones where there are too few, or where the fit fails. Same log, same weights.
    """
    answers = log.scored[:until]
    if len(answers) < LEAST_ANSWERS:
        return DEFAULT_WEIGHTS
    reviews: dict[int, list[FSRSReview]] = {}
    items = []
    for one in answers:
        if one.history not in reviews:
            reviews[one.history] = _reviews(log.histories[one.history])
        items.append(FSRSItem(reviews[one.history][: one.place + 1]))
    try:
        # No card_ids: with them the fits of real logs are worse (docs/memory.md).
        found = FSRS(list(DEFAULT_WEIGHTS)).compute_parameters(items)
    except (ValueError, RuntimeError):
        return DEFAULT_WEIGHTS
    return bounded(found) if len(found) == len(DEFAULT_WEIGHTS) else DEFAULT_WEIGHTS


def bounded(weights: Sequence[float]) -> Weights:
    """Return weights inside the published bounds; a better first answer never leaves less.

    What is no number becomes the default one.
    """
    bounds = zip(LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    kept = [
        min(max(float(one), low), high) if isfinite(one) else usual
        for one, usual, (low, high) in zip(weights, DEFAULT_WEIGHTS, bounds, strict=True)
    ]
    return (*accumulate(kept[:4], max), *kept[4:])


def memories(history: History, weights: Weights) -> list[tuple[float, float]]:
    """Return (stability in days, difficulty 1..10) after each answer of a card."""
    states = FSRS(list(weights)).historical_memory_states(FSRSItem(_reviews(history)))
    return [(one.stability, one.difficulty) for one in states]


def memories_of(log: UserLog, weights: Weights) -> list[list[tuple[float, float]]]:
    """Return `memories` of each history that has a scored answer, [] for the others."""
    needed = {one.history for one in log.scored}
    return [
        memories(history, weights) if number in needed else []
        for number, history in enumerate(log.histories)
    ]


def _reviews(history: History) -> list[FSRSReview]:
    pairs = zip(history.ratings, history.deltas, strict=True)
    return [FSRSReview(rating, delta) for rating, delta in pairs]
