"""The worker: runs jobs and what is due every so often, until it is told to stop."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError

from quizapp.database import Busy
from quizapp.services.operations import job_handlers, jobs

POLL_S = 0.5
HEARTBEAT_S = jobs.LEASE.total_seconds() / 3
log = logging.getLogger("quizapp.work")


class LeaseLost(RuntimeError):
    """Another worker has taken the job: this one stops at once and stores nothing more."""


@dataclass
class Worker:
    """One worker process.

    enter: makes a fresh database session for as long as its context lasts.
    clock: tells the time; the services below take it as an argument.
    """

    name: str
    enter: Callable[[], AbstractContextManager[Any]]
    clock: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    _last: dict[int, datetime] = field(default_factory=dict)

    def run(self, once: bool = False) -> int:
        """Work until `stop` is set (`once`: until nothing is due); returns how many jobs ran."""
        done = 0
        while not self.stop.is_set():
            worked = self._turn()
            done += worked
            if not worked:
                if once:
                    break
                self.stop.wait(POLL_S)
        return done

    def _turn(self) -> bool:
        """Do what is due; True when a job was run. A database that is away is waited for."""
        try:
            self._periodic()
            with self.enter():
                held = jobs.lease(self.name, self.clock())
            if held:
                self._run(held)
        except (Busy, OperationalError) as error:
            log.warning("the database is busy or away: %s", error or "no turn in time")
            self.stop.wait(POLL_S)
            return False
        return held is not None

    def _periodic(self) -> None:
        for place, (seconds, task) in enumerate(job_handlers.PERIODIC):
            now, last = self.clock(), self._last.get(place)
            if last and now - last < timedelta(seconds=seconds):
                continue
            self._last[place] = now
            try:
                with self.enter():
                    task(now)
            except (Busy, OperationalError):
                raise
            except Exception:
                log.exception("%s failed; it is tried again in %s s", task.__name__, seconds)

    def _run(self, held: jobs.Lease) -> None:
        log.info("job %s %s begins (try %s)", held.id, held.kind, held.attempts)
        try:
            with self.enter(), self._heartbeat(held):
                handler = job_handlers.HANDLERS[held.kind]
                result = handler(held.payload, _Context(held, self.clock))
        except LeaseLost:
            log.warning("job %s %s was taken by another worker", held.id, held.kind)
        except Exception as error:
            log.exception("job %s %s failed", held.id, held.kind)
            with self.enter():
                jobs.fail(held, f"{type(error).__name__}: {error}", self.clock())
        else:
            with self.enter():
                jobs.finish(held, result, self.clock())
            log.info("job %s %s is done", held.id, held.kind)

    @contextmanager
    def _heartbeat(self, held: jobs.Lease) -> Iterator[None]:
        """Renew the lease from a thread of its own while a handler is busy."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT_S):
                try:
                    with self.enter():
                        jobs.renew(held, self.clock())
                except (Busy, OperationalError):
                    log.warning("job %s: its lease could not be renewed", held.id)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@dataclass(frozen=True)
class _Context:
    """What a handler is given; see job_handlers.Context."""

    held: jobs.Lease
    clock: Callable[[], datetime]

    def now(self) -> datetime:
        return self.clock()

    def progress(self, share: float) -> None:
        if not jobs.renew(self.held, self.clock(), share):
            raise LeaseLost
