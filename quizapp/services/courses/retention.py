"""Deleting a course's results when its time is over: foreseen, and then done, person by person.

What goes is what the course holds about its learners: attempts at its assignments, exceptions and
enrolments. What they know is theirs and stays: reviews, cards, and the answers themselves, which
no longer say in which attempt they were given.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Assignment,
    AssignmentException,
    Attempt,
    AttemptItem,
    AttemptSave,
    Course,
    Enrolment,
    LoggedResponse,
    Regrade,
    Snapshot,
    User,
)
from quizapp.services.courses.access import LEARNER, CourseView
from quizapp.services.operations import jobs
from quizapp.services.people import audit, erasure

KIND: Final = "course.retention"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a course would lose of one person."""

    name: str
    attempts: int
    exceptions: int
    enrolled: bool  # they are in it as a learner, or were


@dataclass(frozen=True, slots=True)
class Plan:
    """What is deleted, of whom, and on which day where the course is."""

    on: date | None  # None: never, or not before it is archived
    people: list[Foreseen]

    @property
    def attempts(self) -> int:
        """How many attempts go in all."""
        return sum(one.attempts for one in self.people)


def plan(course: CourseView) -> Plan:
    """Return the dry run of a course's deletion, by name; nothing is changed."""
    attempts = _counted(Attempt, course.id)
    exceptions = _counted(AssignmentException, course.id)
    shown = sa.func.coalesce(sa.func.nullif(Enrolment.shown_name, ""), User.name)
    here = sa.and_(Enrolment.user_id == User.id, Enrolment.course_id == course.id)
    rows = db.session.execute(
        sa.select(User.id, shown, _is_learner())
        .outerjoin(Enrolment, here)
        .where(User.id.in_(_whose(course.id)))
    )
    people = [
        Foreseen(name or "", attempts.get(id_, 0), exceptions.get(id_, 0), bool(enrolled))
        for id_, name, enrolled in rows
    ]
    return Plan(day_of(course), sorted(people, key=lambda one: one.name.casefold()))


def day_of(course: CourseView) -> date | None:
    """Return the day on which an archived course's results go, where the course is."""
    end = _end(course.archived_at, course.retention_days)
    return end.astimezone(ZoneInfo(course.tz)).date() if end else None


def ask(now: datetime) -> int:
    """Ask for the deletion of each course whose time is over; returns how many. The worker's."""
    rows = db.session.scalars(
        sa.select(Course).where(Course.archived_at <= now, Course.retention_days.is_not(None))
    )
    over = [row.id for row in rows if _is_over(row, now) and _people(row.id)]
    if over:
        with writing(jobs.PATIENCE_S) as session:
            for course_id in over:
                key = f"{KIND}:{course_id}"
                jobs.enqueue(session, KIND, {"course": course_id}, now=now, dedupe_key=key)
    return len(over)


def run(payload: dict[str, Any], context: Any) -> dict[str, Any]:
    """Delete the results of a course, one person after the other; the worker's handler.

    Looks again before each: an instructor may have taken the course up again meanwhile.
    """
    course_id = int(payload["course"])
    people, attempts = _people(course_id), 0
    for place, user_id in enumerate(people):
        gone = _forget(course_id, user_id, context.now())
        if gone is None:
            return {"people": place, "attempts": attempts, "stopped": True}
        attempts += gone
        context.progress((place + 1) / len(people))
    return {"people": len(people), "attempts": attempts}


def _forget(course_id: int, user_id: int, now: datetime) -> int | None:
    """Delete what a course holds of one person; how many attempts, None where it goes on."""
    with writing(jobs.PATIENCE_S) as session:
        course = session.get(Course, course_id)
        if course is None or not _is_over(course, now):
            return None
        session.get(User, user_id, with_for_update=True)
        mine = sa.and_(Attempt.user_id == user_id, Attempt.assignment_id.in_(_given(course_id)))
        attempts = session.scalars(sa.select(Attempt).where(mine).order_by(Attempt.n)).all()
        for attempt in attempts:
            _let_go(session, attempt)
        session.execute(
            sa.delete(AssignmentException).where(
                AssignmentException.user_id == user_id,
                AssignmentException.assignment_id.in_(_given(course_id)),
            )
        )
        here = sa.and_(Enrolment.course_id == course_id, Enrolment.user_id == user_id)
        session.execute(sa.delete(Enrolment).where(here, _is_learner()))
        session.execute(sa.delete(Snapshot))  # as an erasure: they hold names, and are made anew
        audit.note(session, now, None, "course.forgotten", user_id, course.uid)
        return len(attempts)


def _let_go(session: Session, attempt: Attempt) -> None:
    """Keep an attempt's answers without their person, as an erasure does, and delete it."""
    user_id, n = attempt.user_id, attempt.n
    if attempt.state != "open" and attempt.handed_in_at is not None:
        session.add_all(list(erasure.nameless(session, attempt)))
        session.flush()
    answers = sa.and_(LoggedResponse.user_id == user_id, LoggedResponse.attempt_n == n)
    session.execute(
        sa.update(Regrade)
        .where(
            Regrade.user_id == user_id,
            Regrade.seq.in_(sa.select(LoggedResponse.seq).where(answers)),
        )
        .values(note=None, by=None)
    )
    session.execute(sa.update(LoggedResponse).where(answers).values(attempt_n=None, slot=None))
    for table in (AttemptSave, AttemptItem):
        session.execute(sa.delete(table).where(table.user_id == user_id, table.n == n))
    session.delete(attempt)
    session.flush()


def _is_over(course: Course, now: datetime) -> bool:
    end = _end(course.archived_at, course.retention_days)
    return end is not None and end <= now


def _end(archived_at: datetime | None, retention_days: int | None) -> datetime | None:
    if archived_at is None or retention_days is None:
        return None
    return archived_at + timedelta(days=retention_days)


def _given(course_id: int) -> sa.Select[Any]:
    return sa.select(Assignment.id).where(Assignment.course_id == course_id)


def _is_learner() -> sa.ColumnElement[bool]:
    """Say whether an enrolment goes: of who learns, or has left; those who teach keep theirs."""
    return sa.or_(Enrolment.role == LEARNER, Enrolment.left_at.is_not(None))


def _counted(table: Any, course_id: int) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(table.user_id, sa.func.count())
        .where(table.assignment_id.in_(_given(course_id)))
        .group_by(table.user_id)
    )
    return dict(rows.all())  # type: ignore[arg-type]


def _people(course_id: int) -> list[int]:
    return sorted(db.session.scalars(_whose(course_id)))


def _whose(course_id: int) -> sa.CompoundSelect[Any]:
    """Select the people of whom a course still holds something that goes."""
    learners = sa.select(Enrolment.user_id).where(Enrolment.course_id == course_id, _is_learner())
    tables: tuple[Any, ...] = (Attempt, AssignmentException)
    given = [
        sa.select(table.user_id).where(table.assignment_id.in_(_given(course_id)))
        for table in tables
    ]
    return sa.union(learners, *given)
