"""The worker's part of an upload: look at the file, store it, make a quiz of it."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, Protocol

import sqlalchemy as sa

from quizapp.core.formats import FORMATS
from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import Limits, Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Import, Question, Quiz, QuizSlot, Upload, UploadPiece
from quizapp.services.content import banks, catalog
from quizapp.services.content.questions import Absent
from quizapp.services.people import sessions
from quizapp.services.quizzes import quiz_editing, quiz_settings
from quizapp.services.transfer import history_import, undoing
from quizapp.services.transfer.history_storing import Aim
from quizapp.services.transfer.import_reading import Choices
from quizapp.services.transfer.import_work import Wishes, Work
from quizapp.services.transfer.importing import plugin_for

MOST_TOLD = 2_000  # warnings, and refusals, that a preview keeps
EVERY_S = 0.5  # how often progress is told
PATIENCE_S = 10.0
BANK_GONE = "The bank that it was to go to is not there any more."


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
        _check_bank(upload)
        with _file_of(upload) as source:
            plugin = plugin_for(source, upload.options.get("format"))
            work = Work(plugin, source, _wishes(upload), _teller(context, None))
            report = work.preview().as_json() | {"label": plugin.LABEL}
            for name in ("warnings", "refused"):
                report[name] = report[name][:MOST_TOLD]
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
    if _is_stored(upload, context):
        return {"state": "stored"}
    try:
        _check_bank(upload)
        with _file_of(upload) as source:
            format_name = upload.report.get("format") or upload.options.get("format")
            plugin = FORMATS.get(str(format_name)) or plugin_for(source, None)
            total = int(upload.report.get("read") or 0)
            work = Work(plugin, source, _wishes(upload), _teller(context, total))
            report = work.store(context.now())
            if report.accepted and upload.options.get("history"):
                places = (work.bank_id, work.import_id)
                report.history = _bring_history(upload, plugin, source, places, context)
    except (FormatError, LookupError) as error:
        message = getattr(error, "message", BANK_GONE)
        _note(upload.id, "storing", state="failed", report={"error": message, "line": None})
        return {"state": "failed"}
    catalog.forget()
    quiz = _quiz(upload, report.bank, work.import_id, context.now()) if report.accepted else None
    slug, asks = quiz or (None, 0)
    told = report.as_json() | {"label": plugin.LABEL, "quiz": slug, "quiz_questions": asks}
    bank_id = db.session.scalar(sa.select(Bank.id).where(Bank.slug == report.bank))
    db.session.rollback()
    import_id = work.import_id if report.accepted else None
    _note(upload.id, "storing", state="stored", report=told, bank_id=bank_id, import_id=import_id)
    return {"state": "stored"}


def _check_bank(upload: Upload) -> None:
    """Refuse a bank that whoever brought the file may not change any more."""
    if upload.bank_id is None:
        return
    bank, who = db.session.get(Bank, upload.bank_id), sessions.person(upload.user_id)
    allowed = bank is not None and banks.may_edit(who, bank)
    db.session.rollback()
    if not allowed:
        raise FormatError(BANK_GONE)


def _bring_history(
    upload: Upload, plugin: Format, source: Source, places: tuple[int, int], context: Progress
) -> dict[str, Any] | None:
    """Take over the history of whoever brought the file; what was stored stays in any case."""
    aim = Aim(
        upload.user_id, *places, _choices(upload), bool(upload.options.get("history_weights"))
    )
    total = int(upload.report.get("read") or 0)
    try:
        return history_import.bring(plugin, source, aim, context.now(), _teller(context, total))
    except FormatError:
        return None  # it was read a moment ago; the questions are there


def _is_stored(upload: Upload, context: Progress) -> bool:
    """Say whether a worker that died had stored it already, and note so; clear its half work away.

    That worker's report is lost but for its sums; the quiz is made where it was not, and what is
    left of a history is taken over.
    """
    now = context.now()
    records = db.session.scalars(sa.select(Import).where(Import.user_id == upload.user_id)).all()
    mine = [(one.id, one.state, one.bank_id, one.report) for one in records
            if one.options.get("upload") == upload.uid]  # fmt: skip
    db.session.rollback()
    for import_id, state, bank_id, sums in mine:
        if state == "staged":
            undoing.abandon(import_id, now)
        elif state == "stored":
            slug = db.session.scalar(sa.select(Bank.slug).where(Bank.id == bank_id)) or ""
            quiz = _quiz_of(import_id, upload) or _quiz(upload, slug, import_id, now)
            told = sums | {"warnings": [], "refused": [], "accepted": sums.get("accepted", 0)}
            if upload.options.get("history"):
                told["history"] = _history_again(upload, (bank_id, import_id), context)
            values = {"report": told | {"quiz": quiz}, "bank_id": bank_id, "import_id": import_id}
            _note(upload.id, "storing", state="stored", **values)
            return True
    return False


def _history_again(
    upload: Upload, places: tuple[int, int], context: Progress
) -> dict[str, Any] | None:
    with _file_of(upload) as source:
        plugin = FORMATS.get(str(upload.report.get("format"))) or plugin_for(source, None)
        return _bring_history(upload, plugin, source, places, context)


def _quiz_of(import_id: int, upload: Upload) -> str | None:
    """Return the slug of the quiz that was made of an import already; None for none."""
    return db.session.scalar(
        sa.select(Quiz.slug)
        .join(QuizSlot, QuizSlot.quiz_id == Quiz.id)
        .join(Question, Question.id == QuizSlot.question_id)
        .where(Question.import_id == import_id, Quiz.owner_id == upload.user_id)
        .limit(1)
    )


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
        limits = Limits(**(upload.options.get("limits") or {}))
        yield Source(upload.filename, file, limits=limits, options=reader)


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
    return Wishes(
        title=options.get("title") or None,
        owner_id=upload.user_id,
        public=bool(options.get("public")),
        bank_id=upload.bank_id,
        by_id=upload.user_id,
        upload=upload.uid,
        choices=_choices(upload),
    )


def _choices(upload: Upload) -> Choices:
    options = upload.options
    left_out = set(options.get("leave_out") or [])
    if options.get("leave_out_twins"):
        left_out |= set(upload.report.get("twins") or [])
    return Choices(frozenset(left_out), options.get("tags") or {})


def _teller(context: Progress, total: int | None) -> Any:
    last = time.monotonic()

    def seen(questions: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            context.progress(min(0.99, questions / total) if total else 0.0)

    return seen


def _quiz(upload: Upload, bank: str, import_id: int, now: datetime) -> tuple[str, int] | None:
    """Make the quiz that was asked for of what was stored; returns its slug and its questions."""
    title = upload.options.get("quiz")
    person = sessions.person(upload.user_id) if title else None
    if person is None:
        return None
    uids = list(db.session.scalars(
        sa.select(Question.uid)
        .where(Question.import_id == import_id, Question.status == "active")
        .order_by(Question.position, Question.id)
    ))  # fmt: skip
    db.session.rollback()
    try:
        made = quiz_editing.create_quiz(bank, person, str(title), uids or None, now, "link")
    except (quiz_editing.Refused, quiz_settings.Unfit, Absent):
        return None  # nothing in it can be asked in a quiz
    return made.slug, made.questions


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
