"""Questions grouped under facts by people, and what the app suggests to group."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core import alike
from quizapp.core.alike import Asking, Pair, pair_of
from quizapp.core.question import Question as Content
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.statements import MAX_STATEMENT, statement_of
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionVersion
from quizapp.services.content import catalog, question_lists, regrouping
from quizapp.services.content.question_lists import Row
from quizapp.services.content.questions import Absent
from quizapp.services.content.version_rows import OWN, own_fact_row, own_key
from quizapp.services.identifiers import new_uid

LOOKED_AT = 10_000  # questions that are compared, the first of a bank
MOST = 500  # questions that are grouped at once
LISTED = 20  # suggestions on a page
APART = "apart"  # in a fact's detail: uids of facts that somebody said are others
NOTE = "group"  # in a fact's detail: the note that it came from
KEPT_APART = 500


@dataclass(frozen=True, slots=True)
class Suggested:
    """Facts that seem to be one: their uids, their questions, and why; see `core.alike`."""

    facts: list[str]
    rows: list[Row]
    reason: str
    words: tuple[str, ...]


def group(
    bank_id: int, ids: Sequence[int], now: datetime, by: int, fact: str = "", statement: str = ""
) -> int:
    """Put questions of a bank under one fact, given by its uid, else under a new one.

    Without either it is the fact of the first question. Facts that are left without a question are
    retired, and cards are folded again. Returns how many questions moved; Absent where the bank has
    no such fact or none of the questions.
    """
    with writing() as session:
        questions = _locked(session, bank_id, ids)
        target = _target(session, questions, fact, statement)
        moved = _move(session, questions, target, now, by)
    catalog.forget()
    return moved


def split(bank_id: int, ids: Sequence[int], now: datetime, by: int) -> int:
    """Give each of these questions a fact of its own; returns how many had shared theirs."""
    with writing() as session:
        questions = _locked(session, bank_id, ids)
        contents = _contents(session, [question.id for question in questions])
        moved = 0
        for question in questions:
            if not _is_alone(session, question):
                own = _own_fact(session, question, contents[question.id])
                moved += _move(session, [question], own, now, by)
    catalog.forget()
    return moved


def dismiss(bank_id: int, facts: Collection[str]) -> None:
    """Note that these facts are not the same; they are never suggested together again."""
    with writing() as session:
        query = sa.select(Fact).where(Fact.bank_id == bank_id, Fact.uid.in_(list(facts)[:MOST]))
        rows = session.scalars(query.order_by(Fact.id).with_for_update()).all()
        for row in rows:
            others = [one.uid for one in rows if one.uid != row.uid]
            known = dict.fromkeys([*row.detail.get(APART, []), *others])
            row.detail = {**row.detail, APART: list(known)[-KEPT_APART:]}


def suggestions(bank_id: int) -> tuple[list[Suggested], int]:
    """Return the first suggestions which facts may be one, and how many there are.

    Compares the first LOOKED_AT questions that are not retired, of types that are answered.
    """
    facts = {
        id_: (uid, statement, detail)
        for id_, uid, statement, detail in db.session.execute(
            sa.select(Fact.id, Fact.uid, Fact.statement, Fact.detail).where(
                Fact.bank_id == bank_id, Fact.status == "active"
            )
        )
    }
    asked, of_fact = _asked(bank_id, facts)
    found = alike.suggestions(asked, _apart(facts))
    told = []
    for one in found[:LISTED]:
        ids = [id_ for fact in one.facts for id_ in of_fact[fact]]
        uids = [facts[fact][0] for fact in one.facts]
        told.append(Suggested(uids, question_lists.rows(ids), one.reason, one.words))
    return told, len(found)


def questions_of(bank_id: int, facts: Collection[str]) -> list[int]:
    """Return the questions of these facts that are not retired, in the bank's order."""
    query = (
        sa.select(Question.id)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Question.bank_id == bank_id, Fact.uid.in_(list(facts)[:MOST]))
        .where(Question.status.in_(("active", "draft")))
        .order_by(Question.position, Question.id)
    )
    return list(db.session.scalars(query.limit(MOST)))


Facts = dict[int, tuple[str, str, dict[str, Any]]]


def _asked(bank_id: int, facts: Facts) -> tuple[list[Asking], dict[int, list[int]]]:
    """Return the questions to compare, and the ids of all of each fact."""
    rows = db.session.execute(
        sa.select(Question.id, Question.fact_id, Question.type)
        .where(Question.bank_id == bank_id, Question.status.in_(("active", "draft")))
        .where(Question.fact_id.is_not(None))
        .order_by(Question.position, Question.id)
        .limit(LOOKED_AT)
    ).all()
    rows = [row for row in rows if row.fact_id in facts
            and QUESTION_TYPES[row.type].GRADED_BY != "nobody"]  # fmt: skip
    of_fact: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        of_fact[row.fact_id].append(row.id)
    # The statement of a fact of its own is its question's stem and answer already.
    told = {row.id: facts[row.fact_id][1] for row in rows
            if len(of_fact[row.fact_id]) == 1 and facts[row.fact_id][2].get(OWN)}  # fmt: skip
    contents = _contents(db.session(), [row.id for row in rows if row.id not in told])
    told |= {id_: statement_of(content) for id_, content in contents.items()}
    return [_asking(row.fact_id, told[row.id], facts) for row in rows], of_fact


def _asking(fact_id: int, text: str, facts: Facts) -> Asking:
    detail = facts[fact_id][2]
    return Asking(fact_id, text, str(detail.get(NOTE) or ""), is_settled=not detail.get(OWN))


def _apart(facts: Facts) -> set[Pair]:
    ids = {uid: id_ for id_, (uid, _, _) in facts.items()}
    return {
        pair_of(id_, ids[other])
        for id_, (_, _, detail) in facts.items()
        for other in detail.get(APART, ())
        if other in ids
    }


def _contents(session: Session, ids: Sequence[int]) -> dict[int, Content]:
    query = sa.select(Question.id, Question.type, QuestionVersion.stem, QuestionVersion.body).join(
        QuestionVersion,
        (QuestionVersion.question_id == Question.id) & (QuestionVersion.number == Question.version),
    )
    found = {}
    for at in range(0, len(ids), MOST):
        some = query.where(Question.id.in_(ids[at : at + MOST]))
        found.update({row[0]: Content(*row[1:]) for row in session.execute(some)})
    return found


def _locked(session: Session, bank_id: int, ids: Sequence[int]) -> list[Question]:
    query = sa.select(Question).where(Question.bank_id == bank_id, Question.id.in_(ids[:MOST]))
    found = session.scalars(query.order_by(Question.position, Question.id).with_for_update()).all()
    if not found:
        raise Absent
    return list(found)


def _target(session: Session, questions: Sequence[Question], uid: str, statement: str) -> Fact:
    first = questions[0]
    if statement:
        fact = Fact(
            uid=new_uid(),
            bank_id=first.bank_id,
            key=f"fact-{new_uid()}",
            statement=statement[:MAX_STATEMENT],
            detail={},
            status="active",
            position=first.position,
        )
        session.add(fact)
        session.flush()
        return fact
    named = Fact.uid == uid if uid else Fact.id == (first.fact_id or 0)
    found = session.scalar(sa.select(Fact).where(Fact.bank_id == first.bank_id, named))
    if found is None:
        raise Absent
    return found


def _move(
    session: Session, questions: Sequence[Question], fact: Fact, now: datetime, by: int
) -> int:
    """Move questions under a fact, with one job for all the cards; returns how many moved."""
    moving = [question for question in questions if question.fact_id != fact.id]
    left = {question.fact_id for question in moving if question.fact_id is not None}
    for question in moving:
        question.fact_id = fact.id
        question.edited_here = True  # or the next version of its file would move it back
    if moving:
        fact.status = "active"
        regrouping.settle(session, left | {fact.id}, now, by)
    return len(moving)


def _is_alone(session: Session, question: Question) -> bool:
    others = sa.select(Question.id).where(
        Question.fact_id == question.fact_id, Question.id != question.id
    )
    return question.fact_id is not None and session.scalar(others.limit(1)) is None


def _own_fact(session: Session, question: Question, content: Content) -> Fact:
    """Return the fact made for the question alone, the old one where it has left one behind."""
    key = own_key(question.uid)
    query = sa.select(Fact).where(Fact.bank_id == question.bank_id, Fact.key == key)
    fact = session.scalar(query)
    if fact is not None and fact.id == question.fact_id:  # others were put under it
        key = f"{key}-{new_uid()}"
        fact = None
    if fact is None:
        row = own_fact_row(question.bank_id, question.uid, content, question.position)
        fact = Fact(**{**row, "key": key})
        session.add(fact)
    fact.statement = statement_of(content)
    session.flush()
    return fact
