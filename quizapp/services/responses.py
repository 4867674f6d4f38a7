"""Logging what was answered: log 1, its reviews, cards and day sums, in one transaction."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from quizapp.core.question import Grade, Response
from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.evidence import Evidence, evidence
from quizapp.core.scheduling.fold import CardState, ReviewRow, schedule, step
from quizapp.core.scheduling.fsrs import Weights
from quizapp.core.scheduling.fuzz import chance
from quizapp.models import LoggedResponse, Review, Shelf, User, UserDay
from quizapp.services import replay
from quizapp.services.questions import Asked
from quizapp.services.sessions import Person


class IdReused(ValueError):
    """The same client id came with another body."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given."""

    client_id: str
    asked: Asked
    response: Response
    grade: Grade
    source: str  # study, practice (recorded but not scheduled), quiz
    answered_at: datetime
    received_at: datetime
    took_ms: int | None = None
    attempt_n: int | None = None
    slot: int | None = None
    try_no: int = 1
    marks: Mapping[str, Any] | None = None

    @property
    def body_sha256(self) -> str:
        """What tells the same answer sent twice from another one under the same id."""
        body = [self.asked.id, self.asked.version, self.response, self.attempt_n, self.slot]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that a question tests now, and the bank they belong to."""

    bank_id: int
    fact_id: int | None
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Logged:
    """What became of an answer."""

    seq: int
    repeated: bool
    card: CardState | None  # the main fact's memory now
    sums: Mapping[str, int]  # the learner's day so far; empty where repeated or not scheduled


@lru_cache(maxsize=4)
def _statements(dialect: str) -> dict[str, Any]:
    """Build the statements of the answer path once per kind of database."""
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    day = insert(UserDay)
    return {
        "response": insert(LoggedResponse)
        .on_conflict_do_nothing(index_elements=["user_id", "client_id"])
        .returning(LoggedResponse.seq),
        "review": insert(Review),
        "day": day.on_conflict_do_update(
            index_elements=["user_id", "day"],
            set_={name: getattr(UserDay, name) + day.excluded[name] for name in replay.SUMS},
        ).returning(*(getattr(UserDay, name) for name in replay.SUMS)),
        "shelf": insert(Shelf).on_conflict_do_nothing(index_elements=["user_id", "bank_id"]),
    }


_TAKE = (
    sa.update(User)
    .where(User.id == sa.bindparam("user"))
    .values(seq=User.seq + sa.bindparam("count"))
    .returning(User.seq)
)
_KNOWN = sa.select(LoggedResponse.seq, LoggedResponse.body_sha256).where(
    LoggedResponse.user_id == sa.bindparam("user"),
    LoggedResponse.client_id == sa.bindparam("client_id"),
)


def take_seq(connection: sa.Connection, user_id: int, count: int = 1) -> int:
    """Take `count` numbers of the learner's own counter and return the first.

    The first statement of a transaction that writes to person tables: on PostgreSQL it locks that
    learner, so two tabs cannot fork a card.
    """
    last: int = connection.execute(_TAKE, {"user": user_id, "count": count}).scalar_one()
    return last - count + 1


def log(connection: sa.Connection, person: Person, given: Given, facts: Facts) -> Logged:
    """Write an answer and what follows from it, inside the caller's writing transaction.

    The same client id again with the same body writes nothing; with another body IdReused.
    """
    tested = _tested(given, facts)
    seq = take_seq(connection, person.id, 1 + len(tested))
    statements = _statements(connection.dialect.name)
    written = connection.execute(statements["response"], _response_row(person, given, seq))
    if written.first() is None:
        return _repeated(connection, person, given, facts)
    if not tested:
        return Logged(seq, False, None, {})
    day = learner_day(given.answered_at, person.tz, person.rollover_minutes)
    sums = dict.fromkeys(replay.SUMS, 0)
    sums.update(replay.answer_sums(given.grade.score, given.took_ms))
    main: CardState | None = None
    for n, what in enumerate(tested, start=1):
        card = _review(connection, person, given, facts, day, (seq, seq + n), what, sums)
        main = card if what.part is None else main
    totals = connection.execute(statements["day"], {"user_id": person.id, "day": day, **sums}).one()
    return Logged(seq, False, main, dict(zip(replay.SUMS, totals, strict=True)))


def _response_row(person: Person, given: Given, seq: int) -> dict[str, Any]:
    grade = given.grade
    return {
        "user_id": person.id,
        "seq": seq,
        "client_id": given.client_id,
        "body_sha256": given.body_sha256,
        "source": given.source,
        "question_id": given.asked.id,
        "question_version": given.asked.version,
        "attempt_n": given.attempt_n,
        "slot": given.slot,
        "try_no": given.try_no,
        "payload": dict(given.response),
        "score": grade.score,
        "fraction": grade.fraction,
        "detail": {"parts": dict(grade.parts), "feedback": list(grade.feedback)},
        "graded_by": given.asked.kind.GRADED_BY,
        "answered_at": given.answered_at,
        "received_at": given.received_at,
        "took_ms": given.took_ms,
        "marks": dict(given.marks or {}),
    }


def _repeated(connection: sa.Connection, person: Person, given: Given, facts: Facts) -> Logged:
    seq, body = connection.execute(_KNOWN, {"user": person.id, "client_id": given.client_id}).one()
    if body != given.body_sha256:
        raise IdReused
    card = replay.card_of(connection, person.id, facts.fact_id) if facts.fact_id else None
    return Logged(seq, True, card, {})


@dataclass(frozen=True, slots=True)
class _Tested:
    """A fact that an answer says something of: the whole question, or one part of it."""

    part: str | None
    fact_id: int
    score: float


def _tested(given: Given, facts: Facts) -> list[_Tested]:
    """Return what is scheduled: nothing of mere practice, of later tries, of what awaits a person.

    Parts that name the question's own fact count with the question; several parts of one fact
    make one review, of their mean.
    """
    score = given.grade.score
    if given.source == "practice" or score is None or given.try_no > 1:
        return []
    tested = [] if facts.fact_id is None else [_Tested(None, facts.fact_id, score)]
    by_fact: dict[int, list[str]] = {}
    for part, fact_id in sorted(facts.parts.items()):
        if fact_id != facts.fact_id and part in given.grade.parts:
            by_fact.setdefault(fact_id, []).append(part)
    for fact_id, parts in by_fact.items():
        mean = sum(given.grade.parts[part] for part in parts) / len(parts)
        tested.append(_Tested(parts[0], fact_id, mean))
    return tested


def _review(
    connection: sa.Connection,
    person: Person,
    given: Given,
    facts: Facts,
    day: int,
    seqs: tuple[int, int],
    tested: _Tested,
    sums: dict[str, int],
) -> CardState | None:
    """Write one review and its card; adds to the day's sums."""
    fact_id = tested.fact_id
    before = replay.card_of(connection, person.id, fact_id)
    past = None
    if before is not None and given.answered_at < before.last_at:
        # What the card was at the time of the answer, not what later answers made of it.
        past = replay.rows_of(connection, person.id, fact_id)
        before = replay.card_at(connection, person, past, given.answered_at)
    weights = replay.weights_of(connection, person.id, person.params_version)
    says = _evidence(given, before, tested.score, weights)
    if says is None:
        return before
    row = _row(person, given, day, (seqs[1], fact_id), before, says, weights)
    statements = _statements(connection.dialect.name)
    connection.execute(
        statements["review"], _review_row(person, given, row, before, seqs[0], tested)
    )
    if past is not None:
        return replay.refold(connection, person, fact_id, past)
    if before is None:
        connection.execute(
            statements["shelf"],
            {"user_id": person.id, "bank_id": facts.bank_id, "added_at": given.received_at},
        )
    replay.count(sums, before, says.rating)
    after = step(before, row, weights)
    replay.store(connection, person.id, fact_id, after)
    return after


def _review_row(
    person: Person,
    given: Given,
    row: ReviewRow,
    before: CardState | None,
    response_seq: int,
    tested: _Tested,
) -> dict[str, Any]:
    return {
        "user_id": person.id,
        "seq": row.seq,
        "response_seq": response_seq,
        "kind": row.kind,
        "question_id": given.asked.id,
        "part": tested.part,
        "fact_id": tested.fact_id,
        "rating": row.rating,
        "p_knew": row.p_knew,
        "at": row.at,
        "day": row.day,
        "delta_days": max(row.day - before.last_day, 0) if before else 0,
        "took_ms": given.took_ms,
        "engine": row.engine,
        "params_version": row.params_version,
        "due_day": row.due_day,
        "due_at": row.due_at,
        "voids_seq": None,
        "details": {"source": row.source},
    }


def _evidence(
    given: Given, before: CardState | None, score: float, weights: Weights
) -> Evidence | None:
    recall = None
    if before is not None:
        elapsed = max((given.answered_at - before.last_at).total_seconds() / 86400, 0.0)
        recall = fsrs.retrievability(before.stability, elapsed, weights)
    return evidence(
        given.asked.kind.GRADED_BY,
        score,
        given.asked.guess,
        recall,
        rating=given.response.get("rating"),
        hinted=bool((given.marks or {}).get("hint")),
    )


def _row(
    person: Person,
    given: Given,
    day: int,
    what: tuple[int, int],
    before: CardState | None,
    says: Evidence,
    weights: Weights,
) -> ReviewRow:
    due_day, due_at = schedule(
        before,
        says.rating,
        says.p_knew,
        given.answered_at,
        max(day, before.last_day) if before else day,
        person.tz,
        person.rollover_minutes,
        steps=given.source == "study",
        chance=chance(person.id, what[1], before.reps if before else 0),
        retention=person.desired_retention,
        weights=weights,
    )
    return ReviewRow(
        seq=what[0],
        kind="answer",
        at=given.answered_at,
        day=day,
        rating=says.rating,
        p_knew=says.p_knew,
        due_day=due_day,
        due_at=due_at,
        source=given.source,
        params_version=person.params_version,
        question_id=given.asked.id,
    )
