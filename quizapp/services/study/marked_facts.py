"""The facts that a learner has set aside or flagged, and taking them up again."""

from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Bank, Card, CardMark, Fact
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person

MOST = 200


@dataclass(frozen=True, slots=True)
class MarkedFact:
    """A fact with the learner's wishes about it."""

    uid: str
    statement: str
    bank: str
    suspended: bool
    flag: int


def of_person(person: Person) -> list[MarkedFact]:
    """Return what is suspended or flagged, what was suspended last first."""
    rows = db.session.execute(
        sa.select(Fact.uid, Fact.statement, Bank.title, CardMark.suspended_at, CardMark.flag)
        .join(Fact, Fact.id == CardMark.fact_id)
        .join(Bank, Bank.id == Fact.bank_id)
        .where(
            CardMark.user_id == person.id,
            sa.or_(CardMark.suspended_at.is_not(None), CardMark.flag > 0),
        )
        .order_by(CardMark.suspended_at.is_(None), CardMark.suspended_at.desc(), CardMark.fact_id)
        .limit(MOST)
    )
    return [
        MarkedFact(uid, statement, bank, since is not None, flag)
        for uid, statement, bank, since, flag in rows
    ]


def of_fact(person: Person, fact_id: int) -> MarkedFact:
    """Return a fact with the learner's wishes, also where there are none."""
    row = db.session.execute(
        sa.select(Fact.uid, Fact.statement, Bank.title, CardMark.suspended_at, CardMark.flag)
        .join(Bank, Bank.id == Fact.bank_id)
        .outerjoin(CardMark, sa.and_(CardMark.fact_id == Fact.id, CardMark.user_id == person.id))
        .where(Fact.id == fact_id)
    ).one()
    uid, statement, bank, since, flag = row
    return MarkedFact(uid, statement, bank, since is not None, flag or 0)


def fact_id(person: Person, uid: str) -> int:
    """Return the number of a fact that the learner has met or marked; Absent for any other."""
    met = sa.union(
        sa.select(Card.fact_id).where(Card.user_id == person.id),
        sa.select(CardMark.fact_id).where(CardMark.user_id == person.id),
    )
    found = db.session.scalar(sa.select(Fact.id).where(Fact.uid == uid, Fact.id.in_(met)))
    if found is None:
        raise Absent
    return found
