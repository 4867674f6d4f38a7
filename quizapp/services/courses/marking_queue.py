"""What of an assignment a person marks: one answer at a time, question by question."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.question import Response
from quizapp.extensions import db
from quizapp.models import Attempt, AttemptItem, LoggedResponse, Regrade
from quizapp.services.content import questions
from quizapp.services.content.questions import Absent, Asked
from quizapp.services.courses import access, mark_rows
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.mark_rows import Column
from quizapp.services.study import judged


@dataclass(frozen=True, slots=True)
class Place:
    """An answer in the queue."""

    learner: Member
    seq: int
    question_id: int
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """All answers of an assignment that a person marks, those that are marked too."""

    column: Column
    places: Sequence[Place]

    @property
    def waiting(self) -> int:
        """How many are not marked yet."""
        return sum(place.is_waiting for place in self.places)

    def find(self, learner_uid: str | None, seq: int | None) -> int | None:
        """Return where an answer stands, or the first that waits, else the first; None of none.

        Absent where the answer named is not in the queue.
        """
        if learner_uid is not None:
            wanted = (learner_uid, seq)
            for n, place in enumerate(self.places):
                if (place.learner.uid, place.seq) == wanted:
                    return n
            raise Absent
        waits = (n for n, place in enumerate(self.places) if place.is_waiting)
        return next(waits, 0 if self.places else None)

    def after(self, n: int) -> Place | None:
        """Return the next that waits after place n, from the start again at the end."""
        order = [*self.places[n + 1 :], *self.places[:n]]
        return next((place for place in order if place.is_waiting), None)


@dataclass(frozen=True, slots=True)
class ToMark:
    """One answer with all that its marker reads."""

    asked: Asked
    response: Response
    weight: float
    fraction: float | None
    comment: str
    judgements: int
    answered_at: datetime
    took_ms: int | None

    @property
    def points(self) -> float | None:
        """What it earns as it is marked now."""
        return None if self.fraction is None else round(self.fraction * self.most, 9)

    @property
    def most(self) -> float:
        """The points that can be given; of what is worth none one, to say whether it is right."""
        return self.weight or 1.0


def queue(course: CourseView, uid: str) -> Queue:
    """Return what of an assignment a person marks, of the learners who are in the course now.

    Question by question, and each question's answers in an order that says nothing of the names.
    Raises Absent.
    """
    column = mark_rows.column(course, uid)
    learners = {one.user_id: one for one in access.learners(course.id)}
    places = [
        Place(learners[user_id], seq, question_id, fraction is None)
        for user_id, seq, question_id, fraction in db.session.execute(_places(column.id))
        if user_id in learners
    ]
    return Queue(column, sorted(places, key=lambda place: _turn(column, place)))


def to_mark(place: Place) -> ToMark:
    """Return an answer of a queue."""
    item = sa.and_(
        AttemptItem.user_id == LoggedResponse.user_id,
        AttemptItem.n == LoggedResponse.attempt_n,
        AttemptItem.slot == LoggedResponse.slot,
    )
    row = db.session.execute(
        sa.select(
            LoggedResponse.question_id,
            sa.func.coalesce(Regrade.key_version, LoggedResponse.question_version).label("version"),
            LoggedResponse.payload,
            AttemptItem.weight,
            judged.FRACTION.label("fraction"),
            judged.NOTE.label("comment"),
            Regrade.n,
            LoggedResponse.answered_at,
            LoggedResponse.took_ms,
        )
        .join(AttemptItem, item)
        .outerjoin(Regrade, judged.LATEST)
        .where(LoggedResponse.user_id == place.learner.user_id, LoggedResponse.seq == place.seq)
    ).one()
    return ToMark(
        asked=questions.asked(row.question_id, row.version),
        response=row.payload,
        weight=row.weight,
        fraction=row.fraction,
        comment=row.comment or "",
        judgements=row.n or 0,
        answered_at=row.answered_at,
        took_ms=row.took_ms,
    )


def _places(assignment_id: int) -> sa.Select[Any]:
    sitting = sa.and_(
        LoggedResponse.user_id == Attempt.user_id, LoggedResponse.attempt_n == Attempt.n
    )
    return (
        sa.select(
            LoggedResponse.user_id,
            LoggedResponse.seq,
            LoggedResponse.question_id,
            judged.FRACTION,
        )
        .select_from(Attempt)
        .join(LoggedResponse, sitting)
        .outerjoin(Regrade, judged.LATEST)
        .where(
            Attempt.assignment_id == assignment_id,
            Attempt.state != "open",
            LoggedResponse.graded_by == "person",
            LoggedResponse.try_no == 1,
        )
    )


def _turn(column: Column, place: Place) -> tuple[int, bytes, int]:
    mixed = hashlib.sha256(f"{column.uid}:{place.learner.uid}".encode()).digest()
    return place.question_id, mixed, place.seq
