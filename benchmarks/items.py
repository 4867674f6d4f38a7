"""Server CPU of the item analysis of 1,000 attempts at a quiz of 50 questions."""

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from benchmarks.bench_app import app_in
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    AttemptItem,
    Bank,
    Base,
    LoggedResponse,
    Question,
    QuestionVersion,
    Quiz,
    QuizSlot,
    User,
)
from quizapp.services.quizzes import item_analysis, item_rows, item_sittings

ATTEMPTS, QUESTIONS, RUNS = 1_000, 50, 5
TARGET_MS = 1_000
SETTINGS = {"feedback": "deferred", "shuffle": True}
BODY = {
    "options": [
        {"id": f"o{n}", "text": f"Option {n}", "fraction": str(int(n == 1))} for n in range(1, 5)
    ]
}


def run() -> list[dict[str, Any]]:
    """Return the median of 5 runs: rows read, figures, answers by thirds, proposals."""
    with tempfile.TemporaryDirectory() as folder:
        app = app_in(Path(folder))
        with app.app_context():
            _fill()
            found = item_analysis.analysis(1)
            assert (found.attempts, len(found.items)) == (ATTEMPTS, QUESTIONS)
            assert all(item.figures.asked == ATTEMPTS for item in found.items)
            whole = _cpu_ms(lambda: item_analysis.analysis(1))
            rows = _cpu_ms(_read)
            db.engine.dispose()
    return [
        {
            "name": f"item analysis of {ATTEMPTS:,} attempts x {QUESTIONS} questions",
            "value": round(whole),
            "unit": "ms of server CPU, median",
            "target": TARGET_MS,
            "baseline": {"name": "reading its rows alone", "value": round(rows)},
            "n": RUNS,
        }
    ]


def _read() -> None:
    item_rows.gather([1], item_sittings.choose([1], "first").sittings)


def _cpu_ms(what: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        what()
        times.append((time.process_time() - start) * 1000)
        db.session.rollback()
    return median(times)


def _fill() -> None:
    """Write a quiz and its attempts directly; the able answer more of it rightly."""
    Base.metadata.create_all(db.engine)
    now, chance = datetime.now(UTC), random.Random(1)  # noqa: TID251 - any time will do
    with writing(wait_s=10) as session:
        connection = session.connection()
        _content(connection, now)
        connection.execute(sa.insert(User), [_user(n, now) for n in range(1, ATTEMPTS + 1)])
        connection.execute(sa.insert(Attempt), [_attempt(n, now) for n in range(1, ATTEMPTS + 1)])
        pairs = [_answers(n, now, chance) for n in range(1, ATTEMPTS + 1)]
        connection.execute(sa.insert(AttemptItem), [row for items, _ in pairs for row in items])
        connection.execute(sa.insert(LoggedResponse), [row for _, rows in pairs for row in rows])


def _content(connection: sa.Connection, now: datetime) -> None:
    bank = {"id": 1, "uid": "b", "slug": "b", "title": "B", "visibility": "public"}
    connection.execute(sa.insert(Bank), bank)
    quiz = {"id": 1, "uid": "q", "slug": "q", "title": "Q", "bank_id": 1, "settings": SETTINGS}
    connection.execute(sa.insert(Quiz), quiz)
    questions = range(1, QUESTIONS + 1)
    connection.execute(
        sa.insert(Question),
        [{"id": n, "uid": f"q{n}", "bank_id": 1, "type": "multiple_choice"} for n in questions],
    )
    version = {"number": 1, "body": BODY, "sha256": "", "edited_at": now}
    connection.execute(
        sa.insert(QuestionVersion),
        [{**version, "question_id": n, "stem": f"Question {n}?"} for n in questions],
    )
    connection.execute(
        sa.insert(QuizSlot), [{"quiz_id": 1, "position": n, "question_id": n} for n in questions]
    )


def _user(n: int, now: datetime) -> dict[str, Any]:
    return {
        "id": n,
        "uid": f"u{n}",
        "kind": "person",
        "name": f"L {n}",
        "created_at": now,
        "seen_on": now.date(),
    }


def _attempt(n: int, now: datetime) -> dict[str, Any]:
    return {
        "user_id": n,
        "n": 1,
        "uid": f"a{n}",
        "quiz_id": 1,
        "number": 1,
        "state": "handed_in",
        "settings": SETTINGS,
        "seed": n,
        "started_at": now - timedelta(hours=1),
        "handed_in_at": now,
        "points": 0.0,
        "max_points": float(QUESTIONS),
    }


def _answers(
    n: int, now: datetime, chance: random.Random
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    able, order = chance.random(), chance.sample(range(1, QUESTIONS + 1), QUESTIONS)
    items, rows = [], []
    for slot, question in enumerate(order, start=1):
        place = {"user_id": n, "question_id": question, "question_version": 1, "slot": slot}
        items.append({**place, "n": 1, "option_seed": slot})
        if chance.random() < 0.02:
            continue
        right = chance.random() < 0.25 + 0.7 * able * question / QUESTIONS
        at = now - timedelta(seconds=30 * (QUESTIONS - slot))
        rows.append(
            {
                **place,
                "seq": slot,
                "client_id": f"{slot:036d}",
                "body_sha256": "0" * 64,
                "source": "quiz",
                "attempt_n": 1,
                "payload": {"option": "o1" if right else f"o{chance.randint(2, 4)}"},
                "score": float(right),
                "fraction": float(right),
                "graded_by": "app",
                "answered_at": at,
                "received_at": at,
            }
        )
    return items, rows
