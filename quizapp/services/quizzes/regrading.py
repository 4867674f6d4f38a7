"""Regrading: answers to older versions of a question are judged by the key that it has now."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt, Bank, LoggedResponse, User
from quizapp.services.content import questions
from quizapp.services.content.editable_questions import row_of
from quizapp.services.content.questions import Asked
from quizapp.services.operations import jobs
from quizapp.services.people import audit, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import handing_in
from quizapp.services.quizzes.regrade_answers import (
    KEY,
    KIND,
    answers,
    job_key,
    learners,
    new_grade,
    older,
)
from quizapp.services.study import rejudging, responses
from quizapp.services.study.rejudging import Judgement

__all__ = ["KIND", "is_offered", "regrade", "run"]

PATIENCE_S = 10.0


def is_offered(bank: Bank, uid: str) -> bool:
    """Say whether a question has answers that were judged by a key that it no longer has."""
    question = row_of(db.session(), bank.id, uid)
    asked = questions.asked(question.id, question.version)
    if asked.kind.GRADED_BY != "app":
        return False
    return db.session.scalar(sa.select(older(asked).exists())) or False


def regrade(bank: Bank, uid: str, person: Person, now: datetime) -> int:
    """Ask for a question's answers to be judged by its newest key; returns the job's id.

    Asking again while it waits changes nothing. Absent where the bank has no such question.
    """
    bank_id = bank.id
    with writing() as session:
        question = row_of(session, bank_id, uid)
        payload = {"question": question.id, "version": question.version, "by": person.id}
        audit.note(session, now, person.id, "regrade", None, f"question {uid}")
        return jobs.enqueue(
            session, KIND, payload, now=now, dedupe_key=job_key(question.id), created_by=person.id
        )


def run(payload: dict[str, Any], context: Any) -> dict[str, Any]:
    """Judge the answers of the job's question anew, one learner in one transaction.

    Run twice it does nothing the second time: what it has judged, or finds unchanged, it leaves.
    """
    asked = questions.asked(payload["question"], payload["version"])
    done: set[int] = set()
    changed = 0
    # A guest's rows may become an account's meanwhile, so it looks until there is nobody new.
    while found := [user_id for user_id in learners(asked) if user_id not in done]:
        for n, user_id in enumerate(found, start=1):
            changed += _regrade_learner(user_id, asked, payload["by"], context.now())
            context.progress(n / len(found))
        done.update(found)
    return {"learners": len(done), "answers": changed}


def _regrade_learner(user_id: int, asked: Asked, by: int | None, now: datetime) -> int:
    with writing(PATIENCE_S) as session:
        live = sa.select(User.id).where(User.id == user_id, User.merged_into_id.is_(None))
        if session.scalar(live) is None:
            return 0  # erased or merged since the list was read
        responses.take_seq(session.connection(), user_id, count=0)  # locks the learner
        person = sessions.person(user_id)
        assert person  # noqa: S101 - just locked
        facts = handing_in.facts_of(session, asked.id)
        attempts: set[int] = set()
        rows = session.execute(answers(asked).where(LoggedResponse.user_id == user_id)).all()
        changed = [(row, grade) for row in rows if (grade := new_grade(asked, row))]
        for row, grade in changed:
            judgement = Judgement(asked, grade, KEY, by, now)
            rejudging.append(
                session.connection(), person, row.LoggedResponse, row.score, judgement, facts
            )
            if row.LoggedResponse.attempt_n is not None:
                attempts.add(row.LoggedResponse.attempt_n)
        for n in sorted(attempts):
            handing_in.recount(session, session.get_one(Attempt, (user_id, n)))
    return len(changed)
