"""Moving questions between facts: the question at once, learners' memories by a job."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, Fact, Job, Question, QuestionPart, Review
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
        move_within(session, question_id, fact_id, now, by)
    catalog.forget()


def move_within(
    session: Session, question_id: int, fact_id: int, now: datetime, by: int | None = None
) -> None:
    """Do the same inside the caller's transaction, who forgets the catalog afterwards."""
    question, fact = session.get_one(Question, question_id), session.get(Fact, fact_id)
    if fact is None or fact.bank_id != question.bank_id:
        raise LookupError("the fact belongs to another bank")
    left = question.fact_id
    question.fact_id, fact.status = fact_id, "active"
    question.edited_here = True  # or the next version of its folder would move it back
    settle(session, {left, fact_id} - {None}, now, by)  # type: ignore[arg-type]


def settle(
    session: Session, fact_ids: Collection[int], now: datetime, by: int | None = None
) -> None:
    """Retire those of these facts that nothing asks any more, and have their cards folded again."""
    session.flush()
    retire_emptied(session, fact_ids)
    jobs.enqueue(session, KIND, {"facts": sorted(fact_ids)}, now=now, created_by=by)


def retire_emptied(session: Session, fact_ids: Collection[int]) -> None:
    """Retire those of these facts that no question or part asks any more."""
    asked = sa.exists().where(Question.fact_id == Fact.id, Question.status != "retired")
    part = sa.exists().where(
        QuestionPart.fact_id == Fact.id,
        Question.id == QuestionPart.question_id,
        Question.status != "retired",
    )
    session.execute(
        sa.update(Fact)
        .where(Fact.id.in_(fact_ids), ~asked, ~part)
        .values(status="retired")
        .execution_options(synchronize_session=False)
    )


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
