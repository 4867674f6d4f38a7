"""The pictures and sounds of a bank, for whoever may see the bank or is asked its questions."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from itertools import count

import sqlalchemy as sa

from quizapp.core.formats.shared.media import MIME, is_genuine, picture_mime
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import AttemptItem, Bank, Media, MediaBlob, MediaUse, Question
from quizapp.services.content import banks
from quizapp.services.people.sessions import Person

MAX_STEM = 80  # characters of a name
_UNPLAIN = re.compile(r"[^A-Za-z0-9_-]+")


class NotAPicture(ValueError):
    """A file that banks do not take; `code` says why: too-large, unknown-kind, too-many-pixels."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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


def store_upload(bank_id: int, filename: str, data: bytes, longest: int) -> str:
    """Store a picture and return the name that it has in the bank; the same one has it once.

    Its kind is told by its bytes, never by its name. Raises NotAPicture for any other file, SVG
    too, and for one of more than `longest` bytes or of far too many pixels.
    """
    mime = picture_mime(data)
    if len(data) > longest:
        raise NotAPicture("too-large")
    if mime is None:
        raise NotAPicture("unknown-kind")
    if not is_genuine(mime, data):
        raise NotAPicture("too-many-pixels")
    sha256 = hashlib.sha256(data).hexdigest()
    with writing() as session:
        # Locked, so that two uploads cannot take one name.
        session.execute(sa.select(Bank.id).where(Bank.id == bank_id).with_for_update())
        uses = sa.select(MediaUse.name, MediaUse.sha256).where(MediaUse.bank_id == bank_id)
        names = dict(session.execute(uses).all())
        for name, of in names.items():
            if of == sha256:
                return name
        if session.get(Media, sha256) is None:
            session.add(Media(sha256=sha256, mime=mime, size=len(data)))
            session.flush()
            session.add(MediaBlob(sha256=sha256, data=data))
        name = _free_name(filename, mime, {name.casefold() for name in names})
        session.add(MediaUse(bank_id=bank_id, sha256=sha256, name=name))
        return name


def _free_name(filename: str, mime: str, taken: set[str]) -> str:
    """Return a plain name with the suffix of its kind, close to the one given, and not taken."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    stem = re.split(r"[/\\]", plain)[-1].rpartition(".")[0]
    stem = _UNPLAIN.sub("-", stem).strip("-_")[:MAX_STEM].strip("-_") or "picture"
    suffix = next(suffix for suffix, kind in MIME.items() if kind == mime)
    names = (f"{stem}.{suffix}" if n == 1 else f"{stem}-{n}.{suffix}" for n in count(1))
    return next(name for name in names if name.casefold() not in taken)


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
