"""What a plan is made from and what it is: facts, terms, days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from quizapp.core.scheduling.fsrs import Memory

OPEN_DAYS: Final = 28  # planned ahead where no exam ends the plan
FARTHEST_DAYS: Final = 400  # an exam beyond is planned for as if it were there


@dataclass(frozen=True, slots=True)
class PlanFact:
    """A fact as far as a plan depends on it; days are learner days.

    memory: None for a fact never met; `last_day` and `due_day` say nothing then. points: what it
    counts in the exam. seconds: of one answer. chance: in [0, 1), spreads what is alike.
    """

    fact_id: int
    memory: Memory | None
    last_day: int
    due_day: int
    points: float = 1.0
    seconds: float = 20.0
    chance: float = 0.5


@dataclass(frozen=True, slots=True)
class Terms:
    """When and how much somebody studies.

    exam_day: nothing is planned on it, the day before is the last; None: no exam. off_days: nothing
    is asked. share: of the minutes on easy days, 0..1 by day; absent is 1. new_per_day: None is as
    many as the time allows. retention: what keeps facts due without an exam.
    """

    today: int
    exam_day: int | None
    minutes_per_day: float
    off_days: frozenset[int] = frozenset()
    share: Mapping[int, float] = field(default_factory=dict)
    new_per_day: int | None = None
    retention: float = 0.9

    def share_on(self, day: int) -> float:
        """Return how much of a usual day this one is, 0..1."""
        if day in self.off_days:
            return 0.0
        return min(max(self.share.get(day, 1.0), 0.0), 1.0)

    def seconds_on(self, day: int) -> float:
        """Return the time that may be used on a day."""
        return max(self.minutes_per_day, 0.0) * 60 * self.share_on(day)

    @property
    def days(self) -> range:
        """The days that are planned; empty where the exam is today or over."""
        if self.exam_day is None:
            return range(self.today, self.today + OPEN_DAYS)
        return range(self.today, min(self.exam_day, self.today + FARTHEST_DAYS))


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What to do on a day: reviews in the order of worth, facts to meet, and how long it takes.

    minutes: as expected, with what has to be asked again on the same day.
    """

    day: int
    facts: tuple[int, ...]
    new: tuple[int, ...]
    minutes: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The days, and what they lead to: expected recall on exam day by fact, and its sum in points.

    Without an exam the day after the last one planned stands for it.
    """

    days: tuple[DayPlan, ...]
    recall: Mapping[int, float]
    expected: float
