"""What the learners of a class remember, read in bulk: a few queries for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, REVIEW, Weights, retrievability
from quizapp.core.scheduling.level import Level
from quizapp.extensions import db
from quizapp.models import Card, Enrolment, Parameters, User
from quizapp.services.courses.access import LEARNER
from quizapp.services.courses.course_facts import chunks
from quizapp.services.study import levels

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Remembered:
    """A learner's memory of a fact; recall as learners see it: see services.study.memories."""

    user_id: int
    fact_id: int
    recall: float
    stability: float
    reps: int
    lapses: int
    days_ago: float  # since the last answer


def learner_ids(course_id: int) -> sa.Select[int]:
    """Select the ids of those who learn in a course now."""
    return sa.select(Enrolment.user_id).where(
        Enrolment.course_id == course_id, Enrolment.role == LEARNER, Enrolment.left_at.is_(None)
    )


def of_class(
    course_id: int, facts: Sequence[int], now: datetime, user_id: int | None = None
) -> list[Remembered]:
    """Return the memories of all learners of a course, or of one, of these facts.

    Facts that somebody never met are left out.
    """
    weights = weights_of(course_id)
    own = levels.of_learners(db.session.connection(), learner_ids(course_id))
    found: list[Remembered] = []
    for some in chunks(list(facts)):
        rows = db.session.execute(_cards(course_id, some, user_id)).all()
        found += _remembered(rows, weights, own, now)
    return found


def _cards(course_id: int, facts: list[int], user_id: int | None) -> Any:
    whose = learner_ids(course_id)
    if user_id is not None:
        whose = whose.where(Enrolment.user_id == user_id)
    return sa.select(
        Card.user_id,
        Card.fact_id,
        sa.type_coerce(Card.last_at, sa.DateTime(timezone=True)),
        Card.stability,
        Card.state,
        Card.reps,
        Card.lapses,
    ).where(Card.user_id.in_(whose), Card.fact_id.in_(facts))


def _remembered(
    rows: Sequence[Any], weights: dict[int, Weights], own: dict[int, Level], now: datetime
) -> list[Remembered]:
    # SQLite gives times in UTC that do not say so.
    clock = now.astimezone(UTC)
    if rows and rows[0][2].tzinfo is None:
        clock = clock.replace(tzinfo=None)
    nobodys, found = Level(), []
    own = {user_id: level for user_id, level in own.items() if level != nobodys}
    for user_id, fact_id, last_at, stability, state, reps, lapses in rows:
        days = (clock - last_at).total_seconds() / DAY_S
        # What was missed a minute ago is on the tip of the tongue, not known.
        age = max(days, 0.0 if state == REVIEW else 1.0)
        recall = retrievability(stability, age, weights.get(user_id, DEFAULT_WEIGHTS))
        if user_id in own:
            recall = own[user_id].recall(recall, age)
        found.append(Remembered(user_id, fact_id, recall, stability, reps, lapses, max(days, 0.0)))
    return found


def weights_of(course_id: int) -> dict[int, Weights]:
    """Return the fitted weights of those learners that have any."""
    rows = db.session.execute(
        sa.select(Parameters.user_id, Parameters.weights)
        .join(User, User.id == Parameters.user_id)
        .where(
            User.params_version == Parameters.version,
            User.params_version > 0,
            User.id.in_(learner_ids(course_id)),
        )
    )
    return {user_id: tuple(weights) for user_id, weights in rows}
