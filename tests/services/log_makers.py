"""What learners do to their logs, and their memories as values that can be compared."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import sqlalchemy as sa

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fuzz import chance
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, LoggedResponse, Parameters, Question, Review, User, UserDay
from quizapp.services.content import catalog
from quizapp.services.people import preferences, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import (
    aligning,
    answers,
    cards,
    judged,
    rejudging,
    replay,
    replay_check,
    responses,
    reviews,
    settling,
)
from quizapp.services.study.given import Facts
from tests.factories import create_bank, create_person

KINDS = ("multiple_choice", "flashcard")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")


def begin(**columns: Any) -> Person:
    """Return a learner who has not answered anything; all learners share one bank."""
    if not db.session.scalar(sa.select(sa.func.count()).select_from(Question)):
        create_bank(facts=2)
    catalog.forget()
    return create_person(**{"tz": "Europe/Berlin", **columns})


def ask(kind: str, position: int) -> Any:
    forms = [f for fact in catalog.of_bank(1).facts.values() for f in fact.forms if f.type == kind]
    return answers.asked(forms[position].id, forms[position].version)


def answer(person: Person, position: int, now: datetime, says: int, **more: Any) -> Any:
    """Answer a choice (0 wrong, 5 right) or a flashcard (1..4)."""
    kind = KINDS[1 <= says <= 4]
    raw = {"rating": says} if 1 <= says <= 4 else {"option": "o1" if says else "o2"}
    asked = ask(kind, position)
    client_id = more.pop("client_id", str(uuid4()))
    return answers.answer(person, client_id, asked.uid, asked.version, raw, now=now, **more)


def act(person: Person, what: str, position: int, now: datetime) -> Person:
    """Do something that may happen; returns the learner as they are then."""
    luck = random.Random(f"{what}{position}{now}")
    if what in {"right", "wrong"}:
        answer(person, position, now, 5 if what == "right" else 0, took_ms=luck.randrange(9000))
    elif what == "card":
        answer(person, position, now, luck.randint(1, 4))
    elif what in {"quiz", "practice"}:
        answer(person, position, now, luck.choice([0, 5]), source=what)
    elif what == "late":
        given_at = now - timedelta(minutes=luck.randint(1, 60 * 24 * 6))
        answer(person, position, now, luck.randint(0, 5), answered_at=given_at)
    elif what == "undo":
        try:
            cards.undo(person, now)
        except cards.NothingToUndo:
            return person
    elif what == "regrade":
        regrade(person, luck, now)
    elif what == "adopt":
        adopt(person, luck, now)
    else:
        change(person, what, luck)
    again = sessions.person(person.id)
    assert again
    return again


def change(person: Person, what: str, luck: random.Random) -> None:
    """Change a setting as the learner would."""
    changes: dict[str, dict[str, Any]] = {
        "zone": {"tz": luck.choice(ZONES)},
        "rollover": {"rollover_minutes": luck.choice([0, 150, 210])},
        "retention": {"desired_retention": luck.choice([0.8, 0.85, 0.95])},
    }
    new = changes[what]
    preferences.save(person.id, replace(preferences.of_person(person), **new))


def regrade(person: Person, luck: random.Random, now: datetime) -> None:
    """Judge some answer the other way round."""
    with writing() as session:
        connection = session.connection()
        responses.take_seq(connection, person.id, 0)
        rows = session.execute(
            sa.select(LoggedResponse, judged.SCORE)
            .outerjoin(judged.Regrade, judged.LATEST)
            .where(LoggedResponse.user_id == person.id, LoggedResponse.graded_by == "app")
            .order_by(LoggedResponse.seq)
        ).all()
        if not rows:
            return
        logged, score = luck.choice(rows)
        asked = answers.asked(logged.question_id, logged.question_version)
        response = {"option": "o2" if score else "o1"}
        judgement = rejudging.Judgement(
            asked, asked.kind.grade(asked.question, response), "override", None, now
        )
        fact_id = session.scalars(
            sa.select(Question.fact_id).where(Question.id == logged.question_id)
        ).one()
        facts = Facts(1, fact_id, {})
        rejudging.append(connection, person, logged, score, judgement, facts)


def adopt(person: Person, luck: random.Random, now: datetime) -> None:
    """Take other weights in use, as a fit does."""
    with writing() as session:
        connection = session.connection()
        responses.take_seq(connection, person.id, 0)
        weights = [0.1 + luck.random(), *fsrs.DEFAULT_WEIGHTS[1:]]
        version = person.params_version + 1
        values = {"version": version, "engine": fsrs.ENGINE, "weights": weights, "at": now}
        session.add(Parameters(user_id=person.id, rows=9, state="adopted", **values))
        session.get_one(User, person.id).params_version = version
        session.flush()
        facts = list(session.scalars(sa.select(Card.fact_id).where(Card.user_id == person.id)))
        aligning.within(connection, person.id, facts, now)


def agrees(person: Person) -> None:
    db.session.rollback()
    found = replay_check.check(users=[person.id])
    assert found.different == 0, found.examples


def memory_of(person: Person) -> dict[str, Any]:
    """Return cards and days as they stand; numbers of rows differ by the order of arrival."""
    db.session.rollback()
    connection = db.session.connection()
    facts = sa.select(Card.fact_id).where(Card.user_id == person.id).order_by(Card.fact_id)
    found = {n: replay.card_of(connection, person.id, n) for n in connection.scalars(facts)}
    sums = sa.select(UserDay.day, *(getattr(UserDay, name) for name in replay.SUMS))
    days = connection.execute(sums.where(UserDay.user_id == person.id).order_by(UserDay.day))
    return {
        "cards": {n: replace(card, log_seq=0) for n, card in found.items() if card},
        "days": {day: tuple(counts) for day, *counts in days if any(counts)},
    }


def log_of(person: Person) -> list[Any]:
    """Return both logs of a learner, every column."""
    db.session.rollback()
    found: list[Any] = []
    for model in (LoggedResponse, Review):
        table: Any = model.__table__
        rows = sa.select(table).where(table.c.user_id == person.id).order_by(table.c.seq)
        found += map(tuple, db.session.execute(rows))
    return found


@contextmanager
def same_luck() -> Iterator[None]:
    """Give all learners the same fuzz, so that they can be compared."""

    def alike(_user: int, fact: int, reps: int) -> float:
        return chance(0, fact, reps)

    with patch.object(reviews, "chance", alike), patch.object(settling, "chance", alike):
        yield
