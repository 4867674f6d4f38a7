"""Files that instructors bring to a page: kept in pieces, looked at by a job, stored or let go.

States: reading (a job looks at it), ready (its preview is there), failed (it cannot be read),
storing (a job stores it), stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.formats.shared.source import MIB
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Import, Job, Upload, UploadPiece
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.identifiers import new_uid
from quizapp.services.operations import jobs
from quizapp.services.people.sessions import Person

READ, STORE = "upload.read", "upload.store"  # kinds of jobs
PIECE = 2 * MIB
KEPT = timedelta(days=2)
MOST_AT_ONCE = 20  # uploads that one person may have waiting
PATIENCE_S = 5.0
RECENT = 10
# Articles wait among the uploads, too, in states of their own; they have their own pages.
OF_BANKS = ~Upload.state.startswith("article_")
GIVEN_UP = "Reading it failed several times. Nothing was stored; please report the file."


class TooMany(RuntimeError):
    """The person has as many uploads waiting as anybody may have."""


@dataclass(frozen=True, slots=True)
class UploadView:
    """An upload as its page shows it."""

    uid: str
    filename: str
    size: int
    state: str
    options: Mapping[str, Any]
    report: Mapping[str, Any]
    bank_slug: str | None  # where it is to go, or went
    bank_title: str | None
    import_id: int | None
    progress: float | None
    undone: bool
    created_at: datetime


def receive(
    person: Person,
    filename: str,
    file: IO[bytes],
    bank_id: int | None,
    options: Mapping[str, Any],
    now: datetime,
) -> str:
    """Keep a file and have it looked at; returns the upload's uid.

    The pieces go in one short transaction each, so that nobody waits for a large file.
    """
    with writing(PATIENCE_S) as session:
        waiting = sa.select(sa.func.count()).where(
            Upload.user_id == person.id,
            Upload.state != "stored",
            Upload.created_at > now - KEPT,
            OF_BANKS,
        )
        if (session.scalar(waiting) or 0) >= MOST_AT_ONCE:
            raise TooMany
        upload = Upload(
            uid=new_uid(),
            user_id=person.id,
            bank_id=bank_id,
            filename=storable_name(filename),
            options=dict(options),
            state="reading",
            created_at=now,
        )
        session.add(upload)
        session.flush()
        upload_id, uid = upload.id, upload.uid
    size = number = 0
    while data := file.read(PIECE):
        with writing(PATIENCE_S) as session:
            session.add(UploadPiece(upload_id=upload_id, number=number, data=data))
        size, number = size + len(data), number + 1
    with writing(PATIENCE_S) as session:
        upload = session.get_one(Upload, upload_id)
        upload.size = size
        _ask(session, upload, READ, now)
    return uid


def storable_name(filename: str) -> str:
    """Return a file name without folders and without what no database stores."""
    name = filename.replace("\\", "/").rpartition("/")[2].replace("\x00", "")
    return name.encode("utf-8", "replace").decode()[:300] or "file"


def find(uid: str, person: Person) -> UploadView:
    """Return one of the person's own uploads; Absent where there is none."""
    row = db.session.execute(
        sa.select(Upload, Bank.slug, Bank.title, Job.state, Job.progress, Import.state)
        .outerjoin(Bank, Bank.id == Upload.bank_id)
        .outerjoin(Job, Job.id == Upload.job_id)
        .outerjoin(Import, Import.id == Upload.import_id)
        .where(Upload.uid == uid, Upload.user_id == person.id, OF_BANKS)
    ).first()
    if row is None:
        raise Absent
    upload, slug, title, job_state, progress, import_state = row
    state, report = upload.state, upload.report
    if job_state == "failed" and state in ("reading", "storing"):
        state, report = "failed", {"error": GIVEN_UP, "line": None}
    return UploadView(
        upload.uid,
        upload.filename,
        upload.size,
        state,
        upload.options,
        report,
        slug,
        title,
        upload.import_id,
        progress,
        import_state == "undone",
        upload.created_at,
    )


def look_again(uid: str, person: Person, options: Mapping[str, Any], now: datetime) -> None:
    """Have a file looked at anew, with other options; Absent while it is being stored."""
    with writing(PATIENCE_S) as session:
        upload = _own(session, uid, person, ("ready", "failed", "reading"))
        upload.options = {**upload.options, **options}
        upload.state = "reading"
        _ask(session, upload, READ, now)


def store(
    uid: str, person: Person, choices: Mapping[str, Any], bank_id: int | None, now: datetime
) -> None:
    """Have a file stored as its preview showed it; Absent where it is not ready for that.

    choices: title, public, leave_out (positions), tags (by category), quiz (its title, if any).
    Who may see a bank is its owner's to say: from others "public" is not heard.
    """
    with writing(PATIENCE_S) as session:
        upload = _own(session, uid, person, ("ready",))
        bank = session.get(Bank, bank_id) if bank_id is not None else None
        if bank_id is not None and (bank is None or not banks.may_edit(person, bank)):
            raise Absent
        upload.bank_id = bank_id
        is_theirs = bank is None or banks.owns(person, bank)
        public = bool(choices.get("public")) and is_theirs
        upload.options = {**upload.options, **choices, "public": public}
        upload.state = "storing"
        _ask(session, upload, STORE, now)


def discard(uid: str, person: Person) -> None:
    """Let an upload go that was not stored."""
    with writing(PATIENCE_S) as session:
        session.delete(_own(session, uid, person, ("ready", "failed", "reading")))


def sweep(now: datetime) -> None:
    """Delete the pieces of what is stored, and uploads that were left lying."""
    old = sa.select(Upload.id).where(
        sa.or_(Upload.created_at < now - KEPT, Upload.state == "stored")
    )
    with_pieces = sa.select(UploadPiece.upload_id).where(UploadPiece.upload_id.in_(old)).limit(1)
    lying = sa.select(Upload.id).where(Upload.created_at < now - KEPT, Upload.state != "stored")
    if db.session.scalar(with_pieces) is None and db.session.scalar(lying.limit(1)) is None:
        return  # found by reading: nobody's turn to write is taken
    with writing(PATIENCE_S) as session:
        session.execute(sa.delete(UploadPiece).where(UploadPiece.upload_id.in_(old)))
        session.execute(sa.delete(Upload).where(Upload.id.in_(lying)))


def _own(session: Session, uid: str, person: Person, states: tuple[str, ...]) -> Upload:
    query = sa.select(Upload).where(
        Upload.uid == uid, Upload.user_id == person.id, Upload.state.in_(states)
    )
    upload = session.scalars(query.with_for_update()).first()
    if upload is None:
        raise Absent
    return upload


def _ask(session: Session, upload: Upload, kind: str, now: datetime) -> None:
    key = f"upload:{upload.id}:{kind}"
    payload = {"upload": upload.id}
    upload.job_id = jobs.enqueue(
        session, kind, payload, now=now, dedupe_key=key, created_by=upload.user_id
    )


def recent(person: Person) -> list[UploadView]:
    """Return the person's last uploads, newest first."""
    light = sa.orm.load_only(Upload.uid, Upload.filename, Upload.size, Upload.state)
    rows = db.session.execute(
        sa.select(Upload, Upload.created_at, Bank.slug, Bank.title, Import.state)
        .options(light)  # not the reports, which may be long
        .outerjoin(Bank, Bank.id == Upload.bank_id)
        .outerjoin(Import, Import.id == Upload.import_id)
        .where(Upload.user_id == person.id, OF_BANKS)
        .order_by(Upload.id.desc())
        .limit(RECENT)
    )
    return [
        UploadView(
            uid=upload.uid,
            filename=upload.filename,
            size=upload.size,
            state=upload.state,
            options={},
            report={},
            bank_slug=slug,
            bank_title=title,
            import_id=None,
            progress=None,
            undone=import_state == "undone",
            created_at=created_at,
        )
        for upload, created_at, slug, title, import_state in rows
    ]
