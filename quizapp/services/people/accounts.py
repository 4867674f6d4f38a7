"""How an account comes to be: by signing up, by an admin's word, or by a link."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.identifiers import new_uid
from quizapp.services.people import audit, links, passwords, sessions
from quizapp.services.people.addresses import Address, read_address
from quizapp.services.people.people import check_role
from quizapp.services.people.sessions import Person


class EmailTaken(ValueError):
    """Another account has this e-mail address."""


class NotAGuest(ValueError):
    """The guest became an account meanwhile, or was merged into one."""


def sign_up(
    guest: Person | None, email: str, name: str, password: str, tz: str, now: datetime
) -> Person:
    """Make an account; a guest's own row becomes it, with everything in it, and its sessions end.

    Raises EmailInvalid, EmailTaken, WeakPassword, NotAGuest. Begin a session with
    `sessions.start`.
    """
    address = read_address(email)
    hashed = passwords.hashed(password, (address.email, name))
    with writing() as session:
        user_id = _make(session, guest, address, name, hashed, "learner", tz, now).id
    return _person(user_id)


def add_user(
    email: str, role: str, name: str, password: str | None, now: datetime
) -> tuple[str, str | None]:
    """Make an account for somebody; returns its uid and, without a password, a claim link's token.

    Raises EmailInvalid, EmailTaken, WeakPassword; ValueError for an unknown role.
    """
    check_role(role)
    address = read_address(email)
    hashed = None if password is None else passwords.hashed(password, (address.email, name))
    with writing() as session:
        user = _make(session, None, address, name, hashed, role, "UTC", now)
        user.seen_on = None  # made by somebody else: not seen yet
        token = None
        if hashed is None:
            token = links.add(session, "claim", user.id, None, links.CLAIM_HOURS, now)
        audit.note(session, now, None, "user.add", user.id, role)
        return user.uid, token


def accept_link(
    token: str,
    guest: Person | None,
    email: str,
    name: str,
    password: str,
    tz: str,
    now: datetime,
) -> Person:
    """Use a set-up or invitation link: make the account that it promises, as `sign_up` does.

    Raises LinkGone, and what `sign_up` raises; the link is used up only by success.
    """
    address = read_address(email)
    hashed = passwords.hashed(password, (address.email, name))
    with writing() as session:
        link = links.spend(session, token, links.NEW_ACCOUNT, now)
        user = _make(session, guest, address, name, hashed, link.role or "learner", tz, now)
        audit.note(session, now, user.id, f"link.{link.purpose}.used", user.id, link.role)
        user_id = user.id
    return _person(user_id)


def set_password(token: str, password: str, now: datetime) -> Person:
    """Use a reset or claim link: set the password of its account and end all its sessions.

    Raises LinkGone, WeakPassword; the link is used up only by success.
    """
    link = links.find_link(token, now)
    hashed = passwords.hashed(password, (link.email or "", link.name or ""))
    with writing() as session:
        user_id = links.spend(session, token, links.OWN_ACCOUNT, now).user_id
        user = session.get_one(User, user_id, with_for_update=True)
        if user.disabled_at:
            raise links.LinkGone
        passwords.replace(session, user, hashed)
        audit.note(session, now, user.id, f"link.{link.purpose}.used", user.id)
    return _person(user.id)


def _make(
    session: Any,
    guest: Person | None,
    address: Address,
    name: str,
    password_hash: str | None,
    role: str,
    tz: str,
    now: datetime,
) -> User:
    """Make an account inside the caller's transaction, out of the guest's row if there is one."""
    if session.scalar(sa.select(User.id).where(User.email_key == address.key)):
        raise EmailTaken
    user = _guest_row(session, guest) if guest else User(uid=new_uid(), tz=tz, created_at=now)
    session.add(user)
    user.kind, user.role, user.name = "person", role, name.strip()
    user.email, user.email_key, user.password_hash = address.email, address.key, password_hash
    user.seen_on = now.date()
    try:
        session.flush()
    except sa.exc.IntegrityError as error:  # somebody took the address at the same moment
        raise EmailTaken from error
    return user


def _guest_row(session: Any, guest: Person) -> User:
    user: User | None = session.get(User, guest.id, with_for_update=True)
    if user is None or user.kind != "guest" or user.merged_into_id is not None:
        raise NotAGuest
    passwords.end_sessions(session, user)
    return user


def _person(user_id: int) -> Person:
    found = sessions.person(user_id)
    if found is None:
        raise LookupError(user_id)
    return found


def email_of(user_id: int) -> str | None:
    """Return the address that an account signs in with."""
    return db.session.scalar(sa.select(User.email).where(User.id == user_id))
