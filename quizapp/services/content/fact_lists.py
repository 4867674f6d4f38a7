"""A bank's facts as those who may edit it list them, and find one to put questions under."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Evidence, Fact, Question
from quizapp.services.content import question_lists
from quizapp.services.content.question_lists import Filter

PAGE = 50
OFFERED = 20
_NEAR = 400  # questions whose facts are looked at to offer some


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact in a list, with how many questions ask it that are not retired."""

    uid: str
    statement: str
    questions: int
    has_evidence: bool


@dataclass(frozen=True, slots=True)
class FactListing:
    """A page of facts."""

    rows: list[FactRow]
    total: int
    page: int
    pages: int


def listing(bank_id: int, page: int = 1) -> FactListing:
    """Return a page of a bank's facts in order; the nearest page there is."""
    where = (Fact.bank_id == bank_id, Fact.status == "active")
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Fact).where(*where)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    query = sa.select(Fact.id).where(*where).order_by(Fact.position, Fact.id)
    ids = db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    return FactListing(_rows(ids), total, page, pages)


def of_questions(ids: Sequence[int]) -> list[FactRow]:
    """Return the facts of these questions, each once, in the questions' order."""
    query = sa.select(Question.id, Question.fact_id).where(Question.id.in_(ids))
    facts = {row[0]: row[1] for row in db.session.execute(query)}
    return _rows([fact for fact in dict.fromkeys(facts.get(id_) for id_ in ids) if fact])


def offered(bank_id: int, text: str) -> list[FactRow]:
    """Return the first facts with a question in which all words of the text occur."""
    query = question_lists.ordered(bank_id, Filter(text=text)).limit(_NEAR)
    return of_questions(db.session.scalars(query).all())[:OFFERED]


def _rows(ids: Sequence[int]) -> list[FactRow]:
    asked = sa.select(Question.fact_id, sa.func.count()).where(
        Question.fact_id.in_(ids), Question.status.in_(("active", "draft"))
    )
    counts = {row[0]: row[1] for row in db.session.execute(asked.group_by(Question.fact_id))}
    proved = set(
        db.session.scalars(
            sa.select(Evidence.fact_id)
            .where(Evidence.fact_id.in_(ids), Evidence.state != "broken")
            .distinct()
        )
    )
    facts = sa.select(Fact.id, Fact.uid, Fact.statement).where(Fact.id.in_(ids))
    found = {
        id_: FactRow(uid, statement, counts.get(id_, 0), id_ in proved)
        for id_, uid, statement in db.session.execute(facts)
    }
    return [found[id_] for id_ in ids if id_ in found]
