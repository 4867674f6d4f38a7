"""Who may see a course, and as what; everybody else finds nothing there."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Course, Enrolment, User
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person

INSTRUCTOR: Final = "instructor"  # everything
ASSISTANT: Final = "assistant"  # sees and marks everything, changes neither people nor settings
LEARNER: Final = "learner"
ROLES: Final = (INSTRUCTOR, ASSISTANT, LEARNER)
STAFF: Final = (INSTRUCTOR, ASSISTANT)


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course as somebody with `role` in it sees it."""

    id: int
    uid: str
    title: str
    tz: str
    ends_on: date | None
    retention_days: int | None
    archived_at: datetime | None
    is_open: bool  # it has a code with which people can join
    code_expires: datetime | None
    role: str

    @property
    def is_staff(self) -> bool:
        """Whether the person teaches here."""
        return self.role in STAFF

    @property
    def is_archived(self) -> bool:
        """Whether nothing can be changed or answered here any more."""
        return self.archived_at is not None


_COURSES = sa.select(Course, Enrolment.role).join(
    Enrolment, sa.and_(Enrolment.course_id == Course.id, Enrolment.left_at.is_(None))
)


def find(uid: str, person: Person | None, *roles: str) -> CourseView:
    """Return the course at an address; Absent where the person has none of `roles` (any) in it.

    A course that nobody teaches any more belongs to the admins.
    """
    if person is None:
        raise Absent
    row = db.session.execute(
        _COURSES.where(Course.uid == uid, Enrolment.user_id == person.id)
    ).first()
    if row is None and person.is_admin:
        row = _forsaken(uid)
    if row is None or row.role not in (roles or ROLES):
        raise Absent
    return view(row.Course, row.role)


def for_staff(uid: str, person: Person | None) -> CourseView:
    """Return the course that the person teaches or assists in; else Absent."""
    return find(uid, person, *STAFF)


def for_instructor(uid: str, person: Person | None) -> CourseView:
    """Return the course over which the person has all rights; else Absent."""
    return find(uid, person, INSTRUCTOR)


def of_person(person: Person, *, archived: bool = False) -> list[CourseView]:
    """Return a person's courses by title: those that go on, or those that are archived."""
    over = Course.archived_at.is_not(None) if archived else Course.archived_at.is_(None)
    rows = db.session.execute(_COURSES.where(Enrolment.user_id == person.id, over)).all()
    found = [view(row.Course, row.role) for row in rows]
    return sorted(found, key=lambda one: (one.title.casefold(), one.uid))


def view(course: Course, role: str) -> CourseView:
    """Return a course as its pages show it."""
    return CourseView(
        id=course.id,
        uid=course.uid,
        title=course.title,
        tz=course.tz,
        ends_on=course.ends_on,
        retention_days=course.retention_days,
        archived_at=course.archived_at,
        is_open=course.code_sha256 is not None,
        code_expires=course.code_expires,
        role=role,
    )


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a course; `name` is the one that the class knows."""

    user_id: int
    uid: str
    name: str
    role: str
    is_guest: bool
    joined_at: datetime
    time_factor_pct: int


def members(course_id: int, *roles: str) -> list[Member]:
    """Return who is in a course, by name; those with one of `roles` (any)."""
    shown = sa.func.coalesce(sa.func.nullif(Enrolment.shown_name, ""), User.name).label("name")
    rows = db.session.execute(
        sa.select(
            User.id.label("user_id"), User.uid, shown, Enrolment.role, User.kind,
            Enrolment.joined_at, User.time_factor_pct,
        )
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.left_at.is_(None),
               Enrolment.role.in_(roles or ROLES))
    )  # fmt: skip
    found = [
        Member(row.user_id, row.uid, row.name, row.role, row.kind == "guest", row.joined_at,
               row.time_factor_pct)
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.name.casefold(), one.uid))


def learners(course_id: int) -> list[Member]:
    """Return the learners of a course by name."""
    return members(course_id, LEARNER)


def member(course_id: int, uid: str) -> Member:
    """Return somebody in a course by public id; Absent where nobody is."""
    found = next((one for one in members(course_id) if one.uid == uid), None)
    if found is None:
        raise Absent
    return found


def _forsaken(uid: str) -> Any:
    teaching = sa.exists().where(
        Enrolment.course_id == Course.id, Enrolment.role == INSTRUCTOR, Enrolment.left_at.is_(None)
    )
    return db.session.execute(
        sa.select(Course, sa.literal(INSTRUCTOR).label("role")).where(Course.uid == uid, ~teaching)
    ).first()
