"""Reviewing drafts: accepting, rejecting, taking back; what the page shows is review_views'.

Absent for articles and questions of banks that the person may not edit.
"""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.models import Bank, Question
from quizapp.services.articles import decisions, standing
from quizapp.services.articles.decisions import Judged, Log, judged
from quizapp.services.articles.review_views import BlockView, DraftView, Review, review
from quizapp.services.content import banks, catalog
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person

__all__ = [
    "REJECT_REASONS", "BlockView", "DraftView", "Judged", "Review", "Unsound",
    "accept_above", "decide", "judged", "review", "undo",
]  # fmt: skip
REJECT_REASONS = (
    "wrong_key",
    "not_in_text",
    "unclear",
    "trivial",
    "grammar",
    "bad_distractors",
    "duplicate",
    "other",
)
EXACT = 1e-9  # scores this near to each other are the same
Decision = Literal["accept", "edit", "reject"]


class Unsound(ValueError):
    """The question cannot be asked as it stands, so it cannot be accepted; nothing was changed."""


def decide(
    person: Person | None,
    question_uid: str,
    decision: Decision,
    reason: str = "",
    *,
    now: datetime,
) -> None:
    """Accept a draft, or reject it for one of REJECT_REASONS; deciding the same again is nothing.

    Accepting a draft that was edited counts as "edit". Unsound where it cannot be asked.
    """
    if reason not in (REJECT_REASONS if decision == "reject" else ("",)):
        raise ValueError(f"{decision} {reason}")
    with writing() as session:
        question, log = _drafted(session, question_uid, person)
        _decide(session, question, log, decision, [reason] if reason else [], person, now)
    catalog.forget()


def undo(person: Person | None, article_uid: str, *, now: datetime) -> str | None:
    """Take the person's own last decision on an article back; returns the question's uid, if any.

    An edit stays as it was written; only its acceptance is taken back.
    """
    with writing() as session:
        article, _bank = standing.editable(article_uid, person)
        questions = {one.id: one for one in decisions.drafts_of(session, article.id)}
        logs = decisions.logs(session, questions)
        mine = [
            row for log in logs.values() for row in log.standing if person and row.by == person.id
        ]
        if not mine or person is None:
            return None
        last = max(mine, key=lambda row: row.id)
        question, log = questions[last.question_id], logs[last.question_id]
        decisions.add(session, log, "undo", [last.id], person.id, now)
        log.standing.remove(last)
        decisions.apply(session, question, log.last.decision if log.last else None)
        uid = question.uid
    catalog.forget()
    return uid


def accept_above(person: Person | None, article_uid: str, score: float, *, now: datetime) -> int:
    """Accept the undecided drafts of this score or more that can be asked; returns how many.

    Not those of which the article no longer says what they ask.
    """
    accepted = 0
    with writing() as session:
        article, _bank = standing.editable(article_uid, person)
        questions = decisions.drafts_of(session, article.id)
        logs = decisions.logs(session, [one.id for one in questions])
        proved = standing.proved(session, article)
        for question in questions:
            log = logs[question.id]
            if question.status != "draft" or question.fact_id not in proved:
                continue
            if (log.drafted.score or 0) < score - EXACT:
                continue
            if decisions.is_sound(session, question):
                _decide(session, question, log, "accept", [], person, now)
                accepted += 1
    catalog.forget()
    return accepted


def _drafted(session: Session, uid: str, person: Person | None) -> tuple[Question, Log]:
    """Return a drafted question, locked, and its log."""
    query = sa.select(Question).where(Question.uid == uid).with_for_update()
    question = session.scalar(query)
    if question is None or not banks.may_edit(person, session.get_one(Bank, question.bank_id)):
        raise Absent
    log = decisions.logs(session, [question.id]).get(question.id)
    if log is None:
        raise Absent
    return question, log


def _decide(
    session: Session,
    question: Question,
    log: Log,
    decision: str,
    reasons: list[str],
    person: Person | None,
    now: datetime,
) -> None:
    if person is None:
        raise Absent
    if decision == "accept" and question.version > 1:
        decision = "edit"
    if log.decision(question) == decision and log.last and log.last.reasons == reasons:
        return
    if decision != "reject" and not decisions.is_sound(session, question):
        raise Unsound(question.uid)
    decisions.add(session, log, decision, reasons, person.id, now)
    decisions.apply(session, question, decision)
