"""Planning without an exam: what is due, evenly, the most worth first where time is short."""

from collections.abc import Sequence
from typing import Final

from quizapp.core.scheduling.fsrs import interval_for
from quizapp.core.scheduling.plan_recall import NEW_ANSWERS, NEW_PASS, Recall, Strength
from quizapp.core.scheduling.plan_terms import DayPlan, Plan, PlanFact, Terms

WORTH_DAYS: Final = 30  # an answer is worth what it adds to recall so many days later
LEAD_DAYS: Final = 3  # before a pause, in which what falls due in it is taken where time is left


class _Row:
    """A fact as the plan expects it to be by then."""

    __slots__ = ("due", "fact", "last", "now")

    def __init__(self, fact: PlanFact) -> None:
        self.fact = fact
        memory = fact.memory
        self.now: Strength | None = (memory.stability, memory.difficulty) if memory else None
        self.last, self.due = fact.last_day, fact.due_day

    def seconds(self, day: int, recall: Recall) -> float:
        """Return how long it takes on that day, wrong answers asked again."""
        if self.now is None:
            return self.fact.seconds * NEW_ANSWERS
        return self.fact.seconds * (2 - recall.chance(self.now[0], max(day - self.last, 0)))

    def worth(self, day: int, recall: Recall) -> float:
        """Return the points for a second that asking it on that day brings."""
        if self.now is None:
            return 0.0
        elapsed = max(day - self.last, 0)
        later = recall.chance(self.now[0], elapsed + WORTH_DAYS)
        gain = recall.then(*self.now, elapsed, WORTH_DAYS) - later
        return gain * self.fact.points / self.fact.seconds

    def ask(self, day: int, terms: Terms, recall: Recall) -> None:
        """Become what an answer on that day makes of it."""
        if self.now is None:
            (known, easy), (unknown, hard) = recall.new
            self.now = known**NEW_PASS * unknown ** (1 - NEW_PASS), (easy + hard) / 2
        else:
            self.now = recall.mixed(*self.now, max(day - self.last, 0))
        days = round(interval_for(self.now[0], terms.retention, recall.weights))
        self.last, self.due = day, day + max(days, 1)


def open_days(facts: Sequence[PlanFact], terms: Terms, recall: Recall) -> Plan:
    """Return the plan of the next days: each fact when its recall has fallen to the retention."""
    rows = [_Row(fact) for fact in facts]
    days = tuple(_day(rows, day, terms, recall) for day in terms.days)
    end = terms.days.stop
    known = {
        row.fact.fact_id: recall.chance(row.now[0], max(end - row.last, 0)) if row.now else 0.0
        for row in rows
    }
    return Plan(days, known, sum(known[row.fact.fact_id] * row.fact.points for row in rows))


def open_today(facts: Sequence[PlanFact], terms: Terms, recall: Recall) -> DayPlan:
    """Return the first day of the plan."""
    return _day([_Row(fact) for fact in facts], terms.today, terms, recall)


def _day(rows: Sequence[_Row], day: int, terms: Terms, recall: Recall) -> DayPlan:
    left = room = terms.seconds_on(day)
    if not room:
        return DayPlan(day, (), (), 0.0)
    asked: list[int] = []
    for row in _waiting(rows, day, terms, recall):
        seconds = row.seconds(day, recall)
        if min(seconds, room) <= left:  # what takes longer than a day has may have it all
            left -= seconds
            asked.append(row.fact.fact_id)
            row.ask(day, terms, recall)
    met: list[int] = []
    most = len(rows) if terms.new_per_day is None else terms.new_per_day
    for row in [row for row in rows if row.now is None]:
        seconds = row.seconds(day, recall)
        if len(met) >= most or min(seconds, room) > left:
            break
        left -= seconds
        met.append(row.fact.fact_id)
        row.ask(day, terms, recall)
    return DayPlan(day, tuple(asked), tuple(met), (room - left) / 60)


def _waiting(rows: Sequence[_Row], day: int, terms: Terms, recall: Recall) -> list[_Row]:
    """Return what is due, then what will be in a pause that is near, the most worth first."""
    first, end = _pause_after(day, terms)
    found = [
        row
        for row in rows
        if row.now and row.last < day and (row.due <= day or first <= row.due < end)
    ]
    found.sort(key=lambda row: (row.due > day, -row.worth(day, recall), row.fact.fact_id))
    return found


def _pause_after(day: int, terms: Terms) -> tuple[int, int]:
    """Return the days off, first and end, that begin soon after the day; an empty range if none."""
    for first in range(day + 1, day + 1 + LEAD_DAYS):
        if first in terms.off_days:
            end = first
            while end in terms.off_days:
                end += 1
            # One day off needs one day before it, a long pause some more.
            return (first, end) if first - day <= end - first else (0, 0)
    return 0, 0
