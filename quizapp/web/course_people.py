"""The people of a course: how they come in, who is what, and how much time they have."""

from collections.abc import Sequence

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, joining
from quizapp.services.courses.access import INSTRUCTOR, CourseView, Member
from quizapp.services.courses.joining import NoInstructor
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import course_frame, course_words
from quizapp.web.course_forms import RoleForm
from quizapp.web.course_frame import blueprint, csv_file, me, taught
from quizapp.web.forms import ActForm, TimeForm
from quizapp.web.identity import now, person
from quizapp.web.shared import absolute

PAGE = 50
HEAD = ("name", "role", "guest", "joined_on")


@blueprint.get("/courses/<uid>/people")
def people(uid: str) -> ResponseReturnValue:
    """List who is in a course; to its instructors also the code, and what can be changed."""
    course = access.for_staff(uid, person())
    search = request.args.get("q", "")[: joining.LONGEST_NAME].strip()
    found = [one for one in access.members(course.id) if search.casefold() in one.name.casefold()]
    if course_frame.wants_csv():
        return csv_file("people", HEAD, [_line(one) for one in found])
    pages = max(1, -(-len(found) // PAGE))
    number = min(course_frame.page_asked(), pages)
    return course_frame.page(
        "people.html",
        course,
        members=found[(number - 1) * PAGE : number * PAGE],
        total=len(found),
        q=search,
        number=number,
        pages=pages,
        invite=_invite(course),
        changes=course.role == INSTRUCTOR and not course.is_archived,
        words=course_words,
    )


@blueprint.post("/courses/<uid>/code")
def open_code(uid: str) -> ResponseReturnValue:
    """Give a course a new code; nobody joins with the one before."""
    course = _sent(uid)
    joining.open_code(course, current_app.config["SECRET_KEY"], now())
    return _done(course, _("Here is the code. Another one no longer works."))


@blueprint.post("/courses/<uid>/code/close")
def close_code(uid: str) -> ResponseReturnValue:
    """End a course's code."""
    course = _sent(uid)
    joining.close_code(course)
    return _done(course, _("Nobody can join any more. Who is in the course stays in it."), "info")


@blueprint.post("/courses/<uid>/people/<who>/role")
def role(uid: str, who: str) -> ResponseReturnValue:
    """Make somebody learner, assistant or instructor."""
    course, form = _sent(uid), RoleForm()
    member = access.member(course.id, who)
    if not form.validate_on_submit():
        return _done(course, _("There is no such role."), "wrong")
    try:
        joining.give_role(course, member.user_id, form.role.data, me(), now())
    except Unfit as error:
        return _done(course, str(error), "wrong")
    except NoInstructor:
        return _done(course, _needs_instructor(), "wrong")
    return _done(course, _("%(who)s has another role now.", who=_called(member)))


@blueprint.post("/courses/<uid>/people/<who>/time")
def time(uid: str, who: str) -> ResponseReturnValue:
    """Give somebody more of each time limit, once for all; no reason is asked or kept."""
    course, form = _sent(uid), TimeForm()
    member = access.member(course.id, who)
    if not form.validate_on_submit():
        return _done(course, _("Give 100 to 400 percent."), "wrong")
    joining.give_time(course, member.user_id, form.percent.data, me(), now())
    percent = form.percent.data
    return _done(
        course, _("%(who)s has %(n)s percent of the time.", who=_called(member), n=percent)
    )


@blueprint.post("/courses/<uid>/people/<who>/remove")
def remove(uid: str, who: str) -> ResponseReturnValue:
    """Take somebody out of a course; they can join again while there is a code."""
    course = _sent(uid)
    member = access.member(course.id, who)
    try:
        joining.remove(course, member.user_id, me(), now())
    except NoInstructor:
        return _done(course, _needs_instructor(), "wrong")
    if member.user_id == me().id:
        return redirect(url_for("courses.index"), 303)
    return _done(course, _("%(who)s is not in the course any more.", who=_called(member)), "info")


def _sent(uid: str) -> CourseView:
    """Return a course that the person may change, where the form that was sent is ours."""
    course = taught(uid)
    if not ActForm().validate_on_submit():
        raise Absent
    return course


def _invite(course: CourseView) -> tuple[str, str] | None:
    """Return the code that works now and the address that holds it; None where none does."""
    if course.role != INSTRUCTOR:
        return None
    code = joining.code_of(course, current_app.config["SECRET_KEY"])
    try:
        opens = joining.course_of_code(code or "", now())
    except Absent:  # it ended, or the app has another secret than when it was made
        return None
    if code is None or opens.id != course.id:
        return None
    return code, absolute(url_for("courses.join", code=code))


def _line(member: Member) -> Sequence[object]:
    guest = "yes" if member.is_guest else "no"
    return (member.name, member.role, guest, member.joined_at.date().isoformat())


def _called(member: Member) -> str:
    return member.name or _("That person")


def _needs_instructor() -> str:
    return _("Nobody else teaches this course. Make somebody instructor first.")


def _done(course: CourseView, words: str, kind: str = "right") -> Response:
    flash(words, kind)
    search, number = request.args.get("q"), request.args.get("page")
    return redirect(url_for("courses.people", uid=course.uid, q=search, page=number), 303)
