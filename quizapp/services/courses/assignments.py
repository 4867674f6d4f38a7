"""Giving a course a quiz or a study goal, with dates, and changing what was given."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.local_times import to_utc, to_wall
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment, Bank, Course, Fact
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.courses import assignment_terms
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignment_terms import TIMES, Terms
from quizapp.services.courses.assignment_views import (
    RETENTION,
    AssignmentView,
    attempts_at,
    changes_of,
    find,
    of_course,
    of_courses,
    terms_for_all,
    terms_of,
)
from quizapp.services.courses.courses import Archived
from quizapp.services.identifiers import new_uid
from quizapp.services.people import audit
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned, quizzes
from quizapp.services.quizzes.quiz_settings import Unfit

MOST = 500  # assignments of a course
MOST_FACTS = 1000  # that a goal names; else it is all of them
LEAST_RETENTION, MOST_RETENTION = 0.5, 0.97
__all__ = [
    "RETENTION",
    "AssignmentView",
    "attempts_at",
    "change",
    "changes_of",
    "check_open",
    "create_goal",
    "create_quiz",
    "delete",
    "duplicate",
    "find",
    "locked",
    "move_deadlines",
    "of_course",
    "of_courses",
    "release",
    "terms_for_all",
    "terms_of",
]


def create_quiz(
    course: CourseView, person: Person, quiz_slug: str, terms: Terms, now: datetime
) -> str:
    """Give a course a quiz that the person may take or edit; returns the assignment's uid.

    Raises Absent (there is no such quiz for this person), Unfit, Archived.
    """
    quiz = quizzes.find(quiz_slug, person)
    terms = replace(terms, title=terms.title.strip() or quiz.title).checked()
    return _create(course, terms, now, quiz_id=quiz.id)


def create_goal(
    course: CourseView,
    person: Person,
    bank_slug: str,
    fact_ids: Sequence[int] | None,
    retention: float,
    terms: Terms,
    now: datetime,
) -> str:
    """Give a course facts of a bank to know, all where none are named; returns its uid.

    From now on the course's learners may see and study the bank. Raises Absent (there is no such
    bank for this person), Unfit, Archived.
    """
    bank = banks.find(bank_slug)
    if bank is None or not (banks.may_give(person, bank) or _has(course, bank)):
        raise Absent
    terms = replace(terms, title=terms.title.strip() or bank.title).checked()
    goal = _goal(bank.id, fact_ids, retention)
    return _create(course, terms, now, bank_id=bank.id, goal=goal)


def change(
    course: CourseView,
    uid: str,
    terms: Terms,
    now: datetime,
    *,
    fact_ids: Sequence[int] | None = None,
    retention: float | None = None,
) -> None:
    """Change the terms of an assignment, and the facts and retention of a goal (retention given).

    Attempts that are open get the new end, but not more or less time. Absent, Unfit, Archived.
    """
    terms = terms.checked()
    with writing() as session:
        row = locked(session, course, uid)
        assignment_terms.put(row, terms)
        if row.bank_id is not None and retention is not None:
            row.goal = _goal(row.bank_id, fact_ids, retention)
        session.flush()
        move_deadlines(session, row, now)


def release(course: CourseView, uid: str, person: Person, now: datetime) -> None:
    """Let learners see held results from now on; Absent, Archived."""
    with writing() as session:
        row = locked(session, course, uid)
        if row.held and (row.released_at is None or row.released_at > now):
            row.released_at = now
            audit.note(session, now, person.id, "assignment.release", None, row.uid)


def delete(course: CourseView, uid: str, person: Person, now: datetime) -> None:
    """Take an assignment back: nobody can begin it, what was answered stays. Absent, Archived."""
    with writing() as session:
        row = locked(session, course, uid)
        row.deleted_at = now
        audit.note(session, now, person.id, "assignment.delete", None, row.uid)


def duplicate(
    course: CourseView, uid: str, target: CourseView, person: Person, now: datetime
) -> str:
    """Give another course the same, at the same times of day there; returns the new uid.

    Exceptions are not copied, nor a release. Raises Unfit where the person may not give it anew.
    """
    one = find(course, uid)
    moved: dict[str, Any] = {
        name: to_utc(to_wall(at, course.tz), target.tz)
        for name in TIMES
        if (at := getattr(one, name)) is not None
    }
    terms = replace(one.terms, released_at=None, **moved)
    try:
        if one.quiz_slug is not None:
            return create_quiz(target, person, one.quiz_slug, terms, now)
        retention = one.retention or RETENTION
        return create_goal(target, person, one.bank_slug or "", one.fact_ids, retention, terms, now)
    except Absent as error:
        raise Unfit("course", "What it asks is not yours to give.") from error


def locked(session: Session, course: CourseView, uid: str) -> Assignment:
    """Return an assignment inside a writing transaction, to be changed; Absent, Archived."""
    check_open(session, course)
    row = session.scalar(
        sa.select(Assignment)
        .where(
            Assignment.course_id == course.id,
            Assignment.uid == uid,
            Assignment.deleted_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise Absent
    return row


def check_open(session: Session, course: CourseView) -> None:
    """Raise Archived where nothing in the course can be changed any more."""
    if session.get_one(Course, course.id).archived_at is not None:
        raise Archived


def move_deadlines(session: Session, row: Assignment, now: datetime) -> None:
    """Give the open attempts at an assignment the end that it has for each person now."""
    terms, changes = assignment_terms.of_row(row), changes_of([row.id])
    users = assigned.open_users(session, row.id)
    ends = {user: terms.with_changes(changes.get((row.id, user), {})).ends_at for user in users}
    assigned.move_deadlines(session, row.id, ends, now)


def _has(course: CourseView, bank: Bank) -> bool:
    """Say whether the course was given facts of the bank already: it may get others of them."""
    goal = sa.exists().where(
        Assignment.course_id == course.id,
        Assignment.bank_id == bank.id,
        Assignment.deleted_at.is_(None),
    )
    return bank.deleted_at is None and bool(db.session.scalar(sa.select(goal)))


def _create(course: CourseView, terms: Terms, now: datetime, **what: Any) -> str:
    with writing() as session:
        check_open(session, course)
        there = session.scalar(
            sa.select(sa.func.count()).where(
                Assignment.course_id == course.id, Assignment.deleted_at.is_(None)
            )
        )
        if (there or 0) >= MOST:
            raise Unfit("title", f"A course has at most {MOST} assignments. Delete one first.")
        row = Assignment(uid=new_uid(), course_id=course.id, created_at=now, **what)
        assignment_terms.put(row, terms)
        session.add(row)
        return row.uid


def _goal(bank_id: int, fact_ids: Sequence[int] | None, retention: float) -> dict[str, Any]:
    """Return a goal as it is stored; facts of other banks are dropped."""
    if not LEAST_RETENTION <= retention <= MOST_RETENTION:
        low, high = round(100 * LEAST_RETENTION), round(100 * MOST_RETENTION)
        raise Unfit("retention", f"Give {low} to {high} percent.")
    if fact_ids is None:
        return {"retention": retention}
    if len(fact_ids) > MOST_FACTS:
        raise Unfit("facts", f"Choose at most {MOST_FACTS} facts, or all.")
    kept = db.session.scalars(
        sa.select(Fact.id)
        .where(Fact.bank_id == bank_id, Fact.id.in_(fact_ids))
        .order_by(Fact.position, Fact.id)
    ).all()
    if not kept:
        raise Unfit("facts", "Choose at least one fact, or all.")
    return {"retention": retention, "facts": list(kept)}
