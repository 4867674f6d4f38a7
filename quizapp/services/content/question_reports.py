"""Reports that something is wrong with a question, and the inbox of whoever can mend it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVarTuple

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, Question, QuestionReport, User
from quizapp.services.content import evidence
from quizapp.services.content.evidence import Passage
from quizapp.services.content.questions import Absent, Asked, Place, asked, place
from quizapp.services.people.sessions import Person
from quizapp.services.people.throttling import Throttled

Columns = TypeVarTuple("Columns")
PER_DAY = 20  # reports of one person in any 24 hours
LONGEST = 2000
LISTED = 100
STATES = ("open", "closed")


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as the bank's owner sees it; who wrote it is not told."""

    id: int
    at: datetime
    text: str
    state: str
    question: Asked  # in the version that was reported
    bank_slug: str
    bank_title: str
    changed: bool  # whether the question has a newer version now
    passage: Passage | None


def shown(uid: str, version: int | None, person: Person | None) -> tuple[Place, Asked]:
    """Return a question to be reported, in the version asked or else of now; Absent if hidden."""
    where = place(uid, person)
    if where.status == "draft":
        raise Absent
    return where, asked(where.id, version or where.version)


def send(person: Person, uid: str, version: int | None, text: str, now: datetime) -> None:
    """Store a report; Absent for a question that is not theirs to see, Throttled over the limit."""
    where, question = shown(uid, version, person)
    if not 0 < len(text) <= LONGEST:
        raise ValueError("text")
    with writing() as session:
        # The person's row is locked, so that two tabs cannot both send the last one of a day.
        session.execute(sa.select(User.id).where(User.id == person.id).with_for_update())
        sent = session.scalar(
            sa.select(sa.func.count())
            .select_from(QuestionReport)
            .where(QuestionReport.user_id == person.id, QuestionReport.at > now - timedelta(days=1))
        )
        if (sent or 0) >= PER_DAY:
            raise Throttled
        session.add(
            QuestionReport(
                question_id=where.id,
                version=question.version,
                user_id=person.id,
                text=text,
                state="open",
                at=now,
            )
        )


def inbox(person: Person, state: str = "open") -> list[Reported]:
    """Return the newest reports on the banks that the person answers for."""
    rows = db.session.execute(
        _theirs(person, sa.select(QuestionReport, Question, Bank.slug, Bank.title))
        .where(QuestionReport.state == state)
        .order_by(QuestionReport.id.desc())
        .limit(LISTED)
    ).all()
    return [_reported(*row) for row in rows]


def counts(person: Person) -> dict[str, int]:
    """Return how many reports are in each state."""
    rows = db.session.execute(
        _theirs(person, sa.select(QuestionReport.state, sa.func.count())).group_by(
            QuestionReport.state
        )
    )
    return dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in rows}


def decide(person: Person, report_id: int, state: str) -> None:
    """Close a report or open it again; Absent where it is not this person's to decide."""
    if state not in STATES:
        raise ValueError("state")
    with writing() as session:
        found = session.scalar(
            _theirs(person, sa.select(QuestionReport)).where(QuestionReport.id == report_id)
        )
        if found is None:
            raise Absent
        found.state = state


def _theirs(person: Person, select: sa.Select[*Columns]) -> sa.Select[*Columns]:
    """Keep the reports on banks that a person may edit; admins answer where there is no owner."""
    shared = sa.select(BankMember.bank_id).where(
        BankMember.user_id == person.id, BankMember.access == "edit"
    )
    mine: sa.ColumnElement[bool] = sa.or_(Bank.owner_id == person.id, Bank.id.in_(shared))
    if person.is_admin:
        mine = sa.or_(mine, Bank.owner_id.is_(None))
    return (
        select.select_from(QuestionReport)
        .join(Question, Question.id == QuestionReport.question_id)
        .join(Bank, Bank.id == Question.bank_id)
        .where(mine, Bank.deleted_at.is_(None))
    )


def _reported(report: QuestionReport, question: Question, slug: str, title: str) -> Reported:
    return Reported(
        report.id,
        report.at,
        report.text,
        report.state,
        asked(question.id, report.version),
        slug,
        title,
        question.version != report.version,
        evidence.of_fact(question.fact_id),
    )
