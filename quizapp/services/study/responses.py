"""Logging what was answered: log 1, its reviews, cards and day sums, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fold import CardState
from quizapp.models import LoggedResponse, UserDay
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay, reviews
from quizapp.services.study.given import Facts, Given
from quizapp.services.study.numbering import take_seq, take_turn

__all__ = ["IdReused", "Logged", "log", "take_seq"]


class IdReused(ValueError):
    """The same client id came with another body."""


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
        "day": day.on_conflict_do_update(
            index_elements=["user_id", "day"],
            set_={name: getattr(UserDay, name) + day.excluded[name] for name in replay.SUMS},
        ).returning(*(getattr(UserDay, name) for name in replay.SUMS)),
    }


_KNOWN = sa.select(LoggedResponse.seq, LoggedResponse.body_sha256).where(
    LoggedResponse.user_id == sa.bindparam("user"),
    LoggedResponse.client_id == sa.bindparam("client_id"),
)


def log(connection: sa.Connection, person: Person, given: Given, facts: Facts) -> Logged:
    """Write an answer and what follows from it, inside the caller's writing transaction.

    The same client id again with the same body writes nothing; with another body IdReused.
    """
    tested = reviews.tested_by(given, facts)
    seq, person = take_turn(connection, person, 1 + len(tested))
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
        card = reviews.write(connection, person, given, facts, day, (seq, seq + n), what, sums)
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
