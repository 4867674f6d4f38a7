"""Logs of reviews for tests of the memory model, written at once instead of answer by answer."""

import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from benchmarks import simulated_learners
from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.fold import CardState, ReviewRow, step
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, ENGINE, retrievability
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Question, Review
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay, responses

Answers = list[tuple[int, datetime, int]]  # card from 0, time, rating


@lru_cache(maxsize=8)
def simulated(seed: int, most: int, cards: int = 40) -> Answers:
    """Return the first answers of a learner whose memory is not that of the usual weights."""
    rows = [row for row in simulated_learners.learner(seed) if int(row.card) < cards]
    times = sorted((row.at_ms, int(row.card), row.rating) for row in rows)
    return [(card, datetime.fromtimestamp(ms / 1000, UTC), r) for ms, card, r in times[:most]]


def steady(chance: float, answers: int, start: datetime, seed: int = 1) -> Answers:
    """Return answers, the same share of them right whatever the model says; 20 cards in turn."""
    rng = random.Random(seed)
    return [
        (n % 20, start + timedelta(days=2 * (n // 20), minutes=n % 20), 1 + 2 * int(
            n < 20 or rng.random() < chance))
        for n in range(answers)
    ]  # fmt: skip


def put_log(person: Person, bank: Bank, given: Answers, guess: float = 0.0) -> None:
    """Write answers to the flashcards of a bank, with what was foretold of each, and the cards."""
    questions = db.session.execute(
        sa.select(Question.id, Question.fact_id)
        .where(Question.bank_id == bank.id, Question.type == "flashcard")
        .order_by(Question.position)
    ).all()
    with writing() as session:
        connection = session.connection()
        first = responses.take_seq(connection, person.id, len(given))
        cards: dict[int, CardState] = {}
        rows = []
        for n, (number, at, rating) in enumerate(given):
            row = _columns(person, cards, questions[number], first + n, at, rating)
            if guess:
                row["details"]["guess"] = guess
            rows.append(row)
        connection.execute(sa.insert(Review), rows)
        replay.rebuild_cards(connection, person.id)


def _columns(
    person: Person, cards: dict[int, CardState], asked: Any, seq: int, at: datetime, rating: int
) -> dict[str, Any]:
    before = cards.get(asked.fact_id)
    day = learner_day(at, person.tz, person.rollover_minutes)
    due = day_start(day + 1, person.tz, person.rollover_minutes)
    row = ReviewRow(seq, "answer", at, day, rating, None, day + 1, due, source="quiz")
    cards[asked.fact_id] = step(before, row, DEFAULT_WEIGHTS)
    details: dict[str, Any] = {"source": "quiz"}
    if before is not None:
        elapsed = (at - before.last_at).total_seconds() / 86_400
        details["recall"] = round(retrievability(before.stability, elapsed), 6)
    return {
        "user_id": person.id, "seq": seq, "kind": "answer", "question_id": asked.id,
        "fact_id": asked.fact_id, "rating": rating, "at": at, "day": day,
        "delta_days": max(day - before.last_day, 0) if before else 0, "engine": ENGINE,
        "due_day": day + 1, "due_at": due, "details": details,
    }  # fmt: skip
