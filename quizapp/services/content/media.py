"""The pictures and sounds of a bank, for whoever may see the bank or is asked its questions."""

from dataclasses import dataclass

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import AttemptItem, Bank, Media, MediaBlob, MediaUse, Question
from quizapp.services.content import banks
from quizapp.services.people.sessions import Person


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file as it is sent."""

    data: bytes
    mime: str
    sha256: str


def find(slug: str, name: str, person: Person | None) -> MediaFile | None:
    """Return a bank's file by its name; None where there is none or it is not theirs to see.

    A quiz may be visible where its bank is not: whoever has been asked a question of the bank
    sees its pictures.
    """
    bank = banks.find(slug)
    if bank is None or not (banks.may_view(person, bank) or _was_asked(person, bank)):
        return None
    row = db.session.execute(
        sa.select(MediaBlob.data, Media.mime, Media.sha256)
        .join(Media, Media.sha256 == MediaBlob.sha256)
        .join(MediaUse, MediaUse.sha256 == Media.sha256)
        .where(MediaUse.bank_id == bank.id, MediaUse.name == name)
    ).first()
    return MediaFile(*row) if row else None


def _was_asked(person: Person | None, bank: Bank) -> bool:
    if person is None:
        return False
    asked = (
        sa.select(sa.literal(1))
        .select_from(AttemptItem)
        .join(Question, Question.id == AttemptItem.question_id)
        .where(AttemptItem.user_id == person.id, Question.bank_id == bank.id)
    )
    return bool(db.session.scalar(sa.select(asked.exists())))
