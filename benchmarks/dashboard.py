"""Server CPU of the dashboard of a learner with 100,000 responses, against a page with nothing."""

import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.bench_app import app_in
from benchmarks.dashboard_data import fill
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Base
from quizapp.services.people import sessions
from quizapp.services.study import waiting

RUNS = 20
TARGET_MS = 40


def run() -> list[dict[str, Any]]:
    """Return the medians of 20 requests, with banks known to the process and with none known."""
    with tempfile.TemporaryDirectory() as folder:
        app = app_in(Path(folder))
        with app.app_context():
            client = _client(app)
            assert "about" in client.get("/me").text
            empty = _cpu_ms(client, "/empty")
            warm = _cpu_ms(client, "/me")
            cold = _cpu_ms(client, "/me", waiting.forget)
            db.engine.dispose()
    lines = {"dashboard of 100,000 responses": warm, "the same, banks not in memory": cold}
    return [
        {
            "name": name,
            "value": round(value, 1),
            "unit": "ms of server CPU, median",
            "target": TARGET_MS if value is warm else None,
            "baseline": {"name": "a page with nothing in it", "value": round(empty, 1)},
            "n": RUNS,
        }
        for name, value in lines.items()
    ]


def _cpu_ms(client: FlaskClient, path: str, before: Any = None) -> float:
    times = []
    for _ in range(RUNS):
        if before:
            before()
        start = time.process_time()
        response = client.get(path)
        times.append((time.process_time() - start) * 1000)
        assert response.status_code == 200, response.status
    return median(times)


def _client(app: Flask) -> FlaskClient:
    Base.metadata.create_all(db.engine)
    now = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
    with writing(wait_s=10) as session:
        user_id = fill(session.connection(), now, random.Random(1))
    client = app.test_client()
    token = sessions.start(user_id, now)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client
