"""Which facts a course is about: those of its goals, and those that its quizzes ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.extensions import db
from quizapp.models import (
    Assignment,
    Bank,
    Fact,
    Question,
    QuestionPart,
    QuizSlot,
)
from quizapp.models import Quiz as QuizRow
from quizapp.services.courses import assignment_terms, assignments
from quizapp.services.courses.assignment_terms import Terms
from quizapp.services.quizzes import quizzes

CHUNK = 10_000  # numbers in one IN
_TYPES = [name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY in {"app", "learner"}]


@dataclass(frozen=True, slots=True)
class Given:
    """An assignment with the facts that it asks.

    facts: all of them. of_all: those that everybody is asked, and that the app can judge: a fact
    that a pool may draw, or that only an essay asks, is not among them.
    """

    id: int
    quiz_id: int | None
    terms: Terms
    created_at: datetime
    facts: frozenset[int]
    of_all: frozenset[int]
    exceptions: Mapping[int, Mapping[str, Any]]  # changes by person

    def terms_of(self, user_id: int) -> Terms:
        """Return the terms with a person's exceptions."""
        changes = self.exceptions.get(user_id)
        return self.terms.with_changes(changes) if changes else self.terms

    def is_over(self, user_id: int, joined_at: datetime, now: datetime) -> bool:
        """Say whether it was due of this person: not excused, and here before it was due."""
        terms = self.terms_of(user_id)
        due = terms.due_at or terms.closes_at
        return not terms.excused and due is not None and joined_at <= due < now


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What a course is about: active facts in the order of their banks, and what asks them."""

    facts: tuple[int, ...]
    given: tuple[Given, ...]

    def owed(self, user_id: int, joined_at: datetime, now: datetime) -> set[int]:
        """Return the facts that count 0 for a person who never met them.

        An assignment has asked for them and is due; before that nobody needs to know them.
        """
        over = (one.of_all for one in self.given if one.is_over(user_id, joined_at, now))
        return set().union(*over)


def of_course(course_id: int) -> CourseFacts:
    """Return what the assignments of a course ask, in a few queries, however many facts."""
    rows = db.session.scalars(
        sa.select(Assignment)
        .where(Assignment.course_id == course_id, Assignment.deleted_at.is_(None))
        .order_by(Assignment.id)
    ).all()
    quizzed = _of_quizzes([row.quiz_id for row in rows if row.quiz_id is not None])
    asked = _of_goals([row for row in rows if row.quiz_id is None])
    asked |= {row.id: quizzed[row.quiz_id] for row in rows if row.quiz_id is not None}
    order = _active(fact for facts, _ in asked.values() for fact in facts)
    changes = _exceptions([row.id for row in rows])
    given = [_given(row, asked[row.id], frozenset(order), changes.get(row.id, {})) for row in rows]
    return CourseFacts(tuple(order), tuple(given))


def of_quiz(quiz_id: int) -> frozenset[int]:
    """Return the facts that a quiz asks, or may draw."""
    return _of_quizzes([quiz_id])[quiz_id][0]


_Asked = tuple[frozenset[int], frozenset[int]]  # all facts, those that everybody is asked


def _given(
    row: Assignment, asked: _Asked, there: frozenset[int], changes: Mapping[int, Mapping[str, Any]]
) -> Given:
    return Given(
        id=row.id,
        quiz_id=row.quiz_id,
        terms=assignment_terms.of_row(row),
        created_at=row.created_at,
        facts=asked[0] & there,
        of_all=asked[1] & there,
        exceptions=changes,
    )


def _of_quizzes(quiz_ids: list[int]) -> dict[int, _Asked]:
    slots = db.session.execute(
        sa.select(QuizSlot.quiz_id, QuizSlot.question_id, QuizSlot.pool, QuizRow.bank_id)
        .join(QuizRow, QuizRow.id == QuizSlot.quiz_id)
        .where(QuizSlot.quiz_id.in_(quiz_ids))
    ).all()
    fixed = _facts_of({slot.question_id for slot in slots if slot.question_id is not None})
    found: dict[int, _Asked] = dict.fromkeys(quiz_ids, (frozenset(), frozenset()))
    for slot in slots:
        facts, of_all = found[slot.quiz_id]
        if slot.pool:
            facts |= _drawn(slot.pool, slot.bank_id)
        asked, judged = fixed.get(slot.question_id, (frozenset(), frozenset()))
        found[slot.quiz_id] = (facts | asked, of_all | judged)
    return found


def _facts_of(question_ids: Iterable[int]) -> dict[int, _Asked]:
    """Return the facts that questions ask, also in their parts, and those that the app judges."""
    ids = sorted(question_ids)
    found: dict[int, _Asked] = {}
    for some in chunks(ids):
        rows = db.session.execute(
            sa.select(Question.id, Question.type, Question.fact_id).where(
                Question.id.in_(some), Question.status == "active", Question.type.in_(quizzes.ASKED)
            )
        )
        for question_id, kind, fact_id in rows:
            facts = frozenset(() if fact_id is None else (fact_id,))
            found[question_id] = (facts, facts if kind in _TYPES else frozenset())
        parts = sa.select(QuestionPart.question_id, QuestionPart.fact_id)
        for question_id, fact_id in db.session.execute(
            parts.where(QuestionPart.question_id.in_(some))
        ):
            if question_id in found and fact_id is not None:
                facts, judged = found[question_id]
                found[question_id] = (facts | {fact_id}, judged | {fact_id})
    return found


def _drawn(pool: Mapping[str, Any], bank_id: int | None) -> frozenset[int]:
    rows = db.session.execute(quizzes.candidates(pool, bank_id))
    return frozenset(fact for _question, _version, fact in rows if fact is not None)


def _of_goals(rows: list[Assignment]) -> dict[int, _Asked]:
    """Return what goals ask, by assignment: the facts they name, or all of their bank."""
    can_be = sa.exists().where(
        Question.fact_id == Fact.id, Question.status == "active", Question.type.in_(_TYPES)
    )
    there: dict[int | None, set[int]] = {}
    askable: set[int] = set()
    for bank_id, fact_id, is_askable in db.session.execute(
        sa.select(Fact.bank_id, Fact.id, can_be).where(
            Fact.bank_id.in_({row.bank_id for row in rows}), Fact.status == "active"
        )
    ):
        there.setdefault(bank_id, set()).add(fact_id)
        askable |= {fact_id} if is_askable else set()
    asked = {}
    for row in rows:
        named, facts = (row.goal or {}).get("facts"), there.get(row.bank_id, set())
        wanted = frozenset(facts if named is None else facts.intersection(named))
        asked[row.id] = (wanted, wanted & askable)
    return asked


def _active(fact_ids: Iterable[int]) -> list[int]:
    """Return those of the facts that stand, in the order of their banks."""
    found: list[tuple[int, int, int]] = []
    for some in chunks(sorted(set(fact_ids))):
        rows = db.session.execute(
            sa.select(Fact.bank_id, Fact.position, Fact.id)
            .join(Bank, Bank.id == Fact.bank_id)
            .where(Fact.id.in_(some), Fact.status == "active", Bank.deleted_at.is_(None))
        )
        found += [(bank, position, fact) for bank, position, fact in rows]
    return [fact for _bank, _position, fact in sorted(found)]


def _exceptions(assignment_ids: list[int]) -> dict[int, dict[int, Mapping[str, Any]]]:
    found: dict[int, dict[int, Mapping[str, Any]]] = {}
    for (assignment_id, user_id), changes in assignments.changes_of(assignment_ids).items():
        found.setdefault(assignment_id, {})[user_id] = changes
    return found


def words(fact_ids: list[int]) -> dict[int, tuple[str, str]]:
    """Return the public id and the statement of facts by id."""
    found: dict[int, tuple[str, str]] = {}
    for some in chunks(fact_ids):
        rows = db.session.execute(
            sa.select(Fact.id, Fact.uid, Fact.statement).where(Fact.id.in_(some))
        )
        found |= {fact_id: (uid, statement) for fact_id, uid, statement in rows}
    return found


def chunks(ids: list[int]) -> Iterable[list[int]]:
    """Yield ids in parts that one query may name."""
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
