"""Articles that instructors bring: kept in pieces, and drafted from by a job.

They wait among the uploads, in states of their own: article_waiting, article_reading,
article_drafting, article_done, article_failed. `uploads.sweep` takes them away after two days,
with what is kept of a failed one, so that it can be tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles.model import ArticleError
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Article, Bank, Job, Upload, UploadPiece
from quizapp.services.content import banks
from quizapp.services.content.questions import Absent
from quizapp.services.identifiers import new_uid
from quizapp.services.operations import jobs
from quizapp.services.people.sessions import Person
from quizapp.services.transfer.uploads import PIECE, storable_name

KIND = "article_draft"  # of the job
GENERATORS: Final = ("local", "llm")
PREFIX = "article_"  # of the states
IN_WORK: Final = tuple(PREFIX + state for state in ("waiting", "reading", "drafting"))
DONE, FAILED = PREFIX + "done", PREFIX + "failed"
# As core.articles.extract has it, which would bring its libraries into every web worker.
MAX_BYTES: Final = 32 * 1024 * 1024
MAX_SOURCE: Final = 500_000
MOST_AT_ONCE = 10  # that one person may have in work
MOST_KEPT = 10  # failed ones of a person whose text is kept
PATIENCE_S = 5.0
GIVEN_UP = "Drafting failed several times. Nothing was stored; please report the article."
State = Literal["waiting", "reading", "drafting", "done", "failed"]
# A part was put back into an article that is there; a sentence is one of such an article.
Kind = Literal["text", "file", "address", "part", "sentence"]
PARTS: Final = ("part", "sentence")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody brought: a pasted text, a file as it came, or the address of a page."""

    kind: Kind
    text: str = ""
    data: bytes = b""
    filename: str = ""
    mime: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a drafting is.

    message: why it failed. article: the uid of what it made or, where it drafts on a part of an
    article or on a sentence, of that article. first: the uid of the best draft that came of these,
    if any. on: the name of the sentence (`proving.named`). again: whether it failed and can be
    tried again.
    """

    state: State
    message: str
    article: str | None
    since: datetime
    kind: Kind = "text"
    first: str = ""
    again: bool = False
    on: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brought and how, as far as it is kept: "" for what there is none of."""

    text: str
    address: str
    bank: str
    generator: str


def start(
    person: Person, given: Given, *, bank: str | None, generator: str = "local", now: datetime
) -> str:
    """Keep an article and have it drafted; returns the uid of the drafting.

    bank: the slug of one that the person may edit; None = a new one, titled as the article.
    Absent for those who may not teach, or may not edit the bank; ArticleError where nothing was
    brought, too much, or too often at once.
    """
    if not person.may_teach:
        raise Absent
    data, options = _data(given), _options(given, generator)
    with writing(PATIENCE_S) as session:
        bank_id = banks.editable(bank, person).id if bank else None
        upload = enqueue(session, person, bank_id, options, given.filename, now=now)
        upload.size = len(data)
        session.add_all(
            UploadPiece(upload_id=upload.id, number=number, data=data[at : at + PIECE])
            for number, at in enumerate(range(0, len(data), PIECE))
        )
        return upload.uid


def enqueue(
    session: Session,
    person: Person,
    bank_id: int | None,
    options: Mapping[str, Any],
    filename: str = "",
    *,
    now: datetime,
) -> Upload:
    """Ask for a drafting in the caller's transaction; ArticleError where too many wait."""
    _leave_room(session, person)
    upload = Upload(
        uid=new_uid(),
        user_id=person.id,
        bank_id=bank_id,
        filename=storable_name(filename or options["given"]),
        options=dict(options),
        state=IN_WORK[0],
        created_at=now,
    )
    session.add(upload)
    session.flush()
    _ask(session, upload, person, now)
    return upload


def again(person: Person, uid: str, *, now: datetime) -> None:
    """Try one of the person's draftings once more that failed; Absent where that cannot be."""
    with writing(PATIENCE_S) as session:
        found = _found(session, person, uid)
        if not found.again:
            raise Absent
        _leave_room(session, person)
        upload = session.get_one(Upload, found.upload.id, with_for_update=True)
        upload.state, upload.report, upload.created_at = IN_WORK[0], {}, now
        _ask(session, upload, person, now)


def brought(person: Person, uid: str) -> Brought:
    """Return what one of the person's draftings was given; Absent where there is none."""
    upload = _found(db.session(), person, uid).upload
    bank = sa.select(Bank.slug).where(Bank.id == upload.bank_id, Bank.deleted_at.is_(None))
    slug = db.session.scalar(bank)
    text = b""
    if upload.options["given"] == "text":
        pieces = sa.select(UploadPiece.data).where(UploadPiece.upload_id == upload.id)
        text = b"".join(db.session.scalars(pieces.order_by(UploadPiece.number)))
    return Brought(
        text.decode(), upload.options.get("url", ""), slug or "", upload.options["generator"]
    )


def progress(person: Person, uid: str) -> Progress:
    """Return how far one of the person's own draftings is; Absent where there is none."""
    found = _found(db.session(), person, uid)
    upload, report = found.upload, found.upload.report
    is_part = upload.options["given"] in PARTS
    return Progress(
        state=found.state,
        message=GIVEN_UP if found.given_up else str(report.get("error", "")),
        article=_standing(upload.options if is_part else report),
        since=upload.created_at,
        kind=upload.options["given"],
        first=str(report.get("first", "")),
        again=found.again,
        on=str(upload.options.get("on", "")),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    upload: Upload
    given_up: bool  # its job failed for good
    has_data: bool

    @property
    def state(self) -> State:
        state: Any = self.upload.state.removeprefix(PREFIX)
        return "failed" if self.given_up else state

    @property
    def again(self) -> bool:
        kind = self.upload.options["given"]
        return self.state == "failed" and (self.has_data or kind in {"address", *PARTS})


def _found(session: Session, person: Person, uid: str) -> _Found:
    row = session.execute(
        sa.select(Upload, Job.state, sa.exists().where(UploadPiece.upload_id == Upload.id))
        .outerjoin(Job, Job.id == Upload.job_id)
        .where(Upload.uid == uid, Upload.user_id == person.id, Upload.state.startswith(PREFIX))
    ).first()
    if row is None:
        raise Absent
    upload, job_state, has_data = row
    return _Found(upload, job_state == "failed" and upload.state in IN_WORK, has_data)


def _leave_room(session: Session, person: Person) -> None:
    """Raise ArticleError where somebody has as many in work as anybody may have."""
    mine = (
        sa.select(sa.func.count())
        .select_from(Upload)
        .outerjoin(Job, Job.id == Upload.job_id)
        .where(Upload.user_id == person.id, Upload.state.in_(IN_WORK))
        .where(Job.state.is_distinct_from("failed"))
    )
    if (session.scalar(mine) or 0) >= MOST_AT_ONCE:
        raise ArticleError("Several of your articles are waiting already. Let them finish.")


def _ask(session: Session, upload: Upload, person: Person, now: datetime) -> None:
    payload = {"upload": upload.id}
    upload.job_id = jobs.enqueue(session, KIND, payload, now=now, created_by=person.id)


def _standing(report: Mapping[str, Any]) -> str | None:
    """Return the article that was made, while it is there."""
    return db.session.scalar(
        sa.select(Article.uid)
        .join(Bank, Bank.id == Article.bank_id)
        .where(Article.uid == report.get("article"), Bank.deleted_at.is_(None))
    )


def _data(given: Given) -> bytes:
    """Return the bytes to keep; what could not be read anyway is refused at once."""
    if given.kind == "address":
        if not given.url:
            raise ArticleError("Give the address of a page.")
        return b""
    if given.kind == "text":
        if not given.text.strip():
            raise ArticleError("There is no text in this.")
        if len(given.text) > MAX_SOURCE:
            raise ArticleError(f"A text may have at most {MAX_SOURCE:,} characters.")
        return given.text.encode(errors="replace")
    if not given.data:
        raise ArticleError("This file is empty.")
    if len(given.data) > MAX_BYTES:
        raise ArticleError(f"This file is larger than {MAX_BYTES // 1024**2} MiB.")
    return given.data


def _options(given: Given, generator: str) -> dict[str, Any]:
    if generator not in GENERATORS:
        raise ValueError(generator)
    return {
        "given": given.kind,
        "mime": given.mime[:200],
        "url": given.url[:2000],
        "generator": generator,
    }
