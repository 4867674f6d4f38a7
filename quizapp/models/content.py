"""Banks and what is in them: articles, facts, questions and their versions, media, imports."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class Bank(Base):
    """A named set of facts and questions; without an owner the admins hold the owner's rights."""

    __tablename__ = "banks"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    language: Mapped[str] = mapped_column(sa.String(16), default="en")
    visibility: Mapped[str] = mapped_column(sa.String(16), default="private")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    origin: Mapped[str | None] = mapped_column(sa.String(300))
    origin_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    notice: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime | None]


class BankMember(Base):
    """Somebody whom the owner lets view or edit."""

    __tablename__ = "bank_members"
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("banks.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)
    access: Mapped[str] = mapped_column(sa.String(8))


class Article(Base):
    """A source text; `version` names its current article version."""

    __tablename__ = "articles"
    __table_args__ = (sa.UniqueConstraint("bank_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("banks.id"))
    key: Mapped[str] = mapped_column(sa.String(200))
    version: Mapped[int] = mapped_column(default=1)


class ArticleVersion(Base):
    """The text of an article at one time; sentences are [[start, end] ...] in code points."""

    __tablename__ = "article_versions"
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("articles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.String(500), default="")
    authors: Mapped[list[Any]] = mapped_column(default=list)
    published: Mapped[date | None]
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sentences: Mapped[list[Any]] = mapped_column(default=list)
    blocks: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]


class Fact(Base):
    """One thing to know."""

    __tablename__ = "facts"
    __table_args__ = (sa.UniqueConstraint("bank_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("banks.id"))
    key: Mapped[str] = mapped_column(sa.String(200))
    statement: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(sa.String(16), default="active")
    position: Mapped[int] = mapped_column(default=0)


class Evidence(Base):
    """Where an article version proves a fact: text[start:end] == quote."""

    __tablename__ = "evidence"
    __table_args__ = (sa.Index(None, "article_id", "article_version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("facts.id"), index=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("articles.id"))
    article_version: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    quote: Mapped[str]
    state: Mapped[str] = mapped_column(sa.String(16), default="holds")


class Question(Base):
    """One way to ask a fact; its text lives in its versions."""

    __tablename__ = "questions"
    __table_args__ = (
        sa.UniqueConstraint("bank_id", "external_system", "external_id"),
        sa.Index(None, "bank_id", "status", "position"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("banks.id"))
    fact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("facts.id"), index=True)
    type: Mapped[str] = mapped_column(sa.String(24))
    status: Mapped[str] = mapped_column(sa.String(16), default="active")  # draft, active, retired
    version: Mapped[int] = mapped_column(default=1)
    external_system: Mapped[str | None] = mapped_column(sa.String(64))
    external_id: Mapped[str | None] = mapped_column(sa.String(300))
    name: Mapped[str] = mapped_column(sa.String(300), default="")
    category: Mapped[str | None] = mapped_column(sa.String(500))
    search_text: Mapped[str] = mapped_column(default="")
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id"), index=True)
    edited_here: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class QuestionVersion(Base):
    """What was asked; never changed, except for the cache of rendered HTML."""

    __tablename__ = "question_versions"
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stat_group: Mapped[int] = mapped_column(default=1)  # versions that share a key and options
    stem: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    html: Mapped[dict[str, Any]] = mapped_column(default=dict)
    renderer: Mapped[str] = mapped_column(sa.String(32), default="")
    sha256: Mapped[str] = mapped_column(sa.String(64))
    edited_by: Mapped[int | None]
    edited_at: Mapped[datetime]
    reason: Mapped[str | None]


class QuestionPart(Base):
    """A gap or pair that tests another fact than its question."""

    __tablename__ = "question_parts"
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), primary_key=True)
    part: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    fact_id: Mapped[int] = mapped_column(sa.ForeignKey("facts.id"), index=True)


class QuestionTag(Base):
    """A free label."""

    __tablename__ = "question_tags"
    __table_args__ = (sa.Index(None, "tag", "question_id"),)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(200), primary_key=True)


class RawBlock(Base):
    """The block of the file that a question came from, where it could not be read in full."""

    __tablename__ = "raw_blocks"
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), primary_key=True)
    format: Mapped[str] = mapped_column(sa.String(32))
    raw: Mapped[str]
    lossy: Mapped[list[Any]] = mapped_column(default=list)


class Media(Base):
    """A file that questions show; its bytes stand apart so that lists never load them."""

    __tablename__ = "media"
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    mime: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)


class MediaBlob(Base):
    """The bytes of a media file."""

    __tablename__ = "media_blobs"
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("media.sha256"), primary_key=True)
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)


class MediaUse(Base):
    """The name that a bank gives to a media file; access is granted by bank."""

    __tablename__ = "media_uses"
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("banks.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("media.sha256"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(300), primary_key=True)


class Import(Base):
    """One bank file that was brought in."""

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("banks.id"), index=True)
    user_id: Mapped[int | None]
    filename: Mapped[str] = mapped_column(sa.String(300))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    format: Mapped[str] = mapped_column(sa.String(32))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(sa.String(16))  # staged, stored, undone
    at: Mapped[datetime | None]


class Upload(Base):
    """A file that an instructor has brought: looked at, then stored by an import or let go."""

    __tablename__ = "uploads"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    bank_id: Mapped[int | None] = mapped_column(sa.ForeignKey("banks.id"))  # where it is to go
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id"))
    filename: Mapped[str] = mapped_column(sa.String(300))
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(sa.String(16))  # reading, ready, failed, storing, stored
    job_id: Mapped[int | None]
    created_at: Mapped[datetime]


class UploadPiece(Base):
    """A piece of an uploaded file: in the database, so that any worker can read it."""

    __tablename__ = "upload_pieces"
    upload_id: Mapped[int] = mapped_column(
        sa.ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)


class DraftReview(Base):
    """What a person decided about a drafted question."""

    __tablename__ = "draft_reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), index=True)
    way: Mapped[str] = mapped_column(sa.String(64))
    score: Mapped[float | None]
    features: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    decision: Mapped[str | None] = mapped_column(sa.String(16))
    by: Mapped[int | None]
    at: Mapped[datetime | None]


class QuestionReport(Base):
    """A learner's word that something is wrong with a question."""

    __tablename__ = "question_reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id"), index=True)
    version: Mapped[int]
    user_id: Mapped[int | None]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(sa.String(16), default="open")
    at: Mapped[datetime]
