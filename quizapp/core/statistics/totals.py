"""A quiz as a whole: the distribution of the totals, and how consistent its questions are."""

from collections import Counter
from collections.abc import Hashable, Sequence
from math import sqrt

from quizapp.core.statistics.figures import (
    NORMAL_95,
    NOTHING,
    Figure,
    Why,
    absent,
    alpha_interval,
    deviation_of,
    mean,
    mean_of,
    median_of,
    variance,
)
from quizapp.core.statistics.items_model import Column, TotalFigures


def total_figures(columns: Sequence[Column], shares: Sequence[float | None]) -> TotalFigures:
    """Return the figures of the totals, given as shares of the most points.

    Intervals: mean by Student's t, median by the sign test, deviation by the fourth moment,
    skewness and kurtosis by their standard errors under normality, consistency after Bonett
    (2002); error ratio and standard error follow from that, with the deviation taken as known.
    """
    totals = [share for share in shares if share is not None]
    consistency, deviation = _consistency(columns, len(shares))
    error_ratio = _error_ratio(consistency)
    return TotalFigures(
        mean=_mean(totals),
        median=median_of(totals).scaled(100),
        deviation=deviation_of(totals).scaled(100),
        skewness=_skewness(totals),
        kurtosis=_kurtosis(totals),
        consistency=consistency,
        error_ratio=error_ratio,
        standard_error=error_ratio.scaled(deviation),
    )


def _mean(totals: Sequence[float]) -> Figure:
    return mean_of(totals).scaled(100).within(-100.0, 100.0)


def _skewness(totals: Sequence[float]) -> Figure:
    """Return k3 / k2^1.5: below 0 where the low totals reach further out than the high ones."""
    n = len(totals)
    if why := _unusable(totals, 3):
        return absent(n, why)
    second, third, _ = _moments(totals)
    k2, k3 = n * second / (n - 1), n**2 * third / ((n - 1) * (n - 2))
    return _around(k3 / k2**1.5, n, _skewness_error(n))


def _kurtosis(totals: Sequence[float]) -> Figure:
    """Return k4 / k2^2: 0 for a normal curve, below it where the totals are flatter."""
    n = len(totals)
    if why := _unusable(totals, 4):
        return absent(n, why)
    second, _, fourth = _moments(totals)
    k2 = n * second / (n - 1)
    k4 = n**2 * ((n + 1) * fourth - 3 * (n - 1) * second**2) / ((n - 1) * (n - 2) * (n - 3))
    error = 2 * _skewness_error(n) * sqrt((n**2 - 1) / ((n - 3) * (n + 5)))
    return _around(k4 / k2**2, n, error)


def _unusable(totals: Sequence[float], least: int) -> Why:
    if len(totals) < least:
        return "few"
    return "constant" if variance(totals) < NOTHING else ""


def _moments(totals: Sequence[float]) -> tuple[float, float, float]:
    centre = mean(totals)
    found = [mean([(each - centre) ** power for each in totals]) for power in (2, 3, 4)]
    return found[0], found[1], found[2]


def _skewness_error(n: int) -> float:
    return sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))


def _around(value: float, n: int, error: float) -> Figure:
    return Figure(value, n, value - NORMAL_95 * error, value + NORMAL_95 * error)


def _consistency(columns: Sequence[Column], attempts: int) -> tuple[Figure, float]:
    """Return Cronbach's alpha times 100 and the deviation of the totals that belong to it.

    Of the attempts that asked the same questions, where these are at least half of all.
    """
    marks = _marks(columns, attempts)
    sets = Counter(frozenset(each) for each in marks)
    asked, n = sets.most_common(1)[0] if sets else (frozenset[Hashable](), 0)
    if not asked or n < 2:
        return absent(n, "few" if len(marks) < 2 else "mixed"), 0.0
    if len(asked) < 2:
        return absent(n, "alone"), 0.0
    if 2 * n < len(marks):
        return absent(n, "mixed"), 0.0
    alike = [each for each in marks if frozenset(each) == asked]
    parts = [[each[question] for each in alike] for question in asked]
    totals = [sum(each) for each in zip(*parts, strict=True)]
    whole, k = variance(totals), len(asked)
    if whole < NOTHING:
        return absent(n, "constant"), 0.0
    alpha = k / (k - 1) * (1 - sum(variance(part) for part in parts) / whole)
    low, high = alpha_interval(alpha, k, n) or (None, None)
    return Figure(alpha, n, low, high).scaled(100), sqrt(whole)


def _marks(columns: Sequence[Column], attempts: int) -> list[dict[Hashable, float]]:
    """Return each attempt's marks by question, as shares of the most points, however versioned."""
    marks: list[dict[Hashable, float]] = [{} for _ in range(attempts)]
    most = [0.0] * attempts
    for column in columns:
        entries = zip(column.attempts, column.fractions, column.weights, strict=True)
        for attempt, fraction, weight in entries:
            marks[attempt][column.question] = fraction * weight
            most[attempt] += weight
    return [
        {question: mark / all_of_it for question, mark in each.items()}
        for each, all_of_it in zip(marks, most, strict=True)
        if all_of_it > 0
    ]


def _error_ratio(consistency: Figure) -> Figure:
    """Return percent of the deviation that is chance: 100 where the consistency is 0."""
    if consistency.value is None:
        return absent(consistency.n, consistency.why)
    value, n = _chance(consistency.value), consistency.n
    if consistency.low is None or consistency.high is None:
        return Figure(value, n)
    return Figure(value, n, _chance(consistency.high), _chance(consistency.low))


def _chance(consistency: float) -> float:
    return 100 * sqrt(max(1 - consistency / 100, 0.0))
