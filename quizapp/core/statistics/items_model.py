"""What item analysis reads, and the figures that it returns."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from quizapp.core.statistics.figures import Figure


@dataclass(frozen=True, slots=True)
class Column:
    """One question over the attempts that asked it; versions with another key are other columns.

    Entry i of each list belongs to attempt `attempts[i]`, a number from 0. fractions: of the
    points, -1..1, 0 where nothing was answered. What awaits a person has no entry. Columns of one
    question in several versions share `question`. guess: expected fraction of a blind guess, 0..1.
    is_choice: Canvas has figures for it.
    """

    question: Hashable
    attempts: Sequence[int]
    fractions: Sequence[float]
    weights: Sequence[float]
    answered: Sequence[bool]
    guess: float | None = None
    is_choice: bool = True


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """A question in figures, all in percent.

    facility: mean of the fractions. deviation: their standard deviation. guess: what guessing
    earns. intended, effective: its weight in the quiz as set, and as it acts on the totals.
    discrimination: correlation with the rest of the attempt, times 100. efficiency: the same in
    percent of the greatest that these marks could reach. canvas_*: as Canvas has them.
    """

    asked: int
    blank: int
    facility: Figure
    deviation: Figure
    guess: Figure
    intended: Figure
    effective: Figure
    discrimination: Figure
    efficiency: Figure
    canvas_difficulty: Figure
    canvas_correlation: Figure


@dataclass(frozen=True, slots=True)
class TotalFigures:
    """A quiz in figures: in percent of the most points, skewness and kurtosis as they are.

    consistency: Cronbach's alpha times 100. error_ratio: percent of the deviation that is chance.
    standard_error: of one attempt's total, in percent of the most points.
    """

    mean: Figure
    median: Figure
    deviation: Figure
    skewness: Figure
    kurtosis: Figure
    consistency: Figure
    error_ratio: Figure
    standard_error: Figure


@dataclass(frozen=True, slots=True)
class Analysis:
    """All figures; items in the order of the columns.

    shares: each attempt's points in percent of the most, None where nothing is judged. rests: by
    column, each entry's percent of the other points, None where there are no others.
    """

    totals: TotalFigures
    items: tuple[ItemFigures, ...]
    shares: tuple[float | None, ...]
    rests: tuple[tuple[float | None, ...], ...]


def columns_of(
    rows: Sequence[Sequence[float | None]],
    weights: Sequence[float],
    guesses: Sequence[float | None] = (),
) -> list[Column]:
    """Return the columns of a matrix of marks: attempts by questions, None where not answered."""
    attempts = range(len(rows))
    return [
        Column(
            question=place,
            attempts=attempts,
            fractions=[(row[place] or 0.0) / weight for row in rows],
            weights=[weight] * len(rows),
            answered=[row[place] is not None for row in rows],
            guess=guesses[place] if guesses else None,
        )
        for place, weight in enumerate(weights)
    ]
