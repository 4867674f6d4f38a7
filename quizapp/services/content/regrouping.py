"""Moving questions between facts: the question at once, learners' memories by a job."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, Fact, Job, Question, Review
from quizapp.services.content import catalog
from quizapp.services.operations import jobs
from quizapp.services.people import sessions
from quizapp.services.study import replay

KIND = "regroup"
PATIENCE_S = 10.0


def move(question_id: int, fact_id: int, now: datetime, by: int | None = None) -> None:
    """Let a question test another fact; a fact that loses its last question is retired.

    Cards are folded again learner by learner by the job that this asks for. Raises LookupError
    where the fact is not one of the question's bank.
    """
    with writing() as session:
        question, fact = session.get_one(Question, question_id), session.get(Fact, fact_id)
        if fact is None or fact.bank_id != question.bank_id:
            raise LookupError("the fact belongs to another bank")
        left = question.fact_id
        question.fact_id, fact.status = fact_id, "active"
        question.edited_here = True  # or the next version of its folder would move it back
        session.flush()
        if left is not None:
            _retire_if_empty(session, left)
        payload = {"facts": sorted({fact_id, left} - {None}, key=int)}  # type: ignore[arg-type]
        jobs.enqueue(session, KIND, payload, now=now, created_by=by)
    catalog.forget()


def pending_facts() -> set[int]:
    """Return the facts whose cards a job has yet to fold again."""
    payloads = db.session.scalars(
        sa.select(Job.payload).where(Job.kind == KIND, Job.state.in_(("waiting", "running")))
    )
    return {fact_id for payload in payloads for fact_id in payload["facts"]}


def refold(payload: dict[str, Any], context: Any) -> dict[str, Any]:
    """Fold the cards of the job's facts again, one learner in one transaction."""
    facts: list[int] = payload["facts"]
    learners = _learners(facts)
    for n, user_id in enumerate(learners):
        with writing(PATIENCE_S) as session:
            replay.rebuild_cards(session.connection(), user_id)
        context.progress((n + 1) / len(learners))
    return {"learners": len(learners)}


def _learners(facts: list[int]) -> list[int]:
    questions = sa.select(Question.id).where(Question.fact_id.in_(facts))
    found = sa.union(
        sa.select(Card.user_id).where(Card.fact_id.in_(facts)),
        sa.select(Review.user_id).where(
            sa.or_(Review.fact_id.in_(facts), Review.question_id.in_(questions))
        ),
    )
    ids = list(db.session.scalars(found.order_by("user_id")))
    db.session.rollback()
    return [user_id for user_id in ids if sessions.person(user_id)]


def _retire_if_empty(session: Session, fact_id: int) -> None:
    asked = session.scalar(
        sa.select(sa.func.count())
        .select_from(Question)
        .where(Question.fact_id == fact_id, Question.status != "retired")
    )
    if not asked:
        session.get_one(Fact, fact_id).status = "retired"
