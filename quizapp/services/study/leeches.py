"""A learner's hard facts: those that cost much and do not stick, told from the log of reviews."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.core.scheduling.fsrs import AGAIN
from quizapp.core.scheduling.hardness import (
    LEAST_MISSES,
    LOOSE_ANSWERS,
    LOOSE_DAYS,
    Ask,
    Hardness,
    hardness,
)
from quizapp.extensions import db
from quizapp.models import Bank, Card, CardMark, Fact, LoggedResponse, Question, Review
from quizapp.services.content import banks, evidence
from quizapp.services.content.evidence import Passage
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned
from quizapp.services.study import levels, memories, replay, waiting

MOST: Final = 50  # shown
LOOKED_AT: Final = 200  # facts with the most lapses
NEWEST: Final = 200  # answers of a fact that count

_CANDIDATES = (
    sa.select(Card.fact_id, Card.stability)
    .where(
        Card.user_id == sa.bindparam("user"),
        sa.or_(
            Card.lapses >= LEAST_MISSES - 1,
            sa.and_(Card.reps >= LOOSE_ANSWERS, Card.stability < LOOSE_DAYS),
        ),
    )
    .order_by(Card.lapses.desc(), Card.stability, Card.fact_id)
)


@dataclass(frozen=True, slots=True)
class HardFact:
    """A fact that does not stick, with what can be done about it.

    took_ms: of all answers on it. mine: the learner may change its questions.
    """

    uid: str
    statement: str
    bank: str
    bank_slug: str
    mine: bool
    flagged: bool
    stability: float
    took_ms: int
    figures: Hardness
    passage: Passage | None


def of_person(person: Person, now: datetime) -> list[HardFact]:
    """Return the hard facts on the shelf, those missed most beyond the usual first.

    Answers count that came a day or more after the one before; what is usual follows from the
    recall foretold, the learner's level and the chance to guess. Suspended facts are left out, and
    so are answers whose results are not released.
    """
    connection = db.session.connection()
    facts = waiting.askable_facts(memories.shelf(person))
    suspended, _ = memories.asleep(person, now)
    rows = connection.execute(_CANDIDATES, {"user": person.id}).all()
    stabilities = {
        fact: stability for fact, stability in rows if fact in facts and fact not in suspended
    }
    chosen = list(stabilities)[:LOOKED_AT]
    asks, took = _answers(person, chosen, now)
    hard: dict[int, Hardness] = {}
    for fact in chosen:
        found = hardness(asks.get(fact, [])[-NEWEST:])
        if found and (found.is_hard or found.is_loose(stabilities[fact])):
            hard[fact] = found
    first = sorted(hard, key=lambda fact: (hard[fact].usual - hard[fact].missed, fact))[:MOST]
    return _told(person, first, hard, stabilities, took)


def _answers(
    person: Person, facts: Collection[int], now: datetime
) -> tuple[Mapping[int, list[Ask]], Mapping[int, int]]:
    """Return for each fact the answers that count, oldest first, and the time all answers took."""
    level = levels.of_learner(db.session.connection(), person.id)
    held = assigned.hidden(person.id, now)
    asks: dict[int, list[Ask]] = {}
    took: dict[int, int] = {}
    for row in _reviews(person, facts):
        if row.attempt_n in held:
            continue
        took[row.fact_now] = took.get(row.fact_now, 0) + (row.took_ms or 0)
        if row.delta_days:
            foretold = row.details.get("recall", person.desired_retention)
            recall = level.recall(foretold, row.delta_days)
            guess = row.details.get("guess") or 0.0
            question = row.uid if row.status == "active" else None
            ask = Ask(row.type, question, row.rating == AGAIN, recall + (1 - recall) * guess)
            asks.setdefault(row.fact_now, []).append(ask)
    return asks, took


def _reviews(person: Person, facts: Collection[int]) -> Iterable[Any]:
    reviews = replay.REVIEWS_WITH_FACT.where(Review.user_id == person.id).subquery()
    voided = sa.select(Review.voids_seq).where(
        Review.user_id == person.id, Review.voids_seq.is_not(None)
    )
    return db.session.execute(
        sa.select(reviews, Question.uid, Question.type, Question.status, LoggedResponse.attempt_n)
        .join(Question, Question.id == reviews.c.question_id)
        .outerjoin(
            LoggedResponse,
            sa.and_(
                LoggedResponse.user_id == reviews.c.user_id,
                LoggedResponse.seq == reviews.c.response_seq,
            ),
        )
        .where(
            reviews.c.fact_now.in_(facts),
            reviews.c.kind.in_(("answer", "import")),
            reviews.c.seq.not_in(voided),
        )
        .order_by(reviews.c.at, reviews.c.seq)
    )


def _told(
    person: Person,
    facts: list[int],
    hard: Mapping[int, Hardness],
    stabilities: Mapping[int, float],
    took: Mapping[int, int],
) -> list[HardFact]:
    rows = db.session.execute(
        sa.select(Fact, Bank, CardMark.flag)
        .join(Bank, Bank.id == Fact.bank_id)
        .outerjoin(CardMark, sa.and_(CardMark.fact_id == Fact.id, CardMark.user_id == person.id))
        .where(Fact.id.in_(facts))
    ).all()
    found = {fact.id: (fact, bank, flag) for fact, bank, flag in rows}
    mine = {bank.id: banks.may_edit(person, bank) for _, bank, _ in rows}
    return [
        HardFact(
            fact.uid,
            fact.statement,
            bank.title,
            bank.slug,
            mine[bank.id],
            bool(flag),
            stabilities[fact.id],
            took.get(fact.id, 0),
            hard[fact.id],
            evidence.of_fact(fact.id),
        )
        for fact, bank, flag in (found[one] for one in facts)
    ]
