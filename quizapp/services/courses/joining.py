"""Joining a course with a code, leaving it, and who is what in it."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Course, Enrolment, User
from quizapp.services.content.questions import Absent
from quizapp.services.courses.access import INSTRUCTOR, LEARNER, ROLES, CourseView, view
from quizapp.services.courses.courses import Archived
from quizapp.services.identifiers import sha256_hex
from quizapp.services.people import audit, people, throttling
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import Unfit, storable

CODE_LASTS = timedelta(days=30)
CODE_LETTERS = 8  # of 32: 40 bits, and 60 tries a minute from one address
LONGEST_NAME = 80
_CONFUSED = str.maketrans("018", "OIB")  # base 32 has no 0, 1, 8: people read O, I, B so


class NoInstructor(ValueError):
    """Somebody has to stay instructor."""


def limits(address: str) -> dict[str, int]:
    """Return what a try with a code counts against."""
    return {f"join:{throttling.network(address)}": throttling.PER_ADDRESS}


def open_code(course: CourseView, secret: str, now: datetime) -> None:
    """Give a course a new code; the one before ends. Archived."""
    with writing() as session:
        row = session.get_one(Course, course.id)
        if row.archived_at is not None:
            raise Archived
        row.code_expires = now + CODE_LASTS
        row.code_sha256 = sha256_hex(_code(row.uid, row.code_expires, secret))


def close_code(course: CourseView) -> None:
    """End a course's code: nobody can join any more."""
    with writing() as session:
        row = session.get_one(Course, course.id)
        row.code_sha256, row.code_expires = None, None


def code_of(course: CourseView, secret: str) -> str | None:
    """Return the code that stands, as it is read out: ABCD-EFGH; None where the course is closed.

    Only its hash is stored: it is made anew from the app's secret and the moment it ends.
    """
    if not course.is_open or course.code_expires is None:
        return None
    code = _code(course.uid, course.code_expires, secret)
    return f"{code[:4]}-{code[4:]}"


def course_of_code(code: str, now: datetime) -> CourseView:
    """Return the course that a code opens, however it is typed; Absent where it opens none.

    The caller counts the try first (`limits`), so that codes cannot be guessed.
    """
    letters = "".join(one for one in code.upper() if one.isalnum()).translate(_CONFUSED)
    row = db.session.scalars(
        sa.select(Course).where(
            Course.code_sha256 == sha256_hex(letters),
            Course.code_expires > now,
            Course.archived_at.is_(None),
        )
    ).first()
    if row is None:
        raise Absent
    return view(row, LEARNER)


def join(course: CourseView, person: Person, name: str, now: datetime) -> None:
    """Enrol a person as a learner, under a name that the class sees; Unfit, Archived.

    Who left comes back; whoever is in it already stays what they are, under the new name.
    """
    name = _name(name)
    with writing() as session:
        row = session.get_one(Course, course.id, with_for_update=True)  # of two taps, one joins
        if row.archived_at is not None or row.code_sha256 is None:
            raise Archived
        enrolment = session.get(Enrolment, (course.id, person.id))
        if enrolment is None:
            enrolment = Enrolment(
                course_id=course.id, user_id=person.id, role=LEARNER, joined_at=now
            )
            session.add(enrolment)
        elif enrolment.left_at is not None:
            enrolment.left_at, enrolment.role, enrolment.joined_at = None, LEARNER, now
        enrolment.shown_name = name


def leave(course: CourseView, person: Person, now: datetime) -> None:
    """Take a person out of a course; what they know stays theirs. NoInstructor for the last one."""
    _take_out(course, person.id, now, None)


def remove(course: CourseView, user_id: int, person: Person, now: datetime) -> None:
    """Take somebody else out of a course; NoInstructor for the last instructor."""
    _take_out(course, user_id, now, person)


def give_role(course: CourseView, user_id: int, role: str, person: Person, now: datetime) -> None:
    """Make somebody instructor, assistant or learner; NoInstructor where none would be left.

    Raises Unfit where a guest should teach: nobody could sign in as them again.
    """
    if role not in ROLES:
        raise Unfit("role", "There is no such role.")
    with writing() as session:
        if role != LEARNER and session.get_one(User, user_id).kind == "guest":
            raise Unfit("role", "A guest cannot teach. Ask them to make an account first.")
        enrolment = _enrolment(session, course.id, user_id)
        taught, enrolment.role = enrolment.role == INSTRUCTOR, role
        if taught:
            _check_taught(session, course.id)
        audit.note(session, now, person.id, f"course.role.{role}", user_id, course.uid)


def give_time(
    course: CourseView, user_id: int, percent: int, person: Person, now: datetime
) -> None:
    """Set once how much of each time limit a learner has, everywhere; Unfit out of bounds."""
    if not people.LEAST_TIME_PCT <= percent <= people.MOST_TIME_PCT:
        raise Unfit("percent", f"Give {people.LEAST_TIME_PCT} to {people.MOST_TIME_PCT} percent.")
    with writing() as session:
        _enrolment(session, course.id, user_id)
        session.get_one(User, user_id).time_factor_pct = percent
        audit.note(session, now, person.id, "course.time", user_id, f"{course.uid}: {percent}")


def _take_out(course: CourseView, user_id: int, now: datetime, by: Person | None) -> None:
    with writing() as session:
        enrolment = _enrolment(session, course.id, user_id)
        enrolment.left_at = now
        if enrolment.role == INSTRUCTOR:  # others may leave also where nobody teaches any more
            _check_taught(session, course.id)
        actor = by.id if by else user_id
        audit.note(session, now, actor, "course.leave", user_id, course.uid)


def _enrolment(session: Session, course_id: int, user_id: int) -> Enrolment:
    """Return somebody's enrolment; the course is locked, so that one instructor stays."""
    session.get_one(Course, course_id, with_for_update=True)
    enrolment = session.get(Enrolment, (course_id, user_id))
    if enrolment is None or enrolment.left_at is not None:
        raise Absent
    return enrolment


def _check_taught(session: Session, course_id: int) -> None:
    session.flush()
    left = session.scalar(
        sa.select(sa.func.count()).where(
            Enrolment.course_id == course_id,
            Enrolment.role == INSTRUCTOR,
            Enrolment.left_at.is_(None),
        )
    )
    if not left:
        raise NoInstructor


def _name(text: str) -> str:
    tidy = " ".join(text.split())
    if not tidy:
        raise Unfit("name", "Say by which name the class knows you.")
    if len(tidy) > LONGEST_NAME:
        raise Unfit("name", f"A name has at most {LONGEST_NAME} characters.")
    return storable("name", tidy)


def _code(uid: str, expires: datetime, secret: str) -> str:
    said = f"course-code:{uid}:{expires.isoformat()}".encode()
    digest = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:CODE_LETTERS]
