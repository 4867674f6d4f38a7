"""The worker's part of drafting: fetch, read, draft, and store all of it or nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles.model import ArticleError, Drafted, Extracted
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Upload, UploadPiece
from quizapp.services.articles import (
    child,
    drafting,
    fetching,
    generating,
    part_drafting,
    storing,
)
from quizapp.services.content import banks, catalog
from quizapp.services.people import sessions

PATIENCE_S = 10.0
LEAST_FETCHING_S = 3.0
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
    created_at: datetime


def run(payload: dict[str, Any], context: Context) -> dict[str, Any] | None:
    """Draft from an article that was brought; what goes wrong with it is told in its report."""
    brought = _brought(int(payload["upload"]))
    if brought is None or brought.state not in drafting.IN_WORK:
        return None  # done by another worker, or let go
    try:
        if brought.options["given"] in drafting.PARTS:
            return _draft_part(brought, context)
        _note(brought.id, "reading")
        waited_s = (context.now() - brought.created_at).total_seconds()
        found = _read(brought, _counted(waited_s))
        context.progress(0.3)
        _note(brought.id, "drafting")
        drafted = generating.drafted(found, brought.options["generator"])
        context.progress(0.9)
        return _store(brought.id, found, drafted, context.now())
    except ArticleError as error:
        _fail(brought.id, str(error))
        return {"state": "failed"}


def _draft_part(brought: _Brought, context: Context) -> dict[str, Any] | None:
    """Draft on a part of an article that is there, and store that, as `_store`."""
    _note(brought.id, "drafting")
    part = part_drafting.part(brought.options)
    drafted = part_drafting.drafted(part)
    context.progress(0.9)
    with writing(PATIENCE_S) as session:
        upload = _held(session, brought.id)
        if upload is None:
            return None
        bank = session.get_one(Bank, upload.bank_id)
        if not banks.may_edit(sessions.person(upload.user_id), bank):
            raise ArticleError(BANK_GONE)
        made = part_drafting.store(session, part, drafted, context.now())
        upload.state, upload.report = drafting.DONE, {"first": made[0] if made else ""}
    catalog.forget()
    return {"state": "done", "drafts": len(made)}


def _counted(waited_s: float) -> float:
    """Return how much of the waiting the reading has to make up for, so that all ends in time.

    Who has waited too long for that was told so by the page, and gets all the time for the work.
    """
    most = child.READING.seconds - child.LEAST_S - LEAST_FETCHING_S
    return waited_s if 0 < waited_s <= most else 0.0


def _brought(upload_id: int) -> _Brought | None:
    row = db.session.execute(
        sa.select(
            Upload.id, Upload.state, Upload.filename, Upload.options, Upload.created_at
        ).where(Upload.id == upload_id, Upload.state.startswith(drafting.PREFIX))
    ).first()
    db.session.rollback()
    return _Brought(*row) if row else None


def _read(brought: _Brought, spent_s: float) -> Extracted:
    """Return the article that was brought; spent_s: as `child.read`."""
    options = brought.options
    if options["given"] == "address":
        began = time.monotonic()
        most_s = child.READING.seconds - child.LEAST_S - spent_s
        reach = replace(fetching.PUBLIC, seconds=min(fetching.PUBLIC.seconds, most_s))
        page = fetching.fetch(options["url"], reach)
        spent_s += time.monotonic() - began
        return child.read(page.data, page.filename, page.mime, page.url, spent_s)
    pieces = sa.select(UploadPiece.data).where(UploadPiece.upload_id == brought.id)
    data = b"".join(db.session.scalars(pieces.order_by(UploadPiece.number)))
    db.session.rollback()
    if options["given"] == "text":
        return child.read_text(data.decode(), spent_s)
    return child.read(data, brought.filename, options["mime"], "", spent_s)


def _store(
    upload_id: int, found: Extracted, drafted: Drafted, now: datetime
) -> dict[str, Any] | None:
    """Store everything, unless another worker has meanwhile."""
    with writing(PATIENCE_S) as session:
        upload = _held(session, upload_id)
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


def _held(session: Session, upload_id: int) -> Upload | None:
    """Return the upload, locked, while nobody else is done with it."""
    in_work = sa.select(Upload).where(Upload.id == upload_id, Upload.state.in_(drafting.IN_WORK))
    return session.scalar(in_work.with_for_update())


def _note(upload_id: int, state: str) -> None:
    """Say what is being done, for whoever waits."""
    with writing(PATIENCE_S) as session:
        session.execute(_in_work(upload_id).values(state=drafting.PREFIX + state))


def _fail(upload_id: int, message: str) -> None:
    """Say why it cannot be used, and let files go; the person's last texts stay."""
    with writing(PATIENCE_S) as session:
        upload = _held(session, upload_id)
        if upload is None:
            return
        upload.state, upload.report = drafting.FAILED, {"error": message}
        session.flush()
        failed = sa.select(Upload.id).where(
            Upload.user_id == upload.user_id, Upload.state == drafting.FAILED
        )
        gone = set(session.scalars(failed.order_by(Upload.id.desc()).offset(drafting.MOST_KEPT)))
        gone |= {upload_id} if upload.options["given"] != "text" else set()
        session.execute(sa.delete(UploadPiece).where(UploadPiece.upload_id.in_(gone)))


def _in_work(upload_id: int) -> sa.Update:
    return sa.update(Upload).where(Upload.id == upload_id, Upload.state.in_(drafting.IN_WORK))
