"""Learners for the tests of figures: cards, days and attempts as they stand in the tables."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from quizapp.core.articles import segment
from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.fsrs import ENGINE
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Article,
    ArticleVersion,
    Attempt,
    Bank,
    Card,
    Evidence,
    Fact,
    Question,
    Quiz,
    Shelf,
    UserDay,
)
from quizapp.services.identifiers import new_uid
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers
from quizapp.services.study.answers import Answered
from tests.factories import START


def day_of(person: Person, now: datetime) -> int:
    """Return the learner day."""
    return learner_day(now, person.tz, person.rollover_minutes)


def facts_of(bank: Bank) -> list[int]:
    """Return the ids of a bank's facts in order."""
    return list(
        db.session.scalars(
            sa.select(Fact.id).where(Fact.bank_id == bank.id).order_by(Fact.position)
        )
    )


def put_on_shelf(person: Person, bank: Bank, paused_until: int | None = None) -> None:
    """Put a bank on a shelf."""
    with writing() as session:
        session.add(
            Shelf(user_id=person.id, bank_id=bank.id, added_at=START, paused_until=paused_until)
        )


def put_card(
    person: Person,
    fact_id: int,
    now: datetime,
    due_in: int = 0,
    stability: float = 10.0,
    days_ago: float = 10.0,
) -> None:
    """Store a memory: recall is 0.9 where `days_ago` equals the stability."""
    last = now - timedelta(days=days_ago)
    with writing() as session:
        session.add(
            Card(
                user_id=person.id,
                fact_id=fact_id,
                state=2,
                stability=stability,
                difficulty=5.0,
                last_at=last,
                last_day=day_of(person, last),
                due_day=day_of(person, now) + due_in,
                due_at=now + timedelta(days=due_in),
                reps=1,
                lapses=0,
                log_seq=1,
                engine=ENGINE,
            )
        )


def put_day(person: Person, day: int, answers: int = 1, **sums: int) -> None:
    """Store the sums of a day."""
    with writing() as session:
        session.add(UserDay(user_id=person.id, day=day, answers=answers, **sums))


def put_attempt(person: Person, number: int, at: datetime | None, **columns: Any) -> None:
    """Store an attempt at the quiz "exam"; without a time it is still open."""
    with writing() as session:
        quiz = session.scalar(sa.select(Quiz).where(Quiz.slug == "exam"))
        if quiz is None:
            quiz = Quiz(uid=new_uid(), slug="exam", title="The exam", visibility="public")
            session.add(quiz)
            session.flush()
        values = {
            "state": "handed_in" if at else "open",
            "settings": {"pass_percent": 60},
            "points": 5.0,
            "max_points": 10.0,
            **columns,
        }
        session.add(
            Attempt(
                user_id=person.id,
                n=100 + number,
                uid=f"attempt{number}",
                quiz_id=quiz.id,
                number=number,
                seed=1,
                started_at=START,
                handed_in_at=at,
                **values,
            )
        )


def rate(
    person: Person, fact_id: int, rating: int, now: datetime, number: int, took_ms: int = 9000
) -> Answered:
    """Answer the flashcard of a fact."""
    question = db.session.scalars(
        sa.select(Question).where(Question.fact_id == fact_id, Question.type == "flashcard")
    ).one()
    return answers.answer(
        person,
        str(UUID(int=number)),
        question.uid,
        question.version,
        {"rating": rating},
        now=now,
        took_ms=took_ms,
    )


def put_article(bank: Bank, text: str, title: str = "On blood") -> str:
    """Store an article; returns its uid."""
    uid = new_uid()
    with writing() as session:
        article = Article(uid=uid, bank_id=bank.id, key=uid, version=1)
        session.add(article)
        session.flush()
        session.add(
            ArticleVersion(
                article_id=article.id,
                number=1,
                text=text,
                sha256="",
                title=title,
                authors=["Ada Ärzt"],
                source={"title": "A source", "url": "https://example.org/a"},
                sentences=segment.sentences(text),
                created_at=START,
            )
        )
    return uid


def put_evidence(uid: str, fact_id: int, quote: str, state: str = "holds") -> None:
    """Say where an article proves a fact."""
    with writing() as session:
        article = session.scalars(sa.select(Article).where(Article.uid == uid)).one()
        version = session.get_one(ArticleVersion, (article.id, 1))
        start = version.text.index(quote)
        session.add(
            Evidence(
                fact_id=fact_id,
                article_id=article.id,
                article_version=1,
                start=start,
                end=start + len(quote),
                quote=quote,
                state=state,
            )
        )
