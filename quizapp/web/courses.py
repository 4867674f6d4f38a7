"""Courses: the list of one's own, making one, joining with a code, leaving."""

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, course_lists, courses, joining
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.joining import NoInstructor
from quizapp.services.people import throttling
from quizapp.services.people.throttling import Throttled
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import course_frame, course_people, course_settings, identity
from quizapp.web.course_forms import CodeForm, CourseForm, NameForm
from quizapp.web.forms import ActForm
from quizapp.web.identity import instructor_required, now, person

# All pages of people and settings are of one blueprint; the other modules add theirs to it.
blueprint = course_frame.blueprint
MODULES = (course_people, course_settings)


@blueprint.get("/courses")
def index() -> str:
    """List the courses that one teaches, attends, or did."""
    return render_template("courses/index.html", mine=course_lists.of_person(person()))


@blueprint.route("/courses/new", methods=["GET", "POST"])
@instructor_required
def new() -> ResponseReturnValue:
    """Make a course, and a code with which its class can join at once."""
    form = CourseForm(data={"tz": course_frame.me().tz})
    if form.validate_on_submit():
        try:
            course = courses.create(course_frame.me(), form.wanted(now()), now())
        except Unfit as error:
            form[error.field].errors = [str(error)]
        else:
            joining.open_code(course, current_app.config["SECRET_KEY"], now())
            flash(_("Made. Now the class can join with this code."), "right")
            return redirect(url_for("courses.people", uid=course.uid), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("courses/new.html", form=form), status


@blueprint.route("/join", methods=["GET", "POST"])
@blueprint.route("/join/<code>", methods=["GET", "POST"])
def join(code: str | None = None) -> ResponseReturnValue:
    """Find the course of a code, and join it: as oneself, or as a guest with a name."""
    if code is None:
        return _ask_for_code()
    try:
        course = _opened(code)
    except (Absent, Throttled) as error:
        return _no_such_code(code, error)
    if _is_in(course):
        return redirect(_first_page(course))
    form = NameForm(data={"name": _own_name()})
    if not form.validate_on_submit():
        return _join_page(course, code, form), 422 if form.is_submitted() else 200
    try:
        joining.join(course, identity.person_or_guest(), form.name.data, now())
    except Unfit as error:
        form.name.errors = [str(error)]
        return _join_page(course, code, form), 422
    flash(_("You are in %(course)s now.", course=course.title), "right")
    return redirect(_first_page(course), 303)


@blueprint.route("/courses/<uid>/leave", methods=["GET", "POST"])
def leave(uid: str) -> ResponseReturnValue:
    """Leave a course, after one more question; what one knows comes along."""
    course, refused = access.find(uid, person()), None
    if ActForm().validate_on_submit():
        try:
            joining.leave(course, course_frame.me(), now())
        except NoInstructor:
            refused = _("Nobody else teaches this course. Make somebody instructor first.")
        else:
            flash(_("You have left %(course)s.", course=course.title), "info")
            return redirect(url_for("courses.index"), 303)
    page = course_frame.page("leave.html", course, refused=refused)
    return page, 409 if refused else 200


def _ask_for_code() -> ResponseReturnValue:
    form = CodeForm()
    letters = ""
    if form.validate_on_submit():
        letters = "".join(one for one in form.code.data if one.isalnum())
        if not letters:
            form.code.errors = [_("A code has letters and digits.")]
    if letters:
        return redirect(url_for("courses.join", code=letters), 303)
    return render_template("courses/join.html", form=form), 422 if form.is_submitted() else 200


def _no_such_code(code: str, error: Exception) -> ResponseReturnValue:
    """Show the code as it was typed, to be mended; the same words for wrong, ended and closed."""
    form = CodeForm(formdata=None, data={"code": code[: course_frame.LONGEST_SHOWN]})
    throttled = isinstance(error, Throttled)
    words = _("Too many tries. Wait a minute, then try again.")
    if not throttled:
        words = _("No course is open under this code. Look again, or ask for a new one.")
    form.code.errors = [words]
    return render_template("courses/join.html", form=form), 429 if throttled else 404


def _opened(code: str) -> CourseView:
    """Return the course of a code; each miss is counted, so that codes cannot be guessed."""
    limits = joining.limits(identity.address())
    throttling.take(limits, now())
    course = joining.course_of_code(code, now())
    throttling.give_back(limits, now())
    return course


def _is_in(course: CourseView) -> bool:
    who = person()
    return who is not None and course.uid in {one.uid for one in access.of_person(who)}


def _own_name() -> str:
    who = person()
    return who.name[: joining.LONGEST_NAME] if who else ""


def _join_page(course: CourseView, code: str, form: NameForm) -> str:
    return render_template("courses/join_as.html", course=course, code=code, form=form)


def _first_page(course: CourseView) -> str:
    return url_for("course_first.show", uid=course.uid)
