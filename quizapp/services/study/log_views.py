"""Answers as they stand in the log, for the pages that show them again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.fold import CardState
from quizapp.extensions import db
from quizapp.models import LoggedResponse, Question, Regrade
from quizapp.services.content.questions import Asked, asked
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned, tries
from quizapp.services.study import fact_story, replay


@dataclass(frozen=True, slots=True)
class LoggedView:
    """One answer with its grading as it holds now.

    card: None also while an answer on the fact is not released, as it would tell of it.
    """

    seq: int
    client_id: str
    asked: Asked
    fact_id: int | None
    response: Mapping[str, Any]
    parts: Mapping[str, float]
    feedback: list[str]
    score: float | None
    source: str
    answered_at: datetime
    took_ms: int | None
    card: CardState | None


def response(person: Person, seq: int, now: datetime) -> LoggedView | None:
    """Return one of the person's own answers.

    None while its question may be tried again, or its attempt's results are held back.
    """
    row = db.session.execute(
        sa.select(LoggedResponse, Question.fact_id)
        .join(Question, Question.id == LoggedResponse.question_id)
        .where(LoggedResponse.user_id == person.id, LoggedResponse.seq == seq)
    ).first()
    if row is None or tries.may_try_again(person, row[0].attempt_n, row[0].slot):
        return None
    if row[0].attempt_n in assigned.hidden(person.id, now):
        return None
    return _view(person, *row, now)


def _view(person: Person, logged: LoggedResponse, fact_id: int | None, now: datetime) -> LoggedView:
    later = db.session.execute(
        sa.select(Regrade)
        .where(Regrade.user_id == person.id, Regrade.seq == logged.seq)
        .order_by(Regrade.n.desc())
        .limit(1)
    ).scalar()
    detail = later.detail if later and later.detail else logged.detail
    version = (later and later.key_version) or logged.question_version  # whose key judged it
    card = None
    if fact_id and not fact_story.is_withheld(person, fact_id, now):
        card = replay.card_of(db.session.connection(), person.id, fact_id)
    return LoggedView(
        seq=logged.seq,
        client_id=logged.client_id,
        asked=asked(logged.question_id, version),
        fact_id=fact_id,
        response=logged.payload,
        parts=detail.get("parts", {}),
        feedback=detail.get("feedback", []),
        score=later.score if later else logged.score,
        source=logged.source,
        answered_at=logged.answered_at,
        took_ms=logged.took_ms,
        card=card,
    )
