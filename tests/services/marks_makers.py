"""A small class for tests of marks: an essay and a choice, handed in by some of its learners."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Assignment, LoggedResponse
from quizapp.services.courses import access
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, handing_in, saving
from quizapp.services.quizzes.assigned import Assigned
from quizapp.services.quizzes.attempt_views import Attempt
from quizapp.services.quizzes.quizzes import QuizView
from tests.factories import create_person
from tests.services.course_makers import assigned_quiz, course_of, enrolled
from tests.services.quiz_makers import CHOICE, ESSAY, create_questions, create_quiz

RIGHT: dict[str, Any] = {"option": "o1"}
WRONG: dict[str, Any] = {"option": "o2"}
TEXT: dict[str, Any] = {"text": "White cells fight."}


@dataclass(frozen=True)
class Class:
    """A course with one assigned quiz: place 1 a choice of 1 point, place 2 an essay of 4."""

    teacher: Person
    course: CourseView
    quiz: QuizView
    homework: Assignment
    ada: Person
    ben: Person
    uid: str  # of the homework

    def member(self, person: Person) -> Member:
        return access.member(self.course.id, person.uid)


def create_class(now: datetime, **columns: Any) -> Class:
    """Make the class; columns are those of the assignment (due_at, held ...)."""
    teacher = create_person("instructor", name="Ms Okoro")
    course = course_of(teacher, now=now)
    questions = create_questions(("multiple_choice", CHOICE), ("essay", ESSAY))
    quiz = create_quiz(questions, weights=[1.0, 4.0])
    homework = assigned_quiz(course, quiz.id, now=now, **columns)
    ada, ben = create_person(name="Ada"), create_person(name="Ben")
    for person in (ada, ben):
        enrolled(course, person, now=now)
    uid = homework.uid
    return Class(teacher, course, quiz, homework, ada, ben, uid)


def hand_in(
    made: Class, person: Person, at: datetime, answers: Mapping[int, dict[str, Any]] | None = None
) -> Attempt:
    """Let somebody take the homework in the minute before `at`, with an answer by place."""
    assigned = Assigned(made.homework.id, None, None, made.homework.held)
    begun = attempts.start(person, made.quiz, at - timedelta(minutes=1), 1, assigned)
    for slot, response in (answers or {1: RIGHT, 2: TEXT}).items():
        saving.save(
            person, begun.uid, slot, client_id=str(uuid4()), base_seq=0, response=response,
            flagged=False, now=at - timedelta(seconds=30),
        )  # fmt: skip
    return handing_in.hand_in(person, begun.uid, at)


def answer_of(person: Person, slot: int) -> LoggedResponse:
    """Return somebody's last answer to a place of an attempt."""
    return db.session.scalars(
        sa.select(LoggedResponse)
        .where(LoggedResponse.user_id == person.id, LoggedResponse.slot == slot)
        .order_by(LoggedResponse.seq.desc())
        .limit(1)
    ).one()
