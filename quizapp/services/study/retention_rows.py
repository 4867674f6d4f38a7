"""The answers behind true retention: which memory each one met, told by folding its card anew."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from quizapp.core.scheduling.fold import history
from quizapp.core.statistics.recall import Retention, true_retention
from quizapp.extensions import db
from quizapp.models import Fact, LoggedResponse, UserDay
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay
from quizapp.services.study.figure_rows import PAGE, Page

Age = Literal["young", "mature", "true"]  # true: both together
CHUNK = 200  # reviews looked at in one go
LOOKED_AT = 2000  # reviews for one page; where fewer match, the page is short and has a next one


@dataclass(frozen=True, slots=True)
class RecallRow:
    """An answer that met a memory which had at least a day to fade."""

    seq: int  # of the review
    response_seq: int | None
    at: datetime
    fact: str  # uid
    statement: str
    age: str
    interval_days: int
    recalled: bool | None  # None: held back until it is released


@dataclass(frozen=True, slots=True)
class _Met:
    age: str
    interval_days: int


def figure(person: Person, first: int, last: int) -> Retention:
    """Return the figure itself over the learner days first..last."""
    return true_retention(
        db.session.execute(
            sa.select(UserDay.__table__).where(
                UserDay.user_id == person.id, UserDay.day.between(first, last)
            )
        ).all()
    )


def rows(
    person: Person,
    age: Age,
    first: int,
    last: int,
    *,
    before: int | None = None,
    most: int = PAGE,
    held: Collection[int] = (),
) -> Page[RecallRow]:
    """Return answers of the learner days first..last, the newest first.

    `held`: the attempts (n) of which nothing is told yet.
    """
    page = _rows(person, age, first, last, before, most)
    silent = _of_attempts(person, [row.response_seq for row in page.rows], held)
    rows = [replace(r, recalled=None) if r.response_seq in silent else r for r in page.rows]
    return Page(rows, page.after)


def _of_attempts(
    person: Person, seqs: Collection[int | None], attempts: Collection[int]
) -> set[int | None]:
    """Return which of these responses were given in one of the attempts."""
    if not attempts:
        return set()
    return set(
        db.session.scalars(
            sa.select(LoggedResponse.seq).where(
                LoggedResponse.user_id == person.id,
                LoggedResponse.seq.in_(seqs),
                LoggedResponse.attempt_n.in_(attempts),
            )
        )
    )


def _rows(
    person: Person, age: Age, first: int, last: int, before: int | None, most: int
) -> Page[RecallRow]:
    found: list[RecallRow] = []
    met: dict[int, dict[int, _Met]] = {}  # by fact, by review
    looked_at = 0
    while looked_at < max(LOOKED_AT, most):
        some = _reviews(person, first, last, before)
        for review, uid, statement in some:
            if review.fact_now not in met:
                met[review.fact_now] = _history(person, review.fact_now)
            was = met[review.fact_now].get(review.seq)
            if was and age in (was.age, "true") and was.age != "learning":
                found.append(_row(review, uid, statement, was))
                if len(found) > most:
                    return Page(found[:most], str(found[most - 1].seq))
        if len(some) < CHUNK:
            return Page(found)
        before = some[-1][0].seq
        looked_at += CHUNK
    return Page(found, str(before))


def _reviews(person: Person, first: int, last: int, before: int | None) -> list[tuple[Any, ...]]:
    reviews = replay.REVIEWS_WITH_FACT.subquery()
    select = (
        sa.select(reviews, Fact.uid, Fact.statement)
        .join(Fact, Fact.id == reviews.c.fact_now)
        .where(
            reviews.c.user_id == person.id,
            reviews.c.kind == "answer",
            reviews.c.day.between(first, last),
        )
        .order_by(reviews.c.seq.desc())
        .limit(CHUNK)
    )
    if before is not None:
        select = select.where(reviews.c.seq < before)
    return [(row, row.uid, row.statement) for row in db.session.execute(select)]


def _history(person: Person, fact_id: int) -> dict[int, _Met]:
    """Return for each answer that stands what it met; what was undone is not in it."""
    connection = db.session.connection()
    reviews = replay.rows_of(connection, person.id, fact_id)
    weights = replay.all_weights(connection, person.id)
    met = {}
    for before, review, _ in history(reviews, weights):
        if review.kind == "answer":
            interval = before.interval_days if before else 0
            met[review.seq] = _Met(replay.age_met(before, review.day), interval)
    return met


def _row(review: Any, uid: str, statement: str, was: _Met) -> RecallRow:
    return RecallRow(
        review.seq,
        review.response_seq,
        review.at,
        uid,
        statement,
        was.age,
        was.interval_days,
        review.rating > 1,
    )
