"""How well models predict recall on a review log: after srs-benchmark, without same-day answers.

The scored answers of a learner in order of time are split in six; each of the last five parts is
predicted by models fitted on all that came before it. Metrics are pooled over a learner's five
parts, then weighted by rows over learners. RMSE(bins) can be gamed (an exploit reaches 0.0135): log
loss and AUC are what counts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, fsum, log, sqrt
from typing import Final

from quizapp.core.scheduling import baselines, correction, fitting
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights, retrievability
from quizapp.core.scheduling.mixture import Mixture
from quizapp.core.scheduling.odds import LEAST_CHANCE, chance_of, log_odds
from quizapp.core.scheduling.review_log import Scored, UserLog

PARTS: Final = 5
LEAST_SCORED: Final = 12  # answers of a learner below which no part would hold two
BIAS_STEP: Final = 0.05
DEFAULTS, FITTED, CORRECTED, OURS = "fsrs6_default", "fsrs6_fitted", "corrected", "quizapp"
MODELS: Final = ("constant", "moving_average", "sm2", DEFAULTS, FITTED, OURS)
_BASES = (DEFAULTS, FITTED, CORRECTED)
PRIORS: Final = {DEFAULTS: 0.8} | dict.fromkeys(
    (f"{DEFAULTS}+level", FITTED, f"{FITTED}+level", CORRECTED, f"{CORRECTED}+level"), 0.04
)


@dataclass(frozen=True, slots=True)
class Metrics:
    """log_loss in nats; rmse_bins; auc 0..1, 0.5 where all answers came out the same."""

    log_loss: float
    rmse_bins: float
    auc: float
    rows: int


@dataclass(slots=True)
class _Predicted:
    """The predictions of one learner's test answers, by model, and what the answers were."""

    by_model: dict[str, list[float]]
    passed: list[bool]
    bins: list[tuple[int, int, int]]


def evaluate(logs: Mapping[str, UserLog]) -> dict[str, dict[str, Metrics]]:
    """Return {user: {model: metrics}}; learners with too few scored answers are left out."""
    return {
        user: evaluate_user(log) for user, log in logs.items() if len(log.scored) >= LEAST_SCORED
    }


def evaluate_user(log: UserLog) -> dict[str, Metrics]:
    """Return the metrics of each of MODELS on one learner's log."""
    found = _predict(log)
    return {
        name: Metrics(
            log_loss(chances, found.passed), _rmse_bins(chances, found.passed, found.bins),
            _auc(chances, found.passed), len(chances),
        )
        for name, chances in found.by_model.items()
    }  # fmt: skip


def pooled(by_user: Mapping[str, Mapping[str, Metrics]]) -> dict[str, Metrics]:
    """Return each model's metrics over learners, weighted by rows."""
    rows = sum(next(iter(one.values())).rows for one in by_user.values())
    found = {}
    for model in MODELS if by_user else ():
        mine = [one[model] for one in by_user.values()]
        found[model] = Metrics(
            fsum(one.log_loss * one.rows for one in mine) / rows,
            fsum(one.rmse_bins * one.rows for one in mine) / rows,
            fsum(one.auc * one.rows for one in mine) / rows,
            rows,
        )
    return found


def _predict(log: UserLog) -> _Predicted:
    found = _Predicted(defaultdict(list), [], [])
    size = len(log.scored) // (PARTS + 1)
    by_default = Model(log, DEFAULT_WEIGHTS)
    sm2 = [baselines.sm2_recalls(one) for one in log.histories]
    averages = baselines.moving_average([one.passed for one in log.scored])
    mixture, levels = Mixture(PRIORS), dict.fromkeys(_BASES, 0.0)
    for part in range(PARTS):
        start = len(log.scored) - (PARTS - part) * size
        past, test = log.scored[:start], log.scored[start : start + size]
        fitted = Model(log, fitting.fit(log, start))
        shifts = fitted.shifts(past, test)
        constant = sum(one.passed for one in past) / len(past)
        for at, (one, shift) in enumerate(zip(test, shifts, strict=True), start):
            odds = {DEFAULTS: by_default.odds(one), FITTED: fitted.odds(one)}
            odds[CORRECTED] = odds[FITTED] + shift
            chances = {name: chance_of(each) for name, each in odds.items()}
            chances |= {f"{name}+level": chance_of(odds[name] + levels[name]) for name in _BASES}
            told = {
                "constant": _kept(constant), "moving_average": averages[at],
                "sm2": _kept(sm2[one.history][one.place]), DEFAULTS: chances[DEFAULTS],
                FITTED: chances[FITTED], OURS: mixture.predict(chances),
            }  # fmt: skip
            for name, chance in told.items():
                found.by_model[name].append(chance)
            found.passed.append(one.passed)
            found.bins.append(_bin(log, one))
            mixture.learn(chances, one.passed)
            for name in _BASES:
                levels[name] += BIAS_STEP * (one.passed - chances[f"{name}+level"])
    return found


class Model:
    """FSRS-6 with one set of weights, on one learner's log."""

    def __init__(self, log: UserLog, weights: Weights) -> None:
        self._log = log
        self._memories = fitting.memories_of(log, weights)
        self._recalls = [
            [1.0, *(retrievability(stability, delta, weights) for (stability, _), delta
                    in zip(mine, history.deltas[1:], strict=False))]
            for mine, history in zip(self._memories, log.histories, strict=True)
        ]  # fmt: skip

    def odds(self, one: Scored) -> float:
        """Return the log odds of recall."""
        return log_odds(self._recalls[one.history][one.place])

    def shifts(self, past: Sequence[Scored], test: Sequence[Scored]) -> list[float]:
        """Return the corrections of the test answers by a regression on the past ones."""
        usual_ms = correction.median_ms(
            [self._log.histories[number] for number in {one.history for one in past}]
        )
        rows = {
            number: correction.features(
                self._log.histories[number], self._memories[number], self._recalls[number], usual_ms
            )
            for number in {one.history for one in (*past, *test)}
        }
        made = correction.fit(
            [rows[one.history][one.place - 1] for one in past],
            [self.odds(one) for one in past],
            [one.passed for one in past],
            usual_ms,
        )
        return made.shifts([rows[one.history][one.place - 1] for one in test])


def _kept(chance: float) -> float:
    return min(max(chance, LEAST_CHANCE), 1 - LEAST_CHANCE)


def log_loss(chances: Sequence[float], passed: Sequence[bool]) -> float:
    """Return the mean of -ln(chance given to what came)."""
    return -fsum(
        log(chance if one else 1 - chance) for chance, one in zip(chances, passed, strict=True)
    ) / len(passed)


def _bin(log_of: UserLog, one: Scored) -> tuple[int, int, int]:
    """Return the bin of an answer by days elapsed, number of the review and lapses."""
    history = log_of.histories[one.history]
    lapses = sum(rating == 1 for rating in history.ratings[: one.place])
    return (
        floor(log(history.deltas[one.place]) / log(3.62)),
        floor(log(one.place + 1) / log(1.89)),
        floor(log(lapses) / log(1.73)) if lapses else -1,
    )


def _rmse_bins(
    chances: Sequence[float], passed: Sequence[bool], bins: Sequence[tuple[int, int, int]]
) -> float:
    sums: dict[tuple[int, int, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for chance, one, place in zip(chances, passed, bins, strict=True):
        mine = sums[place]
        mine[0] += 1
        mine[1] += chance
        mine[2] += one
    total = fsum(((predicted - real) / n) ** 2 * n for n, predicted, real in sums.values())
    return sqrt(total / len(passed))


def _auc(chances: Sequence[float], passed: Sequence[bool]) -> float:
    """Return how often a passed answer had the higher chance, ties half (Mann and Whitney)."""
    right, wrong = sum(passed), len(passed) - sum(passed)
    if not right or not wrong:
        return 0.5
    ordered = sorted(zip(chances, passed, strict=True))
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += sum(one for _, one in ordered[at:end]) * (at + 1 + end) / 2
        at = end
    return (ranks - right * (right + 1) / 2) / (right * wrong)
