"""The two append-only logs, and the memories, days and wishes that belong to them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class Shelf(Base):
    """A bank that a learner studies."""

    __tablename__ = "shelf"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("banks.id"), primary_key=True)
    added_at: Mapped[datetime]
    paused_until: Mapped[int | None]  # a learner day
    new_per_day: Mapped[int | None]


class LoggedResponse(Base):
    """Log 1: what was answered to one question version."""

    __tablename__ = "responses"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "client_id"),
        sa.Index(None, "user_id", "attempt_n", "slot"),
        sa.Index(None, "question_id", "question_version"),
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    client_id: Mapped[str] = mapped_column(sa.String(36))
    body_sha256: Mapped[str] = mapped_column(sa.String(64))
    source: Mapped[str] = mapped_column(sa.String(16))  # study, practice, quiz
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"))
    question_version: Mapped[int]
    attempt_n: Mapped[int | None]
    slot: Mapped[int | None]
    try_no: Mapped[int] = mapped_column(default=1)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[float | None]
    fraction: Mapped[float | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    graded_by: Mapped[str] = mapped_column(sa.String(16))
    answered_at: Mapped[datetime]
    received_at: Mapped[datetime]
    took_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    marks: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Regrade(Base):
    """A later judgement; the one of the highest n counts."""

    __tablename__ = "regrades"
    __table_args__ = (
        sa.ForeignKeyConstraint(["user_id", "seq"], ["responses.user_id", "responses.seq"]),
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    score: Mapped[float | None]
    fraction: Mapped[float | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    why: Mapped[str] = mapped_column(sa.String(16))  # key, person, override, comment
    key_version: Mapped[int | None]
    by: Mapped[int | None]
    at: Mapped[datetime]
    note: Mapped[str | None]


class Review(Base):
    """Log 2: what a response says of one fact's memory.

    details: source (study, practice, quiz); recall: 0..1, predicted just before the answer (not of
    a first one); guess: the chance to be right by guessing; what the due day was chosen by: tz,
    rollover (minutes), retention, uneven (days off and easy days) and moved_from (the due day
    without those); certainty and said_right where they were marked. Older rows may lack all but
    the source.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "voids_seq"),
        sa.Index(None, "user_id", "question_id", "at"),
        sa.Index(None, "user_id", "day"),
        sa.Index(None, "user_id", "response_seq"),
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    response_seq: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(16))  # answer, undo, import, reset, reparam
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"))
    part: Mapped[str | None] = mapped_column(sa.String(64))
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("facts.id"))
    rating: Mapped[int | None]
    p_knew: Mapped[float | None]
    at: Mapped[datetime]
    day: Mapped[int]
    delta_days: Mapped[int]
    took_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    engine: Mapped[str] = mapped_column(sa.String(32))
    params_version: Mapped[int] = mapped_column(default=0)
    due_day: Mapped[int | None]
    due_at: Mapped[datetime | None]
    voids_seq: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Card(Base):
    """One learner's memory of one fact: a fold of reviews, rebuilt by `study replay`."""

    __tablename__ = "cards"
    __table_args__ = (sa.Index(None, "user_id", "due_at"),)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("facts.id"), primary_key=True)
    state: Mapped[int]
    step: Mapped[int | None]
    stability: Mapped[float]
    difficulty: Mapped[float]
    last_at: Mapped[datetime]
    last_day: Mapped[int]
    due_day: Mapped[int]
    due_at: Mapped[datetime]
    reps: Mapped[int]
    lapses: Mapped[int]
    log_seq: Mapped[int]
    engine: Mapped[str] = mapped_column(sa.String(32))
    params_version: Mapped[int] = mapped_column(default=0)


class CardMark(Base):
    """A learner's wish about a fact; truth of its own, never rebuilt."""

    __tablename__ = "card_marks"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("facts.id"), primary_key=True)
    suspended_at: Mapped[datetime | None]
    buried_until_day: Mapped[int | None]
    flag: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None]


class Parameters(Base):
    """Weights that were fitted to a learner."""

    __tablename__ = "parameters"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    engine: Mapped[str] = mapped_column(sa.String(32))
    weights: Mapped[list[Any]] = mapped_column(default=list)
    retention: Mapped[float | None]
    rows: Mapped[int]
    loss_before: Mapped[float | None]
    loss_after: Mapped[float | None]
    state: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[datetime]


class Plan(Base):
    """A learner's plan; days are learner days, state is active, ended or over (its time has come).

    goal is {"kind": ...} with, for an exam, "title", "minutes" a day, and either "day" with "bank"
    or "quiz" (a uid; neither: the whole shelf) or "assignment" (a uid: the course sets the day);
    until_day is the exam as last known. Of a pause both days are counted in. easy: "weekdays" by
    0..6 and "dates" by day, each a share 0..1 of a usual day. rescue: "minutes" a day until the
    backlog is gone.
    What a request must know of them stands in users.prefs["plan"] (services.study.plan_rows).
    """

    __tablename__ = "plans"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    goal: Mapped[dict[str, Any]] = mapped_column(default=dict)
    from_day: Mapped[int | None]
    until_day: Mapped[int | None]
    state: Mapped[str] = mapped_column(sa.String(16))


class DaySums:
    """What is counted per day; pass and fail by how old the memory was."""

    answers: Mapped[int] = mapped_column(default=0)
    right: Mapped[int] = mapped_column(default=0)
    ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    new_facts: Mapped[int] = mapped_column(default=0)
    learning_pass: Mapped[int] = mapped_column(default=0)
    learning_fail: Mapped[int] = mapped_column(default=0)
    young_pass: Mapped[int] = mapped_column(default=0)
    young_fail: Mapped[int] = mapped_column(default=0)
    mature_pass: Mapped[int] = mapped_column(default=0)
    mature_fail: Mapped[int] = mapped_column(default=0)


class UserDay(DaySums, Base):
    """A learner's day in sums: a cache of the logs."""

    __tablename__ = "user_days"
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SiteDay(DaySums, Base):
    """All learners' day in sums."""

    __tablename__ = "site_days"
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
