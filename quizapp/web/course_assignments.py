"""The assignments of a course: their list, making and changing them, releasing results."""

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.content import bank_pages
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, assignments, goal_facts
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignments import AssignmentView
from quizapp.services.quizzes import quizzes
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import assignment_forms, course_exceptions, course_frame, plan_shown
from quizapp.web.assignment_forms import GoalForm, NewGoalForm, NewQuizForm, QuizTermsForm
from quizapp.web.assignment_pages import blueprint, cut, page, refuse, results_state, staffed
from quizapp.web.forms import ActForm
from quizapp.web.identity import now, person

MODULES = (course_exceptions,)  # adds its pages to the same blueprint
CSV = (
    "title", "kind", "opens_at", "due_at", "closes_at", "tries", "counts", "late_until_hours",
    "late_percent_per_day", "results",
)  # fmt: skip


@blueprint.get("")
def index(uid: str) -> ResponseReturnValue:
    """List what the course was given, by due time; also as CSV."""
    course = staffed(uid)
    found = assignments.of_course(course.id)
    if course_frame.wants_csv():
        return course_frame.csv_file("assignments", CSV, map(_csv_row, found))
    rows, pages = cut(found, course_frame.page_asked())
    return page(
        "assignments.html", course, rows=rows, pages=pages,
        at=min(course_frame.page_asked(), pages), results_state=results_state,
        needed=plan_shown.needed(course, rows, now()),
    )  # fmt: skip


def _csv_row(one: AssignmentView) -> Sequence[object]:
    times = [at and at.isoformat() for at in (one.opens_at, one.due_at, one.closes_at)]
    late = (one.late.until_hours, one.late.percent_per_day)
    kind = "quiz" if one.is_quiz else "goal"
    return (one.title, kind, *times, one.tries, one.counts, *late, results_state(one.terms))


@blueprint.route("/new", methods=["GET", "POST"])
def new(uid: str) -> ResponseReturnValue:
    """Give the course a quiz; ?quiz= is chosen already."""
    course, form = staffed(uid, to_change=True), NewQuizForm()
    form.offer(quizzes.visible_quizzes(person()), request.args.get("quiz", ""))
    if form.validate_on_submit():
        try:
            terms = assignment_forms.terms_in(form, course)
            assignments.create_quiz(course, course_frame.me(), form.slug, terms, now())
            return _done(course, _("Assigned."))
        except Absent:
            said = _("Choose a quiz, or paste the link of one that you may take.")
            form["link" if form.link.data else "quiz"].errors = [said]
        except Unfit as error:
            refuse(form, error)
        course = staffed(uid)
    return page("assignment_quiz.html", course, form=form, one=None), _status(form)


@blueprint.route("/new-goal", methods=["GET", "POST"])
def new_goal(uid: str) -> ResponseReturnValue:
    """Give the course a bank to know by a date; ?bank= is chosen already."""
    course, form = staffed(uid, to_change=True), NewGoalForm()
    offered = [(one.slug, one.title) for one in bank_pages.visible_names(person())]
    form.offer(offered, request.args.get("bank", ""))
    if form.validate_on_submit():
        try:
            terms = assignment_forms.terms_in(form, course)
            share, me = form.percent.data / 100, course_frame.me()
            assignments.create_goal(course, me, form.slug, None, share, terms, now())
            return _done(course, _("Assigned. The class can study this bank now."))
        except Absent:
            said = _("Choose a bank, or paste the link of one that you may see.")
            form["link" if form.link.data else "bank"].errors = [said]
        except Unfit as error:
            refuse(form, error)
        course = staffed(uid)
    return page("assignment_goal.html", course, form=form, one=None), _status(form)


@blueprint.route("/<assignment>/edit", methods=["GET", "POST"])
def edit(uid: str, assignment: str) -> ResponseReturnValue:
    """Show the terms of an assignment and take other ones."""
    course = staffed(uid)
    one = assignments.find(course, assignment)
    filled = assignment_forms.filled(one, course)
    form = QuizTermsForm(data=filled) if one.is_quiz else GoalForm(data=filled)
    if form.validate_on_submit():
        try:
            _change(course, one, form)
            return _done(course, _("Saved."))
        except Unfit as error:
            refuse(form, error)
        course = staffed(uid)
        one = assignments.find(course, assignment)
    template = "assignment_quiz.html" if one.is_quiz else "assignment_goal.html"
    more = {} if one.is_quiz else {"facts": goal_facts.offered(one)}
    return page(template, course, form=form, one=one, others=_others(course), **more), _status(form)


def _change(course: CourseView, one: AssignmentView, form: QuizTermsForm | GoalForm) -> None:
    terms = assignment_forms.terms_in(form, course, one)
    terms = replace(terms, title=terms.title or one.title)
    if one.is_quiz:
        assignments.change(course, one.uid, terms, now())
        return
    chosen = None
    if request.form.get("which") == "some":
        chosen = goal_facts.chosen(one, request.form.getlist("fact"))
    assignments.change(
        course, one.uid, terms, now(), fact_ids=chosen, retention=form.percent.data / 100
    )


@blueprint.post("/<assignment>/release")
def release(uid: str, assignment: str) -> ResponseReturnValue:
    """Let learners see held results from now on."""
    course = staffed(uid)
    assignments.release(course, assignment, course_frame.me(), now())
    return _done(course, _("Released: learners see points and answers now."))


@blueprint.post("/<assignment>/copy")
def copy(uid: str, assignment: str) -> ResponseReturnValue:
    """Give another of one's courses the same."""
    course = staffed(uid)
    target = staffed(request.form.get("course", ""))
    try:
        assignments.duplicate(course, assignment, target, course_frame.me(), now())
    except Unfit as error:
        flash(_(str(error)), "partial")
        return redirect(url_for("course_assignments.edit", uid=uid, assignment=assignment), 303)
    return _done(target, _("Copied to this course, at the same times."))


@blueprint.route("/<assignment>/delete", methods=["GET", "POST"])
def delete(uid: str, assignment: str) -> ResponseReturnValue:
    """Ask once more, then take an assignment back."""
    course = staffed(uid)
    one = assignments.find(course, assignment)
    if ActForm().validate_on_submit():
        assignments.delete(course, one.uid, course_frame.me(), now())
        return _done(course, _("Deleted. What was answered stays with the learners."))
    taken = assignments.attempts_at(one)
    return render_template("courses/assignment_delete.html", course=course, one=one, taken=taken)


def _others(course: CourseView) -> list[CourseView]:
    """Return the other courses that the visitor could copy to."""
    mine = access.of_person(course_frame.me())
    return [one for one in mine if one.is_staff and one.id != course.id]


def _done(course: CourseView, said: str) -> ResponseReturnValue:
    flash(said, "right")
    return redirect(url_for("course_assignments.index", uid=course.uid), 303)


def _status(form: ActForm) -> int:
    return 422 if form.is_submitted() else 200
