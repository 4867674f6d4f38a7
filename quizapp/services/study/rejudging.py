"""An answer judged anew: a judgement and what it says of memory are appended to the logs."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.question import EXACT, Grade
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fsrs import AGAIN
from quizapp.models import LoggedResponse, Regrade, Review
from quizapp.services.content.questions import Asked
from quizapp.services.people.sessions import Person
from quizapp.services.study import cards, replay, responses, reviews, settling
from quizapp.services.study.given import Facts, Given
from quizapp.services.study.reviews import Tested


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody has decided: a grade by a version's key, and why."""

    asked: Asked  # the version by whose key it was judged
    grade: Grade
    why: str  # key, person, override, comment (nothing but its note is new)
    by: int | None
    at: datetime
    note: str | None = None  # to the learner; None: the one before stands
    key_version: int | None = None  # whose key the answer is shown with, where it was corrected


def append(
    connection: sa.Connection,
    person: Person,
    logged: LoggedResponse,
    standing: float | None,
    judgement: Judgement,
    facts: Facts,
) -> None:
    """Append a judgement to an answer, inside a transaction that has locked the learner.

    `standing` is the score that held until now. Where right and wrong change, each review that the
    answer has made is taken back, and one with the new rating is written at the time of the old.
    What nobody had judged before makes its first reviews, at the time it was given.
    """
    connection.execute(sa.insert(Regrade).values(**_regrade_row(connection, logged, judgement)))
    before = cards.standing(connection, person, logged.seq)
    given = _given(logged, judgement)
    if not before and standing is None:
        _begin(connection, person, given, logged.seq, facts)
    if not before:
        return  # mere practice, a later try, taken back, or of no fact
    scores = {each.part: each.score for each in reviews.tested_by(given, facts)}
    for review in before:
        score = _score(review.part, judgement.grade, scores)
        if score is not None and _passes(score) != (review.rating > AGAIN):
            _rewrite(connection, person, given, review, score, judgement.at)
    right = (judgement.grade.score or 0) >= 1
    change = {**dict.fromkeys(replay.SUMS, 0), "right": right - ((standing or 0) >= 1)}
    replay.add_to_days(connection, person.id, {min(review.day for review in before): change})


def comment(connection: sa.Connection, logged: LoggedResponse, judgement: Judgement) -> None:
    """Append a note to an answer that stays judged as it is: memory is not touched."""
    connection.execute(sa.insert(Regrade).values(**_regrade_row(connection, logged, judgement)))


def _regrade_row(
    connection: sa.Connection, logged: LoggedResponse, judgement: Judgement
) -> dict[str, Any]:
    last = connection.execute(
        sa.select(sa.func.max(Regrade.n)).where(
            Regrade.user_id == logged.user_id, Regrade.seq == logged.seq
        )
    ).scalar()
    grade = judgement.grade
    return {
        "user_id": logged.user_id,
        "seq": logged.seq,
        "n": (last or 0) + 1,
        "score": grade.score,
        "fraction": grade.fraction,
        "detail": {"parts": dict(grade.parts), "feedback": list(grade.feedback)},
        "why": judgement.why,
        "key_version": judgement.asked.version if judgement.why == "key" else judgement.key_version,
        "by": judgement.by,
        "at": judgement.at,
        "note": judgement.note,
    }


def _begin(
    connection: sa.Connection, person: Person, given: Given, response_seq: int, facts: Facts
) -> None:
    """Write what an answer says of memory that awaited a person until now, as of its own time."""
    tested = reviews.tested_by(given, facts)
    if not tested:
        return
    day = learner_day(given.answered_at, person.tz, person.rollover_minutes)
    first = responses.take_seq(connection, person.id, len(tested))
    sums = {
        **dict.fromkeys(replay.SUMS, 0),
        **replay.answer_sums(given.grade.score, given.took_ms),
    }
    for n, what in enumerate(tested):
        seqs = (response_seq, first + n)
        reviews.write(connection, person, given, facts, day, seqs, what, sums)
    replay.add_to_days(connection, person.id, {day: sums})


def _given(logged: LoggedResponse, judgement: Judgement) -> Given:
    """Return the answer as it was given, with the new grade."""
    return Given(
        client_id=logged.client_id,
        asked=judgement.asked,
        response=logged.payload,
        grade=judgement.grade,
        source=logged.source,
        answered_at=logged.answered_at,
        received_at=logged.received_at,
        took_ms=logged.took_ms,
        attempt_n=logged.attempt_n,
        slot=logged.slot,
        try_no=logged.try_no,
        marks=logged.marks,
    )


def _score(part: str | None, grade: Grade, scores: dict[str | None, float]) -> float | None:
    """Return what the answer is worth for the fact of a review; None where the part is gone."""
    if part is None:
        return grade.score
    return scores.get(part, grade.parts.get(part))


def _passes(score: float) -> bool:
    return score >= 1 - EXACT


def _rewrite(
    connection: sa.Connection,
    person: Person,
    given: Given,
    review: Any,
    score: float,
    now: datetime,
) -> None:
    """Take a review back and write it again with the rating that the score gives, as of then."""
    fact_id = review.fact_now
    past = replay.rows_of(connection, person.id, fact_id)
    seq = responses.take_seq(connection, person.id, 2)
    connection.execute(sa.insert(Review).values(**settling.voiding(person, review, seq, now)))
    rows = replay.rows_of(connection, person.id, fact_id)
    met = replay.card_at(connection, person, rows, review.at)
    then = replace(person, params_version=review.params_version)
    seqs = (review.response_seq, seq + 1)
    tested = Tested(review.part, fact_id, score)
    reviews.append(connection, then, given, review.day, seqs, tested, met)
    replay.refold(connection, person, fact_id, past)
