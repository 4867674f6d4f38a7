"""The courses that a person sees: taught, attended, over; and those that nobody teaches."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Course, Enrolment, User
from quizapp.services.courses import access
from quizapp.services.courses.access import INSTRUCTOR, LEARNER, CourseView, view
from quizapp.services.people.sessions import Person


@dataclass(frozen=True, slots=True)
class Listed:
    """A course in a list, with what one looks for it by."""

    course: CourseView
    learners: int
    taught_by: Sequence[str]


@dataclass(frozen=True, slots=True)
class Courses:
    """A person's courses, each list by title."""

    taught: list[Listed]
    attended: list[Listed]
    archived: list[Listed]
    forsaken: list[Listed]  # which nobody teaches: an admin's


def of_person(person: Person | None) -> Courses:
    """Return all courses of a person; a stranger has none."""
    if person is None:
        return Courses([], [], [], [])
    going, over = access.of_person(person), access.of_person(person, archived=True)
    forsaken = _forsaken() if person.is_admin else []
    listed = _listed([*going, *over, *forsaken])
    return Courses(
        taught=[listed[one.id] for one in going if one.is_staff],
        attended=[listed[one.id] for one in going if not one.is_staff],
        archived=[listed[one.id] for one in over],
        forsaken=[listed[one.id] for one in forsaken],
    )


def _forsaken() -> list[CourseView]:
    teaching = sa.exists().where(
        Enrolment.course_id == Course.id, Enrolment.role == INSTRUCTOR, Enrolment.left_at.is_(None)
    )
    rows = db.session.scalars(sa.select(Course).where(~teaching)).all()
    found = [view(row, INSTRUCTOR) for row in rows]
    return sorted(found, key=lambda one: (one.title.casefold(), one.uid))


def _listed(courses: Sequence[CourseView]) -> dict[int, Listed]:
    """Count the learners and name who teaches, for all courses at once."""
    here = (Enrolment.course_id.in_([one.id for one in courses]), Enrolment.left_at.is_(None))
    counts = dict(
        db.session.execute(
            sa.select(Enrolment.course_id, sa.func.count())
            .where(*here, Enrolment.role == LEARNER)
            .group_by(Enrolment.course_id)
        ).all()  # type: ignore[arg-type]
    )
    shown = sa.func.coalesce(sa.func.nullif(Enrolment.shown_name, ""), User.name)
    teachers: dict[int, list[str]] = {one.id: [] for one in courses}
    for course_id, name in db.session.execute(
        sa.select(Enrolment.course_id, shown)
        .join(User, User.id == Enrolment.user_id)
        .where(*here, Enrolment.role == INSTRUCTOR)
        .order_by(Enrolment.joined_at, User.id)
    ):
        teachers[course_id] += [name] if name else []
    return {one.id: Listed(one, counts.get(one.id, 0), teachers[one.id]) for one in courses}
