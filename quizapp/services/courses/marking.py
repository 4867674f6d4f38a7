"""What a person adds to marks: points in place of a mark, comments on attempts, and release."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.question import EXACT
from quizapp.database import writing
from quizapp.models import Assignment, AssignmentException, Attempt, Course
from quizapp.services.content.questions import Absent
from quizapp.services.courses import marks
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.courses import Archived
from quizapp.services.people import audit
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import Unfit, storable
from quizapp.services.study import responses

LONGEST_NOTE = 4000
MOST_GIVEN = 100  # points given by hand that are kept of one mark, the newest


def give(
    course: CourseView,
    uid: str,
    learner: Member,
    points: float | None,
    note: str,
    person: Person,
    now: datetime,
) -> None:
    """Put points in place of those that a learner's attempts came to; None takes them back.

    All that was given is kept. Raises Absent, Archived, Unfit (points, note).
    """
    note = tidy_note(note)
    detail = marks.detail(course, uid, learner, now)
    if points is not None:
        check(points, detail.mark.most)
    with writing() as session:
        lock(session, course, learner.user_id)
        key = (detail.column.id, learner.user_id)
        row = session.get(AssignmentException, key)
        if row is None:
            row = AssignmentException(assignment_id=key[0], user_id=key[1], changes={})
            session.add(row)
        one = {"points": points, "note": note, "by": person.uid, "at": now.isoformat()}
        given = [*(row.changes.get("marks") or ()), one][-MOST_GIVEN:]
        row.changes = {**row.changes, "marks": given}
        act = "course.mark" if points is not None else "course.mark.back"
        audit.note(session, now, person.id, act, learner.user_id, detail.column.uid)


def comment_on(
    course: CourseView,
    uid: str,
    learner: Member,
    attempt_uid: str,
    comment: str,
    person: Person,
    now: datetime,
) -> None:
    """Write to a learner about an attempt that is handed in. Absent, Archived, Unfit."""
    comment = tidy_note(comment)
    with writing() as session:
        lock(session, course, learner.user_id)
        attempt = session.scalar(
            handed_in(course, uid, learner.user_id).where(Attempt.uid == attempt_uid)
        )
        if attempt is None:
            raise Absent
        attempt.comment = comment or None
        audit.note(session, now, person.id, "course.comment", learner.user_id, uid)


def release(course: CourseView, uid: str, on: bool, person: Person, now: datetime) -> None:
    """Show an assignment's results to the learners from now on, or withhold them.

    Absent, Archived.
    """
    with writing() as session:
        _check_open(session, course)
        row = session.scalar(
            sa.select(Assignment).where(
                Assignment.course_id == course.id,
                Assignment.uid == uid,
                Assignment.quiz_id.is_not(None),
                Assignment.deleted_at.is_(None),
            )
        )
        if row is None:
            raise Absent
        row.held, row.released_at = (row.held, now) if on else (True, None)
        act = "course.release" if on else "course.withhold"
        audit.note(session, now, person.id, act, None, row.uid)


def lock(session: Session, course: CourseView, user_id: int) -> None:
    """Lock the learner, as the answers themselves do; Archived where nothing changes any more."""
    responses.take_seq(session.connection(), user_id, count=0)
    _check_open(session, course)


def _check_open(session: Session, course: CourseView) -> None:
    if session.get_one(Course, course.id).archived_at is not None:
        raise Archived


def handed_in(course: CourseView, uid: str, user_id: int) -> sa.Select[Any]:
    """Select a learner's attempts at an assignment that are handed in."""
    return (
        sa.select(Attempt)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Assignment.course_id == course.id,
            Assignment.uid == uid,
            Assignment.deleted_at.is_(None),
            Attempt.user_id == user_id,
            Attempt.state != "open",
        )
    )


def check(points: float, most: float) -> None:
    """Raise Unfit where so many points cannot be given."""
    # Also what is no number at all: it compares with nothing.
    if not 0 <= points <= most + EXACT:
        raise Unfit("points", f"Give 0 to {most:g} points.")


def tidy_note(text: str) -> str:
    """Return a comment as it is stored; Unfit where it cannot be."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(tidy) > LONGEST_NOTE:
        raise Unfit("note", f"A comment has at most {LONGEST_NOTE} characters.")
    return storable("note", tidy)
