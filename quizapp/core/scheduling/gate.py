"""How well weights foretell a learner's answers, and whether new ones are good enough to be used.

Everything is worked out by the engine that the app studies with, guesses included: an answer comes
out right with the chance R + (1 - R) g.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp, fsum, log, sqrt
from typing import Final, NamedTuple

from quizapp.core.scheduling.fold import DEFAULT_VERSION, ReviewRow, history
from quizapp.core.scheduling.fsrs import AGAIN, DEFAULT_WEIGHTS, Weights, retrievability
from quizapp.core.scheduling.odds import LEAST_CHANCE
from quizapp.core.scheduling.review_log import History, Scored, UserLog

ANSWERS: Final = ("answer", "import")
PAST: Final = 0.8  # of the scored answers, by time: fitted on; the later ones decide
LEAST_ERRORS: Final = 1.0  # standard errors by which new weights have to foretell better
_DAY_S: Final = 86_400


class Foretold(NamedTuple):
    """A scored answer: what was foretold of it, and what came."""

    at: datetime
    seq: int
    recall: float
    guess: float
    passed: bool

    @property
    def loss(self) -> float:
        """How wrong the foretelling was, in nats: -log of the chance given to what came."""
        right = right_chance(self.recall, self.guess)
        return -log(min(max(right if self.passed else 1 - right, LEAST_CHANCE), 1 - LEAST_CHANCE))


@dataclass(frozen=True, slots=True)
class FactLog:
    """All rows of a learner's log on one fact, and the guess chances of those that have any."""

    rows: Sequence[ReviewRow]
    guesses: Mapping[int, float]  # by seq


@dataclass(frozen=True, slots=True)
class Verdict:
    """Mean losses over the later answers, and whether the new weights are better."""

    better: bool
    loss_before: float
    loss_after: float
    answers: int


def right_chance(recall: float, guess: float) -> float:
    """Return the chance to be right, of one who may also guess."""
    return recall + (1 - recall) * guess


def foretell(facts: Iterable[FactLog], weights: Weights) -> list[Foretold]:
    """Return what these weights, had they always been used, foretell of each scored answer.

    Scored are answers at least a learner day after the last one on the fact, as in `evaluation`;
    in order of time. Imported answers count; what was undone does not.
    """
    found = []
    for fact in facts:
        for row, recall in _replayed(fact.rows, weights):
            if recall is not None and row.rating is not None:
                guess = fact.guesses.get(row.seq, 0.0)
                found.append(Foretold(row.at, row.seq, recall, guess, row.rating > AGAIN))
    return sorted(found, key=lambda one: (one.at, one.seq))


def log_of(facts: Iterable[FactLog]) -> UserLog:
    """Return the same answers as a log to fit on; `scored` in the order of `foretell`."""
    histories: list[History] = []
    scored: list[tuple[datetime, int, Scored]] = []
    rows = 0
    for fact in facts:
        mine: History | None = None
        for row, recall in _replayed(fact.rows, DEFAULT_WEIGHTS):
            if row.kind == "reset" or row.rating is None:
                mine = None
                continue
            if mine is None:
                mine = History([], [], [])
                histories.append(mine)
            if recall is not None:
                one = Scored(len(histories) - 1, len(mine.days), row.rating > AGAIN)
                scored.append((row.at, row.seq, one))
            # A change of zone may give an answer a smaller day; no time passes then.
            mine.days.append(max(row.day, mine.days[-1]) if mine.days else row.day)
            mine.ratings.append(row.rating)
            mine.took_ms.append(0)
            rows += 1
    return UserLog(histories, [one for _, _, one in sorted(scored)], rows)


def _replayed(
    rows: Iterable[ReviewRow], weights: Weights
) -> Iterator[tuple[ReviewRow, float | None]]:
    """Yield each row that counts, with the recall foretold of a scored answer."""
    plain = [
        row
        if row.params_version == DEFAULT_VERSION
        else replace(row, params_version=DEFAULT_VERSION)
        for row in rows
        if row.kind != "reparam"
    ]
    for before, row, _ in history(plain, {DEFAULT_VERSION: weights}):
        if row.kind in ANSWERS and before is not None and row.day > before.last_day:
            elapsed = (row.at - before.last_at).total_seconds() / _DAY_S
            yield row, retrievability(before.stability, elapsed, weights)
        else:
            yield row, None


def judge(before: Sequence[Foretold], after: Sequence[Foretold]) -> Verdict:
    """Say whether weights foretell these answers better than those that are in use.

    By LEAST_ERRORS standard errors of the mean difference, answer by answer, so that chance in a
    short log is not taken for a gain; never where they are equal or there is nothing to tell by.
    """
    gains = [old.loss - new.loss for old, new in zip(before, after, strict=True)]
    if not gains:
        return Verdict(False, 0.0, 0.0, 0)
    n = len(gains)
    mean = fsum(gains) / n
    error = sqrt(fsum((one - mean) ** 2 for one in gains) / max(n - 1, 1) / n)
    return Verdict(
        better=mean > 0 and mean > LEAST_ERRORS * error,
        loss_before=mean_loss(before),
        loss_after=mean_loss(after),
        answers=n,
    )


def mean_loss(told: Sequence[Foretold]) -> float:
    """Return the log loss, in nats; 0 of nothing."""
    return fsum(one.loss for one in told) / len(told) if told else 0.0


def typical_chance(loss: float) -> float:
    """Return the chance that was typically given to what came: the loss in words, 0..1."""
    return exp(-loss)
