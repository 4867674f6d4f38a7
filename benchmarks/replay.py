"""A replay of a million reviews, and what scheduling adds to an answer.

python -m benchmarks replay
QUIZAPP_REVIEWS=100000 python -m benchmarks replay
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from benchmarks.bench_app import app_in
from benchmarks.replay_data import FACTS, PER_LEARNER, START, fill
from quizapp.core.scheduling import fold
from quizapp.core.scheduling.evidence import evidence
from quizapp.core.scheduling.fold import CardState, ReviewRow
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from quizapp.core.scheduling.fuzz import chance
from quizapp.extensions import db
from tests.server import ROOT, flask

REVIEWS = 1_000_000
TARGET_S, TARGET_MIB, TARGET_US = 20, 200, 20
TZ, ROLLOVER = "Europe/Berlin", 240
RUNS, BATCH = 30, 500


def run() -> Iterator[dict[str, Any]]:
    """Check every card of a hundred learners by their logs, as the command line does it."""
    reviews = int(os.environ.get("QUIZAPP_REVIEWS", REVIEWS))
    yield scheduling()
    with tempfile.TemporaryDirectory() as folder:
        app = app_in(Path(folder))
        with app.app_context():
            fill(reviews // PER_LEARNER)
            db.session.remove()
            db.engine.dispose()
        yield from _replayed(app, Path(folder), reviews)


def _replayed(app: Flask, folder: Path, reviews: int) -> Iterator[dict[str, Any]]:
    nothing_s, nothing_cpu_s, _, nothing_mib = _command(app, folder, "bank", "formats", "--json")
    wall_s, cpu_s, told, mib = _command(app, folder, "study", "replay", "--check", "--json")
    assert (told["different"], told["reviews"]) == (0, reviews), told
    n = {"n": reviews, "cards": told["cards"]}
    yield {
        "name": f"replay of {reviews:,} reviews, checked against {told['cards']:,} cards",
        "value": round(wall_s, 2),
        "unit": "s, the whole command",
        "target": TARGET_S,
        "cpu_s": round(cpu_s, 2),
        "baseline": {
            "name": "a command that does nothing",
            "value": round(nothing_s, 2),
            "cpu_s": round(nothing_cpu_s, 2),
        },
        **n,
    }
    yield {
        "name": "most memory of that replay",
        "value": round(mib),
        "unit": "MiB",
        "target": TARGET_MIB,
        "baseline": {"name": "a command that does nothing", "value": round(nothing_mib)},
        **n,
    }


def _command(app: Flask, folder: Path, *words: str) -> tuple[float, float, Any, float]:
    """Return a command's seconds, those of CPU, what it printed, and its most memory."""
    env = {
        **os.environ,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": "only-for-measuring",
        "QUIZAPP_INSTANCE": str(folder),
    }
    begun = time.perf_counter()
    running = subprocess.Popen(flask(*words), cwd=ROOT, env=env, stdout=subprocess.PIPE)
    assert running.stdout
    told = running.stdout.read()
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, told
    wall_s, cpu_s = time.perf_counter() - begun, used.ru_utime + used.ru_stime
    return wall_s, cpu_s, json.loads(told), used.ru_maxrss / 1024


def scheduling() -> dict[str, Any]:
    """Measure evidence, schedule and step: all that an answer costs beside the database."""
    card: CardState | None = None
    for n in range(4):
        card = answered(card, START + timedelta(days=20 * n), 0.25)
    assert card
    at = card.due_at + timedelta(hours=3)
    costs = {guess: _cost_us(card, at, guess) for guess in (0.25, None)}
    return {
        "name": "evidence, schedule and step of an answer, one of four options",
        "value": round(costs[0.25], 1),
        "unit": "us of CPU, median",
        "target": TARGET_US,
        "baseline": {"name": "a typed answer", "value": round(costs[None], 1)},
        "n": RUNS * BATCH,
    }


def _cost_us(card: CardState, at: datetime, guess: float | None) -> float:
    times = []
    for _ in range(RUNS):
        begun = time.process_time()
        for _ in range(BATCH):
            answered(card, at, guess)
        times.append((time.process_time() - begun) / BATCH * 1e6)
    return median(times)


def answered(card: CardState | None, at: datetime, guess: float | None) -> CardState:
    """Return the card after a right answer, as the answer path makes it."""
    recall = fold.recall_at(card, at, DEFAULT_WEIGHTS)
    says = evidence("app", 1.0, guess, recall)
    assert says
    day = fold.learner_day(at, TZ, ROLLOVER)
    due_day, due_at, memory = fold.schedule(
        card,
        says.rating,
        says.p_knew,
        at,
        day,
        TZ,
        ROLLOVER,
        steps=True,
        chance=chance(1, FACTS, card.reps if card else 0),
    )
    row = ReviewRow(1, "answer", at, day, says.rating, says.p_knew, due_day, due_at)
    return fold.step(card, row, DEFAULT_WEIGHTS, memory)
