"""A course as its learners see it: what is due next, one assignment, and beginning it."""

import secrets

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from quizapp.services.content import bank_pages
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, assignments, calendars, course_tasks, marks
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.course_tasks import Task
from quizapp.services.courses.marks import Mark
from quizapp.services.quizzes import attempts, handing_in
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.quizzes.quizzes import QuizView
from quizapp.web import assignment_pages, attempt_pages, course_frame, plan_shown
from quizapp.web.identity import now, person
from quizapp.web.shared import absolute

blueprint = Blueprint("course_learner", __name__, url_prefix="/courses/<uid>/assignments")


def page(course: CourseView) -> ResponseReturnValue:
    """Return what a learner sees at the address of the course."""
    who = course_frame.me()
    tasks = course_tasks.of_course(course, who, now())
    token = calendars.token(who, current_app.config["SECRET_KEY"])
    return assignment_pages.page(
        "learner.html",
        course,
        tasks=tasks,
        plannable=plan_shown.plannable(who, course, now()),
        marks=_marks(course),
        calendar=absolute(url_for("course_calendar.show", token=token)),
    )


@blueprint.get("/<assignment>/start")
def assignment(uid: str, assignment: str) -> ResponseReturnValue:
    """Say what to expect of an assignment, and what came of it; teachers see its terms."""
    course = access.find(uid, person())
    if course.is_staff:
        one = assignments.find(course, assignment)
        return redirect(url_for("course_assignments.edit", uid=uid, assignment=one.uid))
    task = course_tasks.find(course, assignment, course_frame.me(), now())
    quiz = _quiz(task)
    return assignment_pages.page(
        "assignment.html",
        course,
        task=task,
        quiz=quiz,
        minutes=attempt_pages.minutes_for(quiz.settings) if quiz else None,
        past=_past(task),
        mark=_marks(course).get(task.assignment.id),
        plannable=plan_shown.plannable(course_frame.me(), course, now()),
        bank=_bank(task),
    )


@blueprint.post("/<assignment>/start")
def start(uid: str, assignment: str) -> ResponseReturnValue:
    """Begin an attempt at an assigned quiz, or go on with the open one."""
    course = access.find(uid, person(), access.LEARNER)
    seed = secrets.randbelow(attempts.SEEDS)
    try:
        begun = course_tasks.start(course, assignment, course_frame.me(), now(), seed)
    except Refused as refused:
        flash(attempt_pages.reason(refused.code), "partial")
        return redirect(url_for("course_learner.assignment", uid=uid, assignment=assignment), 303)
    return redirect(url_for("attempts.show", uid=begun.uid), 303)


def _quiz(task: Task) -> QuizView | None:
    """Return the quiz; None of a goal, and where it was retired since."""
    try:
        return course_tasks.quiz_of(task)
    except Absent:
        return None


def _past(task: Task) -> list[handing_in.Attempt]:
    """Return the attempts that are handed in, the newest first."""
    one = task.assignment
    if one.quiz_id is None:
        return []
    found = handing_in.history(course_frame.me(), one.quiz_id, now(), one.id)
    return [attempt for attempt in found if not attempt.is_open]


def _bank(task: Task) -> bank_pages.BankName | None:
    slug = task.assignment.bank_slug
    return bank_pages.named(slug, course_frame.me()) if slug else None


def _marks(course: CourseView) -> dict[int, Mark]:
    found = marks.of_learner(course, course_frame.me().id, now())
    return {mark.assignment_id: mark for mark in found}
