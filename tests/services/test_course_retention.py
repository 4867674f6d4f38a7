"""A course's results go when their time is over; what its learners know stays theirs."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    AssignmentException,
    Attempt,
    AttemptItem,
    AttemptSave,
    Card,
    Course,
    Enrolment,
    ErasedResult,
    Job,
    LoggedResponse,
    Review,
    Snapshot,
)
from quizapp.models.memory import Regrade
from quizapp.services.courses import access, courses, retention
from quizapp.services.courses.access import CourseView
from quizapp.services.operations import jobs, work
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts
from quizapp.services.study import replay_check
from tests.factories import create_person
from tests.services.course_makers import archived, assigned_quiz, course_of, enrolled, excepted
from tests.services.quiz_makers import CHOICE, ESSAY, begin, create_questions, create_quiz

DAYS = 30


class Context:
    """What the worker gives a handler; `stop` is what happens at each step."""

    def __init__(self, now: datetime) -> None:
        self.at, self.shares = now, [0.0]

    def now(self) -> datetime:
        return self.at

    def progress(self, share: float) -> None:
        self.shares.append(share)


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor", "Ms Okoro")


@pytest.fixture
def learner(app: Flask) -> Person:
    return create_person("learner", "Lena")


@pytest.fixture
def course(teacher: Person, learner: Person, now: datetime) -> CourseView:
    """A course with one attempt that is handed in, one that is open, and one of the quiz alone."""
    course = course_of(teacher, tz="Pacific/Auckland", retention_days=DAYS)
    enrolled(course, learner, name="Lena P")
    ids = create_questions(("multiple_choice", CHOICE), ("essay", ESSAY))
    given = create_quiz(ids, feedback="immediate")
    homework = assigned_quiz(course, given.id)
    excepted(homework, learner, marks=[{"points": 1, "note": "", "by": "x", "at": "2026"}])
    for number, (assigned, handed_in) in enumerate(((True, True), (False, True), (True, False))):
        attempt = begin(learner, given, now + timedelta(minutes=number))
        answer = {"option": "o2"}
        attempts.answer_practice(learner, attempt.uid, 1, str(uuid4()), answer, now=now)
        text = {"text": "My own words"}
        if handed_in:
            attempts.answer_practice(learner, attempt.uid, 2, str(uuid4()), text, now=now)
        with writing() as session:
            row = session.scalars(sa.select(Attempt).where(Attempt.uid == attempt.uid)).one()
            row.assignment_id = homework.id if assigned else None
            if handed_in:
                row.state, row.handed_in_at = "handed_in", now
    with writing() as session:
        seq = session.scalars(
            sa.select(LoggedResponse.seq).where(LoggedResponse.slot == 2).order_by("seq").limit(1)
        ).one()
        session.add(Regrade(user_id=learner.id, seq=seq, n=1, score=1, fraction=1, why="person",
                            by=teacher.id, at=now, note="Well put, Lena"))  # fmt: skip
        session.add(Snapshot(kind="course", subject="1", data={"names": ["Lena"]}, as_of=now))
    return access.find(course.uid, teacher)


def count(table: object, *where: object) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0  # type: ignore[arg-type]


def over(course: CourseView, now: datetime) -> datetime:
    """Archive a course; returns when its results go."""
    archived(course, now)
    return now + timedelta(days=DAYS)


def carry_out(now: datetime) -> dict[str, object]:
    """Ask as the worker does, and run the job that was asked for."""
    assert retention.ask(now) == 1
    job = jobs.lease("worker", now)
    assert job
    result = retention.run(job.payload, Context(now))
    jobs.finish(job, result, now)
    return result


def test_the_dry_run_says_who_how_much_and_when(course: CourseView, teacher: Person) -> None:
    archived(course, datetime.fromisoformat("2026-03-02T20:00:00+00:00"))  # the 3rd, there
    plan = retention.plan(access.find(course.uid, teacher))
    assert plan.on == date(2026, 4, 2)
    assert plan.attempts == 2
    assert plan.people == [retention.Foreseen("Lena P", 2, 1, True)]
    assert count(Attempt) == 3


def test_no_day_is_foretold_before_the_archive_or_without_a_number(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    assert retention.plan(course).on is None
    plain = course_of(teacher)
    archived(plain, now)
    assert retention.plan(access.find(plain.uid, teacher)).on is None
    assert retention.ask(now + timedelta(days=9999)) == 0


def test_what_the_course_holds_goes_and_what_the_learner_knows_stays(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    alone = db.session.scalars(sa.select(Attempt.n).where(Attempt.assignment_id.is_(None))).one()
    known = count(Review), count(Card), count(LoggedResponse)
    assert min(known) > 0
    assert carry_out(over(course, now)) == {"people": 1, "attempts": 2}
    assert db.session.scalars(sa.select(Attempt.n)).all() == [alone]
    assert set(db.session.scalars(sa.select(AttemptItem.n))) == {alone}
    assert count(AttemptSave, AttemptSave.n != alone) == 0
    assert count(AssignmentException) == count(Snapshot) == 0
    assert db.session.scalars(sa.select(Enrolment.user_id)).all() == [teacher.id]
    assert (count(Review), count(Card), count(LoggedResponse)) == known
    assert set(db.session.scalars(sa.select(LoggedResponse.attempt_n))) == {None, alone}
    assert count(Regrade, sa.or_(Regrade.note.is_not(None), Regrade.by.is_not(None))) == 0
    assert replay_check.check().different == 0


def test_the_statistics_keep_what_was_handed_in_without_its_person(
    course: CourseView, now: datetime
) -> None:
    carry_out(over(course, now))
    kept = db.session.scalars(sa.select(ErasedResult).order_by(ErasedResult.slot)).all()
    assert [row.choices for row in kept] == [["o2"], []]
    assert len({row.attempt_key for row in kept}) == 1
    assert [row.score for row in kept] == [0, 1]
    assert {row.month for row in kept} == {"2026-03"}


def test_nothing_goes_a_moment_too_early_or_twice(course: CourseView, now: datetime) -> None:
    end = over(course, now)
    assert retention.ask(end - timedelta(microseconds=1)) == 0
    carry_out(end)
    kept = count(ErasedResult)
    assert retention.ask(end + timedelta(days=1)) == 0
    assert retention.run({"course": course.id}, Context(end))["people"] == 0
    assert count(ErasedResult) == kept


def test_the_worker_does_it_by_itself_when_the_time_is_over(
    app: Flask, course: CourseView, now: datetime
) -> None:
    end = over(course, now)
    for at, left in ((end - timedelta(days=1), 3), (end, 1)):
        work.Worker("w", app.app_context, Context(at).now).run(once=True)
        db.session.rollback()  # what was read before is as old
        assert count(Attempt) == left


def test_asking_twice_asks_for_one_job(course: CourseView, now: datetime) -> None:
    end = over(course, now)
    assert [retention.ask(end), retention.ask(end)] == [1, 1]
    assert count(Job) == 1


def test_a_course_that_was_taken_up_again_in_between_keeps_everything(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    end = over(course, now)
    retention.ask(end)
    courses.reopen(course, teacher, end)
    result = retention.run({"course": course.id}, Context(end))
    assert result == {"people": 0, "attempts": 0, "stopped": True}
    assert count(Attempt) == 3
    assert count(Enrolment) == 2


def test_it_stops_between_two_people_when_the_course_goes_on(
    course: CourseView, teacher: Person, now: datetime
) -> None:
    enrolled(course, create_person(name="Omar"))
    end = over(course, now)

    class Reopens(Context):
        def progress(self, share: float) -> None:
            super().progress(share)
            courses.reopen(course, teacher, end)

    result = retention.run({"course": course.id}, Reopens(end))
    assert result["people"] == 1
    assert [one.name for one in access.learners(course.id)] == ["Omar"]


def test_who_had_left_is_forgotten_too(course: CourseView, learner: Person, now: datetime) -> None:
    with writing() as session:
        session.get_one(Enrolment, (course.id, learner.id)).left_at = now
    carry_out(over(course, now))
    assert count(Enrolment, Enrolment.user_id == learner.id) == 0
    assert count(Attempt) == 1


def test_another_course_keeps_what_it_has(
    course: CourseView, teacher: Person, learner: Person, now: datetime
) -> None:
    other = course_of(teacher, "Chemistry", retention_days=DAYS)
    enrolled(other, learner)
    excepted(assigned_quiz(other, 1), learner, tries=3)
    carry_out(over(course, now))
    assert count(AssignmentException) == 1
    assert count(Enrolment, Enrolment.course_id == other.id) == 2


def test_a_course_that_is_gone_ends_the_job(app: Flask, now: datetime) -> None:
    assert retention.run({"course": 77}, Context(now))["people"] == 0
    assert count(Course) == 0
