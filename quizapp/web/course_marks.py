"""A course's marks: the table, what is behind each mark, points by hand, release, and files."""

import io
import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Any, cast

from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.courses import mark_exports, mark_rows, marking, marks
from quizapp.services.courses.access import CourseView
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import course_mark_pages as pages
from quizapp.web import course_marking
from quizapp.web.course_frame import me, page_asked
from quizapp.web.course_mark_pages import Wanted
from quizapp.web.identity import now

# Marking by hand is in a module of its own, on the same blueprint.
blueprint = pages.blueprint
MODULES = (course_marking,)
IN_MEMORY = 4 * 2**20  # bytes of a file; what is longer waits on the disk
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
def show(uid: str) -> str:
    """Show the marks of the class, forty learners a page."""
    course = pages.shown(uid)
    asked = Wanted(
        q=request.args.get("q", "").strip()[: pages.LONGEST_SEARCH],
        sort=request.args.get("sort", "name"),
        falls=request.args.get("order") == "falls",
        page=page_asked(),
    )
    sheet = pages.sheet(course, asked, now())
    waiting = mark_rows.waiting_in(course)
    return pages.page("marks.html", course, sheet=sheet, waiting=waiting, now=now())


@blueprint.get("/learners/<who>")
def of_learner(uid: str, who: str) -> str:
    """Show one learner's marks, each with the way to what is behind it."""
    course = pages.shown(uid)
    learner = pages.learner(course, who, "marks")
    table = marks.of_course(course, now(), [learner])
    found = [table.marks[(learner.user_id, column.id)] for column in table.assignments]
    return pages.page(
        "marks_of.html",
        course,
        learner=learner,
        rows=list(zip(table.assignments, found, strict=True)),
        total=table.total(learner.user_id),
    )


@blueprint.get("/<assignment>/<who>")
def one(uid: str, assignment: str, who: str) -> ResponseReturnValue:
    """Show a learner's mark in an assignment: its attempts, and points given by hand."""
    return _one(pages.shown(uid), assignment, who)


@blueprint.post("/<assignment>/<who>")
def give(uid: str, assignment: str, who: str) -> ResponseReturnValue:
    """Give points in place of those of the attempts, or take them back."""
    course = pages.open_course(uid)
    learner = pages.learner(course, who, "marks")
    form = request.form
    try:
        points = None if form.get("go") == "back" else pages.points_in(form.get("points", ""))
        if points is None and form.get("go") != "back":
            raise Unfit("points", "Write how many points.")
        note = form.get("note", "")
        marking.give(course, assignment, learner, points, note, me(), now())
    except Unfit as error:
        return _one(course, assignment, who, error), 422
    flash(_("Taken back.") if points is None else _("The points are given."), "right")
    return redirect(url_for(".one", uid=uid, assignment=assignment, who=who), 303)


def _one(course: CourseView, assignment: str, who: str, error: Unfit | None = None) -> str:
    learner = pages.learner(course, who, "marks")
    found = marks.detail(course, assignment, learner, now())
    names = mark_rows.names_of([given.by for given in found.given])
    return pages.page("mark.html", course, found=found, names=names, error=error, form=request.form)


@blueprint.post("/<assignment>/release")
def release(uid: str, assignment: str) -> ResponseReturnValue:
    """Let the learners see an assignment's results, or withhold them."""
    course, on = pages.open_course(uid), request.form.get("on") == "1"
    marking.release(course, assignment, on, me(), now())
    said = _("Learners see their results now.") if on else _("The results are withheld.")
    flash(said, "right" if on else "info")
    return redirect(url_for(".show", uid=uid), 303)


@blueprint.get("/table.<kind>")
def table(uid: str, kind: str) -> Response:
    """Send the table of marks as CSV or as an Excel sheet."""
    course = pages.shown(uid)
    if kind not in {"csv", "xlsx"}:
        abort(404)
    mark_exports.noted(course, me(), "marks", now())
    rows = mark_exports.table_rows(marks.of_course(course, now()))
    if kind == "csv":
        return _csv(rows, "marks.csv")
    file = io.BytesIO(mark_exports.as_xlsx(rows, _("Marks")))
    return send_file(file, XLSX, as_attachment=True, download_name="marks.xlsx")


@blueprint.get("/responses.csv")
def responses(uid: str) -> Response:
    """Send every response to the course's quizzes, one in a row."""
    course = pages.shown(uid)
    mark_exports.noted(course, me(), "responses", now())
    return _csv(mark_exports.responses(course), "responses.csv")


def _csv(rows: Iterable[Any], name: str) -> Response:
    """Return rows as a file, which is written before it is sent: a failure is no half file."""
    spooled = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when sent
    file = cast(IO[bytes], spooled)
    _write(file, lambda text: mark_exports.as_csv(rows, text))
    length = file.tell()
    file.seek(0)
    sent: dict[str, Any] = {"mimetype": CSV, "as_attachment": True, "download_name": name}
    if length <= IN_MEMORY:
        with file:
            return send_file(io.BytesIO(file.read()), **sent)
    response = send_file(file, **sent)
    response.content_length = length
    response.call_on_close(file.close)
    return response


def _write(file: IO[bytes], write: Callable[[IO[str]], None]) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="")
    write(text)
    text.flush()
    text.detach()
