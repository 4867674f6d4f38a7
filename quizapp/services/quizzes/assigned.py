"""Attempts that belong to an assignment: what binds them, and when their results may be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.extensions import db
from quizapp.models import Assignment, Attempt, Course
from quizapp.services.quizzes.quiz_settings import Settings


@dataclass(frozen=True, slots=True)
class Assigned:
    """The assignment that an attempt is begun for, as its terms are for this person now."""

    id: int
    tries: int | None
    ends_at: datetime | None
    held: bool  # results are hidden still, so it is taken as an exam


@dataclass(frozen=True, slots=True)
class Origin:
    """The assignment that an attempt was begun for."""

    uid: str
    course_uid: str
    held: bool
    released_at: datetime | None

    def hides(self, now: datetime) -> bool:
        """Say whether points, keys and feedback are not to be seen yet."""
        return self.held and (self.released_at is None or now < self.released_at)


# Columns for a query of attempts that joins `JOINED`; None where an attempt is not assigned.
COLUMNS = (
    Assignment.uid.label("assignment_uid"),
    Course.uid.label("course_uid"),
    Assignment.held,
    Assignment.released_at,
    Assignment.deleted_at,
)


def joined(select: sa.Select[Any]) -> sa.Select[Any]:
    """Add the assignment of each attempt to a query, for COLUMNS."""
    return select.outerjoin(Assignment, Assignment.id == Attempt.assignment_id).outerjoin(
        Course, Course.id == Assignment.course_id
    )


def taken_out(values: dict[str, Any]) -> Origin | None:
    """Take the values of COLUMNS out of a row; what was deleted hides nothing."""
    uid, course = values.pop("assignment_uid"), values.pop("course_uid")
    held, released_at = values.pop("held"), values.pop("released_at")
    deleted = values.pop("deleted_at") is not None
    return Origin(uid, course, held and not deleted, released_at) if uid else None


def hidden(user_id: int, now: datetime) -> set[int]:
    """Return the numbers of a learner's attempts whose results are held back still."""
    return set(
        db.session.scalars(
            sa.select(Attempt.n)
            .join(Assignment, Assignment.id == Attempt.assignment_id)
            .where(
                Attempt.user_id == user_id,
                Assignment.held,
                Assignment.deleted_at.is_(None),
                sa.or_(Assignment.released_at.is_(None), Assignment.released_at > now),
            )
        )
    )


def deadline(
    started_at: datetime, seconds: float | None, ends_at: datetime | None
) -> datetime | None:
    """Return when an attempt ends: its time limit, or the end of the assignment if that is first.

    Never before it began.
    """
    ends = [] if seconds is None else [started_at + timedelta(seconds=seconds)]
    if ends_at is not None:
        ends.append(max(ends_at, started_at))
    return min(ends, default=None)


def open_users(session: Session, assignment_id: int) -> list[int]:
    """Return who has an open attempt at an assignment."""
    rows = session.scalars(
        sa.select(Attempt.user_id).where(
            Attempt.assignment_id == assignment_id, Attempt.state == "open"
        )
    )
    return list(rows.all())


def move_deadlines(
    session: Session, assignment_id: int, ends: Mapping[int, datetime | None], now: datetime
) -> None:
    """Give the open attempts of these people (by id) the end that the assignment has for them now.

    Inside the caller's transaction. What is over already stays over: it is handed in as it was.
    """
    rows = session.scalars(
        sa.select(Attempt)
        .where(Attempt.assignment_id == assignment_id, Attempt.state == "open")
        .with_for_update()
    )
    for row in rows:
        over = row.deadline_at is not None and row.deadline_at <= now
        if row.user_id in ends and not over:
            row.deadline_at = deadline(row.started_at, _seconds(row), ends[row.user_id])


def end_all(session: Session, course_id: int, now: datetime) -> None:
    """Let the open attempts of a course end now, inside the caller's transaction.

    The worker, or the learner's next page, hands them in as they stand.
    """
    given = sa.select(Assignment.id).where(Assignment.course_id == course_id)
    session.execute(
        sa.update(Attempt)
        .where(
            Attempt.assignment_id.in_(given),
            Attempt.state == "open",
            sa.or_(Attempt.deadline_at.is_(None), Attempt.deadline_at > now),
        )
        .values(deadline_at=now)
    )


def _seconds(attempt: Attempt) -> float | None:
    """Return the time limit that an attempt began with, the person's own factor counted in."""
    limit = Settings.of(attempt.settings).time_limit_s
    return None if limit is None else limit * attempt.settings.get("time_factor_pct", 100) / 100
