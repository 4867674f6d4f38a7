"""Banks: who may see and change them, and how they are found and named."""

import re
import unicodedata

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from quizapp.extensions import db
from quizapp.models import Bank, BankMember
from quizapp.services.content.bank_access import LET_IN, let_in
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person

MAX_SLUG = 60  # room for a number behind it in a column of 80
RESERVED = frozenset({"new", "import", "export", "search"})  # names that pages need for themselves

_NOT_ASCII = re.compile(r"[^a-z0-9]+")


def may_view(person: Person | None, bank: Bank) -> bool:
    """Say whether somebody who knows the bank's address may see it; None is nobody known."""
    if bank.deleted_at is not None:
        return False
    if bank.visibility in {"public", "link"} or _owns(person, bank):
        return True
    if person is None:
        return False
    return bool(db.session.scalar(LET_IN, {"bank_id": bank.id, "user_id": person.id}))


def may_give(person: Person, bank: Bank) -> bool:
    """Say whether the person may open the bank to a course of theirs.

    Whoever sees it only because a course was given it may not give it on.
    """
    if bank.deleted_at is not None:
        return False
    if bank.visibility in {"public", "link"} or _owns(person, bank):
        return True
    return _access(person, bank) is not None


def viewable(person: Person | None) -> sa.ColumnElement[bool]:
    """Return what `may_view` says, as a condition for queries that have Bank."""
    if person is None:
        return sa.and_(Bank.deleted_at.is_(None), _OPEN_TO_ALL)
    ownerless = Bank.owner_id.is_(None) if person.is_admin else sa.false()
    rights = sa.or_(_OPEN_TO_ALL, Bank.owner_id == person.id, ownerless, let_in(Bank.id, person.id))
    return sa.and_(Bank.deleted_at.is_(None), rights)


_OPEN_TO_ALL = Bank.visibility.in_(("public", "link"))
# The same for statements that are built once and run with what `viewer` returns: building it anew
# costs more than most queries.
VIEWABLE = sa.and_(
    Bank.deleted_at.is_(None),
    sa.or_(
        _OPEN_TO_ALL,
        Bank.owner_id == sa.bindparam("viewer"),
        sa.and_(sa.bindparam("viewer_is_admin", type_=sa.Boolean()), Bank.owner_id.is_(None)),
        let_in(Bank.id, sa.bindparam("viewer")),
    ),
)


def viewer(person: Person) -> dict[str, int | bool]:
    """Return the parameters of a statement with VIEWABLE in it."""
    return {"viewer": person.id, "viewer_is_admin": person.is_admin}


def may_edit(person: Person | None, bank: Bank) -> bool:
    """Say whether the person may change the bank: its owner, or a member who may edit."""
    if bank.deleted_at is not None or person is None or person.is_guest:
        return False
    return _owns(person, bank) or _access(person, bank) == "edit"


def editable(slug: str, person: Person | None) -> Bank:
    """Return the bank at an address that the person may change; Absent where there is none."""
    bank = find(slug)
    if bank is None or not may_edit(person, bank):
        raise Absent
    return bank


def owns(person: Person | None, bank: Bank) -> bool:
    """Say whether the person holds the owner's rights over a bank that is not deleted."""
    return may_edit(person, bank) and _owns(person, bank)


def owned(slug: str, person: Person | None) -> Bank:
    """Return the bank at an address over which the person has the owner's rights; else Absent."""
    bank = find(slug)
    if bank is None or not owns(person, bank):
        raise Absent
    return bank


def visible_banks(person: Person | None) -> list[Bank]:
    """Return the banks to list, by title: public ones, and those that are the person's to see."""
    visible = Bank.visibility == "public"
    if person is not None:
        visible |= (Bank.owner_id == person.id) | let_in(Bank.id, person.id)
        if person.is_admin:
            visible |= Bank.owner_id.is_(None)
    query = sa.select(Bank).where(Bank.deleted_at.is_(None), visible)
    return sorted(db.session.scalars(query), key=lambda bank: (bank.title.casefold(), bank.id))


def find(slug: str) -> Bank | None:
    """Return the bank at an address, whoever may see it; None where none is or was deleted."""
    query = sa.select(Bank).where(Bank.slug == slug, Bank.deleted_at.is_(None))
    return db.session.scalars(query).first()


def find_named(name: str) -> Bank | None:
    """Return the bank with this slug, else the one with this title if only one has it."""
    if bank := find(name):
        return bank
    query = sa.select(Bank).where(Bank.title == name, Bank.deleted_at.is_(None)).limit(2)
    found = db.session.scalars(query).all()
    return found[0] if len(found) == 1 else None


def unique_slug(title: str) -> str:
    """Return an address for a new bank of this title; same title, same address while it is free."""
    return free_slug(db.session(), Bank.slug, title, "bank")


def free_slug(
    session: Session, column: InstrumentedAttribute[str], title: str, otherwise: str
) -> str:
    """Return a slug that `column` does not hold yet; `otherwise` where the title has no letters."""
    base = slug_of(title) or otherwise
    taken = set(session.scalars(sa.select(column).where(column.startswith(base, autoescape=True))))
    taken |= RESERVED
    if base not in taken:
        return base
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken)


def slug_of(title: str) -> str:
    """Return the title in ASCII letters, digits and hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _NOT_ASCII.sub("-", plain).strip("-")[:MAX_SLUG].strip("-")


def _owns(person: Person | None, bank: Bank) -> bool:
    """Say whether somebody holds the owner's rights: admins do where there is no owner."""
    if person is None:
        return False
    return person.is_admin if bank.owner_id is None else bank.owner_id == person.id


def _access(person: Person, bank: Bank) -> str | None:
    member = db.session.get(BankMember, (bank.id, person.id))
    return member.access if member else None


def editable_banks(person: Person) -> list[Bank]:
    """Return the banks that the person may change, by title."""
    mine = sa.select(BankMember.bank_id).where(
        BankMember.user_id == person.id, BankMember.access == "edit"
    )
    rights = (Bank.owner_id == person.id) | Bank.id.in_(mine)
    if person.is_admin:
        rights |= Bank.owner_id.is_(None)
    query = sa.select(Bank).where(Bank.deleted_at.is_(None), rights)
    return sorted(db.session.scalars(query), key=lambda bank: (bank.title.casefold(), bank.id))
