"""The study goals that a learner's courses have set: their facts are learnt before others."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from quizapp.core.scheduling.queue import Candidate
from quizapp.models import Assignment, Course, Enrolment

_GOALS = (
    sa.select(Assignment.bank_id, Assignment.goal)
    .join(Enrolment, Enrolment.course_id == Assignment.course_id)
    .join(Course, Course.id == Assignment.course_id)
    .where(
        Enrolment.user_id == sa.bindparam("user"),
        Enrolment.left_at.is_(None),
        Course.archived_at.is_(None),
        Assignment.bank_id.is_not(None),
        Assignment.deleted_at.is_(None),
        sa.or_(Assignment.opens_at.is_(None), Assignment.opens_at <= sa.bindparam("now")),
        sa.or_(Assignment.due_at.is_(None), Assignment.due_at > sa.bindparam("now")),
    )
    .order_by(Assignment.due_at.is_(None), Assignment.due_at, Assignment.id)
)
Goal = tuple[int, frozenset[int] | None]  # a bank, and the facts of it; None: all of them


def of_learner(connection: sa.Connection, user_id: int, now: datetime) -> list[Goal]:
    """Return the goals that go on, the next due first; exceptions are not counted in."""
    rows = connection.execute(_GOALS, {"user": user_id, "now": now})
    return [
        (bank_id, frozenset(goal["facts"]) if goal and "facts" in goal else None)
        for bank_id, goal in rows
    ]


def wanted_first(
    goals: Collection[Goal], candidates: Mapping[int, Iterable[Candidate]]
) -> list[Candidate]:
    """Return new facts by bank as one list: those of goals, the next due first, then the rest."""
    ordered: dict[int, Candidate] = {}
    for bank_id, facts in goals:
        for one in candidates.get(bank_id, ()):
            if facts is None or one.fact_id in facts:
                ordered.setdefault(one.fact_id, one)
    for some in candidates.values():
        for one in some:
            ordered.setdefault(one.fact_id, one)
    return list(ordered.values())
