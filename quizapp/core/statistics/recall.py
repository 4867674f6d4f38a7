"""Recall in figures: true retention, what falls due, levels of recall and of days (after Anki)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, fsum, sqrt
from typing import Literal, Protocol

MATURE_DAYS = 21  # an interval from which Anki calls a card mature
_NORMAL_95 = 1.959963984540054  # two-sided quantile of the normal distribution
_RECALL_LEVELS = (0.5, 0.7, 0.9)
_HEAT_LEVELS = (1, 10, 20, 30)  # answers a day
_TOLERANCE = 1e-9  # recall on the due day is 0.9 but for the last bit
KNOWN_FROM = _RECALL_LEVELS[-1] - _TOLERANCE  # the recall with which the highest level begins

ReviewClass = Literal["learning", "young", "mature"]


class DayCounts(Protocol):
    """A row with a learner day and its passes and failures, such as one of `user_days`."""

    @property
    def day(self) -> int: ...
    @property
    def learning_pass(self) -> int: ...
    @property
    def learning_fail(self) -> int: ...
    @property
    def young_pass(self) -> int: ...
    @property
    def young_fail(self) -> int: ...
    @property
    def mature_pass(self) -> int: ...
    @property
    def mature_fail(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Share:
    """`passed` of `answered`."""

    passed: int = 0
    answered: int = 0

    @property
    def value(self) -> float | None:
        """The share, 0..1; None of nothing."""
        return self.passed / self.answered if self.answered else None

    @property
    def likely_range(self) -> tuple[float, float]:
        """The range, 0..1, that holds the true share 95 times in 100 (`wilson`)."""
        return wilson(self.passed, self.answered)


@dataclass(frozen=True, slots=True)
class Retention:
    """How many answers recalled: `true` is young and mature together, learning apart."""

    learning: Share
    young: Share
    mature: Share

    @property
    def true(self) -> Share:
        """True retention: of the memories that had at least a day to fade."""
        return Share(
            self.young.passed + self.mature.passed, self.young.answered + self.mature.answered
        )


@dataclass(frozen=True, slots=True)
class Due:
    """`overdue` cards from before today, and `per_day` from today on."""

    overdue: int = 0
    per_day: tuple[int, ...] = ()

    @property
    def now(self) -> int:
        """What waits today: overdue and due today."""
        return self.overdue + (self.per_day[0] if self.per_day else 0)


def wilson(passed: int, answered: int) -> tuple[float, float]:
    """Return the 95 percent score interval of a share (Wilson 1927), (0, 1) of nothing.

    Unlike the plain +-1.96 s it stays inside 0..1 and holds for few answers.
    Raises ValueError unless 0 <= passed <= answered.
    """
    if not 0 <= passed <= answered:
        raise ValueError(f"{passed} of {answered} is no share")
    if answered == 0:
        return 0.0, 1.0
    z2 = _NORMAL_95**2
    centre = (passed + z2 / 2) / (answered + z2)
    half = sqrt(passed * (answered - passed) / answered + z2 / 4) * _NORMAL_95 / (answered + z2)
    # The ends are exact where nothing or everything passed; rounding must not say otherwise.
    low = 0.0 if passed == 0 else centre - half
    return low, 1.0 if passed == answered else centre + half


def review_class(state_before: int | None, interval_days_before: int | None) -> ReviewClass:
    """Return what kind of review an answer is, by the card before it.

    state_before: 1 learning, 2 review, 3 relearning, None for a fact never met. interval: learner
    days from the review before to its due day. Only cards in review count for true retention:
    young with an interval under 21 days, mature from there (Anki, `retention.rs`). An answer again
    on the same day counts as Anki's code has it; whoever wants its manual's reading, "only the
    first review per day", leaves out the answers whose `delta_days` are 0.
    """
    if state_before != 2:
        return "learning"
    return "mature" if (interval_days_before or 0) >= MATURE_DAYS else "young"


def true_retention(days: Iterable[DayCounts]) -> Retention:
    """Return the sums over rows of any number of days; choose the window by choosing the rows."""
    days = list(days)
    learning_pass = sum(day.learning_pass for day in days)
    young_pass = sum(day.young_pass for day in days)
    mature_pass = sum(day.mature_pass for day in days)
    return Retention(
        Share(learning_pass, learning_pass + sum(day.learning_fail for day in days)),
        Share(young_pass, young_pass + sum(day.young_fail for day in days)),
        Share(mature_pass, mature_pass + sum(day.mature_fail for day in days)),
    )


def weekly_retention(
    days: Iterable[DayCounts], today: int, weeks: int
) -> list[tuple[int, Retention]]:
    """Return (Monday's day number, retention) of the last `weeks` weeks, oldest first.

    Weeks begin on Monday; the last is the one that holds `today`, so it may be incomplete.
    """
    by_week: dict[int, list[DayCounts]] = {}
    for row in days:
        by_week.setdefault(_monday(row.day), []).append(row)
    last = _monday(today)
    mondays = range(last - 7 * (weeks - 1), last + 1, 7)
    return [(monday, true_retention(by_week.get(monday, []))) for monday in mondays]


def due_per_day(due_days: Iterable[int], today: int, span: int) -> Due:
    """Return how many cards fall due on each of `span` days from today, and before today.

    Assumes no new cards and no lapses (Anki, `future_due.rs`); leave out suspended cards.
    """
    overdue, per_day = 0, [0] * span
    for day in due_days:
        if day < today:
            overdue += 1
        elif day < today + span:
            per_day[day - today] += 1
    return Due(overdue, tuple(per_day))


def daily_load(interval_days: Iterable[float]) -> int:
    """Return the reviews a day to expect: floor of the sum of 1 / max(1, interval) (Anki)."""
    # 49 times 1/49 is a hair below 1 in floats, and is one review a day.
    return floor(fsum(1 / max(1, days) for days in interval_days) + _TOLERANCE)


def recall_level(retrievability: float | None) -> int:
    """Return 1 weak (under 50 %), 2 fading (to 69 %), 3 likely (to 89 %), 4 known; 0 not asked."""
    if retrievability is None:
        return 0
    return 1 + bisect_right(_RECALL_LEVELS, retrievability + _TOLERANCE)


def heat_levels(answers: Sequence[int]) -> list[int]:
    """Return for each day's answers 0 none, 1 some, 2 from 10, 3 from 20, 4 from 30.

    Fixed, so that a colour means the same in every year and for every learner.
    """
    return [bisect_right(_HEAT_LEVELS, count) for count in answers]


def _monday(day: int) -> int:
    return day - (day - 1) % 7  # day 1 of the calendar, 1 January of year 1, is a Monday
