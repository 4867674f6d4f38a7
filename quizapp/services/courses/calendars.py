"""A person's due dates as a calendar, at a private address that needs no sign-in."""

import base64
import hashlib
import hmac
from datetime import datetime

import sqlalchemy as sa

from quizapp.core import ical
from quizapp.core.ical import Event
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, course_tasks
from quizapp.services.courses.access import LEARNER
from quizapp.services.courses.course_tasks import EXCUSED
from quizapp.services.people import sessions, throttling
from quizapp.services.people.sessions import Person

RENEWED = "calendar"  # in a user's prefs: how often the address was made anew
LETTERS = 32  # of base 32: 160 bits
PER_PERSON = 30  # fetches in any minute


def miss_limits(address: str) -> dict[str, int]:
    """Return what an address that leads nowhere counts against."""
    return {f"calendar:{throttling.network(address)}": throttling.PER_ADDRESS}


def limits(person: Person) -> dict[str, int]:
    """Return what fetching a calendar counts against."""
    return {f"calendar-of:{person.uid}": PER_PERSON}


def token(person: Person, secret: str) -> str:
    """Return what stands in a person's address; it ends with a new password, or `renew`."""
    user = db.session.get_one(User, person.id)
    return f"{user.uid}.{_mac(user, secret)}"


def owner(text: str, secret: str) -> Person:
    """Return whose calendar a token opens; Absent where it opens none."""
    uid, _, mac = text.partition(".")
    user = db.session.scalars(
        sa.select(User).where(
            User.uid == uid, User.disabled_at.is_(None), User.merged_into_id.is_(None)
        )
    ).first()
    if user is None or not hmac.compare_digest(_mac(user, secret).encode(), mac.encode()):
        raise Absent
    person = sessions.person(user.id)
    if person is None:
        raise Absent
    return person


def renew(person: Person) -> None:
    """Give a person's calendar another address; the old one leads nowhere from now on."""
    with writing() as session:
        user = session.get_one(User, person.id, with_for_update=True)
        user.prefs = {**user.prefs, RENEWED: int(user.prefs.get(RENEWED) or 0) + 1}


def file(person: Person, name: str, now: datetime) -> bytes:
    """Return the due dates of all courses that the person attends and that go on.

    Titles and times only, as they are for this person.
    """
    courses = [one for one in access.of_person(person) if one.role == LEARNER]
    tasks = course_tasks.of_courses(courses, person, now)
    events = [
        Event(f"{task.assignment.uid}@quizapp", task.terms.due_at,
              f"{task.assignment.title} ({task.course.title})")
        for task in tasks
        if task.terms.due_at is not None and task.state != EXCUSED
    ]  # fmt: skip
    return ical.calendar(name, sorted(events, key=lambda one: (one.at, one.uid)), now)


def _mac(user: User, secret: str) -> str:
    said = f"calendar:{user.uid}:{user.epoch}:{int(user.prefs.get(RENEWED) or 0)}".encode()
    digest = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:LETTERS].lower()
