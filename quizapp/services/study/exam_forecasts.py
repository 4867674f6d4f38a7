"""The days that a learner's facts are needed on, and what will be known then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.forecast import Forecast
from quizapp.extensions import db
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.study import (
    forecasts,
    levels,
    memories,
    plan_ahead,
    plan_scope,
    plans,
    waiting,
)
from quizapp.services.study.forecasts import FactsForecast
from quizapp.services.study.plans import Exam

AHEAD_DAYS: Final = 30  # for the shelf, where nothing is dated
SHELF: Final = "shelf"
MOST_EXAMS: Final = 12  # on the page, the soonest
_POINTS: Final = 5  # days of the drawing, the first and last among them


@dataclass(frozen=True, slots=True)
class Ahead:
    """Facts that are needed on a day. key: names it in addresses. title: empty of the shelf."""

    key: str
    title: str
    day: int
    facts: Sequence[int]
    course_title: str | None = None
    plan_id: int | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """Facts known on the day with the learner's plan kept: mean and band."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ExamForecast:
    """What will be known on a day. course: the same on days from today to it, if no more is done.

    planned: None where there is no plan, or its days are still being worked out.
    """

    ahead: Ahead
    found: FactsForecast
    course: Sequence[tuple[int, Forecast]]
    planned: Planned | None


def ahead_of(person: Person, now: datetime) -> list[Ahead]:
    """Return what is dated for the learner, planned or not, the soonest first; else the shelf."""
    dated = [*plans.exams_of(person, now), *plans.offered(person, now)]
    found = [_of_exam(exam) for exam in dated if exam.fact_ids]
    if found:
        return sorted(found, key=lambda one: (one.day, one.key))[:MOST_EXAMS]
    today = learner_day(now, person.tz, person.rollover_minutes)
    facts = plan_scope.ordered(person, waiting.askable_facts(memories.shelf(person)))
    return [Ahead(SHELF, "", today + AHEAD_DAYS, facts)] if facts else []


def find(person: Person, key: str, now: datetime) -> Ahead:
    """Return what an address names; Absent where it is not, or no longer, the learner's."""
    for one in ahead_of(person, now):
        if one.key == key:
            return one
    raise Absent


def of_person(person: Person, now: datetime) -> list[ExamForecast]:
    """Return a forecast for everything that is ahead."""
    listed = ahead_of(person, now)
    known = plan_ahead.current(person, now) if any(one.plan_id for one in listed) else None
    courses = known.exams if known else {}
    today = learner_day(now, person.tz, person.rollover_minutes)
    found = []
    for one in listed:
        plan = courses.get(one.plan_id or 0)
        planned = Planned(plan.expected, plan.low, plan.high) if plan else None
        kept = forecasts.known_of(person, one.facts)
        course = [
            (day, kept.forecast(kept.on(day), max(day - today, 0))) for day in _days(today, one)
        ]
        whole = forecasts.of_known(person, kept, one.facts, one.day, now)
        found.append(ExamForecast(one, whole, course, planned))
    return found


def answers_behind(person: Person) -> int:
    """Return on how many answers the forecasts rest, beside the memories themselves."""
    return levels.answers_behind(db.session.connection(), person.id)


def _of_exam(exam: Exam) -> Ahead:
    key = f"plan-{exam.id}" if exam.id else f"given-{exam.assignment}"
    return Ahead(
        key, exam.title, exam.day, sorted(exam.fact_ids), exam.course_title, exam.id or None
    )


def _days(today: int, one: Ahead) -> list[int]:
    """Return days from today to the one that counts, evenly spread."""
    span = max(one.day - today, 0)
    steps = min(span, _POINTS - 1)
    return [today + round(span * n / steps) for n in range(steps + 1)] if steps else [one.day]
