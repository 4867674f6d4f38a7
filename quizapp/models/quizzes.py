"""Quizzes, courses and assignments, and learners' attempts."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class Quiz(Base):
    """A chosen set of questions with settings."""

    __tablename__ = "quizzes"
    __table_args__ = (sa.UniqueConstraint("bank_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    key: Mapped[str | None] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(300))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    bank_id: Mapped[int | None] = mapped_column(sa.ForeignKey("banks.id"))
    visibility: Mapped[str] = mapped_column(sa.String(16), default="private")
    status: Mapped[str] = mapped_column(sa.String(16), default="active")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class QuizSlot(Base):
    """One place of a quiz: a question, or a draw from a pool."""

    __tablename__ = "quiz_slots"
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_id: Mapped[int | None] = mapped_column(sa.ForeignKey("questions.id"), index=True)
    pool: Mapped[dict[str, Any] | None]
    weight: Mapped[float] = mapped_column(default=1.0)


class Course(Base):
    """A class; archived_at closes it for good, ends_on is the day after which it is archived."""

    __tablename__ = "courses"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    tz: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    code_sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    code_expires: Mapped[datetime | None]
    ends_on: Mapped[date | None]
    retention_days: Mapped[int | None]
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Enrolment(Base):
    """A person in a course."""

    __tablename__ = "enrolments"
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(sa.String(16))
    shown_name: Mapped[str] = mapped_column(sa.String(200), default="")
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Assignment(Base):
    """A quiz, or a study goal, given to a course with dates.

    A goal is facts of one bank (bank_id) to be known: {"retention": 0..1, "facts": [fact ids]}, all
    facts where none are named. late: {"until": hours after due, "percent_per_day": n}.
    released_at: when learners may see results; None where they see them at once (held false).
    """

    __tablename__ = "assignments"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    quiz_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quizzes.id"))
    bank_id: Mapped[int | None] = mapped_column(sa.ForeignKey("banks.id"), index=True)
    goal: Mapped[dict[str, Any] | None]
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    tries: Mapped[int | None]
    counts: Mapped[str] = mapped_column(sa.String(16), default="first")
    late: Mapped[dict[str, Any]] = mapped_column(default=dict)
    held: Mapped[bool] = mapped_column(default=False)
    released_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class AssignmentException(Base):
    """What one person gets that differs from the assignment.

    changes: opens_at, due_at, closes_at (ISO), tries, excused, and marks: points given by hand, a
    list of {"points", "note", "by", "at"} of which the last counts (points null: taken back).
    """

    __tablename__ = "exceptions"
    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignments.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Attempt(Base):
    """One learner's one sitting of one quiz, with its own copy of the settings."""

    __tablename__ = "attempts"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "quiz_id", "number"),
        sa.UniqueConstraint("user_id", "uid"),
        sa.Index(None, "quiz_id", "handed_in_at"),
        sa.Index(None, "assignment_id", "user_id"),
        sa.Index(None, "state", "deadline_at"),
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[str] = mapped_column(sa.String(32))
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"))
    assignment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assignments.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16))  # open, handed_in, expired
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    handed_in_at: Mapped[datetime | None]
    points: Mapped[float | None]
    max_points: Mapped[float | None]
    comment: Mapped[str | None]


class AttemptItem(Base):
    """One question of an attempt, and the latest save of its answer."""

    __tablename__ = "attempt_items"
    __table_args__ = (
        sa.ForeignKeyConstraint(["user_id", "n"], ["attempts.user_id", "attempts.n"]),
        sa.ForeignKeyConstraint(
            ["question_id", "question_version"],
            ["question_versions.question_id", "question_versions.number"],
        ),
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_id: Mapped[int]
    question_version: Mapped[int]
    weight: Mapped[float] = mapped_column(default=1.0)
    option_seed: Mapped[int] = mapped_column(sa.BigInteger)
    flagged: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any] | None]
    draft_seq: Mapped[int] = mapped_column(default=0)
    draft_at: Mapped[datetime | None]


class AttemptSave(Base):
    """Every save of an answer, so that two open tabs lose nothing."""

    __tablename__ = "attempt_saves"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["user_id", "n", "slot"],
            ["attempt_items.user_id", "attempt_items.n", "attempt_items.slot"],
        ),
        sa.UniqueConstraint("user_id", "client_id"),
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    draft_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    client_id: Mapped[str] = mapped_column(sa.String(36))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
