"""What a learner wants of a card: undo the last answer, suspend, bury, flag."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.scheduling.days import learner_day
from quizapp.database import writing
from quizapp.models import CardMark, LoggedResponse, Question, Regrade, Review
from quizapp.services.people.sessions import Person
from quizapp.services.study import judged, numbering, replay, responses, settling

FLAGS = range(8)


class NothingToUndo(LookupError):
    """No study answer of today is left to take back."""


def undo(person: Person, now: datetime) -> str:
    """Take back the learner's last study answer of today; returns its question's uid.

    The answer stays in the log; each of its reviews is voided by a new one, the cards are folded
    again, and the day's sums shrink by the same amounts. Raises NothingToUndo.
    """
    with writing() as session:
        connection = session.connection()
        _, person = numbering.take_turn(connection, person, 0)  # locks the learner: two undo two
        last = _last_study_answer(connection, person, now)
        if last is None:
            raise NothingToUndo
        response_seq, question_uid, score, took_ms = last
        reviews = standing(connection, person, response_seq)
        first = responses.take_seq(connection, person.id, len(reviews))
        sums = replay.answer_sums(score, took_ms)
        day = reviews[0].day
        for n, review in enumerate(reviews):
            past = replay.rows_of(connection, person.id, review.fact_now)
            void = settling.voiding(person, review, first + n, now)
            session.execute(sa.insert(Review).values(**void))
            settling.settle(connection, person, review.fact_now, review.at, now)
            replay.refold(connection, person, review.fact_now, past)
        change = {**dict.fromkeys(replay.SUMS, 0), **{name: -n for name, n in sums.items()}}
        replay.add_to_days(connection, person.id, {day: change})
    return str(question_uid)


def _last_study_answer(
    connection: sa.Connection, person: Person, now: datetime
) -> sa.Row[int, str, float | None, int | None] | None:
    voided = sa.select(Review.voids_seq).where(
        Review.user_id == person.id, Review.voids_seq.is_not(None)
    )
    today = learner_day(now, person.tz, person.rollover_minutes)
    return connection.execute(
        sa.select(
            LoggedResponse.seq,
            Question.uid,
            judged.SCORE,
            LoggedResponse.took_ms,
        )
        .join(Question, Question.id == LoggedResponse.question_id)
        .join(
            Review,
            sa.and_(
                Review.user_id == LoggedResponse.user_id,
                Review.response_seq == LoggedResponse.seq,
            ),
        )
        .outerjoin(Regrade, judged.LATEST)
        .where(
            LoggedResponse.user_id == person.id,
            LoggedResponse.source == "study",
            Review.kind == "answer",
            Review.day >= today - 1,
            Review.seq.not_in(voided),
        )
        .order_by(LoggedResponse.seq.desc())
        .limit(1)
    ).first()


def standing(connection: sa.Connection, person: Person, response_seq: int) -> list[sa.Row]:  # type: ignore[type-arg]
    """Return the reviews of a response that nothing has voided, each with its fact of now."""
    voided = sa.select(Review.voids_seq).where(
        Review.user_id == person.id, Review.voids_seq.is_not(None)
    )
    return list(
        connection.execute(
            replay.REVIEWS_WITH_FACT.where(
                Review.user_id == person.id,
                Review.response_seq == response_seq,
                Review.kind == "answer",
                Review.seq.not_in(voided),
            ).order_by(Review.seq)
        )
    )


def suspend(person: Person, fact_id: int, now: datetime, on: bool = True) -> None:
    """Ask a fact no more, until it is taken up again."""
    with writing() as session:
        _mark(session, person, fact_id).suspended_at = now if on else None


def bury(person: Person, fact_id: int, now: datetime) -> None:
    """Leave a fact alone until the next learner day."""
    tomorrow = learner_day(now, person.tz, person.rollover_minutes) + 1
    with writing() as session:
        _mark(session, person, fact_id).buried_until_day = tomorrow


def flag(person: Person, fact_id: int, colour: int) -> None:
    """Put a flag (1..7) on a fact, or take it off (0)."""
    if colour not in FLAGS:
        raise ValueError(f"flags are 0 to 7, not {colour}")
    with writing() as session:
        _mark(session, person, fact_id).flag = colour


def _mark(session: Session, person: Person, fact_id: int) -> CardMark:
    responses.take_seq(session.connection(), person.id, count=0)  # of two one makes the row
    found = session.get(CardMark, (person.id, fact_id))
    if found is None:
        found = CardMark(user_id=person.id, fact_id=fact_id, flag=0)
        session.add(found)
    return found
