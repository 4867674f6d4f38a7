"""What a class remembers of facts, one by one: how many have answered, how many know it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, REVIEW
from quizapp.core.statistics.recall import KNOWN_FROM
from quizapp.extensions import db
from quizapp.models import Card, Enrolment, Parameters, User
from quizapp.services.courses.access import LEARNER

DAY_S: Final = 86_400
_DECAY: Final = 20  # the place of the curve's exponent among the weights


@dataclass(frozen=True, slots=True)
class FactRecall:
    """What the learners of a class remember of a fact now.

    answered: how many have a memory of it. known: how many of these know it, as
    `core.statistics.recall` has it. recall: the mean over these, 0..1, as `memories` has it before
    it is moved by each learner's own level.
    """

    answered: int
    known: int
    recall: float


def of_class(course_id: int, facts: sa.Select[Any], now: datetime) -> dict[int, FactRecall]:
    """Return by id what a course's learners remember of those facts that somebody has met.

    `facts` selects their ids. The database does the sums: a class may have 100,000 memories.
    """
    memories = _memories(course_id, facts, now).subquery()
    is_known = sa.case((memories.c.recall >= KNOWN_FROM, 1), else_=0)
    rows = db.session.execute(
        sa.select(
            memories.c.fact_id,
            sa.func.count(),
            sa.func.sum(is_known),
            sa.func.avg(memories.c.recall),
        ).group_by(memories.c.fact_id)
    )
    return {fact_id: FactRecall(*figures) for fact_id, *figures in rows}


def _memories(course_id: int, facts: sa.Select[Any], now: datetime) -> sa.Select[Any]:
    """Select (fact_id, recall) of each learner; `core.scheduling.fsrs.retrievability` in SQL."""
    curves = _curves(course_id)
    elapsed = _elapsed_days(now)
    # What was missed a minute ago is on the tip of the tongue, not known: see `memories`.
    least = sa.case((Card.state == REVIEW, 0.0), else_=1.0)
    age = sa.case((elapsed < least, least), else_=elapsed) / Card.stability
    recall = sa.func.power(1 + curves.c.factor * age, curves.c.exponent)
    return (
        sa.select(Card.fact_id, recall.label("recall"))
        .join(curves, curves.c.user_id == Card.user_id)
        .where(Card.fact_id.in_(facts))
    )


def _curves(course_id: int) -> sa.CTE:
    """Return each learner's forgetting curve by the weights that are theirs now."""
    decay = sa.func.coalesce(Parameters.weights[_DECAY].as_float(), DEFAULT_WEIGHTS[_DECAY])
    return (
        sa.select(
            Enrolment.user_id,
            (-decay).label("exponent"),
            (sa.func.power(0.9, -1 / decay) - 1).label("factor"),
        )
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(
            Parameters,
            sa.and_(Parameters.user_id == User.id, Parameters.version == User.params_version),
        )
        .where(
            Enrolment.course_id == course_id,
            Enrolment.role == LEARNER,
            Enrolment.left_at.is_(None),
        )
        .cte("curves")
        .prefix_with("MATERIALIZED")  # once for each learner, not for each memory
    )


def _elapsed_days(now: datetime) -> sa.ColumnElement[Any]:
    """Return the days since the last review of a card, in the words of the database."""
    if db.engine.dialect.name == "sqlite":
        clock = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        return sa.func.julianday(clock) - sa.func.julianday(Card.last_at)
    return sa.extract("epoch", now - Card.last_at) / DAY_S
