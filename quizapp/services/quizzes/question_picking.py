"""Finding the questions of a bank that a quiz may ask: search, type, tag, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from quizapp.core.search import query_words
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionTag, Quiz, QuizSlot
from quizapp.services.quizzes import quizzes
from quizapp.services.quizzes.quiz_slots import name_of

AT_ONCE = 50  # questions on a page
MOST_NAMED = 300  # tags and facts offered


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be added."""

    uid: str
    name: str
    type: str
    tags: Sequence[str]
    is_in: bool  # asked by the quiz already


@dataclass(frozen=True, slots=True)
class Found:
    """One page of candidates."""

    candidates: Sequence[Candidate]
    total: int
    page: int
    pages: int


def find(quiz: Quiz, text: str = "", type_: str = "", tag: str = "", page: int = 1) -> Found:
    """Return the page of those questions that hold the text and have type and tag, where given."""
    query = _askable(quiz.bank_id)
    for word in query_words(text):
        query = query.where(Question.search_text.contains(word, autoescape=True))
    if type_:
        query = query.where(Question.type == type_)
    if tag:
        query = query.where(
            sa.exists().where(QuestionTag.question_id == Question.id, QuestionTag.tag == tag)
        )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    pages = max(-(-total // AT_ONCE), 1)
    page = min(max(page, 1), pages)
    rows = db.session.scalars(
        query.order_by(Question.position, Question.id).limit(AT_ONCE).offset((page - 1) * AT_ONCE)
    ).all()
    return Found(_candidates(quiz, rows), total, page, pages)


def _askable(bank_id: int | None) -> sa.Select[Any]:
    return sa.select(Question).where(
        Question.bank_id == bank_id, Question.status == "active", Question.type.in_(quizzes.ASKED)
    )


def _candidates(quiz: Quiz, rows: Sequence[Question]) -> list[Candidate]:
    ids = [row.id for row in rows]
    there = set(
        db.session.scalars(sa.select(QuizSlot.question_id).where(QuizSlot.quiz_id == quiz.id))
    )
    tags: dict[int, list[str]] = {}
    for question_id, tag in db.session.execute(
        sa.select(QuestionTag.question_id, QuestionTag.tag)
        .where(QuestionTag.question_id.in_(ids))
        .order_by(QuestionTag.tag)
    ):
        tags.setdefault(question_id, []).append(tag)
    return [
        Candidate(row.uid, name_of(row), row.type, tags.get(row.id, ()), row.id in there)
        for row in rows
    ]


def count(bank_id: int | None) -> int:
    """Return how many questions of a bank a quiz can ask."""
    query = sa.select(sa.func.count()).select_from(_askable(bank_id).subquery())
    return db.session.scalar(query) or 0


def types(bank_id: int | None) -> list[str]:
    """Return the types of a bank's askable questions."""
    found = set(db.session.scalars(_askable(bank_id).with_only_columns(Question.type).distinct()))
    return [name for name in quizzes.ASKED if name in found]


def tags(bank_id: int | None) -> list[tuple[str, int]]:
    """Return the tags of a bank's askable questions, with how many have each."""
    rows = db.session.execute(
        _askable(bank_id)
        .join(QuestionTag, QuestionTag.question_id == Question.id)
        .with_only_columns(QuestionTag.tag, sa.func.count())
        .group_by(QuestionTag.tag)
        .order_by(QuestionTag.tag)
        .limit(MOST_NAMED)
    )
    return [(tag, number) for tag, number in rows]


def facts(bank_id: int | None) -> list[tuple[str, str, int]]:
    """Return the facts that a bank's askable questions ask: key, statement, how many."""
    rows = db.session.execute(
        _askable(bank_id)
        .join(Fact, Fact.id == Question.fact_id)
        .with_only_columns(Fact.key, Fact.statement, sa.func.count())
        .group_by(Fact.id, Fact.key, Fact.statement, Fact.position)
        .order_by(Fact.position, Fact.id)
        .limit(MOST_NAMED)
    )
    return [(key, statement, number) for key, statement, number in rows]
