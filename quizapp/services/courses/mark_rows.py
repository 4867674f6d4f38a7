"""What marks are made of: a course's assigned quizzes, their attempts, and what awaits a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import (
    Assignment,
    AssignmentException,
    Attempt,
    Enrolment,
    LoggedResponse,
    Quiz,
    QuizSlot,
    Regrade,
    User,
)
from quizapp.services.content.questions import Absent
from quizapp.services.courses import assignment_terms
from quizapp.services.courses.access import LEARNER, CourseView
from quizapp.services.courses.assignment_terms import Terms
from quizapp.services.quizzes import quizzes
from quizapp.services.study import judged

Cell = tuple[int, int]  # learner, assignment


@dataclass(frozen=True, slots=True)
class Column:
    """An assigned quiz; `most` is what its questions are worth together, as it stands now."""

    id: int
    uid: str
    title: str
    quiz_id: int
    quiz_slug: str
    terms: Terms
    most: float


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt at an assigned quiz; `waiting` of its answers await a person."""

    user_id: int
    assignment_id: int
    n: int
    uid: str
    number: int
    state: str
    started_at: datetime
    handed_in_at: datetime | None
    points: float | None
    max_points: float | None
    comment: str | None
    waiting: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether it was handed in, by the learner or by the server."""
        return self.state != "open"


@dataclass(frozen=True, slots=True)
class Given:
    """Points that somebody gave by hand; None takes back what was given before."""

    points: float | None
    note: str
    by: str  # the uid of whoever gave them
    at: datetime


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the marks of some learners are made of."""

    columns: Sequence[Column]
    sittings: Mapping[Cell, Sequence[Sitting]]  # in the order in which they were begun
    changes: Mapping[Cell, Mapping[str, Any]] = field(default_factory=dict)

    def terms(self, cell: Cell, column: Column) -> Terms:
        """Return the terms of an assignment for one learner."""
        changes = self.changes.get(cell)
        return column.terms.with_changes(changes) if changes else column.terms

    def given(self, cell: Cell) -> list[Given]:
        """Return the points that were given by hand, the last of which counts."""
        return given_in(self.changes.get(cell, {}))


def read(
    course: CourseView, user_ids: Collection[int] | None = None, uid: str | None = None
) -> Rows:
    """Return what the marks of a course are made of; of these learners, of one assignment."""
    columns = columns_of(course, uid)
    ids = [column.id for column in columns]
    excepted = sa.select(AssignmentException).where(AssignmentException.assignment_id.in_(ids))
    if user_ids is not None:
        excepted = excepted.where(AssignmentException.user_id.in_(user_ids))
    changes = {
        (row.user_id, row.assignment_id): row.changes for row in db.session.scalars(excepted)
    }
    return Rows(columns, _sittings(ids, user_ids), changes)


def columns_of(course: CourseView, uid: str | None = None) -> list[Column]:
    """Return a course's assigned quizzes by due date; a study goal has no marks."""
    select = (
        sa.select(Assignment, Quiz.slug)
        .join(Quiz, Quiz.id == Assignment.quiz_id)
        .where(Assignment.course_id == course.id, Assignment.deleted_at.is_(None))
        .order_by(Assignment.due_at.is_(None), Assignment.due_at, Assignment.id)
    )
    rows = db.session.execute(select if uid is None else select.where(Assignment.uid == uid)).all()
    most = _most([row.Assignment.quiz_id for row in rows])
    return [
        Column(
            id=row.Assignment.id,
            uid=row.Assignment.uid,
            title=row.Assignment.title,
            quiz_id=row.Assignment.quiz_id,
            quiz_slug=row.slug,
            terms=assignment_terms.of_row(row.Assignment),
            most=most.get(row.Assignment.quiz_id, 0.0),
        )
        for row in rows
    ]


def column(course: CourseView, uid: str) -> Column:
    """Return an assigned quiz of a course; Absent where there is none."""
    found = columns_of(course, uid)
    if not found:
        raise Absent
    return found[0]


def given_in(changes: Mapping[str, Any]) -> list[Given]:
    """Return the points given by hand that an exception holds."""
    return [
        Given(one["points"], one.get("note") or "", one.get("by") or "",
              datetime.fromisoformat(one["at"]))
        for one in changes.get("marks") or ()
    ]  # fmt: skip


def names_of(uids: Sequence[str]) -> dict[str, str]:
    """Return the names of whoever gave marks; who is gone has none."""
    rows = db.session.execute(sa.select(User.uid, User.name).where(User.uid.in_(list(uids))))
    return {row.uid: row.name for row in rows}


def _most(quiz_ids: Sequence[int]) -> dict[int, float]:
    """Return what the places of each quiz are worth together."""
    found: dict[int, float] = defaultdict(float)
    slots = sa.select(QuizSlot.quiz_id, QuizSlot.pool, QuizSlot.weight)
    for quiz_id, pool, weight in db.session.execute(slots.where(QuizSlot.quiz_id.in_(quiz_ids))):
        found[quiz_id] += weight * (quizzes.wanted(pool) if pool else 1)
    return found


_SITTINGS = sa.select(
    *(getattr(Attempt, name) for name in Sitting.__slots__ if name != "waiting")
).order_by(Attempt.user_id, Attempt.number)


def _sittings(ids: Sequence[int], user_ids: Collection[int] | None) -> dict[Cell, list[Sitting]]:
    here: list[sa.ColumnElement[bool]] = [Attempt.assignment_id.in_(ids)]
    if user_ids is not None:
        here.append(Attempt.user_id.in_(user_ids))
    counted = _waiting(Attempt.user_id, Attempt.n).where(*here)
    waiting = {(row[0], row[1]): row[2] for row in db.session.execute(counted)}
    found: dict[Cell, list[Sitting]] = defaultdict(list)
    for row in db.session.execute(_SITTINGS.where(*here)):
        # By place: by name it would take as long as all the rest.
        values: tuple[Any, ...] = (*row, waiting.get((row.user_id, row.n), 0))
        found[(row.user_id, row.assignment_id)].append(Sitting(*values))
    return found


def waiting_in(course: CourseView) -> dict[int, int]:
    """Return how many answers await a person, by assignment; of the learners of now."""
    here = sa.select(Enrolment.user_id).where(
        Enrolment.course_id == course.id, Enrolment.left_at.is_(None), Enrolment.role == LEARNER
    )
    given = sa.select(Assignment.id).where(
        Assignment.course_id == course.id, Assignment.deleted_at.is_(None)
    )
    select = _waiting(Attempt.assignment_id).where(
        Attempt.assignment_id.in_(given), Attempt.user_id.in_(here)
    )
    return {row[0]: row[1] for row in db.session.execute(select)}


def _waiting(*by: Any) -> sa.Select[Any]:
    """Count the answers of attempts that are handed in, but not judged; only first tries count."""
    return (
        sa.select(*by, sa.func.count())
        .select_from(Attempt)
        .join(
            LoggedResponse,
            sa.and_(
                LoggedResponse.user_id == Attempt.user_id, LoggedResponse.attempt_n == Attempt.n
            ),
        )
        .outerjoin(Regrade, judged.LATEST)
        .where(
            Attempt.state != "open",
            LoggedResponse.score.is_(None),
            LoggedResponse.try_no == 1,
            judged.SCORE.is_(None),
        )
        .group_by(*by)
    )
