"""Making and changing quizzes: who may, settings, who may take them, copies, deletion.

An edit never touches an attempt: it holds copies of settings, versions and order. Each function is
one transaction and raises Absent where the quiz or its bank is not the person's to edit.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment, Attempt, Bank, ErasedResult, Question, Quiz, QuizSlot
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.identifiers import new_uid
from quizapp.services.people import audit
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_settings, quizzes
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.quizzes.quiz_settings import Unfit

MOST_AT_ONCE = 200  # questions of a quiz that is made of a whole bank
MOST_SLOTS = 1000  # as many as a bank file holds
LONGEST_NAME = 48  # of the title in an address
# Who may take a quiz, as status and visibility; a retired one keeps its visibility.
STATES = {
    "draft": ("draft", "private"),
    "private": ("active", "private"),
    "link": ("active", "link"),
    "public": ("active", "public"),
    "retired": ("retired", None),
}
NEW: Mapping[str, Any] = {"feedback": "immediate", "shuffle": True, "floor_zero": True}


class Changed(ValueError):
    """Somebody, or another tab, has changed it since the page was opened; nothing was written."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new quiz, and how many of the bank's questions had no room in it."""

    slug: str
    questions: int
    left_out: int


def may_edit(person: Person | None, bank_id: int | None) -> bool:
    """Say whether a person may change the quizzes of a bank: whoever may change the bank."""
    bank = db.session.get(Bank, bank_id) if bank_id is not None else None
    return bank is not None and banks.may_edit(person, bank)


def editable(slug: str, person: Person | None) -> Quiz:
    """Return the quiz at an address, active or not, that the person may change; else Absent."""
    quiz = db.session.scalars(sa.select(Quiz).where(Quiz.slug == slug)).first()
    if quiz is None or not may_edit(person, quiz.bank_id):
        raise Absent
    return quiz


def locked(session: Session, slug: str, person: Person) -> Quiz:
    """Return the same inside a writing transaction, so that nobody else changes it meanwhile."""
    quiz = editable(slug, person)
    session.refresh(quiz, with_for_update=True)
    return quiz


def touch(quiz: Quiz) -> None:
    """Note that a quiz differs from the file that it came from: importing again leaves it alone."""
    if quiz.key is not None:
        quiz.settings = {**quiz.settings, quiz_settings.EDITED: True}


def mark_of(values: object) -> str:
    """Return a short text that changes with the values; a form sends back the one it was given."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def settings_mark(quiz: Quiz) -> str:
    """Return the mark of title and settings."""
    stored = {name: each for name, each in quiz.settings.items() if name != quiz_settings.EDITED}
    return mark_of([quiz.title, stored])


def state_of(quiz: Quiz) -> str:
    """Return who may take it, one of STATES."""
    return quiz.visibility if quiz.status == "active" else quiz.status


@dataclass(frozen=True, slots=True)
class Listed:
    """A quiz in its bank's list for editors."""

    slug: str
    title: str
    state: str
    questions: int


def of_bank(bank_id: int) -> list[Listed]:
    """Return all quizzes of a bank: drafts and retired ones, too."""
    rows = db.session.scalars(sa.select(Quiz).where(Quiz.bank_id == bank_id).order_by(Quiz.id))
    return [
        Listed(row.slug, row.title, state_of(row), quizzes.of_row(row).questions)
        for row in rows.all()
    ]


def create_quiz(
    bank: str,
    person: Person,
    title: str,
    question_uids: Sequence[str] | None,
    now: datetime,
    publish: str | None = None,
) -> Made:
    """Make a quiz of a bank's questions; `bank` is its slug.

    None stands for all its active questions that can be asked, the first MOST_AT_ONCE of them.
    `publish` is link, public or private; without it the quiz is a draft that nobody can take.
    Raises Absent, Unfit (title), Refused (empty: nothing to publish), Busy.
    """
    with writing() as session:
        place = banks.editable(bank, person)
        found = askable(session, place.id, question_uids)
        kept = found[: MOST_AT_ONCE if question_uids is None else MOST_SLOTS]
        if publish and not kept:
            raise Refused("empty")
        status, visibility = STATES[publish or "draft"]
        uid, title = new_uid(), quiz_settings.title(title)
        quiz = Quiz(
            uid=uid,
            slug=_address(title, uid),
            title=title,
            owner_id=person.id,
            bank_id=place.id,
            status=status,
            visibility=visibility or "private",
            settings=dict(NEW),
        )
        session.add(quiz)
        session.flush()
        rows = [{"question_id": question, "pool": None, "weight": 1.0} for question in kept]
        write_slots(session, quiz.id, rows)
        audit.note(session, now, person.id, "quiz.made", None, uid)
        return Made(quiz.slug, len(kept), len(found) - len(kept))


def askable(session: Session, bank_id: int, uids: Sequence[str] | None = None) -> list[int]:
    """Return the ids of a bank's questions that a quiz can ask now, all or these, in its order."""
    query = sa.select(Question.id).where(
        Question.bank_id == bank_id, Question.status == "active", Question.type.in_(quizzes.ASKED)
    )
    if uids is not None:
        query = query.where(Question.uid.in_(uids[:MOST_SLOTS]))
    return list(session.scalars(query.order_by(Question.position, Question.id)))


def write_slots(session: Session, quiz_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make these the places of a quiz, in this order."""
    session.execute(sa.delete(QuizSlot).where(QuizSlot.quiz_id == quiz_id))
    placed = [{**row, "quiz_id": quiz_id, "position": at} for at, row in enumerate(rows, 1)]
    if placed:
        session.execute(sa.insert(QuizSlot), placed)


def _address(title: str, uid: str) -> str:
    """Return an address that nobody guesses, as a link may be all that keeps others out."""
    name = banks.slug_of(title)[:LONGEST_NAME].strip("-") or "quiz"
    return f"{name}-{hashlib.sha256(uid.encode()).hexdigest()[:10]}"


def save_settings(
    slug: str, person: Person, seen: str, title: str, settings: Mapping[str, Any]
) -> None:
    """Store title and settings; `seen` is the `settings_mark` that the page was made with.

    Settings have the names and bounds of a bank file; None leaves one out. Raises Absent, Changed,
    Unfit, Busy.
    """
    checked, title = quiz_settings.checked(settings), quiz_settings.title(title)
    with writing() as session:
        quiz = locked(session, slug, person)
        if settings_mark(quiz) != seen:
            raise Changed
        quiz.title, quiz.settings = title, checked
        touch(quiz)


def set_state(slug: str, person: Person, state: str, now: datetime) -> None:
    """Say who may take a quiz: a key of STATES. Open attempts go on, whatever it is.

    Raises Absent, Unfit, Busy, and Refused (empty) where there is nothing to ask.
    """
    if state not in STATES:
        raise Unfit("state", "This is not one of the choices.")
    with writing() as session:
        quiz = locked(session, slug, person)
        status, visibility = STATES[state]
        if status == "active" and not quizzes.draw(quizzes.of_row(quiz), 0):
            raise Refused("empty")
        quiz.status, quiz.visibility = status, visibility or quiz.visibility
        touch(quiz)
        audit.note(session, now, person.id, f"quiz.{state}", None, quiz.uid)


def duplicate(slug: str, person: Person, title: str, now: datetime) -> str:
    """Copy a quiz into a new draft of this title; returns its slug."""
    with writing() as session:
        quiz = locked(session, slug, person)
        uid, title = new_uid(), quiz_settings.title(title[: quiz_settings.LONGEST_TITLE])
        copied = {
            name: each for name, each in quiz.settings.items() if name != quiz_settings.EDITED
        }
        copy = Quiz(
            uid=uid,
            slug=_address(title, uid),
            title=title,
            owner_id=person.id,
            bank_id=quiz.bank_id,
            status="draft",
            visibility="private",
            settings=copied,
        )
        session.add(copy)
        session.flush()
        write_slots(session, copy.id, slot_rows(session, quiz.id))
        audit.note(session, now, person.id, "quiz.made", None, uid)
        return copy.slug


def slot_rows(session: Session, quiz_id: int) -> list[dict[str, Any]]:
    """Return the places of a quiz in order, as `write_slots` takes them."""
    query = sa.select(QuizSlot).where(QuizSlot.quiz_id == quiz_id).order_by(QuizSlot.position)
    return [
        {"question_id": slot.question_id, "pool": slot.pool, "weight": slot.weight}
        for slot in session.scalars(query)
    ]


def delete(slug: str, person: Person, now: datetime) -> bool:
    """Delete a quiz; one that was taken or assigned is retired instead. Says whether it is gone."""
    try:
        return _delete(slug, person, now)
    except sa.exc.IntegrityError:  # somebody began an attempt at the same moment
        set_state(slug, person, "retired", now)
        return False


def _delete(slug: str, person: Person, now: datetime) -> bool:
    with writing() as session:
        quiz = locked(session, slug, person)
        audit.note(session, now, person.id, "quiz.deleted", None, quiz.uid)
        if is_used(session, quiz.id):
            quiz.status = "retired"
            touch(quiz)
            return False
        session.execute(sa.delete(QuizSlot).where(QuizSlot.quiz_id == quiz.id))
        session.delete(quiz)
        session.flush()
        return True


def is_taken(quiz_id: int) -> bool:
    """Say whether `delete` would only retire a quiz."""
    return is_used(db.session(), quiz_id)


def is_used(session: Session, quiz_id: int) -> bool:
    """Say whether anything speaks of a quiz: an attempt, an assignment, an erased result."""
    uses = (Attempt.quiz_id, Assignment.quiz_id, ErasedResult.quiz_id)
    return any(session.scalar(sa.select(sa.exists().where(use == quiz_id))) for use in uses)
