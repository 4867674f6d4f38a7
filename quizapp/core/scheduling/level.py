"""How a learner differs from the memory model: learnt from what was predicted and what came of it.

Three numbers, in log odds: `shift` (better or worse in all), `tilt` (whether the model's chances
are too much alike or too far apart) and `fade` (what is forgotten faster or slower over the days).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log1p, sqrt
from typing import Final

from quizapp.core.scheduling.odds import chance_of, log_odds

PRIOR_SPREAD: Final = 0.6  # of learners' shifts, in log odds, before any answer
TILT_SPREAD: Final = 0.4  # of their tilts, and
FADE_SPREAD: Final = 0.25  # of their fades
USUAL_ODDS: Final = 2.2  # a recall of 90 percent, and
USUAL_LOG_DAYS: Final = 2.0  # six days: where tilt and fade say nothing, so shift says all
WEIGHT: Final = 0.8  # of an answer: the answers of a day are not independent of each other
ANSWERS: Final = 400  # the newest say how the learner is now; older ones would blur it
LEAST_TILT: Final = -0.8  # what is likelier to the model stays likelier
MOST_FADE: Final = 0.1  # of what tilt leaves: nothing is ever remembered better by waiting
TAUGHT_SHARE: Final = 0.98  # of the answers, by the days before them: one odd gap teaches little
BEYOND: Final = -0.2  # log odds for each unit of log(1 + days) beyond what answers taught, as the
BEYOND_SPREAD: Final = 0.25  # model forgets too slowly there; and how unsure that is
_FIRST = (PRIOR_SPREAD**-2, TILT_SPREAD**-2, FADE_SPREAD**-2)
_ROUNDS: Final = 40
_LONGEST_STEP: Final = 1.0

Covariance = tuple[float, float, float, float, float]
Symmetric = tuple[float, float, float, float, float, float]  # 00 01 02 11 12 22


@dataclass(frozen=True, slots=True)
class Level:
    """By how much a learner is better (above 0) or worse than the model says, in log odds.

    shift: of a fact with a recall of 90 percent, six days after its last answer; spread: how unsure
    it is. tilt: more for each log odds above that. fade: more for each unit of log(1 + days).
    unsure: the covariances of shift and tilt, shift and fade, tilt, tilt and fade, fade.
    taught: the log(1 + days) up to which answers have taught; beyond it recall is taken to be
    lower, and less sure. While it is 0 nothing was taught and recall is only less sure.
    """

    shift: float = 0.0
    spread: float = PRIOR_SPREAD
    tilt: float = 0.0
    fade: float = 0.0
    unsure: Covariance = (0.0, 0.0, TILT_SPREAD**2, 0.0, FADE_SPREAD**2)
    taught: float = 0.0

    def odds(self, recall: float, days: float) -> float:
        """Return the log odds of the learner's recall, where the model predicts this one.

        days: since the last answer, at the time that is predicted.
        """
        odds, log_days = log_odds(recall), log1p(max(days, 0.0))
        fading = self.fade * (log_days - USUAL_LOG_DAYS)
        # Nobody in particular: the model's own chances stand until an answer has taught something.
        beyond = BEYOND * max(log_days - self.taught, 0.0) if self.taught else 0.0
        return odds + self.shift + self.tilt * (odds - USUAL_ODDS) + fading + beyond

    def recall(self, recall: float, days: float) -> float:
        """Return the learner's chance of recall, where the model predicts this one; 0 stays 0."""
        return chance_of(self.odds(recall, days)) if recall > 0 else 0.0

    def spread_at(self, odds: float, log_days: float) -> float:
        """Return how unsure `odds` is, of facts with these log odds and this log(1 + days)."""
        x, z = odds - USUAL_ODDS, log_days - USUAL_LOG_DAYS
        shift_tilt, shift_fade, tilt, tilt_fade, fade = self.unsure
        square = self.spread**2 + 2 * (x * shift_tilt + z * shift_fade + x * z * tilt_fade)
        beyond = BEYOND_SPREAD * max(log_days - self.taught, 0.0)
        return sqrt(max(square + x * x * tilt + z * z * fade, 0.0) + beyond**2)


def level_of(
    predicted: Sequence[float],
    passed: Sequence[bool],
    guesses: Sequence[float] | None = None,
    days: Sequence[float] | None = None,
) -> Level:
    """Return the learner's level from predicted recalls and what became of them.

    guesses: the chance to be right without knowing, none where it is not given. days: since the
    answer before; without it nothing is learnt of the fade. Only the newest ANSWERS, which stand
    last, are looked at. The posterior mode under normal priors, and its covariance (Laplace).
    """
    odds = [log_odds(one) for one in predicted][-ANSWERS:]
    rows = [
        (odds[n], 1.0, odds[n] - USUAL_ODDS, log1p(one) - USUAL_LOG_DAYS if days else 0.0)
        for n, one in enumerate((days or predicted)[-ANSWERS:])
    ]
    chances = (guesses or [0.0] * len(predicted))[-ANSWERS:]
    found = (0.0, 0.0, 0.0)
    inverse = _inverse((_FIRST[0], 0.0, 0.0, _FIRST[1], 0.0, _FIRST[2]))
    for _ in range(_ROUNDS):
        slope, inverse = _climb(rows, passed[-ANSWERS:], chances, found)
        step = _times(inverse, slope)
        longest = max(map(abs, step))
        shrunk = min(1.0, _LONGEST_STEP / longest) if longest else 1.0
        found = (
            found[0] + shrunk * step[0],
            found[1] + shrunk * step[1],
            found[2] + shrunk * step[2],
        )
        if longest < 1e-9:
            break
    tilt = max(found[1], LEAST_TILT)
    fade = min(found[2], MOST_FADE * (1 + tilt))
    return Level(found[0], sqrt(inverse[0]), tilt, fade, inverse[1:], _taught(days))


def _taught(days: Sequence[float] | None) -> float:
    """Return log(1 + days) up to which answers say something: all but the longest of them."""
    known = sorted((days or ())[-ANSWERS:])
    return log1p(known[int(len(known) * TAUGHT_SHARE)]) if known else 0.0


def _climb(
    rows: Sequence[tuple[float, float, float, float]],
    passed: Sequence[bool],
    guesses: Sequence[float],
    at: tuple[float, float, float],
) -> tuple[list[float], Symmetric]:
    """Return the slope of the posterior there, and the inverse of what Fisher expects it to bend.

    Right with p = q + (1 - q) g: who knows is right, and who does not may guess.
    """
    slopes, bends = [], []
    for (odds, *x), right, guess in zip(rows, passed, guesses, strict=True):
        knows = chance_of(odds + at[0] * x[0] + at[1] * x[1] + at[2] * x[2])
        is_right = knows + (1 - knows) * guess
        slopes.append(WEIGHT * ((1 - guess) * knows * (1 - knows) / is_right if right else -knows))
        bends.append(WEIGHT * (1 - guess) * knows**2 * (1 - knows) / is_right)
    columns = [[row[place + 1] for row in rows] for place in range(3)]
    slope = [
        fsum(a * b for a, b in zip(slopes, column, strict=True)) - first * here
        for column, first, here in zip(columns, _FIRST, at, strict=True)
    ]
    bend = [
        fsum(c * a * b for c, a, b in zip(bends, columns[i], columns[j], strict=True))
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    ]
    a, b, c, d, e, f = bend
    return slope, _inverse((a + _FIRST[0], b, c, d + _FIRST[1], e, f + _FIRST[2]))


def _inverse(of: Symmetric) -> Symmetric:
    """Return the inverse of a positive definite matrix."""
    a, b, c, d, e, f = of
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    whole = a * first + b * second + c * third
    return (
        first / whole,
        second / whole,
        third / whole,
        (a * f - c * c) / whole,
        (b * c - a * e) / whole,
        (a * d - b * b) / whole,
    )


def _times(matrix: Symmetric, by: Sequence[float]) -> tuple[float, float, float]:
    a, b, c, d, e, f = matrix
    x, y, z = by
    return a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z
