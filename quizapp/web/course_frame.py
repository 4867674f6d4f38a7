"""What the pages of a course's people and settings share: the blueprint, pages, times, files."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask_babel import format_date
from flask_login import current_user

from quizapp.services.courses import access
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.courses import Archived
from quizapp.services.people.privacy import safe_cell
from quizapp.services.people.sessions import Person
from quizapp.web.identity import person

blueprint = Blueprint("courses", __name__)
MOST_PAGES = 100_000
LONGEST_SHOWN = 40  # characters of a code that leads nowhere


def me() -> Person:
    """Return who is asking; only after the course was found for them."""
    who: Person = current_user.person
    return who


def taught(uid: str) -> CourseView:
    """Return a course that the person may change; Absent, Archived."""
    course = access.for_instructor(uid, person())
    if course.is_archived:
        raise Archived
    return course


def page(template: str, course: CourseView, **values: Any) -> str:
    """Return a page of a course, in whose time zone `day` says the days."""
    zone = ZoneInfo(course.tz)
    return render_template(
        f"courses/{template}", course=course, day=lambda at: day(at, zone), **values
    )


def day(at: datetime | date, zone: ZoneInfo) -> str:
    """Return a day as "Tue 26 May 2026": a course's dates reach over years."""
    on = at.astimezone(zone).date() if isinstance(at, datetime) else at
    return str(format_date(on, "EEE d MMM yyyy"))


def page_asked() -> int:
    """Return the page number of the address, 1 where there is none that could be."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def wants_csv() -> bool:
    """Say whether the address asks for the table as a file."""
    return request.args.get("format") == "csv"


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a table as CSV that a spreadsheet cannot run."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    response = Response(file.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
