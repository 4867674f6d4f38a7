"""The table of long work: asked for where it is needed, leased by one worker at a time.

A job is asked for in the transaction that needs it. One whose worker died is leased again when its
lease runs out, so a handler may run twice and has to end in the same state.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Job

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=10)  # doubled by each further failure
KEPT = timedelta(days=30)
LONGEST_ERROR = 2000  # characters
PATIENCE_S = 10.0  # a worker waits longer for its turn than a person should


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that a worker may run until `until`."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    worker: str
    until: datetime


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    dedupe_key: str | None = None,
    run_after: datetime | None = None,
    created_by: int | None = None,
) -> int:
    """Ask for a job inside the caller's transaction; returns its id.

    One job per `dedupe_key`: a waiting one is kept (at the earlier time), a running one runs once
    more afterwards, as it may have read what the caller is just changing.
    """
    values = {
        "kind": kind,
        "payload": payload,
        "state": "waiting",
        "attempts": 0,
        "run_after": run_after or now,
        "created_by": created_by,
        "created_at": now,
        "dedupe_key": dedupe_key,
    }
    dialect = session.get_bind().dialect.name
    return int(session.connection().execute(_insert(dialect), values).scalar_one())


@lru_cache(maxsize=2)
def _insert(dialect: str) -> Any:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(Job)
    asked = statement.excluded
    earlier = sa.case((Job.run_after < asked.run_after, Job.run_after), else_=asked.run_after)
    changes = {"payload": asked.payload, "attempts": 0, "run_after": earlier}
    upsert = statement.on_conflict_do_update(index_elements=["dedupe_key"], set_=changes)
    return upsert.returning(Job.id)


def lease(worker: str, now: datetime) -> Lease | None:
    """Take the next job that is due, or whose worker let its lease run out; None where none is."""
    if db.session.scalars(_due(now)).first() is None:
        return None  # found by reading: a worker that waits takes nobody's turn to write
    # PostgreSQL passes over rows that another worker is taking; SQLite has one writer anyway.
    free = _due(now).with_for_update(skip_locked=True)
    with writing(PATIENCE_S) as session:
        while job := session.scalars(free).first():
            if job.state == "running" and job.attempts >= MOST_ATTEMPTS:
                _give_up(job, "the worker stopped each time")
                session.flush()
                continue
            job.state, job.worker, job.lease_until = "running", worker, now + LEASE
            job.attempts += 1
            return Lease(job.id, job.kind, job.payload, job.attempts, worker, job.lease_until)
    return None


def _due(now: datetime) -> sa.Select[Job]:
    due = sa.and_(Job.state == "waiting", Job.run_after <= now)
    abandoned = sa.and_(Job.state == "running", Job.lease_until <= now)
    return sa.select(Job).where(due | abandoned).order_by(Job.run_after, Job.id).limit(1)


def renew(held: Lease, now: datetime, progress: float | None = None) -> bool:
    """Hold a job for another lease and note how far it is; False when another worker has it."""
    with writing(PATIENCE_S) as session:
        job = _held(session, held)
        if job is None:
            return False
        job.lease_until = now + LEASE
        if progress is not None:
            job.progress = progress
        return True


def finish(held: Lease, result: dict[str, Any] | None, now: datetime) -> bool:
    """Note that a job is done; False when another worker has it meanwhile."""
    with writing(PATIENCE_S) as session:
        job = _held(session, held)
        if job is None:
            return False
        job.result, job.error, job.lease_until = result, None, None
        if job.attempts == 0:  # asked for anew while it ran
            job.state, job.run_after, job.progress = "waiting", now, None
        else:
            job.state, job.dedupe_key, job.progress = "done", None, 1.0
        return True


def fail(held: Lease, error: str, now: datetime) -> bool:
    """Note that a job failed: it waits longer after each failure, the fifth ends it."""
    with writing(PATIENCE_S) as session:
        job = _held(session, held)
        if job is None:
            return False
        if job.attempts >= MOST_ATTEMPTS:
            _give_up(job, error)
            return True
        job.state, job.lease_until, job.error = "waiting", None, error[:LONGEST_ERROR]
        job.run_after = now + FIRST_WAIT * 2 ** max(job.attempts - 1, 0)
        return True


def _held(session: Session, held: Lease) -> Job | None:
    """Return the job while this lease is the one that counts."""
    job = session.get(Job, held.id, with_for_update=True, populate_existing=True)
    if job is None or job.state != "running" or job.worker != held.worker:
        return None
    return job if job.attempts in {0, held.attempts} else None


def _give_up(job: Job, error: str) -> None:
    job.state, job.dedupe_key, job.lease_until = "failed", None, None
    job.error = error[:LONGEST_ERROR]


def sweep(now: datetime) -> int:
    """Delete jobs that were done or given up a month ago; returns how many."""
    with writing(PATIENCE_S) as session:
        over = sa.delete(Job).where(Job.state.in_(("done", "failed")), Job.created_at < now - KEPT)
        return session.execute(over).rowcount  # type: ignore[attr-defined,no-any-return]
