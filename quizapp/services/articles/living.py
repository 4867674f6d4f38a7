"""Editing the text of an article: a new version, with the evidence of its facts carried over.

Facts keep their identity whatever becomes of their evidence, so nothing that learners know of them
is touched. Evidence that holds or moved goes with the text; what broke stays in the version where
it last stood, until somebody says what proves the fact now, or its words come back.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.articles import segment
from quizapp.core.articles.living import Carried
from quizapp.core.articles.model import ArticleError, Span
from quizapp.core.articles.plain import locate, plain_form
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Evidence
from quizapp.services.articles import article_blocks, standing
from quizapp.services.articles.article_blocks import Row
from quizapp.services.articles.standing import Carrier, Standing
from quizapp.services.content import bulk, catalog, evidence
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.transfer.import_preparing import sha256_of

LONGEST_TEXT = 500_000
LONGEST_TITLE = 500
PATIENCE_S = 5.0


class Stale(RuntimeError):
    """Somebody else has saved another version meanwhile; nothing was stored."""


def checked(text: str, title: str) -> tuple[str, str]:
    """Return a text and its title as they are stored; ArticleError where that cannot be."""
    text = text.replace("\r\n", "\n")  # as browsers send it
    if len(text) > LONGEST_TEXT:
        raise ArticleError(f"An article has at most {LONGEST_TEXT:,} characters.")
    if not _is_storable(text + title):
        raise ArticleError("It holds characters that cannot be stored.")
    text, title = plain_form(text), " ".join(unicodedata.normalize("NFC", title).split())
    if not title:
        raise ArticleError("Give the article a title.")
    if len(title) > LONGEST_TITLE:
        raise ArticleError(f"A title has at most {LONGEST_TITLE} characters.")
    if not segment.paragraphs(text):
        raise ArticleError("There is no paragraph in it.")
    return text, title


def preview(person: Person | None, article_uid: str, text: str, title: str) -> Standing:
    """Return what the article would prove with this text; nothing is stored.

    Absent for those who may not edit its bank, ArticleError for a text that cannot be stored.
    """
    standing.editable(article_uid, person)
    text, _title = checked(text, title)
    return standing.preview(person, article_uid, text)


def edit_text(
    person: Person | None, article_uid: str, text: str, title: str, *, base: int, now: datetime
) -> Standing:
    """Store a new version of an article where it differs; returns what it proves now.

    `base` is the version that the text was made from: Stale where there is another by now. Absent
    and ArticleError as in `preview`.
    """
    standing.editable(article_uid, person)
    with revising(person, article_uid, *checked(text, title), base=base, now=now):
        pass
    return standing.standing(person, article_uid)


@contextmanager
def revising(
    person: Person | None,
    article_uid: str,
    text: str,
    title: str,
    rows: Sequence[Row] | None = None,
    *,
    base: int,
    now: datetime,
) -> Iterator[tuple[Session, Article]]:
    """Store a new version as `edit_text`, in a transaction that the caller adds to.

    text, title: as `checked` returned them. rows: the blocks of the version before, if it is to be
    known of them what was left out, or put back.
    """
    article, _bank = standing.editable(article_uid, person)
    values = {"text": text, "title": title, "sentences": segment.sentences(text)}
    carrier = Carrier(article.id, text)
    # Carried before others have to wait; inside the transaction only what has changed since.
    carrier.carry(db.session(), standing.proofs_of(db.session(), article.id))
    with writing(PATIENCE_S) as session:
        article = _locked(session, article_uid, person, base)
        if _add_version(session, article, values, rows, now):
            carry_over(session, article, carrier, standing.proofs_of(session, article.id))
        yield session, article
    _forget()


def confirm(
    person: Person | None, article_uid: str, evidence_id: int, quote: str, start: int, *, base: int
) -> None:
    """Let these words of the current text prove what a row of evidence proved.

    `start` is where they stand, if they stand there several times. ArticleError where they do not
    stand in the text, or several times and not there. Stale and Absent as in `edit_text`.
    """
    quote = plain_form(quote).strip()
    with writing() as session:
        article = _locked(session, article_uid, person, base)
        row = session.get(Evidence, evidence_id)
        if row is None or row.article_id != article.id:
            raise Absent
        text = session.get_one(ArticleVersion, (article.id, base)).text
        if not quote or quote not in text:
            raise ArticleError("These words do not stand in the article.")
        place = locate(text, max(start, 0), max(start, 0) + len(quote), quote)
        if place is None:
            raise ArticleError("These words stand there several times. Quote more of them.")
        _stand(row, base, Carried("holds", Span(*place, quote)))
    _forget()


def retire(person: Person | None, article_uid: str, question_uids: Iterable[str]) -> int:
    """Ask these questions of the article's bank no more; returns how many were. Absent as above.

    A fact that nothing asks any more is retired with them.
    """
    _article, bank = standing.editable(article_uid, person)
    return bulk.retire(bank.id, bulk.chosen(bank.id, question_uids)).changed


def _locked(session: Session, uid: str, person: Person | None, base: int) -> Article:
    """Return the article, locked, in the version that the caller has seen; else Stale."""
    session.execute(sa.select(Article.id).where(Article.uid == uid).with_for_update())
    article, _bank = standing.editable(uid, person)
    session.refresh(article)
    if article.version != base:
        raise Stale
    return article


def _add_version(
    session: Session,
    article: Article,
    values: dict[str, Any],
    rows: Sequence[Row] | None,
    now: datetime,
) -> bool:
    """Add a version with these values and the rest as it was; False where nothing differs."""
    old = session.get_one(ArticleVersion, (article.id, article.version))
    if (old.text, old.title) == (values["text"], values["title"]):
        return False
    article.version += 1
    session.add(
        ArticleVersion(
            article_id=article.id,
            number=article.version,
            sha256=sha256_of(values["text"].encode()),
            authors=old.authors,
            published=old.published,
            source=old.source,
            blocks=article_blocks.placed(
                values["text"], article_blocks.rows(old.text, old.blocks) if rows is None else rows
            ),
            created_at=now,
            **values,
        )
    )
    return True


def carry_over(
    session: Session, article: Article, carrier: Carrier, rows: Sequence[Evidence]
) -> None:
    """Let evidence stand in the article's version of now, also what broke before and is back."""
    told = carrier.carry(session, rows)
    for row in rows:
        _stand(row, article.version, told[row.id])


def _stand(row: Evidence, version: int, one: Carried) -> None:
    row.state = one.state
    if one.span is not None:
        row.article_version, row.quote = version, one.span.quote
        row.start, row.end = one.span.start, one.span.end


def _is_storable(text: str) -> bool:
    return not any(
        unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\r\n\t\v\f\x85" for sign in text
    )


def _forget() -> None:
    catalog.forget()
    evidence.forget()
