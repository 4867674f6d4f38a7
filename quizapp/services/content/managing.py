"""Banks as wholes: made, renamed, opened to others, deleted and brought back."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Import
from quizapp.services.content import banks, catalog
from quizapp.services.content.questions import Absent
from quizapp.services.identifiers import new_uid
from quizapp.services.people import audit
from quizapp.services.people.sessions import Person

VISIBILITIES = ("private", "link", "public")
LONGEST_TITLE = 300
LONGEST_LANGUAGE = 16
LONGEST_NOTICE = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """What a bank says of itself."""

    title: str
    language: str = "en"
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A bank that was deleted and can come back."""

    uid: str
    title: str
    deleted_at: datetime | None


def create(person: Person, head: Head) -> str:
    """Make an empty private bank of the person; returns its slug."""
    if not person.may_teach:
        raise Absent
    with writing() as session:
        bank = Bank(
            uid=new_uid(),
            slug=banks.unique_slug(head.title),
            title=head.title,
            language=head.language,
            notice=head.notice,
            owner_id=person.id,
            visibility="private",
        )
        session.add(bank)
        return bank.slug


def describe(bank_id: int, head: Head) -> None:
    """Change what a bank says of itself; its address stays."""
    with writing() as session:
        bank = session.get_one(Bank, bank_id)
        bank.title, bank.language, bank.notice = head.title, head.language, head.notice


def show_to(bank_id: int, visibility: str, by: Person, now: datetime) -> None:
    """Let nobody else, whoever has the link, or everybody see a bank."""
    if visibility not in VISIBILITIES:
        raise ValueError("visibility")
    with writing() as session:
        bank = session.get_one(Bank, bank_id)
        if bank.visibility != visibility:
            detail = f"{bank.uid}: {bank.visibility} to {visibility}"
            audit.note(session, now, by.id, "bank.visibility", None, detail)
            bank.visibility = visibility


def delete(bank_id: int, by: Person, now: datetime) -> None:
    """Take a bank from everyone's sight; everything in it is kept until it is restored."""
    with writing() as session:
        bank = session.get_one(Bank, bank_id)
        if bank.deleted_at is None:
            bank.deleted_at = now
            audit.note(session, now, by.id, "bank.delete", None, bank.uid)
    catalog.forget()


def deleted(person: Person) -> list[Deleted]:
    """Return the deleted banks that are the person's to restore, the last deleted first."""
    query = sa.select(Bank.uid, Bank.title, Bank.deleted_at).where(_restorable(person))
    return [Deleted(*row) for row in db.session.execute(query.order_by(Bank.deleted_at.desc()))]


def restore(uid: str, by: Person, now: datetime) -> str:
    """Bring a deleted bank back as it was; returns its slug. Absent where it is not theirs."""
    with writing() as session:
        bank = session.scalar(sa.select(Bank).where(_restorable(by), Bank.uid == uid))
        if bank is None:
            raise Absent
        bank.deleted_at = None
        audit.note(session, now, by.id, "bank.restore", None, bank.uid)
        slug = bank.slug
    catalog.forget()
    return slug


def _restorable(person: Person) -> sa.ColumnElement[bool]:
    mine: sa.ColumnElement[bool] = Bank.owner_id == person.id
    if person.is_admin:
        mine |= Bank.owner_id.is_(None)
    # a bank that an import is still filling looks deleted, but is not there yet
    filling = sa.exists().where(Import.bank_id == Bank.id, Import.state == "staged")
    return sa.and_(Bank.deleted_at.is_not(None), mine, ~filling)
