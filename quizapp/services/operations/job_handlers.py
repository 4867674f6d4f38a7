"""What the worker can do: a handler per kind of job, and what it does every so often."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from quizapp.services.articles import drafting, drafting_job
from quizapp.services.content import regrouping
from quizapp.services.courses import courses, retention, snapshots
from quizapp.services.operations import jobs
from quizapp.services.quizzes import handing_in, regrading
from quizapp.services.study import aligning, fit_jobs, plan_ahead, pooled
from quizapp.services.transfer import undoing, upload_jobs, uploads


class Context(Protocol):
    """What a handler is given besides its payload."""

    def now(self) -> datetime:
        """Return the time."""

    def progress(self, share: float) -> None:
        """Note how far the job is, 0..1; raises LeaseLost when another worker has taken it."""


Handler = Callable[[dict[str, Any], Context], dict[str, Any] | None]

HANDLERS: dict[str, Handler] = {
    regrouping.KIND: regrouping.refold,
    regrading.KIND: regrading.run,
    uploads.READ: upload_jobs.look,
    uploads.STORE: upload_jobs.store,
    undoing.KIND: undoing.finish,
    drafting.KIND: drafting_job.run,
    retention.KIND: retention.run,
    snapshots.JOB: snapshots.run,
    snapshots.FORECAST.job: snapshots.run_forecast,
    fit_jobs.FIT: fit_jobs.run,
    aligning.ALIGN: aligning.run,
    pooled.JOB: pooled.run,
    plan_ahead.JOB: plan_ahead.run,
}

# Run by each worker, so they may run twice at once: each has to be safe to repeat.
PERIODIC: list[tuple[float, Callable[[datetime], Any]]] = [
    (3600, jobs.sweep),
    (3600, courses.archive_ended),
    (3600, retention.ask),  # so that it happens on the day that was foretold
    (15, handing_in.hand_in_expired),
    (60, snapshots.refresh),
    (30, fit_jobs.tend),
    (3600, pooled.ask),
    (600, uploads.sweep),
    (600, undoing.abandon_forsaken),
]
