"""Marking an answer: a person's points for it, and a comment, appended to the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.question import EXACT, Grade
from quizapp.database import writing
from quizapp.models import Attempt, AttemptItem, LoggedResponse, Regrade
from quizapp.services.content import questions
from quizapp.services.content.questions import Absent
from quizapp.services.courses import marking
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.people import audit, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import handing_in
from quizapp.services.quizzes.regrade_answers import COMMENT
from quizapp.services.study import rejudging
from quizapp.services.study.rejudging import Judgement

PERSON, OVERRIDE = "person", "override"  # why a judgement was made: asked for, or in place of ours


class Overtaken(RuntimeError):
    """Somebody has judged the answer since the page was opened; nothing was changed."""


def judge(
    course: CourseView,
    uid: str,
    learner: Member,
    seq: int,
    points: float | None,
    comment: str,
    seen: int,
    person: Person,
    now: datetime,
) -> None:
    """Give points for an answer of an attempt that is handed in, and comment on it.

    What the answer says of memory, and the attempt's points, follow. No points: only the comment
    is new. `seen` is how often it had been judged when the page was made (Result.judgements).
    Saying again what stands writes nothing. Raises Absent, Archived, Overtaken, Unfit.
    """
    comment = marking.tidy_note(comment)
    with writing() as session:
        marking.lock(session, course, learner.user_id)
        logged, attempt, weight = _answer(session, course, uid, learner.user_id, seq)
        last = _last(session, logged)
        if (last.n if last else 0) != seen:
            raise Overtaken
        standing = last or logged
        grade = None if points is None else _grade(standing, points, weight)
        if grade is None and comment == _comment(session, logged):
            return
        _append(session, learner.user_id, logged, last, grade, comment, (person.id, now))
        handing_in.recount(session, attempt)
        act = "course.comment" if grade is None else "course.judge"
        audit.note(session, now, person.id, act, learner.user_id, uid)


def _append(
    session: Session,
    user_id: int,
    logged: LoggedResponse,
    last: Regrade | None,
    grade: Grade | None,
    comment: str,
    by: tuple[int, datetime],
) -> None:
    """Append a judgement, or a comment to the one that stands."""
    shown = last.key_version if last else None
    asked = questions.asked(logged.question_id, shown or logged.question_version)
    standing = last or logged
    if grade is None:
        same = Grade(standing.score, standing.fraction, **_detail(standing.detail))
        why = last.why if last else COMMENT
        judgement = Judgement(asked, same, why, by[0], by[1], comment, shown)
        rejudging.comment(session.connection(), logged, judgement)
        return
    why = PERSON if asked.kind.GRADED_BY == "person" else OVERRIDE
    judgement = Judgement(asked, grade, why, by[0], by[1], comment, shown)
    person = sessions.person(user_id)
    assert person  # noqa: S101 - just locked
    facts = handing_in.facts_of(session, logged.question_id)
    rejudging.append(session.connection(), person, logged, standing.score, judgement, facts)


def _grade(standing: LoggedResponse | Regrade, points: float, weight: float) -> Grade | None:
    """Return the grade that so many points are; None where that is what stands.

    What is worth no points is judged as if it were one point: memory asks whether it was right.
    """
    marking.check(points, weight or 1.0)
    fraction = points / (weight or 1.0)
    fraction = 1.0 if fraction > 1 - EXACT else fraction
    if standing.fraction is not None and abs(standing.fraction - fraction) < EXACT:
        return None
    detail = _detail(standing.detail)
    whole = fraction in (0.0, 1.0)
    parts = dict.fromkeys(detail["parts"], fraction) if whole else detail["parts"]
    return Grade(fraction, fraction, parts, () if whole else detail["feedback"])


def _detail(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {"parts": stored.get("parts", {}), "feedback": stored.get("feedback", ())}


def _answer(
    session: Session, course: CourseView, uid: str, user_id: int, seq: int
) -> tuple[LoggedResponse, Attempt, float]:
    """Return an answer, its attempt, and what it can earn; Absent."""
    logged = session.get(LoggedResponse, (user_id, seq))
    if logged is None or logged.attempt_n is None:
        raise Absent
    attempt = session.scalar(
        marking.handed_in(course, uid, user_id).where(Attempt.n == logged.attempt_n)
    )
    item = session.get(AttemptItem, (user_id, logged.attempt_n, logged.slot))
    if attempt is None or item is None:
        raise Absent
    return logged, attempt, item.weight


def _last(session: Session, logged: LoggedResponse) -> Regrade | None:
    return session.scalar(
        sa.select(Regrade)
        .where(Regrade.user_id == logged.user_id, Regrade.seq == logged.seq)
        .order_by(Regrade.n.desc())
        .limit(1)
    )


def _comment(session: Session, logged: LoggedResponse) -> str:
    """Return what was written last to an answer."""
    return (
        session.scalar(
            sa.select(Regrade.note)
            .where(
                Regrade.user_id == logged.user_id,
                Regrade.seq == logged.seq,
                Regrade.note.is_not(None),
            )
            .order_by(Regrade.n.desc())
            .limit(1)
        )
        or ""
    )
