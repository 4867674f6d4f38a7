"""What the pages about assignments share: the blueprint, their words, and who may."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template
from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from quizapp.core.local_times import to_wall
from quizapp.services.courses import access
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignment_terms import Terms
from quizapp.services.courses.courses import Archived
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web.attempt_pages import number
from quizapp.web.identity import now, person

blueprint = Blueprint("course_assignments", __name__, url_prefix="/courses/<uid>/assignments")
PAGE = 50  # rows of a table


def staffed(uid: str, *, to_change: bool = False) -> CourseView:
    """Return a course that the visitor teaches or assists in; Absent, and Archived to change."""
    course = access.for_staff(uid, person())
    if to_change and course.is_archived:
        raise Archived
    return course


def page(template: str, course: CourseView, **values: Any) -> str:
    """Return a page of a course, with the words for times."""
    words: Mapping[str, Any] = {
        "when": lambda at: when(at, course),
        "day": lambda at: day(at, course),
        "hours": hours,
        "lateness": lateness,
        "number": number,
    }
    return render_template(f"courses/{template}", course=course, words=words, now=now(), **values)


def cut(rows: list[Any], page: int) -> tuple[list[Any], int]:
    """Return the rows of a page, and how many pages there are."""
    pages = max(-(-len(rows) // PAGE), 1)
    first = (min(page, pages) - 1) * PAGE
    return rows[first : first + PAGE], pages


def when(at: datetime, course: CourseView) -> str:
    """Return a time as "Tue 26 May, 10:58" on the course's clocks; other years are named."""
    wall = to_wall(at, course.tz)
    same_year = wall.year == to_wall(now(), course.tz).year
    form = "EEE d MMM, HH:mm" if same_year else "EEE d MMM yyyy, HH:mm"
    return str(format_datetime(wall, form, rebase=False))


def day(at: datetime, course: CourseView) -> str:
    """Return a time as "12 June" on the course's clocks."""
    return str(format_datetime(to_wall(at, course.tz), "d MMMM", rebase=False))


def hours(count: int) -> str:
    """Return a number of hours as people say it: days where they are whole."""
    if count and count % 24 == 0:
        return ngettext("%(num)s day", "%(num)s days", count // 24)
    return ngettext("%(num)s hour", "%(num)s hours", count)


def lateness(late: timedelta) -> str:
    """Return how late something came: "2 hours late"."""
    if late >= timedelta(days=1):
        return ngettext("%(num)s day late", "%(num)s days late", late.days)
    minutes = max(int(late.total_seconds() // 60), 1)
    if minutes >= 60:
        return ngettext("%(num)s hour late", "%(num)s hours late", minutes // 60)
    return ngettext("%(num)s minute late", "%(num)s minutes late", minutes)


def results_state(terms: Terms) -> str:
    """Say whether learners see results, as the table of assignments does."""
    if not terms.held:
        return _("At once")
    return _("Held back") if terms.hides_results(now()) else _("Released")


def refuse(form: FlaskForm, error: Unfit) -> None:
    """Say beside its field why something cannot be; above the first where it has none."""
    names = {"retention": "percent"}
    name = names.get(error.field, error.field)
    field = form[name] if name in form else next(iter(form))
    field.errors = [_(str(error))]
