"""A learner's answers behind a figure: of a day, or on a fact."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import LoggedResponse, Regrade, Review
from quizapp.services.content.questions import asked
from quizapp.services.content.stems import stem
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay
from quizapp.services.study.answers import outcome
from quizapp.services.study.figure_rows import CHUNK, PAGE, Page, cut, whole


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as it is judged now."""

    seq: int
    at: datetime
    stem: str
    type: str
    outcome: str  # right, partial, wrong, self, waiting, held (back until it is released)
    rating: int | None  # of a flashcard
    score: float | None
    took_ms: int | None


def of_day(
    person: Person,
    day: int,
    after: str | None = None,
    most: int = PAGE,
    held: Collection[int] = (),
) -> Page[AnswerRow]:
    """Return the answers that a learner day counts, the newest first.

    `held`: the attempts (n) of which nothing is told yet.
    """
    counted = _standing(person).where(Review.day == day)
    return _answers(person, counted, after, most, held)


def of_fact(
    person: Person,
    fact_id: int,
    after: str | None = None,
    most: int = PAGE,
    held: Collection[int] = (),
) -> Page[AnswerRow]:
    """Return the answers that say something of a fact, the newest first."""
    rows = replay.REVIEWS_WITH_FACT.subquery()
    counted = sa.select(rows.c.response_seq).where(
        rows.c.user_id == person.id,
        rows.c.fact_now == fact_id,
        rows.c.kind == "answer",
        ~_voided(person, rows.c.seq),
    )
    return _answers(person, counted, after, most, held)


def _voided(person: Person, seq: Any) -> sa.ColumnElement[bool]:
    undo = sa.orm.aliased(Review)
    return sa.exists().where(undo.user_id == person.id, undo.voids_seq == seq)


def _standing(person: Person) -> sa.Select[Any]:
    return sa.select(Review.response_seq).where(
        Review.user_id == person.id, Review.kind == "answer", ~_voided(person, Review.seq)
    )


def _answers(
    person: Person, counted: sa.Select[Any], after: str | None, most: int, held: Collection[int]
) -> Page[AnswerRow]:
    select = (
        sa.select(
            LoggedResponse.seq,
            LoggedResponse.answered_at,
            LoggedResponse.question_id,
            LoggedResponse.question_version,
            LoggedResponse.payload,
            LoggedResponse.attempt_n,
            LoggedResponse.score,
            LoggedResponse.took_ms,
        )
        .where(LoggedResponse.user_id == person.id, LoggedResponse.seq.in_(counted))
        .order_by(LoggedResponse.seq.desc())
        .limit(most + 1)
    )
    if after:
        select = select.where(LoggedResponse.seq < whole(after))
    logged = db.session.execute(select).all()
    later = _regraded(person, [row.seq for row in logged])
    rows = [_answer(row, later.get(row.seq, row.score), row.attempt_n in held) for row in logged]
    return cut(rows, most, lambda row: str(row.seq))


def _answer(row: Any, score: float | None, held: bool) -> AnswerRow:
    version = asked(row.question_id, row.question_version)
    return AnswerRow(
        row.seq,
        row.answered_at,
        stem(version),
        version.question.type,
        "held" if held else outcome(version, score),
        row.payload.get("rating") if version.kind.GRADED_BY == "learner" else None,
        None if held else score,
        row.took_ms,
    )


def _regraded(person: Person, seqs: list[int]) -> Mapping[int, float | None]:
    """Return the scores that a later judgement gave."""
    found: dict[int, float | None] = {}
    for n in range(0, len(seqs), CHUNK):
        rows = db.session.execute(
            sa.select(Regrade.seq, Regrade.score)
            .where(Regrade.user_id == person.id, Regrade.seq.in_(seqs[n : n + CHUNK]))
            .order_by(Regrade.n)
        )
        found.update(row._tuple() for row in rows)
    return found
