"""The worker's part of drafting: fetch, read, draft, and store all of it or nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from quizapp.core.articles.model import ArticleError, Drafted, Extracted
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Upload, UploadPiece
from quizapp.services.articles import child, drafting, fetching, generating, storing
from quizapp.services.content import banks, catalog
from quizapp.services.people import sessions

PATIENCE_S = 10.0
BANK_GONE = "The bank that the questions were to go to is not there any more."


class Context(Protocol):
    """What a job's handler is given."""

    def now(self) -> datetime:
        """Return the time."""

    def progress(self, share: float) -> None:
        """Note how far the job is."""


@dataclass(frozen=True, slots=True)
class _Brought:
    """An upload as plain values."""

    id: int
    state: str
    filename: str
    options: Mapping[str, Any]


def run(payload: dict[str, Any], context: Context) -> dict[str, Any] | None:
    """Draft from an article that was brought; what goes wrong with it is told in its report."""
    brought = _brought(int(payload["upload"]))
    if brought is None or brought.state not in drafting.IN_WORK:
        return None  # done by another worker, or let go
    try:
        _note(brought.id, "reading")
        found = _read(brought)
        context.progress(0.3)
        _note(brought.id, "drafting")
        drafted = generating.drafted(found, brought.options["generator"])
        context.progress(0.9)
        return _store(brought.id, found, drafted, context.now())
    except ArticleError as error:
        _fail(brought.id, str(error))
        return {"state": "failed"}


def _brought(upload_id: int) -> _Brought | None:
    row = db.session.execute(
        sa.select(Upload.id, Upload.state, Upload.filename, Upload.options).where(
            Upload.id == upload_id, Upload.state.startswith(drafting.PREFIX)
        )
    ).first()
    db.session.rollback()
    return _Brought(*row) if row else None


def _read(brought: _Brought) -> Extracted:
    """Return the article that was brought."""
    options = brought.options
    if options["given"] == "address":
        began = time.monotonic()
        page = fetching.fetch(options["url"])
        spent_s = time.monotonic() - began
        return child.read(page.data, page.filename, page.mime, page.url, spent_s)
    pieces = sa.select(UploadPiece.data).where(UploadPiece.upload_id == brought.id)
    data = b"".join(db.session.scalars(pieces.order_by(UploadPiece.number)))
    db.session.rollback()
    if options["given"] == "text":
        return child.read_text(data.decode())
    return child.read(data, brought.filename, options["mime"])


def _store(
    upload_id: int, found: Extracted, drafted: Drafted, now: datetime
) -> dict[str, Any] | None:
    """Store everything, unless another worker has meanwhile."""
    with writing(PATIENCE_S) as session:
        in_work = sa.select(Upload).where(
            Upload.id == upload_id, Upload.state.in_(drafting.IN_WORK)
        )
        upload = session.scalar(in_work.with_for_update())
        if upload is None:
            return None
        person = sessions.person(upload.user_id)
        if upload.bank_id is None:
            bank = storing.new_bank(session, found.title, found.language, upload.user_id)
        else:
            bank = session.get_one(Bank, upload.bank_id)
            if not banks.may_edit(person, bank):
                raise ArticleError(BANK_GONE)
        added = storing.store(session, bank, found, drafted, now)
        upload.state, upload.report = drafting.DONE, {"article": added.article}
        session.execute(sa.delete(UploadPiece).where(UploadPiece.upload_id == upload_id))
    catalog.forget()
    return {"state": "done", "article": added.article}


def _note(upload_id: int, state: str) -> None:
    """Say what is being done, for whoever waits."""
    with writing(PATIENCE_S) as session:
        session.execute(_in_work(upload_id).values(state=drafting.PREFIX + state))


def _fail(upload_id: int, message: str) -> None:
    """Say why it cannot be used, and let the pieces go."""
    with writing(PATIENCE_S) as session:
        session.execute(
            _in_work(upload_id).values(state=drafting.FAILED, report={"error": message})
        )
        session.execute(sa.delete(UploadPiece).where(UploadPiece.upload_id == upload_id))


def _in_work(upload_id: int) -> sa.Update:
    return sa.update(Upload).where(Upload.id == upload_id, Upload.state.in_(drafting.IN_WORK))
