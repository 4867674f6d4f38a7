"""Jobs, snapshots, and the results that stay when a person is erased."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class Job(Base):
    """Long work, leased by a worker and tried again when the lease runs out."""

    __tablename__ = "jobs"
    __table_args__ = (sa.Index(None, "state", "run_after"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(sa.String(16))  # waiting, running, done, failed
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(sa.String(64))
    progress: Mapped[float | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]


class Snapshot(Base):
    """What is read fast and made in the background."""

    __tablename__ = "snapshots"
    kind: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    as_of: Mapped[datetime]


class ErasedResult(Base):
    """A quiz answer without its person, kept for item analysis."""

    __tablename__ = "erased_results"
    __table_args__ = (sa.Index(None, "question_id", "question_version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_key: Mapped[str] = mapped_column(sa.String(32), index=True)
    quiz_id: Mapped[int]
    slot: Mapped[int]
    question_id: Mapped[int]
    question_version: Mapped[int]
    score: Mapped[float | None]
    fraction: Mapped[float | None]
    choices: Mapped[list[Any]] = mapped_column(default=list)
    took_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    month: Mapped[str] = mapped_column(sa.String(7))
