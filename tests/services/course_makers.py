"""Courses for tests: a class, who is in it, and what it is given."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment, AssignmentException, Course, Enrolment
from quizapp.services.courses import access, courses
from quizapp.services.courses.access import LEARNER, CourseView
from quizapp.services.identifiers import new_uid
from quizapp.services.people.sessions import Person
from tests.factories import START


def course_of(
    person: Person, title: str = "Biology 1B", tz: str = "UTC", now: datetime = START, **wanted: Any
) -> CourseView:
    """Make a course that the person teaches; wanted: ends_on, retention_days."""
    return courses.create(person, courses.Wanted(title, tz, **wanted), now)


def enrolled(
    course: CourseView,
    person: Person,
    role: str = LEARNER,
    name: str = "",
    now: datetime = START,
) -> CourseView:
    """Put a person into a course, without a code; returns the course as they see it."""
    with writing() as session:
        session.merge(
            Enrolment(
                course_id=course.id,
                user_id=person.id,
                role=role,
                shown_name=name or person.name,
                joined_at=now,
                left_at=None,
            )
        )
    return access.find(course.uid, person)


def assigned_quiz(
    course: CourseView, quiz_id: int, title: str = "Homework", now: datetime = START, **columns: Any
) -> Assignment:
    """Store an assignment of a quiz (its id, not its view); columns: due_at, tries, held ..."""
    return _assigned(course, title, now, quiz_id=quiz_id, **columns)


def assigned_goal(
    course: CourseView,
    bank_id: int,
    fact_ids: list[int] | None = None,
    retention: float = 0.8,
    title: str = "Know it",
    now: datetime = START,
    **columns: Any,
) -> Assignment:
    """Store a study goal: these facts of a bank (all of them where none are named)."""
    goal: dict[str, Any] = {"retention": retention}
    if fact_ids is not None:
        goal["facts"] = fact_ids
    return _assigned(course, title, now, bank_id=bank_id, goal=goal, **columns)


def excepted(assignment: Assignment, person: Person, **changes: Any) -> None:
    """Store what one person gets that differs; times are ISO texts."""
    with writing() as session:
        session.merge(
            AssignmentException(assignment_id=assignment.id, user_id=person.id, changes=changes)
        )


def archived(course: CourseView, now: datetime) -> None:
    """Archive a course at a moment."""
    with writing() as session:
        row = session.get_one(Course, course.id)
        row.archived_at, row.code_sha256, row.code_expires = now, None, None


def _assigned(course: CourseView, title: str, now: datetime, **columns: Any) -> Assignment:
    uid = new_uid()
    with writing() as session:
        session.add(
            Assignment(uid=uid, course_id=course.id, title=title, created_at=now, **columns)
        )
    return db.session.scalars(sa.select(Assignment).where(Assignment.uid == uid)).one()
