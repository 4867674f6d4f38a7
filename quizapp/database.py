"""Transactions: how SQLite is tuned, and how writers take their turn."""

import fcntl
import math
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.extensions import db

WAIT_S = 0.5  # how long a writer waits for its turn before the answer is 503
POLL_S = 0.0005
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF")


class Busy(RuntimeError):
    """Others are writing and this writer's turn did not come in time; nothing was changed."""


class FairLock:
    """One writer at a time over all threads and processes, first come first served.

    Threads of a process queue here. Between processes `gate` is a turnstile: who waits for
    `hold` keeps it, so the process that has just written cannot overtake.
    SQLite's own busy handler lets some writers starve for seconds.
    """

    def __init__(self, path: Path) -> None:
        self._files = (path.with_name(path.name + ".gate"), path.with_name(path.name + ".hold"))
        self._gate, self._hold, self._pid = -1, -1, -1
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def _open(self) -> None:
        """Open the lock files anew in each process: locks of one open file are shared by forks."""
        if self._pid != os.getpid():
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._gate, self._hold = (os.open(file, flags, 0o600) for file in self._files)
            self._pid = os.getpid()

    def acquire(self, wait_s: float) -> bool:
        """Take the lock; False when `wait_s` seconds passed first."""
        deadline = time.monotonic() + wait_s
        turn = None
        with self._mutex:
            if self._taken:
                turn = threading.Event()
                self._waiting.append(turn)
            self._taken = True
        if turn and not turn.wait(wait_s):
            with self._mutex:
                if not turn.is_set():
                    self._waiting.remove(turn)
                    return False
        self._open()
        if self._lock(self._gate, deadline):
            held = self._lock(self._hold, deadline)
            fcntl.flock(self._gate, fcntl.LOCK_UN)
            if held:
                return True
        self._next()
        return False

    def release(self) -> None:
        """Give the lock to whoever waited longest."""
        fcntl.flock(self._hold, fcntl.LOCK_UN)
        self._next()

    def _next(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    @staticmethod
    def _lock(descriptor: int, deadline: float) -> bool:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(POLL_S)
            else:
                return True


def tune_sqlite(engine: sa.Engine) -> None:
    """Set WAL, durable commits, foreign keys on each connection; BEGIN is ours, not the driver's.

    Does nothing for other databases.
    """
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _add_power(connection)

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later is refused by SQLite at once.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _add_power(connection: Any) -> None:
    """Give SQLite the function power where it was built without mathematics."""
    try:
        connection.execute("SELECT power(2, 3)")
    except sqlite3.OperationalError:
        connection.create_function("power", 2, math.pow, deterministic=True)


def _fair_lock(engine: sa.Engine) -> FairLock | None:
    """Return the lock beside the database file; None where the database queues writers itself."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    locks = _LOCKS
    path = engine.url.database
    if path not in locks:
        locks.setdefault(path, FairLock(Path(path)))
    return locks[path]


_LOCKS: dict[str, FairLock] = {}


@contextmanager
def writing(wait_s: float = WAIT_S) -> Iterator[Session]:
    """One writing transaction: what it decides on is read inside it.

    Ends the read transaction of the request, waits its turn (Busy after `wait_s`), commits at the
    end, rolls back on any exception. Services enter it; views never do. Not to be nested.
    """
    session = db.session
    session.rollback()
    with _turn(wait_s):
        try:
            session.connection(execution_options={"writes": True})
            yield session()
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def writing_rows(wait_s: float = WAIT_S) -> Iterator[sa.Connection]:
    """As `writing`, on a bare connection: for answers, where a session would cost a fifth."""
    db.session.rollback()
    with (
        _turn(wait_s),
        db.engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def patient(wait_s: float) -> Iterator[None]:
    """Let all writers inside wait at least so long for their turn: nobody waits for a page."""
    token = _PATIENCE_S.set(wait_s)
    try:
        yield
    finally:
        _PATIENCE_S.reset(token)


_PATIENCE_S = ContextVar("patience_s", default=0.0)


@contextmanager
def _turn(wait_s: float) -> Iterator[None]:
    """Hold the write lock; what the database refuses only for now is Busy."""
    lock = _fair_lock(db.engine)
    if lock and not lock.acquire(max(wait_s, _PATIENCE_S.get())):
        raise Busy
    try:
        yield
    except sa.exc.OperationalError as error:
        if is_busy(error):
            raise Busy from error
        raise
    finally:
        if lock:
            lock.release()


def is_busy(error: sa.exc.OperationalError) -> bool:
    """Say whether the database refused only for now: locked, full, or its server is away."""
    text = str(error.orig).lower()
    return any(
        word in text for word in ("locked", "busy", "disk is full", "disk i/o", "connection")
    )
