"""Making courses, changing them, and ending them."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.models import Course, Enrolment
from quizapp.services.courses.access import INSTRUCTOR, CourseView, view
from quizapp.services.identifiers import new_uid
from quizapp.services.people import audit
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned, quiz_settings
from quizapp.services.quizzes.quiz_settings import Unfit

LEAST_RETENTION_DAYS, MOST_RETENTION_DAYS = 30, 3650


class Archived(RuntimeError):
    """The course is archived: nothing in it can be changed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a course is to be; Unfit is raised where a value cannot be."""

    title: str
    tz: str
    ends_on: date | None = None
    retention_days: int | None = None  # after it was archived; None: kept

    def checked(self) -> "Wanted":
        """Return it as it is stored; Unfit names the field that cannot be."""
        if self.tz not in available_timezones():
            raise Unfit("tz", "This is not a time zone that is known here.")
        days = self.retention_days
        if days is not None and not LEAST_RETENTION_DAYS <= days <= MOST_RETENTION_DAYS:
            raise Unfit("retention_days", f"Keep results for {LEAST_RETENTION_DAYS} to "
                        f"{MOST_RETENTION_DAYS} days, or leave it empty to keep them.")  # fmt: skip
        title = quiz_settings.title(self.title)
        return Wanted(title, self.tz, self.ends_on, days)


def create(person: Person, wanted: Wanted, now: datetime) -> CourseView:
    """Make a course with the person as its instructor; Unfit where a value cannot be."""
    wanted = wanted.checked()
    with writing() as session:
        course = Course(
            uid=new_uid(), title=wanted.title, tz=wanted.tz, ends_on=wanted.ends_on,
            retention_days=wanted.retention_days, created_at=now,
        )  # fmt: skip
        session.add(course)
        session.flush()
        session.add(
            Enrolment(course_id=course.id, user_id=person.id, role=INSTRUCTOR, joined_at=now)
        )
        return view(course, INSTRUCTOR)


def change(course: CourseView, wanted: Wanted) -> None:
    """Change a course's title, time zone, end and retention; Unfit, Archived."""
    wanted = wanted.checked()
    with writing() as session:
        row = session.get_one(Course, course.id)
        if row.archived_at is not None:
            raise Archived
        row.title, row.tz = wanted.title, wanted.tz
        row.ends_on, row.retention_days = wanted.ends_on, wanted.retention_days


def archive(course: CourseView, person: Person, now: datetime) -> None:
    """End a course: it can be looked at, but nothing in it can be answered or changed.

    Attempts that are open end with it, and are handed in as they stand.
    """
    with writing() as session:
        row = session.get_one(Course, course.id)
        row.archived_at, row.code_sha256, row.code_expires = now, None, None
        assigned.end_all(session, row.id, now)
        audit.note(session, now, person.id, "course.archive", None, course.uid)


def reopen(course: CourseView, person: Person, now: datetime) -> None:
    """Take an archived course up again; its end date goes, or it would end at once."""
    with writing() as session:
        row = session.get_one(Course, course.id)
        row.archived_at, row.ends_on = None, None
        audit.note(session, now, person.id, "course.reopen", None, course.uid)


def archive_ended(now: datetime) -> int:
    """Archive the courses whose last day is over where they are; returns how many. The worker's."""
    with writing() as session:
        rows = session.scalars(
            sa.select(Course).where(
                Course.ends_on.is_not(None),
                Course.archived_at.is_(None),
                Course.ends_on <= now.date(),
            )
        ).all()
        over = [row for row in rows if row.ends_on and row.ends_on < _today(row.tz, now)]
        for row in over:
            row.archived_at, row.code_sha256, row.code_expires = now, None, None
            assigned.end_all(session, row.id, now)
        return len(over)


def _today(tz: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(tz)).date()
