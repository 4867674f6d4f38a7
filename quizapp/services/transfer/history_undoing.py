"""Taking a history back with the import that it came with; answers given here stay."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from quizapp.core.scheduling.fold import ReviewRow
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import CardMark, Import, Question, Review
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay, responses
from quizapp.services.transfer.history_rows import IMPORT, RESET
from quizapp.services.transfer.history_storing import NOTED

FACTS: Final = 20  # in one transaction
PATIENCE_S: Final = 10.0


def take_back(import_id: int) -> int:
    """Delete the reviews that came with an import, and its marks; returns how many reviews.

    The one place where rows leave the log: they were brought in by one click, and leave by one.
    """
    record = db.session.get(Import, import_id)
    noted = dict(record.options.get(NOTED) or {}) if record else {}
    db.session.rollback()
    user_id = int(noted.get("user") or 0)
    deleted = sum(_reviews(user_id, first, last) for first, last in noted.get("seqs", []))
    if noted.get("marks"):
        with writing(PATIENCE_S) as session:
            _marks(session.connection(), user_id, noted["marks"])
    return deleted


def _reviews(user_id: int, first: int, last: int) -> int:
    mine = sa.and_(
        Review.user_id == user_id,
        Review.seq.between(first, last),
        Review.kind.in_((IMPORT, RESET)),
    )
    questions = sa.select(Review.question_id).where(mine)
    facts = sorted(
        fact
        for fact in db.session.scalars(
            sa.select(Question.fact_id).where(Question.id.in_(questions)).distinct()
        )
        if fact is not None
    )
    db.session.rollback()
    deleted = 0
    for at in range(0, len(facts), FACTS):
        with writing(PATIENCE_S) as session:
            person = sessions.person(user_id)
            if person is None:
                return deleted
            deleted += _of_facts(session.connection(), person, mine, facts[at : at + FACTS])
    return deleted


def _of_facts(
    connection: sa.Connection, person: Person, mine: sa.ColumnElement[bool], facts: Sequence[int]
) -> int:
    responses.take_seq(connection, person.id, 0)
    before = {fact: replay.rows_of(connection, person.id, fact) for fact in facts}
    questions = sa.select(Question.id).where(Question.fact_id.in_(facts))
    gone = connection.execute(sa.delete(Review).where(mine, Review.question_id.in_(questions)))
    for fact in facts:
        _fold(connection, person, fact, before[fact])
    return int(gone.rowcount)


def _fold(connection: sa.Connection, person: Person, fact: int, before: list[ReviewRow]) -> None:
    """Fold a card anew; changes of weights go, too, where they speak of nothing any more."""
    left = replay.rows_of(connection, person.id, fact)
    if all(row.kind == "reparam" for row in left):
        seqs = [row.seq for row in left]
        connection.execute(
            sa.delete(Review).where(Review.user_id == person.id, Review.seq.in_(seqs))
        )
    replay.refold(connection, person, fact, before)


def _marks(connection: sa.Connection, user_id: int, marks: Sequence[Sequence[int]]) -> None:
    """Delete the marks that are still as they came."""
    for fact_id, flag, suspended in marks:
        since = CardMark.suspended_at
        connection.execute(
            sa.delete(CardMark).where(
                CardMark.user_id == user_id,
                CardMark.fact_id == fact_id,
                CardMark.flag == flag,
                since.is_not(None) if suspended else since.is_(None),
            )
        )
