"""Whom the owner of a bank lets view or edit it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, User
from quizapp.services.content.questions import Absent
from quizapp.services.people import audit, throttling
from quizapp.services.people.addresses import email_key
from quizapp.services.people.sessions import Person

ACCESS = ("view", "edit")
MOST = 200  # members of one bank


class NoInstructor(LookupError):
    """Nobody who may be let in has this address; why is not told."""


class Full(RuntimeError):
    """The bank has as many members as it may have."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may view or edit."""

    uid: str
    name: str
    email: str
    access: str


def members(bank_id: int) -> list[Member]:
    """Return a bank's members by name."""
    query = (
        sa.select(User.uid, User.name, User.email, BankMember.access)
        .join(BankMember, BankMember.user_id == User.id)
        .where(BankMember.bank_id == bank_id)
    )
    found = [Member(uid, name, email or "", access) for uid, name, email, access in
             db.session.execute(query)]  # fmt: skip
    return sorted(found, key=lambda one: ((one.name or one.email).casefold(), one.uid))


def add(bank_id: int, email: str, access: str, by: Person, now: datetime) -> Member:
    """Let an instructor in, or change what they may do.

    NoInstructor, always the same, for an address that is nobody's, a learner's, or one's own: who
    has an account is not told. Throttled where somebody tries many.
    """
    if access not in ACCESS:
        raise ValueError("access")
    throttling.take({f"members:{by.id}": throttling.PER_ACCOUNT}, now)
    with writing() as session:
        bank = session.get_one(Bank, bank_id, with_for_update=True)
        user = session.scalar(sa.select(User).where(*_may_be_let_in(email)))
        if user is None or user.id in (bank.owner_id, by.id):
            raise NoInstructor
        member = session.get(BankMember, (bank_id, user.id))
        if member is None:
            if _count(bank_id) >= MOST:
                raise Full
            session.add(BankMember(bank_id=bank_id, user_id=user.id, access=access))
        else:
            member.access = access
        audit.note(session, now, by.id, "bank.member", user.id, f"{bank.uid}: {access}")
        return Member(user.uid, user.name, user.email or "", access)


def remove(bank_id: int, uid: str, by: Person, now: datetime) -> None:
    """Let somebody in no longer; Absent where they are no member."""
    with writing() as session:
        member = session.scalar(
            sa.select(BankMember)
            .join(User, User.id == BankMember.user_id)
            .where(BankMember.bank_id == bank_id, User.uid == uid)
        )
        if member is None:
            raise Absent
        bank = session.get_one(Bank, bank_id)
        audit.note(session, now, by.id, "bank.member.remove", member.user_id, bank.uid)
        session.delete(member)


def _may_be_let_in(email: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        User.email_key == email_key(email),
        User.kind == "person",
        User.role.in_(("instructor", "admin")),
        User.disabled_at.is_(None),
        User.merged_into_id.is_(None),
    )


def _count(bank_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(BankMember)
    return db.session.scalar(query.where(BankMember.bank_id == bank_id)) or 0
