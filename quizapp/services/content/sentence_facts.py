"""What stands on one sentence: its facts, how well each is known, and the questions that ask it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.statistics.recall import recall_level
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionPart, Review
from quizapp.services.content.questions import asked
from quizapp.services.content.stems import stem
from quizapp.services.people.sessions import Person
from quizapp.services.study import memories


@dataclass(frozen=True, slots=True)
class AskedHere:
    """A question on the sentence, with this person's answers to it."""

    uid: str
    type: str
    stem: str
    answers: int = 0
    last_seq: int | None = None


@dataclass(frozen=True, slots=True)
class FactHere:
    """A fact that the sentence proves; recall and due day are None where it was never met."""

    uid: str
    statement: str
    questions: list[AskedHere]
    recall: float | None = None
    due_day: int | None = None

    @property
    def level(self) -> int:
        """1 weak .. 4 known, 0 not asked yet."""
        return recall_level(self.recall)


def of_facts(fact_ids: tuple[int, ...], person: Person | None, now: datetime) -> list[FactHere]:
    """Return these facts in order, with the questions that are asked of them now."""
    known = memories.of_person(person, now, fact_ids) if person else []
    memory = {one.fact_id: one for one in known}
    questions = _questions(fact_ids, person)
    facts = db.session.execute(
        sa.select(Fact.id, Fact.uid, Fact.statement).where(Fact.id.in_(fact_ids))
    )
    words = {fact_id: (uid, statement) for fact_id, uid, statement in facts}
    return [
        FactHere(
            *words[fact_id],
            questions.get(fact_id, []),
            memory[fact_id].recall if fact_id in memory else None,
            memory[fact_id].due_day if fact_id in memory else None,
        )
        for fact_id in fact_ids
        if fact_id in words
    ]


def _questions(fact_ids: tuple[int, ...], person: Person | None) -> dict[int, list[AskedHere]]:
    of_fact = sa.union(
        sa.select(Question.id, Question.fact_id).where(Question.fact_id.in_(fact_ids)),
        sa.select(QuestionPart.question_id, QuestionPart.fact_id).where(
            QuestionPart.fact_id.in_(fact_ids)
        ),
    ).subquery()
    rows = db.session.execute(
        sa.select(of_fact.c.fact_id, Question.id, Question.version)
        .join(Question, Question.id == of_fact.c.id)
        .where(Question.status == "active")
        .order_by(Question.position, Question.id)
    ).all()
    given = _answers([row.id for row in rows], person)
    found: dict[int, list[AskedHere]] = {}
    for fact_id, question_id, version in rows:
        one = asked(question_id, version)
        here = AskedHere(one.uid, one.question.type, stem(one), *given.get(question_id, (0, None)))
        found.setdefault(fact_id, []).append(here)
    return found


def _answers(question_ids: list[int], person: Person | None) -> Mapping[int, tuple[Any, ...]]:
    """Return how often each question was answered, and the last answer's number."""
    if person is None:
        return {}
    undo = sa.orm.aliased(Review)
    rows = db.session.execute(
        sa.select(
            Review.question_id,
            sa.func.count(sa.distinct(Review.response_seq)),
            sa.func.max(Review.response_seq),
        )
        .where(
            Review.user_id == person.id,
            Review.question_id.in_(question_ids),
            Review.kind == "answer",
            ~sa.exists().where(undo.user_id == person.id, undo.voids_seq == Review.seq),
        )
        .group_by(Review.question_id)
    )
    return {question_id: (count, last) for question_id, count, last in rows}
