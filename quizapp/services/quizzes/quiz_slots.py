"""The places of a quiz: adding questions and pools, their order, weights and removal."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionTag, Quiz
from quizapp.services.content import questions, stems
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_editing, quizzes
from quizapp.services.quizzes.quiz_editing import MOST_SLOTS, Changed
from quizapp.services.quizzes.quiz_settings import Unfit

MOST_WEIGHT = 1000
_GAP = re.compile(r"\[\[\w+\]\]")
MOST_DRAWN = 1000
MOST_TAGS = 100


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a quiz as its editor sees it: a question, or a draw of `n` out of `there`."""

    position: int
    weight: float
    name: str = ""
    type: str = ""
    uid: str = ""
    is_asked: bool = True  # a retired question keeps its place and is left out
    tags: Sequence[str] = ()
    facts: Sequence[str] = ()  # what they state
    n: int | None = None
    there: int = 0

    @property
    def is_pool(self) -> bool:
        """Whether it draws."""
        return self.n is not None


@dataclass(frozen=True, slots=True)
class SlotEdit:
    """What a form says of the place that was at `position`."""

    position: int
    weight: float
    n: int | None = None


def mark(quiz: Quiz) -> str:
    """Return what changes with the places of a quiz; see `quiz_editing.mark_of`."""
    return quiz_editing.mark_of(quiz_editing.slot_rows(db.session(), quiz.id))


def places(quiz: Quiz) -> list[Place]:
    """Return the places of a quiz in order."""
    rows = quiz_editing.slot_rows(db.session(), quiz.id)
    ids = [row["question_id"] for row in rows if row["question_id"] is not None]
    found = {
        row.id: row for row in db.session.scalars(sa.select(Question).where(Question.id.in_(ids)))
    }
    return [
        _draw(at, row, quiz) if row["pool"] else _asked(at, row, found.get(row["question_id"]))
        for at, row in enumerate(rows, 1)
    ]


def _asked(at: int, row: dict[str, Any], question: Question | None) -> Place:
    if question is None:
        return Place(at, row["weight"], is_asked=False)
    fit = question.status == "active" and question.type in quizzes.ASKED
    name = name_of(question)
    return Place(at, row["weight"], name, question.type, question.uid, is_asked=fit)


def name_of(question: Question) -> str:
    """Return a question in one line, its gaps as lines."""
    if question.name:
        return _GAP.sub("____", question.name)
    return stems.stem(questions.asked(question.id, question.version))


def _draw(at: int, row: dict[str, Any], quiz: Quiz) -> Place:
    pool = row["pool"]
    return Place(
        at,
        row["weight"],
        tags=tuple(pool.get("tags") or ()),
        facts=_statements(quiz.bank_id, pool.get("facts") or ()),
        n=quizzes.wanted(pool),
        there=len(db.session.execute(quizzes.candidates(pool, quiz.bank_id)).all()),
    )


def _statements(bank_id: int | None, names: Sequence[str]) -> tuple[str, ...]:
    """Return what facts state, by their keys or uids; a name that finds none stands for itself."""
    rows = db.session.execute(
        sa.select(Fact.key, Fact.uid, Fact.statement).where(
            Fact.bank_id == bank_id, sa.or_(Fact.key.in_(names), Fact.uid.in_(names))
        )
    ).all()
    known = {name: row.statement for row in rows for name in (row.key, row.uid)}
    return tuple(known.get(str(name), str(name)) for name in names)


def add_questions(slug: str, person: Person, uids: Sequence[str]) -> int:
    """Put questions of the quiz's bank at its end, in the bank's order; returns how many.

    Those that it asks already, or that cannot be asked, are passed over. Raises Absent, Busy, and
    Unfit where there is no room for all.
    """
    with writing() as session:
        quiz = quiz_editing.locked(session, slug, person)
        rows = quiz_editing.slot_rows(session, quiz.id)
        there = {row["question_id"] for row in rows}
        found = quiz_editing.askable(session, quiz.bank_id or 0, uids)
        fresh = [question for question in found if question not in there]
        rows += [{"question_id": each, "pool": None, "weight": 1.0} for each in fresh]
        _store(session, quiz, rows)
        return len(fresh)


def add_pool(
    slug: str, person: Person, n: int, tags: Sequence[str], facts: Sequence[str], weight: float = 1
) -> None:
    """Put a draw at a quiz's end: n questions with all of the tags on any of the facts (keys).

    Without either it draws from the whole bank. Raises Absent, Unfit, Busy.
    """
    _check(weight, n)
    with writing() as session:
        quiz = quiz_editing.locked(session, slug, person)
        known = session.scalars(
            sa.select(QuestionTag.tag)
            .join(Question, Question.id == QuestionTag.question_id)
            .where(Question.bank_id == quiz.bank_id, QuestionTag.tag.in_(tags[:MOST_TAGS]))
            .distinct()
        ).all()
        on = session.scalars(
            sa.select(Fact.key)
            .where(Fact.bank_id == quiz.bank_id, Fact.key.in_(facts))
            .order_by(Fact.position, Fact.id)
        ).all()
        if set(known) != set(tags) or set(on) != set(facts):
            raise Unfit("pool", "One of these tags or facts is not in the bank any more.")
        pool = {"tags": sorted(known), "facts": list(on), "n": n}
        rows = quiz_editing.slot_rows(session, quiz.id)
        rows.append({"question_id": None, "pool": pool, "weight": float(weight)})
        _store(session, quiz, rows)


def save(slug: str, person: Person, seen: str, edits: Sequence[SlotEdit]) -> None:
    """Store order, weights and how many pools draw; a place without an edit is taken out.

    `seen` is the `mark` that the page was made with. Raises Absent, Changed, Unfit, Busy.
    """
    for edit in edits:
        _check(edit.weight, edit.n)
    with writing() as session:
        quiz = quiz_editing.locked(session, slug, person)
        if mark(quiz) != seen:
            raise Changed
        rows = dict(enumerate(quiz_editing.slot_rows(session, quiz.id), 1))
        if len({edit.position for edit in edits} & set(rows)) != len(edits):
            raise Changed
        _store(session, quiz, [_edited(rows[edit.position], edit) for edit in edits])


def _edited(row: dict[str, Any], edit: SlotEdit) -> dict[str, Any]:
    pool = row["pool"]
    if pool and edit.n is not None:
        pool = {**pool, "n": edit.n}
    return {**row, "pool": pool, "weight": float(edit.weight)}


def _check(weight: float, n: int | None) -> None:
    if not math.isfinite(weight) or not 0 <= weight <= MOST_WEIGHT:
        raise Unfit("weight", f"Points are a number from 0 to {MOST_WEIGHT}.")
    if n is not None and not 1 <= n <= MOST_DRAWN:
        raise Unfit("n", f"Draw 1 to {MOST_DRAWN} questions.")


def _store(session: Any, quiz: Quiz, rows: Sequence[dict[str, Any]]) -> None:
    if len(rows) > MOST_SLOTS:
        raise Unfit("slots", f"A quiz has at most {MOST_SLOTS} places.")
    quiz_editing.write_slots(session, quiz.id, rows)
    quiz_editing.touch(quiz)
