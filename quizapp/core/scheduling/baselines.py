"""What a memory model has to beat: a constant, a moving average, and SuperMemo 2."""

from collections.abc import Sequence
from math import exp

from quizapp.core.scheduling.review_log import History

START, STEP = 1.2, 0.3  # of the moving average's log odds (srs-benchmark)
_FIRST_DAYS, _SECOND_DAYS = 1, 6
_LEAST_EASE = 1.3


def moving_average(passed: Sequence[bool]) -> list[float]:
    """Return the chance of each answer from those before it, of any card: x += 0.3 (y - p)."""
    odds, found = START, []
    for one in passed:
        chance = 1 / (1 + exp(-odds))
        found.append(chance)
        odds += STEP * (one - chance)
    return found


def sm2_recalls(history: History) -> list[float]:
    """Return the chance of each answer as SM-2's intervals imply it: 0.9 ^ (elapsed / interval).

    Wozniak 1990, with ratings 1..4 as qualities 1, 3, 4, 5; an answer on the same day changes
    nothing. That of the first answer is 1.
    """
    found, ease, interval, successes = [1.0], 2.5, 0.0, 0
    for place, rating in enumerate(history.ratings):
        delta = history.deltas[place]
        if place:
            found.append(0.9 ** (delta / max(interval, 1.0)))
            if delta == 0:
                continue
        if rating == 1:
            successes, interval = 0, float(_FIRST_DAYS)
        else:
            successes += 1
            interval = (
                _FIRST_DAYS
                if successes == 1
                else _SECOND_DAYS
                if successes == 2
                else interval * ease
            )
        quality = (1, 3, 4, 5)[rating - 1]
        ease = max(ease + 0.1 - (5 - quality) * (0.08 + (5 - quality) * 0.02), _LEAST_EASE)
    return found
