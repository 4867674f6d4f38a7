"""What admins see of people and do about them: roles, shutting out, letting in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.people import audit, passwords, sessions
from quizapp.services.people.sessions import Person

ROLES = ("learner", "instructor", "admin")
LEAST_TIME_PCT, MOST_TIME_PCT = 100, 400
PAGE = 50
_IS_PERSON = (User.kind == "person", User.merged_into_id.is_(None))
_IS_ADMIN = (*_IS_PERSON, User.role == "admin", User.disabled_at.is_(None))


class LastAdmin(ValueError):
    """Somebody has to stay admin."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as the admin page lists them."""

    id: int
    uid: str
    name: str
    email: str
    role: str
    created_at: datetime
    seen_on: date | None
    disabled_at: datetime | None
    time_factor_pct: int
    has_password: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of people, and how many there are in all."""

    entries: list[Entry]
    total: int
    page: int
    pages: int


def people(page: int = 1, search: str = "") -> Listing:
    """Return a page of the accounts, newest first; `search` looks in names and addresses."""
    wanted: list[Any] = [*_IS_PERSON]
    if words := search.strip().casefold():
        found = [User.email_key, sa.func.lower(User.name)]
        wanted.append(sa.or_(*(text.contains(words, autoescape=True) for text in found)))
    total = db.session.scalar(sa.select(sa.func.count(User.id)).where(*wanted)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    columns = [getattr(User, name) for name in Entry.__slots__[:-1]]
    rows = db.session.execute(
        sa.select(*columns, User.password_hash.is_not(None))
        .where(*wanted)
        .order_by(User.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Listing([Entry(*values) for values in map(tuple, rows)], total, page, pages)


def find(uid: str) -> Person | None:
    """Return the account of a public id, disabled or not."""
    user_id = db.session.scalar(sa.select(User.id).where(*_IS_PERSON, User.uid == uid))
    return sessions.person(user_id) if user_id else None


def set_role(user_id: int, role: str, actor_id: int | None, now: datetime) -> None:
    """Give a person another role; LastAdmin where nobody would be admin then."""
    check_role(role)
    with writing() as session:
        user = _row(session, user_id) if role == "admin" else lock(session, user_id)
        if user.role != role:
            detail = f"{user.role} to {role}"
            audit.note(session, now, actor_id, "user.role", user_id, detail)
            user.role = role


def set_time_factor(user_id: int, percent: int, actor_id: int | None, now: datetime) -> None:
    """Give a person more time in every exam that begins from now on; 100 is the usual time.

    Raises ValueError for a factor outside LEAST_TIME_PCT..MOST_TIME_PCT.
    """
    if not LEAST_TIME_PCT <= percent <= MOST_TIME_PCT:
        raise ValueError(f"extra time is {LEAST_TIME_PCT} to {MOST_TIME_PCT} percent")
    with writing() as session:
        user = _row(session, user_id)
        if user.time_factor_pct != percent:
            detail = f"{user.time_factor_pct} to {percent}"
            audit.note(session, now, actor_id, "user.time", user_id, detail)
            user.time_factor_pct = percent


def disable(user_id: int, actor_id: int | None, now: datetime) -> None:
    """Shut a person out: every session and link ends; LastAdmin where nobody would be admin."""
    with writing() as session:
        user = lock(session, user_id)
        if user.disabled_at is None:
            user.disabled_at = now
            passwords.end_sessions(session, user)
            audit.note(session, now, actor_id, "user.disable", user_id)


def enable(user_id: int, actor_id: int | None, now: datetime) -> None:
    """Let a person in again; sessions of before stay dead."""
    with writing() as session:
        user = _row(session, user_id)
        if user.disabled_at:
            user.disabled_at = None
            passwords.end_sessions(session, user)
            audit.note(session, now, actor_id, "user.enable", user_id)


def has_admin() -> bool:
    """Say whether anybody runs the instance yet."""
    return db.session.scalar(sa.select(User.id).where(*_IS_ADMIN).limit(1)) is not None


def lock(session: Any, user_id: int) -> User:
    """Return somebody who is about to lose what they may do; LastAdmin unless one is left.

    Admins are locked first, in order: two who demote each other wait for one another.
    """
    admins = session.scalars(
        sa.select(User.id).where(*_IS_ADMIN).order_by(User.id).with_for_update()
    ).all()
    if list(admins) == [user_id]:
        raise LastAdmin
    return _row(session, user_id)


def _row(session: Any, user_id: int) -> User:
    user: User = session.get_one(User, user_id, with_for_update=True)
    return user


def check_role(role: str) -> None:
    """Raise ValueError for a role that there is not."""
    if role not in ROLES:
        raise ValueError(f"unknown role: {role}")
