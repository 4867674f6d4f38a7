"""The logs of many learners, made once by the scheduler itself and copied within the database."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.evidence import evidence
from quizapp.core.scheduling.fold import CardState, ReviewRow, recall_at, schedule, step
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, ENGINE
from quizapp.core.scheduling.fuzz import chance
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Bank,
    Base,
    Card,
    Fact,
    LoggedResponse,
    Question,
    QuestionVersion,
    Review,
    User,
    UserDay,
)
from quizapp.services.study import replay

FACTS, PER_FACT = 1000, 10
PER_LEARNER = FACTS * PER_FACT
START = datetime(2025, 1, 1, 9, tzinfo=UTC)
TZ, ROLLOVER, GUESS = "Europe/Berlin", 240, 0.25


def fill(learners: int) -> None:
    """Write learners of 10,000 answers each to 1,000 facts, with their cards and days."""
    Base.metadata.create_all(db.engine)
    with writing() as session:
        connection = session.connection()
        _content(connection)
        people = [_user(n) for n in range(1, learners + 1)]
        connection.execute(sa.insert(User), people)
        responses, reviews = _logs(random.Random(7))
        for table, rows in ((LoggedResponse, responses), (Review, reviews)):
            connection.execute(sa.insert(table), rows)
        replay.rebuild_cards(connection, 1)
        for model in (LoggedResponse, Review, Card, UserDay):
            _copy(connection, model.__table__, learners)


def _copy(connection: sa.Connection, table: Any, learners: int) -> None:
    names = [column for column in table.columns if column.name != "user_id"]
    for user in range(2, learners + 1):
        mine = sa.select(sa.literal(user), *names).where(table.c.user_id == 1)
        connection.execute(sa.insert(table).from_select(["user_id", *names], mine))


def _user(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "uid": f"bench-{number}",
        "kind": "guest",
        "name": "",
        "seq": 2 * PER_LEARNER,
        "tz": TZ,
        "created_at": START,
    }


def _content(connection: sa.Connection) -> None:
    connection.execute(
        sa.insert(Bank), {"uid": "bench", "slug": "bench", "title": "B", "visibility": "public"}
    )
    facts, questions, versions = [], [], []
    for n in range(1, FACTS + 1):
        common = {"id": n, "bank_id": 1, "position": n}
        facts.append({**common, "uid": f"f{n}", "key": f"f{n}", "statement": f"Fact {n}."})
        questions.append({**common, "uid": f"q{n}", "fact_id": n, "type": "multiple_choice"})
        versions.append(
            {
                "question_id": n,
                "number": 1,
                "stem": "?",
                "body": {},
                "sha256": "",
                "edited_at": START,
            }
        )
    for table, rows in ((Fact, facts), (Question, questions), (QuestionVersion, versions)):
        connection.execute(sa.insert(table), rows)


def _logs(luck: random.Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a learner's answers, in order of time, and their reviews."""
    responses, reviews = [], []
    for fact in range(1, FACTS + 1):
        card: CardState | None = None
        at = START + timedelta(minutes=luck.randrange(60 * 24 * 30))
        for _ in range(PER_FACT):
            right = luck.random() < 0.88
            row, card, recall = _answer(card, fact, at, right)
            responses.append({**_response(row, right), "question_id": fact})
            reviews.append(_review(row, fact, recall))
            at = card.due_at + timedelta(minutes=luck.randrange(600))
    order = sorted(range(len(responses)), key=lambda n: responses[n]["answered_at"])
    for place, n in enumerate(order):
        responses[n]["seq"], responses[n]["client_id"] = 2 * place + 1, f"{place:036d}"
        reviews[n]["response_seq"], reviews[n]["seq"] = 2 * place + 1, 2 * place + 2
    return responses, reviews


def _answer(
    card: CardState | None, fact: int, at: datetime, right: bool
) -> tuple[ReviewRow, CardState, float | None]:
    recall = recall_at(card, at, DEFAULT_WEIGHTS)
    says = evidence("app", float(right), GUESS, recall)
    assert says
    day = learner_day(at, TZ, ROLLOVER)
    luck = chance(1, fact, card.reps if card else 0)
    due_day, due_at, memory = schedule(
        card, says.rating, says.p_knew, at, day, TZ, ROLLOVER, steps=True, chance=luck
    )
    row = ReviewRow(0, "answer", at, day, says.rating, says.p_knew, due_day, due_at)
    return row, step(card, row, DEFAULT_WEIGHTS, memory), recall


def _response(row: ReviewRow, right: bool) -> dict[str, Any]:
    return {
        "user_id": 1,
        "body_sha256": "0" * 64,
        "source": "study",
        "question_version": 1,
        "payload": {"option": "o1"},
        "score": float(right),
        "fraction": float(right),
        "detail": {"parts": {}, "feedback": []},
        "graded_by": "app",
        "answered_at": row.at,
        "received_at": row.at,
        "took_ms": 9_000 + row.at.minute,
    }


def _review(row: ReviewRow, fact: int, recall: float | None) -> dict[str, Any]:
    details = {"source": row.source, "tz": TZ, "rollover": ROLLOVER, "retention": 0.9}
    if recall is not None:
        details["recall"] = round(recall, 6)
    return {
        "user_id": 1,
        "kind": row.kind,
        "question_id": fact,
        "fact_id": fact,
        "rating": row.rating,
        "p_knew": row.p_knew,
        "at": row.at,
        "day": row.day,
        "delta_days": 0,
        "took_ms": 9_000,
        "engine": ENGINE,
        "due_day": row.due_day,
        "due_at": row.due_at,
        "details": {**details, "guess": GUESS},
    }
