"""The FSRS-6 memory model on learner days, without chance; its formulas are in `fsrs6`."""

from dataclasses import dataclass
from importlib.metadata import version
from math import inf, isnan
from typing import Protocol

from fsrs.scheduler import DEFAULT_PARAMETERS

from quizapp.core.scheduling.fsrs6 import AGAIN, EASY, GOOD, HARD, Model, Weights, model

__all__ = ["AGAIN", "EASY", "GOOD", "HARD", "Weights"]

ENGINE = f"fsrs6/{version('fsrs')}"
DEFAULT_WEIGHTS: Weights = tuple(DEFAULT_PARAMETERS)
LEARNING, REVIEW, RELEARNING = 1, 2, 3  # states
MAXIMUM_DAYS = 36500
LEARNING_STEPS_S = (60, 600)
RELEARNING_STEPS_S = (600,)

_DONE = (REVIEW, None, None)
_HARD_FIRST_S = {1: 330, 3: 900}  # Hard on a first step: between the two, or half as long again
_LONGEST_DELTA_DAYS = 1_000_000


class Remembered(Protocol):
    """What has the numbers of a Memory, as a card has."""

    state: int
    step: int | None
    stability: float
    difficulty: float


@dataclass(slots=True, unsafe_hash=True)
class Memory:
    """What the model knows of one fact.

    state: 1 learning, 2 review, 3 relearning. step: of the learning steps, None in review.
    stability: days in which the chance of recall falls from 100 to 90 percent. difficulty: 1..10.
    """

    state: int
    step: int | None
    stability: float
    difficulty: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A memory after a review, and when to ask again.

    Exactly one is given: `wait_s`, seconds of a learning step, or `interval_days`, whole learner
    days, at least 1 and before any fuzz. State 2 goes with `interval_days`, 1 and 3 with `wait_s`.
    """

    memory: Memory
    wait_s: int | None
    interval_days: int | None


def review(
    memory: Memory | None,
    rating: int,
    delta_days: int,
    *,
    p_knew: float | None = None,
    steps: bool = True,
    retention: float = 0.9,
    weights: Weights = DEFAULT_WEIGHTS,
    maximum_days: int = MAXIMUM_DAYS,
) -> Outcome:
    """Return what a rating (1 again .. 4 easy) makes of a memory; None is a fact never met.

    `delta_days` are the learner days since the last review: 0 on the same day and for a first
    review. With `steps` a new or failed fact comes back within minutes; without, on the next
    learner day at the earliest and always in state review. `p_knew` is the chance that a right
    answer was known, not guessed: stability becomes that of the mixture of the two states that
    may be true, difficulty their mean, and state and step follow the rating.
    Intervals never shrink from Again to Easy (given that the first four weights, the stabilities
    after a first answer, do not), nor do they grow with `retention`. The memory depends on neither
    `retention` nor `maximum_days`. Same arguments, same result, bit for bit, per ENGINE.
    Raises ValueError for a rating outside 1..4, a negative delta, a share outside its range, a
    memory that no review can have left, or weights outside the published bounds.
    """
    _check_policy(retention, maximum_days)
    after, wait_s = reviewed(memory, rating, delta_days, model(weights), p_knew, steps)
    if wait_s is not None:
        return Outcome(after, wait_s, None)
    return Outcome(after, None, whole_days(after.stability, retention, maximum_days, weights))


def whole_days(
    stability: float, retention: float, maximum_days: int, weights: Weights = DEFAULT_WEIGHTS
) -> int:
    """Return `interval_for` as whole learner days, at least 1 and at most `maximum_days`."""
    days = round(interval_for(stability, retention, weights))
    return min(days, maximum_days) if days > 1 else 1


def reviewed(
    memory: Remembered | None,
    rating: int,
    delta_days: int,
    by: Model,
    p_knew: float | None = None,
    steps: bool = True,
) -> tuple[Memory, int | None]:
    """Return the memory that `review` makes, and the wait of its step or None; a replay's part."""
    _check(memory, rating, delta_days, p_knew)
    if memory is None:
        state, step, wait_s = _placed(LEARNING, 0, rating, steps)
        stability, difficulty = by.first(rating)
    else:
        state, step, wait_s = _placed(memory.state, memory.step, rating, steps)
        stability, difficulty = by.after(memory.stability, memory.difficulty, rating, delta_days)
    if p_knew is not None and p_knew < 1 and rating != AGAIN:
        guessed, harder = (
            by.after(memory.stability, memory.difficulty, AGAIN, delta_days)
            if memory
            else by.first(AGAIN)
        )
        stability = _mixed_stability(stability, guessed, p_knew, by)
        difficulty = max(harder + p_knew * (difficulty - harder), 1.0)  # rounding stays in 1..10
    return Memory(state, step, stability, difficulty), wait_s


def preview(
    memory: Memory | None,
    delta_days: int,
    *,
    steps: bool = True,
    retention: float = 0.9,
    weights: Weights = DEFAULT_WEIGHTS,
    maximum_days: int = MAXIMUM_DAYS,
) -> dict[int, Outcome]:
    """Return what `review` would, by rating 1..4: the four buttons of a flashcard."""
    return {
        rating: review(
            memory,
            rating,
            delta_days,
            steps=steps,
            retention=retention,
            weights=weights,
            maximum_days=maximum_days,
        )
        for rating in (AGAIN, HARD, GOOD, EASY)
    }


def retrievability(
    stability: float, elapsed_days: float, weights: Weights = DEFAULT_WEIGHTS
) -> float:
    """Return the chance of recall, 0..1, `elapsed_days` (fractions count) after the last review.

    R(t) = (1 + F t / S) ^ -w20 with F = 0.9 ^ (-1 / w20) - 1 (FSRS-6): R(0) = 1, R(S) = 0.9.
    Time before the last review counts as none. Raises ValueError unless stability is positive.
    """
    if not 0 < stability < inf or isnan(elapsed_days):
        raise ValueError(f"no recall for stability {stability} after {elapsed_days} days")
    return model(weights).recall(stability, max(elapsed_days, 0.0))


def interval_for(stability: float, retention: float, weights: Weights = DEFAULT_WEIGHTS) -> float:
    """Return the days until the chance of recall falls to `retention`: R solved for t.

    Not rounded and not bounded. Raises ValueError as `retrievability` does, and for a retention
    outside 0.1..1 (1 excluded).
    """
    _check_policy(retention, 1)
    if not 0 < stability < inf:
        raise ValueError(f"no interval for stability {stability}")
    by = model(weights)
    # In the package's own order of operations, so that both round to the same day.
    return float((stability / by.factor) * ((retention ** (1 / by.decay)) - 1))


def _check(memory: Remembered | None, rating: int, delta_days: int, p_knew: float | None) -> None:
    if rating not in (AGAIN, HARD, GOOD, EASY):
        raise ValueError(f"a rating is 1 to 4, not {rating!r}")
    if not 0 <= delta_days <= _LONGEST_DELTA_DAYS or delta_days != int(delta_days):
        raise ValueError(f"days since the last review are a whole number from 0, not {delta_days}")
    if memory is None and delta_days:
        raise ValueError("a first review has no days before it")
    if memory is not None and not _is_possible(memory):
        raise ValueError(f"no review leaves {memory}")
    if p_knew is not None and not 0 <= p_knew <= 1:
        raise ValueError(f"the chance that it was known is 0 to 1, not {p_knew}")


def _is_possible(memory: Remembered) -> bool:
    return (
        memory.state in (LEARNING, REVIEW, RELEARNING)
        and (memory.step is None) == (memory.state == REVIEW)
        and 0 < memory.stability < inf
        and 1 <= memory.difficulty <= 10
    )


def _check_policy(retention: float, maximum_days: int) -> None:
    if not 0.1 <= retention < 1:
        raise ValueError(f"desired retention is 0.1 to 1, not {retention}")
    if maximum_days < 1:
        raise ValueError(f"the longest interval is at least a day, not {maximum_days}")


def _placed(
    state: int, step: int | None, rating: int, steps: bool
) -> tuple[int, int | None, int | None]:
    """Return state, step and seconds until the next step, None where days are to pass."""
    if state == REVIEW:
        return (RELEARNING, 0, RELEARNING_STEPS_S[0]) if steps and rating == AGAIN else _DONE
    waits_s = LEARNING_STEPS_S if state == LEARNING else RELEARNING_STEPS_S
    at = step or 0
    if not steps or rating == EASY or (at >= len(waits_s) and rating != AGAIN):
        return _DONE
    if rating == AGAIN:
        return state, 0, waits_s[0]
    if rating == HARD:
        return state, at, _HARD_FIRST_S[state] if at == 0 else waits_s[at]
    return _DONE if at + 1 == len(waits_s) else (state, at + 1, waits_s[at + 1])


def _mixed_stability(known: float, guessed: float, p_knew: float, by: Model) -> float:
    """Return the days in which recall falls to 90 percent, if `known` is true with `p_knew`.

    This is the definition of stability, applied to p R(t; known) + (1 - p) R(t; guessed). In a
    simulated year of quiz answers on 6,000 facts that follow the model, true recall at review was
    .887 with 4 options and .884 with 2, where typed answers gave .886; the geometric mean gave
    .882 and .874, the arithmetic .871 and .850, no mixing .863 and .830.
    """
    decay, factor = by.decay, by.factor
    days = min(known, guessed)
    # Newton's method from the left of a falling convex curve: it never oversteps. 8 rounds at most
    # over stabilities of 0.001 to 1,000,000 days; the bound only guards against a loop.
    for _ in range(50):
        base_known, base_guessed = 1 + factor * days / known, 1 + factor * days / guessed
        recall_known = p_knew * base_known**decay
        recall_guessed = (1 - p_knew) * base_guessed**decay
        slope = recall_known / (base_known * known) + recall_guessed / (base_guessed * guessed)
        growth = (recall_known + recall_guessed - 0.9) / (-decay * factor * slope)
        days += growth
        if growth <= 1e-13 * days:
            break
    return float(min(max(days, min(known, guessed)), max(known, guessed)))
