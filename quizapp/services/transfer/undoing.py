"""Taking an import back: what it added is deleted, or retired where it was used since."""

from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Fact, Import, Question, QuestionVersion, Quiz, Upload
from quizapp.services.content import banks, catalog
from quizapp.services.content.questions import Absent
from quizapp.services.operations import jobs
from quizapp.services.people.sessions import Person
from quizapp.services.transfer import history_undoing, import_ending
from quizapp.services.transfer.import_questions import STAGED, reason_of

KIND = "import.undo"
CHUNK = 500
PATIENCE_S = 10.0
FORSAKEN = timedelta(hours=2)  # a staged import this old has lost its worker


class Progress(Protocol):
    """What a job's handler is given."""

    def now(self) -> datetime:
        """Return the time."""

    def progress(self, share: float) -> None:
        """Note how far the job is."""


def undo(import_id: int, person: Person, now: datetime) -> None:
    """Take back an import: its questions are gone from sight at once, a job does the rest.

    A bank that it made and that holds nothing else is deleted, and can be restored. Absent where
    the import is not this person's to take back, or was taken back already.
    """
    with writing() as session:
        record = session.get(Import, import_id, with_for_update=True)
        bank = session.get(Bank, record.bank_id) if record else None
        if record is None or bank is None or record.state != "stored":
            raise Absent
        if not banks.may_edit(person, bank):
            raise Absent
        record.state = "undone"
        _retire_quiz(session, record)
        if banks.owns(person, bank) and _is_all(session, record):
            bank.deleted_at = now
        else:
            _hide(session, import_id)
            payload = {"import": import_id}
            jobs.enqueue(session, KIND, payload, now=now, dedupe_key=f"{KIND}:{import_id}")
    catalog.forget()


def _is_all(session: Session, record: Import) -> bool:
    """Say whether the bank came with this import and nothing was added since."""
    others = sa.select(Question.id).where(
        Question.bank_id == record.bank_id,
        Question.import_id.is_distinct_from(record.id),
    )
    return bool(record.options.get("made_bank")) and session.scalar(others.limit(1)) is None


def _retire_quiz(session: Session, record: Import) -> None:
    """Let nobody begin the quiz any more that was made with an upload."""
    reports = session.scalars(sa.select(Upload.report).where(Upload.import_id == record.id)).all()
    slugs = [slug for report in reports if (slug := report.get("quiz"))]
    session.execute(
        sa.update(Quiz)
        .where(Quiz.slug.in_(slugs), Quiz.bank_id == record.bank_id)
        .values(status="retired")
        .execution_options(synchronize_session=False)
    )


def _hide(session: Session, import_id: int) -> None:
    mine = sa.update(Question).where(Question.import_id == import_id)
    session.execute(
        mine.where(Question.status.in_(("active", STAGED)))
        .values(status="retired")
        .execution_options(synchronize_session=False)
    )


def finish(payload: dict[str, Any], context: Progress) -> dict[str, Any]:
    """Delete what an undone import added, bit by bit, and give changed questions their old text.

    A history that came with it goes first, so that its questions are not taken for answered ones.
    """
    import_id = int(payload["import"])
    history_undoing.take_back(import_id)
    ids = list(db.session.scalars(
        sa.select(Question.id).where(Question.import_id == import_id).order_by(Question.id)
    ))  # fmt: skip
    db.session.rollback()
    deleted = 0
    for at in range(0, len(ids), CHUNK):
        some = ids[at : at + CHUNK]
        with writing(PATIENCE_S) as session:
            retired, left = import_ending.remove(session, some)
            import_ending.retire_emptied(session, left)
            deleted += len(some) - len(retired)
        context.progress(at / len(ids))
    restored = _restore(import_id, context.now()) + _bring_back(import_id)
    catalog.forget()
    return {"deleted": deleted, "retired": len(ids) - deleted, "restored": restored}


def _bring_back(import_id: int) -> int:
    """Ask again the questions whose place the import had given to others of another type."""
    record = db.session.get_one(Import, import_id)
    ids = list(record.options.get("replaced") or [])
    db.session.rollback()
    for at in range(0, len(ids), CHUNK):
        with writing(PATIENCE_S) as session:
            for question in session.scalars(
                sa.select(Question).where(Question.id.in_(ids[at : at + CHUNK]))
            ).all():
                question.status = "active"
                fact = session.get(Fact, question.fact_id) if question.fact_id else None
                if fact is not None:
                    fact.status = "active"
    return len(ids)


def _restore(import_id: int, now: datetime) -> int:
    """Give each question whose current version is the import's the content that it had before."""
    current = sa.and_(
        QuestionVersion.question_id == Question.id, QuestionVersion.number == Question.version
    )
    query = (
        sa.select(Question.id)
        .join(QuestionVersion, current)
        .where(QuestionVersion.reason == reason_of(import_id), QuestionVersion.number > 1)
        .order_by(Question.id)
    )
    ids = list(db.session.scalars(query))
    db.session.rollback()
    for at in range(0, len(ids), CHUNK):
        with writing(PATIENCE_S) as session:
            for question in session.scalars(
                sa.select(Question).where(Question.id.in_(ids[at : at + CHUNK]))
            ).all():
                _step_back(session, question, now)
    return len(ids)


def _step_back(session: Session, question: Question, now: datetime) -> None:
    before = session.get(QuestionVersion, (question.id, question.version - 1))
    if before is None:
        return
    columns = {
        name: getattr(before, name)
        for name in ("stat_group", "stem", "body", "html", "renderer", "sha256")
    }
    number = question.version + 1
    again = QuestionVersion(question_id=question.id, number=number, edited_at=now, **columns)
    again.reason = "Undo of an import"
    session.add(again)
    question.version = number


def abandon(import_id: int, now: datetime) -> None:
    """Take away all that an import staged that did not come to its end."""
    with writing(PATIENCE_S) as session:
        record = session.get(Import, import_id)
        if record is None or record.state != "staged":
            return
        record.state = "undone"
        _hide(session, import_id)
        made_bank, bank_id = bool(record.options.get("made_bank")), record.bank_id
    while True:
        with writing(PATIENCE_S) as session:
            ids = list(session.scalars(
                sa.select(Question.id).where(Question.import_id == import_id).limit(CHUNK)
            ))  # fmt: skip
            retired, left = import_ending.remove(session, ids)
            facts = sa.delete(Fact).where(Fact.id.in_(left), Fact.status == STAGED)
            session.execute(facts.execution_options(synchronize_session=False))
            import_ending.retire_emptied(session, left)
            if len(ids) == len(retired):
                break
    if made_bank:
        with writing(PATIENCE_S) as session:
            import_ending.delete_bank(session, bank_id)
    else:
        _restore(import_id, now)


def abandon_forsaken(now: datetime) -> int:
    """Take away what imports staged whose process died; returns how many there were."""
    query = sa.select(Import.id).where(Import.state == "staged", Import.at < now - FORSAKEN)
    ids = list(db.session.scalars(query))
    db.session.rollback()
    for import_id in ids:
        abandon(import_id, now)
    return len(ids)
