"""What a demo course is given: an exam that is over, a round with an essay, and a study goal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Quiz
from quizapp.services.courses import assignments, course_tasks, demo_plan
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignment_terms import Late, Terms
from quizapp.services.courses.demo_history import Bank, Life
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.attempt_views import Attempt

EXAM, ROUND = "exam", "practice"  # keys of the bank's quizzes
EXAM_OPENS, EXAM_DUE = timedelta(days=14), timedelta(days=18)
ROUND_OPENS = timedelta(days=20)
LEFT = timedelta(days=3)  # the round is due so long after now
GOAL_DUE = timedelta(days=14)  # after now
RETENTION = 0.9
LATE_BY = timedelta(hours=5)
PASSES = 60  # percent
RETAKES = 0.5  # of those who did not pass
SKIPS = 0.3  # of the learners, who have not begun the round


@dataclass(frozen=True, slots=True)
class Tasks:
    """The assignments of its two quizzes, by uid; None where the bank lost the quiz."""

    exam: str | None
    round: str | None


def assign(course: CourseView, teacher: Person, bank: Bank, start: datetime) -> Tasks:
    """Give the course its quizzes and its study goal, as at `start`."""
    end = start + timedelta(days=demo_plan.DAYS)
    exam = Terms("Exam in week three", start + EXAM_OPENS, start + EXAM_DUE, tries=2,
                 counts="best", late=Late(48, 10))  # fmt: skip
    round_ = Terms("A round, and a text of your own", start + ROUND_OPENS, end + LEFT)
    goal = Terms("Know the article by the final exam", due_at=end + GOAL_DUE)
    assignments.create_goal(course, teacher, bank.slug, None, RETENTION, goal, start)
    return Tasks(
        _quiz(course, teacher, bank, EXAM, exam, start),
        _quiz(course, teacher, bank, ROUND, round_, start),
    )


def _quiz(
    course: CourseView, teacher: Person, bank: Bank, key: str, terms: Terms, start: datetime
) -> str | None:
    slug = db.session.scalar(
        sa.select(Quiz.slug).where(
            Quiz.bank_id == bank.id, Quiz.key == key, Quiz.status == "active"
        )
    )
    return slug and assignments.create_quiz(course, teacher, slug, terms, start)


def events(
    life: Life, course: CourseView, tasks: Tasks
) -> dict[datetime, Callable[[datetime], None]]:
    """Return when a learner takes which quiz; `course` is as the learner sees it.

    Who stopped misses both, and who guesses comes late to the exam.
    """

    def begin(uid: str, at: datetime) -> Attempt:
        return course_tasks.start(course, uid, life.person, at, life.seed())

    def sit(uid: str, at: datetime) -> None:
        done = life.sit(begin(uid, at))
        if (done.percent or 0) < PASSES and life.rng.random() < RETAKES:
            life.sit(begin(uid, life.clock + timedelta(hours=2)))

    found: dict[datetime, Callable[[datetime], None]] = {}
    if life.learner.kind == demo_plan.STOPPED:
        return found
    if exam := tasks.exam:
        found[_sits_at(life)] = lambda at: sit(exam, at)
    if (uid := tasks.round) and life.rng.random() >= SKIPS:
        days = life.rng.random() * (demo_plan.DAYS - 1 - ROUND_OPENS.days)
        found[life.start + ROUND_OPENS + timedelta(days=days)] = lambda at: life.practise(
            begin(uid, at)
        )
    return found


def _sits_at(life: Life) -> datetime:
    if life.learner.kind == demo_plan.GUESSING:
        return life.start + EXAM_DUE + LATE_BY
    return life.start + EXAM_OPENS + (EXAM_DUE - EXAM_OPENS) * 0.7 * life.rng.random()
