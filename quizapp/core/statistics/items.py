"""Item analysis (after Moodle's published formulas): each question, and the quiz as a whole."""

from collections.abc import Sequence
from math import sqrt

from quizapp.core.statistics.figures import (
    NOTHING,
    Figure,
    absent,
    centred,
    correlation_of,
    deviation_of,
    dot,
    mean,
    mean_of,
)
from quizapp.core.statistics.items_model import Analysis, Column, ItemFigures
from quizapp.core.statistics.totals import total_figures
from quizapp.core.statistics.weights import effective_weights

RIGHT = 1 - 1e-9
Numbers = Sequence[float]


def analyse(columns: Sequence[Column], attempts: int) -> Analysis:
    """Return the figures of `attempts` attempts, numbered from 0, at the questions of the columns.

    Totals are shares of the most points that an attempt could have; where all attempts ask the
    same, every figure equals that of points. A question that only some attempts asked has the
    figures of those. Intervals: facility by Wilson's score (marks of 0 or all) or Student's t,
    discrimination by Fisher's z, efficiency as that with the greatest covariance taken as known,
    effective weight by the jackknife; the weight as set and the guess are no estimates.
    """
    points, most = _sums(columns, attempts)
    shares = tuple(_share(*each) for each in zip(points, most, strict=True))
    parts = [_parts(column, most) for column in columns]
    rests = tuple(_rests(column, points, most) for column in columns)
    weights = effective_weights([column.attempts for column in columns], parts, shares)
    items = tuple(
        _item(column, weight, rest, shares, most)
        for column, weight, rest in zip(columns, weights, rests, strict=True)
    )
    return Analysis(
        total_figures(columns, shares),
        items,
        tuple(_percent(share) for share in shares),
        tuple(tuple(_percent(each) for each in rest) for rest in rests),
    )


def _sums(columns: Sequence[Column], attempts: int) -> tuple[list[float], list[float]]:
    points, most = [0.0] * attempts, [0.0] * attempts
    for column in columns:
        entries = zip(column.attempts, column.fractions, column.weights, strict=True)
        for attempt, fraction, weight in entries:
            points[attempt] += fraction * weight
            most[attempt] += weight
    return points, most


def _share(points: float, most: float) -> float | None:
    return points / most if most > 0 else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _parts(column: Column, most: Numbers) -> list[float]:
    """Return what each mark adds to the share of its attempt."""
    entries = zip(column.attempts, column.fractions, column.weights, strict=True)
    return [
        fraction * weight / most[attempt] if most[attempt] > 0 else 0.0
        for attempt, fraction, weight in entries
    ]


def _rests(column: Column, points: Numbers, most: Numbers) -> list[float | None]:
    """Return the share of the points of each attempt's other questions."""
    entries = zip(column.attempts, column.fractions, column.weights, strict=True)
    return [
        (points[attempt] - fraction * weight) / rest
        if (rest := most[attempt] - weight) > 1e-9
        else None
        for attempt, fraction, weight in entries
    ]


def _item(
    column: Column,
    effective: Figure,
    rests: Sequence[float | None],
    shares: Sequence[float | None],
    most: Numbers,
) -> ItemFigures:
    n, guess = len(column.fractions), column.guess
    marks = [x for x, y in zip(column.fractions, rests, strict=True) if y is not None]
    others = [y for y in rests if y is not None]
    discrimination = correlation_of(marks, others) if marks else absent(0, "alone")
    difficulty, correlation = _as_canvas(column, shares)
    return ItemFigures(
        asked=n,
        blank=n - sum(column.answered),
        facility=mean_of(column.fractions).scaled(100).within(-100.0, 100.0),
        deviation=deviation_of(column.fractions).scaled(100),
        guess=absent(n, "no-guess") if guess is None else Figure(100 * guess, n),
        intended=_intended(column, most),
        effective=effective,
        discrimination=discrimination.scaled(100),
        efficiency=_efficiency(marks, others, discrimination),
        canvas_difficulty=difficulty.scaled(100),
        canvas_correlation=correlation,
    )


def _intended(column: Column, most: Numbers) -> Figure:
    """Return the share of the most points; the mean of them where attempts differ in theirs."""
    entries = zip(column.attempts, column.weights, strict=True)
    found = [weight / most[attempt] for attempt, weight in entries if most[attempt] > 0]
    return Figure(100 * mean(found), len(found)) if found else absent(0, "few")


def _efficiency(marks: Numbers, rests: Numbers, correlation: Figure) -> Figure:
    """Return the covariance in percent of the greatest: that of both in ascending order."""
    if correlation.value is None:
        return absent(correlation.n, correlation.why)
    marks, rests = sorted(centred(marks)), sorted(centred(rests))
    greatest = dot(marks, rests)
    if greatest < NOTHING * len(marks):
        return absent(correlation.n, "constant")
    reach = sqrt(dot(marks, marks) * dot(rests, rests)) / greatest
    return correlation.scaled(100 * reach).within(-100 * reach, 100.0)


def _as_canvas(column: Column, shares: Sequence[float | None]) -> tuple[Figure, Figure]:
    """Return share right and item-total correlation of those who answered, as Canvas has them.

    The total holds the question itself, so the correlation is higher than with the rest.
    """
    if not column.is_choice:
        return absent(0, "other-type"), absent(0, "other-type")
    entries = zip(column.attempts, column.fractions, column.answered, strict=True)
    right, totals = [], []
    for attempt, fraction, answered in entries:
        if answered and (share := shares[attempt]) is not None:
            right.append(float(fraction >= RIGHT))
            totals.append(share)
    return mean_of(right), correlation_of(right, totals)
