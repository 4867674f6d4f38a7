"""The versions of an article, which stay readable whatever is edited later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.core.articles import segment
from quizapp.extensions import db
from quizapp.models import ArticleVersion
from quizapp.services.articles import standing
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One version in a list."""

    number: int
    title: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A version to read: its headings and paragraphs as (kind, text), in order."""

    number: int
    title: str
    blocks: Sequence[tuple[str, str]]


def listing(person: Person | None, article_uid: str) -> list[VersionEntry]:
    """Return the versions of an article, the newest first; Absent for who may not edit it."""
    article, _bank = standing.editable(article_uid, person)
    query = sa.select(ArticleVersion.number, ArticleVersion.title, ArticleVersion.created_at)
    rows = db.session.execute(
        query.where(ArticleVersion.article_id == article.id).order_by(ArticleVersion.number.desc())
    )
    return [VersionEntry(*row) for row in rows]


def page(person: Person | None, article_uid: str, number: int) -> VersionPage:
    """Return a version of an article; Absent where there is none, and as above."""
    article, _bank = standing.editable(article_uid, person)
    version = db.session.get(ArticleVersion, (article.id, number))
    if version is None:
        raise Absent
    text = version.text
    cut = [(one.kind, text[one.start : one.end]) for one in segment.blocks(text)]
    return VersionPage(number, version.title, cut)
