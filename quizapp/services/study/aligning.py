"""Folding a learner's cards by the weights that are in use, after those have changed.

Each card gets a review of kind reparam, from which a replay takes the weights for all of the card's
past. What was due stays due.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.scheduling import fold
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fold import CardState, ReviewRow
from quizapp.core.scheduling.gate import ANSWERS
from quizapp.database import writing
from quizapp.models import Card, Review, User
from quizapp.services.operations import jobs
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay, responses

ALIGN: Final = "memory.align"
CHUNK: Final = 50  # cards in one transaction, so that nobody's answer waits for long


def ask(session: Session, user_id: int, now: datetime) -> None:
    """Ask for it inside the caller's transaction."""
    key = f"{ALIGN}:{user_id}"
    jobs.enqueue(session, ALIGN, {"user": user_id}, now=now, dedupe_key=key)


def run(payload: dict[str, Any], context: Any) -> dict[str, Any]:
    """Fold a learner's cards by the version in use; the worker's handler."""
    return {"cards": align(int(payload["user"]), context.now())}


def align(user_id: int, now: datetime) -> int:
    """Fold the cards that are of another version by the one in use; returns how many there were.

    CHUNK cards in one transaction, each of which leaves cards and log in agreement: an answer may
    come in between, and a run that was broken off is taken up where it stopped.
    """
    done, last = 0, 0
    while True:
        with writing(jobs.PATIENCE_S) as session:
            connection = session.connection()
            facts = _others(connection, user_id, last)
            if not facts:
                return done
            done += within(connection, user_id, facts, now)
            last = facts[-1]


def _others(connection: sa.Connection, user_id: int, after: int) -> list[int]:
    used = sa.select(User.params_version).where(User.id == user_id, User.merged_into_id.is_(None))
    return list(
        connection.scalars(
            sa.select(Card.fact_id)
            .where(
                Card.user_id == user_id,
                Card.fact_id > after,
                Card.params_version != used.scalar_subquery(),
            )
            .order_by(Card.fact_id)
            .limit(CHUNK)
        )
    )


def within(connection: sa.Connection, user_id: int, facts: Sequence[int], now: datetime) -> int:
    """Do the same for cards of these facts, inside the caller's transaction."""
    responses.take_seq(connection, user_id, 0)
    person = sessions.person(user_id)
    if person is None:
        return 0
    cards = {fact: card for fact in facts if (card := replay.card_of(connection, user_id, fact))}
    past = {
        fact: replay.rows_of(connection, user_id, fact)
        for fact, card in cards.items()
        if card.params_version != person.params_version
    }
    newest = {fact: row for fact, rows in past.items() if (row := _newest_answer(rows))}
    parts = _parts(connection, user_id, [row.seq for row in newest.values()])
    seq = responses.take_seq(connection, user_id, len(newest))
    weights = replay.all_weights(connection, user_id)
    written = []
    for n, (fact, row) in enumerate(newest.items()):
        added = _reparam(person, cards[fact], row, seq + n)
        written.append(_columns(person, added, parts[row.seq], fact, now))
        card = fold.fold([*past[fact], added], weights, person.tz, person.rollover_minutes)
        replay.store(connection, user_id, fact, card)
    if written:
        connection.execute(sa.insert(Review), written)
    return len(written)


def _newest_answer(rows: list[ReviewRow]) -> ReviewRow | None:
    """Return the row whose question stands for the fact: it stays the one met last."""
    answers = [row for row in rows if row.kind in ANSWERS]
    return max(answers, key=lambda row: row.seq, default=None)


def _parts(connection: sa.Connection, user_id: int, seqs: list[int]) -> dict[int, str | None]:
    rows = connection.execute(
        sa.select(Review.seq, Review.part).where(Review.user_id == user_id, Review.seq.in_(seqs))
    )
    return dict(rows.all())  # type: ignore[arg-type]


def _reparam(person: Person, card: CardState, row: ReviewRow, seq: int) -> ReviewRow:
    """Return the row, just after the last answer of which it speaks.

    Not later: an answer that was on its way meanwhile comes after it whatever its clock says, as
    the card does that it meets.
    """
    at = card.last_at + timedelta(microseconds=1)
    return ReviewRow(
        seq=seq,
        kind="reparam",
        at=at,
        day=learner_day(at, person.tz, person.rollover_minutes),
        params_version=person.params_version,
        question_id=row.question_id,
    )


def _columns(
    person: Person, row: ReviewRow, part: str | None, fact_id: int, now: datetime
) -> dict[str, Any]:
    return {
        "user_id": person.id,
        "seq": row.seq,
        "kind": row.kind,
        "question_id": row.question_id,
        "part": part,
        "fact_id": fact_id,
        "at": row.at,
        "day": row.day,
        "delta_days": 0,
        "engine": row.engine,
        "params_version": row.params_version,
        "details": {"made_at": now.isoformat()},
    }
