"""The worker's part of an upload: look at the file, store it, make a quiz of it."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, Protocol

import sqlalchemy as sa

from quizapp.core.formats import FORMATS
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import Limits, Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Question, Upload, UploadPiece
from quizapp.services.content import catalog
from quizapp.services.content.questions import Absent
from quizapp.services.people import sessions
from quizapp.services.quizzes import quiz_editing, quiz_settings
from quizapp.services.transfer.import_reading import Choices
from quizapp.services.transfer.import_report import Report
from quizapp.services.transfer.import_work import Wishes, Work
from quizapp.services.transfer.importing import plugin_for

EVERY_S = 0.5  # how often progress is told
PATIENCE_S = 10.0


class Progress(Protocol):
    """What a job's handler is given."""

    def now(self) -> datetime:
        """Return the time."""

    def progress(self, share: float) -> None:
        """Note how far the job is."""


def look(payload: dict[str, Any], context: Progress) -> dict[str, Any] | None:
    """Make the preview of an upload; what cannot be read is told in its report."""
    upload = _upload(payload)
    if upload is None or upload.state != "reading":
        return None
    try:
        with _file_of(upload) as source:
            plugin = plugin_for(source, upload.options.get("format"))
            work = Work(plugin, source, _wishes(upload), _teller(context, None))
            report = work.preview().as_json() | {"label": plugin.LABEL}
            state = "ready"
    except FormatError as error:
        report, state = {"error": error.message, "line": error.line}, "failed"
    db.session.rollback()
    _note(upload.id, "reading", state=state, report=report)
    return {"state": state}


def store(payload: dict[str, Any], context: Progress) -> dict[str, Any] | None:
    """Store an upload, and make the quiz that was asked for."""
    upload = _upload(payload)
    if upload is None or upload.state != "storing":
        return None
    try:
        with _file_of(upload) as source:
            format_name = upload.report.get("format") or upload.options.get("format")
            plugin = FORMATS.get(str(format_name)) or plugin_for(source, None)
            total = int(upload.report.get("read") or 0)
            work = Work(plugin, source, _wishes(upload), _teller(context, total))
            report = work.store(context.now())
    except (FormatError, LookupError) as error:
        message = getattr(error, "message", "The bank that it was to go to is not there any more.")
        _note(upload.id, "storing", state="failed", report={"error": message, "line": None})
        return {"state": "failed"}
    catalog.forget()
    quiz = _quiz(upload, report, work, context.now())
    told = report.as_json() | {"label": plugin.LABEL, "quiz": quiz}
    bank_id = db.session.scalar(sa.select(Bank.id).where(Bank.slug == report.bank))
    db.session.rollback()
    import_id = work.import_id if report.accepted else None
    _note(upload.id, "storing", state="stored", report=told, bank_id=bank_id, import_id=import_id)
    return {"state": "stored"}


def _upload(payload: Mapping[str, Any]) -> Upload | None:
    upload = db.session.get(Upload, int(payload["upload"]))
    if upload is not None:
        db.session.expunge(upload)
    db.session.rollback()
    return upload


@contextmanager
def _file_of(upload: Upload) -> Iterator[Source]:
    """Yield the file of an upload from a temporary file that is gone afterwards."""
    reader = upload.options.get("reader") or {}
    with tempfile.TemporaryFile() as file:
        _copy(upload.id, file)
        yield Source(upload.filename, file, limits=Limits(), options=reader)


def _copy(upload_id: int, file: BinaryIO) -> None:
    numbers = sa.select(UploadPiece.number).where(UploadPiece.upload_id == upload_id)
    for number in db.session.scalars(numbers.order_by(UploadPiece.number)).all():
        piece = sa.select(UploadPiece.data).where(
            UploadPiece.upload_id == upload_id, UploadPiece.number == number
        )
        file.write(db.session.scalar(piece) or b"")
    db.session.rollback()


def _wishes(upload: Upload) -> Wishes:
    options = upload.options
    left_out = set(options.get("leave_out") or [])
    if options.get("leave_out_twins"):
        left_out |= set(upload.report.get("twins") or [])
    return Wishes(
        title=options.get("title") or None,
        owner_id=upload.user_id,
        public=bool(options.get("public")),
        bank_id=upload.bank_id,
        by_id=upload.user_id,
        choices=Choices(frozenset(left_out), options.get("tags") or {}),
    )


def _teller(context: Progress, total: int | None) -> Any:
    last = time.monotonic()

    def seen(questions: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            context.progress(min(0.99, questions / total) if total else 0.0)

    return seen


def _quiz(upload: Upload, report: Report, work: Work, now: datetime) -> str | None:
    """Make the quiz that was asked for of what was stored; returns its slug, None for none."""
    title = upload.options.get("quiz")
    person = sessions.person(upload.user_id) if title and report.accepted else None
    if person is None:
        return None
    uids = list(db.session.scalars(
        sa.select(Question.uid)
        .where(Question.import_id == work.import_id, Question.status == "active")
        .order_by(Question.position, Question.id)
    ))  # fmt: skip
    db.session.rollback()
    try:
        made = quiz_editing.create_quiz(report.bank, person, str(title), uids or None, now, "link")
    except (quiz_editing.Refused, quiz_settings.Unfit, Absent):
        return None  # nothing in it can be asked in a quiz
    return made.slug


def _note(upload_id: int, state_before: str, **values: Any) -> None:
    """Change an upload that is still in the state in which the job found it."""
    with writing(PATIENCE_S) as session:
        session.execute(
            sa.update(Upload)
            .where(Upload.id == upload_id, Upload.state == state_before)
            .values(**values)
        )
        if values.get("state") == "stored":
            session.execute(sa.delete(UploadPiece).where(UploadPiece.upload_id == upload_id))
