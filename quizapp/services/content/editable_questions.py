"""Questions as their form begins with them, and what may be put into it."""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.part_facts import part_facts
from quizapp.core.question import Problem
from quizapp.extensions import db
from quizapp.models import Bank, Fact, Question, QuestionTag, QuestionVersion
from quizapp.services.content.question_drafts import QuestionDraft, problems_of, tidied
from quizapp.services.content.questions import Absent
from quizapp.services.content.version_rows import OWN, own_key


@dataclass(frozen=True, slots=True)
class Editable:
    """A question as the form begins with it."""

    id: int
    uid: str
    version: int
    fact_id: int | None
    draft: QuestionDraft


def fact_choices(bank_id: int) -> list[tuple[str, str]]:
    """Return (key, statement) of the facts of a bank that a question may name, in order."""
    rows = db.session.execute(
        sa.select(Fact.key, Fact.statement, Fact.detail)
        .where(Fact.bank_id == bank_id, Fact.status == "active")
        .order_by(Fact.position, Fact.id)
    )
    return [(key, statement) for key, statement, detail in rows if not detail.get(OWN)]


def fact_id(bank_id: int, key: str | None) -> int | None:
    """Return a fact of the bank by its key, None where there is none."""
    return db.session.scalar(sa.select(Fact.id).where(Fact.bank_id == bank_id, Fact.key == key))


def find(bank: Bank, uid: str, version: int | None = None) -> Editable:
    """Return a question of the bank as its form begins, in this version or else as it is now.

    Absent where the bank has none of this uid.
    """
    question = row_of(db.session(), bank.id, uid)
    number = version or question.version
    row = db.session.get(QuestionVersion, (question.id, number))
    if row is None:
        raise Absent
    tags = sa.select(QuestionTag.tag).where(QuestionTag.question_id == question.id)
    fact = db.session.get(Fact, question.fact_id) if question.fact_id is not None else None
    draft = QuestionDraft(
        question.type,
        row.stem,
        row.body,
        question.name,
        question.category,
        tuple(sorted(db.session.scalars(tags))),
        None if fact is None or fact.key == own_key(uid) else fact.key,
        question.status,
    )
    # A name that was made from the stem follows it.
    if question.name == replace(draft, name="").listed_name:
        draft = replace(draft, name="")
    return Editable(question.id, uid, question.version, question.fact_id, draft)


def check(bank_id: int, draft: QuestionDraft) -> tuple[QuestionDraft, list[Problem]]:
    """Return the draft in its stored form and everything wrong with it; stores nothing."""
    draft = tidied(draft)
    named = {*part_facts(draft.body).values(), *filter(None, [draft.fact])}
    query = sa.select(Fact.key).where(Fact.bank_id == bank_id, Fact.key.in_(named))
    return draft, problems_of(draft, set(db.session.scalars(query)) if named else ())


def row_of(session: Session, bank_id: int, uid: str, lock: bool = False) -> Question:
    """Return a question of the bank, for update with `lock`; Absent where there is none."""
    query = sa.select(Question).where(Question.bank_id == bank_id, Question.uid == uid)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise Absent
    return found
