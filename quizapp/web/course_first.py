"""The first page of a course: to its staff who needs help with what, to a learner what to do."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.core.local_times import to_utc
from quizapp.core.statistics import class_matrix
from quizapp.services.courses import access, first_page, practising
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.first_page import COLUMNS, ROWS, FactLine, Row
from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE, Unfit
from quizapp.web import course_detail, course_learner
from quizapp.web.class_frame import PAGE, blueprint, page
from quizapp.web.course_frame import csv_file, me, page_asked, wants_csv
from quizapp.web.identity import now, person

# The pages behind the cells are of the same blueprint; that module adds them to it.
MODULES = (course_detail,)
DUE_IN_DAYS = 7  # what the form suggests


@blueprint.get("/courses/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Show staff the class; ?row= and ?column= move the window, ?at= opens what is behind a cell.

    A thousand cells with an address of their own would make the page twice as big.
    """
    course = access.find(uid, person())
    if not course.is_staff:
        return course_learner.page(course)
    learner, _dot, fact = request.args.get("at", "").partition(".")
    if fact:
        return redirect(url_for("course_first.answers", uid=uid, learner=learner, fact=fact))
    row, column = (_place(name) for name in ("row", "column"))
    board = first_page.board(course, now(), row, column)
    if board is None:
        return page("making.html", course)
    if not board.learners or not board.facts:
        return page("empty.html", course, board=board)
    return page(
        "show.html", course, board=board, steps=(ROWS, COLUMNS), level=class_matrix.level,
        due=_suggested(course), title=practice_title(),
    )  # fmt: skip


@blueprint.get("/courses/<uid>/matrix.csv")
def matrix(uid: str) -> ResponseReturnValue:
    """Send the whole matrix: a line per learner, a column per fact."""
    course = access.for_staff(uid, person())
    found = first_page.matrix(course, now())
    if found is None:
        return page("making.html", course), 503
    heads, rows = found
    head = ("learner", "mean_percent", *(line.statement for line in heads))
    return csv_file("matrix", head, [_matrix_line(row) for row in rows])


def _matrix_line(row: Row) -> list[object]:
    told: dict[int, object] = {class_matrix.NOT_ASKED: "", class_matrix.OWED: "never answered"}
    mean = "" if row.mean is None else class_matrix.percent(row.mean)
    return [row.member.name, mean, *(told.get(cell, cell) for cell in row.cells)]


@blueprint.get("/courses/<uid>/facts")
def facts(uid: str) -> ResponseReturnValue:
    """List the facts of a course, the least known first, to be ticked and practised."""
    course = access.for_staff(uid, person())
    found = first_page.facts(course, now())
    if found is None:
        return page("making.html", course)
    figures, lines = found
    if wants_csv():
        head = ("fact", "mean_percent", "learners", "under_70_percent")
        return csv_file("facts", head, [_fact_line(line) for line in lines])
    pages = max(1, -(-len(lines) // PAGE))
    number = min(page_asked(), pages)
    return page(
        "facts.html", course, lines=lines[(number - 1) * PAGE : number * PAGE], total=len(lines),
        number=number, pages=pages, as_of=figures.as_of, due=_suggested(course),
        title=practice_title(),
    )  # fmt: skip


def _fact_line(line: FactLine) -> list[object]:
    mean = "" if line.mean is None else class_matrix.percent(line.mean)
    return [line.statement, mean, line.counted, line.under]


@blueprint.post("/courses/<uid>/practise")
def practise(uid: str) -> ResponseReturnValue:
    """Give the class the ticked facts to practise, with a due time."""
    course = access.for_staff(uid, person())
    title = request.form.get("title", "")[: LONGEST_TITLE + 1].strip() or practice_title()
    try:
        due_at = _due(course, request.form.get("due", ""))
        given = practising.practise(
            course, me(), request.form.getlist("fact"), title, due_at, now()
        )
    except Unfit as error:
        flash(_(str(error)), "partial")
        return redirect(url_for("course_first.facts", uid=uid), 303)
    told = ngettext(
        "%(num)s fact is given to practise.", "%(num)s facts are given to practise.", given.facts
    )
    flash(told, "right")
    return redirect(url_for("course_assignments.index", uid=uid), 303)


def practice_title() -> str:
    """Return what practice is called where nobody named it."""
    return _("Practise these facts")


def _due(course: CourseView, typed: str) -> datetime | None:
    """Return the moment that was typed on the course's clock; None for none, Unfit for no time."""
    if not typed.strip():
        return None
    try:
        return to_utc(datetime.fromisoformat(typed.strip()[:30]).replace(tzinfo=None), course.tz)
    except (ValueError, OverflowError) as error:
        raise Unfit("due", "That is not a date and a time.") from error


def _suggested(course: CourseView) -> str:
    """Return the end of the day in a week on the course's clock, as a form holds it."""
    day = (now() + timedelta(days=DUE_IN_DAYS)).astimezone(ZoneInfo(course.tz))
    return f"{day:%Y-%m-%d}T23:59"


def _place(name: str) -> int:
    return min(max(request.args.get(name, 0, type=int), 0), 1_000_000)
