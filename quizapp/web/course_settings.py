"""A course's settings: what it is called, when it ends, what is deleted then, and who looked."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, course_privacy, courses, retention
from quizapp.services.courses.access import CourseView
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import course_frame, course_words
from quizapp.web.course_forms import CourseForm
from quizapp.web.course_frame import blueprint, csv_file, me, taught
from quizapp.web.forms import ActForm
from quizapp.web.identity import now, person

PAGE = 100
FIELDS = ("title", "tz", "ends_on", "retention_days")
PLANNED = ("name", "attempts", "exceptions", "leaves_the_course")
NOTED = ("at", "who", "about", "what")


@blueprint.route("/courses/<uid>/settings", methods=["GET", "POST"])
def settings(uid: str) -> ResponseReturnValue:
    """Say what a course is called, where it is, when it ends, how long results are kept."""
    course = access.for_instructor(uid, person())
    form = CourseForm(data={name: getattr(course, name) for name in FIELDS})
    if form.validate_on_submit():
        try:
            courses.change(taught(uid), form.wanted(now()))
        except Unfit as error:
            form[error.field].errors = [str(error)]
        else:
            return _done(course, _("Saved."))
    page = course_frame.page("settings.html", course, form=form, goes_on=retention.day_of(course))
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/courses/<uid>/archive")
def archive(uid: str) -> ResponseReturnValue:
    """End a course; it can be taken up again."""
    course = _sent(uid)
    courses.archive(taught(uid), me(), now())
    return _done(course, _("Archived. Everything can still be looked at."), "info")


@blueprint.post("/courses/<uid>/reopen")
def reopen(uid: str) -> ResponseReturnValue:
    """Take an archived course up again; nothing of it is deleted then."""
    course = _sent(uid)
    courses.reopen(course, me(), now())
    return _done(course, _("The course goes on. Set a last day again if it has one."))


@blueprint.get("/courses/<uid>/deletion")
def deletion(uid: str) -> ResponseReturnValue:
    """Show what will be deleted of whom, and when, before it is."""
    course = access.for_instructor(uid, person())
    plan = retention.plan(course)
    if course_frame.wants_csv():
        rows = [
            (p.name, p.attempts, p.exceptions, "yes" if p.enrolled else "no") for p in plan.people
        ]
        return csv_file("deletion", PLANNED, rows)
    pages = max(1, -(-len(plan.people) // PAGE))
    number = min(course_frame.page_asked(), pages)
    shown = plan.people[(number - 1) * PAGE : number * PAGE]
    return course_frame.page(
        "deletion.html", course, plan=plan, shown=shown, number=number, pages=pages
    )


@blueprint.get("/courses/<uid>/audit")
def audit(uid: str) -> ResponseReturnValue:
    """Show who looked at whose data, and what was changed about whom."""
    course = access.for_instructor(uid, person())
    if course_frame.wants_csv():
        every = course_privacy.of_course(course, size=course_privacy.MOST).entries
        rows = [(n.at.isoformat(), n.actor, n.subject, course_words.noted(n)) for n in every]
        return csv_file("audit", NOTED, rows)
    listing = course_privacy.of_course(course, course_frame.page_asked())
    return course_frame.page("audit.html", course, listing=listing, words=course_words)


def _sent(uid: str) -> CourseView:
    """Return the course where the person teaches it and the form that was sent is ours."""
    course = access.for_instructor(uid, person())
    if not ActForm().validate_on_submit():
        raise Absent
    return course


def _done(course: CourseView, words: str, kind: str = "right") -> Response:
    flash(words, kind)
    return redirect(url_for("courses.settings", uid=course.uid), 303)
