"""Who a browser belongs to: server-side sessions that end at sign-out and password change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Session, User
from quizapp.services.identifiers import new_secret, new_uid, sha256_hex

GUEST_LASTS = timedelta(days=365)
PERSON_LASTS = timedelta(days=30)
TOUCH_EVERY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is asking, as plain values: a guest or a person with an account."""

    id: int
    uid: str
    kind: str
    name: str
    email: str | None
    role: str
    tz: str
    rollover_minutes: int
    locale: str | None
    desired_retention: float
    new_per_day: int
    reviews_per_day: int
    time_factor_pct: int
    prefs: dict[str, Any]
    params_version: int
    created_at: datetime

    @property
    def is_guest(self) -> bool:
        """Whether the person has no account yet."""
        return self.kind == "guest"

    @property
    def is_admin(self) -> bool:
        """Whether the person runs the instance."""
        return self.role == "admin"

    @property
    def may_teach(self) -> bool:
        """Whether the person may own banks and courses."""
        return self.role in {"instructor", "admin"}


PERSON_COLUMNS = tuple(getattr(User, name) for name in Person.__slots__)
_FIND = (
    sa.select(*PERSON_COLUMNS, Session.seen_at)
    .join(Session, Session.user_id == User.id)
    .where(
        Session.token_sha256 == sa.bindparam("token_sha256"),
        Session.expires_at > sa.bindparam("now"),
        Session.epoch == User.epoch,
        User.disabled_at.is_(None),
        User.merged_into_id.is_(None),
    )
)


def find(token: str, now: datetime) -> Person | None:
    """Return whose live session this token is; None when it ended, ran out or never was."""
    found, seen_at = _live(token, now)
    if found and now - seen_at > TOUCH_EVERY:
        _touch(token, found, now)
    return found


def _live(token: str, now: datetime) -> tuple[Person | None, datetime]:
    connection = db.session.connection()
    row = connection.execute(_FIND, {"token_sha256": sha256_hex(token), "now": now}).first()
    if row is None:
        return None, now
    *values, seen_at = row
    return Person(*values), seen_at


def person(user_id: int) -> Person | None:
    """Return a user's values as of now."""
    row = db.session.execute(sa.select(*PERSON_COLUMNS).where(User.id == user_id)).first()
    return Person(*row) if row else None


def guest_of(token: str, now: datetime, tz: str) -> tuple[Person, str]:
    """Return the guest of this session token, made now where it is nobody's; and the token.

    The same token twice, as two tabs or a repeated request send it, is one guest. A token that is
    somebody's but no longer good gives a new guest with a token of its own.
    """
    try:
        return _guest_of(token, now, tz)
    except sa.exc.IntegrityError:  # on PostgreSQL another tab was first: now its guest is found
        return _guest_of(token, now, tz)


def _guest_of(token: str, now: datetime, tz: str) -> tuple[Person, str]:
    with writing() as session:
        known = session.get(Session, sha256_hex(token))  # first: a row that comes after is live
        live, _ = _live(token, now)
        if known is not None and (live is None or not live.is_guest):
            live, token = None, new_secret()
        user_id = live.id if live else _new_guest(session, token, now, tz)
    guest = person(user_id)
    assert guest is not None  # noqa: S101 - committed just now
    return guest, token


def _new_guest(session: Any, token: str, now: datetime, tz: str) -> int:
    user = User(uid=new_uid(), kind="guest", tz=tz, created_at=now, seen_on=now.date())
    session.add(user)
    session.flush()
    add(session, user, now, token)
    session.flush()
    return user.id


def start(user_id: int, now: datetime) -> str:
    """Begin a session for a user and return its token; sessions that ran out are swept."""
    with writing() as session:
        session.execute(sa.delete(Session).where(Session.expires_at <= now))
        user = session.get_one(User, user_id)
        user.seen_on = now.date()
        return add(session, user, now)


def add(session: Any, user: User, now: datetime, token: str | None = None) -> str:
    """Add a session row inside the caller's transaction; returns its token."""
    token = token or new_secret()
    session.add(
        Session(
            token_sha256=sha256_hex(token),
            user_id=user.id,
            epoch=user.epoch,
            expires_at=now + _lasts(user.kind),
            seen_at=now,
        )
    )
    return token


def end(token: str) -> None:
    """End one session: its cookie is worthless from now on."""
    with writing() as session:
        session.execute(sa.delete(Session).where(Session.token_sha256 == sha256_hex(token)))


def _touch(token: str, person: Person, now: datetime) -> None:
    with writing() as session:
        session.execute(
            sa.update(Session)
            .where(Session.token_sha256 == sha256_hex(token))
            .values(seen_at=now, expires_at=now + _lasts(person.kind))
        )
        session.execute(sa.update(User).where(User.id == person.id).values(seen_on=now.date()))


def _lasts(kind: str) -> timedelta:
    return GUEST_LASTS if kind == "guest" else PERSON_LASTS
