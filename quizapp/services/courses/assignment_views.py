"""The assignments of a course, and what each person's terms are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Assignment, AssignmentException, Attempt, Bank, Quiz
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, assignment_terms
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignment_terms import Late, Terms

RETENTION: Final = 0.9  # at which a goal's facts are known, unless it says another


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """An assignment as the pages of its course show it; times are UTC."""

    id: int
    uid: str
    course_id: int
    title: str
    quiz_id: int | None
    quiz_slug: str | None
    bank_id: int | None
    bank_slug: str | None
    fact_ids: tuple[int, ...] | None  # of a goal; None: all facts of the bank
    retention: float | None
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    tries: int | None
    counts: str  # first, last, best, mean
    late: Late
    held: bool
    released_at: datetime | None

    @property
    def is_quiz(self) -> bool:
        """Whether it is a quiz to take, not facts to know."""
        return self.quiz_id is not None

    @property
    def terms(self) -> Terms:
        """The terms for everybody without an exception."""
        return assignment_terms.of_row(self)


_ASSIGNMENTS = (
    sa.select(Assignment, Quiz.slug, Bank.slug)
    .outerjoin(Quiz, Quiz.id == Assignment.quiz_id)
    .outerjoin(Bank, Bank.id == Assignment.bank_id)
    .where(Assignment.deleted_at.is_(None))
)


def of_course(course_id: int) -> list[AssignmentView]:
    """Return the assignments of a course that are not deleted: by due time, undated ones last."""
    return of_courses([course_id])


def of_courses(course_ids: Sequence[int]) -> list[AssignmentView]:
    """Return the same of several courses together."""
    rows = db.session.execute(_ASSIGNMENTS.where(Assignment.course_id.in_(course_ids))).all()
    found = [_view(*row) for row in rows]
    return sorted(
        found, key=lambda one: (one.due_at is None, one.due_at and one.due_at.timestamp(), one.id)
    )


def find(course: CourseView, uid: str) -> AssignmentView:
    """Return an assignment of the course by its public id; Absent where it has none such."""
    row = db.session.execute(
        _ASSIGNMENTS.where(Assignment.course_id == course.id, Assignment.uid == uid)
    ).first()
    if row is None:
        raise Absent
    return _view(*row)


def terms_of(assignment: AssignmentView, user_id: int) -> Terms:
    """Return the terms as they are for one person, exceptions counted in."""
    row = db.session.get(AssignmentException, (assignment.id, user_id))
    return assignment.terms.with_changes(row.changes if row else {})


def terms_for_all(assignment: AssignmentView) -> dict[int, Terms]:
    """Return the terms of every learner of the course, by user id."""
    changes = changes_of([assignment.id])
    return {
        one.user_id: assignment.terms.with_changes(changes.get((assignment.id, one.user_id), {}))
        for one in access.learners(assignment.course_id)
    }


def changes_of(
    assignment_ids: Sequence[int], user_id: int | None = None
) -> dict[tuple[int, int], dict[str, Any]]:
    """Return the exceptions of assignments by (assignment, user), of one person or of all."""
    query = sa.select(AssignmentException).where(
        AssignmentException.assignment_id.in_(assignment_ids)
    )
    if user_id is not None:
        query = query.where(AssignmentException.user_id == user_id)
    rows = db.session.scalars(query).all()
    return {(row.assignment_id, row.user_id): row.changes for row in rows}


def attempts_at(assignment: AssignmentView) -> int:
    """Return how many attempts were begun at an assignment."""
    begun = sa.select(sa.func.count()).where(Attempt.assignment_id == assignment.id)
    return db.session.scalar(begun) or 0


def _view(row: Assignment, quiz_slug: str | None, bank_slug: str | None) -> AssignmentView:
    goal, facts = row.goal or {}, (row.goal or {}).get("facts")
    return AssignmentView(
        id=row.id,
        uid=row.uid,
        course_id=row.course_id,
        title=row.title,
        quiz_id=row.quiz_id,
        quiz_slug=quiz_slug,
        bank_id=row.bank_id,
        bank_slug=bank_slug,
        fact_ids=None if facts is None else tuple(facts),
        retention=None if row.quiz_id is not None else goal.get("retention", RETENTION),
        opens_at=row.opens_at,
        due_at=row.due_at,
        closes_at=row.closes_at,
        tries=row.tries,
        counts=row.counts,
        late=Late.of(row.late),
        held=row.held,
        released_at=row.released_at,
    )
