"""Articles that instructors bring: kept in pieces, and drafted from by a job.

They wait among the uploads, in states of their own: article_waiting, article_reading,
article_drafting, article_done, article_failed. `uploads.sweep` takes them away after two days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

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
PATIENCE_S = 5.0
GIVEN_UP = "Drafting failed several times. Nothing was stored; please report the article."
State = Literal["waiting", "reading", "drafting", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody brought: a pasted text, a file as it came, or the address of a page."""

    kind: Literal["text", "file", "address"]
    text: str = ""
    data: bytes = b""
    filename: str = ""
    mime: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a drafting is: `message` says why it failed, `article` is the uid of what it made."""

    state: State
    message: str
    article: str | None
    since: datetime


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
    data = _data(given)
    with writing(PATIENCE_S) as session:
        bank_id = banks.editable(bank, person).id if bank else None
        mine = sa.select(sa.func.count()).where(
            Upload.user_id == person.id, Upload.state.in_(IN_WORK)
        )
        if (session.scalar(mine) or 0) >= MOST_AT_ONCE:
            raise ArticleError("Several of your articles are waiting already. Let them finish.")
        upload = Upload(
            uid=new_uid(),
            user_id=person.id,
            bank_id=bank_id,
            filename=storable_name(given.filename or given.kind),
            size=len(data),
            options=_options(given, generator),
            state=IN_WORK[0],
            created_at=now,
        )
        session.add(upload)
        session.flush()
        session.add_all(
            UploadPiece(upload_id=upload.id, number=number, data=data[at : at + PIECE])
            for number, at in enumerate(range(0, len(data), PIECE))
        )
        payload = {"upload": upload.id}
        upload.job_id = jobs.enqueue(session, KIND, payload, now=now, created_by=person.id)
        return upload.uid


def progress(person: Person, uid: str) -> Progress:
    """Return how far one of the person's own draftings is; Absent where there is none."""
    row = db.session.execute(
        sa.select(Upload, Job.state)
        .outerjoin(Job, Job.id == Upload.job_id)
        .where(Upload.uid == uid, Upload.user_id == person.id, Upload.state.startswith(PREFIX))
    ).first()
    if row is None:
        raise Absent
    upload, job_state = row
    state: Any = upload.state.removeprefix(PREFIX)
    if job_state == "failed" and upload.state in IN_WORK:
        return Progress("failed", GIVEN_UP, None, upload.created_at)
    message = str(upload.report.get("error", ""))
    return Progress(state, message, _standing(upload.report), upload.created_at)


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
