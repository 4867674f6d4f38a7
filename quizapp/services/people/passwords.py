"""Passwords: argon2id, refused when weak; checking costs the same whoever is asked for."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from quizapp.database import writing
from quizapp.extensions import db, hasher
from quizapp.models import OneTimeLink, Session, User
from quizapp.services.people import sessions, throttling
from quizapp.services.people.addresses import email_key
from quizapp.services.people.weak_passwords import normalized, weakness


class WeakPassword(ValueError):
    """A password that is refused; `code` says why: short, long, common or personal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WrongPassword(ValueError):
    """The password given is not that of the account."""


def hashed(password: str, personal: Iterable[str]) -> str:
    """Return what is stored in place of a password; WeakPassword where it is refused.

    Takes tens of milliseconds: call it before entering a transaction.
    """
    password = normalized(password)
    if code := weakness(password, personal):
        raise WeakPassword(code)
    return hasher().hash(password)


def check_password(email: str, password: str, address: str, now: datetime) -> int | None:
    """Return whose e-mail and password these are, or None; `address` is where the try comes from.

    An unknown, a disabled and a passwordless user cost and answer the same as a wrong password.
    Raises Throttled. Counting and hashing are transactions apart: a failed try has to stay
    counted, and nobody may hold the write lock while hashing.
    """
    limits = throttling.sign_in_limits(email_key(email), address)
    throttling.take(limits, now)
    row = db.session.execute(
        sa.select(User.id, User.password_hash, User.disabled_at).where(
            User.email_key == email_key(email), User.kind == "person"
        )
    ).first()
    db.session.rollback()
    stored = row.password_hash if row else None
    if not _matches(stored, password) or row is None or row.disabled_at is not None:
        return None
    throttling.give_back(limits, now)
    _rehash(row.id, row.password_hash, password)
    return row.id


def confirm_password(user_id: int, password: str, address: str, now: datetime) -> None:
    """Raise WrongPassword unless this is the user's password; Throttled as at sign-in."""
    email = db.session.scalar(sa.select(User.email).where(User.id == user_id))
    if email is None or check_password(email, password, address, now) != user_id:
        raise WrongPassword


def change_password(user_id: int, password: str, now: datetime) -> str:
    """Store a new password; every session ends, the token returned begins a new one."""
    user = db.session.get_one(User, user_id)
    new = hashed(password, (user.email or "", user.name))
    with writing() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        replace(session, user, new)
        return sessions.add(session, user, now)


def replace(session: Any, user: User, password_hash: str) -> None:
    """Set a hash inside the caller's transaction; ends sessions and links made before."""
    user.password_hash = password_hash
    end_sessions(session, user)


def end_sessions(session: Any, user: User) -> None:
    """End all sessions of a user, and the links that would let somebody in."""
    user.epoch += 1
    session.execute(sa.delete(Session).where(Session.user_id == user.id))
    session.execute(
        sa.delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
    )


def _matches(stored: str | None, password: str) -> bool:
    """Verify a password; without a stored hash, against one that nothing matches."""
    try:
        hasher().verify(stored or _nobodys(hasher()), normalized(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@lru_cache(maxsize=8)
def _nobodys(with_hasher: PasswordHasher) -> str:
    return with_hasher.hash("nobody's password")


def _rehash(user_id: int, stored: str, password: str) -> None:
    """Store the hash anew where its parameters are no longer those of the app."""
    if hasher().check_needs_rehash(stored):
        new = hasher().hash(normalized(password))
        with writing() as session:
            session.execute(
                sa.update(User)
                .where(User.id == user_id, User.password_hash == stored)
                .values(password_hash=new)
            )
