"""A learner's plans: exams to be ready for, pauses, easy days, and the way out of a backlog."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Final

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from quizapp.core.scheduling.plan import PlanFact
from quizapp.extensions import db
from quizapp.services.people.sessions import Person
from quizapp.services.study import plan_rows, plan_scope
from quizapp.services.study.plan_facts import answers_needed, model_of, plan_facts
from quizapp.services.study.plan_rows import EXAM, Wish

MINUTES: Final = (1, 600)  # a day
DAILY: Final = 20  # minutes a day, where nobody can say better
__all__ = [
    "Exam",
    "exam_of",
    "exams_of",
    "minutes_needed",
    "offered",
    "plan_facts",
    "typical_minutes",
    "wishes",
]


@dataclass(frozen=True, slots=True)
class Exam:
    """A day by which facts are to be known; `facts` in the order in which new ones are met.

    id: of the plan, 0 of one that is only offered. assignment: the uid where a course has set it.
    """

    id: int
    title: str
    day: int
    fact_ids: frozenset[int]
    minutes_per_day: int
    course_title: str | None
    facts: tuple[int, ...] = ()
    assignment: str | None = None
    assignment_id: int | None = None
    since: int | None = None  # the learner day on which it was planned


def wishes(person: Person) -> list[Wish]:
    """Return all plans of the learner that go on."""
    return plan_rows.of_user(db.session.connection(), person.id)


def exams_of(person: Person, now: datetime) -> list[Exam]:
    """Return the exams that are planned for and not over, the soonest first.

    Those of a course are as the course, or an exception for this learner, has them now.
    """
    if plan_rows.noted(person) is None:
        return []
    found = [exam_of(person, wish, now) for wish in wishes(person) if wish.kind == EXAM]
    return sorted((exam for exam in found if exam), key=lambda exam: (exam.day, exam.id))


def exam_of(person: Person, wish: Wish, now: datetime) -> Exam | None:
    """Return what a plan of kind exam means now; None where it is over or its facts are gone."""
    scope = plan_scope.of_goal(person, wish.goal, now)
    if scope is None:
        return None
    today = learner_day(now, person.tz, person.rollover_minutes)
    day = scope.day if scope.day is not None else int(wish.goal.get("day", 0))
    if day < today:
        return None
    title = str(wish.goal.get("title") or scope.title)
    minutes = int(wish.goal.get("minutes", DAILY))
    return Exam(
        wish.id,
        title,
        day,
        frozenset(scope.facts),
        minutes,
        scope.course_title,
        scope.facts,
        wish.goal.get("assignment"),
        scope.assignment_id,
        wish.from_day,
    )


def offered(person: Person, now: datetime, course: int | None = None) -> list[Exam]:
    """Return what the learner's courses want known by a day to come, and is not planned for yet.

    Of one course, where its id is given. `minutes_per_day` is about what it needs.
    """
    taken = {wish.goal.get("assignment") for wish in wishes(person) if wish.kind == EXAM}
    today = learner_day(now, person.tz, person.rollover_minutes)
    return [
        Exam(
            0,
            scope.title,
            scope.day or today,
            frozenset(scope.facts),
            minutes_needed(person, scope.facts, scope.day or today, now),
            scope.course_title,
            scope.facts,
            uid,
            scope.assignment_id,
        )
        for uid, scope in plan_scope.of_courses(person, now, course=course)
        if uid not in taken and scope.facts and (scope.day or 0) > today
    ]


def minutes_needed(person: Person, facts: tuple[int, ...], day: int, now: datetime) -> int:
    """Return about how many minutes a day keep facts at the learner's retention until a day."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    weights, _ = model_of(person)
    days = max(day - today, 1)
    seconds = sum(
        fact.seconds * answers_needed(fact, days, person.desired_retention, weights)
        for fact in plan_facts(person, facts, now)
    )
    return min(max(ceil(seconds / days / 60), MINUTES[0]), MINUTES[1])


@lru_cache(maxsize=1024)
def typical_minutes(facts: int, days: int, seconds: float = 20.0) -> int:
    """Return about how many minutes a day somebody needs who has met none of the facts."""
    new = PlanFact(0, None, 0, 0, seconds=seconds)
    needed = facts * seconds * answers_needed(new, max(days, 1), 0.9, DEFAULT_WEIGHTS)
    return min(max(ceil(needed / max(days, 1) / 60), MINUTES[0]), MINUTES[1])
