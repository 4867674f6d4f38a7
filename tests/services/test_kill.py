"""kill -9 under load: every acknowledged answer is stored, once, and cards agree with the log."""

import collections
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.cli import serving
from quizapp.extensions import db
from quizapp.models import LoggedResponse
from quizapp.services.operations import operations
from tests import server
from tests.factories import create_bank

CLIENTS = 4
LOAD_S = 0.5  # from the first answer after a start to the kill


@dataclass
class Learner:
    """A client that answers as fast as it can and, like the page, keeps what met no answer."""

    port: int
    over: threading.Event
    sent: set[str] = field(default_factory=set)
    acknowledged: collections.Counter[str] = field(default_factory=collections.Counter)
    retries: int = 0
    refused: list[Any] = field(default_factory=list)
    _browser: server.Browser | None = None
    _kept: dict[str, Any] | None = None

    def run(self) -> None:
        while not self.over.is_set():
            try:
                self._step()
            except server.GONE:
                time.sleep(0.02)

    def _step(self) -> None:
        browser = self._browser = self._browser or server.Browser(self.port)
        if self._kept is None:
            question = browser.get("/api/v1/study/next?bank=blood")
            question = question.get("next", question) if question else None
            if question is None:  # all done for today: somebody else comes
                self._browser = None
                return
            self._kept = _answer(question)
        else:
            self.retries += 1
        body = self._kept
        self.sent.add(body["client_id"])
        status, answer = browser.post("/api/v1/answers", body)
        if status == 200:
            assert answer["client_id"] == body["client_id"]
            self.acknowledged[body["client_id"]] += 1
            self._kept = None
        elif status != 503:
            self.refused.append((status, answer))
            self._kept = None


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    choice = {"rating": 3} if question["type"] == "flashcard" else {"option": "o1"}
    return {
        "client_id": str(uuid.uuid4()),
        "question": question["question"],
        "version": question["version"],
        "response": choice,
        "took_ms": 900,
    }


def run_and_kill(learners: list[Learner], port: int, env: dict[str, str], log: Path) -> float:
    """Start a server, let the learners answer for a while, kill it; returns the time to start."""
    began = time.monotonic()
    process = server.start(serving.gunicorn("127.0.0.1", port), env, log)
    with server.ended(process):
        server.wait_until_healthy(port, process, log)
        took = time.monotonic() - began
        before = sum(len(learner.acknowledged) for learner in learners)
        for _ in range(1000):
            if sum(len(learner.acknowledged) for learner in learners) > before:
                break
            time.sleep(0.01)
        time.sleep(LOAD_S)
    return took


def stored_answers() -> collections.Counter[str]:
    """Return how often each client id stands in the log, whoever it belongs to."""
    return collections.Counter(db.session.scalars(sa.select(LoggedResponse.client_id)))


@pytest.mark.usefixtures("app")
def test_no_acknowledged_answer_is_lost(database: str, tmp_path: Path) -> None:
    kills = 10 if database.startswith("sqlite") else 3
    create_bank(facts=12)
    db.session.remove()
    db.engine.dispose()
    port, over, log = server.free_port(), threading.Event(), tmp_path / "log"
    env = server.environment(tmp_path, port, DATABASE_URL=database)
    learners = [Learner(port, over) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=learner.run, daemon=True) for learner in learners]
    for thread in threads:
        thread.start()
    starts = [run_and_kill(learners, port, env, log) for _ in range(kills)]
    over.set()
    for thread in threads:
        thread.join(15)

    stored = stored_answers()
    acknowledged = set[str]().union(*(learner.acknowledged for learner in learners))
    sent = set[str]().union(*(learner.sent for learner in learners))
    print(  # noqa: T201
        f"{kills} kills: {len(acknowledged)} acknowledged, {len(stored)} stored, "
        f"{sum(learner.retries for learner in learners)} retries, "
        f"slowest start {max(starts):.2f} s"
    )
    assert [learner.refused for learner in learners] == [[]] * CLIENTS
    assert len(acknowledged) >= 10 * kills
    assert not acknowledged - set(stored), "acknowledged and lost"
    assert not set(stored) - sent
    assert set(stored.values()) == {1}, "stored twice"
    assert set(operations.check().values()) == {"ok"}
    assert "Traceback" not in log.read_text()
