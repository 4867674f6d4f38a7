"""Jobs: leased by one worker at a time, tried again after failures, never lost."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Job
from quizapp.services.operations import job_handlers, jobs, work

pytestmark = pytest.mark.usefixtures("app")


def ask(now: datetime, kind: str = "count", **keywords: Any) -> int:
    with writing() as session:
        return jobs.enqueue(session, kind, keywords.pop("payload", {}), now=now, **keywords)


def stored(job_id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id)


def take(worker: str, now: datetime) -> jobs.Lease:
    held = jobs.lease(worker, now)
    assert held
    return held


def test_leased_finished_and_gone(now: datetime) -> None:
    job_id = ask(now, payload={"bank": 3})
    held = take("a", now)
    assert (held.id, held.kind, held.payload) == (job_id, "count", {"bank": 3})
    assert jobs.lease("b", now) is None
    assert jobs.renew(held, now, progress=0.5)
    assert stored(job_id).progress == 0.5
    assert jobs.finish(held, {"n": 1}, now)
    job = stored(job_id)
    assert (job.state, job.result, job.progress) == ("done", {"n": 1}, 1.0)
    assert jobs.lease("b", now + timedelta(days=1)) is None


def test_a_later_job_waits_for_its_time(now: datetime) -> None:
    ask(now, run_after=now + timedelta(hours=1))
    assert jobs.lease("a", now) is None
    assert jobs.lease("a", now + timedelta(hours=1))


def test_failures_wait_longer_and_end_after_the_fifth(now: datetime) -> None:
    job_id, waits = ask(now, dedupe_key="k"), []
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.fail(take("a", now), "no", now)
        waits.append((stored(job_id).run_after - now).total_seconds())
        now = max(now, stored(job_id).run_after)
    assert waits[:-1] == [10, 20, 40, 80]
    job = stored(job_id)
    assert (job.state, job.error, job.dedupe_key) == ("failed", "no", None)
    assert jobs.lease("a", now + timedelta(days=1)) is None


def test_a_dead_workers_job_is_leased_again(now: datetime) -> None:
    ask(now)
    first = take("a", now)
    later = now + jobs.LEASE
    second = take("b", later)
    assert (second.id, second.attempts) == (first.id, 2)
    assert not jobs.renew(first, later)
    assert not jobs.finish(first, None, later)
    assert not jobs.fail(first, "late", later)
    assert jobs.finish(second, None, later)


def test_a_job_that_kills_its_worker_is_given_up(now: datetime) -> None:
    job_id = ask(now)
    for _ in range(jobs.MOST_ATTEMPTS):
        take("a", now)
        now += jobs.LEASE
    assert jobs.lease("a", now) is None
    assert stored(job_id).state == "failed"


def test_one_job_per_key_and_the_earlier_time(now: datetime) -> None:
    hour = timedelta(hours=1)
    first = ask(now, dedupe_key="course 3", run_after=now + 2 * hour)
    assert ask(now, dedupe_key="course 3", run_after=now + hour, payload={"n": 2}) == first
    assert ask(now, dedupe_key="course 3", run_after=now + 3 * hour, payload={"n": 3}) == first
    assert stored(first).run_after == now + hour
    assert stored(first).payload == {"n": 3}
    assert ask(now, dedupe_key="course 4") != first


def test_asked_for_while_it_runs_it_runs_once_more(now: datetime) -> None:
    job_id = ask(now, dedupe_key="course 3")
    held = take("a", now)
    assert ask(now, dedupe_key="course 3") == job_id
    assert jobs.finish(held, None, now)
    assert stored(job_id).state == "waiting"
    assert jobs.finish(take("a", now), None, now)
    assert stored(job_id).state == "done"


def test_what_is_rolled_back_is_not_asked_for(now: datetime) -> None:
    def refused() -> None:
        with writing() as session:
            jobs.enqueue(session, "count", {}, now=now)
            raise LookupError

    with pytest.raises(LookupError):
        refused()
    assert jobs.lease("a", now) is None


def test_sweep_keeps_what_waits(now: datetime) -> None:
    ask(now)
    ask(now)
    jobs.finish(take("a", now), None, now)
    assert jobs.sweep(now + timedelta(days=31)) == 1


def worker(app: Flask, name: str, now: datetime) -> work.Worker:
    return work.Worker(name, app.app_context, lambda: now)


def test_workers_never_run_one_job_at_once(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []
    monkeypatch.setitem(job_handlers.HANDLERS, "count", lambda p, _: runs.append(p["n"]))
    monkeypatch.setattr(job_handlers, "PERIODIC", [])
    with writing() as session:
        for n in range(60):
            jobs.enqueue(session, "count", {"n": n}, now=now)
    threads = [
        threading.Thread(target=worker(app, f"w{i}", now).run, kwargs={"once": True})
        for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(runs) == list(range(60))
    db.session.rollback()
    states = db.session.scalars(sa.select(Job.state)).all()
    assert set(states) == {"done"}


def test_a_failing_handler_and_an_unknown_kind_are_noted(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_payload: dict[str, Any], _context: job_handlers.Context) -> None:
        raise ValueError("no such bank")

    monkeypatch.setitem(job_handlers.HANDLERS, "fails", fails)
    failing, unknown = ask(now, "fails"), ask(now, "nobody knows")
    assert worker(app, "w", now).run(once=True) == 2
    assert stored(failing).error == "ValueError: no such bank"
    assert "nobody knows" in (stored(unknown).error or "")


def test_a_handler_that_lost_its_lease_stops(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[str] = []

    def slow(_payload: dict[str, Any], context: job_handlers.Context) -> None:
        jobs.lease("another", now + jobs.LEASE)
        context.progress(0.5)
        reached.append("too far")

    monkeypatch.setitem(job_handlers.HANDLERS, "slow", slow)
    job_id = ask(now, "slow")
    worker(app, "w", now).run(once=True)
    assert not reached
    assert (stored(job_id).worker, stored(job_id).state) == ("another", "running")


def test_periodic_tasks_run_when_due_and_may_fail(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[datetime] = []

    def breaks(at: datetime) -> None:
        calls.append(at)
        raise ValueError

    monkeypatch.setattr(job_handlers, "PERIODIC", [(60, breaks)])
    times = iter([now, now, now + timedelta(seconds=59), now, now + timedelta(seconds=60), now])
    one = work.Worker("w", app.app_context, lambda: next(times))
    for _ in range(3):
        one.run(once=True)
    assert calls == [now, now + timedelta(seconds=60)]
