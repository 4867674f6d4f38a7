"""The answers that a corrected key may judge otherwise, and how it judges them."""

from typing import Any

import sqlalchemy as sa

from quizapp.core.question import BadResponse, Grade
from quizapp.extensions import db
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Course,
    Enrolment,
    LoggedResponse,
    QuestionVersion,
    Quiz,
    Regrade,
    User,
)
from quizapp.services.content.questions import Asked
from quizapp.services.study import judged

KIND = "quiz.regrade"  # of the job
KEY = "key"  # why such a judgement was made
COMMENT = "comment"  # why one was made that says nothing of the answer's worth


def job_key(question_id: int) -> str:
    """Return the key of the one job of a question."""
    return f"{KIND}:{question_id}"


def older(asked: Asked) -> sa.Select[Any]:
    """Select the answers to versions that had another key."""
    return (
        sa.select(LoggedResponse.user_id)
        .join(
            QuestionVersion,
            sa.and_(
                QuestionVersion.question_id == LoggedResponse.question_id,
                QuestionVersion.number == LoggedResponse.question_version,
            ),
        )
        .where(
            LoggedResponse.question_id == asked.id,
            LoggedResponse.question_version < asked.version,
            QuestionVersion.stat_group < asked.stat_group,
        )
    )


def answers(asked: Asked) -> sa.Select[Any]:
    """Select the answers that may be judged anew, each with its standing judgement and its place.

    Also those that have been: of several tries at one place all are needed to count.
    """
    place = sa.and_(
        AttemptItem.user_id == LoggedResponse.user_id,
        AttemptItem.n == LoggedResponse.attempt_n,
        AttemptItem.slot == LoggedResponse.slot,
    )
    sitting = sa.and_(
        Attempt.user_id == LoggedResponse.user_id, Attempt.n == LoggedResponse.attempt_n
    )
    return (
        older(asked)
        .with_only_columns(
            LoggedResponse,
            judged.SCORE.label("score"),
            judged.FRACTION.label("fraction"),
            Regrade.why,
            Regrade.key_version,
            Regrade.detail.label("later"),
            AttemptItem.weight,
            Attempt.settings,
            Attempt.number,
            Attempt.handed_in_at,
            Attempt.points,
            Attempt.max_points,
            Quiz.title,
            Quiz.bank_id,
            sa.func.coalesce(sa.func.nullif(Enrolment.shown_name, ""), User.name).label("name"),
            Assignment.title.label("assignment"),
            Assignment.course_id,
            Course.title.label("course"),
        )
        .join(User, User.id == LoggedResponse.user_id)
        .outerjoin(Regrade, judged.LATEST)
        .outerjoin(AttemptItem, place)
        .outerjoin(Attempt, sitting)
        .outerjoin(Quiz, Quiz.id == Attempt.quiz_id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .outerjoin(Course, Course.id == Assignment.course_id)
        .outerjoin(
            Enrolment,
            sa.and_(Enrolment.course_id == Course.id, Enrolment.user_id == LoggedResponse.user_id),
        )
        .where(sa.or_(LoggedResponse.attempt_n.is_(None), Attempt.state != "open"))
        .order_by(LoggedResponse.user_id, LoggedResponse.seq)
    )


def learners(asked: Asked) -> list[int]:
    """Return the ids of those who have given such answers."""
    ids = db.session.scalars(older(asked).distinct().order_by(LoggedResponse.user_id)).all()
    db.session.rollback()
    return list(ids)


def new_grade(asked: Asked, row: Any) -> Grade | None:
    """Return the grade by the new key; None where nothing changes or it may not be judged so."""
    if _is_settled(asked, row) or _unread_as(asked, row):
        return None
    grade = asked.kind.grade(asked.question, row.LoggedResponse.payload)
    parts = (row.later or row.LoggedResponse.detail).get("parts", {})
    if (grade.score, grade.fraction, dict(grade.parts)) == (row.score, row.fraction, parts):
        return None
    return grade


def _is_settled(asked: Asked, row: Any) -> bool:
    """Whether a person has judged it, or this key or a later one."""
    if row.why in (None, COMMENT):
        return False
    return row.why != KEY or (row.key_version or 0) >= asked.version


def is_unreadable(asked: Asked, row: Any) -> bool:
    """Whether the new version cannot read what somebody answered; "I don't know" is no answer."""
    return not _is_settled(asked, row) and _unread_as(asked, row) not in ("", "no-answer")


def _unread_as(asked: Asked, row: Any) -> str:
    """Return the code of why the answer cannot be read, "" where it can."""
    try:
        asked.kind.parse(asked.question, row.LoggedResponse.payload)
    except BadResponse as error:
        return error.code
    return ""
