"""What a course of 500 learners, 200 facts and 100,000 responses costs whoever teaches it."""

import csv
import io
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.bench_app import app_in
from benchmarks.courses_data import COURSE, FACTS, LEARNERS, QUIZZES, RESPONSES, fill
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Base
from quizapp.services.courses import (
    access,
    class_memory,
    class_numbers,
    course_forecast,
    forecast_numbers,
    forecast_terms,
    mark_exports,
    marks,
    snapshots,
)
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.forecast_terms import ForecastTerms
from quizapp.services.people import sessions

RUNS = 20
WATCHED = 20_000  # rows; the memory is that of a few learners, however many follow
PAGE_MS, PAGE_KB, ARTICLE_MS = 150, 150, 300
FORECAST_S, FORECAST_MS = 3 * FACTS / 300, 50  # 3 s for 300 facts
MIB = 1024 * 1024
CLASS = f"{LEARNERS} learners x {FACTS} facts x {RESPONSES:,} responses"


def run() -> list[dict[str, Any]]:
    """Measure the pages, what stands behind them, and the export of all responses."""
    with tempfile.TemporaryDirectory() as folder:
        app = app_in(Path(folder))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            now = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
            with writing(wait_s=10) as session:
                teacher_id = fill(session.connection(), now, random.Random(1))
            teacher = sessions.person(teacher_id)
            course = access.for_staff(COURSE, teacher)
            db.session.rollback()
            client = _client(app, teacher_id, now)
            snapshot = _snapshot(course, now)
            lines = [
                snapshot, *_pages(client), *_forecast(course, now), _marks(course, now),
                *_export(course),
            ]  # fmt: skip
            db.engine.dispose()
    return lines


def _snapshot(course: CourseView, now: datetime) -> dict[str, Any]:
    """Measure what the worker does for the first page; afterwards it stands in the table."""
    facts = range(1, FACTS + 1)
    took_ms = _cpu_ms(lambda: class_numbers.of_course(course.id, now), runs=3)
    alone_ms = _cpu_ms(lambda: class_memory.of_class(course.id, facts, now), runs=3)
    assert snapshots.store(course.id, course.uid, class_numbers.of_course(course.id, now), now)
    base = {"name": "the memories of the class alone", "value": round(alone_ms / 1000, 2)}
    return _line(f"snapshot of {CLASS}", took_ms / 1000, "s of CPU, median", None, 3, base)


def _pages(client: FlaskClient) -> list[dict[str, Any]]:
    empty = _cpu_ms(lambda: _get(client, "/empty"))
    base = {"name": "a page with nothing in it", "value": round(empty, 1)}
    root = f"/courses/{COURSE}"
    first, body = _cpu_ms(lambda: _get(client, root)), _get(client, root)
    unit = "ms of server CPU, median"
    size = {"name": base["name"], "value": round(len(_get(client, "/empty")) / 1000, 1)}
    article = _cpu_ms(lambda: _get(client, f"{root}/articles/article"))
    table = _cpu_ms(lambda: _get(client, f"{root}/marks"))
    return [
        _line(f"a course's first page: {CLASS}", first, unit, PAGE_MS, RUNS, base),
        _line("the same, its HTML", len(body) / 1000, "kB", PAGE_KB, 1, size),
        _line("a course's article", article, unit, ARTICLE_MS, RUNS, base),
        _line(f"marks, a page of {LEARNERS} x {QUIZZES}", table, unit, None, RUNS, base),
    ]


def _forecast(course: CourseView, now: datetime) -> list[dict[str, Any]]:
    """Measure the forecast in the background: for the next quiz and the whole course; its page."""
    wanted = ForecastTerms(day=(now + timedelta(days=21)).date())
    forecast_terms.change(course, wanted, now)
    db.session.rollback()
    took_ms = _cpu_ms(lambda: forecast_numbers.of_course(course.id, now), runs=3)
    facts = range(1, FACTS + 1)
    alone_ms = _cpu_ms(lambda: class_memory.of_class(course.id, facts, now), runs=3)
    data = forecast_numbers.of_course(course.id, now)
    assert snapshots.store(course.id, course.uid, data, now, snapshots.FORECAST)
    read_ms = _cpu_ms(lambda: course_forecast.board(course, now, course_forecast.COURSE))
    base = {"name": "the memories of the class alone", "value": round(alone_ms / 1000, 2)}
    who = {"name": "reading who is in the class alone", "value": round(
        _cpu_ms(lambda: access.learners(course.id)), 1
    )}  # fmt: skip
    name = f"forecast of {LEARNERS} learners x {FACTS} facts"
    return [
        _line(name, took_ms / 1000, "s of CPU, median", FORECAST_S, 3, base),
        _line(f"{name}, read", read_ms, "ms of server CPU, median", FORECAST_MS, RUNS, who),
    ]


def _marks(course: CourseView, now: datetime) -> dict[str, Any]:
    took_ms = _cpu_ms(lambda: marks.of_course(course, now))
    alone_ms = _cpu_ms(lambda: access.learners(course.id))
    base = {"name": "reading who is in the class alone", "value": round(alone_ms, 1)}
    unit = "ms of server CPU, median"
    return _line(f"marks of all, {LEARNERS} x {QUIZZES}", took_ms, unit, None, RUNS, base)


def _export(course: CourseView) -> list[dict[str, Any]]:
    """Measure the long export, and apart from it its memory, as watching slows it down."""
    start = time.process_time()
    rows = [list(row) for row in mark_exports.responses(course)]
    _write(iter(rows))
    took_s = time.process_time() - start
    assert len(rows) == RESPONSES + 1
    start = time.process_time()
    size = _write(iter(rows))
    base = {"name": "writing the rows alone", "value": round(time.process_time() - start, 2)}
    del rows
    tracemalloc.start()
    _write(islice(mark_exports.responses(course), WATCHED))
    peak = tracemalloc.get_traced_memory()[1] / MIB
    tracemalloc.stop()
    name = f"export of {RESPONSES:,} responses"
    whole = {"name": "the file", "value": round(size / MIB, 1)}
    return [
        _line(name, took_s, "s of CPU", None, 1, base),
        _line(f"{name}, memory", peak, "MiB", None, 1, whole),
    ]


class _Sink(io.TextIOBase):
    """A file that counts what is written to it, and forgets it."""

    size = 0

    def write(self, text: str) -> int:
        self.size += len(text.encode())
        return len(text)


def _write(rows: Iterable[Iterable[object]]) -> int:
    """Write rows as CSV; returns the bytes."""
    sink = _Sink()
    csv.writer(sink).writerows(rows)
    return sink.size


def _line(
    name: str,
    value: float,
    unit: str,
    target: float | None,
    n: int,
    baseline: dict[str, Any],
) -> dict[str, Any]:
    rounded = round(value, 1 if value >= 10 else 2)
    return {"name": name, "value": rounded, "unit": unit, "target": target, "baseline": baseline,
            "n": n}  # fmt: skip


def _cpu_ms(what: Callable[[], object], runs: int = RUNS) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        what()
        times.append((time.process_time() - start) * 1000)
        db.session.rollback()
    return median(times)


def _get(client: FlaskClient, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status)
    return response.data


def _client(app: Flask, user_id: int, now: datetime) -> FlaskClient:
    client = app.test_client()
    token = sessions.start(user_id, now)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client
