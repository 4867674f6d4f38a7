"""What the pages of a course's marks share: who may see them, their words, and the table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _

from quizapp.core.marks import Total
from quizapp.services.content.questions import Absent, Asked
from quizapp.services.courses import access, course_privacy, marks
from quizapp.services.courses.access import LEARNER, CourseView, Member
from quizapp.services.courses.courses import Archived
from quizapp.services.courses.marks import Mark, MarkTable
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import attempt_pages
from quizapp.web.course_frame import me
from quizapp.web.identity import now, person
from quizapp.web.present import View

blueprint = Blueprint("course_marks", __name__, url_prefix="/courses/<uid>/marks")
PAGE = 40  # learners
LONGEST_SEARCH = 80
HOUR_S, DAY_S = 3600, 86_400
_NUMBER = re.compile(r"\d{1,6}([.,]\d{0,6})?|[.,]\d{1,6}", re.ASCII)


def shown(uid: str) -> CourseView:
    """Return a course whose marks the visitor may see; Absent."""
    return access.for_staff(uid, person())


def open_course(uid: str) -> CourseView:
    """Return a course whose marks the visitor may change; Absent, Archived."""
    course = shown(uid)
    if course.is_archived:
        raise Archived
    return course


def learner(course: CourseView, uid: str, what: str) -> Member:
    """Return a learner of the course and note who looks at their data; Absent."""
    found = access.member(course.id, uid)
    if found.role != LEARNER:
        raise Absent
    course_privacy.looked(me(), course, found.user_id, what, now())
    return found


def page(template: str, course: CourseView, **values: Any) -> str:
    """Return a page of a course's marks, with times on the course's clock."""
    zone = ZoneInfo(course.tz)
    return render_template(
        f"courses/{template}",
        course=course,
        number=attempt_pages.number,
        plain=plain,
        points=attempt_pages.points,
        stem=attempt_pages.stem,
        moment=lambda at: _moment(at, zone),
        late=late,
        took=took,
        html_of=lambda asked, part: _view(asked).html(part),
        asks=lambda asked: _view(asked).inline("stem"),
        **values,
    )


def _view(asked: Asked) -> View:
    return View(asked, "study", {})


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone).replace(tzinfo=None)
    return str(format_datetime(local, "EEE d MMM yyyy, HH:mm", rebase=False))


def late(by: timedelta) -> str:
    """Return how late something came, as "3 hours late"."""
    seconds = by.total_seconds()
    if seconds >= 2 * DAY_S:
        return str(ngettext("%(num)s day late", "%(num)s days late", int(seconds // DAY_S)))
    if seconds >= HOUR_S:
        return str(ngettext("%(num)s hour late", "%(num)s hours late", int(seconds // HOUR_S)))
    return str(ngettext("%(num)s minute late", "%(num)s minutes late", max(int(seconds // 60), 1)))


def took(ms: int) -> str:
    """Return how long an answer took."""
    if ms < 60_000:
        return str(_("%(n)s s", n=max(round(ms / 1000), 1)))
    return str(ngettext("%(num)s minute", "%(num)s minutes", round(ms / 60_000)))


def plain(value: float) -> str:
    """Return points as `points_in` reads them again."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def points_in(text: str) -> float | None:
    """Return the points that somebody typed, None for none; Unfit where it is no number."""
    text = text.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Unfit("points", "Write the points as a number, such as 2.5.")
    return float(text.replace(",", "."))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the table is wanted, in which order."""

    q: str = ""
    sort: str = "name"  # name, total, or the uid of an assignment
    falls: bool = False
    page: int = 1

    def link(self, **changed: Any) -> dict[str, Any]:
        """Return the arguments of the address for the same table with something changed."""
        said = {"q": self.q or None, "sort": self.sort, "order": "falls" if self.falls else None}
        return {**said, **changed}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the table of marks."""

    table: MarkTable
    rows: Sequence[tuple[Member, Sequence[Mark], Total]]
    found: int
    page: int
    pages: int
    asked: Wanted


def sheet(course: CourseView, asked: Wanted, at: datetime) -> Sheet:
    """Return those of the learners whose name has the letters, in order, a page of them.

    Who has no points stands last, whichever way it is sorted. Only sorting by points reads all.
    """
    wanted = asked.q.casefold()
    found = [one for one in access.learners(course.id) if wanted in one.name.casefold()]
    if asked.falls:
        found.reverse()  # of equals too: sorting keeps their order
    if asked.sort != "name":
        values = _values(marks.of_course(course, at, found), asked.sort)
        found.sort(key=lambda one: values.get(one.user_id, 0.0), reverse=asked.falls)
        found.sort(key=lambda one: one.user_id not in values)
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(asked.page, 1), pages)
    table = marks.of_course(course, at, found[(number - 1) * PAGE : number * PAGE])
    rows = [(one, _row(table, one), table.total(one.user_id)) for one in table.learners]
    return Sheet(table, rows, len(found), number, pages, asked)


def _row(table: MarkTable, one: Member) -> list[Mark]:
    return [table.marks[(one.user_id, column.id)] for column in table.assignments]


def _values(table: MarkTable, sort: str) -> dict[int, float]:
    """Return what learners are sorted by; who has nothing of it is left out."""
    column = next((one for one in table.assignments if one.uid == sort), None)
    if column is None:
        totals = {one.user_id: table.total(one.user_id).percent for one in table.learners}
        return {user_id: percent for user_id, percent in totals.items() if percent is not None}
    found = (table.marks[(one.user_id, column.id)] for one in table.learners)
    return {mark.user_id: mark.points for mark in found if mark.points is not None}
