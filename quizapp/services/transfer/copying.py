"""A bank copied into a new one, by writing it as a bank file and bringing that in."""

from datetime import datetime

import sqlalchemy as sa

from quizapp.core.formats.model import Loss
from quizapp.core.formats.shared.source import Source
from quizapp.core.formats.shared.zips import zipped
from quizapp.extensions import db
from quizapp.models import Bank
from quizapp.services.content.managing import LONGEST_TITLE, Head, create
from quizapp.services.people.sessions import Person
from quizapp.services.transfer.exporting import export_files
from quizapp.services.transfer.import_matching import NATIVE
from quizapp.services.transfer.importing import import_bank

FILE = "copy.zip"


def copy_bank(bank: Bank, person: Person, title: str, now: datetime) -> tuple[str, list[Loss]]:
    """Make a new private bank of the person out of all that a bank file holds of this one.

    Active questions, facts, articles, pictures and quizzes go along; drafts, retired questions,
    answers and members do not. Returns the copy's slug, and what could not be copied.
    """
    title = _free_title(title, person)
    written, losses = export_files(bank, NATIVE, FILE)
    if not written.questions:
        return create(person, Head(title, bank.language, bank.notice)), losses
    source = Source.of(FILE, zipped(written.files))
    report = import_bank(source, format=NATIVE, title=title, owner_id=person.id, now=now)
    return report.bank, losses


def _free_title(title: str, person: Person) -> str:
    """Return a title that none of the person's banks has: an import would add to that bank."""
    query = sa.select(Bank.title).where(Bank.owner_id == person.id, Bank.deleted_at.is_(None))
    taken = set(db.session.scalars(query))
    title = title[: LONGEST_TITLE - 10].strip()
    if title not in taken:
        return title
    return next(name for n in range(2, len(taken) + 3) if (name := f"{title} ({n})") not in taken)
