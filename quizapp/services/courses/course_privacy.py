"""Who looked at whose data in a course: noted once a day, shown to both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment, Audit, Course, Enrolment, User
from quizapp.services.courses.access import CourseView
from quizapp.services.people.sessions import Person

LOOK: Final = "course.look"
PAGE = 50
MOST = 5000  # lines of a file: more than a course sees in a year
_UID = 16  # characters of a public id; a note may go on after one


@dataclass(frozen=True, slots=True)
class Noted:
    """A look, or an act, that concerned one person's data."""

    at: datetime
    actor: str  # as the class knows them; "" where they are gone
    subject: str
    action: str  # course.look, course.role.learner ...
    what: str  # of a look: which page
    course: str  # its title; "" where it was in none


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of what was noted, newest first."""

    entries: list[Noted]
    total: int
    page: int
    pages: int


def looked(
    actor: Person, course: CourseView, subject_user_id: int, what: str, now: datetime
) -> None:
    """Note that somebody looked at a page on one person's data; at one's own, nothing.

    Once per day of the course, actor, person and `what`, a short word such as "marks". Writes a
    transaction of its own, so call it before rows are read for the page.
    """
    if actor.id == subject_user_id or _is_noted(actor, course, subject_user_id, what, now):
        return
    with writing() as session:
        if not _is_noted(actor, course, subject_user_id, what, now):
            session.add(
                Audit(
                    at=now, actor_id=actor.id, action=LOOK, subject_user_id=subject_user_id,
                    object=course.uid, note=what,
                )
            )  # fmt: skip


def _is_noted(actor: Person, course: CourseView, subject: int, what: str, now: datetime) -> bool:
    """Say whether it was noted today; found by the subject, whose rows have an index."""
    day = now.astimezone(ZoneInfo(course.tz)).replace(hour=0, minute=0, second=0, microsecond=0)
    since = min(day.astimezone(now.tzinfo), now)
    found = db.session.scalar(
        sa.select(Audit.id)
        .where(
            Audit.subject_user_id == subject,
            Audit.at >= since,
            Audit.actor_id == actor.id,
            Audit.action == LOOK,
            Audit.object == course.uid,
            Audit.note == what,
        )
        .limit(1)
    )
    return found is not None


def of_course(course: CourseView, page: int = 1, size: int = PAGE) -> Listing:
    """Return what was noted in a course about the people who are or were in it."""
    people = sa.select(Enrolment.user_id).where(Enrolment.course_id == course.id)
    given = db.session.scalars(sa.select(Assignment.uid).where(Assignment.course_id == course.id))
    here = [course.uid, *given]
    place = sa.or_(Audit.object.in_(here), sa.func.substr(Audit.note, 1, _UID).in_(here))
    return _listing([Audit.subject_user_id.in_(people), place], page, size)


def of_person(person: Person, page: int = 1, size: int = PAGE) -> Listing:
    """Return who else looked at a person's data, and what others changed about them."""
    others = sa.or_(Audit.actor_id.is_(None), Audit.actor_id != person.id)
    return _listing([Audit.subject_user_id == person.id, others], page, size)


def _listing(wanted: Sequence[Any], page: int, size: int) -> Listing:
    total = db.session.scalar(sa.select(sa.func.count(Audit.id)).where(*wanted)) or 0
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    newest = sa.select(Audit).where(*wanted).order_by(Audit.at.desc(), Audit.id.desc())
    rows = db.session.scalars(newest.limit(size).offset((page - 1) * size)).all()
    return Listing(_named(rows), total, page, pages)


def _named(rows: Sequence[Audit]) -> list[Noted]:
    """Put names to what was noted without: those of now, so that an erased one is gone."""
    courses = _courses({uid for row in rows for uid in _places(row)})
    names = _names({id_ for row in rows for id_ in (row.actor_id, row.subject_user_id) if id_})
    found = []
    for row in rows:
        place = next((courses[uid] for uid in _places(row) if uid in courses), None)
        course_id, title = place or (0, "")
        actor, subject = (
            names.get((course_id, id_)) or names.get((0, id_), "") if id_ else ""
            for id_ in (row.actor_id, row.subject_user_id)
        )
        what = row.note or "" if row.action == LOOK else ""
        found.append(Noted(row.at, actor, subject, row.action, what, title))
    return found


def _places(row: Audit) -> list[str]:
    return [text[:_UID] for text in (row.object, row.note) if text]


def _courses(uids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Map the public ids of courses, and of what was given in them, to id and title."""
    uids = list(uids)
    columns = (Course.id, Course.title)
    own = sa.select(Course.uid, *columns).where(Course.uid.in_(uids))
    given = (
        sa.select(Assignment.uid, *columns)
        .join(Course, Course.id == Assignment.course_id)
        .where(Assignment.uid.in_(uids))
    )
    rows = [*db.session.execute(own), *db.session.execute(given)]
    return {uid: (id_, title) for uid, id_, title in rows}


def _names(ids: Iterable[int]) -> dict[tuple[int, int], str]:
    """Map (course, person) to the name that the class knows, and (0, person) to their own."""
    ids = list(ids)
    own = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    shown = db.session.execute(
        sa.select(Enrolment.course_id, Enrolment.user_id, Enrolment.shown_name).where(
            Enrolment.user_id.in_(ids), Enrolment.shown_name != ""
        )
    )
    return {(0, id_): name for id_, name in own} | {(c, id_): name for c, id_, name in shown}
