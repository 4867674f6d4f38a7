"""Erasing a person: what quizzes need stays without them, everything else that is theirs goes."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.models import (
    Assignment,
    AssignmentException,
    Attempt,
    AttemptItem,
    Audit,
    DraftReview,
    Enrolment,
    ErasedResult,
    Import,
    Job,
    LoggedResponse,
    QuestionReport,
    QuestionVersion,
    Snapshot,
    User,
)
from quizapp.models.memory import Regrade
from quizapp.services.people import audit, people

# Rows of others, or of nobody, that name a person without a foreign key: the name goes, they stay.
UNNAMED: tuple[Any, ...] = (
    Import.user_id,
    QuestionReport.user_id,
    QuestionVersion.edited_by,
    DraftReview.by,
    Regrade.by,
    Job.created_by,
    Audit.actor_id,
    Audit.subject_user_id,
)


def erase(user_id: int, now: datetime) -> None:
    """Delete a person and everything of theirs; LastAdmin where nobody would be admin then.

    Handed-in quiz answers stay for item analysis, without person, exact time or free text. What
    the person owned passes to the admins. One transaction: deletes by key, no folding.
    """
    with writing() as session:
        if session.get(User, user_id) is None:
            return
        people.lock(session, user_id)
        ids = [user_id, *_merged_guests(session, user_id)]
        _keep_results(session, ids)
        _unname_marks(session, ids)
        session.flush()
        _forget(session, ids)
        audit.note(session, now, None, "user.erase", None)


def _merged_guests(session: Session, user_id: int) -> list[int]:
    """Return the guests that were merged into the account: they are the same person."""
    return list(session.scalars(sa.select(User.id).where(User.merged_into_id == user_id)))


def _forget(session: Session, ids: list[int]) -> None:
    """Walk all tables, so that one that comes later is not forgotten here."""
    unnamed = {(column.class_.__tablename__, column.key) for column in UNNAMED}
    session.execute(
        sa.update(QuestionReport).where(QuestionReport.user_id.in_(ids)).values(text="")
    )
    for table in reversed(User.metadata.sorted_tables):
        for column in table.columns:
            if (table.name, column.name) in unnamed or _names_somebody(column):
                session.execute(sa.update(table).where(column.in_(ids)).values({column.name: None}))
            elif column.name == "user_id":
                session.execute(sa.delete(table).where(column.in_(ids)))
    _forget_histories(session, ids)
    # Caches of what courses show; they hold names, and are made anew.
    session.execute(sa.delete(Snapshot))
    session.execute(sa.delete(User).where(User.id.in_(ids)))


def _forget_histories(session: Session, ids: list[int]) -> None:
    """Take the person out of the notes that imports keep of a history that came with them."""
    for record in session.scalars(sa.select(Import)):
        if (record.options.get("history") or {}).get("user") in ids:
            record.options = {k: v for k, v in record.options.items() if k != "history"}


def _names_somebody(column: sa.Column[Any]) -> bool:
    """Say whether a column points at a user but does not make its row theirs, such as owner_id."""
    return column.name != "user_id" and any(
        key.column.table.name == "users" for key in column.foreign_keys
    )


def _unname_marks(session: Session, ids: list[int]) -> None:
    """Take the person out of the marks that they gave by hand; the marks stay."""
    taught = sa.select(Enrolment.course_id).where(
        Enrolment.user_id.in_(ids), Enrolment.role != "learner"
    )
    rows = sa.select(AssignmentException).join(
        Assignment, Assignment.id == AssignmentException.assignment_id
    )
    if session.get_one(User, ids[0]).role != "admin":  # who also tends what nobody teaches
        rows = rows.where(Assignment.course_id.in_(taught))
    uids = set(session.scalars(sa.select(User.uid).where(User.id.in_(ids))))
    for row in session.scalars(rows):
        marks = row.changes.get("marks") or []
        if any(mark.get("by") in uids for mark in marks):
            tidy = [{**mark, "by": None} if mark.get("by") in uids else mark for mark in marks]
            row.changes = {**row.changes, "marks": tidy}


def _keep_results(session: Session, ids: list[int]) -> None:
    """Copy handed-in answers to where nobody is named."""
    for user_id in ids:
        attempts = session.scalars(
            sa.select(Attempt).where(
                Attempt.user_id == user_id,
                Attempt.state != "open",
                Attempt.handed_in_at.is_not(None),
            )
        )
        for attempt in attempts:
            session.add_all(nameless(session, attempt))


def nameless(session: Session, attempt: Attempt) -> Iterator[ErasedResult]:
    """Yield the answers of a handed-in attempt as they are kept when its person is not."""
    given = {row.slot: row for row in session.scalars(_answers(attempt))}
    items = session.execute(
        sa.select(AttemptItem, QuestionVersion.body)
        .join(
            QuestionVersion,
            sa.and_(
                QuestionVersion.question_id == AttemptItem.question_id,
                QuestionVersion.number == AttemptItem.question_version,
            ),
        )
        .where(AttemptItem.user_id == attempt.user_id, AttemptItem.n == attempt.n)
        .order_by(AttemptItem.slot)
    )
    key = secrets.token_urlsafe(12)
    month = attempt.handed_in_at or attempt.started_at
    for item, body in items:
        answer = given.get(item.slot)
        score, fraction = _standing(session, answer) if answer else (0.0, 0.0)
        yield ErasedResult(
            attempt_key=key,
            quiz_id=attempt.quiz_id,
            slot=item.slot,
            question_id=item.question_id,
            question_version=item.question_version,
            score=score,
            fraction=fraction,
            choices=_choices(answer.payload, set(_ids(body))) if answer else [],
            took_ms=answer.took_ms if answer else None,
            month=f"{month:%Y-%m}",
        )


def _answers(attempt: Attempt) -> sa.Select[LoggedResponse]:
    """Select an attempt's answers; of several tries the first counts, as in its points."""
    return sa.select(LoggedResponse).where(
        LoggedResponse.user_id == attempt.user_id,
        LoggedResponse.attempt_n == attempt.n,
        LoggedResponse.try_no == 1,
    )


def _standing(session: Session, answer: LoggedResponse) -> tuple[float | None, float | None]:
    """Return the judgement that counts: of the latest regrade, else of the answer."""
    regrade = session.scalars(
        sa.select(Regrade)
        .where(Regrade.user_id == answer.user_id, Regrade.seq == answer.seq)
        .order_by(Regrade.n.desc())
        .limit(1)
    ).first()
    return (regrade.score, regrade.fraction) if regrade else (answer.score, answer.fraction)


def _ids(body: Any) -> Iterator[str]:
    """Yield the ids of all options, pairs and gaps of a question's body, of whatever type."""
    if isinstance(body, dict):
        if isinstance(body.get("id"), str):
            yield body["id"]
        body = list(body.values())
    if isinstance(body, list):
        for part in body:
            yield from _ids(part)


def _choices(payload: Any, ids: set[str]) -> list[str]:
    """Return the option ids in an answer, in its order; what was typed is left out."""
    if isinstance(payload, str):
        return [payload] if payload in ids else []
    parts: Iterable[Any] = ()
    if isinstance(payload, dict):
        parts = (side for pair in payload.items() for side in pair)
    elif isinstance(payload, list):
        parts = payload
    return [choice for part in parts for choice in _choices(part, ids)]
