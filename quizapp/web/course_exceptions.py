"""Exceptions from an assignment: who gets other dates or tries, or is excused."""

from collections.abc import Sequence

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.courses import access, assignment_exceptions, assignments, course_privacy
from quizapp.services.courses.assignment_exceptions import Row
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import assignment_forms, course_frame
from quizapp.web.assignment_forms import ChangeForm
from quizapp.web.assignment_pages import blueprint, cut, page, refuse, staffed
from quizapp.web.identity import now

CSV = ("learner", "opens_at", "due_at", "closes_at", "tries", "excused", "differs")


@blueprint.get("/<assignment>/exceptions")
def exceptions(uid: str, assignment: str) -> ResponseReturnValue:
    """List the learners with what each of them gets; also as CSV."""
    course = staffed(uid)
    one = assignments.find(course, assignment)
    found = assignment_exceptions.of_assignment(one)
    if course_frame.wants_csv():
        return course_frame.csv_file("exceptions", CSV, map(_csv_row, found))
    rows, pages = cut(found, course_frame.page_asked())
    at = min(course_frame.page_asked(), pages)
    return page("assignment_exceptions.html", course, one=one, rows=rows, pages=pages, at=at)


def _csv_row(row: Row) -> Sequence[object]:
    terms = row.terms
    times = [at and at.isoformat() for at in (terms.opens_at, terms.due_at, terms.closes_at)]
    return (row.member.name, *times, terms.tries, int(terms.excused), int(row.differs))


@blueprint.route("/<assignment>/exceptions/<member>", methods=["GET", "POST"])
def exception(uid: str, assignment: str, member: str) -> ResponseReturnValue:
    """Show and take what one person gets that differs."""
    course = staffed(uid)
    one, who = assignments.find(course, assignment), access.member(course.id, member)
    if who.role != access.LEARNER:
        abort(404)
    course_privacy.looked(course_frame.me(), course, who.user_id, "exceptions", now())
    row = assignment_exceptions.of_member(one, who)
    times = assignment_forms.walls(row.change, course)
    form = ChangeForm(data={**times, "tries": row.change.tries, "excused": row.change.excused})
    if form.validate_on_submit():
        change = assignment_forms.change_in(form, course, row.change)
        try:
            assignment_exceptions.save(course, one.uid, who, change, course_frame.me(), now())
        except Unfit as error:
            refuse(form, error)
            course = staffed(uid)
        else:
            flash(_("Saved for %(name)s.", name=who.name), "right")
            back = url_for(".exceptions", uid=uid, assignment=one.uid)
            return redirect(back, 303)
    status = 422 if request.method == "POST" else 200
    return page("assignment_exception.html", course, one=one, row=row, form=form), status
