"""Bringing a guest's answers into an account: the one documented rewrite of the logs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    AssignmentException,
    Attempt,
    AttemptItem,
    AttemptSave,
    Audit,
    Bank,
    BankMember,
    Card,
    CardMark,
    Enrolment,
    Identity,
    Import,
    LoggedResponse,
    Parameters,
    Plan,
    Question,
    QuestionPart,
    QuestionReport,
    Quiz,
    Review,
    Shelf,
    User,
    UserDay,
)
from quizapp.models.memory import Regrade
from quizapp.services.people import audit, passwords, sessions
from quizapp.services.people.renumbering import Move, rows_of
from quizapp.services.study import aligning, plan_rows, replay

# Where both have a row, the account's stays. The second column says which rows are the same.
UNIONS: tuple[tuple[Any, str], ...] = (
    (Shelf, "bank_id"),
    (CardMark, "fact_id"),
    (Enrolment, "course_id"),
    (BankMember, "bank_id"),
    (AssignmentException, "assignment_id"),
)
HANDED_OVER = (
    Identity.user_id,
    Import.user_id,
    QuestionReport.user_id,
    Audit.actor_id,
    Audit.subject_user_id,
    Bank.owner_id,
    Quiz.owner_id,
)
# Children before parents: the order in which a guest's rows go.
LEFT_BEHIND: tuple[Any, ...] = (
    *(Regrade, Review, LoggedResponse, AttemptSave, AttemptItem, Attempt),
    *(Card, UserDay, Parameters, Plan, Shelf, CardMark),
    *(Enrolment, BankMember, AssignmentException),
)


@dataclass(frozen=True, slots=True)
class Baggage:
    """What a guest would bring along."""

    answers: int
    anything: bool


def baggage(guest_id: int) -> Baggage:
    """Return what a guest has: answers, and whether there is anything to ask about."""
    kept: tuple[Any, ...] = (LoggedResponse, Attempt, Shelf, CardMark, Enrolment)
    counts = [
        db.session.scalar(sa.select(sa.func.count()).where(table.user_id == guest_id)) or 0
        for table in kept
    ]
    return Baggage(answers=counts[0], anything=any(counts))


def merge(guest_id: int, account_id: int, now: datetime) -> int:
    """Move all that a guest has into an account, all at once; returns how many answers came.

    The guest's rows get new numbers of the account, in time order after its own. An answer that
    both have (the same client id) is dropped. Touched cards are folded anew, so answers that lie
    before the account's own count where they belong. The guest's fitted weights come along, as the
    log names them; in use stay those of the account. The guest is dead from then on. Merging once
    more, or what is no guest, changes nothing.
    """
    with writing() as session:
        if not _lock(session, guest_id, account_id):
            return 0
        connection = session.connection()
        _drop_doubles(connection, guest_id, account_id)
        touched = _touched_facts(connection, guest_id)
        past = {fact: replay.rows_of(connection, account_id, fact) for fact in touched}
        days = _answer_days(connection, guest_id)
        moved = Move(connection, guest_id, account_id).logs()
        _unite(session, guest_id, account_id)
        person = sessions.person(account_id)
        assert person is not None  # noqa: S101 - its row is locked
        for fact in touched:
            replay.refold(connection, person, fact, past[fact])
        aligning.within(connection, account_id, touched, now)
        replay.add_to_days(connection, account_id, days)
        _end(session, guest_id, account_id, now)
        return moved


def _lock(session: Session, guest_id: int, account_id: int) -> bool:
    """Lock both, lower id first; False where this is no guest with an account to go to."""
    users = session.scalars(
        sa.select(User)
        .where(User.id.in_((guest_id, account_id)))
        .order_by(User.id)
        .with_for_update()
    )
    kinds = {user.id: user.kind for user in users if user.merged_into_id is None}
    return kinds.get(guest_id) == "guest" and kinds.get(account_id) == "person"


def _drop_doubles(connection: sa.Connection, guest_id: int, account_id: int) -> None:
    """Delete from the guest what the account has under the same client id, and what follows."""
    account = sa.select(LoggedResponse.client_id).where(LoggedResponse.user_id == account_id)
    doubles = set(
        connection.scalars(
            sa.select(LoggedResponse.seq).where(
                LoggedResponse.user_id == guest_id, LoggedResponse.client_id.in_(account)
            )
        )
    )
    saves = sa.select(AttemptSave.client_id).where(AttemptSave.user_id == account_id)
    connection.execute(
        sa.delete(AttemptSave).where(
            AttemptSave.user_id == guest_id, AttemptSave.client_id.in_(saves)
        )
    )
    if not doubles:
        return
    gone: set[int] = set()
    for row in rows_of(connection, Review, guest_id):  # an undo comes after what it voids
        if row["response_seq"] in doubles or row["voids_seq"] in gone:
            gone.add(row["seq"])
    for table, seqs in ((Review, gone), (Regrade, doubles), (LoggedResponse, doubles)):
        connection.execute(sa.delete(table).where(table.user_id == guest_id, table.seq.in_(seqs)))
    replay.rebuild_cards(connection, guest_id)  # its day sums are read below


def _touched_facts(connection: sa.Connection, guest_id: int) -> list[int]:
    """Return every fact that the guest's reviews may belong to, then or now."""
    asked = sa.select(Review.question_id).where(Review.user_id == guest_id)
    union: Any = sa.union(
        sa.select(Review.fact_id).where(Review.user_id == guest_id),
        sa.select(Question.fact_id).where(Question.id.in_(asked), Question.fact_id.is_not(None)),
        sa.select(QuestionPart.fact_id).where(QuestionPart.question_id.in_(asked)),
    )
    return sorted(connection.scalars(union))


def _answer_days(connection: sa.Connection, guest_id: int) -> replay.Days:
    """Return the guest's answers by day; the sums by memory follow from the cards' new folds."""
    counted = ("answers", "right", "ms")
    return {
        row["day"]: {name: row[name] if name in counted else 0 for name in replay.SUMS}
        for row in rows_of(connection, UserDay, guest_id)
    }


def _unite(session: Session, guest_id: int, account_id: int) -> None:
    """Move what is a set rather than a log, and delete what the guest has left."""
    connection = session.connection()
    _come_back(connection, guest_id, account_id)
    _join_exceptions(connection, guest_id, account_id)
    for table, key in UNIONS:
        column = getattr(table, key)
        held = sa.select(column).where(table.user_id == account_id)
        connection.execute(
            sa.update(table)
            .where(table.user_id == guest_id, column.not_in(held.scalar_subquery()))
            .values(user_id=account_id)
        )
    plan_rows.bring(session, guest_id, account_id)
    for column in HANDED_OVER:
        connection.execute(
            sa.update(column.class_).where(column == guest_id).values({column.key: account_id})
        )
    for table in LEFT_BEHIND:
        connection.execute(sa.delete(table).where(table.user_id == guest_id))


def _come_back(connection: sa.Connection, guest_id: int, account_id: int) -> None:
    """Let the guest's enrolment count in a course that the account has left."""
    goes = sa.select(Enrolment.course_id).where(
        Enrolment.user_id == guest_id, Enrolment.left_at.is_(None)
    )
    connection.execute(
        sa.delete(Enrolment).where(
            Enrolment.user_id == account_id,
            Enrolment.left_at.is_not(None),
            Enrolment.course_id.in_(goes),
        )
    )


def _join_exceptions(connection: sa.Connection, guest_id: int, account_id: int) -> None:
    """Put the guest's exceptions under the account's own; of marks by hand the newest counts."""
    brought = {
        row["assignment_id"]: row["changes"]
        for row in rows_of(connection, AssignmentException, guest_id)
    }
    for row in rows_of(connection, AssignmentException, account_id):
        theirs, own = brought.get(row["assignment_id"]), row["changes"]
        if theirs is None:
            continue
        changes = {**theirs, **own}
        if marks := [*theirs.get("marks", ()), *own.get("marks", ())]:
            changes["marks"] = sorted(marks, key=lambda mark: str(mark.get("at", "")))
        connection.execute(
            sa.update(AssignmentException)
            .where(
                AssignmentException.assignment_id == row["assignment_id"],
                AssignmentException.user_id == account_id,
            )
            .values(changes=changes)
        )


def _end(session: Session, guest_id: int, account_id: int, now: datetime) -> None:
    guest, account = session.get_one(User, guest_id), session.get_one(User, account_id)
    account.time_factor_pct = max(account.time_factor_pct, guest.time_factor_pct)
    guest.merged_into_id = account_id
    passwords.end_sessions(session, guest)
    audit.note(session, now, account_id, "user.merge", account_id)
