"""One-time links: a secret in an address that sets up, invites, resets or claims, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import OneTimeLink, User
from quizapp.services.identifiers import new_secret, sha256_hex
from quizapp.services.people import audit, people

NEW_ACCOUNT = frozenset({"setup", "invite"})  # whoever opens it makes an account
OWN_ACCOUNT = frozenset({"reset", "claim"})  # sets the password of an account that is there
SETUP_HOURS = RESET_HOURS = 24
INVITE_HOURS = CLAIM_HOURS = 7 * 24


class LinkGone(LookupError):
    """The link was used, ran out, was replaced, or never was."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is good for."""

    purpose: str
    user_id: int | None
    role: str | None
    email: str | None
    name: str | None

    @property
    def makes_account(self) -> bool:
        """Whether it makes an account rather than setting the password of one."""
        return self.purpose in NEW_ACCOUNT


def make_link(
    purpose: str,
    user_id: int | None,
    role: str | None,
    hours: int,
    now: datetime,
    actor_id: int | None = None,
) -> str:
    """Make a link and return its token, which is stored nowhere; an act of an admin is audited.

    A new link for a user's account ends the ones before.
    """
    with writing() as session:
        token = add(session, purpose, user_id, role, hours, now)
        if actor_id is not None:
            audit.note(session, now, actor_id, f"link.{purpose}", user_id, role)
        return token


def add(
    session: Any,
    purpose: str,
    user_id: int | None,
    role: str | None,
    hours: int,
    now: datetime,
) -> str:
    """Add a link inside the caller's transaction; sweeps those that ran out."""
    if (purpose in OWN_ACCOUNT) != (
        user_id is not None
    ) or purpose not in NEW_ACCOUNT | OWN_ACCOUNT:
        raise ValueError(f"a link to {purpose} for user {user_id}")
    old = OneTimeLink.expires_at <= now
    if user_id is not None:
        old = sa.or_(old, OneTimeLink.user_id == user_id)
    session.execute(sa.delete(OneTimeLink).where(old))
    token = new_secret()
    session.add(
        OneTimeLink(
            token_sha256=sha256_hex(token),
            purpose=purpose,
            user_id=user_id,
            role=role,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return token


def find_link(token: str, now: datetime) -> Link:
    """Return what a link is good for, without using it; LinkGone where it is good for nothing."""
    row = db.session.execute(
        sa.select(OneTimeLink.purpose, OneTimeLink.user_id, OneTimeLink.role, User.email, User.name)
        .outerjoin(User, User.id == OneTimeLink.user_id)
        .where(*_alive(token, now), User.disabled_at.is_(None))
    ).first()
    # A set-up link that was printed and forgotten must not make a second ruler later.
    if row is None or (row.purpose == "setup" and people.has_admin()):
        raise LinkGone
    return Link(*row)


def spend(session: Any, token: str, purposes: frozenset[str], now: datetime) -> Link:
    """Use a link up inside the caller's transaction, which then does what it is good for.

    Of two that come at the same moment one finds it gone: the update is the lock.
    """
    row = session.execute(
        sa.update(OneTimeLink)
        .where(*_alive(token, now), OneTimeLink.purpose.in_(purposes))
        .values(used_at=now)
        .returning(OneTimeLink.purpose, OneTimeLink.user_id, OneTimeLink.role)
        .execution_options(synchronize_session=False)
    ).first()
    if row is None or (row.purpose == "setup" and people.has_admin()):
        raise LinkGone
    return Link(row.purpose, row.user_id, row.role, None, None)


def _alive(token: str, now: datetime) -> tuple[Any, ...]:
    return (
        OneTimeLink.token_sha256 == sha256_hex(token),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
